package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// How a canvas is filled: box by box in the order of its method, by several people at
// once if they like.

// boxSlot names the draft of a box.
func boxSlot(team pipeline.TeamKey, number int, box pipeline.BoxID) string {
	return draftBox + string(team) + "." + strconv.Itoa(number) + "." + string(box)
}

// boxForm is what the form of a box is drawn from.
type boxForm struct {
	s     canvasScene
	place pipeline.BoxPlace
	m     metadata
	// typed stands in the inputs in place of what is stored; saved is when it was,
	// where it comes from a draft.
	typed map[pipeline.Field]string
	saved time.Time
	// clash is what somebody else wrote while this was typed.
	clash *pipeline.BoxClash
	notes []slack.Block
	// lean leaves out what Slack keeps in the inputs.
	lean bool
}

// boxTyped is what the form of a box shows, by field.
func boxTyped(b pipeline.Box) map[pipeline.Field]string {
	typed := map[pipeline.Field]string{}
	if b.Text != "" {
		typed[pipeline.FieldBoxText] = b.Text
	}
	if b.Risk != "" {
		typed[pipeline.FieldBoxRisk] = string(b.Risk)
	}
	return typed
}

// boxForm is the form of a box as it is stored, or as the person left it. m is what
// the form carries whichever box it shows.
func (req *Request) boxForm(s canvasScene, place pipeline.BoxPlace, m metadata, notes ...slack.Block) boxForm {
	m.Team, m.Canvas, m.Box, m.Next = s.team.Key, s.canvas.Number, place.ID, ""
	m.Draft, m.Fresh = boxSlot(s.team.Key, s.canvas.Number, place.ID), req.fresh()
	m.Seen, m.Stored = seen(place.Box.Digest()), typedDigest(boxTyped(place.Box))
	f := boxForm{s: s, place: place, m: m, typed: boxTyped(place.Box), notes: notes}
	if next, more := f.neighbour(1); more {
		f.m.Next = next.ID
	}
	if d := req.Loaded.Draft; d != nil && len(d.Typed) > 0 && typedDigest(d.Typed) != m.Stored {
		f.typed, f.saved = d.Typed, d.Saved
	}
	return f
}

// at is which of the canvas's boxes it is, from 0.
func (f boxForm) at(places []pipeline.BoxPlace) int {
	return slices.IndexFunc(places, func(p pipeline.BoxPlace) bool { return p.ID == f.place.ID })
}

// neighbour is the box that many places further on.
func (f boxForm) neighbour(by int) (pipeline.BoxPlace, bool) {
	places := f.s.canvas.Places()
	i := f.at(places) + by
	if i < 0 || i >= len(places) {
		return pipeline.BoxPlace{}, false
	}
	return places[i], true
}

// drawInAck draws the form as small as an acknowledgement needs it to be. Its inputs
// keep their ids, so Slack keeps what is typed in them.
func (f boxForm) drawInAck() *slack.ModalViewRequest {
	view := f.draw()
	if fitsAck(view) {
		return view
	}
	f.lean = true
	return f.draw()
}

