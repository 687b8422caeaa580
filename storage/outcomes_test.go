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

func TestOutcomes(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		var want []pipeline.Outcome
		for i := range outcomesShown + 2 {
			o := outcome(fmt.Sprintf("Outcome \"%d\"", i))
			got := must(s.AddOutcome(t.Context(), fmt.Sprint("op", i), o, Slot{}, wasAdded))(t)
			o.Key.Number, o.Version = i+1, 1
			if diff := cmp.Diff(o, got); diff != "" {
				t.Fatalf("added (-want +got):\n%s", diff)
			}
			want = append([]pipeline.Outcome{o}, want...)
		}
		if again := must(s.AddOutcome(t.Context(), "op7", outcome("delivered again"), Slot{}, wasAdded))(t); again.Key.Number != 8 {
			t.Errorf("the same operation again added %s", again.Key)
		}
		if diff := cmp.Diff(want, must(s.Outcomes(t.Context(), "PAY"))(t)); diff != "" {
			t.Errorf("all, the newest first (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want[:outcomesShown], must(s.Begin(t.Context(), Want{Team: "PAY", Outcomes: true}))(t).Outcomes); diff != "" {
			t.Errorf("of an interaction, the newest (-want +got):\n%s", diff)
		}
		keys := []pipeline.OutcomeKey{{Team: "PAY", Number: 3}, {Team: "PAY", Number: 999}, {Team: "IDP", Number: 1}, {Team: "PAY", Number: 1}}
		if diff := cmp.Diff([]pipeline.Outcome{want[len(want)-3], want[len(want)-1]}, must(s.OutcomesByKey(t.Context(), keys))(t)); diff != "" {
			t.Errorf("by key (-want +got):\n%s", diff)
		}
	})
}

func TestAnOutcomeIsAddedAndLinkedInOne(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		read := capture(t, s, "op1", "Export invoices")
		must(s.AddOutcome(t.Context(), "op2", outcome("First"), Slot{}, wasAdded))(t)
		linking := read
		linking.Outcomes = []pipeline.OutcomeKey{{Team: "PAY", Number: 1}, {Team: "PAY"}}
		linking.Changed = start.Add(time.Hour)
		event := pipeline.Event{At: linking.Changed, By: "U_ANA", What: pipeline.WasLinked, About: "#", Why: `"about":"#"`}
		news := Outgoing{ID: "news:#", Kind: "idea.news", Subject: "PAY-1", Channel: "C_PAY", Args: map[string]string{"about": "#", "why": "#"}}
		noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "link", Form: "V1"}, typed("Second", lately)))
		var added pipeline.Outcome
		var linked pipeline.Idea
		for range 2 { // once more by a redelivery
			var err error
			added, linked, err = s.AddAndLink(t.Context(), "op3", outcome("Second"), linking, Slot{Name: "link", Form: "V1"}, event, news)
			noError(t, err)
		}
		want := linking
		want.Outcomes = []pipeline.OutcomeKey{{Team: "PAY", Number: 1}, {Team: "PAY", Number: 2}}
		want.Version = 2
		if diff := cmp.Diff(want, linked); diff != "" || added.Key.Number != 2 {
			t.Errorf("added %s, linked (-want +got):\n%s", added.Key, diff)
		}
		event.About = "PAY-O2"
		if diff := cmp.Diff([]pipeline.Event{event}, must(s.History(t.Context(), read.Key, 1))(t)); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
		claimed, _, err := s.Claim(t.Context(), 9, lease, 0)
		noError(t, err)
		if len(claimed) != 1 || claimed[0].ID != "news:PAY-O2" || claimed[0].Args["about"] != "PAY-O2" || claimed[0].Args["why"] != "#" {
			t.Errorf("to be sent: %+v", claimed)
		}
		if drafts := must(s.Drafts(t.Context(), "U_ANA"))(t); len(drafts) != 0 {
			t.Errorf("drafts: %v", drafts)
		}
		if page := must(s.Page(t.Context(), List{Team: "PAY", Orphans: true}, 1, 10))(t); page.Total != 0 {
			t.Errorf("%d orphans", page.Total)
		}

		// From an old version nothing happens, not even half.
		_, _, err = s.AddAndLink(t.Context(), "op4", outcome("Third"), linking, Slot{}, event)
		var conflict *ConflictError
		if !errors.As(err, &conflict) || cmp.Diff(want, conflict.Current) != "" {
			t.Errorf("from an old version: %v", err)
		}
		missing := linking
		missing.Key.Number = 99
		if _, _, err = s.AddAndLink(t.Context(), "op5", outcome("Third"), missing, Slot{}, event); !errors.Is(err, ErrNotFound) {
			t.Errorf("for an idea that is not there: %v", err)
		}
		if outcomes := must(s.Outcomes(t.Context(), "PAY"))(t); len(outcomes) != 2 {
			t.Errorf("%d outcomes, want 2", len(outcomes))
		}
	})
}

func TestManyOutcomesAtOnceHaveNumbersWithoutAGap(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		const people = 20
		var wg sync.WaitGroup
		for i := range people {
			wg.Go(func() {
				if _, err := s.AddOutcome(t.Context(), fmt.Sprint("op", i/2), outcome("x"), Slot{}, wasAdded); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		outcomes := must(s.Outcomes(t.Context(), "PAY"))(t)
		if len(outcomes) != people/2 || outcomes[0].Key.Number != people/2 {
			t.Errorf("%d outcomes, the newest is %s", len(outcomes), outcomes[0].Key)
		}
	})
}
