package pipeline

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// MapHint is something about a story map that is worth a second look. It holds
// nothing up.
type MapHint struct {
	Card  CardID // what it is about; 0 for the whole map
	Words string
}

// crowdedSlice is from how many stories on it is questioned that all are in one slice.
const crowdedSlice = 5

// Hints are what is worth a second look, in the order of the map.
func (s ShownMap) Hints() []MapHint {
	m := s.Map
	var hints []MapHint
	add := func(card CardID, format string, args ...any) {
		hints = append(hints, MapHint{Card: card, Words: fmt.Sprintf(format, args...)})
	}
	stories := m.Stories()
	in := map[CardID]int{}
	for _, story := range stories {
		in[story.Slice]++
	}
	for _, slice := range m.Slices {
		title := titleInQuotes(slice.Name)
		outcome, known := s.Outcomes[slice.Outcome]
		switch {
		case slice.Outcome.IsZero():
			add(slice.ID, "The slice %s has no outcome. What changes for somebody when it is released?", title)
		case !known:
			add(slice.ID, "The outcome of the slice %s, %s, is not there any more. Which one is it for?", title, slice.Outcome)
		case outcome.Closed:
			add(slice.ID, "The outcome of the slice %s, %s, is closed. Is the slice still worth it, and what for?", title, slice.Outcome)
		}
		if in[slice.ID] == len(stories) && len(stories) >= crowdedSlice {
			add(slice.ID, "Everything is in the slice %s. What of it could come later and the outcome still be reached?", title)
		}
	}
	switch {
	case len(m.Slices) == 0:
		add(0, "The map has no slice yet. What would be the least to release, and for which outcome?")
	case len(stories) > 0:
		for _, a := range m.Activities {
			if !slices.ContainsFunc(a.Stories(), m.InSkeleton) {
				add(a.ID, "The activity %s has no story in the walking skeleton, so people would get stuck there.", titleInQuotes(a.Title))
			}
		}
	}
	return hints
}

// Counts of a map in words: "3 activities, 7 tasks and 12 stories".
func (m StoryMap) Counts() string {
	tasks := 0
	for _, a := range m.Activities {
		tasks += len(a.Tasks)
	}
	return enumerate([]string{amount(len(m.Activities), "activity", "activities"), amount(tasks, "task", "tasks"), amount(len(m.Stories()), "story", "stories")})
}

// Bands are its slices in order, with one at the end for the stories that are in none,
// where there are such.
func (m StoryMap) Bands() []MapSlice {
	bands := slices.Clone(m.Slices)
	if slices.ContainsFunc(m.Stories(), func(s MapStory) bool { return s.Slice == 0 }) {
		bands = append(bands, MapSlice{Name: NoSlice})
	}
	return bands
}

// NoSlice names the band of the stories that are in no slice.
const NoSlice = "Not in a slice yet"

// SliceLine says what a slice is for: "PAY-O3 Fewer calls: 120 calls, target 80".
func (s ShownMap) SliceLine(slice MapSlice) string {
	o, known := s.Outcomes[slice.Outcome]
	switch {
	case slice.Outcome.IsZero():
		return "no outcome yet"
	case !known:
		return slice.Outcome.String() + ", which is not there any more"
	}
	words := slice.Outcome.String() + " " + o.Statement
	if o.Number != "" {
		words += ": " + o.Number
	}
	if o.Closed {
		words += " (closed)"
	}
	return words
}

// StoryLine is a story in one line with what it stands for: "Search by number
// (walking skeleton; PAY-12, in discovery)".
func (s ShownMap) StoryLine(story MapStory) string {
	var marks []string
	if s.Map.InSkeleton(story) {
		marks = append(marks, "walking skeleton")
	}
	if !story.Idea.IsZero() {
		words := story.Idea.String()
		if stage, known := s.Stages[story.Idea]; known {
			words += ", " + StageCalled(stage)
		}
		marks = append(marks, words)
	}
	if len(marks) == 0 {
		return story.Title
	}
	return story.Title + " (" + strings.Join(marks, "; ") + ")"
}

