package commands_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/storage"
)

const (
	differently = "What will be different, and by how much?"
	askedWhen   = "Ask whether it did on"
	didItMove   = "Did it change what it was for?"
	happened    = "What actually happened?"
	askLater    = "Where it is too early, ask again on"
)

// counting gives PAY-O1 numbers: from 100 to 50 calls.
func (w *workplace) counting(t *testing.T) {
	t.Helper()
	outcomes, err := w.store.Outcomes(t.Context(), "PAY")
	if err != nil || len(outcomes) != 1 {
		t.Fatalf("%+v (%v)", outcomes, err)
	}
	o := outcomes[0]
	o.Unit, o.Direction = "calls", pipeline.Decrease
	o.Baseline, o.Target = &pipeline.Reading{Value: 100, Day: inDays(-30)}, &pipeline.Reading{Value: 50, Day: inDays(60)}
	event := pipeline.Event{At: time.Now(), By: "U0ALICE", What: pipeline.WasEdited}
	if _, err := w.store.ChangeOutcome(t.Context(), "numbers", o, storage.Slot{}, event); err != nil {
		t.Fatal(err)
	}
}

// delivered is PAY-1, delivered with an effect expected on that day.
func (w *workplace) delivered(t *testing.T, day string) pipeline.Idea {
	t.Helper()
	idea := w.prepared(t, "Export invoices", pipeline.Delivered)
	idea.Effect = &pipeline.Effect{Expected: "Half as many calls", Node: idea.Outcomes[0], Day: day}
	event := pipeline.Event{At: time.Now(), By: "U0ALICE", What: pipeline.EffectExpected, About: day}
	idea, err := w.store.ChangeIdea(t.Context(), "expected", idea, storage.Slot{}, event)
	if err != nil {
		t.Fatal(err)
	}
	return idea
}

// effectDue makes the day come on which it is asked what PAY-1 changed.
func (w *workplace) effectDue(t *testing.T, id, day string) {
	t.Helper()
	entry := storage.Outgoing{ID: id, Kind: "effect.due", Subject: "PAY-1", Args: map[string]string{"day": day, "by": "U0ALICE"}}
	if err := w.store.Enqueue(t.Context(), entry); err != nil {
		t.Fatal(err)
	}
}

func TestOnDeliveryItIsAskedWhatWillChange(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, carol := w.Person("alice").In("payments"), w.Person("carol").In("payments")
	w.prepared(t, "Export invoices", pipeline.Backlog)
	alice.ClicksIn("in the Product Backlog", "Mark as delivered")
	alice.SeesModal("Mark as delivered").Has(differently, "half as many calls by June").Has(askedWhen, inDays(28))
	alice.Fills(askedWhen, inDays(-1))
	alice.Submits()
	alice.SeesFieldError(askedWhen, "")
	if got := w.stored(t, pays1).Stage; got != pipeline.Backlog {
		t.Fatalf("it is %s", got)
	}
	alice.ClosesModal()

	// What was typed is kept.
	alice.OpensHome()
	alice.ClicksIn("A decision on PAY-1", "Continue")
	alice.SeesModal("Mark as delivered").Says("This is what you typed").Has(askedWhen, inDays(-1))
	alice.Fills(askedWhen, inDays(30))
	alice.Fills(differently, "Half as many calls")
	alice.Submits()
	alice.SeesNoModal()
	carol.Sees("Alice Anders marked PAY-1 as delivered. Expected: “Half as many calls”. On " + shown(30) + " it is asked whether it is so.")
	e := w.stored(t, pays1).Effect
	if e == nil || e.Expected != "Half as many calls" || e.Day != inDays(30) || e.Node.String() != "PAY-O1" {
		t.Fatalf("%+v is expected", e)
	}
	w.waitsForDeadline(t)
	alice = alice.In("payments")
	alice.Types("/idea show PAY-1")
	alice.SeesModal("PAY-1").Says("Half as many calls").Says("It is asked on " + shown(30) + " whether it did.")

	// It can be said anew, until it is answered.
	alice.Clicks("Expected effect…")
	alice.SeesModal("Expected effect").Has(differently, "Half as many calls")
	alice.Fills(differently, "\u200b")
	alice.Submits()
	alice.SeesFieldError(differently, "Say in a line what will be different")
	alice.Fills(differently, "A third fewer calls")
	alice.Fills(askedWhen, inDays(40))
	alice.Submits()
	alice.SeesModal("PAY-1").Says("A third fewer calls").Says("It is asked on " + shown(40))
	carol.Sees("Alice Anders said what PAY-1 is expected to change (asked on " + shown(40) + "): A third fewer calls.")
}

