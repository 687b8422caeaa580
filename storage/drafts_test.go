package storage

import (
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

func typed(title string, at time.Time) Draft {
	d := Draft{Saved: at}
	if title != "" {
		d.Typed = map[pipeline.Field]string{pipeline.FieldTitle: title}
	}
	return d
}

func draftTitles(t testing.TB, s *Store) map[string]string {
	t.Helper()
	titles := map[string]string{}
	for name, draft := range must(s.Drafts(t.Context(), "U_ANA"))(t) {
		titles[name] = draft.Typed[pipeline.FieldTitle]
	}
	return titles
}

func TestDrafts(t *testing.T) {
	form := Slot{Name: "idea", Form: "V1"}
	for _, c := range []struct {
		name string
		does func(t *testing.T, s *Store, now time.Time)
		want map[string]string
	}{
		{"the last one saved is kept", func(t *testing.T, s *Store, now time.Time) {
			noError(t, s.SaveDraft(t.Context(), "U_ANA", form, typed("first", now)))
			noError(t, s.SaveDraft(t.Context(), "U_ANA", form, typed("second", now.Add(time.Second))))
		}, map[string]string{"idea": "second"}},
		{"two reports of one form in the wrong order", func(t *testing.T, s *Store, now time.Time) {
			noError(t, s.SaveDraft(t.Context(), "U_ANA", form, typed("second", now.Add(time.Second))))
			noError(t, s.SaveDraft(t.Context(), "U_ANA", form, typed("first", now)))
		}, map[string]string{"idea": "second"}},
		{"a form that was emptied", func(t *testing.T, s *Store, now time.Time) {
			noError(t, s.SaveDraft(t.Context(), "U_ANA", form, typed("", now.Add(time.Second))))
			noError(t, s.SaveDraft(t.Context(), "U_ANA", form, typed("first", now)))
		}, map[string]string{}},
		{"typed again after it was emptied", func(t *testing.T, s *Store, now time.Time) {
			noError(t, s.SaveDraft(t.Context(), "U_ANA", form, typed("", now)))
			noError(t, s.SaveDraft(t.Context(), "U_ANA", form, typed("again", now.Add(time.Second))))
		}, map[string]string{"idea": "again"}},
		{"a late report of a form that was dropped", func(t *testing.T, s *Store, now time.Time) {
			noError(t, s.SaveDraft(t.Context(), "U_ANA", form, typed("first", now)))
			noError(t, s.DropDraft(t.Context(), "U_ANA", form))
			noError(t, s.SaveDraft(t.Context(), "U_ANA", form, typed("late", now.Add(time.Hour))))
		}, map[string]string{}},
		{"the next opening of a form that was dropped", func(t *testing.T, s *Store, now time.Time) {
			noError(t, s.DropDraft(t.Context(), "U_ANA", form))
			noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "idea", Form: "V2"}, typed("next", now)))
		}, map[string]string{"idea": "next"}},
		{"a late report of the form an idea was captured with", func(t *testing.T, s *Store, now time.Time) {
			noError(t, s.SaveDraft(t.Context(), "U_ANA", form, typed("captured", now)))
			noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "edit.PAY-9"}, typed("edit", now)))
			must(s.Capture(t.Context(), "op1", idea("captured"), form))(t)
			noError(t, s.SaveDraft(t.Context(), "U_ANA", form, typed("late", now.Add(time.Hour))))
		}, map[string]string{"edit.PAY-9": "edit"}},
		{"an idea that was edited", func(t *testing.T, s *Store, now time.Time) {
			stored := capture(t, s, "op1", "before")
			slot := Slot{Name: "edit.PAY-1", Form: "V1"}
			noError(t, s.SaveDraft(t.Context(), "U_ANA", slot, typed("after", now)))
			stored.Title = "after"
			must(s.ChangeIdea(t.Context(), "op2", stored, slot, pipeline.Event{At: now, By: "U_ANA", What: pipeline.WasEdited}))(t)
		}, map[string]string{}},
		{"an edit that came too late keeps its draft", func(t *testing.T, s *Store, now time.Time) {
			stored := capture(t, s, "op1", "before")
			slot := Slot{Name: "edit.PAY-1", Form: "V1"}
			noError(t, s.SaveDraft(t.Context(), "U_ANA", slot, typed("after", now)))
			stored.Version = 7
			if _, err := s.ChangeIdea(t.Context(), "op2", stored, slot, pipeline.Event{At: now, By: "U_ANA"}); err == nil {
				t.Error("a change from another version is stored")
			}
		}, map[string]string{"edit.PAY-1": "after"}},
		{"without a time or a form", func(t *testing.T, s *Store, _ time.Time) {
			noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "idea"}, typed("now", time.Time{})))
			noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "gone"}, typed("now", time.Time{})))
			noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "gone"}, Draft{}))
		}, map[string]string{"idea": "now"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			everywhere(t, func(t *testing.T, db *DB) {
				s := withTeam(t, db)
				c.does(t, s, time.Now())
				if diff := cmp.Diff(c.want, draftTitles(t, s)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
	t.Run("a slot that could not be read back", func(t *testing.T) {
		s := withTeam(t, open(t, "memory:"))
		for _, slot := range []Slot{{}, {Name: "idea", Form: "two words"}} {
			if s.SaveDraft(t.Context(), "U_ANA", slot, typed("x", lately)) == nil || s.DropDraft(t.Context(), "U_ANA", slot) == nil {
				t.Errorf("%q is accepted", slot)
			}
		}
	})
}

func TestADraftKeepsTheMessageItWasBegunFrom(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		slot := Slot{Name: "idea.x", Form: "f"}
		source := idea("").Source
		noError(t, s.SaveDraft(t.Context(), "U_ANA", slot, Draft{Source: source, Saved: time.Now()}))
		if drafts := must(s.Drafts(t.Context(), "U_ANA"))(t); len(drafts) != 0 {
			t.Errorf("nothing is typed, and yet there is %+v", drafts)
		}
		loaded := must(s.Begin(t.Context(), Want{User: "U_ANA", Draft: slot.Name}))(t)
		if loaded.Draft == nil || loaded.Draft.Source != source {
			t.Errorf("the message is %+v", loaded.Draft)
		}
		typed := Draft{Typed: map[pipeline.Field]string{pipeline.FieldTitle: "In my own words"}, Source: source, Saved: time.Now()}
		noError(t, s.SaveDraft(t.Context(), "U_ANA", slot, typed))
		noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: slot.Name}, Draft{Source: source, Saved: time.Now()}))
		if d := must(s.Drafts(t.Context(), "U_ANA"))(t)[slot.Name]; d.Typed[pipeline.FieldTitle] != "In my own words" {
			t.Errorf("the same event again left %+v", d)
		}
	})
}
