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

// Ballots that wait for somebody's vote: the reminder, and what Home and a team's
// status say.

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
	promise := append([]Mrkdwn{Mrkdwn(b.Level.Promise()), "This is the only reminder."}, where...)
	return Post{Text: words, Blocks: []slack.Block{
		rich(line(bold(ballotQuestion(b))), line(text(poll.Title))),
		say("Your vote is missing. You can vote until *" + whenTime(b.Deadline) + "*."),
		note(join(promise, " ")),
		buttons(append(choiceButtons(b, ""), reasonButton(b, ""))...),
	}}
}

const (
	// pollsAsked is how many running ballots of a person are looked at for those
	// that wait for their vote, and pollsShown how many of those are shown.
	pollsAsked = 50
	pollsShown = 5
)

// waitingPoll is a ballot that waits for somebody's vote.
type waitingPoll struct {
	storage.Poll
	// known: the person is known to be where the idea may be read.
	known bool
}

// waitingPolls are the ballots that wait for the person's vote, the soonest
// deadline first, those of one team alone unless it is "", and how many more there
// are.
func (app *App) waitingPolls(ctx context.Context, req *Request, team pipeline.TeamKey) (waiting []waitingPoll, more int, err error) {
	polls, err := app.Store.Polls(ctx, req.Person.ID, pollsAsked)
	if err != nil {
		return nil, 0, err
	}
	polls = slices.DeleteFunc(polls, func(poll storage.Poll) bool {
		return poll.Voted || team != "" && poll.Ballot.Idea.Team != team || !req.Now.Before(poll.Ballot.Deadline)
	})
	shown := polls[:min(len(polls), pollsShown)]
	seen := map[pipeline.TeamKey]bool{}
	for _, poll := range shown {
		key := poll.Ballot.Idea.Team
		if _, looked := seen[key]; !looked {
			if seen[key], err = app.seesTeam(ctx, req, key); err != nil {
				return nil, 0, err
			}
		}
		waiting = append(waiting, waitingPoll{poll, seen[key]})
	}
	return waiting, len(polls) - len(shown), nil
}

// pollBlocks ask for votes, and say how many more ballots wait.
func pollBlocks(app *App, polls []waitingPoll, more int) []slack.Block {
	var blocks []slack.Block
	for _, poll := range polls {
		blocks = append(blocks, pollBlock(app, poll))
	}
	if more > 0 {
		blocks = append(blocks, note(Mrkdwn("And "+counted(more, "more ballot waits", "more ballots wait")+" for your vote.")))
	}
	return blocks
}

// pollBlock asks for a vote. Of a ballot in a team that the person cannot see at
// the moment only the key is told, and where it is: who votes there is in the
// channel.
func pollBlock(app *App, poll waitingPoll) *slack.SectionBlock {
	b, key := poll.Ballot, poll.Ballot.Idea.String()
	if !poll.known {
		words := Mrkdwn("A ballot on " + key + " waits for your vote until " + string(whenTime(b.Deadline)) + ", in its team's channel.")
		if !poll.Message.IsZero() {
			words += " " + link(app.permalink(poll.Message, ""), "Open the ballot")
		}
		return say(words)
	}
	section := say(escape(ballotQuestion(b)), " It waits for your vote until ", whenTime(b.Deadline), ".\n", escape(poll.Title))
	vote := button(actionVoteForm+":"+ballotName(b), "Vote…", "on "+key, ballotValue(b, ""))
	section.Accessory = slack.NewAccessory(vote)
	return section
}
