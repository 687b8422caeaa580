package commands_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

// The inputs of a test card and of the forms that end it, as people see them.
const (
	believed    = "We believe that …"
	measured    = "And measure …"
	rightIf     = "We are right if that number is …"
	whichNumber = "… which number?"
	byWhichDay  = "By which day will we know?"
	number      = "What was the number?"
	dataPoints  = "How many data points is that?"
	noNumber    = "No number?"
)

// inDays is a day from today on where the team is, as a test card keeps it; negative
// for one that is over.
func inDays(days int) string { return here().AddDate(0, 0, days).Format(time.DateOnly) }

// here is the moment where the team is: around midnight it has another date than
// elsewhere.
func here() time.Time {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err) // the program has its own zones
	}
	return time.Now().In(zone)
}

// withTest puts a test on PAY-1 that was started a month ago and ends on that
// day: at least 30 % were promised, of 40 data points, and carol owns it.
func (w *workplace) withTest(t *testing.T, deadline string) pipeline.Run {
	t.Helper()
	return w.withRun(t, pipeline.TestCard, map[pipeline.ItemID]string{
		pipeline.ItemHypothesis: "accountants want it", "test": "ask them", "metric": "the share that says yes",
		pipeline.ItemDirection: pipeline.AtLeast, pipeline.ItemCriterion: "30 %", pipeline.ItemSample: "40",
		pipeline.ItemDeadline: deadline, pipeline.ItemOwner: w.Person("carol").ID(),
	})
}

func TestATestIsPromisedStartedAndJudged(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("/validate PAY-1")
	bob.SeesModal("Validate PAY-1")
	bob.Clicks("New Test Card")
	bob.SeesModal("Test Card")
	bob.Fills(believed, "accountants want it")
	bob.Fills("To verify that, we will …", "show them a button")
	bob.Submits()
	bob.SeesModal("Test Card").Says("step 2 of 2")
	bob.Fills(measured, "clicks a week")
	bob.Chooses(rightIf, "at least")
	bob.Fills(whichNumber, "30,5 %")
	bob.Fills(byWhichDay, inDays(10))
	bob.Clicks("Start the test") // what is typed here starts with it
	bob.SeesModal("Test Card").Says("What it promised is frozen").Says("30.5 %")
	alice.Sees("Bob Brandt started a test on PAY-1")

	run := w.kept(t, 1)
	if run.StartedBy != bob.ID() || run.Answers["criterion"].Value != "30.5 %" || len(w.happened(t, pipeline.TestStarted)) != 1 {
		t.Errorf("stored is %+v", run)
	}
	w.waitsForDeadline(t)

	bob.Clicks("What did it show?")
	bob.SeesModal("What did it show?").Says("accountants want it").Says("at least 30.5 %").Says("the unit is %")
	bob.Fills(number, "35,5")
	bob.Submits()
	bob.Sees("The test on *PAY-1* has *passed*.", "It showed 35.5 %, and at least 30.5 % was promised.")
	bob.SeesModal("Test Card").Says("Correct what it showed")
	alice.Sees("passed: It showed 35.5 %, and at least 30.5 % was promised.")
	if o := w.kept(t, 1).Observation; o == nil || o.Value != "35.5 %" || o.By != bob.ID() {
		t.Errorf("observed is %+v", o)
	}
	if events := w.happened(t, pipeline.RunDecided); len(events) != 1 || !strings.HasPrefix(events[0].Why, "passed: ") {
		t.Errorf("history has %+v", events)
	}
}

func TestATestStartsOnlyWithItsPromise(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/validate PAY-1")
	bob.Clicks("New Test Card")
	bob.SeesModal("Test Card")
	bob.Fills(believed, "half a promise")
	bob.Clicks("Start the test")
	bob.SeesModal("Not done").Says("The test cannot start yet").Says("which number?")
	bob.CancelsModal()
	bob.SeesModal("Test Card").Has(believed, "half a promise")
	bob.Fills("To verify that, we will …", "ask")
	bob.Submits()
	bob.SeesModal("Test Card").Says("step 2 of 2")
	bob.Fills(measured, "answers")
	bob.Chooses(rightIf, "at most")
	bob.Fills(whichNumber, "3 of 5")
	bob.Fills(byWhichDay, inDays(0))
	bob.Clicks("Start the test")
	bob.SeesModal("Not done")
	bob.CancelsModal()
	bob.Fills(whichNumber, "3")
	bob.Clicks("Start the test")
	bob.SeesModal("Not done").Says("Choose a deadline after today")
	bob.CancelsModal()
	bob.SeesModal("Test Card").Has(measured, "answers").Has(whichNumber, "3")
	bob.Fills(byWhichDay, inDays(1))
	bob.Clicks("Start the test")
	bob.SeesModal("Test Card").Says("What it promised is frozen")
}

