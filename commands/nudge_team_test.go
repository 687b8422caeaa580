package commands_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// teamNudgedOn sends Payments its nudge of a day, as if it were due.
func (w *workplace) teamNudgedOn(t *testing.T, day string) {
	t.Helper()
	entry := storage.Outgoing{
		ID: "nudge:PAY:" + day, Kind: storage.KindTeamNudge, Subject: "PAY", Channel: "C0PAYMENTS", Args: map[string]string{"day": day, "until": untilLater()},
	}
	if err := w.store.Enqueue(t.Context(), entry); err != nil {
		t.Fatal(err)
	}
	comesTrue(t, func() (bool, string) {
		all, err := w.store.Nudged(t.Context(), day)
		at := slices.IndexFunc(all, func(due pipeline.NudgeDue) bool { return due.Who == "PAY" })
		return at >= 0 && all[at].State != pipeline.NudgePlanned, fmt.Sprintf("of the nudges of %s it is known: %+v (%v)", day, all, err)
	})
}

// offTrack makes PAY-O1 red.
func (w *workplace) offTrack(t *testing.T) {
	t.Helper()
	c := pipeline.CheckIn{Light: pipeline.Red, By: "U0ALICE", At: time.Now(), Note: "It grew"}
	if _, _, err := w.store.CheckIn(t.Context(), "off track", payO1, c, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U0ALICE", What: pipeline.CheckedIn}); err != nil {
		t.Fatal(err)
	}
}

func TestATeamIsToldWhatNeedsALook(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")
	w.teamNudgedOn(t, inDays(-10))
	carol.DoesNotSee("needs a look", "need a look")

	w.owns(t, "U0BOB", 0)
	w.offTrack(t)
	idea := w.orphan(t, "Export invoices", 3)
	w.asksAll(t, func(b *pipeline.Ballot) {
		b.Started, b.Deadline, b.Quorum = time.Now(), time.Now().Add(20*time.Hour), pipeline.Quorum{Number: 3}
	})
	w.teamNudgedOn(t, inDays(0))
	carol.Sees("2 things need a look", "A ballot ends without enough votes* · alert", "0 of 4 voted, and 3 have to", "Off track* · alert", "PAY-O1  Fewer calls")

	// A repair works from the message, and the row says who did it.
	carol.ClicksIn("PAY-O1  Fewer calls", "Open PAY-O1")
	carol.SeesModal("Outcome PAY-O1")
	carol.Clicks("Check in")
	carol.SeesModal("Check in on PAY-O1")
	carol.Chooses("How confident are you that it works out?", "At risk (yellow)")
	carol.Fills("What was learned, in a line", "Half of it is back")
	carol.Submits()
	carol.SeesModal("Outcome PAY-O1")
	carol.ClosesModal()
	bob.Sees("1 thing needs a look", "Off track: PAY-O1 · done: Carol Costa checked in on PAY-O1.")
	bob.DoesNotSee("Open PAY-O1")

	// One vote repairs nothing yet.
	bob.ClicksIn("3 have to", "Vote on PAY-1")
	bob.SeesModal("Ballot on PAY-1")
	bob.Clicks("Pursue")
	bob.SeesModal("Ballot on PAY-1").Says("1 of 4 has voted")
	bob.ClosesModal()
	bob.Sees("1 thing needs a look")

	// The next day tells nothing again that is quiet still.
	w.teamNudgedOn(t, inDays(1))
	told, err := w.store.TeamNudge(t.Context(), "PAY", 0)
	if err != nil || told.Number != 1 || len(told.Deeds) != 1 {
		t.Errorf("the newest is %+v (%v)", told, err)
	}
	w.teamNudgedOn(t, inDays(3))
	told, err = w.store.TeamNudge(t.Context(), "PAY", 0)
	if err != nil || told.Number != 2 || len(told.Rows) != 1 || told.Rows[0].Item.Key != idea.Key.String() {
		t.Errorf("the newest is %+v (%v)", told, err)
	}
	alice.DoesNotSee("<@U0")
}

func TestATeamsNudgesAreChosenByItsOwners(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	alice.Types("/align nudges")
	alice.Sees("Nudges of Payments", "In the channel on workdays at 09:30")
	alice.ClicksIn("In the channel on workdays", "Change…")
	alice.SeesModal("The team's nudges").Has("When", "09:30").Has("Days until the same is told again", "7")
	alice.Fills("Days until the same is told again", "a week")
	alice.Submits()
	alice.SeesFieldError("Days until the same is told again", "Type a whole number of days from 1 to 60.")
	alice.Fills("Days until the same is told again", "14")
	alice.Chooses("When", "14:30")
	alice.Chooses("A question of the week", "On")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("In the channel on workdays at 14:30, when there is something to say; the same again after 14 days. Once a week with a question about how we work.")

	w.teamNudgedOn(t, inDays(0))
	bob.Sees("A question of the week", "Where does discovery end and delivery begin for us")
	bob.Clicks("Ask everybody…")
	bob.SeesModal("Ask people").Has("Ready questions: how do we work?", "Where does discovery end and delivery begin for us, and does everybody see")
	bob.ClosesModal()
	if n, err := w.store.TeamNudges(t.Context(), "PAY"); err != nil || n.Asked != "reflect-line" || n.At != 14*60+30 || n.Quiet != 14 {
		t.Errorf("of Payments it is known: %+v (%v)", n, err)
	}

	alice.ClicksIn("In the channel on workdays at 09:30", "Change…")
	alice.SeesModal("The team's nudges").Has("When", "14:30")
	alice.ChoosesIn("Nudges in the channel", "Nudges in the channel", "Off")
	alice.Submits()
	alice.SeesNoModal()
	w.teamNudgedOn(t, inDays(8))
	if n, err := w.store.TeamNudges(t.Context(), "PAY"); err != nil || !n.Off || n.LastDay != inDays(0) {
		t.Errorf("of Payments it is known: %+v (%v)", n, err)
	}
}

// A message that was deleted stays deleted, and the repair works all the same.
func TestARepairWorksThoughItsMessageIsGone(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	w.owns(t, "U0BOB", 0)
	w.offTrack(t)
	w.teamNudgedOn(t, inDays(0))
	bob.ClicksIn("PAY-O1  Fewer calls", "Open PAY-O1")
	bob.SeesModal("Outcome PAY-O1")
	bob.Clicks("Check in")
	bob.SeesModal("Check in on PAY-O1")
	bob.Chooses("How confident are you that it works out?", "On track (green)")
	bob.Fills("What was learned, in a line", "It was counted twice")
	w.Faults().Add(slacksim.Fault{On: "chat.update", Times: 1, Do: slacksim.APIError("message_not_found")})
	bob.Submits()
	bob.SeesModal("Outcome PAY-O1").Says("on track (green)")
	bob.ClosesModal()
	comesTrue(t, func() (bool, string) {
		told, err := w.store.TeamNudge(t.Context(), "PAY", 1)
		stats, wrong := w.store.OutboxStats(t.Context())
		return err == nil && wrong == nil && len(told.Deeds) == 1 && stats.Due == 0 && stats.Sending == 0, fmt.Sprintf("%+v, %+v (%v, %v)", told.Deeds, stats, err, wrong)
	})
	if screen := bob.Screen(); strings.Count(screen, "a look") != 1 {
		t.Errorf("it is posted anew:\n%s", screen)
	}
}
