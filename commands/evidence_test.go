package commands_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

// The inputs of the form of evidence, as people see them.
const (
	noteInput     = "What was seen or heard?"
	strengthInput = "What kind of evidence is it?"
	pointsInput   = "Which way does it point?"
	peopleDo      = "What people do: seen in data, in a test, in real use"
	peopleSay     = "What people say: in a talk, a survey, a message"
	supports      = "It supports the idea"
	contradicts   = "It contradicts the idea"
)

// evidence is all of it on PAY-1, the newest first.
func (w *workplace) evidence(t *testing.T) []pipeline.Evidence {
	t.Helper()
	page, err := w.store.Evidence(t.Context(), pays1, 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	return page.Evidence
}

// saysSo fills the form of evidence that is open.
func saysSo(p *simtest.Person, note, strength, points string) {
	p.SeesModal("Add evidence")
	p.Fills(noteInput, note)
	p.Chooses(strengthInput, strength)
	p.Chooses(pointsInput, points)
}

func TestEvidenceIsWeighedAndKept(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "evidence.add", "evidence.list")
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Clicks("evidence.add")
	saysSo(bob, "12 of 20 accountants retyped an invoice last week.", peopleDo, supports)
	bob.Fills("Link", "https://metrics.example/invoices?a=1&b=2")
	bob.Submits()
	bob.Sees("Added to PAY-1. Confidence is now low. One note")
	bob.SeesNoModal()

	carol.Clicks("evidence.add")
	saysSo(carol, "Nobody asked for it in five talks.", peopleSay, contradicts)
	carol.Submits()
	carol.Sees("Added to PAY-1")

	kept := w.evidence(t)
	if len(kept) != 2 || !kept[0].Against || kept[0].By != carol.ID() || kept[0].Link != "" ||
		kept[1].Against || kept[1].Strength != pipeline.WhatPeopleDo || kept[1].Link != "https://metrics.example/invoices?a=1&b=2" {
		t.Errorf("kept is %+v", kept)
	}
	if supporting, contradicting := w.stored(t, pays1).Tally.Count(); supporting != 1 || contradicting != 1 {
		t.Errorf("counted are %d for and %d against", supporting, contradicting)
	}
	if newest := w.history(t, pays1)[0]; newest.What != pipeline.GotEvidence || newest.By != carol.ID() || newest.About != "contradicts it, what people say" {
		t.Errorf("history ends with %+v", newest)
	}

	bob.Clicks("evidence.list")
	bob.SeesModal("Evidence on PAY-1").Says("Contradicts it · what people say").Says("Supports it · what people do").Says("12 of 20 accountants").Says("metrics.example")
}

func TestTheFormOfEvidenceSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "evidence.add")
	bob := w.Person("bob").In("payments")
	bob.Clicks("evidence.add")
	saysSo(bob, "\u200b", peopleDo, supports)
	for link, complaint := range map[string]string{
		"see the wiki":              "Paste one whole web address",
		"javascript:alert(1)":       "Paste one whole web address",
		"https://ann:pw@bank.test/": "name or a password",
		"https://other.slack.com/archives/C1/p1700000000000100": "another Slack workspace",
	} {
		bob.Fills("Link", link)
		bob.Submits()
		bob.SeesFieldError("Link", complaint)
		bob.SeesFieldError(noteInput, "Say in a sentence")
	}
	ours := w.URL() + "/archives/C0RANDOM/p1700000000000100"
	bob.Fills("Link", ours)
	bob.Fills(noteInput, "Five of them asked for it.")
	bob.Submits()
	bob.Sees("Added to PAY-1")
	if kept := w.evidence(t); len(kept) != 1 || kept[0].Link != ours {
		t.Errorf("kept is %+v", kept)
	}
}

