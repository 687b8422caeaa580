package commands

import (
	"context"
	"errors"
	"slices"
	"strings"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a sprint is started and changed: one form for both.

// openSprintForm opens the form of a new sprint, or of the one that the button names.
func openSprintForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	s, err := app.sprintScene(ctx, req, p.number("sprint"))
	if err != nil {
		return Reply{}, err
	}
	if p.number("sprint") == 0 {
		return app.openSprintStart(ctx, req, s, p)
	}
	return app.openSprintChange(ctx, req, s, p)
}

// openSprintStart opens the form of a new sprint.
func (app *App) openSprintStart(ctx context.Context, req *Request, s sprintScene, p params) (Reply, error) {
	form := pipeline.DefaultSprint(s.team, s.newest, req.Now)
	s.sprint, s.ideas = nil, nil
	if _, _, err := pipeline.StartSprint(app.Policy, req.Person, req.where(), form, s.facts(nil), req.Now); refusedAtOnce(err) {
		return Reply{}, err
	}
	return app.openPlan(ctx, req, s, p, form)
}

// openSprintChange opens the form of a sprint that is open.
func (app *App) openSprintChange(ctx context.Context, req *Request, s sprintScene, p params) (Reply, error) {
	form := s.sprint.Form()
	if _, _, err := pipeline.ChangeSprint(app.Policy, req.Person, req.where(), *s.sprint, form, s.facts(nil), req.Now); refusedAtOnce(err) {
		return Reply{}, err
	}
	return app.openPlan(ctx, req, s, p, form)
}

// openPlan opens the form with what was typed before, else with what it starts with.
func (app *App) openPlan(ctx context.Context, req *Request, s sprintScene, p params, form pipeline.SprintForm) (Reply, error) {
	number, stored := 0, sprintTyped(form)
	if s.sprint != nil {
		number = s.sprint.Number
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Seen, m.Stored = seen(s.digest()), typedDigest(stored)
		return Reply{Update: planForm(m, s, stored)}, err
	}
	m := req.formOver(p, sprintSlot(draftSprint, s.team.Key, number))
	m.Team, m.Sprint, m.Seen, m.Stored = s.team.Key, number, seen(s.digest()), typedDigest(stored)
	if err := app.findTypedDraft(ctx, req, m.Draft); err != nil {
		return Reply{}, err
	}
	typed, notes := req.goingOn(actionSprintForm, sprintValue(s.team.Key, number, ""), stored)
	if len(notes) > 0 {
		var err error
		if s.ideas, err = app.ideasNamed(ctx, typed[pipeline.FieldItems]); err != nil {
			return Reply{}, err
		}
	}
	return Reply{Open: planForm(m, s, typed, notes...)}, nil
}

// digest of what the form shows of the sprint; "" for a new one.
func (s sprintScene) digest() string {
	if s.sprint == nil {
		return ""
	}
	return sprintDigest(*s.sprint)
}

// ideasNamed reads the ideas whose keys were chosen, with commas between them. What is
// no key is left out.
func (app *App) ideasNamed(ctx context.Context, chosen ...string) ([]pipeline.Idea, error) {
	var keys []pipeline.Key
	for _, list := range chosen {
		for word := range strings.SplitSeq(list, ",") {
			if key, err := pipeline.ParseKey(word); err == nil && !slices.Contains(keys, key) && len(keys) < 2*menuLimit {
				keys = append(keys, key)
			}
		}
	}
	return app.Store.Ideas(ctx, keys)
}

// facts for the rules of the sprint in the scene, of a new one where there is none.
func (s sprintScene) facts(top []pipeline.Key) pipeline.SprintFacts {
	facts := pipeline.SprintFacts{Before: s.before, Nodes: s.nodes, Ideas: s.ideas, Top: top}
	if s.sprint == nil {
		facts.Before = s.newest
	}
	return facts
}

// saveSprint starts the sprint that the form was opened for, or changes it.
func saveSprint(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	s, err := app.sprintScene(ctx, req, m.Sprint)
	if err != nil {
		return Reply{}, err
	}
	typed := req.Form.sprintForm()
	if s.ideas, err = app.ideasNamed(ctx, typed.Items...); err != nil {
		return Reply{}, err
	}
	if m.Sprint == 0 {
		return app.startSprint(ctx, req, m, slot, s, typed)
	}
	return app.changeSprint(ctx, req, m, slot, s, typed)
}

