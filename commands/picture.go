package commands

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"alignbot/drawing"
	"alignbot/pipeline"
	"alignbot/storage"
)

// A picture stands in a view or message as a block of its own: first as a line that
// says that it is being drawn, and once Slack has it as an image, with the line
// redrawn in place. Nothing is drawn before an acknowledgement. What the picture
// shows is always said in words too, below it.

// Kinds of pictures. They stand in buttons and in stored records.
const (
	pictureTree   = "tree"    // of outcomes, opportunities or impacts. At: treePlace
	pictureFunnel = "funnel"  // of a team's ideas
	pictureHealth = "health"  // runway and ledger of a team
	pictureBurn   = "outcome" // its numbers over time. At: node
	pictureBallot = "ballot"  // what it came to. At: idea, ballot

	pictureStoryMap = "story-map" // At: mapPlace
	pictureHorizons = "board"     // Now-Next-Later of a team
	pictureCanvas   = "canvas"    // At: canvasAt
)

// loadPicture reads what a picture of one kind shows now.
type loadPicture func(app *App, ctx context.Context, of look) (pictured, error)

// look is what a picture is asked for.
type look struct {
	// team that was loaded, and may be read. Whatever at names must belong to it.
	team pipeline.Team
	// at is what the picture shows of it; a claim, as all that buttons carry.
	at  params
	now time.Time
}

// pictureKinds are all pictures: what a noun adds to have one.
func pictureKinds() map[string]loadPicture {
	return map[string]loadPicture{
		pictureTree:   (*App).loadTreePicture,
		pictureFunnel: (*App).loadFunnelPicture,
		pictureHealth: (*App).loadHealthPicture,
		pictureBurn:   (*App).loadBurnPicture,
		pictureBallot: (*App).loadBallotPicture,

		pictureStoryMap: (*App).loadStoryMapPicture,
		pictureHorizons: (*App).loadHorizonsPicture,
		pictureCanvas:   (*App).loadCanvasPicture,
	}
}

// pictured is what one picture shows at one moment, or a few that belong together,
// with all that is said beside them.
type pictured struct {
	// kind, and at, with the team as "team": what it is loaded by anew. The names
	// picture, in, at, around and format are taken.
	kind string
	at   params
	team pipeline.Team
	now  time.Time
	// title of a message that shows it: "The outcome tree of Payments".
	title  string
	sheets []sheet
	// words say the same as the sheets, below them in a message; Text is for
	// notifications and screen readers.
	words Post
	// formats it leaves Slack in, beside SVG.
	formats []pictureFormat
	// around is the kind of the outbox entry whose message it stands in, see
	// pictureMessages; "" for a message of its own.
	around string
	// chart is Slack's own drawing of it, which messages show where the workspace
	// takes it; nil for none.
	chart *slack.DataVisualizationBlock
}

// sheet is one picture.
type sheet struct {
	// name of its file, without what follows the dot.
	name string
	// value is what is drawn. What is equal as JSON is drawn once.
	value any
	draw  func(*drawing.Fonts, drawing.Style) drawing.Picture
}

// pictureFormat is a way for a picture to leave Slack as text.
type pictureFormat struct {
	// name as buttons carry it, and label: "mermaid", "Mermaid".
	name, label string
	// write gives the message that holds it.
	write func() (*Post, error)
}

// pictureBlock holds the place of a picture in a view or message, and is the line
// that says so until it is drawn.
type pictureBlock struct {
	of    pictured
	words Mrkdwn
}

const drawingNow Mrkdwn = "Drawing the picture…"

// BlockType of the line.
func (*pictureBlock) BlockType() slack.MessageBlockType { return slack.MBTContext }

// ID of the line: none.
func (*pictureBlock) ID() string { return "" }

// MarshalJSON gives the line.
func (b *pictureBlock) MarshalJSON() ([]byte, error) { return json.Marshal(note(b.words)) }

// inView is the picture for a view, with what can be done with it. in and at are the
// place of the view, so that Refresh can draw it anew.
func (p pictured) inView(in string, at params) []slack.Block {
	elements := []slack.BlockElement{
		button(actionPicture, "Refresh", "the picture", p.value().set("in", in).set("at", at.encode())),
		p.postButton(), p.svgButton(),
	}
	return []slack.Block{&pictureBlock{of: p, words: drawingNow}, buttons(elements...)}
}

