package commands

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// What happened to a canvas, and how two versions of it differ. A version is the number
// of a line of its history: what the canvas was after it.

// inCanvasHistory stands in the value of the buttons that turn its pages.
const inCanvasHistory = "canvas.history"

// The inputs of the form that compares two versions.
const (
	fieldVersionFrom pipeline.Field = "from_version"
	fieldVersionTo   pipeline.Field = "to_version"
)

// historyScene is what a page of the history is drawn from.
type historyScene struct {
	canvas pipeline.Canvas
	// lines of the page, the oldest first; the first one has the number after + 1, of
	// total.
	lines              []pipeline.Event
	page, after, total int
	channel            string
}

// showCanvasHistory opens the history of a canvas at its newest page, or turns its page.
func showCanvasHistory(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedCanvas(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	h, err := app.historyScene(ctx, s.canvas, p.page())
	if err != nil {
		return Reply{}, err
	}
	h.channel = req.Channel
	if req.Form != nil && p.Get("in") == inCanvasHistory {
		return Reply{Update: h.view()}, nil
	}
	return Reply{Open: h.view()}, nil
}

// historyScene reads a page, from 1, the newest first. A page past the end is the last
// one.
func (app *App) historyScene(ctx context.Context, c pipeline.Canvas, page int) (historyScene, error) {
	_, total, err := app.Store.CanvasLines(ctx, c.Key(), 0, 0)
	if err != nil {
		return historyScene{}, err
	}
	page = min(page, pagesOf(total))
	last := total - (page-1)*pageSize
	h := historyScene{canvas: c, page: page, after: max(0, last-pageSize), total: total}
	h.lines, _, err = app.Store.CanvasLines(ctx, c.Key(), h.after, last)
	return h, err
}

// view draws it.
func (h historyScene) view() *slack.ModalViewRequest {
	c := h.canvas
	blocks := []slack.Block{rich(line(bold(c.Name))), note(Mrkdwn(fmt.Sprintf("%s · %s, the newest first. Each is a version that can be compared.", c.Key(), counted(h.total, "change", "changes"))))}
	if h.total > 1 {
		blocks = append(blocks, buttons(button(actionCanvasDiff, "Compare two versions", "of "+c.Name, h.between(1, h.total))))
	}
	for i := len(h.lines) - 1; i >= 0; i-- {
		version := h.after + i + 1
		said := []slack.RichTextElement{line(bold(fmt.Sprintf("Version %d", version)), text(" · "), moment(h.lines[i].At), text(" · "), person(h.lines[i].By), text(" "+canvasDeed(h.lines[i])))}
		for _, change := range h.lines[i].Changes {
			if words := canvasChange(c, change); words != nil {
				said = append(said, words)
			}
		}
		blocks = append(blocks, rich(said...))
		if version > 1 && len(h.lines[i].Changes) > 0 {
			blocks = append(blocks, buttons(button(actionCanvasDiff+":"+strconv.Itoa(version), "What changed, in full", fmt.Sprintf("in version %d", version), h.between(version-1, version))))
		}
	}
	if of := pagesOf(h.total); of > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d", h.page, of))),
			buttons(pageButtons(actionCanvasHistory, h.page, of, canvasAt(c.Key(), 0).set("in", inCanvasHistory))...))
	}
	return form("canvas.history_shown", "History of "+c.Key().String(), "", metadata{Team: c.Team, Canvas: c.Number, Channel: h.channel}, blocks...)
}

// between names two versions.
func (h historyScene) between(from, to int) params {
	return canvasAt(h.canvas.Key(), 0).set("from", strconv.Itoa(from)).set("until", strconv.Itoa(to))
}

// canvasDeed words what somebody did to a canvas, after their name.
func canvasDeed(e pipeline.Event) string {
	box := "“" + e.About + "”"
	switch e.What {
	case pipeline.CanvasBegun:
		return "began it as a " + e.About
	case pipeline.CanvasEdited:
		return "changed its name or owner"
	case pipeline.CanvasClosed:
		return "closed it"
	case pipeline.CanvasReopened:
		return "opened it again"
	case pipeline.BoxConfirmed:
		return "said that " + box + " is still true"
	case pipeline.BoxChanged:
		for _, c := range e.Changes {
			switch {
			case isRisk(c):
			case c.To == "":
				return "emptied " + box
			case c.From == "":
				return "filled " + box
			}
		}
		return "changed " + box
	case pipeline.ColumnAdded:
		return "added " + box
	case pipeline.ColumnMoved:
		return "moved " + box
	case pipeline.ColumnRemoved:
		return "removed " + box
	case pipeline.BoxOutcome:
		return "made " + box + " an outcome"
	case pipeline.BoxTested:
		return "began a test of " + box
	case pipeline.BoxUntied:
		return "took away what " + box + " led to"
	}
	return string(e.What) + " " + box
}

