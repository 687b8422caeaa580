package storage

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
)

func startedSession(t testing.TB, s *Store) pipeline.Forensic {
	t.Helper()
	f := pipeline.Forensic{
		Team: "PAY", Phase: pipeline.ForensicLists, Deadline: start.Add(time.Hour), Days: 2, To: []string{"U1", "U2", "U3", "U4"},
		Anonymous: true, Started: start, StartedBy: "U1",
	}
	return must(s.StartForensic(t.Context(), "start", f, "U1", Slot{}))(t)
}

func gives(s *Store, t testing.TB, op, user string, ways []string, picks ...int) (ForensicState, error) {
	return s.Give(t.Context(), ForensicGiving{Op: op, Team: "PAY", Number: 1, User: user, Check: func(ForensicState) (*pipeline.ForensicList, []int, error) {
		if ways == nil {
			return nil, picks, nil
		}
		return &pipeline.ForensicList{Ways: ways}, nil, nil
	}})
}

func TestASessionFromTheListsToThePicks(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, ctx := withTeam(t, db), t.Context()
		f := startedSession(t, s)
		equal(t, startedSession(t, s), f)
		if waits := must(s.ForensicsFor(ctx, "U3", 5))(t); len(waits) != 1 || waits[0].List != nil {
			t.Errorf("of U3 waits %+v", waits)
		}
		for i, user := range f.To {
			must(gives(s, t, "op"+user, user, []string{fmt.Sprint("way ", i), "secret"}))(t)
		}
		state := must(gives(s, t, "again", "U2", []string{"other"}))(t)
		if len(state.Said.Lists) != 4 || state.List == nil || state.List.Ways[0] != "other" || state.Given() != 4 {
			t.Errorf("given is %+v", state)
		}
		for _, name := range must(db.client.Keys(ctx, s.tag+"*").Result())(t) {
			dump := fmt.Sprint(name, db.client.HGetAll(ctx, name).Val())
			if strings.Contains(dump, "secret\"") && strings.Contains(dump, "opU") {
				t.Errorf("%s tells who wrote what: %s", name, dump)
			}
		}

		next := f
		next.Phase, next.Groups = pipeline.ForensicRank, []pipeline.ForensicGroup{{ID: 1, Name: "g", Ways: []int{1}}}
		unseen := state
		must(gives(s, t, "late", "U2", []string{"at the last moment"}))(t)
		var conflict *ForensicConflictError
		if _, err := s.ChangeForensic(ctx, "rank", unseen, next, "", Slot{}); !errors.As(err, &conflict) {
			t.Fatalf("the phase ends without having seen all: %v", err)
		}
		f = must(s.ChangeForensic(ctx, "rank", conflict.Current, next, "", Slot{}))(t)
		if _, err := s.ChangeForensic(ctx, "other", conflict.Current, next, "", Slot{}); !errors.As(err, &conflict) {
			t.Errorf("the phase ends twice: %v", err)
		}
		if state := must(s.Forensic(ctx, "PAY", 1, "U2"))(t); state.Given() != 0 || state.List != nil {
			t.Errorf("of the lists there is left %+v", state)
		}
		must(gives(s, t, "p1", "U2", nil, 3, 1))(t)
		if state := must(gives(s, t, "p2", "U2", nil, 3, 1, 2))(t); len(state.Said.Picks) != 1 || len(state.Picks) != 3 {
			t.Errorf("picked is %+v", state)
		}
		if state := must(gives(s, t, "p3", "U2", nil))(t); len(state.Said.Picks) != 0 || state.Picks != nil {
			t.Errorf("taken back, and still %+v", state)
		}
		over := f
		over.Phase, over.Deadline = pipeline.ForensicOver, time.Time{}
		must(s.ChangeForensic(ctx, "over", must(s.Forensic(ctx, "PAY", 1, ""))(t), over, "", Slot{}))(t)
		if waits := must(s.ForensicsFor(ctx, "U3", 5))(t); len(waits) > 0 {
			t.Errorf("when it is over, of U3 waits %+v", waits)
		}
		if all := must(s.Forensics(ctx, "PAY", 5))(t); len(all) != 1 || all[0].Phase != pipeline.ForensicOver {
			t.Errorf("kept are %+v", all)
		}
	})
}

func TestWhoGivesWhileThePhaseEndsIsTold(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, ctx := withTeam(t, db), t.Context()
		f := startedSession(t, s)
		_, err := s.Give(ctx, ForensicGiving{Op: "late", Team: "PAY", Number: 1, User: "U2", Check: func(state ForensicState) (*pipeline.ForensicList, []int, error) {
			f.Phase = pipeline.ForensicMerge
			must(s.ChangeForensic(ctx, "merge", state, f, "", Slot{}))(t)
			return &pipeline.ForensicList{Ways: []string{"late"}}, nil, nil
		}})
		if !errors.Is(err, ErrClosed) {
			t.Errorf("it is kept: %v", err)
		}
	})
}

func TestManyGiveAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		startedSession(t, s)
		var all sync.WaitGroup
		for i := range 30 {
			all.Go(func() {
				user := fmt.Sprint("U", i)
				for _, op := range []string{"x", "x", "y"} {
					if _, err := gives(s, t, op+user, user, []string{user}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if state := must(s.Forensic(t.Context(), "PAY", 1, "U7"))(t); state.Given() != 30 || state.List.Ways[0] != "U7" {
			t.Errorf("%d have given", state.Given())
		}
	})
}
