package commands_test

import (
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// anOpportunity stores one under the outcome, for that horizon, last changed so many
// days ago.
func (w *workplace) anOpportunity(t *testing.T, under pipeline.OutcomeKey, statement string, horizon pipeline.Horizon, days int) pipeline.NodeKey {
	t.Helper()
	at := time.Now().AddDate(0, 0, -days)
	o, err := w.store.AddOpportunity(t.Context(), "opportunity "+statement, pipeline.Opportunity{
		Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode}, Parent: under, Statement: statement, Kind: pipeline.Pain, Horizon: horizon, Created: at, CreatedBy: "U0ALICE", Changed: at,
	}, storage.Slot{}, pipeline.Event{At: at, By: "U0ALICE", What: pipeline.WasAdded})
	if err != nil {
		t.Fatal(err)
	}
	return o.Key
}

// The board: what stands on it, moved between its columns and inside one, confirmed,
// measured and added to, by two people.
func TestTheNowNextLaterBoard(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("/align board")
	bob.SeesModal("Now, Next, Later").Says("Nothing is on the board of Payments yet.").Says("*Now* · certain: scoped and staffed · 0 problems")
	bob.ClosesModal()

	outcome := w.aProductOutcome(t, "More people pay in time")
	w.anOpportunity(t, outcome, "I forget when to pay", pipeline.HorizonNow, 120)
	w.anOpportunity(t, outcome, "I pay twice", pipeline.HorizonNow, 1)
	w.anOpportunity(t, outcome, "I do not trust it", "", 1)
	bob.Types("/align board")
	bob.SeesModal("Now, Next, Later").Says("PAY-P1  I forget when to pay").Says("Outcome: PAY-O1 More people pay in time").Says("Last word: not confirmed for 120 days").Says("It is worked on now and has no metric.").Says("Not on the board: 1 opportunity not decided yet.")

	// Still true, in one tap; what it is to move; its place.
	bob.ClicksIn("PAY-P1  I forget when to pay", "Open")
	bob.SeesModal("Now, Next, Later").Says("Now, 1 of 2").Says("Nobody has confirmed it for 90 days or more.")
	bob.Clicks("Still true")
	bob.SeesModal("Now, Next, Later").Says("Last word: confirmed today")
	bob.Clicks("Metric…")
	bob.Fills("Which number is it to move?", "Reminders opened, 50 %")
	alice.Types("/align board")
	alice.ClicksIn("PAY-P1  I forget when to pay", "Open")
	alice.SeesModal("Now, Next, Later").Says("Now, 1 of 2")
	alice.Clicks("Metric…")
	alice.Fills("Which number is it to move?", "Late fees paid")
	alice.Submits()
	alice.SeesModal("Now, Next, Later").Says("Metric: Late fees paid")
	bob.Submits()
	bob.SeesModal("Metric of PAY-P1").Says("Somebody wrote “Late fees paid” while you were typing.").Has("Which number is it to move?", "Reminders opened, 50 %")
	bob.Submits()
	bob.SeesModal("Now, Next, Later").Says("Metric: Reminders opened, 50 %")
	bob.Clicks("Move down")
	bob.SeesModal("Now, Next, Later").Says("Now, 2 of 2")

	// To another column, while somebody else moves it as well.
	bob.Clicks("To “Next”")
	bob.SeesModal("Now, Next, Later").Says("Next, 1 of 1")
	alice.Clicks("To “Later”")
	alice.SeesModal("Now, Next, Later").Says("Later, 1 of 1")
	bob.Clicks("Details")
	bob.Sees("said that it still holds on the board (now)", "metric on the board: “Late fees paid” was added")
	bob.ClosesModal()
	alice.Clicks("Back")
	alice.SeesModal("Now, Next, Later").Says("*Later* · open: a problem worth solving · 1 problem")

	// What is not on the board comes onto it, and a new problem is added.
	alice.Clicks("Choose from them")
	alice.ClicksIn("PAY-P3  I do not trust it", "Open")
	alice.SeesModal("Now, Next, Later").Says("Not on the board: not decided yet")
	alice.Clicks("To “Now”")
	alice.SeesModal("Now, Next, Later").Says("Now, 2 of 2")
	alice.Clicks("Back")
	alice.SeesModal("Now, Next, Later").Says("*Now* · certain: scoped and staffed · 2 problems")
	alice.Clicks("Add to Next…")
	alice.Fills("Which problem do customers have?", "I cannot find the number")
	alice.Chooses("What is it?", "A pain: something hurts on the way")
	alice.Chooses("Which product outcome does it serve?", "PAY-O1  More people pay in time")
	alice.Submits()
	alice.SeesModal("Now, Next, Later").Says("PAY-P4  I cannot find the number").Says("*Next* · likely: in discovery · 1 problem")
	alice.Clicks("As Markdown")
	alice.SeesModal("As Markdown").Says("# Now-Next-Later of Payments").Says("- **PAY-P4** I cannot find the number")
	alice.ClosesModal()
	alice.Types("/align board")
	alice.SeesModal("Now, Next, Later")
	alice.Clicks("As Mermaid")
	alice.SeesModal("As Mermaid").Says("kanban\n").Says("PAY-P4<br/>I cannot find the number")
}
