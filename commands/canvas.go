package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a team sees and fills its canvases: /align canvas, and what a request about one
// names.

// inCanvas: a canvas, a page of its boxes. A place in it is the value of the button to
// it.
const inCanvas = "canvas"

// The names of what a canvas button carries, beside "team".
const (
	paramCanvas = "canvas" // its number
	paramBox    = "box"    // id of one of its boxes
	paramKind   = "kind"   // of a canvas to begin
)

// canvasWant is what a canvas is drawn from: it, and the others that are in use.
func canvasWant(number int) storage.Want {
	return storage.Want{Sheets: []storage.SheetWant{storage.WantCanvas(number), storage.WantOpenCanvases()}}
}

// wantCanvas: the canvas that a button or form names, with what was typed before into
// the form of the box that opens.
func wantCanvas(req *Request) (storage.Want, error) {
	team, number, box, err := req.canvas()
	if err != nil {
		return storage.Want{}, err
	}
	want := canvasWant(number)
	want.Team, want.Channel = team, req.Channel
	if box != "" {
		want.Draft = boxSlot(team, number, box)
	}
	if want.Draft != "" && !knownSlot(want.Draft) {
		return storage.Want{}, stale
	}
	return want, nil
}

// canvas that a button or form names, and the box whose draft is wanted.
func (req *Request) canvas() (team pipeline.TeamKey, number int, box pipeline.BoxID, err error) {
	if req.On == Submit || req.On == Close {
		m, err := req.metadata()
		if err == nil && (m.Team == "" || m.Canvas < 1) {
			err = stale
		}
		return m.Team, m.Canvas, m.Next, err
	}
	p, err := decodeParams(req.Value)
	if err != nil {
		return "", 0, "", err
	}
	team, err = p.team()
	if err == nil && (team == "" || p.number(paramCanvas) == 0) {
		err = stale
	}
	return team, p.number(paramCanvas), pipeline.BoxID(p.Get(paramBox)), err
}

// canvasAt names a page of a canvas, as a place keeps it.
func canvasAt(key pipeline.CanvasKey, page int) params {
	p := newParams("team", string(key.Team), paramCanvas, strconv.Itoa(key.Number))
	if page > 1 {
		p.set("page", strconv.Itoa(page))
	}
	return p
}

// canvasValue is what a button of a canvas carries that stands in its window: with
// the page that is redrawn.
func canvasValue(key pipeline.CanvasKey, page int) params {
	return canvasAt(key, 0).set("in", inCanvas).set("at", canvasAt(key, page).encode())
}

// canvasButton opens a canvas from a message or the list.
func canvasButton(label string, c pipeline.Canvas, in string) *slack.ButtonBlockElement {
	p := canvasAt(c.Key(), 0)
	if in != "" {
		p.set("in", in)
	}
	return button(actionCanvas, label, c.Key().String(), p)
}

// canvasScene is what the views and forms of a canvas are drawn from.
type canvasScene struct {
	team   pipeline.Team
	canvas pipeline.Canvas
	open   []pipeline.Canvas // of the team, the newest first
	page   int
	// may: whoever looks may fill it.
	may bool
	// outcomes: whoever looks may add outcomes.
	outcomes bool
	// ties are what the boxes lead to.
	ties pipeline.CanvasTies
	now  time.Time
	// foot is what stands under the boxes: see canvasFoot.
	foot []slack.Block
}

// canvasScene of what was loaded.
func (app *App) canvasScene(ctx context.Context, req *Request, page int) (canvasScene, error) {
	if req.Loaded.Team == nil {
		return canvasScene{}, noCanvas
	}
	s := canvasScene{team: *req.Loaded.Team, page: page, may: app.may(req)(pipeline.FillCanvas), now: req.Now}
	found, _, err := req.Loaded.Canvases(0)
	if err != nil {
		return s, err
	}
	if len(found) == 0 {
		return s, noCanvas
	}
	s.canvas = found[0]
	s.open, _, err = req.Loaded.Canvases(1)
	return s, err
}

