package commands

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
	"alignbot/slacksim/blockkit"
	"alignbot/storage"
)

func anOutcome(n int) pipeline.NodeKey { return pipeline.OutcomeKey{Team: "PAY", Number: n} }

func anOpportunity(n int) pipeline.NodeKey {
	return pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode, Number: n}
}

func anImpact(n int) pipeline.NodeKey {
	return pipeline.NodeKey{Team: "PAY", Kind: pipeline.ImpactNode, Number: n}
}

// drawnTree is a tree of three levels with a bit of everything.
func drawnTree(w words) pipeline.TreeFacts {
	line := pipeline.Cut(pipeline.CleanLine(w.title), pipeline.StatementLimit)
	value := 72.0
	measured := pipeline.Outcome{
		Key: anOutcome(2), Statement: line, Kind: pipeline.ProductOutcome, Parent: anOutcome(1), Metric: "calls", Unit: "calls", Direction: pipeline.Decrease,
		Baseline: &pipeline.Reading{Value: 120, Day: "2026-10-01"}, Target: &pipeline.Reading{Value: 40, Day: "2027-03-01"}, Light: pipeline.Yellow,
		Latest: &pipeline.CheckIn{Number: 3, Value: &value, Light: pipeline.Yellow, By: "U1", At: drawnAt.AddDate(0, 0, -3)}, Created: drawnAt.AddDate(0, -2, 0),
	}
	closed := pipeline.Outcome{
		Key: anOutcome(4), Statement: line, Kind: pipeline.ProductOutcome, Parent: anOutcome(1), Closed: drawnAt, ClosedBy: "U1", Result: pipeline.Reached, Created: drawnAt.AddDate(-1, 0, 0),
	}
	old := []pipeline.Evidence{{Number: 7, Note: w.text, Strength: pipeline.WhatPeopleSay, By: "U1", At: drawnAt.AddDate(0, -5, 0)}}
	ideas := pipeline.IdeasOn{
		Stages: map[pipeline.Stage]int{pipeline.Discovery: 4, pipeline.Learned: 2}, Hits: pipeline.HitRate{Moved: 1, Asked: 2},
		Newest: []pipeline.IdeaLine{
			{Key: pipeline.Key{Team: "PAY", Number: 12}, Title: w.title, Stage: pipeline.Discovery},
			{Key: pipeline.Key{Team: "PAY", Number: 11}, Title: w.title, Stage: pipeline.Learned},
		},
	}
	return pipeline.TreeFacts{
		Team: "PAY",
		Nodes: pipeline.Nodes{
			Outcomes: []pipeline.Outcome{
				{Key: anOutcome(1), Statement: line, Kind: pipeline.BusinessOutcome, MetricBy: "2027-02-18", Created: drawnAt.AddDate(0, -3, 0)},
				measured,
				{Key: anOutcome(3), Statement: line, Parent: anOutcome(9), Light: pipeline.Red, Created: drawnAt},
				closed,
			},
			Opportunities: []pipeline.Opportunity{
				{Key: anOpportunity(1), Parent: anOutcome(2), Statement: line, Kind: pipeline.Pain, Horizon: pipeline.HorizonNow, Evidence: old, Created: drawnAt},
				{Key: anOpportunity(2), Parent: anOpportunity(1), Statement: line, Kind: pipeline.Need, Created: drawnAt},
			},
			Impacts: []pipeline.Impact{
				{Key: anImpact(1), Goal: anOutcome(2), Actor: line, From: line, To: line, Measure: line, Threshold: line, Created: drawnAt},
				{Key: anImpact(2), Goal: anOutcome(2), Actor: line, To: "more", Created: drawnAt},
			},
		},
		Ideas: map[pipeline.NodeKey]pipeline.IdeasOn{anOutcome(2): ideas, anOpportunity(1): ideas, anImpact(1): ideas},
		Orphans: pipeline.IdeasOn{
			Stages: map[pipeline.Stage]int{pipeline.Captured: 7},
			Newest: []pipeline.IdeaLine{{Key: pipeline.Key{Team: "PAY", Number: 13}, Title: w.title, Stage: pipeline.Captured}},
		},
	}
}

// someOutcomes are those of a team in Home.
func someOutcomes(w words) homeOutcomes {
	shown, open := neediest(drawnTree(w).Nodes.Outcomes, drawnAt)
	return homeOutcomes{shown: shown, open: open + 9, orphans: 7, now: drawnAt}
}

