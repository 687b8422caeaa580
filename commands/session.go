package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The regular check-in of a team: when it is, and what it is going to talk about.

// inSession: everything about a session. A place in it is the value of the button to
// it.
const inSession = "session"

// sessionsLooked is how many sessions of a team are read to know the next one and what
// became of the last that was held.
const sessionsLooked = 6

// wantSessions: the team of the channel, or the one that a button or form names, with
// its newest sessions, and the one that is named.
func wantSessions(req *Request) (storage.Want, error) {
	want := storage.Want{Channel: req.Channel, Sheets: []storage.SheetWant{storage.WantSessions(sessionsLooked)}}
	team, number, err := req.session()
	want.Team = team
	if number > 0 {
		want.Sheets = append(want.Sheets, storage.WantSession(number))
	}
	return want, err
}

// wantSession: the session that a button or form names, with the draft of the form
// that it opens, kept under that kind; "" for no form.
func wantSession(draft string) func(req *Request) (storage.Want, error) {
	return func(req *Request) (storage.Want, error) {
		want, err := wantSessions(req)
		if err != nil {
			return want, err
		}
		_, number, err := req.session()
		if want.Channel = ""; want.Team == "" || number < 1 {
			err = stale
		}
		switch {
		case req.Form != nil && (req.On == Submit || req.On == Close):
			m, _ := req.metadata()
			want.Draft = m.Draft
		case draft != "":
			want.Draft = sessionSlot(draft, want.Team, number, req.pointNumber())
		}
		return want, err
	}
}

// session that a button or form names; 0 where it names a team alone.
func (req *Request) session() (team pipeline.TeamKey, number int, err error) {
	if req.On == Slash {
		return "", 0, nil
	}
	if req.On == Submit || req.On == Close {
		m, err := req.metadata()
		return m.Team, m.Session, err
	}
	p, err := decodeParams(req.Value)
	if err != nil {
		return "", 0, err
	}
	team, err = p.team()
	return team, p.number("session"), err
}

// pointNumber is the point that a button names, from 1; 0 for none.
func (req *Request) pointNumber() int {
	p, err := decodeParams(req.Value)
	if err != nil {
		return 0
	}
	return p.number("point")
}

// sessionSlot names the draft of a form about a session, or about one of its points.
func sessionSlot(kind string, team pipeline.TeamKey, number, point int) string {
	slot := kind + string(team) + "." + strconv.Itoa(number)
	if point > 0 {
		slot += "." + strconv.Itoa(point)
	}
	return slot
}

// wantedSession is the session that was asked for, or the answer that there is none,
// with the newest of its team.
func (req *Request) wantedSession() (state storage.SessionState, newest []storage.SessionState, err error) {
	team, number, err := req.session()
	if err != nil {
		return state, nil, err
	}
	if newest, err = req.Loaded.Sessions(0); err != nil {
		return state, nil, err
	}
	named, err := req.Loaded.Sessions(1)
	if err != nil {
		return state, nil, err
	}
	if req.Loaded.Team == nil || len(named) == 0 {
		return state, nil, noSession(team, number)
	}
	return named[0], newest, nil
}

// noSession is the answer to a session that there is not.
func noSession(team pipeline.TeamKey, number int) error {
	return &pipeline.Problem{
		Code: "session-unknown",
		What: fmt.Sprintf("There is no session %d of %s that you can see.", number, team),
		Safe: "Nothing was changed.",
		Next: "Type /align session in the team's channel.",
	}
}

// sessionBusy is said when others were faster each time.
func sessionBusy(s pipeline.Session) error {
	return &pipeline.Problem{
		Code: "session-busy",
		What: fmt.Sprintf("Several people are at the session of %s at this moment.", pipeline.ShowDay(s.Day)),
		Safe: "Nothing of theirs was overwritten.",
		Next: "Please try again.",
	}
}

// sessionValue is what each button of a session carries; in names the form it stands
// in, "" for a message.
func sessionValue(s pipeline.Session, in string) params {
	p := newParams("team", string(s.Team), "session", strconv.Itoa(s.Number))
	if in != "" {
		at := newParams("team", string(s.Team), "session", strconv.Itoa(s.Number))
		p.set("in", in).set("at", at.encode())
	}
	return p
}

// rhythm of the team: its zone, workdays and holidays.
func (app *App) rhythm(ctx context.Context, team pipeline.Team) (pipeline.Rhythm, error) {
	off, err := app.Store.Holidays(ctx, team.Key)
	return pipeline.Rhythm{Zone: team.Zone, Workdays: team.Workdays, Holidays: off.Days}, err
}

// lastHeld is the newest of the sessions that was held before that one; nil for none.
func lastHeld(states []storage.SessionState, before int) *pipeline.Session {
	for _, state := range states {
		if s := state.Session; s.Number < before && s.Stage == pipeline.SessionEnded {
			return &s
		}
	}
	return nil
}

// sessionScene is what the screens of a session are drawn from.
type sessionScene struct {
	storage.SessionState
	team  pipeline.Team
	facts pipeline.AgendaFacts
	// points are those of the session: while it is planned, those that it would have
	// now. over is how many there would have been beside them.
	points []pipeline.Point
	over   int
	// last is the session before it that was held, nil for none.
	last *pipeline.Session
	now  time.Time
}

