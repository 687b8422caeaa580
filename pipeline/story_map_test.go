package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// storyMap has two slices, 1 and 2, and two activities: 3 with the tasks 4 and 5, 6
// with none. Under task 4 stand the stories 7 and 8 of the first slice, 9 of the second
// and 10 of none. 7 is marked for the walking skeleton and stands for PAY-12.
func storyMap() pipeline.StoryMap {
	return pipeline.StoryMap{
		Team: "PAY", Number: 1, Version: 3, Name: "Paying an invoice", For: "accountants", LastCard: 10, Created: noon, CreatedBy: "U1", Changed: noon, ChangedBy: "U1",
		Slices: []pipeline.MapSlice{{ID: 1, Name: "First", Outcome: o(2)}, {ID: 2, Name: "Second"}},
		Activities: []pipeline.MapActivity{
			{ID: 3, Title: "Receive", Tasks: []pipeline.MapTask{
				{ID: 4, Title: "Open the mail", Stories: []pipeline.MapStory{
					{ID: 7, Title: "Read a PDF", Slice: 1, Skeleton: true, Idea: payKey(12)},
					{ID: 8, Title: "Read a scan", Slice: 1},
					{ID: 9, Title: "Read a photo", Slice: 2},
					{ID: 10, Title: "Read handwriting"},
				}},
				{ID: 5, Title: "Check the sum"},
			}},
			{ID: 6, Title: "Pay"},
		},
	}
}

// mapOutline writes a map as "3[4(7*@1 8@1) 5] 6": activities, tasks, stories with their
// slice, a star for the mark; the slices stand before it, and the removed behind it.
func mapOutline(m pipeline.StoryMap) string {
	var parts []string
	for _, s := range m.Slices {
		parts = append(parts, fmt.Sprintf("/%d", s.ID))
	}
	story := func(s pipeline.MapStory) string {
		mark := ""
		if s.Skeleton {
			mark = "*"
		}
		return fmt.Sprintf("%d%s@%d", s.ID, mark, s.Slice)
	}
	for _, a := range m.Activities {
		var tasks []string
		for _, t := range a.Tasks {
			var stories []string
			for _, s := range t.Stories {
				stories = append(stories, story(s))
			}
			tasks = append(tasks, fmt.Sprintf("%d(%s)", t.ID, strings.Join(stories, " ")))
		}
		parts = append(parts, fmt.Sprintf("%d[%s]", a.ID, strings.Join(tasks, " ")))
	}
	for _, r := range m.Removed {
		parts = append(parts, "-"+story(r.Story))
	}
	return strings.Join(parts, " ")
}

func changeMap(m pipeline.StoryMap, c pipeline.MapChange) (pipeline.StoryMap, pipeline.Event, error) {
	return pipeline.ChangeStoryMap(pipeline.Policy{}, member, pipeline.Where{Team: sprintTeam()}, m, c, servingNodes(), noon)
}