// deepTree is one of 500 outcomes with long statements: chains of twelve, the
// last of each closed.
func deepTree(w words) pipeline.TreeFacts {
	facts := pipeline.TreeFacts{Team: "PAY"}
	for n := 1; n <= storage.OutcomeLimit; n++ {
		o := pipeline.Outcome{
			Key: anOutcome(n), Statement: pipeline.Cut(pipeline.CleanLine(w.title), pipeline.StatementLimit), Kind: pipeline.BusinessOutcome, Created: drawnAt,
		}
		switch n % pipeline.TreeDepth {
		case 1: // a root
		case 0:
			o.Closed, o.Result = drawnAt, pipeline.Missed
			fallthrough
		default:
			o.Parent = anOutcome(n - 1)
		}
		facts.Nodes.Outcomes = append(facts.Nodes.Outcomes, o)
	}
	return facts
}

// drawnMapped are all sides of an opportunity and an impact.
func drawnMapped(w words, may func(pipeline.Action) bool) (opportunity, impact shownMapped) {
	facts := drawnTree(w)
	o, i := facts.Nodes.Opportunities[1], facts.Nodes.Impacts[0]
	o.Frequency, o.Severity, o.Version, i.Version = 3, 5, 4, 2
	for n := range 23 {
		o.Evidence = append(o.Evidence, pipeline.Evidence{
			Number: n + 1, Note: w.text, Strength: pipeline.WhatPeopleDo, Against: n%2 == 0, Link: "https://acme.slack.com/archives/C2/p1700000000000200", By: "U1", At: drawnAt.AddDate(0, 0, n-30),
		})
	}
	idea := drawnIdea(w, pipeline.Discovery)
	ideas := storage.Page{Number: 1, Of: 3, Total: 25}
	for range pageSize {
		ideas.Ideas = append(ideas.Ideas, idea)
	}
	events := []pipeline.Event{
		{At: drawnAt, By: "U1", What: pipeline.WasEdited, Changes: []pipeline.Change{{Field: pipeline.FieldSeverity, From: "", To: "5"}, {Field: pipeline.FieldParent, From: "PAY-O2", To: "PAY-P1"}}},
		{At: drawnAt, By: "U1", What: pipeline.GotEvidence, Why: w.line},
		{At: drawnAt, By: "U1", What: pipeline.WasAdded},
	}
	on := facts.Ideas[anOutcome(2)]
	opportunity = shownMapped{
		WholeNode: storage.WholeNode{Key: o.Key, Opportunity: &o, Events: events, Ideas: on}, nodes: facts.Nodes, ideas: ideas, at: newParams("node", o.Key.String()), may: may, now: drawnAt,
	}
	impact = shownMapped{
		WholeNode: storage.WholeNode{Key: i.Key, Impact: &i, Events: events}, nodes: facts.Nodes, at: newParams("node", i.Key.String()), may: may, now: drawnAt,
	}
	return opportunity, impact
}

