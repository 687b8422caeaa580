package commands

import (
	"context"
	"slices"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantSuggestion: the idea, and the node suggested for it, that a button names.
func wantSuggestion(req *Request) (storage.Want, error) {
	p, key, err := req.buttonIdea()
	if err != nil {
		return storage.Want{}, err
	}
	node, err := pipeline.ParseNodeKey(p.Get("outcome"))
	if err == nil && node.Team != key.Team {
		err = stale
	}
	if err != nil {
		return storage.Want{}, stale
	}
	return storage.Want{Idea: key, Node: node, Chain: true}, nil
}

// suggestion is what a button carries, the idea that it names and the node
// suggested for it.
func (req *Request) suggestion() (params, pipeline.Idea, pipeline.Node, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return params{}, pipeline.Idea{}, pipeline.Node{}, err
	}
	key, err := pipeline.ParseNodeKey(p.Get("outcome"))
	if err != nil {
		return params{}, pipeline.Idea{}, pipeline.Node{}, stale
	}
	node, known := req.Loaded.Nodes.Node(key)
	if !known {
		err = stale
	}
	return p, idea, node, err
}

// acceptSuggestion links the idea to what was suggested for it.
func acceptSuggestion(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, node, err := req.suggestion()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.First || !slices.Contains(idea.Outcomes, node.Key) { // else an earlier delivery did it
		_, err := again(idea, func(now pipeline.Idea) error {
			after, event, err := pipeline.Link(now, node, req.Person.ID, req.Now)
			if err == nil {
				idea, err = app.Store.AcceptLink(ctx, req.Op, after, node.Key, storage.Slot{}, event, telling(req.Op, *req.Loaded.Team, after, event)...)
			}
			return err
		})
		if err != nil {
			return Reply{}, closedMeanwhile(err, idea, node)
		}
	}
	return app.answerSuggestion(ctx, req, p, idea, linkedWords(idea, node)), nil
}

// dismissSuggestion keeps that the idea is not for what was suggested.
func dismissSuggestion(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, node, err := req.suggestion()
	if err != nil {
		return Reply{}, err
	}
	if err := app.Store.Dismiss(ctx, req.Op, idea.Key, node.Key); err != nil {
		return Reply{}, err
	}
	words := Mrkdwn(node.Key.String() + " is not suggested for " + idea.Key.String() + " again.")
	if p.Get("in") == inCard {
		card := storage.Outgoing{ID: "card:" + idea.Key.String(), Kind: drawCard, Subject: idea.Key.String(), Channel: req.Loaded.Team.Channel}
		if err := app.Store.Enqueue(ctx, card); err != nil {
			return Reply{}, err
		}
	}
	return app.answerSuggestion(ctx, req, p, idea, words), nil
}

// answerSuggestion redraws what the suggestion stood in, else tells. The answer is
// stored: a view that cannot be drawn must not deny it.
func (app *App) answerSuggestion(ctx context.Context, req *Request, p params, idea pipeline.Idea, words Mrkdwn) Reply {
	told := tell(words)
	private := req.Message != nil && req.Message.Private
	switch {
	case p.Get("in") == inCaptured && private:
		return Reply{After: func(ctx context.Context) Reply {
			if post := app.toAnswer(ctx, req, idea, p.Get("known") != ""); post != nil {
				return Reply{Replace: post}
			}
			return Reply{Replace: told.Tell}
		}}
	case p.Get("in") == inOrphans && private:
		if post, err := app.orphansPage(ctx, req, newParams("team", string(idea.Key.Team), "page", p.Get("page"))); err == nil {
			return Reply{Replace: post}
		}
	}
	return app.answer(ctx, req, p, told)
}
