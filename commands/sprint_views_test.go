package commands

import (
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// drawnSprint is a sprint with as much in it as there can be.
func drawnSprint(w words) (pipeline.Sprint, []pipeline.Idea) {
	s := pipeline.Sprint{
		Team: "PAY", Number: 4, Version: 2, First: "2026-11-16", Last: "2026-11-27", Goal: pipeline.Cut(w.line, pipeline.SprintGoalLimit),
		Method: pipeline.Cut(w.text, pipeline.SprintTextLimit), Metric: pipeline.Cut(w.text, pipeline.SprintTextLimit), Outcome: pipeline.OutcomeKey{Team: "PAY", Number: 1},
		Capacity: 400, Planned: 390, Shares: map[pipeline.Work]int{pipeline.Technical: 20, pipeline.Feature: 60}, Started: drawnAt, StartedBy: "U1",
	}
	var ideas []pipeline.Idea
	for i := range pipeline.SprintItemsMax {
		idea := drawnIdea(w, pipeline.Backlog)
		idea.Key.Number, idea.Size, idea.Work = i+1, i%14, append(pipeline.Works(), "")[i%5]
		if i%3 > 0 {
			idea.Outcomes = nil
		}
		ideas = append(ideas, idea)
		item := pipeline.SprintItem{Key: idea.Key, Title: idea.Title, Size: idea.Size, Work: idea.Work, Outcomes: idea.Outcomes, Done: i%2 == 0}
		if i > 40 {
			item.Added = drawnAt
		}
		s.Items = append(s.Items, item)
	}
	return s, ideas
}

// sprintDrawings are all views of sprints and refinements.
func sprintDrawings(w words) map[string]any {
	team := drawnTeam(w)
	sprint, ideas := drawnSprint(w)
	outcomes := drawnOutcomes(w)
	outcomes[0].Kind = pipeline.ProductOutcome
	small := sprint // with nothing beside its goal
	small.Method, small.Metric, small.Outcome, small.Capacity, small.Planned, small.Shares = "", "", pipeline.OutcomeKey{}, 0, 0, nil
	small.Items = nil
	closed := sprint
	closed.Closed, closed.ClosedBy, closed.Finished = drawnAt, "U1", pipeline.Finished{Ideas: 25, Sized: 20, Points: 162}
	everything, reading := func(pipeline.Action) bool { return true }, func(a pipeline.Action) bool { return a == pipeline.ReadTeam }
	scene := func(s *pipeline.Sprint, now time.Time, may func(pipeline.Action) bool) sprintScene {
		return sprintScene{team: team, sprint: s, newest: s, pace: pipeline.Pace{Work: 41, Sprints: 3, Measured: true}, nodes: pipeline.Nodes{Outcomes: outcomes}, ideas: ideas, may: may, now: now}
	}
	none := scene(nil, drawnAt, everything)
	none.pace = pipeline.PaceOf(pipeline.Team{}, nil)
	open, over := scene(&sprint, drawnAt, everything), scene(&sprint, drawnAt.AddDate(0, 0, 8), everything)
	shown := metadata{Channel: "C1"}
	m := metadata{Team: "PAY", Sprint: 4, Channel: "C1", Draft: sprintSlot(draftSprint, "PAY", 4), Fresh: "x", Below: inSprint, At: sprintValue("PAY", 4, "").encode()}
	correct := m
	correct.Again = true
	afresh := typedBeforeNote(actionSprintForm, sprintValue("PAY", 4, ""), drawnAt)
	form := pipeline.DefaultSprint(team, &sprint, drawnAt)

	r := pipeline.Refinement{
		Team: "PAY", Number: 3, Version: 2, Day: "2026-11-19", Minutes: 45, People: []string{"U1", "U2"}, By: "U1", At: drawnAt, CorrectedBy: "U2", Corrected: drawnAt,
	}
	for _, idea := range ideas {
		r.Touched = append(r.Touched, idea.Key)
	}
	r.Promoted, r.Dropped = r.Touched[:3], r.Touched[3:4]
	var sprints []pipeline.Sprint
	var refinements []pipeline.Refinement
	for i := range pageSize {
		refinements = append(refinements, r)
		refinements[i].Number = i + 1
		sprints = append(sprints, closed)
		sprints[i].Number = 12 - i
	}
	sprints[0] = sprint
	rm := metadata{Team: "PAY", Refinement: 3, Channel: "C1", Draft: sprintSlot(draftRefine, "PAY", 3), Fresh: "x"}
	var backlog []slack.Block
	for i, idea := range ideas[:pageSize] {
		backlog = append(backlog, orderedRow(idea, i+1, 12, newParams(), true)...)
	}
	return map[string]any{
		"sprint":               sprintView(open, shown),
		"sprint_none":          sprintView(none, shown),
		"sprint_small":         sprintView(scene(&small, drawnAt, reading), shown),
		"sprint_over":          sprintView(over, shown),
		"sprint_closed":        sprintView(scene(&closed, drawnAt, everything), shown),
		"sprint_form":          planForm(metadata{Team: "PAY", Channel: "C1", Draft: sprintSlot(draftSprint, "PAY", 0), Fresh: "x"}, none, sprintTyped(form)),
		"sprint_form_change":   planForm(m, open, sprintTyped(sprint.Form()), afresh...),
		"sprint_form_conflict": planForm(m, open, sprintTyped(sprint.Form()), sprintSaid(open)...),
		"sprint_close":         closingForm(m, open, open.doneIn()),
		"sprint_close_empty":   closingForm(m, scene(&small, drawnAt, everything), nil),
		"sprint_correct":       closingForm(correct, scene(&closed, drawnAt, everything), scene(&closed, drawnAt, everything).doneIn()),
		"sprint_told":          *sprintTold(open, "Sprint 4 is started. It ends on 27 Nov 2026.").Tell,
		"sprint_told_closed":   *sprintTold(scene(&closed, drawnAt, everything), closedWords(open, closed)).Tell,
		"sprint_post":          sprintPost(open, "Alice Anders"),
		"sprint_post_closed":   sprintPost(scene(&closed, drawnAt, everything), "Alice Anders"),
		"sprint_list":          *sprintsList(team, sprints, 1, 25, ""),
		"sprint_list_none":     *sprintsList(team, nil, 1, 0, inSprint),
		"refine_form":          refineForm(rm, nil, ideas, refineTyped(pipeline.RefinementForm{Day: "2026-11-20", People: []string{"U1"}})),
		"refine_form_conflict": refineForm(rm, &r, ideas, refineTyped(r.Form()), refineSaid(r)...),
		"refine_told":          *refineTold("Logged", r).Tell,
		"refine_list":          *refinementsList(team, refinements, 2, 25, true, ""),
		"refine_list_none":     *refinementsList(team, nil, 1, 0, false, inRefinements),
		"list_ordered":         Post{Text: "Product Backlog", Blocks: backlog},
		"history_of_sprints": historyView(ideas[0], []pipeline.Event{
			{At: drawnAt, By: "U1", What: pipeline.WasReordered, Changes: []pipeline.Change{{Field: pipeline.FieldRank, From: "5", To: "1"}}},
			{At: drawnAt, By: "U1", What: pipeline.WasFinished, About: "sprint 4"}, {At: drawnAt, By: "U1", What: pipeline.WasTakenOut, About: "sprint 3"},
			{At: drawnAt, By: "U1", What: pipeline.WasTakenUp, About: "sprint 3"},
		}, 1, shown),
		"home_sprint_drafts": homeView(homeBlocks(viewApp, home{hasTeams: true, drafts: map[string]storage.Draft{
			sprintSlot(draftSprint, "PAY", 0): {Typed: sprintTyped(form), Team: "PAY", Saved: drawnAt}, sprintSlot(draftSprintClose, "PAY", 4): {Typed: open.doneIn(), Team: "PAY", Saved: drawnAt.Add(-time.Minute)},
			sprintSlot(draftRefine, "PAY", 3): {Typed: refineTyped(r.Form()), Team: "PAY", Saved: drawnAt.Add(-time.Hour)},
		}})),
	}
}
