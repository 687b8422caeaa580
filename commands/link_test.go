package commands_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// linked are the outcomes of PAY-1, as "PAY-O1".
func (w *workplace) linked(t *testing.T) string {
	t.Helper()
	var keys []string
	for _, key := range w.stored(t, pays1).Outcomes {
		keys = append(keys, key.String())
	}
	return strings.Join(keys, " ")
}

// knows stores outcomes of Payments.
func (w *workplace) knows(t *testing.T, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		o, err := pipeline.NewOutcome("PAY", statement, "U0ALICE", time.Now())
		if err == nil {
			_, err = w.store.AddOutcome(t.Context(), "knows "+statement, o, storage.Slot{}, pipeline.Event{What: pipeline.WasAdded})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnOutcomeIsWrittenAndLinkedInOneForm(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "outcome.link")
	bob := w.Person("bob").In("payments")
	bob.Clicks("outcome.link")
	bob.SeesModal("Link an outcome")
	bob.Submits()
	bob.SeesFieldError("What will have changed, and for whom?", "write a new outcome here")
	bob.Fills("What will have changed, and for whom?", "Accountants close the month in a day")
	bob.Submits()
	bob.Sees("PAY-1 is linked to PAY-O1: Accountants close the month in a day")
	bob.SeesNoModal()
	if got := w.linked(t); got != "PAY-O1" {
		t.Errorf("linked is %q", got)
	}
	if newest := w.history(t, pays1)[0]; newest.What != pipeline.WasLinked || newest.About != "PAY-O1" {
		t.Errorf("history ends with %+v", newest)
	}

	// The same words, written again for another idea, are the same outcome.
	bob.Types("/idea add Scan receipts")
	bob.Sees("Captured as PAY-2")
	w.offers(t, "idea=PAY-2", "outcome.link")
	bob.Clicks("outcome.link")
	bob.SeesModal("Link an outcome").Says("Scan receipts")
	bob.Fills("Or write a new outcome", "accountants close the month in a day")
	bob.Submits()
	bob.Sees("PAY-2 is linked to PAY-O1: Accountants close the month in a day")
}

func TestAnOutcomeOfTheTeamIsChosenAndTakenAway(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "outcome.link")
	w.knows(t, "Fewer calls", "Less churn")
	w.offers(t, "idea=PAY-1&outcome=PAY-O2", "outcome.unlink")
	bob := w.Person("bob").In("payments")
	bob.Clicks("outcome.link")
	bob.Chooses("What it is for", "PAY-O2  Less churn")
	bob.Fills("Or write a new outcome", "Something else")
	bob.Submits()
	bob.SeesFieldError("Or write a new outcome", "You chose something above and wrote an outcome here")
	bob.Fills("Or write a new outcome", "")
	bob.Submits()
	bob.Sees("PAY-1 is linked to PAY-O2: Less churn")

	bob.Clicks("outcome.link")
	bob.SeesModal("Link an outcome").Says("Linked already").Says("PAY-O2  Less churn")
	bob.Chooses("What it is for", "A new one, written below")
	bob.Fills("Or write a new outcome", "Third")
	bob.Submits()
	bob.Sees("PAY-1 is linked to PAY-O3: Third")

	w.offers(t, "idea=PAY-1&outcome=PAY-O3", "outcome.primary")
	bob.Clicks("outcome.primary")
	bob.Sees("PAY-O3 is the primary link of PAY-1 now")
	if got := w.linked(t); got != "PAY-O3 PAY-O2" {
		t.Errorf("linked is %q", got)
	}
	bob.Clicks("outcome.primary")
	bob.Sees("PAY-O3 is the primary link of PAY-1 already")

	bob.Clicks("outcome.unlink")
	bob.SeesModal("Unlink PAY-O2").Says("Less churn").Says("The idea stays, and so does the outcome.")
	bob.Fills(whyUnlinked, "\u200b")
	bob.Submits()
	bob.SeesFieldError(whyUnlinked, "Say in a line why")
	bob.Fills(whyUnlinked, "Nobody left because of it.")
	bob.Submits()
	bob.Sees("PAY-1 is no longer linked to PAY-O2")
	if got := w.linked(t); got != "PAY-O3" {
		t.Errorf("linked is %q", got)
	}
	if newest := w.history(t, pays1)[0]; newest.What != pipeline.WasUnlinked || newest.About != "PAY-O2" || newest.Why != "Nobody left because of it." {
		t.Errorf("history ends with %+v", newest)
	}
	bob.Clicks("outcome.unlink")
	bob.Sees("PAY-1 is not linked to PAY-O2")
	bob.SeesNoModal()
}

// whyUnlinked is the input of the form that takes a link away.
const whyUnlinked = "Why does it no longer serve it?"

