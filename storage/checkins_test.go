package storage

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

func checkIn(value float64, light pipeline.Light, minutes int) pipeline.CheckIn {
	return pipeline.CheckIn{Value: &value, Light: light, Note: "They \"call\" less", By: "U_BEN", At: start.Add(time.Duration(minutes) * time.Minute)}
}

var checkedIn = pipeline.Event{At: start, By: "U_BEN", What: pipeline.CheckedIn, About: "72 calls, at risk"}

func TestCheckIns(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTree(t, db)
		key := nodeKey("PAY-O2")
		want := calls()
		want.Key, want.Version = key, 1
		noError(t, s.SaveDraft(t.Context(), "U_BEN", Slot{Name: "checkin", Form: "V1"}, typed("72", lately)))
		var kept []pipeline.CheckIn
		store := func(op string, c pipeline.CheckIn, latest bool) {
			t.Helper()
			if latest && c.Light != want.Light {
				want.Version++
			}
			if c.At.After(want.Changed) {
				want.Changed = c.At
			}
			c.Number = len(kept) + 1
			kept = append(kept, c)
			if latest {
				want.Latest, want.Light = &c, c.Light
			}
			sent := c
			sent.Number = 0
			for range 2 { // once more by a redelivery
				o, got, err := s.CheckIn(t.Context(), op, key, sent, Slot{Name: "checkin", Form: "V1"}, checkedIn)
				noError(t, err)
				if diff := cmp.Diff(want, o) + cmp.Diff(c, got); diff != "" {
					t.Fatalf("%s (-want +got):\n%s", op, diff)
				}
			}
		}
		correcting := func(c pipeline.CheckIn, number int) pipeline.CheckIn { c.Corrects = number; return c }
		store("first", checkIn(72.1234567890123, pipeline.Yellow, 1), true) // as it was
		store("second", checkIn(70, pipeline.Green, 2), true)
		store("an older one corrected", correcting(checkIn(71, pipeline.Red, 3), 1), false)
		store("the latest corrected", correcting(checkIn(69, pipeline.Yellow, 4), 2), true)
		store("the same corrected by another", correcting(checkIn(68, pipeline.Green, 5), 2), true)
		store("what corrects it corrected", correcting(checkIn(67, pipeline.Yellow, 6), 4), true)
		wordless := pipeline.CheckIn{Light: pipeline.Yellow, By: "U_ANA", At: start.Add(7 * time.Minute)}
		store("without a number", wordless, true)

		slices.Reverse(kept)
		page := must(s.CheckIns(t.Context(), key, 2, 3))(t)
		if diff := cmp.Diff(CheckInsPage{CheckIns: kept[3:6], Number: 2, Of: 3, Total: 7}, page); diff != "" {
			t.Errorf("the second page (-want +got):\n%s", diff)
		}
		page = must(s.CheckIns(t.Context(), key, 9, 3))(t)
		if diff := cmp.Diff(CheckInsPage{CheckIns: kept[6:], Number: 3, Of: 3, Total: 7}, page); diff != "" {
			t.Errorf("the last page (-want +got):\n%s", diff)
		}
		if none := must(s.CheckIns(t.Context(), nodeKey("PAY-O1"), 1, 3))(t); cmp.Diff(CheckInsPage{Number: 1, Of: 1}, none) != "" {
			t.Errorf("none are %+v", none)
		}
		node := must(s.Node(t.Context(), key, 2, 3))(t)
		if diff := cmp.Diff(kept[:2], node.CheckIns); diff != "" || node.CheckInsTotal != 7 {
			t.Errorf("the newest of %d (-want +got):\n%s", node.CheckInsTotal, diff)
		}
		if diff := cmp.Diff([]pipeline.Event{checkedIn, checkedIn, checkedIn}, node.Events); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
		if drafts := must(s.Drafts(t.Context(), "U_BEN"))(t); len(drafts) != 0 {
			t.Errorf("drafts: %v", drafts)
		}
		// An edit made from before the light turned does not turn it back.
		stale := calls()
		stale.Key, stale.Version = key, 1
		var conflict *OutcomeConflictError
		if _, err := s.ChangeOutcome(t.Context(), "op-stale", stale, Slot{}, moved); !errors.As(err, &conflict) || cmp.Diff(want, conflict.Current) != "" {
			t.Errorf("an edit from before answers %v", err)
		}
		for _, c := range []struct {
			key      string
			corrects int
		}{{"PAY-O9", 0}, {"PAY-O2", 99}} {
			if _, _, err := s.CheckIn(t.Context(), "op-none", nodeKey(c.key), correcting(wordless, c.corrects), Slot{}, checkedIn); !errors.Is(err, ErrNotFound) {
				t.Errorf("%+v: %v", c, err)
			}
		}
		want.Closed, want.ClosedBy, want.Result, want.Changed = start.Add(time.Hour), "U_ANA", pipeline.Reached, start.Add(time.Hour)
		want = must(s.ChangeOutcome(t.Context(), "op-close", want, Slot{}, moved))(t)
		var closed *OutcomeClosedError
		if _, _, err := s.CheckIn(t.Context(), "op-closed", key, wordless, Slot{}, checkedIn); !errors.As(err, &closed) || cmp.Diff(want, closed.Current) != "" {
			t.Errorf("on a closed outcome: %v", err)
		}
	})
}

func TestManyCheckInAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTree(t, db)
		const people = 20
		var wg sync.WaitGroup
		for i := range people {
			wg.Go(func() {
				if _, _, err := s.CheckIn(t.Context(), fmt.Sprint("op", i/2), nodeKey("PAY-O2"), checkIn(float64(i/2), pipeline.Lights()[i/2%3], i/2), Slot{}, checkedIn); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		node := must(s.Node(t.Context(), nodeKey("PAY-O2"), people, 1))(t)
		if node.CheckInsTotal != people/2 || cmp.Diff(node.Outcome.Latest, &node.CheckIns[0]) != "" || node.Outcome.Light != node.CheckIns[0].Light {
			t.Errorf("of %d check-ins the latest is %+v and the last %+v", node.CheckInsTotal, node.Outcome.Latest, node.CheckIns[0])
		}
	})
}

// due are the ideas about which an entry waits, by its id.
func dueBack(t *testing.T, s *Store) []string {
	t.Helper()
	claimed, _, err := s.Claim(t.Context(), 50, lease, 0)
	noError(t, err)
	var ids []string
	for _, c := range claimed {
		ids = append(ids, c.ID)
		noError(t, s.Sent(t.Context(), c, pipeline.Message{}))
	}
	slices.Sort(ids)
	return ids
}

func TestIdeasComeBackWhenAnOutcomeTurnsRed(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTree(t, db)
		key := nodeKey("PAY-O2")
		red := pipeline.Revisit{OutcomeRed: key}
		at := start.Add(time.Minute)
		first := change(t, s, "op-p1", waitingFor(capture(t, s, "op1", "First"), red, at))
		second := change(t, s, "op-p2", waitingFor(capture(t, s, "op2", "Second"), red, at))
		other := change(t, s, "op-p3", waitingFor(capture(t, s, "op3", "Other"), pipeline.Revisit{OutcomeRed: nodeKey("PAY-O1")}, at))
		gone := change(t, s, "op-p4", waitingFor(capture(t, s, "op4", "Withdrawn"), red, at))
		gone.Withdrawn, gone.WithdrawnBy = at, "U_ANA"
		gone = change(t, s, "op-w", gone)
		if turned := must(s.TurnedRed(t.Context(), key))(t); !turned.IsZero() {
			t.Errorf("it turned red at %v", turned)
		}
		wantBack := func(what string, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, dueBack(t, s)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		turn := func(op string, light pipeline.Light, minutes int) {
			t.Helper()
			for range 2 {
				_, _, err := s.CheckIn(t.Context(), op, key, checkIn(70, light, minutes), Slot{}, checkedIn, back())
				noError(t, err)
			}
		}
		turn("yellow", pipeline.Yellow, 5)
		wantBack("still yellow")
		turn("red", pipeline.Red, 6)
		wantBack("turned red", "back:"+ParkingID(first), "back:"+ParkingID(second))
		if turned := must(s.TurnedRed(t.Context(), key))(t); !turned.Equal(start.Add(6 * time.Minute)) {
			t.Errorf("it turned red at %v", turned)
		}
		turn("red again", pipeline.Red, 7)
		wantBack("still red")
		turn("better", pipeline.Green, 8)
		wantBack("better")

		// Brought back after it turned red: that is not missed.
		gone.Withdrawn, gone.WithdrawnBy = time.Time{}, ""
		must(s.ChangeIdea(t.Context(), "op-b", gone, Slot{}, moved, back()))(t)
		wantBack("brought back", "back:"+ParkingID(gone))
		// Parked anew, what was so before does not count.
		anew := waitingFor(second, red, start.Add(time.Hour))
		anew.Version = second.Version
		must(s.ChangeIdea(t.Context(), "op-anew", anew, Slot{}, moved, back()))(t)
		wantBack("parked anew")

		// An edit turns it red as well.
		o := must(s.Node(t.Context(), nodeKey("PAY-O1"), 0, 0))(t).Outcome
		o.Light, o.Changed = pipeline.Red, start.Add(2*time.Hour)
		edit := pipeline.Event{At: o.Changed, By: "U_ANA", What: pipeline.WasEdited}
		must(s.ChangeOutcome(t.Context(), "op-edit", *o, Slot{}, edit, back()))(t)
		wantBack("edited", "back:"+ParkingID(other))

		// Closed, it cannot turn red any more: that may be all that an idea waits for.
		asked := pipeline.Revisit{OutcomeRed: key, AskedBy: 3}
		change(t, s, "op-p5", waitingFor(capture(t, s, "op5", "Asked for"), asked, start.Add(time.Hour)))
		alone := change(t, s, "op-p6", waitingFor(capture(t, s, "op6", "Alone"), red, start.Add(time.Hour)))
		o = must(s.Node(t.Context(), nodeKey("PAY-O2"), 0, 0))(t).Outcome
		o.Closed, o.Result = start.Add(3*time.Hour), pipeline.Dropped
		must(s.ChangeOutcome(t.Context(), "op-close", *o, Slot{}, moved, back()))(t)
		wantBack("closed", "back:"+ParkingID(anew), "back:"+ParkingID(alone)) // the others were told of before
		late := change(t, s, "op-p7", waitingFor(capture(t, s, "op7", "Late"), red, start.Add(4*time.Hour)), back())
		wantBack("parked after it was closed", "back:"+ParkingID(late))
	})
}
