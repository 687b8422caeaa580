package commands_test

import (
	"testing"

	"alignbot/pipeline"
)

func TestHomeShowsTheQuestionsThatWait(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	w.startsRound(t)
	w.delivered(t, inDays(-1))
	alice, bob, dave := w.Person("alice"), w.Person("bob"), w.Person("dave")
	alice.OpensHome()
	alice.Sees("A round of questions waits for your answer until", "What slows us down?", "Did PAY-1 change what it was for? It waits since "+shown(-1))
	bob.OpensHome()
	bob.Sees("A round of questions waits for your answer until")
	bob.DoesNotSee("Did PAY-1 change")
	dave.OpensHome()
	dave.Sees("Nothing. You are up to date.")

	alice.ClicksIn("A round of questions waits", "Answer")
	alice.SeesModal("Your answer")
	alice.Fills("What slows us down?", "Reviews")
	alice.Submits()
	alice.SeesNoModal()
	alice.StopsSeeing("A round of questions waits")
	alice.ClicksIn("Did PAY-1 change", "Say what happened")
	alice.SeesModal("Say what happened")
	alice.Chooses(didItMove, "It moved")
	alice.Fills(happened, "A third fewer calls")
	alice.Submits()
	alice.SeesNoModal()
	alice.StopsSeeing("Did PAY-1 change")
}

func TestACaptureAsksForWhatIsOpen(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Export invoices")
	bob.Sees("Two questions are open: which outcome is it for, and how will we know that it worked?")
	bob.Clicks("Say how we will know")
	bob.SeesModal("Edit PAY-1")
	bob.Fills("We will know when", "half as many calls by June")
	bob.Submits()
	bob.SeesNoModal()
	bob.Types("/idea add Another")
	bob.Sees("Captured as PAY-2")
	if got := w.stored(t, pays1).Measure; got != "half as many calls by June" {
		t.Errorf("it is measured by %q", got)
	}
}
