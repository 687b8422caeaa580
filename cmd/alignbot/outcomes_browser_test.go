package main

import (
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"alignbot/llm/llmtest"
	"alignbot/slacksim/page/browsertest"
	"alignbot/storage/redistest"
)

// chooses picks an option of a menu of a form by words of it.
func chooses(tab *browsertest.Tab, block, words string) {
	tab.Type(`#modal [data-block^=`+block+`] .select-input`, words)
	tab.ClickText(`#modal [role=option]`, words)
}

// inAMonth is that day as one types it into the browser.
func inAMonth() string { return time.Now().AddDate(0, 1, 0).Format("01022006") }

// What a team says of its outcomes later, in a real browser: a check-in that is
// corrected, an outcome that sounds like an output, one that is closed whose idea
// moves on, and one into which another is merged.
func TestATeamMendsItsOutcomesInABrowser(t *testing.T) {
	tab := browsertest.Open(t)
	demo := begin(t, nil, "demo", "--listen", "127.0.0.1:0")
	tab.Go(pageAddress.FindString(demo.says("Press Ctrl-C to end.")))
	tab.See(".message", "PAY-4")
	tab.Size(1100, 1250)

	// A number was wrong; the old one is kept.
	tab.Type("#compose", "/outcome show O4")
	tab.Press(kb.Enter)
	tab.See("#modal h2", "Outcome PAY-O4")
	tab.ClickText("#modal .button", "Correct…")
	tab.See("#modal h2", "Correct PAY-O4")
	tab.Type("#modal [data-block^=value] input", "")
	tab.Press("a", kb.ModifierCtrl)
	tab.Press("12")
	tab.ClickText("#modal .modal-foot .primary", "Correct")
	tab.See("#modal", "corrected since")
	tab.ClickText("#modal .button", "All events")
	tab.See("#modal h2", "History of PAY-O4")
	tab.ClickText("#modal .modal-foot .button", "Close")
	tab.Gone("#modal h2", "History of PAY-O4")
	tab.ClickText("#modal .modal-foot .button", "Close")
	tab.Gone("#modal h2", "Outcome PAY-O4")

	// Something that is made is questioned once, with a way on.
	tab.Type("#compose", "/outcome add Launch the payout dashboard")
	tab.Press(kb.Enter)
	tab.See("#modal h2", "Add an outcome")
	tab.ClickText("#modal .choice", "Product")
	chooses(tab, "parent", "Fewer shops leave")
	tab.Type("#modal [data-block^=baseline] input", "0 %")
	tab.Type("#modal [data-block^=target] input", "50 %")
	tab.Type("#modal [data-block^=metric] input", "Shops that look at the dashboard")
	tab.Type("#modal [data-block^=target-day] input", inAMonth())
	tab.ClickText("#modal .modal-foot .primary", "Add")
	tab.See("#modal", "says what is made rather than what will have changed")
	tab.ClickText("#modal .modal-foot .primary", "Keep it")
	tab.See(".message.private", "Added PAY-O5")

	// What hangs under an outcome, to the end of its forms.
	tab.Type("#compose", "/outcome show O4")
	tab.Press(kb.Enter)
	tab.ClickText("#modal .button", "Add an opportunity")
	tab.See("#modal h2", "Add an opportunity")
	tab.Type("#modal [data-block^=statement] input", "I only hear of a failed payment when the shop stops sending")
	tab.ClickText("#modal .choice", "A pain")
	tab.ClickText("#modal .modal-foot .primary", "Add")
	tab.Gone("#modal h2", "Add an opportunity")
	tab.ClickText("#modal .button", "Add an impact")
	tab.See("#modal h2", "Add an impact")
	tab.Type("#modal [data-block^=actor] input", "Subscribers")
	tab.Type("#modal [data-block^=from] input", "Find out late")
	tab.Type("#modal [data-block^=to] input", "Change their card before it fails")
	tab.Type("#modal [data-block^=measure] input", "Cards changed before they expire")
	tab.Type("#modal [data-block^=threshold] input", "60 %")
	tab.ClickText("#modal .modal-foot .primary", "Add")
	tab.Gone("#modal h2", "Add an impact")
	tab.ClickText("#modal .modal-foot .button", "Close")
	tab.Gone("#modal h2", "Outcome PAY-O4")

	// A link is taken away, with a line of why.
	tab.Type("#compose", "/idea show PAY-1")
	tab.Press(kb.Enter)
	tab.See("#modal h2", "PAY-1")
	tab.Click(`#modal [aria-label="Unlink… PAY-P1"]`)
	tab.See("#modal h2", "Unlink PAY-P1")
	tab.Type("#modal [data-block^=why] input", "The date alone does not let them plan")
	tab.ClickText("#modal .modal-foot .primary", "Unlink")
	tab.Gone("#modal h2", "Unlink PAY-P1")
	tab.See("#modal", "The date alone does not let them plan")
	tab.ClickText("#modal .modal-foot .button", "Close")
	tab.Gone("#modal h2", "PAY-1")

	tab.NoFaults()
}

