package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"alignbot/slacksim/page/browsertest"
	"alignbot/storage/redistest"
)

// A newcomer's first minutes, in a real browser: capture an idea, see its
// card, find it in Home, look at it as somebody else, and find everything
// again after a restart. With ALIGNBOT_TEST_SHOTS=docs/screenshots the pictures
// become the README's.
func TestANewcomerUsesTheDemoInABrowser(t *testing.T) {
	redistest.Require(t)
	tab := browsertest.Open(t)
	dir := t.TempDir()
	first := begin(t, nil, "demo", "--listen", "127.0.0.1:0", "--data", dir)
	tab.Go(pageAddress.FindString(first.says("Press Ctrl-C to end.")))
	tab.See(".message", "PAY-6")
	tab.See(".message", "Last decisions") // the wall, which comes last
	tab.Scroll(".message", "PAY-2 Export invoices as PDF")
	tab.Shot("channel")

	tab.Type("#compose", "/idea Show fees before a payout")
	tab.Press(kb.Enter)
	tab.See("#modal h2", "Capture an idea")
	tab.Type("#modal [data-block^=problem] textarea", "Shops learn what a payout costs when it is too late to wait a day.")
	tab.Type("#modal [data-block^=measure] textarea", "Questions about fees fall by half before the end of the quarter.")
	tab.Shot("form")
	tab.ClickText("#modal .button", "Capture")
	tab.See(".message.private", "Captured as PAY-7")
	tab.See(".message", "Shops learn what a payout costs")

	tab.ClickText(".side-link", "alignbot")
	tab.See("main", "My ideas")
	tab.See("main", "PAY-7")
	tab.Shot("home")

	tab.Click(".person-switch")
	tab.ClickText("#people-menu a", "Bob Brandt")
	tab.See(".person-switch", "Bob Brandt")
	tab.ClickText(".side-link", "payments")
	tab.See(".message", "PAY-7")
	tab.Gone(".message", "Captured as PAY-7")
	tab.Size(390, 844)
	tab.Dark(true)
	tab.Shot("phone-dark")
	tab.Type("#compose", "/idea add Warn before a payout on a holiday")
	tab.Press(kb.Enter)
	tab.See(".message.private", "Captured as PAY-8")
	tab.See(".message", "by Bob Brandt")
	tab.Dark(false)
	tab.Size(1280, 800)
	tab.NoFaults()
	if code := first.end(); code != exitOK {
		t.Fatalf("exit code %d\n%s", code, first.stderr)
	}

	second := begin(t, nil, "demo", "--listen", "127.0.0.1:0", "--data", dir)
	tab.Go(pageAddress.FindString(second.says("Press Ctrl-C to end.")))
	tab.See(".message", "PAY-8")
	tab.Type("#compose", "/idea find fees payout")
	tab.Press(kb.Enter)
	tab.See(".message.private", "Best matches for fees payout")
	tab.See(".message.private", "PAY-7")
	tab.Click(`.message.private [aria-label="Details of PAY-7"]`)
	tab.See("#modal", "Questions about fees fall by half")
	tab.ClickText("#modal a", "The card")
	tab.See(".message:target", "PAY-7")
	tab.See(".person-switch", "Alice Anders")
	tab.NoFaults()
}

// The way of an idea from discovery to the Product Backlog, in a real browser:
// a checklist, evidence, an outcome, the gates, and a decision that the channel
// hears of.
func TestATeamValidatesAnIdeaInABrowser(t *testing.T) {
	tab := browsertest.Open(t)
	demo := begin(t, nil, "demo", "--listen", "127.0.0.1:0")
	tab.Go(pageAddress.FindString(demo.says("Press Ctrl-C to end.")))
	tab.See(".message", "PAY-2")

	tab.Type("#compose", "/validate PAY-2")
	tab.Press(kb.Enter)
	tab.See("#modal", "an outcome link")
	tab.Size(1100, 1250)
	tab.Shot("validate")
	tab.ClickText("#modal .button", "Continue")
	tab.See("#modal h2", "Opportunity Canvas")
	tab.See("#modal", "answered by")
	tab.Type("#modal [data-block^=users] textarea", "Bookkeepers of small shops")
	tab.Shot("checklist")
	tab.ClickText("#modal .button", "Save")
	tab.See("#modal", "3 of 4 answered")

	tab.ClickText("#modal .button", "Link an outcome")
	tab.See("#modal h2", "Link an outcome")
	tab.Type("#modal [data-block^=statement] input", "Bookkeepers close the month in half the time")
	tab.ClickText("#modal .button", "Link")
	tab.See("#modal", "Nothing is missing")
	tab.ClickText("#modal .button", "Move to validated")
	tab.ClickText("#modal .button", "Move to Product Backlog")
	tab.See("#modal h2", "Move to Product Backlog")
	tab.Type("#modal [data-block^=why] textarea", "Nine of twelve asked for it, and it serves the outcome best.")
	tab.Shot("decision")
	tab.ClickText("#modal .button.primary", "Move")
	tab.See("#modal", "in the Product Backlog")
	tab.ClickText("#modal .button", "Close")

	tab.Type("#compose", "/align status")
	tab.Press(kb.Enter)
	tab.See(".message.private", "2 in the Product Backlog")
	tab.See(".message", "in the Product Backlog · for “")
	tab.Until(drawn(".message.private", "Funnel"))
	tab.Shot("status")
	tab.NoFaults()
}

