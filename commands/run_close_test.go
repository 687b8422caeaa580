package commands_test

import (
	"testing"

	"alignbot/pipeline"
)

// What a form lies on shows what was stored since it was drawn, whichever view is
// closed.

func TestAllAnswersGoBackToAnOverviewOfNow(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob := w.Person("bob").In("payments")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Checklists", "Quick")
	bob.SeesModal("Opportunity Canvas")
	bob.Fills(problemQuick, "They retype invoices")
	bob.Clicks("Use the full form")
	bob.SeesModal("Opportunity Canvas").Says("Full form")
	bob.Clicks("All answers")
	bob.SeesModal("Opportunity Canvas").Says("Not answered yet")
	bob.CancelsModal()
	bob.SeesModal("Validate PAY-1").Says("full · 1 of 10 answered")
}

func TestATestGoesBackToAnOverviewOfNow(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	w.withTest(t, inDays(3))
	bob.Types("/validate PAY-1")
	bob.ClicksIn("accountants want it", "Show")
	bob.Clicks("Open the form")
	bob.SeesModal("Test Card").Says("step 1 of 2")
	bob.Clicks("Next")
	bob.SeesModal("Test Card").Says("step 2 of 2")
	bob.ClicksIn(whichNumber, "Amend")
	bob.SeesModal("Amend the test")
	bob.Fills(whichNumber, "25")
	bob.Fills("Why does it change?", "Fewer accountants")
	bob.Submits()
	bob.SeesModal("Test Card").Says("25 %").Says("It was “30 %” when the test started")
	bob.Clicks("What did it show?")
	bob.SeesModal("What did it show?").Says("at least 25 %").Says("When the test started it was at least 30 %")
	bob.Fills(number, "26")
	bob.Fills(dataPoints, "40")
	bob.Submits()
	bob.SeesModal("Test Card").Says("Correct what it showed")
	bob.CancelsModal()
	bob.SeesModal("Validate PAY-1").Says("*passed*")
}

func TestResultsGoBackToAStepOfNow(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withPlan(t, 2)
	w.opens(t, bob, "run.open", run, "&step=2")
	bob.SeesModal("Usability test").Says("2 of 5 participants")
	bob.Clicks("Results of a participant")
	bob.SeesModal("Participant 3")
	bob.Chooses(howWasIt, unaided)
	bob.Submits()
	bob.SeesModal("Participant 3").Says("Task 2 of 3")
	bob.CancelsModal()
	bob.SeesModal("Usability test").Says("3 of 5 participants")
	bob.Clicks("Results of a participant")
	bob.SeesModal("Participant 3").Says("Task 2 of 3")
	bob.Clicks("Back")
	bob.SeesModal("Participant 3").Says("Task 1 of 3")
	bob.Clicks("Take it away")
	bob.SeesModal("Participant 3").Has(howWasIt, "")
	bob.CancelsModal()
	bob.SeesModal("Usability test").Says("2 of 5 participants")
}

func TestAChecklistThatAnotherAsksForOpensFromIt(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob := w.Person("bob").In("payments")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Definition of Ready", "Begin")
	bob.SeesModal("Definition of Ready").Says("INVEST (not begun)")
	bob.Clicks("Open INVEST")
	bob.SeesModal("INVEST").Says("step 1 of 2")
	bob.Chooses("Independent: could we ship it in any order?", "Yes")
	bob.Fills("Why “Independent”", "It stands alone")
	bob.Submits()
	bob.SeesModal("INVEST").Says("step 2 of 2")
	bob.CancelsModal()
	bob.SeesModal("Validate PAY-1").Says("1 of 6 answered").Says("INVEST (5 answers missing)")
	bob.ClicksIn("Definition of Ready", "Continue")
	bob.SeesModal("Definition of Ready")
	bob.Clicks("Continue INVEST")
	bob.SeesModal("INVEST").Has("Why “Independent”", "It stands alone")
}
