package commands

import (
	"context"
	"fmt"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

const (
	// canvasBoxes is about how many boxes a page shows: a view has 100 blocks.
	canvasBoxes = 12
	// canvasHints is how many hints are shown.
	canvasHints = 5
)

// canvasPages cuts the boxes of a canvas into pages, columns in one piece. There is one
// at least.
func canvasPages(c pipeline.Canvas) [][]pipeline.BoxPlace {
	var pages [][]pipeline.BoxPlace
	var page []pipeline.BoxPlace
	rows := len(c.Template().Boxes)
	for i, place := range c.Places() {
		columnEnds := place.Column == 0 || i%rows == 0
		full := len(page) >= canvasBoxes || place.Column > 0 && len(page)+rows > canvasBoxes
		if len(page) > 0 && columnEnds && full || len(page) >= 2*canvasBoxes {
			pages, page = append(pages, page), nil
		}
		page = append(page, place)
	}
	return append(pages, page)
}

// canvasView draws a page of a canvas: what each box says, by whom and since when, and
// what to do about it.
func (app *App) canvasView(ctx context.Context, req *Request, s canvasScene) (*slack.ModalViewRequest, error) {
	var err error
	s.outcomes = app.may(req)(pipeline.ChangeOutcome)
	if s.ties, err = app.canvasTies(ctx, s.canvas); err != nil {
		return nil, err
	}
	if s.foot, err = app.canvasFoot(ctx, req, s); err != nil {
		return nil, err
	}
	return s.view(req.Channel), nil
}

// view draws it.
func (s canvasScene) view(channel string) *slack.ModalViewRequest {
	c := s.canvas
	pages := canvasPages(c)
	s.page = min(max(1, s.page), len(pages))
	facts := escape(c.Template().Name) + " · " + Mrkdwn(c.Key().String()) + " · kept by " + mention(c.Owner) + " · " + filledWords(c)
	blocks := []slack.Block{rich(line(bold(c.Name))), note(facts)}
	if !c.IsOpen() {
		blocks = append(blocks, note("Closed by ", mention(c.ClosedBy), ", ", when(c.Closed), ". It can be read, and opened again."))
	}
	blocks = append(blocks, s.pictureBlocks()...)
	blocks = append(blocks, buttons(s.steps()...))
	blocks = append(blocks, s.hintBlocks()...)
	column := 0
	for _, place := range pages[s.page-1] {
		if place.Column != column {
			column = place.Column
			blocks = append(blocks, s.columnBlocks(column)...)
		}
		blocks = append(blocks, s.boxBlocks(place)...)
	}
	if len(c.Places()) == 0 {
		blocks = append(blocks, note("There is no "+escape(c.Template().Columns)+" on it. Add one to begin."))
	}
	if len(pages) > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d", s.page, len(pages)))),
			buttons(pageButtons(actionCanvas, s.page, len(pages), canvasAt(c.Key(), 0).set("in", inCanvas))...))
	}
	blocks = append(blocks, s.foot...)
	return form("canvas.shown", "Canvas", "", metadata{Team: s.team.Key, Canvas: c.Number, Channel: channel}, blocks...)
}

// value is what a button in the window carries.
func (s canvasScene) value() params { return canvasValue(s.canvas.Key(), s.page) }

// steps are what can be done with the canvas as a whole.
func (s canvasScene) steps() []slack.BlockElement {
	c := s.canvas
	var steps []slack.BlockElement
	if s.may && c.IsOpen() {
		if len(c.Places()) > 0 {
			label := "Fill it box by box"
			if filled, of := c.Filled(); filled == of {
				label = "Go through it"
			}
			steps = append(steps, primary(button(actionBox, label, c.Name, s.value())))
		}
		if noun := c.Template().Columns; noun != "" {
			steps = append(steps, button(actionColumn+":"+columnAdd, "Add a "+noun, "to "+c.Name, s.value().set("to", columnAdd)))
		}
		steps = append(steps, button(actionCanvasEdit, "Name and owner", "of "+c.Name, s.value()))
	}
	steps = append(steps,
		button(actionCanvasHistory, "History", "of "+c.Name, canvasAt(c.Key(), 0)),
		button(actionCanvases, "All canvases", "of "+s.team.Name, newParams("team", string(s.team.Key), "in", inCanvas)))
	switch {
	case s.may && c.IsOpen():
		steps = append(steps, confirm(button(actionCanvasClose, "Close it", c.Name, s.value()),
			"Close this canvas?", "Nobody is asked about it any more. It stays readable, and can be opened again.", "Close it"))
	case s.may:
		steps = append(steps, button(actionCanvasReopen, "Open it again", c.Name, s.value()))
	}
	return steps
}

