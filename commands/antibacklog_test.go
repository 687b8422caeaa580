package commands_test

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// parked stores an idea of Bob's that Alice parked.
func (w *workplace) parked(t *testing.T, title string, reason pipeline.ParkReason, revisit pipeline.Revisit) pipeline.Idea {
	t.Helper()
	idea, err := pipeline.Capture(pipeline.Draft{Title: title}, "PAY", w.Person("bob").ID(), pipeline.Source{}, time.Now())
	if err == nil {
		idea, err = w.store.Capture(t.Context(), "capture "+title, idea, storage.Slot{})
	}
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	idea.Stage, idea.Staged = pipeline.Parked, now
	idea.Parking = &pipeline.Parking{
		Decision: pipeline.NotNow, Reason: reason, Why: "Why of " + title, From: pipeline.Captured, Revisit: revisit,
		By: w.Person("alice").ID(), At: now,
	}
	event := pipeline.Event{At: now, By: idea.Parking.By, What: pipeline.WasParked, From: pipeline.Captured, To: pipeline.Parked, About: idea.Parking.Verdict()}
	if idea, err = w.store.ChangeIdea(t.Context(), "park "+title, idea, storage.Slot{}, event); err != nil {
		t.Fatal(err)
	}
	return idea
}

func TestTheAntiProductBacklogIsBrowsed(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Types("/antibacklog")
	bob.Sees("Anti-Product Backlog of Payments", "Nothing is parked.")

	soon, _ := inMonths(1)
	late, words := inMonths(5)
	w.parked(t, "Fax", pipeline.LowImpact, pipeline.Revisit{Day: late})
	w.parked(t, "Telex", pipeline.TooCostly, pipeline.Revisit{Day: soon})
	wanted := w.parked(t, "Dark mode", pipeline.TooCostly, pipeline.Revisit{AskedBy: 9})
	for i := range 10 {
		w.parked(t, fmt.Sprint("Idea ", i), pipeline.Duplicate, pipeline.Revisit{AskedBy: 2})
	}
	asked := pipeline.Asked{By: carol.ID(), At: time.Now()}
	if _, _, _, err := w.store.AskAgain(t.Context(), "ask", wanted.Key, asked, nil, storage.Slot{}, pipeline.Event{At: asked.At, By: asked.By, What: pipeline.AskedAgain}); err != nil {
		t.Fatal(err)
	}

	bob.Types("/antibacklog")
	bob.Sees("PAY-13  Idea 9", "Page 1 of 2 · 13 parked ideas, newest first")
	bob.DoesNotSee("PAY-1  Fax")
	bob.Clicks("Next")
	bob.Sees("Page 2 of 2", "PAY-1  Fax", "not now: low impact · parked", "looked at again on "+words)
	bob.Clicks("Due")
	bob.Sees("Nothing that is parked is due for another look. The next one is PAY-")
	bob.Clicks("By day")
	bob.Sees("2 parked ideas, those looked at again soonest first", "PAY-2  Telex")
	bob.Types("/antibacklog PAY-2")
	bob.SeesModal("PAY-2").Says("Telex")
	bob.ClosesModal()
	bob.Clicks("Most asked")
	bob.Sees("1 parked idea, those asked again by most people first", "PAY-3  Dark mode", "asked again by 1 person")
	bob.Chooses("Kind of reason", "Too costly")
	bob.Sees("2 parked ideas, too costly, newest first")
	bob.Clicks("Details") // of the first
	bob.SeesModal("PAY-3").Says("Parked from the captured ideas, not now: too costly.").Says("Why of Dark mode").Says("Asked again by 1 person")
	bob.ClosesModal()
	bob.Types("/antibacklog off strategy")
	bob.Sees("Nothing is parked for this reason: off strategy.")
	bob.Types("/antibacklog costly")
	bob.Sees("2 parked ideas, too costly, newest first")
	bob.Types("/antibacklog blue")
	bob.Sees("I don't know how to list what is parked by “blue”.")
	bob.Types("/antibacklog asks")
	bob.Sees("Did you mean /antibacklog asked? The words are")

	w.searchable(t, "telex", "PAY")
	bob.Types("/antibacklog find telex")
	bob.Sees("Best matches for telex", "PAY-2  Telex")
	bob.Types("/antibacklog find")
	bob.Sees("Which words should I look for?")

	elsewhere := w.Person("bob").In("general")
	elsewhere.Types("/antibacklog day")
	elsewhere.Sees("This channel is not a team's. Whose ideas would you like to see?")
	elsewhere.Chooses("Choose a team", "Payments (PAY)")
	elsewhere.Sees("those looked at again soonest first")
}

func TestReopeningByCommand(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withParked(t, "Costs too much")
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	bob.Types("/antibacklog reopen 1")
	bob.Sees("What becomes of an idea is decided by the team's product owners")
	alice.Types("/antibacklog reopen 1")
	alice.SeesModal("Reopen")
	alice.Fills("Why", "A customer pays for it")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("PAY-1 is in discovery now", "Alice Anders reopened PAY-1: A customer pays for it.")
	alice.Types("/antibacklog reopen PAY-1")
	alice.Sees("PAY-1 is in discovery, not parked, so there is nothing to reopen.")
	if got := w.stored(t, pays1); got.Stage != pipeline.Discovery || got.Parking != nil {
		t.Errorf("it is %s, %+v", got.Stage, got.Parking)
	}
}
