package commands_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

// The inputs of the form of a sprint.
const (
	firstDay    = "First day"
	lastDay     = "Last day"
	sprintGoal  = "Sprint goal: why is there this sprint?"
	servesWhich = "Which product outcome is it for?"
	howMuch     = "How much could the team finish?"
	sprintItems = "Items from the Product Backlog"
	kindShares  = "Planned share of each kind of work"
	whatIsDone  = "What is done?"
)

// inBacklog stores ideas of those sizes in the Product Backlog, one below the other:
// PAY-1 "Idea 1" and so on. They are linked to the outcome where there is one.
func (w *workplace) inBacklog(t *testing.T, outcome pipeline.OutcomeKey, sizes ...int) []pipeline.Idea {
	t.Helper()
	now := time.Now().Add(-time.Hour)
	var ideas []pipeline.Idea
	for i, size := range sizes {
		idea := pipeline.Idea{Key: pipeline.Key{Team: "PAY"}, Title: fmt.Sprintf("Idea %d", i+1), Author: "U0BOB", Stage: pipeline.Backlog, Staged: now, Created: now, Changed: now, Work: pipeline.Feature, Size: size}
		if !outcome.IsZero() {
			idea.Outcomes = []pipeline.NodeKey{outcome}
		}
		stored, err := w.store.Capture(t.Context(), fmt.Sprint("backlog ", i), idea, storage.Slot{})
		if err != nil {
			t.Fatal(err)
		}
		ideas = append(ideas, stored)
	}
	return ideas
}

// aProductOutcome stores PAY-O1, under no other.
func (w *workplace) aProductOutcome(t *testing.T, statement string) pipeline.OutcomeKey {
	t.Helper()
	now := time.Now()
	o, err := w.store.AddOutcome(t.Context(), "outcome "+statement, pipeline.Outcome{
		Key: pipeline.OutcomeKey{Team: "PAY"}, Statement: statement, Kind: pipeline.ProductOutcome, Created: now, CreatedBy: "U0ALICE", Changed: now,
	}, storage.Slot{}, pipeline.Event{At: now, By: "U0ALICE", What: pipeline.WasAdded})
	if err != nil {
		t.Fatal(err)
	}
	return o.Key
}

