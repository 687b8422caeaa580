package pipeline

import (
	"fmt"
	"slices"
	"unicode"
)

// How cards of a story map change their places.

// next gives an id that no card had.
func (m *mapDeed) next() CardID {
	m.LastCard++
	return m.LastCard
}

func (m *mapDeed) activity(id CardID) (*MapActivity, error) {
	for a := range m.Activities {
		if m.Activities[a].ID == id {
			return &m.Activities[a], nil
		}
	}
	return nil, cardGone()
}

func (m *mapDeed) task(id CardID) (*MapTask, error) {
	for a := range m.Activities {
		for t := range m.Activities[a].Tasks {
			if task := &m.Activities[a].Tasks[t]; task.ID == id {
				return task, nil
			}
		}
	}
	return nil, cardGone()
}

func (m *mapDeed) story(id CardID) (*MapStory, error) {
	var found *MapStory
	m.eachStory(func(s *MapStory) {
		if s.ID == id {
			found = s
		}
	})
	if found == nil {
		return nil, cardGone()
	}
	return found, nil
}

func (m *mapDeed) eachStory(do func(*MapStory)) {
	for a := range m.Activities {
		for t := range m.Activities[a].Tasks {
			for s := range m.Activities[a].Tasks[t].Stories {
				do(&m.Activities[a].Tasks[t].Stories[s])
			}
		}
	}
}

// titleOf is where the title of a card stands, and what the card is called; nil where
// it is not on the map.
func (m *mapDeed) titleOf(id CardID) (title *string, noun string) {
	if a, err := m.activity(id); err == nil {
		return &a.Title, "activity"
	}
	if t, err := m.task(id); err == nil {
		return &t.Title, "task"
	}
	if s, err := m.story(id); err == nil {
		return &s.Title, "story"
	}
	if _, at, is := m.Slice(id); is {
		return &m.Slices[at].Name, "slice"
	}
	return nil, ""
}

// sliceOrNone is the slice where the map has it, else 0.
func (m *mapDeed) sliceOrNone(id CardID) CardID {
	if _, _, is := m.Slice(id); is {
		return id
	}
	return 0
}

// roomFor refuses what would be more than the limit.
func roomFor(has, more, limit int, things, of, next string) error {
	if has+more <= limit {
		return nil
	}
	return &Problem{
		Code: "story-map-full",
		What: fmt.Sprintf("%s has at most %d %s, and this would make %d.", withInitial(of, unicode.ToUpper), limit, things, has+more),
		Safe: "Nothing was changed.",
		Next: next,
	}
}

func (m *mapDeed) roomForTasks(a MapActivity, more int) error {
	return roomFor(len(a.Tasks), more, MapTaskLimit, "tasks", "an activity", "Split the activity in two, or put two tasks together.")
}

func (m *mapDeed) roomForStories(t MapTask, more int) error {
	if err := roomFor(len(t.Stories), more, TaskStoriesLimit, "stories", "a task", "Split the task in two."); err != nil {
		return err
	}
	return roomFor(len(m.Stories()), more, MapStoryLimit, "stories", "a map", "Remove what is released, or make another map for what comes much later.")
}

// shift moves a card by one place among its own: activities and slices in the map,
// tasks in their activity, stories in their task among those of the same slice.
func (m *mapDeed) shift(id CardID, by int) (string, error) {
	words := map[int]string{-1: "up", +1: "down"}[by]
	moved := func(noun, title string, changed bool) (string, error) {
		if !changed {
			return "", nil
		}
		return "moved the " + noun + " " + titleInQuotes(title) + " " + words, nil
	}
	if s, at, is := m.Slice(id); is {
		return moved("slice", s.Name, swap(m.Slices, at, at+by))
	}
	if a, at, is := m.Activity(id); is {
		return moved("activity", a.Title, swap(m.Activities, at, at+by))
	}
	if t, a, is := m.Task(id); is {
		at := slices.IndexFunc(a.Tasks, func(other MapTask) bool { return other.ID == id })
		return moved("task", t.Title, swap(a.Tasks, at, at+by))
	}
	s, t, is := m.Story(id)
	if !is {
		return "", cardGone()
	}
	at := slices.IndexFunc(t.Stories, func(other MapStory) bool { return other.ID == id })
	to := at + by
	for to >= 0 && to < len(t.Stories) && t.Stories[to].Slice != s.Slice {
		to += by
	}
	return moved("story", s.Title, swap(t.Stories, at, to))
}

// CanShift tells whether a card has a place above it, by -1, or below it, by 1, to move to.
func (m StoryMap) CanShift(id CardID, by int) bool {
	trial := mapDeed{StoryMap: m.Clone()}
	did, err := trial.shift(id, by)
	return err == nil && did != ""
}

// swap changes the places of two things; false where one is no place.
func swap[T any](all []T, a, b int) bool {
	if b < 0 || b >= len(all) {
		return false
	}
	all[a], all[b] = all[b], all[a]
	return true
}

