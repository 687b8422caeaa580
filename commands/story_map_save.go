package commands

import (
	"context"
	"errors"
	"strconv"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How the forms of story maps are opened, and what they store.

// openStoryMapForm opens the form that a button names. Where the map has changed so
// that there is nothing to fill in any more, it is shown instead.
func openStoryMapForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	at, err := mapPlaceOf(p)
	if err != nil {
		return Reply{}, err
	}
	f, known := mapForms[p.Get("form")]
	if !known || req.Loaded.Team == nil {
		return Reply{}, stale
	}
	s := storyScene{team: *req.Loaded.Team, nodes: req.Loaded.Nodes, at: at, may: app.may(req), now: req.Now}
	if p.Get("form") != mapNew {
		if s.Map, err = req.loadedMap(at.number); err != nil {
			return Reply{}, err
		}
		if !s.Map.IsOpen() || !f.fits(s) {
			return app.shownInstead(ctx, req, s)
		}
	}
	var shown map[pipeline.Field]string
	if f.shown != nil {
		shown = f.shown(s)
	}
	of := &mapFormOf{Number: at.number, Card: at.card, Form: p.Get("form"), Seen: s.seen()}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Map, m.Stored = of, typedDigest(shown)
		return Reply{Update: f.draw(s, m, shown)}, err
	}
	m := req.formOver(p, mapSlot(at, of.Form))
	m.Team, m.Map, m.Stored = at.team, of, typedDigest(shown)
	typed, notes := req.goingOn(actionStoryMapForm, at.params().set("form", of.Form), shown)
	return Reply{Open: f.draw(s, m, typed, notes...)}, nil
}

// shownInstead shows the map in the place of what can no longer be done.
func (app *App) shownInstead(ctx context.Context, req *Request, s storyScene) (Reply, error) {
	reply, err := app.openStoryMap(ctx, req, s.Map, s.at)
	if req.Form != nil {
		reply.Open, reply.Update = nil, reply.Open
	}
	return reply, err
}

// seen is the title that a form about the place shows: of the card, or of the map.
func (s storyScene) seen() string {
	if s.at.card == 0 {
		return s.Map.Name
	}
	return s.title()
}

// saveStoryMap stores what the form says.
func saveStoryMap(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	f, known := mapForms[m.Map.Form]
	if !known || req.Loaded.Team == nil {
		return Reply{}, stale
	}
	if m.Map.Form == mapNew {
		return app.beginStoryMap(ctx, req, m, slot)
	}
	before, err := req.loadedMap(m.Map.Number)
	if err != nil {
		return Reply{}, err
	}
	at := mapPlace{team: m.Team, number: m.Map.Number, card: m.Map.Card}
	if m.Map.Form == mapCapture {
		return app.captureStory(ctx, req, m, slot, before, at)
	}
	change, err := req.mapChange(m, f)
	if err != nil {
		return Reply{}, err
	}
	after, err := app.changeStoryMap(ctx, req, req.tryOf(req.Form.typed()), slot, before, change)
	var problem *pipeline.Problem
	if errors.As(err, &problem) && problem.Code == "story-map-renamed" {
		s := storyScene{team: *req.Loaded.Team, nodes: req.Loaded.Nodes, at: at, may: app.may(req), now: req.Now}
		s.Map = after
		m.Map.Seen = s.seen()
		return Reply{Update: f.draw(s, m, req.Form.typed(), say(escape(problem.Error())))}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, toldMap("Saved.", after)), nil
}

// mapChange is what the form asks for.
func (req *Request) mapChange(m metadata, f mapForm) (pipeline.MapChange, error) {
	text := func(field pipeline.Field) string { return req.Form.Value(field).Text }
	number := func(s string) pipeline.CardID {
		n, _ := strconv.Atoi(s)
		return pipeline.CardID(n)
	}
	c := pipeline.MapChange{Do: f.deed, Card: m.Map.Card, Title: text(pipeline.FieldTitle), Second: text(pipeline.FieldSecond), Seen: m.Map.Seen, To: number(text(pipeline.FieldTarget))}
	switch m.Map.Form {
	case mapRename:
		c.Title, c.For = text(pipeline.FieldName), text(pipeline.FieldFor)
	case mapLink:
		key, err := pipeline.ParseKey(text(fieldIdea))
		if err != nil {
			return c, &pipeline.Problem{Code: "idea-missing", What: "Which idea is it?", Fields: map[pipeline.Field]string{fieldIdea: "Choose the idea."}}
		}
		c.Idea = key
	}
	if words := text(pipeline.FieldOutcome); words != "" && words != noneChosen {
		key, err := pipeline.ParseOutcomeKey(words)
		if err != nil {
			return c, err
		}
		c.Outcome = key
	}
	for _, id := range req.Form.Value(pipeline.FieldWith).Chosen {
		c.With = append(c.With, number(id))
	}
	return c, nil
}

