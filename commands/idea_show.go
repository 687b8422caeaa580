package commands

import (
	"context"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// historyShown is how many lines of history the details end with.
const historyShown = 20

// showIdea opens everything about one idea.
func showIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	events, err := app.Store.History(ctx, idea.Key, historyShown)
	if err != nil {
		return Reply{}, err
	}
	mine := app.permit(ctx, req, pipeline.ChangeOwnIdea) == nil
	return Reply{Open: ideaDetails(app, idea, req.Loaded.Team, events, mine, metadata{
		Channel: req.Channel,
	})}, nil
}

// ideaDetails draws everything about an idea; the buttons are for those who
// may change it.
func ideaDetails(app *App, idea pipeline.Idea, team *pipeline.Team, events []pipeline.Event, mine bool, m metadata) *slack.ModalViewRequest {
	said := []slack.RichTextElement{line(ideaTitle(idea))}
	for _, part := range []struct{ label, words string }{
		{"Problem", idea.Problem}, {"We will know when", idea.Measure}, {"Evidence", idea.Evidence},
	} {
		if part.words == "" {
			said = append(said, line(bold("\n"+part.label+": "), text("nothing yet")))
			continue
		}
		said = append(said, line(bold("\n"+part.label)), quote(part.words))
	}
	facts := standing(idea) + " · captured by " + mention(idea.Author) + " " + when(idea.Created)
	if team != nil {
		facts = "*" + escape(team.Name) + "* · " + facts
	}
	var links []Mrkdwn
	if !idea.Card.IsZero() {
		links = append(links, link(app.permalink(idea.Card, ""), "The card"))
	}
	if idea.Source.Permalink != "" {
		links = append(links, link(idea.Source.Permalink, "The message it came from"))
	}
	blocks := []slack.Block{rich(said...), note(facts)}
	if len(links) > 0 {
		blocks = append(blocks, note(join(links, " · ")))
	}
	if mine {
		blocks = append(blocks, buttons(ideaChangeButtons(idea)...))
	}
	blocks = append(blocks, slack.NewDividerBlock(), say("*What happened*"))
	for _, event := range events {
		blocks = append(blocks, note(whenTime(event.At), " · ", mention(event.By), " · ", eventWords(event)))
	}
	return form("idea.details", idea.Key.String(), "", m, blocks...)
}

// ideaChangeButtons are the steps for those who may change the idea.
func ideaChangeButtons(idea pipeline.Idea) []slack.BlockElement {
	value, key := newParams("idea", idea.Key.String()), idea.Key.String()
	if !idea.Withdrawn.IsZero() {
		return []slack.BlockElement{button(actionBringBack, "Bring it back", key, value)}
	}
	return []slack.BlockElement{
		button(actionEdit, "Edit", key, value),
		confirm(button(actionWithdraw, "Withdraw", key, value),
			"Withdraw "+key+"?", "It leaves the lists. Nothing in it is lost, and it can be brought back.", "Withdraw"),
	}
}

// eventWords says what happened in a few words of ours.
func eventWords(e pipeline.Event) Mrkdwn {
	words := Mrkdwn(e.What)
	for i, c := range e.Changes {
		words += map[bool]Mrkdwn{true: ": ", false: ", "}[i == 0] + Mrkdwn(fieldName(c.Field))
	}
	return words
}

// fieldName is what a form calls the field.
func fieldName(f pipeline.Field) string {
	switch f {
	case pipeline.FieldMeasure:
		return "we will know when"
	default:
		return string(f)
	}
}
