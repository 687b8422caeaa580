package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"unicode"
)

// Rules about sprints and refinement.

func goalLoose(l *looking) measured {
	if l.Open == nil {
		return measured{}
	}
	return measured{
		of: 1, level: warnIf(l.Open.Outcome.IsZero()), items: []FoundItem{foundSprint(*l.Open, "")},
		found: fmt.Sprintf("The goal of %s names no outcome.", l.Open.Name()),
	}
}

// foundSprint is a sprint in a finding.
func foundSprint(s Sprint, amiss string) FoundItem {
	return FoundItem{Key: fmt.Sprintf("%s-S%d", s.Team, s.Number), Words: titled(s.Goal, amiss)}
}

// foundItem is an item of a sprint in a finding.
func foundItem(i SprintItem, amiss string) FoundItem {
	return FoundItem{Key: i.Key.String(), Words: titled(i.Title, amiss)}
}

func goalNotServed(l *looking) measured {
	if l.Open == nil || l.Open.Outcome.IsZero() {
		return measured{}
	}
	sums := l.Open.Sums(l.Nodes)
	m := measured{of: min(1, sums.Size), level: warnIf(underShare(sums.Serving, sums.Size, l.limit[0]))}
	for _, item := range l.Open.Items {
		if !l.Open.Serves(item, l.Nodes) {
			m.items = append(m.items, foundItem(item, "serves something else"))
		}
	}
	m.found = fmt.Sprintf("%d of %d %s in %s serve %s: %s.", sums.Serving, sums.Size, l.Open.Unit(), l.Open.Name(), l.Open.Outcome, inPercent(sums.Serving, sums.Size, l.limit[0]))
	return m
}

// orphanWork asks of features only that they lead to a business outcome; technical
// work and bugs may be for the health of the product.
func orphanWork(l *looking) measured {
	s, any := l.lastSprint()
	if !any {
		return measured{}
	}
	features, size, orphaned := 0, 0, 0
	var m measured
	for _, item := range s.Items {
		weight := s.Weight(item)
		size += weight
		if item.Work != Feature && item.Work != "" {
			continue
		}
		features++
		if !l.leadsToBusiness(item) {
			orphaned += weight
			m.items = append(m.items, foundItem(item, "leads to no business outcome"))
		}
	}
	m.of = min(features, size)
	m.level = warnIf(overShare(orphaned, size, l.limit[0]))
	m.found = fmt.Sprintf("%d of %d %s in %s are features without a path to a business outcome: %s.", orphaned, size, s.Unit(), s.Name(), inPercent(orphaned, size, l.limit[0]))
	return m
}

func (l *looking) leadsToBusiness(item SprintItem) bool {
	isBusiness := func(key NodeKey) bool {
		o, isOutcome := l.Nodes.outcome(key)
		return isOutcome && o.Kind == BusinessOutcome
	}
	return slices.ContainsFunc(item.Outcomes, func(key NodeKey) bool {
		return isBusiness(key) || slices.ContainsFunc(l.Nodes.above(key), isBusiness)
	})
}

// noResearch looks at what the last sprints finished, and says beside it who took part
// in finding out.
func noResearch(l *looking) measured {
	done := 0
	for _, s := range l.lastClosed() {
		for _, item := range s.Items {
			if item.Done && item.Work == Research {
				done++
			}
		}
	}
	return measured{
		of: len(l.lastClosed()), level: warnIf(done == 0),
		found: fmt.Sprintf("The last %d sprints have finished no discovery work. %s", len(l.lastClosed()), TakingPartIn(l.Team, l.Developers, l.part()).InDiscovery()),
	}
}

// LedgerLine says of one sprint how much went into technical excellence, and how
// much was left free.
type LedgerLine struct {
	Number int
	Open   bool
	// Begins is the first day of one that has not begun, as in "2026-11-23"; "" once it
	// has.
	Begins string
	// Technical is the share of technical work and bugs in what was finished, of an
	// open sprint in what is in it, in percent; Slack what was left unplanned of the
	// capacity. Known where there is something to divide by.
	Technical, Slack           int
	TechnicalKnown, SlackKnown bool
}

// ledger of the last three sprints, the newest first.
func (l *looking) ledger() []LedgerLine {
	var lines []LedgerLine
	for _, s := range l.sprints[:min(len(l.sprints), VelocityOf)] {
		tech, size := technical(s)
		line := LedgerLine{Number: s.Number, Open: s.IsOpen(), TechnicalKnown: size > 0, SlackKnown: s.Capacity > 0}
		if s.First > l.day(l.now) {
			line.Begins = s.First
		}
		line.Technical = Percent(tech, size)
		if s.Capacity > 0 {
			line.Slack = int(roundDown(100 * float64(s.Capacity-s.Planned) / float64(s.Capacity)))
		}
		lines = append(lines, line)
	}
	return lines
}

