package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Rules about what work is for, and what is learned from it.

func noThemes(l *looking) measured {
	items := foundIdeas(l.Active, func(idea ActiveIdea) (string, bool) { return "", len(idea.Outcomes) == 0 })
	return measured{
		of: len(l.Active), level: warnIf(overShare(len(items), len(l.Active), l.limit[0])), items: items,
		found: fmt.Sprintf("%s %s for no outcome and no opportunity: %s.", someOf(len(items), len(l.Active), "active idea", "active ideas"), agreeing(len(items), "is", "are"), inPercent(len(items), len(l.Active), l.limit[0])),
	}
}

// openOutcomes are those that are not closed, with how long ago something was, the
// longest first.
func (l *looking) openOutcomes(since func(Outcome) (at time.Time, counts bool)) (outcomes []Outcome, days []int) {
	type waiting struct {
		Outcome
		days int
	}
	var open []waiting
	for _, o := range l.Nodes.Outcomes {
		if at, counts := since(o); o.IsOpen() && counts {
			open = append(open, waiting{o, l.days(at)})
		}
	}
	slices.SortStableFunc(open, func(a, b waiting) int {
		return cmp.Or(cmp.Compare(b.days, a.days), cmp.Compare(a.Key.Number, b.Key.Number))
	})
	for _, w := range open {
		outcomes, days = append(outcomes, w.Outcome), append(days, w.days)
	}
	return outcomes, days
}

func orphanOutcome(l *looking) measured {
	carried := map[NodeKey]bool{}
	for child, parent := range l.Nodes.parents() {
		if o, isOutcome := l.Nodes.outcome(child); !isOutcome || o.IsOpen() {
			carried[parent] = true
		}
	}
	for key, on := range l.Ideas {
		if on.Count() > on.Stages[Parked] {
			carried[key] = true
		}
	}
	outcomes, days := l.openOutcomes(func(o Outcome) (time.Time, bool) { return o.Created, true })
	m := measured{of: len(outcomes)}
	for i, o := range outcomes {
		if !carried[o.Key] && float64(days[i]) >= l.limit[0] {
			m.items = append(m.items, FoundItem{Key: o.Key.String(), Words: titled(o.Statement, fmt.Sprintf("nothing under it, %s old", amount(days[i], "day", "days")))})
		}
	}
	m.level = warnIf(len(m.items) > 0)
	m.found = fmt.Sprintf("%s no opportunity and no idea.", withInitial(amount(len(m.items), "open outcome has", "open outcomes have"), unicode.ToUpper))
	return m
}

func silentOutcome(l *looking) measured {
	outcomes, days := l.openOutcomes(func(o Outcome) (time.Time, bool) {
		if o.Latest != nil && o.Latest.Value != nil {
			return o.Latest.At, o.Target != nil
		}
		return o.Created, o.Target != nil
	})
	m := measured{of: len(outcomes)}
	for i, o := range outcomes {
		if float64(days[i]) < l.limit[0] {
			continue
		}
		words := "no number for " + amount(days[i], "day", "days")
		if o.Latest == nil || o.Latest.Value == nil {
			words = "no number since it was added, " + amount(days[i], "day", "days") + " ago"
		}
		m.items = append(m.items, FoundItem{Key: o.Key.String(), Words: titled(o.Statement, words)})
	}
	m.level = warnIf(len(m.items) > 0)
	m.found = fmt.Sprintf("Of %s nobody has given the number for %s days or longer.", amount(len(m.items), "open outcome", "open outcomes"), ShowNumber(l.limit[0], ""))
	return m
}

func noLookBack(l *looking) measured {
	of := l.LookBack.Waiting + l.LookBack.Answered
	m := measured{of: of, level: warnIf(overShare(l.LookBack.Waiting, of, l.limit[0]))}
	for _, idea := range l.LookBack.Due {
		m.items = append(m.items, FoundItem{Key: idea.Key.String(), Words: Cut(idea.Title, foundTitle)})
	}
	m.found = fmt.Sprintf("Of %d delivered %s whose day has come, nobody has said of %d what %s changed: %s.", of, agreeing(of, "idea", "ideas"), l.LookBack.Waiting, agreeing(l.LookBack.Waiting, "it", "they"), inPercent(l.LookBack.Waiting, of, l.limit[0]))
	return m
}