func TestEvidenceTypedOutlivesItsForm(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "evidence.add")
	bob := w.Person("bob").In("payments")
	bob.Clicks("evidence.add")
	saysSo(bob, "Half a thought", peopleSay, contradicts)
	bob.ClosesModal()
	bob.Clicks("evidence.add")
	bob.SeesModal("Add evidence").Has(noteInput, "Half a thought").Has(strengthInput, peopleSay).Has(pointsInput, contradicts).Says("This is what you typed")
	bob.Clicks("Start afresh")
	bob.SeesModal("Add evidence").Has(noteInput, "").Has(strengthInput, "")
	bob.ClosesModal()
	bob.Clicks("evidence.add")
	bob.SeesModal("Add evidence").Has(noteInput, "")
}

func TestAMessageBecomesEvidence(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	carol.Types("I retype & correct 40 invoices a month")
	bob.UsesShortcutOn("I retype", "Add as evidence")
	bob.SeesModal("Add evidence").Has(noteInput, "“I retype & correct 40 invoices a month”").Says("Its source is a message")
	bob.Chooses("Idea", "PAY-1  Export invoices")
	bob.Chooses(strengthInput, peopleSay)
	bob.Chooses(pointsInput, supports)
	bob.Submits()
	bob.Sees("Added to PAY-1")
	kept := w.evidence(t)
	if len(kept) != 1 || kept[0].Note != "“I retype & correct 40 invoices a month”" || !strings.HasPrefix(kept[0].Link, w.URL()+"/archives/C0PAYMENTS/p") {
		t.Errorf("kept is %+v", kept)
	}
	if w.stored(t, pays1).Source.Permalink != "" {
		t.Error("the message became where the idea comes from")
	}
}

func TestAMessageGoesOnBeingEvidenceAfterItsFormWasClosed(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	carol.Types("I retype invoices")
	bob.UsesShortcutOn("I retype", "Add as evidence")
	bob.Chooses("Idea", "PAY-1  Export invoices")
	bob.Fills(noteInput, "In my own words")
	bob.ClosesModal()
	drafts, err := w.store.Drafts(t.Context(), bob.ID())
	if err != nil || len(drafts) != 1 {
		t.Fatalf("the drafts are %+v (%v)", drafts, err)
	}
	for slot := range drafts {
		w.offers(t, "draft="+slot, "evidence.add")
	}
	bob.Clicks("evidence.add")
	bob.SeesModal("Add evidence").Has("Idea", "PAY-1").Has(noteInput, "In my own words").Says("Its source is a message")
	bob.Clicks("Start afresh")
	bob.SeesModal("Add evidence").Has("Idea", "").Has(noteInput, "").Says("Its source is a message")
	bob.Chooses("Idea", "PAY-1  Export invoices")
	bob.Fills(noteInput, "In better words")
	bob.Chooses(strengthInput, peopleSay)
	bob.Chooses(pointsInput, supports)
	bob.Submits()
	bob.Sees("Added to PAY-1")
	if kept := w.evidence(t); len(kept) != 1 || !strings.Contains(kept[0].Link, "/archives/C0PAYMENTS/p") {
		t.Errorf("kept is %+v", kept)
	}
}

func TestWordsOfAPrivateChannelAreNotCopied(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	alice, dave := w.Person("alice").In("leads"), w.Person("dave").In("leads")
	dave.Types("We close the Rome office")
	w.searchable(t, "invoices", "PAY")
	alice.UsesShortcutOn("We close", "Add as evidence")
	alice.SeesModal("Add evidence").Has(noteInput, "").Says("private conversation, so its words are not copied")
	alice.Chooses("Idea", "PAY-1  Export invoices")
	saysSo(alice, "An office changes its accounting.", peopleDo, supports)
	alice.Submits()
	alice.In("@alignbot").Sees("Added to PAY-1") // it may not speak in #leads
	kept := w.evidence(t)
	if len(kept) != 1 || strings.Contains(kept[0].Note, "Rome") || !strings.Contains(kept[0].Link, "/archives/C0LEADS/p") {
		t.Errorf("kept is %+v", kept)
	}
	for _, e := range w.Ledger().Entries(nil) {
		if e.By == "app" && strings.Contains(string(e.Payload), "Rome") {
			t.Errorf("%s shows %s", e.Method, e.Payload)
		}
	}
}

