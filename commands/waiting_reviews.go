package commands

import (
	"context"
	"errors"
	"slices"

	"alignbot/pipeline"
	"alignbot/storage"
)

// waitingReviews are the reviews of the person's teams, and those that ask them by name,
// that they have answered nothing in.
func waitingReviews(ctx context.Context, s *waitScene) ([]waitingThing, int, error) {
	open, err := s.openReviews(ctx)
	if err != nil {
		return nil, 0, err
	}
	var things []waitingThing
	more := 0
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
	return things, more, nil
}

// openReviews are the reviews in which the person can answer. Nothing is told of one in
// a team that they cannot see from where they are, though it asks them by name.
func (s *waitScene) openReviews(ctx context.Context) ([]pipeline.Review, error) {
	ofTeams := make([][]pipeline.Review, len(s.teams))
	var asking []pipeline.Review
	reads, reading := storage.Together(ctx)
	for i, team := range s.teams {
		if s.elsewhere(team.Key) {
			continue
		}
		reads.Go(func() (err error) {
			ofTeams[i], err = s.app.Store.OpenReviews(reading, team.Key, waitingShown)
			return err
		})
	}
	reads.Go(func() (err error) {
		asking, err = s.app.Store.ReviewsFor(reading, s.req.Person.ID, waitingShown)
		return err
	})
	if err := reads.Wait(); err != nil {
		return nil, err
	}
	open := slices.Concat(ofTeams...)
	for _, r := range asking {
		of := func(team pipeline.Team) bool { return team.Key == r.Team }
		if s.elsewhere(r.Team) || slices.ContainsFunc(s.teams, of) {
			continue
		}
		seen, err := s.sees(ctx, r.Team)
		if err != nil {
			return nil, err
		}
		if seen {
			open = append(open, r)
		}
	}
	return open, nil
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
