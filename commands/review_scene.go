package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// reviewScene is what a review is drawn and decided from.
type reviewScene struct {
	team   pipeline.Team
	sprint pipeline.Sprint
	// ReviewState at version 0: the review is not opened yet.
	storage.ReviewState
	report pipeline.SprintReport
	nodes  pipeline.Nodes
}

// reviewWant is what the scene of the review of the team's sprint is made of.
func reviewWant(team pipeline.TeamKey, number int) storage.Want {
	return storage.Want{Team: team}.WantReviewed(number)
}

// wantReview: the review that a button or form names, with the draft of its answers.
func wantReview(req *Request) (storage.Want, error) {
	at, err := req.review()
	want := reviewWant(at.team, at.number)
	if !at.outcome.IsZero() {
		want.Draft = at.slot()
	}
	return want, err
}

// reviewPlace names a review, and perhaps one of its outcomes.
type reviewPlace struct {
	team    pipeline.TeamKey
	number  int
	outcome pipeline.OutcomeKey // zero for none
}

// slot names the draft of somebody's answers about the outcome.
func (at reviewPlace) slot() string {
	return draftReview + string(at.team) + "." + strconv.Itoa(at.number) + "." + at.outcome.String()
}

// value is what each button of a review carries; in names the form it stands in, ""
// for a message.
func (at reviewPlace) value(in string) params {
	p := newParams("team", string(at.team), "review", strconv.Itoa(at.number))
	if !at.outcome.IsZero() {
		p.set("outcome", at.outcome.String())
	}
	if in != "" {
		p.set("at", p.encode()).set("in", in)
	}
	return p
}

// reviewAt reads the place that a button carries; the stale problem where it names
// none.
func reviewAt(p params) (reviewPlace, error) {
	team, err := p.team()
	at := reviewPlace{team: team, number: p.number("review")}
	if err == nil && (team == "" || at.number == 0) {
		err = stale
	}
	if err == nil && p.Get("outcome") != "" {
		if at.outcome, err = pipeline.ParseOutcomeKey(p.Get("outcome")); err != nil {
			err = stale
		}
	}
	return at, err
}

// review that a button or form names.
func (req *Request) review() (reviewPlace, error) {
	if req.On == Submit || req.On == Close {
		m, err := req.metadata()
		if err != nil {
			return reviewPlace{}, err
		}
		p := newParams("team", string(m.Team), "outcome", m.Node)
		if m.Review > 0 {
			p.set("review", strconv.Itoa(m.Review))
		}
		return reviewAt(p)
	}
	p, err := decodeParams(req.Value)
	if err != nil {
		return reviewPlace{}, err
	}
	return reviewAt(p)
}

// place of the scene; outcome is zero for the review as a whole.
func (s reviewScene) place(outcome pipeline.OutcomeKey) reviewPlace {
	return reviewPlace{team: s.team.Key, number: s.sprint.Number, outcome: outcome}
}

// opened tells whether the review was opened.
func (s reviewScene) opened() bool { return s.Review.Version > 0 }

// reviewScene reads the scene that a request was loaded with, and the ideas in it.
func (app *App) reviewScene(ctx context.Context, loaded storage.Loaded, number int) (reviewScene, error) {
	sprint, state, err := loaded.Reviewed()
	if err != nil {
		return reviewScene{}, err
	}
	if loaded.Team == nil || sprint == nil {
		return reviewScene{}, noReview(number)
	}
	s := reviewScene{team: *loaded.Team, sprint: *sprint, ReviewState: state, nodes: loaded.Nodes}
	ideas, err := app.Store.Ideas(ctx, sprint.Keys())
	if err != nil {
		return reviewScene{}, err
	}
	known := make(map[pipeline.Key]pipeline.Idea, len(ideas))
	for _, idea := range ideas {
		known[idea.Key] = idea
	}
	s.report = pipeline.ReportSprint(*sprint, known, loaded.Nodes)
	return s, nil
}

// requestedReview is the scene that a button or form names, which is opened.
func (app *App) requestedReview(ctx context.Context, req *Request) (reviewPlace, reviewScene, error) {
	at, err := req.review()
	if err != nil {
		return at, reviewScene{}, err
	}
	s, err := app.reviewScene(ctx, req.Loaded, at.number)
	if err == nil && !s.opened() {
		err = noReview(at.number)
	}
	return at, s, err
}

