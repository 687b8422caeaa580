package pipeline_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestGoalChange(t *testing.T) {
	goal := func(text string) pipeline.Canvas {
		return pipeline.Canvas{Team: "PAY", Number: 2, Kind: pipeline.ProductGoal, Boxes: map[pipeline.BoxID]pipeline.Box{"goal": {Text: text}}}
	}
	lean := goal("Halve churn")
	lean.Kind = pipeline.LeanCanvas
	for name, c := range map[string]struct {
		before, now pipeline.Canvas
		changed     bool
	}{
		"a first goal":               {pipeline.Canvas{}, goal("Halve churn"), true},
		"another one":                {goal("Halve churn"), goal("Close in a day"), true},
		"the same":                   {goal("Halve churn"), goal("Halve churn"), false},
		"in other capitals and rows": {goal("Halve\nchurn"), goal("halve churn"), false},
		"taken away":                 {goal("Halve churn"), goal(""), false},
		"of another canvas":          {pipeline.Canvas{}, lean, false},
	} {
		if changed := pipeline.GoalChange(c.before, c.now); changed != c.changed {
			t.Errorf("%s: %v", name, changed)
		}
	}
}

// What was written and taken back at once was never a goal, and one that was taken away
// for a while was.
func TestTheGoalThatStood(t *testing.T) {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	type said struct {
		minute   int
		from, to string
	}
	for name, c := range map[string]struct {
		lines []said
		want  string
	}{
		"none":                      {nil, ""},
		"a first one":               {[]said{{0, "", "A"}}, ""},
		"a first one, mended":       {[]said{{0, "", "A"}, {1, "A", "B"}, {2, "B", "C"}}, ""},
		"another one":               {[]said{{0, "", "A"}, {90, "A", "B"}}, "A"},
		"begun before the lines":    {[]said{{0, "A", "B"}}, "A"},
		"another one, mended":       {[]said{{0, "", "A"}, {90, "A", "B"}, {95, "B", "C"}}, "A"},
		"taken back at once":        {[]said{{0, "", "A"}, {90, "A", "B"}, {91, "B", "A"}}, "A"},
		"taken back later":          {[]said{{0, "", "A"}, {90, "A", "B"}, {200, "B", "A"}}, "B"},
		"taken away, then another":  {[]said{{0, "", "A"}, {90, "A", ""}, {900, "", "B"}}, "A"},
		"on several rows, and long": {[]said{{0, "", "A\nB"}, {10, "A\nB", "C"}}, "A B"},
	} {
		lines := []pipeline.Event{{At: at.Add(-time.Hour), What: pipeline.CanvasBegun}}
		for _, l := range c.lines {
			lines = append(lines, pipeline.Event{At: at.Add(time.Duration(l.minute) * time.Minute), What: pipeline.BoxChanged, Changes: []pipeline.Change{
				{Field: "metrics", From: "x", To: "y"}, {Field: "goal", From: l.from, To: l.to},
			}})
		}
		if got := pipeline.GoalStood(lines, 10*time.Minute); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestSweepIsOpened(t *testing.T) {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	goal := func(number int, text string, closed time.Time) pipeline.Canvas {
		return pipeline.Canvas{Team: "PAY", Number: number, Kind: pipeline.ProductGoal, Closed: closed, Boxes: map[pipeline.BoxID]pipeline.Box{"goal": {Text: text}}}
	}
	idea := func(number int, stage pipeline.Stage) pipeline.ActiveIdea {
		return pipeline.ActiveIdea{Key: pipeline.Key{Team: "PAY", Number: number}, Stage: stage}
	}
	active := []pipeline.ActiveIdea{idea(1, pipeline.Captured), idea(2, pipeline.Discovery), idea(3, pipeline.Backlog), idea(4, pipeline.Validated)}
	c := goal(3, "Close in a day", time.Time{})
	s, ok := pipeline.OpenSweep(c, "Halve churn", nil, active, at)
	var keys []int
	for _, found := range s.Ideas {
		keys = append(keys, found.Key.Number)
	}
	if !ok || s.Was != "Halve churn" || s.Goal != "Close in a day" || cmp.Diff([]int{3, 4, 2}, keys) != "" {
		t.Errorf("opened %+v %v", s, ok)
	}
	if _, ok := pipeline.OpenSweep(c, "", nil, active, at); ok {
		t.Error("a first goal opened a sweep")
	}
	if _, ok := pipeline.OpenSweep(c, "Halve churn", nil, active[:1], at); ok {
		t.Error("a sweep of nothing was opened")
	}
	if _, ok := pipeline.OpenSweep(c, "Something", &pipeline.Sweep{Goal: "close in a day"}, active, at); ok {
		t.Error("what was looked at already is looked at again")
	}
	if s, ok := pipeline.OpenSweep(c, "a word between", &pipeline.Sweep{Goal: "Halve churn"}, active, at); !ok || s.Was != "Halve churn" {
		t.Errorf("not what the ideas were looked at for: %+v %v", s, ok)
	}
	if got := pipeline.GoalBefore(c, []pipeline.Canvas{goal(1, "First", at.AddDate(0, -9, 0)), goal(2, "Second", at), goal(4, "", at), c}); got != "Second" {
		t.Errorf("the goal before was %q", got)
	}
}

func TestWhatBecameInASweep(t *testing.T) {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	o := func(n int) pipeline.NodeKey {
		return pipeline.NodeKey{Team: "PAY", Kind: pipeline.OutcomeNode, Number: n}
	}
	found := pipeline.SweepIdea{Key: pipeline.Key{Team: "PAY", Number: 1}, Outcomes: []pipeline.NodeKey{o(1)}}
	kept := &pipeline.SweepKept{By: "U1", At: at}
	same := pipeline.Idea{Stage: pipeline.Backlog, Outcomes: []pipeline.NodeKey{o(1)}}
	relinked, parked, delivered, withdrawn := same, same, same, same
	relinked.Outcomes = []pipeline.NodeKey{o(2)}
	parked.Stage, delivered.Stage = pipeline.Parked, pipeline.Delivered
	withdrawn.Withdrawn = at
	count := pipeline.SweepCount{}
	for _, c := range []struct {
		name string
		idea pipeline.Idea
		kept *pipeline.SweepKept
		want pipeline.Swept
	}{
		{"nothing yet", same, nil, pipeline.SweepOpen},
		{"kept", same, kept, pipeline.SweepStays},
		{"linked anew", relinked, nil, pipeline.SweepRelinked},
		{"kept, then parked", parked, kept, pipeline.SweepParked},
		{"delivered", delivered, nil, pipeline.SweepMoved},
		{"withdrawn", withdrawn, nil, pipeline.SweepMoved},
	} {
		got := pipeline.Sweep{}.Became(found, c.idea, c.kept)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		count[got]++
	}
	if done, of := count.Done(); done != 5 || of != 6 || count.Words() != "1 kept, 1 linked anew, 1 parked, 2 no longer active" {
		t.Errorf("%d of %d: %s", done, of, count.Words())
	}
}
