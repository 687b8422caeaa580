package main

import "time"

// playOutcomes hangs numbers on a tree of three levels: two business outcomes, one
// under the other, over two product outcomes, an opportunity under one of them, and
// ideas under both. The others stay orphans, and a question waits for everybody's
// answer.
func playOutcomes(owner, bob, carol *actor) {
	const opportunity = "I never know when my money comes, so I cannot plan"
	day := func(months int) string { return time.Now().AddDate(0, months, 0).Format(time.DateOnly) }

	owner.types("/outcome add What shops pay us a month grows")
	owner.sees("Add an outcome")
	owner.chooses("Whose change is it?", "Business: what that brings, later and for many reasons")
	owner.fills("What is counted or measured?", "Monthly revenue from shops")
	owner.fills("From which number", "410 k€")
	owner.fills("To which number", "480")
	owner.fills("By which day", day(12))
	owner.submits()
	owner.hears()
	playCheckIn(owner, "O2", "The number now, in k€", "418", "On track (green)", "Two good months.")

	owner.types("/outcome add Fewer shops leave us in their first year")
	owner.sees("Add an outcome")
	owner.chooses("Whose change is it?", "Business: what that brings, later and for many reasons")
	owner.chooses("Business outcome it serves", "PAY-O2  What shops pay us a month grows")
	owner.fills("What is counted or measured?", "Shops that close their account within a year")
	owner.fills("From which number", "18 %")
	owner.fills("To which number", "12 %")
	owner.fills("By which day", day(12))
	owner.submits()
	owner.hears()

	// PAY-O1 was written in a line, with the idea that serves it.
	owner.types("/outcome edit O1")
	owner.sees("Edit PAY-O1")
	owner.chooses("Whose change is it?", "Product: what those who use it do otherwise")
	owner.chooses("Business outcome it serves", "PAY-O3  Fewer shops leave us in their first year")
	owner.fills("What is counted or measured?", "Tickets that ask for a payout date")
	owner.fills("From which number", "140 tickets a month")
	owner.fills("To which number", "40")
	owner.fills("By which day", day(4))
	owner.submits()
	owner.hears()
	playCheckIn(bob, "O1", "The number now, in tickets a month", "121", "At risk (yellow)", "The line on the dashboard is built, and half of the shops see it.")

	owner.types("/outcome add More failed renewals are paid within three days")
	owner.sees("Add an outcome")
	owner.chooses("Whose change is it?", "Product: what those who use it do otherwise")
	owner.chooses("Business outcome it serves", "PAY-O3  Fewer shops leave us in their first year")
	owner.fills("What is counted or measured?", "Failed renewals that are paid within three days")
	owner.fills("From which number", "8 %")
	owner.fills("To which number", "30 %")
	owner.fills("By which day", day(6))
	owner.submits()
	owner.hears()
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
