package commands

import (
	"context"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How sessions are planned, moved, skipped and stopped.

// wantSessionForm: the team that a button or form names, its newest sessions, and what
// was typed before.
func wantSessionForm(req *Request) (storage.Want, error) {
	want, err := wantSessions(req)
	if err != nil {
		return want, err
	}
	if req.On == Submit {
		m, err := req.metadata()
		want.Draft = m.Draft
		return want, err
	}
	_, number, err := req.session()
	want.Draft = sessionSlot(draftSession, want.Team, number, 0)
	return want, err
}

// sessionToPlan is the session that the form is about, by its number, and the newest
// of the team; the zero session for a new one.
func (req *Request) sessionToPlan(number int) (s pipeline.Session, newest *pipeline.Session, err error) {
	if req.Loaded.Team == nil {
		return s, nil, stale
	}
	states, err := req.Loaded.Sessions(0)
	if err != nil {
		return s, nil, err
	}
	if len(states) > 0 {
		newest = &states[0].Session
	}
	if number == 0 {
		return pipeline.Session{Team: req.Loaded.Team.Key}, newest, nil
	}
	at := slices.IndexFunc(states, func(state storage.SessionState) bool { return state.Session.Number == number })
	if at < 0 {
		return s, newest, noSession(req.Loaded.Team.Key, number)
	}
	return states[at].Session, newest, nil
}

// openSessionForm opens the form that plans a session, or changes one that is planned.
func openSessionForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	s, newest, err := req.sessionToPlan(p.number("session"))
	if err != nil {
		return Reply{}, err
	}
	rhythm, err := app.rhythm(ctx, *req.Loaded.Team)
	if err != nil {
		return Reply{}, err
	}
	// What can be refused before anything is typed is refused before.
	_, err = app.planning(req, rhythm, s, newest, pipeline.SessionForm{})
	if refusedAtOnce(err) {
		return Reply{}, err
	}
	first := s.Form()
	if s.Number == 0 {
		first = pipeline.FirstSession(rhythm, req.Now)
	}
	stored := sessionTyped(first)
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(stored)
		return Reply{Update: sessionForm(m, stored)}, err
	}
	m := req.formOver(p, sessionSlot(draftSession, req.Loaded.Team.Key, s.Number, 0))
	m.Team, m.Session, m.Stored = req.Loaded.Team.Key, s.Number, typedDigest(stored)
	value := newParams("team", string(req.Loaded.Team.Key))
	if s.Number > 0 {
		value = sessionValue(s, "")
	}
	typed, notes := req.goingOn(actionSessionPlan, value, stored)
	return Reply{Open: sessionForm(m, typed, notes...)}, nil
}

// sessionTyped is what stands in the form of a session.
func sessionTyped(f pipeline.SessionForm) map[pipeline.Field]string {
	return map[pipeline.Field]string{
		pipeline.FieldSessionDay: f.Day, pipeline.FieldSessionHour: f.Hour, pipeline.FieldSessionWeeks: f.Weeks, pipeline.FieldSessionAhead: f.Ahead,
	}
}

// planForm draws it.
func sessionForm(m metadata, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	title, submit := "Plan sessions", "Plan"
	weeks := "It goes on like this until somebody stops it."
	if m.Session > 0 {
		title, submit = "The next session", "Save"
		weeks = "Moved alone, the sessions after this one stay where they are. Another number of weeks counts from the day above."
	}
	return form(formSession, title, submit, m, append(slices.Clone(notes),
		dateInput(pipeline.FieldSessionDay, m.Fresh, "Day", "Where nobody works on that day, it is the next workday.", typed[pipeline.FieldSessionDay]),
		timeInput(pipeline.FieldSessionHour, m.Fresh, "Time", "By the team's clocks.", typed[pipeline.FieldSessionHour]),
		textInput(pipeline.FieldSessionWeeks, m.Fresh, "Weeks from one to the next", weeks, "4", typed[pipeline.FieldSessionWeeks], numberRoom, false),
		textInput(pipeline.FieldSessionAhead, m.Fresh, "How many workdays before does the agenda come?", "0: at its time, not before.", "3", typed[pipeline.FieldSessionAhead], numberRoom, false),
	)...)
}

// planning applies the rule: a new session, or another day for one that is planned.
func (app *App) planning(req *Request, r pipeline.Rhythm, s pipeline.Session, newest *pipeline.Session, typed pipeline.SessionForm) (pipeline.Session, error) {
	if s.Number > 0 {
		return pipeline.ReplanSession(app.Policy, req.Person, req.where(), r, s, typed, req.Now)
	}
	planned, err := pipeline.PlanSession(app.Policy, req.Person, req.where(), r, newest, typed, req.Now)
	planned.Number = 1
	if newest != nil {
		planned.Number = newest.Number + 1
	}
	return planned, err
}