// draw draws the form.
func (f boxForm) draw() *slack.ModalViewRequest {
	c, box := f.s.canvas, f.place.Template
	t, places := c.Template(), c.Places()
	where := fmt.Sprintf("%s · box %d of %d", c.Key(), f.at(places)+1, len(places))
	if box.Extra {
		where += " · may stay empty"
	}
	blocks := append([]slack.Block{}, f.notes...)
	blocks = append(blocks, rich(line(bold(c.Name)), line(text(f.place.Title))), note(Mrkdwn(where)))
	value := canvasAt(c.Key(), 0).set(paramBox, string(f.place.ID))
	switch {
	case f.clash != nil:
		blocks = append(blocks, f.clashBlocks(value)...)
	case !f.saved.IsZero():
		blocks = append(blocks, unsaved(f.saved), buttons(button(actionBox+":afresh", "Show what is saved", "instead", value.set("afresh", "1"))))
	case f.place.Box.Text != "":
		blocks = append(blocks, note(boxFacts(f.place.Box)))
	}
	shown := f.typed
	if f.lean {
		shown = nil
	}
	blocks = append(blocks, optional(textInput(pipeline.FieldBoxText, f.m.Fresh, box.Question, box.Help, "", shown[pipeline.FieldBoxText], pipeline.BoxTextLimit, true)))
	if t.Assumptions {
		blocks = append(blocks, optional(radioInput(pipeline.FieldBoxRisk, f.m.Fresh, "If this is wrong, what does it take with it?", "The riskiest assumption is tested first.", shown[pipeline.FieldBoxRisk], riskOptions())))
	}
	submit := "Save"
	var steps []slack.BlockElement
	step := func(label string, by int) {
		if to, more := f.neighbour(by); more {
			steps = append(steps, button(actionBox+":"+strconv.Itoa(by), label, to.Title, canvasAt(c.Key(), 0).set(paramBox, string(to.ID)).set("step", "1")))
		}
	}
	step("Back", -1)
	step("Skip", 1)
	if f.m.Next != "" {
		submit = "Next"
	}
	if len(steps) > 0 {
		blocks = append(blocks, buttons(steps...))
	}
	return form(formBox, pipeline.Cut(t.Name, 24), submit, f.m, blocks...)
}

// clashBlocks show what somebody else wrote, above what is typed.
func (f boxForm) clashBlocks(value params) []slack.Block {
	theirs := f.clash.Place.Box
	blocks := []slack.Block{say("*Somebody changed this box while you were typing.* Theirs stands. Yours is below, not saved: save again to put it in the place of theirs.")}
	if theirs.Text == "" {
		blocks = append(blocks, note("It was emptied."))
	} else {
		blocks = append(blocks, rich(line(bold("What it says now")), quote(theirs.Text)), note(boxFacts(theirs)))
	}
	return append(blocks, buttons(button(actionBox+":afresh", "Keep theirs", "", value.set("afresh", "1"))))
}

// riskWords name the marks.
var riskWords = map[pipeline.Risk]string{
	pipeline.RiskLow: "Low risk: little", pipeline.RiskMedium: "Medium risk: some other boxes", pipeline.RiskHigh: "High risk: everything",
}

// riskOptions of a box. Radio buttons cannot be cleared, so there is one for no mark.
func riskOptions() []*slack.OptionBlockObject {
	options := []*slack.OptionBlockObject{option(noneChosen, "Not marked")}
	for _, risk := range pipeline.Risks() {
		options = append(options, option(string(risk), riskWords[risk]))
	}
	return options
}

// typedBox is what stands in the form.
func (f *Form) typedBox(m metadata) pipeline.TypedBox {
	risk := f.Value(pipeline.FieldBoxRisk).Text
	if risk == noneChosen {
		risk = ""
	}
	return pipeline.TypedBox{ID: m.Box, Text: f.Value(pipeline.FieldBoxText).Text, Risk: pipeline.Risk(risk), Seen: m.Seen[seenBefore]}
}

