package commands_test

import (
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// link ties an idea to nodes of the tree.
func (w *workplace) link(t *testing.T, key pipeline.Key, nodes ...string) {
	t.Helper()
	for _, name := range nodes {
		idea, event, err := pipeline.Link(w.stored(t, key), pipeline.Node{Key: pays(name)}, w.Person("bob").ID(), time.Now())
		if err == nil {
			_, err = w.store.ChangeIdea(t.Context(), "link "+key.String()+name, idea, storage.Slot{}, event)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The ideas on what hangs under an outcome are asked about when it is closed, and
// follow as its own do.
func TestTheIdeasUnderAClosedOutcomeMoveToAnother(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	alice := w.Person("alice").In("payments")
	later := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
	other := w.adds(t, pipeline.OutcomeForm{Statement: "Firms pay on time", Kind: pipeline.ProductOutcome, Parent: "PAY-O1", MetricBy: later})
	pays2 := pipeline.Key{Team: "PAY", Number: 2}
	w.link(t, pays2, "O2", "I1")

	alice.Types("/outcome close o2")
	alice.SeesModal("Close PAY-O2").Says("What becomes of 2 ideas that are linked to it or to what hangs under it?")
	alice.Chooses("What became of it?", "Dropped: it is not worth having any more")
	alice.Fills("In a line, why", "We learned that nobody calls about it")
	alice.Chooses("What becomes of 2 ideas that are linked to it or to what hangs under it?", "Move to another outcome, chosen below")
	alice.Chooses("The other outcome", other.Key.String()+"  Firms pay on time")
	alice.Submits()
	alice.SeesNoModal()
	alice.SeesMatch(`PAY-1  Export invoices\n[^\n]*for “Firms pay on time”`)
	alice.SeesMatch(`PAY-2  Dark mode\n[^\n]*for “Firms pay on time”`)
	for _, key := range []pipeline.Key{pays1, pays2} {
		if now := w.stored(t, key).Outcomes; len(now) != 1 || now[0] != other.Key {
			t.Errorf("%s is linked to %v", key, now)
		}
	}
	if p := w.node(t, "P1").Opportunity; p.Parent != pays("O2") {
		t.Errorf("the opportunity hangs under %s", p.Parent)
	}
}

// Of an outcome that is merged an opportunity goes with its ideas.
func TestWhatHangsUnderAMergedOutcomeTakesItsIdeasAlong(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	alice := w.Person("alice").In("payments")
	later := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
	heir := w.adds(t, pipeline.OutcomeForm{Statement: "Firms pay on time", Kind: pipeline.ProductOutcome, Parent: "PAY-O1", MetricBy: later})
	pays2 := pipeline.Key{Team: "PAY", Number: 2}
	w.link(t, pays2, "O2", "P1")

	alice.Types("/outcome close o2")
	alice.SeesModal("Close PAY-O2").Says("they go to the other outcome, and what hangs under it goes with its ideas")
	alice.Chooses("What became of it?", "Merged: another outcome takes its place")
	alice.Fills("In a line, why", "It is the same")
	alice.Chooses("The other outcome", heir.Key.String()+"  Firms pay on time")
	alice.Submits()
	alice.SeesNoModal()
	alice.SeesMatch(`PAY-2  Dark mode\n[^\n]*for “Firms pay on time”`)
	if now := w.stored(t, pays1).Outcomes; len(now) != 1 || now[0] != pays("P1") {
		t.Errorf("PAY-1 is linked to %v", now)
	}
	if now := w.stored(t, pays2).Outcomes; len(now) != 2 || now[0] != heir.Key || now[1] != pays("P1") {
		t.Errorf("PAY-2 is linked to %v", now)
	}
	for _, under := range []pipeline.NodeKey{w.node(t, "P1").Opportunity.Parent, w.node(t, "I1").Impact.Goal} {
		if under != heir.Key {
			t.Errorf("what hung under it hangs under %s", under)
		}
	}
	alice.Types("/outcome tree")
	alice.SeesModal("Outcome tree").Says("PAY-O4  Firms pay on time").Says("2 ideas")
}
