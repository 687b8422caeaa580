// Package commands is what a person can do in Slack: one file per noun, what
// it looks like in a file beside it, and one visible list of all of it in
// list.go.
//
// A handler is given who acts, what they did and what was loaded for it; it
// asks a rule in pipeline, writes once, and returns what the person should
// see. It never talks to Slack: the caller carries out the Reply.
package commands