func TestAPrivateTeamsMessageIsEvidenceOnItsOwnIdeasOnly(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	alice := w.Person("alice").In("leads")
	alice.Types("/align setup")
	alice.Fills("Name", "Leads")
	alice.Fills("Key", "SEC")
	alice.Submits()
	alice.In("@alignbot").Sees("is set up")
	alice.In("leads")
	alice.Types("/idea add Secret invoices")
	alice.Sees("Captured as SEC-1")
	w.searchable(t, "invoices", "PAY")
	w.searchable(t, "secret", "SEC")
	alice.Types("We close the Rome office")
	alice.UsesShortcutOn("We close", "Add as evidence")
	alice.SeesModal("Add evidence").Has(noteInput, "“We close the Rome office”").Says("so it can be evidence on ideas of this team only")
	modals, err := w.Modals(alice.ID())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range modals[0].Elements() {
		if e.ActionID != "idea.choice" {
			continue
		}
		for _, query := range []string{"", "invoices", "PAY-1"} {
			offered, err := w.Choices(t.Context(), alice.ID(), slacksim.Target{ViewID: modals[0].ID, BlockID: e.BlockID, ActionID: e.ActionID}, query)
			if err != nil {
				t.Fatal(err)
			}
			for _, choice := range offered {
				if !strings.HasPrefix(choice.Text, "SEC-") {
					t.Errorf("%q offers %q", query, choice.Text)
				}
			}
			if query != "PAY-1" && len(offered) != 1 {
				t.Errorf("%q offers %v", query, offered)
			}
		}
	}
	alice.Chooses("Idea", "SEC-1  Secret invoices")
	alice.Chooses(strengthInput, peopleSay)
	alice.Chooses(pointsInput, supports)
	alice.Submits()
	alice.In("@alignbot").Sees("Added to SEC-1")
}

func TestTheMenuOfIdeasFindsWhatThePersonMaySee(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Pay in instalments")
	bob.Sees("Captured as PAY-2")
	bob.Types("/idea withdraw PAY-2")
	bob.Sees("PAY-2 is withdrawn")
	alice := w.Person("alice").In("leads")
	alice.Types("/align setup")
	alice.Fills("Name", "Leads")
	alice.Fills("Key", "SEC")
	alice.Submits()
	alice.In("@alignbot").Sees("is set up")
	alice.In("leads").Types("/idea add Secret invoices")
	alice.Sees("Captured as SEC-1")
	w.searchable(t, "invoices", "PAY")
	w.searchable(t, "secret", "SEC")
	bob.Types("Invoices hurt")
	bob.UsesShortcutOn("Invoices hurt", "Add as evidence")
	bob.SeesModal("Add evidence")
	modals, err := w.Modals(bob.ID())
	if err != nil {
		t.Fatal(err)
	}
	target := slacksim.Target{ViewID: modals[0].ID}
	for _, e := range modals[0].Elements() {
		if e.ActionID == "idea.choice" {
			target.BlockID, target.ActionID = e.BlockID, e.ActionID
		}
	}
	for query, want := range map[string]string{
		"": "[PAY-1  Export invoices]", "invoices": "[PAY-1  Export invoices]", "pay 1": "[PAY-1  Export invoices]", "1": "[PAY-1  Export invoices]",
		"PAY-2": "[]", "SEC-1": "[]", "sec": "[]", "PAY-99": "[]", "zebra": "[]",
	} {
		offered, err := w.Choices(t.Context(), bob.ID(), target, query)
		var texts []string
		for _, choice := range offered {
			texts = append(texts, choice.Text)
		}
		if got := fmt.Sprint(texts); err != nil || got != want {
			t.Errorf("%q offers %s, want %s (%v)", query, got, want, err)
		}
	}
}

