package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// MapWasChanged is what happened to a story map; the event's About says what was done.
const MapWasChanged What = "story map changed"

// MapDeed is what somebody does to a story map.
type MapDeed string

// The deeds. Behind each stands what of a MapChange it reads beside Card.
const (
	RenameMap   MapDeed = "rename the map" // Title, For, Seen
	CloseMap    MapDeed = "put the map away"
	ReopenMap   MapDeed = "bring the map back"
	AddActivity MapDeed = "add activities" // Title: one a line
	AddTask     MapDeed = "add tasks"      // to the activity Card; Title: one a line
	AddStory    MapDeed = "add stories"    // to the task Card; Title: one a line; To: slice, 0 for none
	AddSlice    MapDeed = "add a slice"    // Title, Outcome
	EditCard    MapDeed = "edit"           // Title, Seen; of a slice Outcome as well
	CardUp      MapDeed = "move up"
	CardDown    MapDeed = "move down"
	MoveCard    MapDeed = "move"          // a task to the activity To, a story to the task To
	SliceStory  MapDeed = "move to slice" // To: slice, 0 for none
	SplitCard   MapDeed = "split"         // Title, Second, Seen; With: what goes with the second
	RemoveCard  MapDeed = "remove"
	PutBack     MapDeed = "put back" // the removed story Card, under the task To
	MarkStory   MapDeed = "mark for the walking skeleton"
	UnmarkStory MapDeed = "take out of the walking skeleton"
	LinkStory   MapDeed = "link to an idea" // Idea; zero takes the link away
)

// MapChange is one deed. It names cards by their ids, so that it can be done again on
// what a map has become meanwhile.
type MapChange struct {
	Do   MapDeed
	Card CardID
	To   CardID
	// Title as it was typed, and the Second one of a split.
	Title, Second string
	// For whom the map is, as it was typed.
	For string
	// Seen is the title that the person saw when they began to type another one.
	Seen    string
	Outcome OutcomeKey
	Idea    Key
	// With are the tasks or stories that go with the second half of a split.
	With []CardID
}

// The inputs of the forms of a story map, beside FieldName, FieldTitle,
// FieldOutcome and FieldTarget, which says where a card is moved.
const (
	FieldFor    Field = "for"
	FieldSecond Field = "second"
	FieldWith   Field = "with"
)

// NewStoryMap begins a map with one slice. form has what was typed: Title is its name.
// Its number is given when it is stored.
func NewStoryMap(policy Policy, p Person, where Where, form MapChange, now time.Time) (StoryMap, error) {
	if err := mayIn(policy, p, MapStories, where, where.team(), "A story map"); err != nil {
		return StoryMap{}, err
	}
	m := StoryMap{Team: where.team(), Created: now, CreatedBy: p.ID, Changed: now, ChangedBy: p.ID, LastCard: 1, Slices: []MapSlice{{ID: 1, Name: "First release"}}}
	if err := m.nameIt(form); err != nil {
		return StoryMap{}, err
	}
	return m, nil
}

// ChangeStoryMap does one deed to a map. nodes are those of the team's tree, needed
// where a slice gets an outcome. Where nothing differs the map comes back as it was,
// with an event whose What is ""; a title that somebody else changed meanwhile is a
// *Problem with the code "story-map-renamed".
func ChangeStoryMap(policy Policy, p Person, where Where, m StoryMap, c MapChange, nodes Nodes, now time.Time) (StoryMap, Event, error) {
	if err := mayIn(policy, p, MapStories, where, m.Team, "A story map"); err != nil {
		return m, Event{}, err
	}
	if !m.IsOpen() && c.Do != ReopenMap {
		return m, Event{}, &Problem{
			Code: "story-map-closed",
			What: fmt.Sprintf("“%s” was put away, so nothing on it is changed.", m.Name),
			Safe: "All of it is kept.",
			Next: "Bring it back first.",
		}
	}
	after := mapDeed{StoryMap: m.Clone(), by: p.ID, now: now, nodes: nodes}
	did, err := after.do(c)
	if err != nil || did == "" {
		return m, Event{}, err
	}
	after.Changed, after.ChangedBy = now, p.ID
	return after.StoryMap, Event{At: now, By: p.ID, What: MapWasChanged, About: did}, nil
}

