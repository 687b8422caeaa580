package commands_test

import (
	"context"
	"testing"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/storage"
)

// dueBack makes the day come on which an idea is looked at again.
func (w *workplace) dueBack(t *testing.T, idea pipeline.Idea) {
	t.Helper()
	entry := storage.Outgoing{ID: "back:" + storage.ParkingID(idea), Kind: "idea.back", Subject: idea.Key.String(), Channel: "C0PAYMENTS"}
	if err := w.store.Enqueue(t.Context(), entry); err != nil {
		t.Fatal(err)
	}
}

func TestAParkedIdeaComesBackOnItsDay(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	yesterday := time.Now().AddDate(0, 0, -1)
	idea := w.parked(t, "Fax", pipeline.LowImpact, pipeline.Revisit{Day: yesterday.Format(time.DateOnly)})
	w.dueBack(t, idea)
	w.dueBack(t, idea)
	bob.Sees("PAY-1 has come back from the Anti-Product Backlog",
		"What has changed: The day set for it, "+yesterday.Format("2 Jan 2006")+", has come.", "Why it was parked, by Alice Anders: not now: low impact", "Why of Fax")
	bob.Sees("came back " + shown(0)) // its card
	back := w.stored(t, idea.Key).Parking
	if back.CameBack.IsZero() {
		t.Error("that it came back is not stored")
	}

	alice.OpensHome()
	alice.Sees("Payments: 1 parked idea has come back.")
	alice.ClicksIn("has come back", "Look at it")
	alice.SeesModal("Anti-Product Backlog").Says("PAY-1  Fax")
	alice.Clicks("Details")
	alice.SeesModal("PAY-1").Says("Why it is parked")
	alice.Clicks("Back to the list")
	alice.SeesModal("Anti-Product Backlog")
	alice.ClosesModal()
	alice = alice.In("payments")

	alice.ClicksIn("has come back", "Park again…")
	alice.SeesModal("Park again PAY-1").Has("Why", "Why of Fax")
	alice.Fills("Why", "Still nobody faxes")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Alice Anders parked PAY-1 again, not now: low impact. Still nobody faxes.")
	if again := w.stored(t, idea.Key).Parking; !again.CameBack.IsZero() || !again.At.After(back.At) {
		t.Errorf("it is parked again as %+v", again)
	}
	bob.Types("/antibacklog due")
	bob.Sees("Nothing that is parked is due for another look. The next one is PAY-1 on ")
	bob.Types("/antibacklog day")
	bob.Sees("1 parked idea, those looked at again soonest first")
}

func TestWhatWasWaitedForBringsAnIdeaBack(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")
	other := w.prepared(t, "Export invoices", pipeline.Backlog)
	day, _ := inMonths(5)
	w.parked(t, "Fax", pipeline.LowImpact, pipeline.Revisit{Day: day, Delivered: other.Key})
	wanted := w.parked(t, "Dark mode", pipeline.TooCostly, pipeline.Revisit{Day: day, AskedBy: 2})

	alice.ClicksIn("in the Product Backlog", "Mark as delivered")
	alice.SeesModal("Mark as delivered")
	alice.Submits()
	alice.SeesNoModal()
	bob.Sees("PAY-2 has come back from the Anti-Product Backlog", "What has changed: PAY-1 was delivered.")

	for _, p := range []*struct{ said string }{{"1 person has asked"}, {"2 different people have asked for PAY-3 since it was parked. That was what it waited for: it comes back now."}} {
		asks := bob
		if p.said[0] == '2' {
			asks = carol
		}
		asks.Types("/idea show PAY-3")
		asks.SeesModal("PAY-3")
		asks.Clicks("I need this too")
		asks.SeesModal("I need this too")
		asks.Submits()
		asks.SeesModal("PAY-3").Says("Asked again by " + p.said[:1])
		asks.ClosesModal()
	}
	bob.Sees("PAY-3 has come back from the Anti-Product Backlog", "What has changed: 2 different people have asked for it again.")
	if w.stored(t, wanted.Key).Parking.CameBack.IsZero() {
		t.Error("that it came back is not stored")
	}
}

func TestAPassedTestBringsAnIdeaBack(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1")
	run := w.withTest(t, inDays(3))
	alice := w.Person("alice").In("payments")
	alice.Types("/antibacklog park 1")
	alice.SeesModal("Park PAY-1")
	alice.Clicks("More…")
	alice.Chooses("Look at it again when this test passes", "Test Card: accountants want it")
	parks(alice, "Not before the test")
	alice.SeesNoModal()
	alice.Sees("or when checklist 1 of PAY-1 passes.")
	w.opens(t, bob, "run.observe", run, "&part=observe")
	bob.SeesModal("What did it show?")
	bob.Fills(number, "35")
	bob.Fills(dataPoints, "50")
	bob.Submits()
	bob.Sees("PAY-1 has come back from the Anti-Product Backlog", "What has changed: Checklist 1 of PAY-1 passed.")
}