// isRisk tells whether a change is one of the mark of risk.
func isRisk(c pipeline.Change) bool { return strings.HasSuffix(string(c.Field), " risk") }

// canvasChange words a change in a line of the history, cut; nil for what the deed says.
func canvasChange(c pipeline.Canvas, change pipeline.Change) slack.RichTextElement {
	name := ""
	switch change.Field {
	case pipeline.FieldCanvasColumns:
		return nil
	case pipeline.FieldCanvasName:
		name = "Name"
	case pipeline.FieldCanvasOwner:
		words := quote("Owner: ")
		if change.From != "" {
			words.Elements = append(words.Elements, person(change.From), text(", then "))
		}
		words.Elements = append(words.Elements, person(change.To))
		return words
	default:
		if isRisk(change) {
			name = "Risk"
		}
	}
	if name != "" {
		name += ": "
	}
	switch {
	case change.From == "":
		return quote(name + quoted(change.To))
	case change.To == "":
		return quote(name + "it was " + quoted(change.From))
	}
	return quote(name + "it was " + quoted(change.From) + ", it became " + quoted(change.To))
}

// showCanvasDiff shows how two versions differ: the two that a button names.
func showCanvasDiff(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedCanvas(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	view, err := app.canvasDiff(ctx, req, s.canvas, p.number("from"), p.number("until"), p.page())
	if err != nil {
		return Reply{}, err
	}
	return Reply{Update: view}, nil
}

// compareCanvas shows how the two versions differ whose numbers were typed.
func compareCanvas(ctx context.Context, app *App, req *Request) (Reply, error) {
	s, err := app.canvasScene(ctx, req, 1)
	if err != nil {
		return Reply{}, err
	}
	_, total, err := app.Store.CanvasLines(ctx, s.canvas.Key(), 0, 0)
	if err != nil {
		return Reply{}, err
	}
	wrong := map[pipeline.Field]string{}
	number := func(field pipeline.Field) int {
		n, err := strconv.Atoi(pipeline.CleanLine(req.Form.Value(field).Text))
		if err != nil || n < 1 || n > total {
			wrong[field] = fmt.Sprintf("The number of a version, from 1 to %d.", total)
		}
		return n
	}
	from, to := number(fieldVersionFrom), number(fieldVersionTo)
	if len(wrong) > 0 {
		return Reply{}, &pipeline.Problem{Code: "version-unknown", Fields: wrong}
	}
	view, err := app.canvasDiff(ctx, req, s.canvas, from, to, 1)
	if err != nil {
		return Reply{}, err
	}
	if fitsAck(view) {
		return Reply{Update: view}, nil
	}
	// What a button draws may be larger.
	m := metadata{Team: s.team.Key, Canvas: s.canvas.Number, Channel: req.Channel}
	between := historyScene{canvas: s.canvas}.between(from, to)
	return Reply{Update: form("canvas.comparing", "Two versions", "", m, say("*Compared.* There is much to show."), buttons(primary(button(actionCanvasDiff, "Show how they differ", "", between))))}, nil
}

// canvasDiff reads and draws it. Versions that are not there are the nearest ones.
func (app *App) canvasDiff(ctx context.Context, req *Request, c pipeline.Canvas, from, to, page int) (*slack.ModalViewRequest, error) {
	_, total, err := app.Store.CanvasLines(ctx, c.Key(), 0, 0)
	if err != nil {
		return nil, err
	}
	from, to = min(max(from, 1), total), min(max(to, 1), total)
	first, last := min(from, to), max(from, to)
	span, err := app.Store.CanvasSpan(ctx, c.Key(), first, last)
	if err != nil {
		return nil, err
	}
	d := diffScene{canvas: c, first: first, last: last, total: total, page: page, differences: span.Differences(c), channel: req.Channel}
	ends, _, err := app.Store.CanvasLines(ctx, c.Key(), last-1, last)
	if err == nil && len(ends) > 0 {
		d.until = ends[0]
	}
	return d.view(), err
}

// diffScene is what the difference of two versions is drawn from.
type diffScene struct {
	canvas             pipeline.Canvas
	first, last, total int
	until              pipeline.Event // the line that made the last
	page               int
	differences        []pipeline.CanvasDifference
	channel            string
}

// view draws a page of the differences, and the form that asks for two others.
func (d diffScene) view() *slack.ModalViewRequest {
	c := d.canvas
	blocks := []slack.Block{
		rich(line(bold(c.Name)), line(text(fmt.Sprintf("From version %d to version %d, ", d.first, d.last)), moment(d.until.At))),
		note("What is ~struck out~ is gone, what is *bold* is new."),
	}
	of := pagesOf(len(d.differences))
	page := min(d.page, of)
	for _, one := range d.differences[(page-1)*pageSize : min(page*pageSize, len(d.differences))] {
		blocks = append(blocks, differenceBlock(one))
	}
	if len(d.differences) == 0 {
		blocks = append(blocks, say("Nothing differs between the two."))
	}
	if of > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d", page, of))),
			buttons(pageButtons(actionCanvasDiff, page, of, canvasAt(c.Key(), 0).set("from", strconv.Itoa(d.first)).set("until", strconv.Itoa(d.last)))...))
	}
	fresh := fmt.Sprintf("%d-%d", d.first, d.last)
	number := func(field pipeline.Field, label string, version int) slack.Block {
		input := slack.NewPlainTextInputBlockElement(nil, actionIgnore)
		input.InitialValue, input.MaxLength = strconv.Itoa(version), 9
		return slack.NewInputBlock(blockID(field, fresh), plain(label), nil, input)
	}
	blocks = append(blocks, slack.NewDividerBlock(),
		number(fieldVersionFrom, "Compare version", d.first),
		number(fieldVersionTo, fmt.Sprintf("with version (1 to %d)", d.total), d.last),
		buttons(button(actionCanvasHistory, "Back to the history", "of "+c.Name, canvasAt(c.Key(), 0).set("in", inCanvasHistory))))
	return form(formCanvasDiff, "Two versions", "Compare", metadata{Team: c.Team, Canvas: c.Number, Channel: d.channel}, blocks...)
}

