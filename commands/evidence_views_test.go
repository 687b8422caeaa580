package commands

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// evidenceDrawings are the forms about evidence and work.
func evidenceDrawings(w words) map[string]any {
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	idea := pipeline.Idea{
		Key: pipeline.Key{Team: "PAY", Number: 12}, Title: w.title, Problem: w.text, Measure: w.text, Evidence: w.text,
		Stage: pipeline.Discovery, Author: "U1", Created: at, Changed: at, Version: 3, Work: pipeline.Feature, Size: 8,
		Tally: pipeline.Tally{For: map[pipeline.Strength]int{pipeline.WhatPeopleDo: 20}, Against: map[pipeline.Strength]int{pipeline.Opinion: 5}, Authors: 2},
	}
	linked := idea
	for i := range pipeline.OutcomesOfIdea - 1 {
		linked.Outcomes = append(linked.Outcomes, pipeline.OutcomeKey{Team: "PAY", Number: i + 1})
	}
	for range pipeline.CriteriaLimit {
		linked.Criteria = append(linked.Criteria, pipeline.Cut(pipeline.CleanLine(w.text), pipeline.CriterionLimit))
	}
	page := storage.EvidencePage{Number: 2, Of: 3, Total: 25}
	for i := range pageSize {
		page.Evidence = append(page.Evidence, pipeline.Evidence{
			Number: 15 - i, Note: w.text, Against: i%2 == 1, Strength: pipeline.Strengths()[i%3], By: "U1", At: at,
			Link: []string{"", "https://metrics.example/invoices?a=1&b=2", "https://acme.slack.com/archives/C1/p1700000000000100"}[i%3],
		})
	}
	last := page
	last.Number, last.Evidence = 3, page.Evidence[:1]
	typed := map[pipeline.Field]string{
		fieldIdea: "PAY-12", pipeline.FieldNote: w.text, pipeline.FieldStrength: string(pipeline.WhatPeopleSay), pipeline.FieldAgainst: speaksAgainst,
		pipeline.FieldLink: "https://metrics.example/" + strings.Repeat("x", 900),
		pipeline.FieldWork: string(pipeline.Bug), pipeline.FieldSize: "8 points", pipeline.FieldCriteria: w.text,
	}
	from := pipeline.Source{Message: pipeline.Message{Channel: "C2", TS: "1700000000.000200"}, Permalink: "https://acme.slack.com/archives/C2/p1700000000000200"}
	m := metadata{Idea: "PAY-12", Channel: "C1", Draft: draftEvidence + "PAY-12", Fresh: "x", Below: inStep, Run: 3, Step: 2, Seen: map[pipeline.AnswerKey]string{seenWork: workDigest(linked)}}
	chosen := metadata{Team: "PAY", Channel: "C1", Draft: draftEvidence + "x", Fresh: "x"}
	value := newParams("idea", "PAY-12", "in", inOverview)
	return map[string]any{
		"evidence_form":          evidenceForm(m, &idea, pipeline.Source{}, nil),
		"evidence_form_restored": evidenceForm(m, &idea, pipeline.Source{}, typed, typedBeforeNote(actionEvidence, value, at)...),
		"evidence_form_message":  evidenceForm(chosen, nil, from, typed, quotedOnly(w.line)),
		"evidence_list":          evidenceList(viewApp, idea, page, metadata{Channel: "C1"}),
		"evidence_list_last":     evidenceList(viewApp, idea, last, metadata{Channel: "C1"}),
		"evidence_list_none":     evidenceList(viewApp, pipeline.Idea{Key: idea.Key, Title: w.title}, storage.EvidencePage{Number: 1, Of: 1}, metadata{}),
		"work_form":              workForm(m, linked, workOf(linked)),
		"work_form_restored":     workForm(m, linked, typed, append(typedBeforeNote(actionWork, value, at), workSaid(linked))...),
		"work_form_conflict":     workForm(m, linked, nil, workConflict(linked)...),
	}
}

// A form that answers a submission travels in its acknowledgement, which Slack
// drops without a word from 20 KB on.
func TestTheConflictOfSizesFitsAnAcknowledgement(t *testing.T) {
	for _, w := range kinds {
		if n := len(encode(t, evidenceDrawings(w)["work_form_conflict"])); n > 18<<10 {
			t.Errorf("with %s words the form has %d bytes", w.name, n)
		}
	}
	idea := pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 12}, Title: strings.Repeat("界", pipeline.TitleLimit)}
	for range pipeline.CriteriaLimit {
		idea.Criteria = append(idea.Criteria, strings.Repeat("界", pipeline.CriterionLimit))
	}
	if n := len(encode(t, workForm(metadata{}, idea, nil, workConflict(idea)...))); n > 18<<10 {
		t.Errorf("with the widest words the form has %d bytes", n)
	}
}

// What was said in a private team's channel cannot be made evidence of another
// team's idea, whatever a form claims was chosen in it.
func TestPrivateWordsStayWithTheirTeam(t *testing.T) {
	app := shop(t)
	entry, _ := NewRouter(List(), "").Find(Submit, formEvidence)
	req := &Request{
		Op: "private", Now: time.Now(), Person: pipeline.Person{ID: "U_ANN", Workspace: "T1"},
		Form: &Form{ID: "V", Hash: "h", Metadata: metadata{Team: "SEC", Draft: draftEvidence + "x", Fresh: "f"}.encode(), Values: map[string]Value{
			"idea": {Text: "PAY-1"}, "note": {Text: "Rome closes"}, "strength": {Text: string(pipeline.Opinion)}, "against": {Text: speaksFor},
		}},
	}
	_, err := app.Handle(t.Context(), entry, req)
	problem, expected := Explain(err)
	if !expected || problem.Code != "evidence-private" || problem.Fields[fieldIdea] == "" {
		t.Errorf("answered with %v", err)
	}
	unchanged(t, app)
}

// An idea that the person may not see is as good as none, in the form as well.
func TestEvidenceOnAnIdeaNobodyMaySee(t *testing.T) {
	app := shop(t)
	entry, _ := NewRouter(List(), "").Find(Submit, formEvidence)
	for i, chosen := range []string{"", "PAY-99", "pay", "<!channel>"} {
		req := &Request{
			Op: fmt.Sprint("unseen", i), Now: time.Now(), Person: pipeline.Person{ID: "U_ANN", Workspace: "T1"},
			Form: &Form{ID: "V", Hash: "h", Metadata: metadata{Draft: draftEvidence + "x", Fresh: "f"}.encode(), Values: map[string]Value{
				"idea": {Text: chosen}, "note": {Text: "Seen"}, "strength": {Text: string(pipeline.Opinion)}, "against": {Text: speaksFor},
			}},
		}
		_, err := app.Handle(t.Context(), entry, req)
		if problem, expected := Explain(err); !expected || problem.Code == "stale" {
			t.Errorf("%q is answered with %v", chosen, err)
		}
	}
}
