package commands_test

import (
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The inputs of the forms of a story map.
const (
	whatDone     = "What do people get done?"
	whoTheyAre   = "Who are they?"
	whatPeopleDo = "What do people do?"
	whatItTakes  = "What does it take?"
	whatIsBuilt  = "What is built for it?"
	whichSlice   = "In which slice?"
	whatCalled   = "What is it called?"
	theFirst     = "The first"
	theSecond    = "The second, right behind it"
	goesWith     = "What goes with the second?"
	underWhich   = "Under which task?"
	whichOutcome = "Which outcome is it for?"
	whichIdea    = "Which idea?"
)

// storyMap is one of PAY as it is stored.
func (w *workplace) storyMap(t *testing.T, number int) pipeline.StoryMap {
	t.Helper()
	m, err := w.store.StoryMap(t.Context(), "PAY", number)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A map from its first line to stories that are ideas: lists, drill-down, slices, the
// walking skeleton, and what is done to cards.
func TestAStoryMapFromTheBackboneToIdeas(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.aProductOutcome(t, "More people pay in time")
	bob := w.Person("bob").In("payments")

	bob.Types("/align map")
	bob.SeesModal("Story maps").Says("There is none yet.")
	bob.Clicks("New map…")
	bob.Fills(whatDone, "\u200b")
	bob.Submits()
	bob.SeesFieldError(whatDone, "Give it a name")
	bob.Fills(whatDone, "Paying an invoice <!channel>")
	bob.Fills(whoTheyAre, "Accountants")
	bob.Submits()
	bob.SeesModal("Story map").Says("Paying an invoice <!channel>").Says("For Accountants · No activities, no tasks and no stories").Says("1. First release").Says("For no outcome yet").Says("Nothing yet.")

	bob.Clicks("Add activities…")
	bob.Fills(whatPeopleDo, strings.Repeat("Do it\n", 13))
	bob.Submits()
	bob.SeesFieldError(whatPeopleDo, "A map has at most 12 activities, and this would make 13.")
	bob.Fills(whatPeopleDo, "Receive\n\nPay")
	bob.Submits()
	bob.SeesModal("Story map").Says("1. Receive").Says("0 tasks, 0 stories").Says("2. Pay")
	bob.ClicksIn("1. Receive", "Open")
	bob.SeesModal("Story map").Says("activity 1 of 2").Says("*Tasks*: none yet")
	bob.Clicks("Add tasks…")
	bob.Fills(whatItTakes, "Open the mail\nCheck the sum")
	bob.Submits()
	bob.ClicksIn("1. Open the mail", "Open")
	bob.SeesModal("Story map").Says("Task of Paying")
	bob.Clicks("Add stories…")
	bob.SeesModal("Add stories").Has(whichSlice, "First release")
	bob.Fills(whatIsBuilt, "Read a PDF\nRead a scan")
	bob.Submits()
	bob.SeesModal("Story map").Says("*Stories*: 2 stories").Says("First release").Says("Read a scan")

	// A story: the walking skeleton, its slice, and the idea it becomes.
	bob.ClicksIn("Read a PDF", "Open")
	bob.SeesModal("Story map").Says("Receive › Open the mail").Says("It is linked to no idea yet.")
	bob.Clicks("Into the walking skeleton")
	bob.SeesModal("Story map").Says("It belongs to the walking skeleton")
	bob.Clicks("Capture as idea…")
	bob.SeesModal("Capture as idea").Has("Title", "Read a PDF")
	bob.Fills("Title", "Read invoices from PDFs")
	bob.Submits()
	bob.SeesModal("Story map").Says("Idea PAY-1, captured.")
	bob.Clicks("Take the link away")
	bob.SeesModal("Story map").Says("It is linked to no idea yet.")
	w.searchable(t, "invoices", "PAY")
	bob.Clicks("Link an idea…")
	bob.Chooses(whichIdea, "PAY-1  Read invoices from PDFs")
	bob.Submits()
	bob.SeesModal("Story map").Says("Idea PAY-1, captured.")

	// A second slice, for an outcome; the other story goes there.
	bob.Clicks("Whole map")
	bob.SeesModal("Story map").Says("The slice “First release” has no outcome.").Says("The activity “Pay” has no story in the walking skeleton").Says("2 stories, 1 of them in the walking skeleton")
	bob.Clicks("Add a slice…")
	bob.Fills(whatCalled, "Scans")
	bob.Chooses(whichOutcome, "PAY-O1  More people pay in time")
	bob.Submits()
	bob.SeesModal("Story map").Says("2. Scans").Says("For PAY-O1 More people pay in time")
	bob.ClicksIn("1. Receive", "Open")
	bob.ClicksIn("1. Open the mail", "Open")
	bob.ClicksIn("Read a scan", "Open")
	bob.SeesModal("Story map").Says("Story of Paying").Says("In the slice “First release”")
	bob.Chooses(whichSlice, "In “Scans”")
	bob.SeesModal("Story map").Says("In the slice “Scans”, for PAY-O1 More people pay in time.")
	bob.Clicks("Split…")
	bob.SeesModal("Split in two").Has(theFirst, "Read a scan")
	bob.Fills(theSecond, "Read a photo")
	bob.Submits()
	bob.SeesModal("Story map").Says("Story of Paying")
	bob.Clicks("Move…")
	bob.Chooses(underWhich, "Check the sum")
	bob.Submits()
	bob.SeesModal("Story map").Says("Receive › Check the sum")
	bob.Clicks("Back")
	bob.SeesModal("Story map").Says("*Stories*: 1 story")
	bob.Clicks("Back")
	bob.SeesModal("Story map").Says("Activity of Paying")
	bob.ClicksIn("1. Open the mail", "Open")
	bob.SeesModal("Story map").Says("Task of Paying").Says("*Stories*: 2 stories")
	bob.Clicks("Split…")
	bob.Fills(theSecond, "Read the mail")
	bob.Chooses(goesWith, "Read a photo")
	bob.Submits()
	bob.SeesModal("Story map").Says("*Stories*: 1 story")
	bob.Clicks("Move down")
	bob.SeesModal("Story map").Says("task 2 of 3")
	bob.Clicks("Back")
	bob.SeesModal("Story map").Says("1. Read the mail").Says("1 story").Says("2. Open the mail").Says("1 story")

	// Removed, and put back.
	bob.ClicksIn("2. Open the mail", "Open")
	bob.SeesModal("Story map").Says("Task of Paying")
	bob.Clicks("Remove")
	bob.SeesModal("Story map").Says("*Tasks*: 2 steps")
	bob.Clicks("Back")
	bob.Clicks("Removed (1)")
	bob.SeesModal("Story map").Says("Read a PDF").Says("It stood under Open the mail.")
	bob.Clicks("Put back…")
	bob.Chooses(underWhich, "Read the mail")
	bob.Submits()
	bob.SeesModal("Story map").Says("None.")
	bob.Clicks("Back")
	bob.Clicks("History")
	bob.SeesModal("Story map").Says("put the story “Read a PDF” back under “Read the mail”").Says("removed the task “Open the mail” with one story").Says("added “Receive” and “Pay”").Says("began the map")
	bob.Clicks("Back")
	bob.Clicks("As JSON")
	bob.SeesModal("As JSON").Says(`"name": "Paying an invoice `).Says(`"idea": "PAY-1"`)
	bob.ClosesModal()

	m := w.storyMap(t, 1)
	if len(m.Stories()) != 3 || len(m.Removed) != 0 || m.CreatedBy != "U0BOB" {
		t.Errorf("%d stories, %d removed: %+v", len(m.Stories()), len(m.Removed), m)
	}
	// A team's one map opens at once; put away, it leaves the list.
	bob.Types("/align map")
	bob.SeesModal("Story map").Says("Paying an invoice")
	bob.Clicks("Put away")
	bob.SeesModal("Story map").Says("It was put away on")
	bob.Clicks("All maps")
	bob.SeesModal("Story maps").Says("There is none yet.")
	bob.Clicks("Maps put away")
	bob.SeesModal("Story maps").Says("1. Paying an invoice")
	bob.Clicks("Open")
	bob.Clicks("Bring it back")
	bob.SeesModal("Story map").Says("Add activities")
	bob.ClosesModal()
	bob.Types("/align map nonsense")
	bob.Sees("is not the number of a story map")
	bob.Types("/align map 9")
	bob.Sees("PAY has no story map 9.")
}

// Two people on one map: nothing of either is lost, and each sees what the other did.
func TestTwoPeopleOnOneStoryMap(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	now := time.Now()
	_, err := w.store.AddStoryMap(t.Context(), "map", pipeline.StoryMap{
		Team: "PAY", Name: "Paying", LastCard: 6, Created: now, CreatedBy: "U0BOB", Changed: now, ChangedBy: "U0BOB",
		Slices: []pipeline.MapSlice{{ID: 1, Name: "First"}},
		Activities: []pipeline.MapActivity{{ID: 2, Title: "Receive", Tasks: []pipeline.MapTask{{ID: 3, Title: "Open", Stories: []pipeline.MapStory{
			{ID: 4, Title: "Read a PDF", Slice: 1}, {ID: 5, Title: "Read a scan", Slice: 1}, {ID: 6, Title: "Read a fax", Slice: 1},
		}}}}},
	}, storage.Slot{})
	if err != nil {
		t.Fatal(err)
	}
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	for _, p := range []interface {
		Types(string)
		ClicksIn(string, string)
	}{alice, bob} {
		p.Types("/align map")
		p.ClicksIn("1. Receive", "Open")
		p.ClicksIn("1. Open", "Open")
	}

	// Both move at once: each deed is done on what the map has become.
	alice.ClicksIn("Read a fax", "Open")
	alice.SeesModal("Story map").Says("Story of Paying")
	bob.ClicksIn("Read a PDF", "Open")
	bob.SeesModal("Story map").Says("Story of Paying")
	alice.Clicks("Move up")
	bob.Clicks("Move down")
	w.Until("both have moved", func() bool { return w.storyMap(t, 1).Version == 3 })
	bob.SeesModal("Story map").Says("of 3 in its slice")
	bob.Clicks("Back")
	bob.SeesModal("Story map").Says("*Stories*: 3 stories")
	if s := w.storyMap(t, 1).Stories(); len(s) != 3 || s[0].Title != "Read a fax" || s[1].Title != "Read a PDF" || s[2].Title != "Read a scan" {
		t.Errorf("in the order %+v", s)
	}

	// Both rename: the second sees the first, and decides.
	alice.Clicks("Edit…")
	alice.SeesModal("Edit").Has(whatCalled, "Read a fax")
	bob.ClicksIn("Read a fax", "Open")
	bob.SeesModal("Story map").Says("Story of Paying")
	bob.Clicks("Edit…")
	bob.Fills(whatCalled, "Read a telefax")
	bob.Submits()
	bob.SeesModal("Story map").Says("Read a telefax")
	alice.Fills(whatCalled, "Read all faxes")
	alice.Submits()
	alice.SeesModal("Edit").Has(whatCalled, "Read all faxes").Says("Somebody renamed it to “Read a telefax” while you were typing.")
	alice.Submits()
	alice.SeesModal("Story map").Says("Read all faxes")

	// One removes what the other looks at.
	bob.Clicks("Remove")
	bob.SeesModal("Story map").Says("*Stories*: 2 stories")
	alice.Clicks("Move down")
	alice.SeesModal("Story map").Says("Somebody removed that card.").Says("Removed (1)")
	// What is typed into a form about it is kept, and nothing happens.
	bob.ClicksIn("Read a scan", "Open")
	bob.SeesModal("Story map").Says("Story of Paying")
	bob.Clicks("Split…")
	bob.Fills(theSecond, "Read a photo")
	alice.ClicksIn("1. Receive", "Open")
	alice.SeesModal("Story map").Says("Activity of Paying")
	alice.Clicks("Remove")
	alice.SeesModal("Story map").Says("Nothing yet.")
	bob.Submits()
	bob.SeesFieldError(theFirst, "That card is not on the map any more.")
	bob.ClosesModal()
	if m := w.storyMap(t, 1); len(m.Stories()) != 0 || len(m.Removed) != 3 {
		t.Errorf("%d stories, %d removed", len(m.Stories()), len(m.Removed))
	}
	alice.ClosesModal()
	bob.OpensHome()
	bob.Sees("“Split in two” on a story map of PAY, not saved yet")
}