func TestWhatIsDoneToAStoryMap(t *testing.T) {
	const before = "/1 /2 3[4(7*@1 8@1 9@2 10@0) 5()] 6[]"
	if got := mapOutline(storyMap()); got != before {
		t.Fatalf("the map to begin with is %s", got)
	}
	for _, c := range []struct {
		name  string
		do    pipeline.MapChange
		after string // "" where nothing changes
		did   string
	}{
		{"activities are added at the end, one a line", pipeline.MapChange{Do: pipeline.AddActivity, Title: "Book\n\n Report "}, before + " 11[] 12[]", "added “Book” and “Report”"},
		{"a task is added", pipeline.MapChange{Do: pipeline.AddTask, Card: 6, Title: "Choose an account"}, "/1 /2 3[4(7*@1 8@1 9@2 10@0) 5()] 6[11()]", "added the task “Choose an account” to “Pay”"},
		{"a story is added to a slice", pipeline.MapChange{Do: pipeline.AddStory, Card: 5, To: 2, Title: "Add up"}, "/1 /2 3[4(7*@1 8@1 9@2 10@0) 5(11@2)] 6[]", "added the story “Add up” to “Check the sum”"},
		{"a story is added to a slice that is gone", pipeline.MapChange{Do: pipeline.AddStory, Card: 5, To: 99, Title: "Add up"}, "/1 /2 3[4(7*@1 8@1 9@2 10@0) 5(11@0)] 6[]", "added the story “Add up” to “Check the sum”"},
		{"a slice is added", pipeline.MapChange{Do: pipeline.AddSlice, Title: "Third", Outcome: o(2)}, "/1 /2 /11 3[4(7*@1 8@1 9@2 10@0) 5()] 6[]", "added the slice “Third”"},
		{"a card is renamed", pipeline.MapChange{Do: pipeline.EditCard, Card: 7, Title: "Read any PDF", Seen: "Read a PDF"}, before, "renamed the story “Read a PDF” to “Read any PDF”"},
		{"a card is renamed to what it is called", pipeline.MapChange{Do: pipeline.EditCard, Card: 7, Title: " Read a PDF ", Seen: "Something else"}, "", ""},
		{"a slice gets another outcome", pipeline.MapChange{Do: pipeline.EditCard, Card: 2, Title: "Second", Seen: "Second", Outcome: o(1)}, before, "said that the slice “Second” is for PAY-O1"},
		{"a slice loses its outcome", pipeline.MapChange{Do: pipeline.EditCard, Card: 1, Title: "1st", Seen: "First"}, before, "renamed the slice “First” to “1st” and took PAY-O2 from the slice “1st”"},
		{"an activity goes down", pipeline.MapChange{Do: pipeline.CardDown, Card: 3}, "/1 /2 6[] 3[4(7*@1 8@1 9@2 10@0) 5()]", "moved the activity “Receive” down"},
		{"the last activity stays last", pipeline.MapChange{Do: pipeline.CardDown, Card: 6}, "", ""},
		{"a task goes up", pipeline.MapChange{Do: pipeline.CardUp, Card: 5}, "/1 /2 3[5() 4(7*@1 8@1 9@2 10@0)] 6[]", "moved the task “Check the sum” up"},
		{"a story goes up past those of other slices", pipeline.MapChange{Do: pipeline.CardUp, Card: 8}, "/1 /2 3[4(8@1 7*@1 9@2 10@0) 5()] 6[]", "moved the story “Read a scan” up"},
		{"the only story of a slice stays", pipeline.MapChange{Do: pipeline.CardUp, Card: 9}, "", ""},
		{"a slice goes up", pipeline.MapChange{Do: pipeline.CardUp, Card: 2}, "/2 /1 3[4(7*@1 8@1 9@2 10@0) 5()] 6[]", "moved the slice “Second” up"},
		{"a task moves with its stories", pipeline.MapChange{Do: pipeline.MoveCard, Card: 4, To: 6}, "/1 /2 3[5()] 6[4(7*@1 8@1 9@2 10@0)]", "moved the task “Open the mail” to “Pay”"},
		{"a story moves to another task", pipeline.MapChange{Do: pipeline.MoveCard, Card: 8, To: 5}, "/1 /2 3[4(7*@1 9@2 10@0) 5(8@1)] 6[]", "moved the story “Read a scan” to “Check the sum”"},
		{"a story that moves to where it is stays", pipeline.MapChange{Do: pipeline.MoveCard, Card: 8, To: 4}, "", ""},
		{"a story leaves the skeleton with the first slice", pipeline.MapChange{Do: pipeline.SliceStory, Card: 7, To: 2}, "/1 /2 3[4(7@2 8@1 9@2 10@0) 5()] 6[]", "moved the story “Read a PDF” to the slice “Second”, out of the walking skeleton"},
		{"a story leaves all slices", pipeline.MapChange{Do: pipeline.SliceStory, Card: 9}, "/1 /2 3[4(7*@1 8@1 9@0 10@0) 5()] 6[]", "took the story “Read a photo” out of its slice"},
		{"a story is split", pipeline.MapChange{Do: pipeline.SplitCard, Card: 7, Title: "Read text", Second: "Read tables", Seen: "Read a PDF"}, "/1 /2 3[4(7*@1 11@1 8@1 9@2 10@0) 5()] 6[]", "split the story “Read a PDF” into “Read text” and “Read tables”"},
		{"a task is split", pipeline.MapChange{Do: pipeline.SplitCard, Card: 4, Title: "Open the mail", Second: "Read it", Seen: "Open the mail", With: []pipeline.CardID{8, 10, 99}}, "/1 /2 3[4(7*@1 9@2) 11(8@1 10@0) 5()] 6[]", "split the task “Open the mail” into “Open the mail” and “Read it”"},
		{"an activity is split", pipeline.MapChange{Do: pipeline.SplitCard, Card: 3, Title: "Receive", Second: "Check", Seen: "Receive", With: []pipeline.CardID{5}}, "/1 /2 3[4(7*@1 8@1 9@2 10@0)] 11[5()] 6[]", "split the activity “Receive” into “Receive” and “Check”"},
		{"a story is removed and kept", pipeline.MapChange{Do: pipeline.RemoveCard, Card: 8}, "/1 /2 3[4(7*@1 9@2 10@0) 5()] 6[] -8@1", "removed the story “Read a scan”"},
		{"a task is removed with its stories", pipeline.MapChange{Do: pipeline.RemoveCard, Card: 4}, "/1 /2 3[5()] 6[] -7*@1 -8@1 -9@2 -10@0", "removed the task “Open the mail” with 4 stories"},
		{"an activity is removed with all below", pipeline.MapChange{Do: pipeline.RemoveCard, Card: 3}, "/1 /2 6[] -7*@1 -8@1 -9@2 -10@0", "removed the activity “Receive” with 2 tasks and 4 stories"},
		{"the stories of a slice that is removed stay", pipeline.MapChange{Do: pipeline.RemoveCard, Card: 1}, "/2 3[4(7*@0 8@0 9@2 10@0) 5()] 6[]", "removed the slice “First”; 2 stories are in no slice now"},
		{"a story is marked", pipeline.MapChange{Do: pipeline.MarkStory, Card: 8}, "/1 /2 3[4(7*@1 8*@1 9@2 10@0) 5()] 6[]", "marked the story “Read a scan” for the walking skeleton"},
		{"a mark is taken away", pipeline.MapChange{Do: pipeline.UnmarkStory, Card: 7}, "/1 /2 3[4(7@1 8@1 9@2 10@0) 5()] 6[]", "took the story “Read a PDF” out of the walking skeleton"},
		{"a story is linked", pipeline.MapChange{Do: pipeline.LinkStory, Card: 8, Idea: payKey(13)}, before, "linked the story “Read a scan” to PAY-13"},
		{"a link is taken away", pipeline.MapChange{Do: pipeline.LinkStory, Card: 7}, before, "took PAY-12 from the story “Read a PDF”"},
		{"the map is renamed", pipeline.MapChange{Do: pipeline.RenameMap, Title: "Paying", For: "accountants", Seen: "Paying an invoice"}, before, "renamed the map from “Paying an invoice” to “Paying”"},
		{"the map is for somebody else", pipeline.MapChange{Do: pipeline.RenameMap, Title: "Paying an invoice", For: "owners"}, before, "said that the map is for “owners”"},
		{"the map is put away", pipeline.MapChange{Do: pipeline.CloseMap}, before, "put the map away"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := storyMap()
			after, event, err := changeMap(m, c.do)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(storyMap(), m); diff != "" {
				t.Errorf("the map it was given has changed:\n%s", diff)
			}
			if c.did == "" {
				if diff := cmp.Diff(m, after); diff != "" || event.What != "" {
					t.Errorf("nothing differs, and yet: %+v\n%s", event, diff)
				}
				return
			}
			want := pipeline.Event{At: noon, By: member.ID, What: pipeline.MapWasChanged, About: c.did}
			if diff := cmp.Diff(want, event); diff != "" || mapOutline(after) != c.after {
				t.Errorf("got %s, want %s\n%s", mapOutline(after), c.after, diff)
			}
		})
	}
}

