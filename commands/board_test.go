package commands_test

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

func TestStatusShowsThePipelineAndWhatWaits(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Types("/align status")
	bob.Sees("No ideas yet.", "The Product Backlog is empty.")

	w.prepared(t, "Oldest in discovery", pipeline.Discovery)
	w.prepared(t, "Newer in discovery", pipeline.Discovery)
	w.prepared(t, "Ready", pipeline.Validated)
	w.prepared(t, "Done", pipeline.Delivered)
	w.running(t, pipeline.Key{Team: "PAY", Number: 1}, "Half of them use it", "U0CAROL", time.Now().Add(-time.Hour))
	w.running(t, pipeline.Key{Team: "PAY", Number: 2}, "Not due yet", "U0CAROL", time.Now().Add(time.Hour))

	bob.Types("/align status")
	bob.Sees("2 in discovery", "Longest: PAY-1  Oldest in discovery, since", "1 validated", "1 delivered", "Gates overridden: 0 of 3 moves (0 %).", "2 ideas of yours are in discovery.")
	bob.DoesNotSee("wait for a decision")
	bob.ClicksIn("2 in discovery", "Show PAY-1")
	bob.SeesModal("PAY-1")
	bob.ClosesModal()

	alice.Types("/align status")
	alice.Sees("Payments: 1 validated idea waits for a decision.", "Payments: 1 delivered idea is not looked back at yet.")
	alice.ClicksIn("waits for a decision", "Look at it")
	alice.Sees("Validated ideas of Payments", "PAY-3  Ready")

	carol.Types("/align status")
	carol.Sees("A test on PAY-1 has reached its deadline and waits for what it showed.", "Half of them use it")
	carol.DoesNotSee("Not due yet")
}

func TestHomeShowsWhatWaitsForWhom(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	w.prepared(t, "Looked into", pipeline.Discovery)
	w.prepared(t, "Ready", pipeline.Validated)
	w.prepared(t, "Done", pipeline.Delivered)
	w.running(t, pipeline.Key{Team: "PAY", Number: 1}, "Half of them use it", "U0BOB", time.Now().Add(-time.Hour))

	bob.OpensHome()
	bob.Sees("A test on PAY-1 has reached its deadline", "1 idea of yours is in discovery.", "Longest in discovery: PAY-1, since")
	bob.DoesNotSee("waits for a decision")
	bob.ClicksIn("1 idea of yours", "Look at it")
	bob.SeesModal("Ideas").Says("PAY-1  Looked into")
	bob.Clicks("Details")
	bob.SeesModal("PAY-1").Says("What happened")
	bob.Clicks("Back to the list")
	bob.SeesModal("Ideas").Says("PAY-1  Looked into")
	bob.ClosesModal()

	alice.OpensHome()
	alice.Sees("Payments: 1 validated idea waits for a decision.", "Payments: 1 delivered idea is not looked back at yet.")
	alice.ClicksIn("is not looked back at yet", "Look at it")
	alice.SeesModal("Ideas").Says("PAY-3  Done")
}

func TestDraftsOfEveryKindAreGoneOnWithFromHome(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	w.prepared(t, "Export invoices", pipeline.Discovery)
	for slot, typed := range map[string]map[pipeline.Field]string{
		"evidence.PAY-1":   {pipeline.FieldNote: "They phone twice a week"},
		"outcome.PAY-1":    {pipeline.FieldStatement: "Fewer phone calls"},
		"work.PAY-1":       {pipeline.FieldSize: "13"},
		"edit.PAY-1":       {pipeline.FieldTitle: "A better title"},
		"template.PAY.NEW": {pipeline.FieldName: "Legal check"},
		"run.PAY-1.1.1":    {"problem": "They retype invoices"},
	} {
		var beginning string
		for _, words := range typed {
			beginning = words
		}
		keep := func() {
			t.Helper()
			if err := w.store.SaveDraft(t.Context(), alice.ID(), storage.Slot{Name: slot}, storage.Draft{Typed: typed, Saved: time.Now()}); err != nil {
				t.Fatal(err)
			}
			alice.OpensHome()
			alice.Sees(beginning)
		}
		keep()
		alice.ClicksIn(beginning, "Discard")
		alice.StopsSeeing(beginning)
		keep()
		alice.ClicksIn(beginning, "Continue")
		alice.Sees("This is what you typed")
		alice.ClosesModal()
	}
}

func TestListsSaySinceWhenAnIdeaIsAtItsStage(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	first := w.prepared(t, "First captured", pipeline.Captured)
	w.prepared(t, "Second captured", pipeline.Discovery)
	moved := first
	moved.Stage, moved.Staged = pipeline.Discovery, time.Date(2031, 5, 4, 12, 0, 0, 0, time.UTC)
	if _, err := w.store.ChangeIdea(t.Context(), "moved", moved, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U0BOB", What: pipeline.WasMoved, From: pipeline.Captured, To: pipeline.Discovery}); err != nil {
		t.Fatal(err)
	}
	bob.Types("/idea list discovery")
	bob.Sees("Discovery ideas of Payments", "in discovery · since 4 May 2031")
	bob.SeesMatch(fmt.Sprintf(`(?s)PAY-%d.*PAY-2`, first.Key.Number)) // the newest in the stage first
	for _, typed := range []string{"/idea list orphans mine", "/idea list orphans discovery", "/idea list withdrawn orphans"} {
		bob.Types(typed)
		bob.Sees("so orphans goes with no other word")
	}
}
