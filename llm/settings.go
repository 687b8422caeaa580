package llm

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind is how a server wants to be asked.
type Kind string

// The kinds of servers.
const (
	// OpenAI is the API of OpenAI and of all that speak it: Ollama, vLLM, LM Studio,
	// llama.cpp, most gateways, and Azure under …/openai/v1.
	OpenAI Kind = "openai"
	// Azure is Azure OpenAI with deployments in the path; Model is the deployment.
	Azure Kind = "azure"
)

// Settings say which model is asked. The zero value is no model.
type Settings struct {
	// BaseURL of the API, up to what comes before /chat/completions, like
	// https://api.openai.com/v1 or http://127.0.0.1:11434/v1; for Azure the resource,
	// https://NAME.openai.azure.com. "" for no model.
	BaseURL string
	// Model is its name at that server.
	Model string
	// Key is sent with each request; "" where the server wants none.
	Key string
	// Kind is OpenAI when empty.
	Kind Kind
	// Timeout is the longest wait for one suggestion, its second attempt included.
	Timeout time.Duration
	// AllowPlainHTTP sends ideas and the key to another machine unencrypted.
	AllowPlainHTTP bool
	// PersonBudget and WorkspaceBudget are how many questions a day may be asked for
	// one person, and for all of a workspace. Whoever fills Budget counts them.
	PersonBudget, WorkspaceBudget int
}

// Limits of the settings. A person does not wait longer than a minute for a
// suggestion that arrives after the card.
const (
	TimeoutLeast = time.Second
	TimeoutMost  = time.Minute
	BudgetMost   = 1_000_000 // questions a day
)

// DefaultSettings are those of somebody who sets nothing: no model. Who names one
// has these limits.
func DefaultSettings() Settings {
	return Settings{Kind: OpenAI, Timeout: 20 * time.Second, PersonBudget: 30, WorkspaceBudget: 500}
}

// Configured tells whether a model is to be asked.
func (s Settings) Configured() bool { return s.BaseURL != "" }

// Check names what cannot work: the key of the setting, why, and what to set. It
// connects to nothing.
func (s Settings) Check(wrong func(key, reason, fix string)) {
	if !s.Configured() {
		if s.Model != "" || s.Key != "" {
			wrong("llm.base_url", "it is empty, but a model or a key is set", "Name the server, like https://api.openai.com/v1, or set neither.")
		}
		return
	}
	if _, err := parseBase(s.BaseURL, s.AllowPlainHTTP); err != nil {
		wrong("llm.base_url", err.Error(), "Write an address like https://api.openai.com/v1 or http://127.0.0.1:11434/v1.")
	}
	if strings.TrimSpace(s.Model) == "" {
		wrong("llm.model", "it is empty", "Name a model of that server.")
	}
	if s.Kind != "" && s.Kind != OpenAI && s.Kind != Azure {
		wrong("llm.kind", fmt.Sprintf("there is no kind %q", s.Kind), "Write openai or azure.")
	}
	if strings.ContainsAny(s.Key, "\r\n\x00") {
		wrong("llm.key", "it has a line break in it", "Copy the key again, alone.")
	}
	if s.Timeout < TimeoutLeast || s.Timeout > TimeoutMost {
		wrong("llm.timeout", fmt.Sprintf("%s is not between %s and %s", s.Timeout, TimeoutLeast, TimeoutMost), "Set 20s, which is right for most.")
	}
	for _, budget := range []struct {
		key string
		n   int
	}{{"llm.person_budget", s.PersonBudget}, {"llm.workspace_budget", s.WorkspaceBudget}} {
		if budget.n < 1 || budget.n > BudgetMost {
			wrong(budget.key, fmt.Sprintf("%d is not between 1 and %d", budget.n, BudgetMost), "Set how many questions a day may be asked, like 30.")
		}
	}
}

// err is all that Check names, nil for nothing.
func (s Settings) err() error {
	var all []error
	s.Check(func(key, reason, fix string) { all = append(all, fmt.Errorf("%s: %s. %s", key, reason, fix)) })
	return errors.Join(all...)
}
