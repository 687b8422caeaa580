package pipeline_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// parkedFrom are ideas of the Anti-Product Backlog that stood there.
func parkedFrom(stages ...pipeline.Stage) []pipeline.Idea {
	var ideas []pipeline.Idea
	for _, stage := range stages {
		ideas = append(ideas, pipeline.Idea{Stage: pipeline.Parked, Parking: &pipeline.Parking{From: stage}})
	}
	return ideas
}

func TestAFunnelCountsHowFarIdeasHaveCome(t *testing.T) {
	type line struct{ Name, Came, Words string }
	for _, c := range []struct {
		name   string
		counts map[pipeline.Stage]int
		parked []pipeline.Idea
		want   []line
		beside string
		ideas  int
	}{
		{
			name: "without ideas",
			want: []line{
				{"Captured", "", "none here now"}, {"Discovery", "", "none here now"}, {"Validated", "", "none here now"},
				{"Product Backlog", "", "none here now"}, {"Delivered", "", "none here now"}, {"Learned from", "", "none here now"},
			},
			beside: "no ideas in the Anti-Product Backlog",
		},
		{
			name:   "with some at every stage, and parked ones",
			counts: map[pipeline.Stage]int{pipeline.Captured: 10, pipeline.Discovery: 5, pipeline.Validated: 2, pipeline.Backlog: 6, pipeline.Delivered: 1, pipeline.Learned: 3, pipeline.Parked: 4},
			parked: parkedFrom(pipeline.Discovery, pipeline.Backlog, pipeline.Captured, pipeline.Discovery),
			want: []line{
				{"Captured", "", "10 here now, 1 parked from here"}, // 31
				{"Discovery", "20 of 31 came this far, 64 %", "5 here now, 2 parked from here"},
				{"Validated", "13 of 20 came this far, 65 %", "2 here now"},
				{"Product Backlog", "11 of 13 came this far, 84 %", "6 here now, 1 parked from here"},
				{"Delivered", "4 of 11 came this far, 36 %", "1 here now"},
				{"Learned from", "3 of 4 came this far, 75 %", "3 here now"},
			},
			beside: "4 ideas in the Anti-Product Backlog",
			ideas:  31,
		},
		{
			name:   "with more parked than were read, and one of before anybody noted from where",
			counts: map[pipeline.Stage]int{pipeline.Discovery: 1, pipeline.Parked: 12},
			parked: append(parkedFrom(pipeline.Discovery, ""), pipeline.Idea{Stage: pipeline.Parked}),
			want: []line{
				{"Captured", "", "none here now"}, {"Discovery", "2 of 13 came this far, 15 %", "1 here now, 1 parked from here"},
				{"Validated", "0 of 2 came this far, 0 %", "none here now"}, {"Product Backlog", "", "none here now"},
				{"Delivered", "", "none here now"}, {"Learned from", "", "none here now"},
			},
			beside: "12 ideas in the Anti-Product Backlog; of 11 of them it is not known how far they had come, so they count as captured",
			ideas:  13,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := pipeline.NewFunnel(*payments("U1"), c.counts, c.parked)
			var got []line
			for i, step := range f.Steps {
				got = append(got, line{step.Name, f.Came(i), step.Words()})
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if words := f.ParkedInWords(); words != c.beside {
				t.Errorf("beside it stands %q, want %q", words, c.beside)
			}
			if f.Ideas() != c.ideas {
				t.Errorf("%d ideas, want %d", f.Ideas(), c.ideas)
			}
		})
	}
}

// No idea is lost or counted twice, and none comes from nowhere: whatever stands
// where, as many have been captured as there are, and no step is wider than the one
// before it.
func TestAFunnelOnlyNarrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts, all := map[pipeline.Stage]int{}, 0
		for _, stage := range pipeline.Stages() {
			counts[stage] = rapid.IntRange(0, 40).Draw(t, string(stage))
			all += counts[stage]
		}
		parked := parkedFrom(rapid.SliceOfN(rapid.SampledFrom(append(pipeline.Stages(), "")), 0, 50).Draw(t, "parked")...)
		f := pipeline.NewFunnel(*payments("U1"), counts, parked)
		if f.Ideas() != all {
			t.Fatalf("%d ideas, want %d", f.Ideas(), all)
		}
		held := f.Elsewhere
		for i, step := range f.Steps {
			held += step.Now + step.Parked
			if i > 0 && step.Reached > f.Steps[i-1].Reached {
				t.Fatalf("%s is wider than what is before it: %+v", step.Name, f.Steps)
			}
		}
		if held != all {
			t.Fatalf("the steps hold %d ideas, want %d", held, all)
		}
	})
}