func TestARemovedStoryIsPutBack(t *testing.T) {
	m, _, err := changeMap(storyMap(), pipeline.MapChange{Do: pipeline.RemoveCard, Card: 3})
	if err != nil {
		t.Fatal(err)
	}
	m, _, err = changeMap(m, pipeline.MapChange{Do: pipeline.AddTask, Card: 6, Title: "Open"})
	if err != nil {
		t.Fatal(err)
	}
	back := pipeline.MapChange{Do: pipeline.PutBack, Card: 7, To: 11}
	m, event, err := changeMap(m, back)
	if err != nil || mapOutline(m) != "/1 /2 6[11(7*@1)] -8@1 -9@2 -10@0" || event.About != "put the story “Read a PDF” back under “Open”" {
		t.Fatalf("%s %q %v", mapOutline(m), event.About, err)
	}
	if again, event, err := changeMap(m, back); err != nil || event.What != "" || mapOutline(again) != mapOutline(m) {
		t.Errorf("put back twice: %s %v", mapOutline(again), err)
	}
	if _, _, err := changeMap(m, pipeline.MapChange{Do: pipeline.PutBack, Card: 8, To: 4}); problem(t, err).Code != "story-map-card-gone" {
		t.Errorf("under a task that is gone: %v", err)
	}
}