// Whoever reopened it, or parked it anew, is not asked a second time; and a
// process that dies between storing and posting leaves nothing untold.
func TestComingBackHappensOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	yesterday := time.Now().AddDate(0, 0, -1).Format(time.DateOnly)
	idea := w.parked(t, "Fax", pipeline.LowImpact, pipeline.Revisit{Day: yesterday})
	app := &commands.App{Store: w.store, Lookup: func(_ context.Context, user string) (pipeline.Person, error) {
		return pipeline.Person{ID: user, Name: "Alice Anders"}, nil
	}}
	claimed := storage.Claimed{Outgoing: storage.Outgoing{ID: "back:" + storage.ParkingID(idea), Kind: "idea.back", Subject: idea.Key.String(), Channel: "C0PAYMENTS"}}
	first, err := app.Draw(t.Context(), claimed)
	if err != nil || first.Skip {
		t.Fatalf("%+v (%v)", first, err)
	}
	again, err := app.Draw(t.Context(), claimed)
	if err != nil || again.Skip || again.Post.Text != first.Post.Text {
		t.Errorf("drawn again after a crash: %+v (%v)", again, err)
	}
	other := claimed
	other.ID += ":another"
	if second, err := app.Draw(t.Context(), other); err != nil || !second.Skip {
		t.Errorf("another message about the same: %+v (%v)", second, err)
	}
	if first.Channel != "C0PAYMENTS" || first.Thread != "" {
		t.Errorf("without a source and a card it goes to %q %q", first.Channel, first.Thread)
	}
	events, err := w.store.History(t.Context(), idea.Key, 0)
	if err != nil || len(events) != 3 || events[0].What != pipeline.CameBack {
		t.Errorf("its history is %+v (%v)", events, err)
	}
	later := w.parked(t, "Telex", pipeline.LowImpact, pipeline.Revisit{AskedBy: 3})
	claimed.ID, claimed.Subject = "back:"+storage.ParkingID(later), later.Key.String()
	if d, err := app.Draw(t.Context(), claimed); err != nil || !d.Skip {
		t.Errorf("what has not tripped: %+v (%v)", d, err)
	}
}

// It is told where the idea came from; where that channel takes nothing, at its
// card.
func TestComingBackIsToldWhereTheIdeaCameFrom(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, alice := w.Person("bob").In("general"), w.Person("alice").In("payments")
	bob.Types("Could somebody fax this?")
	bob.UsesShortcutOn("fax this", "Capture as idea")
	bob.SeesModal("Capture an idea")
	bob.Chooses("Team", "Payments (PAY)")
	bob.Submits()
	bob.Sees("captured this as PAY-1")
	alice.Types("/antibacklog park 1")
	alice.SeesModal("Park PAY-1")
	parks(alice, "Nobody faxes")
	alice.SeesNoModal()
	bob.Sees("parked PAY-1")
	idea := w.stored(t, pays1)
	parking := *idea.Parking
	parking.Revisit.Day = time.Now().AddDate(0, 0, -1).Format(time.DateOnly)
	idea.Parking = &parking
	idea, err := w.store.ChangeIdea(t.Context(), "its day", idea, storage.Slot{}, pipeline.Event{At: time.Now(), By: alice.ID(), What: pipeline.WasEdited})
	if err != nil {
		t.Fatal(err)
	}
	app := &commands.App{Store: w.store, Lookup: func(_ context.Context, user string) (pipeline.Person, error) {
		return pipeline.Person{ID: user, Name: "Alice Anders"}, nil
	}}
	claimed := storage.Claimed{Outgoing: storage.Outgoing{ID: "back:" + storage.ParkingID(idea), Kind: "idea.back", Subject: "PAY-1", Channel: "C0PAYMENTS"}}
	for code, channel := range map[string]string{"": idea.Source.Channel, "is_archived": idea.Card.Channel} {
		claimed.PriorCode = code
		if d, err := app.Draw(t.Context(), claimed); err != nil || d.Channel != channel || d.Thread == "" {
			t.Errorf("after %q it goes to %q %q (%v)", code, d.Channel, d.Thread, err)
		}
	}
}

// An idea whose day comes while it is withdrawn comes back when it is brought
// back.
func TestADayThatPassesWhileWithdrawnIsMadeUpFor(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	idea := w.parked(t, "Fax", pipeline.LowImpact, pipeline.Revisit{Day: time.Now().AddDate(0, 0, -1).Format(time.DateOnly)})
	withdrawn, err := pipeline.Withdraw(idea, bob.ID(), time.Now())
	if err == nil {
		_, err = w.store.ChangeIdea(t.Context(), "withdraw", withdrawn, storage.Slot{}, pipeline.Event{At: time.Now(), By: bob.ID(), What: pipeline.WasWithdrawn})
	}
	if err != nil {
		t.Fatal(err)
	}
	w.dueBack(t, idea)
	comesTrue(t, func() (bool, string) {
		stats, err := w.store.OutboxStats(t.Context())
		return err == nil && stats.Due+stats.Sending == 0, "the outbox is not empty"
	})
	if !w.stored(t, idea.Key).Parking.CameBack.IsZero() {
		t.Error("a withdrawn idea came back")
	}
	bob.Types("/idea show PAY-1")
	bob.SeesModal("PAY-1")
	bob.Clicks("Bring it back")
	bob.Sees("PAY-1 has come back from the Anti-Product Backlog")
}
