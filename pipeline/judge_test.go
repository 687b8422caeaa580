package pipeline_test

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
)

func bound(n float64) *float64 { return &n }

func TestMeets(t *testing.T) {
	evidence := func(rule pipeline.PassRule) pipeline.Item {
		return pipeline.Item{Kind: pipeline.KindEvidence, Pass: rule}
	}
	fact := func(f pipeline.Fact, rule pipeline.PassRule) pipeline.Item {
		return pipeline.Item{Kind: pipeline.KindFact, Fact: f, Pass: rule}
	}
	full := ripe(pipeline.Discovery) // one outcome, a measure, one note of what people say
	full.Evidence = "I think so"     // and so one opinion
	full.Tally.Against = map[pipeline.Strength]int{pipeline.WhatPeopleDo: 5}
	full.Criteria = []string{"a", "b"}
	full.Size = 8
	d := pipeline.Dossier{Templates: templates, Runs: []pipeline.RunSummary{
		{ID: 1, Template: "canvas", Verdict: pipeline.Passed}, {ID: 2, Template: "invest", Verdict: pipeline.Failed},
	}}
	for _, c := range []struct {
		idea pipeline.Idea
		item pipeline.Item
		met  bool
		want string
	}{
		{full, evidence(pipeline.PassRule{}), true, "2 pieces of evidence"},
		{full, evidence(pipeline.PassRule{AtLeast: bound(3)}), false, "2 of 3 pieces of evidence"},
		{full, evidence(pipeline.PassRule{AtLeast: bound(1.5)}), true, "2 pieces of evidence"},
		{full, evidence(pipeline.PassRule{AtMost: bound(1)}), false, "2 pieces of evidence (at most 1)"},
		{full, evidence(pipeline.PassRule{Strength: pipeline.Opinion}), true, "2 pieces of evidence"},
		{full, evidence(pipeline.PassRule{Strength: pipeline.WhatPeopleSay}), true, "one piece of evidence of what people say or do"},
		{full, evidence(pipeline.PassRule{Strength: pipeline.WhatPeopleDo}), false, "no piece of evidence of what people do"},
		{full, evidence(pipeline.PassRule{Strength: pipeline.WhatPeopleDo, AtLeast: bound(2)}), false, "0 of 2 pieces of evidence of what people do"},
		{pipeline.Idea{}, evidence(pipeline.PassRule{}), false, "no piece of evidence"},
		{pipeline.Idea{}, evidence(pipeline.PassRule{AtLeast: bound(0)}), true, "no pieces of evidence"},
		{full, fact(pipeline.FactOutcome, pipeline.PassRule{}), true, "one outcome link"},
		{full, fact(pipeline.FactOutcome, pipeline.PassRule{AtLeast: bound(2)}), false, "1 of 2 outcome links"},
		{pipeline.Idea{}, fact(pipeline.FactOutcome, pipeline.PassRule{}), false, "no outcome link"},
		{full, fact(pipeline.FactMeasure, pipeline.PassRule{}), true, "one “we will know when”"},
		{pipeline.Idea{Measure: "\u200b"}, fact(pipeline.FactMeasure, pipeline.PassRule{}), false, "no “we will know when”"},
		{full, fact(pipeline.FactCriteria, pipeline.PassRule{}), true, "2 acceptance criteria"},
		{full, fact(pipeline.FactCriteria, pipeline.PassRule{AtLeast: bound(3), AtMost: bound(5)}), false, "2 of 3 acceptance criteria"},
		{full, fact(pipeline.FactCriteria, pipeline.PassRule{AtMost: bound(1)}), false, "2 acceptance criteria (at most 1)"},
		{pipeline.Idea{}, fact(pipeline.FactCriteria, pipeline.PassRule{}), false, "no acceptance criterion"},
		{full, fact(pipeline.FactSize, pipeline.PassRule{}), true, "8 points"},
		{full, fact(pipeline.FactSize, pipeline.PassRule{AtMost: bound(8)}), true, "8 points"},
		{full, fact(pipeline.FactSize, pipeline.PassRule{AtMost: bound(5)}), false, "8 points (at most 5)"},
		{full, fact(pipeline.FactSize, pipeline.PassRule{AtLeast: bound(9)}), false, "8 points (at least 9)"},
		{pipeline.Idea{}, fact(pipeline.FactSize, pipeline.PassRule{AtMost: bound(8)}), false, "no size"},
		{full, fact("checklist:canvas", pipeline.PassRule{}), true, "Canvas (passed)"},
		{full, fact("checklist:invest", pipeline.PassRule{}), false, "INVEST (failed)"},
		{full, fact("checklist:ready", pipeline.PassRule{}), false, "Definition of Ready (not begun)"},
		{full, fact("checklist:gone", pipeline.PassRule{}), false, "gone (no longer among the team's checklists)"},
		{full, fact("weather", pipeline.PassRule{}), false, "something that this version does not know"},
		{full, pipeline.Item{Kind: pipeline.KindText}, false, "an answer"},
	} {
		if met, words := pipeline.Meets(c.idea, d, c.item); met != c.met || words != c.want {
			t.Errorf("%s %s %+v: %v %q, want %v %q", c.item.Kind, c.item.Fact, c.item.Pass, met, words, c.met, c.want)
		}
	}
}