func TestWhatAStoryMapRefuses(t *testing.T) {
	closedMap := storyMap()
	closedMap.Closed = noon
	long := strings.Repeat("x", pipeline.CardTitleLimit+1)
	for name, c := range map[string]struct {
		m    pipeline.StoryMap
		do   pipeline.MapChange
		code string
		says string // in the problem or a field
	}{
		"a title somebody else changed":     {storyMap(), pipeline.MapChange{Do: pipeline.EditCard, Card: 7, Title: "Mine", Seen: "Old"}, "story-map-renamed", "“Read a PDF”"},
		"a split of what somebody renamed":  {storyMap(), pipeline.MapChange{Do: pipeline.SplitCard, Card: 7, Title: "A", Second: "B", Seen: "Old"}, "story-map-renamed", "“Read a PDF”"},
		"a name somebody else changed":      {storyMap(), pipeline.MapChange{Do: pipeline.RenameMap, Title: "Mine", Seen: "Old"}, "story-map-renamed", "“Paying an invoice”"},
		"a card that is gone":               {storyMap(), pipeline.MapChange{Do: pipeline.RemoveCard, Card: 99}, "story-map-card-gone", "not on the map"},
		"card 0":                            {storyMap(), pipeline.MapChange{Do: pipeline.CardUp}, "story-map-card-gone", "not on the map"},
		"a story moved to an activity":      {storyMap(), pipeline.MapChange{Do: pipeline.MoveCard, Card: 7, To: 6}, "story-map-card-gone", "not on the map"},
		"a task moved to a task":            {storyMap(), pipeline.MapChange{Do: pipeline.MoveCard, Card: 4, To: 5}, "story-map-card-gone", "not on the map"},
		"a slice that is split":             {storyMap(), pipeline.MapChange{Do: pipeline.SplitCard, Card: 1, Title: "A", Second: "B", Seen: "First"}, "story-map-card-gone", "not on the map"},
		"a story to a slice that is gone":   {storyMap(), pipeline.MapChange{Do: pipeline.SliceStory, Card: 7, To: 99}, "story-map-card-gone", "not on the map"},
		"a mark outside of the first slice": {storyMap(), pipeline.MapChange{Do: pipeline.MarkStory, Card: 9}, "story-map-not-first", "first slice"},
		"a title of nothing anybody sees":   {storyMap(), pipeline.MapChange{Do: pipeline.EditCard, Card: 7, Title: "\u200b", Seen: "Read a PDF"}, "story-map-form", "a few words"},
		"a line that is too long":           {storyMap(), pipeline.MapChange{Do: pipeline.AddTask, Card: 3, Title: "ok\n" + long}, "story-map-form", "121 characters"},
		"no line at all":                    {storyMap(), pipeline.MapChange{Do: pipeline.AddStory, Card: 4, Title: " \n "}, "story-map-form", "at least one"},
		"an outcome that is closed":         {storyMap(), pipeline.MapChange{Do: pipeline.AddSlice, Title: "X", Outcome: o(3)}, "story-map-form", "PAY-O3 is closed"},
		"an outcome of another team":        {storyMap(), pipeline.MapChange{Do: pipeline.EditCard, Card: 1, Title: "First", Seen: "First", Outcome: pipeline.NodeKey{Team: "OPS", Number: 1}}, "story-map-form", "no outcome of PAY"},
		"an opportunity as outcome":         {storyMap(), pipeline.MapChange{Do: pipeline.AddSlice, Title: "X", Outcome: p(1)}, "story-map-form", "no outcome of PAY"},
		"a story that is linked already":    {storyMap(), pipeline.MapChange{Do: pipeline.LinkStory, Card: 7, Idea: payKey(13)}, "story-map-linked", "linked to PAY-12 already"},
		"an idea of another team":           {storyMap(), pipeline.MapChange{Do: pipeline.LinkStory, Card: 8, Idea: pipeline.Key{Team: "OPS", Number: 1}}, "story-map-form", "another team's"},
		"a map that was put away":           {closedMap, pipeline.MapChange{Do: pipeline.CardUp, Card: 8}, "story-map-closed", "put away"},
		"the 13th activity":                 {storyMap(), pipeline.MapChange{Do: pipeline.AddActivity, Title: strings.Repeat("x\n", 11)}, "story-map-full", "A map has at most 12 activities, and this would make 13."},
		"the 13th task":                     {storyMap(), pipeline.MapChange{Do: pipeline.AddTask, Card: 3, Title: strings.Repeat("x\n", 11)}, "story-map-full", "An activity has at most 12 tasks"},
		"the 41st story of a task":          {storyMap(), pipeline.MapChange{Do: pipeline.AddStory, Card: 4, Title: strings.Repeat("x\n", 37)}, "story-map-full", "A task has at most 40 stories"},
		"the 201st story":                   {crowdedMap(), pipeline.MapChange{Do: pipeline.AddStory, Card: 6, Title: "x"}, "story-map-full", "A map has at most 200 stories"},
		"a split over the limit":            {crowdedMap(), pipeline.MapChange{Do: pipeline.SplitCard, Card: 11, Title: "x", Second: "y"}, "story-map-full", "at most 40 stories"},
		"the 11th slice":                    {crowdedMap(), pipeline.MapChange{Do: pipeline.AddSlice, Title: "x"}, "story-map-full", "at most 10 slices"},
	} {
		t.Run(name, func(t *testing.T) {
			after, event, err := changeMap(c.m, c.do)
			refused := problem(t, err)
			said := refused.Error()
			for _, words := range refused.Fields {
				said += words
			}
			if refused.Code != c.code || !strings.Contains(said, c.says) || event.What != "" {
				t.Errorf("%s: %s", refused.Code, said)
			}
			if diff := cmp.Diff(c.m, after); diff != "" {
				t.Errorf("refused, and yet:\n%s", diff)
			}
		})
	}
	if _, _, err := pipeline.ChangeStoryMap(pipeline.Policy{}, pipeline.Person{ID: "UG", Guest: true}, pipeline.Where{Team: sprintTeam()}, storyMap(), pipeline.MapChange{Do: pipeline.CloseMap}, pipeline.Nodes{}, noon); problem(t, err).Code != "not-permitted" {
		t.Errorf("a guest: %v", err)
	}
	if _, err := pipeline.NewStoryMap(pipeline.Policy{}, member, pipeline.Where{Team: sprintTeam()}, pipeline.MapChange{}, noon); problem(t, err).Fields[pipeline.FieldName] == "" {
		t.Errorf("a map without a name: %v", err)
	}
}

