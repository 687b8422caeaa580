package commands

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// ofReview tells whether an entry is used on a review that there is, or on a sprint
// that gets one.
func ofReview(e Entry) bool { return strings.HasPrefix(e.Name, "review.") || e.Word == "review" }

// furnishReview starts the first sprint of the team and opens its review, which asks
// about its first outcome; the words are in all of it.
func furnishReview(t testing.TB, app *App, e Entry, key pipeline.TeamKey, words string) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, now, op := context.Background(), time.Now(), "review of "+string(key)+time.Now().String()
	if _, err := app.Store.Review(ctx, key, 1); err == nil {
		return
	}
	o, err := pipeline.NewOutcome(key, "Outcome "+words, "U_ANN", now)
	check(err)
	_, err = app.Store.AddOutcome(ctx, op+"outcome", o, storage.Slot{}, pipeline.Event{At: now, By: "U_ANN", What: pipeline.WasAdded})
	check(err)
	sprint := pipeline.Sprint{
		Team: key, Number: 1, First: now.AddDate(0, 0, -9).Format(time.DateOnly), Last: now.AddDate(0, 0, 2).Format(time.DateOnly), Goal: "Goal " + words,
		Outcome: pipeline.OutcomeKey{Team: key, Number: 1}, Items: []pipeline.SprintItem{{Key: pipeline.Key{Team: key, Number: 1}, Title: "Item " + words}}, Started: now, StartedBy: "U_ANN",
	}
	var started *storage.SprintConflictError
	if sprint, err = app.Store.KeepSprint(ctx, op, sprint, "U_ANN", storage.Slot{}, nil); errors.As(err, &started) {
		sprint, err = started.Current, nil
	}
	check(err)
	if e.Name == actionReviewOpen {
		return
	}
	s, err := app.sceneNow(ctx, key, 1)
	check(err)
	r, err := pipeline.OpenReview(app.Policy, pipeline.Person{ID: s.team.Owners[0], Workspace: "T1"}, pipeline.Where{Team: &s.team, InChannel: true}, sprint, pipeline.ReviewFacts{Report: s.report}, now)
	check(err)
	r, err = app.Store.OpenReview(ctx, op+" open", r)
	check(err)
	_, err = app.Store.AnswerReview(ctx, storage.ReviewAnswering{Op: op + " answer", Seen: storage.ReviewState{Review: r}, Answer: pipeline.ReviewAnswer{
		By: s.team.Owners[0], Outcome: sprint.Outcome, Evidence: pipeline.EffectMoved, Words: pipeline.ReviewWords{Learned: "Learned " + words},
	}})
	check(err)
}

// recordedReview is what is kept about the review of a team's first sprint, and who
// develops there.
func recordedReview(t *testing.T, app *App, key pipeline.TeamKey) []any {
	t.Helper()
	state, err := app.Store.Review(t.Context(), key, 1)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Fatal(err)
	}
	developers, err := app.Store.Developers(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return []any{state.Review, state.Answers, developers}
}

// reviewSlot is the slot of a form of a review; "" for any other.
func reviewSlot(e Entry, s subject) string {
	if e.Name != formReviewAnswer {
		return ""
	}
	return reviewPlace{team: s.idea.Team, number: 1, outcome: pipeline.OutcomeKey{Team: s.idea.Team, Number: 1}}.slot()
}

// reviewValues are what stands in the forms of reviews.
func reviewValues(e Entry, values map[string]Value) {
	switch e.Name {
	case formReviewAnswer:
		values["review-evidence"], values["review-confidence"], values["review-stop"] = Value{Text: string(pipeline.EffectNone)}, Value{Text: "2"}, Value{Text: "Less of it"}
		values["review-again"] = Value{Text: time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}
	case formDevelopers:
		values["developers"] = Value{Chosen: []string{"U_MEM"}}
	}
}