func TestAClickOnStartThatComesTwiceStartsOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	for i, twice := range []slacksim.Effect{slacksim.Duplicate(), slacksim.DuplicateElsewhere()} {
		template, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.TestCard)
		run, err := pipeline.BeginRun(template, "", w.stored(t, pays1), bob.ID(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		var typed []pipeline.Typed
		for item, value := range map[pipeline.AnswerKey]string{
			"hypothesis": "b", "test": "t", "metric": "m", "direction": "at least", "criterion": "3", "deadline": inDays(3),
		} {
			typed = append(typed, pipeline.Typed{Key: item, Answer: pipeline.Answer{Value: value}})
		}
		if run, _, err = pipeline.Fill(run, typed, bob.ID(), time.Now()); err != nil {
			t.Fatal(err)
		}
		if run, err = w.store.BeginRun(t.Context(), fmt.Sprint("begin", i), run, run.Summarize(time.UTC), pipeline.Event{What: pipeline.RunBegan}); err != nil {
			t.Fatal(err)
		}
		rule := w.Faults().Add(slacksim.Fault{On: "block_actions", Times: 1, Do: twice})
		w.opens(t, bob, "run.start", run, "")
		bob.Sees("The test on *PAY-1* has started")
		bob.DoesNotSee("This test has started already")
		if got := w.happened(t, pipeline.TestStarted); len(got) != i+1 || rule.Strikes() != 1 {
			t.Errorf("%d tests were started after %d clicks, %d of them twice", len(got), i+1, rule.Strikes())
		}
		bob.Dismisses("has started")
	}
	run := w.kept(t, 1)
	w.opens(t, bob, "run.start", run, "")
	bob.Sees("This test has started already")
}

func TestATestDoesNotStartWithAnAnswerThatSomebodyElseChanged(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("/validate PAY-1")
	bob.Clicks("New Test Card")
	bob.SeesModal("Test Card")
	bob.Fills(believed, "accountants want it")
	bob.Fills("To verify that, we will …", "ask")
	bob.Submits()
	bob.SeesModal("Test Card").Says("step 2 of 2")
	alice.Types("/validate PAY-1")
	alice.ClicksIn("Test Card", "Continue")
	alice.SeesModal("Test Card")
	alice.Clicks("Skip this step")
	alice.SeesModal("Test Card").Says("step 2 of 2")
	alice.Fills(whichNumber, "20")
	alice.Submits()
	bob.Fills(measured, "answers")
	bob.Chooses(rightIf, "at least")
	bob.Fills(whichNumber, "30")
	bob.Fills(byWhichDay, inDays(2))
	bob.Clicks("Start the test")
	bob.SeesModal("Test Card").Says("Somebody answered the same while you were typing").Has(whichNumber, "30").Has(measured, "answers")
	if run := w.kept(t, 1); !run.Started.IsZero() || run.Answers["criterion"].Value != "20" || run.Answers["metric"].Value != "answers" {
		t.Errorf("stored is %+v", run)
	}
	bob.Clicks("Keep theirs")
	bob.SeesModal("Test Card").Has(whichNumber, "20")
	bob.Clicks("Start the test")
	bob.SeesModal("Test Card").Says("What it promised is frozen")
	if run := w.kept(t, 1); run.StartedBy != bob.ID() || run.Answers["criterion"].Value != "20" || run.Answers["criterion"].By != alice.ID() {
		t.Errorf("stored is %+v", run)
	}
}

func TestATestAtItsDeadlineIsObservedFromTheOverview(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	w.withTest(t, inDays(-1))
	bob.Types("/validate PAY-1")
	bob.SeesModal("Validate PAY-1").Says("waits for its observation")
	bob.ClicksIn("waits for its observation", "What did it show?")
	bob.SeesModal("What did it show?")
	bob.Fills(number, "29,9")
	bob.Fills(dataPoints, "41")
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("It showed 29.9 %, and at least 30 % was promised.")
	bob.CancelsModal()
	bob.Sees("has *failed*")
}

