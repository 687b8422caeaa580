package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What waits for somebody because others ask: ballots and rounds of questions.

// pollsAsked is how many running ballots of a person are looked at for those that
// wait for their vote, and roundsAsked how many running rounds for those that wait
// for their answer.
const (
	pollsAsked  = 50
	roundsAsked = 20
)

// waitingVotes are the ballots that wait for the person's vote.
func waitingVotes(ctx context.Context, s *waitScene) ([]waitingThing, int, error) {
	polls, err := s.app.Store.Polls(ctx, s.req.Person.ID, pollsAsked)
	if err != nil {
		return nil, 0, err
	}
	polls = slices.DeleteFunc(polls, func(poll storage.Poll) bool {
		return poll.Voted || s.elsewhere(poll.Ballot.Idea.Team) || !s.req.Now.Before(poll.Ballot.Deadline)
	})
	shown := polls[:min(len(polls), waitingShown)]
	var things []waitingThing
	for _, poll := range shown {
		known, err := s.sees(ctx, poll.Ballot.Idea.Team)
		if err != nil {
			return nil, 0, err
		}
		things = append(things, voteThing(s.app, s.req, poll, known))
	}
	return things, len(polls) - len(shown), nil
}

// voteThing asks for a vote. Of a ballot in a team that the person cannot see at the
// moment only the key is told, and where it is: who votes there is in the channel.
// known: the person is known to be where the idea may be read.
func voteThing(app *App, req *Request, poll storage.Poll, known bool) waitingThing {
	b, key := poll.Ballot, poll.Ballot.Idea.String()
	thing := waitingThing{Waiting: pipeline.Waiting{Kind: pipeline.WaitVote, Subject: ballotName(b), Due: b.Deadline}}
	if at := b.RemindAt(); !req.Now.Before(at) {
		thing.Told = at
	}
	if !known {
		thing.words = []Mrkdwn{Mrkdwn("A ballot on " + key + " waits for your vote until "), whenTime(b.Deadline), ", in its team's channel."}
		if !poll.Message.IsZero() {
			thing.words = append(thing.words, " ", link(app.permalink(poll.Message, ""), "Open the ballot"))
		}
		return thing
	}
	thing.words = []Mrkdwn{escape(ballotQuestion(b)), " It waits for your vote until ", whenTime(b.Deadline), ".\n", escape(poll.Title)}
	thing.about = b.Idea
	thing.step = button(actionVoteForm+":"+ballotName(b), "Vote…", "on "+key, ballotValue(b, ""))
	return thing
}

// settledVote says what became of a ballot.
func settledVote(ctx context.Context, s *waitScene, subject string) (settledThing, error) {
	text, number, _ := strings.Cut(subject, ":")
	key, err := pipeline.ParseKey(text)
	id, wrong := strconv.Atoi(number)
	if err != nil || wrong != nil {
		return settledThing{}, stale
	}
	poll, err := s.app.Store.Ballot(ctx, key, id, s.req.Person.ID)
	if errors.Is(err, storage.ErrNotFound) {
		return settledThing{words: "The ballot on " + key.String()}, nil
	}
	if err != nil || poll.Mine == nil && !votable(poll) {
		return settledThing{words: "The ballot on " + key.String() + " is closed"}, err
	}
	return settledThing{words: "Your vote on " + key.String(), done: true}, nil
}

// waitingRounds are the rounds of questions that wait for the person's answer.
func waitingRounds(ctx context.Context, s *waitScene) ([]waitingThing, int, error) {
	rounds, err := s.app.Store.RoundsFor(ctx, s.req.Person.ID, roundsAsked)
	if err != nil {
		return nil, 0, err
	}
	rounds = slices.DeleteFunc(rounds, func(r storage.RoundAsked) bool {
		return r.Answered || s.elsewhere(r.Round.Team) || !s.req.Now.Before(r.Round.Deadline)
	})
	shown := rounds[:min(len(rounds), waitingShown)]
	var things []waitingThing
	for _, r := range shown {
		known, err := s.sees(ctx, r.Round.Team)
		if err != nil {
			return nil, 0, err
		}
		things = append(things, roundThing(r.Round, known))
	}
	return things, len(rounds) - len(shown), nil
}

// roundThing asks for an answer to a round. Of one in a team that the person cannot
// see at the moment only its deadline is told. Everybody who is asked got a message
// when it began.
func roundThing(round pipeline.Round, known bool) waitingThing {
	words := []Mrkdwn{"A round of questions waits for your answer until ", whenTime(round.Deadline), "."}
	if known {
		words = append(words, "\n", escape(pipeline.Cut(round.Questions[0], cardTextLimit)))
		if more := len(round.Questions) - 1; more > 0 {
			words = append(words, Mrkdwn(fmt.Sprintf(" (and %d more)", more)))
		}
	} else {
		words = append(words, " It belongs to a private channel: answer there, or type a command in it first.")
	}
	answer := answerButton(round, "Answer", "")
	answer.ActionID += ":" + storage.RoundName(round)
	return waitingThing{
		Waiting: pipeline.Waiting{Kind: pipeline.WaitRound, Subject: storage.RoundName(round), Due: round.Deadline, Told: round.Started},
		words:   words, step: answer,
	}
}

// settledRound says what became of a round.
func settledRound(ctx context.Context, s *waitScene, subject string) (settledThing, error) {
	team, id, err := storage.ParseRoundName(subject)
	if err != nil {
		return settledThing{}, stale
	}
	state, err := s.app.Store.Round(ctx, team, id, s.req.Person.ID)
	if errors.Is(err, storage.ErrNotFound) {
		return settledThing{words: "The round of questions"}, nil
	}
	if err != nil || state.Mine == nil && !answerable(state) {
		return settledThing{words: "The round of questions is closed"}, err
	}
	return settledThing{words: "Your answer to the round of questions", done: true}, nil
}
