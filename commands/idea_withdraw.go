package commands

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantReturn: the idea that a button names, with what the team has in its
// Product Backlog.
func wantReturn(req *Request) (storage.Want, error) {
	_, key, err := req.buttonIdea()
	return storage.Want{Idea: key, Dossier: true}, err
}

// withdrawIdea takes an idea out of the lists. It does not depend on the idea's
// words, so a change that came between is no reason to ask again. Where others count on
// it, in the Product Backlog, a typed command asks first, as the button does.
func withdrawIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	key := idea.Key.String()
	if typed := req.Value == ""; typed && idea.Stage == pipeline.Backlog && idea.Withdrawn.IsZero() {
		return tell(Mrkdwn(key+" is in the Product Backlog, and others may count on it. Withdraw it all the same? Nothing in it is lost, and it can be brought back."),
			buttons(button(actionWithdraw, "Withdraw", key, newParams("idea", key)))), nil
	}
	if req.Loaded.First || idea.WithdrawnBy != req.Person.ID { // else an earlier delivery did it
		idea, err := again(idea, func(idea pipeline.Idea) error {
			gone, err := pipeline.Withdraw(idea, req.Person.ID, req.Now)
			if err == nil {
				event := pipeline.Event{At: req.Now, By: req.Person.ID, What: pipeline.WasWithdrawn}
				_, err = app.keep(ctx, req, req.Op, storage.Slot{}, gone, event, nil)
			}
			return err
		})
		if err != nil {
			return req.orBallot(idea, err)
		}
	}
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, tell(Mrkdwn(key+" is withdrawn. It is out of the lists, and nothing in it is lost."),
		buttons(button(actionBringBack, "Bring it back", key, newParams("idea", key))))), nil
}

// bringBackIdea undoes withdrawIdea. What stood in the Product Backlog needs room
// there; without, coming back to discovery is offered.
func bringBackIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Dossier == nil {
		return Reply{}, stale
	}
	if req.Loaded.First || !idea.Withdrawn.IsZero() { // else an earlier delivery did it
		toDiscovery := p.Get("to") == string(pipeline.Discovery)
		idea, err = app.keepWeighed(ctx, req, storage.Slot{}, idea, req.Loaded.Dossier.Load,
			func(idea pipeline.Idea, load pipeline.Load) (pipeline.Idea, pipeline.Event, error) {
				return pipeline.BringBack(*req.Loaded.Team, idea, load, toDiscovery, req.Person.ID, req.Now)
			})
		var refused *pipeline.Refusal
		if errors.As(err, &refused) {
			return noWayBack(req, p, idea, refused), nil
		}
		if err != nil {
			return Reply{}, err
		}
	}
	key := idea.Key.String()
	told := tell(Mrkdwn(key+" is back in the lists, "+whereabouts(idea.Stage)+"."), buttons(button(actionShow, "Show it", key, newParams("idea", key))))
	return app.answer(ctx, req, p, told), nil
}

// noWayBack says why an idea cannot come back where it stood, and offers where
// it can.
func noWayBack(req *Request, p params, idea pipeline.Idea, refused *pipeline.Refusal) Reply {
	key := idea.Key.String()
	blocks := []slack.Block{
		slack.NewSectionBlock(plain(refused.Error()), nil, nil),
		buttons(
			primary(button(actionBringBack+":discovery", "Bring it back to discovery", key, newParams("idea", key, "to", string(pipeline.Discovery), "in", p.Get("in")))),
			button(actionPage, "See what is in it", "the Product Backlog", newParams("team", string(idea.Key.Team), "stage", string(pipeline.Backlog), "in", p.Get("in"))),
		),
	}
	if req.Form != nil {
		return Reply{Update: form("stage.full", key, "", metadata{Idea: key, Channel: req.Channel}, append([]slack.Block{rich(line(ideaTitle(idea)))}, blocks...)...)}
	}
	return Reply{Tell: &Post{Text: fallback(refused.Error()), Blocks: blocks}}
}
