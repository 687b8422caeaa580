package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// outline writes a tree in lines, two spaces a level.
func outline(t pipeline.Tree) string {
	var text strings.Builder
	for b, depth := range everyBranch(t) {
		name := b.Words
		if !b.Key.IsZero() {
			name = b.Key.String()
		}
		fmt.Fprintf(&text, "%s%s %d", strings.Repeat("  ", depth), name, b.InAll)
		if marks := b.Marks(); len(marks) > 0 {
			fmt.Fprintf(&text, " (%s)", strings.Join(marks, ", "))
		}
		text.WriteString("\n")
	}
	return text.String()
}

// everyBranch gives the branches from top to bottom with their depth.
func everyBranch(t pipeline.Tree) func(yield func(pipeline.Branch, int) bool) {
	return func(yield func(pipeline.Branch, int) bool) {
		var walk func([]pipeline.Branch, int) bool
		walk = func(branches []pipeline.Branch, depth int) bool {
			for _, b := range branches {
				if !yield(b, depth) || !walk(b.Children, depth+1) {
					return false
				}
			}
			return true
		}
		walk(t.Roots, 0)
	}
}

func ideasOn(key int, stage pipeline.Stage, titles ...string) pipeline.IdeasOn {
	on := pipeline.IdeasOn{Stages: map[pipeline.Stage]int{stage: len(titles)}}
	for n, title := range titles {
		on.Newest = append(on.Newest, pipeline.IdeaLine{Key: pipeline.Key{Team: "PAY", Number: key + n}, Title: title, Stage: stage})
	}
	return on
}

// payFacts are a tree with all that there can be in one.
func payFacts() pipeline.TreeFacts {
	ninety := 90.0
	lower := business(1, 0)
	lower.Statement, lower.Light = "Lower cost to serve", pipeline.Green
	calls := product(2, 1)
	calls.Statement, calls.Unit, calls.Light = "Customers solve it without calling us", "calls a week", pipeline.Yellow
	calls.Baseline, calls.Target = &pipeline.Reading{Value: 200, Day: "2026-11-02"}, &pipeline.Reading{Value: 80, Day: "2027-03-31"}
	calls.Latest = &pipeline.CheckIn{Number: 3, Value: &ninety, Light: pipeline.Yellow, At: noon.AddDate(0, 0, -20)}
	return pipeline.TreeFacts{
		Team: "PAY",
		Nodes: pipeline.Nodes{
			Outcomes: []pipeline.Outcome{closed(product(9, 1)), product(7, 1), calls, {Key: o(8), Statement: "Said in a line", Created: noon}, lower, product(6, 99)},
			Opportunities: []pipeline.Opportunity{
				{Key: p(2), Parent: p(1), Statement: "I ask my bank", Evidence: []pipeline.Evidence{{At: noon.AddDate(0, 0, -100)}}},
				{Key: p(1), Parent: o(2), Statement: "I never know whether it was paid", Horizon: pipeline.HorizonNow, Evidence: []pipeline.Evidence{{At: noon}}},
			},
			Impacts: []pipeline.Impact{
				{Key: i(1), Goal: o(2), Actor: "Accountants", From: "mail PDFs", To: "export them", Threshold: "50 a week"},
				{Key: i(2), Goal: o(2), Actor: "customers", To: "look it up"},
				{Key: i(3), Goal: o(2), Actor: "accountants", To: "answer themselves"},
			},
		},
		Ideas: map[pipeline.NodeKey]pipeline.IdeasOn{
			p(1): ideasOn(12, pipeline.Discovery, "Show what was paid", "Mail when it was paid"),
			i(1): ideasOn(20, pipeline.Captured, "Export as CSV"),
		},
		Orphans: ideasOn(30, pipeline.Captured, `A "quoted" idea`),
	}
}

