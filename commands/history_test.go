package commands_test

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

func TestHistoryTurnsTwentyAtATime(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1")
	for i := range 44 { // with the capture it is 45
		idea := w.stored(t, pays1)
		was := idea.Problem
		idea.Problem = fmt.Sprintf("Version %02d", i)
		event := pipeline.Event{At: time.Now(), By: "U0CAROL", What: pipeline.WasEdited, Changes: []pipeline.Change{{Field: pipeline.FieldProblem, From: was, To: idea.Problem}}}
		if _, err := w.store.ChangeIdea(t.Context(), fmt.Sprint("edit ", i), idea, storage.Slot{}, event); err != nil {
			t.Fatal(err)
		}
	}
	bob.Types("/idea show PAY-1")
	bob.SeesModal("PAY-1").Says("it became “Version 43”").Says("it became “Version 39”")
	bob.DoesNotSee("it became “Version 38”")
	bob.Clicks("All that happened")
	bob.SeesModal("History of PAY-1").Says("it was “Version 23”, it became “Version 24”")
	bob.DoesNotSee("it became “Version 23”", "Newer")
	bob.Clicks("Older")
	bob.SeesModal("History of PAY-1").Says("it became “Version 23”").Says("it became “Version 04”")
	bob.Clicks("Older")
	bob.SeesModal("History of PAY-1").Says("@Bob Brandt captured it.")
	bob.DoesNotSee("Older")
	bob.Clicks("Newer")
	bob.SeesModal("History of PAY-1").Says("it became “Version 23”")
	bob.CancelsModal()
	bob.SeesModal("PAY-1")
}

func TestHistorySaysWhoForWhomAndWhy(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	carol := w.Person("carol").In("payments")
	idea := w.prepared(t, "Export invoices", pipeline.Validated)
	moved := idea
	moved.Stage = pipeline.Backlog
	event := pipeline.Event{
		At: time.Now(), By: "U0ALICE", What: pipeline.WasOverridden, From: pipeline.Validated, To: pipeline.Backlog,
		Why: "The contract <!channel> *asks* for it", OnBehalf: "U0BOB", Lacks: []string{"an outcome link", "evidence for it"},
	}
	if _, err := w.store.ChangeIdea(t.Context(), "override", moved, storage.Slot{}, event); err != nil {
		t.Fatal(err)
	}
	carol.Types("/idea show PAY-1")
	carol.Clicks("All that happened")
	carol.SeesModal("History of PAY-1").
		Says("@Alice Anders moved it to the Product Backlog, on behalf of @Bob Brandt, although it lacked an outcome link; evidence for it.").
		Says("The contract <!channel> *asks* for it").
		Says("@Bob Brandt linked it to PAY-O1.").
		Says("@Bob Brandt began Opportunity Canvas on it.")
}
