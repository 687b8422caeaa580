package pipeline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

var canvasNow = time.Date(2026, 11, 20, 11, 0, 0, 0, time.UTC)

// canvasTeam is where canvases are changed, and two who may.
var (
	canvasTeam = pipeline.Where{Team: payments("U_OWNER"), InChannel: true}
	anna       = pipeline.Person{ID: "UANNA"}
	ben        = pipeline.Person{ID: "UBEN"}
)

// aCanvas is an open canvas of a kind in which these boxes are filled by Anna.
func aCanvas(t testing.TB, kind pipeline.CanvasKind, boxes map[pipeline.BoxID]string) pipeline.Canvas {
	t.Helper()
	c, _, err := pipeline.BeginCanvas(pipeline.Policy{}, anna, canvasTeam, kind, pipeline.CanvasForm{Name: "Invoices", Owner: "UANNA"}, nil, nil, canvasNow)
	if err != nil {
		t.Fatal(err)
	}
	c.Number, c.Version = 3, 1
	columns := 1
	for id := range boxes {
		_, column := id.Split()
		columns = max(columns, column)
	}
	for c.LastColumn > 0 && c.LastColumn < columns {
		if c, _, err = pipeline.AddColumn(pipeline.Policy{}, anna, canvasTeam, c, canvasNow); err != nil {
			t.Fatal(err)
		}
	}
	for id, text := range boxes {
		c = filledBox(t, c, pipeline.TypedBox{ID: id, Text: text})
	}
	return c
}

// filledBox is the canvas with a box that Anna filled.
func filledBox(t testing.TB, c pipeline.Canvas, typed pipeline.TypedBox) pipeline.Canvas {
	t.Helper()
	c, _, clash, err := pipeline.FillBox(pipeline.Policy{}, anna, canvasTeam, c, typed, canvasNow)
	if err != nil || clash != nil {
		t.Fatalf("%s: %v %v", typed.ID, clash, err)
	}
	return c
}

func TestBoxIDs(t *testing.T) {
	for id, want := range map[pipeline.BoxID]struct {
		row    pipeline.BoxID
		column int
	}{
		"goal": {"goal", 0}, "goal.2": {"goal", 2}, "goal.0": {"", 0}, "goal.02": {"", 0}, "goal.-1": {"", 0}, "goal.x": {"", 0}, "goal.2.3": {"", 0}, "": {"", 0},
	} {
		if row, column := id.Split(); row != want.row || column != want.column {
			t.Errorf("%q: %q %d", id, row, column)
		}
	}
}

func TestCanvasKeysAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]pipeline.CanvasKey{
		"PAY-C3": {Team: "PAY", Number: 3}, "pay c3": {Team: "PAY", Number: 3}, " c12 ": {Number: 12}, "PAY‑C3": {Team: "PAY", Number: 3},
	} {
		if key, ok := pipeline.ParseCanvasKey(typed); !ok || key != want {
			t.Errorf("%q: %v %t", typed, key, ok)
		}
	}
	for _, typed := range []string{"", "C", "C0", "PAY-3", "PAY-O3", "canvas", "C9999999999"} {
		if key, ok := pipeline.ParseCanvasKey(typed); ok {
			t.Errorf("%q: %v", typed, key)
		}
	}
}

