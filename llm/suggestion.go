package llm

import "alignbot/pipeline"

// Question is an idea that looks for its outcome.
type Question struct {
	Title, Problem, Measure string
	// Candidates are the outcomes that the idea could be linked to, in any order.
	Candidates []Candidate
	// Dismissed are those that somebody said "not this one" to for this idea. They
	// are not suggested again.
	Dismissed []pipeline.NodeKey
	// Feedback is what became of earlier suggestions in the team, by outcome.
	Feedback map[pipeline.NodeKey]Feedback
	// Language of the team; "" is English.
	Language pipeline.Language
}

// Candidate is an outcome that an idea could be linked to.
type Candidate struct {
	Key               pipeline.NodeKey
	Statement, Metric string
	// Opportunities are the statements of the opportunities under it.
	Opportunities []string
	// Linked are ideas that serve it already, the newest first. More than LinkedMost
	// are not looked at.
	Linked []Linked
}

// Linked is an idea that serves an outcome already.
type Linked struct {
	Key            pipeline.Key
	Title, Problem string
}

// Feedback counts what people answered to suggestions of one outcome.
type Feedback struct{ Accepted, Dismissed int }

// Suggestion is an outcome that an idea may serve.
type Suggestion struct {
	Key pipeline.NodeKey
	// Why is one line of at most WhyLimit runes, without links, mentions and markup,
	// and maybe empty. It quotes what people typed, so it is shown like their text:
	// escaped.
	Why string
	// FromModel tells that Why is in the words of a model, not in the program's.
	FromModel bool
	// Score is above 0, and comparable within one answer only.
	Score float64
}

// Limits of what is looked at and shown.
const (
	LinkedMost = 50  // ideas of one outcome
	WhyLimit   = 200 // runes
)
