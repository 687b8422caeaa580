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

// ofASession tells whether an entry is used on an alignment session that there is.
func ofASession(e Entry) bool {
	return strings.HasPrefix(e.Name, "session.") || strings.HasPrefix(e.Name, "point.")
}

// furnishSession gives the team a session in which its owner and these people have
// added a point; the words are in all of it. For what is done while it is held, it
// runs.
func furnishSession(t testing.TB, app *App, e Entry, key pipeline.TeamKey, words string, people ...pipeline.Person) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, now := context.Background(), time.Now()
	op := "session of " + string(key) + now.String()
	team, err := app.Store.Team(ctx, key)
	check(err)
	day := now.AddDate(0, 0, 7)
	s := pipeline.Session{
		Team: key, Number: 1, Stage: pipeline.SessionPlanned, Weeks: 4, Hour: pipeline.SessionHour, Ahead: 3,
		Planned: day.Format(time.DateOnly), Day: day.Format(time.DateOnly), Begins: day, AgendaAt: day.AddDate(0, 0, -3), PlannedBy: team.Owners[0],
	}
	before, err := app.Store.Session(ctx, key, 1)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		s, err = app.Store.PlanSession(ctx, op, s, team.Owners[0], storage.Slot{})
	case err == nil:
		s.Version = before.Session.Version
		s, err = app.Store.ChangeSession(ctx, op, s, team.Owners[0], storage.Slot{})
	}
	check(err)
	for _, user := range append(people, pipeline.Person{ID: team.Owners[0]}) {
		point := pipeline.OwnPoint{By: user.ID, Slot: 1, Words: "Point " + words, At: now}
		_, err = app.Store.Bring(ctx, storage.Bringing{Op: op + user.ID, Session: s, Point: &point, By: user.ID})
		check(err)
	}
	switch e.Name {
	case actionSessionNext, actionSessionBack, actionSessionEnd, actionPointNote, formPointNote:
	default:
		return
	}
	points := []pipeline.Point{{ID: "own U1 1", Kind: pipeline.PointOwn, Words: "Point " + words}, {ID: "own U1 2", Kind: pipeline.PointOwn, Words: "Another"}}
	running, _ := s.Start(points, 0, now)
	_, err = app.Store.ChangeSession(ctx, op+" start", running, "", storage.Slot{})
	check(err)
}

// recordedSession is what is kept about the first sessions of a team and its summary.
func recordedSession(t *testing.T, app *App, key pipeline.TeamKey) []any {
	t.Helper()
	states, err := app.Store.NewestSessions(t.Context(), key, 5)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := app.Store.SummarySettings(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	kept := []any{settings}
	for _, state := range states {
		kept = append(kept, state.Session, len(state.Said.Points), len(state.Said.Answers))
	}
	return kept
}

// sessionFormSlot is the slot of a form of a session; "" for any other.
func sessionFormSlot(e Entry, s subject) string {
	switch e.Name {
	case formSession:
		return sessionSlot(draftSession, s.idea.Team, 1, 0)
	case formPoint:
		return sessionSlot(draftPoint, s.idea.Team, 1, 0)
	case formPointNote:
		return sessionSlot(draftPointNote, s.idea.Team, 1, 1)
	}
	return ""
}

// pointIn is the point that a form of a session is about.
func pointIn(e Entry) string {
	if e.Name == formPointSay {
		return "own U_ANN 1"
	}
	return "1"
}

// sessionValues are what stands in the forms of sessions and summaries.
func sessionValues(e Entry, values map[string]Value) {
	switch e.Name {
	case formSession:
		values["session-day"] = Value{Text: time.Now().AddDate(0, 0, 14).Format(time.DateOnly)}
		values["session-hour"], values["session-weeks"], values["session-ahead"] = Value{Text: "11:30"}, Value{Text: "2"}, Value{Text: "1"}
	case formPoint:
		values["point"] = Value{Text: "Who decides?"}
	case formSummary:
		values["summary-on"], values["summary-day"], values["summary-hour"] = Value{Chosen: []string{pipeline.Yes}}, Value{Text: "1"}, Value{Text: "15:00"}
	}
}
