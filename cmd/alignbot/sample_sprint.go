package main

// playSprint starts a sprint on what stands in the Product Backlog, so that there is a
// review to look at when the page's clock comes to its end.
func playSprint(owner *actor) {
	owner.types("/idea show PAY-1")
	owner.sees("PAY-1")
	owner.clicks("", "Size")
	owner.sees("Size and criteria")
	owner.chooses("Kind of work", "Feature: something new for those who use it")
	owner.fills("Size in points", "5")
	owner.fills("Acceptance criteria", "The dashboard shows date and amount of the next payout\nA payout that is late says so")
	owner.submits()
	owner.closes()

	owner.types("/align sprint start")
	owner.sees("Start a sprint")
	owner.fills("Sprint goal: why is there this sprint?", "Shops know when their money comes, without asking us")
	owner.looksUp("Which product outcome is it for?", "PAY-O1")
	owner.fills("How much could the team finish?", "13")
	owner.looksUp("Items from the Product Backlog", "PAY-1")
	owner.submits()
	owner.hears()
}
