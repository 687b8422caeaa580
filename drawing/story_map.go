package drawing

import (
	"fmt"
	"image/color"
	"strings"

	"alignbot/pipeline"
)

// The measures of a story map.
const (
	mapColumn = 180.0
	mapGap    = 8.0
	mapPad    = 10.0
	mapInset  = 8.0 // of what stands in a band
	// mapTasks is how many columns a map shows, mapSlices how many bands, and mapCell
	// how many stories of one task a band does at most.
	mapTasks  = 12
	mapSlices = pipeline.MapSliceLimit + 1
	mapCell   = 5
)

// StoryMap draws a user story map: the activities and below each its tasks, and under
// those the stories in bands, one for each slice with the outcome it is for. A wide
// map shows the first tasks of every activity, a full one the first stories of every
// task, and how many more there are.
func StoryMap(f *Fonts, m pipeline.ShownMap, style Style) Picture {
	s := newSheet(f, style)
	spots, hiddenTasks := mapSpots(m.Map)
	bands := mapBands(m)
	bands = bands[:min(len(bands), mapSlices)]
	cell, shown := mapFits(spots, bands, mapCell)
	all := s.mapRows(m, spots, bands, cell)
	for all.height > contentHigh && cell > 1 {
		cell, shown = mapFits(spots, bands, cell-1)
		all = s.mapRows(m, spots, bands, cell)
	}
	all.put(0, 0)
	hidden := len(m.Map.Stories()) - shown
	var notes []string
	notes = append(notes, more(hiddenTasks, "task", "tasks")...)
	notes = append(notes, more(hidden, "story", "stories")...)
	p := s.done(named(m.Map.Name, "User story map"), s.dated(named(style.Team, string(m.Map.Team)), fmt.Sprintf("map %d", m.Map.Number), m.Map.For), all.width, all.height, notes, mapInWords(m))
	p.Hidden = hiddenTasks + hidden
	return p
}

// mapInWords tells the backbone and the slices.
func mapInWords(m pipeline.ShownMap) string {
	words := fmt.Sprintf("User story map with %s, %s and %s.", counted(len(m.Map.Activities), "activity", "activities"),
		counted(len(m.Map.Stories()), "story", "stories"), counted(len(m.Map.Slices), "slice", "slices"))
	var backbone []string
	for _, a := range m.Map.Activities {
		backbone = append(backbone, pipeline.Cut(pipeline.CleanLine(a.Title), 60))
	}
	if len(backbone) > 0 {
		words += " Backbone: " + strings.Join(backbone, "; ") + "."
	}
	for _, slice := range m.Map.Slices {
		words += " Slice " + pipeline.Cut(pipeline.CleanLine(slice.Name), 60) + ": " + sliceFor(m, slice) + "."
	}
	return words
}

// sliceFor says what a slice is for.
func sliceFor(m pipeline.ShownMap, slice pipeline.MapSlice) string {
	if slice.Outcome.IsZero() {
		return "no outcome yet"
	}
	words := "for " + slice.Outcome.String()
	o, known := m.Outcomes[slice.Outcome]
	if !known {
		return words
	}
	words += ", " + pipeline.CleanLine(o.Statement)
	if o.Number != "" {
		words += " (" + o.Number + ")"
	}
	if o.Closed {
		words += ", closed"
	}
	return words
}

// mapSpot is a column of the map: a task, or an activity without any.
type mapSpot struct {
	activity string
	first    bool // of its activity
	hidden   int  // tasks of its activity that are not shown
	task     *pipeline.MapTask
}

// mapSpots gives the columns that are shown: as many tasks of every activity as
// there is room for, at least one. hidden is how many tasks are not shown.
func mapSpots(m pipeline.StoryMap) (spots []mapSpot, hidden int) {
	shown := m.Activities[:min(len(m.Activities), mapTasks)]
	for _, a := range m.Activities[len(shown):] {
		hidden += max(1, len(a.Tasks))
	}
	most := mapTasks
	columns := func() (n int) {
		for _, a := range shown {
			n += min(most, max(1, len(a.Tasks)))
		}
		return n
	}
	for most > 1 && columns() > mapTasks {
		most--
	}
	for _, a := range shown {
		left := max(0, len(a.Tasks)-most)
		hidden += left
		if len(a.Tasks) == 0 {
			spots = append(spots, mapSpot{activity: a.Title, first: true})
		}
		for i := range a.Tasks[:len(a.Tasks)-left] {
			spots = append(spots, mapSpot{activity: a.Title, first: i == 0, hidden: left, task: &a.Tasks[i]})
		}
	}
	return spots, hidden
}

// mapRow is a band of the map: a slice, or what is in none.
type mapRow struct {
	id          pipeline.CardID // 0 for what is in no slice
	name, about string
}

// mapBands are the slices, then what is in none of them, where there is anything.
func mapBands(m pipeline.ShownMap) []mapRow {
	var bands []mapRow
	for _, slice := range m.Map.Slices {
		bands = append(bands, mapRow{slice.ID, slice.Name, capital(sliceFor(m, slice))})
	}
	for _, story := range m.Map.Stories() {
		if story.Slice == 0 {
			return append(bands, mapRow{0, "In no slice yet", ""})
		}
	}
	return bands
}

