package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Rules about how much there is, and how long it lasts.

// Supply is how long a team would work on ideas.
type Supply struct {
	Ideas int
	// Unsized of them, which add nothing where the team counts points: the work lasts
	// longer then than Sprints says, nobody knows by how much.
	Unsized int
	// Known: the team has a velocity and something to divide by it. Sprints is how
	// long the work lasts then. ByCount: no idea has a size, so that ideas are divided
	// by those finished in a sprint.
	Known, ByCount bool
	Sprints        float64
	// Bands from little to much, and At which of them it is in; -1 where nobody
	// knows.
	Bands []SupplyBand
	At    int
}

// SupplyBand is a range of sprints of work with what it means.
type SupplyBand struct {
	Name  string // "too little"
	Range string // "under 3 sprints"
	// From is the sprints at which it begins, and at which the one before it ends.
	From float64
}

// Concern is how far off a band is: 0 where it is right, 1 where it is much, 2 where it
// is too little or too much.
func (b SupplyBand) Concern() int {
	switch b.Name {
	case justRight:
		return 0
	case muchWork:
		return 1
	}
	return 2
}

// AtLeast tells whether the work lasts longer than Sprints says.
func (s Supply) AtLeast() bool { return s.Known && s.Unsized > 0 && !s.ByCount }

// Words say it: "4.2 sprints", "at least 4.2 sprints", "unknown".
func (s Supply) Words() string {
	if !s.Known {
		return "unknown"
	}
	if s.At == 0 && len(s.Bands) > 0 && s.Bands[0].Name == tooLittle {
		return s.inSprints(roundDown)
	}
	return s.inSprints(roundUp)
}

// What bands mean.
const (
	tooLittle = "too little"
	justRight = "right"
	muchWork  = "much"
	tooMuch   = "too much"
)

// ready is the supply of refined work beside the limits between which it is right.
func (s Supply) ready(from, to float64) Supply {
	s.Bands = []SupplyBand{
		{tooLittle, "under " + sprintsOf(from), 0}, {justRight, ShowNumber(from, "") + " to " + sprintsOf(to), from}, {tooMuch, "over " + sprintsOf(to), to},
	}
	s.At = s.place(s.Sprints < from, s.Sprints > to)
	return s
}

// all is the supply of all active ideas beside the limits from which it is much and
// over which it is too much.
func (s Supply) all(from, to float64) Supply {
	s.Bands = []SupplyBand{
		{justRight, "under " + sprintsOf(from), 0}, {muchWork, ShowNumber(from, "") + " to " + sprintsOf(to), from}, {tooMuch, "over " + sprintsOf(to), to},
	}
	s.At = s.place(s.Sprints < from, s.Sprints > to)
	return s
}

// place is which of three bands it is in. What has more than is known can be in a
// higher one, unless it is in the last.
func (s Supply) place(low, high bool) int {
	switch {
	case !s.Known:
		return -1
	case high:
		return 2
	case s.AtLeast():
		return -1
	case low:
		return 0
	}
	return 1
}

func sprintsOf(n float64) string {
	if n == 1 {
		return "1 sprint"
	}
	return ShowNumber(n, "") + " sprints"
}

func (l *looking) supply(ideas []ActiveIdea) Supply {
	s := Supply{Ideas: len(ideas), At: -1}
	work := 0
	for _, idea := range ideas {
		switch {
		case l.Team.VelocityIdeas:
			work++
		case idea.Size == 0:
			s.Unsized++
		default:
			work += idea.Size
		}
	}
	pace := l.Pace
	if s.ByCount = work == 0 && len(ideas) > 0 && l.counted.Known(); s.ByCount {
		work, pace = len(ideas), l.counted
	}
	s.Known = pace.Known() && (work > 0 || len(ideas) == 0)
	if s.Known {
		s.Sprints = float64(work*pace.Sprints) / float64(pace.Work) // exact where it is whole
	}
	return s
}

// enough tells a rule of a supply whether there is enough to speak.
func (s Supply) enough() int {
	if s.Known {
		return 1
	}
	return 0
}

// inSprints words it: "4.2 sprints", "at least 4.2 sprints".
func (s Supply) inSprints(round func(float64) float64) string {
	words := sprintsOf(round(s.Sprints*10) / 10)
	if s.AtLeast() {
		words = "at least " + words
	}
	return words
}

