package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// askedAtDeadline is the message that asks the owner of a started test what it
// showed, when its last day ends.
func askedAtDeadline(run pipeline.Run, loc *time.Location) storage.Outgoing {
	key, id, day := run.Idea.String(), strconv.Itoa(run.ID), lastDay(run)
	return storage.Outgoing{
		ID: "test:" + key + ":" + id + ":" + day, Kind: drawTestDue, Subject: key, User: run.Owner(),
		Due: run.Deadline(loc), Args: map[string]string{"run": id, "deadline": day},
	}
}

// lastDay of a test: "2026-11-30".
func lastDay(run pipeline.Run) string {
	return run.Answers[pipeline.AnswerKey(pipeline.ItemDeadline)].Value
}

// drawTestDue makes the message that asks what a test showed, if it still runs
// with that deadline, see whoAnswers.
func (app *App) drawTestDue(ctx context.Context, c storage.Claimed) (Drawn, error) {
	key, err := pipeline.ParseKey(c.Subject)
	if err != nil {
		return Drawn{}, fmt.Errorf("draw %s %q: %w", c.Kind, c.Subject, err)
	}
	id, err := strconv.Atoi(c.Args["run"])
	if err != nil {
		return Drawn{}, fmt.Errorf("draw %s of %s: run %q", c.Kind, key, c.Args["run"])
	}
	run, err := app.Store.Run(ctx, key, id)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return Drawn{Skip: true}, nil
	case err != nil:
		return Drawn{}, err
	case run.Started.IsZero(), run.Observation != nil, lastDay(run) != c.Args["deadline"]:
		return Drawn{Skip: true}, nil
	}
	idea, err := app.Store.Idea(ctx, key)
	if err != nil || !idea.Withdrawn.IsZero() {
		return Drawn{Skip: err == nil}, err
	}
	team, err := app.Store.Team(ctx, key.Team)
	if err != nil {
		return Drawn{}, err
	}
	owner, found, err := app.whoAnswers(ctx, run, team)
	if err != nil || !found {
		return Drawn{Skip: err == nil}, err
	}
	readable, err := app.known(ctx, owner, pipeline.ReadTeam, team)
	if err != nil {
		return Drawn{}, err
	}
	return Drawn{User: owner.ID, Post: testDue(app, idea, run, readable)}, nil
}

// known tells whether somebody may do that in the team as far as is known of where
// they are. What belongs to a private channel is shown to those who are known to
// be in it. The others are asked as well, in words that tell nothing.
func (app *App) known(ctx context.Context, p pipeline.Person, action pipeline.Action, team pipeline.Team) (bool, error) {
	present, err := app.Store.Present(ctx, p.ID, []string{team.Channel})
	if err != nil {
		return false, err
	}
	kind, inChannel := present[team.Channel]
	inChannel = inChannel && (!team.Private || kind == storage.PrivateChannel)
	return pipeline.May(app.Policy, p, action, pipeline.Where{Team: &team, InChannel: inChannel}).OK, nil
}

// whoAnswers is whom a test's deadline concerns: whoever owns the test by now, and
// where they have left or may not read the team's ideas even in its channel,
// whoever started it. found is false where that one may not either.
func (app *App) whoAnswers(ctx context.Context, run pipeline.Run, team pipeline.Team) (p pipeline.Person, found bool, err error) {
	for _, user := range []string{run.Owner(), run.StartedBy} {
		if p, err = app.Lookup(ctx, user); err != nil {
			return p, false, err
		}
		if pipeline.May(app.Policy, p, pipeline.ReadTeam, pipeline.Where{Team: &team, InChannel: true}).OK {
			return p, true, nil
		}
	}
	return p, false, nil
}

// testDue asks what a test showed, and for nothing else. Where the reader is not
// known to be among those who may read the idea, it tells nothing of it.
func testDue(app *App, idea pipeline.Idea, run pipeline.Run, readable bool) Post {
	key := idea.Key.String()
	words := Mrkdwn("The test on " + key + " is at its deadline. What did it show?")
	observe := newParams("idea", key, "run", strconv.Itoa(run.ID), "part", partObserve)
	ask := primary(button(actionTestObserve, "Say what it showed", "about "+key, observe))
	if !readable {
		return Post{Text: words, Blocks: []slack.Block{
			say(words),
			note("It belongs to a private channel. Type `" + Mrkdwn(app.command("/align")) + "` in it first, so that I know that you are in it."),
			buttons(ask),
		}}
	}
	return Post{Text: words, Blocks: []slack.Block{
		rich(line(text("The test that you run is at its deadline. "), bold("What did it show?")), line(ideaTitle(idea))),
		promised(run),
		buttons(ask),
	}}
}
