package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The outbox entries of a sprint's review.

// Kinds of messages and jobs of a review. Args of all: sheet, the name of its sprint
// ("PAY:3"). drawReviewOutcome has outcome, drawReviewDue when (the day it is for).
const (
	drawReview        = storage.KindReview          // in its team's channel
	drawReviewOutcome = storage.KindReview + ".of"  // one outcome of it, likewise
	drawReviewDue     = storage.KindReview + ".due" // job: its time to open has come
	drawReviewClose   = storage.KindReview + ".close"
	drawReviewSummary = storage.KindReview + ".told" // in the thread of its message
)

// reviewingSprint are the entries that open the review of a sprint by itself: on its
// last workday, or at once where it was closed before. They belong to every change of
// the sprint's days and to its close; what holds no more opens nothing.
func (app *App) reviewingSprint(ctx context.Context, team pipeline.Team, s pipeline.Sprint) ([]storage.Outgoing, error) {
	off, err := app.Store.Holidays(ctx, team.Key)
	if err != nil {
		return nil, err
	}
	name, when := sprintReviewed(s.Team, s.Number), s.Last
	due := storage.Outgoing{Kind: drawReviewDue, Subject: string(s.Team), Due: pipeline.ReviewOpens(team, off.Days, s)}
	if !s.IsOpen() {
		when, due.Due = reviewClosedSprint, time.Time{}
	}
	due.ID = "review-due:" + name + ":" + when
	due.Args = map[string]string{"sheet": name, "when": when}
	return []storage.Outgoing{due}, nil
}

// reviewClosedSprint is the "when" of an entry that a sprint's close made.
const reviewClosedSprint = "closed"

// sprintReviewed names a sprint and its review in entries: "PAY:3".
func sprintReviewed(team pipeline.TeamKey, number int) string {
	return storage.SheetName{Owner: string(team), Number: number}.String()
}

// reviewEntry is an entry about a review.
func reviewEntry(kind, id string, r pipeline.Review) storage.Outgoing {
	return storage.Outgoing{ID: id, Kind: kind, Subject: string(r.Team), Args: map[string]string{"sheet": sprintReviewed(r.Team, r.Number)}}
}

// reviewIn is the review that an entry is about.
func reviewIn(entry storage.Outgoing) (pipeline.TeamKey, int, error) {
	name, err := storage.ParseSheetName(entry.Args["sheet"])
	if err != nil {
		return "", 0, fmt.Errorf("entry %s %q: %w", entry.Kind, entry.ID, err)
	}
	return pipeline.TeamKey(name.Owner), name.Number, nil
}

// redrawReview draws the message of a review, anew where it stands already.
func redrawReview(team pipeline.Team, r pipeline.Review) storage.Outgoing {
	entry := reviewEntry(drawReview, storage.MessageEntry(storage.KindReview, sprintReviewed(r.Team, r.Number), ""), r)
	entry.Channel = team.Channel
	return entry
}

// redrawReviewOf does the same with the message of one of its outcomes.
func redrawReviewOf(team pipeline.Team, r pipeline.Review, outcome pipeline.OutcomeKey) storage.Outgoing {
	entry := reviewEntry(drawReviewOutcome, storage.MessageEntry(storage.KindReview, sprintReviewed(r.Team, r.Number), outcome.String()), r)
	entry.Channel, entry.Args["outcome"] = team.Channel, outcome.String()
	return entry
}

// redrawnReview are the messages that show a review, all of them.
func redrawnReview(team pipeline.Team, r pipeline.Review) []storage.Outgoing {
	entries := []storage.Outgoing{redrawReview(team, r)}
	for _, outcome := range r.Threads() {
		entries = append(entries, redrawReviewOf(team, r, outcome))
	}
	return entries
}

// reviewedAgain are the messages that show the review of a sprint, where one runs:
// what was done in the sprint has changed.
func (app *App) reviewedAgain(ctx context.Context, team pipeline.Team, s pipeline.Sprint) ([]storage.Outgoing, error) {
	state, err := app.Store.Review(ctx, s.Team, s.Number)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case !state.Review.IsOpen():
		return nil, nil
	}
	return redrawnReview(team, state.Review), nil
}

// openingReview are what must be posted and done about a review that opens: its
// message, one for each outcome, a second apart so that they stand in this order, and
// its end.
func openingReview(team pipeline.Team, r pipeline.Review) []storage.Outgoing {
	entries := redrawnReview(team, r)
	for i := range entries {
		entries[i].Due = r.Opened.Add(time.Duration(i) * time.Second)
	}
	end := reviewEntry(drawReviewClose, "close-review:"+sprintReviewed(r.Team, r.Number), r)
	end.Due = r.Deadline
	return append(entries, end)
}

// afterReview is what must be posted when a review is closed: its messages say so,
// and its summary is told in the thread of the first.
func afterReview(team pipeline.Team, r pipeline.Review) []storage.Outgoing {
	told := reviewEntry(drawReviewSummary, "review-told:"+sprintReviewed(r.Team, r.Number), r)
	told.Channel = team.Channel
	return append(redrawnReview(team, r), told)
}
