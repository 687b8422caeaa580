package commands_test

import (
	"strings"
	"testing"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

func TestAnIdeaGoesFromAMessageToTheCardAndHome(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")

	bob.Types("/idea Export invoices")
	bob.SeesModal("Capture an idea").Has("Title", "Export invoices")
	bob.Fills("Problem", "Bookkeepers retype them.")
	bob.Submits()
	bob.Sees("Captured as PAY-1", "Export invoices")

	carol.Sees("PAY-1", "Bookkeepers retype them.", "no outcome yet", "by Bob Brandt")
	carol.DoesNotSee("Captured as PAY-1")

	bob.OpensHome()
	bob.Sees("My ideas", "PAY-1")
}

func TestTextBehindAddIsCapturedAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Pay in instalments")
	bob.Sees("Captured as PAY-1")
	bob.SeesNoModal()

	bob.Types("/idea add")
	bob.Sees("There was no text to capture")
}

func TestTheFormSaysWhatIsWrongAndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea")
	bob.Fills("Title", "\u200b\u200b")
	bob.Fills("Problem", "A problem worth keeping")
	bob.Submits()
	bob.SeesFieldError("Title", "at least one visible character")
	bob.SeesModal("Capture an idea").Has("Problem", "A problem worth keeping")
	bob.Fills("Title", "Now it has one")
	bob.Submits()
	bob.Sees("Captured as PAY-1")
}

func TestAClosedFormKeepsWhatWasTypedForADay(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea")
	bob.Fills("Title", "Half an idea")
	bob.Fills("Problem", "Somebody called")
	bob.ClosesModal()

	bob.OpensHome()
	bob.Sees("Half an idea", "A draft, kept for a day")

	bob.Types("/idea")
	bob.SeesModal("Capture an idea").Has("Title", "Half an idea").Has("Problem", "Somebody called").Says("This is what you typed")
	bob.Submits()
	bob.Sees("Captured as PAY-1")
	bob.OpensHome()
	bob.StopsSeeing("A draft, kept for a day")

	bob.Types("/idea")
	bob.SeesModal("Capture an idea").Has("Title", "")
}

func TestStartAfreshForgetsTheDraft(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea")
	bob.Fills("Title", "Never mind")
	bob.ClosesModal()
	bob.Types("/idea")
	bob.SeesModal("Capture an idea").Has("Title", "Never mind")
	bob.Clicks("Start afresh")
	bob.SeesModal("Capture an idea").Has("Title", "")
	bob.ClosesModal()
	bob.Types("/idea")
	bob.SeesModal("Capture an idea").Has("Title", "")
}

func TestATitleTypedDoesNotOverwriteADraft(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea")
	bob.Fills("Title", "The first idea")
	bob.ClosesModal()
	bob.Types("/idea The second idea")
	bob.SeesModal("Capture an idea").Has("Title", "The second idea")
	bob.Fills("Problem", "another")
	bob.ClosesModal()
	bob.OpensHome()
	bob.Sees("The first idea", "The second idea")
}

func TestAMessageBecomesAnIdeaAndItsThreadHearsOfIt(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	carol.Types("Bookkeepers ask for PDF invoices & nobody answers")
	bob.UsesShortcutOn("Bookkeepers ask", "Capture as idea")
	bob.SeesModal("Capture an idea").Has("Title", "Bookkeepers ask for PDF invoices & nobody answers").Has("Evidence", "“Bookkeepers ask for PDF invoices & nobody answers”").Says("From a message")
	bob.Fills("Title", "Invoices as PDF")
	bob.Submits()
	bob.Sees("Captured as PAY-1")
	carol.Sees("Bob Brandt captured this as PAY-1")

	bob.ClicksIn("Captured as PAY-1", "Details")
	bob.SeesModal("PAY-1").Says("The message it came from")
	bob.Clicks("Withdraw")
	bob.SeesModal("PAY-1").Says("withdrawn since").Says("Bring it back")
	carol.Sees("Bob Brandt withdrew PAY-1")
}

func TestTheGlobalShortcutAsksForTheTeam(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{})
	bob := w.Person("bob").In("payments")
	bob.UsesShortcut("Capture an idea")
	bob.Sees("There is no team here that you can see")
	bob.ClosesModal()

	w.withTeam(t)
	bob.UsesShortcut("Capture an idea")
	bob.SeesModal("Capture an idea")
	bob.Chooses("Team", "Payments (PAY)")
	bob.Fills("Title", "From anywhere")
	bob.Submits()
	bob.In("payments").Sees("PAY-1", "From anywhere")
	bob.In("@alignbot").Sees("Captured as PAY-1")
}

func TestTheReactionOffersTheFormPrivately(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	carol.Types("A thought")
	bob.Reacts("bulb", "A thought")
	bob.Sees("Capture that message as an idea?")
	carol.DoesNotSee("Capture that message as an idea?")
	bob.Clicks("Capture as idea")
	bob.SeesModal("Capture an idea").Has("Title", "").Says("From a message")
	bob.Fills("Title", "In my own words")
	bob.Submits()
	bob.Sees("Captured as PAY-1")
	carol.Sees("Bob Brandt captured this as PAY-1")
}

