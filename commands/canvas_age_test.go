package commands_test

import (
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// toCheck moves the clock to when the owner of a canvas is to be asked.
func (w *workplace) toCheck(t *testing.T, clock *ahead, number int) {
	t.Helper()
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	clock.move(w.canvas(t, number).CheckDue(team, nil, "").Sub(clock.now()) + time.Minute)
}

func TestACanvasIsLookedAtOnceAMonth(t *testing.T) {
	t.Parallel()
	w, clock := openMoving(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	alice.Types("/align canvas lean")
	alice.SeesModal("Begin a canvas")
	alice.Fills("What is it about?", "Invoices")
	alice.Submits()
	alice.Fills("Who has the problem?", "Accountants of small shops")
	alice.Submits()
	alice.Fills("Who among them would use it first?", "Those with a bad month")
	alice.Submits()
	alice.Fills("What are their three worst problems?", "They retype invoices")
	alice.Submits()
	alice.CancelsModal()
	inbox := w.Person("alice").In("@alignbot")
	clock.move(7 * 24 * time.Hour)
	w.settles(t)
	inbox.DoesNotSee("Is it still true?")

	w.toCheck(t, clock, 1)
	inbox.Sees("Lean Canvas “Invoices” of Payments", "Accountants of small shops", "Those with a bad month", "They retype invoices")
	inbox.ClicksIn("Accountants of small shops", "Still true")
	inbox.StopsSeeing("Accountants of small shops")
	inbox.Sees("1 of 3 done.")
	inbox.Clicks("Changed…")
	inbox.SeesModal("Lean Canvas").Has("Who among them would use it first?", "Those with a bad month")
	inbox.Fills("Who among them would use it first?", "Those with many customers")
	inbox.Submits()
	inbox.CancelsModal()
	inbox.Sees("2 of 3 done.")

	// A tap that is delivered twice does one thing.
	rule := w.Faults().Add(slacksim.Fault{On: "block_actions", Times: 1, Do: slacksim.Duplicate()})
	inbox.Clicks("Drop")
	inbox.Sees("PAY-C1 is up to date: somebody has looked at every box.")
	if rule.Strikes() == 0 {
		t.Error("nothing was delivered twice")
	}
	c := w.canvas(t, 1)
	if len(c.Boxes) != 2 || c.Boxes["early-adopters"].Text != "Those with many customers" || c.Boxes["segments"].ConfirmedBy != "U0ALICE" {
		t.Errorf("the boxes are %+v", c.Boxes)
	}
	bob.Types("/align canvas C1")
	bob.SeesModal("Canvas").Says("Those with many customers")
	bob.Clicks("History")
	bob.Sees("They retype invoices")
	bob.ClosesModal()

	// Asked again a month later, in a message of its own; not whoever wants no nudges.
	w.toCheck(t, clock, 1)
	inbox.Sees("Accountants of small shops")
	if _, err := w.store.ChangeNudgeSettings(t.Context(), "off", pipeline.NudgeSettings{User: "U0ALICE", Off: true}, storage.Acted{}, ""); err != nil {
		t.Fatal(err)
	}
	asked := w.canvas(t, 1).Checked
	w.toCheck(t, clock, 1)
	w.settles(t)
	if !w.canvas(t, 1).Checked.Equal(asked) {
		t.Error("who wants no nudges was asked")
	}
	clock.move(60 * 24 * time.Hour)
	w.settles(t)
	if n := strings.Count(inbox.Screen(), "Is it still true?"); n > 1 {
		t.Errorf("%d questions are open", n)
	}
}

func TestWhatAMonthlyQuestionIsNotAskedOf(t *testing.T) {
	t.Parallel()
	w, clock := openMoving(t)
	c := w.aCanvas(t, pipeline.LeanCanvas, "Invoices", map[pipeline.BoxID]string{"problem": "They retype <!channel> *invoices*"})
	due := func(id string) storage.Outgoing {
		return storage.Outgoing{ID: id, Kind: "canvas.due", Subject: "PAY", Args: map[string]string{"sheet": "PAY:1"}}
	}
	// A job that comes early, or for what is not there, asks nothing.
	early, none := due("early"), due("none")
	none.Args = map[string]string{"sheet": "PAY:9"}
	if err := w.store.Enqueue(t.Context(), early, none); err != nil {
		t.Fatal(err)
	}
	w.settles(t)
	inbox := w.Person("alice").In("@alignbot")
	inbox.DoesNotSee("Is it still true?")
	// Its time comes: what people typed stays text. Whoever writes meanwhile is not overwritten.
	w.toCheck(t, clock, 1)
	inbox.Sees("Is it still true?", "They retype <!channel> *invoices*")
	c = w.canvas(t, 1).Canvas
	box := c.Boxes["problem"]
	box.Text = "Something else"
	c.Boxes["problem"] = box
	c = w.keeps(t, c)
	inbox.Clicks("Still true")
	inbox.Sees("“Problem” was changed meanwhile")
	inbox.Clicks("Drop")
	inbox.Sees("Nothing was dropped.")
	if got := w.canvas(t, 1).Boxes["problem"].Text; got != "Something else" {
		t.Errorf("the box says %q", got)
	}
	// Closed: the question goes, and nobody is asked again.
	bob := w.Person("bob").In("payments")
	bob.Types("/align canvas C1")
	bob.Clicks("Close it")
	bob.ClosesModal()
	inbox.Sees("PAY-C1 is closed.")
	clock.move(40 * 24 * time.Hour)
	w.settles(t)
	inbox.DoesNotSee("Still true")
}
