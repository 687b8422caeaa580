package commands

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a canvas is begun, and its name and owner changed: one form for both.

// canvasSlot names the draft of that form: TEAM.N, or TEAM.NEW.KIND.
func canvasSlot(team pipeline.TeamKey, rest ...string) string {
	slot := draftCanvas + string(team)
	for _, part := range rest {
		slot += "." + part
	}
	return slot
}

// canvasTyped is what the form shows, by field.
func canvasTyped(f pipeline.CanvasForm) map[pipeline.Field]string {
	typed := map[pipeline.Field]string{pipeline.FieldCanvasName: f.Name, pipeline.FieldCanvasOwner: f.Owner}
	maps.DeleteFunc(typed, func(_ pipeline.Field, words string) bool { return words == "" })
	return typed
}

// canvasForm is what somebody typed into it.
func (f *Form) canvasForm() pipeline.CanvasForm {
	return pipeline.CanvasForm{Name: f.Value(pipeline.FieldCanvasName).Text, Owner: f.Value(pipeline.FieldCanvasOwner).Text}
}

func formOfCanvas(c pipeline.Canvas) pipeline.CanvasForm {
	return pipeline.CanvasForm{Name: c.Name, Owner: c.Owner}
}

// openCanvasForm opens the form of a new canvas.
func openCanvasForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	s, err := app.canvasesScene(req, p.page())
	if err != nil {
		return Reply{}, err
	}
	t, known := pipeline.FindCanvasTemplate(pipeline.CanvasTemplatesOf(s.own), pipeline.CanvasKind(p.Get(paramKind)))
	if !known {
		return Reply{}, unknownKind(s.own)
	}
	return app.openBegin(ctx, req, s, t, p)
}

// openBegin opens it for a kind, with what was typed before.
func (app *App) openBegin(ctx context.Context, req *Request, s canvasesScene, t pipeline.CanvasTemplate, p params) (Reply, error) {
	stored := canvasTyped(pipeline.CanvasForm{Owner: req.Person.ID})
	_, _, err := pipeline.BeginCanvas(app.Policy, req.Person, req.where(), t.ID, pipeline.CanvasForm{}, s.own, s.open, req.Now)
	if refusedAtOnce(err) {
		return Reply{}, err
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(stored)
		return Reply{Update: beginForm(m, t, stored)}, err
	}
	m := req.formOver(p, canvasSlot(s.team.Key, newSlot, string(t.ID)))
	m.Team, m.Kind, m.Stored = s.team.Key, t.ID, typedDigest(stored)
	if err := app.findTypedDraft(ctx, req, m.Draft); err != nil {
		return Reply{}, err
	}
	typed, notes := req.goingOn(actionCanvasForm, newParams("team", string(s.team.Key), paramKind, string(t.ID)), stored)
	return Reply{Open: beginForm(m, t, typed, notes...)}, nil
}

// beginForm draws the form of a new canvas.
func beginForm(m metadata, t pipeline.CanvasTemplate, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append([]slack.Block{rich(nameAndAbout(t)...)}, notes...)
	return form(formCanvas, "Begin a canvas", "Begin", m, append(blocks, canvasInputs(m, typed)...)...)
}

func canvasInputs(m metadata, typed map[pipeline.Field]string) []slack.Block {
	return []slack.Block{
		textInput(pipeline.FieldCanvasName, m.Fresh, "What is it about?", "A name that tells it from other canvases, such as the product or the initiative.", "", typed[pipeline.FieldCanvasName], pipeline.CanvasNameLimit, false),
		personInput(pipeline.FieldCanvasOwner, m.Fresh, "Who keeps it true?", "They are asked once a month whether each box still holds.", typed[pipeline.FieldCanvasOwner]),
	}
}

// wantFormCanvases: what a new canvas is checked against.
func wantFormCanvases(req *Request) (storage.Want, error) {
	m, err := req.metadata()
	if err == nil && m.Team == "" {
		err = stale
	}
	want := canvasesWant(1)
	want.Team = m.Team
	return want, err
}

