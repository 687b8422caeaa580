package pipeline

import (
	"fmt"
	"time"
	"unicode"
)

// ReviewSummary is what came of a review. It is kept as it was when the review was
// closed.
type ReviewSummary struct {
	// InIdeas: the sprint is counted in ideas, not in points.
	InIdeas bool   `json:"in_ideas,omitempty"`
	Planned Amount `json:"planned"`
	Done    Amount `json:"done"`
	// Orphans are the finished items that serve no outcome, Left those that are not
	// finished, Carried of them those still in the Product Backlog.
	Orphans int `json:"orphans"`
	Left    int `json:"left"`
	Carried int `json:"carried"`
	// Gates of the pipeline in the time of the sprint.
	Gates Gates `json:"gates"`
	// People is how many answered anything.
	People   int               `json:"people"`
	Outcomes []ReviewedOutcome `json:"outcomes,omitempty"`
	// Taken is who took part in the time of the sprint.
	Taken TakingPart `json:"taken"`
	// Last is the number of the review before it; 0 for none.
	Last int `json:"last,omitempty"`
}

// ReviewedOutcome is one outcome as a review found it.
type ReviewedOutcome struct {
	Key       OutcomeKey `json:"key"`
	Statement string     `json:"statement"`
	// Number then, against its target, in words; "" while it had none.
	Number string `json:"number,omitempty"`
	// Finished items that serve it.
	Finished int    `json:"finished"`
	Spread   Spread `json:"spread"`
}

// SummarizeReview sums up what was finished and what was answered. nodes are those
// of the team's tree.
func SummarizeReview(r Review, s Sprint, report SprintReport, nodes Nodes, answers []ReviewAnswer, gates Gates, taken TakingPart) ReviewSummary {
	sum := ReviewSummary{
		InIdeas: s.InIdeas, Planned: report.Planned, Done: report.Done,
		Orphans: len(report.Orphans), Left: len(report.Left), Carried: report.CarriedOver(),
		Gates: gates, People: len(Answered(answers)), Taken: taken,
	}
	for _, key := range r.Outcomes {
		o, known := nodes.outcome(key)
		if !known {
			continue
		}
		sum.Outcomes = append(sum.Outcomes, ReviewedOutcome{
			Key: key, Statement: o.Statement, Number: o.NumberInWords(), Finished: len(report.FinishedFor(key)), Spread: SpreadOf(answers, key),
		})
	}
	return sum
}

// Answered lists who answered anything, each once, in the order of the answers.
func Answered(answers []ReviewAnswer) []string {
	met := map[string]bool{}
	var users []string
	for _, a := range answers {
		if !a.IsZero() && !met[a.By] {
			met[a.By] = true
			users = append(users, a.By)
		}
	}
	return users
}

// Moved counts the outcomes of which more than half of those who spoke about the
// evidence say that they moved, and those that nobody spoke about.
func (s ReviewSummary) Moved() (moved, unsaid int) {
	for _, o := range s.Outcomes {
		switch did, known := o.Spread.Moved(); {
		case !known:
			unsaid++
		case did:
			moved++
		}
	}
	return moved, unsaid
}

// Before gives what the review found of an outcome; false where it did not look at
// it.
func (s ReviewSummary) Before(key OutcomeKey) (ReviewedOutcome, bool) {
	for _, o := range s.Outcomes {
		if o.Key == key {
			return o, true
		}
	}
	return ReviewedOutcome{}, false
}

// confidence counts the answers about all outcomes.
func (s ReviewSummary) confidence() [ReviewConfidence]int {
	var all [ReviewConfidence]int
	for _, o := range s.Outcomes {
		for i, n := range o.Spread.Confidence {
			all[i] += n
		}
	}
	return all
}

// Lines say what came of a review, each line beside the same of the last one; last
// is nil before there was one.
func (s ReviewSummary) Lines(last *ReviewSummary) []string {
	var lines []string
	add := func(say func(ReviewSummary) (now, short string)) {
		words, _ := say(s)
		if words == "" {
			return
		}
		if last != nil {
			if _, before := say(*last); before != "" {
				words += "; last time " + before
			}
		}
		lines = append(lines, words+".")
	}
	add(ReviewSummary.movedInWords)
	add(func(s ReviewSummary) (string, string) {
		short := s.Done.Words(s.InIdeas) + ", planned: " + s.Planned.Words(s.InIdeas)
		return "Finished: " + short, short
	})
	add(func(s ReviewSummary) (string, string) {
		if s.Orphans == 0 {
			return "No finished item without an outcome", "none"
		}
		return amount(s.Orphans, "finished item", "finished items") + " without an outcome", amount(s.Orphans, "", "")
	})
	add(func(s ReviewSummary) (string, string) {
		since := s.Gates.SinceInWords()
		if s.Gates.Passed == 0 {
			return "No idea passed a gate in the sprint" + since, "none did"
		}
		short := fmt.Sprintf("%d of %d", s.Gates.Overridden, s.Gates.Passed)
		return "Gates passed by an override: " + short + since, short
	})
	add(func(s ReviewSummary) (string, string) {
		words := confidenceInWords(s.confidence())
		if words == "" {
			return "Nobody said how confident they are", ""
		}
		return "Confidence to reach the outcomes: " + words, words
	})
	add(func(s ReviewSummary) (string, string) {
		if s.People == 0 {
			return "Nobody answered", "nobody"
		}
		return amount(s.People, "person", "people") + " answered", amount(s.People, "", "")
	})
	for i, words := range lines {
		lines[i] = withInitial(words, unicode.ToUpper)
	}
	return lines
}

// movedInWords says how many outcomes moved: "3 of 4 outcomes moved".
func (s ReviewSummary) movedInWords() (words, short string) {
	of := len(s.Outcomes)
	moved, unsaid := s.Moved()
	switch {
	case of == 0:
		return "No outcome was looked at", "none was looked at"
	case unsaid == of:
		return "Nobody said whether an outcome moved", "nobody said"
	}
	short = fmt.Sprintf("%d of %d", moved, of)
	words = short + " outcomes moved"
	if of == 1 {
		words = short + " outcome moved"
	}
	if unsaid > 0 {
		words += fmt.Sprintf(" (about %s nobody said)", amount(unsaid, "", ""))
	}
	return words, short
}

// Gates is how often ideas moved past a gate of the pipeline in a time, and how
// often past one that refused.
type Gates struct {
	Passed     int `json:"passed"`
	Overridden int `json:"overridden"`
	// Since is from when on they are counted where it is not known what happened in
	// all of the time; else zero.
	Since time.Time `json:"since,omitzero"`
}

// SinceInWords says so: "; what happened before 3 Nov 2026 is not counted".
func (g Gates) SinceInWords() string {
	if g.Since.IsZero() {
		return ""
	}
	return "; what happened before " + ShowDate(g.Since) + " is not counted"
}

// GatesIn counts what happened from one moment until another.
func GatesIn(happened []Happening, from, until time.Time) Gates {
	var g Gates
	for _, h := range happened {
		to := h.Event.To
		if h.At().Before(from) || !h.At().Before(until) || to != Validated && to != Backlog {
			continue
		}
		switch h.Event.What {
		case WasOverridden:
			g.Overridden++
			g.Passed++
		case WasMoved:
			if isForward(h.Event) {
				g.Passed++
			}
		}
	}
	return g
}
