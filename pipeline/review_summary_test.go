package pipeline_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestTheSummaryOfAReview(t *testing.T) {
	team, s, ideas, nodes := reviewed()
	fewer := added(t, fewerCalls())
	fewer.Key = o(3)
	nodes.Outcomes[2] = fewer
	report := pipeline.ReportSprint(s, ideas, nodes)
	_, r := openedReview(t)
	answers := []pipeline.ReviewAnswer{
		{By: "U1", Outcome: o(3), Evidence: pipeline.EffectMoved, Confidence: 4},
		{By: "U2", Outcome: o(3), Confidence: 2},
		{By: "U2", Outcome: o(2), Evidence: pipeline.EffectNone},
	}
	from, until := pipeline.SprintTime(*team, s, noon)
	if want := time.Date(2026, 11, 8, 23, 0, 0, 0, time.UTC); !from.Equal(want) || !until.Equal(noon) {
		t.Errorf("the sprint lasts from %s until %s", from, until)
	}
	move := func(what pipeline.What, to pipeline.Stage, at time.Time) pipeline.Happening {
		from := map[pipeline.Stage]pipeline.Stage{pipeline.Discovery: pipeline.Captured, pipeline.Validated: pipeline.Discovery, pipeline.Backlog: pipeline.Validated}[to]
		return pipeline.Happening{Key: "PAY-1", Event: pipeline.Event{At: at, By: "U1", What: what, From: from, To: to}}
	}
	gates := pipeline.GatesIn([]pipeline.Happening{
		move(pipeline.WasMoved, pipeline.Validated, from), move(pipeline.WasOverridden, pipeline.Backlog, from.Add(time.Hour)),
		move(pipeline.WasMoved, pipeline.Discovery, from), move(pipeline.WasMoved, pipeline.Backlog, until), move(pipeline.WasOverridden, pipeline.Backlog, from.Add(-1)),
		{Key: "PAY-2", Event: pipeline.Event{At: from, By: "U1", What: pipeline.WasMoved, From: pipeline.Backlog, To: pipeline.Validated}}, // back is past no gate
	}, from, until)
	if gates != (pipeline.Gates{Passed: 2, Overridden: 1}) {
		t.Errorf("%+v", gates)
	}
	got := pipeline.SummarizeReview(r, s, report, nodes, answers, gates, pipeline.TakingPart{})
	if diff := cmp.Diff([]string{
		"1 of 3 outcomes moved (about one nobody said).",
		"Finished: 4 ideas (14 points), planned: 5 ideas (15 points).",
		"One finished item without an outcome.",
		"Gates passed by an override: 1 of 2.",
		"Confidence to reach the outcomes: 3.0 of 5 on average, from 2 to 4.",
		"2 people answered.",
	}, got.Lines(nil)); diff != "" {
		t.Error(diff)
	}
	if one := got.Outcomes[1]; one.Key != o(3) || one.Number != "200 calls a week, target 80" || one.Finished != 3 {
		t.Errorf("%+v", one)
	}
	if got.Left != 2 || got.Carried != 1 {
		t.Errorf("%d left, %d carried over", got.Left, got.Carried)
	}
	cut := got
	cut.Gates.Since = from.AddDate(0, 0, 2)
	if lines := cut.Lines(&got); lines[3] != "Gates passed by an override: 1 of 2; what happened before 11 Nov 2026 is not counted; last time 1 of 2." {
		t.Errorf("%q", lines[3])
	}
	last := pipeline.ReviewSummary{Done: pipeline.Amount{Ideas: 2, Weight: 8}, Planned: pipeline.Amount{Ideas: 3, Weight: 9}, Outcomes: []pipeline.ReviewedOutcome{{Key: o(3), Spread: pipeline.SpreadOf(answers, o(3))}}}
	if diff := cmp.Diff([]string{
		"1 of 3 outcomes moved (about one nobody said); last time 1 of 1.",
		"Finished: 4 ideas (14 points), planned: 5 ideas (15 points); last time 2 ideas (8 points), planned: 3 ideas (9 points).",
		"One finished item without an outcome; last time none.",
		"Gates passed by an override: 1 of 2; last time none did.",
		"Confidence to reach the outcomes: 3.0 of 5 on average, from 2 to 4; last time 3.0 of 5 on average, from 2 to 4.",
		"2 people answered; last time nobody.",
	}, got.Lines(&last)); diff != "" {
		t.Error(diff)
	}
	if before, was := last.Before(o(3)); !was || before.Key != o(3) {
		t.Errorf("%+v", before)
	}
	if _, was := last.Before(o(2)); was {
		t.Error("it looked at what it did not")
	}
	empty := pipeline.ReviewSummary{}
	if lines := empty.Lines(nil); lines[0] != "No outcome was looked at." || lines[3] != "No idea passed a gate in the sprint." || lines[4] != "Nobody said how confident they are." {
		t.Errorf("%q", lines)
	}
}
