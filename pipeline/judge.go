package pipeline

import (
	"fmt"
	"math"
	"strings"
)

// Judge gives the verdict on a run as things stand: that of its answers, and
// whether the idea has what the run's live items ask for. What an idea lacks
// today it can have tomorrow, so a live item that is not met leaves a run
// undecided and never fails it.
func (d Dossier) Judge(idea Idea, s RunSummary) (Verdict, string) {
	return assess(idea, d).judge(s)
}

// Meets tells whether the idea has what an item of the kind evidence or fact
// asks for, with words for what there is: "2 of 3 pieces of evidence". An item
// that a person answers is never met by this.
func Meets(idea Idea, d Dossier, item Item) (bool, string) { return assess(idea, d).meets(item) }

// assessment of one idea. A checklist can ask for others, so what was found out
// of each is remembered: however they ask for each other, each is looked at
// once.
type assessment struct {
	Dossier
	idea  Idea
	known map[TemplateID]standing
}

// standing of a checklist on the idea, by its latest run.
type standing struct {
	passed bool
	words  string   // "2 answers missing"
	open   []string // what the idea itself lacks for it
}

// String says it all. A checklist that asks for this one says the words only:
// what lacks is told where it lacks, once.
func (s standing) String() string {
	return strings.Join(append([]string{s.words}, s.open...), "; ")
}

// asksInTurn stands for a checklist while it is looked at. Those that ask for
// each other can none of them pass.
var asksInTurn = standing{words: "asks for this one in turn"}

func assess(idea Idea, d Dossier) *assessment {
	return &assessment{Dossier: d, idea: idea, known: map[TemplateID]standing{}}
}

func (a *assessment) checklist(id TemplateID) standing {
	if known, ok := a.known[id]; ok {
		return known
	}
	a.known[id] = asksInTurn
	found := a.look(id)
	a.known[id] = found
	return found
}

// becauseLimit in runes keeps a list of what is missing readable.
const becauseLimit = 150

func (a *assessment) look(id TemplateID) standing {
	run, begun := a.Latest(id)
	if !begun {
		if _, inUse := FindTemplate(a.Templates, id); !inUse {
			return standing{words: "no longer among the team's checklists"}
		}
		return standing{words: "not begun"}
	}
	because := Cut(strings.TrimSuffix(run.Because, "."), becauseLimit)
	switch run.Verdict {
	case Passed:
		if open := a.open(run); len(open) > 0 {
			return standing{words: "not passed yet", open: open}
		}
		return standing{passed: true, words: "passed"}
	case Undecided:
		words := because
		switch {
		case run.Running:
			words = "its test is running"
		case len(run.Lacks) > 0:
			words = amount(len(run.Lacks), "answer", "answers") + " missing"
		case because == "":
			words = "not complete"
		}
		return standing{words: words, open: a.open(run)}
	}
	if because == "" {
		return standing{words: string(run.Verdict)}
	}
	return standing{words: fmt.Sprintf("%s: %s", run.Verdict, because)}
}

func (a *assessment) judge(s RunSummary) (Verdict, string) {
	if s.Verdict != Passed && s.Verdict != Undecided {
		return s.Verdict, s.Because
	}
	open := a.open(s)
	if len(open) == 0 {
		return s.Verdict, s.Because
	}
	still := "Still open: " + enumerate(open) + "."
	if s.Verdict == Passed || s.Because == "" {
		return Undecided, still
	}
	return Undecided, s.Because + " " + still
}

// open words the required live items that the idea does not meet.
func (a *assessment) open(s RunSummary) []string {
	var open []string
	for _, item := range s.Live {
		if !item.RequiredFor(s.Form) {
			continue
		}
		if met, words := a.meets(item); !met {
			open = append(open, words)
		}
	}
	return open
}

func (a *assessment) meets(item Item) (bool, string) {
	if item.Kind == KindEvidence {
		of := ""
		switch item.Pass.Strength {
		case WhatPeopleDo:
			of = " of what people do"
		case WhatPeopleSay:
			of = " of what people say or do"
		}
		return within(item.Pass, a.idea.Tallied().atLeast(item.Pass.Strength), "piece of evidence"+of, "pieces of evidence"+of)
	}
	if item.Kind != KindFact {
		return false, "an answer"
	}
	if id, ok := strings.CutPrefix(string(item.Fact), ChecklistPassed); ok {
		found := a.checklist(TemplateID(id))
		return found.passed, fmt.Sprintf("%s (%s)", a.nameOf(TemplateID(id)), found.words)
	}
	switch item.Fact {
	case FactOutcome:
		return within(item.Pass, len(a.idea.Outcomes), "outcome link", "outcome links")
	case FactMeasure:
		there := 0
		if HasVisible(a.idea.Measure) {
			there = 1
		}
		return within(item.Pass, there, "“we will know when”", "“we will know when”")
	case FactCriteria:
		return within(item.Pass, len(a.idea.Criteria), "acceptance criterion", "acceptance criteria")
	case FactSize:
		return fits(item.Pass, a.idea.Size)
	}
	return false, "something that this version does not know"
}

// within holds a number of things against the rule; without bounds one is
// enough.
func within(rule PassRule, n int, one, several string) (bool, string) {
	least := 1
	if rule.AtLeast != nil {
		least = int(math.Ceil(*rule.AtLeast))
	}
	switch {
	case n < least && n == 0 && least == 1:
		return false, "no " + one
	case n < least:
		return false, fmt.Sprintf("%d of %s", n, amount(least, one, several))
	case rule.AtMost != nil && float64(n) > *rule.AtMost:
		return false, fmt.Sprintf("%s (at most %g)", amount(n, one, several), *rule.AtMost)
	}
	return true, amount(n, one, several)
}

// fits holds a size in points against the rule.
func fits(rule PassRule, points int) (bool, string) {
	words := amount(points, "point", "points")
	switch {
	case points == 0:
		return false, "no size"
	case rule.AtLeast != nil && float64(points) < *rule.AtLeast:
		return false, fmt.Sprintf("%s (at least %g)", words, *rule.AtLeast)
	case rule.AtMost != nil && float64(points) > *rule.AtMost:
		return false, fmt.Sprintf("%s (at most %g)", words, *rule.AtMost)
	}
	return true, words
}
