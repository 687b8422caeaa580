package storage

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage/redistest"

	"github.com/google/go-cmp/cmp"
)

// canvasOn is a canvas with everything that one can have.
func canvasOn(number int) pipeline.Canvas {
	key := pipeline.NodeKey{Team: "PAY", Number: 1}
	return pipeline.Canvas{
		Team: "PAY", Number: number, Kind: "charter", Name: "Us \"here\"", Owner: "U_ANA",
		Own: &pipeline.CanvasTemplate{ID: "charter", Name: "Charter", About: "x", Columns: "year", Assumptions: true, Alone: true, Boxes: []pipeline.BoxTemplate{
			{ID: "goal", Title: "Goal", Question: "Why?", Help: "So", Where: pipeline.GridPlace{Row: 1, Column: 1, Width: 2, Height: 1}, Extra: true, Heading: true, Goal: true, Metric: true},
		}},
		Boxes: map[pipeline.BoxID]pipeline.Box{"goal.1": {
			Text: "Paid\nin time", Risk: pipeline.RiskHigh, By: "U_ANA", At: start, Confirmed: start.Add(time.Hour), ConfirmedBy: "U_BEN",
			Outcome: key, Test: pipeline.BoxTest{Idea: pipeline.Key{Team: "PAY", Number: 2}, Run: 1},
		}},
		Columns: []int{2, 1}, LastColumn: 2, Began: start, BeganBy: "U_ANA", Changed: start, Checked: start,
	}
}

// filledLine is a line of history: a box that says one number after the other.
func filledLine(n int) pipeline.Event {
	return pipeline.Event{At: lately.Add(time.Duration(n) * time.Minute), By: "U_ANA", What: pipeline.BoxChanged, About: "Goal", Changes: []pipeline.Change{
		{Field: "goal.1", From: fmt.Sprint("at ", n-1), To: fmt.Sprint("at ", n)},
	}}
}

func TestACanvasKeepsAllOfIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		slot := Slot{Name: "canvas", Form: "V1"}
		noError(t, s.SaveDraft(t.Context(), "U_ANA", slot, typed("x", lately)))
		want := canvasOn(1)
		for range 2 { // once more by a redelivery
			got := must(s.KeepCanvas(t.Context(), "op", want, "U_ANA", slot, filledLine(1)))(t)
			want.Version = 1
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("begun (-want +got):\n%s", diff)
			}
			want.Version = 0
		}
		want.Version = 1
		if drafts := must(s.Drafts(t.Context(), "U_ANA"))(t); len(drafts) != 0 {
			t.Errorf("drafts: %v", drafts)
		}
		if diff := cmp.Diff(want, must(s.Canvas(t.Context(), "PAY", 1))(t)); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
		lines, total, err := s.CanvasLines(t.Context(), want.Key(), 0, 10)
		if diff := cmp.Diff([]pipeline.Event{filledLine(1)}, lines); err != nil || total != 1 || diff != "" {
			t.Errorf("%d lines, %v:\n%s", total, err, diff)
		}
		happened, _, err := s.Journal(t.Context(), "PAY", lately.Add(-time.Hour))
		if err != nil || len(happened) != 1 || happened[0].Key != "PAY-C1" {
			t.Errorf("the journal: %v %+v", err, happened)
		}

		second := canvasOn(2)
		second.Kind, second.Own, second.Boxes = pipeline.LeanCanvas, nil, nil
		second = must(s.KeepCanvas(t.Context(), "op2", second, "U_ANA", Slot{}, pipeline.Event{}))(t)
		closed := want
		closed.Closed, closed.ClosedBy = start, "U_BEN"
		closed = must(s.KeepCanvas(t.Context(), "op3", closed, "U_BEN", Slot{}, pipeline.Event{At: start, By: "U_BEN", What: pipeline.CanvasClosed}))(t)
		loaded, err := s.Begin(t.Context(), Want{Op: "look", Team: "PAY", User: "U_ANA", Sheets: []SheetWant{
			WantCanvases(0, 10), WantOpenCanvases(), WantCanvas(1), WantOwnCanvases(), WantCanvas(9),
		}})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range [][]pipeline.Canvas{{second, closed}, {second}, {closed}, nil, nil} {
			if i == 3 {
				continue
			}
			if got, total, err := loaded.Canvases(i); err != nil || total != len(want) || cmp.Diff(want, got) != "" {
				t.Errorf("want %d: %v, %d: %s", i, err, total, cmp.Diff(want, got))
			}
		}
		if own, err := loaded.OwnCanvases(3); err != nil || own.Team != "PAY" || own.Version != 0 {
			t.Errorf("own ones: %v %+v", err, own)
		}
		if open := must(s.OpenCanvases(t.Context(), "PAY"))(t); len(open) != 1 || open[0].Number != 2 {
			t.Errorf("open: %+v", open)
		}
		var conflict *CanvasConflictError
		if _, err := s.KeepCanvas(t.Context(), "op4", want, "U_ANA", Slot{}, filledLine(2)); !errors.As(err, &conflict) || cmp.Diff(closed, conflict.Current) != "" {
			t.Errorf("changed meanwhile: %v", err)
		}
		gone := want
		gone.Number = 9
		if _, err := s.KeepCanvas(t.Context(), "op5", gone, "U_ANA", Slot{}, filledLine(2)); !errors.As(err, &conflict) || conflict.Current.Key() != gone.Key() || conflict.Current.Version != 0 {
			t.Errorf("of none: %v", err)
		}
		if _, total, _ := s.CanvasLines(t.Context(), want.Key(), 0, 0); total != 2 {
			t.Errorf("%d lines after two conflicts", total)
		}
		if _, err := s.Canvas(t.Context(), "PAY", 9); !errors.Is(err, ErrNotFound) {
			t.Errorf("one that is not there: %v", err)
		}
		gone.Team, gone.Version = "WEB", 0
		if _, err := s.KeepCanvas(t.Context(), "op6", gone, "U_ANA", Slot{}, filledLine(1)); !errors.Is(err, ErrNotFound) {
			t.Errorf("of no team: %v", err)
		}
	})
}

