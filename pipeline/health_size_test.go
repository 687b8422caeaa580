package pipeline_test

import (
	"testing"

	"alignbot/pipeline"
)

// ready makes an idea in the Product Backlog for each size.
func ready(sizes ...int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		for i, size := range sizes {
			f.Active = append(f.Active, healthIdea(i+1, func(idea *pipeline.ActiveIdea) { idea.Size = size }))
		}
	}
}

// captured are n ideas of which some were captured that many days ago, in the same
// minute.
func captured(n, early, days int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		f.Active = healthIdeas(n, early, func(i *pipeline.ActiveIdea) { i.Created = ago(days) })
	}
}

func noVelocity(f *pipeline.HealthFacts) {
	ready(50)(f)
	f.Pace = pipeline.Pace{Sprints: 1}
}

// Ten points are one sprint.
var sizeCases = []healthCase{
	{pipeline.RuleStarved, "at three sprints", ready(30), fine},
	{pipeline.RuleStarved, "a point under three sprints", ready(29), warns},
	{pipeline.RuleStarved, "at one sprint", ready(10), warns},
	{pipeline.RuleStarved, "a point under one sprint", ready(9), alerts},
	{pipeline.RuleStarved, "above", ready(31), fine},
	{pipeline.RuleStarved, "nothing is ready", func(f *pipeline.HealthFacts) {
		f.Active = healthIdeas(1, 1, func(i *pipeline.ActiveIdea) { i.Stage = pipeline.Discovery })
	}, alerts},
	{pipeline.RuleStarved, "no velocity", noVelocity, tooFew},
	{pipeline.RuleStarved, "an idea without a size", ready(9, 0), tooFew},
	{pipeline.RuleStarved, "ideas are counted, so sizes do not matter", func(f *pipeline.HealthFacts) {
		ready(0, 0)(f)
		f.Team.VelocityIdeas, f.Pace = true, pipeline.Pace{Work: 2, Sprints: 1}
	}, warns},
	{pipeline.RuleStarved, "no size anywhere, two ideas finished in a sprint", unsized(5, 2), warns},
	{pipeline.RuleStarved, "no size anywhere, and enough", unsized(6, 2), fine},
	{pipeline.RuleStarved, "no size anywhere, nothing finished", unsized(6, 0), tooFew},
	{pipeline.RuleStarved, "no ideas at all", nil, tooFew},

	{pipeline.RuleOverSized, "under four sprints", ready(39), fine},
	{pipeline.RuleOverSized, "at four sprints", ready(40), warns},
	{pipeline.RuleOverSized, "at six sprints", ready(60), warns},
	{pipeline.RuleOverSized, "over six sprints", ready(61), alerts},
	{pipeline.RuleOverSized, "over six sprints and something without a size", ready(61, 0), alerts},
	{pipeline.RuleOverSized, "no velocity", noVelocity, tooFew},
	{pipeline.RuleOverSized, "nothing has a size", ready(0, 0), tooFew},

	{pipeline.RuleOverRefined, "under six sprints", ready(59), fine},
	{pipeline.RuleOverRefined, "at six sprints", ready(60), fine},
	{pipeline.RuleOverRefined, "over six sprints", ready(61), warns},
	{pipeline.RuleOverRefined, "no velocity", noVelocity, tooFew},

	{pipeline.RuleAllDetailed, "seven of ten", detailed(10, 7), fine},
	{pipeline.RuleAllDetailed, "eight of ten", detailed(10, 8), fine},
	{pipeline.RuleAllDetailed, "nine of ten", detailed(10, 9), warns},
	{pipeline.RuleAllDetailed, "all of nine", detailed(9, 9), tooFew},

	// The team is 400 days old: its first tenth ended 360 days ago.
	{pipeline.RuleInAdvance, "twelve of twenty", captured(20, 12, 361), fine},
	{pipeline.RuleInAdvance, "thirteen of twenty", captured(20, 13, 361), warns},
	{pipeline.RuleInAdvance, "all of twenty, after the first tenth", captured(20, 20, 360), fine},
	{pipeline.RuleInAdvance, "all of nineteen", captured(19, 19, 361), tooFew},
	{pipeline.RuleInAdvance, "a team of 99 days", func(f *pipeline.HealthFacts) {
		captured(20, 20, 98)(f)
		f.Team.Created = ago(99)
	}, tooFew},

	{pipeline.RuleBulk, "29 on a day", captured(40, 29, 2), fine},
	{pipeline.RuleBulk, "30 on a day", captured(40, 30, 2), fine},
	{pipeline.RuleBulk, "31 on a day", captured(40, 31, 2), warns},
	{pipeline.RuleBulk, "31 on a day five weeks ago", captured(40, 31, 35), tooFew},
}

// unsized are n ideas in the Product Backlog without a size, and a closed sprint that
// finished so many without one.
func unsized(n, finished int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		ready(make([]int, n)...)(f)
		closed := healthSprint(3, 1)
		closed.Finished = pipeline.Finished{Ideas: finished}
		f.Closed, f.Pace = []pipeline.Sprint{closed}, pipeline.PaceOf(f.Team, []pipeline.Finished{closed.Finished})
	}
}

// detailed are n ideas, some with a size and criteria.
func detailed(n, some int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		f.Active = healthIdeas(n, n-some, func(i *pipeline.ActiveIdea) { i.Criteria = 0 })
	}
}

func TestSupplyInItsBands(t *testing.T) {
	for name, c := range map[string]struct {
		facts      func(*pipeline.HealthFacts)
		ready, all string
		readyAt    int
		allAt      int
	}{
		"in the middle":      {ready(42), "4.2 sprints", "4.2 sprints", 1, 1},
		"at both ends":       {ready(60), "6 sprints", "6 sprints", 1, 1},
		"a little over":      {ready(61), "6.1 sprints", "6.1 sprints", 2, 2},
		"too little":         {ready(29), "2.9 sprints", "2.9 sprints", 0, 0},
		"one without a size": {ready(42, 0), "at least 4.2 sprints", "at least 4.2 sprints", -1, -1},
		"too much already":   {ready(61, 0), "at least 6.1 sprints", "at least 6.1 sprints", 2, 2},
		"one sprint":         {ready(10), "1 sprint", "1 sprint", 0, 0},
		"no sizes at all":    {unsized(9, 2), "4.5 sprints", "4.5 sprints", 1, 1},
		"no velocity":        {noVelocity, "unknown", "unknown", -1, -1},
		"nearly three, never called three": {func(f *pipeline.HealthFacts) {
			ready(2999)(f)
			f.Pace = pipeline.Pace{Work: 1000, Sprints: 1}
		}, "2.9 sprints", "3 sprints", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := pipeline.ReportHealth(healthCase{facts: c.facts}.made(), pipeline.HealthRules{}, healthNow)
			if r.Ready.Words() != c.ready || r.All.Words() != c.all || r.Ready.At != c.readyAt || r.All.At != c.allAt {
				t.Errorf("ready %q at %d, all %q at %d", r.Ready.Words(), r.Ready.At, r.All.Words(), r.All.At)
			}
		})
	}
}
