package commands_test

import (
	"strconv"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim/simtest"
)

func TestAPromiseIsAmendedAndBothValuesStay(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	run := w.withTest(t, inDays(3))
	w.opens(t, bob, "run.open", run, "&step=2")
	bob.SeesModal("Test Card").Says("30 %")
	bob.ClicksIn(whichNumber, "Amend")
	bob.SeesModal("Amend the test").Has(whichNumber, "30 %")
	bob.Fills("Why does it change?", "Fewer accountants than we thought")
	bob.Submits()
	bob.SeesFieldError(whichNumber, "This is what stands there already")
	bob.Fills(whichNumber, "some")
	bob.Submits()
	bob.SeesFieldError(whichNumber, "digits")
	bob.Fills(whichNumber, "25")
	bob.Submits()
	bob.SeesModal("Test Card").Says("25 %")
	alice.Sees("Bob Brandt changed a test on PAY-1 that was running: Fewer accountants than we thought")
	changed := w.kept(t, run.ID)
	if len(changed.Amendments) != 1 || changed.Amendments[0].From != "30 %" || changed.Amendments[0].To != "25 %" || changed.Answers["criterion"].Value != "25 %" {
		t.Errorf("stored is %+v", changed)
	}
	if events := w.happened(t, pipeline.TestAmended); len(events) != 1 || len(events[0].Changes) != 1 || events[0].Changes[0].From != "30 %" {
		t.Errorf("history has %+v", events)
	}

	bob.ClicksIn(byWhichDay, "Amend")
	bob.SeesModal("Amend the test").Has("Why does it change?", "")
	bob.Fills("Why does it change?", "Holidays")
	bob.Fills(byWhichDay, inDays(-1))
	bob.Submits()
	bob.SeesFieldError(byWhichDay, "Choose a deadline after today")
	bob.Fills(byWhichDay, inDays(9))
	bob.Submits()
	bob.SeesModal("Test Card")
	w.waitsForDeadline(t)
	tests, err := w.store.DueTests(t.Context(), w.Person("carol").ID(), "PAY", 1)
	if err != nil || len(tests) != 1 || tests[0].Run.Deadline.Format(time.DateOnly) != inDays(9) {
		t.Errorf("carol waits for %+v (%v)", tests, err)
	}
}

func TestAnAmendmentTypedIsGoneOnWithInHome(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	w.withTest(t, inDays(3))
	w.offers(t, "idea=PAY-1&run=1&item=sample&part=amend.sample", "run.amend")
	bob.Clicks("run.amend")
	bob.SeesModal("Amend the test")
	bob.Fills("Why does it change?", "Nobody is in the office")
	bob.ClosesModal()
	bob.OpensHome()
	bob.Sees("An amendment of a test of PAY-1 that was not saved")
	bob.ClicksIn("An amendment of a test", "Continue")
	bob.SeesModal("Amend the test").Has("Why does it change?", "Nobody is in the office").Has("How many data points does it take at least?", "40 data points")
	bob.Fills("How many data points does it take at least?", "")
	bob.Submits()
	bob.SeesNoModal()
	if changed := w.kept(t, 1); changed.Answers["sample"].Value != "" || len(changed.Amendments) != 1 {
		t.Errorf("stored is %+v", changed)
	}
	bob.StopsSeeing("An amendment of a test")
}

func TestAnAmendedPersonIsToldByName(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withTest(t, inDays(3))
	w.offers(t, "idea=PAY-1&run=1&item=owner&part=amend.owner", "run.amend")
	bob.Clicks("run.amend")
	bob.SeesModal("Amend the test")
	bob.Chooses("Who runs the test?", "alice")
	bob.Fills("Why does it change?", "Carol is away")
	bob.Submits()
	bob.SeesNoModal()
	carol, alice := w.Person("carol").ID(), w.Person("alice").ID()
	events := w.happened(t, pipeline.TestAmended)
	if len(events) != 1 || events[0].Changes[0].From == carol || events[0].Changes[0].To != "Alice Anders" {
		t.Errorf("history has %+v", events)
	}
	if got := w.kept(t, run.ID).Amendments[0]; got.From != carol || got.To != alice {
		t.Errorf("stored is %+v", got)
	}
	w.opens(t, bob, "run.show", run, "")
	bob.SeesModal("Test Card").Says("It was @Carol").Says("it became @Alice Anders")
	bob.DoesNotSee(carol, alice)
}

func TestTwoPeopleAmendTheSame(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	run := w.withTest(t, inDays(3))
	w.offers(t, "idea=PAY-1&run=1&item=criterion&part=amend.criterion", "run.amend")
	for i, p := range []*simtest.Person{bob, alice} {
		p.Clicks("run.amend")
		p.SeesModal("Amend the test").Has(whichNumber, "30 %")
		p.Fills(whichNumber, strconv.Itoa(20+i))
		p.Fills("Why does it change?", "Reason "+strconv.Itoa(i))
	}
	bob.Submits()
	bob.SeesNoModal()
	alice.Submits()
	alice.SeesModal("Amend the test").Says("Somebody amended the same").Says("20 %").Has(whichNumber, "21").Has("Why does it change?", "Reason 1")
	alice.Submits()
	alice.SeesNoModal()
	changed := w.kept(t, run.ID)
	if len(changed.Amendments) != 2 || changed.Amendments[1].From != "20 %" || changed.Answers["criterion"].Value != "21 %" {
		t.Errorf("stored is %+v", changed)
	}
}

func TestAnAmendmentOfATestThatIsOverMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	run := w.withTest(t, inDays(3))
	w.offers(t, "idea=PAY-1&run=1&item=criterion&part=amend.criterion", "run.amend")
	bob.Clicks("run.amend")
	bob.SeesModal("Amend the test")
	bob.Fills(whichNumber, "10")
	bob.Fills("Why does it change?", "It would pass then")
	w.opens(t, carol, "run.observe", run, "&part=observe")
	carol.SeesModal("What did it show?")
	carol.Fills(number, "12")
	carol.Fills(dataPoints, "40")
	carol.Submits()
	carol.Sees("has *failed*")
	bob.Submits()
	bob.Sees("This test is over")
	bob.SeesModal("Amend the test").Has(whichNumber, "10")
	if changed := w.kept(t, run.ID); len(changed.Amendments) != 0 {
		t.Errorf("stored is %+v", changed)
	}
}