func shown(days int) string { return here().AddDate(0, 0, days).Format("2 Jan 2006") }

func TestADeliveryOfWhichNothingIsExpected(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, carol := w.Person("alice").In("payments"), w.Person("carol").In("payments")
	w.prepared(t, "Export invoices", pipeline.Backlog)
	alice.ClicksIn("in the Product Backlog", "Mark as delivered")
	alice.SeesModal("Mark as delivered")
	alice.Fills(differently, "")
	alice.Submits()
	alice.SeesNoModal()
	carol.Sees("Alice Anders marked PAY-1 as delivered.")
	if e := w.stored(t, pays1).Effect; e != nil {
		t.Errorf("%+v is expected", e)
	}
	carol.Types("/idea show PAY-1")
	carol.SeesModal("PAY-1").Says("Nobody said what will be different")
	carol.DoesNotSee("Expected effect…")

	// It can be told what it changed all the same, and when to ask.
	alice.Types("/idea show PAY-1")
	alice.SeesModal("PAY-1")
	alice.Clicks("Say what happened")
	alice.SeesModal("Say what happened")
	alice.Chooses(didItMove, "Too early to tell")
	alice.Submits()
	alice.SeesModal("PAY-1").Says("Nobody said what will be different. It is asked on " + shown(14) + " what it changed.")
	alice.Clicks("Say what happened")
	alice.SeesModal("Say what happened")
	alice.Chooses(didItMove, "It moved")
	alice.Fills(happened, "Nobody calls any more")
	alice.Submits()
	alice.SeesModal("PAY-1").Says("It moved").Says("Nobody calls any more")
	carol.Sees("Nobody calls any more")
	node, err := w.store.Node(t.Context(), payO1, 0, 0)
	if want := (pipeline.HitRate{Moved: 1, Asked: 1}); err != nil || node.Ideas.Hits != want {
		t.Errorf("%+v is counted (%v)", node.Ideas.Hits, err)
	}
}

func TestOnItsDayItIsAskedWhatAnIdeaChanged(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, carol := w.Person("alice").In("@alignbot"), w.Person("carol").In("payments")
	w.delivered(t, inDays(-1))
	w.counting(t)
	w.effectDue(t, "effect:PAY-1:one", inDays(-1))
	w.effectDue(t, "effect:PAY-1:two", inDays(-1))
	alice.Sees("Did it change what it was for?", "Half as many calls", "delivered · for “")
	alice.Clicks("Too early to tell")
	alice.SeesModal("Say what happened").Has(didItMove, "Too early to tell").Says("PAY-O1 “Fewer calls” stands at")
	alice.Fills(askLater, inDays(0))
	alice.Submits()
	alice.SeesFieldError(askLater, "Choose a day to come.")
	alice.Fills(askLater, inDays(21))
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("PAY-1 stays delivered. It is asked on " + shown(21) + " what it changed.")
	carol.Sees("Alice Anders put off saying what PAY-1 changed: it is too early (asked again on " + shown(21) + ").")
	if e := w.stored(t, pays1).Effect; e.Day != inDays(21) || e.Again != 1 || !e.AskedAt.IsZero() || e.Answer != "" {
		t.Errorf("it is put off as %+v", e)
	}
	w.waitsForDeadline(t) // one question is left, for the new day

	alice.Clicks("It moved")
	alice.SeesModal("Say what happened").Has(didItMove, "It moved")
	alice.Submits()
	alice.SeesFieldError(happened, "Say in a line what actually happened.")
	alice.Fills("The number now, in calls", "61 days")
	alice.Submits()
	alice.SeesFieldError("The number now, in calls", "")
	alice.Fills("The number now, in calls", "61")
	alice.Fills(happened, "The export is used daily")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("PAY-O1: the one delivered idea moved it.")
	carol.Sees("Alice Anders wrote down what happened with PAY-1: moved: 61 calls. The export is used daily.", "learned from")
	idea := w.stored(t, pays1)
	if e := idea.Effect; idea.Stage != pipeline.Learned || e.Answer != pipeline.EffectMoved || e.Value == nil || *e.Value != 61 || e.By != alice.ID() {
		t.Errorf("%s with %+v", idea.Stage, e)
	}
	asked := 0
	for _, event := range w.history(t, pays1) {
		if event.What == pipeline.EffectAsked {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("it was asked %d times", asked)
	}
	carol.Types("/idea show PAY-1")
	carol.SeesModal("PAY-1").Says("It moved").Says("The export is used daily")
}

// Who decides no more, or what is decided meanwhile, is told so.
func TestAnAnswerThatComesTooLate(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	w.delivered(t, inDays(9))
	bob.ClicksIn("delivered · for", "Say what happened")
	bob.Sees("What becomes of an idea is decided by the team's product owners")
	alice.ClicksIn("delivered · for", "Say what happened")
	alice.SeesModal("Say what happened")
	alice.Chooses(didItMove, "No effect")
	alice.Fills(happened, "Nobody used it")
	w.parkNow(t, pays1)
	alice.Submits()
	alice.SeesFieldError(didItMove, "PAY-1 is parked")
	if idea := w.stored(t, pays1); idea.Effect.Answer != "" {
		t.Errorf("it was answered %+v", idea.Effect)
	}
	alice.ClosesModal()
	alice.OpensHome()
	alice.Sees("A decision on PAY-1 that was not made", "Nobody used it")
}

func TestAnAnswerIsCountedOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.delivered(t, inDays(9))
	alice := w.Person("alice").In("payments")
	for _, lost := range []bool{true, false} {
		if lost {
			alice.ClicksIn("delivered · for", "Say what happened")
			alice.SeesModal("Say what happened")
			alice.Chooses(didItMove, "Unknown")
			alice.Fills(happened, "We forgot to count")
			alice.Submits()
			alice.SeesNoModal()
		}
	}
	if events := w.happened(t, pipeline.WasMoved); len(events) == 0 || events[0].To != pipeline.Learned || events[0].Why != "unknown. We forgot to count" {
		t.Errorf("its history has %+v", events)
	}
}

