package pipeline

import "strings"

// Problem is a refusal written for the person it is shown to: what happened,
// what is safe, and what to do next. Only a Problem's words reach people; any
// other error becomes one calm line and a log entry.
type Problem struct {
	// Code names the problem for logs and tests: a few lower-case words joined
	// by hyphens, never shown to people.
	Code string
	// What happened, Safe what was kept, Next what the person can do: each one
	// plain-text sentence or empty.
	What, Safe, Next string
	// Fields are the inputs to correct, with one sentence each.
	Fields map[Field]string
	// Cause is the hidden error underneath, for the log. May be nil.
	Cause error
}

// Field names one thing a person fills in. The same name is used in rules, in
// forms and in stored records.
type Field string

// Error joins the sentences; it is what a person reads.
func (p *Problem) Error() string {
	var said []string
	for _, sentence := range []string{p.What, p.Safe, p.Next} {
		if sentence != "" {
			said = append(said, sentence)
		}
	}
	return strings.Join(said, " ")
}

// Unwrap gives the hidden cause.
func (p *Problem) Unwrap() error { return p.Cause }

// fieldProblems returns nil when there are none.
func fieldProblems(code string, fields map[Field]string) error {
	if len(fields) == 0 {
		return nil
	}
	return &Problem{
		Code:   code,
		What:   "Something in the form needs another look.",
		Safe:   "Everything you typed is still there.",
		Next:   "Correct the marked fields and submit again.",
		Fields: fields,
	}
}
