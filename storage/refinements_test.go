package storage

import (
	"errors"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

func refinementOn(day string, keys ...pipeline.Key) pipeline.Refinement {
	return pipeline.Refinement{Team: "PAY", Day: day, People: []string{"U_ANA", "U_BEN"}, Minutes: 45, Touched: keys, Promoted: keys, By: "U_ANA", At: start}
}

func keepRefinement(t testing.TB, s *Store, op string, r pipeline.Refinement) pipeline.Refinement {
	t.Helper()
	return must(s.KeepRefinement(t.Context(), op, r, "U_ANA", Slot{Name: "refine", Form: "V1"}))(t)
}

func TestARefinementIsLoggedAndCorrected(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		key := capture(t, s, "op1", "Export").Key
		noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "refine", Form: "V1"}, typed("x", lately)))
		want := refinementOn("2026-11-19", key)
		for range 2 { // once more by a redelivery
			got := keepRefinement(t, s, "op", want)
			logged := want
			logged.Number, logged.Version = 1, 1
			if diff := cmp.Diff(logged, got); diff != "" {
				t.Fatalf("logged (-want +got):\n%s", diff)
			}
		}
		if drafts := must(s.Drafts(t.Context(), "U_ANA"))(t); len(drafts) != 0 {
			t.Errorf("drafts: %v", drafts)
		}
		keepRefinement(t, s, "op2", refinementOn("2026-11-12"))
		days := func() (days []string) {
			page, total, err := s.Refinements(t.Context(), "PAY", 1, 10)
			if err != nil || total != len(page) {
				t.Fatal(total, err)
			}
			for _, r := range page {
				days = append(days, r.Day)
			}
			return days
		}
		if diff := cmp.Diff([]string{"2026-11-19", "2026-11-12"}, days()); diff != "" {
			t.Errorf("the latest day comes first:\n%s", diff)
		}
		first := must(s.Refinement(t.Context(), "PAY", 1))(t)
		corrected := first
		corrected.Day, corrected.Dropped, corrected.Promoted = "2026-11-10", []pipeline.Key{key}, nil
		corrected.Corrected, corrected.CorrectedBy = start.Add(time.Hour), "U_BEN"
		got := keepRefinement(t, s, "op3", corrected)
		corrected.Version = 2
		if diff := cmp.Diff(corrected, got); diff != "" {
			t.Errorf("corrected (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"2026-11-12", "2026-11-10"}, days()); diff != "" {
			t.Errorf("it stands on its new day:\n%s", diff)
		}
		var conflict *RefinementConflictError
		if _, err := s.KeepRefinement(t.Context(), "op4", first, "U_BEN", Slot{}); !errors.As(err, &conflict) || conflict.Current.Version != 2 {
			t.Errorf("two corrections: %v", err)
		}
	})
}
