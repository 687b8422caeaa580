package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"alignbot/slacksim/page/browsertest"
)

// drawn is true once a picture with those words is on the page, with all its pixels.
func drawn(where, words string) string {
	return `[...document.querySelectorAll('` + where + ` img')].some(i => i.alt.includes('` + words + `') && i.complete && i.naturalWidth > 600)`
}

// The pictures of a team, in a real browser: in a window, posted to the channel, and
// in a message of one's own.
func TestATeamSeesItsPicturesInABrowser(t *testing.T) {
	tab := browsertest.Open(t)
	demo := begin(t, nil, "demo", "--listen", "127.0.0.1:0")
	tab.Go(pageAddress.FindString(demo.says("Press Ctrl-C to end.")))
	tab.See(".message", "PAY-4")
	tab.Size(1100, 1250)

	tab.Type("#compose", "/outcome tree")
	tab.Press(kb.Enter)
	tab.See("#modal h2", "Outcome tree")
	tab.Until(drawn("#modal", "Outcome tree of"))
	tab.ClickText("#modal .button", "Post to channel")
	tab.ClickText("#confirm .button", "Post")
	tab.ClickText("#modal .modal-foot .button", "Close")
	tab.Gone("#modal h2", "Outcome tree")
	tab.Until(drawn(".message", "Outcome tree of"))

	tab.Type("#compose", "/align status")
	tab.Press(kb.Enter)
	tab.Until(drawn(".message.private", "Funnel"))
	tab.Type("#compose", "/align health")
	tab.Press(kb.Enter)
	tab.Until(drawn(".message.private", "Gauge"))
}