func TestFillABox(t *testing.T) {
	c := aCanvas(t, pipeline.LeanCanvas, map[pipeline.BoxID]string{"problem": "Late invoices"})
	later := canvasNow.Add(time.Hour)
	before := c.Boxes["problem"]
	changed, event, clash, err := pipeline.FillBox(pipeline.Policy{}, ben, canvasTeam, c, pipeline.TypedBox{
		ID: "problem", Text: "  Late invoices\r\n\n\n\u202eNobody \u2067calls  ", Risk: pipeline.RiskHigh, Seen: before.Digest(),
	}, later)
	if err != nil || clash != nil {
		t.Fatal(clash, err)
	}
	want := pipeline.Box{Text: "Late invoices\n\nNobody calls", Risk: pipeline.RiskHigh, By: "UBEN", At: later, Confirmed: later}
	if diff := cmp.Diff(want, changed.Boxes["problem"]); diff != "" {
		t.Error(diff)
	}
	wantEvent := pipeline.Event{At: later, By: "UBEN", What: pipeline.BoxChanged, About: "Problem", Changes: []pipeline.Change{
		{Field: "problem", From: "Late invoices", To: "Late invoices\n\nNobody calls"}, {Field: "problem risk", To: "high"},
	}}
	if diff := cmp.Diff(wantEvent, event); diff != "" {
		t.Error(diff)
	}
	if cmp.Diff(before, c.Boxes["problem"]) != "" {
		t.Error("the canvas before was changed")
	}

	emptied, event, _, err := pipeline.FillBox(pipeline.Policy{}, ben, canvasTeam, changed, pipeline.TypedBox{ID: "problem", Text: "\u2800 \u200b", Risk: pipeline.RiskHigh, Seen: want.Digest()}, later)
	if _, there := emptied.Boxes["problem"]; err != nil || there || len(event.Changes) != 2 || event.Changes[0].To != "" || event.Changes[1].To != "" {
		t.Errorf("emptied: %v %+v", err, event)
	}
}

func TestTwoWhoFillOneBox(t *testing.T) {
	empty := aCanvas(t, pipeline.StrategyCanvas, nil)
	theirs := filledBox(t, empty, pipeline.TypedBox{ID: "vision", Text: "Anna's"})
	for name, c := range map[string]struct {
		typed   pipeline.TypedBox
		clash   bool
		changed bool
	}{
		"another box":           {pipeline.TypedBox{ID: "target", Text: "Ben's"}, false, true},
		"the same box":          {pipeline.TypedBox{ID: "vision", Text: "Ben's"}, true, false},
		"the same words":        {pipeline.TypedBox{ID: "vision", Text: " Anna's "}, false, false},
		"left as it was":        {pipeline.TypedBox{ID: "vision", Text: ""}, false, false},
		"once both were shown":  {pipeline.TypedBox{ID: "vision", Text: "Ben's", Seen: theirs.Boxes["vision"].Digest()}, false, true},
		"emptied with it shown": {pipeline.TypedBox{ID: "vision", Seen: theirs.Boxes["vision"].Digest()}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			after, event, clash, err := pipeline.FillBox(pipeline.Policy{}, ben, canvasTeam, theirs, c.typed, canvasNow)
			if err != nil || (clash != nil) != c.clash || (event.What != "") != c.changed {
				t.Fatalf("clash %v, event %v, %v", clash, event, err)
			}
			if clash != nil && (clash.Place.Box.Text != "Anna's" || clash.Mine.Text != "Ben's" || cmp.Diff(theirs, after) != "") {
				t.Errorf("%+v", clash)
			}
		})
	}
}

func TestWhatABoxRefuses(t *testing.T) {
	c := aCanvas(t, pipeline.LeanCanvas, map[pipeline.BoxID]string{"problem": "Late invoices"})
	closed, _, err := pipeline.CloseCanvas(pipeline.Policy{}, anna, canvasTeam, c, canvasNow)
	if err != nil {
		t.Fatal(err)
	}
	other := pipeline.Where{Team: payments("U_OWNER")}
	other.Team.Key = "WEB"
	for name, x := range map[string]struct {
		who    pipeline.Person
		where  pipeline.Where
		canvas pipeline.Canvas
		typed  pipeline.TypedBox
		code   string
	}{
		"3,000 characters":  {anna, canvasTeam, c, pipeline.TypedBox{ID: "value", Text: strings.Repeat("字", 3000)}, "box-form"},
		"a mark of its own": {anna, canvasTeam, c, pipeline.TypedBox{ID: "value", Text: "x", Risk: "terrible"}, "box-form"},
		"a box of nobody":   {anna, canvasTeam, c, pipeline.TypedBox{ID: "colour", Text: "x"}, "box-unknown"},
		"a column of none":  {anna, canvasTeam, c, pipeline.TypedBox{ID: "problem.1", Text: "x"}, "box-unknown"},
		"a closed canvas":   {anna, canvasTeam, closed, pipeline.TypedBox{ID: "value", Text: "x"}, "canvas-closed"},
		"a guest":           {pipeline.Person{ID: "U_G", Guest: true}, canvasTeam, c, pipeline.TypedBox{ID: "value", Text: "x"}, "not-permitted"},
		"another team":      {anna, other, c, pipeline.TypedBox{ID: "value", Text: "x"}, "not-permitted"},
	} {
		after, event, _, err := pipeline.FillBox(pipeline.Policy{}, x.who, x.where, x.canvas, x.typed, canvasNow)
		if p := problem(t, err); p.Code != x.code || event.What != "" || cmp.Diff(x.canvas, after) != "" {
			t.Errorf("%s: %s", name, p.Code)
		}
	}
}