// sessionScene reads it. states are the newest sessions of the team, the newest first.
func (app *App) sessionScene(ctx context.Context, team pipeline.Team, state storage.SessionState, states []storage.SessionState) (sessionScene, error) {
	scene := sessionScene{SessionState: state, team: team, last: lastHeld(states, state.Session.Number), now: app.Now()}
	var since time.Time
	var subjects []string
	named := slices.Clone(state.Session.Points)
	if scene.last != nil {
		since = scene.last.Ended
		named = append(named, scene.last.Points...)
	}
	for _, p := range named {
		subjects = append(subjects, p.Subject)
	}
	for _, o := range state.Said.Points {
		subjects = append(subjects, o.Subject)
	}
	var err error
	if scene.facts, err = app.agendaFacts(ctx, team, since, subjects); err != nil {
		return scene, err
	}
	scene.points, scene.over = state.Session.Points, state.Session.Over
	switch state.Session.Stage {
	case pipeline.SessionPlanned:
		scene.points, scene.over = pipeline.SessionPoints(state.Said, scene.facts, scene.now)
	case pipeline.SessionRunning:
		scene.points = state.Session.Decided(scene.facts).Points
	}
	return scene, nil
}

// drawnScene is the scene of the session that an entry is about; the zero team where
// there is none.
func (app *App) drawnScene(ctx context.Context, c storage.Claimed) (sessionScene, error) {
	state, team, err := app.drawnSession(ctx, c)
	if err != nil || team.Key == "" {
		return sessionScene{}, err
	}
	states, err := app.Store.NewestSessions(ctx, team.Key, sessionsLooked)
	if err != nil {
		return sessionScene{}, err
	}
	return app.sessionScene(ctx, team, state, states)
}

// drawnSession is the session that an entry is about, and its team; the zero team
// where there is none.
func (app *App) drawnSession(ctx context.Context, c storage.Claimed) (storage.SessionState, pipeline.Team, error) {
	key, number, err := sessionIn(c.Outgoing)
	if err != nil {
		return storage.SessionState{}, pipeline.Team{}, err
	}
	state, err := app.Store.Session(ctx, key, number)
	if errors.Is(err, storage.ErrNotFound) {
		return storage.SessionState{}, pipeline.Team{}, nil
	}
	if err != nil {
		return storage.SessionState{}, pipeline.Team{}, err
	}
	team, err := app.Store.Team(ctx, key)
	return state, team, err
}

// changeSession applies a rule to a session and stores what it gives, again with what
// the session is then when somebody else changed it meanwhile. after are the entries
// that belong to it.
func (app *App) changeSession(ctx context.Context, req *Request, op string, draft storage.Slot, s pipeline.Session, rule func(pipeline.Session) (pipeline.Session, error), after func(pipeline.Session) []storage.Outgoing) (pipeline.Session, error) {
	for range busyTries {
		changed, err := rule(s)
		if err != nil {
			return s, err
		}
		stored, err := app.Store.ChangeSession(ctx, op, changed, req.Person.ID, draft, after(changed)...)
		var conflict *storage.SessionConflictError
		if !errors.As(err, &conflict) {
			return stored, err
		}
		s = conflict.Current.Session
	}
	return s, sessionBusy(s)
}

// showSession answers /align session: when the next one is, what it is going to talk
// about, and what became of the last.
func showSession(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionSession, newParams())
	}
	_, number, err := req.session()
	if err != nil {
		return Reply{}, err
	}
	states, err := req.Loaded.Sessions(0)
	if err != nil {
		return Reply{}, err
	}
	team, may := *req.Loaded.Team, app.may(req)
	var state storage.SessionState
	switch {
	case number > 0:
		if state, states, err = req.wantedSession(); err != nil {
			return Reply{}, err
		}
	case len(states) == 0:
		return Reply{Tell: noSessionPlanned(team, nil, may)}, nil
	default:
		if state = states[0]; !state.Session.Open() {
			return Reply{Tell: noSessionPlanned(team, lastHeld(states, state.Session.Number+1), may)}, nil
		}
	}
	scene, err := app.sessionScene(ctx, team, state, states)
	if err != nil {
		return Reply{}, err
	}
	if req.Form != nil {
		return Reply{Update: sessionView(scene, req.Person.ID, may, metadata{Channel: req.Channel})}, nil
	}
	return Reply{Open: sessionView(scene, req.Person.ID, may, metadata{Channel: req.Channel})}, nil
}

// redrawnSession draws everything about a session for the place of a button or form.
func (app *App) redrawnSession(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	again, _, err := app.reloaded(ctx, req, at, pipeline.ReadTeam, wantSession(""))
	if err != nil {
		return nil, err
	}
	states, err := again.Loaded.Sessions(0)
	if err != nil {
		return nil, err
	}
	named, err := again.Loaded.Sessions(1)
	if err != nil {
		return nil, err
	}
	if len(named) == 0 {
		return nil, stale
	}
	scene, err := app.sessionScene(ctx, *again.Loaded.Team, named[0], states)
	if err != nil {
		return nil, err
	}
	return sessionView(scene, req.Person.ID, app.may(again), metadata{Channel: at.channel}), nil
}