// mapDeed is a map that somebody changes.
type mapDeed struct {
	StoryMap
	by    string
	now   time.Time
	nodes Nodes
}

// do says what was done, "" where nothing was.
func (m *mapDeed) do(c MapChange) (did string, err error) {
	switch c.Do {
	case RenameMap:
		return m.rename(c)
	case CloseMap:
		m.Closed, m.ClosedBy = m.now, m.by
		return "put the map away", nil
	case ReopenMap:
		if m.IsOpen() {
			return "", nil
		}
		m.Closed, m.ClosedBy = time.Time{}, ""
		return "brought the map back", nil
	case AddActivity, AddTask, AddStory:
		return m.add(c)
	case AddSlice:
		return m.addSlice(c)
	case EditCard:
		return m.edit(c)
	case CardUp:
		return m.shift(c.Card, -1)
	case CardDown:
		return m.shift(c.Card, +1)
	case MoveCard:
		return m.move(c)
	case SliceStory:
		return m.moveToSlice(c)
	case SplitCard:
		return m.split(c)
	case RemoveCard:
		return m.remove(c.Card)
	case PutBack:
		return m.putBack(c)
	case MarkStory, UnmarkStory:
		return m.mark(c)
	case LinkStory:
		return m.link(c)
	}
	return "", fmt.Errorf("pipeline: nobody can %q a story map", c.Do)
}

// nameIt checks the name and the words for whom the map is, and puts them on it.
func (m *StoryMap) nameIt(c MapChange) error {
	wrong := map[Field]string{}
	name, whom := checkLine(c.Title, FieldName, MapNameLimit, wrong), checkLine(c.For, FieldFor, MapNameLimit, wrong)
	if name == "" {
		wrong[FieldName] = "Give it a name: what people get done with it, such as “Paying an invoice”."
	}
	if err := fieldProblems("story-map-form", wrong); err != nil {
		return err
	}
	m.Name, m.For = name, whom
	return nil
}

func (m *mapDeed) rename(c MapChange) (string, error) {
	name, whom := m.Name, m.For
	if err := m.nameIt(c); err != nil {
		return "", err
	}
	switch {
	case m.Name == name && m.For == whom:
		return "", nil
	case m.Name == name:
		return "said that the map is for " + titleInQuotes(m.For), nil
	case c.Seen != name:
		m.Name = name
		return "", renamed(name)
	}
	return "renamed the map from " + titleInQuotes(name) + " to " + titleInQuotes(m.Name), nil
}

// add puts new cards at the end of where they belong, one for each line typed.
func (m *mapDeed) add(c MapChange) (string, error) {
	titles, err := cardTitles(c.Title)
	if err != nil {
		return "", err
	}
	noun, under := "activity", ""
	switch c.Do {
	case AddActivity:
		if err := roomFor(len(m.Activities), len(titles), MapActivityLimit, "activities", "a map", "Make another map for what else people do, or put two activities together."); err != nil {
			return "", err
		}
		for _, title := range titles {
			m.Activities = append(m.Activities, MapActivity{ID: m.next(), Title: title})
		}
	case AddTask:
		a, err := m.activity(c.Card)
		if err != nil {
			return "", err
		}
		if err := m.roomForTasks(*a, len(titles)); err != nil {
			return "", err
		}
		for _, title := range titles {
			a.Tasks = append(a.Tasks, MapTask{ID: m.next(), Title: title})
		}
		noun, under = "task", " to "+titleInQuotes(a.Title)
	case AddStory:
		t, err := m.task(c.Card)
		if err != nil {
			return "", err
		}
		if err := m.roomForStories(*t, len(titles)); err != nil {
			return "", err
		}
		slice := m.sliceOrNone(c.To)
		for _, title := range titles {
			t.Stories = append(t.Stories, MapStory{ID: m.next(), Title: title, Slice: slice})
		}
		noun, under = "story", " to "+titleInQuotes(t.Title)
	}
	if len(titles) == 1 {
		return "added the " + noun + " " + titleInQuotes(titles[0]) + under, nil
	}
	quoted := make([]string, len(titles))
	for i, title := range titles {
		quoted[i] = titleInQuotes(title)
	}
	return "added " + listed(quoted, 5) + under, nil
}

