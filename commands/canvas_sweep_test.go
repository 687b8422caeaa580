package commands_test

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

func TestAnotherProductGoalSweepsTheIdeas(t *testing.T) {
	t.Parallel()
	w, clock := openMoving(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	w.inBacklog(t, w.aProductOutcome(t, "More people pay in time"), 1, 2, 3, 5)
	w.owns(t, "U0BOB", 3)
	w.aCanvas(t, pipeline.ProductGoal, "Payments in 2027", map[pipeline.BoxID]string{"goal": "Halve churn"})
	states := func(goal string) {
		bob.Types("/align canvas C1")
		bob.SeesModal("Canvas")
		bob.ClicksIn("Product goal", "Change")
		bob.Fills("What should be reached, and by when?", goal)
		bob.Submits()
		bob.CancelsModal()
		bob.ClosesModal()
	}
	// What is mended within minutes opens one sweep, and what says the same none.
	states("halve  churn")
	clock.move(11 * time.Minute)
	w.settles(t)
	bob.DoesNotSee("The product goal has changed")
	states("Close in a month") // and taken back at once
	clock.move(time.Minute)
	states("halve  churn")
	clock.move(11 * time.Minute)
	w.settles(t)
	bob.DoesNotSee("The product goal has changed")
	states("Clse in a day")
	clock.move(time.Minute)
	states("Close the month in a day")
	clock.move(9*time.Minute + 30*time.Second)
	bob.Sees("The product goal has changed", "Close the month in a day", "halve churn", "4 ideas were taken up under the old one", "0 of 4 ideas looked at.")
	clock.move(time.Minute)
	w.settles(t)
	if n := w.posted("The product goal has changed"); n != 1 {
		t.Errorf("%d sweeps were opened", n)
	}

	// Several people go through them: each idea is kept, linked anew or parked.
	bob.Clicks("Look through them")
	bob.SeesModal("Product goal").Says("PAY-1  Idea 1").Says("for PAY-O1  More people pay in time")
	bob.DoesNotSee("Park…")
	rule := w.Faults().Add(slacksim.Fault{On: "block_actions", Times: 1, Do: slacksim.Duplicate()})
	bob.ClicksIn("PAY-1  Idea 1", "Keep")
	bob.SeesModal("Product goal").Says("1 of 4 ideas looked at: 1 kept.")
	if rule.Strikes() != 1 {
		t.Error("nothing was delivered twice")
	}
	bob.ClicksIn("PAY-2  Idea 2", "Relink…")
	bob.SeesModal("Link an outcome")
	bob.Chooses("What it is for", "PAY-O2  Fewer calls")
	bob.Submits()
	bob.SeesModal("Product goal").Says("2 of 4 ideas looked at: 1 kept, 1 linked anew.")
	bob.ClosesModal()

	alice.Sees("2 of 4 ideas looked at")
	alice.Clicks("Look through them")
	alice.SeesModal("Product goal").Says("PAY-3  Idea 3")
	alice.ClicksIn("PAY-3  Idea 3", "Park…")
	alice.SeesModal("Park PAY-3")
	alice.Chooses("Decision", "Not now: it may be right later")
	alice.Chooses("Kind of reason", "Off strategy")
	alice.Fills("Why", "It does not serve the goal")
	alice.Submits()
	alice.SeesModal("Product goal").Says("3 of 4 ideas looked at: 1 kept, 1 linked anew, 1 parked.")
	alice.ClosesModal()
	bob.Sees("3 of 4 ideas looked at: 1 kept, 1 linked anew, 1 parked.")
	bob.Types("/align canvas C1")
	bob.SeesModal("Canvas").Says("3 of 4 ideas looked at")
	bob.ClosesModal()

	// The goal changes once more: this sweep is over, the next has what is left.
	states("Nobody retypes invoices")
	clock.move(11 * time.Minute)
	bob.Sees("3 ideas were taken up under the old one", "0 of 3 ideas looked at.", "The goal has changed once more since.")
	w.settles(t)
	state, err := w.store.Sweep(t.Context(), "PAY", 2)
	if err != nil || state.Was != "Close the month in a day" || len(state.Ideas) != 3 {
		t.Errorf("the second sweep is %+v %v", state, err)
	}
}

func TestASweepOfManyIdeasTurnsPages(t *testing.T) {
	t.Parallel()
	w, clock := openMoving(t)
	w.inBacklog(t, pipeline.OutcomeKey{}, make([]int, 25)...)
	old := w.aCanvas(t, pipeline.ProductGoal, "2026", map[pipeline.BoxID]string{"goal": "Halve churn"})
	old.Closed, old.ClosedBy = clock.now(), "U0ALICE"
	w.keeps(t, old)
	bob := w.Person("bob").In("payments")
	bob.Types("/align canvas product-goal")
	bob.Fills("What is it about?", "2027")
	bob.Submits()
	bob.CancelsModal()
	bob.Types("/align canvas C2")
	bob.SeesModal("Canvas")
	bob.ClicksIn("Product goal", "Fill")
	bob.Fills("What should be reached, and by when?", "Close in a day")
	bob.Submits()
	bob.CancelsModal()
	bob.ClosesModal()
	clock.move(11 * time.Minute)
	bob.Sees("25 ideas were taken up under the old one", "Halve churn")
	bob.Clicks("Look through them")
	bob.SeesModal("Product goal").Says("Page 1 of 3")
	for i := 1; i <= 3; i++ {
		bob.ClicksIn(fmt.Sprintf("Idea %d", i), "Keep")
		bob.SeesModal("Product goal").Says(fmt.Sprintf("%d of 25 ideas looked at", i))
	}
	bob.Clicks("Next")
	bob.SeesModal("Product goal").Says("Page 2 of 3")
}
