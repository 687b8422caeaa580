package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"alignbot/slacksim/page/browsertest"
)

// What alignbot does by itself, in a real browser: the clock of the page goes to the
// next morning, on which the sprint is closed and reviewed.
func TestATeamIsKeptAlignedInABrowser(t *testing.T) {
	tab := browsertest.Open(t)
	demo := begin(t, nil, "demo", "--listen", "127.0.0.1:0")
	tab.Go(pageAddress.FindString(demo.says("Press Ctrl-C to end.")))
	tab.See(".message", "PAY-4")
	tab.Size(1100, 1000)

	// The next morning: one message to the team, and one to Alice.
	tab.Click("#clock summary")
	tab.ClickText("#clock .button", "Next workday, 09:30")
	tab.See(".message", "Told once a day at most")
	tab.Shot("nudge")

	tab.Type("#compose", "/align health")
	tab.Press(kb.Enter)
	tab.See(".message.private", "As SVG") // under the pictures, which move what is above them once they are there
	tab.Until(`[...document.querySelectorAll('.message.private img')].filter((i) => i.complete && i.naturalWidth > 600).length === 2`)
	tab.Scroll(".message.private", "Backlog health of Payments")
	tab.Shot("health")

	// All is done early: the sprint is closed, its review opens, and people answer.
	tab.Type("#compose", "/align sprint close")
	tab.Press(kb.Enter)
	tab.See("#modal h2", "Close sprint 1")
	chooses(tab, "done", "PAY-1")
	tab.Press(kb.Escape)
	tab.ClickText("#modal .modal-foot .primary", "Close it")
	tab.See(".message", "Review of sprint 1")
	tab.ClickText(".message .button", "It moved")
	tab.See(".message.private", "What you said about PAY-O1: moved.")
	tab.See(".message", "1 person has answered.")
	tab.Shot("review")
	tab.NoFaults()
	if code := demo.end(); code != exitOK {
		t.Fatalf("exit code %d\n%s", code, demo.stderr)
	}
}
