package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// AgendaFacts are what a session's agenda is made of.
type AgendaFacts struct {
	Team Team
	// Tree of the team's outcomes.
	Tree TreeFacts
	// Ideas to look at, in any order: those longest at their stage, without an
	// outcome, parked and due, delivered and not looked back on, and what else a
	// point is about. One that is in it twice counts once.
	Ideas []Idea
	// Tests that run.
	Tests []RunningTest
	// Asked are questions that wait for answers.
	Asked []OpenQuestion
	// Happened is what happened in the team since the session before.
	Happened []Happening
}

// RunningTest is a test that waits for what it shows.
type RunningTest struct {
	Idea Key
	Run  RunSummary
}

// OpenQuestion is something that was asked of people, and which few have answered:
// a challenge or a round of questions.
type OpenQuestion struct {
	// Kind is PointChallenge or PointAsked, Subject what its button opens: the key
	// of an idea, the name of a round, or AskedInReview and the name of a review.
	Kind           PointKind
	Subject, Title string
	// Words say how many have answered.
	Words string
	Until time.Time
}

// AskedInReview begins the Subject of questions that a review asks, before its name;
// those of a round have the name of the round alone.
const AskedInReview = "review "

// From when on something is a point of the agenda.
const (
	undecidedDays = 30 // that an idea is captured or in discovery
	waitingDays   = 42 // that one is validated or in the Product Backlog
	bareDays      = 14 // that an outcome has no idea
)

// ofEachKind is how many points of one kind come before those of the next.
const ofEachKind = 3

// Agenda finds what a team should talk about, the most useful first, at most
// AgendaPoints; more is how many there would have been beside them. No kind pushes
// the others out, and no item is on it twice.
func Agenda(facts AgendaFacts, now time.Time) (points []Point, more int) {
	var rest []Point
	met, of := map[string]bool{}, map[PointKind]int{}
	for _, p := range openPoints(facts, now) {
		if met[p.Subject] {
			continue
		}
		met[p.Subject] = true
		if of[p.Kind]++; of[p.Kind] > ofEachKind {
			rest = append(rest, p)
			continue
		}
		points = append(points, p)
	}
	points = append(points, rest...)
	return points[:min(len(points), AgendaPoints)], max(0, len(points)-AgendaPoints)
}

// openPoints are all there are: by kind, the worst of each first. One item can have
// several.
func openPoints(facts AgendaFacts, now time.Time) []Point {
	a := agenda{facts: facts, now: now}
	a.outcomes()
	a.ideas()
	a.tests()
	a.overrides()
	a.questions()
	order := PointKinds()
	slices.SortStableFunc(a.found, func(x, y weighedPoint) int {
		return cmp.Or(slices.Index(order, x.Kind)-slices.Index(order, y.Kind), cmp.Compare(y.weight, x.weight), strings.Compare(x.Subject, y.Subject))
	})
	points := make([]Point, len(a.found))
	for i, p := range a.found {
		points[i] = p.Point
	}
	return points
}

// agenda is what one is made of, and with.
type agenda struct {
	facts AgendaFacts
	now   time.Time
	found []weighedPoint
}

// weighedPoint is a point with how bad it is among those of its kind.
type weighedPoint struct {
	Point
	weight time.Duration
}

// add puts a point on the agenda; the longer it is so, the further up.
func (a *agenda) add(p Point, since time.Duration) {
	p.ID = string(p.Kind) + " " + p.Subject
	p.Repairs = repairsOf(p)
	a.found = append(a.found, weighedPoint{p, since})
}

// outcomes that are off track, that nobody checked in on, or that no idea serves.
func (a *agenda) outcomes() {
	bare := map[NodeKey]bool{}
	var look func(branches []Branch)
	look = func(branches []Branch) {
		for _, b := range branches {
			bare[b.Key] = b.Orphan
			look(b.Children)
		}
	}
	look(NewTree(a.facts.Tree, a.now).Roots)
	for _, o := range a.facts.Tree.Nodes.Outcomes {
		if !o.IsOpen() {
			continue
		}
		last := o.Created
		if o.Latest != nil {
			last = o.Latest.At
		}
		point := Point{Subject: o.Key.String(), Title: o.Statement}
		if o.Light == Red {
			point.Kind, point.Words = PointRed, "off track"
			if o.Latest != nil && o.Latest.Note != "" {
				point.Words += ": " + o.Latest.Note
			}
			a.add(point, a.now.Sub(last))
		}
		if age, silent := NumberAge(o, a.now); silent {
			point.Kind, point.Words = PointSilent, age
			a.add(point, a.now.Sub(last))
		}
		if bare[o.Key] && daysBetween(o.Created, a.now) >= bareDays {
			point.Kind, point.Words = PointBare, "no idea serves it yet"
			a.add(point, a.now.Sub(o.Created))
		}
	}
}

