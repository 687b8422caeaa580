package commands_test

import (
	"slices"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

const (
	tookPart    = "Who took part?"
	howLong     = "How many minutes?"
	talkedAbout = "Which ideas did you talk about?"
	becameReady = "Which of them are ready now?"
	areDropped  = "Which of them are dropped?"
)

func TestARefinementIsLoggedAndCorrected(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	ideas := w.inBacklog(t, pipeline.OutcomeKey{}, 8, 5)
	w.searchable(t, "Idea", "PAY")
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("/align sprint refine")
	bob.SeesModal("Log a refinement").Has("Day", inDays(0)).Has(tookPart, "bob")
	bob.Fills(howLong, "a while")
	bob.Submits()
	bob.SeesFieldError(howLong, "A whole number of minutes from 1 to 480.")
	bob.Fills(howLong, "45 min")
	bob.Chooses(tookPart, "bob", "alice")
	bob.Chooses(becameReady, chosen(ideas[0])...)
	bob.Chooses(areDropped, chosen(ideas[0])...)
	bob.Submits()
	bob.SeesFieldError(areDropped, "PAY-1 cannot be both ready and dropped.")
	bob.Chooses(areDropped, chosen(ideas[1])...)
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("Logged: refinement of", "45 minutes · 2 people · 2 ideas, 1 ready, 1 dropped.")
	r, err := w.store.Refinement(t.Context(), "PAY", 1)
	if err != nil || !slices.Equal(r.People, []string{"U0ALICE", "U0BOB"}) || len(r.Touched) != 2 || r.By != "U0BOB" {
		t.Errorf("it is stored as %+v (%v)", r, err)
	}

	alice.Types("/align sprint")
	alice.SeesModal("Sprint")
	alice.Clicks("Refinements")
	alice.SeesModal("Refinements").Says("Talked about: PAY-1, PAY-2").Says("Page 1 of 1 · 1 refinement")
	alice.Clicks("Correct…")
	alice.SeesModal("Correct a refinement").Has(howLong, "45").Has(becameReady, chosen(ideas[0])[0])
	alice.Fills(howLong, "60")
	alice.Submits()
	alice.SeesModal("Refinements").Says("60 minutes").Says("corrected by")
	alice.Clicks("Log a refinement…")
	alice.SeesModal("Log a refinement").Has(tookPart, "alice")
	alice.Fills(howLong, "30")
	alice.Submits()
	alice.SeesModal("Refinements").Says("2 refinements")
	alice.ClosesModal()
}

func TestTwoWhoCorrectARefinementAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	r, err := w.store.KeepRefinement(t.Context(), "log", pipeline.Refinement{Team: "PAY", Day: inDays(-1), People: []string{"U0BOB"}, Minutes: 45, By: "U0BOB", At: time.Now()}, "U0BOB", storage.Slot{})
	if err != nil {
		t.Fatal(err)
	}
	w.offers(t, "team=PAY&refinement=1", "refine.open")
	bob := w.Person("bob").In("payments")
	bob.Clicks("refine.open")
	bob.SeesModal("Correct a refinement")
	r.Minutes = 90
	if _, err := w.store.KeepRefinement(t.Context(), "theirs", r, "U0ALICE", storage.Slot{}); err != nil {
		t.Fatal(err)
	}
	bob.Fills(howLong, "50")
	bob.Submits()
	bob.SeesModal("Correct a refinement").Says("Somebody corrected this while you were typing.").Says("90 minutes").Has(howLong, "50")
	bob.Submits()
	bob.SeesNoModal()
	if r, err = w.store.Refinement(t.Context(), "PAY", 1); err != nil || r.Minutes != 50 || r.Version != 3 {
		t.Errorf("%+v %v", r, err)
	}
}
