package bot

import (
	"context"
	"regexp"
	"slices"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// pins pins messages to their channels.
type pins struct {
	send *sender
	// reads: the app may ask what is pinned.
	reads bool
}

// Pin pins a message. What Slack refuses is its code, "too_many_pins"; an error is a
// failure that may be over at the next try.
// https://docs.slack.dev/reference/methods/pins.add
func (p pins) Pin(ctx context.Context, m pipeline.Message) (refused string, err error) {
	return finally(p.send.pin(ctx, m), "already_pinned")
}

// Unpin takes it off again.
// https://docs.slack.dev/reference/methods/pins.remove
func (p pins) Unpin(ctx context.Context, m pipeline.Message) (refused string, err error) {
	return finally(p.send.unpin(ctx, m), "no_pin")
}

// Pinned tells whether a message is pinned; known is false where Slack does not tell.
func (p pins) Pinned(ctx context.Context, m pipeline.Message) (is, known bool) {
	if !p.reads {
		return false, false
	}
	pinned, err := p.send.pinned(ctx, m.Channel)
	if err != nil {
		p.send.log.Debug("Slack does not tell what is pinned", "channel", m.Channel, "err", err)
	}
	return slices.Contains(pinned, m.TS), err == nil
}

// finally tells what Slack refuses for good from what it may do at another try. done is
// the code that says that it is so already.
func finally(err error, done string) (refused string, failed error) {
	code := codeOf(err)
	if err == nil || code == done {
		return "", nil
	}
	switch remedyOf(err) {
	case retryLater, throttled, unconfirmed, tokenDead:
		return "", err
	}
	return code, nil
}

// pin pins a message. Repeating it does no harm.
func (w *sender) pin(ctx context.Context, m pipeline.Message) error {
	return w.botCall(ctx, "pins.add", func(ctx context.Context) error {
		return w.api.AddPinContext(ctx, m.Channel, slack.NewRefToMessage(m.Channel, m.TS))
	})
}

// unpin takes it off again. Repeating it does no harm.
func (w *sender) unpin(ctx context.Context, m pipeline.Message) error {
	return w.botCall(ctx, "pins.remove", func(ctx context.Context) error {
		return w.api.RemovePinContext(ctx, m.Channel, slack.NewRefToMessage(m.Channel, m.TS))
	})
}

// slackCode is what Slack's error codes look like.
var slackCode = regexp.MustCompile(`^[a-z][a-z_]+$`)

// pinned are the ts of all messages that are pinned to a channel.
// https://docs.slack.dev/reference/methods/pins.list
func (w *sender) pinned(ctx context.Context, channel string) (ts []string, err error) {
	err = w.botCall(ctx, "pins.list", func(ctx context.Context) error {
		items, _, err := w.api.ListPinsContext(ctx, channel)
		if err != nil && slackCode.MatchString(err.Error()) { // slack-go gives the bare code
			err = slack.SlackErrorResponse{Err: err.Error()}
		}
		for _, item := range items {
			if item.Message != nil {
				ts = append(ts, item.Message.Timestamp)
			}
		}
		return err
	})
	return ts, err
}