// hintBlocks are what is worth a second look.
func (s canvasScene) hintBlocks() []slack.Block {
	hints := s.canvas.Hints(s.open)
	if len(hints) == 0 || !s.canvas.IsOpen() {
		return nil
	}
	said := []slack.RichTextElement{line(bold("Worth a second look"))}
	for _, hint := range hints[:min(len(hints), canvasHints)] {
		said = append(said, line(text("• "+hint.Text)))
	}
	if more := len(hints) - canvasHints; more > 0 {
		said = append(said, line(text(fmt.Sprintf("• and %d more, once these are looked at", more))))
	}
	return []slack.Block{rich(said...)}
}

// columnBlocks head a column.
func (s canvasScene) columnBlocks(column int) []slack.Block {
	title := s.canvas.ColumnTitle(column)
	blocks := []slack.Block{header(title)}
	if !s.may || !s.canvas.IsOpen() {
		return blocks
	}
	move := func(to, label string) *slack.ButtonBlockElement {
		return button(actionColumn+":"+to, label, title, s.value().set("to", to).set("column", strconv.Itoa(column)))
	}
	var elements []slack.BlockElement
	columns := s.canvas.Columns
	if columns[0] != column {
		elements = append(elements, move(columnLeft, "Move earlier"))
	}
	if columns[len(columns)-1] != column {
		elements = append(elements, move(columnRight, "Move later"))
	}
	elements = append(elements, confirm(move(columnRemove, "Remove"), "Remove it?", "What its boxes say stays in the history.", "Remove"))
	return append(blocks, buttons(elements...))
}

// boxBlocks draw a box: all of its text, who wrote it and when, and what it leads to.
func (s canvasScene) boxBlocks(place pipeline.BoxPlace) []slack.Block {
	box, title := place.Box, place.Template.Title
	may := s.may && s.canvas.IsOpen()
	if box.Text == "" {
		blocks := []slack.Block{rich(line(bold(title)), line(text(place.Template.Question)))}
		if may {
			return append(blocks, buttons(button(actionBox+":"+string(place.ID), "Fill", place.Title, s.value().set(paramBox, string(place.ID)))))
		}
		return append(blocks, note("Empty"))
	}
	words := boxFacts(box)
	if ties := boxTieWords(s.ties, box); ties != "" {
		words += " · " + ties
	}
	blocks := []slack.Block{rich(line(bold(title)), quote(box.Text)), note(words)}
	if !may {
		return blocks
	}
	elements := []slack.BlockElement{
		button(actionBox+":"+string(place.ID), "Change", place.Title, s.value().set(paramBox, string(place.ID))),
		button(actionBoxTrue+":"+string(place.ID), "Still true", place.Title, s.value().set(paramBox, string(place.ID)).set("seen", box.Digest())),
	}
	return append(blocks, buttons(append(elements, s.boxTieButtons(place)...)...))
}

// boxFacts say who wrote a box and when, whether it was confirmed since, and its mark.
func boxFacts(b pipeline.Box) Mrkdwn {
	words := mention(b.By) + ", " + when(b.At)
	if b.ConfirmedBy != "" {
		words += " · still true: " + mention(b.ConfirmedBy) + ", " + when(b.Confirmed)
	}
	if b.Risk != "" {
		words += " · *" + Mrkdwn(b.Risk) + " risk*"
	}
	return words
}
