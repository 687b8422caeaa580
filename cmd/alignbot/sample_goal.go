package main

// playGoal fills the first boxes of the team's product goal, and turns the wall on,
// which shows it.
func playGoal(owner *actor) {
	owner.types("/align canvas product goal")
	owner.sees("Begin a canvas")
	owner.fills("What is it about?", "Money on time")
	owner.submits()
	for _, box := range []struct{ question, answer string }{
		{"Which future of the product does the goal lead to?", "Every shop knows its money as well as its stock"},
		{"What should be reached, and by when?", "By the end of May nobody has to ask us when their money comes"},
		{"What does it look like once it is reached?", "A shop owner opens the dashboard in the morning, sees what comes and when, and orders the week's goods."},
		{"Which numbers move first, while you can still change something?", "Shops that look at the date of their next payout"},
	} {
		owner.sees("Product Goal Canvas")
		owner.fills(box.question, box.answer)
		owner.submits()
	}
	owner.sees("Product Goal Canvas")
	owner.closes()

	owner.types("/align wall")
	owner.clicks("The wall is off", "Turn it on")
	owner.hears()
}
