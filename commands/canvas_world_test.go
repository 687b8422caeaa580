package commands_test

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

// openMoving opens a workplace of Payments with one clock for alignbot and its store,
// which is in memory: what is due in a month comes when the clock is moved.
func openMoving(t *testing.T, change ...func(*slacksim.Workspace)) (*workplace, *ahead) {
	t.Helper()
	workspace := slacksim.Sample()
	workspace.App.Scopes = least
	for _, c := range change {
		c(&workspace)
	}
	clock := &ahead{}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
	}
	db, err := storage.Open(t.Context(), storage.Settings{URL: "memory:", Now: clock.now}, log)
	if err != nil {
		t.Fatal(err)
	}
	w := &workplace{Sim: simtest.Open(t, slacksim.Options{Workspace: workspace}), db: db, store: db.Workspace(workspace.TeamID), now: clock.now}
	w.employ(t, db, pipeline.Policy{}, log)
	return w.withTeam(t), clock
}

// mayPublish grants what canvases of Slack need.
func mayPublish(w *slacksim.Workspace) {
	w.App.Scopes = append(w.App.Scopes[:len(w.App.Scopes):len(w.App.Scopes)], "canvases:write")
}

// aCanvas stores a canvas of PAY as one that was begun by Alice, who keeps it, with
// what its boxes say.
func (w *workplace) aCanvas(t *testing.T, kind pipeline.CanvasKind, name string, boxes map[pipeline.BoxID]string) pipeline.Canvas {
	t.Helper()
	now := w.now()
	open, err := w.store.OpenCanvases(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	c := pipeline.Canvas{Team: "PAY", Number: len(open) + 1, Kind: kind, Name: name, Owner: "U0ALICE", Began: now, BeganBy: "U0ALICE", Changed: now, Boxes: map[pipeline.BoxID]pipeline.Box{}}
	for id, text := range boxes {
		c.Boxes[id] = pipeline.Box{Text: text, By: "U0ALICE", At: now, Confirmed: now}
	}
	if len(c.Template().Columns) > 0 {
		c.Columns, c.LastColumn = []int{1}, 1
	}
	return w.keeps(t, c)
}

// keeps stores a canvas.
func (w *workplace) keeps(t *testing.T, c pipeline.Canvas, after ...storage.Outgoing) pipeline.Canvas {
	t.Helper()
	stored, err := w.store.KeepCanvas(t.Context(), "canvas "+c.Key().String()+" "+time.Now().String(), c, "U0ALICE", storage.Slot{}, pipeline.Event{}, after...)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// canvas of PAY as it is stored, with how it stands in Slack.
func (w *workplace) canvas(t *testing.T, number int) storage.CanvasState {
	t.Helper()
	state, err := w.store.CanvasState(t.Context(), "PAY", number)
	if err != nil {
		t.Fatal(err)
	}
	return state
}
