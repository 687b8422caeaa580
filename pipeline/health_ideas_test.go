package pipeline_test

import (
	"fmt"
	"time"

	"alignbot/pipeline"
)

// one idea in the Product Backlog that is special.
func one(change func(*pipeline.ActiveIdea)) func(*pipeline.HealthFacts) { return some(1, 1, change) }

// some of n are special.
func some(n, special int, change func(*pipeline.ActiveIdea)) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) { f.Active = healthIdeas(n, special, change) }
}

func changed(days int) func(*pipeline.HealthFacts) {
	return one(func(i *pipeline.ActiveIdea) { i.Changed = ago(days) })
}

func onlyCaptured(i *pipeline.ActiveIdea) {
	i.Stage, i.Created, i.Staged, i.Changed = pipeline.Captured, ago(99), ago(99), ago(99)
}

// says makes an idea that says so many characters and is that old.
func says(characters, criteria, days int) func(*pipeline.HealthFacts) {
	return one(func(i *pipeline.ActiveIdea) { i.Length, i.Criteria, i.Created = characters, criteria, ago(days) })
}

// passedOver is an idea that was ready before that many sprints began, of four.
func passedOver(by int, with ...pipeline.SprintItem) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		open := healthSprint(4, 0)
		f.Open, f.Closed = &open, []pipeline.Sprint{healthSprint(3, 1, with...), healthSprint(2, 2), healthSprint(1, 3)}
		f.Active = healthIdeas(1, 1, func(i *pipeline.ActiveIdea) { i.Staged = ago(14*by - 1) })
	}
}

// inSprint is an open sprint of n ideas, on some of which INVEST has that verdict.
func inSprint(n, special int, runs ...pipeline.RunSummary) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		var items []pipeline.SprintItem
		for i := range n {
			items = append(items, sprintItem(i+1, 3, pipeline.Feature, 1))
		}
		open := healthSprint(4, 0, items...)
		f.Open = &open
		f.Active = healthIdeas(n, n, func(i *pipeline.ActiveIdea) {
			if i.Runs = runs; i.Key.Number > special {
				i.Runs = []pipeline.RunSummary{{ID: 1, Template: pipeline.INVEST, Verdict: pipeline.Passed}}
			}
		})
	}
}

func invest(verdict pipeline.Verdict) pipeline.RunSummary {
	return pipeline.RunSummary{ID: 2, Template: pipeline.INVEST, Verdict: verdict}
}

func titles(n, special int, title string) func(*pipeline.HealthFacts) {
	return some(n, special, func(i *pipeline.ActiveIdea) { i.Title = title })
}

// pasted are ideas of one person with titles of a form, one after the other.
func pasted(n int, apart time.Duration, title string) func(*pipeline.HealthFacts) {
	return some(n, n, func(i *pipeline.ActiveIdea) {
		i.Author, i.Title = "U1", fmt.Sprintf(title, i.Key.Number)
		i.Created = ago(1).Add(time.Duration(i.Key.Number) * apart)
	})
}

func pairs(n int, score float64) func(*pipeline.HealthFacts) {
	return func(f *pipeline.HealthFacts) {
		f.Active, f.Pairs = healthIdeas(10, 0, nil), []pipeline.LikePair{}
		for i := range n {
			f.Pairs = append(f.Pairs, pipeline.LikePair{A: key(1), B: key(i + 2), Score: score})
		}
	}
}

