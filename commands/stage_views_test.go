package commands

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

var drawnAt = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)

func drawnTeam(w words) pipeline.Team {
	return pipeline.Team{
		Key: "PAY", Name: w.line, Channel: "C1", Owners: []string{"U1", "U2"}, Zone: "Europe/Berlin",
		Workdays: pipeline.Week()[:5], SprintWeeks: 2, Required: []pipeline.TemplateID{pipeline.OpportunityCanvas}, Velocity: 20, Version: 1,
	}
}

func drawnIdea(w words, stage pipeline.Stage) pipeline.Idea {
	idea := pipeline.Idea{
		Key: pipeline.Key{Team: "PAY", Number: 12}, Title: w.title, Problem: w.text, Measure: w.text, Evidence: w.text,
		Stage: stage, Staged: drawnAt.Add(-48 * time.Hour), Author: "U1", Created: drawnAt.Add(-72 * time.Hour), Changed: drawnAt, Version: 3,
		Work: pipeline.Feature, Size: 8,
		Tally: pipeline.Tally{For: map[pipeline.Strength]int{pipeline.WhatPeopleDo: 1, pipeline.Opinion: 1}, Authors: 2},
		Card:  pipeline.Message{Channel: "C1", TS: "1700000000.000100"},
	}
	for i := range pipeline.OutcomesOfIdea {
		idea.Outcomes = append(idea.Outcomes, pipeline.OutcomeKey{Team: "PAY", Number: i + 1})
	}
	for range pipeline.CriteriaLimit {
		idea.Criteria = append(idea.Criteria, pipeline.Cut(pipeline.CleanLine(w.text), pipeline.CriterionLimit))
	}
	return idea
}

func drawnOutcomes(w words) []pipeline.Outcome {
	var outcomes []pipeline.Outcome
	for i := range pipeline.OutcomesOfIdea {
		outcomes = append(outcomes, pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY", Number: i + 1}, Statement: pipeline.Cut(w.title, pipeline.StatementLimit)})
	}
	return outcomes
}

func drawnRuns(w words) []pipeline.RunSummary {
	var runs []pipeline.RunSummary
	for i := range runsListed + 2 {
		runs = append(runs, pipeline.RunSummary{
			ID: i + 1, Template: pipeline.OpportunityCanvas, Name: w.line, Use: pipeline.UseChecklist, Form: "quick",
			Answered: 3, Of: 5, Lacks: []string{w.line}, LastBy: "U1", Last: drawnAt,
		})
	}
	return runs
}

func drawnEvents(w words) []pipeline.Event {
	why := pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ReasonLimit)
	return []pipeline.Event{
		{At: drawnAt, By: "U1", What: pipeline.WasMoved, From: pipeline.Delivered, To: pipeline.Learned, Why: why},
		{At: drawnAt, By: "U1", What: pipeline.WasMoved, From: pipeline.Backlog, To: pipeline.Delivered},
		{At: drawnAt, By: "U1", What: pipeline.WasOverridden, From: pipeline.Validated, To: pipeline.Backlog, Why: why, OnBehalf: "U2", Lacks: []string{"an outcome link", w.line}},
		{At: drawnAt, By: "U1", What: pipeline.WasMoved, From: pipeline.Backlog, To: pipeline.Discovery, Why: why},
		{At: drawnAt, By: "U1", What: pipeline.WasMoved, From: pipeline.Discovery, To: pipeline.Validated},
		{At: drawnAt, By: "U1", What: pipeline.WasMoved, From: pipeline.Captured, To: pipeline.Discovery},
		{At: drawnAt, By: "U1", What: pipeline.WasLinked, About: "PAY-O1"},
		{At: drawnAt, By: "U1", What: pipeline.WasUnlinked, About: "PAY-O1"},
		{At: drawnAt, By: "U1", What: pipeline.GotEvidence, About: "supports it, what people do"},
		{At: drawnAt, By: "U1", What: pipeline.RunBegan, About: w.line},
		{At: drawnAt, By: "U1", What: pipeline.RunDecided, About: w.line, Why: why},
		{At: drawnAt, By: "U1", What: pipeline.TestStarted, About: w.line},
		{At: drawnAt, By: "U1", What: pipeline.TestAmended, About: w.line, Why: why},
		{At: drawnAt, By: "U1", What: pipeline.WasSized, Changes: []pipeline.Change{{Field: pipeline.FieldSize, From: "", To: "8"}, {Field: pipeline.FieldCriteria, From: w.text, To: w.text}}},
		{At: drawnAt, By: "U1", What: pipeline.WasEdited, Changes: []pipeline.Change{{Field: pipeline.FieldTitle, From: w.title, To: w.title}, {Field: pipeline.FieldMeasure, From: "", To: w.text}}},
		{At: drawnAt, By: "U1", What: pipeline.WasWithdrawn},
		{At: drawnAt, By: "U1", What: pipeline.WasBroughtBack},
		{At: drawnAt, By: "U1", What: pipeline.WasCaptured},
	}
}

