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

func TestAskingAgain(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		read := capture(t, s, "op1", "Export invoices")
		read.Outcomes = nil
		parked := change(t, s, "op2", waitingFor(read, pipeline.Revisit{AskedBy: 9}, start))
		event := pipeline.Event{At: start.Add(2 * time.Hour), By: "U_BEN", What: pipeline.AskedAgain, Why: "again"}
		noError(t, s.SaveDraft(t.Context(), "U_BEN", Slot{Name: "ask", Form: "V1"}, typed("again", lately)))
		proof := note("They call us about it.")
		proof.By = "U_BEN"
		for range 2 { // once more by a redelivery
			idea, people, tripped, err := s.AskAgain(t.Context(), "op3", read.Key, asking("U_BEN"), &proof, Slot{Name: "ask", Form: "V1"}, event)
			noError(t, err)
			want := parked
			want.Changed = start.Add(2 * time.Hour)
			want.Tally = pipeline.Tally{For: map[pipeline.Strength]int{pipeline.WhatPeopleSay: 1}, Authors: 1}
			if diff := cmp.Diff(want, idea); diff != "" || people != 1 || tripped {
				t.Errorf("%d people, tripped %v, idea (-want +got):\n%s", people, tripped, diff)
			}
		}
		if drafts := must(s.Drafts(t.Context(), "U_BEN"))(t); len(drafts) != 0 {
			t.Errorf("drafts: %v", drafts)
		}
		proof.Number = 1
		if diff := cmp.Diff([]pipeline.Evidence{proof}, must(s.Evidence(t.Context(), read.Key, 1, 9))(t).Evidence); diff != "" {
			t.Errorf("evidence (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]pipeline.Event{event}, must(s.History(t.Context(), read.Key, 1))(t)); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}

		// Who asks twice is there once, with what they said last; a form that was
		// open meanwhile is not in conflict.
		later := asking("U_BEN")
		later.Note, later.At, later.Source = "still", start.Add(5*time.Hour), pipeline.Source{}
		_, people, _, err := s.AskAgain(t.Context(), "op4", read.Key, later, nil, Slot{}, event)
		noError(t, err)
		early := asking("U_EVE")
		_, _, _, err = s.AskAgain(t.Context(), "op5", read.Key, early, nil, Slot{}, event)
		noError(t, err)
		all := []AskedAgain{{Asked: later, Parking: 1}, {Asked: early, Parking: 1}}
		if diff := cmp.Diff(AskedPage{Asked: all, Number: 1, Of: 1, Total: 2}, must(s.Asked(t.Context(), read.Key, 1, 9))(t)); diff != "" || people != 1 {
			t.Errorf("%d people, who asked (-want +got):\n%s", people, diff)
		}
		if diff := cmp.Diff(AskedPage{Asked: all[1:], Number: 2, Of: 2, Total: 2}, must(s.Asked(t.Context(), read.Key, 7, 1))(t)); diff != "" {
			t.Errorf("the last page (-want +got):\n%s", diff)
		}
		if _, err := s.Asked(t.Context(), read.Key, 1, 0); err == nil {
			t.Error("pages without room are answered")
		}

		// Reopened, nobody can ask; parked anew, people are counted anew, and those
		// of before are still there.
		parked.Stage, parked.Parking = pipeline.Discovery, nil
		reopened := change(t, s, "op6", parked)
		var notParked *NotParkedError
		if _, _, _, err = s.AskAgain(t.Context(), "op7", read.Key, early, &proof, Slot{}, event); !errors.As(err, &notParked) ||
			cmp.Diff(must(s.Idea(t.Context(), read.Key))(t), notParked.Current) != "" {
			t.Errorf("asking for what is not parked answers %v", err)
		}
		change(t, s, "op8", waitingFor(reopened, pipeline.Revisit{AskedBy: 9}, start.Add(time.Hour)))
		latest := asking("U_EVE")
		latest.At = start.Add(9 * time.Hour)
		_, people, _, err = s.AskAgain(t.Context(), "op9", read.Key, latest, nil, Slot{}, event)
		noError(t, err)
		all = append([]AskedAgain{{Asked: latest, Parking: 2}}, all...)
		trips := 0
		db.Observe(func(string, time.Duration, error) { trips++ })
		loaded := must(s.Begin(t.Context(), Want{Idea: read.Key, Asked: 2}))(t)
		db.Observe(func(string, time.Duration, error) {})
		if diff := cmp.Diff(all[:2], loaded.Asked); diff != "" || people != 1 || loaded.AskedBy != 1 || trips != 1 {
			t.Errorf("%d people, begin says %d in %d round trips, the latest (-want +got):\n%s", people, loaded.AskedBy, trips, diff)
		}
		if got := must(s.Begin(t.Context(), Want{Idea: read.Key}))(t); got.Asked != nil {
			t.Errorf("not wanted, and given: %v", got.Asked)
		}
		if pieces := must(s.Evidence(t.Context(), read.Key, 1, 9))(t); pieces.Total != 1 {
			t.Errorf("%d pieces of evidence, want 1", pieces.Total)
		}
	})
}

// TestManyAskAtOnce: each person counts once, however often Slack delivers and
// whichever process is asked; one of them trips the rule, and the idea comes back
// once.
func TestManyAskAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		const people, needed = 20, 7
		key := change(t, s, "op-p", waitingFor(capture(t, s, "op1", "Export"), pipeline.Revisit{AskedBy: needed}, start)).Key
		replicas := []*Store{s, {db: db, id: s.id, tag: s.tag, search: newSearch()}}
		var wg sync.WaitGroup
		var mu sync.Mutex
		tripped := map[string]bool{}
		for person := range people {
			for i := range 4 { // two clicks, each delivered twice
				wg.Go(func() {
					op := fmt.Sprint("op", person, "-", i/2)
					_, _, trips, err := replicas[i%2].AskAgain(t.Context(), op, key, asking(fmt.Sprint("U", person)), nil, Slot{}, moved, back())
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					defer mu.Unlock()
					if trips {
						tripped[op] = true
					}
				})
			}
		}
		wg.Wait()
		page := must(s.Page(t.Context(), List{Team: "PAY", Stage: pipeline.Parked, MostAsked: true}, 1, 10))(t)
		asked := must(s.Asked(t.Context(), key, 1, 100))(t)
		if page.AskedBy[key] != people || asked.Total != people || len(tripped) != 1 {
			t.Errorf("%d people are counted and %d kept, want %d; tripped by %v", page.AskedBy[key], asked.Total, people, tripped)
		}
		wantBack(t, s, "many have asked", "PAY-1 in C_PAY")
	})
}