// inMessage is the message that shows the picture: it, what it says in words, and
// what can be done with it. posted: everybody in the channel reads it.
func (p pictured) inMessage(posted bool) Post {
	elements := p.postedSteps()
	if !posted {
		elements = slices.Insert(elements, 1, slack.BlockElement(p.postButton()))
	}
	for _, format := range p.formats {
		elements = append(elements, button(actionPictureAs+":"+format.name, "As "+format.label, "this picture", p.value().set("format", format.name)))
	}
	blocks := []slack.Block{header(p.title), &pictureBlock{of: p, words: drawingNow}}
	return Post{Text: p.words.Text, Blocks: append(append(blocks, p.words.Blocks...), buttons(elements...))}
}

// postedSteps are what can be done with it in a message that everybody reads: it is
// drawn anew in its place, with the message around it.
func (p pictured) postedSteps() []slack.BlockElement {
	value := p.value()
	if p.around != "" {
		value = value.set("around", p.around)
	}
	return []slack.BlockElement{button(actionPicture, "Refresh", "the picture", value), p.svgButton()}
}

// value is what its buttons carry: at, and beside it which kind of picture, the place
// it stands in, the message around it, and a format.
func (p pictured) value() params {
	return params{maps.Clone(p.at.Values)}.set("picture", p.kind)
}

func (p pictured) postButton() *slack.ButtonBlockElement {
	return confirm(button(actionPicturePost, "Post to channel", "the picture", p.value()),
		"Post it?", "The picture is posted in the team's channel as it is then. Everybody there sees it.", "Post")
}

func (p pictured) svgButton() *slack.ButtonBlockElement {
	return button(actionPictureAs+":"+formatSVG, "As SVG", "this picture", p.value().set("format", formatSVG))
}

// pictureOf reads which picture is asked for.
func pictureOf(p params) (kind string, at params, err error) {
	kind, at = p.Get("picture"), params{maps.Clone(p.Values)}
	if _, known := pictureKinds()[kind]; !known || at.Get("team") == "" {
		return "", params{}, stale
	}
	for _, beside := range []string{"picture", "in", "at", "around", "format"} {
		at.Del(beside)
	}
	return kind, at, nil
}

// wantPicture: the team that the picture of a button is about.
func wantPicture(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	_, at, err := pictureOf(p)
	if err != nil {
		return storage.Want{}, err
	}
	team, err := at.team()
	return storage.Want{Team: team}, err
}

// clickedPicture loads the picture of a button.
func (app *App) clickedPicture(ctx context.Context, req *Request) (pictured, params, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return pictured{}, p, err
	}
	if req.Loaded.Team == nil {
		return pictured{}, p, stale
	}
	pic, err := app.loadPicture(ctx, *req.Loaded.Team, p, req.Now)
	return pic, p, err
}

// loadPicture loads what p names of the team.
func (app *App) loadPicture(ctx context.Context, team pipeline.Team, p params, now time.Time) (pictured, error) {
	kind, at, err := pictureOf(p)
	if err != nil {
		return pictured{}, err
	}
	if key, err := at.team(); err != nil || key != team.Key {
		return pictured{}, stale
	}
	pic, err := pictureKinds()[kind](app, ctx, look{team, at, now})
	pic.kind, pic.at, pic.team, pic.now = kind, at, team, now
	return pic, err
}

// refreshPicture draws a picture anew where it stands, of what is stored now.
func refreshPicture(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if req.Form != nil && p.Get("in") != "" {
		return app.answer(ctx, req, p, Reply{}), nil
	}
	pic, _, err := app.clickedPicture(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	switch {
	case req.Form != nil:
		return Reply{Update: form("picture.shown", "Picture", "", metadata{Team: pic.team.Key, Channel: req.Channel}, pic.inMessage(false).Blocks...)}, nil
	case req.Message != nil && req.Message.Private:
		post := pic.inMessage(false)
		return Reply{Replace: &post}, nil
	case req.Message != nil:
		if err := app.forgetTrouble(ctx, pic); err != nil {
			return Reply{}, err
		}
		again, err := pictureAgain(pic, p.Get("around"), *req.Message, req.Person.ID)
		if err != nil {
			return Reply{}, err
		}
		return Reply{}, app.Store.Enqueue(ctx, again)
	}
	return Reply{}, stale
}
