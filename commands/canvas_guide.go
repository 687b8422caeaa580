package commands

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The team's canvases as a list, and which to begin with.

// inCanvases: the list of a team's canvases. A place in it names the team and the page.
const inCanvases = "canvases"

// Where the sheets stand that the list is drawn from.
const (
	sheetCanvases = iota
	sheetOpenCanvases
	sheetOwnCanvases
	sheetTypedCanvas
)

// canvasesWant is what a page of the list is drawn from.
func canvasesWant(page int) storage.Want {
	return storage.Want{Sheets: []storage.SheetWant{
		sheetCanvases:     storage.WantCanvases((page-1)*pageSize, pageSize),
		sheetOpenCanvases: storage.WantOpenCanvases(),
		sheetOwnCanvases:  storage.WantOwnCanvases(),
	}}
}

// wantCanvases: the list of the team that a button names, or of the channel's.
func wantCanvases(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	want := canvasesWant(p.page())
	want.Team, err = p.team()
	want.Channel = req.Channel
	if kind := p.Get(paramKind); kind != "" && want.Team != "" {
		want.Draft = canvasSlot(want.Team, newSlot, kind)
		if !knownSlot(want.Draft) {
			return storage.Want{}, stale
		}
	}
	return want, err
}

// wantTypedCanvas: the same for what stands behind the command, and the canvas whose
// key it is.
func wantTypedCanvas(req *Request) (storage.Want, error) {
	want := canvasesWant(1)
	want.Channel = req.Channel
	if key, is := pipeline.ParseCanvasKey(typed(req.Words)); is {
		want.Team = key.Team
		want.Sheets = append(want.Sheets, storage.WantCanvas(key.Number))
	}
	return want, nil
}

// fitsCanvas: what can name a canvas or a kind.
func fitsCanvas(rest string) bool { return pipeline.Length(rest) <= pipeline.CanvasNameLimit }

// canvasesScene is what the list is drawn from.
type canvasesScene struct {
	team        pipeline.Team
	page, total int
	canvases    []pipeline.Canvas // of the page, the newest first
	open        []pipeline.Canvas
	own         []pipeline.CanvasTemplate
	may         bool // begin one
}

// canvasesScene of what was loaded.
func (app *App) canvasesScene(req *Request, page int) (s canvasesScene, err error) {
	if req.Loaded.Team == nil {
		return s, stale
	}
	s = canvasesScene{team: *req.Loaded.Team, page: page, may: app.may(req)(pipeline.FillCanvas)}
	if s.canvases, s.total, err = req.Loaded.Canvases(sheetCanvases); err != nil {
		return s, err
	}
	if s.open, _, err = req.Loaded.Canvases(sheetOpenCanvases); err != nil {
		return s, err
	}
	own, err := req.Loaded.OwnCanvases(sheetOwnCanvases)
	s.own = own.Templates
	return s, err
}

// typedCanvas answers /align canvas: with the list, or with the canvas that is named.
// A kind of which the team has none open is begun.
func typedCanvas(ctx context.Context, app *App, req *Request) (Reply, error) {
	words := pipeline.CleanLine(typed(req.Words))
	if req.Loaded.Team == nil {
		if _, is := pipeline.ParseCanvasKey(words); is {
			return Reply{}, noCanvas
		}
		return chooseTeam(ctx, app, req, actionCanvases, newParams())
	}
	s, err := app.canvasesScene(req, 1)
	if err != nil {
		return Reply{}, err
	}
	if words == "" {
		return Reply{Open: canvasesView(s, req.Channel)}, nil
	}
	var shown []pipeline.Canvas
	kind, known := kindTyped(words, pipeline.CanvasTemplatesOf(s.own))
	switch _, isKey := pipeline.ParseCanvasKey(words); {
	case isKey:
		if shown, _, err = req.Loaded.Canvases(sheetTypedCanvas); err != nil {
			return Reply{}, err
		}
		if len(shown) == 0 {
			return Reply{}, noCanvas
		}
	case known:
		for _, c := range s.open {
			if c.Kind == kind.ID {
				shown = append(shown, c)
			}
		}
	case slices.Contains([]string{string(pipeline.NowNextLater), "now next later", "board"}, strings.ToLower(words)):
		return tell("The Now-Next-Later board is drawn from the team's opportunities, so nobody fills it: type "+Mrkdwn(app.command("/align board"))+" to see it.",
			buttons(boardButton())), nil
	default:
		return Reply{}, unknownKind(s.own)
	}
	if len(shown) == 0 {
		if !s.may {
			return Reply{}, app.permit(ctx, req, pipeline.FillCanvas)
		}
		return app.openBegin(ctx, req, s, kind, newParams())
	}
	view, err := app.canvasView(ctx, req, canvasScene{team: s.team, canvas: shown[0], open: s.open, page: 1, may: s.may, now: req.Now})
	return Reply{Open: view}, err
}

// unknownKind is the answer to words that name no canvas. It does not repeat them: a key
// among them would read as one that there is.
func unknownKind(own []pipeline.CanvasTemplate) error {
	var kinds []string
	for _, t := range pipeline.CanvasTemplatesOf(own) {
		kinds = append(kinds, string(t.ID))
	}
	return &pipeline.Problem{
		Code: "canvas-unknown",
		What: "I know no canvas of that name.",
		Next: "Type /align canvas for the list and a short guide, or one of these behind it: " + strings.Join(kinds, ", ") + ".",
	}
}