// planSession stores what was typed into the form.
func planSession(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	s, newest, err := req.sessionToPlan(m.Session)
	if err != nil {
		return Reply{}, err
	}
	team, value := *req.Loaded.Team, req.Form.Value
	typed := pipeline.SessionForm{
		Day: value(pipeline.FieldSessionDay).Text, Hour: value(pipeline.FieldSessionHour).Text,
		Weeks: value(pipeline.FieldSessionWeeks).Text, Ahead: value(pipeline.FieldSessionAhead).Text,
	}
	rhythm, err := app.rhythm(ctx, team)
	if err != nil {
		return Reply{}, err
	}
	var stored pipeline.Session
	if s.Number > 0 {
		stored, err = app.changeSession(ctx, req, req.tryOf(typed), slot, s, func(s pipeline.Session) (pipeline.Session, error) {
			return app.planning(req, rhythm, s, newest, typed)
		}, func(s pipeline.Session) []storage.Outgoing { return replanned(team, s) })
	} else {
		stored, err = app.planFirst(ctx, req, slot, rhythm, newest, typed)
	}
	if err != nil {
		return Reply{}, err
	}
	words := "The next alignment session is *" + whenTime(stored.Begins) + "*. Its agenda is sent to the channel " + when(stored.AgendaAt) + "."
	if stored.Day != typed.Day {
		words += " Nobody works on the day that you chose, so it is the next workday."
	}
	return app.finish(ctx, req, m, tell(words, buttons(sessionButton(stored)))), nil
}

// planFirst stores a new session. What an earlier try of the same form stored is given
// back.
func (app *App) planFirst(ctx context.Context, req *Request, slot storage.Slot, r pipeline.Rhythm, newest *pipeline.Session, typed pipeline.SessionForm) (pipeline.Session, error) {
	if !req.Loaded.First && newest != nil && newest.Stage == pipeline.SessionPlanned && newest.PlannedBy == req.Person.ID {
		return app.changeSession(ctx, req, "again:"+req.tryOf(typed), slot, *newest, func(s pipeline.Session) (pipeline.Session, error) {
			return app.planning(req, r, s, newest, typed)
		}, func(s pipeline.Session) []storage.Outgoing { return replanned(*req.Loaded.Team, s) })
	}
	planned, err := app.planning(req, r, pipeline.Session{}, newest, typed)
	if err != nil {
		return planned, err
	}
	stored, err := app.Store.PlanSession(ctx, req.Op, planned, req.Person.ID, slot, sessionWaits(planned)...)
	if current, conflicts := sessionConflict(err); conflicts { // somebody else was faster
		_, err = app.planning(req, r, pipeline.Session{}, &current.Session, typed)
	}
	return stored, err
}

// replanned are the entries of a session that has another day: its moments, and its
// agenda where that stands already.
func replanned(team pipeline.Team, s pipeline.Session) []storage.Outgoing {
	return append(sessionWaits(s), redrawAgenda(team, s))
}

// skipSession leaves a session out.
func skipSession(ctx context.Context, app *App, req *Request) (Reply, error) {
	return app.closeSession(ctx, req, pipeline.SkipSession, "The session is skipped. The next one follows by the rhythm.")
}

// stopSessions ends the rhythm.
func stopSessions(ctx context.Context, app *App, req *Request) (Reply, error) {
	return app.closeSession(ctx, req, pipeline.StopSessions, "No more alignment sessions are planned.")
}

// closeSession closes one that is planned by a rule.
func (app *App) closeSession(ctx context.Context, req *Request, rule sessionRule, told Mrkdwn) (Reply, error) {
	p, state, _, err := req.clickedSession()
	if err != nil {
		return Reply{}, err
	}
	if s := state.Session; !req.Loaded.First && s.EndedBy == req.Person.ID && !s.Open() {
		return app.answer(ctx, req, p, tell(told)), nil // by an earlier try of this very click
	}
	team := *req.Loaded.Team
	_, err = app.changeSession(ctx, req, req.Op, storage.Slot{}, state.Session, func(s pipeline.Session) (pipeline.Session, error) {
		return rule(app.Policy, req.Person, req.where(), s, req.Now)
	}, func(s pipeline.Session) []storage.Outgoing {
		return []storage.Outgoing{redrawAgenda(team, s), nextSession(s)}
	})
	if err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, tell(told)), nil
}

// sessionRule closes a session that is planned.
type sessionRule func(pipeline.Policy, pipeline.Person, pipeline.Where, pipeline.Session, time.Time) (pipeline.Session, error)
