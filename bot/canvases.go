package bot

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/commands"
	"alignbot/pipeline"
)

// canvasEditMost is how much Markdown one edit of a canvas holds, in bytes. Slack
// documents a limit for the whole canvas alone, a million characters; of single edits
// over about 4 KB it is told that they are refused with canvas_editing_failed.
const canvasEditMost = 3500

// canvasTaken are refusals that say that the channel has a canvas of its own already,
// or cannot have one: there is still room for another one in its tabs.
var canvasTaken = map[string]bool{
	"channel_canvas_already_exists":            true,
	"free_team_canvas_tab_already_exists":      true,
	"team_tier_cannot_create_channel_canvases": true,
}

// createCanvas makes a canvas of a channel, and gives it as a message is given: the
// channel, and its id in place of a ts. Where the channel has one of its own, that is
// left alone, and this one stands beside it in the tabs. Never repeated: Slack has no
// way to make the same one once.
// https://docs.slack.dev/reference/methods/conversations.canvases.create
func (w *sender) createCanvas(ctx context.Context, channel string, c commands.SlackCanvas) (m pipeline.Message, err error) {
	content := canvasContent(c.Markdown)
	m.Channel = channel
	err = w.botCall(ctx, "conversations.canvases.create", func(ctx context.Context) error {
		m.TS, err = w.api.CreateChannelCanvasContext(ctx, channel, content, slack.CreateChannelCanvasOptionTitle(c.Title))
		return err
	})
	if canvasTaken[codeOf(err)] {
		err = w.botCall(ctx, "canvases.create", func(ctx context.Context) error {
			m.TS, err = w.api.CreateCanvasContext(ctx, c.Title, content, slack.CreateCanvasOptionChannelID(channel))
			return err
		})
	}
	return m, err
}

// editCanvas puts other Markdown in the place of all that stands in a canvas. Repeating
// it does no harm: whatever of it was done before, the first edit begins anew.
// https://docs.slack.dev/reference/methods/canvases.edit
func (w *sender) editCanvas(ctx context.Context, id string, c commands.SlackCanvas) error {
	operation := "replace" // without a section: of everything
	for _, markdown := range canvasEdits(c.Markdown) {
		change := slack.CanvasChange{Operation: operation, DocumentContent: canvasContent(markdown)}
		err := w.botCall(ctx, "canvases.edit", func(ctx context.Context) error {
			return w.api.EditCanvasContext(ctx, slack.EditCanvasParams{CanvasID: id, Changes: []slack.CanvasChange{change}})
		})
		if err != nil {
			return err
		}
		operation = "insert_at_end"
	}
	return nil
}

// canvasEdits spreads the blocks of Markdown over as few edits as hold them. A block
// that is too long for one has one of its own.
func canvasEdits(markdown string) []string {
	var edits []string
	for block := range strings.SplitSeq(markdown, "\n\n") {
		if last := len(edits) - 1; last >= 0 && len(edits[last])+2+len(block) <= canvasEditMost {
			edits[last] += "\n\n" + block
			continue
		}
		edits = append(edits, block)
	}
	return edits
}

func canvasContent(markdown string) slack.DocumentContent {
	return slack.DocumentContent{Type: "markdown", Markdown: markdown}
}
