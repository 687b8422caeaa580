package commands_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

func TestALearningCardIsConcluded(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("/validate PAY-1")
	bob.Clicks("New Learning Card")
	bob.SeesModal("Learning Card")
	bob.Fills("We believed that …", "accountants want it")
	bob.Clicks("Conclude")
	bob.SeesModal("Not done").Says("No test of PAY-1 has a verdict yet")
	bob.CancelsModal()
	for day, value := range map[int]string{-1: "40", -2: "10"} {
		run := w.withTest(t, inDays(day))
		seen, err := pipeline.Observe(run, value, "40", "", false, bob.ID(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.store.ChangeRun(t.Context(), fmt.Sprint("observe", day), "U_ANA", seen, seen.Summarize(time.UTC), storage.Slot{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	bob.Clicks("Conclude")
	bob.SeesModal("Not done").Says("The learning card cannot be concluded yet").Says("We observed")
	bob.CancelsModal()
	bob.SeesModal("Learning Card").Has("We believed that …", "accountants want it")
	bob.Fills("We observed …", "40 %")
	bob.Fills("From that we learned that …", "they do")
	bob.Fills("Therefore, we will …", "build it")
	bob.Clicks("Conclude") // what is typed here is saved with it
	bob.SeesModal("Conclude").Has("Which tests is this learned from?", "")
	bob.CancelsModal()
	bob.SeesModal("Learning Card").Has("Therefore, we will …", "build it")
	bob.Clicks("Conclude")
	bob.SeesModal("Conclude")
	var passed, failed string
	for _, m := range modalsOf(t, w, bob) {
		for _, e := range m.Elements() {
			for _, c := range e.Choices {
				if strings.HasSuffix(c.Text, "passed") {
					passed = c.Text
				}
				if strings.HasSuffix(c.Text, "failed") {
					failed = c.Text
				}
			}
		}
	}
	bob.Chooses("Which tests is this learned from?", passed, failed)
	w.opens(t, alice, "run.learn", pipeline.Run{ID: 1}, "&part=learn")
	alice.SeesModal("Conclude")
	alice.Chooses("Which tests is this learned from?", failed)
	alice.Chooses("What do you do with the idea?", "Retire: it does not hold, stop here")
	bob.Chooses("What do you do with the idea?", "Persevere: it holds, go on with it")
	bob.Submits()
	bob.SeesModal("Learning Card").Says("Concluded by")
	alice.Submits()
	alice.Sees("This card is concluded, so its answers stay as they are")
	alice.CancelsModal()
	alice.Sees("The decision from 2 tests: persevere.")
	card := w.kept(t, 1)
	if card.Lesson == nil || card.Lesson.Decision != pipeline.Persevere || len(card.Tests) != 2 || card.Answers["action"].Value != "build it" {
		t.Errorf("stored is %+v", card)
	}
	if events := w.happened(t, pipeline.RunDecided); len(events) != 1 || events[0].By != bob.ID() {
		t.Errorf("history has %+v", events)
	}
}

func modalsOf(t *testing.T, w *workplace, p *simtest.Person) []slacksim.View {
	t.Helper()
	modals, err := w.Modals(p.ID())
	if err != nil {
		t.Fatal(err)
	}
	return modals
}
