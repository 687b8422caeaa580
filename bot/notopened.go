package bot

import (
	"errors"
	"fmt"
	"time"

	"alignbot/pipeline"
)

// notOpened gives the words for a form that Slack did not open.
func (b *Bot) notOpened(err error) error {
	words := &pipeline.Problem{
		Code:  "form-refused",
		What:  "Slack refuses to open the form.",
		Safe:  "What was saved before is safe.",
		Next:  "Trying again will hardly help. Please tell whoever runs alignbot; its log says why.",
		Cause: err,
	}
	var refused *SlackError
	switch code := codeOf(err); {
	case remedyOf(err) == throttled && errors.As(err, &refused):
		b.log.Warn("a form was not opened: Slack asks to wait", "for", refused.After, "err", err)
		words.Code, words.What = "form-throttled", "Slack opens no more forms for the moment."
		words.Next = "Please open it again in " + soon(refused.After) + "."
	case remedyOf(err) == tokenDead:
		b.log.Warn("a form was not opened: Slack refuses the bot token", "slack_error", code)
	case triggerEnded[code] || mayBeRetried(err):
		b.log.Warn("a form was opened too late", "slack_error", code, "err", err)
		words.Code, words.What, words.Next = "form-late", "Slack took too long to open the form.", "If it is not there, please open it again."
	default:
		b.log.Error("Slack refuses a form", "slack_error", code, "err", err)
	}
	return words
}

// triggerEnded are the codes for a trigger whose three seconds are over, or that was
// used. https://docs.slack.dev/reference/methods/views.open
var triggerEnded = map[string]bool{
	"expired_trigger_id": true, "exchanged_trigger_id": true, "invalid_trigger_id": true,
	"trigger_expired": true, "trigger_exchanged": true,
}

// soon is a wait in words, never shorter than it is.
func soon(d time.Duration) string {
	if d <= time.Minute {
		return fmt.Sprintf("%d seconds", max(int((d+time.Second-1)/time.Second), 2))
	}
	return fmt.Sprintf("%d minutes", int((d+time.Minute-1)/time.Minute))
}
