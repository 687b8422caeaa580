package commands

import (
	"time"

	"github.com/slack-go/slack"

	"alignbot/storage"
)

// laterStands begins what is told about an act that arrived behind a later one of the
// same person: what is so instead follows.
const laterStands Mrkdwn = "What you did a moment later stands. "

// overtaken is an answer that begins so.
func overtaken(told Post) Post {
	told.Text = laterStands + told.Text
	told.Blocks = append([]slack.Block{say(laterStands)}, told.Blocks...)
	return told
}

// acted is when the person set a value of theirs, as far as Slack says: of a form it
// says nothing, but the form was opened before.
func (req *Request) acted() storage.Acted {
	if req.On != Submit {
		return storage.Acted{At: req.At}
	}
	m, err := req.metadata()
	if err != nil || m.Opened == 0 {
		return storage.Acted{}
	}
	return storage.Acted{At: time.UnixMicro(m.Opened), OrLater: true}
}

// clickedAt is when the person clicked, in Unix µs; 0 where Slack does not say.
func (req *Request) clickedAt() int64 {
	if req.At.IsZero() {
		return 0
	}
	return req.At.UnixMicro()
}
