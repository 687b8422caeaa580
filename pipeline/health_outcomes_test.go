package pipeline_test

import (
	"strings"
	"testing"

	"alignbot/pipeline"
)

// loose are n ideas, some of them for nothing.
func loose(n, special int) func(*pipeline.HealthFacts) {
	return some(n, special, func(i *pipeline.ActiveIdea) { i.Outcomes = nil })
}

// outcomeOf adds an open outcome of that age, last measured so long ago.
func outcomeOf(age, measured int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		o := healthTree().Outcomes[0]
		latest := *o.Latest
		o.Key, o.Created, latest.At, o.Latest = outcomeKey(5), ago(age), ago(measured), &latest
		f.Nodes.Outcomes = append(f.Nodes.Outcomes, o)
	}
}

// linkedOn tells how many ideas of a stage are linked to PAY-O5.
func linkedOn(f *pipeline.HealthFacts, stage pipeline.Stage) {
	f.Ideas[outcomeKey(5)] = pipeline.IdeasOn{Stages: map[pipeline.Stage]int{stage: 1}}
}

func lookBack(waiting, answered int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		f.LookBack = pipeline.LookBack{Waiting: waiting, Answered: answered, Due: []pipeline.IdeaLine{{Key: key(7), Title: "Export"}}}
	}
}

// roadmap are n ideas of which some are for an opportunity that is worked on now.
func roadmap(n, forNow int, horizon pipeline.Horizon) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		opportunity := pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode, Number: 2}
		f.Nodes.Opportunities = []pipeline.Opportunity{{Key: opportunity, Parent: outcomeKey(1), Horizon: horizon}}
		f.Active = healthIdeas(n, n, func(i *pipeline.ActiveIdea) {
			if i.Outcomes = []pipeline.NodeKey{opportunity}; i.Key.Number > forNow {
				i.Outcomes = []pipeline.NodeKey{outcomeKey(7)}
			}
		})
	}
}

func canvas(days int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		f.Canvases = []pipeline.Confirmed{{Key: "PAY-C1", Name: "Lean Canvas", At: ago(days)}}
	}
}

// test is one that ended so many days ago.
func test(ended int, running bool, lacks ...string) func(*pipeline.HealthFacts) {
	return one(func(i *pipeline.ActiveIdea) {
		i.Runs = []pipeline.RunSummary{{
			ID: 1, Template: pipeline.TestCard, Use: pipeline.UseTest, Running: running, Deadline: ago(ended), Lacks: lacks, Verdict: pipeline.Undecided,
		}}
	})
}

var criterion = func() string {
	t, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.TestCard)
	for _, item := range t.Items {
		if item.ID == pipeline.ItemCriterion {
			return item.Question
		}
	}
	panic("no criterion")
}()

