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

func TestCaptureStoresAllOfAnIdea(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		want := idea("Export invoices as PDF")
		want.Measure, want.Evidence = "asked less", "3 calls a week"
		got := must(s.Capture(t.Context(), "op1", want, Slot{}))(t)
		want.Key, want.Version, want.Staged = pipeline.Key{Team: "PAY", Number: 1}, 1, start
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("captured (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, must(s.Idea(t.Context(), want.Key))(t)); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
		events := must(s.History(t.Context(), want.Key, 10))(t)
		if diff := cmp.Diff([]pipeline.Event{{At: start, By: "U_ANA", What: pipeline.WasCaptured}}, events); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
	})
}

func TestTheSameOperationTwiceIsOneIdea(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		first := capture(t, s, "op1", "Export invoices")
		again := capture(t, s, "op1", "typed differently by a redelivery")
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("second answer (-first +second):\n%s", diff)
		}
		if page := must(s.Page(t.Context(), List{Team: "PAY"}, 1, 10))(t); page.Total != 1 {
			t.Errorf("%d ideas are stored, want 1", page.Total)
		}
		edit := first
		edit.Title, edit.Changed = "Export as PDF", start.Add(time.Hour)
		event := pipeline.Event{At: edit.Changed, By: "U_ANA", What: pipeline.WasEdited, Changes: pipeline.Differences(first, edit)}
		changed := must(s.ChangeIdea(t.Context(), "op2", edit, Slot{}, event))(t)
		repeated := must(s.ChangeIdea(t.Context(), "op2", edit, Slot{}, event))(t)
		if diff := cmp.Diff(changed, repeated); diff != "" || changed.Version != 2 {
			t.Errorf("version %d, second answer (-first +second):\n%s", changed.Version, diff)
		}
		events := must(s.History(t.Context(), first.Key, 0))(t)
		if len(events) != 2 || cmp.Diff(event, events[0]) != "" {
			t.Errorf("history is %+v", events)
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		replicas := []*Store{s, {db: db, id: s.id, tag: s.tag, search: newSearch()}}
		const people, each = 20, 5
		var wg sync.WaitGroup
		var mu sync.Mutex
		keys := map[pipeline.Key]int{}
		for person := range people {
			for i := range each { // the same operation from several replicas
				wg.Go(func() {
					stored, err := replicas[i%2].Capture(t.Context(), fmt.Sprint("op", person), idea(fmt.Sprint("idea ", person)), Slot{})
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					defer mu.Unlock()
					keys[stored.Key]++
				})
			}
		}
		wg.Wait()
		if len(keys) != people {
			t.Errorf("%d keys, want %d", len(keys), people)
		}
		for n := 1; n <= people; n++ {
			if keys[pipeline.Key{Team: "PAY", Number: n}] != each {
				t.Errorf("PAY-%d was answered %d times, want %d", n, keys[pipeline.Key{Team: "PAY", Number: n}], each)
			}
		}
	})
}

func TestAChangeFromAnOldVersionIsRefused(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		read := capture(t, s, "op1", "Export invoices")
		mine, theirs := read, read
		theirs.Title = "Theirs"
		theirs = must(s.ChangeIdea(t.Context(), "op2", theirs, Slot{}, pipeline.Event{At: start, By: "U_BEN", What: pipeline.WasEdited}))(t)
		mine.Title = "Mine"
		_, err := s.ChangeIdea(t.Context(), "op3", mine, Slot{}, pipeline.Event{At: start, By: "U_ANA", What: pipeline.WasEdited})
		var conflict *ConflictError
		if !errors.As(err, &conflict) {
			t.Fatalf("error is %v, want a *ConflictError", err)
		}
		if diff := cmp.Diff(theirs, conflict.Current); diff != "" {
			t.Errorf("current idea (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(theirs, must(s.Idea(t.Context(), read.Key))(t)); diff != "" {
			t.Errorf("a refused change wrote something (-want +got):\n%s", diff)
		}
	})
}