func TestManyOutcomesAreFoundByTyping(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "outcome.link")
	var statements []string
	for i := range 120 {
		statements = append(statements, fmt.Sprintf("Outcome number %d.", i+1))
	}
	w.knows(t, statements...)
	bob := w.Person("bob").In("payments")
	bob.Clicks("outcome.link")
	bob.SeesModal("Link an outcome")
	bob.Chooses("What it is for", "PAY-O3  Outcome number 3.") // older than the newest hundred
	bob.Submits()
	bob.Sees("PAY-1 is linked to PAY-O3: Outcome number 3.")
	bob.Clicks("outcome.link")
	bob.SeesModal("Link an outcome")
	modals, err := w.Modals(bob.ID())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range modals[0].Elements() {
		if e.ActionID != "outcome.choice" {
			continue
		}
		for query, want := range map[string]int{"": 100, "number 12": 3, "PAY-O3": 1, "zebra": 1, "SEC-O1": 1} { // one is “A new one”
			offered, err := w.Choices(t.Context(), bob.ID(), slacksim.Target{ViewID: modals[0].ID, BlockID: e.BlockID, ActionID: e.ActionID}, query)
			if err != nil || len(offered) != want {
				t.Errorf("%q offers %d, want %d (%v)", query, len(offered), want, err)
			}
		}
	}
}

func TestAnIdeaHasRoomForFiveOutcomes(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "outcome.link")
	bob := w.Person("bob").In("payments")
	for i := range pipeline.OutcomesOfIdea {
		bob.Clicks("outcome.link")
		bob.Fills("What will have changed, and for whom?", fmt.Sprintf("Outcome %d", i+1)) // all others are linked already
		bob.Submits()
		bob.Sees(fmt.Sprintf("PAY-1 is linked to PAY-O%d", i+1))
	}
	bob.Clicks("outcome.link")
	bob.Sees("is linked to 5 outcomes, which is the most an idea can have")
	bob.SeesNoModal()
}

func TestTwoPeopleLinkAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "outcome.link")
	w.knows(t, "Fewer calls", "Less churn")
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Clicks("outcome.link")
	carol.Clicks("outcome.link")
	bob.Chooses("What it is for", "PAY-O1  Fewer calls")
	carol.Chooses("What it is for", "PAY-O1  Fewer calls")
	bob.Submits()
	bob.Sees("PAY-1 is linked to PAY-O1")
	carol.Submits()
	carol.SeesFieldError("What it is for", "is linked to PAY-O1 already")
	carol.Chooses("What it is for", "PAY-O2  Less churn")
	carol.Submits()
	carol.Sees("PAY-1 is linked to PAY-O2")
	if got := w.linked(t); got != "PAY-O1 PAY-O2" {
		t.Errorf("linked is %q", got)
	}
}

func TestALinkSubmittedTwiceIsOneLink(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "outcome.link")
	bob := w.Person("bob").In("payments")
	bob.Clicks("outcome.link")
	bob.Fills("What will have changed, and for whom?", "Fewer calls")
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.LoseAck()})
	bob.Submits()
	bob.SeesTrouble()
	bob.Submits()
	bob.SeesNoModal()
	w.offers(t, "idea=PAY-1", "outcome.link")
	bob.Clicks("outcome.link")
	bob.SeesModal("Link an outcome")
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.DuplicateElsewhere()})
	bob.Fills("What will have changed, and for whom?", "Less churn")
	bob.Submits()
	bob.SeesNoModal()
	if outcomes, err := w.store.Outcomes(t.Context(), "PAY"); err != nil || len(outcomes) != 2 || w.linked(t) != "PAY-O1 PAY-O2" {
		t.Errorf("the team has %+v, linked is %q (%v)", outcomes, w.linked(t), err)
	}
}

func TestAnOutcomeTypedOutlivesItsForm(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "outcome.link")
	w.knows(t, "Fewer calls")
	bob := w.Person("bob").In("payments")
	bob.Clicks("outcome.link")
	bob.Chooses("What it is for", "PAY-O1  Fewer calls")
	bob.Fills("Or write a new outcome", "Half an out")
	bob.ClosesModal()
	bob.Clicks("outcome.link")
	bob.SeesModal("Link an outcome").Has("What it is for", "PAY-O1  Fewer calls").Has("Or write a new outcome", "Half an out").Says("This is what you typed")
	bob.Clicks("Start afresh")
	bob.SeesModal("Link an outcome").Has("What it is for", "").Has("Or write a new outcome", "")
}

func TestGuestsLinkNoOutcomes(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{Guests: true}).withIdea(t, "outcome.link", "evidence.add")
	gina := w.Person("gina").In("payments")
	gina.Types("/idea list") // who has been in the channel is known
	gina.Clicks("outcome.link")
	gina.Sees("Ask a full member to do this for you")
	gina.SeesNoModal()
	gina.Clicks("evidence.add")
	saysSo(gina, "Heard at a customer's", peopleSay, supports)
	gina.Submits()
	gina.Sees("Added to PAY-1")
}

