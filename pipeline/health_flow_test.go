package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
)

// happened puts events into the journal, each so many days ago.
func happened(f *pipeline.HealthFacts, n, days int, event pipeline.Event) {
	for i := range n {
		event.At = ago(days).Add(time.Duration(i) * time.Second)
		f.Journal = append(f.Journal, pipeline.Happening{Key: fmt.Sprintf("PAY-%d", i+1), Event: event})
	}
	slices.SortStableFunc(f.Journal, func(a, b pipeline.Happening) int { return a.At().Compare(b.At()) })
}

var (
	capture    = pipeline.Event{What: pipeline.WasCaptured, By: "U1"}
	promotion  = pipeline.Event{What: pipeline.WasMoved, From: pipeline.Validated, To: pipeline.Backlog, By: "UOWNER"}
	override   = pipeline.Event{What: pipeline.WasOverridden, From: pipeline.Discovery, To: pipeline.Validated, By: "UOWNER"}
	wasParked  = pipeline.Event{What: pipeline.WasParked, From: pipeline.Discovery, To: pipeline.Parked, By: "UOWNER"}
	withdrawn  = pipeline.Event{What: pipeline.WasWithdrawn, By: "U1"}
	sentBack   = pipeline.Event{What: pipeline.WasMoved, From: pipeline.Backlog, To: pipeline.Discovery, By: "UOWNER"}
	reordering = pipeline.Event{What: pipeline.WasReordered, Changes: []pipeline.Change{{Field: pipeline.FieldRank, From: "3", To: "1"}}}
)

// flow is a journal of so many captures, promotions, overrides and refusals.
func flow(captures, promotions, overrides, refusals int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		happened(f, captures, 3, capture)
		happened(f, promotions, 3, promotion)
		happened(f, overrides, 4, override)
		happened(f, refusals, 5, wasParked)
		happened(f, 3, 6, sentBack) // is no decision for or against
	}
}

// What is counted in a journal that does not go back far enough says since when.
func TestAShortJournalSaysSinceWhen(t *testing.T) {
	for from, want := range map[time.Time]string{ago(90): "Of 10 promotions in 90 days 3 went", ago(89): "Of 10 promotions since 23 Aug 2026 3 went"} {
		_, f := healthCase{rule: pipeline.RuleBypass, facts: func(f *pipeline.HealthFacts) {
			flow(0, 7, 3, 0)(f)
			f.JournalFrom = from
		}}.said(t)
		if !strings.HasPrefix(f.Found, want) {
			t.Errorf("%q", f.Found)
		}
	}
}

func waits(days int) func(*pipeline.HealthFacts) {
	return one(func(i *pipeline.ActiveIdea) { i.Stage, i.Staged = pipeline.Captured, ago(days) })
}

// order is a month of changes of the order by the owner and by others.
func order(owner, others int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		mine, theirs := reordering, reordering
		mine.By, theirs.By = "UOWNER", "U2"
		happened(f, owner, 3, mine)
		happened(f, others, 4, theirs)
		happened(f, 9, 40, theirs) // long ago
	}
}

// top is what stood first when the sprint began, and what does now.
func top(then, now []int) func(*pipeline.HealthFacts) {
	keys := func(numbers []int) (keys []pipeline.Key) {
		for _, n := range numbers {
			keys = append(keys, key(n))
		}
		return keys
	}
	return func(f *pipeline.HealthFacts) {
		f.Active = healthIdeas(20, 0, nil)
		open := healthSprint(4, 0, sprintItem(1, 3, pipeline.Feature, 1))
		open.Top, f.Top, f.Open = keys(then), keys(now), &open
	}
}

// ownerDid something last so many days ago, of a journal of as many as said.
func ownerDid(days, journal int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		f.JournalFrom = ago(journal)
		happened(f, 1, days, promotion)
		happened(f, 1, 0, capture) // by somebody else
	}
}

