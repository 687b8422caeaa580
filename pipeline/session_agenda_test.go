package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// daysAgo is so many days before sessionNow.
func daysAgo(n int) time.Time { return sessionNow.Add(-time.Duration(n) * 24 * time.Hour) }

// standsAt is an idea of PAY that came to its stage so many days ago.
func standsAt(number int, stage pipeline.Stage, days int, change ...func(*pipeline.Idea)) pipeline.Idea {
	idea := pipeline.Idea{
		Key: pipeline.Key{Team: "PAY", Number: number}, Title: fmt.Sprintf("Idea %d", number), Stage: stage,
		Staged: daysAgo(days), Created: daysAgo(days), Outcomes: []pipeline.NodeKey{o(1)},
	}
	for _, c := range change {
		c(&idea)
	}
	return idea
}

// agendaFacts are those of PAY with one outcome that is checked in on and has an idea.
func agendaFacts(ideas ...pipeline.Idea) pipeline.AgendaFacts {
	outcome := product(1, 0)
	outcome.Created = daysAgo(100)
	outcome.Latest = &pipeline.CheckIn{At: daysAgo(1), Light: pipeline.Green}
	outcome.Light = pipeline.Green
	return pipeline.AgendaFacts{
		Team: *payments("U_OWNER"), Ideas: ideas,
		Tree: pipeline.TreeFacts{
			Team: "PAY", Nodes: pipeline.Nodes{Outcomes: []pipeline.Outcome{outcome}},
			Ideas: map[pipeline.NodeKey]pipeline.IdeasOn{o(1): {Stages: map[pipeline.Stage]int{pipeline.Discovery: 1}}},
		},
	}
}

