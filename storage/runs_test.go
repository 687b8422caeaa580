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

func begun(t testing.TB, s *Store, idea pipeline.Key, op string) pipeline.Run {
	t.Helper()
	return must(s.BeginRun(t.Context(), op, runOn(idea), running("U_ANA", 1), moved))(t)
}

func TestARunKeepsAllOfIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		key := capture(t, s, "op1", "Export invoices").Key
		want := runOn(key)
		got := begun(t, s, key, "op2")
		want.ID, want.Version = 1, 1
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("begun (-want +got):\n%s", diff)
		}
		want.Form, want.Answers, want.Tests = "full", answers("Accountants"), []int{2, 3}
		want.Started, want.StartedBy = start.Add(time.Hour), "U_BEN"
		want.Amendments = []pipeline.Amendment{{Item: "share", From: "30 %", To: "20 %", Why: "too \"bold\"", By: "U_ANA", At: start}}
		want.Observation = &pipeline.Observation{Value: "12 %", Points: 40, Note: "after a week", By: "U_ANA", At: start}
		want.Lesson = &pipeline.Lesson{Decision: pipeline.Pivot, By: "U_ANA", At: start}
		got = must(s.ChangeRun(t.Context(), "op3", "U_ANA", want, running("U_ANA", 2), Slot{}, &moved))(t)
		want.Version = 2
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("changed (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, must(s.Run(t.Context(), key, 1))(t)); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
		summary := running("U_ANA", 2)
		summary.ID = 1
		if diff := cmp.Diff([]pipeline.RunSummary{summary}, must(s.Runs(t.Context(), key))(t)); diff != "" {
			t.Errorf("summaries (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]pipeline.Event{moved, moved}, must(s.History(t.Context(), key, 2))(t)); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}

		// What was there is taken away again; what is not known stays.
		noError(t, db.client.HSet(t.Context(), s.tag+"run:"+key.String()+":1", "of_a_newer_version", "kept").Err())
		want = runOn(key)
		want.ID, want.Version, want.Form = 1, 2, ""
		emptied := must(s.ChangeRun(t.Context(), "op4", "U_ANA", want, pipeline.RunSummary{Template: "canvas"}, Slot{}, nil))(t)
		want.Version = 3
		if diff := cmp.Diff(want, emptied); diff != "" {
			t.Errorf("emptied (-want +got):\n%s", diff)
		}
		if db.client.HGet(t.Context(), s.tag+"run:"+key.String()+":1", "of_a_newer_version").Val() != "kept" {
			t.Error("the run lost a field that is not known here")
		}
		if idea := must(s.Idea(t.Context(), key))(t); idea.Version != 1 {
			t.Errorf("runs made version %d of the idea", idea.Version)
		}
	})
}

// TestTwoPeopleAnswerAtOnce: one is stored, the other is shown what the run is
// now; nothing of either is lost silently.
func TestTwoPeopleAnswerAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		key := capture(t, s, "op1", "Export invoices").Key
		read := begun(t, s, key, "op2")
		var wg sync.WaitGroup
		results := make([]error, 8)
		for i := range results {
			wg.Go(func() {
				mine := read
				mine.Answers = answers(fmt.Sprint("person ", i))
				_, results[i] = s.ChangeRun(t.Context(), fmt.Sprint("op-answer", i), "U_ANA", mine, running("U_ANA", 1), Slot{}, nil)
			})
		}
		wg.Wait()
		stored, won := must(s.Run(t.Context(), key, 1))(t), 0
		for i, err := range results {
			var conflict *RunConflictError
			switch {
			case err == nil:
				won++
				if got := stored.Answers["users"].Value; got != fmt.Sprint("person ", i) {
					t.Errorf("person %d was told to be stored; stored is %q", i, got)
				}
			case errors.As(err, &conflict):
				if diff := cmp.Diff(stored, conflict.Current); diff != "" {
					t.Errorf("the conflict shows (-stored +shown):\n%s", diff)
				}
			default:
				t.Error(err)
			}
		}
		if won != 1 || stored.Version != 2 {
			t.Errorf("%d were stored, version %d", won, stored.Version)
		}
	})
}

