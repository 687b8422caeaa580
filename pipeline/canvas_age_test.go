package pipeline_test

import (
	"testing"
	"time"

	"alignbot/pipeline"
)

func TestCanvasCheckIsPlanned(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day string, hour, minute int) time.Time {
		d, err := time.ParseInLocation(time.DateOnly, day, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return time.Date(d.Year(), d.Month(), d.Day(), hour, minute, 0, 0, berlin)
	}
	team := pipeline.Team{Key: "PAY", Zone: "Europe/Berlin", Workdays: pipeline.Week()[:5]}
	// Begun on a Friday afternoon; 30 days later is a Sunday.
	filled := pipeline.Canvas{
		Team: "PAY", Number: 1, Kind: pipeline.LeanCanvas, Began: at("2026-11-20", 15, 0),
		Boxes: map[pipeline.BoxID]pipeline.Box{"problem": {Text: "x", Confirmed: at("2026-11-20", 15, 5)}},
	}
	closed, empty, asked := filled, filled, filled
	closed.Closed = at("2026-12-01", 9, 0)
	empty.Boxes = nil
	asked.Checked = at("2026-12-21", 9, 30)
	monday, next := at("2026-12-21", 9, 30), at("2027-01-20", 9, 30)
	holiday := pipeline.Holidays{{First: "2026-12-21", Last: "2026-12-22"}}
	for _, c := range []struct {
		name     string
		canvas   pipeline.Canvas
		owner    pipeline.NudgeSettings
		holidays pipeline.Holidays
		now      time.Time
		want     pipeline.CanvasCheck
	}{
		{"a month after it began, on a workday morning", filled, pipeline.NudgeSettings{}, nil, monday, pipeline.CanvasCheck{Ask: true, Again: next}},
		{"not before", filled, pipeline.NudgeSettings{}, nil, monday.Add(-time.Second), pipeline.CanvasCheck{Again: monday}},
		{"late by some hours", filled, pipeline.NudgeSettings{}, nil, at("2026-12-21", 16, 0), pipeline.CanvasCheck{Ask: true, Again: next}},
		{"not at night", filled, pipeline.NudgeSettings{}, nil, at("2026-12-21", 20, 0), pipeline.CanvasCheck{Again: at("2026-12-22", 9, 30)}},
		{"a month after it was asked", asked, pipeline.NudgeSettings{}, nil, next, pipeline.CanvasCheck{Ask: true, Again: at("2027-02-19", 9, 30)}},
		{"not on holidays", filled, pipeline.NudgeSettings{}, holiday, monday, pipeline.CanvasCheck{Again: at("2026-12-23", 9, 30)}},
		{"not who wants no nudges", filled, pipeline.NudgeSettings{Off: true}, nil, monday, pipeline.CanvasCheck{Again: next}},
		{"not who is away", filled, pipeline.NudgeSettings{AwayUntil: "2027-01-02"}, nil, monday, pipeline.CanvasCheck{Again: at("2027-01-04", 9, 30)}},
		{"not who snoozes", filled, pipeline.NudgeSettings{SnoozedUntil: "2026-12-23"}, nil, monday, pipeline.CanvasCheck{Again: at("2026-12-23", 9, 30)}},
		{"who is back", filled, pipeline.NudgeSettings{AwayUntil: "2026-12-21"}, nil, monday, pipeline.CanvasCheck{Ask: true, Again: next}},
		{"not of a closed one", closed, pipeline.NudgeSettings{}, nil, monday, pipeline.CanvasCheck{}},
		{"not of an empty one", empty, pipeline.NudgeSettings{}, nil, monday, pipeline.CanvasCheck{Again: next}},
	} {
		got := pipeline.PlanCheck(c.canvas, c.owner, team, c.holidays, c.now)
		if got.Ask != c.want.Ask || !got.Again.Equal(c.want.Again) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestAskedBoxes(t *testing.T) {
	asked := time.Date(2026, 12, 21, 8, 30, 0, 0, time.UTC)
	c := pipeline.Canvas{Team: "PAY", Number: 1, Kind: pipeline.LeanCanvas, Boxes: map[pipeline.BoxID]pipeline.Box{
		"problem":  {Text: "as before", Confirmed: asked.AddDate(0, -1, 0)},
		"segments": {Text: "still true", Confirmed: asked.Add(time.Minute)},
	}}
	if open, answered := c.AskedBoxes(asked), c.AnsweredBoxes(asked); len(open) != 1 || open[0].ID != "problem" || len(answered) != 1 || answered[0].ID != "segments" {
		t.Errorf("asked %v, answered %v", open, answered)
	}
	if confirmed, ok := c.Confirmed(); !ok || !confirmed.At.Equal(asked.AddDate(0, -1, 0)) || confirmed.Key != "PAY-C1" {
		t.Errorf("confirmed %+v %v", confirmed, ok)
	}
	c.Closed = asked
	if _, ok := c.Confirmed(); ok {
		t.Error("a closed canvas is to be confirmed")
	}
}

func TestCanvasStandsInSlack(t *testing.T) {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	c := pipeline.Canvas{Team: "PAY", Number: 1, Kind: pipeline.LeanCanvas}
	none := pipeline.SlackCanvas{}
	published, err := c.Publish(none, "U1", at)
	if err != nil {
		t.Fatal(err)
	}
	there := none.Written(1, "digest", at)
	there.ID, there.Channel = "F1", "C1"
	behind, gone := there.Refused(1, "canvas_editing_failed"), there.Refused(1, "canvas_not_found")
	for _, step := range []struct {
		name    string
		canvas  pipeline.Canvas
		slack   pipeline.SlackCanvas
		now     time.Time
		want    pipeline.CanvasStanding
		publish int // times after publishing again
	}{
		{"never published", c, none, at, pipeline.CanvasUnpublished, 1},
		{"just now", published, none, at.Add(time.Minute), pipeline.CanvasComing, 1},
		{"without an answer", published, none, at.Add(11 * time.Minute), pipeline.CanvasUnsure, 2},
		{"with an answer that was lost", published, none.Refused(1, ""), at.Add(time.Minute), pipeline.CanvasUnsure, 2},
		{"there", published, there, at, pipeline.CanvasCurrent, 1},
		{"there, and not changed", published, behind, at, pipeline.CanvasBehind, 1},
		{"deleted", published, gone, at, pipeline.CanvasGone, 2},
		{"refused", published, none.Refused(1, "missing_scope"), at, pipeline.CanvasRefused, 2},
		{"stopped", published.Unpublish(), there, at, pipeline.CanvasUnpublished, 2},
	} {
		if got := step.canvas.Standing(step.slack, step.now); got != step.want {
			t.Errorf("%s: stands %q, want %q", step.name, got, step.want)
		}
		if again, err := step.canvas.Publish(step.slack, "U2", step.now); err != nil || again.Published.Times != step.publish {
			t.Errorf("%s: published again %+v %v", step.name, again.Published, err)
		}
	}
	again := published
	again.Published.Times = 2
	if got := again.Standing(pipeline.SlackCanvas{Times: 1, Code: "canvas_deleted"}, at); got != pipeline.CanvasComing {
		t.Errorf("what became of the first one tells of the second: %q", got)
	}
	c.Closed = at
	if _, err := c.Publish(none, "U1", at); err == nil {
		t.Error("a closed canvas was published")
	}
	if wait := there.Waits(at.Add(20 * time.Second)); wait != 40*time.Second {
		t.Errorf("waits %s", wait)
	}
	if wait := there.Waits(at.Add(2 * time.Minute)); wait != 0 {
		t.Errorf("waits %s", wait)
	}
}
