package commands_test

import (
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

func TestABoxBecomesAnOutcome(t *testing.T) {
	t.Parallel()
	w, clock := openMoving(t, mayPublish)
	w.aCanvas(t, pipeline.LeanCanvas, "Invoices", map[pipeline.BoxID]string{"problem": "People retype invoices", "value": "Nobody retypes", "metrics": "Invoices retyped a month\nChurn"})
	at := clock.now()
	if _, err := w.store.AddOutcome(t.Context(), "business", pipeline.Outcome{
		Key: pipeline.OutcomeKey{Team: "PAY"}, Statement: "Costs fall", Kind: pipeline.BusinessOutcome, Created: at, CreatedBy: "U0ALICE", Changed: at,
	}, storage.Slot{}, pipeline.Event{At: at, By: "U0ALICE", What: pipeline.WasAdded}); err != nil {
		t.Fatal(err)
	}
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	alice.Types("/align canvas C1")
	alice.SeesModal("Canvas")
	alice.Clicks("Publish…")
	w.showsInSlack(t, "Invoices", "People retype invoices")

	// One tap, with the metric carried over. Delivered twice it is one outcome.
	alice.ClicksIn("People retype invoices", "Make it an outcome…")
	alice.SeesModal("Add an outcome").
		Has("What will have changed, and for whom?", "People retype invoices").
		Has("Business outcome it serves", "PAY-O1  Costs fall").
		Has("What is counted or measured?", "Invoices retyped a month").
		Says("From “Problem” of PAY-C1")
	alice.Fills("From which number", "40")
	alice.Fills("To which number", "5")
	alice.Fills("By which day", clock.now().AddDate(0, 3, 0).Format(time.DateOnly))
	rule := w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.LoseAck()})
	alice.Submits()
	alice.SeesTrouble()
	if rule.Strikes() != 1 {
		t.Error("no answer was lost")
	}
	alice.Submits()
	alice.SeesModal("Canvas").Says("outcome PAY-O2 People retype invoices").Says("40, target 5")
	if o, err := w.store.Outcomes(t.Context(), "PAY"); err != nil || len(o) != 2 {
		t.Errorf("outcomes %+v %v", o, err)
	}
	if got := w.canvas(t, 1).Boxes["problem"].Outcome.String(); got != "PAY-O2" {
		t.Errorf("the box leads to %s", got)
	}
	alice.ClosesModal()

	// Its number shows in the canvas, and in Slack without anybody touching the canvas.
	clock.move(2 * time.Minute)
	w.showsInSlack(t, "Invoices", "PAY-O2 People retype invoices")
	clock.move(2 * time.Minute)
	bob.Types("/outcome checkin O2")
	bob.SeesModal("Check in on PAY-O2")
	bob.Fills("The number now", "12")
	bob.Chooses("How confident are you that the target is reached?", "On track (green)")
	bob.Submits()
	w.settles(t)
	clock.move(2 * time.Minute)
	w.showsInSlack(t, "Invoices", "12, target 5")

	// Members choose one that is there; another takes its place, or none.
	w.owns(t, "U0BOB", 3)
	bob.Types("/align canvas C1")
	bob.SeesModal("Canvas")
	bob.DoesNotSee("Make it an outcome…")
	bob.ClicksIn("Nobody retypes", "Link an outcome…")
	bob.Chooses("Which outcome does it become?", "PAY-O3  Fewer calls")
	bob.Submits()
	bob.SeesModal("Canvas").Says("outcome PAY-O3 Fewer calls")
	bob.ClicksIn("Nobody retypes", "Another outcome…")
	bob.Chooses("Which outcome does it become?", "None")
	bob.Submits()
	bob.SeesModal("Canvas")
	if !w.canvas(t, 1).Boxes["value"].Outcome.IsZero() {
		t.Error("the box still leads to an outcome")
	}
}

func TestTheRiskiestAssumptionBecomesATest(t *testing.T) {
	t.Parallel()
	w, _ := openMoving(t)
	c := w.aCanvas(t, pipeline.LeanCanvas, "Invoices", map[pipeline.BoxID]string{"problem": "People retype invoices", "channels": "They search for it"})
	box := c.Boxes["problem"]
	box.Risk = pipeline.RiskHigh
	c.Boxes["problem"] = box
	w.keeps(t, c)
	bob := w.Person("bob").In("payments")
	bob.Types("/align canvas C1")
	bob.SeesModal("Canvas")
	bob.ClicksIn("People retype invoices", "Test it…")
	bob.SeesModal("Test an assumption")
	bob.Submits()
	bob.SeesFieldError("Which idea does it belong to?", "Choose an idea, or write a new one below.")
	bob.Fills("Or capture a new idea", "Import invoices")
	bob.Submits()
	bob.SeesModal("Test Card").Says("PAY-1").Says("Import invoices").Says("Problem: People retype invoices")
	test := w.canvas(t, 1).Boxes["problem"].Test
	if test.Idea.String() != "PAY-1" || test.Run != 1 {
		t.Errorf("the test is %+v", test)
	}
	bob.CancelsModal()
	bob.SeesModal("Canvas").Says("· test PAY-1").Says("not started")

	// Another assumption is tested with an idea that is there.
	bob.ClicksIn("They search for it", "Test it…")
	bob.Chooses("Which idea does it belong to?", "PAY-1  Import invoices")
	rule := w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.LoseAck()})
	bob.Submits()
	bob.SeesTrouble()
	bob.Submits()
	bob.SeesModal("Test Card").Says("Channels: They search for it")
	if test := w.canvas(t, 1).Boxes["channels"].Test; rule.Strikes() != 1 || test.Idea.String() != "PAY-1" || test.Run != 2 {
		t.Errorf("the test is %+v", test)
	}
	idea, err := w.store.Run(t.Context(), test.Idea, 3)
	if err == nil {
		t.Errorf("a third test was begun: %+v", idea)
	}
}