func TestRunsHaveNumbersWithoutAGap(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		key := capture(t, s, "op1", "Export invoices").Key
		const people, each = 5, 3
		var wg sync.WaitGroup
		for person := range people {
			for range each { // the same operation, delivered again
				wg.Go(func() {
					if _, err := s.BeginRun(t.Context(), fmt.Sprint("op-run", person), runOn(key), running("U_ANA", 1), moved); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		runs := must(s.Runs(t.Context(), key))(t)
		for i, run := range runs {
			if run.ID != i+1 {
				t.Errorf("run %d has number %d", i+1, run.ID)
			}
		}
		if len(runs) != people {
			t.Errorf("%d runs, want %d", len(runs), people)
		}
	})
}

func TestAnIdeaHasRoomForSoManyRuns(t *testing.T) {
	s := withTeam(t, open(t, "memory:"))
	key := capture(t, s, "op1", "Export invoices").Key
	for i := range RunLimit {
		begun(t, s, key, fmt.Sprint("op-run", i))
	}
	if _, err := s.BeginRun(t.Context(), "op-more", runOn(key), running("U_ANA", 1), moved); problemCode(err) != "runs-full" {
		t.Errorf("one more answers %v", err)
	}
	if runs := must(s.Runs(t.Context(), key))(t); len(runs) != RunLimit || runs[RunLimit-1].ID != RunLimit {
		t.Errorf("%d runs", len(runs))
	}
}

// Two who begin the same checklist at once do not each get one of their own.
func TestARunIsBegunAsTheCallerSawIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		key := capture(t, s, "op1", "Export").Key
		run := runOn(key)
		run.ID = 1
		must(s.BeginRun(t.Context(), "op2", run, running("U_ANA", 1), moved))(t)
		if _, err := s.BeginRun(t.Context(), "op3", run, running("U_BEN", 1), moved); !errors.Is(err, ErrRunsChanged) {
			t.Errorf("the second run: %v", err)
		}
		if again := must(s.BeginRun(t.Context(), "op2", run, running("U_ANA", 1), moved))(t); again.ID != 1 {
			t.Errorf("the first again is run %d", again.ID)
		}
		if runs := must(s.Runs(t.Context(), key))(t); len(runs) != 1 {
			t.Errorf("%d runs are stored", len(runs))
		}
		run.ID = 2
		if second := must(s.BeginRun(t.Context(), "op3", run, running("U_BEN", 1), moved))(t); second.ID != 2 {
			t.Errorf("the second is run %d", second.ID)
		}
	})
}

func TestDueTests(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		first, second := capture(t, s, "op1", "Export").Key, capture(t, s, "op2", "Import").Key
		late := must(s.BeginRun(t.Context(), "op3", runOn(first), running("U_ANA", 9), moved))(t)
		soon := must(s.BeginRun(t.Context(), "op4", runOn(second), running("U_ANA", 1), moved))(t)
		must(s.BeginRun(t.Context(), "op5", runOn(second), running("U_BEN", 1), moved))(t)
		must(s.BeginRun(t.Context(), "op6", runOn(second), pipeline.RunSummary{Owner: "U_ANA"}, moved))(t)
		of := func(user string, n int) []string {
			t.Helper()
			var tests []string
			for _, due := range must(s.DueTests(t.Context(), user, "", n))(t) {
				tests = append(tests, fmt.Sprintf("%s %d %d h", due.Idea, due.Run.ID, int(due.Run.Deadline.Sub(start).Hours())))
			}
			return tests
		}
		check := func(what string, got []string, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		check("by deadline", of("U_ANA", 10), "PAY-2 1 1 h", "PAY-1 1 9 h")
		check("the first one", of("U_ANA", 1), "PAY-2 1 1 h")
		if of := must(s.DueTests(t.Context(), "U_ANA", "PAY", 1))(t); len(of) != 1 {
			t.Errorf("of its team are %v", of)
		}
		if of := must(s.DueTests(t.Context(), "U_ANA", "GRO", 1))(t); len(of) != 0 {
			t.Errorf("of another team are %v", of)
		}
		// The owner changes, the deadline of the other one is amended.
		must(s.ChangeRun(t.Context(), "op7", "U_ANA", soon, running("U_BEN", 2), Slot{}, nil))(t)
		late = must(s.ChangeRun(t.Context(), "op8", "U_ANA", late, running("U_ANA", 5), Slot{}, nil))(t)
		check("after changes", of("U_ANA", 10), "PAY-1 1 5 h")
		check("the new owner", of("U_BEN", 10), "PAY-2 2 1 h", "PAY-2 1 2 h")
		withdrawn := must(s.Idea(t.Context(), second))(t)
		withdrawn.Withdrawn, withdrawn.WithdrawnBy = start, "U_ANA"
		must(s.ChangeIdea(t.Context(), "op9", withdrawn, Slot{}, moved))(t)
		check("of a withdrawn idea", of("U_BEN", 10))
		done := running("U_ANA", 5)
		done.Running = false
		must(s.ChangeRun(t.Context(), "op10", "U_ANA", late, done, Slot{}, nil))(t)
		check("once observed", of("U_ANA", 10))
	})
}

// TestTheDraftOfARunIsDropped: that of whoever did it, and nobody else's.
func TestTheDraftOfARunIsDropped(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		run := begun(t, s, capture(t, s, "op1", "Export").Key, "op2")
		slot := Slot{Name: "run", Form: "V1"}
		for i, c := range []struct {
			name, user, form string
			event            *pipeline.Event
			kept             bool
		}{
			{"who did it", "U_ANA", "V1", &moved, false},
			{"who did it, from an earlier opening of the form", "U_ANA", "V0", &moved, false},
			{"who did it, without an event", "U_ANA", "V1", nil, false},
			{"somebody else", "U_EVE", "V1", nil, true},
		} {
			noError(t, s.SaveDraft(t.Context(), c.user, Slot{Name: "run", Form: c.form}, typed("half", lately)))
			run = must(s.ChangeRun(t.Context(), fmt.Sprint("op-c", i), "U_ANA", run, running("U_BEN", 1), slot, c.event))(t)
			if drafts := must(s.Drafts(t.Context(), c.user))(t); len(drafts) > 0 != c.kept {
				t.Errorf("%s: has %v", c.name, drafts)
			}
			noError(t, s.db.client.Del(t.Context(), s.tag+"drafts:"+c.user).Err())
		}
	})
}