// drawnAdvice is a closed ballot that advised what it proposed.
func drawnAdvice(w words, question pipeline.BallotQuestion) *pipeline.Ballot {
	return &pipeline.Ballot{
		Idea: pipeline.Key{Team: "PAY", Number: 12}, ID: 1, Question: question, Deadline: drawnAt, ClosedAt: drawnAt,
		Result: &pipeline.Result{Advice: pipeline.AdviseFor, Because: "Two object, five would park it and one has no opinion. The rule: at least 5 approve, at most two object.", Voted: 8},
	}
}

// at is the idea at that stage.
func at(idea pipeline.Idea, stage pipeline.Stage) pipeline.Idea {
	idea.Stage = stage
	return idea
}

func dueTest(w words) storage.DueTest {
	return storage.DueTest{Idea: pipeline.Key{Team: "PAY", Number: 12}, Run: pipeline.RunSummary{ID: 2, Use: pipeline.UseTest, Title: w.text, Running: true, Deadline: drawnAt.Add(-time.Hour), Owner: "U1"}}
}

func someBoard(w words) storage.Board {
	b := storage.Board{Counts: map[pipeline.Stage]int{}, Oldest: map[pipeline.Stage]pipeline.Idea{}, Load: pipeline.Load{Ideas: 5, Sized: 3, Points: 95, Gated: 7, Overridden: 2}}
	for i, stage := range pipeline.Stages() {
		b.Counts[stage] = i + 1
		b.Oldest[stage] = drawnIdea(w, stage)
	}
	return b
}

