package commands

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What Slack sends when somebody uses the entries of canvases.

// ofCanvas tells whether an entry is used on a canvas.
func ofCanvas(e Entry) bool { return strings.HasPrefix(e.Name, "canvas.") || e.Word == "canvas" }

// furnishCanvas stores the team's first canvas, a roadmap, once. The words are in
// its box.
func furnishCanvas(t testing.TB, app *App, team pipeline.TeamKey, words string) pipeline.Canvas {
	t.Helper()
	furnishSweep(t, app, team, words)
	now := time.Now()
	c := pipeline.Canvas{Team: team, Number: 1, Kind: pipeline.GORoadmap, Name: "Canvas " + words, Owner: "U_ANN", Columns: []int{1, 2}, LastColumn: 2, Began: now, BeganBy: "U_ANN", Boxes: map[pipeline.BoxID]pipeline.Box{
		"goal.1": {Text: "Goal " + words, By: "U_ANN", At: now, Confirmed: now},
	}}
	stored, err := app.Store.KeepCanvas(context.Background(), "furnish canvas "+string(team), c, "U_ANN", storage.Slot{}, pipeline.Event{At: now, By: "U_ANN", What: pipeline.CanvasBegun, About: words})
	var conflict *storage.CanvasConflictError
	if errors.As(err, &conflict) {
		return conflict.Current
	}
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// recordedCanvas is what is kept of a team's first canvas, and whether it has another.
func recordedCanvas(t testing.TB, app *App, team pipeline.TeamKey) any {
	t.Helper()
	open, err := app.Store.OpenCanvases(context.Background(), team)
	if err != nil {
		t.Fatal(err)
	}
	c, err := app.Store.Canvas(context.Background(), team, 1)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Fatal(err)
	}
	return []any{len(open), c, recordedSweep(t, app, team)}
}

// canvasParams puts into what a button carries what those of canvases do.
func canvasParams(e Entry, p params) params {
	if !ofCanvas(e) {
		return p
	}
	return p.set(paramCanvas, "1").set(paramBox, "goal.1").set(paramKind, string(pipeline.LeanCanvas)).set("to", columnAdd).set("column", "1").set("from", "1").set("until", "1").set("sweep", "1")
}

// canvasFormSlot names the draft of a form of a canvas; "" for others.
func canvasFormSlot(e Entry, s subject) string {
	switch e.Name {
	case formCanvas:
		return canvasSlot(s.idea.Team, newSlot, string(pipeline.LeanCanvas))
	case formBox:
		return boxSlot(s.idea.Team, 1, "goal.1")
	}
	return ""
}

// canvasValues are what stands in those forms.
func canvasValues(e Entry, values map[string]Value) {
	switch e.Name {
	case formCanvas, formCanvasEdit:
		values["name"], values["owner"] = Value{Text: "Invoices"}, Value{Text: "U0MEM"}
	case formBox:
		values["text"] = Value{Text: "People pay in time"}
	case formCanvasDiff:
		values[string(fieldVersionFrom)], values[string(fieldVersionTo)] = Value{Text: "1"}, Value{Text: "1"}
	}
}

// canvasMetadata puts into what a form carries what those of canvases do.
func canvasMetadata(e Entry, m metadata) metadata {
	if ofCanvas(e) {
		m.Canvas, m.Box, m.Kind = 1, "goal.1", pipeline.LeanCanvas
	}
	return m
}

// canvasSubmit is what Slack sends when somebody submits a form about PAY-C1.
func canvasSubmit(name, op string, p pipeline.Person, values map[string]Value, change func(*metadata)) (Entry, *Request) {
	submit, _ := NewRouter(List(), "").Find(Submit, name)
	req := plausible(submit, op, p, subject{pipeline.Key{Team: "PAY", Number: 1}, "C1"})
	for field, value := range values {
		req.Form.Values[field] = value
	}
	m, _ := decodeMetadata(req.Form.Metadata)
	change(&m)
	req.Form.Metadata = m.encode()
	return submit, req
}

