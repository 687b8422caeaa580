package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantTypedWhy: the idea whose key stands behind the command, with all above it.
func wantTypedWhy(req *Request) (storage.Want, error) {
	want, err := wantTypedIdea(req)
	why := whyWant(want.Idea)
	why.Channel = want.Channel
	return why, err
}

// wantWhy is the same for the idea that a button names.
func wantWhy(req *Request) (storage.Want, error) {
	_, key, err := req.buttonIdea()
	return whyWant(key), err
}

func whyWant(key pipeline.Key) storage.Want { return storage.Want{Idea: key, Chain: true, Evidence: 1} }

// showWhy tells why an idea exists, from the business outcome down to the message
// that it came from.
func showWhy(_ context.Context, app *App, req *Request) (Reply, error) {
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	post := whyPost(req.chain(idea), idea, app.may(req)(pipeline.LinkOutcome))
	if req.On == Slash || req.Form == nil && req.Channel != "" {
		return Reply{Tell: &post}, nil
	}
	m := metadata{Channel: req.Channel}
	return Reply{Open: form("why.shown", pipeline.Cut("Why "+idea.Key.String(), 24), "", m, post.Blocks...)}, nil
}

// chain of the idea that was loaded with all above it, and its newest evidence.
func (req *Request) chain(idea pipeline.Idea) pipeline.Chain {
	var newest pipeline.Evidence
	if len(req.Loaded.Evidence) > 0 {
		newest = req.Loaded.Evidence[0]
	}
	return pipeline.Why(idea, req.Loaded.Nodes, newest.At, req.Now)
}

// whyPost draws a chain as a short column.
func whyPost(c pipeline.Chain, idea pipeline.Idea, mayLink bool) Post {
	key := c.Idea.String()
	var column []slack.RichTextElement
	step := func(name, words, state string) {
		runs := []slack.RichTextSectionElement{bold(name), text("  " + words)}
		if len(column) > 0 {
			runs = slices.Insert(runs, 0, text("\n↑ "))
		}
		if state != "" {
			runs = append(runs, text("\n"+state))
		}
		column = append(column, line(runs...))
	}
	for _, b := range c.Links {
		step(b.Key.String(), b.Words, branchState(b))
	}
	step(key, c.Title, strings.Trim(stateOf(idea)+" · "+c.Evidence, " ·"))
	said := line(text("\n↑ It was typed, not taken from a message."))
	if c.Source.Permalink != "" {
		said = line(text("\n↑ "), slack.NewRichTextSectionLinkElement(c.Source.Permalink, "The message it came from", nil))
	}
	blocks := []slack.Block{say("*Why " + Mrkdwn(key) + " exists*"), rich(append(column, said)...)}
	if len(c.Also) > 0 {
		var also []string
		for _, k := range c.Also {
			also = append(also, k.String())
		}
		blocks = append(blocks, note(Mrkdwn("Linked to "+strings.Join(also, ", ")+" as well.")))
	}
	words := c.Line()
	if c.Gap != "" {
		blocks = append(blocks, note(Mrkdwn(c.Gap)))
		words = strings.TrimSpace(words + " " + c.Gap)
	}
	value := newParams("idea", key)
	steps := []slack.BlockElement{button(actionShow, "Details", "of "+key, value)}
	if mayLink && idea.Withdrawn.IsZero() && len(idea.Outcomes) < pipeline.OutcomesOfIdea {
		steps = append(steps, button(actionOutcome, "Link an outcome", "to "+key, value))
	}
	return Post{Text: Mrkdwn(key) + " " + fallback(words), Blocks: append(blocks, buttons(steps...))}
}

// chainLine says in one line what an idea is for; "" for nothing.
func (app *App) chainLine(ctx context.Context, idea pipeline.Idea) (string, error) {
	if len(idea.Outcomes) == 0 {
		return "", nil
	}
	nodes, err := app.Store.Chain(ctx, idea.Outcomes[0])
	if err != nil {
		return "", err
	}
	return pipeline.Why(idea, nodes, time.Time{}, app.Now()).Line(), nil
}

// tellsPurpose: a line of news about what an idea is for, or that it goes on, says
// what that is.
func tellsPurpose(args map[string]string) bool {
	switch pipeline.What(args["what"]) {
	case pipeline.WasLinked, pipeline.MadePrimary:
		return true
	case pipeline.WasMoved, pipeline.WasOverridden:
		to := pipeline.Stage(args["to"])
		return to == pipeline.Backlog || to == pipeline.Delivered
	}
	return false
}

// purposeNote says what an idea is for; nothing for "".
func purposeNote(purpose string) []slack.Block {
	if purpose == "" {
		return nil
	}
	return []slack.Block{note(escape(capital(purpose)))}
}
