package commands_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/storage"
)

const (
	bestUse    = "Best use of our time?"
	whyDoubt   = "Why do you doubt it?"
	whoLearns  = "Who learns that you ask?"
	withMyName = "Everybody who can see PAY-1: my name stands beside it"
	confidence = "Nobody: in confidence"
	whatOfIt   = "What becomes of it?"
)

// owned gives the team these product owners.
func (w *workplace) owned(t *testing.T, owners ...string) {
	t.Helper()
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	team.Owners = owners
	if _, err := w.store.ChangeTeam(t.Context(), "owners "+strings.Join(owners, " "), team); err != nil {
		t.Fatal(err)
	}
}

// challenges asks from the card of PAY-1.
func (w *workplace) challenges(name, why, naming string) {
	p := w.Person(name).In("payments")
	p.ClicksIn("in the Product Backlog", bestUse)
	p.SeesModal("Best use of our time?")
	p.Fills(whyDoubt, why)
	p.Chooses(whoLearns, naming)
	p.Submits()
	p.SeesNoModal()
	p.Sees("The product owners are asked")
}

// challenge of PAY-1 as it is stored.
func (w *workplace) challenge(t *testing.T) storage.ChallengeState {
	t.Helper()
	state, err := w.store.Challenge(t.Context(), pays1, "")
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// challengeDue makes the deadline of the open question come.
func (w *workplace) challengeDue(t *testing.T, id string) {
	t.Helper()
	state := w.challenge(t)
	after := state.Challenge
	after.Deadline = time.Now().Add(-time.Minute)
	if _, err := w.store.RemindChallenge(t.Context(), "earlier "+id, after); err != nil {
		t.Fatal(err)
	}
	entry := storage.Outgoing{ID: id, Kind: "challenge.due", Subject: "PAY-1", Args: map[string]string{"times": fmt.Sprint(after.Times)}}
	if err := w.store.Enqueue(t.Context(), entry); err != nil {
		t.Fatal(err)
	}
}

func TestAChallengeFromTheQuestionToTheAnswer(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.prepared(t, "Export invoices", pipeline.Backlog)
	bob, carol, alice := w.Person("bob").In("payments"), w.Person("carol").In("payments"), w.Person("alice").In("@alignbot")
	bob.Types("/align challenge 1")
	bob.SeesModal("Best use of our time?").Says("PAY-1  Export invoices").Says("Alice Anders").Says("nobody can look it up, admins and product owners included").Has("Workdays to answer", "3")
	bob.Fills(whyDoubt, "\u200b")
	bob.Chooses(whoLearns, withMyName)
	bob.Fills("Workdays to answer", "21")
	bob.Submits()
	bob.SeesFieldError(whyDoubt, "Say in a line why you doubt it.")
	bob.SeesFieldError("Workdays to answer", "A whole number of workdays from 1 to 20.")
	bob.Fills(whyDoubt, "Nobody exports, says <!channel>")
	bob.Fills("Workdays to answer", "5")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("The product owners are asked. An answer is due by")

	alice.Sees("Is PAY-1 the best use of our time?", "1 person asks you", "Bob Brandt: Nobody exports, says <!channel>")
	w.challenges("carol", "Refunds hurt more", confidence)
	carol.Sees("2 people ask by now")
	alice.Sees("2 people ask you", "In confidence: Refunds hurt more")
	if n := strings.Count(alice.Screen(), "the best use of our time?"); n != 1 {
		t.Errorf("she got %d messages", n)
	}
	if state := w.challenge(t); len(state.Asks) != 2 || state.Asks[1].By != "" || !state.Asks[1].At.IsZero() {
		t.Errorf("it is stored as %+v", state)
	}

	// The details show it to everybody, and each what they can do.
	carol.ClicksIn("in the Product Backlog", "Details")
	carol.SeesModal("PAY-1").Says("2 people ask").Says("Refunds hurt more").Says("An answer of the product owners is due by")
	carol.Clicks("Change my words")
	carol.SeesModal("Best use of our time?").Has(whyDoubt, "Refunds hurt more").Says("choose again")
	carol.Fills(whyDoubt, "Refunds hurt most")
	carol.Chooses(whoLearns, confidence)
	carol.Submits()
	carol.SeesModal("PAY-1").Says("Refunds hurt most")
	carol.ClosesModal()

	alice.Clicks("Answer")
	alice.SeesModal("Your answer").Says("Refunds hurt most").Says("In confidence")
	alice.Fills("Because", "They pay for it")
	alice.Chooses(whatOfIt, "Keep it")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Your answer is kept with PAY-1 and told in its thread.", "It is answered.", "Alice Anders: Keep it")
	carol.Sees("Is PAY-1 the best use of our time? 2 people asked.", "In confidence: Refunds hurt most", "Bob Brandt: Nobody exports, says <!channel>", "Alice Anders: Keep it, because", "They pay for it")
	alice.DoesNotSee("Carol Costa")
	carol.ClicksIn("in the Product Backlog", "Details")
	carol.SeesModal("PAY-1").Says("2 people asked").Says("Keep it").Says("They pay for it").Says("answered whether it is the best use of our time (keep it)").Says("asked whether it is the best use of our time")
	carol.Sees(bestUse)
	carol.ClosesModal()
	w.quietBut(t, 1)
}

func TestAnAnswerThatMovesTheIdeaGoesThroughItsForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ answer, button, modal string }{
		{"Park it…", "Park…", "Park PAY-1"},
		{"Take it back to discovery…", "Back to discovery", "Back to discovery"},
	} {
		t.Run(c.answer, func(t *testing.T) {
			t.Parallel()
			w := open(t, pipeline.Policy{}).withTeam(t)
			w.prepared(t, "Export invoices", pipeline.Backlog)
			w.challenges("bob", "Nobody exports", confidence)
			alice := w.Person("alice").In("payments")
			alice.ClicksIn("in the Product Backlog", "Details")
			alice.SeesModal("PAY-1").Says("1 person asks")
			alice.Clicks("Answer")
			alice.SeesModal("Your answer")
			alice.Chooses(whatOfIt, c.answer)
			alice.Fills("Because", "You are right")
			alice.Submits()
			alice.SeesModal("PAY-1").Says("It stays in the Product Backlog until that is done.")
			if w.stored(t, pays1).Stage != pipeline.Backlog {
				t.Error("it moved without its form")
			}
			alice.ClicksIn("until that is done", c.button)
			alice.SeesModal(c.modal)
		})
	}
}

