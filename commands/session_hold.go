package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a session is held: started, from point to point, ended. The forms in which its
// points are decided are those of the items.

// startSession begins a session before its time.
func startSession(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, state, newest, err := req.clickedSession()
	if err != nil {
		return Reply{}, err
	}
	told := tell("The session begins. Its thread is in the team's channel.")
	if s := state.Session; !req.Loaded.First && s.Stage == pipeline.SessionRunning {
		return app.answer(ctx, req, p, told), nil // by an earlier try of this very click
	}
	team := *req.Loaded.Team
	for range busyTries {
		scene, err := app.sessionScene(ctx, team, state, newest)
		if err != nil {
			return Reply{}, err
		}
		started, err := pipeline.StartSession(app.Policy, req.Person, req.where(), state.Session, scene.points, scene.over, req.Now)
		if err != nil {
			return Reply{}, err
		}
		_, err = app.Store.StartSession(ctx, req.Op, state, started, req.Person.ID, startingSession(team, started)...)
		current, conflicts := sessionConflict(err)
		switch {
		case err == nil:
			return app.answer(ctx, req, p, told), nil
		case !conflicts:
			return Reply{}, err
		}
		state = current
	}
	return Reply{}, sessionBusy(state.Session)
}

// nextPoint goes on to the next point, backPoint to the one before.
func nextPoint(ctx context.Context, app *App, req *Request) (Reply, error) {
	return app.stepSession(ctx, req, false)
}

func backPoint(ctx context.Context, app *App, req *Request) (Reply, error) {
	return app.stepSession(ctx, req, true)
}

// stepSession goes on or back. Of two who press at once one moves on, and the other
// learns where the session is.
func (app *App) stepSession(ctx context.Context, req *Request, back bool) (Reply, error) {
	p, state, _, err := req.clickedSession()
	if err != nil {
		return Reply{}, err
	}
	team := *req.Loaded.Team
	_, err = app.changeSession(ctx, req, req.Op, storage.Slot{}, state.Session, func(s pipeline.Session) (pipeline.Session, error) {
		return pipeline.StepSession(app.Policy, req.Person, req.where(), s, p.number("point"), back)
	}, func(s pipeline.Session) []storage.Outgoing { return steppingSession(team, s) })
	var problem *pipeline.Problem
	if errors.As(err, &problem) && problem.Code == "session-elsewhere" && !req.Loaded.First {
		return Reply{}, nil // an earlier delivery of this very click moved it on
	}
	return Reply{}, err
}

// openNote opens the form that keeps a line as what came of a point.
func openNote(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, state, _, err := req.clickedSession()
	if err != nil {
		return Reply{}, err
	}
	s, number := state.Session, p.number("point")
	// What can be refused before anything is typed is refused before.
	_, err = pipeline.NotePoint(app.Policy, req.Person, req.where(), s, number, "", req.Now)
	if refusedAtOnce(err) {
		return Reply{}, err
	}
	point, _ := s.Point(number)
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		return Reply{Update: pointNoteForm(m, number, point, nil)}, err
	}
	m := req.formOver(p, sessionSlot(draftPointNote, s.Team, s.Number, number))
	m.Team, m.Session, m.Point = s.Team, s.Number, strconv.Itoa(number)
	typed, notes := req.goingOn(actionPointNote, sessionValue(s, "").set("point", m.Point), nil)
	return Reply{Open: pointNoteForm(m, number, point, typed, notes...)}, nil
}

// noteForm draws it.
func pointNoteForm(m metadata, number int, p pipeline.Point, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := []slack.Block{slack.NewSectionBlock(plain(pointTitle(number, p)), nil, nil)}
	return form(formPointNote, "What came of it", "Keep", m, append(append(blocks, notes...),
		textInput(pipeline.FieldNote, m.Fresh, "In a line", "Everybody reads it in the thread. The next session opens with it.", "", typed[pipeline.FieldNote], pipeline.NoteLimit, true),
	)...)
}

// keepNote keeps the line.
func keepNote(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	state, _, err := req.wantedSession()
	if err != nil {
		return Reply{}, err
	}
	number, err := strconv.Atoi(m.Point)
	if err != nil {
		return Reply{}, stale
	}
	team, words := *req.Loaded.Team, req.Form.Value(pipeline.FieldNote).Text
	_, err = app.changeSession(ctx, req, req.tryOf(m.Fresh, number, words), slot, state.Session, func(s pipeline.Session) (pipeline.Session, error) {
		if noted(s, number, req.Person.ID, words) && !req.Loaded.First {
			return s, nil // an earlier try of this form kept it
		}
		return pipeline.NotePoint(app.Policy, req.Person, req.where(), s, number, words, req.Now)
	}, func(s pipeline.Session) []storage.Outgoing { return redrawPoint(team, s, number) })
	if err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, tell("It is kept with the point.")), nil
}

