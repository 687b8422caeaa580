package commands_test

import (
	"strconv"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

func TestASummaryTellsChangesOnly(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	bob.Types("/align summary")
	bob.Sees("Nothing changed within the last seven days", "It does not come to the channel by itself.")
	bob.DoesNotSee("Every week…")
	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1", "captured · no outcome yet") // the card, in whose thread it is told
	bob.Clicks("Take to discovery")
	bob.Sees("took PAY-1 to discovery")
	alice.Types("/align summary")
	alice.Sees("The week of Payments", "What moved", "PAY-1  Export invoices: captured → in discovery", "One idea captured, none the week before.")

	alice.Clicks("Every week…")
	alice.SeesModal("Summary of the week")
	alice.Chooses("The summary of the week", "Comes to the team's channel by itself")
	alice.Fills("At", "00:00")
	alice.Submits()
	alice.SeesFieldError("At", "Choose a time of the day")
	alice.Fills("At", "15:30")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("The next summary of the week comes")
	settings, err := w.store.SummarySettings(t.Context(), "PAY")
	if err != nil || !settings.On || settings.Day != pipeline.SummaryDay || settings.Hour != 15*60+30 {
		t.Errorf("it is stored as %+v (%v)", settings, err)
	}
	bob.Types("/align summary")
	bob.Sees("It comes to the channel every Friday at 15:30")
}

func TestASummaryComesOnceAndOnlyWhereSomethingChanged(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	rhythm := pipeline.Rhythm{Zone: team.Zone, Workdays: team.Workdays}
	settings, err := w.store.ChangeSummary(t.Context(), "on", pipeline.SummarySettings{Team: "PAY", On: true, Day: time.Friday, Hour: 15 * 60}, "U0ALICE", storage.Slot{})
	if err != nil {
		t.Fatal(err)
	}
	due := func(at time.Time) storage.Outgoing {
		moment := strconv.FormatInt(at.UnixMilli(), 10)
		return storage.Outgoing{ID: "summary.due:PAY:" + moment, Kind: "summary.due", Subject: "PAY", Args: map[string]string{"at": moment}}
	}
	// The Friday before: nothing was there yet. A moment that is none of the rhythm
	// sends nothing either.
	last, _, _ := settings.Next(team, rhythm, time.Now().AddDate(0, 0, -15))
	week := storage.Outgoing{
		ID: "summary:PAY:today", Kind: "summary.week", Subject: "PAY", Channel: team.Channel,
		Args: map[string]string{"at": strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10)},
	}
	if err := w.store.Enqueue(t.Context(), due(last), due(last.Add(time.Hour)), week, week); err != nil {
		t.Fatal(err)
	}
	w.Person("bob").In("payments").Sees("The week of Payments", "One idea captured")
	comesTrue(t, func() (bool, string) {
		stats, err := w.store.OutboxStats(t.Context())
		return err == nil && stats.OldestDue == 0 && stats.Sending == 0, "entries are left"
	})
	if n := w.posted("The week of Payments"); n != 1 {
		t.Errorf("%d summaries came", n)
	}
	stats, err := w.store.OutboxStats(t.Context())
	if err != nil || stats.Due != 1 {
		t.Errorf("%d jobs wait for the next one (%v)", stats.Due, err)
	}
}
