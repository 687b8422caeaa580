package commands_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

func TestATeamWithoutMuchIsToldWhatHealthNeeds(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/align health")
	bob.Sees("Backlog health of Payments", "Refined work: unknown", "*There is too little to measure yet.*")
	bob.Clicks("All rules")
	bob.SeesModal("Rules of backlog health").Says("Starved").Says("needs a velocity: close a sprint, or set it in the team's settings")
	bob.ClosesModal()
	elsewhere := bob.In("general")
	elsewhere.Types("/align health")
	elsewhere.Sees("This channel is not a team's.")
	elsewhere.Chooses("Choose a team", "Payments (PAY)")
	elsewhere.Sees("Backlog health of Payments")
}

// unwell makes a team that finishes two ideas a sprint, has one ready, and an outcome
// that nobody measures.
func (w *workplace) unwell(t *testing.T) *workplace {
	t.Helper()
	w.prepared(t, "Export invoices", pipeline.Backlog)
	w.prepared(t, "Undecided", pipeline.Captured)
	for number := range 3 {
		s := pipeline.Sprint{
			Team: "PAY", Number: number + 1, First: inDays(-60 + 14*number), Last: inDays(-47 + 14*number), Goal: "Fewer calls", InIdeas: true,
			Capacity: 10, Planned: 5, Started: time.Now().AddDate(0, 0, -60), StartedBy: "U0ALICE", Closed: time.Now().AddDate(0, 0, -40), ClosedBy: "U0ALICE",
			Items:    []pipeline.SprintItem{{Key: pipeline.Key{Team: "PAY", Number: 90 + number}, Title: "Done", Size: 5, Work: pipeline.Feature, Done: true}},
			Finished: pipeline.Finished{Ideas: 2, Sized: 2, Points: 10},
		}
		if _, err := w.store.KeepSprint(t.Context(), fmt.Sprint("unwell ", number), s, "U0ALICE", storage.Slot{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	team.VelocityIdeas = true
	if _, err := w.store.ChangeTeam(t.Context(), "unwell", team); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestTheReportIsReadWorstFirstAndRepairedFromThere(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t).unwell(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	bob.Types("/align health")
	bob.Sees("Refined work: 0.5 sprints", "TOO LITTLE: under 3 sprints, here", "Velocity: 2 ideas a sprint, the mean of the last 3 sprints.",
		"Sprint 3: 0 % technical work and bugs (too little), 50 % slack.", "1. Starved · alert", "The Product Backlog holds 0.5 sprints of refined work, in one idea.",
		"No acceptance criteria", "PAY-1  Export invoices: in the Product Backlog", "Technical debt ignored")
	bob.DoesNotSee("Mute 1…")
	bob.Clicks("Why? (3)")
	bob.SeesModal("No acceptance criteria").Says("Threshold. It warns of any idea").Says("Why it matters. Without them nobody agrees").Says("PAY-1  Export invoices")
	bob.Clicks("Add criteria to PAY-1")
	bob.SeesModal("Size and criteria").Says("For PAY-1")
	bob.Fills("Acceptance criteria", "It opens in any reader")
	bob.Submits()
	bob.SeesModal("No acceptance criteria").Says("Nothing of it is found.")
	bob.ClosesModal()
	bob.Sees("No acceptance criteria")
	bob.Clicks("Refresh") // in place, as it is now
	bob.StopsSeeing("No acceptance criteria")
	bob.Sees("Refined work: 0.5 sprints")

	alice.Types("/align health")
	alice.DoesNotSee("No acceptance criteria")
	alice.Clicks("Why? (1)")
	alice.SeesModal("Starved").Says("Alert. The Product Backlog holds 0.5 sprints").Says("under 3 sprints of refined work, and alerts under 1.")
	alice.Clicks("Change the threshold…")
	alice.SeesModal("Change the threshold").Has("Warn under, in sprints of refined work", "3")
	alice.Fills("Alert under, in sprints", "99")
	alice.Submits()
	alice.SeesFieldError("Alert under, in sprints", "A number from 0 to 20")
	alice.Fills("Warn under, in sprints of refined work", "0.5")
	alice.Fills("Alert under, in sprints", "")
	alice.Submits()
	alice.SeesFieldError("Alert under, in sprints", "This comes after") // the 1 that every team starts with
	alice.Fills("Alert under, in sprints", "0.2")
	alice.Submits()
	alice.SeesModal("Starved").Says("Nothing of it is found.")
}

func TestARuleIsMutedWithAReasonUntilADay(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t).unwell(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	alice.Types("/align health")
	alice.Clicks("Mute 1…")
	alice.SeesModal("Mute a finding")
	alice.Fills("Why, in a line", "We stop in four weeks")
	alice.Fills("It speaks again on", inDays(0))
	alice.Submits()
	alice.SeesFieldError("It speaks again on", "Choose a day to come.")
	alice.Fills("It speaks again on", inDays(20))
	alice.Submits()
	alice.Sees("*Starved* is muted until " + pipeline.ShowDay(inDays(20)))

	bob.Types("/align health")
	bob.Sees("1 finding is muted.")
	bob.DoesNotSee("1. Starved")
	bob.Clicks("All rules")
	bob.SeesModal("Rules of backlog health").Says("Muted until " + pipeline.ShowDay(inDays(20))).Says("We stop in four weeks").Says("1 muted")
	bob.ClosesModal()

	alice.Clicks("All rules")
	alice.Clicks("Unmute")
	alice.SeesModal("Rules of backlog health").Says("0 muted")
	alice.ClosesModal()
	bob.Types("/align health")
	bob.Sees("1. Starved · alert")
}

func TestTheReportIsPostedByAPerson(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t).unwell(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Types("/align health")
	bob.Clicks("Post to channel")
	bob.Sees("The report follows in the channel of Payments.")
	carol.Sees("1. Starved · alert", "asked for this report.")
	carol.DoesNotSee("Mute 1…")
	carol.Clicks("Refresh") // in its place
	bob.Sees("Carol Costa asked for this report.")
	bob.DoesNotSee("Bob Brandt asked for this report.")
	carol.Clicks("Why? (1)")
	carol.SeesModal("Starved").Says("Without refined work a team starts what nobody has thought through")
}

func TestTheTeamIsAskedWithoutNames(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t).unwell(t)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Types("/align health")
	bob.Clicks("Ask the team…")
	bob.SeesModal("Ask the team")
	bob.Submits()
	bob.SeesFieldError("What is in the backlog", "Choose at least one question.")
	bob.Chooses("What is in the backlog", "How much refined work do we have?")
	bob.Chooses("How we work with it", "Is our slack real, or on paper?")
	bob.Submits()
	bob.Sees("The team is asked in its channel.")
	carol.Sees("asks: how do we see our backlog?", "1. How much refined work do we have?", "nobody has answered yet", "2. Is our slack real, or on paper?")
	carol.Clicks("About right")
	carol.Sees("*About right* is stored, without your name.", "1 question is left.")
	carol.Clicks("Too little")
	carol.Sees("*Too little* is stored")
	alice.Sees("1 has answered")

	number := 1
	for i := range 3 {
		_, err := w.store.AnswerHealth(t.Context(), storage.HealthAnswering{
			Op: fmt.Sprint("other ", i), Team: "PAY", Number: number, User: fmt.Sprint("U0OTHER", i), Question: "refined", Answer: i % 2,
			Check: func(storage.HealthAskState) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	carol.Clicks("My answers")
	carol.SeesModal("What the team is asked").Says("4 have answered").Says("Too little (my answer)")
	carol.Clicks("Real")
	carol.SeesModal("What the team is asked").Says("Real (my answer)")
	carol.ClosesModal()

	carol.ClicksIn("asks: how do we see", "Close it now")
	carol.Sees("closed early by whoever asked it")
	bob.ClicksIn("asks: how do we see", "Close it now")
	bob.Sees("It is closed.", "3 of 4 say “Too little” and 1 “About right”.", "Nothing is shown under 4 answers.")
	alice.Types("/align health")
	alice.Sees("What the team says, beside what is measured", "3 of 4 say “Too little” and 1 “About right”. The data say: 0.5 sprints of refined work, too little.")
	state, err := w.store.HealthAsk(t.Context(), "PAY", number, "U0CAROL")
	if err != nil || len(state.Mine) > 0 || len(state.Answers) > 0 {
		t.Errorf("after the close it is known who answered what: %+v, %v", state, err)
	}
}

func TestAskingEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	carol := w.Person("carol").In("payments")
	ask := pipeline.HealthAsk{Team: "PAY", Questions: []string{"slack"}, Started: time.Now().Add(-time.Hour), StartedBy: "U0BOB", Deadline: time.Now().Add(-time.Minute)}
	stored, err := w.store.StartHealthAsk(t.Context(), "start", ask,
		storage.Outgoing{ID: storage.MessageEntry(storage.KindHealthAsk, "#", ""), Kind: storage.KindHealthAsk, Subject: "PAY", Channel: w.channelOf(t), Args: map[string]string{"sheet": "#"}},
		storage.Outgoing{ID: "close-health:#", Kind: storage.KindHealthAsk + ".close", Subject: "PAY", Args: map[string]string{"sheet": "#"}})
	if err != nil {
		t.Fatal(err)
	}
	carol.Sees("1. Is our slack real, or on paper?", "Nobody answered.", "*Closed.*")
	state, err := w.store.HealthAsk(t.Context(), "PAY", stored.Number, "")
	if err != nil || state.Ask.IsOpen() || !state.Ask.Closed.Equal(stored.Deadline.Truncate(time.Millisecond)) && !state.Ask.Closed.Equal(stored.Deadline) {
		t.Errorf("closed: %+v, %v", state.Ask, err)
	}
	carol.Clicks("What is measured?")
	carol.Sees("Backlog health of Payments")
}

func (w *workplace) channelOf(t *testing.T) string {
	t.Helper()
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	return team.Channel
}

func TestHealthOfAPrivateTeamIsForItsPeople(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.prepared(t, "Secret plan", pipeline.Discovery)
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	team.Private = true
	if _, err := w.store.ChangeTeam(t.Context(), "private", team); err != nil {
		t.Fatal(err)
	}
	carol := w.Person("carol").In("general")
	carol.Types("/align health")
	carol.DoesNotSee("Payments")
	if strings.Contains(team.Name, "Secret") {
		t.Fatal("the name tells it")
	}
}
