package storage

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

// sprintOn is a sprint with everything that one can have while it is open.
func sprintOn(number int, items ...pipeline.Key) pipeline.Sprint {
	first := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 14*(number-1))
	s := pipeline.Sprint{
		Team: "PAY", Number: number, First: first.Format(time.DateOnly), Last: first.AddDate(0, 0, 11).Format(time.DateOnly),
		Goal: "People \"pay\" in time", Method: "Ask\nthem", Metric: "Fewer reminders", Outcome: pipeline.OutcomeKey{Team: "PAY", Number: 1},
		InIdeas: true, Capacity: 20, Planned: 2, Shares: map[pipeline.Work]int{pipeline.Technical: 20}, Top: items,
		Started: start, StartedBy: "U_ANA",
	}
	for i, key := range items {
		s.Items = append(s.Items, pipeline.SprintItem{Key: key, Title: "An idea", Size: i, Work: pipeline.Bug, Outcomes: []pipeline.NodeKey{s.Outcome}, Added: start, AddedBy: "U_BEN"})
	}
	return s
}

func keepSprint(t testing.TB, s *Store, op string, sprint pipeline.Sprint, events ...pipeline.Happening) pipeline.Sprint {
	t.Helper()
	return must(s.KeepSprint(t.Context(), op, sprint, "U_ANA", Slot{Name: "sprint", Form: "V1"}, events))(t)
}

// finishing is the sprint closed, with that many points of one idea done.
func finishing(sprint pipeline.Sprint, points int) pipeline.Sprint {
	sprint.Closed, sprint.ClosedBy = start.Add(time.Hour), "U_BEN"
	sprint.Finished = pipeline.Finished{Ideas: 1, Sized: 1, Points: points}
	return sprint
}

func TestASprintKeepsAllOfIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		key := capture(t, s, "op1", "Export").Key
		noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "sprint", Form: "V1"}, typed("x", lately)))
		taken := pipeline.Event{At: start, By: "U_ANA", What: pipeline.WasTakenUp, About: "sprint 1"}
		want := sprintOn(1, key)
		for range 2 { // once more by a redelivery
			got := keepSprint(t, s, "op", want, pipeline.Happening{Key: key.String(), Event: taken})
			want.Version = 1
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("started (-want +got):\n%s", diff)
			}
			want.Version = 0
		}
		want.Version = 1
		if drafts := must(s.Drafts(t.Context(), "U_ANA"))(t); len(drafts) != 0 {
			t.Errorf("drafts: %v", drafts)
		}
		if events := must(s.History(t.Context(), key, 0))(t); len(events) != 2 || cmp.Diff(taken, events[0]) != "" {
			t.Errorf("history: %+v", events)
		}
		if diff := cmp.Diff(want, must(s.Sprint(t.Context(), "PAY", 1))(t)); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
		// What was there is taken away again; what is not known stays.
		noError(t, db.client.HSet(t.Context(), s.tag+"sheet:sprint:PAY:1", "of_a_newer_version", "1").Err())
		bare := pipeline.Sprint{Team: "PAY", Number: 1, Version: 1, First: want.First, Last: want.Last, Goal: "x", Started: start, StartedBy: "U_ANA"}
		got := keepSprint(t, s, "op2", bare)
		bare.Version = 2
		if diff := cmp.Diff(bare, got); diff != "" {
			t.Errorf("emptied (-want +got):\n%s", diff)
		}
		if kept := db.client.HGet(t.Context(), s.tag+"sheet:sprint:PAY:1", "of_a_newer_version").Val(); kept != "1" {
			t.Errorf("what a newer version keeps there is %q", kept)
		}
		if _, err := s.Sprint(t.Context(), "PAY", 2); !errors.Is(err, ErrNotFound) {
			t.Errorf("one that is not there: %v", err)
		}
		if _, err := s.KeepSprint(t.Context(), "op3", pipeline.Sprint{Team: "WEB", Number: 1}, "U_ANA", Slot{}, nil); !errors.Is(err, ErrNotFound) {
			t.Errorf("of no team: %v", err)
		}
	})
}

// TestTheNextSprintIsStartedOnce: of several who start it at the same moment one does,
// and the others are told which it is.
func TestTheNextSprintIsStartedOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				mine := sprintOn(1)
				mine.StartedBy = fmt.Sprint("U", i)
				for range 2 {
					_, errs[i] = s.KeepSprint(t.Context(), fmt.Sprint("op", i), mine, mine.StartedBy, Slot{}, nil)
				}
			})
		}
		wg.Wait()
		stored, won := must(s.Sprint(t.Context(), "PAY", 1))(t), 0
		for i, err := range errs {
			var conflict *SprintConflictError
			switch {
			case err == nil && stored.StartedBy == fmt.Sprint("U", i):
				won++
			case !errors.As(err, &conflict) || cmp.Diff(stored, conflict.Current) != "":
				t.Errorf("%d: %v", i, err)
			}
		}
		if won != 1 {
			t.Errorf("%d started it", won)
		}
		changed := stored
		changed.Goal = "Another"
		keepSprint(t, s, "op-change", changed)
		var conflict *SprintConflictError
		if _, err := s.KeepSprint(t.Context(), "op-late", stored, "U_ANA", Slot{}, nil); !errors.As(err, &conflict) || conflict.Current.Goal != "Another" {
			t.Errorf("a change of what was changed: %v", err)
		}
		stored.Number = 7
		if _, err := s.KeepSprint(t.Context(), "op-none", stored, "U_ANA", Slot{}, nil); !errors.As(err, &conflict) || conflict.Current.Version != 0 || conflict.Current.Number != 7 {
			t.Errorf("a change of what is not there: %v", err)
		}
	})
}