func TestALinkOfSomebodyWhoLostTheRightMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{Guests: true}).withIdea(t, "outcome.link")
	w.knows(t, "Fewer calls")
	w.offers(t, "idea=PAY-1&outcome=PAY-O1", "outcome.unlink")
	bob := w.Person("bob").In("payments")
	bob.Clicks("outcome.link")
	bob.Fills("Or write a new outcome", "Less churn")
	if err := w.UpdatePerson(t.Context(), "bob", func(p *slacksim.Person) { p.Guest = true }); err != nil {
		t.Fatal(err)
	}
	w.heardOf("user_change")
	bob.Submits()
	bob.Sees("Ask a full member to do this for you")
	bob.SeesModal("Link an outcome").Has("Or write a new outcome", "Less churn")
	bob.CancelsModal()
	bob.Clicks("outcome.unlink")
	bob.Sees("Ask a full member to do this for you")
	if outcomes, err := w.store.Outcomes(t.Context(), "PAY"); err != nil || len(outcomes) != 1 || w.linked(t) != "" {
		t.Errorf("the team has %+v, linked is %q (%v)", outcomes, w.linked(t), err)
	}
}

func TestAnIdeaMovedOnWhileAnOutcomeWasWritten(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "outcome.link")
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	alice.Clicks("outcome.link")
	alice.Fills("What will have changed, and for whom?", "Fewer calls")
	bob.Types("/idea edit PAY-1")
	bob.Fills("Title", "Export invoices as PDF")
	bob.Submits()
	bob.Sees("Saved PAY-1")
	alice.Submits()
	alice.Sees("PAY-1 is linked to PAY-O1")
	if idea := w.stored(t, pays1); idea.Title != "Export invoices as PDF" || !slices.Contains(idea.Outcomes, pipeline.OutcomeKey{Team: "PAY", Number: 1}) {
		t.Errorf("stored is %+v", idea)
	}
}

// A form that lies on another leaves the one below as it is now.
func TestTheDetailsBelowShowWhatWasDone(t *testing.T) {
	t.Parallel()
	w := openOn(t, redistest.StartServer(t).URL(), pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea show PAY-1")
	bob.SeesModal("PAY-1").Says("No outcome yet")
	bob.Clicks("Link an outcome")
	bob.Fills("What will have changed, and for whom?", "Fewer calls")
	bob.Submits()
	bob.SeesModal("PAY-1").Says("PAY-O1  Fewer calls")

	bob.Clicks("Add evidence")
	saysSo(bob, "12 of 20 called.", peopleDo, supports)
	bob.Submits()
	bob.SeesModal("PAY-1").Says("One note by one person, of what people do")
	bob.Clicks("All evidence")
	bob.SeesModal("Evidence on PAY-1").Says("12 of 20 called.")
	bob.CancelsModal()

	bob.Clicks("Size")
	bob.Fills(size, "8")
	bob.Fills(criteria, "Nobody calls")
	bob.Submits()
	bob.SeesModal("PAY-1").Says("Nobody calls")

	bob.Clicks("Unlink…")
	bob.SeesModal("Unlink PAY-O1").Says("Without another link nobody can say what the idea is for.")
	bob.Fills(whyUnlinked, "It was a mistake")
	bob.CancelsModal()
	bob.Clicks("Unlink…")
	bob.SeesModal("Unlink PAY-O1").Has(whyUnlinked, "It was a mistake")
	bob.Submits()
	bob.SeesModal("PAY-1").Says("No outcome yet")
	bob.ClosesModal()
	bob.Sees("Bob Brandt linked PAY-1 to PAY-O1", "Bob Brandt added evidence to PAY-1", "Bob Brandt sized PAY-1")
}

func TestAnOutcomeMendedAfterALostAnswerIsToldOf(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "outcome.link")
	bob := w.Person("bob").In("payments")
	bob.Clicks("outcome.link")
	bob.SeesModal("Link an outcome")
	bob.Fills("What will have changed, and for whom?", "Fewer cals")
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.LoseAck()})
	bob.Submits()
	bob.SeesTrouble()
	bob.Fills("What will have changed, and for whom?", "Fewer calls")
	bob.Submits()
	bob.Sees("PAY-1 is linked to PAY-O2: Fewer calls. Your first try was stored too, as PAY-O1: Fewer cals")
	bob.Clicks("Unlink…")
	bob.SeesModal("Unlink PAY-O1")
	bob.Fills(whyUnlinked, "Misspelt")
	bob.Submits()
	bob.Sees("PAY-1 is no longer linked to PAY-O1")
	if got := w.linked(t); got != "PAY-O2" {
		t.Errorf("linked is %q", got)
	}
}
