package pipeline

import (
	"fmt"
	"slices"
	"time"
	"unicode"
)

// Rules about what comes in, what is decided, and by whom.

// since are the happenings from then on; whole tells whether the journal goes back
// that far. A team that is younger has nothing before.
func (l *looking) since(ago time.Duration) (happened []Happening, whole bool) {
	from := l.now.Add(-ago)
	at, _ := slices.BinarySearchFunc(l.Journal, from, func(h Happening, t time.Time) int { return h.At().Compare(t) })
	return l.Journal[at:], !l.JournalFrom.IsZero() && !l.JournalFrom.After(from)
}

// during says of what time the journal is looked at: "in 90 days", or where it does not
// go back that far "since 3 Oct 2026".
func (l *looking) during(ago time.Duration, words string) string {
	if _, whole := l.since(ago); whole || l.JournalFrom.IsZero() {
		return "in " + words
	}
	return "since " + ShowDay(l.day(l.JournalFrom))
}

// decisions are what became of ideas.
type decisions struct{ captured, promoted, overridden, refused int }

func countDecisions(happened []Happening) decisions {
	var d decisions
	for _, h := range happened {
		switch e := h.Event; {
		case e.What == WasCaptured:
			d.captured++
		case e.What == WasParked && e.From != Parked, e.What == WasWithdrawn:
			d.refused++
		case e.What == WasOverridden && isPromotion(e.To):
			d.promoted++
			d.overridden++
		case e.What == WasMoved && isPromotion(e.To) && isForward(e):
			d.promoted++
		}
	}
	return d
}

func isPromotion(to Stage) bool { return to == Validated || to == Backlog }

func isForward(e Event) bool {
	step, known := StepTo(e.From, e.To)
	return known && step.Forward()
}

func storageForIdeas(l *looking) measured {
	happened, whole := l.since(recently)
	if !whole {
		return measured{}
	}
	d := countDecisions(happened)
	decided := d.promoted + d.refused
	return measured{
		of: d.captured, level: warnIf(float64(d.captured) > l.limit[0]*float64(decided)),
		found: fmt.Sprintf("In four weeks %s came in, and %s: %d promoted, %d parked or withdrawn.", amount(d.captured, "idea", "ideas"), amount(decided, "decision was made", "decisions were made"), d.promoted, d.refused),
	}
}

func undecided(l *looking) measured {
	m := measured{of: len(l.captured)}
	for _, idea := range l.agedFor(l.limit[0], l.captured, func(idea ActiveIdea) time.Time { return idea.Staged }) {
		m.items = append(m.items, foundIdea(idea.ActiveIdea, "waits for "+amount(idea.days, "day", "days")))
	}
	m.level = warnIf(len(m.items) > 0)
	m.found = fmt.Sprintf("%s for a decision for %s days or longer.", withInitial(amount(len(m.items), "captured idea waits", "captured ideas wait"), unicode.ToUpper), ShowNumber(l.limit[0], ""))
	return m
}

func nothingRefused(l *looking) measured {
	happened, _ := l.since(HealthDays * 24 * time.Hour)
	d := countDecisions(happened)
	all := d.promoted + d.refused
	return measured{
		of: all, level: warnIf(underShare(d.refused, all, l.limit[0])),
		found: fmt.Sprintf("Of %d decisions %s %d parked or withdrew an idea: %s.", all, l.during(HealthDays*24*time.Hour, "90 days"), d.refused, inPercent(d.refused, all, l.limit[0])),
	}
}

func validationBypass(l *looking) measured {
	happened, _ := l.since(HealthDays * 24 * time.Hour)
	d := countDecisions(happened)
	return measured{
		of: d.promoted, level: warnIf(overShare(d.overridden, d.promoted, l.limit[0])),
		found: fmt.Sprintf("Of %d promotions %s %d went past a gate that refused: %s.", d.promoted, l.during(HealthDays*24*time.Hour, "90 days"), d.overridden, inPercent(d.overridden, d.promoted, l.limit[0])),
	}
}

func byProxy(l *looking) measured {
	happened, _ := l.since(recently)
	moves := Reorderings(happened)
	others := 0
	for _, move := range moves {
		if !l.Team.OwnedBy(move.By) {
			others++
		}
	}
	return measured{
		of: len(moves), level: warnIf(overShare(others, len(moves), l.limit[0])),
		found: fmt.Sprintf("Of %d changes of the order %s %d were not made by a product owner: %s.", len(moves), l.during(recently, "four weeks"), others, inPercent(others, len(moves), l.limit[0])),
	}
}

