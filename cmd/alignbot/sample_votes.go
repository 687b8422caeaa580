package main

// playVotes leaves one ballot closed, with its idea parked and about to come
// back, and another one running.
func playVotes(owner, bob, carol *actor) {
	playBallot(owner, "PAY-5", "")
	bob.votes("PAY-5", "With a reason…", "Pursue", "Traders ask for it at every market that we visit.")
	carol.votes("PAY-5", "Object…", "", "To pay out before the money has arrived is to lend it, and we have no licence for that.")
	owner.votes("PAY-5", "Park", "", "")
	owner.types("/antibacklog vote PAY-5")
	owner.sees("Ballot on PAY-5")
	owner.clicks("", "Close it now")
	owner.closes()

	owner.types("/antibacklog park PAY-5")
	owner.sees("Park PAY-5")
	owner.chooses("Decision", "not now")
	owner.chooses("Kind of reason", "Ethics or risk")
	owner.fills("Why", "We would need a licence to lend money, which takes a year.")
	owner.fills("Or when so many people ask for it again", "2")
	owner.submits()
	owner.hears()
	// Whoever asks for it next brings it back.
	bob.types("/idea show PAY-5")
	bob.sees("PAY-5")
	bob.clicks("", "I need this too")
	bob.sees("I need this too")
	bob.fills("Why do you need it?", "Two more traders left us this week for somebody who pays the same evening.")
	bob.submits()
	bob.closes()

	playBallot(owner, "PAY-4", "Confidential")
	bob.votes("PAY-4", "Pursue", "", "")
}

// playBallot starts a ballot that everybody in the channel is asked in; level ""
// is the one that the form starts with.
func playBallot(a *actor, key, level string) {
	a.types("/antibacklog vote " + key)
	a.sees("Ballot on " + key)
	if level != "" {
		a.chooses("Who learns who voted what?", level)
	}
	a.submits()
	a.hears()
}

// votes by the button of that name; where that opens a form, with the choice, as
// far as the button leaves it open, and the reason.
func (a *actor) votes(key, button, choice, reason string) {
	a.types("/antibacklog vote " + key)
	a.sees("Ballot on " + key)
	a.clicks("", button)
	if reason != "" {
		a.sees("Vote on " + key)
		if choice != "" {
			a.chooses("Your vote", choice)
		}
		a.fills("Why?", reason)
		a.submits()
	}
	a.closes()
}