func TestTree(t *testing.T) {
	tree := pipeline.NewTree(payFacts(), noon)
	want := `PAY-O1 3
  PAY-O2 3 (no check-in for 20 days)
    PAY-P1 2
      PAY-P2 0 (evidence 100 days old)
    PAY-I1 1
    PAY-I2 0
    PAY-I3 0
  PAY-O7 0 (no ideas)
  PAY-O9 0
PAY-O6 0 (its place in the tree is lost, no ideas)
PAY-O8 0 (business or product: not said yet, no ideas)
`
	if diff := cmp.Diff(want, outline(tree)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("PAY-O1 3\n  PAY-O2 3 (no check-in for 20 days)\n  PAY-O7 0 (no ideas)\n  PAY-O9 0\nPAY-O6 0 (its place in the tree is lost, no ideas)\nPAY-O8 0 (business or product: not said yet, no ideas)\n", outline(tree.OutcomeTree())); diff != "" {
		t.Error(diff)
	}
	opportunities, ok := tree.OpportunityTree(o(2))
	if diff := cmp.Diff("PAY-O2 3 (no check-in for 20 days)\n  PAY-P1 2\n    PAY-P2 0 (evidence 100 days old)\n", outline(opportunities)); !ok || diff != "" {
		t.Error(diff)
	}
	impacts, ok := tree.ImpactMap(o(2))
	if diff := cmp.Diff("PAY-O2 3 (no check-in for 20 days)\n  Accountants 1\n    PAY-I1 1\n    PAY-I3 0\n  customers 0\n    PAY-I2 0\n", outline(impacts)); !ok || diff != "" {
		t.Error(diff)
	}
	if words := impacts.Roots[0].Children[0].Children[0].Words; words != "mail PDFs → export them" {
		t.Errorf("under its actor an impact says %q", words)
	}
	if diff := cmp.Diff(outline(pipeline.NewTree(payFacts(), noon)), outline(tree)); diff != "" {
		t.Errorf("reading a tree changed it:\n%s", diff)
	}
	for _, key := range []pipeline.NodeKey{o(99), p(1), {}} {
		if _, ok := tree.OpportunityTree(key); ok {
			t.Errorf("there is an opportunity tree of %s", key)
		}
		if _, ok := tree.ImpactMap(key); ok {
			t.Errorf("there is an impact map of %s", key)
		}
	}
}

func TestABranch(t *testing.T) {
	tree := pipeline.NewTree(payFacts(), noon)
	got := tree.Roots[0].Children[0]
	got.Children = nil
	want := pipeline.Branch{
		Key: o(2), Kind: pipeline.ProductBranch, Words: "Customers solve it without calling us", Number: "90 calls a week, target 80",
		Progress: pipeline.Progress{Known: true, Share: 110.0 / 120, Words: "91 % of the way, 110 of 120 calls a week"},
		Light:    pipeline.Yellow, Age: "no check-in for 20 days", Stale: true, InAll: 3,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if state := got.State(); state != "90 calls a week, target 80, at risk" {
		t.Errorf("its state is %q", state)
	}
	if state := tree.Roots[0].Children[2].State(); state != "closed: missed" {
		t.Errorf("what is closed is %q", state)
	}
}

// Whatever is stored, in any order, circles among it: every node is in the tree
// once, and the tree is the same.
func TestATreeLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var facts pipeline.TreeFacts
		count := rapid.IntRange(0, 30).Draw(t, "nodes")
		key := rapid.Custom(func(t *rapid.T) pipeline.NodeKey {
			kind := rapid.SampledFrom([]pipeline.NodeKind{pipeline.OutcomeNode, pipeline.OpportunityNode, pipeline.ImpactNode}).Draw(t, "kind")
			return pipeline.NodeKey{Team: "PAY", Kind: kind, Number: rapid.IntRange(0, 12).Draw(t, "number")}
		})
		facts.Ideas = map[pipeline.NodeKey]pipeline.IdeasOn{}
		all := map[pipeline.NodeKey]bool{}
		for range count {
			k, parent := key.Draw(t, "key"), key.Draw(t, "parent")
			if all[k] || k.Number == 0 {
				continue
			}
			all[k] = true
			facts.Ideas[k] = pipeline.IdeasOn{Stages: map[pipeline.Stage]int{pipeline.Captured: 1}}
			switch k.Kind {
			case pipeline.OutcomeNode:
				facts.Nodes.Outcomes = append(facts.Nodes.Outcomes, pipeline.Outcome{Key: k, Parent: parent})
			case pipeline.OpportunityNode:
				facts.Nodes.Opportunities = append(facts.Nodes.Opportunities, pipeline.Opportunity{Key: k, Parent: parent})
			case pipeline.ImpactNode:
				facts.Nodes.Impacts = append(facts.Nodes.Impacts, pipeline.Impact{Key: k, Goal: parent})
			}
		}
		tree := pipeline.NewTree(facts, noon)
		met, ideas := map[pipeline.NodeKey]bool{}, 0
		for b := range everyBranch(tree) {
			if met[b.Key] || !all[b.Key] {
				t.Fatalf("%s is there twice, or from nowhere:\n%s", b.Key, outline(tree))
			}
			met[b.Key] = true
		}
		for _, root := range tree.Roots {
			ideas += root.InAll
		}
		if len(met) != len(all) || ideas != len(all) {
			t.Fatalf("%d of %d nodes with %d ideas:\n%s", len(met), len(all), ideas, outline(tree))
		}
		slices.Reverse(facts.Nodes.Outcomes)
		slices.Reverse(facts.Nodes.Opportunities)
		slices.Reverse(facts.Nodes.Impacts)
		if diff := cmp.Diff(outline(tree), outline(pipeline.NewTree(facts, noon))); diff != "" {
			t.Fatalf("in another order:\n%s", diff)
		}
		for k := range all { // nothing hangs in what goes round in a circle
			pipeline.Why(linked(k), facts.Nodes, time.Time{}, noon)
		}
	})
}

