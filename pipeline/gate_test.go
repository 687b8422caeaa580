package pipeline_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

var templates = []pipeline.Template{
	{ID: "canvas", Name: "Canvas"},
	{ID: "invest", Name: "INVEST"},
	{ID: "ready", Name: "Definition of Ready"},
}

// ripe has everything that the idea itself must have.
func ripe(stage pipeline.Stage) pipeline.Idea {
	return pipeline.Idea{
		Key: pipeline.Key{Team: "PAY", Number: 12}, Title: "Export", Measure: "half as many ask", Stage: stage, Staged: noon,
		Outcomes: outcomes("PAY", 3), Tally: pipeline.Tally{For: map[pipeline.Strength]int{pipeline.WhatPeopleSay: 1}, Authors: 1},
	}
}

func kinds(lacks []pipeline.Lack) []pipeline.LackKind {
	var kinds []pipeline.LackKind
	for _, lack := range lacks {
		kinds = append(kinds, lack.What)
	}
	return kinds
}

func TestWhatAGateSaysOfAChecklist(t *testing.T) {
	outcome := pipeline.Item{ID: "outcome", Kind: pipeline.KindFact, Fact: pipeline.FactOutcome, Required: true}
	size := pipeline.Item{ID: "size", Kind: pipeline.KindFact, Fact: pipeline.FactSize, Required: true}
	optional := pipeline.Item{ID: "size", Kind: pipeline.KindFact, Fact: pipeline.FactSize}
	fullOnly := pipeline.Item{ID: "size", Kind: pipeline.KindFact, Fact: pipeline.FactSize, Required: true, RequiredIn: []pipeline.Form{"full"}}
	for name, c := range map[string]struct {
		id   pipeline.TemplateID
		runs []pipeline.RunSummary
		want string // "" when it lets pass
		run  int
	}{
		"nobody began it":       {"canvas", nil, "Canvas (not begun)", 0},
		"another one is passed": {"canvas", []pipeline.RunSummary{{ID: 1, Template: "invest", Verdict: pipeline.Passed}}, "Canvas (not begun)", 0},
		"one answer is missing": {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Lacks: []string{"Who?"}, Because: "x."}}, "Canvas (one answer missing)", 4},
		"two answers are":       {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Lacks: []string{"Who?", "What?"}}}, "Canvas (2 answers missing)", 4},
		"open for a reason":     {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Because: "The test has not been started."}}, "Canvas (The test has not been started)", 4},
		"open without one":      {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas"}}, "Canvas (not complete)", 4},
		"its test runs":         {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Running: true, Lacks: []string{"x"}}}, "Canvas (its test is running)", 4},
		"it failed":             {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Verdict: pipeline.Failed, Because: "31 % is under 40 %."}}, "Canvas (failed: 31 % is under 40 %)", 4},
		"it is inconclusive":    {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Verdict: pipeline.Inconclusive}}, "Canvas (inconclusive)", 4},
		"a verdict of a version to come does not pass": {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Verdict: "stale"}}, "Canvas (stale)", 4},
		"it passed":                       {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Verdict: pipeline.Passed}}, "", 0},
		"the latest counts, in any order": {"canvas", []pipeline.RunSummary{{ID: 9, Template: "canvas", Verdict: pipeline.Failed}, {ID: 4, Template: "canvas", Verdict: pipeline.Passed}}, "Canvas (failed)", 9},
		"a pass after a failure counts":   {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Verdict: pipeline.Failed}, {ID: 9, Template: "canvas", Verdict: pipeline.Passed}}, "", 0},
		"the idea meets a live item":      {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Verdict: pipeline.Passed, Live: []pipeline.Item{outcome}}}, "", 0},
		"the idea does not":               {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Verdict: pipeline.Passed, Live: []pipeline.Item{outcome, size}}}, "Canvas (not passed yet; no size)", 4},
		"answers and a live item lack":    {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Lacks: []string{"x"}, Live: []pipeline.Item{size}}}, "Canvas (one answer missing; no size)", 4},
		"a live item nobody requires":     {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Verdict: pipeline.Passed, Live: []pipeline.Item{optional}}}, "", 0},
		"one that another form requires":  {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Form: "quick", Verdict: pipeline.Passed, Live: []pipeline.Item{fullOnly}}}, "", 0},
		"one that this form requires":     {"canvas", []pipeline.RunSummary{{ID: 4, Template: "canvas", Form: "full", Verdict: pipeline.Passed, Live: []pipeline.Item{fullOnly}}}, "Canvas (not passed yet; no size)", 4},
		"a checklist the team removed":    {"gone", nil, "gone (no longer among the team's checklists)", 0},
		"removed, but passed before":      {"gone", []pipeline.RunSummary{{ID: 4, Template: "gone", Name: "Gone", Verdict: pipeline.Passed}}, "", 0},
		"removed, and open":               {"gone", []pipeline.RunSummary{{ID: 4, Template: "gone", Name: "Gone"}}, "Gone (not complete)", 4},
	} {
		d := pipeline.Dossier{Runs: c.runs, Templates: templates}
		team := pipeline.Team{Key: "PAY", Required: []pipeline.TemplateID{c.id}}
		var want []pipeline.Lack
		if c.want != "" {
			want = []pipeline.Lack{{What: pipeline.LackChecklist, Words: c.want, Template: c.id, Run: c.run}}
		}
		if diff := cmp.Diff(want, pipeline.Gate(team, ripe(pipeline.Discovery), d, pipeline.Validated).Lacks); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestTheGateToValidatedAsksForEverythingAtOnce(t *testing.T) {
	team := pipeline.Team{Key: "PAY", Required: []pipeline.TemplateID{"ready", "canvas"}}
	bare := pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 12}, Stage: pipeline.Discovery}
	want := []pipeline.Lack{
		{What: pipeline.LackChecklist, Words: "Definition of Ready (not begun)", Template: "ready"},
		{What: pipeline.LackChecklist, Words: "Canvas (not begun)", Template: "canvas"},
		{What: pipeline.LackOutcome, Words: "an outcome link"},
		{What: pipeline.LackMeasure, Words: "a “we will know when”"},
		{What: pipeline.LackEvidence, Words: "evidence for it"},
	}
	if diff := cmp.Diff(want, pipeline.Gate(team, bare, pipeline.Dossier{Templates: templates}, pipeline.Validated).Lacks); diff != "" {
		t.Error(diff)
	}
}

