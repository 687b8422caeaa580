package pipeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// wallFacts are those of a team with a bit of everything.
func wallFacts() pipeline.WallFacts {
	team := payments("U_OWNER")
	now := pipeline.HorizonNow
	return pipeline.WallFacts{
		Team: *team, Load: pipeline.Load{Ideas: 5, Sized: 5, Points: 42},
		Sprint: &pipeline.Sprint{Team: "PAY", Number: 3, Goal: "Fewer calls"},
		Nodes: pipeline.Nodes{
			Outcomes: []pipeline.Outcome{
				{Key: nodeKey("PAY-O2"), Statement: "Fewer calls", Kind: pipeline.ProductOutcome, Parent: nodeKey("PAY-O1"), Light: pipeline.Red},
				{Key: nodeKey("PAY-O1"), Statement: "Lower cost", Kind: pipeline.BusinessOutcome},
				{Key: nodeKey("PAY-O3"), Statement: "Over", Kind: pipeline.ProductOutcome, Closed: noon},
			},
			Opportunities: []pipeline.Opportunity{
				{Key: nodeKey("PAY-P2"), Parent: nodeKey("PAY-O2"), Statement: "Retyping", Horizon: now},
				{Key: nodeKey("PAY-P1"), Parent: nodeKey("PAY-O2"), Statement: "Searching", Horizon: pipeline.HorizonNext},
				{Key: nodeKey("PAY-P3"), Parent: nodeKey("PAY-O3"), Statement: "Of what is over", Horizon: now},
			},
		},
		Ballots: []pipeline.WallBallot{
			{Idea: pipeline.Key{Team: "PAY", Number: 7}, Title: "Later", Deadline: noon.Add(48 * time.Hour)},
			{Idea: pipeline.Key{Team: "PAY", Number: 6}, Title: "Sooner", Deadline: noon.Add(24 * time.Hour)},
		},
		Titles: map[pipeline.Key]string{{Team: "PAY", Number: 4}: "Export invoices"},
	}
}

func nodeKey(text string) pipeline.NodeKey {
	key, err := pipeline.ParseNodeKey(text)
	if err != nil {
		panic(err)
	}
	return key
}

func TestWhatAWallShows(t *testing.T) {
	w := pipeline.Wall{Team: "PAY", On: true}.Follow([]pipeline.Happening{
		inJournal(3, "PAY-4", movedTo(pipeline.Validated, pipeline.Backlog, "Worth it")),
		inJournal(2, "PAY-O2", pipeline.Event{What: pipeline.WasClosed, About: "reached"}),
	})
	face := w.Face(wallFacts())
	want := pipeline.WallFace{
		Goal: pipeline.WallGoal{Of: "sprint goal", Words: "Fewer calls"},
		Outcomes: []pipeline.WallLine{
			{Key: nodeKey("PAY-O1"), Words: "Lower cost"}, {Key: nodeKey("PAY-O2"), Words: "Fewer calls", Light: pipeline.Red},
		},
		Now:    []pipeline.WallLine{{Key: nodeKey("PAY-P2"), Words: "Retyping", For: nodeKey("PAY-O2")}},
		Runway: "The Product Backlog holds 4.2 sprints of work: right (3 to 6 sprints).",
		Ballots: []pipeline.WallBallot{
			{Idea: pipeline.Key{Team: "PAY", Number: 6}, Title: "Sooner", Deadline: noon.Add(24 * time.Hour)},
			{Idea: pipeline.Key{Team: "PAY", Number: 7}, Title: "Later", Deadline: noon.Add(48 * time.Hour)},
		},
		Decided: []pipeline.WallDecision{
			{Key: "PAY-O2", Title: "Fewer calls", At: daysAgo(2), By: "U2", What: pipeline.WasClosed, About: "reached"},
			{Key: "PAY-4", Title: "Export invoices", At: daysAgo(3), By: "U2", What: pipeline.WasMoved, From: pipeline.Validated, To: pipeline.Backlog, Why: "Worth it"},
		},
	}
	if diff := cmp.Diff(want, face); diff != "" {
		t.Error(diff)
	}
}

