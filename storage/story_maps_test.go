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

// storyMapOf is a map with everything that one can have.
func storyMapOf(name string) pipeline.StoryMap {
	return pipeline.StoryMap{
		Team: "PAY", Name: name, For: "accountants, \"all\"", LastCard: 6, Created: start, CreatedBy: "U_ANA", Changed: start, ChangedBy: "U_ANA",
		Slices: []pipeline.MapSlice{{ID: 1, Name: "First", Outcome: pipeline.OutcomeKey{Team: "PAY", Number: 1}}},
		Activities: []pipeline.MapActivity{{ID: 2, Title: "Receive", Tasks: []pipeline.MapTask{{ID: 3, Title: "Open", Stories: []pipeline.MapStory{
			{ID: 4, Title: "Read a PDF", Slice: 1, Skeleton: true, Idea: pipeline.Key{Team: "PAY", Number: 1}}, {ID: 5, Title: "Read a scan"},
		}}}}},
		Removed: []pipeline.RemovedStory{{Story: pipeline.MapStory{ID: 6, Title: "Read a fax"}, Task: "Open", By: "U_BEN", At: start}},
	}
}

func mapDid(about string, at time.Time) pipeline.Event {
	return pipeline.Event{At: at, By: "U_ANA", What: pipeline.MapWasChanged, About: about}
}

func TestAStoryMapKeepsAllOfIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "map", Form: "V1"}, typed("x", lately)))
		want := storyMapOf("Paying")
		var m pipeline.StoryMap
		for range 2 { // once more by a redelivery
			m = must(s.AddStoryMap(t.Context(), "op", storyMapOf("Paying"), Slot{Name: "map", Form: "V1"}))(t)
		}
		want.Number, want.Version = 1, 1
		if diff := cmp.Diff(want, m); diff != "" {
			t.Fatalf("added (-want +got):\n%s", diff)
		}
		if drafts := must(s.Drafts(t.Context(), "U_ANA"))(t); len(drafts) != 0 {
			t.Errorf("drafts: %v", drafts)
		}
		m.Activities, m.Removed, m.For = nil, nil, ""
		m.Changed, m.Closed, m.ClosedBy = start.Add(time.Hour), start.Add(time.Hour), "U_BEN"
		for range 2 {
			got := must(s.ChangeStoryMap(t.Context(), "op2", m, Slot{}, mapDid("emptied it", m.Changed)))(t)
			after := m
			after.Version = 2
			if diff := cmp.Diff(after, got); diff != "" {
				t.Fatalf("changed (-want +got):\n%s", diff)
			}
		}
		if events, total, err := s.StoryMapHistory(t.Context(), "PAY", 1, 1, 10); err != nil || total != 1 || cmp.Diff(mapDid("emptied it", m.Changed), events[0]) != "" {
			t.Errorf("history: %+v %d %v", events, total, err)
		}
		second := must(s.AddStoryMap(t.Context(), "op3", storyMapOf("Booking"), Slot{}))(t)
		loaded := must(s.Begin(t.Context(), Want{Team: "PAY", Sheets: []SheetWant{WantStoryMaps(false, 1, 5), WantStoryMaps(true, 1, 5), WantStoryMap(1), WantStoryMap(9)}}))(t)
		for i, numbers := range [][]int{{second.Number}, {1}, {1}, nil} {
			maps, total, err := loaded.StoryMaps(i)
			if err != nil || len(maps) != len(numbers) || total != len(numbers) || len(maps) > 0 && maps[0].Number != numbers[0] {
				t.Errorf("want %d: %v %d %v", i, maps, total, err)
			}
		}
		if _, err := s.StoryMap(t.Context(), "PAY", 9); !errors.Is(err, ErrNotFound) {
			t.Errorf("one that is not there: %v", err)
		}
		if _, err := s.AddStoryMap(t.Context(), "op4", pipeline.StoryMap{Team: "WEB", Name: "x"}, Slot{}); !errors.Is(err, ErrNotFound) {
			t.Errorf("of no team: %v", err)
		}
		var conflict *StoryMapConflictError
		missing := storyMapOf("x")
		missing.Number, missing.Version = 9, 3
		if _, err := s.ChangeStoryMap(t.Context(), "op5", missing, Slot{}, mapDid("x", start)); !errors.As(err, &conflict) || conflict.Current.Version != 0 {
			t.Errorf("a change of one that is not there: %v", err)
		}
	})
}