func TestEvidenceAtTheGate(t *testing.T) {
	for name, c := range map[string]struct {
		typed  string
		tally  pipeline.Tally
		lacks  bool
		warned bool
	}{
		"none":                         {"", pipeline.Tally{}, true, false},
		"what was typed at capture":    {"I saw it", pipeline.Tally{}, false, false},
		"one note for it":              {"", pipeline.Tally{}.Add(pipeline.Evidence{Strength: pipeline.Opinion}, true), false, false},
		"only notes against it":        {"", pipeline.Tally{}.Add(pipeline.Evidence{Strength: pipeline.WhatPeopleDo, Against: true}, true), true, false},
		"as much against it as for it": {"I saw it", pipeline.Tally{}.Add(pipeline.Evidence{Strength: pipeline.Opinion, Against: true}, true), false, true},
	} {
		for _, from := range []pipeline.Stage{pipeline.Discovery, pipeline.Validated} {
			idea := ripe(from)
			idea.Evidence, idea.Tally = c.typed, c.tally
			step, _ := pipeline.NextStep(from)
			got := pipeline.Gate(pipeline.Team{Key: "PAY"}, idea, pipeline.Dossier{}, step.To)
			if (len(got.Lacks) > 0) != c.lacks || strings.Contains(strings.Join(got.Warnings, " "), "contested") != c.warned {
				t.Errorf("%s, from %s: %+v", name, from, got)
			}
		}
	}
}