// A ballot from a vote to its result, and a parked idea that comes back, in a real
// browser.
func TestATeamVotesInABrowser(t *testing.T) {
	tab := browsertest.Open(t)
	demo := begin(t, nil, "demo", "--listen", "127.0.0.1:0")
	tab.Go(pageAddress.FindString(demo.says("Press Ctrl-C to end.")))
	tab.See(".message", "Pursue PAY-4, or park it?")
	as := func(name string) {
		t.Helper()
		tab.Click(".person-switch")
		tab.ClickText("#people-menu a", name)
		tab.See(".person-switch", name)
		tab.See(".message", "Pursue PAY-4, or park it?")
	}

	as("Carol Costa")
	tab.Size(1100, 1250)
	tab.See(".message", "1 of 3 has voted")
	tab.Click(`.message [aria-label="Object… PAY-4"]`)
	tab.See("#modal h2", "Vote on PAY-4")
	tab.Type("#modal [data-block^=vote-reason] input", "We mail them too often already; one in five has switched our mails off.")
	tab.ClickText("#modal .button.primary", "Vote")
	tab.See(".message.private", "Your vote is counted: object")
	tab.See(".message", "2 of 3 have voted")
	tab.Scroll(".message", "Pursue PAY-5, or park it?")
	tab.Shot("ballot")

	tab.Type("#compose", "/antibacklog")
	tab.Press(kb.Enter)
	tab.See(".message.private", "asked again by 1 person")
	tab.Click(`.message.private [aria-label="Details of PAY-5"]`)
	tab.See("#modal", "We would need a licence to lend money")
	tab.See("#modal", "Asked again by 1 person")
	tab.Shot("parked")
	tab.ClickText("#modal .button", "I need this too")
	tab.See("#modal h2", "I need this too")
	tab.ClickText("#modal .button.primary", "Count me in")
	tab.See("#modal", "Asked again by 2 people")
	tab.ClickText("#modal .button", "Close")
	tab.See(".message", "came back today, and waits for a decision")

	as("Alice Anders")
	tab.Type("#compose", "/antibacklog vote PAY-4")
	tab.Press(kb.Enter)
	tab.See("#modal h2", "Ballot on PAY-4")
	tab.ClickText("#modal .button", "Close it now")
	tab.See("#confirm", "A closed ballot stays closed")
	tab.ClickText("#confirm .button", "Close it")
	tab.See("#modal", "As many are for it as against it")
	tab.ClickText("#modal .button", "Close")
	tab.See(".message", "one in five has switched our mails off")
	tab.NoFaults()
}

// The tree of outcomes, an orphan that finds its place, and a question that waits
// for an answer, in a real browser.
func TestATeamLooksAtItsOutcomesInABrowser(t *testing.T) {
	tab := browsertest.Open(t)
	demo := begin(t, nil, "demo", "--listen", "127.0.0.1:0")
	tab.Go(pageAddress.FindString(demo.says("Press Ctrl-C to end.")))
	tab.See(".message", "PAY-4")
	tab.Size(1100, 1250)

	tab.Type("#compose", "/outcome tree")
	tab.Press(kb.Enter)
	tab.See("#modal", "121 tickets a month, target 40 · at risk (yellow)")
	tab.Until(drawn("#modal", "Outcome tree of"))
	tab.Shot("tree")
	tab.Click(`#modal [aria-label="Open PAY-O1"]`)
	tab.See("#modal", "I never know when my money comes")
	tab.Shot("opportunities")
	tab.ClickText("#modal .button", "Close")

	tab.Type("#compose", "/outcome")
	tab.Press(kb.Enter)
	tab.See(".message.private", "at risk (yellow)")
	tab.Shot("outcomes")

	tab.Type("#compose", "/outcome orphans")
	tab.Press(kb.Enter)
	tab.See(".message.private", "PAY-4")
	tab.Shot("orphans")

	tab.Type("#compose", "/align why PAY-1")
	tab.Press(kb.Enter)
	tab.See("main", "Fewer shops leave us in their first year")
	tab.Shot("why")
	tab.NoFaults()
}
