package commands_test

import (
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

// The inputs of the forms of a canvas.
const (
	canvasAbout = "What is it about?"
	canvasOwner = "Who keeps it true?"
	whoHasIt    = "Who has the problem?"
	howRisky    = "If this is wrong, what does it take with it?"
)

// says is what a box of a canvas of PAY holds now.
func (w *workplace) says(t *testing.T, number int, id pipeline.BoxID) pipeline.Box {
	t.Helper()
	return w.canvas(t, number).Boxes[id]
}

// elsewhereIn fills a box of PAY-C1 as somebody does on another device.
func (w *workplace) elsewhereIn(t *testing.T, p *simtest.Person, id pipeline.BoxID, text string) {
	t.Helper()
	c := w.canvas(t, 1).Canvas
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	changed, event, clash, err := pipeline.FillBox(pipeline.Policy{}, pipeline.Person{ID: p.ID()}, pipeline.Where{Team: &team, InChannel: true}, c,
		pipeline.TypedBox{ID: id, Text: text, Seen: c.Boxes[id].Digest()}, time.Now())
	if err == nil && clash == nil {
		_, err = w.store.KeepCanvas(t.Context(), "elsewhere "+string(id)+text, changed, p.ID(), storage.Slot{}, event)
	}
	if err != nil || clash != nil {
		t.Fatal(err, clash)
	}
}

func TestALeanCanvasFromTheGuideToItsHistory(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")

	bob.Types("/align canvas")
	bob.SeesModal("Canvases").Says("None yet. Which one helps depends on where the product stands.")
	bob.Sees("*A new initiative*: Lean Canvas, then Now-Next-Later board", "test the riskiest first", "*An established product*: Product Strategy Canvas, then GO Product Roadmap (or Vision Board, when needs are clearer than numbers)")
	bob.Clicks("Begin: Lean Canvas")
	bob.SeesModal("Begin a canvas").Has(canvasAbout, "").Has(canvasOwner, "bob")
	bob.Fills(canvasAbout, "\u200b \u202e")
	bob.Submits()
	bob.SeesFieldError(canvasAbout, "Give it a name")
	bob.Fills(canvasAbout, "Invoices for <!channel> & *small* shops")
	bob.Submits()

	// Box by box, in the order of the method.
	bob.SeesModal("Lean Canvas").Says("PAY-C1 is begun.").Says("box 1 of 11").Has(whoHasIt, "")
	bob.Fills(whoHasIt, "Bakers who write bills by hand")
	bob.Chooses(howRisky, "High risk: everything")
	bob.Submits()
	bob.SeesModal("Lean Canvas").Says("box 2 of 11")
	bob.Fills("Who among them would use it first?", "Half a thought")
	bob.Clicks("Skip")
	bob.SeesModal("Lean Canvas").Says("box 3 of 11")
	bob.Clicks("Back")
	bob.SeesModal("Lean Canvas").Says("It is not saved yet.").Has("Who among them would use it first?", "Half a thought")
	bob.ClosesModal()
	if box := w.says(t, 1, "segments"); box.Text != "Bakers who write bills by hand" || box.Risk != pipeline.RiskHigh || box.By != "U0BOB" {
		t.Errorf("it is stored as %+v", box)
	}

	// The draft is found in Home and in the canvas; Alice sees what is saved.
	bob.OpensHome()
	bob.Sees("A box of a canvas of PAY that was not saved")
	bob.In("payments").Types("/align canvas lean")
	bob.SeesModal("Canvas").Says("1 of 9 boxes filled").Says("Invoices for <!channel> & *small* shops").Says("high risk")
	bob.Sees("carries a high risk and has no Test Card yet")
	bob.ClicksIn("Early adopters", "Fill")
	bob.SeesModal("Lean Canvas").Has("Who among them would use it first?", "Half a thought")
	bob.Clicks("Show what is saved")
	bob.SeesModal("Lean Canvas").Has("Who among them would use it first?", "")
	bob.ClosesModal()

	// Two at once on one box: both are shown, and nothing is lost.
	alice.Types("/align canvas c1")
	alice.SeesModal("Canvas")
	alice.ClicksIn("Customer segments", "Change")
	alice.SeesModal("Lean Canvas").Has(whoHasIt, "Bakers who write bills by hand")
	alice.Fills(whoHasIt, "Florists")
	w.elsewhereIn(t, bob, "segments", "Bakers and butchers")
	w.elsewhereIn(t, bob, "problem", "Bills get lost") // another box is no clash
	alice.Submits()
	alice.SeesModal("Lean Canvas").Says("Somebody changed this box while you were typing.").Says("Bakers and butchers").Has(whoHasIt, "Florists")
	if text := w.says(t, 1, "segments").Text; text != "Bakers and butchers" {
		t.Errorf("it says %q", text)
	}
	alice.Submits() // having seen both
	alice.SeesModal("Lean Canvas").Says("box 2 of 11")
	if box := w.says(t, 1, "segments"); box.Text != "Florists" || box.By != "U0ALICE" {
		t.Errorf("it says %+v", box)
	}
	alice.CancelsModal()
	alice.SeesModal("Canvas").Says("2 of 9 boxes filled") // drawn anew, though the last box was not reached
	alice.Clicks("All canvases")
	alice.SeesModal("Canvases").Says("2 of 9 boxes filled")
	alice.Clicks("Open")
	alice.SeesModal("Canvas").Says("Bills get lost")

	// One tap, name and owner, the history and the difference of two versions.
	alice.ClicksIn("Bills get lost", "Still true")
	alice.Sees("still true: @Alice Anders")
	alice.Clicks("Name and owner")
	alice.SeesModal("Name and owner").Has(canvasOwner, "bob")
	alice.Fills(canvasAbout, "Bills")
	alice.Submits()
	alice.SeesModal("Canvas").Says("Bills")
	alice.Clicks("History")
	alice.SeesModal("History of PAY-C1").Says("7 changes, the newest first").Says("changed “Customer segments”").Says("it was “Bakers and butchers”, it became “Florists”")
	alice.Sees("began it as a Lean Canvas", "said that “Problem” is still true")
	alice.Clicks("Compare two versions")
	alice.SeesModal("Two versions").Says("From version 1 to version 7").Says("Customer segments (added)").Says("Risk: high, before not marked")
	alice.Fills("Compare version", "2")
	alice.Fills("with version (1 to 7)", "99")
	alice.Submits()
	alice.SeesFieldError("with version (1 to 7)", "from 1 to 7")
	alice.Fills("with version (1 to 7)", "5")
	alice.Submits()
	alice.SeesModal("Two versions").Says("From version 2 to version 5").Says("Customer segments (changed)").Says("Bakers who write bills by handFlorists")
	alice.CancelsModal()

	// Closed and opened again.
	alice.SeesModal("Canvas")
	alice.Clicks("Close it")
	alice.SeesModal("Canvas").Says("It can be read, and opened again.")
	bob.Types("/align canvas PAY-C1")
	bob.SeesModal("Canvas").Says("Florists")
	bob.Clicks("Open it again")
	bob.SeesModal("Canvas").Says("kept by @Bob Brandt")
	if c := w.canvas(t, 1); !c.IsOpen() {
		t.Errorf("%+v", c.Canvas)
	}
}

func TestAGORoadmapAndTheOnlyProductGoal(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("/align canvas roadmap")
	bob.SeesModal("Begin a canvas")
	bob.Fills(canvasAbout, "Invoices")
	bob.Submits()
	bob.SeesModal("GO Product Roadmap").Says("Date or time frame of Release 1")
	bob.Fills("When is it out?", "Second quarter")
	bob.Submits()
	bob.SeesModal("GO Product Roadmap").Says("box 2 of 5")
	bob.Fills("What do you call it?", "Spring")
	bob.Submits()
	bob.SeesModal("GO Product Roadmap").Says("Goal of Spring")
	bob.Fills("Why is it worth releasing? What is better for whom then?", "Build the payment page")
	bob.Submits()
	bob.SeesModal("GO Product Roadmap").Says("box 4 of 5")
	bob.ClosesModal()

	bob.Types("/align canvas go roadmap")
	bob.SeesModal("Canvas").Says("Spring: “Build the payment page” says what is made rather than what will have changed.").Says("the goal has no metric yet")
	bob.Clicks("Add a release")
	bob.SeesModal("Canvas").Says("Release 2")
	bob.ClicksIn("Release 2", "Move earlier")
	bob.SeesModal("Canvas").Says("Release 1")
	bob.ClicksIn("By which numbers will you see", "Remove") // of the column behind it: Spring
	bob.SeesModal("Canvas").Says("Release 1")
	bob.StopsSeeing("Build the payment page")
	if c := w.canvas(t, 1); len(c.Columns) != 1 || c.Columns[0] != 2 || len(c.Boxes) != 0 {
		t.Errorf("%+v", c.Canvas)
	}
	bob.ClosesModal()

	alice.Types("/align canvas goal")
	alice.SeesModal("Begin a canvas")
	bob.Types("/align canvas product goal")
	bob.SeesModal("Begin a canvas")
	for _, p := range []*simtest.Person{alice, bob} {
		p.Fills(canvasAbout, "Paid in time")
		p.Submits()
	}
	alice.SeesModal("Product Goal Canvas").Says("PAY-C2 is begun.")
	bob.Sees("A team has one Product Goal Canvas at a time, and yours is PAY-C2, “Paid in time”.")
	alice.ClosesModal()
	bob.ClosesModal()
	bob.Types("/align canvas")
	bob.SeesModal("Canvases").Says("Open the Product Goal Canvas")
	bob.ClosesModal()
	bob.Types("/align canvas opera")
	bob.Sees("I know no canvas of that name.", "lean, strategy, vision-board, go-roadmap, product-goal")
	bob.Types("/align canvas PAY-C9")
	bob.Sees("There is no such canvas that you can see.")
	bob.Types("/align canvas now-next-later")
	bob.Sees("The Now-Next-Later board is drawn from the team's opportunities")
}

func TestACanvasOfTheTeamsOwn(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	source := "id: charter\nname: Team charter\nboxes:\n"
	for i := range pipeline.BoxLimit {
		source += "  - {id: box-" + strings.Repeat("x", i+1) + ", title: Box, question: Something}\n"
	}
	own, err := pipeline.ParseCanvasTemplate(source)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := pipeline.OwnCanvases{Team: "PAY"}.With(own)
	if err == nil {
		_, err = w.store.KeepOwnCanvases(t.Context(), "own", kept)
	}
	if err != nil {
		t.Fatal(err)
	}
	bob := w.Person("bob").In("payments")
	bob.Types("/align canvas")
	bob.SeesModal("Canvases").Says("The team's own").Says("Team charter")
	bob.ClicksIn("Team charter", "What it asks")
	bob.SeesModal("What it asks").Says("30. Box")
	bob.CancelsModal()
	bob.Clicks("Begin: Team charter")
	bob.SeesModal("Begin a canvas")
	bob.Fills(canvasAbout, "Us")
	bob.Submits()
	bob.SeesModal("Team charter").Says("box 1 of 30")
	// It was removed meanwhile: what was begun keeps its boxes.
	left, _ := kept.Without("charter")
	stored, err := w.store.OwnCanvases(t.Context(), "PAY")
	left.Version = stored.Version
	if _, removed := w.store.KeepOwnCanvases(t.Context(), "removed", left); err != nil || removed != nil {
		t.Fatal(err, removed)
	}
	long := strings.Repeat("字", pipeline.BoxTextLimit)
	bob.Fills("Something", long)
	bob.Submits()
	bob.SeesModal("Team charter").Says("box 2 of 30")
	bob.ClosesModal()
	bob.Types("/align canvas c1")
	bob.SeesModal("Canvas").Says(long).Says("Page 1 of 3")
	bob.Clicks("Next")
	bob.SeesModal("Canvas").Says("Page 2 of 3")

	// A difference that no acknowledgement holds is shown by a button.
	for _, box := range own.Boxes[1:4] {
		w.elsewhereIn(t, bob, box.ID, long)
	}
	bob.Clicks("History")
	bob.SeesModal("History of PAY-C1")
	bob.Clicks("Compare two versions")
	bob.SeesModal("Two versions")
	bob.Submits()
	bob.SeesModal("Two versions").Says("There is much to show.")
	bob.Clicks("Show how they differ")
	bob.SeesModal("Two versions").Says("From version 1 to version 5").Says(long)
}
