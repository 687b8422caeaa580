package pipeline_test

import (
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

// running is a sprint that runs, with ideas that are as its items say.
func running(items ...pipeline.SprintItem) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		open := healthSprint(4, 0, items...)
		f.Open = &open
		for _, item := range items {
			f.Active = append(f.Active, healthIdea(item.Key.Number, func(i *pipeline.ActiveIdea) {
				i.Size, i.Work, i.Outcomes = item.Size, item.Work, item.Outcomes
			}))
		}
	}
}

// closedSprints are sprints that ended, the newest first, each with some items.
func closedSprints(sprints ...[]pipeline.SprintItem) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		for i, items := range sprints {
			f.Closed = append(f.Closed, healthSprint(9-i, i+1, items...))
		}
	}
}

func sprintItems(some ...pipeline.SprintItem) []pipeline.SprintItem { return some }

// finished is a sprint with so many points of features and of technical work.
func finished(feature, tech int) []pipeline.SprintItem {
	return sprintItems(sprintItem(1, feature, pipeline.Feature, 1), sprintItem(2, tech, pipeline.Technical))
}

// left is a sprint that did not finish the idea.
func left(n int) []pipeline.SprintItem {
	item := sprintItem(n, 1, pipeline.Feature, 1)
	item.Done = false
	return sprintItems(item)
}

func withGoal(o pipeline.NodeKey) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		running(sprintItem(1, 3, pipeline.Feature, 1))(f)
		f.Open.Outcome = o
	}
}

func planned(points, capacity int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		running()(f)
		f.Open.Planned, f.Open.Capacity = points, capacity
	}
}

// refinedFor are refinements of so many minutes in each of the last closed sprints, each
// of ten workdays of 480 minutes.
func refinedFor(sprints int, minutes ...int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		for i := range sprints {
			f.Closed = append(f.Closed, healthSprint(9-i, i+1))
		}
		for i, n := range minutes {
			f.Refinements = append(f.Refinements, pipeline.Refinement{Day: f.Closed[i%sprints].Last, Minutes: n, People: []string{"U1"}})
		}
	}
}

func confirmed(days int) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) { f.Team.Created = ago(days) }
}

