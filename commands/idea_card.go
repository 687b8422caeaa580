package commands

import (
	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// cardTextLimit is how much of the problem a card shows, in runes. Details
// show all of it.
const cardTextLimit = 400

// ideaCard draws the message that shows an idea to its team. author is a name,
// not a mention: a card pings nobody. purpose says in a line what it is for, ""
// where that is unknown.
func ideaCard(idea pipeline.Idea, author, purpose string) Post {
	said := []slack.RichTextElement{line(ideaTitle(idea))}
	if idea.Problem != "" {
		said = append(said, quote(pipeline.Cut(idea.Problem, cardTextLimit)))
	}
	standing := standing(idea, purpose)
	facts := standing + " · by " + escape(author) + " · " + when(idea.Created)
	blocks := []slack.Block{rich(said...), note(facts), buttons(cardButtons(idea)...)}
	return Post{
		Text:   Mrkdwn(idea.Key.String()) + " " + fallback(idea.Title) + " (" + standing + ", by " + fallback(author) + ")",
		Blocks: blocks,
	}
}

// cardButtonLimit is how many buttons a card has at most: more are a menu, and
// the details have them all.
const cardButtonLimit = 5

// cardButtons are the next sensible steps for an idea at its stage, the next one
// first, and the details. While a ballot runs, it comes before all and in the
// place of what is decided after it. Everybody in the channel sees them; who may
// not use one is told so.
func cardButtons(idea pipeline.Idea) []slack.BlockElement {
	value, key := newParams("idea", idea.Key.String()), idea.Key.String()
	details := button(actionShow, "Details", "of "+key, value)
	if !idea.Withdrawn.IsZero() {
		return []slack.BlockElement{details, button(actionBringBack, "Bring it back", key, value)}
	}
	var elements []slack.BlockElement
	if idea.Ballot != 0 {
		elements = append(elements, ballotButton(idea, ""))
	}
	if idea.Stage == pipeline.Parked {
		elements = append(elements, askButton(idea.Key, ""), details)
		if step, _ := pipeline.StepTo(idea.Stage, pipeline.Discovery); !waits(idea, step) {
			elements = append(elements, moveButton(idea.Key, step, ""))
		}
		return elements
	}
	if step, onward := pipeline.NextStep(idea.Stage); onward && idea.Stage != pipeline.Discovery && !waits(idea, step) {
		elements = append(elements, moveButton(idea.Key, step, ""))
	}
	if idea.Stage == pipeline.Discovery {
		elements = append(elements,
			button(actionValidate, "Validate", key, value),
			button(actionEvidence, "Add evidence", "to "+key, value))
	}
	if len(idea.Outcomes) == 0 && (idea.Stage == pipeline.Captured || idea.Stage == pipeline.Discovery) {
		elements = append(elements, button(actionOutcome, "Link an outcome", "to "+key, value))
	}
	elements = append(elements, details)
	if idea.Stage == pipeline.Delivered || idea.Stage == pipeline.Learned {
		return elements
	}
	if idea.Stage == pipeline.Validated || idea.Stage == pipeline.Backlog {
		elements = append(elements, button(actionWork, "Size", key, value))
	}
	if idea.Ballot == 0 {
		elements = append(elements, parkButton(idea, ""))
	}
	if idea.Stage == pipeline.Backlog {
		elements = append(elements, challengeButton(idea.Key, bestUse, ""))
	}
	if len(elements) < cardButtonLimit {
		elements = append(elements, button(actionEdit, "Edit", key, value))
	}
	return elements
}

// ideaTitle is key and title in one run; struck through when withdrawn.
func ideaTitle(idea pipeline.Idea) slack.RichTextSectionElement {
	title := idea.Key.String() + "  " + idea.Title
	if !idea.Withdrawn.IsZero() {
		return struck(title)
	}
	return bold(title)
}

// stateOf is an idea's stage in a word or two, or that it is withdrawn.
func stateOf(idea pipeline.Idea) string {
	switch {
	case !idea.Withdrawn.IsZero():
		return "withdrawn"
	case idea.Stage == pipeline.Learned:
		return "learned from"
	}
	return whereabouts(idea.Stage)
}

// standing is the stage, and what the idea is for, in words.
func standing(idea pipeline.Idea, purpose string) Mrkdwn {
	state := Mrkdwn(stateOf(idea))
	switch {
	case !idea.Withdrawn.IsZero():
		return state
	case len(idea.Outcomes) == 0:
		return state + " · no outcome yet"
	case purpose == "":
		return state + " · for " + Mrkdwn(idea.Outcomes[0].String())
	}
	return state + " · " + escape(purpose)
}

// captured tells the author that the idea is stored and what can follow.
func captured(idea pipeline.Idea, team pipeline.Team) *Post {
	key := idea.Key.String()
	title := pipeline.Cut(idea.Title, pipeline.TitleLimit)
	post := &Post{
		Text: "Captured as " + Mrkdwn(key) + ": " + fallback(title),
		Blocks: []slack.Block{
			rich(line(text("Captured as "), bold(key), text("  "+title))),
			note("Its card goes to <#" + Mrkdwn(team.Channel) + ">."),
		},
	}
	post.Blocks = append(append(post.Blocks, captureQuestions(idea)...), buttons(cardButtons(idea)...))
	return post
}