func TestTheGoalOfAWall(t *testing.T) {
	goal := func(text string) pipeline.Canvas {
		return pipeline.Canvas{Kind: pipeline.ProductGoal, Boxes: map[pipeline.BoxID]pipeline.Box{"goal": {Text: text}}}
	}
	for name, c := range map[string]struct {
		change func(*pipeline.WallFacts)
		want   pipeline.WallGoal
	}{
		"the product goal goes before the sprint's": {func(f *pipeline.WallFacts) {
			f.Canvases = []pipeline.Canvas{{Kind: pipeline.LeanCanvas}, goal("Half the calls by June")}
		}, pipeline.WallGoal{Of: "product goal", Words: "Half the calls by June"}},
		"a canvas without a goal has none":    {func(f *pipeline.WallFacts) { f.Canvases = []pipeline.Canvas{{Kind: pipeline.ProductGoal}} }, pipeline.WallGoal{Of: "sprint goal", Words: "Fewer calls"}},
		"a sprint that is closed has none":    {func(f *pipeline.WallFacts) { f.Sprint.Closed = noon }, pipeline.WallGoal{}},
		"neither":                             {func(f *pipeline.WallFacts) { f.Sprint = nil }, pipeline.WallGoal{}},
		"a goal of three thousand characters": {func(f *pipeline.WallFacts) { f.Sprint.Goal = strings.Repeat("x", 3000) }, pipeline.WallGoal{Of: "sprint goal", Words: strings.Repeat("x", 399) + "…"}},
	} {
		t.Run(name, func(t *testing.T) {
			facts := wallFacts()
			c.change(&facts)
			if diff := cmp.Diff(c.want, pipeline.Wall{}.Face(facts).Goal); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheRunwayOfAWall(t *testing.T) {
	for want, load := range map[string]pipeline.Load{
		"The Product Backlog is empty.": {},
		"The Product Backlog holds 2.9 sprints of work: too little (under 3 sprints).":             {Ideas: 2, Sized: 2, Points: 29},
		"The Product Backlog holds 6.1 sprints of work: too much (over 6 sprints).":                {Ideas: 2, Sized: 2, Points: 61},
		"The Product Backlog holds at least 4 sprints of work; right is 3 to 6 sprints.":           {Ideas: 3, Sized: 2, Points: 40},
		"How many sprints of work the Product Backlog holds is unknown: nothing in it has a size.": {Ideas: 3},
		"The Product Backlog holds at least 7 sprints of work: too much (over 6 sprints).":         {Ideas: 3, Sized: 2, Points: 70},
		"The Product Backlog holds 3 sprints of work: right (3 to 6 sprints).":                     {Ideas: 3, Sized: 3, Points: 30},
		"The Product Backlog holds 6 sprints of work: right (3 to 6 sprints).":                     {Ideas: 3, Sized: 3, Points: 60},
		"The Product Backlog holds at least 1 sprint of work; right is 3 to 6 sprints.":            {Ideas: 3, Sized: 1, Points: 10},
		"The Product Backlog holds 0.1 sprints of work: too little (under 3 sprints).":             {Ideas: 1, Sized: 1, Points: 1},
		"The Product Backlog holds 100 sprints of work: too much (over 6 sprints).":                {Ideas: 1, Sized: 1, Points: 1000},
		"The Product Backlog holds at least 0.1 sprints of work; right is 3 to 6 sprints.":         {Ideas: 2, Sized: 1, Points: 1},
	} {
		facts := wallFacts()
		facts.Load = load
		if got := (pipeline.Wall{}).Face(facts).Runway; got != want {
			t.Errorf("%+v is said as %q, want %q", load, got, want)
		}
	}
}

// However much there is, a wall shows a handful of each, and says how many more.
func TestAWallStaysShort(t *testing.T) {
	facts := wallFacts()
	facts.Nodes, facts.Ballots = pipeline.Nodes{}, nil
	w := pipeline.Wall{}
	for n := 1; n <= 200; n++ {
		facts.Nodes.Outcomes = append(facts.Nodes.Outcomes, pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY", Number: n}, Statement: strings.Repeat("界", 3000)})
		facts.Nodes.Opportunities = append(facts.Nodes.Opportunities, pipeline.Opportunity{
			Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode, Number: n}, Statement: strings.Repeat("W", 300), Horizon: pipeline.HorizonNow,
		})
		facts.Ballots = append(facts.Ballots, pipeline.WallBallot{Idea: pipeline.Key{Team: "PAY", Number: n}, Title: strings.Repeat("b", 3000), Deadline: noon})
		w = w.Follow([]pipeline.Happening{
			inJournal(1, fmt.Sprint("PAY-", n), pipeline.Event{What: pipeline.WasParked, Why: strings.Repeat("y", 3000)}),
			inJournal(1, fmt.Sprint("PAY-", n), pipeline.Event{What: pipeline.BallotStarted}),
		})
	}
	face := w.Face(facts)
	got := []int{len(face.Outcomes), face.MoreOutcomes, len(face.Now), face.MoreNow, len(face.Ballots), face.MoreBallots, len(face.Decided), len(w.Ballots)}
	if diff := cmp.Diff([]int{8, 192, 6, 194, 5, 195, 5, 50}, got); diff != "" {
		t.Error(diff)
	}
	for _, o := range face.Outcomes {
		if pipeline.Length(o.Words) > 110 {
			t.Errorf("an outcome is shown with %d characters", pipeline.Length(o.Words))
		}
	}
}

// What happened is read with some overlap, and counts once.
func TestAWallFollowsWhatHappens(t *testing.T) {
	happened := []pipeline.Happening{
		inJournal(9, "PAY-1", pipeline.Event{What: pipeline.BallotStarted}),
		inJournal(8, "PAY-2", pipeline.Event{What: pipeline.BallotStarted}),
		inJournal(7, "PAY-1", pipeline.Event{What: pipeline.BallotClosed}),
		inJournal(6, "PAY-1", movedTo(pipeline.Captured, pipeline.Discovery, "")),
		inJournal(6, "PAY-1", movedTo(pipeline.Delivered, pipeline.Learned, "no effect")),
		inJournal(5, "PAY-3", pipeline.Event{What: pipeline.WasOverridden, To: pipeline.Backlog}),
		inJournal(4, "PAY-3", pipeline.Event{What: pipeline.CheckedIn}),
	}
	once := pipeline.Wall{}.Follow(happened)
	var keys []string
	for _, d := range once.Decided {
		keys = append(keys, d.Key)
	}
	if diff := cmp.Diff([]string{"PAY-3", "PAY-1"}, keys); diff != "" || len(once.Ballots) != 1 || once.Ballots[0].Number != 2 || !once.Read.Equal(daysAgo(4)) {
		t.Errorf("%+v: %s", once, diff)
	}
	if diff := cmp.Diff(once, once.Follow(happened[2:])); diff != "" {
		t.Error(diff)
	}
	if from := once.ReadFrom(noon); !from.Before(once.Read) || once.Read.Sub(from) > time.Hour {
		t.Errorf("the journal is read from %s", from)
	}
	if from := (pipeline.Wall{}).ReadFrom(noon); noon.Sub(from) < 30*24*time.Hour {
		t.Errorf("a new wall reads the journal from %s", from)
	}
}

func TestAWallChangesOnceAMinuteAndOnlyWhenItMust(t *testing.T) {
	face := func(goal string) pipeline.WallFace {
		return pipeline.WallFace{Goal: pipeline.WallGoal{Words: goal}, Decided: []pipeline.WallDecision{}}
	}
	w, step := pipeline.Wall{On: true}.Show(face("a"), noon)
	if step != pipeline.WallChanges || !w.ShownAt.Equal(noon) {
		t.Fatalf("the first look %s: %+v", step, w)
	}
	for name, c := range map[string]struct {
		change func(*pipeline.Wall)
		goal   string
		after  time.Duration
		want   pipeline.WallStep
	}{
		"the same":                            {nil, "a", time.Hour, pipeline.WallStands},
		"something else a moment later":       {nil, "b", time.Minute - 1, pipeline.WallWaits},
		"something else a minute later":       {nil, "b", time.Minute, pipeline.WallChanges},
		"something else while it is off":      {func(w *pipeline.Wall) { w.On = false }, "b", time.Hour, pipeline.WallStands},
		"something else after it was deleted": {func(w *pipeline.Wall) { w.Lost = noon }, "b", time.Hour, pipeline.WallStands},
	} {
		t.Run(name, func(t *testing.T) {
			w := w
			if c.change != nil {
				c.change(&w)
			}
			if after, step := w.Show(face(c.goal), noon.Add(c.after)); step != c.want || (step != pipeline.WallChanges) != after.ShownAt.Equal(noon) {
				t.Errorf("it %s: %+v", step, after)
			}
		})
	}
}

func TestWhoTurnsAWallAndWhatThatKeeps(t *testing.T) {
	where := pipeline.Where{Team: payments("U_OWNER")}
	owner, member := pipeline.Person{ID: "U_OWNER"}, pipeline.Person{ID: "U_MEMBER"}
	w := pipeline.Wall{Team: "PAY"}
	if _, _, err := pipeline.TurnWall(pipeline.Policy{}, member, where, w, true, noon); err == nil {
		t.Error("a member turns it on")
	}
	if _, _, err := pipeline.TurnWall(pipeline.Policy{}, owner, where, pipeline.Wall{Team: "GRO"}, true, noon); err == nil {
		t.Error("that of another team is turned on")
	}
	turn := func(w pipeline.Wall, on, want bool) pipeline.Wall {
		t.Helper()
		turned, changed, err := pipeline.TurnWall(pipeline.Policy{}, owner, where, w, on, noon)
		if err != nil || changed != want {
			t.Errorf("turned: %v (%v)", changed, err)
		}
		return turned
	}
	on := turn(w, true, true)
	turn(on, true, false)
	turn(w, false, false)
	on.Shown, on.ShownAt, on.Refused = pipeline.WallFace{Runway: "Long."}, noon, "too_many_pins"
	if again, changed, err := pipeline.PinWallAgain(pipeline.Policy{}, owner, where, on); err != nil || !changed || again.Refused != "" {
		t.Errorf("pinned again: %+v (%v)", again, err)
	}
	if _, _, err := pipeline.PinWallAgain(pipeline.Policy{}, member, where, on); err == nil {
		t.Error("a member has it pinned")
	}
	off := turn(on, false, true)
	if back := turn(off, true, true); back.Refused != "" || !back.ShownAt.Equal(noon) {
		t.Errorf("on again it is %+v", back)
	}
	on.Lost = noon
	if again := turn(on, true, true); !again.Lost.IsZero() || !again.ShownAt.IsZero() {
		t.Errorf("posted again it is %+v", again)
	}
}
