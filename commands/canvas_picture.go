package commands

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"alignbot/drawing"
	"alignbot/pipeline"
	"alignbot/storage"
)

// A canvas as a picture: one page, each box in its place.

const (
	// canvasWords is how much of its boxes the words below the picture say, in runes.
	canvasWords = 6000
	// canvasNotified is how much of it the text for notifications and screen readers
	// says, in runes: escaped, each is five characters at most, and Slack refuses to
	// redraw a message whose text has more than 4,000.
	canvasNotified = 700
)

// canvasShape is what the picture of a canvas shows.
type canvasShape struct {
	Key    string // which the canvas itself leaves out as JSON
	Canvas pipeline.Canvas
}

// canvasFormats are those in which a canvas leaves Slack, beside its picture.
var canvasFormats = []struct {
	name, label string
	write       func(canvasScene) (string, error)
}{
	{"markdown", "Markdown", func(s canvasScene) (string, error) {
		return pipeline.CanvasMarkdown(s.canvas, s.ties), nil
	}},
	{"json", "JSON", func(s canvasScene) (string, error) {
		code, err := pipeline.CanvasJSON(s.canvas)
		return string(code), err
	}},
}

// picture of the canvas.
func (s canvasScene) picture() pictured {
	c := s.canvas
	title := c.Template().Name + ": " + c.Name
	p := pictured{
		kind: pictureCanvas, at: canvasAt(c.Key(), 0), team: s.team, now: s.now, title: title,
		sheets: []sheet{{name: "canvas", value: canvasShape{c.Key().String(), c}, draw: func(f *drawing.Fonts, style drawing.Style) drawing.Picture {
			return drawing.Canvas(f, c, style)
		}}},
		words: s.inWords(title),
	}
	for _, format := range canvasFormats {
		p.formats = append(p.formats, pictureFormat{format.name, format.label, func() (*Post, error) {
			code, err := format.write(s)
			return codePost(escape(title)+" as "+Mrkdwn(format.label), code, ""), err
		}})
	}
	return p
}

// inWords says what the boxes say, each as long as there is room for all.
func (s canvasScene) inWords(title string) Post {
	var places []pipeline.BoxPlace
	for _, place := range s.canvas.Places() {
		if place.Box.Text != "" {
			places = append(places, place)
		}
	}
	notified := pipeline.Cut(title, 200) + ": " + string(filledWords(s.canvas)) + "."
	var said []slack.RichTextElement
	for _, place := range places {
		said = append(said, line(bold(place.Title)), quote(pipeline.Cut(place.Box.Text, canvasWords/len(places))))
		notified += " " + place.Title + ": " + pipeline.Cut(pipeline.CleanLine(place.Box.Text), max(20, canvasNotified/len(places))) + "."
	}
	post := Post{Text: fallback(pipeline.Cut(notified, canvasNotified))}
	if len(said) > 0 {
		post.Blocks = append(post.Blocks, rich(said...))
	}
	return post
}

// pictureBlocks are the picture in the window, with the formats in which it leaves
// Slack; none while nothing is written.
func (s canvasScene) pictureBlocks() []slack.Block {
	if len(s.canvas.Boxes) == 0 {
		return nil
	}
	p := s.picture()
	blocks := p.inView(inCanvas, canvasAt(s.canvas.Key(), s.page))
	var elements []slack.BlockElement
	for _, format := range p.formats {
		elements = append(elements, button(actionPictureAs+":"+format.name, "As "+format.label, "this canvas", p.value().set("format", format.name)))
	}
	return append(blocks, buttons(elements...))
}

// loadCanvasPicture reads the canvas that a picture shows.
func (app *App) loadCanvasPicture(ctx context.Context, of look) (pictured, error) {
	c, err := app.Store.Canvas(ctx, of.team.Key, of.at.number(paramCanvas))
	if errors.Is(err, storage.ErrNotFound) {
		return pictured{}, noCanvas
	}
	if err != nil {
		return pictured{}, err
	}
	ties, err := app.canvasTies(ctx, c)
	return canvasScene{team: of.team, canvas: c, ties: ties, now: of.now}.picture(), err
}
