package pipeline

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"time"
)

// looking is what a rule of backlog health looks at: the facts, with what several
// rules make of them.
type looking struct {
	HealthFacts
	now time.Time
	// readyConfirmed is when somebody last said that the Definition of Ready is
	// right, at least when the team began.
	readyConfirmed time.Time
	// loc is the team's zone; finding it takes time.
	loc *time.Location
	// limit of the rule that looks, in the order in which it lists them.
	limit []float64
	// captured ideas are those nobody decided on, past those that are further on, and
	// ready those of them in the Product Backlog.
	captured, past, ready []ActiveIdea
	// counted is how many ideas the last closed sprints have finished: the pace where
	// nothing has a size.
	counted Pace
	// sprints are the closed ones and, first, the open one.
	sprints []Sprint
	// places of the active ideas.
	places map[Key]int
}

// measured is what a rule found out.
type measured struct {
	// of is how much data it rests on; under the rule's least it is silent.
	of int
	// level is "" where nothing is amiss.
	level FindingLevel
	found string
	items []FoundItem // the worst first
}

func newLooking(facts HealthFacts, rules HealthRules, now time.Time) *looking {
	l := &looking{HealthFacts: facts, now: now, loc: facts.Team.Location(), readyConfirmed: latest(rules.ReadyConfirmed, facts.Team.Created), places: make(map[Key]int, len(facts.Active))}
	for i, idea := range facts.Active {
		l.places[idea.Key] = i
		switch idea.Stage {
		case Captured:
			l.captured = append(l.captured, idea)
			continue
		case Backlog:
			l.ready = append(l.ready, idea)
		}
		l.past = append(l.past, idea)
	}
	if facts.Open != nil {
		l.Open = l.asNow(*facts.Open)
		l.sprints = append(l.sprints, *l.Open)
	}
	l.sprints = append(l.sprints, facts.Closed...)
	for _, s := range l.lastClosed() {
		l.counted.Work += s.Finished.Ideas
		l.counted.Sprints++
	}
	return l
}

// asNow gives an open sprint with its items as the ideas are by now.
func (l *looking) asNow(s Sprint) *Sprint {
	s.Items = slices.Clone(s.Items)
	for i, item := range s.Items {
		if idea, is := l.idea(item.Key); is {
			s.setItem(i, SprintItem{Title: idea.Title, Size: idea.Size, Work: idea.Work, Outcomes: idea.Outcomes})
		}
	}
	return &s
}

// today by the team's clocks, as in "2026-12-18".
// deeds are what people did to ideas, in refinements and in reviews.
func (l *looking) deeds() iter.Seq[deed] { return l.part().deeds(l.loc) }

func (l *looking) part() PartFacts {
	return PartFacts{Happened: l.Journal, Refinements: l.Refinements, Reviews: l.Reviews}
}

func (l *looking) today() string { return l.day(l.now) }

func (l *looking) day(t time.Time) string { return t.In(l.loc).Format(time.DateOnly) }

// days that are over since then, whole ones.
func (l *looking) days(since time.Time) int { return max(0, int(l.now.Sub(since)/(24*time.Hour))) }

// lastSprint is the open one, else the one that was closed last; false without one.
func (l *looking) lastSprint() (Sprint, bool) {
	if len(l.sprints) == 0 {
		return Sprint{}, false
	}
	return l.sprints[0], true
}

// lastClosed are the last closed sprints, at most VelocityOf, the newest first.
func (l *looking) lastClosed() []Sprint { return l.Closed[:min(len(l.Closed), VelocityOf)] }

// warnIf is the level of what is amiss or not.
func warnIf(amiss bool) FindingLevel {
	if amiss {
		return FindingWarning
	}
	return ""
}

// worseIf is the level of what is a warning, or more than that.
func worseIf(warning, alert bool) FindingLevel {
	if alert {
		return FindingAlert
	}
	return warnIf(warning)
}

// overShare tells whether n of so many are more percent than that, underShare
// whether they are fewer.
func overShare(n, of int, percent float64) bool  { return 100*float64(n) > percent*float64(of) }
func underShare(n, of int, percent float64) bool { return 100*float64(n) < percent*float64(of) }

// A supply that is over a limit is rounded up, one that is under it down, so that it
// never reads as if it were at it.
func roundUp(v float64) float64   { return math.Ceil(v - 1e-9) }
func roundDown(v float64) float64 { return math.Floor(v + 1e-9) }

// inPercent words a share, as near as whole percents come, that a rule has compared
// with a limit in percent: it never reads as if it were at the limit, or on its other
// side.
func inPercent(n, of int, limit float64) string {
	if of == 0 {
		return "0 %"
	}
	share := 100 * float64(n) / float64(of)
	percent := math.Round(share)
	switch {
	case share > limit && percent <= limit:
		percent = math.Ceil(share)
	case share < limit && percent >= limit:
		percent = math.Floor(share)
	}
	return ShowNumber(percent, "%")
}

// foundTitle is how much of a title a finding shows, in runes.
const foundTitle = 80

// foundIdea is an idea in a finding: its title and what is amiss, which may be "".
func foundIdea(idea ActiveIdea, amiss string) FoundItem {
	return FoundItem{Key: idea.Key.String(), Words: titled(idea.Title, amiss)}
}

func titled(title, amiss string) string {
	title = Cut(title, foundTitle)
	if amiss == "" {
		return title
	}
	return title + ": " + amiss
}

// foundIdeas lists those of the ideas with which something is amiss.
func foundIdeas(ideas []ActiveIdea, amiss func(ActiveIdea) (words string, is bool)) []FoundItem {
	var items []FoundItem
	for _, idea := range ideas {
		if words, is := amiss(idea); is {
			items = append(items, foundIdea(idea, words))
		}
	}
	return items
}

// aged is an idea with its age in days, of whatever.
type aged struct {
	ActiveIdea
	days int
}

// agedFor are the ideas that are at least so many days old, the oldest first.
func (l *looking) agedFor(least float64, ideas []ActiveIdea, since func(ActiveIdea) time.Time) []aged {
	var old []aged
	for _, idea := range ideas {
		if days := l.days(since(idea)); float64(days) >= least {
			old = append(old, aged{idea, days})
		}
	}
	slices.SortStableFunc(old, func(a, b aged) int {
		return cmp.Or(cmp.Compare(b.days, a.days), cmp.Compare(a.Key.Number, b.Key.Number))
	})
	return old
}

// idea of that key; false when it is not active.
func (l *looking) idea(key Key) (ActiveIdea, bool) {
	at, is := l.places[key]
	if !is {
		return ActiveIdea{}, false
	}
	return l.Active[at], true
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
