package commands_test

import (
	"testing"

	"alignbot/pipeline"
)

// full gives #payments room for one idea in its Product Backlog.
func (w *workplace) full(t *testing.T) {
	t.Helper()
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	team.Velocity, team.VelocityIdeas, team.SoftLimit, team.HardLimit = 1, true, 1, 1
	if _, err := w.store.ChangeTeam(t.Context(), "limits", team); err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasWithdrawnComesBackWhereThereIsRoom(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.full(t)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")
	w.prepared(t, "First", pipeline.Backlog)
	w.prepared(t, "Second", pipeline.Validated)

	// There is room, so it comes back where it stood.
	bob.Types("/idea withdraw PAY-1")
	bob.Sees("PAY-1 is in the Product Backlog, and others may count on it.")
	bob.DoesNotSee("PAY-1 is withdrawn")
	bob.ClicksIn("others may count on it", "Withdraw")
	bob.Sees("PAY-1 is withdrawn")
	bob.ClicksIn("PAY-1 is withdrawn", "Bring it back")
	bob.Sees("PAY-1 is back in the lists, in the Product Backlog.")

	// Meanwhile the room is taken.
	bob.Types("/idea withdraw PAY-1")
	bob.ClicksIn("others may count on it", "Withdraw")
	bob.Sees("PAY-1 is withdrawn")
	alice.ClicksIn("PAY-2  Second", "Move to Product Backlog")
	alice.SeesModal("Move to Product Backlog")
	alice.Submits()
	alice.Sees("PAY-2 is in the Product Backlog now")
	bob.Types("/idea show PAY-1")
	bob.SeesModal("PAY-1")
	bob.Clicks("Bring it back")
	bob.SeesModal("PAY-1").Says("PAY-1 stays withdrawn: it stood in the Product Backlog, which is full by now.").
		Says("room in the Product Backlog (2 sprints of work with this one; the limit is 1)").Says("See what is in it")
	if w.stored(t, pays1).Withdrawn.IsZero() {
		t.Error("it came back to a full Product Backlog")
	}
	bob.Clicks("Bring it back to discovery")
	bob.SeesModal("PAY-1").Says("in discovery since").Says("brought it back to discovery")
	carol.Sees("Bob Brandt brought PAY-1 back to discovery.")
}

func TestAFullProductBacklogIsSaidInAMessageToo(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.full(t)
	bob := w.Person("bob").In("payments")
	w.prepared(t, "First", pipeline.Backlog)
	bob.Types("/idea withdraw PAY-1")
	bob.ClicksIn("others may count on it", "Withdraw")
	bob.Sees("PAY-1 is withdrawn")
	w.prepared(t, "Second", pipeline.Backlog)
	bob.ClicksIn("PAY-1 is withdrawn", "Bring it back")
	bob.Sees("PAY-1 stays withdrawn")
	bob.Clicks("Bring it back to discovery")
	bob.Sees("PAY-1 is back in the lists, in discovery.")
	if got := w.stored(t, pays1); got.Stage != pipeline.Discovery || !got.Withdrawn.IsZero() {
		t.Errorf("it is %s, withdrawn %v", got.Stage, got.Withdrawn)
	}
}