// TestTheLoadKnowsWhatTheLastSprintsFinished: the board, the dossier and a move that
// is refused for its load tell the same.
func TestTheLoadKnowsWhatTheLastSprintsFinished(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		must(s.ChangeIdea(t.Context(), "op-first", promoted(capture(t, s, "op-1", "First"), 3), Slot{}, moved))(t)
		told := func(want ...pipeline.Finished) {
			t.Helper()
			board := must(s.Board(t.Context(), "PAY"))(t).Load
			dossier := must(s.Begin(t.Context(), Want{Team: "PAY", Dossier: true}))(t).Dossier.Load
			if diff := cmp.Diff(want, board.Finished) + cmp.Diff(want, dossier.Finished); diff != "" {
				t.Errorf("%s", diff)
			}
		}
		told()
		var finished []pipeline.Finished
		for n := 1; n <= 4; n++ {
			open := keepSprint(t, s, fmt.Sprint("op-s", n), sprintOn(n))
			closed := finishing(open, 10*n)
			if n == 2 { // nothing was done in it
				closed.Finished = pipeline.Finished{}
			}
			told(finished[:min(len(finished), 3)]...)
			keepSprint(t, s, fmt.Sprint("op-c", n), closed)
			finished = append([]pipeline.Finished{closed.Finished}, finished...)
			told(finished[:min(len(finished), 3)]...)
		}
		stale := pipeline.Load{}
		var full *LoadError
		if _, err := s.MoveIdea(t.Context(), "op-m", promoted(capture(t, s, "op-2", "Second"), 5), &stale, Slot{}, moved); !errors.As(err, &full) || len(full.Current.Finished) != 3 {
			t.Errorf("the load of a refused move: %v", err)
		}
		other := payments()
		other.Key, other.Channel = "WEB", "C_WEB"
		must(s.SetUpTeam(t.Context(), "op-web", other))(t)
		if load := must(s.Board(t.Context(), "WEB"))(t).Load; load.Finished != nil {
			t.Errorf("another team: %+v", load)
		}
	})
}

func TestPagesOfSprints(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		for n := 1; n <= 5; n++ {
			keepSprint(t, s, fmt.Sprint("op", n), finishing(sprintOn(n), n))
		}
		numbers := func(sprints []pipeline.Sprint) (numbers []int) {
			for _, sprint := range sprints {
				numbers = append(numbers, sprint.Number)
			}
			return numbers
		}
		first, total, err := s.Sprints(t.Context(), "PAY", 1, 2)
		last, _, _ := s.Sprints(t.Context(), "PAY", 3, 2)
		if diff := cmp.Diff([]int{5, 4}, numbers(first)) + cmp.Diff([]int{1}, numbers(last)); err != nil || total != 5 || diff != "" {
			t.Errorf("%d, %v\n%s", total, err, diff)
		}
		loaded := must(s.Begin(t.Context(), Want{Channel: "C_PAY", Sheets: []SheetWant{WantRefinement(1), WantSprints(2)}}))(t)
		if diff := cmp.Diff([]int{5, 4}, numbers(must(loaded.Sprints(1))(t))); diff != "" {
			t.Error(diff)
		}
		if none := must(loaded.Refinements(0))(t); none != nil {
			t.Errorf("refinements: %v", none)
		}
	})
}

func TestSprintsAndTheOrderSurviveABackup(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		keys := backlogOf(t, s, 4)
		reorder(t, s, "op-top", keys[3], pipeline.ToTheTop)
		reorder(t, s, "op-down", keys[0], pipeline.MoveDown)
		closed := keepSprint(t, s, "op-c", finishing(keepSprint(t, s, "op-s", sprintOn(1, keys[0])), 13))
		logged := keepRefinement(t, s, "op-r", refinementOn("2026-11-19", keys[1]))
		want := orderOf(t, s)

		var file bytes.Buffer
		noError(t, db.Backup(t.Context(), &file, nil))
		into := open(t, "memory:")
		must(into.Restore(t.Context(), bytes.NewReader(file.Bytes()), RestoreOptions{}, nil))(t)
		restored := into.Workspace(s.id)
		if diff := cmp.Diff(closed, must(restored.Sprint(t.Context(), "PAY", 1))(t)) + cmp.Diff(logged, must(restored.Refinement(t.Context(), "PAY", 1))(t)); diff != "" {
			t.Errorf("restored (-want +got):\n%s", diff)
		}
		if load := must(restored.Board(t.Context(), "PAY"))(t).Load; len(load.Finished) != 1 || load.Finished[0].Points != 13 {
			t.Errorf("the load: %+v", load)
		}
		if diff := cmp.Diff(want, orderOf(t, restored)); diff != "" {
			t.Errorf("the order (-want +got):\n%s", diff)
		}
		reorder(t, restored, "op-again", keys[2], pipeline.ToTheTop)
		if got := orderOf(t, restored); got[0] != keys[2] {
			t.Errorf("moved after the restore: %v", got)
		}
	})
}
