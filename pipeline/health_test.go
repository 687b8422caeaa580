package pipeline_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

// healthNow is a Friday noon.
var healthNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func ago(days int) time.Time { return healthNow.AddDate(0, 0, -days) }

func dayAgo(days int) string { return ago(days).Format(time.DateOnly) }

// healthTeam counts points and is in its second year.
func healthTeam() pipeline.Team {
	return pipeline.Team{
		Key: "PAY", Name: "Payments", Zone: "UTC", Owners: []string{"UOWNER"}, Created: ago(400),
		Workdays: []time.Weekday{1, 2, 3, 4, 5}, RequiredForBacklog: []pipeline.TemplateID{pipeline.INVEST},
	}
}

// healthIdea is a good one in the Product Backlog.
func healthIdea(n int, with ...func(*pipeline.ActiveIdea)) pipeline.ActiveIdea {
	idea := pipeline.ActiveIdea{
		Key: pipeline.Key{Team: "PAY", Number: n}, Title: fmt.Sprintf("Idea number %d", n), Author: fmt.Sprintf("U%d", n), Stage: pipeline.Backlog,
		Created: ago(60), Staged: ago(5), Changed: ago(3), Work: pipeline.Feature, Size: 3, Criteria: 3, Length: 200,
		Outcomes: []pipeline.NodeKey{{Team: "PAY", Number: 1}},
	}
	for _, change := range with {
		change(&idea)
	}
	return idea
}

// healthIdeas are n of them; change tells what is special of the first few.
func healthIdeas(n, special int, change func(*pipeline.ActiveIdea)) []pipeline.ActiveIdea {
	var ideas []pipeline.ActiveIdea
	for i := range n {
		idea := healthIdea(i + 1)
		if i < special {
			change(&idea)
		}
		ideas = append(ideas, idea)
	}
	return ideas
}

func key(n int) pipeline.Key { return pipeline.Key{Team: "PAY", Number: n} }

func outcomeKey(n int) pipeline.NodeKey { return pipeline.NodeKey{Team: "PAY", Number: n} }

// healthSprint ran for two weeks that ended so many fortnights ago; 0 runs now.
func healthSprint(n, fortnights int, items ...pipeline.SprintItem) pipeline.Sprint {
	first := ago(14*fortnights + 11) // a Monday
	s := pipeline.Sprint{
		Team: "PAY", Number: n, First: first.Format(time.DateOnly), Last: first.AddDate(0, 0, 13).Format(time.DateOnly),
		Goal: "Fewer calls", Outcome: outcomeKey(1), Capacity: 20, Planned: 10, Items: items, Started: first,
	}
	if fortnights > 0 {
		s.Closed = first.AddDate(0, 0, 14)
	}
	return s
}

func sprintItem(n, size int, work pipeline.Work, outcomes ...int) pipeline.SprintItem {
	item := pipeline.SprintItem{Key: key(n), Title: fmt.Sprintf("Idea number %d", n), Size: size, Work: work, Done: true}
	for _, o := range outcomes {
		item.Outcomes = append(item.Outcomes, outcomeKey(o))
	}
	return item
}

// healthTree has a business outcome, PAY-O9, and under it a product outcome, PAY-O1.
func healthTree() pipeline.Nodes {
	value := 5.0
	outcome := func(n int, kind pipeline.OutcomeKind, parent pipeline.NodeKey) pipeline.Outcome {
		return pipeline.Outcome{
			Key: outcomeKey(n), Statement: "Fewer calls", Kind: kind, Parent: parent, Created: ago(100),
			Baseline: &pipeline.Reading{Value: 9}, Target: &pipeline.Reading{Value: 3}, Latest: &pipeline.CheckIn{Value: &value, At: ago(2)},
		}
	}
	return pipeline.Nodes{Outcomes: []pipeline.Outcome{outcome(1, pipeline.ProductOutcome, outcomeKey(9)), outcome(9, pipeline.BusinessOutcome, pipeline.NodeKey{})}}
}

// healthCase is what one rule says of some facts.
type healthCase struct {
	rule pipeline.RuleID
	name string
	// what the facts have beside the team, the tree and a velocity of 10 points.
	facts func(*pipeline.HealthFacts)
	// want is "", a level, or tooFew where the rule has less than its minimum.
	want pipeline.FindingLevel
}

const (
	fine   pipeline.FindingLevel = ""
	warns  pipeline.FindingLevel = pipeline.FindingWarning
	alerts pipeline.FindingLevel = pipeline.FindingAlert
	tooFew pipeline.FindingLevel = "too few"
)

func (c healthCase) made() pipeline.HealthFacts {
	facts := pipeline.HealthFacts{
		Team: healthTeam(), Pace: pipeline.Pace{Work: 30, Sprints: 3, Measured: true}, Nodes: healthTree(),
		Ideas:       map[pipeline.NodeKey]pipeline.IdeasOn{outcomeKey(1): {Stages: map[pipeline.Stage]int{pipeline.Backlog: 1}}},
		JournalFrom: ago(90), Templates: pipeline.BuiltIn(),
	}
	if c.facts != nil {
		c.facts(&facts)
	}
	return facts
}

