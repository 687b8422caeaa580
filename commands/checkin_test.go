package commands_test

import (
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// payO1 is the key of the first outcome of #payments.
var payO1 = pipeline.OutcomeKey{Team: "PAY", Number: 1}

// withOutcome adds PAY-O1, a business outcome that goes from 40 to 80 calls.
func (w *workplace) withOutcome(t *testing.T) *workplace {
	t.Helper()
	w.withTeam(t)
	w.adds(t, pipeline.OutcomeForm{
		Statement: "Support answers more calls at once", Kind: pipeline.BusinessOutcome, Metric: "Calls answered at once",
		Baseline: "40 calls", Target: "80 calls", TargetDay: time.Now().AddDate(0, 4, 0).Format(time.DateOnly),
	})
	return w
}

// adds stores an outcome of #payments as Alice would add it.
func (w *workplace) adds(t *testing.T, typed pipeline.OutcomeForm) pipeline.Outcome {
	t.Helper()
	ctx := t.Context()
	team, err := w.store.Team(ctx, "PAY")
	if err != nil {
		t.Fatal(err)
	}
	nodes, err := w.store.Nodes(ctx, "PAY")
	if err != nil {
		t.Fatal(err)
	}
	typed.Asked = true
	alice := pipeline.Person{ID: "U0ALICE", Workspace: "T0ACME"}
	o, event, err := pipeline.AddOutcome(pipeline.Policy{}, alice, pipeline.Where{Team: &team, InChannel: true}, typed, nodes, time.Now())
	if err == nil {
		o, err = w.store.AddOutcome(ctx, "adds "+typed.Statement, o, storage.Slot{}, event)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// whole is an outcome as it is stored.
func (w *workplace) whole(t *testing.T, key pipeline.OutcomeKey) storage.WholeNode {
	t.Helper()
	node, err := w.store.Node(t.Context(), key, 50, 50)
	if err != nil {
		t.Fatal(err)
	}
	return node
}

func TestAMemberChecksIn(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withOutcome(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Types("/outcome checkin o1")
	bob.SeesModal("Check in on PAY-O1").Says("It goes from 40 to 80 calls by")
	bob.Fills("The number now, in calls", "50")
	bob.Chooses("How confident are you that the target is reached?", "On track (green)")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("Checked in on PAY-O1: 50 calls, on track (green). 25 % of the way, 10 of 40 calls.")

	bob.ClicksIn("Checked in on PAY-O1", "Correct…")
	bob.SeesModal("Correct PAY-O1").Has("The number now, in calls", "50").Says("Both stay in the history")
	bob.Fills("The number now, in calls", "60")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("Corrected on PAY-O1: 60 calls, on track (green). What you said before stays in the history.")

	carol.Types("/outcome checkin PAY-O1")
	carol.SeesModal("Check in on PAY-O1").Says("60 calls, target 80")
	carol.Fills("The number now, in calls", "70")
	carol.Chooses("How confident are you that the target is reached?", "At risk (yellow)")
	carol.Fills("In a line, why", "The new line is not there yet")
	carol.Submits()
	carol.SeesNoModal()

	bob.Types("/outcome show O1")
	shown := bob.SeesModal("Outcome PAY-O1")
	shown.Says("At risk (yellow)")
	shown.Says("▁█  from 60 to 70 calls in 2 check-ins")
	shown.Says("70 calls, at risk (yellow)")
	shown.Says("The new line is not there yet")
	shown.Says("60 calls, on track (green), a correction")
	shown.Says("50 calls, on track (green), corrected since")
	bob.Clicks("All events")
	bob.SeesModal("History of PAY-O1").Says("checked in on it (60 calls, on track, in place of 50 calls, on track)")
	if got := w.whole(t, payO1); got.CheckInsTotal != 3 || *got.Outcome.Latest.Value != 70 || got.Outcome.Light != pipeline.Yellow {
		t.Errorf("%d check-ins, the latest %+v", got.CheckInsTotal, got.Outcome.Latest)
	}
}

func TestCheckInBadInputIsAnsweredBesideTheInput(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withOutcome(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/outcome checkin")
	bob.Sees("Which outcome? Put its key behind the command, like O3.")
	bob.Types("/outcome checkin O9")
	bob.Sees("There is no PAY-O9 that you can see.")
	bob.Types("/outcome checkin PAY-P1")
	bob.Sees("names an opportunity, and this is done to outcomes")
	bob.Types("/outcome checkin o1")
	bob.SeesModal("Check in on PAY-O1")
	bob.Chooses("How confident are you that the target is reached?", "Off track (red)")
	for typed, answer := range map[string]string{
		"60 %":     "This number is in “calls”, and you wrote “%”.",
		"€ 60":     "This number is in “calls”, and you wrote “€”.",
		"infinity": "in digits",
		"1,000":    "1,000",
		"\u200b":   "Write a number in “calls”",
	} {
		bob.Fills("The number now, in calls", typed)
		bob.Submits()
		bob.SeesFieldError("The number now, in calls", answer)
	}
	bob.Fills("The number now, in calls", "1 000 calls")
	bob.Submits()
	bob.SeesFieldError("In a line, why", "parked ideas can wait for this outcome to be off track")
	if got := w.whole(t, payO1); got.CheckInsTotal != 0 {
		t.Errorf("%d check-ins", got.CheckInsTotal)
	}
	bob.ClosesModal()
	bob.Types("/outcome checkin o1")
	bob.SeesModal("Check in on PAY-O1").Says("This is what you typed").Has("The number now, in calls", "1 000 calls")
	bob.Fills("In a line, why", "The exchange is down")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("1\u202f000 calls, off track (red)", "It turned red: parked ideas that wait for that come back now.")
}

func TestALearningOutcomeIsCheckedInOnWithoutANumber(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	w.adds(t, pipeline.OutcomeForm{Statement: "Customers trust us", Kind: pipeline.BusinessOutcome, MetricBy: time.Now().AddDate(0, 1, 0).Format(time.DateOnly)})
	bob.Types("/outcome checkin O1")
	bob.SeesModal("Check in on PAY-O1").Says("no number yet, it gets one by")
	bob.Chooses("How confident are you that it works out?", "At risk (yellow)")
	bob.Fills("What was learned, in a line", "Nobody can say what trust is")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("Checked in on PAY-O1: at risk (yellow). No number yet")
}

// An outcome that turns red brings back what waits for that; one that was red
// before does not.
func TestAnOutcomeThatTurnsRedBringsAnIdeaBack(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withOutcome(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	bob.Types("/idea add Answering machine")
	bob.Sees("Captured as PAY-1")
	alice.Types("/antibacklog park PAY-1")
	alice.SeesModal("Park PAY-1")
	alice.Clicks("More…")
	alice.SeesModal("Park PAY-1").Says("Look at it again when this outcome turns red")
	alice.Chooses("Look at it again when this outcome turns red", "PAY-O1  Support answers more calls at once")
	parks(alice, "More people are hired anyway")
	alice.SeesNoModal()
	alice.Sees("or when PAY-O1 turns red")

	red := func(light, why string) {
		bob.Types("/outcome checkin o1")
		bob.SeesModal("Check in on PAY-O1")
		bob.Fills("The number now, in calls", "30")
		bob.Chooses("How confident are you that the target is reached?", light)
		bob.Fills("In a line, why", why)
		bob.Submits()
		bob.SeesNoModal()
	}
	red("At risk (yellow)", "Some fell ill")
	if !w.stored(t, pays1).Parking.CameBack.IsZero() {
		t.Error("it came back although the outcome is yellow")
	}
	red("Off track (red)", "Nobody was hired")
	bob.Sees("PAY-1 has come back from the Anti-Product Backlog", "What has changed: PAY-O1 turned red.")

	alice.ClicksIn("has come back", "Park again…")
	alice.SeesModal("Park again PAY-1")
	alice.Chooses("Look at it again when this outcome turns red", "PAY-O1  Support answers more calls at once")
	alice.Fills("Why", "Hiring goes on")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Alice Anders parked PAY-1 again")
	red("Off track (red)", "Still nobody")
	w.quietBut(t, 1) // the day on which it is looked at again
	if !w.stored(t, pays1).Parking.CameBack.IsZero() {
		t.Error("it came back although the outcome was red before")
	}
}