var ideaCases = []healthCase{
	{pipeline.RuleOutdated, "41 days", changed(41), fine},
	{pipeline.RuleOutdated, "42 days", changed(42), warns},
	{pipeline.RuleOutdated, "55 days", changed(55), warns},
	{pipeline.RuleOutdated, "56 days", changed(56), alerts},
	{pipeline.RuleOutdated, "90 days", changed(90), alerts},
	{pipeline.RuleOutdated, "captured only", one(onlyCaptured), tooFew},

	{pipeline.RuleZombie, "passed over by two", passedOver(2), fine},
	{pipeline.RuleZombie, "passed over by three", passedOver(3), warns},
	{pipeline.RuleZombie, "passed over by four", passedOver(4), warns},
	{pipeline.RuleZombie, "in one of them", passedOver(4, sprintItem(1, 3, pipeline.Feature)), fine},
	{pipeline.RuleZombie, "two sprints", func(f *pipeline.HealthFacts) {
		passedOver(4)(f)
		f.Open, f.Closed = nil, f.Closed[:2]
	}, tooFew},

	{pipeline.RuleTitleOnly, "39 characters", says(39, 0, 15), warns},
	{pipeline.RuleTitleOnly, "40 characters", says(40, 0, 15), fine},
	{pipeline.RuleTitleOnly, "nothing", says(0, 0, 15), warns},
	{pipeline.RuleTitleOnly, "with a criterion", says(0, 1, 15), fine},
	{pipeline.RuleTitleOnly, "fourteen days old", says(0, 0, 14), fine},
	{pipeline.RuleTitleOnly, "captured only", one(onlyCaptured), tooFew},

	{pipeline.RuleNoCriteria, "one criterion", one(func(i *pipeline.ActiveIdea) { i.Criteria = 1 }), fine},
	{pipeline.RuleNoCriteria, "none", some(3, 1, func(i *pipeline.ActiveIdea) { i.Criteria = 0 }), warns},
	{pipeline.RuleNoCriteria, "none, in discovery", some(3, 1, func(i *pipeline.ActiveIdea) { i.Criteria, i.Stage = 0, pipeline.Discovery }), fine},
	{pipeline.RuleNoCriteria, "nothing is ready", one(onlyCaptured), tooFew},

	{pipeline.RuleFatStory, "eight criteria and 3,000 characters", says(3000, 8, 9), fine},
	{pipeline.RuleFatStory, "seven criteria", says(9, 7, 9), fine},
	{pipeline.RuleFatStory, "nine criteria", says(9, 9, 9), warns},
	{pipeline.RuleFatStory, "3,001 characters", says(3001, 3, 9), warns},
	{pipeline.RuleFatStory, "no ideas", nil, tooFew},

	{pipeline.RuleInvestSkipped, "all passed", inSprint(5, 0), fine},
	{pipeline.RuleInvestSkipped, "one of five without", inSprint(5, 1), warns},
	{pipeline.RuleInvestSkipped, "two of five without", inSprint(5, 2), alerts},
	{pipeline.RuleInvestSkipped, "one with a no", inSprint(5, 1, invest(pipeline.Failed)), warns},
	{pipeline.RuleInvestSkipped, "one not finished", inSprint(5, 1, invest(pipeline.Undecided)), warns},
	{pipeline.RuleInvestSkipped, "an older no, and then passed", inSprint(5, 1, pipeline.RunSummary{ID: 1, Template: pipeline.INVEST, Verdict: pipeline.Failed}, invest(pipeline.Passed)), fine},
	{pipeline.RuleInvestSkipped, "an empty sprint", inSprint(0, 0), tooFew},
	{pipeline.RuleInvestSkipped, "no sprint", some(3, 0, nil), tooFew},

	{pipeline.RuleComponents, "two of ten", titles(10, 2, "API for export"), fine},
	{pipeline.RuleComponents, "three of ten", titles(10, 3, "[Backend] export"), fine},
	{pipeline.RuleComponents, "four of ten", titles(10, 4, "DB: export"), warns},
	{pipeline.RuleComponents, "words that only begin so", titles(10, 10, "Uitgave of apiaries"), fine},
	{pipeline.RuleComponents, "four features", titles(4, 4, "API for export"), tooFew},

	{pipeline.RuleCopyPaste, "seven alike", pasted(7, time.Second, "Export of invoices %d"), fine},
	{pipeline.RuleCopyPaste, "eight alike", pasted(8, time.Second, "Export of invoices %d"), warns},
	{pipeline.RuleCopyPaste, "eight numbered", pasted(8, time.Second, "%d. Something"), warns},
	{pipeline.RuleCopyPaste, "nine alike", pasted(9, time.Second, "Export of invoices %d"), warns},
	{pipeline.RuleCopyPaste, "eight within ten minutes", pasted(8, 10*time.Minute/7, "%d) Something"), warns},
	{pipeline.RuleCopyPaste, "eight within eleven minutes", pasted(8, 11*time.Minute/7, "%d) Something"), fine},
	{pipeline.RuleCopyPaste, "nothing of late", some(3, 0, nil), tooFew},

	{pipeline.RuleDuplicates, "two pairs", pairs(2, 0.9), fine},
	{pipeline.RuleDuplicates, "three pairs", pairs(3, 0.9), warns},
	{pipeline.RuleDuplicates, "four pairs", pairs(4, 0.4), warns},
	{pipeline.RuleDuplicates, "three pairs, less alike", pairs(3, 0.39), fine},
	{pipeline.RuleDuplicates, "nobody has compared", some(3, 0, nil), tooFew},
}