// noted tells whether the person has kept that line with the point.
func noted(s pipeline.Session, number int, by, words string) bool {
	p, _ := s.Point(number)
	return slices.ContainsFunc(p.Notes, func(l pipeline.PointLine) bool { return l.By == by && l.Words == pipeline.CleanLine(words) })
}

// endSession ends a session that runs.
func endSession(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, state, newest, err := req.clickedSession()
	if err != nil {
		return Reply{}, err
	}
	told := tell("The session has ended. What came of it is told in its thread.")
	if s := state.Session; !req.Loaded.First && s.Stage == pipeline.SessionEnded {
		return app.answer(ctx, req, p, told), nil // by an earlier try of this very click
	}
	team := *req.Loaded.Team
	scene, err := app.sessionScene(ctx, team, state, newest)
	if err != nil {
		return Reply{}, err
	}
	_, err = app.changeSession(ctx, req, req.Op, storage.Slot{}, state.Session, func(s pipeline.Session) (pipeline.Session, error) {
		return pipeline.EndSession(app.Policy, req.Person, req.where(), s, scene.facts, req.Now)
	}, func(s pipeline.Session) []storage.Outgoing { return endingSession(team, s) })
	if err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, told), nil
}

// drawSessionAhead sends the agenda of a session when its moment has come. It sends
// nothing itself.
func (app *App) drawSessionAhead(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	state, team, err := app.drawnSession(ctx, c)
	if err != nil || team.Key == "" || state.Session.Stage != pipeline.SessionPlanned || !isMoment(c, state.Session.AgendaAt) {
		return done, err
	}
	if state.Session.AgendaAt.Equal(state.Session.Begins) {
		return done, nil // it begins with it
	}
	return done, app.Store.Enqueue(ctx, sendAgenda(team, state.Session))
}

// isMoment tells whether an entry that waited for a moment still waits for it. That it
// has come, the store's clock says.
func isMoment(c storage.Claimed, at time.Time) bool {
	return c.Args["at"] == strconv.FormatInt(at.UnixMilli(), 10)
}

// sessionLate is how long after its time a session still begins by itself. One for
// which nothing was running then is moved to the next workday, as is one on a day that
// was made a holiday.
const sessionLate = 4 * time.Hour

// drawSessionStart begins a session whose time has come. It sends nothing itself, and
// does the same when it is done again.
func (app *App) drawSessionStart(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	state, team, err := app.drawnSession(ctx, c)
	if err != nil || team.Key == "" {
		return done, err
	}
	states, err := app.Store.NewestSessions(ctx, team.Key, sessionsLooked)
	if err != nil {
		return done, err
	}
	rhythm, err := app.rhythm(ctx, team)
	if err != nil {
		return done, err
	}
	for range busyTries {
		s := state.Session
		if s.Stage != pipeline.SessionPlanned || !isMoment(c, s.Begins) {
			return done, nil
		}
		scene, err := app.sessionScene(ctx, team, state, states)
		if err != nil {
			return done, err
		}
		var after []storage.Outgoing
		if scene.now.Sub(s.Begins) > sessionLate || s.Idle(rhythm) {
			moved, ok := s.Late(rhythm, scene.now)
			if !ok {
				return done, nil
			}
			s, after = moved, append(sessionWaits(moved), sendAgenda(team, moved))
		} else {
			s, _ = s.Start(scene.points, scene.over, scene.now)
			after = startingSession(team, s)
		}
		_, err = app.Store.StartSession(ctx, c.ID, state, s, "", after...)
		current, conflicts := sessionConflict(err)
		if !conflicts {
			return done, err
		}
		state = current
	}
	return done, sessionBusy(state.Session)
}

// drawSessionEnd ends a session that nobody ended. It sends nothing itself.
func (app *App) drawSessionEnd(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	var seen pipeline.Session
	for range busyTries {
		scene, err := app.drawnScene(ctx, c)
		if err != nil || scene.team.Key == "" {
			return done, err
		}
		seen = scene.Session
		ended, runs := seen.EndByItself(scene.facts, scene.now)
		if !runs {
			return done, nil
		}
		_, err = app.Store.ChangeSession(ctx, c.ID, ended, "", storage.Slot{}, endingSession(scene.team, ended)...)
		if _, conflicts := sessionConflict(err); !conflicts {
			return done, err
		}
	}
	return done, sessionBusy(seen)
}

// drawSessionNext plans the session that follows by the rhythm. It sends nothing
// itself; where one is there already, there is nothing to do.
func (app *App) drawSessionNext(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	state, team, err := app.drawnSession(ctx, c)
	if err != nil || team.Key == "" {
		return done, err
	}
	rhythm, err := app.rhythm(ctx, team)
	if err != nil {
		return done, err
	}
	next, follows := pipeline.NextSession(rhythm, state.Session, app.Now())
	if !follows {
		return done, nil
	}
	next.Number = state.Session.Number + 1
	_, err = app.Store.PlanSession(ctx, c.ID, next, "", storage.Slot{}, sessionWaits(next)...)
	if _, conflicts := sessionConflict(err); conflicts {
		err = nil
	}
	return done, err
}
