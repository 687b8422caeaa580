package commands

import (
	"context"
	"errors"
	"fmt"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What is done to a story map at once, and how a deed is stored whoever else changes the
// map at the same moment.

// What buttons do to the card that is open, or to the map.
const (
	mapUp      = "up"
	mapDown    = "down"
	mapRemove  = "remove"
	mapMark    = "mark"
	mapUnmark  = "unmark"
	mapToSlice = "to-slice"
	mapUnlink  = "unlink"
	mapClose   = "close"
	mapReopen  = "reopen"
)

var mapDeeds = map[string]pipeline.MapDeed{
	mapUp: pipeline.CardUp, mapDown: pipeline.CardDown, mapRemove: pipeline.RemoveCard, mapMark: pipeline.MarkStory, mapUnmark: pipeline.UnmarkStory,
	mapToSlice: pipeline.SliceStory, mapUnlink: pipeline.LinkStory, mapClose: pipeline.CloseMap, mapReopen: pipeline.ReopenMap,
}

// doStoryMap does what a button of a map says, and shows what became of it.
func doStoryMap(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	at, err := mapPlaceOf(p)
	if err != nil {
		return Reply{}, err
	}
	deed, known := mapDeeds[p.Get("do")]
	if !known {
		return Reply{}, stale
	}
	before, err := req.loadedMap(at.number)
	if err != nil {
		return Reply{}, err
	}
	change := pipeline.MapChange{Do: deed, Card: at.card, To: pipeline.CardID(p.number("to"))}
	after, err := app.changeStoryMap(ctx, req, req.Op, storage.Slot{}, before, change)
	var problem *pipeline.Problem
	if err != nil && !(errors.As(err, &problem) && problem.Code == "story-map-card-gone") {
		return Reply{}, err
	}
	if err == nil && deed == pipeline.RemoveCard {
		at = at.to(parentOf(before, at.card))
	}
	s, err := app.storyScene(ctx, req, after, at)
	if err != nil {
		return Reply{}, err
	}
	view := s.view(metadata{Team: at.team, Channel: req.Channel})
	if req.Form == nil {
		return Reply{Open: view}, nil
	}
	return Reply{Update: view}, nil
}

// parentOf is the card under which another stands; 0 for the map itself.
func parentOf(m pipeline.StoryMap, card pipeline.CardID) pipeline.CardID {
	if _, a, is := m.Task(card); is {
		return a.ID
	}
	_, t, _ := m.Story(card)
	return t.ID
}

// changeStoryMap stores one deed, done again on what the map has become for as long as
// somebody else's comes between. It gives the map as it is then; where the rule refuses,
// as the rule found it.
func (app *App) changeStoryMap(ctx context.Context, req *Request, op string, slot storage.Slot, m pipeline.StoryMap, c pipeline.MapChange) (pipeline.StoryMap, error) {
	var conflict *storage.StoryMapConflictError
	if !req.Loaded.First { // an earlier try of the same act may have stored it
		before := m
		before.Version = 0 // no map is at it
		stored, err := app.Store.ChangeStoryMap(ctx, op, before, slot, pipeline.Event{At: req.Now, By: req.Person.ID})
		switch {
		case errors.As(err, &conflict):
			m = conflict.Current
		default:
			return stored, err
		}
	}
	for range busyTries {
		if m.Version == 0 {
			return m, noStoryMap(req.Loaded.Team.Key, 0)
		}
		after, event, err := pipeline.ChangeStoryMap(app.Policy, req.Person, req.where(), m, c, req.Loaded.Nodes, req.Now)
		switch {
		case err != nil:
			return m, err
		case event.What == "" && slot.Name == "":
			return m, nil
		case event.What == "":
			return m, app.Store.DropDraft(ctx, req.Person.ID, slot)
		}
		stored, err := app.Store.ChangeStoryMap(ctx, op, after, slot, event)
		if !errors.As(err, &conflict) {
			return stored, err
		}
		m = conflict.Current
	}
	return m, &pipeline.Problem{
		Code: "story-map-busy",
		What: fmt.Sprintf("Several people are changing “%s” at this moment.", m.Name),
		Safe: "Nothing of theirs was overwritten.",
		Next: "Please try again.",
	}
}