// TestTheNextCanvasIsBegunOnce: of several who begin one at the same moment, each with
// the number that they saw is free, one does, and the others are told.
func TestTheNextCanvasIsBegunOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				mine := canvasOn(1)
				mine.BeganBy = fmt.Sprint("U", i)
				_, errs[i] = s.KeepCanvas(t.Context(), fmt.Sprint("op", i), mine, mine.BeganBy, Slot{}, filledLine(1))
			})
		}
		wg.Wait()
		stored, won := must(s.Canvas(t.Context(), "PAY", 1))(t), 0
		for i, err := range errs {
			var conflict *CanvasConflictError
			switch {
			case err == nil && stored.BeganBy == fmt.Sprint("U", i):
				won++
			case !errors.As(err, &conflict) || cmp.Diff(stored, conflict.Current) != "":
				t.Errorf("%d: %v", i, err)
			}
		}
		if _, total, _ := s.CanvasLines(t.Context(), stored.Key(), 0, 0); won != 1 || total != 1 {
			t.Errorf("%d began it, and its history has %d lines", won, total)
		}
	})
}

func TestTheHistoryOfACanvas(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		c := canvasOn(1)
		for n := 1; n <= 12; n++ {
			c = must(s.KeepCanvas(t.Context(), fmt.Sprint("op", n), c, "U_ANA", Slot{}, filledLine(n)))(t)
		}
		for name, x := range map[string]struct{ after, last, first, n int }{
			"all":          {0, 12, 1, 12},
			"the newest":   {2, 12, 3, 10},
			"one":          {4, 5, 5, 1},
			"past the end": {10, 30, 11, 2},
			"none":         {12, 12, 0, 0},
		} {
			lines, total, err := s.CanvasLines(t.Context(), c.Key(), x.after, x.last)
			if err != nil || total != 12 || len(lines) != x.n || x.n > 0 && cmp.Diff(filledLine(x.first), lines[0]) != "" {
				t.Errorf("%s: %v, %d of %d", name, err, len(lines), total)
			}
		}
		span, err := s.CanvasSpan(t.Context(), c.Key(), 3, 9)
		c.Own.Columns = "year"
		differ := span.Differences(c)
		if err != nil || len(differ) != 1 || differ[0].From != "at 3" || differ[0].To != "at 9" {
			t.Errorf("%v %+v", err, differ)
		}
	})
}

