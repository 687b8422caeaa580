package main

import (
	"context"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
)

// sampleChannel is where the sample's team works; its name gives the team's.
const sampleChannel = "payments"

// sampleIdeas are captured in this order, each by somebody of the sample
// workspace.
var sampleIdeas = []struct {
	by   string
	idea pipeline.Draft
}{
	{"bob", pipeline.Draft{
		Title:    "Next payout date on the dashboard",
		Problem:  "Shops write to support to ask when they will be paid. It is our most frequent question and the answer is always in our database.",
		Measure:  "Tickets about payout dates fall from 140 to under 40 a month by the end of March.",
		Evidence: "Support tags for October: 140 of 610 tickets.",
	}},
	{"carol", pipeline.Draft{
		Title:    "Export invoices as PDF",
		Problem:  "Bookkeepers of small shops retype our invoices by hand: about an hour a month each.",
		Measure:  "One shop in three that opens an invoice downloads it, within six weeks.",
		Evidence: "Asked for in 9 of the last 12 onboarding calls.",
	}},
	{"alice", pipeline.Draft{
		Title:    "Try failed card payments again the next morning",
		Problem:  "One renewal in nine fails, mostly because the account is empty that night. We give up after one attempt and the customer loses access.",
		Measure:  "30 % of failed renewals are paid within three days.",
		Evidence: "Three weeks of decline codes: 62 % insufficient funds.",
	}},
	{"carol", pipeline.Draft{
		Title:   "Tell customers before their card expires",
		Problem: "People learn that their card has expired when the order does not go through, and some never come back.",
		Measure: "Payments that fail on an expired card halve within a quarter.",
	}},
	{"bob", pipeline.Draft{
		Title:   "Pay out on the same day for a small fee",
		Problem: "Market traders buy stock every morning and cannot wait three days for yesterday's money.",
	}},
}

// sampleMessage is written by one person and captured by another with the
// message shortcut.
var sampleMessage = struct{ from, text, by, title string }{
	from:  "carol",
	text:  "Third shop this week that refunded a whole order because they could not refund only one item of it. The customers then have to pay again for the rest.",
	by:    "bob",
	title: "Refund a part of an order",
}

// playSample lets the people of the sample workspace set up a team, capture
// ideas and bring some of them on their way, as anybody would in the page.
func playSample(ctx context.Context, sim *slacksim.Sim) error {
	p := &play{ctx: ctx, sim: sim}
	alice, bob, carol := &actor{p, "alice"}, &actor{p, "bob"}, &actor{p, "carol"}
	playSetUp(alice)
	for _, sample := range sampleIdeas {
		playCapture(&actor{p, sample.by}, sample.idea)
	}
	playMessage(&actor{p, sampleMessage.from}, &actor{p, sampleMessage.by})
	playToBacklog(bob, carol, alice)
	playDiscovery(carol)
	playTest(alice)
	playVotes(alice, bob, carol)
	playOutcomes(alice, bob, carol)
	playSprint(alice)
	playGoal(alice)
	return p.err
}

func playSetUp(a *actor) {
	a.types("/align setup")
	a.sees("Set up a team")
	a.submits()
	a.hears()
}

func playCapture(a *actor, idea pipeline.Draft) {
	a.types("/idea " + idea.Title)
	a.sees("Capture an idea")
	for _, input := range []struct{ label, text string }{
		{"Problem", idea.Problem}, {"We will know when", idea.Measure}, {"Evidence", idea.Evidence},
	} {
		if input.text != "" {
			a.fills(input.label, input.text)
		}
	}
	a.submits()
	a.hears()
}

func playMessage(from, by *actor) {
	from.types(sampleMessage.text)
	by.usesShortcutOn(sampleMessage.text, commands.ShortcutFromText)
	by.sees("Capture an idea")
	by.fills("Title", sampleMessage.title)
	by.submits()
	by.hears()
}

// playToBacklog takes PAY-1 all the way to the Product Backlog.
func playToBacklog(by, colleague, owner *actor) {
	by.types("/validate PAY-1")
	by.sees("Validate PAY-1")
	by.clicks("", "Take to discovery")
	by.clicks("Opportunity Canvas", "Quick")
	by.sees("Opportunity Canvas")
	by.fills("Which problem might we solve?", "Shops cannot see when their money arrives, so they ask us, and wait, and ask again.")
	by.fills("What is our hunch?", "A line at the top of the dashboard: the next payout, its date and amount")
	by.submits()
	by.sees("Validate PAY-1")
	by.closes()

	// Somebody else finishes it, and adds what was seen.
	colleague.types("/validate PAY-1")
	colleague.sees("Validate PAY-1")
	colleague.clicks("2 of 4 answered", "Continue")
	colleague.sees("Opportunity Canvas")
	colleague.fills("Who is it for?", "Owners of small shops who do their own books")
	colleague.fills("What gets better, and for whom?", "They plan their week without calling us; support has a third of its day back.")
	colleague.submits()
	colleague.sees("Validate PAY-1")
	colleague.clicks("", "Add evidence")
	colleague.sees("Add evidence")
	colleague.fills("What was seen or heard?", "A date shown to 200 shops for two weeks: they asked 41 times, the 200 others 132 times.")
	colleague.chooses("What kind of evidence is it?", "What people do: seen in data, in a test, in real use")
	colleague.chooses("Which way does it point?", "It supports the idea")
	colleague.submits()
	colleague.sees("Validate PAY-1")
	colleague.clicks("", "Link an outcome")
	colleague.sees("Link an outcome")
	colleague.fills("What will have changed, and for whom?", "Shops plan with their money without asking us")
	colleague.submits()
	colleague.sees("Validate PAY-1")
	colleague.clicks("", "Move to validated")
	colleague.closes()

	owner.types("/validate PAY-1")
	owner.sees("Validate PAY-1")
	owner.clicks("", "Move to Product Backlog")
	owner.sees("Move to Product Backlog")
	owner.fills("Why", "The trial cut the questions by two thirds, and it is small.")
	owner.submits()
	owner.closes()
}

// playDiscovery leaves PAY-2 in discovery, with a canvas half answered.
func playDiscovery(a *actor) {
	a.types("/validate PAY-2")
	a.sees("Validate PAY-2")
	a.clicks("", "Take to discovery")
	a.clicks("Opportunity Canvas", "Quick")
	a.sees("Opportunity Canvas")
	a.fills("Which problem might we solve?", "Bookkeepers retype invoices that we have as data.")
	a.fills("What is our hunch?", "A PDF button beside each invoice, and one for the whole month")
	a.submits()
	a.sees("Validate PAY-2")
	a.closes()
}

// playTest starts a test on PAY-3 that ends in two weeks.
func playTest(a *actor) {
	a.types("/validate PAY-3")
	a.sees("Validate PAY-3")
	a.clicks("", "Take to discovery")
	a.clicks("", "New Test Card")
	a.sees("Test Card")
	a.fills("We believe that …", "Accounts that are empty at night have money the next morning.")
	a.fills("To verify that, we will …", "Charge one failed renewal in ten again at nine the next morning, for two weeks.")
	a.submits()
	a.fills("And measure …", "The share of these that go through, from the payment log.")
	a.chooses("We are right if that number is …", pipeline.AtLeast)
	a.fills("… which number?", "30 %")
	a.fills("By which day will we know?", time.Now().AddDate(0, 0, 14).Format(time.DateOnly))
	a.clicks("", "Start the test")
	a.closes()
}