// differenceBlock draws how a box differs, word by word.
func differenceBlock(d pipeline.CanvasDifference) slack.Block {
	what := "changed"
	switch {
	case d.From == "" && d.To != "":
		what = "added"
	case d.From != "" && d.To == "":
		what = "removed"
	case d.From == d.To:
		what = "marked otherwise"
	}
	said := []slack.RichTextElement{line(bold(d.Title), text(" ("+what+")"))}
	switch {
	case d.Field == pipeline.FieldCanvasOwner:
		owner := quote("Now ")
		owner.Elements = append(owner.Elements, person(d.To))
		if d.From != "" {
			owner.Elements = append(owner.Elements, text(", before "), person(d.From))
		}
		said = append(said, owner)
	case d.From != d.To:
		words := &slack.RichTextQuote{Type: slack.RTEQuote}
		for _, piece := range pipeline.DiffTexts(d.From, d.To) {
			words.Elements = append(words.Elements, diffRun(piece))
		}
		said = append(said, words)
	}
	if d.RiskFrom != d.RiskTo {
		said = append(said, line(text(fmt.Sprintf("Risk: %s, before %s", riskShown(d.RiskTo), riskShown(d.RiskFrom)))))
	}
	return rich(said...)
}

// diffRun is one run of words of a difference.
func diffRun(piece pipeline.DiffWords) slack.RichTextSectionElement {
	switch piece.Kind {
	case pipeline.DiffRemoved:
		return slack.NewRichTextSectionTextElement(piece.Text, &slack.RichTextSectionTextStyle{Strike: true})
	case pipeline.DiffAdded:
		return bold(piece.Text)
	}
	return text(piece.Text)
}

func riskShown(r pipeline.Risk) string {
	if r == "" {
		return "not marked"
	}
	return string(r)
}
