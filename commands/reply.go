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
}
