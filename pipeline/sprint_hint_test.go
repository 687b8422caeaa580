package pipeline_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestHintsAboutASprint(t *testing.T) {
	node := func(kind pipeline.NodeKind, n int) []pipeline.NodeKey {
		return []pipeline.NodeKey{{Team: "PAY", Kind: kind, Number: n}}
	}
	item := func(size int, work pipeline.Work, outcomes []pipeline.NodeKey) pipeline.SprintItem {
		return pipeline.SprintItem{Size: size, Work: work, Outcomes: outcomes}
	}
	serving := node("", 2)
	type kinds = []pipeline.SprintHintKind
	for name, c := range map[string]struct {
		change func(*pipeline.Sprint)
		want   kinds
	}{
		"all is well":                      {func(*pipeline.Sprint) {}, nil},
		"a goal that names an idea":        {func(s *pipeline.Sprint) { s.Goal = "Finish PAY-12 and pay-13" }, kinds{pipeline.HintGoalLists}},
		"a goal joined with and":           {func(s *pipeline.Sprint) { s.Goal = "People pay in time and support answers within a day" }, kinds{pipeline.HintGoalSeveral}},
		"a goal that is a list":            {func(s *pipeline.Sprint) { s.Goal = "Shops see fees, export invoices and get paid sooner" }, kinds{pipeline.HintGoalSeveral}},
		"a list of verbs is one goal":      {func(s *pipeline.Sprint) { s.Goal = "Find, fix and pay invoices" }, nil},
		"a comma is no list":               {func(s *pipeline.Sprint) { s.Goal = "Shops know when their money comes, without asking us" }, nil},
		"one verb more is no second goal":  {func(s *pipeline.Sprint) { s.Goal = "Customers find and pay their invoices" }, nil},
		"three words on each side are two": {func(s *pipeline.Sprint) { s.Goal = "People pay invoices and support answers calls" }, kinds{pipeline.HintGoalSeveral}},
		"a semicolon":                      {func(s *pipeline.Sprint) { s.Goal = "People pay in time; support answers within a day" }, kinds{pipeline.HintGoalSeveral}},
		"and inside a word":                {func(s *pipeline.Sprint) { s.Goal = "The brand new checkout expands to standing orders" }, nil},
		"no outcome":                       {func(s *pipeline.Sprint) { s.Outcome = pipeline.OutcomeKey{} }, kinds{pipeline.HintNoOutcome}},
		"half serves it": {func(s *pipeline.Sprint) {
			s.Items = []pipeline.SprintItem{item(50, pipeline.Feature, serving), item(50, pipeline.Technical, nil)}
		}, nil},
		"less than half does": {func(s *pipeline.Sprint) {
			s.Items = []pipeline.SprintItem{item(49, pipeline.Feature, serving), item(51, pipeline.Technical, nil)}
		}, kinds{pipeline.HintServing}},
		"by an opportunity and an impact": {func(s *pipeline.Sprint) { s.Items[0].Outcomes, s.Items[1].Outcomes = node("P", 1), node("I", 1) }, nil},
		"the outcome above is not it":     {func(s *pipeline.Sprint) { s.Items[0].Outcomes, s.Items[1].Outcomes = node("", 1), node("", 1) }, kinds{pipeline.HintServing}},
		"19 percent technical": {func(s *pipeline.Sprint) {
			s.Items = []pipeline.SprintItem{item(81, pipeline.Feature, serving), item(19, pipeline.Technical, nil)}
		}, kinds{pipeline.HintTechnical}},
		"20 percent, a bug among it": {func(s *pipeline.Sprint) {
			s.Items = []pipeline.SprintItem{item(80, pipeline.Feature, serving), item(19, pipeline.Technical, nil), item(1, pipeline.Bug, nil)}
		}, nil},
		"no capacity":             {func(s *pipeline.Sprint) { s.Capacity = 0 }, kinds{pipeline.HintNoCapacity}},
		"20 percent slack":        {func(s *pipeline.Sprint) { s.Planned = 80 }, nil},
		"a point less":            {func(s *pipeline.Sprint) { s.Planned = 81 }, kinds{pipeline.HintSlack}},
		"more than there is":      {func(s *pipeline.Sprint) { s.Planned = 120 }, kinds{pipeline.HintSlack}},
		"an item without a size":  {func(s *pipeline.Sprint) { s.Items = append(s.Items, item(0, pipeline.Feature, nil)) }, kinds{pipeline.HintUnsized}},
		"nothing has one":         {func(s *pipeline.Sprint) { s.Items = []pipeline.SprintItem{item(0, "", nil)} }, kinds{pipeline.HintUnsized}},
		"nothing is in it":        {func(s *pipeline.Sprint) { s.Items = nil }, nil},
		"ideas need no size":      {func(s *pipeline.Sprint) { s.InIdeas = true; s.Items[0].Size = 0 }, nil},
		"ideas are counted alike": {func(s *pipeline.Sprint) { s.InIdeas = true; s.Items[1].Outcomes, s.Items[0].Size = nil, 99 }, kinds{pipeline.HintServing}},
	} {
		s := pipeline.Sprint{
			Goal: "People pay in time", Outcome: serving[0], Capacity: 100, Planned: 40,
			Items: []pipeline.SprintItem{item(20, pipeline.Feature, serving), item(20, pipeline.Feature, serving), item(20, pipeline.Technical, nil)},
		}
		c.change(&s)
		hints := s.Hints(pipeline.Team{}, servingNodes())
		var got kinds
		for _, h := range hints {
			if h.Words == "" {
				t.Errorf("%s: %s without words", name, h.Kind)
			}
			got = append(got, h.Kind)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, hints)
		}
	}
}

