package commands

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// templateDrawings is every view of checklists, and of what a team asks of its
// ideas, drawn with the words given.
func templateDrawings(w words) map[string]any {
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	team := pipeline.Team{
		Key: "PAY", Name: w.line, Channel: "C1", Owners: []string{"U1"}, Zone: "Europe/Berlin", Workdays: pipeline.Week()[:5], SprintWeeks: 2, Version: 1,
		Required: []pipeline.TemplateID{pipeline.OpportunityCanvas, "own-0"}, RequiredForBacklog: []pipeline.TemplateID{pipeline.INVEST},
		SoftLimit: 4, HardLimit: 6, Velocity: 20,
	}
	limited := func(s string, n int) string { return pipeline.CleanLine(pipeline.Cut(pipeline.CleanLine(s), n)) }
	one, whole := 1.0, 1
	item := pipeline.Item{
		ID: "plan", Question: limited(w.text, pipeline.QuestionLimit), Brief: limited(w.text, pipeline.QuestionLimit), Help: limited(w.text, pipeline.HelpLimit),
		Kind: pipeline.KindChoice, Required: true, RequiredIn: []pipeline.Form{"quick"}, In: []pipeline.Form{"quick", "full"},
	}
	for i := range pipeline.ChoiceLimit {
		item.Choices = append(item.Choices, limited(fmt.Sprintf("%d %s", i, w.title), pipeline.ChoiceTextLimit))
	}
	item.Pass.OneOf = item.Choices[:2]
	own := pipeline.Template{
		ID: "own-0", Name: limited(w.line, pipeline.TemplateNameLimit), About: limited(w.text, pipeline.AboutLimit), Use: pipeline.UseChecklist,
		Forms: []pipeline.Form{"quick", "full"}, Items: []pipeline.Item{item}, Pass: pipeline.AnswerRule{MaxNo: &whole, MaxUnsure: &whole}, Version: 2,
	}
	number := item
	number.ID, number.Kind, number.Choices, number.Unit, number.Pass = "price", pipeline.KindNumber, nil, "€", pipeline.PassRule{AtLeast: &one, AtMost: &one}
	own.Items = append(own.Items, number)
	full := own
	for i := len(full.Items); i < pipeline.ItemLimit; i++ {
		filler := item
		filler.ID, filler.Kind, filler.Choices, filler.Pass = pipeline.ItemID(fmt.Sprintf("item-%d", i)), pipeline.KindText, nil, pipeline.PassRule{}
		full.Items = append(full.Items, filler)
	}
	for i := len(full.Items) - 1; pipeline.CheckTemplate(full) != nil && i > 1; i-- {
		full.Items[i].Help, full.Items[i].Brief = "", "" // all its texts together have a limit as well
	}
	if err := pipeline.CheckTemplate(full); err != nil {
		panic(err)
	}
	templates := []pipeline.Template{own}
	s := shelf{team, pipeline.TemplatesOf(templates), true}
	many := s
	for i := 1; i < pipeline.TemplateLimit; i++ {
		another := own
		another.ID = pipeline.TemplateID(fmt.Sprintf("own-%d", i))
		templates = append(templates, another)
	}
	many.all = pipeline.TemplatesOf(templates)
	reader := s
	reader.may = false
	m := metadata{Team: "PAY", Template: "own-0", Channel: "C1", Draft: templateSlot("PAY", "own-0"), Fresh: "x"}
	blank := metadata{Team: "PAY", Channel: "C1", Draft: templateSlot("PAY", ""), Fresh: "x"}
	kept := (&Request{Loaded: storage.Loaded{Draft: &storage.Draft{Typed: itemTyped(own, item), Saved: at}}})
	typed, restored := kept.restoredTemplate(nil)
	invest, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.INVEST)
	all := map[string]any{
		"checklists":              templateList(s, "C1"),
		"checklists_read":         templateList(reader, "C1"),
		"checklists_many":         templateList(many, "C1"),
		"checklist":               templateView(s, own, "C1"),
		"checklist_built_in":      templateView(s, invest, "C1"),
		"checklist_read":          templateView(reader, own, "C1"),
		"checklist_full":          templateView(s, full, "C1"),
		"checklist_new":           templateForm(blank, pipeline.Template{}, headTyped(pipeline.Template{})),
		"checklist_head":          templateForm(m, own, headTyped(own)),
		"checklist_head_conflict": templateForm(m, own, headTyped(own), templateConflict(own)...),
		"question_restored":       itemForm(m, many, own, typed, restored...),
		"question_conflict":       itemForm(m, s, own, shortTyped(itemTyped(own, item)), itemConflict(s, item, true)...),
		"question_removed":        itemForm(m, s, own, shortTyped(itemTyped(own, item)), itemConflict(s, item, false)...),
		"checklist_saved":         *toldTemplate(s, own).Tell,
		"team_rules":              teamRulesForm(viewApp, metadata{Team: "PAY", Version: 1, Channel: "C1"}, many, team, "20"),
		"team_rules_conflict":     teamRulesForm(viewApp, metadata{Team: "PAY", Version: 2, Channel: "C1"}, many, team, "20", rulesConflict(many, team)...),
	}
	for i, kind := range itemKinds {
		of := pipeline.Item{Kind: kind, Question: item.Question}
		if kind == pipeline.KindEvidence {
			of.Pass = pipeline.PassRule{AtLeast: &one, AtMost: &one, Strength: pipeline.WhatPeopleDo}
		}
		all[fmt.Sprintf("question_kind_%d", i)] = itemForm(m, many, own, itemTyped(own, of))
	}
	return all
}

// A conflict is shown within an acknowledgement, which holds 20 KB.
func TestAConflictOfAChecklistFitsAnAcknowledgement(t *testing.T) {
	long := words{"long", strings.Repeat("界", 200), strings.Repeat("界", 200), strings.Repeat("界", 2000), "", ""}
	for _, name := range []string{"question_conflict", "question_removed", "checklist_head_conflict"} {
		if n := len(encode(t, templateDrawings(long)[name])); n > 20_000 {
			t.Errorf("%s has %d bytes", name, n)
		}
	}
}

// What a form shows of a question is all of it: submitted untouched, it is the
// same question.
func TestAQuestionComesBackFromItsForm(t *testing.T) {
	for _, template := range pipeline.BuiltIn() {
		for _, item := range template.Items {
			back, err := itemOf(itemTyped(template, item))
			if err != nil {
				t.Fatalf("%s, %s: %v", template.ID, item.ID, err)
			}
			put, err := pipeline.PutItem(template, named(back, item.ID), "")
			if err != nil {
				t.Fatalf("%s, %s: %v", template.ID, item.ID, err)
			}
			if templateDigest(put) != templateDigest(template) {
				t.Errorf("%s, %s: became\n%+v, was\n%+v", template.ID, item.ID, back, item)
			}
		}
		if described, err := describe(template, headTyped(template)); err != nil || headDigest(described) != headDigest(template) {
			t.Errorf("%s: became %+v, %v", template.ID, described, err)
		}
	}
}