func (app *App) canvasStored(t *testing.T, number int) pipeline.Canvas {
	t.Helper()
	c, err := app.Store.Canvas(t.Context(), "PAY", number)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A form that is submitted again because its answer was lost begins one canvas.
func TestACanvasThatIsSubmittedTwiceIsOne(t *testing.T) {
	app := shop(t)
	for i := range 3 {
		submit, req := canvasSubmit(formCanvas, "one form", people[pipeline.RoleMember], nil, func(*metadata) {})
		if reply, err := app.Handle(t.Context(), submit, req); err != nil || reply.Update == nil {
			t.Fatalf("try %d: %v %+v", i, err, reply)
		}
	}
	if open, err := app.Store.OpenCanvases(t.Context(), "PAY"); err != nil || len(open) != 1 || open[0].Version != 1 {
		t.Errorf("%v %+v", err, open)
	}
	// Another form of the same kind is another canvas.
	submit, req := canvasSubmit(formCanvas, "another form", people[pipeline.RoleMember], nil, func(*metadata) {})
	if _, err := app.Handle(t.Context(), submit, req); err != nil || app.canvasStored(t, 2).Version != 1 {
		t.Error(err)
	}
}

// Words that were mended before the form was submitted again take the place of the
// first, without a clash with oneself; what somebody else wrote meanwhile is one.
func TestABoxThatIsSubmittedTwiceSaysWhatWasTypedLast(t *testing.T) {
	app := shop(t)
	furnishCanvas(t, app, "PAY", "words")
	shown := func(m *metadata) { m.Seen = seen(app.canvasStored(t, 1).Boxes["goal.1"].Digest()) }
	first := app.canvasStored(t, 1).Boxes["goal.1"].Digest()
	for i, text := range []string{"Paid", "Paid", "Paid in time"} {
		submit, req := canvasSubmit(formBox, "one form", people[pipeline.RoleMember], map[string]Value{"text": {Text: text}}, func(m *metadata) { m.Seen = seen(first) })
		if reply, err := app.Handle(t.Context(), submit, req); err != nil || reply.Update == nil {
			t.Fatalf("try %d: %v %+v", i, err, reply)
		}
	}
	if c := app.canvasStored(t, 1); c.Boxes["goal.1"].Text != "Paid in time" || c.Version != 3 {
		t.Errorf("version %d: %+v", c.Version, c.Boxes["goal.1"])
	}
	if _, lines, err := app.Store.CanvasLines(t.Context(), app.canvasStored(t, 1).Key(), 0, 0); err != nil || lines != 3 {
		t.Errorf("%d lines (%v)", lines, err)
	}
	submit, req := canvasSubmit(formBox, "by another", people[pipeline.RoleProductOwner], map[string]Value{"text": {Text: "Theirs"}}, shown)
	if _, err := app.Handle(t.Context(), submit, req); err != nil {
		t.Fatal(err)
	}
	submit, req = canvasSubmit(formBox, "one form", people[pipeline.RoleMember], map[string]Value{"text": {Text: "Mine"}}, func(m *metadata) { m.Seen = seen(first) })
	if reply, err := app.Handle(t.Context(), submit, req); err != nil || reply.Update == nil || reply.Update.CallbackID != formBox || app.canvasStored(t, 1).Boxes["goal.1"].Text != "Theirs" {
		t.Errorf("%v, it says %q", err, app.canvasStored(t, 1).Boxes["goal.1"].Text)
	}
}

// A click that arrives twice adds one release; and what was drawn before a right was
// lost, or a canvas was closed, changes nothing.
func TestClicksOnACanvas(t *testing.T) {
	app := shop(t)
	furnishCanvas(t, app, "PAY", "words")
	click := func(op, name string, p pipeline.Person, change func(params) params) error {
		entry, _ := NewRouter(List(), "").Find(Button, name)
		req := plausible(entry, op, p, subject{pipeline.Key{Team: "PAY", Number: 1}, "C1"})
		req.Value = change(canvasAt(pipeline.CanvasKey{Team: "PAY", Number: 1}, 0)).encode()
		_, err := app.Handle(t.Context(), entry, req)
		return err
	}
	add := func(p params) params { return p.set("to", columnAdd) }
	member := people[pipeline.RoleMember]
	for range 2 {
		if err := click("add", actionColumn, member, add); err != nil {
			t.Fatal(err)
		}
	}
	if c := app.canvasStored(t, 1); len(c.Columns) != 3 || c.Version != 2 {
		t.Errorf("%v at version %d", c.Columns, c.Version)
	}
	still := func(p params) params {
		return p.set(paramBox, "goal.1").set("seen", app.canvasStored(t, 1).Boxes["goal.1"].Digest())
	}
	for _, wrong := range []func(params) params{
		func(p params) params { return p.set("to", "sideways") },
		func(p params) params { return p.set("to", columnRemove).set("column", "99") },
		func(p params) params { return p.set("to", columnLeft).set("column", "-1") },
	} {
		var problem *pipeline.Problem
		if err := click("wrong "+wrong(newParams()).encode(), actionColumn, member, wrong); !errors.As(err, &problem) || problem.Code != "stale" && problem.Code != "column-unknown" {
			t.Error(err)
		}
	}
	guest := member
	guest.Guest = true
	var problem *pipeline.Problem
	if err := click("lost", actionBoxTrue, guest, still); !errors.As(err, &problem) || problem.Code != "not-permitted" {
		t.Errorf("a right that was lost: %v", err)
	}
	if err := click("close", actionCanvasClose, member, func(p params) params { return p }); err != nil {
		t.Fatal(err)
	}
	if err := click("after", actionBoxTrue, member, still); !errors.As(err, &problem) || problem.Code != "canvas-closed" {
		t.Errorf("a canvas that was closed: %v", err)
	}
	if c := app.canvasStored(t, 1); c.Version != 3 {
		t.Errorf("version %d", c.Version)
	}
}
