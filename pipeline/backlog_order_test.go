package pipeline_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestReorderTheProductBacklog(t *testing.T) {
	where := pipeline.Where{Team: sprintTeam()}
	idea := inBacklog(1)[0]
	for _, to := range pipeline.OrderMoves() {
		event, err := pipeline.Reorder(pipeline.Policy{}, member, where, idea, to, noon)
		if diff := cmp.Diff(pipeline.Event{At: noon, By: "U2", What: pipeline.WasReordered}, event); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", to, err, diff)
		}
	}
	elsewhere, withdrawn := idea, idea
	elsewhere.Stage, withdrawn.Withdrawn = pipeline.Delivered, noon
	for code, c := range map[string]struct {
		p     pipeline.Person
		where pipeline.Where
		idea  pipeline.Idea
		to    pipeline.OrderMove
	}{
		"not-in-backlog": {member, where, elsewhere, pipeline.MoveUp},
		"idea-withdrawn": {member, where, withdrawn, pipeline.MoveUp},
		"order-unknown":  {member, where, idea, "sideways"},
		"not-permitted":  {pipeline.Person{ID: "U7", Guest: true}, where, idea, pipeline.MoveUp},
	} {
		if _, err := pipeline.Reorder(pipeline.Policy{Guests: true}, c.p, c.where, c.idea, c.to, noon); problemCode(err) != code {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestReorderingsInAJournal(t *testing.T) {
	move := func(from, to string) pipeline.Event {
		return pipeline.Event{At: noon, By: "U2", What: pipeline.WasReordered, Changes: []pipeline.Change{{Field: pipeline.FieldRank, From: from, To: to}}}
	}
	got := pipeline.Reorderings([]pipeline.Happening{
		{Key: "PAY-1", Event: move("5", "1")},
		{Key: "PAY-2", Event: pipeline.Event{What: pipeline.WasEdited}},
		{Key: "PAY-3", Event: move("x", "1")},
	})
	if diff := cmp.Diff([]pipeline.Reordering{{Key: "PAY-1", By: "U2", At: noon, From: 5, To: 1}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestChangesAtTheTop(t *testing.T) {
	keys := func(numbers ...int) (keys []pipeline.Key) {
		for _, n := range numbers {
			keys = append(keys, payKey(n))
		}
		return keys
	}
	for name, c := range map[string]struct {
		then, now   []pipeline.Key
		finished    []int
		changed, of int
	}{
		"nothing was there":              {nil, keys(1, 2), nil, 0, 0},
		"nothing changed":                {keys(1, 2, 3), keys(1, 2, 3), nil, 0, 3},
		"the finished do not count":      {keys(1, 2, 3), keys(2, 3, 4), []int{1}, 0, 2},
		"all were finished":              {keys(1, 2), keys(3, 4), []int{1, 2}, 0, 0},
		"two changed places":             {keys(1, 2, 3), keys(2, 1, 3), nil, 1, 3},
		"one came in between":            {keys(1, 2, 3), keys(1, 9, 2, 3), nil, 0, 3},
		"one fell out":                   {keys(1, 2, 3), keys(1, 2, 9), nil, 1, 3},
		"the first fell to the end":      {keys(1, 2, 3), keys(2, 3, 1), nil, 1, 3},
		"the last went to the top":       {keys(1, 2, 3, 4), keys(4, 1, 2, 3), nil, 1, 4},
		"all the other way round":        {keys(1, 2, 3, 4), keys(4, 3, 2, 1), nil, 3, 4},
		"others stand there altogether":  {keys(1, 2, 3), keys(7, 8, 9), nil, 3, 3},
		"there is nothing there anymore": {keys(1, 2), nil, nil, 2, 2},
	} {
		stays := func(key pipeline.Key) bool { return !slices.Contains(c.finished, key.Number) }
		if changed, of := pipeline.ChangedTop(c.then, c.now, stays); changed != c.changed || of != c.of {
			t.Errorf("%s: %d of %d", name, changed, of)
		}
	}
}