func TestEvidenceSubmittedTwiceIsOnePiece(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "evidence.add")
	bob := w.Person("bob").In("payments")
	for i, twice := range []slacksim.Effect{slacksim.Duplicate(), slacksim.DuplicateElsewhere()} {
		rule := w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: twice})
		bob.Clicks("evidence.add")
		saysSo(bob, fmt.Sprintf("Seen %d times", i+1), peopleDo, supports)
		bob.Submits()
		bob.SeesNoModal()
		if kept := w.evidence(t); len(kept) != i+1 || rule.Strikes() != 1 {
			t.Errorf("kept are %d pieces after %d", len(kept), i+1)
		}
	}
}

func TestEvidenceWhoseAnswerGotLostIsNotStoredTwice(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, func(*slacksim.Workspace) {}).withIdea(t, "evidence.add")
	bob := w.Person("bob").In("payments")
	bob.Clicks("evidence.add")
	saysSo(bob, "Seen once", peopleDo, supports)
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.LoseAck()})
	bob.Submits()
	bob.SeesTrouble()
	bob.Submits()
	bob.SeesNoModal()
	if kept := w.evidence(t); len(kept) != 1 {
		t.Fatalf("kept is %+v", kept)
	}

	bob.Clicks("evidence.add")
	saysSo(bob, "First words", peopleDo, supports)
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.LoseAck()})
	bob.Submits()
	bob.SeesTrouble()
	bob.Fills(noteInput, "Other words")
	bob.Submits()
	bob.SeesNoModal()
	if kept := w.evidence(t); len(kept) != 3 || kept[0].Note != "Other words" || kept[1].Note != "First words" {
		t.Errorf("kept is %+v", kept)
	}
}

func TestTwoPeopleAddEvidenceAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "evidence.add")
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Clicks("evidence.add")
	carol.Clicks("evidence.add")
	saysSo(bob, "Seen by Bob", peopleDo, supports)
	saysSo(carol, "Heard by Carol", peopleSay, contradicts)
	bob.Submits()
	carol.Submits()
	bob.Sees("Added to PAY-1")
	carol.Sees("Added to PAY-1")
	idea := w.stored(t, pays1)
	if supporting, contradicting := idea.Tally.Count(); supporting != 1 || contradicting != 1 || idea.Tally.Authors != 2 || idea.Version != 1 {
		t.Errorf("the idea counts %+v at version %d", idea.Tally, idea.Version)
	}
}

func TestEvidenceOfSomebodyWhoLostTheRightMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "evidence.add")
	bob := w.Person("bob").In("payments")
	bob.Clicks("evidence.add")
	saysSo(bob, "Typed as a member", peopleDo, supports)
	if err := w.UpdatePerson(t.Context(), "bob", func(p *slacksim.Person) { p.Guest = true }); err != nil {
		t.Fatal(err)
	}
	w.heardOf("user_change")
	bob.Submits()
	bob.Sees("alignbot is not open to guests here")
	bob.SeesModal("Add evidence").Has(noteInput, "Typed as a member")
	if kept := w.evidence(t); len(kept) != 0 {
		t.Errorf("kept is %+v", kept)
	}
}

func TestEvidenceOnAnIdeaThatWasWithdrawnMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "evidence.add")
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	carol.Clicks("evidence.add")
	saysSo(carol, "Worth keeping", peopleDo, supports)
	bob.Types("/idea withdraw PAY-1")
	bob.Sees("PAY-1 is withdrawn")
	carol.Submits()
	carol.Sees("PAY-1 was withdrawn, so evidence on it would not be seen")
	carol.SeesModal("Add evidence").Has(noteInput, "Worth keeping")
	carol.CancelsModal()
	carol.Clicks("evidence.add")
	carol.Sees("PAY-1 was withdrawn, so evidence on it would not be seen")
	carol.SeesNoModal()
}