// treeDrawings are all views of trees, opportunities and impacts.
func treeDrawings(w words) map[string]any {
	everything, reading := func(pipeline.Action) bool { return true }, func(a pipeline.Action) bool { return a == pipeline.ReadTeam }
	team, m := drawnTeam(w), metadata{Team: "PAY", Channel: "C1"}
	tree := pipeline.NewTree(drawnTree(w), drawnAt)
	at := func(at treePlace, may func(pipeline.Action) bool) any {
		at.team = "PAY"
		return treeView(shownTree{team: team, tree: tree, at: at, may: may}, m)
	}
	empty := shownTree{team: team, tree: pipeline.NewTree(pipeline.TreeFacts{Team: "PAY"}, drawnAt), at: treePlace{team: "PAY"}, may: everything}
	deep := shownTree{team: team, tree: pipeline.NewTree(deepTree(w), drawnAt), at: treePlace{team: "PAY", page: 2}, may: everything}
	post := func(s shownTree, t pipeline.Tree, code string) Post {
		return *exportPost(s, t, "mermaid", "Mermaid", code)
	}
	whole := shownTree{team: team, tree: tree, at: treePlace{team: "PAY"}}
	part := shownTree{team: team, tree: tree, at: treePlace{team: "PAY", node: anOutcome(2)}}
	open, _, _ := part.open()
	long := pipeline.Mermaid(pipeline.NewTree(deepTree(w), drawnAt))

	opportunity, impact := drawnMapped(w, everything)
	others, lone := drawnMapped(w, reading)
	others.ideas, others.Ideas, others.Opportunity = storage.Page{}, pipeline.IdeasOn{}, &drawnTree(w).Nodes.Opportunities[1]
	lone.nodes = pipeline.Nodes{} // its goal is not there
	evidence := opportunity
	evidence.at = newParams("node", "PAY-P2", "list", listEvidence, "page", "2")
	form := metadata{Team: "PAY", Node: "PAY-O2", Channel: "C1", Draft: draftOpportunity + "new.PAY-O2", Fresh: "x", Below: inTree, At: "node=PAY-O2"}
	edit := form
	edit.Node, edit.Version = "PAY-P2", 3
	change := edit
	change.Node = "PAY-I1"
	under := mapScene{under: "PAY-O2  " + w.line}
	among, many := mapScene{tree: tree}, mapScene{tree: pipeline.NewTree(deepTree(w), drawnAt)}
	value := newParams("node", "PAY-O2")
	return map[string]any{
		"tree":                      at(treePlace{}, everything),
		"tree_reading":              at(treePlace{closed: true}, reading),
		"tree_business":             at(treePlace{node: anOutcome(1)}, everything),
		"tree_opportunities":        at(treePlace{node: anOutcome(2)}, everything),
		"tree_impacts":              at(treePlace{node: anOutcome(2), view: pipeline.ImpactsView}, everything),
		"tree_no_outcomes":          at(treePlace{node: anOutcome(2), view: pipeline.OutcomesView}, everything),
		"tree_closed":               at(treePlace{node: anOutcome(4), view: pipeline.ImpactsView}, everything),
		"tree_opportunity":          at(treePlace{node: anOpportunity(1)}, reading),
		"tree_impact":               at(treePlace{node: anImpact(1)}, everything),
		"tree_empty":                treeView(empty, m),
		"tree_deep":                 treeView(deep, m),
		"tree_export":               post(whole, tree, pipeline.Mermaid(tree)),
		"tree_export_part":          post(part, part.read(open), pipeline.Mermaid(part.read(open))),
		"tree_export_cut":           post(whole, tree, long),
		"opportunity":               mappedView(viewApp, opportunity, m),
		"opportunity_others":        mappedView(viewApp, others, m),
		"opportunity_evidence":      mappedView(viewApp, evidence, m),
		"impact":                    mappedView(viewApp, impact, m),
		"impact_others":             mappedView(viewApp, lone, m),
		"opportunity_form":          opportunityForm(form, under, nil),
		"opportunity_form_restored": opportunityForm(form, under, opportunityTyped(*opportunity.Opportunity), typedBeforeNote(actionOpportunityNew, value, drawnAt)...),
		"opportunity_form_conflict": opportunityForm(edit, among, opportunityTyped(*opportunity.Opportunity), mappedConflict(pipeline.OpportunityNode, opportunityTyped(*opportunity.Opportunity))...),
		"impact_form":               impactForm(form, under, nil),
		"impact_form_conflict":      impactForm(change, among, impactTyped(*impact.Impact), mappedConflict(pipeline.ImpactNode, impactTyped(*impact.Impact))...),
		"impact_form_many":          impactForm(change, many, impactTyped(*impact.Impact)),
		"support_form":              supportForm(edit, *opportunity.Opportunity, nil, typedBeforeNote(actionSupport, value, drawnAt)...),
	}
}

// Whatever page and node of the largest tree is shown, Slack takes it.
func TestTheLargestTreeFitsAForm(t *testing.T) {
	for _, w := range kinds {
		facts := deepTree(w)
		for n := 1; n <= storage.OpportunityLimit; n++ {
			facts.Nodes.Opportunities = append(facts.Nodes.Opportunities, pipeline.Opportunity{Key: anOpportunity(n), Parent: anOutcome(7), Statement: w.line, Kind: pipeline.Pain})
		}
		tree := pipeline.NewTree(facts, drawnAt)
		began := time.Now()
		for _, node := range []pipeline.NodeKey{{}, anOutcome(1), anOutcome(7), anOutcome(11), anOpportunity(3)} {
			for _, page := range []int{1, 2, 25, 1000} {
				s := shownTree{team: drawnTeam(w), tree: tree, at: treePlace{team: "PAY", node: node, page: page, closed: page == 2}, may: func(pipeline.Action) bool { return true }}
				if s.at.node == anOutcome(7) {
					s.at.view = pipeline.OpportunitiesView
				}
				if errs := blockkit.View(encode(t, treeView(s, metadata{Team: "PAY"}))); len(errs) > 0 {
					t.Errorf("%s words, %s, page %d: %v", w.name, node, page, errs)
				}
			}
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("twenty views took %s", took)
		}
	}
}

