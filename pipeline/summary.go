package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// TeamWeek is what happened in a team within seven days.
type TeamWeek struct {
	// From is its first moment, Until the first one after it.
	From, Until time.Time
	// Captured counts new ideas.
	Captured int
	// Moved are the ideas that are at another stage than before, by how far they
	// came; parked ones are among Decided.
	Moved []WeekMove
	// Learned are the lines of what was found out: what delivered ideas changed, and
	// what tests and checklists came to.
	Learned []Happening
	// Decided are the other decisions: parked, reopened, passed by override, closed,
	// answered.
	Decided []Happening
	// Hits are the delivered ideas that somebody looked back on.
	Hits HitRate
	// Gates that ideas passed, with and without an override.
	Gates Gates
	// Part is who took part.
	Part TakingPart
}

// WeekMove is an idea that came from one stage to another.
type WeekMove struct {
	Key      string
	From, To Stage
}

// WeekFacts are what a week is made of, and the week before it.
type WeekFacts struct {
	Team       Team
	Developers Developers
	// Happened within two weeks or more, the oldest first.
	Happened    []Happening
	Refinements []Refinement
	Reviews     []Reviewed
}

// Weekly is a week beside the one before.
type Weekly struct{ This, Before TeamWeek }

// WeeklyOf gives the seven days that end at that moment, beside those before them.
func WeeklyOf(facts WeekFacts, until time.Time) Weekly {
	from := until.AddDate(0, 0, -7)
	return Weekly{This: WeekOf(facts, from, until), Before: WeekOf(facts, from.AddDate(0, 0, -7), from)}
}

// WeekOf sums up what happened from one moment until another.
func WeekOf(facts WeekFacts, from, until time.Time) TeamWeek {
	w := TeamWeek{From: from, Until: until, Gates: GatesIn(facts.Happened, from, until)}
	within := func(at time.Time) bool { return !at.Before(from) && at.Before(until) }
	part := PartFacts{}
	for _, h := range facts.Happened {
		if !within(h.At()) {
			continue
		}
		part.Happened = append(part.Happened, h)
		w.add(h)
	}
	for _, r := range facts.Refinements {
		if within(r.At) {
			part.Refinements = append(part.Refinements, r)
		}
	}
	for _, r := range facts.Reviews {
		if within(r.At) {
			part.Reviews = append(part.Reviews, r)
		}
	}
	w.Moved = slices.DeleteFunc(w.Moved, func(m WeekMove) bool { return m.From == m.To || m.To == "" || m.To == Parked })
	slices.SortStableFunc(w.Moved, func(a, b WeekMove) int {
		return slices.Index(Stages(), b.To) - slices.Index(Stages(), a.To)
	})
	w.Part = TakingPartIn(facts.Team, facts.Developers, part)
	return w
}

// add puts down one happening.
func (w *TeamWeek) add(h Happening) {
	switch e := h.Event; e.What {
	case WasCaptured:
		w.Captured++
	case RunDecided:
		w.Learned = append(w.Learned, h)
	case WasParked, WasReopened, WasOverridden, WasClosed, ChallengeAnswered:
		w.Decided = append(w.Decided, h)
	case WasWithdrawn:
		w.moves(h.Key).To = ""
	case WasMoved:
		if e.To == Learned {
			w.Learned = append(w.Learned, h)
			w.Hits = w.Hits.With(effectOf(e))
		}
	}
	if e := h.Event; e.To != "" && e.From != e.To {
		m := w.moves(h.Key)
		if m.From == "" {
			m.From = e.From
		}
		m.To = e.To
	}
}

// moves gives the line of what has the key, a new one where there is none.
func (w *TeamWeek) moves(key string) *WeekMove {
	at := slices.IndexFunc(w.Moved, func(m WeekMove) bool { return m.Key == key })
	if at < 0 {
		w.Moved = append(w.Moved, WeekMove{Key: key})
		at = len(w.Moved) - 1
	}
	return &w.Moved[at]
}

// effectOf is the answer that an idea was learned from with, as AnswerEffect puts it
// first in its reason.
func effectOf(e Event) EffectAnswer {
	for _, answer := range EffectAnswers() {
		if rest, is := strings.CutPrefix(e.Why, string(answer)); is && (rest == "" || rest[0] == ':' || rest[0] == '.') {
			return answer
		}
	}
	return ""
}

// IsQuiet tells whether nothing changed that a summary tells.
func (w TeamWeek) IsQuiet() bool {
	return w.Captured == 0 && len(w.Moved) == 0 && len(w.Learned) == 0 && len(w.Decided) == 0
}

// Keys of what the week is about, each once.
func (w TeamWeek) Keys() []string {
	var keys []string
	add := func(key string) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, m := range w.Moved {
		add(m.Key)
	}
	for _, h := range slices.Concat(w.Learned, w.Decided) {
		add(h.Key)
	}
	return keys
}

// Lines compare the numbers of a week with those of the week before, a sentence
// each; what is nothing in both is left out.
func (w Weekly) Lines() []string {
	var lines []string
	count := func(this, before int, one, several string) {
		if this == 0 && before == 0 {
			return
		}
		line := amount(this, one, several)
		switch {
		case this == before:
			line += ", as many as the week before"
		case before == 0:
			line += ", none the week before"
		default:
			line += fmt.Sprintf(", %d the week before", before)
		}
		lines = append(lines, withInitial(line, unicode.ToUpper)+".")
	}
	count(w.This.Captured, w.Before.Captured, "idea captured", "ideas captured")
	count(len(w.This.Moved), len(w.Before.Moved), "idea moved to another stage", "ideas moved to another stage")
	count(len(w.This.Decided), len(w.Before.Decided), "other decision", "other decisions")
	if hits := w.This.Hits; hits.Asked > 0 {
		line := "Hit rate: " + hits.Words()
		if w.Before.Hits.Asked > 0 {
			line += fmt.Sprintf(" (%d of %d the week before)", w.Before.Hits.Moved, w.Before.Hits.Asked)
		}
		lines = append(lines, line+".")
	}
	if gates := w.This.Gates; gates.Passed > 0 {
		line := "Override rate: " + gates.words()
		if w.Before.Gates.Passed > 0 {
			line += ", " + w.Before.Gates.share() + " the week before"
		}
		lines = append(lines, line+".")
	}
	return lines
}

// words say how often a gate that refused was passed: "1 of 4 gates passed by
// override (25 %)".
func (g Gates) words() string {
	return fmt.Sprintf("%d of %s passed by override (%s)", g.Overridden, amountGates(g.Passed), g.share())
}

func amountGates(n int) string {
	if n == 1 {
		return "1 gate"
	}
	return fmt.Sprintf("%d gates", n)
}

func (g Gates) share() string { return fmt.Sprintf("%d %%", (100*g.Overridden+g.Passed/2)/g.Passed) }
