package storage

import (
	"context"
	"fmt"
	"slices"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// KindStoryMap is the kind of sheet of a user story map.
const KindStoryMap = "story_map"

// The lists of a team's story maps, those that were changed last first.
const (
	storyMapsOpen   = "open"
	storyMapsClosed = "closed" // put away
)

var storyMaps = shelf[pipeline.StoryMap]{
	kind: KindStoryMap,
	name: func(m pipeline.StoryMap) SheetName { return SheetName{Owner: string(m.Team), Number: m.Number} },
	named: func(m *pipeline.StoryMap, name SheetName, version int64) {
		m.Team, m.Number, m.Version = pipeline.TeamKey(name.Owner), name.Number, version
	},
	version: func(m pipeline.StoryMap) int64 { return m.Version },
	places: func(m pipeline.StoryMap) []Place {
		list := storyMapsOpen
		if !m.IsOpen() {
			list = storyMapsClosed
		}
		return []Place{{Owner: string(m.Team), List: list, Score: m.Changed.UnixMilli()}}
	},
}

// StoryMapConflictError says that the map was changed since it was read. Nothing was
// written.
type StoryMapConflictError struct {
	// Current is what it is now; the zero value when it is not stored.
	Current pipeline.StoryMap
}

func (e *StoryMapConflictError) Error() string {
	return fmt.Sprintf("story map %s:%d was changed meanwhile and is at version %d", e.Current.Team, e.Current.Number, e.Current.Version)
}

// AddStoryMap stores a new map, which gets its number. The draft of who created it is
// dropped. Without the team the error is ErrNotFound.
func (s *Store) AddStoryMap(ctx context.Context, op string, m pipeline.StoryMap, draft Slot) (pipeline.StoryMap, error) {
	return storyMaps.write(ctx, s, sheetWrite[pipeline.StoryMap]{Op: op, Sheet: m, By: m.CreatedBy, Draft: draft})
}

// ChangeStoryMap stores what a rule made of a map, in place of the version it was read
// at; else the error is a *StoryMapConflictError. The event becomes the newest line of
// its history, and the draft of whoever did it is dropped.
func (s *Store) ChangeStoryMap(ctx context.Context, op string, m pipeline.StoryMap, draft Slot, event pipeline.Event) (pipeline.StoryMap, error) {
	lines := []SheetEvent{{Key: storyMapKey(m.Team, m.Number), Event: event}}
	stored, err := storyMaps.write(ctx, s, sheetWrite[pipeline.StoryMap]{Op: op, Sheet: m, By: event.By, Draft: draft, Events: lines})
	if current, conflicts := conflictOf[pipeline.StoryMap](err); conflicts {
		return pipeline.StoryMap{}, &StoryMapConflictError{Current: current.Sheet}
	}
	return stored, err
}

// storyMapKey is under what its history is kept.
func storyMapKey(team pipeline.TeamKey, number int) string {
	return fmt.Sprintf("%s-M%d", team, number)
}

// StoryMap gives one map of the team, or ErrNotFound.
func (s *Store) StoryMap(ctx context.Context, team pipeline.TeamKey, number int) (pipeline.StoryMap, error) {
	state, err := storyMaps.get(ctx, s, SheetName{Owner: string(team), Number: number})
	return state.Sheet, err
}

// StoryMapHistory gives a page of what was done to a map, from 1, the newest first, and
// how much there is in all.
func (s *Store) StoryMapHistory(ctx context.Context, team pipeline.TeamKey, number, page, size int) ([]pipeline.Event, int, error) {
	if err := s.enter(ctx); err != nil {
		return nil, 0, err
	}
	var texts []string
	total := 0
	err := s.db.do(ctx, "story map history", func(ctx context.Context) error {
		key, last := s.tag+"history:"+storyMapKey(team, number), int64(-1-(page-1)*size)
		pipe := s.db.client.Pipeline()
		lines, count := pipe.LRange(ctx, key, last-int64(size)+1, last), pipe.LLen(ctx, key)
		_, err := pipe.Exec(ctx)
		texts, total = lines.Val(), int(count.Val())
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	events, err := eventsOf(texts)
	if err != nil {
		return nil, 0, fmt.Errorf("storage: history of story map %s:%d: %w", team, number, err)
	}
	return events, total, nil
}

// StagesOf gives the stages of those of the ideas that are stored, in one round trip.
func (s *Store) StagesOf(ctx context.Context, keys []pipeline.Key) (map[pipeline.Key]pipeline.Stage, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	stages := map[pipeline.Key]pipeline.Stage{}
	err := s.db.do(ctx, "stages", func(ctx context.Context) error {
		pipe := s.db.client.Pipeline()
		replies := make([]*redis.SliceCmd, len(keys))
		for i, key := range keys {
			replies[i] = pipe.HMGet(ctx, s.tag+"idea:"+key.String(), "stage")
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return err
		}
		for i, reply := range replies {
			if stage, is := reply.Val()[0].(string); is {
				stages[keys[i]] = pipeline.Stage(stage)
			}
		}
		return nil
	})
	return stages, err
}

// WantStoryMaps wants a page of the team's maps, from 1, those that are put away where
// closed says so.
func WantStoryMaps(closed bool, page, size int) SheetWant {
	list := storyMapsOpen
	if closed {
		list = storyMapsClosed
	}
	return SheetWant{Kind: KindStoryMap, List: list, Offset: (page - 1) * size, Most: size}
}

// WantStoryMap wants one of them.
func WantStoryMap(number int) SheetWant { return SheetWant{Kind: KindStoryMap, Number: number} }

// StoryMaps gives those of a want, by its place among Want.Sheets, and how many its
// list has.
func (l Loaded) StoryMaps(want int) (found []pipeline.StoryMap, total int, err error) {
	page, err := storyMaps.in(l, want)
	return slices.Clip(sheetsOf(page)), page.Total, err
}