func TestEvidenceTurnsTenAtATime(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "evidence.list")
	bob := w.Person("bob").In("payments")
	for i := range 12 {
		e := pipeline.Evidence{Note: fmt.Sprintf("Note number %d.", i+1), Strength: pipeline.Opinion, By: bob.ID(), At: time.Now()}
		if _, err := w.store.AddEvidence(t.Context(), fmt.Sprint("op", i), pays1, e, storage.Slot{}, pipeline.Event{What: pipeline.GotEvidence, By: bob.ID()}); err != nil {
			t.Fatal(err)
		}
	}
	bob.Clicks("evidence.list")
	bob.SeesModal("Evidence on PAY-1").Says("Page 1 of 2 · 12 pieces of evidence").Says("Note number 12.").Says("Note number 3.")
	bob.DoesNotSee("Note number 2.")
	bob.Clicks("Next")
	bob.SeesModal("Evidence on PAY-1").Says("Page 2 of 2").Says("Note number 1.")
	bob.Clicks("Previous")
	bob.SeesModal("Evidence on PAY-1").Says("Page 1 of 2")
	if modals, err := w.Modals(bob.ID()); err != nil || len(modals) != 1 {
		t.Errorf("%d modals are open (%v)", len(modals), err)
	}
}

func TestNaughtyTextAsEvidenceOutcomeAndCriteria(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "evidence.add", "evidence.list", "work.open")
	bob := w.Person("bob").In("payments")
	kept := 0
	for i, n := range commands.Naughty(t) {
		if i%8 != 0 || !pipeline.HasVisible(pipeline.CleanText(n.Text)) {
			continue
		}
		bob.Clicks("evidence.add")
		saysSo(bob, n.Text, peopleSay, supports)
		bob.Fills("Link", n.Text) // no web address, or a harmless one
		bob.Submits()
		if modals, err := w.Modals(bob.ID()); err != nil || len(modals) > 0 {
			bob.SeesFieldError("Link", "")
			bob.Fills("Link", "")
			bob.Submits()
		}
		bob.SeesNoModal()
		kept++
		if all := w.evidence(t); len(all) != kept || all[0].Note != pipeline.CleanText(n.Text) || all[0].Link != "" {
			t.Errorf("%s %q was stored as %+v", n.Kind, n.Text, all[0])
		}
		if statement := pipeline.CleanLine(n.Text); pipeline.HasVisible(statement) && pipeline.Length(statement) <= pipeline.StatementLimit {
			w.knows(t, statement)
		}
		bob.Clicks("work.open")
		bob.Fills(criteria, pipeline.Cut(n.Text, pipeline.CriterionLimit))
		bob.Submits()
		if modals, err := w.Modals(bob.ID()); err == nil && len(modals) > 0 { // too many lines
			bob.ClosesModal()
		}
	}
	w.offers(t, "idea=PAY-1", "outcome.link")
	bob.Clicks("outcome.link")
	bob.SeesModal("Link an outcome")
	bob.ClosesModal()
	bob.Clicks("evidence.list")
	bob.SeesModal("Evidence on PAY-1").Says(fmt.Sprintf("%d pieces of evidence", kept))
	bob.DoesNotSee("Something went wrong")
	w.nothingAlive(t)
}

func TestEvidenceFromAMessageKeepsItsLinkWhenItIsSentAgain(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	carol.Types("Nine people called about invoices today")
	bob.UsesShortcutOn("Nine people called", "Add as evidence")
	bob.SeesModal("Add evidence")
	bob.Chooses("Idea", "PAY-1  Export invoices")
	bob.Chooses(strengthInput, peopleSay)
	bob.Chooses(pointsInput, supports)
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.LoseAck()})
	bob.Submits()
	bob.SeesTrouble()
	bob.Fills(noteInput, "In my own words: nine calls")
	bob.Submits()
	bob.Sees("Added to PAY-1")
	pieces := w.evidence(t)
	if len(pieces) != 2 {
		t.Fatalf("%d pieces", len(pieces))
	}
	for _, e := range pieces {
		if e.Link == "" {
			t.Errorf("without its link: %+v", e)
		}
	}
}