// stageDrawings are the views of stages, gates, history and the board.
func stageDrawings(w words) map[string]any {
	team := drawnTeam(w)
	everything := func(pipeline.Action) bool { return true }
	reads := func(action pipeline.Action) bool { return action == pipeline.ReadTeam }
	dossier := pipeline.Dossier{Templates: pipeline.BuiltIn(), Runs: drawnRuns(w)}
	inDiscovery := drawnIdea(w, pipeline.Discovery)
	bare := inDiscovery
	bare.Outcomes, bare.Measure, bare.Evidence, bare.Tally = nil, "", "", pipeline.Tally{}
	refused := pipeline.Gate(team, bare, pipeline.Dossier{Templates: pipeline.BuiltIn()}, pipeline.Validated)
	for len(refused.Lacks) < pipeline.RequiredLimit+4 {
		refused.Lacks = append(refused.Lacks, pipeline.Lack{What: pipeline.LackChecklist, Template: pipeline.TemplateID(fmt.Sprintf("own-%d", len(refused.Lacks))), Words: pipeline.Cut(w.text, 400), Run: 9})
	}
	full := pipeline.GateAnswer{
		Lacks:    []pipeline.Lack{{What: pipeline.LackRoom, Words: "room in the Product Backlog (7 sprints of work with this one; the limit is 6)"}},
		Warnings: []string{"The evidence is contested: " + w.line},
	}
	m := metadata{Idea: "PAY-12", To: pipeline.Backlog, Channel: "C1", Draft: "stage.PAY-12.backlog", Fresh: "x", Below: inGate}
	override := m
	override.Override = true
	step := func(from, to pipeline.Stage) pipeline.Step { s, _ := pipeline.StepTo(from, to); return s }
	why := pipeline.Cut(w.text, pipeline.ReasonLimit)
	withdrawn := inDiscovery
	withdrawn.Withdrawn, withdrawn.WithdrawnBy = drawnAt, "U1"
	events := drawnEvents(w)
	many := events
	for len(many) <= historyPage {
		many = append(many, events[2])
	}
	b := board{Board: someBoard(w), team: team, owner: true, inDiscovery: 3}
	for range waitingShown {
		b.waiting.things = append(b.waiting.things, testThing(dueTest(w)))
	}
	drawings := map[string]any{
		"gate_refuses":     gateView(bare, team, dossier, refused, everything, metadata{Channel: "C1"}),
		"gate_refuses_all": gateView(bare, team, dossier, refused, reads, metadata{Channel: "C1"}),
		"gate_open":        gateView(inDiscovery, team, dossier, pipeline.GateAnswer{Warnings: full.Warnings}, everything, metadata{}),
		"gate_full":        gateView(drawnIdea(w, pipeline.Validated), team, dossier, full, everything, metadata{}),
		"gate_end":         gateView(drawnIdea(w, pipeline.Learned), team, dossier, pipeline.GateAnswer{}, everything, metadata{}),
		"gate_withdrawn":   gateView(withdrawn, team, dossier, refused, everything, metadata{}),
		"move_form":        moveForm(m, drawnIdea(w, pipeline.Validated), step(pipeline.Validated, pipeline.Backlog), pipeline.GateAnswer{Warnings: full.Warnings}, nil, map[pipeline.Field]string{pipeline.FieldWhy: why, fieldBehalf: "U2"}),
		"move_override":    moveForm(override, drawnIdea(w, pipeline.Validated), step(pipeline.Validated, pipeline.Backlog), refused, nil, nil),
		"move_changed":     moveForm(override, drawnIdea(w, pipeline.Validated), step(pipeline.Validated, pipeline.Backlog), refused, nil, nil, moveChanged(false)...),
		"move_shown_again": moveForm(override, drawnIdea(w, pipeline.Validated), step(pipeline.Validated, pipeline.Backlog), refused, nil, nil, moveChanged(true)...),
		"move_back":        moveForm(m, drawnIdea(w, pipeline.Backlog), step(pipeline.Backlog, pipeline.Discovery), pipeline.GateAnswer{}, nil, map[pipeline.Field]string{pipeline.FieldWhy: why}, typedBeforeNote(actionMove, newParams("idea", m.Idea, "to", string(m.To), "in", m.Below), drawnAt)...),
		"move_advised":     moveForm(m, drawnIdea(w, pipeline.Validated), step(pipeline.Validated, pipeline.Backlog), pipeline.GateAnswer{}, drawnAdvice(w, pipeline.AskPark), nil),
		"moved":            *movedNote(drawnIdea(w, pipeline.Backlog)).Tell,
		"history":          historyView(inDiscovery, events, 1, metadata{Channel: "C1"}),
		"history_page":     historyView(inDiscovery, append(many, many...), 2, metadata{}),
		"details_full":     ideaDetails(viewApp, details{idea: inDiscovery, team: team, dossier: dossier, outcomes: drawnOutcomes(w), events: events[:historyShown], may: everything, now: drawnAt, list: newParams("team", "PAY", "stage", "discovery")}, metadata{}),
		"details_reader":   ideaDetails(viewApp, details{idea: inDiscovery, team: team, dossier: dossier, outcomes: drawnOutcomes(w), events: events[:historyShown], may: reads, now: drawnAt}, metadata{}),
		"board":            *boardPost(viewApp, b),
		"board_empty":      *boardPost(viewApp, board{team: team}),
	}
	voting := inDiscovery
	voting.Ballots, voting.Ballot = 2, 2
	dossier.Ballot = drawnAdvice(w, pipeline.AskPark)
	voted := inDiscovery
	voted.Ballots = 1
	drawings["details_voting"] = ideaDetails(viewApp, details{idea: voting, team: team, outcomes: drawnOutcomes(w), may: everything, now: drawnAt}, metadata{})
	drawings["details_advised"] = ideaDetails(viewApp, details{idea: voted, team: team, dossier: dossier, outcomes: drawnOutcomes(w), events: events[:historyShown], may: everything, now: drawnAt}, metadata{})
	drawings["gate_voting"] = gateView(at(voting, pipeline.Validated), team, dossier, full, everything, metadata{})
	for _, stage := range pipeline.Stages() {
		drawings["card_voting_"+string(stage)] = ideaCard(at(voting, stage), w.who, pipeline.Cut(w.title, pipeline.StatementLimit))
	}
	advised := pipeline.Event{
		At: drawnAt, By: "U1", What: pipeline.WasMoved, From: pipeline.Validated, To: pipeline.Backlog, Why: why,
		Advice: dossier.Ballot.AdvisedInWords(), Differs: true,
	}
	drawings["news_advised"] = ideaNews(inDiscovery, newsArgs(advised), w.who, "")
	drawings["history_advised"] = historyView(inDiscovery, []pipeline.Event{advised}, 1, metadata{})
	amended := pipeline.Event{At: drawnAt, By: "U1", What: pipeline.TestAmended, About: w.line, Why: why, Changes: []pipeline.Change{{Field: "“" + pipeline.Field(w.line) + "”", From: w.text, To: "12"}}}
	drawings["news_amended"] = ideaNews(inDiscovery, newsArgs(amended), w.who, "")
	returned := pipeline.Event{At: drawnAt, By: "U1", What: pipeline.WasBroughtBack, From: pipeline.Backlog, To: pipeline.Discovery}
	drawings["news_returned"] = ideaNews(inDiscovery, newsArgs(returned), w.who, "")
	gone := drawnIdea(w, pipeline.Backlog)
	gone.Withdrawn, gone.WithdrawnBy = drawnAt, "U1"
	_, _, err := pipeline.BringBack(team, gone, pipeline.Load{Ideas: 30, Sized: 30, Points: 200}, false, "U1", drawnAt)
	var noRoom *pipeline.Refusal
	errors.As(err, &noRoom)
	drawings["no_way_back"] = *noWayBack(&Request{}, newParams(), gone, noRoom).Tell
	drawings["no_way_back_form"] = noWayBack(&Request{Form: &Form{}}, newParams("in", inDetails), gone, noRoom).Update
	for _, stage := range pipeline.Stages() {
		drawings["card_"+string(stage)] = ideaCard(drawnIdea(w, stage), w.who, pipeline.Cut(w.title, pipeline.StatementLimit))
	}
	for i, event := range events {
		drawings[fmt.Sprintf("news_%02d", i)] = ideaNews(inDiscovery, newsArgs(event), w.who, map[bool]string{true: w.who}[event.OnBehalf != ""])
	}
	return drawings
}

