package commands_test

import (
	"fmt"
	"testing"

	"alignbot/pipeline"
)

func TestADraftGoesWithItsQuestionIntoTheLongerForm(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	own := pipeline.Template{ID: "two", Name: "Two", Use: pipeline.UseChecklist, Forms: []pipeline.Form{"quick", "full"}}
	for i := range pipeline.InputsOnPage {
		own.Items = append(own.Items, pipeline.Item{ID: pipeline.ItemID(fmt.Sprintf("f%d", i)), Question: fmt.Sprintf("F%d", i), Kind: pipeline.KindText, In: []pipeline.Form{"full"}})
	}
	own.Items = append(own.Items, pipeline.Item{ID: "last", Question: "Last?", Kind: pipeline.KindText})
	w.ofPays(t, own)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Two", "Quick")
	bob.SeesModal("Two")
	bob.Fills("Last?", "A paragraph of Bob's")
	bob.ClosesModal()
	alice.Types("/validate PAY-1")
	alice.ClicksIn("0 of 1 answered", "Continue")
	alice.Clicks("Use the full form")
	alice.SeesModal("Two").Says("step 1 of 2")
	alice.ClosesModal()

	bob.Types("/validate PAY-1")
	bob.ClicksIn("0 of 7 answered", "Continue")
	bob.SeesModal("Two").Says("step 1 of 2")
	bob.Fills("F0", "Answered first") // which is done with the draft of this step
	bob.Submits()
	bob.SeesModal("Two").Says("step 2 of 2").Has("Last?", "A paragraph of Bob's").Says("It is not saved yet")
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("2 of 7 answered")
	if drafts, err := w.store.Drafts(t.Context(), bob.ID()); err != nil || len(drafts) != 0 {
		t.Errorf("drafts are left: %v %v", drafts, err)
	}
}

func TestAnEmptiedAnswerStaysEmptyUntilItIsSaved(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob := w.Person("bob").In("payments")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Checklists", "Full")
	bob.SeesModal("Opportunity Canvas")
	bob.Fills(problemFull, "stored")
	bob.Submits()
	bob.SeesModal("Opportunity Canvas").Says("step 2 of 2")
	bob.Clicks("Back")
	bob.SeesModal("Opportunity Canvas").Has(problemFull, "stored")
	bob.Fills(problemFull, "")
	bob.Clicks("Skip this step")
	bob.SeesModal("Opportunity Canvas").Says("step 2 of 2")
	bob.Clicks("Back")
	bob.SeesModal("Opportunity Canvas").Has(problemFull, "").Says("It is not saved yet")
	bob.Submits()
	bob.SeesModal("Opportunity Canvas").Says("step 2 of 2")
	if got := w.kept(t, 1).Answers["problem"]; got.Value != "" {
		t.Errorf("stored is %+v", got)
	}
}

// withProblem captures PAY-1 with a problem and takes it to discovery.
func (w *workplace) withProblem(t *testing.T) {
	t.Helper()
	bob := w.Person("bob").In("payments")
	bob.Types("/idea Export invoices")
	bob.Fills("Problem", "They retype invoices.")
	bob.Submits()
	bob.Sees("Captured as PAY-1")
	bob.Types("/validate PAY-1")
	bob.SeesModal("Validate PAY-1")
	bob.Clicks("Take to discovery")
	bob.SeesModal("Validate PAY-1").Says("in discovery")
}

func TestTheProblemOfAnIdeaIsSuggestedAsAnAnswer(t *testing.T) {
	t.Parallel()
	const suggested = "The idea says this"
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.withProblem(t)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.ClicksIn("Checklists", "Quick")
	bob.SeesModal("Opportunity Canvas").Has(problemQuick, "They retype invoices.").Says(suggested)
	bob.Clicks("Use the full form") // answers nothing that nobody typed
	bob.SeesModal("Opportunity Canvas").Has(problemFull, "They retype invoices.").Says(suggested)
	bob.Clicks("Skip this step")
	bob.SeesModal("Opportunity Canvas").Says("step 2 of 2")
	if run := w.kept(t, 1); len(run.Answers) != 0 {
		t.Errorf("stored is %+v", run.Answers)
	}
	if drafts, err := w.store.Drafts(t.Context(), bob.ID()); err != nil || len(drafts) != 0 {
		t.Errorf("nothing was typed, and there are drafts: %v %v", drafts, err)
	}
	bob.Clicks("Back")
	bob.SeesModal("Opportunity Canvas").Says(suggested)

	alice.Types("/validate PAY-1")
	alice.ClicksIn("0 of 10 answered", "Continue")
	alice.SeesModal("Opportunity Canvas").Says(suggested)
	alice.Submits()
	alice.SeesModal("Opportunity Canvas").Says("step 2 of 2")
	if got := w.kept(t, 1).Answers["problem"]; got.Value != "They retype invoices." || got.By != alice.ID() {
		t.Errorf("stored is %+v", got)
	}
	alice.Clicks("Back")
	alice.SeesModal("Opportunity Canvas").Has(problemFull, "They retype invoices.").Says("answered by")
	alice.Fills(problemFull, "They lose invoices.")
	alice.Submits()
	alice.SeesModal("Opportunity Canvas").Says("step 2 of 2")

	// A suggestion left as it is gives way to what somebody answered meanwhile.
	bob.Fills(usersFull, "Bookkeepers")
	bob.Submits()
	bob.SeesModal("Opportunity Canvas").Says("step 2 of 2")
	if got := w.kept(t, 1).Answers["problem"]; got.Value != "They lose invoices." {
		t.Errorf("stored is %+v", got)
	}
}

func TestASuggestionThatIsClearedStaysAway(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.withProblem(t)
	bob := w.Person("bob").In("payments")
	bob.ClicksIn("Checklists", "Full")
	bob.SeesModal("Opportunity Canvas").Has(problemFull, "They retype invoices.")
	bob.Fills(problemFull, "")
	bob.Clicks("Skip this step")
	bob.SeesModal("Opportunity Canvas").Says("step 2 of 2")
	bob.Clicks("Back")
	bob.SeesModal("Opportunity Canvas").Has(problemFull, "")
}
