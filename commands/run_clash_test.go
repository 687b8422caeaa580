package commands_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

// ofPays gives #payments a checklist of its own.
func (w *workplace) ofPays(t *testing.T, own pipeline.Template) {
	t.Helper()
	if _, err := w.store.SaveTemplate(t.Context(), "own "+string(own.ID), "PAY", own); err != nil {
		t.Fatal(err)
	}
}

// elsewhere answers a question as the person does on another device.
func (w *workplace) elsewhere(t *testing.T, p *simtest.Person, key pipeline.AnswerKey, answer pipeline.Answer) {
	t.Helper()
	run := w.kept(t, 1)
	changed, clashes, err := pipeline.Fill(run, []pipeline.Typed{{Key: key, Answer: answer, Seen: run.Answers[key].Digest()}}, p.ID(), time.Now())
	if err != nil || len(clashes) > 0 {
		t.Fatal(err, clashes)
	}
	if _, err := w.store.ChangeRun(t.Context(), "elsewhere "+string(key), p.ID(), changed, changed.Summarize(time.UTC), storage.Slot{}, nil); err != nil {
		t.Fatal(err)
	}
}

func TestARefusedStepLeavesOnesOwnNewerAnswers(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	w.ofPays(t, pipeline.Template{ID: "mine", Name: "Mine", Use: pipeline.UseChecklist, Items: []pipeline.Item{
		{ID: "kept", Question: "Kept?", Kind: pipeline.KindText},
		{ID: "typed", Question: "Typed?", Kind: pipeline.KindText},
		{ID: "number", Question: "Number?", Kind: pipeline.KindNumber, Required: true},
	}})
	phone := w.Person("bob").In("payments")
	phone.Types("/validate PAY-1")
	phone.ClicksIn("Mine", "Begin")
	phone.SeesModal("Mine")
	phone.Fills("Kept?", "old")
	phone.Submits()
	phone.ClicksIn("1 of 3 answered", "Continue")
	phone.SeesModal("Mine").Has("Kept?", "old")
	phone.Fills("Typed?", "on the phone")
	phone.Fills("Number?", "a lot")
	phone.Submits()
	phone.SeesFieldError("Number?", "number")
	for _, key := range []pipeline.AnswerKey{"kept", "typed"} {
		w.elsewhere(t, phone, key, pipeline.Answer{Value: "at the desk"})
	}
	phone.Fills("Number?", "5")
	phone.Submits()
	phone.SeesModal("Mine").Says("at the desk").Has("Typed?", "on the phone").Has("Kept?", "at the desk")
	run := w.kept(t, 1)
	for key, want := range map[pipeline.AnswerKey]string{"kept": "at the desk", "typed": "at the desk", "number": "5"} {
		if got := run.Answers[key].Value; got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	phone.Submits() // having seen both
	phone.SeesModal("Validate PAY-1")
	if got := w.kept(t, 1).Answers["typed"].Value; got != "on the phone" {
		t.Errorf("it says %q", got)
	}
}

func TestARefusedResultLeavesOnesOwnNewerOne(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withPlan(t, 1)
	w.opens(t, bob, "run.participant", run, "")
	bob.SeesModal("Participant 2")
	bob.Chooses(howWasIt, unaided)
	bob.Fills(seconds, "0")
	bob.Submits()
	bob.SeesFieldError(seconds, "from 1 to")
	key := pipeline.ResultKey("results", 2, 1)
	w.elsewhere(t, bob, key, pipeline.Answer{Value: pipeline.NotDone})
	bob.Fills(seconds, "10")
	bob.Submits()
	bob.SeesModal("Participant 2").Says("noted").Says("failed").Has(seconds, "10")
	if got := w.kept(t, run.ID).Answers[key]; got.Value != pipeline.NotDone {
		t.Errorf("stored is %+v", got)
	}
}

func TestARefusedAmendmentLeavesOnesOwnNewerOne(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	run := w.withTest(t, inDays(3))
	w.offers(t, "idea=PAY-1&run=1&item=criterion&part=amend.criterion", "run.amend")
	bob.Clicks("run.amend")
	bob.SeesModal("Amend the test")
	bob.Fills(whichNumber, "some")
	bob.Fills("Why does it change?", "On the phone")
	bob.Submits()
	bob.SeesFieldError(whichNumber, "digits")
	amended, err := pipeline.Amend(run, pipeline.ItemCriterion, "20", "At the desk", bob.ID(), time.Now(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.ChangeRun(t.Context(), "desk", bob.ID(), amended, amended.Summarize(time.UTC), storage.Slot{}, nil); err != nil {
		t.Fatal(err)
	}
	bob.Fills(whichNumber, "10")
	bob.Submits()
	bob.SeesModal("Amend the test").Says("You have amended this already").Says("20 %").Has(whichNumber, "10")
	if got := w.kept(t, run.ID); len(got.Amendments) != 1 {
		t.Errorf("stored is %+v", got.Amendments)
	}
	bob.Submits() // having seen it
	bob.SeesNoModal()
	if got := w.kept(t, run.ID); len(got.Amendments) != 2 || got.Amendments[1].From != "20 %" {
		t.Errorf("stored is %+v", got.Amendments)
	}
}

// Both views are larger than an acknowledgement takes, whatever is left out.
func TestAClashInALargeStepIsStillDecided(t *testing.T) {
	choices := pipeline.Template{ID: "big", Name: "Big", Use: pipeline.UseChecklist}
	var long []string
	for i := range pipeline.ChoiceLimit {
		long = append(long, pipeline.Cut(fmt.Sprintf("%02d", i)+strings.Repeat("界", pipeline.ChoiceTextLimit), pipeline.ChoiceTextLimit))
	}
	texts := pipeline.Template{ID: "big", Name: "Big", Use: pipeline.UseChecklist}
	for i := range pipeline.InputsOnPage {
		id, question := pipeline.ItemID(fmt.Sprintf("q%d", i)), fmt.Sprintf("Q%d", i)
		choices.Items = append(choices.Items, pipeline.Item{ID: id, Question: question, Kind: pipeline.KindChoice, Choices: long})
		question += " " + strings.Repeat("界", pipeline.QuestionLimit-3)
		texts.Items = append(texts.Items, pipeline.Item{ID: id, Question: question, Help: strings.Repeat("界", pipeline.HelpLimit), Kind: pipeline.KindText, Required: true})
	}
	for name, c := range map[string]struct {
		own          pipeline.Template
		theirs, mine string
		answer       func(p *simtest.Person, question, words string)
	}{
		"choices": {choices, long[0], long[1], func(p *simtest.Person, question, words string) { p.Chooses(question, words) }},
		"texts":   {texts, strings.Repeat("🙂", pipeline.TextLimit), strings.Repeat("界", pipeline.TextLimit), (*simtest.Person).Fills},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, pipeline.Policy{}).withTeam(t)
			w.inDiscovery(t, "Export invoices")
			w.ofPays(t, c.own)
			bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
			bob.Types("/validate PAY-1")
			bob.ClicksIn("Big", "Begin")
			bob.SeesModal("Big")
			alice.Types("/validate PAY-1")
			alice.ClicksIn("0 of 6 answered", "Continue")
			alice.SeesModal("Big")
			for _, item := range c.own.Items[:5] {
				c.answer(bob, item.Question, c.theirs)
			}
			for _, item := range c.own.Items {
				c.answer(alice, item.Question, c.mine)
			}
			bob.Submits()
			bob.SeesModal("Validate PAY-1")
			alice.Submits()
			alice.SeesModal("Big").Says("Somebody answered the same").Says("The rest of your answers is saved")
			if got := w.kept(t, 1).Answers["q5"]; got.Value != c.mine {
				t.Errorf("what does not clash is %.20q", got.Value)
			}
			alice.Clicks("Show both")
			alice.SeesModal("Big").Says("@Bob Brandt answered").Has(c.own.Items[0].Question, c.mine)
			alice.Submits()
			alice.SeesModal("Validate PAY-1").Says("6 of 6 answered")
			if got := w.kept(t, 1).Answers["q0"]; got.Value != c.mine {
				t.Errorf("stored is %.20q", got.Value)
			}
			if drafts, err := w.store.Drafts(t.Context(), alice.ID()); err != nil || len(drafts) != 0 {
				t.Errorf("%d drafts are left, %v", len(drafts), err)
			}
		})
	}
}