// The question goes to whoever owns the outcome, and is asked once however many
// draw it.
func TestWhoIsAskedWhatAnIdeaChanged(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	team.Owners = []string{"U0ALICE", "U0CAROL"}
	if _, err := w.store.ChangeTeam(t.Context(), "owners", team); err != nil {
		t.Fatal(err)
	}
	w.delivered(t, inDays(-1))
	outcomes, err := w.store.Outcomes(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	outcomes[0].Owner = "U0CAROL"
	if _, err := w.store.ChangeOutcome(t.Context(), "owner", outcomes[0], storage.Slot{}, pipeline.Event{At: time.Now(), By: "U0ALICE", What: pipeline.WasEdited}); err != nil {
		t.Fatal(err)
	}
	app := &commands.App{Store: w.store, Lookup: func(_ context.Context, user string) (pipeline.Person, error) {
		return pipeline.Person{ID: user, Workspace: "T0ACME", Name: user}, nil
	}}
	claimed := storage.Claimed{Outgoing: storage.Outgoing{ID: "effect:PAY-1:op", Kind: "effect.due", Subject: "PAY-1", Args: map[string]string{"day": inDays(-1), "by": "U0ALICE"}}}
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if d, err := app.Draw(t.Context(), claimed); err != nil || !d.Skip {
				t.Errorf("%+v (%v)", d, err)
			}
		})
	}
	all.Wait()
	carol := w.Person("carol").In("@alignbot")
	carol.Sees("Did it change what it was for?")
	w.quiet(t)
	w.Person("alice").In("@alignbot").DoesNotSee("Did it change what it was for?")
	other := claimed
	other.Args = map[string]string{"day": inDays(-2)}
	other.ID = "effect:PAY-1:other"
	if d, err := app.Draw(t.Context(), other); err != nil || !d.Skip {
		t.Errorf("of another day: %+v (%v)", d, err)
	}
	if events := w.happened(t, pipeline.EffectAsked); len(events) != 1 {
		t.Errorf("its history has %+v", events)
	}
}

// What was withdrawn on its day is asked about once it is brought back.
func TestAnIdeaThatWasWithdrawnOnItsDay(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("@alignbot"), w.Person("bob").In("payments")
	w.delivered(t, inDays(-1))
	bob.Types("/idea withdraw PAY-1")
	bob.Sees("PAY-1 is withdrawn")
	w.effectDue(t, "effect:PAY-1:one", inDays(-1))
	w.quiet(t)
	alice.DoesNotSee("Did it change what it was for?")
	bob.Clicks("Bring it back")
	alice.Sees("Did it change what it was for?")
}