// said gives what the report says of the rule.
func (c healthCase) said(t *testing.T) (pipeline.FindingLevel, pipeline.Finding) {
	t.Helper()
	report := pipeline.ReportHealth(c.made(), pipeline.HealthRules{Team: "PAY"}, healthNow)
	for _, quiet := range report.Quiet {
		if quiet.Rule == c.rule {
			if quiet.Needs == "" || quiet.Name == "" {
				t.Errorf("the silent rule does not say what it needs: %+v", quiet)
			}
			return tooFew, pipeline.Finding{}
		}
	}
	for _, f := range report.Findings {
		if f.Rule == c.rule {
			return f.Level, f
		}
	}
	return fine, pipeline.Finding{}
}

var allHealthCases = slices.Concat(sizeCases, ideaCases, outcomeCases, flowCases, sprintCases)

func TestEachRuleAroundItsThreshold(t *testing.T) {
	for _, c := range allHealthCases {
		t.Run(string(c.rule)+"/"+c.name, func(t *testing.T) {
			level, f := c.said(t)
			if level != c.want {
				t.Fatalf("the rule says %q, want %q: %+v", level, c.want, f)
			}
			if level == fine || level == tooFew {
				return
			}
			if f.Name == "" || f.Found == "" || f.Threshold == "" || f.Why == "" || len(f.Repairs) == 0 {
				t.Errorf("the finding says too little: %+v", f)
			}
			for _, words := range []string{f.Found, f.Threshold, f.Why} {
				if strings.Contains(words, "%!") || strings.Contains(words, "  ") || !strings.HasSuffix(words, ".") {
					t.Errorf("badly worded: %q", words)
				}
			}
			for _, r := range f.Repairs {
				if r.Words == "" || pipeline.Length(r.Words) > 40 {
					t.Errorf("a repair without words, or with too many: %+v", r)
				}
			}
			t.Log(f.Found, "|", f.Threshold, "|", f.Repairs)
			for i, item := range f.Items {
				if item.Key == "" || item.Words == "" {
					t.Errorf("item %d says nothing: %+v", i, item)
				}
				t.Log("  ", item.Key, item.Words)
			}
		})
	}
}

// Each rule is tried where it speaks, where it does not, and below its minimum of
// data.
func TestEachRuleIsTried(t *testing.T) {
	tried := map[pipeline.RuleID]map[pipeline.FindingLevel]bool{}
	for _, c := range allHealthCases {
		if tried[c.rule] == nil {
			tried[c.rule] = map[pipeline.FindingLevel]bool{}
		}
		tried[c.rule][c.want] = true
	}
	for _, rule := range pipeline.HealthRuleList() {
		got := tried[rule.ID]
		if !got[fine] || !got[tooFew] || !got[warns] && !got[alerts] {
			t.Errorf("%s is tried for %v only", rule.ID, slices.Collect(maps.Keys(got)))
		}
	}
}

// A sprint that went well, and a backlog that is right, are left in peace.
func TestAHealthyBacklogHasNoFindings(t *testing.T) {
	c := healthCase{facts: func(f *pipeline.HealthFacts) {
		ownerDid(1, 90)(f)
		f.Team.Created = ago(150)
		f.Active = healthIdeas(13, 3, func(i *pipeline.ActiveIdea) { i.Stage, i.Criteria, i.Size = pipeline.Discovery, 0, 0 })
		for i := range f.Active {
			f.Active[i].Created = ago(95)
		}
	}}
	if found := pipeline.Health(c.made(), pipeline.HealthRules{}, healthNow); len(found) > 0 {
		t.Errorf("found %+v", found)
	}
}

func TestATeamWithNothingIsToldWhatIsNeeded(t *testing.T) {
	report := pipeline.ReportHealth(pipeline.HealthFacts{Team: pipeline.Team{Key: "PAY", Zone: "UTC", Created: healthNow}}, pipeline.HealthRules{}, healthNow)
	if len(report.Findings) > 0 {
		t.Errorf("found %+v", report.Findings)
	}
	if n := len(pipeline.HealthRuleList()); len(report.Quiet) != n {
		t.Errorf("%d of %d rules are silent", len(report.Quiet), n)
	}
	if report.Ready.Known || report.Ready.Words() != "unknown" || report.Ready.At != -1 {
		t.Errorf("refined work: %+v", report.Ready)
	}
}

func TestFindingsStandWorstFirst(t *testing.T) {
	c := healthCase{facts: func(f *pipeline.HealthFacts) {
		ownerDid(1, 90)(f)
		f.Team.Created = ago(150)
		f.Active = healthIdeas(2, 1, func(i *pipeline.ActiveIdea) { i.Changed, i.Criteria = ago(60), 0 })
	}}
	var levels []string
	for _, f := range pipeline.Health(c.made(), pipeline.HealthRules{}, healthNow) {
		levels = append(levels, string(f.Level)+" "+string(f.Rule))
	}
	want := []string{"alert starved", "alert outdated", "warning no-criteria"}
	if diff := cmp.Diff(want, levels); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}