// startSprint stores the team's next sprint. Of several who start it at the same
// moment one does; the others are told.
func (app *App) startSprint(ctx context.Context, req *Request, m metadata, slot storage.Slot, s sprintScene, typed pipeline.SprintForm) (Reply, error) {
	if !req.Loaded.First && s.newest != nil {
		stored, _, err := app.sprintBefore(ctx, req, slot, *s.newest)
		if err != nil {
			return Reply{}, err
		}
		if stored != nil {
			return app.mendSprint(ctx, req, m, slot, s, *stored, typed)
		}
	}
	first, err := app.Store.Page(ctx, storage.List{Team: s.team.Key, Stage: pipeline.Backlog}, 1, pipeline.SprintTop)
	if err != nil {
		return Reply{}, err
	}
	var top []pipeline.Key
	for _, idea := range first.Ideas {
		top = append(top, idea.Key)
	}
	s.sprint = nil
	sprint, events, err := pipeline.StartSprint(app.Policy, req.Person, req.where(), typed, s.facts(top), req.Now)
	if err != nil {
		return Reply{}, err
	}
	reviewing, err := app.reviewingSprint(ctx, s.team, sprint)
	if err != nil {
		return Reply{}, err
	}
	stored, err := app.Store.KeepSprint(ctx, req.Op, sprint, req.Person.ID, slot, events, append(reviewing, tellSprint(s.team, sprint))...)
	var conflict *storage.SprintConflictError
	if errors.As(err, &conflict) { // somebody else started it: the rule says so
		s.newest = &conflict.Current
		_, _, err = pipeline.StartSprint(app.Policy, req.Person, req.where(), typed, s.facts(top), req.Now)
	}
	if err != nil {
		return Reply{}, err
	}
	return app.toldSprint(ctx, req, m, s, stored, sprintName(stored)+" is started. It ends on "+pipeline.ShowDay(stored.Last)+"."), nil
}

// toldSprint answers a form that changed a sprint.
func (app *App) toldSprint(ctx context.Context, req *Request, m metadata, s sprintScene, stored pipeline.Sprint, words string) Reply {
	s.sprint = &stored
	told := sprintTold(s, words)
	if m.Sprint == 0 && m.Below == inSprint { // the new one takes the place of what was shown
		m.At = sprintValue(s.team.Key, 0, "").encode()
	}
	return app.finish(ctx, req, m, told)
}

// changeSprint stores what was changed in the form. When somebody else changed the
// sprint meanwhile, the form stays with what was typed and shows theirs.
func (app *App) changeSprint(ctx context.Context, req *Request, m metadata, slot storage.Slot, s sprintScene, typed pipeline.SprintForm) (Reply, error) {
	if !req.Loaded.First {
		stored, current, err := app.sprintBefore(ctx, req, slot, *s.sprint)
		switch {
		case err != nil:
			return Reply{}, err
		case stored != nil:
			return app.mendSprint(ctx, req, m, slot, s, *stored, typed)
		}
		s.sprint = current
	}
	for range busyTries {
		if now := s.digest(); now != m.Seen[seenBefore] {
			m.Seen = seen(now)
			return Reply{Update: planForm(m, s, sprintTyped(typed), sprintSaid(s)...)}, nil
		}
		after, events, err := pipeline.ChangeSprint(app.Policy, req.Person, req.where(), *s.sprint, typed, s.facts(nil), req.Now)
		if err != nil {
			return Reply{}, err
		}
		if after.Form().Equal(s.sprint.Form()) {
			return app.toldSprint(ctx, req, m, s, after, "Nothing differs in "+after.Name()+"."), app.Store.DropDraft(ctx, req.Person.ID, slot)
		}
		entries, err := app.changed(ctx, s, after)
		if err != nil {
			return Reply{}, err
		}
		stored, err := app.Store.KeepSprint(ctx, req.Op, after, req.Person.ID, slot, events, entries...)
		var conflict *storage.SprintConflictError
		switch {
		case errors.As(err, &conflict):
			s.sprint = &conflict.Current
		case err != nil:
			return Reply{}, err
		default:
			return app.toldSprint(ctx, req, m, s, stored, "Saved "+stored.Name()+"."), nil
		}
	}
	return Reply{}, busySprint(*s.sprint)
}

