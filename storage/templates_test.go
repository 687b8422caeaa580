package storage

import (
	"errors"
	"fmt"
	"testing"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

func TestTemplates(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		want := canvas()
		got := must(s.SaveTemplate(t.Context(), "op1", "PAY", want))(t)
		want.Version = 1
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("saved (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]pipeline.Template{want}, must(s.Templates(t.Context(), "PAY"))(t)); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
		if again := must(s.SaveTemplate(t.Context(), "op1", "PAY", canvas()))(t); again.Version != 1 {
			t.Errorf("the same operation again made version %d", again.Version)
		}
		run := begun(t, s, capture(t, s, "op2", "Export").Key, "op3")

		want.Name = "Our canvas"
		want = must(s.SaveTemplate(t.Context(), "op4", "PAY", want))(t)
		if want.Version != 2 {
			t.Errorf("version %d, want 2", want.Version)
		}
		if got := must(s.Run(t.Context(), run.Idea, 1))(t); got.Template.Name != "Canvas" {
			t.Errorf("a run that began before is of %q", got.Template.Name)
		}
		for _, version := range []int64{0, 1} {
			old := canvas()
			old.Version = version
			_, err := s.SaveTemplate(t.Context(), fmt.Sprint("op5", version), "PAY", old)
			var conflict *TemplateConflictError
			if !errors.As(err, &conflict) || cmp.Diff(want, conflict.Current) != "" {
				t.Errorf("saved from version %d: %v", version, err)
			}
		}
		for range 2 { // once more by a redelivery
			noError(t, s.DropTemplate(t.Context(), "op6", "PAY", "canvas"))
		}
		var conflict *TemplateConflictError
		if _, err := s.SaveTemplate(t.Context(), "op7", "PAY", want); !errors.As(err, &conflict) || conflict.Current.ID != "" {
			t.Errorf("saved from one that is gone: %v", err)
		}
		must(s.SaveTemplate(t.Context(), "op8", "PAY", canvas()))(t)
		noError(t, s.DropTemplate(t.Context(), "op6", "PAY", "canvas")) // delivered late, once more
		if own := must(s.Templates(t.Context(), "PAY"))(t); len(own) != 1 {
			t.Errorf("%d templates, want 1", len(own))
		}
		if _, err := s.SaveTemplate(t.Context(), "op9", "IDP", canvas()); !errors.Is(err, ErrNotFound) {
			t.Errorf("of a team that is not there: %v", err)
		}
	})
}

func TestATeamHasRoomForSoManyTemplates(t *testing.T) {
	s := withTeam(t, open(t, "memory:"))
	template := canvas()
	for i := range pipeline.TemplateLimit {
		template.ID = pipeline.TemplateID(fmt.Sprint("canvas-", i))
		must(s.SaveTemplate(t.Context(), fmt.Sprint("op", i), "PAY", template))(t)
	}
	template.Version = 1
	must(s.SaveTemplate(t.Context(), "op-change", "PAY", template))(t)
	if _, err := s.SaveTemplate(t.Context(), "op-more", "PAY", canvas()); problemCode(err) != "templates-full" {
		t.Errorf("one more answers %v", err)
	}
}