func TestAndInOtherLanguages(t *testing.T) {
	for goal, language := range map[string]pipeline.Language{
		"Les clients paient vite et le support répond vite":  "french",
		"Kunden zahlen pünktlich; der Support antwortet":     pipeline.NoLanguage,
		"Kunderna betalar i tid och supporten svarar snabbt": "swedish",
		"People pay in time AND support answers quickly":     pipeline.English,
	} {
		hints := pipeline.Sprint{Goal: goal}.Hints(pipeline.Team{Language: language}, pipeline.Nodes{})
		if len(hints) == 0 || hints[0].Kind != pipeline.HintGoalSeveral {
			t.Errorf("%q: %v", goal, hints)
		}
	}
	if hints := (pipeline.Sprint{Goal: "People pay in time and support answers quickly"}).Hints(pipeline.Team{Language: "french"}, pipeline.Nodes{}); hints[0].Kind == pipeline.HintGoalSeveral {
		t.Error("an English word in a French goal")
	}
}

func TestHintsSayTheNumbers(t *testing.T) {
	s := pipeline.Sprint{
		Goal: "Finish PAY-1, PAY-2, PAY-3 and PAY-4", Outcome: pipeline.NodeKey{Team: "PAY", Number: 2}, Capacity: 20, Planned: 18,
		Items: []pipeline.SprintItem{{Size: 13, Work: pipeline.Feature}, {Size: 5, Work: pipeline.Bug}, {}},
	}
	s.Items[1].Size = 3
	var said []string
	for _, h := range s.Hints(pipeline.Team{}, servingNodes()) {
		said = append(said, h.Words)
	}
	want := []string{
		"The goal names PAY-1, PAY-2, PAY-3 and 1 more. A goal says why; what is done for it is in the list of items.",
		"0 of 16 points serve PAY-O2: 0 %, and a goal carries at least 50 %.",
		"3 of 16 points are technical work or bugs: 18 %, and 20 % keep the product easy to change.",
		"18 of 20 points are planned: 10 % slack. With 20 % the team can help, learn and meet surprises.",
		"One item has no size, so the sums leave it out.",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
}
