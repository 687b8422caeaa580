package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What is decided about a review as a whole: whether the sprint's goal was reached,
// and that it is closed.

// sayGoal puts down whether the goal was reached.
func sayGoal(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	was := pipeline.GoalWas(p.Get("was"))
	if !slices.Contains(pipeline.GoalWases(), was) {
		return Reply{}, stale
	}
	at, state, err := req.loadedReview()
	if err != nil {
		return Reply{}, err
	}
	r := state.Review
	for range busyTries {
		said, err := pipeline.SayGoal(app.Policy, req.Person, req.where(), r, was)
		if err != nil {
			return Reply{}, err
		}
		said, err = app.Store.ChangeReview(ctx, req.Op, said, redrawReview(*req.Loaded.Team, said))
		var conflict *storage.ReviewConflictError
		switch {
		case err == nil:
			words := "It is put down that the goal was " + Mrkdwn(said.GoalWas) + "."
			return app.answer(ctx, req, p, tell(words, buttons(reviewButton(at, "Show the review", "")))), nil
		case !errors.As(err, &conflict):
			return Reply{}, err
		}
		r = conflict.Current.Review
	}
	return Reply{}, reviewBusy(r)
}

// closeReview closes a review before its time. What is counted is what was answered
// when it closes.
func closeReview(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	_, s, err := app.requestedReview(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	told := func(s reviewScene) Reply {
		return app.answer(ctx, req, p, tell("The review is closed. Its summary is told in the thread of its message.", buttons(reviewButton(s.place(pipeline.OutcomeKey{}), "Details", ""))))
	}
	if !req.Loaded.First && s.Review.ClosedBy == req.Person.ID {
		return told(s), nil // by an earlier try of this very click
	}
	err = app.closing(ctx, req.Op, s, req.Now, func(r pipeline.Review, summary pipeline.ReviewSummary) (pipeline.Review, bool, error) {
		closed, err := pipeline.CloseReview(app.Policy, req.Person, req.where(), r, summary, req.Now)
		return closed, err == nil, err
	})
	if err != nil {
		return Reply{}, err
	}
	return told(s), nil
}

// drawReviewClose closes a review whose deadline has come. It sends nothing itself.
func (app *App) drawReviewClose(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done, now := Drawn{Skip: true}, app.clockOf(c)
	s, there, err := app.drawnReview(ctx, c)
	if err != nil || !there || !s.Review.IsOpen() || !s.opened() {
		return done, err
	}
	return done, app.closing(ctx, c.ID, s, now, func(r pipeline.Review, summary pipeline.ReviewSummary) (pipeline.Review, bool, error) {
		closed, due := pipeline.CloseReviewAt(r, summary, now)
		return closed, due, nil
	})
}

// closing sums a review up and closes it as the rule says: again from what it is by
// then, where somebody answered or changed it meanwhile.
func (app *App) closing(ctx context.Context, op string, s reviewScene, now time.Time, rule func(pipeline.Review, pipeline.ReviewSummary) (pipeline.Review, bool, error)) error {
	summarize, err := app.summing(ctx, s, now)
	if err != nil {
		return err
	}
	for range busyTries {
		closed, closes, err := rule(s.Review, summarize(s.ReviewState))
		if err != nil || !closes {
			return err
		}
		_, err = app.Store.CloseReview(ctx, op, s.ReviewState, closed, afterReview(s.team, closed)...)
		var conflict *storage.ReviewConflictError
		if !errors.As(err, &conflict) {
			return err
		}
		s.ReviewState = conflict.Current
	}
	return reviewBusy(s.Review)
}

// refinementsCounted are how many of the latest refinements are looked at for those
// of one sprint: more than there are workdays in it.
const refinementsCounted = 60

// summing reads what a summary needs beside the review, and gives what sums it up.
func (app *App) summing(ctx context.Context, s reviewScene, now time.Time) (func(storage.ReviewState) pipeline.ReviewSummary, error) {
	happened, gates, err := app.happenedIn(ctx, s, now)
	if err != nil {
		return nil, err
	}
	refined, _, err := app.Store.Refinements(ctx, s.team.Key, 1, refinementsCounted)
	if err != nil {
		return nil, err
	}
	refined = slices.DeleteFunc(refined, func(r pipeline.Refinement) bool { return r.Day < s.sprint.First || r.Day > s.sprint.Last })
	developers, err := app.Store.Developers(ctx, s.team.Key)
	if err != nil {
		return nil, err
	}
	before, _, err := app.Store.Reviews(ctx, s.team.Key, 1, reviewsPage)
	if err != nil {
		return nil, err
	}
	return func(state storage.ReviewState) pipeline.ReviewSummary {
		taken := pipeline.TakingPartIn(s.team, developers, pipeline.PartFacts{
			Happened: happened, Refinements: refined, Reviews: []pipeline.Reviewed{{At: now, By: pipeline.Answered(state.Answers)}},
		})
		summary := pipeline.SummarizeReview(state.Review, s.sprint, s.report, s.nodes, state.Answers, gates, taken)
		for _, r := range before {
			if r.Number < state.Review.Number && r.Summary != nil {
				summary.Last = r.Number
				break
			}
		}
		return summary
	}, nil
}

// reviewBusy is said when others were faster each time.
func reviewBusy(r pipeline.Review) error {
	return &pipeline.Problem{
		Code: "review-busy",
		What: fmt.Sprintf("Several people are at the review of sprint %d at this moment.", r.Number),
		Safe: "Nothing of theirs was overwritten.",
		Next: "Please try again.",
	}
}

// goalButtons say whether the goal was reached; in names the form they stand in, ""
// for a message.
func goalButtons(at reviewPlace, in string) []slack.BlockElement {
	return []slack.BlockElement{
		button(actionReviewGoal+":reached", "Goal reached", "by the sprint", at.value(in).set("was", string(pipeline.GoalReached))),
		button(actionReviewGoal+":not", "Goal not reached", "by the sprint", at.value(in).set("was", string(pipeline.GoalNotReached))),
	}
}

// closeReviewButton closes a review before its time.
func closeReviewButton(at reviewPlace, in string) *slack.ButtonBlockElement {
	return confirm(button(actionReviewClose, "Close the review", "", at.value(in)),
		"Close the review?", "No answer is taken any more, and its summary is told in the thread. A closed review stays closed.", "Close it")
}