func TestUnknownFieldsOfARecordStay(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		stored := capture(t, s, "op1", "Export invoices")
		for _, key := range []string{"idea:PAY-1", "team:PAY"} {
			noError(t, db.client.HSet(t.Context(), s.tag+key, "of_a_newer_version", "kept").Err())
		}
		stored.Problem = ""
		must(s.ChangeIdea(t.Context(), "op2", stored, Slot{}, pipeline.Event{At: start, By: "U_ANA", What: pipeline.WasEdited}))(t)
		team := must(s.Team(t.Context(), "PAY"))(t)
		team.Name = "Payments and billing"
		must(s.ChangeTeam(t.Context(), "op3", team))(t)
		for _, key := range []string{"idea:PAY-1", "team:PAY"} {
			if got := db.client.HGet(t.Context(), s.tag+key, "of_a_newer_version").Val(); got != "kept" {
				t.Errorf("%s lost a field it does not know", key)
			}
		}
		if must(s.Idea(t.Context(), stored.Key))(t).Problem != "" {
			t.Error("an emptied text is still there")
		}
	})
}

func TestMissing(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := workspace(t, db)
		missing := idea("x")
		missing.Key.Number, missing.Version = 7, 1
		_, captureErr := s.Capture(t.Context(), "op1", idea("x"), Slot{})
		_, changeErr := s.ChangeIdea(t.Context(), "op2", missing, Slot{}, pipeline.Event{})
		_, ideaErr := s.Idea(t.Context(), missing.Key)
		_, teamErr := s.Team(t.Context(), "PAY")
		_, channelErr := s.TeamOfChannel(t.Context(), "C_PAY")
		_, evidenceErr := s.AddEvidence(t.Context(), "op3", missing.Key, note("x"), Slot{}, moved)
		_, beginErr := s.BeginRun(t.Context(), "op4", runOn(missing.Key), running("U_ANA", 1), moved)
		run := runOn(missing.Key)
		run.ID, run.Version = 1, 1
		_, changeRunErr := s.ChangeRun(t.Context(), "op5", "U_ANA", run, running("U_ANA", 1), Slot{}, nil)
		_, runErr := s.Run(t.Context(), missing.Key, 1)
		_, outcomeErr := s.AddOutcome(t.Context(), "op6", outcome("x"), Slot{}, wasAdded)
		_, _, _, askErr := s.AskAgain(t.Context(), "op7", missing.Key, asking("U_ANA"), nil, Slot{}, moved)
		for name, err := range map[string]error{
			"AddEvidence": evidenceErr, "BeginRun": beginErr, "ChangeRun": changeRunErr, "Run": runErr, "AddOutcome": outcomeErr, "AskAgain": askErr,
			"Capture": captureErr, "ChangeIdea": changeErr, "Idea": ideaErr, "Team": teamErr, "TeamOfChannel": channelErr,
		} {
			if !errors.Is(err, ErrNotFound) {
				t.Errorf("%s answers %v, want ErrNotFound", name, err)
			}
		}
		loaded := must(s.Begin(t.Context(), Want{Op: "op3", Idea: missing.Key, User: "U_ANA", Draft: "idea"}))(t)
		if diff := cmp.Diff(Loaded{First: true}, loaded); diff != "" {
			t.Errorf("Begin (-want +got):\n%s", diff)
		}
	})
}

func TestBegin(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		stored := capture(t, s, "op1", "Export invoices")
		draft := Draft{Typed: map[pipeline.Field]string{pipeline.FieldTitle: "Half an idea"}, Team: "PAY", Source: idea("").Source}
		noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "idea"}, draft))
		team := must(s.Team(t.Context(), "PAY"))(t)

		loaded := must(s.Begin(t.Context(), Want{Op: "op2", Channel: "C_ELSEWHERE", Idea: stored.Key, User: "U_ANA", Draft: "idea"}))(t)
		if loaded.Draft == nil || loaded.Draft.Saved.IsZero() {
			t.Fatalf("the draft is %+v", loaded.Draft)
		}
		draft.Saved = loaded.Draft.Saved
		want := Loaded{First: true, Team: &team, Idea: &stored, Draft: &draft, OwnsAnyTeam: true}
		if diff := cmp.Diff(want, loaded); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		loaded = must(s.Begin(t.Context(), Want{Op: "op2", Channel: "C_PAY", User: "U_EVE"}))(t)
		if diff := cmp.Diff(Loaded{Team: &team}, loaded); diff != "" {
			t.Errorf("begun again by somebody else (-want +got):\n%s", diff)
		}
	})
}
