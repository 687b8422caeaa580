package pipeline_test

import (
	"strings"
	"testing"

	"alignbot/pipeline"
)

func TestVelocityIsTheMeanOfTheLastThreeSprints(t *testing.T) {
	done := func(ideas, sized, points int) pipeline.Finished {
		return pipeline.Finished{Ideas: ideas, Sized: sized, Points: points}
	}
	points, typed, ideas := pipeline.Team{}, pipeline.Team{Velocity: 20}, pipeline.Team{Velocity: 20, VelocityIdeas: true}
	for name, c := range map[string]struct {
		team pipeline.Team
		last []pipeline.Finished // the newest first
		want float64
		of   int
		says string
	}{
		"none closed, nothing typed":       {points, nil, 0, 0, "unknown. Close a sprint, or say in the team's settings how much it finishes in one."},
		"none closed":                      {typed, nil, 20, 0, "20 points a sprint, as the team has typed it"},
		"one":                              {typed, []pipeline.Finished{done(3, 3, 12)}, 12, 1, "12 points in the last sprint"},
		"two":                              {typed, []pipeline.Finished{done(3, 3, 12), done(2, 2, 13)}, 12.5, 2, "12.5 points a sprint, the mean of the last 2 sprints"},
		"three":                            {typed, []pipeline.Finished{done(3, 3, 10), done(2, 2, 10), done(1, 1, 12)}, 32.0 / 3, 3, "10.7 points a sprint, the mean of the last 3 sprints"},
		"a fourth counts no more":          {typed, []pipeline.Finished{done(1, 1, 6), done(1, 1, 6), done(1, 1, 6), done(9, 9, 99)}, 6, 3, "6 points a sprint, the mean of the last 3 sprints"},
		"ideas are counted":                {ideas, []pipeline.Finished{done(3, 0, 0), done(4, 4, 40)}, 3.5, 2, "3.5 ideas a sprint, the mean of the last 2 sprints"},
		"one without sizes tells nothing":  {typed, []pipeline.Finished{done(5, 0, 0), done(2, 2, 8)}, 8, 1, "8 points in the last sprint"},
		"none with sizes":                  {typed, []pipeline.Finished{done(5, 0, 0), done(2, 0, 0)}, 20, 0, "20 points a sprint, as the team has typed it"},
		"one in which nothing was done":    {typed, []pipeline.Finished{{}, done(2, 2, 8)}, 4, 2, "4 points a sprint, the mean of the last 2 sprints"},
		"the last in which nothing was":    {typed, []pipeline.Finished{{}}, 0, 1, "unknown. The last sprint has finished nothing."},
		"three in which nothing was done":  {typed, []pipeline.Finished{{}, {}, {}}, 0, 3, "unknown. The last 3 sprints have finished nothing."},
		"ideas counted, none of them done": {ideas, []pipeline.Finished{{}, {}}, 0, 2, "unknown. The last 2 sprints have finished nothing."},
	} {
		pace := pipeline.PaceOf(c.team, c.last)
		if of := map[bool]int{true: pace.Sprints}[pace.Measured]; pace.PerSprint() != c.want || of != c.of {
			t.Errorf("%s: %+v, want %v of %d", name, pace, c.want, c.of)
		}
		if says := pace.Words(c.team); says != c.says {
			t.Errorf("%s: %q, want %q", name, says, c.says)
		}
	}
}

func TestTheGateTakesTheMeasuredVelocity(t *testing.T) {
	team := pipeline.Team{Key: "PAY", SoftLimit: 4, HardLimit: 6, Velocity: 1000}
	last := []pipeline.Finished{{Ideas: 1, Sized: 1, Points: 3}, {Ideas: 1, Sized: 1, Points: 4}, {Ideas: 1, Sized: 1, Points: 4}} // 11 in three
	for points, want := range map[int]string{
		13: "",                           // 14 of 14.67
		14: "holds 4.1 sprints",          // 15
		21: "holds 6 sprints of work.",   // 22 is six times 11/3 to the point
		22: "6.3 sprints of work with t", // over
	} {
		idea := ripe(pipeline.Validated)
		idea.Size = 1
		answer := pipeline.Gate(team, idea, pipeline.Dossier{Load: pipeline.Load{Ideas: 1, Sized: 1, Points: points, Finished: last}}, pipeline.Backlog)
		said := strings.Join(answer.Warnings, " ")
		for _, lack := range answer.Lacks {
			said += lack.Words
		}
		if want == "" && said != "" || !strings.Contains(said, want) || (points == 22) != (len(answer.Lacks) == 1) {
			t.Errorf("%d points in it: %q", points, said)
		}
	}
	idle := pipeline.Load{Ideas: 2, Sized: 2, Points: 9, Finished: []pipeline.Finished{{}, {}}}
	if got := pipeline.Runway(team, idle); got != "How many sprints of work the Product Backlog holds is unknown: the last 2 sprints have finished nothing." {
		t.Error(got)
	}
	if got := pipeline.Runway(team, pipeline.Load{Ideas: 2, Sized: 2, Points: 11, Finished: last}); got != "The Product Backlog holds 3 sprints of work." {
		t.Error(got)
	}
}