func TestCanvasesAreBackedUp(t *testing.T) {
	db := open(t, redistest.Start(t))
	s := withTeam(t, db)
	c := must(s.KeepCanvas(t.Context(), "op1", canvasOn(1), "U_ANA", Slot{}, filledLine(1)))(t)
	c = must(s.KeepCanvas(t.Context(), "op2", c, "U_ANA", Slot{}, filledLine(2)))(t)
	own := must(s.KeepOwnCanvases(t.Context(), "op3", pipeline.OwnCanvases{Team: "PAY", Templates: []pipeline.CanvasTemplate{*c.Own}}))(t)
	before, _, err := s.Journal(t.Context(), "PAY", lately.Add(-time.Hour))
	noError(t, err)
	var backup bytes.Buffer
	noError(t, db.Backup(t.Context(), &backup, nil))

	to := open(t, "memory:")
	must(to.Restore(t.Context(), bytes.NewReader(backup.Bytes()), RestoreOptions{}, nil))(t)
	s = to.Workspace(must(to.Workspaces(t.Context()))(t)[0])
	if diff := cmp.Diff(c, must(s.Canvas(t.Context(), "PAY", 1))(t)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(own, must(s.OwnCanvases(t.Context(), "PAY"))(t)); diff != "" {
		t.Error(diff)
	}
	if open := must(s.OpenCanvases(t.Context(), "PAY"))(t); len(open) != 1 {
		t.Errorf("%d are open", len(open))
	}
	lines, total, err := s.CanvasLines(t.Context(), c.Key(), 0, 10)
	if diff := cmp.Diff([]pipeline.Event{filledLine(1), filledLine(2)}, lines); err != nil || total != 2 || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if after, _, err := s.Journal(t.Context(), "PAY", lately.Add(-time.Hour)); err != nil || cmp.Diff(before, after) != "" {
		t.Errorf("%v %s", err, cmp.Diff(before, after))
	}
}

func TestTheOwnCanvasesOfATeam(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		if own := must(s.OwnCanvases(t.Context(), "PAY"))(t); own.Version != 0 || own.Team != "PAY" {
			t.Errorf("%+v", own)
		}
		first := pipeline.OwnCanvases{Team: "PAY", Templates: []pipeline.CanvasTemplate{*canvasOn(1).Own}}
		for range 2 {
			if stored := must(s.KeepOwnCanvases(t.Context(), "op", first))(t); stored.Version != 1 {
				t.Errorf("%+v", stored)
			}
		}
		var conflict *OwnCanvasesConflictError
		if _, err := s.KeepOwnCanvases(t.Context(), "op2", first); !errors.As(err, &conflict) || conflict.Current.Version != 1 || conflict.Current.Team != "PAY" {
			t.Errorf("somebody else added one: %v", err)
		}
	})
}

// BenchmarkCanvasHistory measures a page and the longest difference of a canvas that
// was changed 10,000 times.
func BenchmarkCanvasHistory(b *testing.B) {
	s, c := longHistory(b)
	for name, read := range map[string]func() error{
		"page": func() error { _, _, err := s.CanvasLines(b.Context(), c.Key(), 9_990, 10_000); return err },
		"span": func() error { _, err := s.CanvasSpan(b.Context(), c.Key(), 1, 10_000); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				noError(b, read())
			}
		})
	}
}

// longHistory is a canvas with 10,000 lines, each of two long texts.
func longHistory(t testing.TB) (*Store, pipeline.Canvas) {
	t.Helper()
	s := withTeam(t, open(t, redistest.Start(t)))
	c := must(s.KeepCanvas(t.Context(), "op", canvasOn(1), "U_ANA", Slot{}, filledLine(1)))(t)
	long := strings.Repeat("a long text ", 40)
	pipe := s.db.client.Pipeline()
	for n := 2; n <= 10_000; n++ {
		line := filledLine(n)
		line.Changes[0].From, line.Changes[0].To = long+fmt.Sprint(n-1), long+fmt.Sprint(n)
		pipe.RPush(t.Context(), s.tag+"history:"+c.Key().String(), must(eventText(line))(t))
	}
	if _, err := pipe.Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, c
}

func TestTenThousandLinesOfHistoryAreReadInBounds(t *testing.T) {
	s, c := longHistory(t)
	lines, total, err := s.CanvasLines(t.Context(), c.Key(), 9_990, 10_000)
	if err != nil || total != 10_000 || len(lines) != 10 || lines[9].Changes[0].To[len(lines[9].Changes[0].To)-5:] != "10000" {
		t.Errorf("%v, %d of %d", err, len(lines), total)
	}
	span, err := s.CanvasSpan(t.Context(), c.Key(), 1, 10_000)
	if differ := span.Differences(c); err != nil || len(differ) != 1 || !strings.HasSuffix(differ[0].To, " 10000") {
		t.Errorf("%v %+v", err, differ)
	}
}