func TestJudgeAsThingsStand(t *testing.T) {
	size := pipeline.Item{Kind: pipeline.KindFact, Fact: pipeline.FactSize, Required: true}
	criteria := pipeline.Item{Kind: pipeline.KindFact, Fact: pipeline.FactCriteria, Required: true}
	sized := pipeline.Idea{Size: 3, Criteria: []string{"a"}}
	for name, c := range map[string]struct {
		idea    pipeline.Idea
		run     pipeline.RunSummary
		want    pipeline.Verdict
		because string
	}{
		"passed, and nothing live":      {pipeline.Idea{}, pipeline.RunSummary{Verdict: pipeline.Passed, Because: "Yes."}, pipeline.Passed, "Yes."},
		"passed, and the idea has it":   {sized, pipeline.RunSummary{Verdict: pipeline.Passed, Because: "Yes.", Live: []pipeline.Item{size, criteria}}, pipeline.Passed, "Yes."},
		"passed, but the idea has none": {pipeline.Idea{}, pipeline.RunSummary{Verdict: pipeline.Passed, Because: "Yes.", Live: []pipeline.Item{size, criteria}}, pipeline.Undecided, "Still open: no size and no acceptance criterion."},
		"open, and the idea has it":     {sized, pipeline.RunSummary{Because: "Two lack.", Live: []pipeline.Item{size}}, pipeline.Undecided, "Two lack."},
		"open, and the idea has none":   {pipeline.Idea{}, pipeline.RunSummary{Because: "Two lack.", Live: []pipeline.Item{size}}, pipeline.Undecided, "Two lack. Still open: no size."},
		"failed stays failed":           {sized, pipeline.RunSummary{Verdict: pipeline.Failed, Because: "No.", Live: []pipeline.Item{size}}, pipeline.Failed, "No."},
		"inconclusive stays it":         {pipeline.Idea{}, pipeline.RunSummary{Verdict: pipeline.Inconclusive, Because: "Few.", Live: []pipeline.Item{size}}, pipeline.Inconclusive, "Few."},
		"one to come stays it":          {pipeline.Idea{}, pipeline.RunSummary{Verdict: "stale", Live: []pipeline.Item{size}}, "stale", ""},
	} {
		c.run.ID, c.run.Template = 1, "invest"
		got, because := pipeline.Dossier{Runs: []pipeline.RunSummary{c.run}}.Judge(c.idea, c.run)
		if got != c.want || because != c.because {
			t.Errorf("%s: %q, %q; want %q, %q", name, got, because, c.want, c.because)
		}
	}
}

// asks is a run that passes once those checklists have passed.
func asks(id int, template pipeline.TemplateID, others ...pipeline.TemplateID) pipeline.RunSummary {
	run := pipeline.RunSummary{ID: id, Template: template, Verdict: pipeline.Passed}
	for _, other := range others {
		run.Live = append(run.Live, pipeline.Item{Kind: pipeline.KindFact, Fact: pipeline.Fact(pipeline.ChecklistPassed + string(other)), Required: true})
	}
	return run
}

func TestAChecklistThatAsksForAnother(t *testing.T) {
	for name, c := range map[string]struct {
		runs []pipeline.RunSummary
		want pipeline.Verdict
	}{
		"which passed":                    {[]pipeline.RunSummary{asks(1, "ready", "invest"), asks(2, "invest")}, pipeline.Passed},
		"which nobody began":              {[]pipeline.RunSummary{asks(1, "ready", "invest")}, pipeline.Undecided},
		"which asks for one more":         {[]pipeline.RunSummary{asks(1, "ready", "invest"), asks(2, "invest", "canvas"), asks(3, "canvas")}, pipeline.Passed},
		"which asks for one nobody began": {[]pipeline.RunSummary{asks(1, "ready", "invest"), asks(2, "invest", "canvas")}, pipeline.Undecided},
		"which asks for it in turn":       {[]pipeline.RunSummary{asks(1, "ready", "invest"), asks(2, "invest", "ready")}, pipeline.Undecided},
		"itself":                          {[]pipeline.RunSummary{asks(1, "ready", "ready")}, pipeline.Undecided},
		"one that two ask for":            {[]pipeline.RunSummary{asks(1, "ready", "invest", "canvas"), asks(2, "invest", "canvas"), asks(3, "canvas")}, pipeline.Passed},
	} {
		d := pipeline.Dossier{Runs: c.runs, Templates: templates}
		if got, because := d.Judge(pipeline.Idea{}, c.runs[0]); got != c.want {
			t.Errorf("%s: %q, %s", name, got, because)
		}
		team := pipeline.Team{Key: "PAY", Required: []pipeline.TemplateID{"ready"}}
		if lacks := pipeline.Gate(team, ripe(pipeline.Discovery), d, pipeline.Validated).Lacks; (len(lacks) == 0) != (c.want == pipeline.Passed) {
			t.Errorf("%s: the gate says otherwise: %+v", name, lacks)
		}
	}
}

// Twenty-six checklists that all ask for each other have more ways through
// them than could ever be walked.
func TestChecklistsThatAllAskForEachOtherAreLookedAtOnce(t *testing.T) {
	var ids []pipeline.TemplateID
	for i := range 26 {
		ids = append(ids, pipeline.TemplateID(fmt.Sprintf("c%d", i)))
	}
	var runs []pipeline.RunSummary
	for i, id := range ids {
		runs = append(runs, asks(i+1, id, ids...))
	}
	done := make(chan pipeline.Verdict, 1)
	go func() {
		verdict, _ := pipeline.Dossier{Runs: runs}.Judge(pipeline.Idea{}, runs[0])
		done <- verdict
	}()
	select {
	case verdict := <-done:
		if verdict != pipeline.Undecided {
			t.Error(verdict)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("no end after ten seconds")
	}
}
