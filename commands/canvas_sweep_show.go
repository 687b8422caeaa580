package commands

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// sweptShown is how many ideas a page of a sweep shows.
const sweptShown = 10

// sweepWords say how far a sweep is.
func sweepWords(s storage.SweepState, count pipeline.SweepCount) Mrkdwn {
	done, of := count.Done()
	words := Mrkdwn(fmt.Sprintf("%d of %s looked at", done, counted(of, "idea", "ideas")))
	if became := count.Words(); became != "" {
		words += Mrkdwn(": " + became)
	}
	switch {
	case !s.Over.IsZero():
		return words + ". The goal has changed once more since."
	case done == of:
		return words + ". That is all of them."
	}
	return words + "."
}

// goalLines say what the product goal was and is.
func goalLines(s pipeline.Sweep) []slack.RichTextElement {
	return []slack.RichTextElement{
		line(bold("The product goal has changed")), quote(s.Goal), line(text("Before, it was:")), quote(s.Was),
	}
}

// sweepPost is the message of a sweep for all who are in its team's channel.
func sweepPost(s storage.SweepState, count pipeline.SweepCount) Post {
	_, of := count.Done()
	words := Mrkdwn("The product goal has changed. ") + Mrkdwn(counted(of, "idea was", "ideas were")) + " taken up under the old one: which of them still serve it?"
	blocks := []slack.Block{rich(goalLines(s.Sweep)...), say(words[len("The product goal has changed. "):]), note(sweepWords(s, count))}
	look := button(actionSweep, "Look through them", "for the new product goal", sweepValue(s.Sweep, 1, ""))
	if done, of := count.Done(); s.Over.IsZero() && done < of {
		look = primary(look)
	}
	return Post{Text: words, Blocks: append(blocks, buttons(look))}
}

// view draws the ideas that are left, and what became of the others in numbers.
func (s sweepScene) view(channel string) *slack.ModalViewRequest {
	var left []sweptIdea
	for _, idea := range s.ideas {
		if idea.became == pipeline.SweepOpen {
			left = append(left, idea)
		}
	}
	pages := max(1, (len(left)+sweptShown-1)/sweptShown)
	s.page = min(max(1, s.page), pages)
	blocks := []slack.Block{rich(goalLines(s.Sweep)...), note(sweepWords(s.SweepState, s.count))}
	switch {
	case len(left) == 0:
		blocks = append(blocks, say("Every idea has been looked at. The Product Backlog follows the new goal."))
	default:
		blocks = append(blocks, note("Does it still serve? Keep what does, link what serves something else, park what does not. Others can do the same at the same time; it can wait."))
	}
	from := (s.page - 1) * sweptShown
	for _, idea := range left[from:min(len(left), from+sweptShown)] {
		blocks = append(blocks, s.row(idea.Idea)...)
	}
	if pages > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d", s.page, pages))), buttons(pageButtons(actionSweep, s.page, pages, sweepValue(s.Sweep, 0, "").set("in", inSweep))...))
	}
	return form("sweep.shown", "Product goal", "", metadata{Team: s.Team, Channel: channel}, blocks...)
}

// row is an idea with what can be done about it.
func (s sweepScene) row(idea pipeline.Idea) []slack.Block {
	key := idea.Key.String()
	words := stateOf(idea)
	for _, node := range idea.Outcomes {
		words += "\nfor " + node.String() + "  " + pipeline.Cut(statementIn(s.nodes, node), titleTold)
	}
	value := func() params { return sweepValue(s.Sweep, s.page, inSweep).set("idea", key) }
	var does []slack.BlockElement
	if s.may(pipeline.FillCanvas) && s.Over.IsZero() {
		does = append(does, button(actionSweepKeep+":"+key, "Keep", key, value()))
	}
	if s.may(pipeline.LinkOutcome) {
		does = append(does, button(actionOutcome+":"+key, "Relink…", key, value()))
	}
	if s.may(pipeline.DecideIdea) {
		does = append(does, button(actionPark+":"+key, "Park…", key, value()))
	}
	does = append(does, button(actionShow+":"+key, "Details", "of "+key, newParams("idea", key)))
	return []slack.Block{slack.NewSectionBlock(plain(key+"  "+idea.Title+"\n"+words), nil, nil), buttons(does...)}
}

// sweepFoot leads from the canvas of a product goal to the sweep for it, while ideas
// are left; nil for none.
func (app *App) sweepFoot(ctx context.Context, s canvasScene) ([]slack.Block, error) {
	if s.canvas.GoalText() == "" {
		return nil, nil
	}
	newest, err := app.Store.NewestSweep(ctx, s.team.Key)
	if err != nil || newest == nil || newest.Canvas != s.canvas.Number || !newest.Over.IsZero() {
		return nil, err
	}
	_, count, err := app.swept(ctx, *newest)
	if err != nil {
		return nil, err
	}
	return []slack.Block{
		note(sweepWords(*newest, count)),
		buttons(button(actionSweep, "Which ideas still serve it?", s.canvas.Name, sweepValue(newest.Sweep, 1, ""))),
	}, nil
}