// MapMarkdown writes a map as Markdown: the backbone first, then each slice with its
// stories by task.
func MapMarkdown(s ShownMap) string {
	m := s.Map
	var out strings.Builder
	fmt.Fprintf(&out, "# %s\n\n", escapeMarkdown(m.Name))
	if m.For != "" {
		fmt.Fprintf(&out, "For %s.\n\n", escapeMarkdown(m.For))
	}
	for i, a := range m.Activities {
		var tasks []string
		for _, t := range a.Tasks {
			tasks = append(tasks, escapeMarkdown(t.Title))
		}
		fmt.Fprintf(&out, "%d. **%s**", i+1, escapeMarkdown(a.Title))
		if len(tasks) > 0 {
			out.WriteString(": " + strings.Join(tasks, " · "))
		}
		out.WriteByte('\n')
	}
	for _, band := range m.Bands() {
		fmt.Fprintf(&out, "\n## %s\n\n", escapeMarkdown(band.Name))
		if band.ID != 0 {
			fmt.Fprintf(&out, "Outcome: %s\n\n", escapeMarkdown(s.SliceLine(band)))
		}
		for _, a := range m.Activities {
			for _, t := range a.Tasks {
				for _, story := range t.In(band.ID) {
					fmt.Fprintf(&out, "- %s: %s\n", escapeMarkdown(t.Title), escapeMarkdown(s.StoryLine(story)))
				}
			}
		}
	}
	return out.String()
}

// mapVersion is that of the shape of MapJSON. It grows when something is renamed or
// taken away.
const mapVersion = 1

// The shape of MapJSON. Left out is what is empty.
type (
	mapJSON struct {
		Version    int            `json:"version"`
		Team       TeamKey        `json:"team"`
		Number     int            `json:"number"`
		Name       string         `json:"name"`
		For        string         `json:"for,omitempty"`
		Activities []activityJSON `json:"activities"`
		Slices     []sliceJSON    `json:"slices"`
	}
	activityJSON struct {
		Title string     `json:"title"`
		Tasks []taskJSON `json:"tasks,omitempty"`
	}
	taskJSON struct {
		Title   string      `json:"title"`
		Stories []storyJSON `json:"stories,omitempty"`
	}
	storyJSON struct {
		Title    string `json:"title"`
		Slice    string `json:"slice,omitempty"` // its name
		Skeleton bool   `json:"skeleton,omitempty"`
		Idea     string `json:"idea,omitempty"`
		Stage    Stage  `json:"stage,omitempty"`
	}
	sliceJSON struct {
		Name      string `json:"name"`
		Outcome   string `json:"outcome,omitempty"`
		Statement string `json:"statement,omitempty"`
		Number    string `json:"number,omitempty"`
	}
)

// MapJSON writes a map for other programs, as an object with "version": 1.
func MapJSON(s ShownMap) ([]byte, error) {
	m := s.Map
	shape := mapJSON{Version: mapVersion, Team: m.Team, Number: m.Number, Name: m.Name, For: m.For, Activities: []activityJSON{}, Slices: []sliceJSON{}}
	for _, slice := range m.Slices {
		one := sliceJSON{Name: slice.Name, Statement: s.Outcomes[slice.Outcome].Statement, Number: s.Outcomes[slice.Outcome].Number}
		if !slice.Outcome.IsZero() {
			one.Outcome = slice.Outcome.String()
		}
		shape.Slices = append(shape.Slices, one)
	}
	for _, a := range m.Activities {
		activity := activityJSON{Title: a.Title}
		for _, t := range a.Tasks {
			task := taskJSON{Title: t.Title}
			for _, story := range t.Stories {
				slice, _, _ := m.Slice(story.Slice)
				one := storyJSON{Title: story.Title, Slice: slice.Name, Skeleton: m.InSkeleton(story), Stage: s.Stages[story.Idea]}
				if !story.Idea.IsZero() {
					one.Idea = story.Idea.String()
				}
				task.Stories = append(task.Stories, one)
			}
			activity.Tasks = append(activity.Tasks, task)
		}
		shape.Activities = append(shape.Activities, activity)
	}
	text, err := json.MarshalIndent(shape, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("story map %s:%d as JSON: %w", m.Team, m.Number, err)
	}
	return append(text, '\n'), nil
}