// openBox opens the form of a box, the first empty one where none is named; or goes on
// to it from another box, keeping what is typed there.
func openBox(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedCanvas(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	place, ok := s.canvas.Place(pipeline.BoxID(p.Get(paramBox)))
	if p.Get(paramBox) == "" {
		place, ok = firstEmpty(s.canvas)
	}
	typed := pipeline.TypedBox{ID: place.ID, Text: place.Box.Text, Risk: place.Box.Risk, Seen: place.Box.Digest()}
	if _, _, _, err := pipeline.FillBox(app.Policy, req.Person, req.where(), s.canvas, typed, req.Now); refusedAtOnce(err) {
		return Reply{}, err
	}
	if !ok {
		return Reply{}, noCanvas
	}
	if req.Form == nil || p.Get("step")+p.Get("afresh") == "" {
		if p.Get(paramBox) == "" {
			if err := app.findBoxDraft(ctx, req, s.canvas, place); err != nil {
				return Reply{}, err
			}
		}
		return Reply{Open: req.boxForm(s, place, req.formOver(p, "")).draw()}, nil
	}
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	if req.afresh(p) {
		req.Loaded.Draft = nil
		if m, err = dropFormDraft(ctx, app, req); err != nil {
			return Reply{}, err
		}
	} else if m.Draft != boxSlot(s.team.Key, s.canvas.Number, m.Box) {
		return Reply{}, stale
	} else if typedDigest(req.Form.typed()) != m.Stored {
		if err := app.keepTyped(ctx, req, m); err != nil {
			return Reply{}, err
		}
	}
	return Reply{Update: req.boxForm(s, place, m).draw()}, nil
}

// findBoxDraft finds what was typed into a box before, where the button named none.
func (app *App) findBoxDraft(ctx context.Context, req *Request, c pipeline.Canvas, place pipeline.BoxPlace) error {
	drafts, err := app.Store.Drafts(ctx, req.Person.ID)
	if d, kept := drafts[boxSlot(c.Team, c.Number, place.ID)]; kept {
		req.Loaded.Draft = &d
	}
	return err
}

// firstEmpty is the box to go on with: the first empty one, else the first.
func firstEmpty(c pipeline.Canvas) (pipeline.BoxPlace, bool) {
	places := c.Places()
	if len(places) == 0 {
		return pipeline.BoxPlace{}, false
	}
	if i := slices.IndexFunc(places, func(p pipeline.BoxPlace) bool { return p.Box.Text == "" }); i >= 0 {
		return places[i], true
	}
	return places[0], true
}

// fillBox stores what was typed into a box and goes on to the next one. Where somebody
// else changed the same box meanwhile, theirs stays, and both are shown.
func fillBox(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	s, err := app.canvasScene(ctx, req, 1)
	if err != nil {
		return Reply{}, err
	}
	typed, op := req.Form.typedBox(m), req.Op
	if !req.Loaded.First {
		now, before, err := app.canvasBefore(ctx, req, s.canvas)
		if err != nil {
			return Reply{}, err
		}
		s.canvas = now
		// What an earlier try of the same form wrote is no clash with it.
		if theirs, filled := now.Boxes[m.Box]; before && (!filled || theirs.By == req.Person.ID) {
			op, typed.Seen = "again:"+req.tryOf(typed), theirs.Digest()
		}
	}
	var clash *pipeline.BoxClash
	s.canvas, err = app.changeCanvasAs(ctx, req, op, slot, s.canvas, func(c pipeline.Canvas) (after pipeline.Canvas, event pipeline.Event, err error) {
		after, event, clash, err = pipeline.FillBox(app.Policy, req.Person, req.where(), c, typed, req.Now)
		if clash != nil {
			err = errClash // the draft stays, because the form does
		}
		return after, event, err
	})
	if clash != nil && errors.Is(err, errClash) {
		f := req.boxForm(s, clash.Place, m)
		f.clash, f.saved, f.typed, f.m.Fresh, f.m.Stored = clash, time.Time{}, boxTyped(clash.Mine), m.Fresh, ""
		return Reply{Update: f.drawInAck()}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	place, there := s.canvas.Place(m.Box)
	if next, more := (boxForm{s: s, place: place}).neighbour(1); there && more {
		if next.ID != m.Next { // the draft that was read is another box's
			req.Loaded.Draft = nil
		}
		return Reply{Update: req.boxForm(s, next, m).drawInAck()}, nil
	}
	return app.finish(ctx, req, m, canvasTold(s.canvas, "Saved. All boxes of "+Mrkdwn(s.canvas.Key().String())+" have been asked.")), nil
}

// closeBox keeps what was typed, and shows the boxes that were filled before it on the
// canvas below.
func closeBox(ctx context.Context, app *App, req *Request) (Reply, error) {
	if _, err := saveDraft(ctx, app, req); err != nil {
		return Reply{}, err
	}
	m, err := req.metadata()
	return app.finish(ctx, req, metadata{Below: m.Below, At: m.At, Channel: m.Channel, Home: m.Home}, Reply{}), err
}

// errClash ends a change that would overwrite what somebody else wrote.
var errClash = errors.New("somebody else changed the box")
