package commands_test

import (
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim/simtest"
)

// inMonths is a day to come as a form takes it, and in words.
func inMonths(n int) (day, words string) {
	date := time.Now().AddDate(0, n, 0)
	return date.Format(time.DateOnly), date.Format("2 Jan 2006")
}

// parks fills the form that parks an idea and sends it off.
func parks(p *simtest.Person, why string) {
	p.Chooses("Decision", "Not now: it may be right later")
	p.Chooses("Kind of reason", "Too costly")
	p.Fills("Why", why)
	p.Submits()
}

// withParked captures PAY-1 as Bob and parks it as Alice.
func (w *workplace) withParked(t *testing.T, why string) *workplace {
	t.Helper()
	w.withIdea(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/antibacklog park 1")
	alice.SeesModal("Park PAY-1")
	parks(alice, why)
	alice.SeesNoModal()
	alice.Sees("PAY-1 is parked, not now: too costly. " + why)
	return w
}

func TestAProductOwnerParksAnIdea(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")
	w.prepared(t, "Export invoices", pipeline.Discovery)
	bob.Sees("PAY-1  Export invoices")
	bob.Types("/validate PAY-1")
	bob.SeesModal("Validate PAY-1")
	bob.ClosesModal()
	bob.Clicks("Park…") // on the card, which all see
	bob.Sees("What becomes of an idea is decided by the team's product owners")

	alice.Types("/validate PAY-1")
	alice.SeesModal("Validate PAY-1")
	alice.Clicks("Park…")
	day, words := inMonths(4)
	alice.SeesModal("Park PAY-1").Has("Why", "").Has("Look at it again on", inDays(pipeline.RevisitDays))
	alice.Chooses("Decision", "Not now: it may be right later")
	alice.Chooses("Kind of reason", "Too costly")
	alice.Fills("Why", "The printer driver costs more than it brings")
	alice.Fills("Look at it again on", day)
	alice.Fills("Or when so many people ask for it again", "5")
	alice.Submits()
	alice.SeesModal("Validate PAY-1").Says("Parked from discovery, not now: too costly. It would have served PAY-O1.")
	alice.ClosesModal()

	until := "It is looked at again on " + words + ", or when 5 different people ask for it again."
	carol.Sees("Alice Anders parked PAY-1, not now: too costly. The printer driver costs more than it brings. " + until)
	carol.Sees("Parked, not now: too costly", "The printer driver costs more than it brings", "looked at again on "+words)
	got := w.stored(t, pays1)
	if got.Stage != pipeline.Parked || got.Parking == nil || got.Parking.Revisit != (pipeline.Revisit{Day: day, AskedBy: 5}) || got.Parking.From != pipeline.Discovery {
		t.Errorf("it is %s, parked as %+v", got.Stage, got.Parking)
	}

	carol.Clicks("Reopen…")
	carol.Sees("What becomes of an idea is decided by the team's product owners")
	alice.Clicks("Reopen…")
	alice.SeesModal("Reopen")
	alice.Submits()
	alice.SeesFieldError("Why", "")
	alice.Fills("Why", "The driver is free by now")
	alice.Submits()
	alice.Sees("PAY-1 is in discovery now")
	carol.Sees("Alice Anders reopened PAY-1: The driver is free by now.", "in discovery · for “")
}

func TestTheSourceThreadHearsWhyAnIdeaWasParked(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("general")
	bob.Types("Could invoices be exported?")
	bob.UsesShortcutOn("Could invoices be exported?", "Capture as idea")
	bob.SeesModal("Capture an idea")
	bob.Chooses("Team", "Payments (PAY)")
	bob.Submits()
	bob.Sees("captured this as PAY-1")
	alice.Types("/antibacklog park PAY-1")
	alice.SeesModal("Park PAY-1")
	parks(alice, "Nobody pays for it")
	alice.SeesNoModal()
	bob.Sees("Alice Anders parked PAY-1, not now: too costly. Nobody pays for it. It is looked at again on")
}

func TestParkingBadInputIsAnsweredBesideTheInput(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	alice.Types("/antibacklog park")
	alice.Sees("Which idea? Put its key behind the command")
	alice.Types("/antibacklog park PAY-7")
	alice.Sees("There is no PAY-7 that you can see")
	bob.Types("/antibacklog park PAY-1")
	bob.Sees("What becomes of an idea is decided by the team's product owners")

	alice.Types("/antibacklog park PAY-1")
	alice.SeesModal("Park PAY-1")
	alice.Chooses("Decision", "Superseded: another idea takes its place")
	alice.Chooses("Kind of reason", "Duplicate")
	alice.Fills("Why", "\u200b")
	alice.Fills("Look at it again on", "2020-01-01")
	alice.Fills("Or when so many people ask for it again", "0")
	alice.Submits()
	alice.SeesFieldError("Why", "Say in a line why")
	alice.SeesFieldError("Superseded by", "Name the idea that takes its place.")
	alice.SeesFieldError("Look at it again on", "Choose a day to come")
	alice.SeesFieldError("Or when so many people ask for it again", "A whole number of people from 2 to 50, or nothing.")

	day, _ := inMonths(1)
	alice.Fills("Why", "The same as another")
	alice.Fills("Look at it again on", day)
	alice.Fills("Or when so many people ask for it again", "two")
	alice.Submits()
	alice.SeesFieldError("Or when so many people ask for it again", "A whole number of people from 2 to 50, or nothing.")
	if got := w.stored(t, pays1); got.Stage != pipeline.Captured {
		t.Errorf("it is %s", got.Stage)
	}
}

func TestWhatWasTypedAboutParkingIsKept(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/antibacklog park 1")
	alice.SeesModal("Park PAY-1")
	alice.ClosesModal() // as it was opened: nothing to keep
	alice.Types("/antibacklog park 1")
	alice.SeesModal("Park PAY-1")
	alice.DoesNotSee("This is what you typed")
	alice.Chooses("Kind of reason", "Low impact")
	alice.Fills("Why", "Three customers")
	alice.ClosesModal()
	alice.Types("/antibacklog park 1")
	alice.SeesModal("Park PAY-1").Says("This is what you typed").Has("Why", "Three customers")
	alice.Clicks("Start afresh")
	alice.SeesModal("Park PAY-1").Has("Why", "")
	alice.Clicks("More…")
	alice.SeesModal("Park PAY-1").Says("Look at it again when this idea is delivered")
	parks(alice, "Too few customers")
	alice.SeesNoModal()
	alice.Sees("PAY-1 is parked, not now: too costly. Too few customers.")

	alice.Types("/antibacklog park PAY-1")
	alice.Sees("PAY-1 is parked already, not now: too costly. Too few customers.", "Nothing was changed.")
	alice.ClicksIn("parked already", "Park again…")
	alice.SeesModal("Park again PAY-1").Has("Why", "Too few customers")
	alice.Fills("Why", "Still too few")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Alice Anders parked PAY-1 again, not now: too costly. Still too few.")
	if got := w.stored(t, pays1).Parking; got == nil || got.Why != "Still too few" || got.From != pipeline.Captured {
		t.Errorf("it is parked as %+v", got)
	}
}

func TestTwoParkAtOnceAndOneIsToldSo(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	team.Owners = append(team.Owners, w.Person("carol").ID())
	if _, err := w.store.ChangeTeam(t.Context(), "owners", team); err != nil {
		t.Fatal(err)
	}
	alice, carol := w.Person("alice").In("payments"), w.Person("carol").In("payments")
	for _, p := range []*simtest.Person{alice, carol} {
		p.Types("/antibacklog park 1")
		p.SeesModal("Park PAY-1")
	}
	parks(alice, "First")
	alice.SeesNoModal()
	parks(carol, "Second")
	carol.SeesFieldError("Why", "PAY-1 is parked already, parked by Alice Anders just now.")
	carol.SeesFieldError("Why", "park it again with a new date")
	if got := w.stored(t, pays1).Parking; got == nil || got.Why != "First" {
		t.Errorf("it is parked as %+v", got)
	}
	events, err := w.store.History(t.Context(), pays1, 0)
	if err != nil || len(events) != 2 {
		t.Errorf("its history is %+v (%v)", events, err)
	}
}
