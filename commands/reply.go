package commands

import (
	"context"

	"github.com/slack-go/slack"
)

// Post is what a message says: blocks, and the same meaning in Text for
// notifications and screen readers.
type Post struct {
	Text   Mrkdwn
	Blocks []slack.Block
	// Refused gives what is said in its place where Slack refuses the blocks, because of a
	// picture that is gone or a chart that the workspace does not take; nil where they are
	// blocks that every workspace takes.
	Refused func(ctx context.Context) Post
}

// tellInPlace shows a message in the place of the private one whose button was used, else
// below all others.
func (req *Request) tellInPlace(post *Post) Reply {
	if req.On == Button && req.Message != nil && req.Message.Private {
		return Reply{Replace: post}
	}
	return Reply{Tell: post}
}

// Reply is what the person who acted should see. The zero value: nothing.
type Reply struct {
	// Tell shows a message to this person only.
	Tell *Post
	// Replace puts a message in the place of the private one whose button was
	// used.
	Replace *Post
	// Open shows a form; on top of the one the person is in, if any.
	Open *slack.ModalViewRequest
	// Update redraws the form the person is in, or after an Open the one that opened.
	Update *slack.ModalViewRequest
	// Below redraws the form under the one that was submitted and is closed now.
	Below *slack.ModalViewRequest
	// Options answer a menu that asked for them.
	Options []*slack.OptionBlockObject
	// Home is the person's Home, redrawn.
	Home *slack.HomeTabViewRequest
	// After gives the rest of the reply once the act is acknowledged: what takes
	// its time has its place there. nil for nothing.
	After func(ctx context.Context) Reply
	// Later gives the rest of the reply once everything else of it is said: what takes
	// many seconds, as pictures do, beside what others ask for. nil for nothing.
	Later func(ctx context.Context) Reply
	// Extra gives what is worth saying beside what was asked for, once all else is
	// said. It is left out while many people are being answered. nil for nothing.
	Extra func(ctx context.Context) Reply
	// Refused gives what takes the place of an Update or Below that Slack refuses,
	// because of a picture that is gone; nil for nothing.
	Refused func(ctx context.Context) Reply
}