// What becomes of outcomes and questions in the end, in a real browser: one that is
// closed, one that is merged, a tree that leaves Slack, a round and what is tried
// after it, and a delivered idea of which it is said what it changed.
func TestATeamEndsWhatItBeganInABrowser(t *testing.T) {
	tab := browsertest.Open(t)
	demo := begin(t, nil, "demo", "--listen", "127.0.0.1:0")
	tab.Go(pageAddress.FindString(demo.says("Press Ctrl-C to end.")))
	tab.See(".message", "PAY-4")
	tab.Size(1100, 1250)
	types := func(text string) {
		t.Helper()
		tab.Type("#compose", text)
		tab.Press(kb.Enter)
	}
	as := func(name string) {
		t.Helper()
		tab.Click(".person-switch")
		tab.ClickText("#people-menu a", name)
		tab.See(".person-switch", name)
		tab.See(".message", "PAY-4")
	}

	// One that is merged hands over its idea, and the opportunity under it.
	types("/outcome close O1")
	tab.See("#modal h2", "Close PAY-O1")
	tab.ClickText("#modal .choice", "Merged")
	tab.Type("#modal [data-block^=why] input", "Both are about shops that stay")
	chooses(tab, "into", "More failed renewals")
	tab.ClickText("#modal .modal-foot .primary", "Close it")
	tab.See(".message.private", "Merged PAY-O1 into PAY-O4")
	tab.See(".message", "“More failed renewals are paid within three days” (PAY-O4)")
	types("/outcome tree")
	tab.See("#modal h2", "Outcome tree")
	tab.Click(`#modal [aria-label="Open PAY-O4"]`)
	tab.See("#modal", "I never know when my money comes")
	tab.ClickText("#modal .button", "As Mermaid")
	tab.See("#modal h2", "Tree as Mermaid")
	tab.See("#modal", "flowchart LR")
	tab.ClickText("#modal .button", "Back to the tree")
	tab.See("#modal h2", "Opportunity tree")
	tab.ClickText("#modal .modal-foot .button", "Close")
	tab.Gone("#modal h2", "tree")

	// The ideas of one that is closed go to another.
	types("/outcome close O4")
	tab.See("#modal h2", "Close PAY-O4")
	tab.ClickText("#modal .choice", "Dropped")
	tab.Type("#modal [data-block^=why] input", "The bank does it for us now")
	tab.ClickText("#modal .choice", "Move to another")
	chooses(tab, "into", "Fewer shops leave")
	tab.ClickText("#modal .modal-foot .primary", "Close it")
	tab.See(".message.private", "Closed PAY-O4 as dropped")
	tab.See(".message", "for “Fewer shops leave us in their first year” (PAY-O3)")

	// What a delivered idea changed.
	types("/idea show PAY-1")
	tab.See("#modal h2", "PAY-1")
	tab.ClickText("#modal .button", "Mark as delivered")
	tab.See("#modal", "What will be different, and by how much?")
	tab.ClickText("#modal .modal-foot .primary", "")
	tab.See("#modal", "What it changes")
	tab.ClickText("#modal .button", "Say what happened")
	tab.See("#modal h2", "Say what happened")
	tab.ClickText("#modal .choice", "It moved")
	tab.Type("#modal [data-block^=note] textarea", "Tickets fell to 60 in two weeks.")
	tab.ClickText("#modal .modal-foot .primary", "Save")
	tab.Gone("#modal h2", "Say what happened")
	tab.See("#modal", "Tickets fell to 60 in two weeks.")
	tab.ClickText("#modal .modal-foot .button", "Close")
	tab.Gone("#modal h2", "PAY-1")

	// A round, and one thing that is tried because of it.
	types("/align ask")
	tab.See("#modal h2", "Ask people")
	tab.ClickText("#modal .button", "Reflection round")
	tab.Until(`document.querySelector('#modal [data-block^=anonymous] :checked')`)
	tab.ClickText("#modal .modal-foot .primary", "Ask")
	tab.See("#modal", "An anonymous round shows nothing under 4 answers, and these are 3 people.")
	tab.ClickText("#modal .choice", "Anonymous")
	tab.ClickText("#modal .modal-foot .primary", "Ask")
	tab.See(".message", "Alice Anders asks everybody")
	as("Bob Brandt")
	tab.Click(`.message:has([aria-label="Details of the round of questions"]):last-of-type [aria-label="Answer the round of questions"]`)
	tab.See("#modal h2", "Your answer")
	tab.Type("#modal textarea", "We said yes to too much.")
	tab.ClickText("#modal .modal-foot .primary", "Send")
	tab.See(".message.private", "Your answer")
	as("Alice Anders")
	tab.Click(`.message:has([aria-label="Details of the round of questions"]):last-of-type [aria-label="Details of the round of questions"]`)
	tab.ClickText("#modal .button", "Close it now")
	tab.ClickText("#confirm .button", "Close it")
	tab.See("#modal", "Choose what we try")
	tab.ClickText("#modal .button", "Choose what we try")
	tab.See("#modal h2", "What we try")
	tab.Type("#modal [data-block^=experiment] textarea", "Say no once a week, and write down why")
	chooses(tab, "owner", "Carol")
	tab.Type("#modal [data-block^=experiment-day] input", inAMonth())
	tab.ClickText("#modal .modal-foot .primary", "Tell everybody")
	tab.Gone("#modal h2", "What we try")
	tab.See("#modal", "Say no once a week, and write down why")
	tab.NoFaults()
}

