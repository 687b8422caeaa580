package storage

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// aSession is one of PAY that is planned, with everything that is kept.
func aSession(number int) pipeline.Session {
	begins := start.AddDate(0, 0, 14)
	return pipeline.Session{
		Team: "PAY", Number: number, Stage: pipeline.SessionPlanned, Weeks: 4, Hour: pipeline.SessionHour, Ahead: 3,
		Planned: "2026-12-03", Day: "2026-12-04", Begins: begins, AgendaAt: begins.AddDate(0, 0, -3), PlannedBy: "U_ANA",
	}
}

func TestSessionsAreKeptWhole(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		if found := must(s.NewestSessions(ctx, "PAY", 5))(t); len(found) > 0 {
			t.Errorf("%d sessions before the first", len(found))
		}
		planned := must(s.PlanSession(ctx, "a", aSession(1), "U_ANA", Slot{}))(t)
		want := aSession(1)
		want.Version = 1
		equal(t, planned, want)

		held, _ := planned.Start([]pipeline.Point{
			{ID: "silent PAY-O1", Kind: pipeline.PointSilent, Subject: "PAY-O1", Title: "Fewer calls", Words: "no check-in for 20 days", Repairs: []pipeline.Repair{{Kind: pipeline.RepairCheckIn, Subject: "PAY-O1"}}},
			{
				ID: "test PAY-2", Kind: pipeline.PointTest, Subject: "PAY-2", Run: 3, By: "U_BEN", Left: "in discovery",
				Said: []pipeline.PointLine{{Words: "before", By: "U_BEN", At: start}}, Notes: []pipeline.PointLine{{Words: "after", By: "U_ANA", At: start}},
				Decisions: []pipeline.PointDecision{{At: start, By: "U_ANA", What: pipeline.WasParked, From: pipeline.Discovery, To: pipeline.Parked, About: "not now", Why: "x"}},
			},
		}, 4, start)
		held.Steps, held.Ended, held.EndedBy = []int{1, 2, 1}, start.Add(time.Hour), "U_BEN"
		stored := must(s.ChangeSession(ctx, "b", held, "U_ANA", Slot{}))(t)
		held.Version = 2
		equal(t, stored, held)
		equal(t, must(s.Session(ctx, "PAY", 1))(t).Session, held)
		loaded := must(s.Begin(ctx, Want{Team: "PAY", Sheets: []SheetWant{WantSessions(3), WantSession(1)}}))(t)
		equal(t, must(loaded.Sessions(0))(t)[0].Session, held)
		equal(t, must(loaded.Sessions(1))(t)[0].Session, held)

		// Somebody else was faster: with the change, or with a session of that number.
		var conflict *SessionConflictError
		if _, err := s.ChangeSession(ctx, "c", planned, "U_ANA", Slot{}); !errors.As(err, &conflict) || !cmp.Equal(conflict.Current.Session, held) {
			t.Errorf("an older version: %v", err)
		}
		if _, err := s.PlanSession(ctx, "d", aSession(1), "U_BEN", Slot{}); !errors.As(err, &conflict) || conflict.Current.Session.Version != 2 {
			t.Errorf("the same number: %v", err)
		}
		equal(t, must(s.PlanSession(ctx, "a", aSession(1), "U_ANA", Slot{}))(t).Number, 1)
		must(s.PlanSession(ctx, "e", aSession(2), "U_ANA", Slot{}))(t)
		newest := must(s.NewestSessions(ctx, "PAY", 5))(t)
		if len(newest) != 2 || newest[0].Session.Number != 2 {
			t.Errorf("%d sessions, the newest is %d", len(newest), newest[0].Session.Number)
		}
		if _, err := s.Session(ctx, "PAY", 9); !errors.Is(err, ErrNotFound) {
			t.Errorf("a session that there is not: %v", err)
		}
	})
}

func TestManyBringSomethingAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		planned := must(s.PlanSession(ctx, "a", aSession(1), "U_ANA", Slot{}))(t)
		redraw := Outgoing{ID: MessageEntry(KindSession, "PAY:1", SessionAgenda), Kind: KindSession + ".agenda", Channel: "C1", Subject: "PAY"}
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				user := fmt.Sprint("U", i)
				point := pipeline.OwnPoint{By: user, Slot: 1, Words: "Why?", Subject: "PAY-1", Title: "An idea", At: start}
				answer := pipeline.PointAnswer{Point: "silent PAY-O1", By: user, Words: "Because", At: start}
				for range 2 { // redelivered
					_, err := s.Bring(ctx, Bringing{Op: "p" + user, Session: planned, Point: &point, By: user}, redraw)
					_, again := s.Bring(ctx, Bringing{Op: "a" + user, Session: planned, Answer: &answer, By: user}, redraw)
					if err := errors.Join(err, again); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		state := must(s.Session(ctx, "PAY", 1))(t)
		if len(state.Said.Points) != 20 || len(state.Said.Answers) != 20 || state.Session.Version != 1 {
			t.Fatalf("%d points and %d answers at version %d", len(state.Said.Points), len(state.Said.Answers), state.Session.Version)
		}
		at := slices.IndexFunc(state.Said.Points, func(o pipeline.OwnPoint) bool { return o.By == "U7" })
		equal(t, state.Said.Points[at], pipeline.OwnPoint{By: "U7", Slot: 1, Words: "Why?", Subject: "PAY-1", Title: "An idea", At: start})
		at = slices.IndexFunc(state.Said.Answers, func(a pipeline.PointAnswer) bool { return a.By == "U7" })
		equal(t, state.Said.Answers[at], pipeline.PointAnswer{Point: "silent PAY-O1", By: "U7", Words: "Because", At: start})

		// All of it is one redraw of one message, which the session keeps.
		claimed, _, err := s.Claim(ctx, 10, time.Minute, 0)
		if err != nil || len(claimed) != 1 {
			t.Fatalf("%d entries: %v", len(claimed), err)
		}
		message := pipeline.Message{Channel: "C1", TS: "1700000000.000100"}
		noError(t, s.Sent(ctx, claimed[0], message))
		equal(t, must(s.Session(ctx, "PAY", 1))(t).Agenda, message)

		// Taken back, both.
		mine := pipeline.OwnPoint{By: "U7", Slot: 1}
		must(s.Bring(ctx, Bringing{Op: "x", Session: planned, Point: &mine, Remove: true, By: "U7"}))(t)
		state = must(s.Bring(ctx, Bringing{Op: "y", Session: planned, Answer: &pipeline.PointAnswer{Point: "silent PAY-O1", By: "U7"}, By: "U7"}))(t)
		if len(state.Said.Points) != 19 || len(state.Said.Answers) != 19 {
			t.Errorf("%d points and %d answers are left", len(state.Said.Points), len(state.Said.Answers))
		}
		running, _ := state.Session.Start(nil, 0, start)
		must(s.ChangeSession(ctx, "z", running, "", Slot{}))(t)
		if state, err = s.Bring(ctx, Bringing{Op: "late", Session: planned, Point: &mine, By: "U7"}); !errors.Is(err, ErrClosed) || state.Session.Stage != pipeline.SessionEnded {
			t.Errorf("after it began: %v %+v", err, state.Session)
		}
	})
}

// TestNoPointIsLostAsASessionBegins: one that was brought after it was read is not left
// out.
func TestNoPointIsLostAsASessionBegins(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		must(s.PlanSession(t.Context(), "a", aSession(1), "U_ANA", Slot{}))(t)
		read := must(s.Session(t.Context(), "PAY", 1))(t)
		point := pipeline.OwnPoint{By: "U_BEN", Slot: 1, Words: "Who decides?", At: start}
		must(s.Bring(t.Context(), Bringing{Op: "b", Session: read.Session, Point: &point, By: "U_BEN"}))(t)
		running, _ := read.Session.Start(nil, 0, start)
		var conflict *SessionConflictError
		if _, err := s.StartSession(t.Context(), "c", read, running, "U_ANA"); !errors.As(err, &conflict) || len(conflict.Current.Said.Points) != 1 {
			t.Fatalf("it began without a point: %v", err)
		}
		must(s.StartSession(t.Context(), "c", conflict.Current, running, "U_ANA"))(t)
	})
}

func TestTheStepsOfASessionKeepTheirMessages(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		must(s.PlanSession(ctx, "a", aSession(1), "U_ANA", Slot{}, Outgoing{
			ID: MessageEntry(KindSession, "PAY:1", SessionStep(3)), Kind: KindSession + ".step", Channel: "C1", Subject: "PAY",
		}, Outgoing{ID: MessageEntry(KindSession, "PAY:1", ""), Kind: KindSession, Channel: "C1", Subject: "PAY"}))(t)
		claimed, _, err := s.Claim(ctx, 10, time.Minute, 0)
		if err != nil || len(claimed) != 2 {
			t.Fatalf("%d entries: %v", len(claimed), err)
		}
		for i, c := range claimed {
			noError(t, s.Sent(ctx, c, pipeline.Message{Channel: "C1", TS: fmt.Sprint("170000000", i, ".000100")}))
		}
		state := must(s.Session(ctx, "PAY", 1))(t)
		if state.Message.IsZero() || state.Steps[3].IsZero() || state.Message == state.Steps[3] || !state.Agenda.IsZero() {
			t.Errorf("%+v", state)
		}
	})
}

func TestSummarySettings(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		equal(t, must(s.SummarySettings(ctx, "PAY"))(t), pipeline.SummarySettings{Team: "PAY"})
		wanted := pipeline.SummarySettings{Team: "PAY", On: true, Day: time.Friday, Hour: 15 * 60}
		stored := must(s.ChangeSummary(ctx, "a", wanted, "U_ANA", Slot{}))(t)
		wanted.Version = 1
		equal(t, stored, wanted)
		equal(t, must(s.ChangeSummary(ctx, "a", pipeline.SummarySettings{Team: "PAY"}, "U_ANA", Slot{}))(t), wanted)
		var conflict *SummaryConflictError
		if _, err := s.ChangeSummary(ctx, "b", pipeline.SummarySettings{Team: "PAY"}, "U_BEN", Slot{}); !errors.As(err, &conflict) || conflict.Current != wanted {
			t.Errorf("both at once: %v", err)
		}
		stored.On = false
		must(s.ChangeSummary(ctx, "c", stored, "U_ANA", Slot{}))(t)
		if now := must(s.SummarySettings(ctx, "PAY"))(t); now.On || now.Day != time.Friday {
			t.Errorf("switched off it is %+v", now)
		}
	})
}