// TestAllWhoChangeAMapAtOnceAreHeard: each does the same deed again on what the map has
// become, and no story gets lost.
func TestAllWhoChangeAMapAtOnceAreHeard(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		must(s.AddStoryMap(t.Context(), "op", storyMapOf("Paying"), Slot{}))(t)
		team := payments()
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				m, err := s.StoryMap(t.Context(), "PAY", 1)
				for err == nil {
					after, event, refused := pipeline.ChangeStoryMap(pipeline.Policy{}, pipeline.Person{ID: fmt.Sprint("U", i)}, pipeline.Where{Team: &team}, m,
						pipeline.MapChange{Do: pipeline.AddStory, Card: 3, Title: fmt.Sprint("Story ", i)}, pipeline.Nodes{}, start)
					if refused != nil {
						err = refused
						break
					}
					_, stale := s.ChangeStoryMap(t.Context(), fmt.Sprint("op", i), after, Slot{}, event)
					var conflict *StoryMapConflictError
					if !errors.As(stale, &conflict) {
						err = stale
						break
					}
					m = conflict.Current
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		m := must(s.StoryMap(t.Context(), "PAY", 1))(t)
		if events, total, err := s.StoryMapHistory(t.Context(), "PAY", 1, 1, 10); err != nil || total != 6 || len(events) != 6 || len(m.Stories()) != 8 || m.Version != 7 || m.LastCard != 12 {
			t.Errorf("%d stories, %d lines, version %d, last card %d: %v", len(m.Stories()), total, m.Version, m.LastCard, err)
		}
	})
}

func TestPagesOfAStoryMapsHistory(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		m := must(s.AddStoryMap(t.Context(), "op", storyMapOf("Paying"), Slot{}))(t)
		for i := range 5 {
			m = must(s.ChangeStoryMap(t.Context(), fmt.Sprint("op", i), m, Slot{}, mapDid(fmt.Sprint(i), start)))(t)
		}
		for page, want := range []string{1: "[4 3]", 2: "[2 1]", 3: "[0]", 4: "[]"} {
			if page == 0 {
				continue
			}
			events, total, err := s.StoryMapHistory(t.Context(), "PAY", 1, page, 2)
			said := []string{}
			for _, event := range events {
				said = append(said, event.About)
			}
			if got := fmt.Sprint(said); got != want || total != 5 || err != nil {
				t.Errorf("page %d: %s of %d, %v", page, got, total, err)
			}
		}
		if events, total, err := s.StoryMapHistory(t.Context(), "PAY", 9, 1, 2); len(events) != 0 || total != 0 || err != nil {
			t.Errorf("of a map that is not there: %v %d %v", events, total, err)
		}
	})
}

func TestStagesOfIdeas(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		key := capture(t, s, "op1", "Export").Key
		got := must(s.StagesOf(t.Context(), []pipeline.Key{key, {Team: "PAY", Number: 99}}))(t)
		if diff := cmp.Diff(map[pipeline.Key]pipeline.Stage{key: pipeline.Captured}, got); diff != "" {
			t.Error(diff)
		}
		if none := must(s.StagesOf(t.Context(), nil))(t); len(none) != 0 {
			t.Error(none)
		}
	})
}

// A backup holds a map's history, and what the board knows.
func TestABackupHoldsStoryMapsAndTheBoard(t *testing.T) {
	db := open(t, "memory:")
	s := withTeam(t, db)
	m := must(s.AddStoryMap(t.Context(), "op", storyMapOf("Paying"), Slot{}))(t)
	must(s.ChangeStoryMap(t.Context(), "op1", m, Slot{}, mapDid("added a story", start)))(t)
	notes := pipeline.HorizonNotes{Team: "PAY", Order: []pipeline.NodeKey{nodeKey("PAY-P1")}}
	must(s.ChangeHorizons(t.Context(), "op2", notes, "U_ANA", Slot{}, pipeline.NodeKey{}, pipeline.Event{}))(t)
	var kept bytes.Buffer
	noError(t, db.Backup(t.Context(), &kept, nil))
	other := open(t, "memory:")
	if _, err := other.Restore(t.Context(), &kept, RestoreOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dump(t, db), dump(t, other)); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
}
