package commands

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim/blockkit"
	"alignbot/storage"
)

// runDrawings is what there is to see of validating an idea: the overview, the
// steps of checklists, and all answers of one.
func runDrawings(w words) map[string]any {
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	everything := func(pipeline.Action) bool { return true }
	nothing := func(pipeline.Action) bool { return false }
	team := pipeline.Team{
		Key: "PAY", Name: w.line, Channel: "C1", Owners: []string{"U1"}, Zone: "Europe/Berlin", Version: 1,
		Required: []pipeline.TemplateID{pipeline.OpportunityCanvas, pipeline.INVEST, pipeline.TestCard},
	}
	key := pipeline.Key{Team: "PAY", Number: 12}
	idea := pipeline.Idea{
		Key: key, Title: w.title, Problem: w.text, Stage: pipeline.Discovery, Staged: at, Author: "U1", Created: at, Changed: at, Version: 3,
	}
	own := largeTemplate(w)
	templates := pipeline.TemplatesOf([]pipeline.Template{own})
	find := func(id pipeline.TemplateID) pipeline.Template {
		t, _ := pipeline.FindTemplate(templates, id)
		return t
	}
	begun := func(id int, t pipeline.Template, form pipeline.Form) pipeline.Run {
		return pipeline.Run{Idea: key, ID: id, Template: t, Form: form, Answers: map[pipeline.AnswerKey]pipeline.Answer{}, Began: at, BeganBy: "U1", Version: 1}
	}
	answer := func(r pipeline.Run, by string, value string) pipeline.Run {
		for _, item := range r.Items() {
			a := pipeline.Answer{Value: value, By: by, At: at}
			switch item.Kind {
			case pipeline.KindYesNo:
				a.Value, a.Why = pipeline.Unsure, pipeline.Cut(w.line, 100)
			case pipeline.KindNumber:
				a.Value = "30 %"
			case pipeline.KindChoice:
				a.Value = item.Choices[0]
			case pipeline.KindDate:
				a.Value = "2026-11-30"
			case pipeline.KindPerson:
				a.Value = "U2"
			case pipeline.KindTasks:
				a.Value = "Send an invoice; it arrives; 2 min\nPay it\nAsk for help"
			case pipeline.KindParticipants, pipeline.KindEvidence, pipeline.KindFact:
				continue
			}
			r.Answers[pipeline.AnswerKey(item.ID)] = a
		}
		return r
	}
	quick := begun(1, find(pipeline.OpportunityCanvas), "quick")
	full := answer(begun(2, find(pipeline.OpportunityCanvas), "full"), "U2", w.text)
	invest := answer(begun(3, find(pipeline.INVEST), ""), "U2", w.text)
	card := answer(begun(4, find(pipeline.TestCard), ""), "U2", w.text)
	running := answer(begun(5, find(pipeline.TestCard), ""), "U2", w.text)
	running.Started, running.StartedBy = at, "U1"
	due := running
	due.ID, due.Answers = 6, map[pipeline.AnswerKey]pipeline.Answer{}
	for key, a := range running.Answers {
		due.Answers[key] = a
	}
	due.Answers["deadline"] = pipeline.Answer{Value: "2026-11-19", By: "U1", At: at}
	judged := running
	judged.ID, judged.Observation = 7, &pipeline.Observation{Value: "20 %", Points: 40, Note: w.text, By: "U2", At: at}
	judged.Amendments = []pipeline.Amendment{{Item: pipeline.ItemCriterion, From: "30 %", To: "25 %", Why: pipeline.Cut(w.line, 150), By: "U1", At: at}}
	amended := running
	amended.Amendments = []pipeline.Amendment{
		{Item: pipeline.ItemCriterion, From: "40 %", To: "30 %", Why: "too high", By: "U1", At: at},
		{Item: pipeline.ItemOwner, From: "U1", To: "U2", Why: "away", By: "U1", At: at},
	}
	lesson := answer(begun(8, find(pipeline.LearningCard), ""), "U2", w.text)
	learned := lesson
	learned.ID, learned.Lesson = 9, &pipeline.Lesson{Decision: pipeline.Pivot, By: "U1", At: at}
	usability := answer(begun(10, find(pipeline.UsabilityTest), ""), "U2", w.line)
	seconds, severity := 95, 3
	for participant := range pipeline.ParticipantsMax {
		for task := range 3 {
			usability.Answers[pipeline.ResultKey("results", participant+1, task+1)] = pipeline.Answer{
				Value: pipeline.Unaided, Why: pipeline.Cut(w.line, pipeline.AnswerWhyLimit), Seconds: &seconds, Severity: &severity, By: "U2", At: at,
			}
		}
	}
	ready := begun(11, find(pipeline.DefinitionOfReady), "")
	mine := answer(begun(12, own, ""), "U2", w.text)

	dossier := pipeline.Dossier{Templates: templates}
	for _, run := range []pipeline.Run{quick, full, invest, card, running, due, judged, lesson, learned, usability, ready, mine} {
		dossier.Runs = append(dossier.Runs, run.Summarize(time.UTC))
	}
	crowd := pipeline.Dossier{}
	for i := range pipeline.TemplateLimit {
		t := own
		t.ID, t.Forms = pipeline.TemplateID(fmt.Sprintf("own-%d", i)), []pipeline.Form{"a", "b", "c", "d"}
		crowd.Templates = append(crowd.Templates, t)
	}
	crowd.Templates = pipeline.TemplatesOf(crowd.Templates)
	for i := range storage.RunLimit {
		run := answer(begun(i+1, crowd.Templates[i%12], firstForm(crowd.Templates[i%12])), "U2", w.text)
		crowd.Runs = append(crowd.Runs, run.Summarize(time.UTC))
	}
	crowded := idea
	crowded.Key = pipeline.Key{Team: "PAYMENTS", Number: 999_999_999}
	crowded.Criteria = make([]string, pipeline.CriteriaLimit)
	for i := range crowded.Criteria {
		crowded.Criteria[i] = pipeline.Cut(w.text, pipeline.CriterionLimit)
	}
	crowdedTeam := team
	for i := range pipeline.RequiredLimit {
		crowdedTeam.Required = append(crowdedTeam.Required[:i:i], pipeline.TemplateID(fmt.Sprintf("own-%d", i)))
	}
	var outcomes []pipeline.Outcome
	for i := range pipeline.OutcomesOfIdea {
		o := pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY", Number: i + 1}, Statement: w.title}
		outcomes, crowded.Outcomes = append(outcomes, o), append(crowded.Outcomes, o.Key)
	}
	evidence := []pipeline.Evidence{
		{Number: 2, Note: w.text, Strength: pipeline.WhatPeopleDo, By: "U1", At: at},
		{Number: 1, Note: w.text, Strength: pipeline.Opinion, Against: true, By: "U2", At: at},
	}
	full3 := append(evidence, evidence[0])
	sized := idea
	sized.Work, sized.Size, sized.Criteria, sized.Outcomes = pipeline.Feature, 5, []string{"It exports", "It prints"}, crowded.Outcomes[:1]
	sized.Tally = pipeline.Tally{}.Add(evidence[0], true).Add(evidence[1], true)
	validated := sized
	validated.Stage, validated.Measure = pipeline.Validated, w.text
	withdrawn := idea
	withdrawn.Withdrawn, withdrawn.WithdrawnBy = at, "U1"
	gated := team
	gated.RequiredForBacklog = nil

	m := metadata{Idea: "PAY-12", Channel: "C1"}
	step := func(run pipeline.Run, number int) stepForm {
		return stepForm{idea: sized, dossier: dossier, run: run, reader: "U1", may: everything, m: metadata{
			Idea: "PAY-12", Run: run.ID, Step: number, Below: inOverview, Channel: "C1", Draft: runSlot(key, run.ID, fmt.Sprint(number)), Fresh: "x",
		}}
	}
	draft := step(full, 1)
	draft.saved, draft.typed = at, map[pipeline.Field]string{"problem": pipeline.Cut("x"+w.text, pipeline.TextLimit), "users": ""}
	clash := step(full, 1)
	clash.typed = map[pipeline.Field]string{"problem": pipeline.Cut("x"+w.text, pipeline.TextLimit), "users": "Bookkeepers"}
	clash.clashes = []pipeline.Clash{{Key: "problem"}, {Key: "users"}}
	lean := clash
	lean.lean = true
	show := func(run pipeline.Run, page int, may func(pipeline.Action) bool) any {
		in := m
		in.Run, in.Below = run.ID, inOverview
		return runView(sized, dossier, run, run.Summarize(time.UTC), may, in, page, at)
	}
	long := begun(13, longTemplate(w), "")
	for _, item := range long.Template.Items {
		long.Answers[pipeline.AnswerKey(item.ID)] = pipeline.Answer{Value: strings.Repeat("界", pipeline.TextLimit), By: "U1", At: at}
	}
	app := viewApp
	page := storage.Page{Ideas: []pipeline.Idea{idea, sized}, Number: 2, Of: 3, Total: 22}
	req := &Request{Now: at, Loaded: storage.Loaded{Team: &team, Idea: &sized, Dossier: &dossier}}
	return map[string]any{
		"overview":           overviewForm(overview{idea: sized, team: team, dossier: dossier, outcomes: outcomes, evidence: evidence, may: everything, now: at}, m),
		"overview_reader":    overviewForm(overview{idea: sized, team: team, dossier: dossier, outcomes: outcomes, evidence: evidence, may: nothing, now: at}, m),
		"overview_begin":     overviewForm(overview{idea: idea, team: team, dossier: pipeline.Dossier{Templates: pipeline.BuiltIn()}, may: everything, now: at}, m),
		"overview_crowd":     overviewForm(overview{idea: crowded, team: crowdedTeam, dossier: crowd, outcomes: outcomes, evidence: full3, may: everything, now: at}, m),
		"overview_runs":      overview{idea: crowded, team: crowdedTeam, dossier: crowd, may: everything, now: at}.allRuns(m, 2),
		"overview_ready":     overviewForm(overview{idea: validated, team: gated, dossier: dossier, outcomes: outcomes, evidence: evidence, may: everything, now: at}, m),
		"overview_withdrawn": overviewForm(overview{idea: withdrawn, team: team, dossier: dossier, may: everything, now: at}, m),
		"step_quick":         step(quick, 1).draw(),
		"step_full":          step(full, 2).draw(),
		"step_invest":        step(invest, 1).draw(),
		"step_test":          step(card, 2).draw(),
		"step_running":       step(running, 2).draw(),
		"step_amended":       step(amended, 2).draw(),
		"step_learning":      step(lesson, 1).draw(),
		"step_learned":       step(learned, 1).draw(),
		"step_usability":     step(usability, len(usability.Steps())).draw(),
		"step_ready":         step(ready, 1).draw(),
		"step_own":           step(mine, 1).draw(),
		"step_draft":         draft.draw(),
		"step_clash":         clash.draw(),
		"step_clash_lean":    lean.draw(),
		"step_clash_away":    clash.drawClashElsewhere(),
		"step_saved":         step(long, 2).drawNext(long),
		"run_shown":          show(full, 1, everything),
		"run_shown_reader":   show(invest, 1, nothing),
		"run_shown_test":     show(judged, 1, everything),
		"run_shown_learned":  show(learned, 1, everything),
		"run_shown_results":  show(usability, 2, everything),
		"run_shown_long":     show(long, 2, everything),
		"run_saved":          *savedRun(req, invest).Tell,
		"discovery":          discoveryPost(app, team, pipeline.Discovery, page, newParams("team", "PAY"), everything),
		"discovery_none":     discoveryPost(app, team, pipeline.Captured, page, newParams("team", "PAY"), everything),
		"discovery_empty":    discoveryPost(app, team, pipeline.Captured, storage.Page{Number: 1, Of: 1}, newParams("team", "PAY"), everything),
	}
}

