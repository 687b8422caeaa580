package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"alignbot/pipeline"
)

// Review reads the review of a sprint with what was answered, or gives ErrNotFound.
func (s *Store) Review(ctx context.Context, team pipeline.TeamKey, number int) (ReviewState, error) {
	state, err := reviews.get(ctx, s, SheetName{Owner: string(team), Number: number})
	if err != nil {
		return ReviewState{}, err
	}
	return reviewState(state)
}

// Reviews gives a page of the team's reviews, the newest first, from page 1 on, and
// how many there are.
func (s *Store) Reviews(ctx context.Context, team pipeline.TeamKey, page, size int) ([]pipeline.Review, int, error) {
	found, err := reviews.list(ctx, s, SheetWant{Owner: string(team), Offset: (page - 1) * size, Most: size})
	if err != nil {
		return nil, 0, err
	}
	return sheetsOf(found), found.Total, nil
}

// Reviewed tells who answered in the team's newest n reviews, the newest first, in one
// round trip.
func (s *Store) Reviewed(ctx context.Context, team pipeline.TeamKey, n int) ([]pipeline.Reviewed, error) {
	found, err := reviews.list(ctx, s, SheetWant{Owner: string(team), Most: n, Said: true})
	if err != nil {
		return nil, err
	}
	var all []pipeline.Reviewed
	for _, sheet := range found.Sheets {
		state, err := reviewState(sheet)
		if err != nil {
			return nil, err
		}
		reviewed := pipeline.Reviewed{At: state.Review.Opened, By: pipeline.Answered(state.Answers)}
		if !state.Review.IsOpen() {
			reviewed.At = state.Review.Closed
		}
		all = append(all, reviewed)
	}
	return all, nil
}

// OpenReviews gives up to n reviews of the team that are open, the last deadline
// first.
func (s *Store) OpenReviews(ctx context.Context, team pipeline.TeamKey, n int) ([]pipeline.Review, error) {
	found, err := reviews.list(ctx, s, SheetWant{Owner: string(team), List: reviewsOpen, Most: n})
	return sheetsOf(found), err
}

// ReviewsFor gives up to n reviews that ask the user by name, who has answered nothing
// in them yet, the first deadline first.
func (s *Store) ReviewsFor(ctx context.Context, user string, n int) ([]pipeline.Review, error) {
	found, err := reviews.list(ctx, s, SheetWant{Owner: "@" + user, List: reviewsAsked, Most: n, Until: farAhead})
	return sheetsOf(found), err
}

// reviewState reads what was said to a review.
func reviewState(stored SheetState[pipeline.Review]) (ReviewState, error) {
	state := ReviewState{Review: stored.Sheet, Times: stored.Times, Threads: map[pipeline.OutcomeKey]pipeline.Message{}}
	broken := func(what string, err error) (ReviewState, error) {
		return ReviewState{}, fmt.Errorf("storage: review %s: %s: %w", reviewName(stored.Sheet), what, err)
	}
	for part, message := range stored.Messages {
		if part == "" {
			state.Message = message
			continue
		}
		outcome, err := pipeline.ParseOutcomeKey(part)
		if err != nil {
			return broken("a message", err)
		}
		state.Threads[outcome] = message
	}
	answers := map[string]*pipeline.ReviewAnswer{} // by person and outcome
	for field, text := range stored.Said {
		words := strings.Fields(field)
		if len(words) != 3 {
			return broken("an answer", &shapeError{"three words", field})
		}
		who := words[0] + " " + words[1]
		a := answers[who]
		if a == nil {
			outcome, err := pipeline.ParseOutcomeKey(words[1])
			if err != nil {
				return broken("an answer", err)
			}
			a = &pipeline.ReviewAnswer{By: words[0], Outcome: outcome}
			answers[who] = a
		}
		var into any
		switch words[2] {
		case partEvidence:
			into = &a.Evidence
		case partConfidence:
			into = &a.Confidence
		case partWords:
			into = &a.Words
		default:
			continue // of a newer version
		}
		if err := json.Unmarshal([]byte(text), into); err != nil {
			return broken("an answer", err)
		}
	}
	for _, a := range answers {
		state.Answers = append(state.Answers, *a)
	}
	slices.SortFunc(state.Answers, func(a, b pipeline.ReviewAnswer) int {
		return cmp.Or(cmp.Compare(a.Outcome.Number, b.Outcome.Number), cmp.Compare(a.By, b.By))
	})
	return state, nil
}

// reviewsLooked is how many of a team's newest sprints and reviews are looked at to
// find the one that is meant by "the review".
const reviewsLooked = 5

// WantReviewed adds to a want what the review of the sprint with that number is
// drawn from: Loaded.Reviewed gives it.
func (w Want) WantReviewed(number int) Want {
	w.Nodes = true
	w.Sheets = []SheetWant{{Kind: sprints.kind, Number: number}, {Kind: KindReview, Number: number, Said: true}}
	return w
}

// Reviewed gives the sprint and its review, as WantReviewed wanted them: nil without
// such a sprint, a review at version 0 while it is not opened.
func (l Loaded) Reviewed() (*pipeline.Sprint, ReviewState, error) {
	sprint, err := sprints.in(l, 0)
	if err != nil || len(sprint.Sheets) == 0 {
		return nil, ReviewState{}, err
	}
	review, err := reviews.in(l, 1)
	if err != nil || len(review.Sheets) == 0 {
		return &sprint.Sheets[0].Sheet, ReviewState{}, err
	}
	state, err := reviewState(review.Sheets[0])
	return &sprint.Sheets[0].Sheet, state, err
}

// WantReviewNow adds to a want what tells which review is meant where none is named:
// Loaded.ReviewsNow gives it.
func (w Want) WantReviewNow() Want {
	w.Sheets = []SheetWant{{Kind: sprints.kind, Most: reviewsLooked}, {Kind: KindReview, Most: reviewsLooked}}
	return w
}

// ReviewsNow gives the team's newest sprints and reviews, as WantReviewNow wanted
// them, the newest first.
func (l Loaded) ReviewsNow() ([]pipeline.Sprint, []pipeline.Review, error) {
	newest, err := sprints.in(l, 0)
	if err != nil {
		return nil, nil, err
	}
	held, err := reviews.in(l, 1)
	return sheetsOf(newest), sheetsOf(held), err
}