// toldMap says what was done to a map, with a button to it.
func toldMap(words Mrkdwn, m pipeline.StoryMap) Reply {
	at := mapPlace{team: m.Team, number: m.Number}
	return tell(words, buttons(button(actionStoryMap, "Open the map", m.Name, at.params())))
}

// beginStoryMap stores a new map.
func (app *App) beginStoryMap(ctx context.Context, req *Request, m metadata, slot storage.Slot) (Reply, error) {
	typed := pipeline.MapChange{Title: req.Form.Value(pipeline.FieldName).Text, For: req.Form.Value(pipeline.FieldFor).Text}
	begun, err := pipeline.NewStoryMap(app.Policy, req.Person, req.where(), typed, req.Now)
	if err != nil {
		return Reply{}, err
	}
	_, total, err := req.Loaded.StoryMaps(1)
	if err != nil {
		return Reply{}, err
	}
	if total >= pipeline.StoryMapLimit && req.Loaded.First {
		return Reply{}, &pipeline.Problem{
			Code: "story-maps-many",
			What: "The team has " + strconv.Itoa(total) + " story maps in use, which is the most there can be.",
			Safe: "They are all kept, and nothing was added.",
			Next: "Put one away that nobody needs any more.",
		}
	}
	stored, err := app.Store.AddStoryMap(ctx, req.Op, begun, slot)
	if err == nil && (stored.Name != begun.Name || stored.For != begun.For) { // an earlier try was stored, with other words
		typed.Do, typed.Seen = pipeline.RenameMap, stored.Name
		stored, err = app.changeStoryMap(ctx, req, "again:"+req.tryOf(req.Form.typed()), slot, stored, typed)
	}
	if err != nil {
		return Reply{}, err
	}
	m.At = mapPlace{team: stored.Team, number: stored.Number}.params().encode() // it takes the place of the list
	return app.finish(ctx, req, m, toldMap("The story map “"+escape(stored.Name)+"” is begun.", stored)), nil
}

// captureStory captures a story as an idea of the team, and links it.
func (app *App) captureStory(ctx context.Context, req *Request, m metadata, slot storage.Slot, before pipeline.StoryMap, at mapPlace) (Reply, error) {
	if err := app.permit(ctx, req, pipeline.SubmitIdea); err != nil {
		return Reply{}, err
	}
	story, _, is := before.Story(at.card)
	if req.Loaded.First && (!is || !story.Idea.IsZero()) { // nothing to link it to: no idea is captured for nothing
		told := toldMap("Somebody changed that story meanwhile, so no idea was captured. What you typed is kept for a day.", before)
		return app.finish(ctx, req, m, told), nil
	}
	d := pipeline.Draft{Title: req.Form.Value(pipeline.FieldTitle).Text, Problem: req.Form.Value(pipeline.FieldProblem).Text}
	idea, err := capture(ctx, app, req, d, pipeline.Node{}, pipeline.Source{}, slot)
	if err != nil {
		return Reply{}, err
	}
	told := Mrkdwn("Captured as " + idea.Key.String() + ", and the story is linked to it.")
	_, err = app.changeStoryMap(ctx, req, "map:"+req.Op, storage.Slot{}, before, pipeline.MapChange{Do: pipeline.LinkStory, Card: at.card, Idea: idea.Key})
	var problem *pipeline.Problem
	switch {
	case errors.As(err, &problem): // somebody was faster: the idea is captured all the same
		return tell(Mrkdwn("Captured as "+idea.Key.String()+", and not linked: ")+escape(problem.Error()), buttons(button(actionShow, "Details", "of "+idea.Key.String(), newParams("idea", idea.Key.String())))), nil
	case err != nil:
		return Reply{}, err
	}
	return app.finish(ctx, req, m, toldMap(told, before)), nil
}

// storyMapDraft reads a draft of TEAM.N.CARD.FORM.
func storyMapDraft(rest []string) (kept, bool) {
	form := part(rest, 3)
	f, known := mapForms[form]
	of, ok := ofTeam("“"+f.title+"” on a story map of %s, not saved yet", actionStoryMapForm)(rest)
	number, card := part(rest, 1), part(rest, 2)
	of = of.with("form", form)
	if number != "0" {
		of = of.with("map", number)
	}
	if card != "0" {
		of = of.with("card", card)
	}
	return of, ok && known && len(rest) == 4
}
