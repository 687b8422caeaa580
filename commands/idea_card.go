package commands

import (
	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// cardTextLimit is how much of the problem a card shows, in runes. Details
// show all of it.
const cardTextLimit = 400

// ideaCard draws the message that shows an idea to its team. author is a name,
// not a mention: a card pings nobody.
func ideaCard(idea pipeline.Idea, author string) Post {
	said := []slack.RichTextElement{line(ideaTitle(idea))}
	if idea.Problem != "" {
		said = append(said, quote(pipeline.Cut(idea.Problem, cardTextLimit)))
	}
	value, key := newParams("idea", idea.Key.String()), idea.Key.String()
	elements := []slack.BlockElement{button(actionShow, "Details", "of "+key, value)}
	if idea.Withdrawn.IsZero() {
		elements = append(elements, button(actionEdit, "Edit", key, value))
	} else {
		elements = append(elements, button(actionBringBack, "Bring it back", key, value))
	}
	facts := standing(idea) + " · by " + escape(author) + " · " + when(idea.Created)
	blocks := []slack.Block{rich(said...), note(facts), buttons(elements...)}
	return Post{
		Text:   Mrkdwn(key) + " " + fallback(idea.Title) + " (" + standing(idea) + ", by " + fallback(author) + ")",
		Blocks: blocks,
	}
}

// ideaTitle is key and title in one run; struck through when withdrawn.
func ideaTitle(idea pipeline.Idea) slack.RichTextSectionElement {
	title := idea.Key.String() + "  " + idea.Title
	if !idea.Withdrawn.IsZero() {
		return struck(title)
	}
	return bold(title)
}

// standing is stage and outcome in words.
func standing(idea pipeline.Idea) Mrkdwn {
	if !idea.Withdrawn.IsZero() {
		return "withdrawn"
	}
	return Mrkdwn(idea.Stage) + " · no outcome yet"
}

// captured tells the author that the idea is stored and what can follow.
func captured(idea pipeline.Idea, team pipeline.Team) *Post {
	value, key := newParams("idea", idea.Key.String()), idea.Key.String()
	title := pipeline.Cut(idea.Title, pipeline.TitleLimit)
	return &Post{
		Text: "Captured as " + Mrkdwn(key) + ": " + fallback(title),
		Blocks: []slack.Block{
			rich(line(text("Captured as "), bold(key), text("  "+title))),
			note("Its card goes to <#" + Mrkdwn(team.Channel) + ">."),
			buttons(button(actionShow, "Details", "of "+key, value), button(actionEdit, "Edit", key, value)),
		},
	}
}