func TestAnotherReactionIsNobodysBusiness(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("A thought")
	bob.Reacts("tada", "A thought")
	bob.Types("/align help")
	bob.Sees("What alignbot can do")
	bob.DoesNotSee("Capture that message")
}

func TestAnEditShowsOnTheCardAndInItsThread(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Types("/idea add Export invoices")
	carol.Sees("PAY-1  Export invoices")
	bob.Types("/idea edit PAY-1")
	bob.SeesModal("Edit PAY-1").Has("Title", "Export invoices")
	bob.Fills("Title", "Export invoices as PDF")
	bob.Submits()
	carol.Sees("PAY-1  Export invoices as PDF", "Bob Brandt edited PAY-1", "it was “Export invoices”")
}

func TestTwoPeopleEditAtOnceAndNobodyIsOverwritten(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1")
	bob.Types("/idea edit PAY-1")
	alice.Types("/idea edit PAY-1")
	alice.Fills("Problem", "Alice's problem")
	alice.Submits()
	alice.Sees("Saved PAY-1")

	bob.Fills("Problem", "Bob's problem")
	bob.Submits()
	bob.SeesModal("Edit PAY-1").Says("Somebody changed this idea while you were typing").Says("Alice's problem").Has("Problem", "Bob's problem")
	bob.Submits()
	bob.Sees("Saved PAY-1")
	alice.Sees("Bob's problem")
}

func TestWithdrawnIsOutOfTheListsAndComesBack(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1")
	bob.Types("/idea withdraw PAY-1")
	bob.Sees("PAY-1 is withdrawn")
	bob.Types("/idea list")
	bob.Sees("No ideas here yet")
	bob.Types("/idea list withdrawn")
	bob.Sees("Withdrawn ideas of Payments")
	bob.ClicksIn("PAY-1 is withdrawn", "Bring it back")
	bob.Sees("PAY-1 is back in the lists")
	bob.Types("/idea list")
	bob.Sees("Ideas of Payments", "Page 1 of 1 · 1 idea")
}

func TestListsTurnTenAtATime(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	for i := range 12 {
		bob.Types("/idea add Number " + string(rune('A'+i)))
	}
	carol.Types("/idea add Carol's own")
	bob.Types("/idea list")
	bob.Sees("Page 1 of 2 · 13 ideas", "PAY-13", "PAY-4")
	bob.Clicks("Next")
	bob.Sees("Page 2 of 2 · 13 ideas", "PAY-3  Number C")
	carol.Types("/idea list mine")
	carol.Sees("My ideas of Payments", "Page 1 of 1 · 1 idea")
	carol.Types("/idea list captured")
	carol.Sees("Captured ideas of Payments")
	carol.Types("/idea list orphans")
	carol.Sees("Ideas of Payments without an outcome")
	carol.Types("/idea list orphans mine")
	carol.Sees("so orphans goes with no other word")
	carol.Types("/idea list nonsense")
	carol.Sees("I don't know how to list “nonsense”")
	carol.Types("/idea list orphan")
	carol.Sees("Did you mean /idea list orphans? Stages are")
}

func TestFindSearchesEverythingThePersonMaySee(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("leads"), w.Person("bob").In("payments")
	alice.Types("/align setup")
	alice.Fills("Name", "Leads")
	alice.Fills("Key", "SEC")
	alice.Submits()
	alice.In("@alignbot").Sees("is set up")
	alice.In("leads")
	alice.Types("/idea add Secret invoices")
	alice.Sees("Captured as SEC-1")
	bob.Types("/idea add Exporting an invoice")
	bob.Sees("Captured as PAY-1")
	w.searchable(t, "exporting", "PAY")
	w.searchable(t, "secret", "SEC")
	bob.Types("/idea find invoices")
	bob.Sees("Best matches for invoices", "PAY-1")
	bob.DoesNotSee("SEC-1")
	bob.Types("/idea show SEC-1")
	bob.Sees("There is no SEC-1 that you can see")
	bob.Types("/idea find zebra")
	bob.Sees("Nothing found for zebra")
	dave := w.Person("dave").In("leads")
	dave.Types("/idea find secret")
	dave.Sees("SEC-1")
}

func TestKeysThatLeadNowhereAreAnsweredClearly(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	for typed, answer := range map[string]string{
		"/idea show PAY-99":    "There is no PAY-99 that you can see",
		"/idea show XXX-1":     "There is no XXX-1 that you can see",
		"/idea show":           "Which idea?",
		"/idea show 12":        "There is no PAY-12 that you can see",
		"/idea show what":      "That is not an idea's key",
		"/idea withdraw PAY-9": "There is no PAY-9 that you can see",
	} {
		bob.Types(typed)
		bob.Sees(answer)
	}
}