// crowdedMap has 200 stories in five tasks, a sixth task with none, and ten slices. Its
// highest id is 500.
func crowdedMap() pipeline.StoryMap {
	m := pipeline.StoryMap{Team: "PAY", Number: 1, Version: 1, Name: "Crowded", LastCard: 500, Created: noon, Changed: noon}
	id := pipeline.CardID(10)
	a := pipeline.MapActivity{ID: 500, Title: "All"}
	for t := pipeline.CardID(1); t <= 6; t++ {
		task := pipeline.MapTask{ID: t, Title: "Task"}
		for range pipeline.TaskStoriesLimit {
			if t < 6 {
				id++
				task.Stories = append(task.Stories, pipeline.MapStory{ID: id, Title: "x"})
			}
		}
		a.Tasks = append(a.Tasks, task)
	}
	m.Activities = []pipeline.MapActivity{a}
	for s := range pipeline.CardID(pipeline.MapSliceLimit) {
		m.Slices = append(m.Slices, pipeline.MapSlice{ID: 300 + s, Name: "Slice"})
	}
	return m
}

// Whatever people do, each story is on the map or among those removed, once; no id is
// used twice; and nothing goes over its limit.
func TestNoStoryIsLostOrTwice(t *testing.T) {
	deeds := []pipeline.MapDeed{
		pipeline.AddActivity, pipeline.AddTask, pipeline.AddStory, pipeline.AddStory, pipeline.AddSlice, pipeline.CardUp, pipeline.CardDown,
		pipeline.MoveCard, pipeline.MoveCard, pipeline.SliceStory, pipeline.SplitCard, pipeline.RemoveCard, pipeline.PutBack, pipeline.MarkStory, pipeline.UnmarkStory,
	}
	rapid.Check(t, func(t *rapid.T) {
		m := storyMap()
		made := map[pipeline.CardID]bool{7: true, 8: true, 9: true, 10: true}
		for range rapid.IntRange(1, 60).Draw(t, "how many") {
			card := func(label string) pipeline.CardID {
				return pipeline.CardID(rapid.IntRange(0, int(m.LastCard)+1).Draw(t, label))
			}
			c := pipeline.MapChange{
				Do: rapid.SampledFrom(deeds).Draw(t, "deed"), Card: card("card"), To: card("to"), Title: "One\nTwo", Second: "Three", With: []pipeline.CardID{card("with"), card("with")},
			}
			if c.Do == pipeline.SplitCard || c.Do == pipeline.AddSlice {
				c.Title, c.Seen = "One", "One"
			}
			after, event, err := changeMap(m, c)
			if err != nil {
				continue // refused
			}
			for _, s := range after.Stories() {
				made[s.ID] = made[s.ID] || s.ID > m.LastCard
			}
			if (event.What == "") != cmp.Equal(m, after) {
				t.Fatalf("%v says %q of what became %s", c, event.About, mapOutline(after))
			}
			m = after
			checkMap(t, m, made)
		}
	})
}