func (m *mapDeed) addSlice(c MapChange) (string, error) {
	title, err := cardTitle(c.Title, FieldTitle)
	if err != nil {
		return "", err
	}
	if err := roomFor(len(m.Slices), 1, MapSliceLimit, "slices", "a map", "Remove one that is released, or put two together."); err != nil {
		return "", err
	}
	if err := m.checkServed(c.Outcome, OutcomeKey{}); err != nil {
		return "", err
	}
	m.Slices = append(m.Slices, MapSlice{ID: m.next(), Name: title, Outcome: c.Outcome})
	return "added the slice " + titleInQuotes(title), nil
}

// edit gives a card another title, and a slice another outcome.
func (m *mapDeed) edit(c MapChange) (string, error) {
	title, err := cardTitle(c.Title, FieldTitle)
	if err != nil {
		return "", err
	}
	card, noun := m.titleOf(c.Card)
	if card == nil {
		return "", cardGone()
	}
	var did []string
	if *card != title {
		if *card != c.Seen {
			return "", renamed(*card)
		}
		did = append(did, "renamed the "+noun+" "+titleInQuotes(*card)+" to "+titleInQuotes(title))
		*card = title
	}
	if s, at, is := m.Slice(c.Card); is && s.Outcome != c.Outcome {
		if err := m.checkServed(c.Outcome, s.Outcome); err != nil {
			return "", err
		}
		m.Slices[at].Outcome = c.Outcome
		words := "said that the slice " + titleInQuotes(title) + " is for " + c.Outcome.String()
		if c.Outcome.IsZero() {
			words = "took " + s.Outcome.String() + " from the slice " + titleInQuotes(title)
		}
		did = append(did, words)
	}
	return enumerate(did), nil
}

// checkServed refuses an outcome that a slice cannot be for.
func (m *mapDeed) checkServed(key, before OutcomeKey) error {
	if key.IsZero() || key == before {
		return nil
	}
	node, known := m.nodes.Node(key)
	complaint := ""
	switch {
	case key.Team != m.Team || key.Kind != OutcomeNode || !known:
		complaint = fmt.Sprintf("%s is no outcome of %s. Choose one from the list.", key, m.Team)
	case node.Closed:
		complaint = closedAt(node) + " closed, so no slice begins to serve it. Choose an open one."
	}
	if complaint == "" {
		return nil
	}
	return fieldProblems("story-map-form", map[Field]string{FieldOutcome: complaint})
}

// remove takes a card away, and what stands under it; of a slice the stories stay.
func (m *mapDeed) remove(id CardID) (string, error) {
	if s, at, is := m.Slice(id); is {
		m.Slices = slices.Delete(m.Slices, at, at+1)
		left := 0
		m.eachStory(func(story *MapStory) {
			if story.Slice == id {
				story.Slice = 0
				left++
			}
		})
		words := "removed the slice " + titleInQuotes(s.Name)
		if left > 0 {
			words += "; " + amount(left, "story is", "stories are") + " in no slice now"
		}
		return words, nil
	}
	if a, at, is := m.Activity(id); is {
		m.Activities = slices.Delete(m.Activities, at, at+1)
		for _, t := range a.Tasks {
			m.keepRemoved(t.Title, t.Stories...)
		}
		return "removed the activity " + titleInQuotes(a.Title) + withBelow(len(a.Tasks), len(a.Stories())), nil
	}
	if t, a, is := m.Task(id); is {
		under, _ := m.activity(a.ID)
		under.Tasks = slices.DeleteFunc(under.Tasks, func(other MapTask) bool { return other.ID == id })
		m.keepRemoved(t.Title, t.Stories...)
		return "removed the task " + titleInQuotes(t.Title) + withBelow(0, len(t.Stories)), nil
	}
	s, t, is := m.Story(id)
	if !is {
		return "", cardGone()
	}
	m.takeStory(id)
	m.keepRemoved(t.Title, s)
	return "removed the story " + titleInQuotes(s.Title), nil
}