// What is escaped takes up to five times the room.
func TestSlackTakesTheLongestEscapes(t *testing.T) {
	and := func(n int) string { return strings.Repeat("&", n) }
	w := words{title: and(pipeline.TitleLimit), line: and(pipeline.TeamNameLimit), text: and(pipeline.TextLimit), long: and(40_000), who: and(80)}
	for name, drawing := range runDrawings(w) {
		if post, is := drawing.(Post); is {
			drawing = map[string]any{"type": "modal", "title": plain("x"), "blocks": post.Blocks}
		}
		for _, p := range blockkit.View(encode(t, drawing)) {
			t.Errorf("%s: %s %s", name, p.Pointer, p.Message)
		}
	}
}

// largeTemplate is a team's own checklist as large as one may be.
func largeTemplate(w words) pipeline.Template {
	return pipeline.Template{
		ID: "launch", Name: pipeline.Cut(w.line, pipeline.TemplateNameLimit), About: pipeline.Cut(w.text, pipeline.AboutLimit), Use: pipeline.UseChecklist,
		Items: []pipeline.Item{
			{ID: "text", Question: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.QuestionLimit), Help: pipeline.Cut(w.text, pipeline.HelpLimit), Kind: pipeline.KindText, Required: true},
			{ID: "number", Question: "How many?", Kind: pipeline.KindNumber, Unit: pipeline.Cut(w.line, pipeline.UnitLimit)},
			{ID: "choice", Question: "Which?", Kind: pipeline.KindChoice, Choices: []string{pipeline.Cut(w.line, pipeline.ChoiceTextLimit), "b", "c", "d", "e"}},
			{ID: "checked", Question: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.QuestionLimit), Kind: pipeline.KindYesNo, Why: true},
			{ID: "evidence", Question: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.QuestionLimit), Help: pipeline.Cut(w.text, pipeline.HelpLimit), Kind: pipeline.KindEvidence},
			{ID: "criteria", Question: "Criteria?", Kind: pipeline.KindFact, Fact: pipeline.FactCriteria},
			{ID: "measure", Question: "Measure?", Kind: pipeline.KindFact, Fact: pipeline.FactMeasure},
			{ID: "outcome", Question: "Outcome?", Kind: pipeline.KindFact, Fact: pipeline.FactOutcome},
		},
	}
}

// longTemplate asks for as many texts as a checklist can.
func longTemplate(w words) pipeline.Template {
	t := pipeline.Template{ID: "long", Name: pipeline.Cut(w.line, pipeline.TemplateNameLimit), Use: pipeline.UseChecklist}
	for i := range pipeline.ItemLimit {
		t.Items = append(t.Items, pipeline.Item{
			ID: pipeline.ItemID(fmt.Sprintf("item-%d", i)), Question: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.QuestionLimit), Help: pipeline.Cut(w.text, pipeline.HelpLimit), Kind: pipeline.KindText,
		})
	}
	return t
}
