package commands_test

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

const (
	whatToTalk   = "What is there to talk about?"
	whatItIsOf   = "What is it about?"
	knowBefore   = "What do you want the team to know before?"
	weeksBetween = "Weeks from one to the next"
)

// alignSession is an alignment session of PAY as it is stored.
func (w *workplace) alignSession(t *testing.T, number int) storage.SessionState {
	t.Helper()
	state, err := w.store.Session(t.Context(), "PAY", number)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// plansSession plans the first session of PAY in two weeks, by the form.
func plansSession(p *simtest.Person) {
	p.Types("/align session")
	p.Sees("No alignment session is planned.")
	p.Clicks("Plan sessions…")
	p.SeesModal("Plan sessions").Has(weeksBetween, "4")
	p.Fills("Day", inDays(14))
	p.Submits()
	p.SeesNoModal()
	p.Sees("The next alignment session is", "Its agenda is sent to the channel")
}

// sessionAt stores a session of PAY that begins then, with the entries that wait for
// it. Its agenda was to be sent at once.
func (w *workplace) sessionAt(t *testing.T, begins time.Time, change ...func(*pipeline.Session)) pipeline.Session {
	t.Helper()
	now := time.Now()
	s := pipeline.Session{
		Team: "PAY", Number: 1, Stage: pipeline.SessionPlanned, Weeks: 4, Hour: pipeline.SessionHour, Ahead: 3,
		Planned: begins.Format(time.DateOnly), Day: begins.Format(time.DateOnly), Begins: begins, AgendaAt: now, PlannedBy: "U0ALICE",
	}
	for _, c := range change {
		c(&s)
	}
	s, err := w.store.PlanSession(t.Context(), "plan", s, "U0ALICE", storage.Slot{}, w.waits("session.ahead", s.AgendaAt, 1), w.waits("session.start", s.Begins, 1))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// waits is the entry of a session that waits for that moment.
func (w *workplace) waits(kind string, at time.Time, number int) storage.Outgoing {
	moment, name := strconv.FormatInt(at.UnixMilli(), 10), "PAY:"+strconv.Itoa(number)
	return storage.Outgoing{
		ID: kind + ":" + name + ":" + moment, Kind: kind, Subject: "PAY", Due: at, Args: map[string]string{"sheet": name, "at": moment},
	}
}

// posted counts the messages that were posted with the words.
func (w *workplace) posted(words string) int {
	return len(w.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Method == "chat.postMessage" && e.Error == "" && strings.Contains(string(e.Payload), words)
	}))
}

func TestASessionFromThePlanToWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")
	plansSession(bob)
	carol.Types("/align session")
	carol.SeesModal("Alignment session").Says("Nothing asks for a decision at the moment.")
	carol.Clicks("Add a point")
	carol.SeesModal("Add a point")
	carol.Fills(whatToTalk, "Who decides about exports? <!channel>")
	carol.Fills(whatItIsOf, "99")
	carol.Submits()
	carol.SeesFieldError(whatItIsOf, "There is no PAY-99.")
	carol.Fills(whatItIsOf, "pay 1")
	carol.Submits()
	carol.SeesModal("Alignment session").Says("1. PAY-1").Says("Who decides about exports? <!channel>")
	carol.ClosesModal()

	bob.Types("/align session")
	bob.SeesModal("Alignment session").Says("Who decides about exports? <!channel>")
	bob.DoesNotSee("Take it back")
	bob.Clicks("Say something before")
	bob.SeesModal("Say it before")
	bob.Fills(knowBefore, "Dora does")
	bob.Submits()
	bob.SeesModal("Alignment session").Says("Dora does")
	bob.Clicks("Add a point")
	bob.Fills(whatToTalk, "Holidays")
	bob.Submits()
	bob.SeesModal("Alignment session").Says("2. Holidays")
	bob.Clicks("Start it now")
	bob.SeesModal("Alignment session").Says("at point 1 of 2")
	bob.ClosesModal()

	alice.Sees("The alignment session begins: 2 points.", "1. PAY-1", "added by Carol Costa", "Bob Brandt said before: Dora does")
	alice.ClicksIn("Bob Brandt said before", "Note…")
	alice.SeesModal("What came of it")
	alice.Fills("In a line", "Dora, from Monday on")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Noted: Dora, from Monday on (Alice Anders)")
	// What is decided in between is decided where it always is.
	alice.Types("/antibacklog park PAY-1")
	alice.SeesModal("Park PAY-1")
	parks(alice, "Nobody has time")
	alice.SeesNoModal()
	carol.ClicksIn("Bob Brandt said before", "Next point")
	alice.Sees("2. Holidays", "Decided: Alice Anders")
	alice.ClicksIn("2. Holidays", "Back")
	comesTrue(t, func() (bool, string) {
		s := w.alignSession(t, 1).Session
		return s.Current() == 1 && len(s.Steps) == 3, fmt.Sprint("it is at ", s.Steps)
	})
	comesTrue(t, func() (bool, string) { return len(w.alignSession(t, 1).Steps) == 3, "the third step is not posted" })
	bob.Types("/align session")
	bob.SeesModal("Alignment session").Says("at point 1 of 2")
	bob.Clicks("End the session")
	bob.SeesModal("Alignment session")
	bob.ClosesModal()
	alice.Sees("The alignment session has ended:", "something came of 1 of 2 points, with 1 decision.", "The next session opens with what became of it.")

	// The next one follows by the rhythm, and opens with what became of this one.
	comesTrue(t, func() (bool, string) {
		states, err := w.store.NewestSessions(t.Context(), "PAY", 1)
		return err == nil && states[0].Session.Number == 2, fmt.Sprintf("no session follows (%v)", err)
	})
	first, next := w.alignSession(t, 1).Session, w.alignSession(t, 2).Session
	if next.Begins.Sub(first.Begins) < 26*24*time.Hour || first.EndedBy != "U0BOB" || len(first.Points[0].Decisions) != 1 {
		t.Errorf("%+v follows %+v", next, first)
	}
	carol.Types("/align session")
	carol.SeesModal("Alignment session").Says("What became of the session of").Says("PAY-1")
}

