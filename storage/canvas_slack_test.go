package storage

import (
	"errors"
	"testing"
	"time"

	"alignbot/pipeline"
)

func TestWhatSlackShowsOfACanvasIsKept(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		c := must(s.KeepCanvas(ctx, "a", pipeline.Canvas{
			Team: "PAY", Number: 1, Kind: pipeline.LeanCanvas, Name: "Invoices", Owner: "U_ANA", Began: start, BeganBy: "U_ANA",
			Published: pipeline.CanvasPublished{Times: 2, By: "U_ANA", At: start},
		}, "U_ANA", Slot{}, pipeline.Event{}))(t)
		state := must(s.CanvasState(ctx, "PAY", 1))(t)
		equal(t, state.Canvas, c)
		equal(t, state.Slack, pipeline.SlackCanvas{})

		// The canvas of Slack is made by the outbox, as a message is, and found at the canvas.
		entry := Outgoing{ID: SlackCanvasEntry(c), Kind: "canvas.slack", Subject: "PAY", Channel: "C1"}
		must(true, s.Enqueue(ctx, entry))(t)
		claimed, _, err := s.Claim(ctx, 1, time.Minute, 0)
		if err != nil || len(claimed) != 1 || !claimed[0].Message.IsZero() {
			t.Fatalf("claimed %+v %v", claimed, err)
		}
		must(true, s.Sent(ctx, claimed[0], pipeline.Message{Channel: "C1", TS: "F0CANVAS"}))(t)
		written := pipeline.SlackCanvas{}.Written(2, "digest", start)
		must(true, s.SaySlackCanvas(ctx, "b", c, written))(t)
		state = must(s.CanvasState(ctx, "PAY", 1))(t)
		written.ID, written.Channel = "F0CANVAS", "C1"
		equal(t, state.Slack, written)
		equal(t, state.Version, int64(1)) // nobody who fills a box meets that
		loaded := must(s.Begin(ctx, Want{Team: "PAY", Sheets: []SheetWant{WantCanvas(1)}}))(t)
		equal(t, must(loaded.CanvasStates(0))(t)[0].Slack, written)

		// What changes is written to the same one; a publication anew has one of its own.
		must(true, s.Enqueue(ctx, entry))(t)
		claimed, _, err = s.Claim(ctx, 1, time.Minute, 0)
		if err != nil || len(claimed) != 1 || claimed[0].Message.TS != "F0CANVAS" {
			t.Fatalf("claimed %+v %v", claimed, err)
		}
		must(true, s.Retry(ctx, claimed[0], "too-early", time.Hour))(t)
		c.Published.Times = 3
		c = must(s.KeepCanvas(ctx, "c", c, "U_ANA", Slot{}, pipeline.Event{}))(t)
		state = must(s.CanvasState(ctx, "PAY", 1))(t)
		if state.Slack.ID != "" || state.Slack.Times != 2 || SlackCanvasEntry(c) == entry.ID {
			t.Errorf("the one anew is %+v", state.Slack)
		}
		if _, err := s.CanvasState(ctx, "PAY", 2); !errors.Is(err, ErrNotFound) {
			t.Errorf("a canvas that there is not: %v", err)
		}
	})
}

func TestSweepsAreKept(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		if newest := must(s.NewestSweep(ctx, "PAY"))(t); newest != nil {
			t.Errorf("a sweep before the first: %+v", newest)
		}
		first, second := pipeline.Key{Team: "PAY", Number: 1}, pipeline.Key{Team: "PAY", Number: 2}
		sweep := must(s.KeepSweep(ctx, "a", pipeline.Sweep{
			Team: "PAY", Number: 1, Canvas: 3, Was: "Halve churn", Goal: "Close in a day", Opened: start,
			Ideas: []pipeline.SweepIdea{{Key: first, Outcomes: []pipeline.NodeKey{{Team: "PAY", Kind: pipeline.OutcomeNode, Number: 1}}}, {Key: second}},
		}))(t)
		equal(t, sweep.Number, 1)
		kept := pipeline.SweepKept{By: "U_BEN", At: start}
		for _, op := range []string{"b", "b", "c"} { // delivered twice, and clicked by two
			if told := must(s.KeepInSweep(ctx, op, sweep, first, kept))(t); told == TellOver {
				t.Errorf("%s: %s", op, told)
			}
		}
		state := must(s.Sweep(ctx, "PAY", 1))(t)
		equal(t, state.Sweep, sweep)
		equal(t, state.Kept, map[pipeline.Key]pipeline.SweepKept{first: kept})
		loaded := must(s.Begin(ctx, Want{Team: "PAY", Sheets: []SheetWant{WantSweep(1), WantNewestSweep()}}))(t)
		equal(t, must(loaded.Sweep(0))(t).Kept, state.Kept)
		equal(t, must(loaded.Sweep(1))(t).Sweep, sweep)

		over := sweep
		over.Over = start.Add(time.Hour)
		must(s.KeepSweep(ctx, "d", over))(t)
		if told := must(s.KeepInSweep(ctx, "e", sweep, second, kept))(t); told != TellOver {
			t.Errorf("kept in a sweep that is over: %s", told)
		}
		var conflict *SheetConflictError[pipeline.Sweep]
		if _, err := s.KeepSweep(ctx, "f", over); !errors.As(err, &conflict) {
			t.Errorf("ended twice: %v", err)
		}
		if _, err := s.KeepSweep(ctx, "g", pipeline.Sweep{Team: "PAY", Number: 1, Canvas: 3, Opened: start}); !errors.As(err, &conflict) || conflict.Current.Sheet.Goal != "Close in a day" {
			t.Errorf("a second one under its number: %v", err)
		}
		equal(t, must(s.KeepSweep(ctx, "h", pipeline.Sweep{Team: "PAY", Number: 2, Canvas: 3, Opened: start}))(t).Number, 2)
	})
}
