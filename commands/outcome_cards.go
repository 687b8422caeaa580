package commands

import (
	"context"
	"errors"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Cards show the statement and the number of what their idea is for first, and
// published canvases those of outcomes made of their boxes; which change without them.

// cardsDrawn is how many cards are drawn anew when that changes: those of the newest
// ideas, the outcome's own first. What is older shows it when something happens to
// it.
const cardsDrawn = 20

// redrawCards is the job that does it, for what the operation changed.
func redrawCards(op string, outcome pipeline.OutcomeKey) storage.Outgoing {
	return storage.Outgoing{ID: "cards:" + outcome.String() + ":" + op, Kind: drawCards, Subject: outcome.String()}
}

// drawCards does that job. It sends nothing itself.
func (app *App) drawCards(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	key, err := pipeline.ParseOutcomeKey(c.Subject)
	if err != nil {
		return Drawn{}, err
	}
	team, err := app.Store.Team(ctx, key.Team)
	if errors.Is(err, storage.ErrNotFound) {
		return done, nil
	}
	if err != nil {
		return Drawn{}, err
	}
	facts, err := app.Store.Tree(ctx, key.Team)
	if err != nil {
		return Drawn{}, err
	}
	var cards []storage.Outgoing
	for _, node := range linkedNodes(facts, key, app.Now()) {
		linked, err := app.Store.Linked(ctx, node, 1, cardsDrawn)
		if err != nil {
			return Drawn{}, err
		}
		for _, idea := range linked.Ideas {
			if len(cards) < cardsDrawn && !idea.Card.IsZero() && idea.Outcomes[0] == node {
				cards = append(cards, storage.Outgoing{ID: "card:" + idea.Key.String(), Kind: drawCard, Subject: idea.Key.String(), Channel: team.Channel})
			}
		}
		if len(cards) == cardsDrawn {
			break
		}
	}
	shown, err := app.tiedChanged(ctx, team, func(b pipeline.Box) bool { return b.Outcome == key })
	if cards = append(cards, shown...); err != nil || len(cards) == 0 {
		return done, err
	}
	return done, app.Store.Enqueue(ctx, cards...)
}