func TestAnUnansweredChallengeIsRemindedOfOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.prepared(t, "Export invoices", pipeline.Backlog)
	w.challenges("bob", "Nobody exports", withMyName)
	w.challengeDue(t, "due 1")
	alice, carol := w.Person("alice").In("@alignbot"), w.Person("carol").In("payments")
	alice.Sees("An answer about PAY-1 was due", "This is the only reminder.")
	w.challengeDue(t, "due 2")
	w.quietBut(t, 1)
	if n := strings.Count(alice.Screen(), "This is the only reminder."); n != 1 {
		t.Errorf("she is reminded %d times", n)
	}
	carol.ClicksIn("in the Product Backlog", "Details")
	carol.SeesModal("PAY-1").Says("*Unanswered:* an answer of the product owners was due by")
	carol.ClosesModal()
	alice.OpensHome()
	alice.Sees("Is PAY-1 the best use of our time? 1 person asks. It is unanswered since")
	alice.ClicksIn("unanswered since", "Answer")
	alice.SeesModal("Your answer")
	alice.Chooses(whatOfIt, "Change it")
	alice.Fills("Because", "Smaller")
	alice.Submits()
	alice.SeesNoModal()
	alice.StopsSeeing("unanswered since")
}

func TestAChallengeIsTakenBack(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.prepared(t, "Export invoices", pipeline.Backlog)
	w.challenges("bob", "Nobody exports", confidence)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("@alignbot")
	alice.Sees("1 person asks you", "In confidence: Nobody exports")
	bob.Clicks("Take it back")
	bob.Sees("You took it back.")
	alice.Sees("Whoever asked has taken it back.")
	alice.StopsSeeing("Nobody exports")
	bob.Clicks("Take it back")
	bob.Sees("You ask nothing about PAY-1 at the moment.")
	bob.ClicksIn("in the Product Backlog", "Details")
	bob.SeesModal("PAY-1")
	bob.Sees(bestUse)
	bob.DoesNotSee("Nobody exports", "1 person asks")
	bob.ClosesModal()
	w.challengeDue(t, "due")
	comesTrue(t, func() (bool, string) {
		c := w.challenge(t).Challenge
		return !c.Open && len(c.Answers) == 0, fmt.Sprintf("%+v", c)
	})
}

// The idea leaves the Product Backlog before anybody answers.
func TestAChallengedIdeaThatLeaves(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.prepared(t, "Export invoices", pipeline.Backlog)
	w.challenges("bob", "Nobody exports", withMyName)
	alice := w.Person("alice").In("@alignbot")
	alice.Clicks("Answer")
	alice.SeesModal("Your answer")
	alice.Fills("Because", "They pay")
	alice.Chooses(whatOfIt, "Keep it")
	idea := w.stored(t, pays1)
	idea.Stage, idea.Staged = pipeline.Discovery, time.Now()
	if _, err := w.store.ChangeIdea(t.Context(), "back", idea, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U0ALICE", What: pipeline.WasMoved, From: pipeline.Backlog, To: pipeline.Discovery}); err != nil {
		t.Fatal(err)
	}
	alice.Submits()
	alice.SeesFieldError("Because", "PAY-1 left the Product Backlog since it was asked")
	alice.ClosesModal()
	bob := w.Person("bob").In("payments")
	bob.Types("/align challenge PAY-1")
	bob.Sees("PAY-1 is in discovery; this is asked of ideas in the Product Backlog.")
	w.challengeDue(t, "due")
	comesTrue(t, func() (bool, string) {
		c := w.challenge(t).Challenge
		return !c.Open && len(c.Answers) == 1 && c.Answers[0].Verdict == pipeline.ChallengeGone, fmt.Sprintf("%+v", c)
	})
	alice.Sees("It left the Product Backlog before an answer.")
	alice.DoesNotSee("This is the only reminder.")
}