// noCanvas is the answer to a canvas that there is not.
var noCanvas = &pipeline.Problem{
	Code: "canvas-missing",
	What: "There is no such canvas that you can see.",
	Safe: "Nothing was changed.",
	Next: "Type /align canvas in the team's channel to see its canvases.",
}

// showCanvas opens a canvas, or turns its page.
func showCanvas(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	s, err := app.canvasScene(ctx, req, p.page())
	if err != nil {
		return Reply{}, err
	}
	view, err := app.canvasView(ctx, req, s)
	if err != nil {
		return Reply{}, err
	}
	if req.Form != nil && (p.Get("in") == inCanvas || p.Get("in") == inCanvases) {
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// redrawnCanvas draws a canvas again for the place of a button or form.
func (app *App) redrawnCanvas(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	again, p, err := app.reloaded(ctx, req, at, pipeline.ReadTeam, wantCanvas)
	if err != nil {
		return nil, err
	}
	s, err := app.canvasScene(ctx, again, p.page())
	if err != nil {
		return nil, err
	}
	return app.canvasView(ctx, again, s)
}

// keepCanvas stores what a rule made of a canvas, with all that follows from it.
func (app *App) keepCanvas(ctx context.Context, req *Request, op string, slot storage.Slot, before, after pipeline.Canvas, event pipeline.Event) (pipeline.Canvas, error) {
	return app.Store.KeepCanvas(ctx, op, after, req.Person.ID, slot, event, app.afterCanvas(*req.Loaded.Team, before, after, req.Now)...)
}

// canvasBefore gives the canvas as it is now, and whether an earlier try of the same
// act was stored.
func (app *App) canvasBefore(ctx context.Context, req *Request, c pipeline.Canvas) (pipeline.Canvas, bool, error) {
	c.Version = 0 // no canvas that is there is at it, so that nothing is changed
	stored, err := app.Store.KeepCanvas(ctx, req.Op, c, req.Person.ID, storage.Slot{}, pipeline.Event{})
	var conflict *storage.CanvasConflictError
	if errors.As(err, &conflict) {
		return conflict.Current, false, nil
	}
	return stored, err == nil, err
}

// changeCanvas applies a rule to a canvas and stores what it made of it: again to what
// somebody else made of it meanwhile. A rule that changes nothing stores nothing. What
// an earlier delivery of the same act stored is not done twice.
func (app *App) changeCanvas(ctx context.Context, req *Request, slot storage.Slot, c pipeline.Canvas, rule func(pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error)) (pipeline.Canvas, error) {
	if !req.Loaded.First {
		now, before, err := app.canvasBefore(ctx, req, c)
		if err != nil || before {
			return now, err
		}
		c = now
	}
	return app.changeCanvasAs(ctx, req, req.Op, slot, c, rule)
}

// changeCanvasAs is changeCanvas under another operation than that of the request.
func (app *App) changeCanvasAs(ctx context.Context, req *Request, op string, slot storage.Slot, c pipeline.Canvas, rule func(pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error)) (pipeline.Canvas, error) {
	for range busyTries {
		after, event, err := rule(c)
		if err != nil {
			return c, err
		}
		if event.What == "" {
			if slot.Name == "" {
				return c, nil
			}
			return c, app.Store.DropDraft(ctx, req.Person.ID, slot)
		}
		stored, err := app.keepCanvas(ctx, req, op, slot, c, after, event)
		var conflict *storage.CanvasConflictError
		if !errors.As(err, &conflict) {
			return stored, err
		}
		if c = conflict.Current; c.Version == 0 {
			return c, noCanvas
		}
	}
	return c, busyCanvas(c)
}

// busyCanvas is said when others were faster each time.
func busyCanvas(c pipeline.Canvas) error {
	return &pipeline.Problem{
		Code: "canvas-busy",
		What: fmt.Sprintf("Several people are changing %s at this moment.", c.Key()),
		Safe: "Nothing of theirs was overwritten.",
		Next: "Please try again.",
	}
}

// clickedCanvas is what the button carries that was used, and the canvas it names.
func (app *App) clickedCanvas(ctx context.Context, req *Request) (params, canvasScene, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return params{}, canvasScene{}, err
	}
	s, err := app.canvasScene(ctx, req, p.page())
	return p, s, err
}

// changeOnClick answers a button that changes a canvas by a rule.
func (app *App) changeOnClick(ctx context.Context, req *Request, told Mrkdwn, rule func(params, canvasScene, pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error)) (Reply, error) {
	p, s, err := app.clickedCanvas(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	stored, err := app.changeCanvas(ctx, req, storage.Slot{}, s.canvas, func(c pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error) { return rule(p, s, c) })
	if err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, canvasTold(stored, told)), nil
}

// canvasTold says what was done with a canvas that is not in sight.
func canvasTold(c pipeline.Canvas, words Mrkdwn) Reply {
	return tell(words, buttons(canvasButton("Show the canvas", c, "")))
}

// confirmBox says that a box is still true.
func confirmBox(ctx context.Context, app *App, req *Request) (Reply, error) {
	return app.changeOnClick(ctx, req, "Noted: it is still true.", func(p params, _ canvasScene, c pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error) {
		return pipeline.ConfirmBox(app.Policy, req.Person, req.where(), c, pipeline.BoxID(p.Get(paramBox)), p.Get("seen"), req.Now)
	})
}

// closeCanvas takes a canvas out of use.
func closeCanvas(ctx context.Context, app *App, req *Request) (Reply, error) {
	return app.changeOnClick(ctx, req, "The canvas is closed. It can be opened again.", func(_ params, _ canvasScene, c pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error) {
		return pipeline.CloseCanvas(app.Policy, req.Person, req.where(), c, req.Now)
	})
}

// reopenCanvas takes it into use again, unless another one stands in its way by then.
func reopenCanvas(ctx context.Context, app *App, req *Request) (Reply, error) {
	return app.changeOnClick(ctx, req, "The canvas is open again.", func(_ params, _ canvasScene, c pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error) {
		open, err := app.Store.OpenCanvases(ctx, c.Team)
		if err != nil {
			return c, pipeline.Event{}, err
		}
		return pipeline.ReopenCanvas(app.Policy, req.Person, req.where(), c, open, req.Now)
	})
}

// What a button does with a column of a canvas.
const (
	columnAdd    = "add"
	columnLeft   = "left"
	columnRight  = "right"
	columnRemove = "remove"
)

// arrangeColumn adds, moves or removes a column: a release of a roadmap.
func arrangeColumn(ctx context.Context, app *App, req *Request) (Reply, error) {
	return app.changeOnClick(ctx, req, "Done.", func(p params, _ canvasScene, c pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error) {
		column := p.number("column")
		switch p.Get("to") {
		case columnAdd:
			return pipeline.AddColumn(app.Policy, req.Person, req.where(), c, req.Now)
		case columnLeft:
			return pipeline.MoveColumn(app.Policy, req.Person, req.where(), c, column, -1, req.Now)
		case columnRight:
			return pipeline.MoveColumn(app.Policy, req.Person, req.where(), c, column, 1, req.Now)
		case columnRemove:
			return pipeline.RemoveColumn(app.Policy, req.Person, req.where(), c, column, req.Now)
		}
		return c, pipeline.Event{}, stale
	})
}

// kindTyped is the template that words name: by its id, its name, or the start of
// either where only one begins so.
func kindTyped(words string, templates []pipeline.CanvasTemplate) (pipeline.CanvasTemplate, bool) {
	plain := func(s string) string {
		s = strings.TrimSuffix(strings.ToLower(strings.ReplaceAll(s, "-", " ")), " canvas")
		return strings.TrimPrefix(s, "product ")
	}
	words = plain(words)
	var found []pipeline.CanvasTemplate
	for _, t := range templates {
		names := []string{plain(string(t.ID)), plain(t.Name), plain(strings.TrimPrefix(t.Name, "GO "))}
		if slices.Contains(names, words) {
			return t, true
		}
		if slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, words) }) {
			found = append(found, t)
		}
	}
	if len(found) != 1 || words == "" {
		return pipeline.CanvasTemplate{}, false
	}
	return found[0], true
}
