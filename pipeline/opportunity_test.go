package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func neverPaid() pipeline.OpportunityForm {
	return pipeline.OpportunityForm{
		Statement: "I never know whether it was paid", Kind: pipeline.Pain, Parent: "PAY-O2",
		Frequency: "4", Severity: " 5 ", Horizon: pipeline.HorizonNext,
	}
}

func TestOpportunities(t *testing.T) {
	nodes := crowdedTree()
	nodes.Outcomes = append(nodes.Outcomes, pipeline.Outcome{Key: o(5), Statement: "One line"})
	deep := p(2)
	for n := 10; n < 18; n++ { // levels 5 to 12
		nodes.Opportunities = append(nodes.Opportunities, pipeline.Opportunity{Key: p(n), Parent: deep})
		deep = p(n)
	}
	type form = pipeline.OpportunityForm
	for name, c := range map[string]struct {
		change func(*form)
		wrong  []pipeline.Field
	}{
		"all of it is fine":                {func(*form) {}, nil},
		"under an opportunity":             {func(f *form) { f.Parent = "PAY-P2" }, nil},
		"nothing known but the words":      {func(f *form) { f.Frequency, f.Severity, f.Horizon = "", "", "" }, nil},
		"nothing at all":                   {func(f *form) { *f = form{} }, []pipeline.Field{"kind", "parent", "statement"}},
		"151 characters":                   {func(f *form) { f.Statement = strings.Repeat("ü", 151) }, []pipeline.Field{"statement"}},
		"an unknown kind":                  {func(f *form) { f.Kind = "wish" }, []pipeline.Field{"kind"}},
		"an unknown horizon":               {func(f *form) { f.Horizon = "soon" }, []pipeline.Field{"horizon"}},
		"outside the scale":                {func(f *form) { f.Frequency, f.Reach, f.Severity = "0", "6", "2.5" }, []pipeline.Field{"frequency", "reach", "severity"}},
		"under a business outcome":         {func(f *form) { f.Parent = "PAY-O1" }, []pipeline.Field{"parent"}},
		"under an outcome of no kind":      {func(f *form) { f.Parent = "PAY-O5" }, []pipeline.Field{"parent"}},
		"under a closed outcome":           {func(f *form) { f.Parent = "PAY-O4" }, []pipeline.Field{"parent"}},
		"under an impact":                  {func(f *form) { f.Parent = "PAY-I1" }, []pipeline.Field{"parent"}},
		"under one that is not there":      {func(f *form) { f.Parent = "PAY-P99" }, []pipeline.Field{"parent"}},
		"under another team's":             {func(f *form) { f.Parent = "SEC-P1" }, []pipeline.Field{"parent"}},
		"on the twelfth level":             {func(f *form) { f.Parent = "PAY-P16" }, nil},
		"below the twelfth level":          {func(f *form) { f.Parent = "PAY-P17" }, []pipeline.Field{"parent"}},
		"everything that is wrong at once": {func(f *form) { f.Kind, f.Parent, f.Statement, f.Reach = "", "", "", "x" }, []pipeline.Field{"kind", "parent", "reach", "statement"}},
	} {
		typed := neverPaid()
		c.change(&typed)
		_, _, err := pipeline.AddOpportunity(pipeline.Policy{}, member, pipeline.Where{Team: payments("U1")}, typed, nodes, noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestAddAndEditAnOpportunity(t *testing.T) {
	nodes, where := crowdedTree(), pipeline.Where{Team: payments("U1")}
	got, event, err := pipeline.AddOpportunity(pipeline.Policy{}, member, where, neverPaid(), nodes, noon)
	want := pipeline.Opportunity{
		Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode}, Parent: o(2), Statement: "I never know whether it was paid",
		Kind: pipeline.Pain, Frequency: 4, Severity: 5, Horizon: pipeline.HorizonNext, Created: noon, CreatedBy: "U2", Changed: noon,
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" || event.What != pipeline.WasAdded {
		t.Fatalf("%v\n%s", err, diff)
	}
	got.Key.Number = 1
	same, event, err := pipeline.EditOpportunity(pipeline.Policy{}, member, where, got, got.Form(), nodes, noon.Add(time.Hour))
	if diff := cmp.Diff(got, same); err != nil || diff != "" || event.What != "" {
		t.Errorf("nothing is to change: %v\n%s", err, diff)
	}
	form := got.Form()
	form.Parent, form.Reach = "PAY-O3", "2"
	moved, event, err := pipeline.EditOpportunity(pipeline.Policy{}, member, where, got, form, nodes, noon.Add(time.Hour))
	changes := []pipeline.Change{{Field: "parent", From: "PAY-O2", To: "PAY-O3"}, {Field: "reach", To: "2"}}
	if diff := cmp.Diff(changes, event.Changes); err != nil || diff != "" || moved.Parent != o(3) || !moved.Changed.Equal(noon.Add(time.Hour)) {
		t.Errorf("%v %+v\n%s", err, moved, diff)
	}
	form.Parent = "PAY-P2" // which hangs under it
	if _, _, err := pipeline.EditOpportunity(pipeline.Policy{}, member, where, nodes.Opportunities[0], form, nodes, noon); problemField(err, pipeline.FieldParent) != "PAY-P2 hangs under PAY-P1 already, so this would go round in a circle. Choose another one." {
		t.Errorf("a circle: %v", err)
	}
	form.Parent = "PAY-P1"
	if _, _, err := pipeline.EditOpportunity(pipeline.Policy{}, member, where, nodes.Opportunities[0], form, nodes, noon); problemField(err, pipeline.FieldParent) != "An opportunity cannot hang under itself. Choose another one." {
		t.Errorf("under itself: %v", err)
	}
	nodes.Outcomes[2] = closed(nodes.Outcomes[2])
	form = moved.Form()
	form.Severity = "1"
	if _, _, err := pipeline.EditOpportunity(pipeline.Policy{}, member, where, moved, form, nodes, noon); err != nil {
		t.Errorf("its outcome was closed meanwhile, and it stays there: %v", err)
	}
	for name, person := range map[string]pipeline.Person{"a guest": {ID: "U3", Guest: true}, "an outsider": {ID: "U3", Outsider: true}} {
		_, _, err := pipeline.AddOpportunity(pipeline.Policy{Guests: true}, person, where, neverPaid(), nodes, noon)
		_, _, err2 := pipeline.EditOpportunity(pipeline.Policy{Guests: true}, person, where, got, got.Form(), nodes, noon)
		if problemCode(err) != "not-permitted" || problemCode(err2) != "not-permitted" {
			t.Errorf("%s: %v, %v", name, err, err2)
		}
	}
	if _, _, err := pipeline.AddOpportunity(pipeline.Policy{}, member, pipeline.Where{}, neverPaid(), nodes, noon); problemCode(err) != "not-permitted" {
		t.Errorf("without a team: %v", err)
	}
}

func TestEvidenceOnAnOpportunity(t *testing.T) {
	where := pipeline.Where{Team: payments("U1")}
	opportunity := pipeline.Opportunity{Key: p(1), Parent: o(2)}
	if words, stale := pipeline.EvidenceAge(opportunity.Newest(), noon); words != "no evidence yet" || !stale {
		t.Errorf("%q %v", words, stale)
	}
	for n := range pipeline.EvidenceOfOpportunity {
		before := opportunity
		after, event, err := pipeline.SupportOpportunity(pipeline.Policy{}, member, where, opportunity, pipeline.Evidence{Note: fmt.Sprintf("Note %d", n), Strength: pipeline.WhatPeopleSay, By: "U_FORGED"}, "https://acme.slack.com/", noon)
		if err != nil || len(after.Evidence) != n+1 || len(before.Evidence) != n {
			t.Fatalf("%d: %v", n, err)
		}
		want := pipeline.Evidence{Number: n + 1, Note: fmt.Sprintf("Note %d", n), Strength: pipeline.WhatPeopleSay, By: "U2", At: noon}
		if diff := cmp.Diff(want, after.Evidence[n]); diff != "" || event.What != pipeline.GotEvidence || event.Why != want.Note {
			t.Fatalf("%s %+v", diff, event)
		}
		opportunity = after
	}
	if _, _, err := pipeline.SupportOpportunity(pipeline.Policy{}, member, where, opportunity, pipeline.Evidence{Note: "x", Strength: pipeline.Opinion}, "", noon); problemCode(err) != "evidence-many" {
		t.Errorf("one more than fifty: %v", err)
	}
	opportunity.Evidence = opportunity.Evidence[:1]
	if _, _, err := pipeline.SupportOpportunity(pipeline.Policy{}, member, where, opportunity, pipeline.Evidence{}, "", noon); !slices.Equal(wrongFields(err), []pipeline.Field{"note", "strength"}) {
		t.Errorf("no evidence: %v", err)
	}
	for days, want := range map[int]string{0: "evidence of today", 1: "evidence one day old", 89: "evidence 89 days old", 90: "evidence 90 days old"} {
		words, stale := pipeline.EvidenceAge(opportunity.Newest(), noon.AddDate(0, 0, days))
		if words != want || stale != (days >= 90) {
			t.Errorf("after %d days: %q %v", days, words, stale)
		}
	}
}

func TestHintsHoldNothingUp(t *testing.T) {
	seen := []pipeline.Evidence{{Note: "x"}}
	for name, c := range map[string]struct {
		opportunity pipeline.Opportunity
		ideas       int
		want        []string // what each hint begins with
	}{
		"fine":                      {pipeline.Opportunity{Statement: "I wait for ages", Evidence: seen}, 2, nil},
		"nothing yet":               {pipeline.Opportunity{Statement: "I wait for ages", Evidence: seen}, 0, nil},
		"a feature":                 {pipeline.Opportunity{Statement: "I need Dashboards, please", Evidence: seen}, 2, []string{"“Dashboards” sounds like a solution"}},
		"one idea":                  {pipeline.Opportunity{Statement: "I wait for ages", Evidence: seen}, 1, []string{"There is only one idea"}},
		"no evidence":               {pipeline.Opportunity{Statement: "I wait for ages"}, 2, []string{"It has no evidence"}},
		"only evidence against it":  {pipeline.Opportunity{Statement: "I wait for ages", Evidence: []pipeline.Evidence{{Against: true}}}, 2, []string{"It has no evidence"}},
		"everything":                {pipeline.Opportunity{Statement: "A button"}, 1, []string{"“button”", "There is only", "It has no"}},
		"a word that only looks so": {pipeline.Opportunity{Statement: "My featured shop is lost", Evidence: seen}, 0, nil},
	} {
		got := c.opportunity.Hints(c.ideas)
		if len(got) != len(c.want) {
			t.Errorf("%s: %q", name, got)
			continue
		}
		for n, want := range c.want {
			if !strings.HasPrefix(got[n], want) {
				t.Errorf("%s: %q does not begin %q", name, got[n], want)
			}
		}
	}
}

func TestImpacts(t *testing.T) {
	nodes, where := crowdedTree(), pipeline.Where{Team: payments("U1")}
	fine := pipeline.ImpactForm{Goal: "PAY-O2", Actor: "accountants", From: "mail PDFs", To: "export them", Measure: "exports a week", Threshold: "50"}
	type form = pipeline.ImpactForm
	for name, c := range map[string]struct {
		change func(*form)
		wrong  []pipeline.Field
	}{
		"all of it is fine":                {func(*form) {}, nil},
		"a business outcome has them too":  {func(f *form) { f.Goal = "PAY-O1" }, nil},
		"who and what is enough":           {func(f *form) { f.From, f.Measure, f.Threshold = "", "", "" }, nil},
		"nothing at all":                   {func(f *form) { *f = form{} }, []pipeline.Field{"actor", "goal", "to"}},
		"no behaviour":                     {func(f *form) { f.To = "\u200b" }, []pipeline.Field{"to"}},
		"nothing changes":                  {func(f *form) { f.To = " mail  PDFs" }, []pipeline.Field{"to"}},
		"too long":                         {func(f *form) { f.Actor = strings.Repeat("ü", 151) }, []pipeline.Field{"actor"}},
		"a closed goal":                    {func(f *form) { f.Goal = "PAY-O4" }, []pipeline.Field{"goal"}},
		"an opportunity is no goal":        {func(f *form) { f.Goal = "PAY-P1" }, []pipeline.Field{"goal"}},
		"another team's goal":              {func(f *form) { f.Goal = "SEC-O2" }, []pipeline.Field{"goal"}},
		"a goal that is not there":         {func(f *form) { f.Goal = "PAY-O99" }, []pipeline.Field{"goal"}},
		"everything that is wrong at once": {func(f *form) { f.Goal, f.Actor, f.Measure = "x", "", strings.Repeat("x", 151) }, []pipeline.Field{"actor", "goal", "measure"}},
	} {
		typed := fine
		c.change(&typed)
		_, _, err := pipeline.AddImpact(pipeline.Policy{}, member, where, typed, nodes, noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	got, event, err := pipeline.AddImpact(pipeline.Policy{}, member, where, fine, nodes, noon)
	if err != nil || event.What != pipeline.WasAdded || got.Words() != "accountants: mail PDFs → export them" || got.Hints() != nil {
		t.Fatalf("%v %+v %q %q", err, event, got.Words(), got.Hints())
	}
	got.Key.Number = 2
	edit := got.Form()
	edit.To, edit.Measure, edit.From = "use the export button", "", ""
	changed, event, err := pipeline.EditImpact(pipeline.Policy{}, member, where, got, edit, nodes, noon.Add(time.Hour))
	if err != nil || len(event.Changes) != 3 || changed.Words() != "accountants: use the export button" || len(changed.Hints()) != 2 {
		t.Errorf("%v %+v %q %q", err, event, changed.Words(), changed.Hints())
	}
	if same, event, err := pipeline.EditImpact(pipeline.Policy{}, member, where, got, got.Form(), nodes, noon.Add(time.Hour)); err != nil || event.What != "" || !cmp.Equal(same, got) {
		t.Errorf("nothing is to change: %v %+v", err, event)
	}
	if _, _, err := pipeline.EditImpact(pipeline.Policy{}, pipeline.Person{ID: "U3", Guest: true}, where, got, edit, nodes, noon); problemCode(err) != "not-permitted" {
		t.Errorf("a guest: %v", err)
	}
}