var sprintCases = []healthCase{
	{pipeline.RuleGoalLoose, "with an outcome", withGoal(outcomeKey(1)), fine},
	{pipeline.RuleGoalLoose, "without", withGoal(pipeline.NodeKey{}), warns},
	{pipeline.RuleGoalLoose, "no sprint", nil, tooFew},

	{pipeline.RuleGoalNotServed, "more than half", running(sprintItem(1, 6, pipeline.Feature, 1), sprintItem(2, 4, pipeline.Feature)), fine},
	{pipeline.RuleGoalNotServed, "half", running(sprintItem(1, 5, pipeline.Feature, 1), sprintItem(2, 5, pipeline.Feature)), fine},
	{pipeline.RuleGoalNotServed, "less than half", running(sprintItem(1, 4, pipeline.Feature, 1), sprintItem(2, 5, pipeline.Feature)), warns},
	{pipeline.RuleGoalNotServed, "a goal without an outcome", withGoal(pipeline.NodeKey{}), tooFew},
	{pipeline.RuleGoalNotServed, "nothing has a size", running(sprintItem(1, 0, pipeline.Feature, 1)), tooFew},

	{pipeline.RuleOrphanWork, "less than a tenth", running(sprintItem(1, 91, pipeline.Feature, 1), sprintItem(2, 9, pipeline.Feature)), fine},
	{pipeline.RuleOrphanWork, "a tenth", running(sprintItem(1, 9, pipeline.Feature, 1), sprintItem(2, 1, pipeline.Feature)), fine},
	{pipeline.RuleOrphanWork, "more than a tenth", running(sprintItem(1, 8, pipeline.Feature, 1), sprintItem(2, 1, pipeline.Feature)), warns},
	{pipeline.RuleOrphanWork, "technical work may be for itself", running(sprintItem(1, 1, pipeline.Feature, 1), sprintItem(2, 9, pipeline.Technical), sprintItem(3, 9, pipeline.Bug)), fine},
	{pipeline.RuleOrphanWork, "of an outcome that nothing is above", func(f *pipeline.HealthFacts) {
		running(sprintItem(1, 8, pipeline.Feature, 1))(f)
		f.Nodes.Outcomes[0].Parent = pipeline.NodeKey{}
	}, warns},
	{pipeline.RuleOrphanWork, "the last sprint, when none runs", closedSprints(sprintItems(sprintItem(1, 3, pipeline.Feature))), warns},
	{pipeline.RuleOrphanWork, "no features", running(sprintItem(1, 3, pipeline.Bug)), tooFew},
	{pipeline.RuleOrphanWork, "no sprint", nil, tooFew},

	{pipeline.RuleNoResearch, "one in three sprints", closedSprints(finished(9, 1), finished(9, 1), sprintItems(sprintItem(3, 1, pipeline.Research))), fine},
	{pipeline.RuleNoResearch, "two in three sprints", closedSprints(sprintItems(sprintItem(4, 1, pipeline.Research)), finished(9, 1), sprintItems(sprintItem(3, 1, pipeline.Research))), fine},
	{pipeline.RuleNoResearch, "none in three sprints", closedSprints(finished(9, 1), finished(9, 1), finished(9, 1), sprintItems(sprintItem(3, 1, pipeline.Research))), warns},
	{pipeline.RuleNoResearch, "begun and not finished", closedSprints(finished(9, 1), finished(9, 1), sprintItems(pipeline.SprintItem{Key: key(3), Size: 3, Work: pipeline.Research})), warns},
	{pipeline.RuleNoResearch, "two sprints", closedSprints(finished(9, 1), finished(9, 1)), tooFew},

	{pipeline.RuleDebtIgnored, "a fifth", closedSprints(finished(9, 1), finished(7, 3)), fine},
	{pipeline.RuleDebtIgnored, "more", closedSprints(finished(9, 1), finished(6, 4)), fine},
	{pipeline.RuleDebtIgnored, "less", closedSprints(finished(9, 1), finished(8, 2)), warns},
	{pipeline.RuleDebtIgnored, "a fourth sprint ago does not count", closedSprints(finished(9, 1), finished(9, 1), finished(9, 1), finished(0, 99)), warns},
	{pipeline.RuleDebtIgnored, "one sprint", closedSprints(finished(10, 0)), tooFew},
	{pipeline.RuleDebtIgnored, "a sprint that finished nothing", closedSprints(finished(10, 0), nil), tooFew},

	{pipeline.RuleNoSlack, "a fifth", planned(16, 20), fine},
	{pipeline.RuleNoSlack, "more", planned(15, 20), fine},
	{pipeline.RuleNoSlack, "less", planned(17, 20), warns},
	{pipeline.RuleNoSlack, "more planned than there is", planned(40, 20), warns},
	{pipeline.RuleNoSlack, "what was planned got its size later", func(f *pipeline.HealthFacts) {
		running(sprintItem(1, 9, pipeline.Feature, 1), sprintItem(2, 8, pipeline.Feature, 1))(f)
		f.Open.Planned, f.Open.Items[0].Size, f.Open.Items[1].Size = 0, 0, 0
	}, warns},
	{pipeline.RuleNoSlack, "what came in later is not what was planned", func(f *pipeline.HealthFacts) {
		running(sprintItem(1, 9, pipeline.Feature, 1), sprintItem(2, 8, pipeline.Feature, 1))(f)
		f.Open.Planned, f.Open.Items[0].Size, f.Open.Items[1].Size, f.Open.Items[1].Added = 0, 0, 0, ago(1)
	}, fine},
	{pipeline.RuleNoSlack, "no capacity", planned(17, 0), tooFew},
	{pipeline.RuleNoSlack, "no sprint", nil, tooFew},

	{pipeline.RuleCarriedOver, "in two in a row", closedSprints(left(1), left(1), nil), fine},
	{pipeline.RuleCarriedOver, "in three in a row", closedSprints(left(1), left(1), left(1)), warns},
	{pipeline.RuleCarriedOver, "in four in a row", closedSprints(left(1), left(1), left(1), left(1)), warns},
	{pipeline.RuleCarriedOver, "in three, not in a row", closedSprints(left(1), nil, left(1), left(1)), fine},
	{pipeline.RuleCarriedOver, "in three in a row until the last", closedSprints(nil, left(1), left(1), left(1)), fine},
	{pipeline.RuleCarriedOver, "done in the third", closedSprints(finished(1, 1), left(1), left(1)), fine},
	{pipeline.RuleCarriedOver, "two sprints", closedSprints(finished(1, 1), finished(1, 1)), tooFew},

	{pipeline.RuleLittleRefined, "less than 3 percent", refinedFor(2, 144, 143), warns},
	{pipeline.RuleLittleRefined, "3 percent", refinedFor(2, 144, 144), fine},
	{pipeline.RuleLittleRefined, "more", refinedFor(2, 144, 145), fine},
	{pipeline.RuleLittleRefined, "nobody refines on holidays", func(f *pipeline.HealthFacts) {
		refinedFor(2, 80, 80)(f)
		for _, s := range f.Closed {
			first, _ := time.Parse(time.DateOnly, s.First)
			f.Holidays = append(pipeline.Holidays{{First: s.First, Last: first.AddDate(0, 0, 4).Format(time.DateOnly)}}, f.Holidays...)
		}
	}, fine},
	{pipeline.RuleLittleRefined, "one sprint", refinedFor(1, 10), tooFew},
	{pipeline.RuleLittleRefined, "nothing is noted", refinedFor(3), tooFew},

	{pipeline.RuleMuchRefined, "less than 10 percent", refinedFor(2, 480, 479), fine},
	{pipeline.RuleMuchRefined, "10 percent", refinedFor(2, 480, 480), fine},
	{pipeline.RuleMuchRefined, "more", refinedFor(2, 480, 481), warns},
	{pipeline.RuleMuchRefined, "one sprint", refinedFor(1, 4800), tooFew},

	{pipeline.RuleNoReady, "one checklist", some(1, 0, nil), fine},
	{pipeline.RuleNoReady, "none", func(f *pipeline.HealthFacts) { some(1, 0, nil)(f); f.Team.RequiredForBacklog = nil }, warns},
	{pipeline.RuleNoReady, "nothing is ready", func(f *pipeline.HealthFacts) { f.Team.RequiredForBacklog = nil }, tooFew},

	{pipeline.RuleReadyNotChecked, "179 days", confirmed(179), fine},
	{pipeline.RuleReadyNotChecked, "180 days", confirmed(180), warns},
	{pipeline.RuleReadyNotChecked, "181 days", confirmed(181), warns},
	{pipeline.RuleReadyNotChecked, "there is none", func(f *pipeline.HealthFacts) { f.Team.RequiredForBacklog = nil }, tooFew},
}

func TestLedgerOfTheLastSprints(t *testing.T) {
	facts := healthCase{facts: func(f *pipeline.HealthFacts) {
		running(sprintItem(1, 7, pipeline.Feature, 1), sprintItem(2, 3, pipeline.Bug))(f)
		closedSprints(finished(9, 1), nil, finished(0, 5))(f)
		f.Open.Planned, f.Open.Capacity = 30, 20
		f.Closed[1].Capacity = 0
	}}.made()
	want := []pipeline.LedgerLine{
		{Number: 4, Open: true, Technical: 30, TechnicalKnown: true, Slack: -50, SlackKnown: true},
		{Number: 9, Technical: 10, TechnicalKnown: true, Slack: 50, SlackKnown: true},
		{Number: 8},
	}
	if diff := cmp.Diff(want, pipeline.ReportHealth(facts, pipeline.HealthRules{}, healthNow).Ledger); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
	facts.Open.First, facts.Open.Last = "2026-12-07", "2026-12-18"
	if line := pipeline.ReportHealth(facts, pipeline.HealthRules{}, healthNow).Ledger[0]; line.Begins != "2026-12-07" {
		t.Errorf("of a sprint that has not begun: %+v", line)
	}
}