func churnAtTheTop(l *looking) measured {
	s, any := l.lastSprint()
	if !any {
		return measured{}
	}
	changed, of := ChangedTop(s.Top, l.Top, func(key Key) bool {
		idea, is := l.idea(key)
		return is && idea.Stage == Backlog && !s.Has(key)
	})
	return measured{
		of: of, level: warnIf(overShare(changed, of, l.limit[0])),
		found: fmt.Sprintf("Of %d ideas at the top when %s began and still to be done, %d changed their places: %s.", of, s.Name(), changed, inPercent(changed, of, l.limit[0])),
	}
}

// ownerAbsent counts the workdays that are over since a product owner last did
// something, today not among them.
func ownerAbsent(l *looking) measured {
	last := l.JournalFrom
	if last.IsZero() {
		return measured{}
	}
	for d := range l.deeds() {
		if l.Team.OwnedBy(d.by) {
			last = latest(last, d.at)
		}
	}
	sprints := slices.Clone(l.Closed)
	if l.Open != nil {
		sprints = append(sprints, *l.Open)
	}
	for _, s := range sprints {
		if l.Team.OwnedBy(s.StartedBy) {
			last = latest(last, s.Started)
		}
		if l.Team.OwnedBy(s.ClosedBy) {
			last = latest(last, s.Closed)
		}
	}
	absent := l.workdaysSince(last)
	return measured{
		of: l.workdaysSince(l.JournalFrom), level: warnIf(float64(absent) > l.limit[0]),
		found: fmt.Sprintf("No product owner has been seen at an idea, an outcome, a sprint, a refinement or a review for %s.", amount(absent, "workday", "workdays")),
	}
}

// workdaysSince counts the workdays between the day of then and today, neither
// among them.
func (l *looking) workdaysSince(then time.Time) int {
	from, today := then.In(l.loc), l.now.In(l.loc)
	n := 0
	for day := dayOf(from).AddDate(0, 0, 1); day.Before(dayOf(today)); day = day.AddDate(0, 0, 1) {
		if l.Team.worksOn(day.Weekday()) && !l.Holidays.On(day.Format(time.DateOnly)) {
			n++
		}
	}
	return n
}

// dayOf is the date of a moment in the time zone that it carries, at midnight UTC.
func dayOf(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// refines tells what makes an idea ready.
func (d deed) refines() bool {
	switch d.what {
	case WasCaptured, WasEdited, WasLinked:
		return true
	}
	return d.part == partDiscovery || d.part == partRefinement
}

// loneRefiner looks at the ideas in the Product Backlog that were captured within
// the journal, so that all that was done to them is known. Who was at a refinement
// that touched an idea worked on it.
func loneRefiner(l *looking) measured {
	work := map[Key]map[string]int{} // how much each person did
	for _, idea := range l.ready {
		if !l.JournalFrom.IsZero() && !idea.Created.Before(l.JournalFrom) {
			work[idea.Key] = map[string]int{}
		}
	}
	for d := range l.deeds() {
		key, err := ParseKey(d.on)
		if err != nil || work[key] == nil || !d.refines() {
			continue
		}
		if idea, _ := l.idea(key); !d.at.After(idea.Staged) {
			work[key][d.by]++
		}
	}
	m := measured{of: len(work)}
	for _, idea := range l.ready {
		people, known := work[idea.Key]
		if !known {
			continue
		}
		all, most := 0, 0
		for _, n := range people {
			all, most = all+n, max(most, n)
		}
		switch {
		case len(people) == 0:
			m.items = append(m.items, foundIdea(idea, "nobody worked on it"))
		case float64(len(people)) < l.limit[0]:
			m.items = append(m.items, foundIdea(idea, amount(len(people), "person", "people")+" worked on it"))
		case overShare(most, all, l.limit[1]):
			m.items = append(m.items, foundIdea(idea, "one person did "+inPercent(most, all, l.limit[1])+" of the work on it"))
		}
	}
	m.level = warnIf(len(m.items) > 0)
	m.found = fmt.Sprintf("Of %d ideas that became ready, %d were worked on by few.", m.of, len(m.items))
	return m
}

func dominantAuthor(l *looking) measured {
	wrote := map[string]int{}
	for _, idea := range l.ready {
		wrote[idea.Author]++
	}
	most := 0
	for _, n := range wrote {
		most = max(most, n)
	}
	return measured{
		of: len(l.ready), level: warnIf(overShare(most, len(l.ready), l.limit[0])),
		found: fmt.Sprintf("One person has written %s in the Product Backlog: %s.", someOf(most, len(l.ready), "idea", "ideas"), inPercent(most, len(l.ready), l.limit[0])),
	}
}
