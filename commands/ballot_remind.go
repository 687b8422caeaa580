package commands

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The reminder of a ballot that waits for somebody's vote.

// remindedAtOnce is how many reminders are stored in one step.
const remindedAtOnce = 200

// drawBallotRemind gives everybody who has not voted on a ballot an entry of
// their own. It sends nothing itself, and does the same when it is done again.
func (app *App) drawBallotRemind(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	key, id, err := ballotOf(c.Outgoing)
	if err != nil {
		return Drawn{}, err
	}
	poll, err := app.Store.Ballot(ctx, key, id, "")
	if errors.Is(err, storage.ErrNotFound) {
		return done, nil
	}
	if err != nil || !poll.Ballot.Running() {
		return done, err
	}
	if later := remindLater(poll); !later.IsZero() {
		entry := remindOnTime(poll.Ballot)
		entry.ID, entry.Due = c.ID+":again", later // this one is done with
		return done, app.Store.Enqueue(ctx, entry)
	}
	silent, err := app.Store.NotVoted(ctx, key, id)
	if err != nil {
		return Drawn{}, err
	}
	for users := range slices.Chunk(silent, remindedAtOnce) {
		var reminders []storage.Outgoing
		for _, user := range users {
			entry := ballotEntry(drawReminder, "remind:"+ballotName(poll.Ballot)+":"+user, poll.Ballot)
			entry.User = user
			reminders = append(reminders, entry)
		}
		if err := app.Store.Enqueue(ctx, reminders...); err != nil {
			return Drawn{}, err
		}
	}
	return done, nil
}

// remindLater is when to look again where a reminder was missed, because nothing
// ran until the deadline: once it is known whether there is more time, and when
// most of that is over. The zero time where it can be sent.
func remindLater(poll storage.Polled) time.Time {
	switch b := poll.Ballot; {
	case !votable(poll):
		return poll.Now.Add(clocksApart)
	case b.Extended && poll.Now.Before(b.RemindAt()):
		return b.RemindAt()
	}
	return time.Time{}
}

// drawReminder makes the message that reminds one person, if the ballot still
// takes votes and theirs is missing.
func (app *App) drawReminder(ctx context.Context, c storage.Claimed) (Drawn, error) {
	skip := Drawn{Skip: true}
	key, id, err := ballotOf(c.Outgoing)
	if err != nil {
		return Drawn{}, err
	}
	poll, err := app.Store.Ballot(ctx, key, id, c.User)
	if errors.Is(err, storage.ErrNotFound) {
		return skip, nil
	}
	if err != nil || !votable(poll) || poll.Mine != nil {
		return skip, err
	}
	team, err := app.Store.Team(ctx, key.Team)
	if err != nil {
		return Drawn{}, err
	}
	voter, err := app.Lookup(ctx, c.User)
	if err != nil {
		return Drawn{}, err
	}
	if !pipeline.May(app.Policy, voter, pipeline.CastVote, pipeline.Where{Team: &team, InChannel: true}).OK {
		return skip, nil // deactivated since, or a guest where guests are not welcome any more
	}
	known, err := app.known(ctx, voter, pipeline.CastVote, team)
	if err != nil {
		return Drawn{}, err
	}
	return Drawn{User: c.User, Post: reminder(app, poll, known)}, nil
}

// reminder asks for a vote. Where the reader is not known to be where the idea may
// be read, it tells nothing of it, and leads there: who votes in a channel is in
// it.
func reminder(app *App, poll storage.Polled, known bool) Post {
	b := poll.Ballot
	words := Mrkdwn("A ballot on " + b.Idea.String() + " waits for your vote, until " + string(whenTime(b.Deadline)) + ".")
	var where []Mrkdwn
	if !poll.Message.IsZero() {
		where = []Mrkdwn{link(app.permalink(poll.Message, ""), "Open the ballot")}
	}
	if !known {
		return Post{Text: words, Blocks: []slack.Block{
			say(words), note(join(append([]Mrkdwn{"It is shown in its team's channel: vote there."}, where...), " ")),
		}}
	}
	promise := append([]Mrkdwn{Mrkdwn(b.Level.Promise()), "Beside your nudge of the day, this is the only reminder."}, where...)
	return Post{Text: words, Blocks: []slack.Block{
		rich(line(bold(ballotQuestion(b))), line(text(poll.Title))),
		say("Your vote is missing. You can vote until *" + whenTime(b.Deadline) + "*."),
		note(join(promise, " ")),
		buttons(append(choiceButtons(b, ""), reasonButton(b, ""))...),
	}}
}
