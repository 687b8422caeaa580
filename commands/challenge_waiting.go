package commands

import (
	"context"

	"alignbot/pipeline"
	"alignbot/storage"
)

// waitingChallenges are what is asked about the ideas of the teams that the person is
// a product owner of.
func waitingChallenges(ctx context.Context, s *waitScene) ([]waitingThing, int, error) {
	asked := make([][]storage.ChallengeState, len(s.teams))
	reads, reading := storage.Together(ctx)
	for i, team := range s.teams {
		if !team.OwnedBy(s.req.Person.ID) || s.elsewhere(team.Key) {
			continue
		}
		reads.Go(func() (err error) {
			asked[i], err = s.app.Store.OpenChallenges(reading, team.Key, waitingShown+1)
			return err
		})
	}
	if err := reads.Wait(); err != nil {
		return nil, 0, err
	}
	var things []waitingThing
	more := 0
	for _, open := range asked {
		for _, state := range open {
			if len(things) == waitingShown {
				more++
				continue
			}
			idea, err := s.app.Store.Idea(ctx, state.Challenge.Key())
			if err != nil {
				return nil, 0, err
			}
			if state.Stands(idea) {
				things = append(things, challengeThing(idea, state, s.req))
			}
		}
	}
	return things, more, nil
}

// challengeThing asks a product owner for an answer. They were told in a message when
// it was asked first, and once more when the answer was due.
func challengeThing(idea pipeline.Idea, state storage.ChallengeState, req *Request) waitingThing {
	c, key := state.Challenge, idea.Key.String()
	thing := waitingThing{
		Waiting: pipeline.Waiting{Kind: pipeline.WaitChallenge, Subject: questionName(c), Due: c.Deadline, Told: c.Opened},
		about:   idea.Key, step: challengeAnswerButton(idea.Key, ""),
	}
	if !c.Reminded.IsZero() {
		thing.Told = c.Reminded
	}
	thing.step.ActionID += ":" + key
	due := Mrkdwn(" An answer is due by ")
	if c.Unanswered(req.Now) {
		due = " It is unanswered since "
	}
	thing.words = []Mrkdwn{"Is " + Mrkdwn(key) + " the best use of our time? " + Mrkdwn(counted(len(state.Asks), "person asks", "people ask")) + ".", due, whenTime(c.Deadline), ".\n", escape(pipeline.Cut(idea.Title, cardTextLimit))}
	return thing
}

// settledChallenge says what became of a question.
func settledChallenge(ctx context.Context, s *waitScene, subject string) (settledThing, error) {
	key, times, err := parseQuestionName(subject)
	if err != nil {
		return settledThing{}, stale
	}
	state, err := s.app.Store.Challenge(ctx, key, "")
	if err != nil {
		return settledThing{}, err
	}
	if answer := state.Challenge.Answer(times); answer != nil && answer.By != "" {
		return settledThing{words: "What was asked about " + key.String(), done: true}, nil
	}
	return settledThing{words: "What was asked about " + key.String() + " needs no answer any more"}, nil
}
