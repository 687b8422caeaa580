package commands_test

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

// The inputs of a participant's result, as people see them.
const (
	howWasIt = "How did it go?"
	seconds  = "How long did it take?"
	trouble  = "How bad was the trouble?"
	saying   = "What did they say?"
	unaided  = "Done without help"
	helped   = "Done with help"
	notDone  = "Not done"
)

// withPlan puts the plan of a usability test with three tasks on PAY-1, and the
// results of so many participants who did all of it unaided.
func (w *workplace) withPlan(t *testing.T, participants int) pipeline.Run {
	t.Helper()
	run := w.withRun(t, pipeline.UsabilityTest, map[pipeline.ItemID]string{
		"decision": "Ship it?", "participant-criteria": "Accountants",
		"tasks": "Send the invoice; it is in the inbox; 2 min\nFind it again\nDelete it; it is gone",
	})
	var typed []pipeline.Typed
	for participant := range participants {
		for task := range 3 {
			typed = append(typed, pipeline.Typed{Key: pipeline.ResultKey("results", participant+1, task+1), Answer: pipeline.Answer{Value: pipeline.Unaided}})
		}
	}
	run, _, err := pipeline.Fill(run, typed, w.Person("bob").ID(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	run, err = w.store.ChangeRun(t.Context(), "results", "U_ANA", run, run.Summarize(time.UTC), storage.Slot{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestResultsOfParticipantsAreNotedTaskByTask(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withPlan(t, 4)
	w.opens(t, bob, "run.open", run, "&step=2")
	bob.SeesModal("Usability test").Says("4 of 5 participants")
	bob.Clicks("Results of a participant")
	bob.SeesModal("Participant 5").Says("Task 1 of 3").Says("Task 1: Send the invoice").Says("It is done when: it is in the inbox").Says("Expected within 120 seconds")
	bob.Chooses(howWasIt, unaided)
	bob.Fills(seconds, "95")
	bob.Chooses(trouble, "1: cosmetic")
	bob.Fills(saying, "That was easy")
	bob.Submits()
	bob.SeesModal("Participant 5").Says("Task 2: Find it again").Says("5 of 5 participants").Has(seconds, "")
	bob.Chooses(howWasIt, helped)
	bob.Clicks("Back") // what is typed stays
	bob.SeesModal("Participant 5").Says("Task 1 of 3").Has(howWasIt, unaided).Has(seconds, "95").Has(trouble, "1: cosmetic").Has(saying, "That was easy").Says("Noted by")
	bob.Clicks("Skip this task")
	bob.SeesModal("Participant 5").Says("Task 2 of 3").Has(howWasIt, helped).Says("This is what you typed")
	bob.Submits()
	bob.SeesModal("Participant 5").Says("Task 3 of 3")
	bob.Chooses(howWasIt, notDone)
	bob.Submits()
	bob.SeesModal("Usability test").Says("5 of 5 participants")

	noted := w.kept(t, run.ID)
	first := noted.Answers[pipeline.ResultKey("results", 5, 1)]
	if first.Value != pipeline.Unaided || first.Seconds == nil || *first.Seconds != 95 || first.Severity == nil || *first.Severity != 1 || first.Why != "That was easy" || first.By != bob.ID() {
		t.Errorf("the first result is %+v", first)
	}
	if verdict, because := noted.Judge(); verdict != pipeline.Passed {
		t.Errorf("it is %s: %s", verdict, because)
	}
	if events := w.happened(t, pipeline.RunDecided); len(events) != 1 || events[0].By != bob.ID() {
		t.Errorf("history has %+v", events)
	}

	bob.Clicks("Results of a participant")
	bob.SeesModal("Participant 6")
	bob.Clicks("Participant 5 · 3 of 3 tasks")
	bob.SeesModal("Participant 5").Has(howWasIt, unaided)
	bob.Clicks("New participant")
	bob.SeesModal("Participant 6")
	bob.Clicks("Participant 2 · 3 of 3 tasks")
	bob.SeesModal("Participant 2").Has(seconds, "")
	bob.Fills(seconds, "121")
	bob.Submits()
	bob.SeesModal("Participant 2").Says("Task 2 of 3")
	corrected := w.kept(t, run.ID)
	if a := corrected.Answers[pipeline.ResultKey("results", 2, 1)]; a.Seconds == nil || *a.Seconds != 121 {
		t.Errorf("the correction is %+v", a)
	}
}

func TestAResultNotedByMistakeIsTakenAway(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	run := w.withPlan(t, 1)
	key := pipeline.ResultKey("results", 1, 3)
	w.opens(t, bob, "run.participant", run, "&part=result.2.1")
	alice.Clicks("run.participant")
	for _, p := range []*simtest.Person{bob, alice} {
		p.SeesModal("Participant 2")
		p.Clicks("Participant 1 · 3 of 3 tasks")
		p.SeesModal("Participant 1").Says("Task 1 of 3")
		p.Clicks("Skip this task")
		p.SeesModal("Participant 1").Says("Task 2 of 3")
		p.Clicks("Skip this task")
		p.SeesModal("Participant 1").Says("Task 3 of 3").Has(howWasIt, unaided)
	}
	alice.Fills(seconds, "50")
	rule := w.Faults().Add(slacksim.Fault{On: "block_actions", Times: 1, Do: slacksim.Duplicate()})
	bob.Clicks("Take it away")
	bob.SeesModal("Participant 1").Says("Task 3 of 3").Has(howWasIt, "")
	if got := w.kept(t, run.ID); got.Answers[key].Value != "" || got.Version != run.Version+1 || rule.Strikes() != 1 {
		t.Errorf("stored is %+v", got)
	}
	alice.Submits()
	alice.SeesModal("Participant 1").Says("Somebody took this result away while you were typing").Has(seconds, "50")
	alice.Submits()
	alice.SeesNoModal()
	if got := w.kept(t, run.ID).Answers[key]; got.By != alice.ID() || got.Value != pipeline.Unaided {
		t.Errorf("stored is %+v", got)
	}
	bob.Clicks("Back")
	bob.SeesModal("Participant 1").Says("Task 2 of 3")
}

func TestAResultSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withPlan(t, 0)
	w.opens(t, bob, "run.participant", run, "")
	bob.SeesModal("Participant 1").Says("0 of 5 participants")
	bob.Submits()
	bob.SeesFieldError(howWasIt, "")
	bob.Chooses(howWasIt, unaided)
	for typed, complaint := range map[string]string{
		"soon": "digits", "1.5": "whole seconds", "1 min; 2 min": "", "5 h": "At most 4 hours", "0": "from 1 to", "-4": "from 1 to", "99999999999": "from 1 to",
	} {
		bob.Fills(seconds, typed)
		bob.Submits()
		bob.SeesFieldError(seconds, complaint)
	}
	bob.Fills(seconds, "30 s")
	bob.Submits()
	bob.SeesModal("Participant 1").Says("Task 2 of 3").Says("1 of 5 participants")
	bob.Chooses(howWasIt, unaided)
	bob.Fills(seconds, "1 min 30 s") // as the tasks are written
	bob.Submits()
	bob.SeesModal("Participant 1").Says("Task 3 of 3")
	if a := w.kept(t, run.ID).Answers[pipeline.ResultKey("results", 1, 2)]; a.Seconds == nil || *a.Seconds != 90 {
		t.Errorf("stored is %+v", a)
	}
}

func TestResultsNeedTasks(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withRun(t, pipeline.UsabilityTest, nil)
	w.opens(t, bob, "run.participant", run, "")
	bob.Sees("Results belong to a task, and this test has none yet.")
	bob.SeesNoModal()
}

func TestAResultTypedOutlivesItsForm(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withPlan(t, 2)
	w.opens(t, bob, "run.open", run, "&step=2")
	bob.SeesModal("Usability test")
	bob.Clicks("Results of a participant")
	bob.SeesModal("Participant 3")
	bob.Chooses(howWasIt, notDone)
	bob.Fills(saying, "Where is it?")
	bob.ClosesModal()
	bob.Clicks("run.open")
	bob.SeesModal("Usability test").Says("2 of 5 participants")
	bob.Clicks("Results of a participant")
	bob.SeesModal("Participant 3").Has(howWasIt, notDone).Has(saying, "Where is it?").Says("This is what you typed")
	bob.ClosesModal()
	bob.OpensHome()
	bob.Sees("A participant's result on PAY-1 that was not saved")
	bob.ClicksIn("A participant's result", "Continue")
	bob.SeesModal("Participant 3").Has(saying, "Where is it?")
	bob.Clicks("Show what is saved")
	bob.SeesModal("Participant 3").Has(howWasIt, "").Has(saying, "")
}

func TestTwoPeopleNoteTheSameResult(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	run := w.withPlan(t, 1)
	w.opens(t, bob, "run.participant", run, "")
	bob.SeesModal("Participant 2")
	alice.Clicks("run.participant")
	alice.SeesModal("Participant 2")
	bob.Chooses(howWasIt, unaided)
	bob.Fills(seconds, "60")
	alice.Chooses(howWasIt, helped)
	alice.Fills(saying, "Help me")
	bob.Submits()
	bob.SeesModal("Participant 2").Says("Task 2 of 3")
	alice.Submits()
	alice.SeesModal("Participant 2").Says("Somebody noted this result while you were typing").Says("unaided, 60 s").Has(howWasIt, helped).Has(saying, "Help me")
	key := pipeline.ResultKey("results", 2, 1)
	if a := w.kept(t, run.ID).Answers[key]; a.By != bob.ID() {
		t.Errorf("stored is %+v", a)
	}
	alice.Clicks("Keep theirs")
	alice.SeesModal("Participant 2").Has(howWasIt, unaided).Has(seconds, "60").Has(saying, "")
	alice.Fills(saying, "Fine")
	alice.Submits()
	alice.SeesModal("Participant 2").Says("Task 2 of 3")
	if a := w.kept(t, run.ID).Answers[key]; a.By != alice.ID() || a.Value != pipeline.Unaided || a.Why != "Fine" {
		t.Errorf("stored is %+v", a)
	}
	alice.Chooses(howWasIt, unaided)
	bob.Chooses(howWasIt, notDone)
	alice.Submits()
	alice.SeesModal("Participant 2").Says("Task 3 of 3")
	bob.Submits()
	bob.SeesModal("Participant 2").Says("Somebody noted this result")
	bob.Submits() // again: mine in the place of theirs
	bob.SeesModal("Participant 2").Says("Task 3 of 3")
	if a := w.kept(t, run.ID).Answers[pipeline.ResultKey("results", 2, 2)]; a.By != bob.ID() || a.Value != pipeline.NotDone {
		t.Errorf("stored is %+v", a)
	}
}

func TestAResultSubmittedTwiceIsOne(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withPlan(t, 1)
	w.opens(t, bob, "run.participant", run, "")
	for task, twice := range []slacksim.Effect{slacksim.Duplicate(), slacksim.DuplicateElsewhere(), slacksim.LoseAck()} {
		bob.SeesModal("Participant 2").Says(fmt.Sprintf("Task %d of 3", task+1))
		rule := w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: twice})
		bob.Chooses(howWasIt, unaided)
		bob.Submits()
		if rule.Strikes() != 1 {
			t.Errorf("%d strikes", rule.Strikes())
		}
	}
	bob.SeesTrouble()
	bob.Chooses(howWasIt, notDone) // its answer got lost, and it is submitted with other words
	bob.Submits()
	bob.SeesNoModal()
	noted := w.kept(t, run.ID)
	if a := noted.Answers[pipeline.ResultKey("results", 2, 3)]; a.Value != pipeline.NotDone {
		t.Errorf("stored is %+v", a)
	}
	if noted.Version != run.Version+4 {
		t.Errorf("it was changed %d times", noted.Version-run.Version)
	}
}

func TestAResultOfSomebodyWhoLostTheRightMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withPlan(t, 1)
	w.opens(t, bob, "run.participant", run, "")
	bob.SeesModal("Participant 2")
	bob.Chooses(howWasIt, unaided)
	if err := w.UpdatePerson(t.Context(), "bob", func(p *slacksim.Person) { p.Guest = true }); err != nil {
		t.Fatal(err)
	}
	w.heardOf("user_change")
	bob.Submits()
	bob.Sees("alignbot is not open to guests here")
	bob.SeesModal("Participant 2").Has(howWasIt, unaided)
	if n := len(w.kept(t, run.ID).Participants()); n != 1 {
		t.Errorf("%d participants have results", n)
	}
}