func TestWhereAMoveIsTold(t *testing.T) {
	from := func(channel string) pipeline.Source {
		return pipeline.Source{Message: pipeline.Message{Channel: channel, TS: "1.2"}, Thread: "1.2"}
	}
	open, private := pipeline.Team{Channel: "C1"}, pipeline.Team{Channel: "C1", Private: true}
	for _, c := range []struct {
		name   string
		what   pipeline.What
		team   pipeline.Team
		source pipeline.Source
		want   string // channel
	}{
		{"a move where the idea came from", pipeline.WasMoved, open, from("C2"), "C2"},
		{"an override as well", pipeline.WasOverridden, open, from("C2"), "C2"},
		{"an idea that was typed at its card", pipeline.WasMoved, open, pipeline.Source{}, "C1"},
		{"a private team tells nobody outside", pipeline.WasMoved, private, from("C2"), "C1"},
		{"and a direct message hears nothing", pipeline.WasMoved, open, from("D2"), "C1"},
		{"work on it stays at its card", pipeline.GotEvidence, open, from("C2"), "C1"},
	} {
		news := telling("op", c.team, pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 1}, Source: c.source}, pipeline.Event{What: c.what})[1]
		if news.Channel != c.want {
			t.Errorf("%s: it goes to %s, want %s", c.name, news.Channel, c.want)
		}
	}
}