func TestOthersMayNotChangeAnIdea(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, carol, alice := w.Person("bob").In("payments"), w.Person("carol").In("payments"), w.Person("alice").In("payments")
	bob.Types("/idea add Export invoices")
	carol.Sees("PAY-1")
	carol.Clicks("Edit")
	carol.Sees("can be changed by whoever captured it")
	carol.SeesNoModal()
	alice.Types("/idea edit PAY-1") // the product owner
	alice.SeesModal("Edit PAY-1")
}

func TestATypoGetsTheClosestCommand(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/align stup")
	bob.Sees("Did you mean /align setup?")
	bob.Types("/outcome tre O3")
	bob.Sees("I don't know “tre O3”. Did you mean this?")
	bob.Clicks("/outcome tree O3")
	bob.Sees("There is no PAY-O3 that you can see")
	bob.Types("/align dance")
	bob.Sees("I don't know “/align dance”")
	bob.Types("/idea lst")
	bob.Sees("Did you mean")
	bob.Clicks("No, it is a title")
	bob.SeesModal("Capture an idea").Has("Title", "lst")
	bob.CancelsModal()
	bob.Clicks("/idea list")
	bob.Sees("No ideas here yet")
	bob.Types("/idea shwo pay 7")
	bob.Sees("I don't know “shwo pay 7”")
	bob.Clicks("/idea show pay 7")
	bob.Sees("There is no PAY-7 that you can see")
	bob.Types("/idea show must go on")
	bob.SeesModal("Capture an idea").Has("Title", "show must go on")
}

func TestTextThatFitsNoFieldIsKeptWhole(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	long := strings.Repeat("word ", 7990) + "the very end"
	for _, command := range []string{"/idea ", "/idea add "} {
		bob.Types(command + long)
		bob.Sees("Nothing was captured yet, and all of your text is kept")
		bob.Clicks("Show all of my text")
		bob.SeesModal("Your text").Says("the very end")
		bob.ClosesModal()
		bob.Clicks("Open the form with its beginning")
		bob.SeesModal("Capture an idea").Says("only the beginning is here")
		bob.CancelsModal()
	}
	bob.Types("/idea add " + strings.Repeat("x", 500))
	bob.Sees("Captured as PAY-1")
}

func TestAFormThatOpensTooLateIsOneClickAway(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.Expect("expired_trigger_id")
	bob := w.Person("bob").In("payments")
	w.Faults().Add(slacksim.Fault{On: "views.open", Times: 1, Do: slacksim.APIError("expired_trigger_id")})
	bob.Types("/idea Export <invoices> & more")
	bob.Sees("Slack took too long to open the form")
	bob.Clicks("Open the form")
	bob.SeesModal("Capture an idea").Has("Title", "Export <invoices> & more")
	bob.ClosesModal()

	w.Faults().Add(slacksim.Fault{On: "views.open", Times: 1, Do: slacksim.APIError("expired_trigger_id")})
	long := strings.Repeat("界", 1900)
	bob.Types("/idea " + long)
	bob.Sees("What you typed is kept for a day")
	bob.Clicks("Open the form")
	bob.SeesModal("Capture an idea").Has("Problem", long)
}

func TestAnEditThatWasClosedIsFoundByTheBareNumberToo(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1")
	bob.Types("/idea edit PAY-1")
	bob.Fills("Problem", "Half a sentence")
	bob.ClosesModal()
	for _, typed := range []string{"/idea edit 1", "/idea edit pay1"} {
		bob.Types(typed)
		bob.SeesModal("Edit PAY-1").Has("Problem", "Half a sentence").Says("This is what you typed")
		bob.ClosesModal()
	}
}

func TestStartAfreshKeepsTheMessage(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	carol.Types("Bookkeepers ask for PDF invoices")
	bob.UsesShortcutOn("Bookkeepers ask", "Capture as idea")
	bob.SeesModal("Capture an idea").Says("From a message")
	bob.Fills("Title", "Never mind")
	bob.ClosesModal()
	bob.OpensHome()
	bob.ClicksIn("Never mind", "Continue")
	bob.SeesModal("Capture an idea").Has("Title", "Never mind")
	bob.Clicks("Start afresh")
	bob.SeesModal("Capture an idea").Has("Title", "").Says("From a message")
	bob.Fills("Title", "Invoices as PDF")
	bob.Submits()
	w.Until("stored", func() bool {
		idea, err := w.store.Idea(t.Context(), pays1)
		return err == nil && idea.Source.Permalink != ""
	})
	carol.Sees("Bob Brandt captured this as PAY-1")
}

func TestAnEditThatGoesOnSaysSo(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea edit PAY-1")
	bob.SeesModal("Edit PAY-1")
	bob.Fills("Problem", "Somebody called")
	bob.ClosesModal()
	bob.Types("/idea edit PAY-1")
	bob.SeesModal("Edit PAY-1").Has("Problem", "Somebody called").Says("It is not saved yet.")
	bob.DoesNotSee("captured yet")
	bob.Clicks("Start afresh")
	bob.SeesModal("Edit PAY-1").Has("Title", "Export invoices").Has("Problem", "")
}
