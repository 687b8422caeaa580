package commands_test

import (
	"fmt"
	"testing"

	"alignbot/pipeline"
)

func TestBareValidateListsWhatIsInDiscovery(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/validate")
	bob.Sees("Nothing is in discovery at the moment", "Type `/idea` to capture an idea")

	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1")
	bob.Types("/validate")
	bob.Sees("Which one is worth finding out more about?")
	bob.ClicksIn("Which one is worth", "Take to discovery")
	bob.Sees("is in discovery now")
	for i := range 11 {
		bob.Types(fmt.Sprintf("/idea add Number %d", i))
		bob.Sees(fmt.Sprintf("Captured as PAY-%d", i+2))
		bob.ClicksIn(fmt.Sprintf("Captured as PAY-%d ", i+2), "Take to discovery")
		bob.Sees(fmt.Sprintf("PAY-%d is in discovery now", i+2))
	}
	bob.Types("/validate")
	bob.Sees("In discovery: Payments", "Page 1 of 2 · 12 ideas", "PAY-12  Number 10")
	bob.ClicksIn("Page 1 of 2", "Next")
	bob.Sees("Page 2 of 2 · 12 ideas", "PAY-1  Export invoices")
	bob.ClicksIn("Page 2 of 2", "Validate")
	bob.SeesModal("Validate PAY-2").Says("Number 0")
}

func TestValidateAsksForTheTeamElsewhere(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob := w.Person("bob").In("general")
	bob.Types("/validate")
	bob.Sees("Whose ideas would you like to see?")
	bob.Chooses("Choose a team", "Payments (PAY)")
	bob.Sees("In discovery: Payments", "PAY-1  Export invoices")
	bob.ClicksIn("In discovery", "Validate")
	bob.SeesModal("Validate PAY-1")
}

func TestAKeyThatLeadsNowhereHasNoOverview(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob := w.Person("bob").In("payments")
	for typed, said := range map[string]string{
		"/validate PAY-99":                   "There is no PAY-99 that you can see",
		"/validate GRO-1":                    "There is no GRO-1 that you can see",
		"/validate <script>":                 "key",
		"/validate everything at once":       "key",
		"/validate PAY-1; DROP":              "key",
		"/validate 99999999999999999999":     "key",
		"/validate PAY-0":                    "key",
		"/validate pay 1":                    "Validate PAY-1",
		"/validate 1":                        "Validate PAY-1",
		"/validate \u00a0PAY-1 ":             "Validate PAY-1",
		"/validate help":                     "What",
		"/validate <#C0PAYMENTS|payments> 1": "key",
	} {
		bob.Types(typed)
		bob.Sees(said)
		if said == "Validate PAY-1" {
			bob.ClosesModal()
		}
	}
	bob.SeesNoModal()
	bob.Types("/validate cheklists")
	bob.Sees("Did you mean this?", "/validate checklists")
	carol := w.Person("carol").In("general")
	carol.Types("/validate 1")
	carol.Sees("This channel is not a team's")
}

func TestThePrivateTeamsOverviewIsNotToBeSeen(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{})
	alice := w.Person("alice").In("leads")
	alice.Types("/align setup")
	alice.SeesModal("Set up a team")
	alice.Fills("Name", "Leads")
	alice.Fills("Key", "LEA")
	alice.Submits()
	alice.In("@alignbot").Sees("is set up")
	alice.In("leads")
	alice.Types("/idea add Buy a rival")
	alice.Sees("Captured as LEA-1")
	bob := w.Person("bob").In("payments")
	bob.Types("/validate LEA-1")
	bob.Sees("There is no LEA-1 that you can see")
	bob.DoesNotSee("Buy a rival")
}

func TestEveryLackHasItsForm(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob := w.Person("bob").In("payments")
	bob.Types("/validate PAY-1")
	bob.SeesModal("Validate PAY-1").Says("Opportunity Canvas (not begun)").Says("an outcome link").Says("a “we will know when”").Says("evidence for it")
	bob.ClicksIn("Opportunity Canvas (not begun)", "Begin")
	bob.SeesModal("Opportunity Canvas").Says("Quick form")
	bob.Fills(problemQuick, "Retyping")
	bob.Fills(usersQuick, "Bookkeepers")
	bob.Clicks("Add evidence")
	bob.SeesModal("Add evidence")
	saysSo(bob, "Three customers asked", peopleSay, supports)
	bob.Submits()
	bob.SeesModal("Opportunity Canvas").Says("yes: one piece of evidence").Has(problemQuick, "Retyping").Has(usersQuick, "Bookkeepers")
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("2 of 4 answered · *passed*").Says("Three customers asked")
	bob.DoesNotSee("Opportunity Canvas (", "• evidence")
	bob.Clicks("Link an outcome")
	bob.SeesModal("Link an outcome")
	bob.Fills("What will have changed, and for whom?", "Small firms pay on time")
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("PAY-O1  Small firms pay on time")
	bob.Clicks("Write it")
	bob.SeesModal("Edit PAY-1")
	bob.Fills("We will know when", "40 exports a month by May")
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("Nothing is missing")
	bob.Clicks("Move to validated")
	bob.SeesModal("Validate PAY-1").Says("It is *validated*").Says("Nothing is missing before it goes into the Product Backlog").Says("Product owners of the team decide this step")
}
