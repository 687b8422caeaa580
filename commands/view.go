package commands

import (
	"context"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Forms that other forms lie on. A button carries the name of the one it stands
// in as "in"; a form opened by it keeps that name in its metadata, so that what
// lies below can be redrawn when it is submitted.
const (
	inOverview = "validate" // what an idea lacks, and its checklists
	inDetails  = "details"  // everything about an idea
	inStep     = "run"      // a step of a checklist
	inShown    = "shown"    // all answers of a checklist
	inGate     = "gate"     // what the next step of an idea still misses
	inBallot   = "ballot"   // everything about a ballot
	inOutcome  = "outcome"  // everything about an outcome
	inTree     = "tree"     // a team's tree, or a node of it with what is below
	inMapped   = "mapped"   // everything about an opportunity or an impact
)

// place of a button or form: the view it stands in or lies on, and what that
// view shows.
type place struct {
	in                string
	idea              pipeline.Key
	run, step, ballot int
	channel           string
	// at is what a view that is no idea's shows, as the button to it carries it.
	at string
}

// draw draws the view of a place from what is stored now; nil where there is
// none.
func (app *App) draw(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	switch at.in {
	case inRound:
		return app.redrawnRound(ctx, req, at)
	case inSession:
		return app.redrawnSession(ctx, req, at)
	case inSprint:
		return app.redrawnSprint(ctx, req, at)
	case inRefinements:
		return app.redrawnRefinements(ctx, req, at)
	case inReview:
		return app.redrawnReview(ctx, req, at)
	case inForensic:
		return app.redrawnForensic(ctx, req, at)
	case inTree, inMapped:
		return app.drawNodes(ctx, req, at)
	case inOutcome:
		return app.drawOutcome(ctx, req, at)
	case inOrphans:
		return app.drawOrphans(ctx, req, at)
	case inHealth:
		return app.redrawnHealth(ctx, req, at)
	case inStoryMap:
		return app.redrawnStoryMap(ctx, req, at)
	case inHorizons:
		return app.redrawnHorizons(ctx, req, at)
	case inCanvas:
		return app.redrawnCanvas(ctx, req, at)
	case inSweep:
		return app.redrawnSweep(ctx, req, at)
	case inCanvases:
		return app.redrawnCanvases(ctx, req, at)
	}
	again := *req
	want := storage.Want{User: req.Person.ID, Idea: at.idea}
	switch at.in {
	case inOverview:
		want = overviewWant(at.idea)
	case inDetails:
		want = detailsWant(at.idea)
	case inStep, inShown:
		want = stepWant(at.idea, at.run, at.step)
	case inGate:
		want = gateWant(at.idea)
	case inBallot:
	default:
		return nil, nil
	}
	want.User = req.Person.ID
	loaded, err := app.Store.Begin(ctx, want)
	if err != nil {
		return nil, err
	}
	again.Loaded = loaded
	if loaded.Idea == nil {
		return nil, noIdea(at.idea)
	}
	if err := app.permit(ctx, &again, pipeline.ReadTeam); err != nil {
		return nil, err
	}
	switch at.in {
	case inOverview:
		return app.overview(ctx, &again, at), nil
	case inDetails:
		return app.details(ctx, &again, at, params{}), nil
	case inGate:
		return app.gate(&again, at), nil
	case inShown:
		return app.shown(&again, at)
	case inBallot:
		return app.ballot(ctx, &again, *loaded.Idea, at.ballot, 1, at.channel)
	}
	return app.step(&again, at)
}

// finish answers a form whose words are stored: what it lies on is redrawn, or
// Home, where it was opened there; else told says so. The words are stored: a
// view that cannot be drawn must not deny it.
func (app *App) finish(ctx context.Context, req *Request, m metadata, told Reply) Reply {
	key, _ := pipeline.ParseKey(m.Idea)
	switch {
	case m.Below == inHealth && req.Form != nil && req.Form.Below != "":
		return Reply{After: func(ctx context.Context) Reply { // which takes its time
			view, err := app.draw(ctx, req, place{in: inHealth, channel: m.Channel, at: m.At})
			if err != nil || view == nil {
				return told
			}
			return Reply{Below: view}
		}}
	case m.Below != "" && req.Form != nil && req.Form.Below != "":
		if view, err := app.draw(ctx, req, place{in: m.Below, idea: key, run: m.Run, step: m.Step, ballot: m.Ballot, channel: m.Channel, at: m.At}); err == nil && view != nil {
			return Reply{Below: view}
		}
	case m.Home:
		if home, err := drawHome(ctx, app, req, 1); err == nil {
			return Reply{Home: home}
		}
	}
	return told
}

// answer answers a click that changed something: the view it stands in is
// redrawn, else told says so.
func (app *App) answer(ctx context.Context, req *Request, p params, told Reply) Reply {
	if req.Form != nil && p.Get("in") != "" {
		key, _ := p.idea()
		at := place{in: p.Get("in"), idea: key, run: p.number("run"), step: p.number("step"), ballot: p.number("ballot"), channel: req.Channel, at: p.Get("at")}
		redrawn := func(ctx context.Context) Reply {
			if view, err := app.draw(ctx, req, at); err == nil && view != nil {
				return Reply{Update: view}
			}
			return told
		}
		if at.in == inHealth { // which takes its time
			return Reply{After: redrawn}
		}
		return redrawn(ctx)
	}
	return told
}

// reloaded is the request of the button that opened a view of a team, with what is
// stored now, to draw that view again for those who may see it; and the value of the
// button.
func (app *App) reloaded(ctx context.Context, req *Request, at place, may pipeline.Action, wants func(*Request) (storage.Want, error)) (*Request, params, error) {
	p, err := decodeParams(at.at)
	if err != nil {
		return nil, p, err
	}
	again := *req
	again.On, again.Value, again.Channel = Button, at.at, at.channel
	want, err := wants(&again)
	if err != nil {
		return nil, p, err
	}
	want.Channel, want.User = "", req.Person.ID
	if again.Loaded, err = app.Store.Begin(ctx, want); err != nil {
		return nil, p, err
	}
	if again.Loaded.Team == nil {
		return nil, p, stale
	}
	return &again, p, app.permit(ctx, &again, may)
}