func starved(l *looking) measured {
	s := l.supply(l.ready)
	if s.AtLeast() || len(l.Active) == 0 {
		return measured{} // nobody knows how much there is
	}
	return measured{
		of: s.enough(), level: worseIf(s.Sprints < l.limit[0], s.Sprints < l.limit[1]),
		found: fmt.Sprintf("The Product Backlog holds %s of refined work, in %s.", s.inSprints(roundDown), amount(s.Ideas, "idea", "ideas")),
	}
}

func overSized(l *looking) measured {
	s := l.supply(l.Active)
	return measured{
		of: s.enough(), level: worseIf(s.Sprints >= l.limit[0], s.Sprints > l.limit[1]),
		found: fmt.Sprintf("All active ideas together are %s of work, in %s.", s.inSprints(roundUp), amount(s.Ideas, "idea", "ideas")),
		items: l.longestUntouched(l.Active),
	}
}

func overRefined(l *looking) measured {
	s := l.supply(l.ready)
	return measured{
		of: s.enough(), level: warnIf(s.Sprints > l.limit[0]),
		found: fmt.Sprintf("The Product Backlog holds %s of refined work, in %s.", s.inSprints(roundUp), amount(s.Ideas, "idea", "ideas")),
		items: l.longestUntouched(l.ready),
	}
}

// untouchedShown is how many ideas a rule proposes to look at that is about how
// much there is.
const untouchedShown = 50

// longestUntouched lists those of the ideas that nobody has changed for longest.
func (l *looking) longestUntouched(ideas []ActiveIdea) []FoundItem {
	ideas = slices.Clone(ideas)
	slices.SortFunc(ideas, func(a, b ActiveIdea) int {
		return cmp.Or(a.Changed.Compare(b.Changed), cmp.Compare(a.Key.Number, b.Key.Number))
	})
	return foundIdeas(ideas[:min(len(ideas), untouchedShown)], func(idea ActiveIdea) (string, bool) {
		return "unchanged for " + amount(l.days(idea.Changed), "day", "days"), true
	})
}

func allDetailed(l *looking) measured {
	detailed := 0
	for _, idea := range l.Active {
		if idea.Size > 0 && idea.Criteria > 0 {
			detailed++
		}
	}
	return measured{
		of: len(l.Active), level: warnIf(overShare(detailed, len(l.Active), l.limit[0])),
		found: fmt.Sprintf("%s %s a size and criteria: %s.", someOf(detailed, len(l.Active), "active idea", "active ideas"), agreeing(detailed, "has", "have"), inPercent(detailed, len(l.Active), l.limit[0])),
	}
}

// longEnough is how old a team is before what was captured at its beginning is
// told from the rest.
const longEnough = 100 // days

func inAdvance(l *looking) measured {
	age := l.now.Sub(l.Team.Created)
	if l.days(l.Team.Created) < longEnough {
		return measured{}
	}
	begun := l.Team.Created.Add(age / 10)
	early := foundIdeas(l.Active, func(idea ActiveIdea) (string, bool) {
		return "captured on " + ShowDay(l.day(idea.Created)), idea.Created.Before(begun)
	})
	return measured{
		of: len(l.Active), level: warnIf(overShare(len(early), len(l.Active), l.limit[0])),
		found: fmt.Sprintf("%s %s captured until %s: %s.", someOf(len(early), len(l.Active), "active idea", "active ideas"), agreeing(len(early), "was", "were"), ShowDay(l.day(begun)), inPercent(len(early), len(l.Active), l.limit[0])),
		items: early,
	}
}

// recently is how far back rules look at how ideas come in.
const recently = 28 * 24 * time.Hour

// recent are the active ideas that were captured recently.
func (l *looking) recent() []ActiveIdea {
	return slices.DeleteFunc(slices.Clone(l.Active), func(idea ActiveIdea) bool { return l.now.Sub(idea.Created) > recently })
}

func bulkCapture(l *looking) measured {
	recent := l.recent()
	byDay := map[string][]ActiveIdea{}
	day := ""
	for _, idea := range recent {
		on := l.day(idea.Created)
		byDay[on] = append(byDay[on], idea)
		if most, n := len(byDay[day]), len(byDay[on]); n > most || n == most && on > day {
			day = on
		}
	}
	return measured{
		of: len(recent), level: warnIf(float64(len(byDay[day])) > l.limit[0]),
		found: fmt.Sprintf("%d of the active ideas were captured on %s.", len(byDay[day]), ShowDay(day)),
		items: foundIdeas(byDay[day], func(ActiveIdea) (string, bool) { return "", true }),
	}
}