// withBelow ends a sentence with what went with a card: " with 2 tasks and 5 stories".
func withBelow(tasks, stories int) string {
	var parts []string
	if tasks > 0 {
		parts = append(parts, amount(tasks, "task", "tasks"))
	}
	if stories > 0 {
		parts = append(parts, amount(stories, "story", "stories"))
	}
	if len(parts) == 0 {
		return ""
	}
	return " with " + enumerate(parts)
}

// keepRemoved keeps stories that were taken away, the latest ones.
func (m *mapDeed) keepRemoved(task string, gone ...MapStory) {
	for _, s := range gone {
		m.Removed = append(m.Removed, RemovedStory{Story: s, Task: task, By: m.by, At: m.now})
	}
	if over := len(m.Removed) - MapRemovedLimit; over > 0 {
		m.Removed = slices.Delete(m.Removed, 0, over)
	}
}

func (m *mapDeed) putBack(c MapChange) (string, error) {
	at := slices.IndexFunc(m.Removed, func(r RemovedStory) bool { return r.Story.ID == c.Card })
	if at < 0 {
		if _, _, is := m.Story(c.Card); is {
			return "", nil // somebody else put it back
		}
		return "", cardGone()
	}
	t, err := m.task(c.To)
	if err != nil {
		return "", err
	}
	if err := m.roomForStories(*t, 1); err != nil {
		return "", err
	}
	s := m.Removed[at].Story
	s.Slice = m.sliceOrNone(s.Slice)
	m.Removed = slices.Delete(m.Removed, at, at+1)
	t.Stories = append(t.Stories, s)
	return "put the story " + titleInQuotes(s.Title) + " back under " + titleInQuotes(t.Title), nil
}

// mark puts a story into the walking skeleton, or takes it out.
func (m *mapDeed) mark(c MapChange) (string, error) {
	s, err := m.story(c.Card)
	if err != nil {
		return "", err
	}
	marked := c.Do == MarkStory
	switch {
	case s.Skeleton == marked:
		return "", nil
	case marked && (len(m.Slices) == 0 || s.Slice != m.Slices[0].ID):
		return "", &Problem{
			Code: "story-map-not-first",
			What: "The walking skeleton is the least of the first slice that works from end to end, and this story is not in the first slice.",
			Safe: "Nothing was changed.",
			Next: "Move the story to the first slice, then mark it.",
		}
	}
	s.Skeleton = marked
	if marked {
		return "marked the story " + titleInQuotes(s.Title) + " for the walking skeleton", nil
	}
	return "took the story " + titleInQuotes(s.Title) + " out of the walking skeleton", nil
}

func (m *mapDeed) link(c MapChange) (string, error) {
	s, err := m.story(c.Card)
	if err != nil {
		return "", err
	}
	before := s.Idea
	switch {
	case before == c.Idea:
		return "", nil
	case c.Idea.IsZero():
		s.Idea = Key{}
		return "took " + before.String() + " from the story " + titleInQuotes(s.Title), nil
	case !before.IsZero():
		return "", &Problem{
			Code: "story-map-linked",
			What: fmt.Sprintf("The story %s is linked to %s already.", titleInQuotes(s.Title), before),
			Safe: "Nothing was changed.",
			Next: "Take that link away first.",
		}
	case c.Idea.Team != m.Team:
		return "", fieldProblems("story-map-form", map[Field]string{FieldKey: fmt.Sprintf("%s is another team's. Choose an idea of %s.", c.Idea, m.Team)})
	}
	s.Idea = c.Idea
	return "linked the story " + titleInQuotes(s.Title) + " to " + c.Idea.String(), nil
}
