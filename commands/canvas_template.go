package commands

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// showCanvasTemplate shows what a kind of canvas asks, box by box.
func showCanvasTemplate(_ context.Context, app *App, req *Request) (Reply, error) {
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
	return Reply{Open: canvasTemplateView(t, req.Channel)}, nil
}

// canvasTemplateView draws a template in the order of filling.
func canvasTemplateView(t pipeline.CanvasTemplate, channel string) *slack.ModalViewRequest {
	blocks := []slack.Block{rich(nameAndAbout(t)...)}
	if t.Columns != "" {
		blocks = append(blocks, note("Each "+escape(t.Columns)+" has all of these boxes."))
	}
	for i, box := range t.Boxes {
		said := []slack.RichTextElement{line(bold(fmt.Sprintf("%d. %s", i+1, box.Title))), line(text(box.Question))}
		if box.Help != "" {
			said = append(said, quote(box.Help))
		}
		blocks = append(blocks, rich(said...))
		if box.Extra {
			blocks = append(blocks, note("An extra: the canvas is full without it."))
		}
	}
	return form("canvas.template_shown", "What it asks", "", metadata{Channel: channel}, blocks...)
}

// nameAndAbout head what is said about a kind of canvas.
func nameAndAbout(t pipeline.CanvasTemplate) []slack.RichTextElement {
	said := []slack.RichTextElement{line(bold(t.Name))}
	if t.About != "" {
		said = append(said, line(text(t.About)))
	}
	return said
}
