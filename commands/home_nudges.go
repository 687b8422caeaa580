package commands

import (
	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// homeNudges say in a line how the person is nudged, with the way to change it.
func homeNudges(settings pipeline.NudgeSettings, today string) []slack.Block {
	change := button(actionNudgesEdit, "Nudges…", "when, about what, snooze, off", newParams())
	return []slack.Block{slack.NewSectionBlock(plain("Nudges, private messages when something waits for you. "+settings.Words(today)), nil, slack.NewAccessory(change))}
}