func TestTheOwnerIsAskedAtTheDeadline(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	run := w.withTest(t, inDays(-1))
	carol := w.Person("carol")
	ask := storage.Outgoing{
		ID: "test:PAY-1:1", Kind: "test.due", Subject: "PAY-1", User: carol.ID(),
		Args: map[string]string{"run": "1", "deadline": inDays(-1)},
	}
	if err := w.store.Enqueue(t.Context(), ask); err != nil {
		t.Fatal(err)
	}
	asked := carol.In("@alignbot")
	asked.Sees("The test that you run is at its deadline. What did it show?", "accountants want it", "at least 30 %")
	asked.Clicks("Say what it showed")
	asked.SeesModal("What did it show?").Says("At least 40 data points were promised")
	asked.Fills(number, "12 %")
	asked.Fills(dataPoints, "50")
	asked.Fills("Note", "Counted in the log")
	asked.Submits()
	asked.SeesNoModal()
	asked.Sees("The test on *PAY-1* has *failed*.", "It showed 12 %, and at least 30 % was promised.")
	if o := w.kept(t, run.ID).Observation; o == nil || o.Points != 50 || o.Note != "Counted in the log" {
		t.Errorf("observed is %+v", o)
	}

	carol = carol.In("payments")
	w.opens(t, carol, "run.observe", run, "&part=observe")
	carol.SeesModal("Correct what it showed").Has(number, "12 %").Has(dataPoints, "50").Has("Why is it corrected?", "").Says("On record")
	carol.Fills(number, "32")
	carol.Submits()
	carol.SeesFieldError("Why is it corrected?", "")
	carol.Fills("Why is it corrected?", "Robots were counted")
	carol.Submits()
	carol.Sees("has *passed*")
	corrected := w.kept(t, run.ID)
	if len(corrected.Amendments) != 1 || !strings.HasPrefix(corrected.Amendments[0].From, "12 %") || corrected.Observation.Value != "32 %" {
		t.Errorf("stored is %+v", corrected)
	}
}

func TestWhatATestShowedIsANumberOrNothing(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withTest(t, inDays(-1))
	w.opens(t, bob, "run.observe", run, "&part=observe")
	bob.SeesModal("What did it show?")
	bob.Fills(dataPoints, "40")
	for typed, complaint := range map[string]string{
		"":           "Write a number",
		"a third":    "digits",
		"30 €":       "“%”",
		"1,000":      "",
		"1e999":      "digits",
		"30 % or so": "",
	} {
		bob.Fills(number, typed)
		bob.Submits()
		bob.SeesFieldError(number, complaint)
	}
	bob.Fills(number, "31")
	for typed, complaint := range map[string]string{"": "Say how many there are", "4.5": "whole number", "many": "digits"} {
		bob.Fills(dataPoints, typed)
		bob.Submits()
		bob.SeesFieldError(dataPoints, complaint)
	}
	bob.Chooses(noNumber, "It could not be measured")
	bob.Submits()
	bob.SeesFieldError(number, "Clear the number")
	bob.Chooses(noNumber)
	bob.Fills(dataPoints, "39")
	bob.Submits()
	bob.Sees("The test on *PAY-1* is *inconclusive*.", "It stands on 39 data points, and at least 40 data points were promised.")

	other := w.withRun(t, pipeline.TestCard, map[pipeline.ItemID]string{
		pipeline.ItemHypothesis: "another", "test": "t", "metric": "m", pipeline.ItemDirection: pipeline.AtMost,
		pipeline.ItemCriterion: "3", pipeline.ItemDeadline: inDays(-2),
	})
	bob.Dismisses("39 data points")
	w.opens(t, bob, "run.observe", other, "&part=observe")
	bob.SeesModal("What did it show?").Says("at most 3")
	bob.Chooses(noNumber, "It could not be measured")
	bob.Submits()
	bob.Sees("is *inconclusive*", "It could not be measured.")
	if o := w.kept(t, other.ID).Observation; o == nil || o.Value != "" {
		t.Errorf("observed is %+v", o)
	}
}