func checkMap(t *rapid.T, m pipeline.StoryMap, made map[pipeline.CardID]bool) {
	var stories, others []pipeline.CardID
	for _, s := range m.Stories() {
		stories = append(stories, s.ID)
		if _, _, is := m.Slice(s.Slice); s.Slice != 0 && !is {
			t.Fatalf("story %d is in a slice that is gone: %s", s.ID, mapOutline(m))
		}
	}
	for _, r := range m.Removed {
		stories = append(stories, r.Story.ID)
	}
	for _, s := range m.Slices {
		others = append(others, s.ID)
	}
	for _, a := range m.Activities {
		others = append(others, a.ID)
		if len(a.Tasks) > pipeline.MapTaskLimit {
			t.Fatalf("activity %d has %d tasks", a.ID, len(a.Tasks))
		}
		for _, task := range a.Tasks {
			others = append(others, task.ID)
			if len(task.Stories) > pipeline.TaskStoriesLimit {
				t.Fatalf("task %d has %d stories", task.ID, len(task.Stories))
			}
		}
	}
	if len(m.Activities) > pipeline.MapActivityLimit || len(m.Slices) > pipeline.MapSliceLimit || len(m.Removed) > pipeline.MapRemovedLimit {
		t.Fatalf("over a limit: %s", mapOutline(m))
	}
	all := append(slices.Clone(stories), others...)
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) != len(all) || len(all) > 0 && all[len(all)-1] > m.LastCard {
		t.Fatalf("an id is used twice, or was not given: %s", mapOutline(m))
	}
	slices.Sort(stories)
	var want []pipeline.CardID
	for id := range made {
		if made[id] {
			want = append(want, id)
		}
	}
	slices.Sort(want)
	if len(m.Removed) < pipeline.MapRemovedLimit && !slices.Equal(stories, want) {
		t.Fatalf("stories %v, made were %v: %s", stories, want, mapOutline(m))
	}
}