// loadedReview is the review that a button or form names, as it was loaded.
func (req *Request) loadedReview() (reviewPlace, storage.ReviewState, error) {
	at, err := req.review()
	if err != nil {
		return at, storage.ReviewState{}, err
	}
	_, state, err := req.Loaded.Reviewed()
	if err == nil && (req.Loaded.Team == nil || state.Review.Version == 0) {
		err = noReview(at.number)
	}
	return at, state, err
}

// sceneNow reads the scene of a review from what is stored now.
func (app *App) sceneNow(ctx context.Context, team pipeline.TeamKey, number int) (reviewScene, error) {
	loaded, err := app.Store.Begin(ctx, reviewWant(team, number))
	if err != nil {
		return reviewScene{}, err
	}
	return app.reviewScene(ctx, loaded, number)
}

// drawnReview is the scene that an entry is about; false where there is none any
// more.
func (app *App) drawnReview(ctx context.Context, c storage.Claimed) (reviewScene, bool, error) {
	team, number, err := reviewIn(c.Outgoing)
	if err != nil {
		return reviewScene{}, false, err
	}
	s, err := app.sceneNow(ctx, team, number)
	var problem *pipeline.Problem
	if errors.As(err, &problem) {
		return reviewScene{}, false, nil
	}
	return s, err == nil, err
}

// reviewFacts reads what a review is opened with beside its scene.
func (app *App) reviewFacts(ctx context.Context, s reviewScene) (pipeline.ReviewFacts, error) {
	facts := pipeline.ReviewFacts{Report: s.report}
	off, err := app.Store.Holidays(ctx, s.team.Key)
	if err != nil {
		return facts, err
	}
	facts.Holidays = off.Days
	facts.Developers, err = app.Store.Developers(ctx, s.team.Key)
	return facts, err
}

// gates counts how ideas passed the gates of the pipeline in the time of the sprint.
func (app *App) gates(ctx context.Context, s reviewScene, now time.Time) (pipeline.Gates, error) {
	_, gates, err := app.happenedIn(ctx, s, now)
	return gates, err
}

// happenedIn reads what happened in the time of the sprint, with the gates that were
// passed. They say since when they are counted where the journal does not go back to
// its beginning.
func (app *App) happenedIn(ctx context.Context, s reviewScene, now time.Time) ([]pipeline.Happening, pipeline.Gates, error) {
	from, until := pipeline.SprintTime(s.team, s.sprint, now)
	happened, whole, err := app.Store.Journal(ctx, s.team.Key, from)
	if err != nil {
		return nil, pipeline.Gates{}, err
	}
	known := now.AddDate(0, 0, -pipeline.JournalDays)
	if !whole {
		known = now
		if len(happened) > 0 {
			known = happened[0].At()
		}
	}
	happened = slices.DeleteFunc(happened, func(h pipeline.Happening) bool { return !h.At().Before(until) })
	gates := pipeline.GatesIn(happened, from, until)
	if known.After(from) && s.team.Created.Before(known) { // nothing was before the team
		gates.Since = known.In(s.team.Location())
	}
	return happened, gates, nil
}

// noReview is the answer to a review that there is not.
func noReview(number int) error {
	return &pipeline.Problem{
		Code: "review-unknown",
		What: fmt.Sprintf("There is no review of a sprint %d that you can see.", number),
		Safe: "Nothing was changed.",
		Next: "Type /align review in the team's channel to see the one that is on, or /align sprint to see its sprints.",
	}
}

// noReviewYet is the answer where a team has nothing to review; sprints are its newest,
// the newest first.
func noReviewYet(sprints []pipeline.Sprint) error {
	none := &pipeline.Problem{
		Code: "review-none",
		What: "There is no review to show: the team has no sprint yet.",
		Next: "Type /align sprint start to plan one; its review opens by itself on its last workday.",
	}
	if len(sprints) > 0 {
		s := sprints[len(sprints)-1]
		none.What = fmt.Sprintf("Sprint %d begins on %s; its review opens on its last workday.", s.Number, pipeline.ShowDay(s.First))
		none.Next = "Type /align sprint to see what is planned in it."
	}
	return none
}

// clockOf is the moment at which an entry is drawn. That it came says that it is due
// by the store's clock, which may be ahead of the one here.
func (app *App) clockOf(c storage.Claimed) time.Time {
	if now := app.Now(); now.After(c.Due) {
		return now
	}
	return c.Due
}
