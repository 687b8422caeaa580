package commands

import (
	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// captureQuestions ask whoever captured an idea, in the private answer, for what
// they left open and every idea needs before it is validated; none where nothing
// is open. The steps below have the button for an outcome.
func captureQuestions(idea pipeline.Idea) []slack.Block {
	measured := pipeline.HasVisible(idea.Measure)
	if measured && len(idea.Outcomes) > 0 || idea.Stage != pipeline.Captured || !idea.Withdrawn.IsZero() {
		return nil
	}
	if measured {
		return []slack.Block{say("One question is open: which outcome is it for? It needs that to be validated.")}
	}
	words := Mrkdwn("Two questions are open: which outcome is it for, and how will we know that it worked? It needs both to be validated.")
	if len(idea.Outcomes) > 0 {
		words = "One question is open: how will we know that it worked? It needs that to be validated."
	}
	section, key := say(words), idea.Key.String()
	section.Accessory = slack.NewAccessory(button(actionEdit+":measure", "Say how we will know", "that "+key+" worked", newParams("idea", key)))
	return []slack.Block{section}
}