func TestAnObservationTypedOutlivesItsForm(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withTest(t, inDays(-1))
	w.opens(t, bob, "run.observe", run, "&part=observe")
	bob.SeesModal("What did it show?")
	bob.Fills("Note", "Half a thought")
	bob.Chooses(noNumber, "It could not be measured")
	bob.ClosesModal()
	bob.Clicks("run.observe")
	bob.SeesModal("What did it show?").Has("Note", "Half a thought").Has(noNumber, "It could not be measured").Says("This is what you typed")
	bob.Clicks("Start afresh")
	bob.SeesModal("What did it show?").Has("Note", "").Has(noNumber, "")
	bob.Fills(number, "40")
	bob.Fills(dataPoints, "40")
	bob.Submits()
	bob.Sees("has *passed*")
	bob.Clicks("run.observe")
	bob.SeesModal("Correct what it showed").Has(number, "40 %")
}

func TestAnObservationThatComesTwiceIsOne(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withTest(t, inDays(-1))
	rule := w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.Duplicate()})
	w.opens(t, bob, "run.observe", run, "&part=observe")
	bob.SeesModal("What did it show?")
	bob.Fills(number, "40")
	bob.Fills(dataPoints, "40")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("has *passed*")
	if seen := w.kept(t, run.ID); rule.Strikes() != 1 || len(seen.Amendments) != 0 || len(w.happened(t, pipeline.RunDecided)) != 1 {
		t.Errorf("stored is %+v after %d strikes", seen, rule.Strikes())
	}

	// Its answer got lost, and it is submitted again as it is, then with other
	// words: these correct what is stored.
	other := w.withTest(t, inDays(-2))
	bob.Dismisses("has *passed*")
	w.opens(t, bob, "run.observe", other, "&part=observe")
	bob.SeesModal("What did it show?")
	bob.Fills(number, "20")
	bob.Fills(dataPoints, "40")
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 2, Do: slacksim.LoseAck()})
	bob.Submits()
	bob.SeesTrouble()
	bob.Submits()
	bob.SeesTrouble()
	bob.Fills(number, "50")
	bob.Submits()
	bob.SeesModal("Correct what it showed").Says("20 %; 40 data points").Has(number, "50")
	bob.Fills("Why is it corrected?", "Mistyped")
	bob.Submits()
	bob.SeesNoModal()
	if seen := w.kept(t, other.ID); len(seen.Amendments) != 1 || seen.Observation.Value != "50 %" {
		t.Errorf("stored is %+v", seen)
	}
}

func TestTwoPeopleSayWhatATestShowed(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	run := w.withTest(t, inDays(-1))
	w.opens(t, bob, "run.observe", run, "&part=observe")
	carol.Clicks("run.observe")
	for i, p := range []*simtest.Person{bob, carol} {
		p.SeesModal("What did it show?")
		p.Fills(number, strconv.Itoa(25+10*i))
		p.Fills(dataPoints, "40")
		p.Fills("Note", "Mine")
	}
	bob.Submits()
	bob.Sees("has *failed*")
	carol.Submits()
	carol.SeesModal("Correct what it showed").Says("was put on record while you were typing").Says("25 %; 40 data points; Mine").Has(number, "35").Has("Why is it corrected?", "Mine")
	if o := w.kept(t, run.ID).Observation; o.By != bob.ID() {
		t.Errorf("observed is %+v", o)
	}
	carol.Submits()
	carol.SeesFieldError("Why is it corrected?", "")
	carol.Fills("Why is it corrected?", "Bob counted the wrong week")
	carol.Submits()
	carol.Sees("has *passed*")
	if seen := w.kept(t, run.ID); len(seen.Amendments) != 1 || seen.Observation.By != carol.ID() {
		t.Errorf("stored is %+v", seen)
	}
}

func TestAnObservationOfSomebodyWhoLostTheRightMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withTest(t, inDays(-1))
	w.opens(t, bob, "run.observe", run, "&part=observe")
	bob.SeesModal("What did it show?")
	bob.Fills(number, "99")
	bob.Fills(dataPoints, "99")
	if err := w.UpdatePerson(t.Context(), "bob", func(p *slacksim.Person) { p.Guest = true }); err != nil {
		t.Fatal(err)
	}
	w.heardOf("user_change")
	bob.Submits()
	bob.Sees("alignbot is not open to guests here")
	bob.SeesModal("What did it show?").Has(number, "99")
	if o := w.kept(t, run.ID).Observation; o != nil {
		t.Errorf("observed is %+v", o)
	}
}