// sprint is one of PAY as it is stored.
func (w *workplace) sprint(t *testing.T, number int) pipeline.Sprint {
	t.Helper()
	s, err := w.store.Sprint(t.Context(), "PAY", number)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// hadSprint stores a sprint of PAY from and until so many days from today; closed ones
// have finished so many points.
func (w *workplace) hadSprint(t *testing.T, number, from, until, points int, ideas ...pipeline.Idea) pipeline.Sprint {
	t.Helper()
	s := pipeline.Sprint{Team: "PAY", Number: number, First: inDays(from), Last: inDays(until), Goal: "People pay in time", Started: time.Now(), StartedBy: "U0ALICE", Capacity: 20}
	for _, idea := range ideas {
		s.Items = append(s.Items, pipeline.SprintItem{Key: idea.Key, Title: idea.Title, Size: idea.Size, Work: idea.Work})
		s.Planned += idea.Size
	}
	if points > 0 {
		s.Closed, s.ClosedBy, s.Finished = time.Now(), "U0ALICE", pipeline.Finished{Ideas: 1, Sized: 1, Points: points}
	}
	stored, err := w.store.KeepSprint(t.Context(), fmt.Sprint("sprint ", number), s, "U0ALICE", storage.Slot{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func chosen(ideas ...pipeline.Idea) (labels []string) {
	for _, idea := range ideas {
		labels = append(labels, idea.Key.String()+"  "+idea.Title)
	}
	return labels
}

func TestASprintFromItsStartToTheVelocity(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	ideas := w.inBacklog(t, w.aProductOutcome(t, "More people pay in time"), 8, 5, 3)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	w.searchable(t, "Idea", "PAY")

	bob.Types("/align sprint")
	bob.SeesModal("Sprint").Says("No sprint of Payments is written down yet.").Says("Velocity: unknown. Close a sprint, or say in the team's settings how much it finishes in one.")
	bob.Clicks("Start a sprint…")
	bob.SeesModal("Start a sprint").Has(sprintGoal, "")
	bob.Fills(firstDay, inDays(0))
	bob.Fills(lastDay, inDays(13))
	bob.Fills(sprintGoal, "\u200b")
	bob.Submits()
	bob.SeesFieldError(sprintGoal, "Say in one line why there is this sprint")
	bob.Fills(sprintGoal, "People pay in time and <!channel> support sleeps well at night")
	bob.Chooses(servesWhich, "PAY-O1  More people pay in time")
	bob.Chooses(sprintItems, chosen(ideas[:2]...)...)
	bob.Fills(howMuch, "0")
	bob.Fills(kindShares, "tech 20, feature 90")
	bob.Submits()
	bob.SeesFieldError(howMuch, "A whole number from 1")
	bob.SeesFieldError(kindShares, "Together these are 110 percent.")
	bob.Fills(howMuch, "14")
	bob.Fills(kindShares, "tech 20, feature 80")
	bob.Submits()
	bob.SeesModal("Sprint 1").Says("For: PAY-O1  More people pay in time").Says("Planned: 13 of 14 points (92 %)").Says("serves the goal: 100 %")
	bob.Sees("technical: 0 % (meant: 20 %)", "The goal joins 2 goals.", "13 of 14 points are planned: 7 % slack.", "0 of 13 points are technical work or bugs", "PAY-1  Idea 1", "8 points · feature · serves the goal · in the Product Backlog")
	bob.ClosesModal()
	bob.Sees("to "+pipeline.ShowDay(inDays(13))+". The goal:", "<!channel> support sleeps well", "• PAY-2  Idea 2", "Started by ")
	s := w.sprint(t, 1)
	if s.Planned != 13 || len(s.Top) != 3 || s.Top[0] != ideas[0].Key || s.StartedBy != "U0BOB" || s.Shares[pipeline.Technical] != 20 {
		t.Errorf("it is stored as %+v", s)
	}
	if events := w.history(t, ideas[0].Key); events[0].What != pipeline.WasTakenUp || events[0].About != "sprint 1" {
		t.Errorf("its first item: %+v", events[0])
	}

	// Somebody else changes it: the goal, and one item for another.
	alice.Types("/align sprint change")
	alice.SeesModal("Change sprint 1").Has(howMuch, "14").Has(sprintItems, strings.Join(chosen(ideas[:2]...), ", "))
	alice.Fills(sprintGoal, "People pay in time")
	alice.Chooses(sprintItems, chosen(ideas[0], ideas[2])...)
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Saved sprint 1.")
	bob.Sees("• PAY-3  Idea 3", "Started by ")
	bob.DoesNotSee("support sleeps well")
	if s = w.sprint(t, 1); s.Goal != "People pay in time" || len(s.Items) != 2 || s.Items[1].Key != ideas[2].Key || !s.Items[1].Added.IsZero() || s.Planned != 11 {
		t.Errorf("changed to %+v", s)
	}
	if events := w.history(t, ideas[1].Key); events[0].What != pipeline.WasTakenOut {
		t.Errorf("what was taken out: %+v", events[0])
	}

	// One sprint at a time.
	alice.Types("/align sprint start")
	alice.Sees("Sprint 1 of Payments is open, until", "A team has one sprint at a time.")

	alice.Types("/align sprint close")
	alice.SeesModal("Close sprint 1").Says("Closed now, it ends today")
	alice.Chooses(whatIsDone, chosen(ideas[0])...)
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Sprint 1 of Payments is closed. Finished: 1 of 2 ideas, 8 points.", "Not done, and where they were: PAY-3.")
	bob.Sees("• PAY-1  Idea 1 (done)", "Closed. Finished: 1 of 2 ideas, 8 points.")
	if s = w.sprint(t, 1); s.Finished != (pipeline.Finished{Ideas: 1, Sized: 1, Points: 8}) || s.Last != inDays(0) {
		t.Errorf("closed as %+v", s)
	}
	if w.stored(t, ideas[0].Key).Stage != pipeline.Backlog {
		t.Error("closing a sprint delivers nothing by itself")
	}

	// The velocity follows, and a correction with it.
	alice.ClicksIn("Sprint 1 of Payments is closed", "Details")
	alice.SeesModal("Sprint 1").Says("Velocity: 8 points in the last sprint").Says("Finished: 1 of 2 ideas, 8 points.")
	alice.Clicks("Correct what was done…")
	alice.SeesModal("Correct sprint 1").Has(whatIsDone, chosen(ideas[0])[0])
	alice.Chooses(whatIsDone, chosen(ideas[0], ideas[2])...)
	alice.Submits()
	alice.SeesModal("Sprint 1").Says("Velocity: 11 points in the last sprint")
	alice.ClosesModal()
	board, err := w.store.Board(t.Context(), "PAY")
	if err != nil || pipeline.Runway(pipeline.Team{}, board.Load) != "The Product Backlog holds 1.5 sprints of work." {
		t.Errorf("the runway: %s %v", pipeline.Runway(pipeline.Team{}, board.Load), err)
	}
}

func TestASprintsItemsComeFromTheProductBacklog(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	ideas := w.inBacklog(t, pipeline.OutcomeKey{}, 8, 5)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Not in the backlog")
	bob.Sees("Captured as PAY-3")
	w.searchable(t, "backlog", "PAY")
	bob.Types("/align sprint start")
	bob.SeesModal("Start a sprint")
	bob.Fills(sprintGoal, "People pay in time")
	bob.Chooses(sprintItems, chosen(ideas...)...)

	// One of them leaves the Product Backlog before the form is sent.
	gone := ideas[1]
	gone.Stage = pipeline.Discovery
	if _, err := w.store.ChangeIdea(t.Context(), "gone", gone, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U0ALICE", What: pipeline.WasMoved, From: pipeline.Backlog, To: pipeline.Discovery}); err != nil {
		t.Fatal(err)
	}
	bob.Submits()
	bob.SeesFieldError(sprintItems, "PAY-2 is in discovery, and a sprint takes up what is in the Product Backlog.")
	bob.Chooses(sprintItems, chosen(ideas[0])...)
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("Sprint 1 is started.")
	if s := w.sprint(t, 1); len(s.Items) != 1 {
		t.Errorf("%+v", s.Items)
	}
}

func TestWhatComesIntoASprintLaterIsMarked(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	ideas := w.inBacklog(t, pipeline.OutcomeKey{}, 8, 0)
	w.hadSprint(t, 1, -3, 8, 0, ideas[0])
	w.searchable(t, "Idea", "PAY")
	bob := w.Person("bob").In("payments")
	bob.Types("/align sprint change")
	bob.SeesModal("Change sprint 1")
	bob.Chooses(sprintItems, chosen(ideas...)...)
	bob.Submits()
	bob.SeesNoModal()
	bob.Types("/align sprint")
	bob.SeesModal("Sprint 1").Says("added on " + shown(0)).Says("No size · feature")
	bob.Sees("One item has no size, so the sums leave it out.", "Planned: 8 of 20 points (40 %)")
	if s := w.sprint(t, 1); s.Items[0].Added.IsZero() == s.Items[1].Added.IsZero() {
		t.Errorf("%+v", s.Items)
	}
}

func TestAFormOfASprintIsKeptAndGoesOn(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	ideas := w.inBacklog(t, pipeline.OutcomeKey{}, 8)
	w.searchable(t, "Idea", "PAY")
	bob := w.Person("bob").In("payments")
	bob.Types("/align sprint start")
	bob.SeesModal("Start a sprint")
	bob.Fills(sprintGoal, "People pay in time")
	bob.Chooses(sprintItems, chosen(ideas...)...)
	bob.ClosesModal()
	bob.SeesNoModal()
	bob.OpensHome()
	bob.Sees("A sprint of PAY that was not started")
	bob.Types("/align sprint start")
	bob.SeesModal("Start a sprint").Has(sprintGoal, "People pay in time").Has(sprintItems, chosen(ideas...)[0]).Says("This is what you typed")
	bob.Clicks("Start afresh")
	bob.SeesModal("Start a sprint").Has(sprintGoal, "").Has(sprintItems, "")
	bob.ClosesModal()
}

func TestTwoWhoChangeASprintAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.hadSprint(t, 1, 0, 10, 0, w.inBacklog(t, pipeline.OutcomeKey{}, 8)...)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	for _, p := range []*simtest.Person{alice, bob} {
		p.Types("/align sprint change")
		p.SeesModal("Change sprint 1")
	}
	alice.Fills(sprintGoal, "Alice's goal")
	alice.Submits()
	alice.SeesNoModal()
	bob.Fills(sprintGoal, "Bob's goal")
	bob.Submits()
	bob.SeesModal("Change sprint 1").Says("Somebody changed this sprint while you were typing.").Says("Alice's goal").Has(sprintGoal, "Bob's goal")
	bob.Submits()
	bob.SeesNoModal()
	if s := w.sprint(t, 1); s.Goal != "Bob's goal" {
		t.Error(s.Goal)
	}

	// Who is slower to close it is told so.
	for _, p := range []*simtest.Person{alice, bob} {
		p.Types("/align sprint close")
		p.SeesModal("Close sprint 1")
	}
	alice.Submits()
	alice.SeesNoModal()
	bob.Submits()
	bob.SeesFieldError(whatIsDone, "Sprint 1 is closed since")
	if s := w.sprint(t, 1); s.ClosedBy != "U0ALICE" {
		t.Error(s.ClosedBy)
	}
}

func TestASprintWithNothingInIt(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	s := w.hadSprint(t, 1, 0, 10, 0)
	bob := w.Person("bob").In("payments")
	bob.Types("/align sprint")
	bob.SeesModal("Sprint 1").Says("Nothing is in it yet.").Says("Planned: 0 of 20 points (0 %)")
	bob.Clicks("Close…")
	bob.SeesModal("Close sprint 1").Says("so nothing was finished in it")
	s.Closed, s.ClosedBy = time.Now(), "U0ALICE"
	if _, err := w.store.KeepSprint(t.Context(), "theirs", s, "U0ALICE", storage.Slot{}, nil); err != nil {
		t.Fatal(err)
	}
	bob.Submits()
	bob.SeesModal("Close sprint 1").Says("Sprint 1 is closed since")
	bob.ClosesModal()
	bob.Types("/align sprint list")
	bob.Sees("Finished: 0 of 0 ideas · planned: 0 points")
}

func TestPastSprintsAreListed(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	for n := 1; n <= 12; n++ {
		w.hadSprint(t, n, -10*(14-n), -10*(14-n)+4, 10+n)
	}
	w.hadSprint(t, 13, -9, -2, 0)
	bob := w.Person("bob").In("payments")
	bob.Types("/align sprint list")
	bob.Sees("Sprints of Payments", "Sprint 13,", "Open · 0 ideas", "Sprint 4,", "Page 1 of 2 · 13 sprints, the newest first")
	bob.DoesNotSee("Sprint 3,")
	bob.Clicks("Next")
	bob.Sees("Page 2 of 2", "Sprint 3,", "Finished: 1 of 0 ideas, 13 points")
	bob.ClicksIn("Sprint 3,", "Details")
	bob.SeesModal("Sprint 3").Says("Closed on")
	bob.DoesNotSee("Correct what was done…")
	bob.Clicks("All sprints")
	bob.SeesModal("Sprints").Says("Page 1 of 2")
	bob.ClicksIn("Sprint 13,", "Details")
	bob.SeesModal("Sprint 13").Says("Its last day is over. It waits to be closed.").Says("Velocity: 21 points a sprint, the mean of the last 3 sprints")
	bob.ClosesModal()
	bob.Types("/align sprint dance")
	bob.Sees("I don't know how to “dance” a sprint.")
}

func TestWhoMayPlanASprint(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{Guests: true}).withTeam(t)
	w.hadSprint(t, 1, 0, 10, 0)
	gina := w.Person("gina").In("payments")
	gina.Types("/align sprint")
	gina.SeesModal("Sprint 1")
	gina.DoesNotSee("Change…", "Close…")
	gina.ClosesModal()
	for _, word := range []string{"start", "change", "close", "refine"} {
		gina.Types("/align sprint " + word)
	}
	gina.Sees("Ask a full member to do this for you.")
	if _, total, err := w.store.Sprints(t.Context(), "PAY", 1, 5); total != 1 || err != nil {
		t.Error(total, err)
	}
	if strconv.Itoa(w.sprint(t, 1).Number) != "1" {
		t.Error("it was changed")
	}
}

// Where the review is open already when its sprint is closed, it shows what that says.
func TestAReviewShowsWhatItsSprintIsClosedWith(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	idea := w.prepared(t, "Export invoices", pipeline.Backlog)
	w.inSprint(t, 1, []pipeline.Idea{idea}, func(s *pipeline.Sprint) { s.Outcome = payO1 })
	alice, carol := w.Person("alice").In("payments"), w.Person("carol").In("payments")
	alice.Types("/align review")
	alice.Clicks("Open its review")
	carol.Sees("Planned: one idea. Finished: no ideas.", "1 item for it is not finished.")

	alice.Types("/align sprint close")
	alice.SeesModal("Close sprint 1")
	alice.Chooses(whatIsDone, chosen(idea)...)
	alice.Submits()
	carol.Sees("Finished: one idea.", "1 finished item:")
}
