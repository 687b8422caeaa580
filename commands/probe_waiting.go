package commands

import (
	"context"
	"slices"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What somebody can be asked about by the alignment probe.

const (
	// probeIdeas is how many of the newest ideas of each sort are looked at: those the
	// person captured, those of the sprint, those they refined, those they test.
	probeIdeas = 20
	// probeRefinements is how many of the newest refinements are looked at.
	probeRefinements = 5
	// probeTried is how many ideas are tried until one makes a question.
	probeTried = 5
)

// waitingProbes is the question of the week, where the person wants one and has not
// answered it: one a week, however many teams they want it in.
func waitingProbes(ctx context.Context, s *waitScene) ([]waitingThing, int, error) {
	user := s.req.Person.ID
	settings, err := s.app.Store.NudgeSettings(ctx, user)
	if err != nil || len(settings.Probe) == 0 {
		return nil, 0, err
	}
	var teams []pipeline.Team
	for _, key := range settings.Probe {
		seen, err := s.sees(ctx, key)
		if err != nil {
			return nil, 0, err
		}
		if !seen {
			continue
		}
		team, err := s.app.Store.Team(ctx, key)
		if err != nil {
			return nil, 0, err
		}
		week := pipeline.ProbeWeek(s.req.Now, team.Location())
		state, err := s.app.Store.Probe(ctx, key, user, week)
		if err != nil || state.Mine != "" {
			return nil, 0, err
		}
		if !s.elsewhere(key) {
			teams = append(teams, team)
		}
	}
	for _, team := range teams {
		q, asked, err := s.app.probeQuestion(ctx, user, team, pipeline.ProbeWeek(s.req.Now, team.Location()))
		if err != nil {
			return nil, 0, err
		}
		if asked {
			return []waitingThing{probeThing(q)}, 0, nil
		}
	}
	return nil, 0, nil
}

// probeThing asks it. What the idea is for is not told beside it.
func probeThing(q pipeline.ProbeQuestion) waitingThing {
	key := q.Idea.String()
	return waitingThing{
		Waiting: pipeline.Waiting{Kind: pipeline.WaitProbe, Subject: q.Subject()},
		words:   []Mrkdwn{Mrkdwn("The question of the week: which outcome is " + key + " for, which you work on?\n"), escape(pipeline.Cut(q.Title, cardTextLimit))},
		step:    button(actionProbeOpen+":"+key, "Answer…", "which outcome "+key+" is for", newParams("idea", key, "week", q.Week)),
	}
}

// settledProbe says whether somebody answered the question of a week.
func settledProbe(ctx context.Context, s *waitScene, subject string) (settledThing, error) {
	idea, week, err := pipeline.ParseProbeSubject(subject)
	if err != nil {
		return settledThing{}, stale
	}
	state, err := s.app.Store.Probe(ctx, idea.Team, s.req.Person.ID, week)
	return settledThing{words: "The question of the week about " + idea.String(), done: state.Mine != ""}, err
}

// probeQuestion is the question of a week for somebody in a team; false where they work
// on nothing that it can be asked about.
func (app *App) probeQuestion(ctx context.Context, user string, team pipeline.Team, week string) (pipeline.ProbeQuestion, bool, error) {
	ideas, err := app.worksOn(ctx, user, team)
	if err != nil {
		return pipeline.ProbeQuestion{}, false, err
	}
	order := pipeline.ProbeOrder(user, week, ideas)
	if len(order) == 0 {
		return pipeline.ProbeQuestion{}, false, nil
	}
	nodes, err := app.Store.Nodes(ctx, team.Key)
	if err != nil {
		return pipeline.ProbeQuestion{}, false, err
	}
	for _, idea := range order[:min(len(order), probeTried)] {
		if q, asked := pipeline.AskProbe(user, week, idea, nodes); asked {
			return q, true, nil
		}
	}
	return pipeline.ProbeQuestion{}, false, nil
}

// worksOn are the ideas of the team that somebody works on, as far as is known: those
// they captured or test, those of the refinements they took part in, and for its
// developers and product owners those of the sprint that runs.
func (app *App) worksOn(ctx context.Context, user string, team pipeline.Team) ([]pipeline.Idea, error) {
	own, err := app.Store.Page(ctx, storage.List{Team: team.Key, Author: user}, 1, probeIdeas)
	if err != nil {
		return nil, err
	}
	var keys []pipeline.Key
	tests, err := app.Store.DueTests(ctx, user, team.Key, probeIdeas)
	if err != nil {
		return nil, err
	}
	for _, test := range tests {
		keys = append(keys, test.Idea)
	}
	refinements, _, err := app.Store.Refinements(ctx, team.Key, 1, probeRefinements)
	if err != nil {
		return nil, err
	}
	for _, r := range refinements {
		if slices.Contains(r.People, user) {
			keys = append(keys, r.Touched[:min(len(r.Touched), probeIdeas)]...)
		}
	}
	newest, _, err := app.Store.Sprints(ctx, team.Key, 1, 1)
	if err != nil {
		return nil, err
	}
	developers, err := app.Store.Developers(ctx, team.Key)
	if err != nil {
		return nil, err
	}
	if len(newest) > 0 && newest[0].IsOpen() && (team.OwnedBy(user) || slices.Contains(developers.People, user)) {
		in := newest[0].Keys()
		keys = append(keys, in[:min(len(in), probeIdeas)]...)
	}
	ideas, err := app.Store.Ideas(ctx, keys)
	return append(own.Ideas, ideas...), err
}
