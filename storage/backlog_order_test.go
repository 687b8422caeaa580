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

var reordered = pipeline.Event{At: lately, By: "U_BEN", What: pipeline.WasReordered}

// backlogOf captures ideas and promotes them one after the other.
func backlogOf(t testing.TB, s *Store, n int) []pipeline.Key {
	t.Helper()
	var keys []pipeline.Key
	for i := range n {
		captured := capture(t, s, fmt.Sprint("op-o", i), fmt.Sprint("Idea ", i+1))
		must(s.ChangeIdea(t.Context(), fmt.Sprint("op-p", i), promoted(captured, 1), Slot{}, moved))(t)
		keys = append(keys, captured.Key)
	}
	return keys
}

// orderOf is the Product Backlog in its order.
func orderOf(t testing.TB, s *Store) []pipeline.Key {
	t.Helper()
	var keys []pipeline.Key
	for _, idea := range must(s.Page(t.Context(), List{Team: "PAY", Stage: pipeline.Backlog}, 1, 100))(t).Ideas {
		keys = append(keys, idea.Key)
	}
	return keys
}

func reorder(t testing.TB, s *Store, op string, key pipeline.Key, to pipeline.OrderMove) (place int, moved bool) {
	t.Helper()
	place, moved, err := s.OrderBacklog(t.Context(), op, key, to, reordered)
	noError(t, err)
	return place, moved
}

func TestTheOrderOfTheProductBacklog(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		keys := backlogOf(t, s, 4)
		stands := func(when string, numbers ...int) {
			t.Helper()
			var want []pipeline.Key
			for _, n := range numbers {
				want = append(want, keys[n-1])
			}
			if diff := cmp.Diff(want, orderOf(t, s)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
		}
		stands("what came last is the last", 1, 2, 3, 4)
		for range 2 { // once more by a redelivery
			if place, moved := reorder(t, s, "op1", keys[2], pipeline.MoveUp); place != 2 || !moved {
				t.Errorf("up to %d, %v", place, moved)
			}
		}
		stands("up", 1, 3, 2, 4)
		reorder(t, s, "op2", keys[3], pipeline.ToTheTop)
		stands("to the top", 4, 1, 3, 2)
		reorder(t, s, "op3", keys[3], pipeline.MoveDown)
		stands("down", 1, 4, 3, 2)
		for op, to := range map[string]pipeline.OrderMove{"op4": pipeline.ToTheTop, "op5": pipeline.MoveUp} {
			if place, moved := reorder(t, s, op, keys[0], to); place != 1 || moved {
				t.Errorf("%s of the first: %d, %v", to, place, moved)
			}
		}
		if place, moved := reorder(t, s, "op6", keys[1], pipeline.MoveDown); place != 4 || moved {
			t.Errorf("down of the last: %d, %v", place, moved)
		}
		stands("nothing moved", 1, 4, 3, 2)
		want := reordered
		want.Changes = []pipeline.Change{{Field: pipeline.FieldRank, From: "4", To: "1"}}
		if diff := cmp.Diff(want, must(s.History(t.Context(), keys[3], 2))(t)[1]); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
		happened, _, err := s.Journal(t.Context(), "PAY", lately.AddDate(0, 0, -1))
		if moves := pipeline.Reorderings(happened); err != nil || len(moves) != 3 {
			t.Errorf("the journal: %v %v", moves, err)
		}

		// A move is no change of the idea, and a change of the idea no move.
		first := must(s.Idea(t.Context(), keys[3]))(t)
		if first.Version != 2 {
			t.Errorf("it is at version %d", first.Version)
		}
		first.Title = "Another"
		first = must(s.ChangeIdea(t.Context(), "op7", first, Slot{}, moved))(t)
		stands("after an edit", 1, 4, 3, 2)
		first.Withdrawn, first.WithdrawnBy = start, "U_ANA"
		first = must(s.ChangeIdea(t.Context(), "op8", first, Slot{}, moved))(t)
		stands("one is withdrawn", 1, 3, 2)
		if _, _, err := s.OrderBacklog(t.Context(), "op9", keys[3], pipeline.MoveUp, reordered); !errors.Is(err, ErrNotInBacklog) {
			t.Errorf("a move of what is withdrawn: %v", err)
		}
		first.Withdrawn, first.WithdrawnBy = time.Time{}, ""
		first = must(s.ChangeIdea(t.Context(), "op10", first, Slot{}, moved))(t)
		stands("it is back where it was", 1, 4, 3, 2)
		first.Stage = pipeline.Discovery
		first = must(s.ChangeIdea(t.Context(), "op11", first, Slot{}, moved))(t)
		first.Stage = pipeline.Backlog
		must(s.ChangeIdea(t.Context(), "op12", first, Slot{}, moved))(t)
		stands("who comes again comes last", 1, 3, 2, 4)
		if _, _, err := s.OrderBacklog(t.Context(), "op13", pipeline.Key{Team: "PAY", Number: 99}, pipeline.MoveUp, reordered); !errors.Is(err, ErrNotFound) {
			t.Errorf("of no idea: %v", err)
		}
		if board := must(s.Board(t.Context(), "PAY"))(t); board.Oldest[pipeline.Backlog].Key != keys[0] {
			t.Errorf("the oldest is %s, whatever the order", board.Oldest[pipeline.Backlog].Key)
		}
	})
}

// TestTheOrderIsDerived: a store of an older alignbot has none; ideas that were moved
// keep their places.
func TestTheOrderIsDerived(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		keys := backlogOf(t, s, 4)
		reorder(t, s, "op", keys[3], pipeline.ToTheTop)
		want := orderOf(t, s)
		noError(t, db.client.Del(t.Context(), s.tag+"ordered:PAY").Err())
		noError(t, db.client.Set(t.Context(), s.tag+"derived", "3", 0).Err())
		if diff := cmp.Diff(want, orderOf(t, replica(s))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestMovesAtOnceLoseNothing: whoever moves what at the same moment, each idea stands
// in the order once.
func TestMovesAtOnceLoseNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		keys := backlogOf(t, s, 6)
		var wg sync.WaitGroup
		errs := make([]error, 60)
		for i := range errs {
			wg.Go(func() {
				_, _, errs[i] = s.OrderBacklog(t.Context(), fmt.Sprint("op", i), keys[i%len(keys)], pipeline.OrderMoves()[i%3], reordered)
			})
		}
		wg.Wait()
		noError(t, errors.Join(errs...))
		got := orderOf(t, s)
		slices.SortFunc(got, func(a, b pipeline.Key) int { return a.Number - b.Number })
		if diff := cmp.Diff(keys, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