// However forms are filled in, one after another, the tree stays one: no circles,
// at most twelve levels, opportunities under product outcomes only.
func TestNoFormMakesACircle(t *testing.T) {
	where := pipeline.Where{Team: payments("U1")}
	rapid.Check(t, func(t *rapid.T) {
		var nodes pipeline.Nodes
		any := rapid.Custom(func(t *rapid.T) string {
			return rapid.SampledFrom([]string{"", "PAY-O", "PAY-P"}).Draw(t, "kind") + fmt.Sprint(rapid.IntRange(1, 20).Draw(t, "number"))
		})
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			parent := any.Draw(t, "parent")
			if len(parent) < 4 {
				parent = ""
			}
			outcome := pipeline.OutcomeForm{Statement: "x", Parent: parent, MetricBy: "2027-01-01", Kind: rapid.SampledFrom(pipeline.OutcomeKinds()).Draw(t, "which")}
			opportunity := pipeline.OpportunityForm{Statement: "x", Kind: pipeline.Need, Parent: parent}
			switch n := rapid.IntRange(0, 4).Draw(t, "do"); {
			case n == 0 || n == 1 && len(nodes.Outcomes) == 0:
				if made, _, err := pipeline.AddOutcome(pipeline.Policy{}, owner, where, outcome, nodes, noon); err == nil {
					made.Key.Number = len(nodes.Outcomes) + 1
					nodes.Outcomes = append(nodes.Outcomes, made)
				}
			case n == 1:
				at := rapid.IntRange(0, len(nodes.Outcomes)-1).Draw(t, "at")
				if made, _, err := pipeline.EditOutcome(pipeline.Policy{}, owner, where, nodes.Outcomes[at], outcome, nodes, noon); err == nil {
					nodes.Outcomes[at] = made
				}
			case n == 2 || len(nodes.Opportunities) == 0:
				if made, _, err := pipeline.AddOpportunity(pipeline.Policy{}, owner, where, opportunity, nodes, noon); err == nil {
					made.Key.Number = len(nodes.Opportunities) + 1
					nodes.Opportunities = append(nodes.Opportunities, made)
				}
			case n == 3:
				at := rapid.IntRange(0, len(nodes.Opportunities)-1).Draw(t, "at")
				if made, _, err := pipeline.EditOpportunity(pipeline.Policy{}, owner, where, nodes.Opportunities[at], opportunity, nodes, noon); err == nil {
					nodes.Opportunities[at] = made
				}
			default:
				if len(nodes.Outcomes) == 0 {
					continue
				}
				at := rapid.IntRange(0, len(nodes.Outcomes)-1).Draw(t, "at")
				c, err := pipeline.CloseOutcome(pipeline.Policy{}, owner, where, nodes.Outcomes[at], pipeline.CloseForm{Result: pipeline.Merged, Why: "x", Into: parent}, nodes, nil, noon)
				if err == nil {
					nodes.Outcomes[at] = c.Outcome
					for _, moved := range c.Moved.Outcomes {
						nodes.Outcomes[moved.Key.Number-1] = moved
					}
					for _, moved := range c.Moved.Opportunities {
						nodes.Opportunities[moved.Key.Number-1] = moved
					}
				}
			}
		}
		tree := pipeline.NewTree(pipeline.TreeFacts{Team: "PAY", Nodes: nodes}, noon)
		for b, depth := range everyBranch(tree) {
			if b.Loose || depth >= pipeline.TreeDepth {
				t.Fatalf("%s at level %d:\n%s", b.Key, depth+1, outline(tree))
			}
			for _, child := range b.Children {
				ok := b.Kind == pipeline.BusinessBranch && child.Kind != pipeline.OpportunityBranch || b.Kind != pipeline.BusinessBranch && child.Kind == pipeline.OpportunityBranch
				if !ok {
					t.Fatalf("a %s under a %s:\n%s", child.Kind, b.Kind, outline(tree))
				}
			}
		}
	})
}

// crowd is a team of 500 outcomes, 12 levels deep.
func crowd() pipeline.TreeFacts {
	facts := pipeline.TreeFacts{Team: "PAY", Ideas: map[pipeline.NodeKey]pipeline.IdeasOn{}}
	for n := 1; n <= 500; n++ {
		parent := n - 1
		if n%pipeline.TreeDepth == 1 {
			parent = 0
		}
		facts.Nodes.Outcomes = append(facts.Nodes.Outcomes, business(n, parent))
		facts.Ideas[o(n)] = ideasOn(n, pipeline.Captured, "An idea")
	}
	return facts
}

func TestATreeOf500Outcomes(t *testing.T) {
	tree := pipeline.NewTree(crowd(), noon)
	deepest, n := 0, 0
	for _, depth := range everyBranch(tree) {
		deepest, n = max(deepest, depth+1), n+1
	}
	if deepest != 12 || n != 500 || len(tree.Roots) != 42 {
		t.Errorf("%d levels, %d outcomes, %d roots", deepest, n, len(tree.Roots))
	}
}

func BenchmarkNewTree(b *testing.B) {
	facts := crowd()
	for b.Loop() {
		pipeline.NewTree(facts, noon)
	}
}