// mapFits gives how many stories of a task each band can show so that the picture
// stays legible, from one to most, and how many are shown then.
func mapFits(spots []mapSpot, bands []mapRow, most int) (cell, shown int) {
	for cell = most; ; cell-- {
		shown = 0
		for _, spot := range spots {
			for _, b := range bands {
				if spot.task != nil {
					shown += min(cell, len(spot.task.In(b.id)))
				}
			}
		}
		if shown <= CardLimit || cell == 1 {
			return cell, shown
		}
	}
}

// mapRows lays the whole map out: its backbone, and the bands below.
func (s *sheet) mapRows(m pipeline.ShownMap, spots []mapSpot, bands []mapRow, cell int) element {
	width := max(chartWidth, float64(len(spots))*(mapColumn+mapGap)-mapGap)
	parts := []element{padBelow(s.backbone(spots), mapGap)}
	if len(spots) == 0 {
		parts = []element{s.text("There is no activity on it yet. The first ones say what people do, in the order in which they do it.", cardFace, s.muted, width, 3)}
	}
	for _, b := range bands {
		parts = append(parts, s.mapBand(m, b, spots, cell, width))
	}
	all := stack(mapGap, parts...)
	all.width = width
	return all
}

// backbone is the activities, and below them the tasks.
func (s *sheet) backbone(spots []mapSpot) element {
	var activities, tasks []element
	activitiesHigh, tasksHigh := 0.0, 0.0
	for i := 0; i < len(spots); {
		to := i + 1
		for to < len(spots) && !spots[to].first {
			to++
		}
		e := s.mapCard(spots[i].activity, headFace, s.of(blue).deep, float64(to-i)*(mapColumn+mapGap)-mapGap)
		if n := spots[i].hidden; n > 0 {
			e = stack(0, e, padded(s.text(fmt.Sprintf("+%s", counted(n, "task", "tasks")), smallFace, s.of(blue).deep, mapColumn-2*mapPad, 1), mapPad, mapPad/2))
		}
		activities = append(activities, e)
		activitiesHigh = max(activitiesHigh, e.height)
		i = to
	}
	for _, spot := range spots {
		words := "No task yet"
		if spot.task != nil {
			words = spot.task.Title
		}
		e := s.mapCard(words, cardFace, s.of(sky).deep, mapColumn)
		tasks = append(tasks, e)
		tasksHigh = max(tasksHigh, e.height)
	}
	for i, e := range activities {
		activities[i] = s.panel(e, s.of(blue).soft, 8, activitiesHigh)
	}
	for i, e := range tasks {
		tasks[i] = s.panel(e, s.of(sky).soft, 8, tasksHigh)
	}
	return stack(mapGap, row(mapGap, activities...), row(mapGap, tasks...))
}

// mapCard is words with room around them, exactly that wide.
func (s *sheet) mapCard(words string, f face, colour color.NRGBA, width float64) element {
	e := s.text(words, f, colour, width-2*mapPad, 3)
	e.width = width - 2*mapPad
	return padded(e, mapPad, mapPad)
}

// mapBand is a slice with its stories under their tasks.
func (s *sheet) mapBand(m pipeline.ShownMap, b mapRow, spots []mapSpot, cell int, width float64) element {
	inner := width - 2*mapInset
	head := stack(1, s.text(b.name, headFace, s.ink, inner, 1), s.text(b.about, smallFace, s.muted, inner, 2))
	cells := make([]element, len(spots))
	for i, spot := range spots {
		cells[i] = space(mapColumn, 0)
		if spot.task != nil {
			if stories := s.mapStories(m, spot.task.In(b.id), cell); stories.height > 0 {
				stories.width = mapColumn
				cells[i] = stories
			}
		}
	}
	stories := row(mapGap, cells...)
	if stories.height == 0 {
		stories = padded(s.text("No stories yet.", bodyFace, s.muted, inner, 1), mapInset, 0)
	}
	band := padTop(padBelow(stack(8, padded(head, mapInset, 0), stories), mapPad), mapPad)
	band.width = width
	return s.panel(band, s.palette.panel, 10, 0)
}

// mapStories are the stories of one task in one slice.
func (s *sheet) mapStories(m pipeline.ShownMap, stories []pipeline.MapStory, most int) element {
	var cards []element
	for _, story := range stories[:min(len(stories), most)] {
		c := card{hue: grey, title: story.Title, lines: 3}
		if !story.Idea.IsZero() {
			c.hue, c.kind, c.key = green, "idea", story.Idea.String()
			if stage, known := m.Stages[story.Idea]; known {
				c.kind = string(stage)
			}
		}
		if m.Map.InSkeleton(story) {
			c.pills = []pill{{"walking skeleton", blue}}
		}
		cards = append(cards, s.card(c, mapColumn-2*mapInset))
	}
	if left := len(stories) - most; left > 0 {
		cards = append(cards, s.text(fmt.Sprintf("+%d more", left), bodyFace, s.muted, mapColumn-2*mapInset, 1))
	}
	return padded(stack(6, cards...), mapInset, 0)
}