// refiners are three ideas that so many people worked on, each as often as said.
func refiners(times ...int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		f.Active = healthIdeas(3, 3, func(i *pipeline.ActiveIdea) { i.Created, i.Staged = ago(20), ago(5) })
		for person, n := range times {
			for range n {
				happened(f, 3, 10, pipeline.Event{What: pipeline.WasSized, By: fmt.Sprintf("UREFINER%d", person)})
			}
		}
		happened(f, 3, 2, pipeline.Event{What: pipeline.WasSized, By: "ULATER"}) // they were ready by then
	}
}

func wrote(n, special int) func(*pipeline.HealthFacts) {
	return some(n, special, func(i *pipeline.ActiveIdea) { i.Author = "UONE" })
}

var flowCases = []healthCase{
	{pipeline.RuleStorage, "less than 1.5 for one", flow(29, 10, 0, 10), fine},
	{pipeline.RuleStorage, "1.5 for one", flow(30, 10, 0, 10), fine},
	{pipeline.RuleStorage, "more than 1.5 for one", flow(31, 10, 0, 10), warns},
	{pipeline.RuleStorage, "nothing decided", flow(5, 0, 0, 0), warns},
	{pipeline.RuleStorage, "withdrawing is a decision", func(f *pipeline.HealthFacts) { flow(6, 0, 0, 0)(f); happened(f, 4, 2, withdrawn) }, fine},
	{pipeline.RuleStorage, "four captured", flow(4, 0, 0, 0), tooFew},
	{pipeline.RuleStorage, "captured five weeks ago", func(f *pipeline.HealthFacts) { happened(f, 50, 35, capture) }, tooFew},
	{pipeline.RuleStorage, "a journal of 27 days", func(f *pipeline.HealthFacts) { flow(9, 0, 0, 0)(f); f.JournalFrom = ago(27) }, tooFew},
	{pipeline.RuleStorage, "a journal of 28 days", func(f *pipeline.HealthFacts) { flow(9, 0, 0, 0)(f); f.JournalFrom = ago(28) }, warns},

	{pipeline.RuleUndecided, "29 days", waits(29), fine},
	{pipeline.RuleUndecided, "30 days", waits(30), warns},
	{pipeline.RuleUndecided, "31 days", waits(31), warns},
	{pipeline.RuleUndecided, "nothing captured", some(3, 0, nil), tooFew},

	{pipeline.RuleNothingRefused, "one of ten", flow(0, 9, 0, 1), warns},
	{pipeline.RuleNothingRefused, "two of ten", flow(0, 8, 0, 2), fine},
	{pipeline.RuleNothingRefused, "three of ten", flow(0, 7, 0, 3), fine},
	{pipeline.RuleNothingRefused, "none of nine", flow(0, 9, 0, 0), tooFew},

	{pipeline.RuleBypass, "one of ten", flow(0, 9, 1, 0), fine},
	{pipeline.RuleBypass, "two of ten", flow(0, 8, 2, 0), fine},
	{pipeline.RuleBypass, "three of ten", flow(0, 7, 3, 0), warns},
	{pipeline.RuleBypass, "all of four", flow(0, 0, 4, 0), tooFew},

	{pipeline.RuleByProxy, "two of five", order(3, 2), fine},
	{pipeline.RuleByProxy, "half", order(3, 3), fine},
	{pipeline.RuleByProxy, "three of five", order(2, 3), warns},
	{pipeline.RuleByProxy, "all of four", order(0, 4), tooFew},

	{pipeline.RuleChurn, "nothing moved", top([]int{2, 3, 4, 5, 6, 7}, []int{2, 3, 4, 5, 6, 7, 8}), fine},
	{pipeline.RuleChurn, "the first is in the sprint", top([]int{1, 2, 3, 4, 5, 6, 7}, []int{2, 3, 4, 5, 6, 7, 8}), fine},
	{pipeline.RuleChurn, "half", top([]int{2, 3, 4, 5, 6, 7}, []int{2, 3, 4, 15, 16, 17}), fine},
	{pipeline.RuleChurn, "four of six", top([]int{2, 3, 4, 5, 6, 7}, []int{2, 3, 14, 15, 16, 17}), warns},
	{pipeline.RuleChurn, "four ideas", top([]int{2, 3, 4, 5}, []int{12, 13, 14, 15}), tooFew},
	{pipeline.RuleChurn, "no sprint", some(3, 0, nil), tooFew},

	// Today is a Friday.
	{pipeline.RuleOwnerAbsent, "since Wednesday", ownerDid(2, 90), fine},
	{pipeline.RuleOwnerAbsent, "since Tuesday", ownerDid(3, 90), fine},
	{pipeline.RuleOwnerAbsent, "since Monday", ownerDid(4, 90), warns},
	{pipeline.RuleOwnerAbsent, "since Monday, and Tuesday was a holiday", func(f *pipeline.HealthFacts) {
		ownerDid(4, 90)(f)
		f.Holidays = pipeline.Holidays{{First: dayAgo(3), Last: dayAgo(3)}}
	}, fine},
	{pipeline.RuleOwnerAbsent, "at a refinement on Tuesday", func(f *pipeline.HealthFacts) {
		f.Refinements = []pipeline.Refinement{{Day: dayAgo(3), People: []string{"U7", "UOWNER"}}}
	}, fine},
	{pipeline.RuleOwnerAbsent, "a sprint was closed on Tuesday", func(f *pipeline.HealthFacts) {
		f.Closed = []pipeline.Sprint{{ClosedBy: "UOWNER", Closed: ago(3)}}
	}, fine},
	{pipeline.RuleOwnerAbsent, "somebody else started a sprint", func(f *pipeline.HealthFacts) {
		f.Open = &pipeline.Sprint{StartedBy: "U7", Started: ago(1)}
	}, warns},
	{pipeline.RuleOwnerAbsent, "never", func(f *pipeline.HealthFacts) { happened(f, 3, 1, capture) }, warns},
	{pipeline.RuleOwnerAbsent, "a team of three days", ownerDid(3, 3), tooFew},
	{pipeline.RuleOwnerAbsent, "a team of four days", ownerDid(4, 4), warns},

	{pipeline.RuleLoneRefiner, "two people", refiners(1, 1), warns},
	{pipeline.RuleLoneRefiner, "three people", refiners(1, 1, 1), fine},
	{pipeline.RuleLoneRefiner, "four people", refiners(1, 1, 1, 1), fine},
	{pipeline.RuleLoneRefiner, "one did 60 percent", refiners(3, 1, 1), fine},
	{pipeline.RuleLoneRefiner, "one did 66 percent", refiners(4, 1, 1), warns},
	{pipeline.RuleLoneRefiner, "together in a refinement", func(f *pipeline.HealthFacts) {
		refiners(1)(f)
		f.Refinements = []pipeline.Refinement{{Day: dayAgo(9), People: []string{"U7", "U8"}, Touched: []pipeline.Key{key(1), key(2), key(3)}}}
	}, fine},
	{pipeline.RuleLoneRefiner, "two ideas", func(f *pipeline.HealthFacts) { refiners(1)(f); f.Active = f.Active[:2] }, tooFew},
	{pipeline.RuleLoneRefiner, "older than the journal", func(f *pipeline.HealthFacts) { refiners(1)(f); f.JournalFrom = ago(19) }, tooFew},

	{pipeline.RuleDominantAuthor, "seven of ten", wrote(10, 7), fine},
	{pipeline.RuleDominantAuthor, "eight of ten", wrote(10, 8), fine},
	{pipeline.RuleDominantAuthor, "nine of ten", wrote(10, 9), warns},
	{pipeline.RuleDominantAuthor, "all of four", wrote(4, 4), tooFew},
}