func TestWhoCanBeAsked(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{Guests: true}).withTeam(t)
	w.prepared(t, "Export invoices", pipeline.Backlog)
	alice, bob, gina := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("gina").In("payments")
	alice.Types("/align challenge PAY-1")
	alice.Sees("You are the only product owner who could answer")

	// One of two asks the other, and does not answer what is theirs alone.
	w.owned(t, "U0ALICE", "U0BOB")
	w.challenges("alice", "I doubt it", withMyName)
	w.Person("bob").In("@alignbot").Sees("Alice Anders: I doubt it")
	alice.ClicksIn("in the Product Backlog", "Details")
	alice.SeesModal("PAY-1")
	alice.Clicks("Answer")
	alice.Sees("You asked this yourself, and nobody else does.")
	alice.ClosesModal()

	gina.ClicksIn("in the Product Backlog", bestUse)
	gina.SeesModal("Best use of our time?").Says("Alice Anders")
	gina.Fills(whyDoubt, "Nor would I")
	gina.Chooses(whoLearns, confidence)
	gina.Submits()
	gina.SeesNoModal()
	gina.Sees("2 people ask by now")

	// A right that is lost between drawing and using.
	bob.ClicksIn("in the Product Backlog", "Details")
	bob.SeesModal("PAY-1")
	bob.Clicks("Answer")
	bob.SeesModal("Your answer")
	bob.Chooses(whatOfIt, "Keep it")
	bob.Fills("Because", "x")
	w.owned(t, "U0ALICE")
	bob.Submits()
	bob.SeesFieldError("Because", "answered by the team's product owners")
	bob.ClosesModal()

	w.owned(t, "U0ZOE")
	bob.Types("/align challenge PAY-1")
	bob.Sees("None of the product owners of Payments can be reached at the moment")
}

// Two product owners answer at the same moment, each delivered twice, while others
// ask: it is answered once, and nothing that was asked before is lost.
func TestTwoAnswersAtTheSameMoment(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.prepared(t, "Export invoices", pipeline.Backlog)
	w.owned(t, "U0ALICE", "U0BOB")
	w.challenges("carol", "Nobody exports", confidence)
	app := &commands.App{Store: w.store, Lookup: func(_ context.Context, user string) (pipeline.Person, error) {
		return pipeline.Person{ID: user, Workspace: "T0ACME", Name: user}, nil
	}}
	router := commands.NewRouter(commands.List(), "")
	submit := func(name, op, user, metadata string, values map[string]commands.Value) error {
		entry, _ := router.Find(commands.Submit, name)
		_, err := app.Handle(t.Context(), entry, &commands.Request{
			Op: op, Now: time.Now(), Person: pipeline.Person{ID: user, Workspace: "T0ACME"},
			Form: &commands.Form{ID: "V", Hash: "h", Metadata: metadata, Values: values},
		})
		return err
	}
	var all sync.WaitGroup
	for i := range 4 {
		owner := []string{"U0ALICE", "U0BOB"}[i/2]
		all.Go(func() {
			err := submit("challenge.answer_form", "answer "+owner, owner, `{"v":1,"idea":"PAY-1","version":1,"channel":"C0PAYMENTS","draft":"challenge.PAY-1","fresh":"f"}`,
				map[string]commands.Value{"verdict": {Text: "keep"}, "note": {Text: "Because of " + owner}})
			if err != nil && !strings.Contains(err.Error(), "answered this") && !strings.Contains(err.Error(), "try again") {
				t.Error(err)
			}
		})
	}
	for i := range 6 {
		all.Go(func() {
			user := fmt.Sprint("U0ASK", i/2)
			err := submit("challenge.ask_form", "ask "+user, user, `{"v":1,"idea":"PAY-1","channel":"C0PAYMENTS","fresh":"f"}`,
				map[string]commands.Value{"why": {Text: "Words of " + user}, "naming": {Text: "named"}})
			if err != nil && !strings.Contains(err.Error(), "try again") {
				t.Error(err)
			}
		})
	}
	all.Wait()
	state := w.challenge(t)
	var said []string
	for _, answer := range state.Challenge.Answers {
		for _, ask := range answer.Asks {
			said = append(said, ask.Why)
		}
	}
	for _, ask := range state.Asks {
		said = append(said, ask.Why)
	}
	if !slices.Contains(said, "Nobody exports") || len(state.Challenge.Answers) == 0 || state.Challenge.Times > 2 {
		t.Errorf("it is stored as %+v with %q", state.Challenge, said)
	}
	if told := w.happened(t, pipeline.ChallengeAnswered); len(told) != len(state.Challenge.Answers) {
		t.Errorf("the history has %d answers, there are %d", len(told), len(state.Challenge.Answers))
	}
	w.quietBut(t, state.Challenge.Times) // the jobs at their deadlines
}
