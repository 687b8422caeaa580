package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The summary of a team's week: in its channel where the team wants it, and to anybody
// who asks.

// Kinds of a summary, both with at (Unix ms): the job that waits for its moment, and
// the message.
const (
	drawSummaryDue = storage.KindSummary + ".due"
	drawSummary    = storage.KindSummary + ".week"
)

// refinementsRead is how many of the newest refinements a summary looks at.
const refinementsRead = 20

// showSummary answers /align summary: what changed within the last seven days.
func showSummary(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionSummary, newParams())
	}
	team := *req.Loaded.Team
	week, err := app.weekly(ctx, team, req.Now)
	if err != nil {
		return Reply{}, err
	}
	settings, err := app.Store.SummarySettings(ctx, team.Key)
	if err != nil {
		return Reply{}, err
	}
	post := week.post()
	post.Blocks = append(post.Blocks, summarySteps(team, settings, app.may(req)(pipeline.ChangeTeam))...)
	return Reply{Tell: &post}, nil
}

// weekly is a team's week with the titles of what it is about.
type weekly struct {
	pipeline.Weekly
	team   pipeline.Team
	titles map[string]string
	// probe is what the answers to the alignment probe say; "" for too few of them.
	probe string
	// cut: so much happened that the oldest of it is left out.
	cut  bool
	name func(user string) string
}

// weekly sums up the seven days that end at that moment.
func (app *App) weekly(ctx context.Context, team pipeline.Team, until time.Time) (weekly, error) {
	w := weekly{team: team, titles: map[string]string{}, name: app.nameIn(ctx)}
	happened, whole, err := app.Store.Journal(ctx, team.Key, until.AddDate(0, 0, -14))
	if err != nil {
		return w, err
	}
	facts := pipeline.WeekFacts{Team: team, Happened: happened}
	if facts.Developers, err = app.Store.Developers(ctx, team.Key); err != nil {
		return w, err
	}
	if facts.Refinements, _, err = app.Store.Refinements(ctx, team.Key, 1, refinementsRead); err != nil {
		return w, err
	}
	if facts.Reviews, err = app.Store.Reviewed(ctx, team.Key, reviewsRead); err != nil {
		return w, err
	}
	w.Weekly, w.cut = pipeline.WeeklyOf(facts, until), !whole
	if w.probe, err = app.probeTold(ctx, team, until); err != nil {
		return w, err
	}
	var ideas []pipeline.Key
	var outcomes []pipeline.OutcomeKey
	for _, text := range w.This.Keys() {
		if key, err := pipeline.ParseKey(text); err == nil {
			ideas = append(ideas, key)
		} else if key, err := pipeline.ParseOutcomeKey(text); err == nil {
			outcomes = append(outcomes, key)
		}
	}
	found, err := app.Store.Ideas(ctx, ideas)
	if err != nil {
		return w, err
	}
	for _, idea := range found {
		w.titles[idea.Key.String()] = idea.Title
	}
	closed, err := app.Store.OutcomesByKey(ctx, outcomes)
	for _, o := range closed {
		w.titles[o.Key.String()] = o.Statement
	}
	return w, err
}

// reviewsRead is how many of the newest reviews a summary looks at: more than two weeks
// can have.
const reviewsRead = 3

// summaryWaits is the job that waits for the next summary of a team after a moment;
// none where it has none.
func summaryWaits(team pipeline.Team, settings pipeline.SummarySettings, r pipeline.Rhythm, after time.Time) []storage.Outgoing {
	at, _, ok := settings.Next(team, r, after)
	if !ok {
		return nil
	}
	moment := strconv.FormatInt(at.UnixMilli(), 10)
	return []storage.Outgoing{{
		ID: drawSummaryDue + ":" + string(team.Key) + ":" + moment, Kind: drawSummaryDue, Subject: string(team.Key),
		Due: at, Args: map[string]string{"at": moment},
	}}
}

// summaryIn is the team and the moment that an entry of a summary is about.
func (app *App) summaryIn(ctx context.Context, c storage.Claimed) (team pipeline.Team, at time.Time, err error) {
	ms, err := strconv.ParseInt(c.Args["at"], 10, 64)
	if err != nil {
		return team, at, fmt.Errorf("entry %s %q: %w", c.Kind, c.ID, err)
	}
	key, err := pipeline.ParseTeamKey(c.Subject)
	if err != nil {
		return team, at, err
	}
	team, err = app.Store.Team(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return pipeline.Team{}, at, nil
	}
	return team, time.UnixMilli(ms).UTC(), err
}

// drawSummaryDue has the summary of a week posted when its moment has come, and waits
// for the next. It sends nothing itself.
func (app *App) drawSummaryDue(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	team, at, err := app.summaryIn(ctx, c)
	if err != nil || team.Key == "" {
		return done, err
	}
	settings, err := app.Store.SummarySettings(ctx, team.Key)
	if err != nil {
		return done, err
	}
	rhythm, err := app.rhythm(ctx, team)
	if err != nil {
		return done, err
	}
	after := at
	if now := app.Now(); now.After(after) { // those that nothing was running for are left out
		after = now
	}
	entries := summaryWaits(team, settings, rhythm, after)
	if day, comes := settings.Comes(team, rhythm, at, after); comes {
		entries = append(entries, storage.Outgoing{
			ID: storage.KindSummary + ":" + string(team.Key) + ":" + day, Kind: drawSummary, Subject: string(team.Key),
			Channel: team.Channel, Args: c.Args,
		})
	}
	return done, app.Store.Enqueue(ctx, entries...)
}

// drawSummary makes the message that sums up a week; none where nothing changed.
func (app *App) drawSummary(ctx context.Context, c storage.Claimed) (Drawn, error) {
	team, at, err := app.summaryIn(ctx, c)
	if err != nil || team.Key == "" {
		return Drawn{Skip: err == nil}, err
	}
	week, err := app.weekly(ctx, team, at)
	if err != nil || week.This.IsQuiet() {
		return Drawn{Skip: err == nil}, err
	}
	return Drawn{Channel: team.Channel, Post: week.post()}, nil
}
