package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a round ends: at its deadline, by itself, or early by a click.

// mayCloseRound is what closing a round asks for, as the button claims who started
// it. The rule asks again, of the round that is stored.
func mayCloseRound(req *Request) pipeline.Action {
	if p, err := decodeParams(req.Value); err == nil && p.Get("by") == req.Person.ID {
		return pipeline.AskRound
	}
	return pipeline.CloseAnyRound
}

// closeRoundButton closes a round before its deadline; in names the form it stands
// in, "" for a message.
func closeRoundButton(r pipeline.Round, in string) *slack.ButtonBlockElement {
	return confirm(button(actionRoundClose, "Close it now", "(the round of questions)", roundValue(r, in).set("by", r.StartedBy)),
		"Close the round?", "No answer is taken any more, and the answers are told in its thread. A closed round stays closed.", "Close it")
}

// closeRound closes a round before its deadline.
func closeRound(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	state, err := app.wantedRound(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	for range busyTries {
		closed, err := pipeline.CloseRound(app.Policy, req.Person, req.where(), state.Round, state.Now)
		if err != nil && !req.Loaded.First && state.Round.ClosedBy == req.Person.ID {
			// By an earlier try of this very click.
			return app.answer(ctx, req, p, roundClosed(state)), nil
		}
		if err != nil {
			return Reply{}, err
		}
		closed, err = app.Store.CloseRound(ctx, req.Op, state, closed, storage.Slot{}, afterRound(*req.Loaded.Team, closed)...)
		var conflict *storage.RoundConflictError
		switch {
		case err == nil:
			state.Round = closed
			return app.answer(ctx, req, p, roundClosed(state)), nil
		case !errors.As(err, &conflict):
			return Reply{}, err
		}
		state = conflict.Current
	}
	return Reply{}, roundBusy(state.Round)
}

// roundClosed tells whoever closed a round that it is.
func roundClosed(state storage.RoundState) Reply {
	words := Mrkdwn("The round is closed. Its answers are told in the thread of its message.")
	if len(state.Answers) == 0 {
		words = "The round is closed. Its message tells what came of it."
	}
	return tell(words, buttons(roundSteps(state)...))
}

// roundBusy is said when others were faster each time.
func roundBusy(r pipeline.Round) error {
	return &pipeline.Problem{
		Code: "round-busy",
		What: fmt.Sprintf("Several people are at round %d of %s at this moment.", r.ID, r.Team),
		Safe: "Nothing of theirs was overwritten.",
		Next: "Please try again.",
	}
}

// drawRoundClose closes a round whose deadline has come. It sends nothing itself.
func (app *App) drawRoundClose(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	state, team, err := app.drawnRound(ctx, c, "")
	if err != nil || team.Key == "" {
		return done, err
	}
	for range busyTries {
		closed, due := state.Round.CloseAt(state.Now)
		if !due {
			if !state.Round.Running() {
				return done, nil
			}
			entry := c.Outgoing // the store's clock has not come to it
			entry.ID, entry.Due = c.ID+":again", state.Round.Deadline
			return done, app.Store.Enqueue(ctx, entry)
		}
		_, err = app.Store.CloseRound(ctx, c.ID, state, closed, storage.Slot{}, afterRound(team, closed)...)
		var conflict *storage.RoundConflictError
		if !errors.As(err, &conflict) {
			return done, err
		}
		state = conflict.Current
	}
	return Drawn{}, roundBusy(state.Round)
}
