package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"alignbot/slacksim/page/browsertest"
)

// What a team sees of where it stands, in a real browser: the board and a story map
// with their pictures, a canvas that is filled to the end, the tree posted to the
// channel, and the wall that follows what was changed.
func TestATeamSeesWhereItStandsInABrowser(t *testing.T) {
	tab := browsertest.Open(t)
	demo := begin(t, nil, "demo", "--listen", "127.0.0.1:0")
	tab.Go(pageAddress.FindString(demo.says("Press Ctrl-C to end.")))
	tab.See(".message", "This message changes when something that it shows does")
	tab.Size(1100, 1250)
	types := func(text string) {
		t.Helper()
		tab.Type("#compose", text)
		tab.Press(kb.Enter)
	}
	submits := func(title string) {
		t.Helper()
		tab.ClickText("#modal .modal-foot .primary", "")
		tab.Gone("#modal h2", title)
	}
	closes := func(title string) {
		t.Helper()
		tab.ClickText("#modal .modal-foot .button", "Close")
		tab.Gone("#modal h2", title)
	}
	lines := func(title string, lines ...string) {
		t.Helper()
		tab.ClickText("#modal .button", title+"…")
		tab.See("#modal h2", title)
		for i, line := range lines {
			if i > 0 {
				tab.Press(kb.Enter, kb.ModifierShift)
				tab.Press(line)
				continue
			}
			tab.Type("#modal textarea", line)
		}
		submits(title)
	}

	// A problem that nobody has decided on is for now.
	types("/align board")
	tab.See("#modal", "Not on the board: 1 opportunity not decided yet.")
	tab.ClickText("#modal .button", "Choose from them")
	tab.ClickText("#modal .button", "Open")
	tab.ClickText("#modal .button", "To “Now”")
	tab.See("#modal", "Now, 1 of 1")
	tab.ClickText("#modal .button", "Back")
	tab.Until(drawn("#modal", "I never know when my money comes"))
	closes("Now, Next, Later")

	// A story map: what people do, the least that works, and the idea it is.
	types("/align map")
	tab.ClickText("#modal .button", "New map…")
	tab.Type("#modal [data-block^=name] input", "Planning with money")
	submits("New story map")
	lines("Add activities", "Sell", "See what comes", "Order goods")
	tab.Until(drawn("#modal", "3 activities"))
	tab.Click(`#modal [aria-label^="Open 2. See what comes"]`)
	lines("Add tasks", "Find the next payout", "Compare it with sales")
	tab.Click(`#modal [aria-label^="Open 1. Find the next payout"]`)
	lines("Add stories", "Show its date on the dashboard", "Show what it is made of")
	tab.Click(`#modal [aria-label^="Open Show its date"]`)
	tab.ClickText("#modal .button", "Into the walking skeleton")
	tab.See("#modal", "It belongs to the walking skeleton")
	tab.ClickText("#modal .button", "Link an idea…")
	chooses(tab, "idea", "PAY-1")
	submits("Link an idea")
	tab.See("#modal", "Idea PAY-1, in the Product Backlog.")
	tab.ClickText("#modal .button", "Whole map")
	tab.See("#modal", "2 stories, 1 of them in the walking skeleton")
	tab.Until(drawn("#modal", "2 stories"))
	tab.Click(`#modal [aria-label^="Open 1. First release"]`)
	tab.ClickText("#modal .button", "Edit…")
	chooses(tab, "outcome", "Shops plan")
	submits("Edit")
	tab.See("#modal", "For PAY-O1")
	tab.ClickText("#modal .button", "Back")
	tab.Until(drawn("#modal", "Shops plan with their money"))
	tab.Shot("story-map")
	closes("Story map")

	// The boxes of the product goal that are left, one after the other. What was
	// filled is there when the form is left in between.
	types("/align canvas product goal")
	tab.See("#modal", "4 of 8 boxes filled")
	tab.Until(drawn("#modal", "4 of 8 boxes are filled"))
	tab.ClickText("#modal .button", "Fill it box by box")
	fills := func(question, answer string) {
		t.Helper()
		tab.See("#modal label", question)
		tab.Type("#modal textarea", answer)
		tab.ClickText("#modal .modal-foot .primary", "")
		tab.Gone("#modal label", question)
	}
	fills("Which numbers say in the end that it was worth it?", "Tickets that ask for a payout date: from 140 to 40 a month")
	tab.ClickText("#modal .modal-foot .button", "Cancel")
	tab.See("#modal", "5 of 8 boxes filled")
	tab.Until(drawn("#modal", "5 of 8 boxes are filled"))
	tab.ClickText("#modal .button", "Fill it box by box")
	fills("Who has a say in it, or has to live with it?", "Support, the bank that pays out, and owners of small shops")
	fills("What could keep us from reaching it?", "The bank tells us the date too late")
	fills("Who works on it?", "Bob and Carol, with Alice as product owner")
	tab.See("#modal", "8 of 8 boxes filled")
	tab.Until(drawn("#modal", "8 of 8 boxes are filled"))
	tab.Shot("canvas")
	closes("Canvas")

	// The tree, for everybody.
	types("/outcome tree")
	tab.Until(drawn("#modal", "Outcome tree of"))
	tab.ClickText("#modal .button", "Post to channel")
	tab.ClickText("#confirm .button", "Post")
	closes("Outcome tree")
	tab.Until(drawn(".message", "Outcome tree of"))
	tab.Shot("picture")

	// The wall follows: at most once a minute, so the clock goes on.
	tab.Click("#clock summary")
	tab.ClickText("#clock .button", "Next workday, 09:30")
	tab.See(".message", "I never know when my money comes, so I cannot plan (for PAY-O1)")
	types("/align wall")
	tab.ClickText(".message.private a", "Open it")
	tab.See(".message:target", "Pinned by alignbot")
	tab.Size(1100, 760)
	tab.Shot("wall")
	tab.NoFaults()
}