func TestConfirmABox(t *testing.T) {
	c := aCanvas(t, pipeline.LeanCanvas, map[pipeline.BoxID]string{"problem": "Late invoices"})
	later := canvasNow.AddDate(0, 1, 0)
	box := c.Boxes["problem"]
	confirmed, event, err := pipeline.ConfirmBox(pipeline.Policy{}, ben, canvasTeam, c, "problem", box.Digest(), later)
	want := box
	want.Confirmed, want.ConfirmedBy = later, "UBEN"
	if err != nil || cmp.Diff(want, confirmed.Boxes["problem"]) != "" || event.What != pipeline.BoxConfirmed || !c.Boxes["problem"].Confirmed.Equal(canvasNow) {
		t.Errorf("%v %+v", err, confirmed.Boxes["problem"])
	}
	if !confirmed.Oldest().Equal(later) {
		t.Errorf("the oldest is of %v", confirmed.Oldest())
	}
	for code, x := range map[string]struct {
		id   pipeline.BoxID
		seen string
	}{"box-changed": {"problem", "another"}, "box-empty": {"value", ""}, "box-unknown": {"none", ""}} {
		if _, _, err := pipeline.ConfirmBox(pipeline.Policy{}, ben, canvasTeam, c, x.id, x.seen, later); problem(t, err).Code != code {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestBeginACanvas(t *testing.T) {
	own, err := pipeline.ParseCanvasTemplate(charter)
	if err != nil {
		t.Fatal(err)
	}
	goal := aCanvas(t, pipeline.ProductGoal, nil)
	full := slices.Repeat([]pipeline.Canvas{aCanvas(t, pipeline.LeanCanvas, nil)}, pipeline.CanvasesMax)
	for name, x := range map[string]struct {
		kind pipeline.CanvasKind
		form pipeline.CanvasForm
		open []pipeline.Canvas
		code string
	}{
		"one of the team's own": {"charter", pipeline.CanvasForm{Name: "Us", Owner: "UANNA"}, nil, ""},
		"a second Lean Canvas":  {pipeline.LeanCanvas, pipeline.CanvasForm{Name: "\u202eUs", Owner: "UANNA"}, full[:1], ""},
		"a second product goal": {pipeline.ProductGoal, pipeline.CanvasForm{Name: "Us", Owner: "UANNA"}, []pipeline.Canvas{goal}, "canvas-alone"},
		"one too many":          {pipeline.LeanCanvas, pipeline.CanvasForm{Name: "Us", Owner: "UANNA"}, full, "canvases-full"},
		"a kind of nobody":      {"opera", pipeline.CanvasForm{Name: "Us", Owner: "UANNA"}, nil, "canvas-unknown"},
		"the board":             {pipeline.NowNextLater, pipeline.CanvasForm{Name: "Us", Owner: "UANNA"}, nil, "canvas-unknown"},
		"no name":               {pipeline.LeanCanvas, pipeline.CanvasForm{Name: " \u200b", Owner: "UANNA"}, nil, "canvas-form"},
		"a name of 3,000":       {pipeline.LeanCanvas, pipeline.CanvasForm{Name: strings.Repeat("x", 3000), Owner: "UANNA"}, nil, "canvas-form"},
		"no owner":              {pipeline.LeanCanvas, pipeline.CanvasForm{Name: "Us", Owner: "everybody"}, nil, "canvas-form"},
	} {
		t.Run(name, func(t *testing.T) {
			c, event, err := pipeline.BeginCanvas(pipeline.Policy{}, anna, canvasTeam, x.kind, x.form, []pipeline.CanvasTemplate{own}, x.open, canvasNow)
			if x.code != "" {
				if p := problem(t, err); p.Code != x.code {
					t.Error(p.Code)
				}
				return
			}
			if err != nil || c.Name != "Us" || event.What != pipeline.CanvasBegun || (c.Own != nil) != (x.kind == "charter") {
				t.Errorf("%v %+v", err, c)
			}
		})
	}
}

func TestCloseAndOpenAgain(t *testing.T) {
	goal := aCanvas(t, pipeline.ProductGoal, nil)
	closed, event, err := pipeline.CloseCanvas(pipeline.Policy{}, ben, canvasTeam, goal, canvasNow)
	if err != nil || closed.IsOpen() || closed.ClosedBy != "UBEN" || event.What != pipeline.CanvasClosed {
		t.Fatal(err, closed)
	}
	if _, _, err := pipeline.CloseCanvas(pipeline.Policy{}, ben, canvasTeam, closed, canvasNow); problem(t, err).Code != "canvas-closed" {
		t.Errorf("closed twice: %v", err)
	}
	other := goal
	other.Number = 4
	if _, _, err := pipeline.ReopenCanvas(pipeline.Policy{}, ben, canvasTeam, closed, []pipeline.Canvas{other}, canvasNow); problem(t, err).Code != "canvas-alone" {
		t.Errorf("beside another one: %v", err)
	}
	open, event, err := pipeline.ReopenCanvas(pipeline.Policy{}, ben, canvasTeam, closed, nil, canvasNow)
	if err != nil || event.What != pipeline.CanvasReopened || cmp.Diff(goal, open) != "" {
		t.Errorf("%v %s", err, cmp.Diff(goal, open))
	}
	if _, event, err := pipeline.ReopenCanvas(pipeline.Policy{}, ben, canvasTeam, open, nil, canvasNow); err != nil || event.What != "" {
		t.Errorf("opened twice: %v %v", event, err)
	}
	if hints := goal.Hints([]pipeline.Canvas{goal, other}); len(hints) != 1 || !strings.HasPrefix(hints[0].Text, "PAY-C4, “Invoices”, is open too") {
		t.Errorf("two that two people opened at one moment: %+v", hints)
	}
}

func TestEditACanvas(t *testing.T) {
	c := aCanvas(t, pipeline.LeanCanvas, nil)
	changed, event, err := pipeline.EditCanvas(pipeline.Policy{}, ben, canvasTeam, c, pipeline.CanvasForm{Name: "Bills", Owner: "UBEN"}, canvasNow)
	want := []pipeline.Change{{Field: "name", From: "Invoices", To: "Bills"}, {Field: "owner", From: "UANNA", To: "UBEN"}}
	if err != nil || changed.Name != "Bills" || cmp.Diff(want, event.Changes) != "" {
		t.Errorf("%v %+v", err, event)
	}
	if _, event, err := pipeline.EditCanvas(pipeline.Policy{}, ben, canvasTeam, changed, pipeline.CanvasForm{Name: " Bills", Owner: "UBEN"}, canvasNow); err != nil || event.What != "" {
		t.Errorf("nothing differs: %v %v", event, err)
	}
}

func TestColumnsOfACanvas(t *testing.T) {
	c := aCanvas(t, pipeline.GORoadmap, map[pipeline.BoxID]string{"name.1": "Spring", "goal.1": "Fewer reminders", "goal.2": "Pay by phone"})
	titles := func(c pipeline.Canvas) string {
		var all []string
		for _, column := range c.Columns {
			all = append(all, c.ColumnTitle(column))
		}
		return strings.Join(all, ", ")
	}
	if got := titles(c); got != "Spring, Release 2" {
		t.Fatal(got)
	}
	if filled, of := c.Filled(); filled != 3 || of != 10 {
		t.Errorf("%d of %d", filled, of)
	}
	moved, event, err := pipeline.MoveColumn(pipeline.Policy{}, ben, canvasTeam, c, 2, -1, canvasNow)
	if got := titles(moved); err != nil || got != "Release 1, Spring" || event.Changes[0] != (pipeline.Change{Field: "columns", From: "1,2", To: "2,1"}) {
		t.Errorf("%v %s %+v", err, got, event)
	}
	if _, event, err := pipeline.MoveColumn(pipeline.Policy{}, ben, canvasTeam, moved, 2, -5, canvasNow); err != nil || event.What != "" {
		t.Errorf("at the end already: %v %v", event, err)
	}
	removed, event, err := pipeline.RemoveColumn(pipeline.Policy{}, ben, canvasTeam, moved, 1, canvasNow)
	want := []pipeline.Change{{Field: "columns", From: "2,1", To: "2"}, {Field: "name.1", From: "Spring"}, {Field: "goal.1", From: "Fewer reminders"}}
	if err != nil || cmp.Diff(want, event.Changes) != "" || event.About != "Spring" || len(removed.Boxes) != 1 || len(c.Boxes) != 3 {
		t.Errorf("%v %+v", err, event)
	}
	added, _, err := pipeline.AddColumn(pipeline.Policy{}, ben, canvasTeam, removed, canvasNow)
	if err != nil || !slices.Equal(added.Columns, []int{2, 3}) {
		t.Errorf("an id is used again: %v %v", err, added.Columns)
	}
	for len(added.Columns) < pipeline.CanvasColumnsMax {
		added, _, _ = pipeline.AddColumn(pipeline.Policy{}, ben, canvasTeam, added, canvasNow)
	}
	_, _, full := pipeline.AddColumn(pipeline.Policy{}, ben, canvasTeam, added, canvasNow)
	_, _, gone := pipeline.MoveColumn(pipeline.Policy{}, ben, canvasTeam, added, 1, 1, canvasNow)
	_, _, none := pipeline.AddColumn(pipeline.Policy{}, ben, canvasTeam, aCanvas(t, pipeline.LeanCanvas, nil), canvasNow)
	for code, err := range map[string]error{"columns-full": full, "column-unknown": gone, "canvas-without-columns": none} {
		if p := problem(t, err); p.Code != code {
			t.Errorf("%s, not %s", p.Code, code)
		}
	}
	for len(removed.Columns) > 0 {
		removed, _, err = pipeline.RemoveColumn(pipeline.Policy{}, ben, canvasTeam, removed, removed.Columns[0], canvasNow)
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(removed.Places()) != 0 || len(removed.Boxes) != 0 {
		t.Errorf("no release is left, and these are: %+v", removed.Boxes)
	}
}

func TestTheRiskiestAssumptions(t *testing.T) {
	c := aCanvas(t, pipeline.LeanCanvas, map[pipeline.BoxID]string{"cost": "x"})
	if got := c.Riskiest(); got != nil {
		t.Errorf("none is marked: %+v", got)
	}
	c = filledBox(t, c, pipeline.TypedBox{ID: "channels", Text: "x", Risk: pipeline.RiskMedium})
	c = filledBox(t, c, pipeline.TypedBox{ID: "problem", Text: "x", Risk: pipeline.RiskLow})
	c = filledBox(t, c, pipeline.TypedBox{ID: "segments", Text: "x", Risk: pipeline.RiskMedium})
	var got []pipeline.BoxID
	for _, p := range c.Riskiest() {
		got = append(got, p.ID)
	}
	if !slices.Equal(got, []pipeline.BoxID{"segments", "channels"}) {
		t.Error(got)
	}
}
