package commands

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/slacksim/blockkit"
	"alignbot/storage"
)

// drawnCanvas is a canvas of a kind with as much in its boxes as there can be; of one
// with columns, as many as there can be.
func drawnCanvas(w words, kind pipeline.CanvasKind) pipeline.Canvas {
	c := pipeline.Canvas{
		Team: "PAY", Number: 3, Version: 9, Kind: kind, Name: pipeline.Cut(w.line, pipeline.CanvasNameLimit), Owner: "U1",
		Began: drawnAt, BeganBy: "U1", Changed: drawnAt, Boxes: map[pipeline.BoxID]pipeline.Box{},
	}
	if c.Template().Columns != "" {
		for c.LastColumn < pipeline.CanvasColumnsMax {
			c.LastColumn++
			c.Columns = append(c.Columns, c.LastColumn)
		}
	}
	for i, place := range c.Places() {
		if i%4 == 3 {
			continue
		}
		box := pipeline.Box{Text: pipeline.Cut(w.text, pipeline.BoxTextLimit), By: "U1", At: drawnAt, Confirmed: drawnAt.AddDate(0, 0, 9), ConfirmedBy: "U2"}
		if c.Template().Assumptions {
			box.Risk = append(pipeline.Risks(), "")[i%4]
		}
		c.Boxes[place.ID] = box
	}
	return c
}

// canvasDrawings are all views of canvases.
func canvasDrawings(w words) map[string]any {
	team := drawnTeam(w)
	lean, roadmap := drawnCanvas(w, pipeline.LeanCanvas), drawnCanvas(w, pipeline.GORoadmap)
	closed := lean
	closed.Closed, closed.ClosedBy = drawnAt, "U2"
	own := pipeline.CanvasTemplate{ID: "own", Name: pipeline.Cut(w.line, pipeline.TemplateNameLimit), About: pipeline.Cut(w.text, pipeline.AboutLimit)}
	for i := range pipeline.BoxLimit {
		own.Boxes = append(own.Boxes, pipeline.BoxTemplate{
			ID: pipeline.BoxID(fmt.Sprint("box-", i)), Title: pipeline.Cut(w.line, pipeline.BoxTitleLimit), Question: pipeline.Cut(w.line, pipeline.QuestionLimit), Help: pipeline.Cut(w.text, pipeline.HelpLimit),
		})
	}
	empty := pipeline.Canvas{Team: "PAY", Number: 4, Kind: own.ID, Own: &own, Name: lean.Name, Owner: "U1", Began: drawnAt, BeganBy: "U1"}
	scene := func(c pipeline.Canvas, page int, may bool) canvasScene {
		return canvasScene{team: team, canvas: c, open: []pipeline.Canvas{lean, roadmap}, page: page, may: may, now: drawnAt}
	}
	owns := make([]pipeline.CanvasTemplate, pipeline.CanvasTemplateLimit)
	for i := range owns {
		owns[i] = own
		owns[i].ID = pipeline.CanvasKind(fmt.Sprint("own-", i))
	}
	list := canvasesScene{team: team, page: 2, total: 25, own: owns, may: true}
	for i := range pageSize {
		list.canvases = append(list.canvases, []pipeline.Canvas{lean, roadmap, closed, empty}[i%4])
	}
	goal := drawnCanvas(w, pipeline.ProductGoal)
	reader := canvasesScene{team: team, page: 1, open: []pipeline.Canvas{goal}}

	m := metadata{Channel: "C1", Below: inCanvas, At: canvasAt(lean.Key(), 1).encode()}
	req := &Request{Op: "x", Now: drawnAt}
	places := lean.Places()
	box := req.boxForm(scene(lean, 1, true), places[1], m)
	clash := req.boxForm(scene(lean, 1, true), places[1], m)
	clash.clash, clash.typed = &pipeline.BoxClash{Place: places[1], Mine: lean.Boxes[places[0].ID]}, boxTyped(lean.Boxes[places[0].ID])
	typed := req.boxForm(scene(empty, 1, true), empty.Places()[0], m, say("*PAY-C4 is begun.*"))
	typed.typed, typed.saved = boxTyped(lean.Boxes[places[0].ID]), drawnAt

	history := historyScene{canvas: lean, page: 2, after: 9_980, total: 10_000, channel: "C1"}
	for i := range pageSize {
		place := places[i]
		line := pipeline.Event{At: drawnAt, By: "U1", What: []pipeline.What{pipeline.BoxChanged, pipeline.BoxConfirmed, pipeline.CanvasEdited, pipeline.ColumnRemoved}[i%4], About: place.Title}
		switch line.What {
		case pipeline.BoxChanged, pipeline.ColumnRemoved:
			line.Changes = []pipeline.Change{{Field: pipeline.Field(place.ID), From: w.text, To: place.Box.Text}, {Field: pipeline.Field(place.ID + " risk"), To: "high"}}
		case pipeline.CanvasEdited:
			line.Changes = []pipeline.Change{{Field: pipeline.FieldCanvasName, From: lean.Name, To: "x"}, {Field: pipeline.FieldCanvasOwner, From: "U1", To: "U2"}}
		}
		history.lines = append(history.lines, line)
	}
	diff := diffScene{canvas: lean, first: 17, last: 9_999, total: 10_000, until: history.lines[0], page: 1, channel: "C1"}
	diff.differences = []pipeline.CanvasDifference{{Field: pipeline.FieldCanvasName, Title: "Name", From: lean.Name, To: "x"}, {Field: pipeline.FieldCanvasOwner, Title: "Owner", From: "U1", To: "U2"}}
	for i, place := range places {
		d := pipeline.CanvasDifference{Field: pipeline.Field(place.ID), Title: place.Title, From: place.Box.Text, To: "A word " + place.Box.Text, RiskFrom: place.Box.Risk}
		if i%3 == 0 {
			d.To = ""
		}
		diff.differences = append(diff.differences, d)
	}
	same := diff
	same.differences = nil

	views := map[string]*slack.ModalViewRequest{
		"canvas_lean": scene(lean, 1, true).view("C1"), "canvas_roadmap": scene(roadmap, 2, true).view("C1"), "canvas_closed": scene(closed, 1, true).view("C1"),
		"canvas_empty_reader": scene(empty, 3, false).view("C1"),
		"canvases":            canvasesView(list, "C1"), "canvases_none_reader": canvasesView(reader, "C1"), "canvas_asks": canvasTemplateView(own, "C1"),
		"canvas_begin": beginForm(m, own, canvasTyped(pipeline.CanvasForm{Name: lean.Name, Owner: "U1"}), typedBeforeNote(actionCanvasForm, newParams(), drawnAt)...),
		"canvas_edit":  editCanvasForm(m, lean, canvasTyped(formOfCanvas(lean))),
		"canvas_box":   box.draw(), "canvas_box_clash": clash.draw(), "canvas_box_draft": typed.draw(),
		"canvas_history": history.view(), "canvas_compared": diff.view(), "canvas_compared_same": same.view(),
	}
	all := map[string]any{}
	for name, view := range views {
		all[name] = view
	}
	return all
}

