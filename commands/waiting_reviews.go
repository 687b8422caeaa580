package commands

import (
	"context"
	"errors"
	"slices"

	"alignbot/pipeline"
	"alignbot/storage"
)

// waitingReviews are the reviews of the person's teams that they have answered nothing
// in.
func waitingReviews(ctx context.Context, s *waitScene) ([]waitingThing, int, error) {
	var things []waitingThing
	more := 0
	for _, team := range s.teams {
		if s.elsewhere(team.Key) {
			continue
		}
		open, err := s.app.Store.OpenReviews(ctx, team.Key, waitingShown)
		if err != nil {
			return nil, 0, err
		}
		for _, r := range open {
			if len(r.Outcomes) == 0 || !r.Answerable(s.req.Now) {
				continue
			}
			state, err := s.app.Store.Review(ctx, r.Team, r.Number)
			switch {
			case err != nil:
				return nil, 0, err
			case answeredIn(state, s.req.Person.ID):
			case len(things) == waitingShown:
				more++
			default:
				things = append(things, reviewThing(r))
			}
		}
	}
	return things, more, nil
}

// answeredIn tells whether the user said anything in the review.
func answeredIn(state storage.ReviewState, user string) bool {
	return slices.ContainsFunc(state.Answers, func(a pipeline.ReviewAnswer) bool { return a.By == user && !a.IsZero() })
}

// reviewThing asks for answers in a review, about the outcome of its goal first.
func reviewThing(r pipeline.Review) waitingThing {
	outcome, name := r.Outcomes[0], storage.SheetName{Owner: string(r.Team), Number: r.Number}.String()
	step := answerReviewButton(reviewPlace{team: r.Team, number: r.Number, outcome: outcome}, "Answer", "")
	step.ActionID += ":" + name
	return waitingThing{
		Waiting: pipeline.Waiting{Kind: pipeline.WaitReview, Subject: name, Due: r.Deadline},
		words: []Mrkdwn{
			"The review of the sprint asks what it did for " + Mrkdwn(outcome.String()) + ", until ", whenTime(r.Deadline), ".\n", escape(pipeline.Cut(r.Goal, cardTextLimit)),
		},
		step: step,
	}
}

// settledReview says what became of a review.
func settledReview(ctx context.Context, s *waitScene, subject string) (settledThing, error) {
	name, err := storage.ParseSheetName(subject)
	if err != nil {
		return settledThing{}, stale
	}
	state, err := s.app.Store.Review(ctx, pipeline.TeamKey(name.Owner), name.Number)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return settledThing{words: "The review of the sprint"}, nil
	case err == nil && answeredIn(state, s.req.Person.ID):
		return settledThing{words: "Your answer in the review of the sprint", done: true}, nil
	}
	return settledThing{words: "The review of the sprint is closed"}, err
}