var outcomeCases = []healthCase{
	{pipeline.RuleNoThemes, "nine percent", loose(11, 1), fine},
	{pipeline.RuleNoThemes, "a fifth", loose(5, 1), fine},
	{pipeline.RuleNoThemes, "two of five", loose(5, 2), warns},
	{pipeline.RuleNoThemes, "all of four", loose(4, 4), tooFew},

	{pipeline.RuleOrphanOutcome, "13 days", outcomeOf(13, 1), fine},
	{pipeline.RuleOrphanOutcome, "14 days", outcomeOf(14, 1), warns},
	{pipeline.RuleOrphanOutcome, "15 days", outcomeOf(15, 1), warns},
	{pipeline.RuleOrphanOutcome, "with an idea", func(f *pipeline.HealthFacts) { outcomeOf(99, 1)(f); linkedOn(f, pipeline.Discovery) }, fine},
	{pipeline.RuleOrphanOutcome, "with a parked idea", func(f *pipeline.HealthFacts) { outcomeOf(99, 1)(f); linkedOn(f, pipeline.Parked) }, warns},
	{pipeline.RuleOrphanOutcome, "with an opportunity", func(f *pipeline.HealthFacts) {
		outcomeOf(99, 1)(f)
		f.Nodes.Opportunities = []pipeline.Opportunity{{Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode, Number: 1}, Parent: outcomeKey(5)}}
	}, fine},
	{pipeline.RuleOrphanOutcome, "closed", func(f *pipeline.HealthFacts) { outcomeOf(99, 1)(f); f.Nodes.Outcomes[2].Closed = ago(1) }, fine},
	{pipeline.RuleOrphanOutcome, "no outcomes", func(f *pipeline.HealthFacts) { f.Nodes.Outcomes = nil }, tooFew},

	{pipeline.RuleSilentOutcome, "13 days", outcomeOf(99, 13), fine},
	{pipeline.RuleSilentOutcome, "14 days", outcomeOf(99, 14), warns},
	{pipeline.RuleSilentOutcome, "15 days", outcomeOf(99, 15), warns},
	{pipeline.RuleSilentOutcome, "never, 14 days old", func(f *pipeline.HealthFacts) { outcomeOf(14, 1)(f); f.Nodes.Outcomes[2].Latest = nil }, warns},
	{pipeline.RuleSilentOutcome, "never, 13 days old", func(f *pipeline.HealthFacts) { outcomeOf(13, 1)(f); f.Nodes.Outcomes[2].Latest = nil }, fine},
	{pipeline.RuleSilentOutcome, "no numbers yet", func(f *pipeline.HealthFacts) {
		f.Nodes.Outcomes = f.Nodes.Outcomes[:1]
		f.Nodes.Outcomes[0].Target = nil
	}, tooFew},

	{pipeline.RuleNoLookBack, "two of ten", lookBack(2, 8), fine},
	{pipeline.RuleNoLookBack, "three of ten", lookBack(3, 7), fine},
	{pipeline.RuleNoLookBack, "four of ten", lookBack(4, 6), warns},
	{pipeline.RuleNoLookBack, "both of two", lookBack(2, 0), tooFew},

	{pipeline.RuleRoadmapGap, "eight of ten for now", roadmap(10, 8, pipeline.HorizonNow), fine},
	{pipeline.RuleRoadmapGap, "seven of ten for now", roadmap(10, 7, pipeline.HorizonNow), fine},
	{pipeline.RuleRoadmapGap, "six of ten for now", roadmap(10, 6, pipeline.HorizonNow), warns},
	{pipeline.RuleRoadmapGap, "four ideas", roadmap(4, 0, pipeline.HorizonNow), tooFew},
	{pipeline.RuleRoadmapGap, "nothing is worked on now", roadmap(10, 0, pipeline.HorizonNext), tooFew},

	{pipeline.RuleStaleCanvas, "89 days", canvas(89), fine},
	{pipeline.RuleStaleCanvas, "90 days", canvas(90), warns},
	{pipeline.RuleStaleCanvas, "91 days", canvas(91), warns},
	{pipeline.RuleStaleCanvas, "no canvases", nil, tooFew},

	{pipeline.RuleLateTests, "6 days", test(6, true), fine},
	{pipeline.RuleLateTests, "7 days", test(7, true), warns},
	{pipeline.RuleLateTests, "8 days", test(8, true), warns},
	{pipeline.RuleLateTests, "still to end", test(-2, true), fine},
	{pipeline.RuleLateTests, "not started", test(9, false), tooFew},

	{pipeline.RuleVagueTests, "with a number", test(-2, false, "something else"), fine},
	{pipeline.RuleVagueTests, "without a number", test(-2, false, criterion), warns},
	{pipeline.RuleVagueTests, "without a number, of an older template of the team", func(f *pipeline.HealthFacts) {
		test(-2, false, criterion)(f)
		f.Templates = nil
	}, warns},
	{pipeline.RuleVagueTests, "no test", some(3, 0, nil), tooFew},
}

// A share is told as near as whole percents come, and never as if it were at the limit
// that it is over.
func TestASharesPercent(t *testing.T) {
	for of, want := range map[[2]int]string{{7, 4}: "57 %", {6, 4}: "67 %", {498, 100}: "21 %"} {
		_, f := healthCase{rule: pipeline.RuleNoThemes, facts: loose(of[0], of[1])}.said(t)
		if !strings.HasSuffix(f.Found, ": "+want+".") {
			t.Errorf("%q, want %s", f.Found, want)
		}
	}
}