// What answers a form has to fit into the acknowledgement, however long and awkward
// the two texts of a clash, or the next box, are.
func TestTheFormOfABoxFitsIntoTheAcknowledgement(t *testing.T) {
	for _, r := range []string{"x", "<", "字", "👩", "\""} {
		text := strings.Repeat(r, pipeline.BoxTextLimit)
		c := drawnCanvas(words{line: text, text: text}, pipeline.LeanCanvas)
		f := (&Request{Op: "x", Now: drawnAt}).boxForm(canvasScene{canvas: c}, c.Places()[0], metadata{Channel: "C1", Below: inCanvas, At: canvasAt(c.Key(), 1).encode()})
		if !fitsAck(f.draw()) {
			t.Errorf("the form of a box of %q does not fit", r)
		}
		f.clash = &pipeline.BoxClash{Place: c.Places()[0], Mine: c.Boxes["segments"]}
		if !fitsAck(f.drawInAck()) {
			t.Errorf("a clash of %q does not fit", r)
		}
	}
}

// A message with the picture of a canvas is posted and then redrawn with the picture,
// which Slack refuses where its texts are too long.
func TestTheMessagesOfAFullCanvasFit(t *testing.T) {
	for _, r := range []string{"x", "&", "字", "@"} {
		text := strings.Repeat(r, pipeline.BoxTextLimit)
		for _, kind := range []pipeline.CanvasKind{pipeline.LeanCanvas, pipeline.GORoadmap, pipeline.ProductGoal} {
			c := drawnCanvas(words{line: text, text: text}, kind)
			s := canvasScene{team: pipeline.Team{Key: "PAY", Name: pipeline.Cut(text, pipeline.TeamNameLimit), Zone: "UTC"}, canvas: c, now: drawnAt}
			for name, post := range map[string]Post{
				"the picture":       s.picture().inMessage(true),
				"the canvas posted": canvasPost(viewApp, s, pipeline.CanvasMarkdown(c, pipeline.CanvasTies{}), text),
			} {
				with := map[*pictureBlock][]slack.Block{}
				for _, place := range picturesIn(post.Blocks) {
					with[place] = imageBlocks([]storage.Picture{{File: "F0FILE001", Alt: strings.Repeat(r, altMost)}})
				}
				blocks := encode(t, filled(post.Blocks, with))
				if n := utf8.RuneCountInString(string(post.Text)); n > blockkit.MaxUpdateText {
					t.Errorf("%s of a %s of %q: %d characters for notifications", name, kind, r, n)
				}
				if n := blockkit.TextTotal(blocks); n > 10_000 {
					t.Errorf("%s of a %s of %q: %d characters in its blocks", name, kind, r, n)
				}
				for _, p := range blockkit.Message(blocks) {
					t.Errorf("%s of a %s of %q: %s %s", name, kind, r, p.Pointer, p.Message)
				}
			}
		}
	}
}