// move puts a task under another activity, or a story under another task, as the last
// one there.
func (m *mapDeed) move(c MapChange) (string, error) {
	if t, from, is := m.Task(c.Card); is {
		to, err := m.activity(c.To)
		if err != nil || from.ID == to.ID {
			return "", err
		}
		if err := m.roomForTasks(*to, 1); err != nil {
			return "", err
		}
		old, _ := m.activity(from.ID)
		old.Tasks = slices.DeleteFunc(old.Tasks, func(other MapTask) bool { return other.ID == t.ID })
		to.Tasks = append(to.Tasks, t)
		return "moved the task " + titleInQuotes(t.Title) + " to " + titleInQuotes(to.Title), nil
	}
	s, from, is := m.Story(c.Card)
	if !is {
		return "", cardGone()
	}
	to, err := m.task(c.To)
	if err != nil || from.ID == to.ID {
		return "", err
	}
	if err := roomFor(len(to.Stories), 1, TaskStoriesLimit, "stories", "a task", "Split the task in two."); err != nil {
		return "", err
	}
	m.takeStory(s.ID)
	to.Stories = append(to.Stories, s)
	return "moved the story " + titleInQuotes(s.Title) + " to " + titleInQuotes(to.Title), nil
}

// takeStory takes a story from its task.
func (m *mapDeed) takeStory(id CardID) {
	for a := range m.Activities {
		for t := range m.Activities[a].Tasks {
			task := &m.Activities[a].Tasks[t]
			task.Stories = slices.DeleteFunc(task.Stories, func(s MapStory) bool { return s.ID == id })
		}
	}
}

// moveToSlice puts a story into a slice. One that leaves the first slice leaves the
// walking skeleton with it.
func (m *mapDeed) moveToSlice(c MapChange) (string, error) {
	s, err := m.story(c.Card)
	if err != nil {
		return "", err
	}
	slice, at, is := m.Slice(c.To)
	switch {
	case c.To != 0 && !is:
		return "", cardGone()
	case s.Slice == c.To:
		return "", nil
	}
	s.Slice = c.To
	left := s.Skeleton && (c.To == 0 || at > 0)
	words := "took the story " + titleInQuotes(s.Title) + " out of its slice"
	if is {
		words = "moved the story " + titleInQuotes(s.Title) + " to the slice " + titleInQuotes(slice.Name)
	}
	if left {
		s.Skeleton = false
		words += ", out of the walking skeleton"
	}
	return words, nil
}

// split makes two of a card. The first keeps its id, what it is linked to, its mark,
// and all below it that does not go with the second, which comes right behind it.
func (m *mapDeed) split(c MapChange) (string, error) {
	first, err := cardTitle(c.Title, FieldTitle)
	if err != nil {
		return "", err
	}
	second, err := cardTitle(c.Second, FieldSecond)
	if err != nil {
		return "", err
	}
	title, noun := m.titleOf(c.Card)
	if title == nil || noun == "slice" {
		return "", cardGone()
	}
	before := *title
	if before != c.Seen && before != first {
		return "", renamed(before)
	}
	if at := slices.IndexFunc(m.Activities, func(a MapActivity) bool { return a.ID == c.Card }); at >= 0 {
		if err := roomFor(len(m.Activities), 1, MapActivityLimit, "activities", "a map", "Make another map for what else people do."); err != nil {
			return "", err
		}
		stays, goes := parted(m.Activities[at].Tasks, func(t MapTask) bool { return slices.Contains(c.With, t.ID) })
		m.Activities[at].Title, m.Activities[at].Tasks = first, stays
		m.Activities = slices.Insert(m.Activities, at+1, MapActivity{ID: m.next(), Title: second, Tasks: goes})
	} else if t, a, is := m.Task(c.Card); is {
		if err := m.roomForTasks(a, 1); err != nil {
			return "", err
		}
		under, _ := m.activity(a.ID)
		at := slices.IndexFunc(under.Tasks, func(other MapTask) bool { return other.ID == t.ID })
		stays, goes := parted(t.Stories, func(s MapStory) bool { return slices.Contains(c.With, s.ID) })
		under.Tasks[at].Title, under.Tasks[at].Stories = first, stays
		under.Tasks = slices.Insert(under.Tasks, at+1, MapTask{ID: m.next(), Title: second, Stories: goes})
	} else {
		s, t, _ := m.Story(c.Card)
		if err := m.roomForStories(t, 1); err != nil {
			return "", err
		}
		under, _ := m.task(t.ID)
		at := slices.IndexFunc(under.Stories, func(other MapStory) bool { return other.ID == s.ID })
		under.Stories[at].Title = first
		under.Stories = slices.Insert(under.Stories, at+1, MapStory{ID: m.next(), Title: second, Slice: s.Slice})
	}
	return "split the " + noun + " " + titleInQuotes(before) + " into " + titleInQuotes(first) + " and " + titleInQuotes(second), nil
}

// parted gives those that stay and those that go, each in their order.
func parted[T any](all []T, goes func(T) bool) (stay, gone []T) {
	for _, one := range all {
		if goes(one) {
			gone = append(gone, one)
		} else {
			stay = append(stay, one)
		}
	}
	return stay, gone
}