// beginCanvas stores the new canvas and goes on with its first box. Of two people who
// begin one at the same moment, the second one is checked against what the first made.
func beginCanvas(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	s, err := app.canvasesScene(req, 1)
	if err != nil {
		return Reply{}, err
	}
	if !req.Loaded.First {
		for _, c := range s.open {
			if c.BeganBy != req.Person.ID || c.Kind != m.Kind {
				continue
			}
			if begun, before, err := app.canvasBefore(ctx, req, c); err != nil || before {
				return app.begunCanvas(req, m, s, begun), err
			}
		}
	}
	for range busyTries {
		c, event, err := pipeline.BeginCanvas(app.Policy, req.Person, req.where(), m.Kind, req.Form.canvasForm(), s.own, s.open, req.Now)
		if err != nil {
			return Reply{}, err
		}
		c.Number = s.total + 1
		begun, err := app.keepCanvas(ctx, req, req.Op, slot, pipeline.Canvas{}, c, event)
		var conflict *storage.CanvasConflictError
		if !errors.As(err, &conflict) {
			if err != nil {
				return Reply{}, err
			}
			return app.begunCanvas(req, m, s, begun), nil
		}
		s.total = conflict.Current.Number
		if s.open, err = app.Store.OpenCanvases(ctx, s.team.Key); err != nil {
			return Reply{}, err
		}
	}
	return Reply{}, &pipeline.Problem{
		Code: "canvas-busy",
		What: "Several people are beginning canvases at this moment.",
		Safe: "Everything you typed is still there.",
		Next: "Please try again.",
	}
}

// begunCanvas answers with the form of its first box.
func (app *App) begunCanvas(req *Request, m metadata, s canvasesScene, c pipeline.Canvas) Reply {
	req.Loaded.Draft = nil
	scene := canvasScene{team: s.team, canvas: c, open: s.open, page: 1, may: true}
	next := metadata{Below: m.Below, At: m.At, Channel: m.Channel, Home: m.Home}
	first := c.Places()[0]
	if first.Box.Text != "" { // a form that was sent twice: others have gone on meanwhile
		return canvasTold(c, Mrkdwn(c.Key().String())+" is begun.")
	}
	return Reply{Update: req.boxForm(scene, first, next, say(Mrkdwn(fmt.Sprintf("*%s is begun.* Fill it box by box, in any order, alone or together.", c.Key())))).draw()}
}

// openCanvasEdit opens the form of name and owner.
func openCanvasEdit(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedCanvas(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	stored := canvasTyped(formOfCanvas(s.canvas))
	if _, _, err := pipeline.EditCanvas(app.Policy, req.Person, req.where(), s.canvas, formOfCanvas(s.canvas), req.Now); refusedAtOnce(err) {
		return Reply{}, err
	}
	m := req.formOver(p, "")
	m.Team, m.Canvas, m.Seen = s.team.Key, s.canvas.Number, seen(typedDigest(stored))
	return Reply{Open: editCanvasForm(m, s.canvas, stored)}, nil
}

// editCanvasForm draws it.
func editCanvasForm(m metadata, c pipeline.Canvas, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append([]slack.Block{note(escape(c.Template().Name + " " + c.Key().String()))}, notes...)
	return form(formCanvasEdit, "Name and owner", "Save", m, append(blocks, canvasInputs(m, typed)...)...)
}

// editCanvas stores the name and the owner. When somebody else changed them meanwhile,
// the form stays with what was typed and shows theirs.
func editCanvas(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	s, err := app.canvasScene(ctx, req, 1)
	if err != nil {
		return Reply{}, err
	}
	typed, op, shown := req.Form.canvasForm(), req.Op, m.Seen[seenBefore]
	if !req.Loaded.First {
		now, before, err := app.canvasBefore(ctx, req, s.canvas)
		if err != nil {
			return Reply{}, err
		}
		if s.canvas = now; before { // what is typed now takes the place of what was stored
			op, shown = "again:"+req.tryOf(typed), typedDigest(canvasTyped(formOfCanvas(now)))
		}
	}
	var theirs *pipeline.Canvas
	rule := func(c pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error) {
		theirs = nil
		after, event, err := pipeline.EditCanvas(app.Policy, req.Person, req.where(), c, typed, req.Now)
		if now := typedDigest(canvasTyped(formOfCanvas(c))); err == nil && event.What != "" && now != shown {
			theirs = &c
			return c, pipeline.Event{}, nil
		}
		return after, event, err
	}
	stored, err := app.changeCanvasAs(ctx, req, op, storage.Slot{}, s.canvas, rule)
	if err != nil {
		return Reply{}, err
	}
	if theirs != nil {
		m.Seen = seen(typedDigest(canvasTyped(formOfCanvas(*theirs))))
		return Reply{Update: editCanvasForm(m, *theirs, canvasTyped(typed),
			say("*This was changed while you were typing.* Your words are still below. Save again to put them in place of what it says now."),
			rich(line(bold("What it says now")), line(text(theirs.Name+", kept by "), person(theirs.Owner))))}, nil
	}
	return app.finish(ctx, req, m, canvasTold(stored, "Saved "+Mrkdwn(stored.Key().String())+".")), nil
}
