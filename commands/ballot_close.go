package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a ballot ends: at its deadline, by itself, or early by a click.

// wantBallot: the idea and the ballot that a button names.
func wantBallot(req *Request) (storage.Want, error) {
	p, key, err := req.buttonIdea()
	return storage.Want{Idea: key, Ballot: p.number("ballot")}, err
}

// mayCloseBallot is what closing the ballot asks for.
func mayCloseBallot(req *Request) pipeline.Action {
	if b := req.Loaded.Ballot; b != nil && b.StartedBy == req.Person.ID {
		return pipeline.CloseOwnBallot
	}
	return pipeline.CloseAnyBallot
}

// closeButton closes a ballot before its deadline; in names the form it stands
// in, "" for a message.
func closeButton(b pipeline.Ballot, in string) *slack.ButtonBlockElement {
	return confirm(button(actionCloseBallot, "Close it now", "(the ballot on "+b.Idea.String()+")", ballotValue(b, in)),
		"Close the ballot?", "No vote is taken any more, and its result is posted. A closed ballot stays closed.", "Close it")
}

// closeBallot closes a ballot before its deadline.
func closeBallot(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	poll, err := app.polled(ctx, req, idea.Key, p.number("ballot"))
	if err != nil {
		return Reply{}, err
	}
	for range busyTries {
		closed, err := pipeline.CloseBallot(app.Policy, req.Person, req.where(), poll.Ballot, poll.Tally, poll.Now)
		if err != nil && !req.Loaded.First && poll.Ballot.ClosedBy == req.Person.ID {
			// By an earlier try of this very click.
			return app.answer(ctx, req, p, req.privately(closedPost(poll.Ballot))), nil
		}
		if err != nil {
			return Reply{}, err
		}
		event := ballotEvent(closed, poll)
		closed, err = app.Store.CloseBallot(ctx, req.Op, poll, closed, &event, afterClose(req.Op, *req.Loaded.Team, idea, closed, event)...)
		var conflict *storage.BallotConflictError
		switch {
		case err == nil:
			return app.answer(ctx, req, p, req.privately(closedPost(closed))), nil
		case !errors.As(err, &conflict):
			return Reply{}, err
		}
		poll = conflict.Current
	}
	return Reply{}, busy(idea.Key)
}

// polled is a ballot with its votes, that of the person apart, or the answer that
// there is none.
func (app *App) polled(ctx context.Context, req *Request, key pipeline.Key, n int) (storage.Polled, error) {
	missing := &pipeline.Problem{
		Code: "ballot-unknown",
		What: fmt.Sprintf("%s has no such ballot.", key),
		Safe: "Nothing was changed.",
		Next: "Open the idea's card to see where it stands.",
	}
	if n == 0 {
		return storage.Polled{}, missing
	}
	poll, err := app.Store.Ballot(ctx, key, n, req.Person.ID)
	if errors.Is(err, storage.ErrNotFound) {
		err = missing
	}
	return poll, err
}

// ballotEvent is the line of history that a ballot leaves when it is closed.
func ballotEvent(closed pipeline.Ballot, poll storage.Polled) pipeline.Event {
	return pipeline.Event{
		At: poll.Now, By: closed.ClosedBy, What: pipeline.BallotClosed, Why: closed.Result.Because, About: string(closed.Question),
	}
}

// afterClose is what must be posted when a ballot is closed: its message becomes
// the result, which is also told in its thread and where the idea came from.
func afterClose(op string, team pipeline.Team, idea pipeline.Idea, closed pipeline.Ballot, event pipeline.Event) []storage.Outgoing {
	return append(telling(op, team, idea, event), redrawBallot(team, closed), toldInBallot("result", team, closed))
}

// toldInBallot is a reply in the thread of a ballot's message: its "result", or
// that it was "extended".
func toldInBallot(what string, team pipeline.Team, b pipeline.Ballot) storage.Outgoing {
	entry := ballotEntry(drawBallotResult, what+":"+ballotName(b), b)
	entry.Channel, entry.Args["what"] = team.Channel, what
	return entry
}

// drawBallotClose does what the deadline of a ballot asks for: closes it, or
// gives it more time once. It sends nothing itself.
func (app *App) drawBallotClose(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	key, id, err := ballotOf(c.Outgoing)
	if err != nil {
		return Drawn{}, err
	}
	loaded, err := app.Store.Begin(ctx, storage.Want{Idea: key})
	if err != nil || loaded.Idea == nil || loaded.Team == nil {
		return done, err
	}
	idea, team := *loaded.Idea, *loaded.Team
	poll, err := app.Store.Ballot(ctx, key, id, "")
	if errors.Is(err, storage.ErrNotFound) {
		return done, nil
	}
	if err != nil {
		return Drawn{}, err
	}
	off, err := app.Store.Holidays(ctx, team.Key)
	if err != nil {
		return Drawn{}, err
	}
	for range busyTries {
		after, due := poll.Ballot.CloseAt(team, off.Days, poll.Tally, poll.Now)
		if !due {
			return done, app.waitForDeadline(ctx, c, poll.Ballot)
		}
		if after.Running() {
			_, err = app.Store.CloseBallot(ctx, c.ID, poll, after, nil,
				closeAtDeadline(after), redrawBallot(team, after), toldInBallot("extended", team, after))
		} else {
			event := ballotEvent(after, poll)
			_, err = app.Store.CloseBallot(ctx, c.ID, poll, after, &event, afterClose(c.ID, team, idea, after, event)...)
		}
		var conflict *storage.BallotConflictError
		if !errors.As(err, &conflict) {
			return done, err
		}
		poll = conflict.Current
	}
	return Drawn{}, busy(key)
}

// waitForDeadline looks again at a ballot whose deadline the store's clock has not
// reached. One that was extended has an entry for its new deadline, and one that
// is closed needs none.
func (app *App) waitForDeadline(ctx context.Context, c storage.Claimed, b pipeline.Ballot) error {
	entry := closeAtDeadline(b)
	if !b.Running() || !strings.HasPrefix(c.ID, entry.ID) {
		return nil
	}
	entry.ID = c.ID + ":again" // this one is done with
	return app.Store.Enqueue(ctx, entry)
}

// closedPost tells whoever closed a ballot what came of it.
func closedPost(b pipeline.Ballot) Post {
	words := Mrkdwn("The ballot on " + b.Idea.String() + " is closed. " + b.AdviceInWords() + " " + b.Result.Because)
	return Post{Text: words, Blocks: []slack.Block{say(words), buttons(ballotDetails(b, ""))}}
}