func TestOnlyTheLatestRemovedStoriesAreKept(t *testing.T) {
	m := crowdedMap()
	for _, task := range []pipeline.CardID{1, 2, 3} {
		var err error
		if m, _, err = changeMap(m, pipeline.MapChange{Do: pipeline.RemoveCard, Card: task}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(m.Removed); n != pipeline.MapRemovedLimit || m.Removed[n-1].Story.ID != 10+120 || m.Removed[0].Story.ID != 10+21 {
		t.Errorf("%d are kept, from %d", n, m.Removed[0].Story.ID)
	}
}

func TestHintsAboutAStoryMap(t *testing.T) {
	shown := pipeline.ShownMap{Map: storyMap(), Outcomes: map[pipeline.OutcomeKey]pipeline.SliceOutcome{o(2): {Statement: "Paid in time"}}}
	hints := func(s pipeline.ShownMap) string {
		var all []string
		for _, hint := range s.Hints() {
			all = append(all, fmt.Sprintf("%d %s", hint.Card, hint.Words))
		}
		return strings.Join(all, "\n")
	}
	if got, want := hints(shown), "2 The slice “Second” has no outcome. What changes for somebody when it is released?\n6 The activity “Pay” has no story in the walking skeleton, so people would get stuck there."; got != want {
		t.Errorf("got\n%s", got)
	}
	full := shown
	full.Map = storyMap()
	full.Map.Slices = full.Map.Slices[:1]
	for i := range full.Map.Activities[0].Tasks[0].Stories {
		full.Map.Activities[0].Tasks[0].Stories[i].Slice = 1
	}
	full.Map.Activities[0].Tasks[1].Stories = []pipeline.MapStory{{ID: 11, Title: "x", Slice: 1}}
	full.Outcomes = map[pipeline.OutcomeKey]pipeline.SliceOutcome{o(2): {Statement: "Paid in time", Closed: true}}
	if got := hints(full); !strings.Contains(got, "1 Everything is in the slice “First”.") || !strings.Contains(got, "1 The outcome of the slice “First”, PAY-O2, is closed.") {
		t.Errorf("got\n%s", got)
	}
	full.Outcomes, full.Map.Slices = nil, nil
	if got := hints(full); !strings.Contains(got, "0 The map has no slice yet.") {
		t.Errorf("got\n%s", got)
	}
}

func TestAStoryMapAsText(t *testing.T) {
	shown := pipeline.ShownMap{
		Map:      storyMap(),
		Outcomes: map[pipeline.OutcomeKey]pipeline.SliceOutcome{o(2): {Statement: "Paid in *time*", Number: "120 calls, target 80"}},
		Stages:   map[pipeline.Key]pipeline.Stage{payKey(12): pipeline.Discovery},
	}
	const want = `# Paying an invoice

For accountants.

1. **Receive**: Open the mail · Check the sum
2. **Pay**

## First

Outcome: PAY-O2 Paid in \*time\*: 120 calls, target 80

- Open the mail: Read a PDF (walking skeleton; PAY-12, in discovery)
- Open the mail: Read a scan

## Second

Outcome: no outcome yet

- Open the mail: Read a photo

## Not in a slice yet

- Open the mail: Read handwriting
`
	if diff := cmp.Diff(want, pipeline.MapMarkdown(shown)); diff != "" {
		t.Error(diff)
	}
	text, err := pipeline.MapJSON(shown)
	if err != nil || !strings.Contains(string(text), `"statement": "Paid in *time*"`) || !strings.Contains(string(text), `"stage": "discovery"`) {
		t.Errorf("%s %v", text, err)
	}
	if got := shown.Map.Counts(); got != "2 activities, 2 tasks and 4 stories" {
		t.Error(got)
	}
}