func roadmapGap(l *looking) measured {
	now := map[NodeKey]bool{} // what is worked on now, and all above it
	for _, o := range l.Nodes.Opportunities {
		if o.Horizon != HorizonNow {
			continue
		}
		now[o.Key] = true
		for _, above := range l.Nodes.above(o.Key) {
			now[above] = true
		}
	}
	if len(now) == 0 {
		return measured{}
	}
	items := foundIdeas(l.ready, func(idea ActiveIdea) (string, bool) {
		isNow := slices.ContainsFunc(idea.Outcomes, func(key NodeKey) bool {
			return now[key] || slices.ContainsFunc(l.Nodes.above(key), func(above NodeKey) bool { return above.Kind == OpportunityNode && now[above] })
		})
		return "for nothing that is worked on now", !isNow
	})
	return measured{
		of: len(l.ready), level: warnIf(overShare(len(items), len(l.ready), l.limit[0])), items: items,
		found: fmt.Sprintf("%s in the Product Backlog %s for nothing that is worked on now: %s.", someOf(len(items), len(l.ready), "idea", "ideas"), agreeing(len(items), "is", "are"), inPercent(len(items), len(l.ready), l.limit[0])),
	}
}

func staleCanvas(l *looking) measured {
	m := measured{of: len(l.Canvases)}
	old := slices.SortedFunc(slices.Values(l.Canvases), func(a, b Confirmed) int { return a.At.Compare(b.At) })
	for _, c := range old {
		if days := l.days(c.At); float64(days) >= l.limit[0] {
			m.items = append(m.items, FoundItem{Key: c.Key, Words: titled(c.Name, "confirmed "+amount(days, "day", "days")+" ago")})
		}
	}
	m.level = warnIf(len(m.items) > 0)
	m.found = fmt.Sprintf("%s for %s days or longer.", withInitial(amount(len(m.items), "canvas or roadmap has not been confirmed", "canvases or roadmaps have not been confirmed"), unicode.ToUpper), ShowNumber(l.limit[0], ""))
	return m
}

// tests lists the tests on active ideas with what is amiss. of counts those that
// are looked at.
func (l *looking) tests(looked func(RunSummary) bool, amiss func(RunSummary) (string, bool)) measured {
	var m measured
	for _, idea := range l.Active {
		for _, run := range idea.Runs {
			if run.Use != UseTest || !looked(run) {
				continue
			}
			m.of++
			if words, is := amiss(run); is {
				m.items = append(m.items, foundIdea(idea, words))
			}
		}
	}
	m.level = warnIf(len(m.items) > 0)
	return m
}

func lateTests(l *looking) measured {
	m := l.tests(func(run RunSummary) bool { return run.Running }, func(run RunSummary) (string, bool) {
		late := l.days(run.Deadline)
		return "its test ended " + amount(late, "day", "days") + " ago", l.now.After(run.Deadline) && float64(late) >= l.limit[0]
	})
	m.found = fmt.Sprintf("Of %s nobody has said what it showed.", amount(len(m.items), "test", "tests"))
	return m
}

func vagueTests(l *looking) measured {
	m := l.tests(func(run RunSummary) bool { return run.Verdict == Undecided }, func(run RunSummary) (string, bool) {
		return "its test has no number to be right at", !run.Running && slices.Contains(run.Lacks, l.criterionOf(run.Template))
	})
	m.found = fmt.Sprintf("%s without a number to be right at.", withInitial(amount(len(m.items), "test has begun", "tests have begun"), unicode.ToUpper))
	return m
}

// criterionOf is the question for the number that a test is right at.
func (l *looking) criterionOf(id TemplateID) string {
	t, known := FindTemplate(l.Templates, id)
	if !known {
		t, _ = FindTemplate(BuiltIn(), id)
	}
	at := slices.IndexFunc(t.Items, func(i Item) bool { return i.ID == ItemCriterion })
	if at < 0 {
		return ""
	}
	return strings.TrimSpace(t.Items[at].Question)
}