func TestASessionFormSaysWhatIsWrongBesideTheInput(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/align session")
	alice.Clicks("Plan sessions…")
	alice.SeesModal("Plan sessions")
	alice.Fills("Day", inDays(-3))
	alice.Fills(weeksBetween, "0")
	alice.Submits()
	alice.SeesFieldError("Day", "That day is over.")
	alice.SeesFieldError(weeksBetween, "from 1 to 26")
	alice.Fills("Day", inDays(14))
	alice.Fills(weeksBetween, "400")
	alice.Submits()
	alice.SeesFieldError(weeksBetween, "from 1 to 26")
	// Closed, what was typed is still there.
	alice.ClosesModal()
	alice.Types("/align session")
	alice.Clicks("Plan sessions…")
	alice.SeesModal("Plan sessions").Has(weeksBetween, "400").Says("It is not saved yet.")
	alice.Fills(weeksBetween, "2")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("The next alignment session is")
	if s := w.alignSession(t, 1).Session; s.Weeks != 2 || s.Stage != pipeline.SessionPlanned {
		t.Errorf("it is stored as %+v", s)
	}
}

func TestASessionIsMovedSkippedAndStopped(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	plansSession(alice)
	before := w.alignSession(t, 1).Session
	alice.Types("/align session")
	alice.SeesModal("Alignment session")
	alice.Clicks("Move or change…")
	alice.SeesModal("The next session").Has(weeksBetween, "4")
	alice.Fills("Day", inDays(21))
	alice.Submits()
	alice.SeesModal("Alignment session").Says("By the rhythm it would be on")
	if s := w.alignSession(t, 1).Session; s.Planned != before.Planned || !s.Begins.After(before.Begins) {
		t.Errorf("moved it is %+v", s)
	}
	alice.Clicks("Skip this one")
	alice.SeesModal("Alignment session").Says("skipped")
	alice.ClosesModal()
	comesTrue(t, func() (bool, string) {
		states, err := w.store.NewestSessions(t.Context(), "PAY", 1)
		return err == nil && states[0].Session.Number == 2, "no session follows"
	})
	alice.Types("/align session")
	alice.SeesModal("Alignment session")
	alice.Clicks("Stop the sessions")
	alice.SeesModal("Alignment session").Says("no more are planned")
	alice.ClosesModal()
	alice.Types("/align session")
	alice.Sees("No alignment session is planned.")
}

func TestASessionOnADayThatBecameAHolidayMoves(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.sessionAt(t, time.Now().Add(time.Hour))
	s := w.alignSession(t, 1).Session
	free := pipeline.TeamHolidays{Team: "PAY", Days: pipeline.Holidays{{First: s.Day, Last: s.Day}}, At: time.Now()}
	if _, err := w.store.ChangeHolidays(t.Context(), "free", free, storage.Slot{}); err != nil {
		t.Fatal(err)
	}
	day := s.Day
	s.Begins = time.Now()
	if _, err := w.store.ChangeSession(t.Context(), "now", s, "", storage.Slot{}, w.waits("session.start", s.Begins, 1)); err != nil {
		t.Fatal(err)
	}
	comesTrue(t, func() (bool, string) {
		s := w.alignSession(t, 1).Session
		return s.Day > day && s.Stage == pipeline.SessionPlanned, fmt.Sprintf("it is %s on %s", s.Stage, s.Day)
	})
}

