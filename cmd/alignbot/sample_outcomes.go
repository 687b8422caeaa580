package main

import "time"

// Whose change an outcome is, as the form has it.
const (
	ofBusiness = "Business: what that brings, later and for many reasons"
	ofProduct  = "Product: what those who use it do otherwise"
)

// sampleOutcome is what somebody types into the form of an outcome.
type sampleOutcome struct {
	kind, parent, metric, from, to string
	months                         int // until the target is to be reached
}

// playOutcomes hangs numbers on a tree of three levels: two business outcomes, one
// under the other, over two product outcomes, an opportunity under one of them, and
// ideas under both. The others stay orphans, and a question waits for everybody's
// answer.
func playOutcomes(owner, bob, carol *actor) {
	const opportunity = "I never know when my money comes, so I cannot plan"

	owner.types("/outcome add What shops pay us a month grows")
	playOutcome(owner, "Add an outcome", sampleOutcome{ofBusiness, "", "Monthly revenue from shops", "410 k€", "480", 12})
	playCheckIn(owner, "O2", "The number now, in k€", "418", "On track (green)", "Two good months.")

	owner.types("/outcome add Fewer shops leave us in their first year")
	playOutcome(owner, "Add an outcome", sampleOutcome{
		ofBusiness, "PAY-O2  What shops pay us a month grows", "Shops that close their account within a year", "18 %", "12 %", 12,
	})

	// PAY-O1 was written in a line, with the idea that serves it.
	owner.types("/outcome edit O1")
	playOutcome(owner, "Edit PAY-O1", sampleOutcome{
		ofProduct, "PAY-O3  Fewer shops leave us in their first year", "Tickets that ask for a payout date", "140 tickets a month", "40", 4,
	})
	playCheckIn(bob, "O1", "The number now, in tickets a month", "121", "At risk (yellow)", "The line on the dashboard is built, and half of the shops see it.")

	owner.types("/outcome add More failed renewals are paid within three days")
	playOutcome(owner, "Add an outcome", sampleOutcome{
		ofProduct, "PAY-O3  Fewer shops leave us in their first year", "Failed renewals that are paid within three days", "8 %", "30 %", 6,
	})
	playCheckIn(owner, "O4", "The number now, in %", "11", "On track (green)", "The trial on one in ten is running.")

	carol.types("/outcome tree O1")
	carol.sees("Opportunity tree")
	carol.clicks("", "Add an opportunity")
	carol.sees("Add an opportunity")
	carol.fills("What do customers miss?", opportunity)
	carol.chooses("What is it?", "A pain: something hurts on the way")
	carol.submits()
	carol.closes()

	playLink(carol, "PAY-1", "PAY-P1  "+opportunity)
	playLink(owner, "PAY-3", "PAY-O4  More failed renewals are paid within three days")

	bob.types("/align ask")
	bob.sees("Ask people")
	bob.fills("A question of your own", "Which number would tell us first that shops plan better?")
	bob.submits()
	bob.hears()
}

// playOutcome fills the form of an outcome, which has that title.
func playOutcome(a *actor, title string, o sampleOutcome) {
	a.sees(title)
	a.chooses("Whose change is it?", o.kind)
	if o.parent != "" {
		a.chooses("Business outcome it serves", o.parent)
	}
	a.fills("What is counted or measured?", o.metric)
	a.fills("From which number", o.from)
	a.fills("To which number", o.to)
	a.fills("By which day", time.Now().AddDate(0, o.months, 0).Format(time.DateOnly))
	a.submits()
	a.hears()
}

// playCheckIn says where an outcome stands, and why.
func playCheckIn(a *actor, outcome, number, value, light, why string) {
	a.types("/outcome checkin " + outcome)
	a.sees("Check in on PAY-" + outcome)
	a.fills(number, value)
	a.chooses("How confident are you that the target is reached?", light)
	a.fills("In a line, why", why)
	a.submits()
	a.hears()
}

// playLink links an idea to a node of the tree.
func playLink(a *actor, idea, node string) {
	a.types("/outcome link " + idea)
	a.sees("Link an outcome")
	a.chooses("What it is for", node)
	a.submits()
	a.hears()
}
