package pipeline

import (
	"slices"
	"time"
)

// StoryMap tells what people do with a product, in the order in which they do it,
// and in which slices it is built (Jeff Patton, User Story Mapping). Its backbone are
// activities, each done by tasks; under a task stand the stories that serve it.
type StoryMap struct {
	Team TeamKey `json:"-"`
	// Number within its team, from 1; given when it is stored.
	Number int `json:"-"`
	// Version counts changes, from 1.
	Version int64  `json:"-"`
	Name    string `json:"name"`
	// For says whose way it tells, in a few words; may be empty.
	For string `json:"for,omitempty"`
	// Activities in the order of time.
	Activities []MapActivity `json:"activities,omitempty"`
	// Slices in the order in which they are released.
	Slices []MapSlice `json:"slices,omitempty"`
	// Removed are stories that were taken away and can be put back, the latest last.
	Removed []RemovedStory `json:"removed,omitempty"`
	// LastCard is the highest id that was given on it.
	LastCard  CardID    `json:"last_card,omitempty"`
	Created   time.Time `json:"created"`
	CreatedBy string    `json:"created_by"`
	Changed   time.Time `json:"changed"`
	ChangedBy string    `json:"changed_by"`
	// Closed is when it was put away; the zero time while it is in use.
	Closed   time.Time `json:"closed,omitzero"`
	ClosedBy string    `json:"closed_by,omitempty"`
}

// CardID names an activity, a task, a story or a slice within its map. No id is used
// twice; 0 names none.
type CardID int

// MapActivity is something that people do with the product.
type MapActivity struct {
	ID    CardID    `json:"id"`
	Title string    `json:"title"`
	Tasks []MapTask `json:"tasks,omitempty"`
}

// MapTask is a step of an activity.
type MapTask struct {
	ID    CardID `json:"id"`
	Title string `json:"title"`
	// Stories in their order, those of all slices together.
	Stories []MapStory `json:"stories,omitempty"`
}

// MapStory is something that is built for a task.
type MapStory struct {
	ID    CardID `json:"id"`
	Title string `json:"title"`
	// Slice it is released in; 0 while it is in none.
	Slice CardID `json:"slice,omitempty"`
	// Skeleton: it belongs to the least that works from end to end. It counts while
	// the story is in the first slice.
	Skeleton bool `json:"skeleton,omitempty"`
	// Idea that it stands for; zero for none.
	Idea Key `json:"idea,omitzero"`
}

// MapSlice is a release: a band through the map.
type MapSlice struct {
	ID   CardID `json:"id"`
	Name string `json:"name"`
	// Outcome it is for; zero while nobody said.
	Outcome OutcomeKey `json:"outcome,omitzero"`
}

// RemovedStory is a story that somebody took away.
type RemovedStory struct {
	Story MapStory `json:"story"`
	// Task it stood under, by its title, which may be gone as well.
	Task string    `json:"task"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// The limits of a story map. They keep every list of it within Slack's forms, and
// the whole of it readable.
const (
	StoryMapLimit    = 50 // open maps of a team
	MapActivityLimit = 12 // of a map
	MapTaskLimit     = 12 // of an activity
	MapStoryLimit    = 200
	TaskStoriesLimit = 40 // stories of a task
	MapSliceLimit    = 10
	MapRemovedLimit  = 100 // stories that can be put back, the latest
	CardTitleLimit   = 120 // runes
	MapNameLimit     = 80  // runes of its name, and of whom it is for
)

// IsOpen tells whether the map is in use.
func (m StoryMap) IsOpen() bool { return m.Closed.IsZero() }

// Clone gives a copy that shares nothing with the map.
func (m StoryMap) Clone() StoryMap {
	m.Slices, m.Removed = slices.Clone(m.Slices), slices.Clone(m.Removed)
	m.Activities = slices.Clone(m.Activities)
	for a := range m.Activities {
		tasks := slices.Clone(m.Activities[a].Tasks)
		for t := range tasks {
			tasks[t].Stories = slices.Clone(tasks[t].Stories)
		}
		m.Activities[a].Tasks = tasks
	}
	return m
}

// Activity gives one of its activities, and its place from 0; false where there is
// none of that id.
func (m StoryMap) Activity(id CardID) (MapActivity, int, bool) {
	at := slices.IndexFunc(m.Activities, func(a MapActivity) bool { return a.ID == id })
	if at < 0 {
		return MapActivity{}, 0, false
	}
	return m.Activities[at], at, true
}

// Task gives one of its tasks with the activity it stands under.
func (m StoryMap) Task(id CardID) (MapTask, MapActivity, bool) {
	for _, a := range m.Activities {
		for _, t := range a.Tasks {
			if t.ID == id {
				return t, a, true
			}
		}
	}
	return MapTask{}, MapActivity{}, false
}

// Story gives one of its stories with the task it stands under.
func (m StoryMap) Story(id CardID) (MapStory, MapTask, bool) {
	for _, a := range m.Activities {
		for _, t := range a.Tasks {
			for _, s := range t.Stories {
				if s.ID == id {
					return s, t, true
				}
			}
		}
	}
	return MapStory{}, MapTask{}, false
}

// Slice gives one of its slices, and its place from 0.
func (m StoryMap) Slice(id CardID) (MapSlice, int, bool) {
	at := slices.IndexFunc(m.Slices, func(s MapSlice) bool { return s.ID == id })
	if at < 0 {
		return MapSlice{}, 0, false
	}
	return m.Slices[at], at, true
}

// Stories gives all of its stories in the order of the map.
func (m StoryMap) Stories() []MapStory {
	var all []MapStory
	for _, a := range m.Activities {
		all = append(all, a.Stories()...)
	}
	return all
}

// Stories of an activity in the order of its tasks.
func (a MapActivity) Stories() []MapStory {
	var all []MapStory
	for _, t := range a.Tasks {
		all = append(all, t.Stories...)
	}
	return all
}

// In gives those of the task's stories that are in the slice, 0 for those in none.
func (t MapTask) In(slice CardID) []MapStory {
	var found []MapStory
	for _, s := range t.Stories {
		if s.Slice == slice {
			found = append(found, s)
		}
	}
	return found
}

// InSkeleton tells whether the story belongs to the walking skeleton: it is marked,
// and in the first slice.
func (m StoryMap) InSkeleton(s MapStory) bool {
	return s.Skeleton && len(m.Slices) > 0 && s.Slice == m.Slices[0].ID
}

// Ideas that its stories stand for, in the order of the map, each once.
func (m StoryMap) Ideas() []Key {
	var keys []Key
	for _, s := range m.Stories() {
		if !s.Idea.IsZero() && !slices.Contains(keys, s.Idea) {
			keys = append(keys, s.Idea)
		}
	}
	return keys
}

// Serves tells whether one of its slices is for the outcome.
func (m StoryMap) Serves(outcome OutcomeKey) bool {
	return slices.ContainsFunc(m.Slices, func(s MapSlice) bool { return s.Outcome == outcome })
}

// ShownMap is a story map with what its links say by now: what is drawn and written.
type ShownMap struct {
	Map StoryMap
	// Outcomes of its slices, as far as they are known.
	Outcomes map[OutcomeKey]SliceOutcome
	// Stages of the ideas that its stories stand for, as far as they are known.
	Stages map[Key]Stage
}

// SliceOutcome is what there is to tell of the outcome of a slice.
type SliceOutcome struct {
	Statement string
	Number    string // "120 calls, target 80"; "" while it has none
	Closed    bool
}
