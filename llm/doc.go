// Package llm suggests outcomes for an idea: by comparing texts, and with a
// language model where one is configured.
//
// It only proposes. It knows no Slack and no Redis, and links nothing: what it
// returns is shown to a person, who decides.
package llm
