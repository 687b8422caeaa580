package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"alignbot/pipeline"
)

// KindReview is the kind of sheet of a sprint's review, and begins the kinds of its
// outbox entries.
const KindReview = "review"

// reviewsOpen lists the reviews of a team that are open, and reviewsAsked those that
// ask a person who has answered nothing in them yet, both by their deadline.
const (
	reviewsOpen  = "open"
	reviewsAsked = "asked"
)

// reviews: the number of a review is that of its sprint.
var reviews = shelf[pipeline.Review]{
	kind: KindReview,
	name: reviewName,
	named: func(r *pipeline.Review, name SheetName, version int64) {
		r.Team, r.Number, r.Version = pipeline.TeamKey(name.Owner), name.Number, version
	},
	version: func(r pipeline.Review) int64 { return r.Version },
	places: func(r pipeline.Review) []Place {
		if !r.IsOpen() {
			return nil
		}
		places := []Place{{Owner: string(r.Team), List: reviewsOpen, Score: r.Deadline.UnixMilli()}}
		for _, user := range r.Asked {
			places = append(places, askedInReview(r, user))
		}
		return places
	},
}

func askedInReview(r pipeline.Review, user string) Place {
	return Place{Owner: "@" + user, List: reviewsAsked, Score: r.Deadline.UnixMilli()}
}

func reviewName(r pipeline.Review) SheetName {
	return SheetName{Owner: string(r.Team), Number: r.Number}
}

// ReviewState is a review with what was answered.
type ReviewState struct {
	Review pipeline.Review
	// Answers of each person to each outcome, by outcome and person.
	Answers []pipeline.ReviewAnswer
	// Message that shows the review, and Threads those that show its outcomes; of
	// what is not posted there is none.
	Message pipeline.Message
	Threads map[pipeline.OutcomeKey]pipeline.Message
	// Times is how often something was answered, changed and taken back.
	Times int64
}

// Mine is what the user answered about the outcome.
func (s ReviewState) Mine(user string, outcome pipeline.OutcomeKey) pipeline.ReviewAnswer {
	for _, a := range s.Answers {
		if a.By == user && a.Outcome == outcome {
			return a
		}
	}
	return pipeline.ReviewAnswer{By: user, Outcome: outcome}
}

// ReviewConflictError says that somebody changed the review, or answered where that
// counts, since it was read. Nothing was written.
type ReviewConflictError struct {
	// Current is what it is now; its Version is 0 where there is none.
	Current ReviewState
}

func (e *ReviewConflictError) Error() string {
	return fmt.Sprintf("review %s was changed meanwhile and is at version %d", reviewName(e.Current.Review), e.Current.Review.Version)
}

// The parts of an answer, as the fields have them under which they are said.
const (
	partEvidence   = "evidence"
	partConfidence = "confidence"
	partWords      = "words"
)

// OpenReview stores a review that is new: a sprint has one. Where it has it already,
// the error is a *ReviewConflictError.
func (s *Store) OpenReview(ctx context.Context, op string, r pipeline.Review, after ...Outgoing) (pipeline.Review, error) {
	return s.writeReview(ctx, sheetWrite[pipeline.Review]{Op: op, Sheet: r, After: after})
}

// ChangeReview stores what is said about a review that stays open, in place of the
// version it was read at, else the error is a *ReviewConflictError. Who has answered
// is not asked anew.
func (s *Store) ChangeReview(ctx context.Context, op string, r pipeline.Review, after ...Outgoing) (pipeline.Review, error) {
	return s.writeReview(ctx, sheetWrite[pipeline.Review]{Op: op, Sheet: r, InPlace: true, After: after})
}

// CloseReview is ChangeReview for what was decided from all answers: it conflicts
// where somebody answered since state was read, too.
func (s *Store) CloseReview(ctx context.Context, op string, state ReviewState, closed pipeline.Review, after ...Outgoing) (pipeline.Review, error) {
	return s.writeReview(ctx, sheetWrite[pipeline.Review]{Op: op, Sheet: closed, Times: &state.Times, After: after})
}

func (s *Store) writeReview(ctx context.Context, w sheetWrite[pipeline.Review]) (pipeline.Review, error) {
	stored, err := reviews.write(ctx, s, w)
	if current, conflicts := conflictOf[pipeline.Review](err); conflicts {
		state, broken := reviewState(current)
		if broken != nil {
			return pipeline.Review{}, broken
		}
		return pipeline.Review{}, &ReviewConflictError{Current: state}
	}
	return stored, err
}

// ReviewAnswering is what one person says about an outcome.
type ReviewAnswering struct {
	Op string
	// Seen is the review as the answer was made from it.
	Seen   ReviewState
	Answer pipeline.ReviewAnswer
	// Only is the question that is answered, where it is one with a click.
	Only  pipeline.Field
	Acted Acted
	Draft Slot // to drop with it
}

// AnswerReview keeps what the person says about an outcome where it differs from
// what they said before: each part of it by itself, so that nothing of what they say
// in two places at once is lost. Nobody who has answered is asked any more.
// ErrOvertaken, beside what is kept, when they said something else later; ErrClosed when
// the review was closed meanwhile; the state is then what it was closed with.
func (s *Store) AnswerReview(ctx context.Context, r ReviewAnswering, after ...Outgoing) (ReviewState, error) {
	state, a, draft := r.Seen, r.Answer, r.Draft
	before := state.Mine(a.By, a.Outcome)
	// What was clicked is told even where it is so already: a click from before it may
	// still come.
	parts := []struct {
		name  string
		value any
		said  bool // what is not said is taken back
		tell  bool
	}{
		{partEvidence, a.Evidence, a.Evidence != "", a.Evidence != before.Evidence || r.Only == pipeline.FieldReviewEvidence},
		{partConfidence, a.Confidence, a.Confidence != 0, a.Confidence != before.Confidence || r.Only == pipeline.FieldConfidence},
		{partWords, a.Words, a.Words != pipeline.ReviewWords{}, a.Words != before.Words || draft.Name != ""},
	}
	for _, part := range parts {
		if !part.tell {
			continue
		}
		t := Telling{
			Op: r.Op + ":" + part.name, Name: reviewName(state.Review), Field: reviewField(a.By, a.Outcome, part.name),
			While: map[string]string{"closed": ""}, Acted: r.Acted, By: a.By, Leave: askedInReview(state.Review, a.By), After: after,
		}
		if part.name == partWords {
			t.Draft = draft
		}
		if part.said {
			text, err := json.Marshal(part.value)
			if err != nil {
				return state, err
			}
			t.Text = string(text)
		}
		said, told, err := reviews.say(ctx, s, t)
		if err != nil {
			return state, err
		}
		if state, err = reviewState(said); err != nil {
			return state, err
		}
		switch told {
		case TellOver:
			return state, ErrClosed
		case TellOvertaken:
			return state, ErrOvertaken
		}
	}
	return state, nil
}

func reviewField(user string, outcome pipeline.OutcomeKey, part string) string {
	return user + " " + outcome.String() + " " + part
}

// ErrClosed says that what somebody wanted to add to was closed meanwhile. Nothing
// was written.
var ErrClosed = errors.New("closed meanwhile")