// agendaOf writes the points of an agenda.
func agendaOf(f pipeline.AgendaFacts) string {
	points, more := pipeline.Agenda(f, sessionNow)
	var lines []string
	for _, p := range points {
		lines = append(lines, fmt.Sprintf("%s: %s", p.ID, p.Words))
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

func TestEveryKindOfPointAtItsThreshold(t *testing.T) {
	withOutcome := func(change func(*pipeline.Outcome)) pipeline.AgendaFacts {
		f := agendaFacts()
		change(&f.Tree.Nodes.Outcomes[0])
		return f
	}
	none := func(idea *pipeline.Idea) { idea.Outcomes = nil }
	test := func(deadline time.Time, running bool) pipeline.AgendaFacts {
		f := agendaFacts(standsAt(3, pipeline.Discovery, 1))
		f.Tests = []pipeline.RunningTest{{Idea: pipeline.Key{Team: "PAY", Number: 3}, Run: pipeline.RunSummary{ID: 2, Title: "They pay", Running: running, Deadline: deadline}}}
		return f
	}
	overridden := func(idea pipeline.Idea) pipeline.AgendaFacts {
		f := agendaFacts(idea)
		f.Happened = []pipeline.Happening{{Key: "PAY-3", Event: pipeline.Event{At: daysAgo(2), By: "U_OWNER", What: pipeline.WasOverridden, From: pipeline.Discovery, To: pipeline.Validated, Why: "A promise"}}}
		return f
	}
	effect := func(day string) func(*pipeline.Idea) {
		return func(idea *pipeline.Idea) { idea.Effect = &pipeline.Effect{Expected: "Fewer calls", Day: day} }
	}
	parking := func(day string, back time.Time) func(*pipeline.Idea) {
		return func(idea *pipeline.Idea) {
			idea.Parking = &pipeline.Parking{Reason: pipeline.WeakEvidence, Revisit: pipeline.Revisit{Day: day}, CameBack: back}
		}
	}
	asked := func(q pipeline.OpenQuestion, ideas ...pipeline.Idea) pipeline.AgendaFacts {
		f := agendaFacts(ideas...)
		f.Asked = []pipeline.OpenQuestion{q}
		return f
	}
	challenge := pipeline.OpenQuestion{Kind: pipeline.PointChallenge, Subject: "PAY-3", Words: "2 people ask", Until: daysAgo(1)}
	for _, c := range []struct {
		name  string
		facts pipeline.AgendaFacts
		want  string
	}{
		{"nothing at all", pipeline.AgendaFacts{Team: *payments("U_OWNER")}, ""},
		{"everything in order", agendaFacts(standsAt(1, pipeline.Discovery, 29), standsAt(2, pipeline.Backlog, 41)), ""},
		{"silent for 13 days", withOutcome(func(o *pipeline.Outcome) { o.Latest.At = daysAgo(13) }), ""},
		{"silent for 14 days", withOutcome(func(o *pipeline.Outcome) { o.Latest.At = daysAgo(14) }), "silent PAY-O1: no check-in for 14 days"},
		{"red", withOutcome(func(o *pipeline.Outcome) { o.Light, o.Latest.Note = pipeline.Red, "A strike" }), "red PAY-O1: off track: A strike"},
		{"red and silent is one point", withOutcome(func(o *pipeline.Outcome) { o.Light, o.Latest.At = pipeline.Red, daysAgo(30) }), "red PAY-O1: off track"},
		{"closed", withOutcome(func(o *pipeline.Outcome) { o.Light, o.Closed = pipeline.Red, daysAgo(1) }), ""},
		{"in discovery for 30 days", agendaFacts(standsAt(1, pipeline.Discovery, 30)), "stuck PAY-1: in discovery for 30 days"},
		{"captured for 30 days, without an outcome", agendaFacts(standsAt(1, pipeline.Captured, 30, none)), "stuck PAY-1: captured for 30 days"},
		{"in the Product Backlog for 42 days", agendaFacts(standsAt(1, pipeline.Backlog, 42)), "stuck PAY-1: in the Product Backlog for 42 days"},
		{"withdrawn", agendaFacts(standsAt(1, pipeline.Backlog, 99, func(i *pipeline.Idea) { i.Withdrawn = daysAgo(1) })), ""},
		{"an orphan", agendaFacts(standsAt(1, pipeline.Validated, 1, none)), "orphan PAY-1: validated without an outcome"},
		{"stuck and an orphan is one point", agendaFacts(standsAt(1, pipeline.Discovery, 31, none)), "stuck PAY-1: in discovery for 31 days"},
		{"read twice", agendaFacts(standsAt(1, pipeline.Discovery, 31), standsAt(1, pipeline.Discovery, 31)), "stuck PAY-1: in discovery for 31 days"},
		{"parked until tomorrow", agendaFacts(standsAt(4, pipeline.Parked, 90, parking("2026-11-21", time.Time{}))), ""},
		{"parked until today", agendaFacts(standsAt(4, pipeline.Parked, 90, parking("2026-11-20", time.Time{}))), "due PAY-4: parked (weak evidence); its day was 20 Nov 2026"},
		{"came back", agendaFacts(standsAt(4, pipeline.Parked, 90, parking("2027-11-20", daysAgo(3)))), "due PAY-4: parked (weak evidence); it came back on 17 Nov 2026"},
		{"parked without a word why", agendaFacts(standsAt(4, pipeline.Parked, 90)), ""},
		{"to be looked back on tomorrow", agendaFacts(standsAt(5, pipeline.Delivered, 40, effect("2026-11-21"))), ""},
		{"to be looked back on today", agendaFacts(standsAt(5, pipeline.Delivered, 40, effect("2026-11-20"))), "effect PAY-5: nobody has said since 20 Nov 2026 what it changed"},
		{"a test that runs", test(sessionNow.Add(time.Minute), true), ""},
		{"a test at its deadline", test(sessionNow, true), "test PAY-3: The test “They pay” ended on 20 Nov 2026, and nobody has said what it showed"},
		{"a test that was observed", test(sessionNow, false), ""},
		{"an override", overridden(standsAt(3, pipeline.Validated, 2)), "override PAY-3: moved to the validated ideas past its gate: A promise"},
		{"an override that was taken back", overridden(standsAt(3, pipeline.Discovery, 1)), ""},
		{"a challenge", asked(challenge, standsAt(3, pipeline.Backlog, 2)), "challenge PAY-3: 2 people ask"},
		{"a challenge of what has left the backlog", asked(challenge, standsAt(3, pipeline.Delivered, 2)), ""},
		{"a round", asked(pipeline.OpenQuestion{Kind: pipeline.PointAsked, Subject: "PAY:2", Words: "1 of 9 have answered"}), "asked PAY:2: 1 of 9 have answered"},
	} {
		if got := agendaOf(c.facts); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	f := agendaFacts()
	f.Tree.Ideas = nil
	if got := agendaOf(f); got != "bare PAY-O1: no idea serves it yet" {
		t.Error(got)
	}
}

func TestNoKindOfPointPushesTheOthersOut(t *testing.T) {
	var ideas []pipeline.Idea
	for n := 1; n <= 200; n++ {
		ideas = append(ideas, standsAt(n, pipeline.Discovery, 30+n))
	}
	f := agendaFacts(append(ideas, standsAt(300, pipeline.Validated, 1, func(i *pipeline.Idea) { i.Outcomes = nil }))...)
	f.Tree.Nodes.Outcomes[0].Light = pipeline.Red
	points, more := pipeline.Agenda(f, sessionNow)
	var got []string
	for _, p := range points {
		got = append(got, p.ID)
	}
	want := []string{
		"red PAY-O1", "stuck PAY-200", "stuck PAY-199", "stuck PAY-198", "orphan PAY-300",
		"stuck PAY-197", "stuck PAY-196", "stuck PAY-195", "stuck PAY-194", "stuck PAY-193",
	}
	if diff := cmp.Diff(want, got); diff != "" || more != 192 {
		t.Errorf("%d more\n%s", more, diff)
	}
	if points[0].Title != "Product 1" || len(points[0].Repairs) == 0 || points[0].Repairs[0] != (pipeline.Repair{Kind: pipeline.RepairCheckIn, Subject: "PAY-O1"}) {
		t.Errorf("the first point is %+v", points[0])
	}
}

// brought is a session with what people brought to it: so many points by each.
func brought(by map[string]int) pipeline.SessionSaid {
	var said pipeline.SessionSaid
	for user, n := range by {
		for slot := 1; slot <= n; slot++ {
			said.Points = append(said.Points, pipeline.OwnPoint{By: user, Slot: slot, Words: fmt.Sprint(user, " ", slot), At: sessionNow.Add(time.Duration(slot) * time.Minute)})
		}
	}
	return said
}

func TestPeopleBringPoints(t *testing.T) {
	where, s := aCheckIn(t, "2026-12-03")
	f := agendaFacts(standsAt(7, pipeline.Discovery, 1))
	f.Tree.Nodes.Opportunities = []pipeline.Opportunity{{Key: p(2), Statement: "I never know"}}
	five := brought(map[string]int{"U3": 3, "U4": 3, "U5": 3})
	full := brought(map[string]int{"U3": 3, "U4": 3, "U5": 3, "U6": 1})
	for name, c := range map[string]struct {
		form  pipeline.PointForm
		said  pipeline.SessionSaid
		wrong []pipeline.Field
	}{
		"in a line":                    {pipeline.PointForm{Words: "Who decides?"}, pipeline.SessionSaid{}, nil},
		"about an idea":                {pipeline.PointForm{Words: "Why?", Item: "pay 7"}, pipeline.SessionSaid{}, nil},
		"about an idea by its number":  {pipeline.PointForm{Words: "Why?", Item: "7"}, pipeline.SessionSaid{}, nil},
		"about an outcome":             {pipeline.PointForm{Words: "Why?", Item: "o1"}, pipeline.SessionSaid{}, nil},
		"about an opportunity":         {pipeline.PointForm{Words: "Why?", Item: "PAY-P2"}, pipeline.SessionSaid{}, nil},
		"nothing":                      {pipeline.PointForm{Words: " \u200b"}, pipeline.SessionSaid{}, []pipeline.Field{"point"}},
		"200 characters":               {pipeline.PointForm{Words: strings.Repeat("ü", 200)}, pipeline.SessionSaid{}, nil},
		"201 characters":               {pipeline.PointForm{Words: strings.Repeat("ü", 201)}, pipeline.SessionSaid{}, []pipeline.Field{"point"}},
		"about what is not there":      {pipeline.PointForm{Words: "Why?", Item: "PAY-99"}, pipeline.SessionSaid{}, []pipeline.Field{"point-item"}},
		"about another team's":         {pipeline.PointForm{Words: "Why?", Item: "GRO-7"}, pipeline.SessionSaid{}, []pipeline.Field{"point-item"}},
		"about no key":                 {pipeline.PointForm{Words: "Why?", Item: "that one"}, pipeline.SessionSaid{}, []pipeline.Field{"point-item"}},
		"the third of a person":        {pipeline.PointForm{Words: "x"}, brought(map[string]int{"U_OWNER": 2}), nil},
		"the fourth of a person":       {pipeline.PointForm{Words: "x"}, brought(map[string]int{"U_OWNER": 3}), []pipeline.Field{"point"}},
		"the tenth of all":             {pipeline.PointForm{Words: "x"}, five, nil},
		"the eleventh of all":          {pipeline.PointForm{Words: "x"}, full, []pipeline.Field{"point"}},
		"everything wrong, both named": {pipeline.PointForm{Item: "?"}, full, []pipeline.Field{"point", "point-item"}},
	} {
		_, err := pipeline.AddPoint(pipeline.Policy{}, pipeline.Person{ID: "U_OWNER"}, where, s, c.said, c.form, f, sessionNow)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	mine := brought(map[string]int{"U_OWNER": 3})
	mine.Points = slices.Delete(mine.Points, 1, 2)
	again, err := pipeline.AddPoint(pipeline.Policy{}, pipeline.Person{ID: "U_OWNER"}, where, s, mine, pipeline.PointForm{Words: "Why?", Item: "7"}, f, sessionNow)
	if want := (pipeline.OwnPoint{By: "U_OWNER", Slot: 2, Words: "Why?", Subject: "PAY-7", Title: "Idea 7", At: sessionNow}); err != nil || again != want {
		t.Errorf("%+v: %v", again, err)
	}
}

func TestPointsOfASession(t *testing.T) {
	f := agendaFacts(standsAt(7, pipeline.Discovery, 31), standsAt(8, pipeline.Discovery, 40))
	said := brought(map[string]int{"U3": 2})
	said.Points[1].Subject = "PAY-7"
	said.Answers = []pipeline.PointAnswer{
		{Point: "stuck PAY-8", By: "U4", Words: "Wait a week", At: sessionNow}, {Point: "stuck PAY-7", By: "U4", Words: "nobody reads it"}, {Point: "own U3 1", By: "U5"},
	}
	points, over := pipeline.SessionPoints(said, f, sessionNow)
	var got []string
	for _, p := range points {
		got = append(got, fmt.Sprintf("%s, %d repairs, %d said", p.ID, len(p.Repairs), len(p.Said)))
	}
	want := []string{"own U3 1, 0 repairs, 0 said", "own U3 2, 2 repairs, 0 said", "stuck PAY-8, 2 repairs, 1 said"}
	if diff := cmp.Diff(want, got); diff != "" || over != 0 {
		t.Errorf("%d over\n%s", over, diff)
	}
	// Were there 200 of them, however they got there.
	crowd := map[string]int{}
	for n := range 200 {
		crowd[fmt.Sprintf("U%03d", n)] = 1
	}
	points, over = pipeline.SessionPoints(brought(crowd), f, sessionNow)
	if len(points) != pipeline.OwnPoints+2 || over != 190 {
		t.Errorf("%d points and %d over", len(points), over)
	}
}

func TestAnswersToPoints(t *testing.T) {
	where, s := aCheckIn(t, "2026-12-03")
	points := []pipeline.Point{{ID: "stuck PAY-8"}}
	say := func(s pipeline.Session, id, words string) string {
		_, err := pipeline.AnswerPoint(pipeline.Policy{}, member, where, s, points, id, words, sessionNow)
		return problemCode(err)
	}
	running, _ := s.Start(points, 0, sessionNow)
	for _, c := range []struct{ name, got, want string }{
		{"in a line", say(s, "stuck PAY-8", "Wait a week"), ""},
		{"taken back", say(s, "stuck PAY-8", ""), ""},
		{"too much", say(s, "stuck PAY-8", strings.Repeat("x", pipeline.NoteLimit+1)), "point-answer"},
		{"to what is settled by now", say(s, "stuck PAY-7", "x"), "point-gone"},
		{"to a session that runs", say(running, "stuck PAY-8", "x"), "session-running"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
	said := brought(map[string]int{"U2": 1})
	take := func(p pipeline.Person, id string) string {
		_, err := pipeline.TakeBackPoint(pipeline.Policy{}, p, where, s, said, id)
		return problemCode(err)
	}
	for _, c := range []struct{ name, got, want string }{
		{"one's own", take(member, "own U2 1"), ""},
		{"a product owner any", take(pipeline.Person{ID: "U_OWNER"}, "own U2 1"), ""},
		{"somebody else's", take(pipeline.Person{ID: "U9"}, "own U2 1"), "not-permitted"},
		{"one that is gone", take(member, "own U2 2"), "point-gone"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}
