package mrkdwn_test

import (
	"fmt"

	"alignbot/slacksim/mrkdwn"
)

// A title that somebody typed must not ping a channel, wherever it is shown.
func ExampleLivePayload() {
	title := "Ping <!channel>"
	for _, c := range mrkdwn.LivePayload([]byte(`[
		{"type": "section", "text": {"type": "mrkdwn", "text": "` + title + `"}},
		{"type": "section", "text": {"type": "mrkdwn", "text": "` + mrkdwn.Escape(title) + `"}},
		{"type": "section", "text": {"type": "plain_text", "text": "` + title + `"}}
	]`)) {
		fmt.Println(c.Pointer, c.Kind, c.Target)
	}
	// Output:
	// /0/text/text broadcast channel
}

func ExampleHTML() {
	names := mrkdwn.Names{User: func(id string) string { return map[string]string{"U1": "Ada"}[id] }}
	fmt.Println(mrkdwn.HTML("*Thanks* <@U1>, 1 &lt; 2", mrkdwn.Options{}, names))
	// Output:
	// <b>Thanks</b> <span class="mention" data-user="U1">@Ada</span>, 1 &lt; 2
}
