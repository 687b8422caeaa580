package commands_test

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

func TestTheProductBacklogHasAnOrder(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{Guests: true}).withTeam(t)
	ideas := w.inBacklog(t, pipeline.OutcomeKey{}, make([]int, 12)...)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea list backlog")
	bob.Sees("1.  PAY-1  Idea 1", "10.  PAY-10  Idea 10", "Page 1 of 2 · 12 ideas, in their order")
	bob.Clicks("Up") // of the second: the first has no such button
	bob.Sees("1.  PAY-2  Idea 2", "2.  PAY-1  Idea 1")
	bob.Clicks("Down") // of the first
	bob.Sees("1.  PAY-1  Idea 1", "2.  PAY-2  Idea 2")
	bob.Clicks("Next")
	bob.Sees("11.  PAY-11  Idea 11", "12.  PAY-12  Idea 12", "Page 2 of 2")
	bob.Clicks("Down") // of the eleventh
	bob.Sees("11.  PAY-12  Idea 12", "12.  PAY-11  Idea 11")
	bob.Clicks("Up") // to the page before, which is shown
	bob.Sees("10.  PAY-12  Idea 12", "Page 1 of 2")
	bob.Clicks("Next")
	bob.Sees("11.  PAY-10  Idea 10", "Page 2 of 2")
	bob.Clicks("To the top")
	bob.Sees("1.  PAY-10  Idea 10", "2.  PAY-1  Idea 1", "Page 1 of 2")
	events := w.history(t, ideas[9].Key)
	if want := (pipeline.Change{Field: pipeline.FieldRank, From: "11", To: "1"}); len(events) != 2 || events[0].What != pipeline.WasReordered || events[0].By != "U0BOB" || events[0].Changes[0] != want {
		t.Errorf("%+v", events)
	}
	bob.Types("/idea show PAY-10")
	bob.SeesModal("PAY-10").Says("moved it in the Product Backlog").Says("its place: it was “11”, it became “1”")
	bob.ClosesModal()

	gina := w.Person("gina").In("payments")
	gina.Types("/idea list backlog")
	gina.Sees("1.  PAY-10  Idea 10")
	gina.DoesNotSee("To the top")

	// It leaves the Product Backlog between the list and the click.
	gone := w.stored(t, ideas[0].Key) // the second in the list
	gone.Stage = pipeline.Delivered
	if _, err := w.store.ChangeIdea(t.Context(), "gone", gone, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U0ALICE", What: pipeline.WasMoved, From: pipeline.Backlog, To: pipeline.Delivered}); err != nil {
		t.Fatal(err)
	}
	bob.Clicks("Up")
	bob.Sees(fmt.Sprintf("%s is delivered by now, so it has no place in the Product Backlog.", ideas[0].Key))
}
