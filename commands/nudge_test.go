package commands_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

// nudgedOn sends a person the nudge of a day, as if it were due.
func (w *workplace) nudgedOn(t *testing.T, p *simtest.Person, day string) {
	t.Helper()
	entry := storage.Outgoing{
		ID: "nudge:@" + p.ID() + ":" + day, Kind: storage.KindNudge, Subject: p.ID(), User: p.ID(),
		Args: map[string]string{"day": day, "until": untilLater()},
	}
	if err := w.store.Enqueue(t.Context(), entry); err != nil {
		t.Fatal(err)
	}
	comesTrue(t, func() (bool, string) {
		all, err := w.store.Nudged(t.Context(), day)
		at := slices.IndexFunc(all, func(due pipeline.NudgeDue) bool { return due.Who == "@"+p.ID() })
		return at >= 0 && all[at].State != pipeline.NudgePlanned, fmt.Sprintf("of the nudges of %s it is known: %+v (%v)", day, all, err)
	})
}

// untilLater is until when a nudge may be sent, as its entry has it.
func untilLater() string { return strconv.FormatInt(time.Now().Add(time.Hour).UnixMilli(), 10) }

// orphan captures an idea of Bob's some days ago, of which he has not said what it is
// for.
func (w *workplace) orphan(t *testing.T, title string, days int) pipeline.Idea {
	t.Helper()
	idea, err := pipeline.Capture(pipeline.Draft{Title: title}, "PAY", "U0BOB", pipeline.Source{}, time.Now().AddDate(0, 0, -days))
	if err == nil {
		idea, err = w.store.Capture(t.Context(), "capture "+title, idea, storage.Slot{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return idea
}

// nudgesOf are the settings of a person.
func (w *workplace) nudgesOf(t *testing.T, p *simtest.Person) pipeline.NudgeSettings {
	t.Helper()
	settings, err := w.store.NudgeSettings(t.Context(), p.ID())
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// owns makes somebody the owner of an outcome of #payments that was written down so
// many days ago.
func (w *workplace) owns(t *testing.T, user string, days int) pipeline.Outcome {
	t.Helper()
	at := time.Now().AddDate(0, 0, -days)
	o, err := pipeline.NewOutcome("PAY", "Fewer calls", "U0ALICE", at)
	if err != nil {
		t.Fatal(err)
	}
	o.Owner = user
	o, err = w.store.AddOutcome(t.Context(), "owned by "+user, o, storage.Slot{}, pipeline.Event{At: at, By: "U0ALICE", What: pipeline.WasAdded})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestANudgeAsksForWhatWaitsAndShowsWhatIsDone(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("@alignbot")
	w.orphan(t, "Export invoices", 3)
	w.owns(t, "U0BOB", 20)
	w.asksAll(t, func(b *pipeline.Ballot) { b.Deadline = time.Now().Add(20 * time.Hour); b.Started = time.Now() })

	w.nudgedOn(t, bob, inDays(0))
	bob.Sees("3 things wait for you", "It waits for your vote until", "How is PAY-O1? You own it, and it has had no check-in for 20 days.", "Which outcome is PAY-1 for? It has none yet.",
		"You get this because something waits for you. At most one on every workday at 09:30.")
	bob.SeesMatch(`(?s)waits for your vote.*How is PAY-O1.*Which outcome is PAY-1`) // the most urgent first

	bob.ClicksIn("How is PAY-O1?", "Check in")
	bob.SeesModal("Check in on PAY-O1")
	bob.Chooses("How confident are you that it works out?", "On track (green)")
	bob.Fills("What was learned, in a line", "Fewer people ask twice")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("2 things wait for you", "A check-in on PAY-O1 · done")
	bob.StopsSeeing("How is PAY-O1?")

	bob.ClicksIn("Which outcome is PAY-1 for?", "Link an outcome")
	bob.SeesModal("Link an outcome")
	bob.Chooses("What it is for", "PAY-O1  Fewer calls")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("1 thing waits for you", "An outcome for PAY-1 · done")

	bob.ClicksIn("waits for your vote", "Vote…")
	bob.SeesModal("Vote on PAY-1")
	bob.Chooses("Your vote", "Pursue")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("All of it is done", "Your vote on PAY-1 · done")

	// The day has no other, and nothing waits any more on the next.
	w.nudgedOn(t, bob, inDays(1))
	bob.DoesNotSee("wait for you", "waits for you ")
	if s := w.nudgesOf(t, bob); !s.Acted || s.LastDay != inDays(0) || len(s.Last) != 3 {
		t.Errorf("of Bob it is known: %+v", s)
	}
}

func TestNobodyIsNudgedForNothing(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	bob, carol := w.Person("bob").In("@alignbot"), w.Person("carol").In("@alignbot")
	w.nudgedOn(t, carol, inDays(0))
	carol.DoesNotSee("for you")

	// What somebody was told of in a message of its own is left out for a day.
	w.startsRound(t)
	bob.Sees("asks you")
	w.orphan(t, "Captured an hour ago", 0)
	w.nudgedOn(t, bob, inDays(0))
	bob.DoesNotSee("waits for you", "wait for you")
	if s := w.nudgesOf(t, bob); s.LastDay != "" {
		t.Errorf("a nudge is noted: %+v", s)
	}
}

func TestANudgeIsSnoozedFromItself(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("@alignbot")
	w.orphan(t, "Export invoices", 3)
	w.nudgedOn(t, bob, inDays(0))
	bob.Sees("1 thing waits for you")
	bob.Clicks("Snooze 1 week")
	bob.Sees("Snoozed: nudges come again on ")
	s := w.nudgesOf(t, bob)
	if until, err := time.Parse(time.DateOnly, s.SnoozedUntil); err != nil || time.Until(until) < 5*24*time.Hour {
		t.Fatalf("snoozed until %q", s.SnoozedUntil)
	}
	w.nudgedOn(t, bob, inDays(1))
	if got := w.nudgesOf(t, bob).LastDay; got != inDays(0) {
		t.Errorf("snoozed, and nudged on %s", got)
	}
	w.nudgedOn(t, bob, s.SnoozedUntil)
	if got := w.nudgesOf(t, bob).LastDay; got != s.SnoozedUntil {
		t.Errorf("the day is over, and the newest nudge is of %s", got)
	}
}

// Three of which nothing came: once a week, said once. One click, and they come daily
// again.
func TestNudgesBackOffAndComeBack(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("@alignbot")
	w.orphan(t, "Export invoices", 3)
	for day := range 4 {
		w.nudgedOn(t, bob, inDays(day))
	}
	bob.Sees("Nothing came of the last three of these messages, so from now on they come")
	w.nudgedOn(t, bob, inDays(4))
	if s := w.nudgesOf(t, bob); !s.Weekly || s.LastDay != inDays(3) {
		t.Fatalf("of Bob it is known: %+v", s)
	}
	bob.Types("/align nudges")
	bob.Sees("At most one a week, at 09:30")
	bob.ClicksIn("from now on they come", "Link an outcome")
	bob.SeesModal("Link an outcome")
	bob.ClosesModal()
	comesTrue(t, func() (bool, string) {
		s := w.nudgesOf(t, bob)
		return !s.Weekly && s.Acted, fmt.Sprintf("%+v", s)
	})
	w.nudgedOn(t, bob, inDays(5))
	if s := w.nudgesOf(t, bob); s.LastDay != inDays(5) || s.Ignored != 0 {
		t.Errorf("of Bob it is known: %+v", s)
	}
}

func TestNudgesAreTurnedOffAndOnByAWord(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/align nudges off")
	bob.Sees("Nudges are off.", "Turn on…")
	bob.DoesNotSee("Snooze 1 day")
	if !w.nudgesOf(t, bob).Off {
		t.Error("they are said to be off, and are on")
	}
	bob.Types("/align nudges ON")
	bob.Sees("At most one on every workday at 09:30.")
	if w.nudgesOf(t, bob).Off {
		t.Error("they are said to be on, and are off")
	}
}

func TestSomebodyChoosesWhenTheyAreNudged(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/align nudges")
	bob.Sees("At most one on every workday at 09:30.", "Nudges of Payments", "the same again after 7 days")
	bob.DoesNotSee("Change…") // the team's are not his
	bob.Clicks("Until a date, kinds, off…")
	bob.SeesModal("Nudges").Has("When", "09:30")
	bob.Chooses("When", "17:00")
	bob.Fills("Away until", inDays(-1))
	bob.Submits()
	bob.SeesFieldError("Away until", "Choose a day after today")
	bob.Fills("Away until", inDays(30))
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("You are away: nudges come again on " + shown(30) + ", on every workday at 17:00.")
	bob.Clicks("Go on now")
	bob.Sees("At most one on every workday at 17:00")

	bob.OpensHome()
	bob.Sees("At most one on every workday at 17:00")
	bob.Clicks("Nudges…")
	bob.SeesModal("Nudges").Has("When", "17:00")
	bob.ChoosesIn("Nudges", "Nudges", "Off")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("Nudges are off.")
	w.orphan(t, "Export invoices", 3)
	w.nudgedOn(t, bob, inDays(0))
	if s := w.nudgesOf(t, bob); !s.Off || s.At != 17*60 || s.LastDay != "" {
		t.Errorf("of Bob it is known: %+v", s)
	}
}

// What a nudge asked for a week ago and is over says so when it is used.
func TestANudgeOfLastWeekIsUsed(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, alice := w.Person("bob").In("@alignbot"), w.Person("alice").In("payments")
	w.orphan(t, "Export invoices", 9)
	w.asksAll(t, func(b *pipeline.Ballot) { b.Deadline = time.Now().Add(20 * time.Hour); b.Started = time.Now() })
	w.nudgedOn(t, bob, inDays(-7))
	bob.Sees("2 things wait for you")
	alice.Types("/antibacklog vote PAY-1")
	alice.SeesModal("Ballot on PAY-1")
	alice.Clicks("Close it now")
	alice.Sees("Closed early by")

	bob.ClicksIn("waits for your vote", "Vote…")
	bob.Sees("closed")
	bob.ClicksIn("Which outcome is PAY-1 for?", "Link an outcome")
	bob.SeesModal("Link an outcome")
	bob.Fills("What will have changed, and for whom?", "Fewer calls")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("All of it is done", "The ballot on PAY-1 is closed · over", "An outcome for PAY-1 · done")
}

// A review waits for whoever has answered nothing in it.
func TestANudgeAsksForAnswersInAReview(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("@alignbot")
	w.orphan(t, "Export invoices", 0)
	o := w.owns(t, "U0ALICE", 0)
	review := pipeline.Review{
		Team: "PAY", Number: 1, First: inDays(-13), Last: inDays(0), Goal: "Fewer calls", Outcomes: []pipeline.OutcomeKey{o.Key}, Opened: time.Now(), Deadline: time.Now().Add(72 * time.Hour),
		Asked: []string{"U0CAROL"},
	}
	if _, err := w.store.OpenReview(t.Context(), "open", review); err != nil {
		t.Fatal(err)
	}
	w.nudgedOn(t, bob, inDays(0))
	bob.Sees("1 thing waits for you", "The review of the sprint asks what it did for PAY-O1, until")
	carol := w.Person("carol").In("@alignbot") // who has to do with the team by the review alone
	w.nudgedOn(t, carol, inDays(0))
	carol.Sees("1 thing waits for you", "The review of the sprint asks what it did for PAY-O1, until")

	state, err := w.store.Review(t.Context(), "PAY", 1)
	if err == nil {
		answer := pipeline.ReviewAnswer{By: "U0BOB", Outcome: o.Key, Confidence: 4}
		_, err = w.store.AnswerReview(t.Context(), storage.ReviewAnswering{Op: "answer", Seen: state, Answer: answer})
	}
	if err != nil {
		t.Fatal(err)
	}
	bob.Clicks("Snooze 1 day")
	bob.Sees("All of it is done", "Your answer in the review of the sprint · done")
}