// changed are the entries of a sprint that was changed: what tells of it, and where its
// days have, what opens its review.
func (app *App) changed(ctx context.Context, s sprintScene, after pipeline.Sprint) ([]storage.Outgoing, error) {
	told := tellSprint(s.team, after)
	if after.First == s.sprint.First && after.Last == s.sprint.Last {
		return []storage.Outgoing{told}, nil
	}
	reviewing, err := app.reviewingSprint(ctx, s.team, after)
	return append(reviewing, told), err
}

// sprintBefore gives what an earlier try of the same act stored; nil where there was
// none: then nothing is changed, and current is the sprint as it is now.
func (app *App) sprintBefore(ctx context.Context, req *Request, slot storage.Slot, sprint pipeline.Sprint) (stored, current *pipeline.Sprint, err error) {
	sprint.Version = 0 // no sprint that is there is at it
	before, err := app.Store.KeepSprint(ctx, req.Op, sprint, req.Person.ID, slot, nil)
	var conflict *storage.SprintConflictError
	if errors.As(err, &conflict) {
		return nil, &conflict.Current, nil
	}
	return &before, nil, err
}

// mendSprint puts what is typed now in the place of what an earlier try stored although
// its answer got lost, where the words were mended since.
func (app *App) mendSprint(ctx context.Context, req *Request, m metadata, slot storage.Slot, s sprintScene, stored pipeline.Sprint, typed pipeline.SprintForm) (Reply, error) {
	s.sprint = &stored
	after, events, err := pipeline.ChangeSprint(app.Policy, req.Person, req.where(), stored, typed, s.facts(nil), req.Now)
	if err != nil {
		return Reply{}, err
	}
	if !after.Form().Equal(stored.Form()) {
		entries, err := app.changed(ctx, s, after)
		if err != nil {
			return Reply{}, err
		}
		if after, err = app.Store.KeepSprint(ctx, "again:"+req.tryOf(typed), after, req.Person.ID, slot, events, entries...); err != nil {
			return Reply{}, err
		}
	}
	return app.toldSprint(ctx, req, m, s, after, "Saved "+after.Name()+"."), nil
}

// busySprint is said when others were faster each time.
func busySprint(sprint pipeline.Sprint) error {
	return &pipeline.Problem{
		Code: "sprint-busy",
		What: "Several people are changing " + sprint.Name() + " at this moment.",
		Safe: "Nothing of theirs was overwritten.",
		Next: "Please try again.",
	}
}

// suggestItems answers the menu of a sprint's items: the Product Backlog in its order,
// or what of it the words find.
func suggestItems(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil || req.Loaded.Team == nil {
		return Reply{}, stale
	}
	words := pipeline.CleanLine(typed(req.Words))
	var ideas []pipeline.Idea
	if words == "" {
		page, err := app.Store.Page(ctx, storage.List{Team: m.Team, Stage: pipeline.Backlog}, 1, menuLimit)
		if err != nil {
			return Reply{}, err
		}
		ideas = page.Ideas
	} else if ideas, err = app.chosenFrom(ctx, req, []pipeline.Team{*req.Loaded.Team}, words, menuLimit); err != nil {
		return Reply{}, err
	}
	reply := Reply{}
	for _, idea := range ideas {
		if idea.Stage == pipeline.Backlog && len(reply.Options) < menuLimit {
			reply.Options = append(reply.Options, ideaOption(idea.Key, ideas))
		}
	}
	return reply, nil
}

// suggestServed answers the menu of outcomes that a sprint can be for.
func suggestServed(_ context.Context, _ *App, req *Request) (Reply, error) {
	fits := func(o pipeline.Outcome) bool { return o.Kind != pipeline.BusinessOutcome }
	options := openOutcomeOptions(req.Loaded.Nodes, pipeline.CleanLine(typed(req.Words)), fits)
	return Reply{Options: options[:min(len(options), menuLimit)]}, nil
}
