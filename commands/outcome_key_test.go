package commands_test

import (
	"testing"

	"alignbot/pipeline"
)

// A key alone behind the command shows what it names.
func TestAKeyAloneShowsWhatItNames(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	bob := w.Person("bob").In("payments")
	for typed, title := range map[string]string{
		"/outcome O2": "Outcome PAY-O2", "/outcome pay-o1": "Outcome PAY-O1", "/outcome p1": "Opportunity tree", "/antibacklog PAY-1": "PAY-1", "/antibacklog show 1": "PAY-1",
	} {
		bob.Types(typed)
		bob.SeesModal(title)
		bob.ClosesModal()
	}
	bob.Types("/outcome O99")
	bob.Sees("There is no PAY-O99 that you can see.")
	bob.Types("/outcome of mine")
	bob.Sees("I don't know “/outcome of”.")
}

// Help behind a word that takes no others is not taken for something else.
func TestHelpBehindAWordIsHelp(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	bob := w.Person("bob").In("payments")
	for _, typed := range []string{"/align ask help", "/outcome tree help", "/outcome orphans HELP"} {
		bob.Types(typed)
		bob.SeesNoModal()
	}
	bob.Sees("Ask people a round of questions, with names or without", "Ideas without an outcome, each with what it may be for")
	bob.Types("/idea add help")
	bob.Sees("Captured as PAY-3")
}

// A card shows the number of what its idea is for as it is after a check-in.
func TestACardShowsTheNumberOfACheckIn(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	bob := w.Person("bob").In("payments")
	w.link(t, pipeline.Key{Team: "PAY", Number: 2}, "O2")
	bob.Types("/outcome checkin O2")
	bob.SeesModal("Check in on PAY-O2")
	bob.Fills("The number now, in calls", "90")
	bob.Chooses("How confident are you that the target is reached?", "On track (green)")
	bob.Submits()
	bob.SeesNoModal()
	bob.SeesMatch(`PAY-2  Dark mode\n[^\n]*\(PAY-O2\):[^ ]* 90 calls, target 80, on track`)
	bob.SeesMatch(`PAY-1  Export invoices\n[^\n]*\(PAY-O2\):[^ ]* 90 calls, target 80, on track`)
}
