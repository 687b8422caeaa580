package storage

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

// promoted is the idea as it enters the Product Backlog.
func promoted(idea pipeline.Idea, size int) pipeline.Idea {
	idea.Stage, idea.Size, idea.Staged, idea.Changed = pipeline.Backlog, size, start.Add(time.Hour), start.Add(time.Hour)
	return idea
}

// TestTheLastRoomIsTakenOnce: of several moves that a gate let pass for the same
// load, one happens; the others are told what the load is now.
func TestTheLastRoomIsTakenOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		must(s.ChangeIdea(t.Context(), "op-first", promoted(capture(t, s, "op-1", "First"), 3), Slot{}, moved))(t)
		seen := must(s.Board(t.Context(), "PAY"))(t).Load
		if want := (pipeline.Load{Ideas: 1, Sized: 1, Points: 3, Gated: 1}); !cmp.Equal(seen, want) {
			t.Fatalf("the load is %+v, want %+v", seen, want)
		}
		var ideas []pipeline.Idea
		for i := range 6 {
			ideas = append(ideas, capture(t, s, fmt.Sprint("op-c", i), fmt.Sprint("idea ", i)))
		}
		errs := make([]error, len(ideas))
		var wg sync.WaitGroup
		for i, idea := range ideas {
			wg.Go(func() {
				for range 2 { // once more by a redelivery
					_, errs[i] = s.MoveIdea(t.Context(), fmt.Sprint("op-m", i), promoted(idea, 5), &seen, Slot{}, moved)
				}
			})
		}
		wg.Wait()
		won := 0
		now := pipeline.Load{Ideas: 2, Sized: 2, Points: 8, Gated: 2}
		for i, err := range errs {
			var full *LoadError
			stored := must(s.Idea(t.Context(), ideas[i].Key))(t)
			switch {
			case err == nil:
				won++
			case !errors.As(err, &full) || !cmp.Equal(full.Current, now):
				t.Errorf("refused with %v", err)
			case cmp.Diff(ideas[i], stored) != "":
				t.Errorf("a refused move changed %+v", stored)
			}
		}
		board := must(s.Board(t.Context(), "PAY"))(t)
		if won != 1 || !cmp.Equal(board.Load, now) {
			t.Errorf("%d moves happened, the load is %+v", won, board.Load)
		}
	})
}

func TestBoardsAreOneRoundTrip(t *testing.T) {
	db := open(t, "memory:")
	s := withTeam(t, db)
	identity := payments()
	identity.Key, identity.Channel = "IDP", "C_IDP"
	must(s.SetUpTeam(t.Context(), "op-idp", identity))(t)
	old := capture(t, s, "op1", "Old")
	capture(t, s, "op2", "New")
	trips := 0
	db.Observe(func(string, time.Duration, error) { trips++ })
	boards := must(s.Boards(t.Context(), []pipeline.TeamKey{"IDP", "PAY"}))(t)
	if trips != 1 || boards[0].Counts[pipeline.Captured] != 0 || boards[1].Counts[pipeline.Captured] != 2 {
		t.Errorf("%d round trips, boards %+v", trips, boards)
	}
	if diff := cmp.Diff(map[pipeline.Stage]pipeline.Idea{pipeline.Captured: old}, boards[1].Oldest); diff != "" {
		t.Errorf("oldest (-want +got):\n%s", diff)
	}
	if boards := must(s.Boards(t.Context(), nil))(t); boards != nil {
		t.Errorf("of no team: %v", boards)
	}
}

// TestWhatAnOlderVersionStoredIsFiled: ideas that were stored before there were
// orphans and totals are found, whoever comes first.
func TestWhatAnOlderVersionStoredIsFiled(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		for i := range 3 {
			capture(t, s, fmt.Sprint("op", i), fmt.Sprint("idea ", i))
		}
		must(s.ChangeIdea(t.Context(), "op-m", promoted(must(s.Idea(t.Context(), pipeline.Key{Team: "PAY", Number: 2}))(t), 5), Slot{}, moved))(t)
		parked := must(s.Idea(t.Context(), pipeline.Key{Team: "PAY", Number: 3}))(t)
		parked.Stage = pipeline.Parked
		must(s.ChangeIdea(t.Context(), "op-p", parked, Slot{}, moved))(t)
		for _, key := range []string{"derived", "orphans:PAY", "totals:PAY"} {
			noError(t, db.client.Del(t.Context(), s.tag+key).Err())
		}
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				replica := newStore(db, s.id)
				page, err := replica.Page(t.Context(), List{Team: "PAY", Orphans: true}, 1, 10)
				if err != nil || page.Total != 2 || page.Ideas[0].Key.Number != 2 {
					t.Errorf("orphans are %+v, %v", page, err)
				}
				board, err := replica.Board(t.Context(), "PAY")
				if want := (pipeline.Load{Ideas: 1, Sized: 1, Points: 5, Gated: 1}); err != nil || !cmp.Equal(board.Load, want) {
					t.Errorf("load is %+v, %v", board.Load, err)
				}
			})
		}
		wg.Wait()
	})
}
