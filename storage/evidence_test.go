package storage

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

func TestEvidence(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		read := capture(t, s, "op1", "Export invoices")
		var want []pipeline.Evidence
		var idea pipeline.Idea
		for i := range 5 {
			e := note(fmt.Sprint("call ", i))
			e.At = start.Add(time.Duration(i) * time.Hour)
			e.Strength = pipeline.Strengths()[i%3]
			e.Against = i == 4
			if i > 2 {
				e.By = "U_BEN"
			}
			for range 2 { // once more by a redelivery
				idea = must(s.AddEvidence(t.Context(), fmt.Sprint("op-e", i), read.Key, e, Slot{}, pipeline.Event{At: e.At, By: e.By, What: pipeline.GotEvidence}))(t)
			}
			e.Number = i + 1
			want = append([]pipeline.Evidence{e}, want...)
		}
		tally := pipeline.Tally{
			For:     map[pipeline.Strength]int{pipeline.WhatPeopleDo: 2, pipeline.WhatPeopleSay: 1, pipeline.Opinion: 1},
			Against: map[pipeline.Strength]int{pipeline.WhatPeopleSay: 1},
			Authors: 2,
		}
		if diff := cmp.Diff(tally, idea.Tally); diff != "" {
			t.Errorf("tally (-want +got):\n%s", diff)
		}
		if idea.Version != 1 || !idea.Changed.Equal(start.Add(4*time.Hour)) {
			t.Errorf("version %d, changed %v", idea.Version, idea.Changed)
		}
		for _, c := range []struct {
			page int
			want EvidencePage
		}{
			{1, EvidencePage{Evidence: want[:2], Number: 1, Of: 3, Total: 5}},
			{2, EvidencePage{Evidence: want[2:4], Number: 2, Of: 3, Total: 5}},
			{7, EvidencePage{Evidence: want[4:], Number: 3, Of: 3, Total: 5}},
		} {
			if diff := cmp.Diff(c.want, must(s.Evidence(t.Context(), read.Key, c.page, 2))(t)); diff != "" {
				t.Errorf("page %d (-want +got):\n%s", c.page, diff)
			}
		}
		if diff := cmp.Diff(EvidencePage{Number: 1, Of: 1}, must(s.Evidence(t.Context(), pipeline.Key{Team: "PAY", Number: 9}, 1, 2))(t)); diff != "" {
			t.Errorf("of another idea (-want +got):\n%s", diff)
		}

		// A form that was open all the time is not in conflict, and does not
		// undo the tally.
		read.Title = "Export as PDF"
		edited := must(s.ChangeIdea(t.Context(), "op-edit", read, Slot{}, pipeline.Event{At: start, By: "U_ANA", What: pipeline.WasEdited}))(t)
		if diff := cmp.Diff(tally, edited.Tally); diff != "" {
			t.Errorf("after an edit (-want +got):\n%s", diff)
		}
	})
}

func TestEvidenceNeverConflicts(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		key := capture(t, s, "op1", "Export invoices").Key
		const people = 20
		var wg sync.WaitGroup
		for i := range people {
			wg.Go(func() {
				e := note(fmt.Sprint("call ", i))
				e.By = fmt.Sprint("U", i/2)
				if _, err := s.AddEvidence(t.Context(), fmt.Sprint("op-e", i), key, e, Slot{}, moved); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		idea := must(s.Idea(t.Context(), key))(t)
		page := must(s.Evidence(t.Context(), key, 1, 100))(t)
		if idea.Tally.Authors != people/2 || idea.Tally.For[pipeline.WhatPeopleSay] != people || page.Total != people {
			t.Errorf("%d pieces, %+v", page.Total, idea.Tally)
		}
	})
}

func TestEvidenceOfAnUnknownStrengthIsRefused(t *testing.T) {
	s := withTeam(t, open(t, "memory:"))
	key := capture(t, s, "op1", "Export invoices").Key
	e := note("x")
	e.Strength = "rumour"
	if _, err := s.AddEvidence(t.Context(), "op2", key, e, Slot{}, moved); err == nil {
		t.Error("it is stored")
	}
	if _, err := s.Evidence(t.Context(), key, 1, 0); err == nil {
		t.Error("pages without room are answered")
	}
}
