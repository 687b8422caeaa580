package pipeline_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestBoxesAreTied(t *testing.T) {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	team := pipeline.Team{Key: "PAY", Owners: []string{"U1"}}
	bob := pipeline.Person{ID: "U2"}
	where := pipeline.Where{Team: &team, InChannel: true}
	c := pipeline.Canvas{Team: "PAY", Number: 1, Version: 3, Kind: pipeline.LeanCanvas, Boxes: map[pipeline.BoxID]pipeline.Box{"problem": {Text: "They retype", By: "U1", At: at, Confirmed: at}}}
	ours := pipeline.OutcomeKey{Team: "PAY", Kind: pipeline.OutcomeNode, Number: 3}
	theirs := ours
	theirs.Team = "OPS"
	closed := c
	closed.Closed = at

	tied, event, err := pipeline.TieOutcome(pipeline.Policy{}, bob, where, c, "problem", ours, at)
	if err != nil || tied.Boxes["problem"].Outcome != ours || tied.Boxes["problem"].Text != "They retype" || event.What != pipeline.BoxOutcome || event.Why != "PAY-O3" || event.About != "Problem" {
		t.Errorf("tied %+v %+v %v", tied.Boxes, event, err)
	}
	if !c.Boxes["problem"].Outcome.IsZero() {
		t.Error("the canvas before changed")
	}
	if _, event, err = pipeline.TieOutcome(pipeline.Policy{}, bob, where, tied, "problem", ours, at); err != nil || event.What != "" {
		t.Errorf("again: %+v %v", event, err)
	}
	away, event, err := pipeline.TieOutcome(pipeline.Policy{}, bob, where, tied, "problem", pipeline.OutcomeKey{}, at)
	if err != nil || !away.Boxes["problem"].Outcome.IsZero() || event.What != pipeline.BoxUntied || event.Why != "PAY-O3" {
		t.Errorf("untied %+v %+v %v", away.Boxes, event, err)
	}
	test := pipeline.BoxTest{Idea: pipeline.Key{Team: "PAY", Number: 12}, Run: 2}
	tested, event, err := pipeline.TieTest(pipeline.Policy{}, bob, where, tied, "problem", test, at)
	if err != nil || tested.Boxes["problem"].Test != test || tested.Boxes["problem"].Outcome != ours || event.What != pipeline.BoxTested {
		t.Errorf("tested %+v %+v %v", tested.Boxes, event, err)
	}
	for name, try := range map[string]struct {
		canvas  pipeline.Canvas
		person  pipeline.Person
		box     pipeline.BoxID
		outcome pipeline.OutcomeKey
		want    string
	}{
		"an outcome of another team": {c, bob, "problem", theirs, "outcome-elsewhere"},
		"an empty box":               {c, bob, "solution", ours, "box-empty"},
		"no box":                     {c, bob, "nothing", ours, "box-unknown"},
		"a closed canvas":            {closed, bob, "problem", ours, "canvas-closed"},
		"a guest":                    {c, pipeline.Person{ID: "U9", Guest: true}, "problem", ours, "not-permitted"},
	} {
		after, _, err := pipeline.TieOutcome(pipeline.Policy{}, try.person, where, try.canvas, try.box, try.outcome, at)
		if problemCode(err) != try.want || cmp.Diff(after, try.canvas) != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOutcomeOfABox(t *testing.T) {
	lean := pipeline.Canvas{Kind: pipeline.LeanCanvas, Boxes: map[pipeline.BoxID]pipeline.Box{
		"problem": {Text: "They retype invoices\nby hand"}, "metrics": {Text: "Invoices retyped a month\nChurn"},
	}}
	problem, _ := lean.Place("problem")
	want := map[pipeline.Field]string{
		pipeline.FieldStatement: "They retype invoices by hand", pipeline.FieldKind: string(pipeline.ProductOutcome), pipeline.FieldMetric: "Invoices retyped a month",
	}
	if diff := cmp.Diff(want, lean.OutcomeOf(problem)); diff != "" {
		t.Error(diff)
	}
	roadmap := pipeline.Canvas{Kind: pipeline.GORoadmap, Columns: []int{1, 2}, LastColumn: 2, Boxes: map[pipeline.BoxID]pipeline.Box{
		"goal.1": {Text: "First"}, "metrics.1": {Text: "of the first"}, "goal.2": {Text: "Second"}, "metrics.2": {Text: "of the second"},
	}}
	second, _ := roadmap.Place("goal.2")
	if got := roadmap.OutcomeOf(second)[pipeline.FieldMetric]; got != "of the second" {
		t.Errorf("the metric is that of another column: %q", got)
	}
	strategy := pipeline.Canvas{Kind: pipeline.StrategyCanvas, Boxes: map[pipeline.BoxID]pipeline.Box{"challenge": {Text: "Churn under 2 %"}}}
	challenge, _ := strategy.Place("challenge")
	if got := strategy.OutcomeOf(challenge); got[pipeline.FieldKind] != string(pipeline.BusinessOutcome) {
		t.Errorf("a challenge of the business became %v", got)
	}
}