// A language model's suggestion comes to a card that is there already, and a person
// takes it, in a real browser.
func TestAModelSuggestsAnOutcomeInABrowser(t *testing.T) {
	redis := redistest.Start(t)
	model := llmtest.Serve(t, llmtest.Says(`{"suggestions": [{"id": "PAY-O1", "why": "Who knows the date does not write to us."}]}`))
	tab := browsertest.Open(t)
	said := begin(t, nil, "slack", "--listen", "127.0.0.1:0").says("Press Ctrl-C")
	environ := []string{"ALIGNBOT_REDIS_URL=" + redis, "ALIGNBOT_LLM_BASE_URL=" + model.URL + "/v1", "ALIGNBOT_LLM_MODEL=small"}
	for _, export := range regexp.MustCompile(`export (ALIGNBOT_\S+)`).FindAllStringSubmatch(said, -1) {
		environ = append(environ, export[1])
	}
	begin(t, environ, "run")
	tab.Go(pageAddress.FindString(said))
	tab.Size(1100, 1250)
	tab.ClickText(".side-link", "payments")
	types := func(text string) {
		t.Helper()
		tab.Type("#compose", text)
		tab.Press(kb.Enter)
	}
	types("/align setup")
	tab.See("#modal h2", "team")
	tab.ClickText("#modal .modal-foot .primary", "")
	tab.See(".message.private", "is set up")
	types("/outcome add Shops plan with their money without asking us")
	tab.See("#modal h2", "Add an outcome")
	tab.ClickText("#modal .choice", "Business")
	tab.Type("#modal [data-block^=metric-by] input", inAMonth())
	tab.ClickText("#modal .modal-foot .primary", "Add")
	tab.See(".message.private", "Added PAY-O1")
	types("/idea add Next payout date on the dashboard")
	tab.See(".message", "Who knows the date does not write to us.")
	tab.See(".message", "A language model suggests this")
	tab.ClickText(".message .button", "Link it")
	tab.See(".message", "for “Shops plan with their money without asking us”")
	tab.Gone(".message", "A language model suggests this")
	tab.NoFaults()
}
