package commands_test

import (
	"testing"

	"alignbot/pipeline"
)

func TestWeHaveBeenHereBefore(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")
	day, _ := inMonths(3)
	w.parked(t, "Export invoices as PDF files", pipeline.TooCostly, pipeline.Revisit{Day: day})
	for _, title := range []string{"Dark mode for the app", "Faster search of customers", "Sign in with a passkey", "Weekly report by mail"} {
		bob.Types("/idea add " + title)
	}
	w.searchable(t, "invoices", "PAY")
	w.searchable(t, "weekly", "PAY")
	bob.DoesNotSee("Like it, in case it is the same")

	carol.Types("/idea")
	carol.SeesModal("Capture an idea")
	carol.Fills("Title", "Export of invoices as a PDF")
	carol.Fills("Problem", "Our accountants retype them")
	carol.Fills("Evidence", "Five accountants said so")
	carol.Submits()
	carol.Sees("Captured as PAY-6", "Like it, in case it is the same", "PAY-1  Export invoices as PDF files", "not now: too costly · parked")
	carol.DoesNotSee("Reopen…")
	carol.ClicksIn("Like it", "Same: add mine to it")
	carol.Sees("You are counted: 1 person has asked for PAY-1 since it was parked. PAY-6 is withdrawn as the same.")
	carol.Sees("Carol Costa withdrew PAY-6: the same as PAY-1.")
	if got := w.stored(t, pipeline.Key{Team: "PAY", Number: 6}); got.Withdrawn.IsZero() {
		t.Error("PAY-6 still stands")
	}
	page, err := w.store.Asked(t.Context(), pays1, 1, 10)
	if err != nil || page.Total != 1 || page.Asked[0].Note != "Export of invoices as a PDF\nOur accountants retype them" {
		t.Errorf("%+v (%v)", page, err)
	}
	evidence, err := w.store.Evidence(t.Context(), pays1, 1, 10)
	if err != nil || evidence.Total != 1 || evidence.Evidence[0].Note != "Five accountants said so" {
		t.Errorf("%+v (%v)", evidence, err)
	}

	alice.Types("/idea add Invoices exported as PDF")
	alice.Sees("Captured as PAY-7", "Like it, in case it is the same", "Reopen…")
	alice.ClicksIn("Like it", "It is new")
	alice.StopsSeeing("Like it, in case it is the same")
	alice.Sees("Captured as PAY-7")

	w.searchable(t, "exported", "PAY")
	bob.Types("/idea add Search customers faster")
	bob.Sees("Captured as PAY-8", "PAY-3  Faster search of customers")
	bob.ClicksIn("Like it", "Same: add mine to it")
	bob.Sees("What you wrote is evidence on PAY-3 now. PAY-8 is withdrawn as the same.")
	bob.Clicks("Bring PAY-8 back")
	bob.Sees("PAY-8 is back in the lists")

	bob.Types("/idea find invoices")
	bob.Sees("Best matches for invoices", "not now: too costly")
}

func TestASearchLeadsToWhatWasTurnedDownOrToANewIdea(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	bob.Types("/idea add Invoices invoices as spreadsheets")
	bob.Sees("Captured as PAY-1")
	day, _ := inMonths(3)
	parked := w.parked(t, "Export invoices as PDF files", pipeline.TooCostly, pipeline.Revisit{Day: day})
	w.searchable(t, "spreadsheets", "PAY")
	w.searchable(t, "PDF", "PAY")

	bob.Types("/idea find invoices")
	bob.SeesMatch(`(?s)Best matches for invoices.*PAY-2  Export invoices as PDF files.*not now: too costly · parked.*“` + parked.Parking.Why + `”.*PAY-1  Invoices`)
	bob.DoesNotSee("Reopen…")
	bob.ClicksIn("Best matches for invoices", "I need this too")
	bob.SeesModal("I need this too").Says("It is parked, not now: too costly")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("You are counted: 1 person has asked for PAY-2 since it was parked.")
	bob.ClicksIn("Best matches for invoices", "Add evidence")
	bob.SeesModal("Add evidence").Says("On PAY-1")
	bob.ClosesModal()
	bob.ClicksIn("Best matches for invoices", "It is new: capture it")
	bob.SeesModal("Capture an idea").Has("Title", "invoices")
	bob.ClosesModal()

	alice.Types("/antibacklog find invoices")
	alice.Sees("Best matches for invoices", "Reopen…")
	alice.Types("/idea find nonsense")
	alice.Sees("Nothing found for nonsense")
	alice.ClicksIn("Nothing found", "It is new: capture it")
	alice.SeesModal("Capture an idea").Has("Title", "nonsense")
}