// ideas that wait for somebody.
func (a *agenda) ideas() {
	loc, met := a.facts.Team.Location(), map[Key]bool{}
	for _, idea := range a.facts.Ideas {
		if !idea.Withdrawn.IsZero() || met[idea.Key] {
			continue
		}
		met[idea.Key] = true
		point := Point{Subject: idea.Key.String(), Title: idea.Title}
		since := a.now.Sub(idea.since())
		switch days := daysBetween(idea.since(), a.now); idea.Stage {
		case Parked:
			if due := idea.parkedUntil(loc); !due.IsZero() && !a.now.Before(due) {
				point.Kind, point.Words = PointDue, idea.Parking.dueInWords()
				a.add(point, a.now.Sub(due))
			}
		case Delivered:
			if due := idea.EffectDue(loc); !due.IsZero() && !a.now.Before(due) {
				point.Kind, point.Words = PointEffect, "nobody has said since "+ShowDay(idea.Effect.Day)+" what it changed"
				a.add(point, a.now.Sub(due))
			}
		case Captured, Discovery, Validated, Backlog:
			limit := undecidedDays
			if idea.Stage == Validated || idea.Stage == Backlog {
				limit = waitingDays
			}
			if days >= limit {
				point.Kind, point.Words = PointStuck, fmt.Sprintf("%s for %s", inStage(idea.Stage), amount(days, "day", "days"))
				a.add(point, since)
			}
			if len(idea.Outcomes) == 0 && idea.Stage != Captured {
				point.Kind, point.Words = PointOrphan, inStage(idea.Stage)+" without an outcome"
				a.add(point, since)
			}
		}
	}
}

// since is when the idea came to its stage.
func (idea Idea) since() time.Time {
	if idea.Staged.IsZero() {
		return idea.Created
	}
	return idea.Staged
}

// parkedUntil is when a parked idea came back, or its day; the zero time while it
// has neither.
func (idea Idea) parkedUntil(loc *time.Location) time.Time {
	if idea.Parking == nil {
		return time.Time{}
	}
	if !idea.Parking.CameBack.IsZero() {
		return idea.Parking.CameBack
	}
	return idea.Parking.Revisit.DueAt(loc)
}

func (p Parking) dueInWords() string {
	since := "its day was " + ShowDay(p.Revisit.Day)
	if !p.CameBack.IsZero() {
		since = "it came back on " + ShowDate(p.CameBack.UTC())
	}
	return fmt.Sprintf("parked (%s); %s", p.Reason, since)
}

// questions that wait for answers. What is asked about an idea that has left the
// Product Backlog waits for none.
func (a *agenda) questions() {
	ideas := a.byKey()
	for _, q := range a.facts.Asked {
		if q.Kind == PointChallenge {
			idea := ideas[q.Subject]
			if !standsInBacklog(idea) {
				continue
			}
			q.Title = idea.Title
		}
		a.add(Point{Kind: q.Kind, Subject: q.Subject, Title: q.Title, Words: q.Words}, a.now.Sub(q.Until))
	}
}

// tests whose deadline is over.
func (a *agenda) tests() {
	ideas := a.byKey()
	for _, test := range a.facts.Tests {
		idea, known := ideas[test.Idea.String()]
		if !known || !idea.Withdrawn.IsZero() || !test.Run.Running || test.Run.Deadline.IsZero() || a.now.Before(test.Run.Deadline) {
			continue
		}
		a.add(Point{
			Kind: PointTest, Subject: idea.Key.String(), Run: test.Run.ID, Title: idea.Title,
			Words: testName(test.Run) + " ended on " + ShowDate(test.Run.Deadline.In(a.facts.Team.Location())) + ", and nobody has said what it showed",
		}, a.now.Sub(test.Run.Deadline))
	}
}

// overrides are ideas that passed a gate which refused, and still stand there.
func (a *agenda) overrides() {
	ideas := a.byKey()
	for _, h := range a.facts.Happened {
		idea, known := ideas[h.Key]
		if h.Event.What != WasOverridden || !known || idea.Stage != h.Event.To || !idea.Withdrawn.IsZero() {
			continue
		}
		words := fmt.Sprintf("moved to %s past its gate", StageNoun(h.Event.To))
		if h.Event.Why != "" {
			words += ": " + h.Event.Why
		}
		a.add(Point{Kind: PointOverride, Subject: h.Key, Title: idea.Title, Words: words}, a.now.Sub(h.At()))
	}
}

// byKey gives the ideas looked at.
func (a *agenda) byKey() map[string]Idea {
	ideas := map[string]Idea{}
	for _, idea := range a.facts.Ideas {
		ideas[idea.Key.String()] = idea
	}
	return ideas
}

// More kinds of repairs, for the points of a session.
const (
	RepairReopen    RepairKind = "reopen"     // a parked idea: back to discovery
	RepairParkAgain RepairKind = "park again" // a parked idea, until a new day
	RepairObserve   RepairKind = "observe"    // what a test showed
	RepairAnswer    RepairKind = "answer"     // a round of questions
	RepairChallenge RepairKind = "challenge"  // answer a challenge of an idea
)

// repairsOf a point, the most useful first. What it is about can always be opened.
func repairsOf(p Point) []Repair {
	kinds := map[PointKind][]RepairKind{
		PointRed:       {RepairCheckIn, RepairShow},
		PointSilent:    {RepairCheckIn, RepairShow},
		PointBare:      {RepairShow},
		PointDue:       {RepairReopen, RepairParkAgain},
		PointEffect:    {RepairEffect},
		PointTest:      {RepairObserve},
		PointChallenge: {RepairChallenge, RepairShow},
		PointOverride:  {RepairValidate, RepairShow},
		PointStuck:     {RepairValidate, RepairPark},
		PointOrphan:    {RepairLink, RepairPark},
		PointAsked:     {RepairAnswer},
	}[p.Kind]
	if p.Kind == PointAsked && strings.HasPrefix(p.Subject, AskedInReview) {
		kinds = []RepairKind{RepairReview}
	}
	if p.Kind == PointOwn && p.Subject != "" {
		kinds = []RepairKind{RepairShow}
	}
	var repairs []Repair
	for _, kind := range kinds {
		repairs = append(repairs, Repair{Kind: kind, Subject: p.Subject})
	}
	return repairs
}