// A conflict answers a submission, so it travels in the acknowledgement, which
// Slack drops without a word from 20 KB on.
func TestTheConflictOfANodeFitsAnAcknowledgement(t *testing.T) {
	w := words{title: strings.Repeat("界", pipeline.TitleLimit), line: strings.Repeat("界", pipeline.StatementLimit), text: "x"}
	for name, drawing := range treeDrawings(w) {
		if n := len(encode(t, drawing)); strings.HasSuffix(name, "_conflict") && n > 18<<10 {
			t.Errorf("%s has %d bytes", name, n)
		}
	}
	facts := deepTree(w)
	facts.Nodes.Outcomes = facts.Nodes.Outcomes[:nodesListed]
	for i := range facts.Nodes.Outcomes {
		facts.Nodes.Outcomes[i].Closed = time.Time{}
	}
	_, impact := drawnMapped(w, func(pipeline.Action) bool { return true })
	typed := impactTyped(*impact.Impact)
	m := metadata{Team: "PAY", Node: "PAY-I1", Version: 2, Draft: draftImpact + "edit.PAY-I1", Fresh: "x", Below: inMapped, At: "node=PAY-I1"}
	form := impactForm(m, mapScene{tree: pipeline.NewTree(facts, drawnAt)}, typed, mappedConflict(pipeline.ImpactNode, typed)...)
	if n := len(encode(t, form)); n > 18<<10 {
		t.Errorf("with as many outcomes as are listed the form has %d bytes", n)
	}
}

// Where somebody is in a tree comes back as it was sent, and as nothing else.
func TestAPlaceInATreeComesBack(t *testing.T) {
	for _, at := range []treePlace{
		{team: "PAY", page: 1},
		{team: "PAY", node: anOutcome(3), view: pipeline.ImpactsView, closed: true, page: 7},
		{team: "PAY", node: anOpportunity(3), page: 1},
	} {
		p, err := decodeParams(at.params().encode())
		if err != nil {
			t.Fatal(err)
		}
		got, err := treePlaceOf(p)
		if diff := cmp.Diff(at, got, cmp.AllowUnexported(treePlace{})); diff != "" || err != nil {
			t.Errorf("it comes back otherwise (%v):\n%s", err, diff)
		}
	}
	for _, forged := range []string{"", "team=12", "node=PAY-12", "team=PAY&node=SEC-O1", "node=O1"} {
		p, _ := decodeParams(forged)
		if at, err := treePlaceOf(p); err == nil {
			t.Errorf("%q is %+v", forged, at)
		}
	}
}

// What is closed is folded away with all under it, but not what is still open.
func TestClosedOutcomesAreFolded(t *testing.T) {
	closed := func(n, parent int) pipeline.Outcome {
		return pipeline.Outcome{Key: anOutcome(n), Parent: anOutcome(parent), Kind: pipeline.BusinessOutcome, Closed: drawnAt, Result: pipeline.Dropped}
	}
	open := pipeline.Outcome{Key: anOutcome(3), Parent: anOutcome(2), Kind: pipeline.BusinessOutcome}
	nodes := pipeline.Nodes{Outcomes: []pipeline.Outcome{closed(1, 0), closed(2, 0), open, closed(4, 1)}}
	nodes.Outcomes[0].Parent, nodes.Outcomes[1].Parent = pipeline.NodeKey{}, pipeline.NodeKey{}
	s := shownTree{tree: pipeline.NewTree(pipeline.TreeFacts{Team: "PAY", Nodes: nodes}, drawnAt)}
	listed := func() string {
		rows, folded := s.rows(s.tree.Roots)
		var keys []string
		for _, row := range rows {
			keys = append(keys, row.Key.String())
		}
		return fmt.Sprint(keys, folded)
	}
	if got := listed(); got != "[PAY-O2 PAY-O3] 2" {
		t.Errorf("listed are %s", got)
	}
	s.at.closed = true
	if got := listed(); got != "[PAY-O1 PAY-O4 PAY-O2 PAY-O3] 0" {
		t.Errorf("with what is closed, listed are %s", got)
	}
}