func TestRoomInTheProductBacklog(t *testing.T) {
	const unknown = "How many sprints of work the Product Backlog holds is unknown: "
	team := pipeline.Team{Key: "PAY", SoftLimit: 4, HardLimit: 6, Velocity: 10}
	points := func(change func(*pipeline.Team)) pipeline.Team {
		changed := team
		change(&changed)
		return changed
	}
	byIdeas := points(func(t *pipeline.Team) { t.Velocity, t.VelocityIdeas = 2, true })
	for name, c := range map[string]struct {
		team          pipeline.Team
		size          int
		load          pipeline.Load
		lack, warning string
	}{
		"plenty":                  {team, 5, pipeline.Load{Ideas: 3, Sized: 3, Points: 20}, "", ""},
		"just under the soft one": {team, 5, pipeline.Load{Ideas: 3, Sized: 3, Points: 34}, "", ""},
		"at the soft limit":       {team, 5, pipeline.Load{Ideas: 3, Sized: 3, Points: 35}, "", "With PAY-12 the Product Backlog holds 4 sprints of work. From 4 on it is worth asking what can leave; over 6 nothing more goes in."},
		"at the hard limit":       {team, 5, pipeline.Load{Ideas: 3, Sized: 3, Points: 55}, "", "With PAY-12 the Product Backlog holds 6 sprints of work. From 4 on it is worth asking what can leave; over 6 nothing more goes in."},
		"a point over it":         {team, 5, pipeline.Load{Ideas: 3, Sized: 3, Points: 56}, "room in the Product Backlog (6.1 sprints of work with this one; the limit is 6)", ""},
		"one large idea is over":  {team, 61, pipeline.Load{}, "room in the Product Backlog (6.1 sprints of work with this one; the limit is 6)", ""},
		"never rounded down": {points(func(t *pipeline.Team) { t.Velocity = 1000 }), 1, pipeline.Load{Ideas: 1, Sized: 1, Points: 6000},
			"room in the Product Backlog (6.1 sprints of work with this one; the limit is 6)", ""},
		"a team without limits has six": {points(func(t *pipeline.Team) { t.SoftLimit, t.HardLimit = 0, 0 }), 1, pipeline.Load{Ideas: 1, Sized: 1, Points: 60},
			"room in the Product Backlog (6.1 sprints of work with this one; the limit is 6)", ""},
		"limits of one": {points(func(t *pipeline.Team) { t.SoftLimit, t.HardLimit = 1, 1 }), 5, pipeline.Load{Ideas: 1, Sized: 1, Points: 5}, "",
			"With PAY-12 the Product Backlog holds 1 sprint of work. From 1 on it is worth asking what can leave; over 1 nothing more goes in."},
		"no velocity":          {points(func(t *pipeline.Team) { t.Velocity = 0 }), 5, pipeline.Load{Ideas: 90, Sized: 90, Points: 900}, "", unknown + "close a sprint, or say in the team's settings how much it finishes in one."},
		"no velocity in ideas": {points(func(t *pipeline.Team) { t.Velocity, t.VelocityIdeas = 0, true }), 5, pipeline.Load{Ideas: 90}, "", unknown + "close a sprint, or say in the team's settings how much it finishes in one."},
		"nothing is sized":     {team, 0, pipeline.Load{Ideas: 90}, "", unknown + "nothing in it has a size, and neither has PAY-12."},
		"this one is not":      {team, 0, pipeline.Load{Ideas: 2, Sized: 2, Points: 20}, "", unknown + "PAY-12 has no size. It is at least 2 sprints."},
		"others are not":       {team, 5, pipeline.Load{Ideas: 4, Sized: 2, Points: 20}, "", unknown + "2 ideas in it have no size. It is at least 2.5 sprints."},
		"one other is not":     {team, 5, pipeline.Load{Ideas: 3, Sized: 2, Points: 20}, "", unknown + "one idea in it has no size. It is at least 2.5 sprints."},
		"over without the unsized": {team, 0, pipeline.Load{Ideas: 4, Sized: 3, Points: 70},
			"room in the Product Backlog (at least 7 sprints of work with this one; the limit is 6)", ""},
		"ideas counted, plenty": {byIdeas, 0, pipeline.Load{Ideas: 6}, "", ""},
		"ideas counted, warned": {byIdeas, 0, pipeline.Load{Ideas: 11}, "", "With PAY-12 the Product Backlog holds 6 sprints of work. From 4 on it is worth asking what can leave; over 6 nothing more goes in."},
		"ideas counted, over":   {byIdeas, 0, pipeline.Load{Ideas: 12}, "room in the Product Backlog (6.5 sprints of work with this one; the limit is 6)", ""},
	} {
		idea := ripe(pipeline.Validated)
		idea.Size = c.size
		got := pipeline.Gate(c.team, idea, pipeline.Dossier{Load: c.load}, pipeline.Backlog)
		want := pipeline.GateAnswer{}
		if c.lack != "" {
			want.Lacks = []pipeline.Lack{{What: pipeline.LackRoom, Words: c.lack}}
		}
		if c.warning != "" {
			want.Warnings = []string{c.warning}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if stays := pipeline.Gate(c.team, ripe(pipeline.Discovery), pipeline.Dossier{Load: c.load}, pipeline.Validated); len(stays.Lacks)+len(stays.Warnings) > 0 {
			t.Errorf("%s: room is not asked for before the backlog: %+v", name, stays)
		}
	}
}

func TestThePromotionWarnsOfWhatWasAskedForBefore(t *testing.T) {
	team := pipeline.Team{Key: "PAY", Velocity: 10, Required: []pipeline.TemplateID{"canvas", "invest"}, RequiredForBacklog: []pipeline.TemplateID{"invest"}}
	idea := ripe(pipeline.Validated)
	idea.Size = 1
	d := pipeline.Dossier{Templates: templates, Runs: []pipeline.RunSummary{
		{ID: 1, Template: "canvas", Verdict: pipeline.Failed, Because: "No."}, {ID: 2, Template: "invest", Verdict: pipeline.Passed},
	}}
	got := pipeline.Gate(team, idea, d, pipeline.Backlog)
	want := pipeline.GateAnswer{Warnings: []string{"Not passed now, though asked for to be validated: Canvas (failed: No)."}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	d.Runs[1].Verdict = pipeline.Undecided
	if got = pipeline.Gate(team, idea, d, pipeline.Backlog); len(got.Lacks) != 1 || len(got.Warnings) != 1 {
		t.Errorf("what is refused is not warned about too: %+v", got)
	}
}

func TestOtherStepsHaveNoGate(t *testing.T) {
	team := pipeline.Team{Key: "PAY", Required: []pipeline.TemplateID{"canvas"}, RequiredForBacklog: []pipeline.TemplateID{"canvas"}}
	for _, from := range pipeline.Stages() {
		for _, to := range pipeline.Stages() {
			got := pipeline.Gate(team, pipeline.Idea{Stage: from}, pipeline.Dossier{}, to)
			if gate := promisedSteps[[2]pipeline.Stage{from, to}].gate; (len(got.Lacks) > 0) != gate {
				t.Errorf("%s to %s: %+v, a gate %v", from, to, got, gate)
			}
		}
	}
}

func TestRunway(t *testing.T) {
	for name, c := range map[string]struct {
		load     pipeline.Load
		velocity int
		ideas    bool
		want     string
	}{
		"empty":              {pipeline.Load{}, 10, false, "The Product Backlog is empty."},
		"no velocity":        {pipeline.Load{Ideas: 3, Sized: 3, Points: 9}, 0, false, "How many sprints of work the Product Backlog holds is unknown: close a sprint, or say in the team's settings how much it finishes in one."},
		"no sizes":           {pipeline.Load{Ideas: 3}, 10, false, "How many sprints of work the Product Backlog holds is unknown: nothing in it has a size."},
		"one sprint":         {pipeline.Load{Ideas: 2, Sized: 2, Points: 10}, 10, false, "The Product Backlog holds 1 sprint of work."},
		"some without size":  {pipeline.Load{Ideas: 4, Sized: 2, Points: 11}, 10, false, "The Product Backlog holds at least 1.1 sprints of work. 2 ideas in it have no size."},
		"one without size":   {pipeline.Load{Ideas: 3, Sized: 2, Points: 20}, 10, false, "The Product Backlog holds at least 2 sprints of work. One idea in it has no size."},
		"at the soft limit":  {pipeline.Load{Ideas: 4, Sized: 4, Points: 40}, 10, false, "The Product Backlog holds 4 sprints of work: from 4 on it is worth asking what can leave; over 6 nothing more goes in."},
		"over the hard one":  {pipeline.Load{Ideas: 4, Sized: 4, Points: 61}, 10, false, "The Product Backlog holds 6.1 sprints of work: more than the limit of 6. Nothing more goes in."},
		"counted by ideas":   {pipeline.Load{Ideas: 6}, 4, true, "The Product Backlog holds 1.5 sprints of work."},
		"at the limit reads": {pipeline.Load{Ideas: 1, Sized: 1, Points: 60}, 10, false, "The Product Backlog holds 6 sprints of work: from 4 on it is worth asking what can leave; over 6 nothing more goes in."},
	} {
		team := pipeline.Team{Velocity: c.velocity, VelocityIdeas: c.ideas}
		if got := pipeline.Runway(team, c.load); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
