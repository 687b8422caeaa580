package pipeline_test

import (
	"testing"

	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// on are so many ideas at the stage.
func on(stage pipeline.Stage, ideas int) pipeline.IdeasOn {
	return pipeline.IdeasOn{Stages: map[pipeline.Stage]int{stage: ideas}}
}

func TestIdeasAreCountedOnce(t *testing.T) {
	nodes := pipeline.Nodes{
		Outcomes:      []pipeline.Outcome{business(1, 0), product(2, 1), product(3, 1)},
		Opportunities: []pipeline.Opportunity{{Key: p(1), Parent: o(2)}},
		Impacts:       []pipeline.Impact{{Key: i(1), Goal: o(2), Actor: "Shops", To: "pay"}, {Key: i(2), Goal: o(2), Actor: "shops", To: "call"}},
	}
	for _, c := range []struct {
		name     string
		ideas    map[pipeline.NodeKey]pipeline.IdeasOn
		together []pipeline.Together
		counts   map[pipeline.NodeKey]string
		actor    int
	}{
		{
			name:   "with one link each",
			ideas:  map[pipeline.NodeKey]pipeline.IdeasOn{o(2): on(pipeline.Captured, 2), p(1): on(pipeline.Discovery, 1), o(3): on(pipeline.Backlog, 1)},
			counts: map[pipeline.NodeKey]string{o(1): "4 ideas", o(2): "3 ideas", o(3): "1 idea", p(1): "1 idea"},
		},
		{
			name:     "linked to an outcome and to what hangs under it",
			ideas:    map[pipeline.NodeKey]pipeline.IdeasOn{o(2): on(pipeline.Captured, 2), p(1): on(pipeline.Captured, 1), i(1): on(pipeline.Captured, 1)},
			together: []pipeline.Together{{Nodes: []pipeline.NodeKey{p(1), o(2), i(1)}, Stage: pipeline.Captured, Ideas: 1}},
			counts:   map[pipeline.NodeKey]string{o(1): "2 ideas", o(2): "2 ideas", p(1): "1 idea"},
			actor:    1,
		},
		{
			name:     "linked to two outcomes side by side",
			ideas:    map[pipeline.NodeKey]pipeline.IdeasOn{o(2): on(pipeline.Captured, 3), o(3): on(pipeline.Captured, 3)},
			together: []pipeline.Together{{Nodes: []pipeline.NodeKey{o(2), o(3)}, Stage: pipeline.Captured, Ideas: 3}},
			counts:   map[pipeline.NodeKey]string{o(1): "3 ideas", o(2): "3 ideas", o(3): "3 ideas"},
		},
		{
			name:     "linked to two impacts of one actor",
			ideas:    map[pipeline.NodeKey]pipeline.IdeasOn{i(1): on(pipeline.Captured, 1), i(2): on(pipeline.Captured, 1)},
			together: []pipeline.Together{{Nodes: []pipeline.NodeKey{i(1), i(2)}, Stage: pipeline.Captured, Ideas: 1}},
			counts:   map[pipeline.NodeKey]string{o(2): "1 idea"},
			actor:    1,
		},
		{
			name:   "parked",
			ideas:  map[pipeline.NodeKey]pipeline.IdeasOn{o(2): on(pipeline.Parked, 2), o(3): on(pipeline.Captured, 1)},
			counts: map[pipeline.NodeKey]string{o(1): "1 idea and 2 parked", o(2): "no ideas but 2 parked", o(3): "1 idea"},
		},
		{
			name:     "parked with several links",
			ideas:    map[pipeline.NodeKey]pipeline.IdeasOn{o(2): on(pipeline.Parked, 1), p(1): on(pipeline.Parked, 1)},
			together: []pipeline.Together{{Nodes: []pipeline.NodeKey{o(2), p(1)}, Stage: pipeline.Parked, Ideas: 1}},
			counts:   map[pipeline.NodeKey]string{o(1): "no ideas but 1 parked", o(3): "no ideas"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree := pipeline.NewTree(pipeline.TreeFacts{Team: "PAY", Nodes: nodes, Ideas: c.ideas, Together: c.together}, noon)
			for b := range everyBranch(tree) {
				if want := c.counts[b.Key]; want != "" && b.IdeasInWords() != want {
					t.Errorf("%s has %s, want %s", b.Key, b.IdeasInWords(), want)
				}
				if want := b.Key.Kind == pipeline.OutcomeNode && b.InAll == 0; b.Orphan != want {
					t.Errorf("%s with %s: orphan is %v", b.Key, b.IdeasInWords(), b.Orphan)
				}
			}
			impacts, _ := tree.ImpactMap(o(2))
			if got := impacts.Roots[0].Children[0].InAll; got != c.actor {
				t.Errorf("their actor has %d ideas, want %d", got, c.actor)
			}
		})
	}
}

// Whatever ideas are linked to, each outcome counts those that lead to it.
func TestIdeasAreCountedWhateverTheirLinks(t *testing.T) {
	nodes := pipeline.Nodes{
		Outcomes:      []pipeline.Outcome{business(1, 0), product(2, 1), product(3, 1)},
		Opportunities: []pipeline.Opportunity{{Key: p(1), Parent: o(2)}, {Key: p(2), Parent: p(1)}, {Key: p(3), Parent: o(3)}},
	}
	above := map[pipeline.NodeKey][]pipeline.NodeKey{
		o(1): {o(1)}, o(2): {o(2), o(1)}, o(3): {o(3), o(1)}, p(1): {p(1), o(2), o(1)}, p(2): {p(2), p(1), o(2), o(1)}, p(3): {p(3), o(3), o(1)},
	}
	rapid.Check(t, func(t *rapid.T) {
		facts := pipeline.TreeFacts{Team: "PAY", Nodes: nodes, Ideas: map[pipeline.NodeKey]pipeline.IdeasOn{}}
		want := map[pipeline.NodeKey]int{}
		for range rapid.IntRange(0, 8).Draw(t, "ideas") {
			links := rapid.SliceOfNDistinct(rapid.SampledFrom([]pipeline.NodeKey{o(1), o(2), o(3), p(1), p(2), p(3)}), 1, 4, rapid.ID).Draw(t, "links")
			stage := rapid.SampledFrom(pipeline.Stages()).Draw(t, "stage")
			leads := map[pipeline.NodeKey]bool{}
			for _, key := range links {
				if facts.Ideas[key].Stages == nil {
					facts.Ideas[key] = on(stage, 0)
				}
				facts.Ideas[key].Stages[stage]++
				for _, over := range above[key] {
					leads[over] = true
				}
			}
			if len(links) > 1 {
				facts.Together = append(facts.Together, pipeline.Together{Nodes: links, Stage: stage, Ideas: 1})
			}
			for key := range leads {
				want[key]++
			}
		}
		for b := range everyBranch(pipeline.NewTree(facts, noon)) {
			if b.InAll+b.ParkedInAll != want[b.Key] {
				t.Fatalf("%s counts %d and %d parked, want %d in all", b.Key, b.InAll, b.ParkedInAll, want[b.Key])
			}
		}
	})
}