func TestAnAgendaIsSentOnceAndASessionBeginsOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	s := w.sessionAt(t, time.Now().Add(time.Hour))
	bob.Sees("Nothing asks for a decision at the moment.", "Skip this one")
	bob.Clicks("Add a point")
	bob.SeesModal("Add a point")
	bob.Fills(whatToTalk, "Exports")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("What it is going to talk about, as it stands now.", "1. Exports", "Added by Bob Brandt")

	// Its time comes, and it is told of it several times.
	s = w.alignSession(t, 1).Session
	s.Begins = time.Now()
	s, err := w.store.ChangeSession(t.Context(), "now", s, "", storage.Slot{}, w.waits("session.start", s.Begins, 1))
	if err != nil {
		t.Fatal(err)
	}
	bob.Sees("The alignment session begins: 1 point.", "End the session")
	again := w.waits("session.start", s.Begins, 1)
	again.ID += ":again"
	ahead := w.waits("session.ahead", s.AgendaAt, 1)
	ahead.ID += ":again"
	old := w.waits("session.start", s.Begins.Add(-time.Minute), 1)
	if err := w.store.Enqueue(t.Context(), again, ahead, old); err != nil {
		t.Fatal(err)
	}
	comesTrue(t, func() (bool, string) {
		stats, err := w.store.OutboxStats(t.Context())
		return err == nil && stats.OldestDue == 0 && stats.Sending == 0, "entries are left"
	})
	if n := w.posted("The alignment session begins"); n != 1 {
		t.Errorf("it begins %d times", n)
	}
	if state := w.alignSession(t, 1); len(state.Session.Steps) != 1 || state.Session.Stage != pipeline.SessionRunning {
		t.Errorf("it is %+v", state.Session)
	}

	// Nobody ends it: it does by itself.
	end := w.waits("session.end", time.Now(), 1)
	if err := w.store.Enqueue(t.Context(), end); err != nil {
		t.Fatal(err)
	}
	bob.Sees("Nobody ended it, so it did by itself after a day.")
}

func TestASessionForWhichNothingWasRunningIsMoved(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.sessionAt(t, time.Now().Add(-9*time.Hour), func(s *pipeline.Session) { s.AgendaAt = s.Begins })
	comesTrue(t, func() (bool, string) {
		s := w.alignSession(t, 1).Session
		return s.Begins.After(time.Now()) && s.Stage == pipeline.SessionPlanned, fmt.Sprintf("it is %s on %s", s.Stage, s.Day)
	})
	w.Person("alice").In("payments").Sees("Alignment session:")
}

func TestTwoPressNextAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	s := w.sessionAt(t, time.Now().Add(time.Hour))
	for n := 1; n <= 3; n++ {
		point := pipeline.OwnPoint{By: "U0BOB", Slot: n, Words: fmt.Sprint("Point ", n), At: time.Now()}
		if _, err := w.store.Bring(t.Context(), storage.Bringing{Op: fmt.Sprint("p", n), Session: s, Point: &point, By: "U0BOB"}); err != nil {
			t.Fatal(err)
		}
	}
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	alice.Types("/align session")
	alice.SeesModal("Alignment session")
	alice.Clicks("Start it now")
	alice.SeesModal("Alignment session").Says("at point 1 of 3")
	alice.ClosesModal()
	alice.Sees("Next point")
	bob.Sees("Next point")
	var both sync.WaitGroup
	for _, p := range []*simtest.Person{alice, bob} {
		both.Go(func() { p.ClicksIn("1. Point 1", "Next point") })
	}
	both.Wait()
	alice.Sees("2. Point 2")
	if s := w.alignSession(t, 1).Session; s.Current() != 2 {
		t.Errorf("they went to point %d by %v", s.Current(), s.Steps)
	}
}

func TestWhoBringsPoints(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{Guests: true}).withTeam(t)
	s := w.sessionAt(t, time.Now().Add(time.Hour))
	gina := w.Person("gina").In("payments")
	gina.Sees("Nothing asks for a decision at the moment.")
	gina.Clicks("Add a point")
	gina.SeesModal("Add a point")
	gina.Fills(whatToTalk, "Guests, too")
	gina.Submits()
	gina.SeesNoModal()
	gina.Sees("1. Guests, too")
	gina.ClicksIn("1. Guests, too", "Skip this one")
	gina.Sees("Ask a full member to do this for you.")
	for n := 2; n <= pipeline.OwnPointsEach; n++ {
		gina.Clicks("Add a point")
		gina.SeesModal("Add a point")
		gina.Fills(whatToTalk, fmt.Sprint("Number ", n))
		gina.Submits()
		gina.SeesNoModal()
		gina.Sees(fmt.Sprint("Number ", n))
	}
	gina.Clicks("Add a point")
	gina.SeesModal("Add a point")
	gina.Fills(whatToTalk, "One more")
	gina.Submits()
	gina.SeesFieldError(whatToTalk, "Each person can add 3 points to one session, and you have.")
	gina.ClosesModal()
	if state := w.alignSession(t, s.Number); len(state.Said.Points) != pipeline.OwnPointsEach {
		t.Errorf("%d points are kept", len(state.Said.Points))
	}
}