// technical is how much of a sprint is technical work and bugs: of what was
// finished, or of all while it is open.
func technical(s Sprint) (tech, size int) {
	for _, item := range s.Items {
		if !s.IsOpen() && !item.Done {
			continue
		}
		size += s.Weight(item)
		if item.Work == Technical || item.Work == Bug {
			tech += s.Weight(item)
		}
	}
	return tech, size
}

func debtIgnored(l *looking) measured {
	var m measured
	tech, size := 0, 0
	for _, s := range l.lastClosed() {
		t, all := technical(s)
		if all == 0 {
			continue
		}
		m.of++
		tech, size = tech+t, size+all
		m.items = append(m.items, foundSprint(s, inPercent(t, all, l.limit[0])+" technical work and bugs"))
	}
	m.level = warnIf(underShare(tech, size, l.limit[0]))
	m.found = fmt.Sprintf("%s of what the last %d sprints have finished was technical work and bugs.", inPercent(tech, size, l.limit[0]), m.of)
	return m
}

func noSlack(l *looking) measured {
	s, any := l.lastSprint()
	if !any {
		return measured{}
	}
	free := s.Capacity - s.Planned
	m := measured{of: min(1, s.Capacity), level: warnIf(underShare(free, s.Capacity, l.limit[0])), items: []FoundItem{foundSprint(s, "")}}
	m.found = fmt.Sprintf("%d of %d %s of %s were planned: %s free.", s.Planned, s.Capacity, s.Unit(), s.Name(), inPercent(max(0, free), s.Capacity, l.limit[0]))
	return m
}

func carriedOver(l *looking) measured {
	m := measured{of: len(l.sprints)}
	if len(l.sprints) == 0 {
		return m
	}
	type carried struct {
		SprintItem
		times int
	}
	var over []carried
	for _, item := range l.sprints[0].Items {
		if item.Done {
			continue
		}
		times := 0
		for _, s := range l.sprints {
			if !s.Has(item.Key) {
				break
			}
			times++
		}
		if float64(times) >= l.limit[0] {
			over = append(over, carried{item, times})
		}
	}
	slices.SortStableFunc(over, func(a, b carried) int { return cmp.Compare(b.times, a.times) })
	for _, item := range over {
		m.items = append(m.items, foundItem(item.SprintItem, fmt.Sprintf("in %d sprints in a row", item.times)))
	}
	m.level = warnIf(len(over) > 0)
	m.found = fmt.Sprintf("%s in %s sprints in a row or more.", withInitial(amount(len(over), "idea is", "ideas are"), unicode.ToUpper), ShowNumber(l.limit[0], ""))
	return m
}

// workday is how long people work on one day.
const workday = 8 * 60 // minutes

// refined is how many minutes went into refinement in the last closed sprints, and
// how many people work in them: of whoever takes part in all of it. of is how many
// sprints that were, 0 where no refinement was noted.
func (l *looking) refined() (minutes, working, of int) {
	for _, s := range l.lastClosed() {
		working += workdaysIn(l.Team, l.Holidays, s.First, s.Last) * workday
		of++
		for _, r := range l.Refinements {
			if s.First <= r.Day && r.Day <= s.Last {
				minutes += r.Minutes
			}
		}
	}
	if len(l.Refinements) == 0 || working == 0 {
		return 0, 0, 0
	}
	return minutes, working, of
}

func refinementFound(minutes, working, of int, limit float64) string {
	return fmt.Sprintf("Refinement took %s in the last %s: %s of the working time.", amount(minutes, "minute", "minutes"), amount(of, "sprint", "sprints"), inPercent(minutes, working, limit))
}

func tooLittleRefinement(l *looking) measured {
	minutes, working, of := l.refined()
	return measured{of: of, level: warnIf(underShare(minutes, working, l.limit[0])), found: refinementFound(minutes, working, of, l.limit[0])}
}

func tooMuchRefinement(l *looking) measured {
	minutes, working, of := l.refined()
	return measured{of: of, level: warnIf(overShare(minutes, working, l.limit[0])), found: refinementFound(minutes, working, of, l.limit[0])}
}

func noDefinitionOfReady(l *looking) measured {
	return measured{
		of: len(l.ready), level: warnIf(len(l.Team.RequiredForBacklog) == 0),
		found: "No checklist is required before an idea enters the Product Backlog.",
	}
}

func readyNotReviewed(l *looking) measured {
	if len(l.Team.RequiredForBacklog) == 0 || l.readyConfirmed.IsZero() {
		return measured{}
	}
	days := l.days(l.readyConfirmed)
	return measured{
		of: 1, level: warnIf(float64(days) >= l.limit[0]),
		found: fmt.Sprintf("Nobody has confirmed the Definition of Ready for %s.", amount(days, "day", "days")),
	}
}