// showCanvases shows the list of the team that a button names.
func showCanvases(_ context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	s, err := app.canvasesScene(req, p.page())
	if err != nil {
		return Reply{}, err
	}
	view := canvasesView(s, req.Channel)
	if req.Form != nil && p.Get("in") != "" {
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// redrawnCanvases draws the list again for the place of a button or form.
func (app *App) redrawnCanvases(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	again, p, err := app.reloaded(ctx, req, at, pipeline.ReadTeam, wantCanvases)
	if err != nil {
		return nil, err
	}
	s, err := app.canvasesScene(again, p.page())
	if err != nil {
		return nil, err
	}
	return canvasesView(s, at.channel), nil
}

// canvasesValue is what a button of the list carries.
func canvasesValue(team pipeline.TeamKey, page int) params {
	at := newParams("team", string(team), "page", strconv.Itoa(page))
	return newParams("team", string(team)).set("in", inCanvases).set("at", at.encode())
}

// canvasesView draws the list and the guide.
func canvasesView(s canvasesScene, channel string) *slack.ModalViewRequest {
	blocks := []slack.Block{say("The canvases of *" + escape(s.team.Name) + "*")}
	of := pagesOf(s.total)
	for _, c := range s.canvases {
		blocks = append(blocks, slack.NewSectionBlock(canvasRow(c), nil, slack.NewAccessory(canvasButton("Open", c, inCanvases))))
	}
	switch {
	case s.total == 0:
		blocks = append(blocks, note("None yet. Which one helps depends on where the product stands."))
	case of > 1:
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s, the newest first", s.page, of, counted(s.total, "canvas", "canvases")))),
			buttons(pageButtons(actionCanvases, s.page, of, newParams("team", string(s.team.Key), "in", inCanvases))...))
	}
	blocks = append(blocks, header("Where to begin"))
	for _, advice := range pipeline.CanvasGuide() {
		blocks = append(blocks, s.adviceBlocks(advice)...)
	}
	if len(s.own) > 0 {
		blocks = append(blocks, header("The team's own"))
	}
	for _, t := range pipeline.CanvasTemplatesOf(s.own)[len(pipeline.BuiltInCanvases()):] {
		elements := append(s.beginButtons(t.ID), s.readButton(t))
		blocks = append(blocks, rich(nameAndAbout(t)...), buttons(elements...))
	}
	blocks = append(blocks, note("A team adds canvases of its own from a file: whoever runs alignbot imports it with `alignbot canvas import`."))
	return form("canvas.list", "Canvases", "", metadata{Team: s.team.Key, Channel: channel}, blocks...)
}

// canvasRow is a canvas in one paragraph.
func canvasRow(c pipeline.Canvas) *slack.TextBlockObject {
	words := "*" + escape(c.Name) + "*\n" + escape(c.Template().Name) + " · " + Mrkdwn(c.Key().String()) + " · " + filledWords(c) + " · kept by " + mention(c.Owner)
	switch oldest := c.Oldest(); {
	case !c.IsOpen():
		words += " · closed " + when(c.Closed)
	case !oldest.IsZero():
		words += " · all confirmed since " + when(oldest)
	}
	return markup(words)
}

// filledWords say how full a canvas is.
func filledWords(c pipeline.Canvas) Mrkdwn {
	filled, of := c.Filled()
	return Mrkdwn(fmt.Sprintf("%d of %s filled", filled, counted(of, "box", "boxes")))
}

// adviceBlocks say what serves in a situation, and why, with what begins it.
func (s canvasesScene) adviceBlocks(a pipeline.CanvasAdvice) []slack.Block {
	var names []string
	var elements []slack.BlockElement
	add := func(kind pipeline.CanvasKind) string {
		if kind == pipeline.NowNextLater {
			elements = append(elements, boardButton())
			return "Now-Next-Later board"
		}
		t, _ := pipeline.FindCanvasTemplate(pipeline.BuiltInCanvases(), kind)
		elements = append(elements, s.beginButtons(kind)...)
		return t.Name
	}
	for _, kind := range a.Kinds {
		names = append(names, add(kind))
	}
	words := "*" + Mrkdwn(a.When) + "*: " + Mrkdwn(strings.Join(names, ", then "))
	if a.Instead != "" {
		words += Mrkdwn(fmt.Sprintf(" (or %s, %s)", add(a.Instead), a.InsteadWhy))
	}
	blocks := []slack.Block{say(words + "\n" + Mrkdwn(a.Why))}
	if len(elements) > 0 {
		blocks = append(blocks, buttons(elements...))
	}
	return blocks
}

// boardButton shows the Now-Next-Later board.
func boardButton() *slack.ButtonBlockElement {
	return button(actionDo+":board", "Show the board", "by Now, Next and Later", newParams("run", "/align board"))
}

// beginButtons begin a canvas of a kind, or open the one that stands alone.
func (s canvasesScene) beginButtons(kind pipeline.CanvasKind) []slack.BlockElement {
	t, _ := pipeline.FindCanvasTemplate(pipeline.CanvasTemplatesOf(s.own), kind)
	if i := slices.IndexFunc(s.open, func(c pipeline.Canvas) bool { return c.Kind == kind }); t.Alone && i >= 0 {
		b := canvasButton("Open the "+t.Name, s.open[i], inCanvases)
		b.ActionID += ":" + string(kind)
		return []slack.BlockElement{b}
	}
	if !s.may {
		return []slack.BlockElement{s.readButton(t)}
	}
	return []slack.BlockElement{button(actionCanvasForm+":"+string(kind), "Begin: "+t.Name, "", canvasesValue(s.team.Key, s.page).set(paramKind, string(kind)))}
}

// readButton shows what a canvas asks.
func (s canvasesScene) readButton(t pipeline.CanvasTemplate) *slack.ButtonBlockElement {
	return button(actionCanvasTemplate+":"+string(t.ID), "What it asks", t.Name, canvasesValue(s.team.Key, s.page).set(paramKind, string(t.ID)))
}
