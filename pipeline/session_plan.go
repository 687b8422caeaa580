package pipeline

import (
	"fmt"
	"time"
)

// How a session gets its day, and how that changes.

// SessionForm is what somebody typed to plan a session: nothing checked.
type SessionForm struct {
	Day   string // "2026-12-18"
	Hour  string // "10:00"
	Weeks string // from one to the next
	Ahead string // workdays before it that the agenda is sent
}

// Form gives a session as its form shows it.
func (s Session) Form() SessionForm {
	return SessionForm{Day: s.Day, Hour: s.Hour.String(), Weeks: fmt.Sprint(s.Weeks), Ahead: fmt.Sprint(s.Ahead)}
}

// FirstSession is what the form starts with: the next workday in a week, at ten,
// every four weeks.
func FirstSession(r Rhythm, now time.Time) SessionForm {
	r.At = SessionHour
	form := SessionForm{Hour: SessionHour.String(), Weeks: fmt.Sprint(SessionWeeks), Ahead: fmt.Sprint(SessionAhead)}
	if _, day, ok := r.from(now.In(r.location()).AddDate(0, 0, 7).Format(time.DateOnly)); ok {
		form.Day = day
	}
	return form
}

// PlanSession plans a team's next session, or says which fields to correct. r is
// the team's zone, workdays and holidays; newest is the newest session of the
// team, nil for none. A day on which nobody works gives way to the next workday.
// The session's number and version are given when it is stored.
func PlanSession(policy Policy, p Person, where Where, r Rhythm, newest *Session, form SessionForm, now time.Time) (Session, error) {
	s := Session{Team: where.team(), Stage: SessionPlanned, PlannedBy: p.ID}
	if err := mayIn(policy, p, HoldSession, where, s.Team, "A session"); err != nil {
		return Session{}, err
	}
	if newest != nil && newest.Open() {
		return Session{}, &Problem{
			Code: "session-planned",
			What: fmt.Sprintf("%s has a session already, on %s.", where.Team.Name, ShowDay(newest.Day)),
			Safe: "Nothing was changed.",
			Next: "Move that one instead.",
		}
	}
	planned, err := s.planned(r, form, now)
	if err != nil {
		return Session{}, err
	}
	planned.Planned = planned.Day
	return planned, nil
}

// ReplanSession moves a session that is planned, or changes its rhythm. Moved alone,
// those after it stay where they were; another number of weeks counts from its new
// day on.
func ReplanSession(policy Policy, p Person, where Where, r Rhythm, s Session, form SessionForm, now time.Time) (Session, error) {
	if err := s.mayChange(policy, p, where, "moved"); err != nil {
		return s, err
	}
	planned, err := s.planned(r, form, now)
	if err != nil {
		return s, err
	}
	if planned.Weeks != s.Weeks {
		planned.Planned = planned.Day
	}
	return planned, nil
}

// planned puts what was typed into the session.
func (s Session) planned(r Rhythm, form SessionForm, now time.Time) (Session, error) {
	wrong := map[Field]string{}
	hour, err := ParseClock(CleanLine(form.Hour))
	if err != nil || hour == 0 { // midnight stands for no hour
		wrong[FieldSessionHour] = "Choose a time of the day, such as 10:00."
	}
	weeks, ok := wholeNumber(CleanLine(form.Weeks))
	if !ok || weeks < 1 || weeks > SessionWeeksMax {
		wrong[FieldSessionWeeks] = fmt.Sprintf("A whole number of weeks from 1 to %d.", SessionWeeksMax)
	}
	ahead, ok := wholeNumber(CleanLine(form.Ahead))
	if !ok || ahead > SessionAheadMax {
		wrong[FieldSessionAhead] = fmt.Sprintf("A whole number of workdays from 0 to %d.", SessionAheadMax)
	}
	s.Hour, s.Weeks, s.Ahead = hour, weeks, ahead
	r.At = hour
	today := now.In(r.location())
	switch day, err := time.Parse(time.DateOnly, form.Day); {
	case err != nil:
		wrong[FieldSessionDay] = "Choose a day."
	case form.Day < today.Format(time.DateOnly):
		wrong[FieldSessionDay] = "That day is over. Choose one to come."
	case form.Day > today.AddDate(0, 0, SessionDaysMax).Format(time.DateOnly):
		wrong[FieldSessionDay] = fmt.Sprintf("Choose a day within the next %d days.", SessionDaysMax)
	case len(wrong) > 0:
	default:
		if !s.setDay(r, day.Format(time.DateOnly)) {
			wrong[FieldSessionDay] = "The team has no workday soon after that day: its settings say when it works."
		} else if !s.Begins.After(now) {
			wrong[FieldSessionHour] = "That time is over today. Choose a later one, or another day."
		}
	}
	if err := fieldProblems("session-form", wrong); err != nil {
		return s, err
	}
	return s, nil
}

// setDay puts the session on the first workday from day on, at its hour; false
// where the rhythm knows none.
func (s *Session) setDay(r Rhythm, day string) bool {
	r.At = s.Hour
	begins, held, ok := r.from(day)
	if !ok {
		return false
	}
	s.Day, s.Begins, s.AgendaAt = held, begins.UTC(), begins.UTC()
	for ahead := s.Ahead; ahead > 0; ahead-- {
		at, day, ok := r.before(held)
		if !ok {
			break
		}
		s.AgendaAt, held = at.UTC(), day
	}
	return true
}

// from gives the first moment of the rhythm on that day or after it.
func (r Rhythm) from(day string) (at time.Time, on string, ok bool) {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}, "", false
	}
	return r.Next(WallTime(date, 0, r.location()).Add(-time.Nanosecond), date.AddDate(0, 0, -1).Format(time.DateOnly))
}

// longestBreak is how many days in a row a team may not work, for whoever looks
// for the workday before one.
const longestBreak = 60

// before gives the last moment of the rhythm on a day before that one.
func (r Rhythm) before(day string) (at time.Time, on string, ok bool) {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}, "", false
	}
	for back := 1; back <= longestBreak; back++ {
		if date := date.AddDate(0, 0, -back); r.worksOn(date) {
			return WallTime(date, r.hour(), r.location()), date.Format(time.DateOnly), true
		}
	}
	return time.Time{}, "", false
}

// SkipSession leaves out one session; the next one follows by the rhythm.
func SkipSession(policy Policy, p Person, where Where, s Session, now time.Time) (Session, error) {
	return s.closed(policy, p, where, SessionSkipped, "skipped", now)
}

// StopSessions ends the rhythm: the session planned is not held, and none follows.
func StopSessions(policy Policy, p Person, where Where, s Session, now time.Time) (Session, error) {
	return s.closed(policy, p, where, SessionStopped, "stopped", now)
}

func (s Session) closed(policy Policy, p Person, where Where, as SessionStage, done string, now time.Time) (Session, error) {
	if err := s.mayChange(policy, p, where, done); err != nil {
		return s, err
	}
	s.Stage, s.Ended, s.EndedBy = as, now, p.ID
	return s, nil
}

// mayChange refuses to change a session that is not planned any more. done
// completes "so it cannot be".
func (s Session) mayChange(policy Policy, p Person, where Where, done string) error {
	if err := mayIn(policy, p, HoldSession, where, s.Team, "A session"); err != nil {
		return err
	}
	if s.Stage == SessionPlanned {
		return nil
	}
	return &Problem{
		Code: "session-" + string(s.Stage),
		What: fmt.Sprintf("The session of %s is %s, so it cannot be %s.", ShowDay(s.Day), s.Stage.words(), done),
		Safe: "Nothing was changed.",
		Next: "Type /align session to see the next one.",
	}
}

func (s SessionStage) words() string {
	if s == SessionRunning {
		return "running"
	}
	return string(s) + " already"
}

// NextSession is the one that follows by the rhythm, after now; false where none
// does, or the team has no workdays.
func NextSession(r Rhythm, s Session, now time.Time) (Session, bool) {
	if s.Open() || s.Stage == SessionStopped {
		return Session{}, false
	}
	day, err := time.Parse(time.DateOnly, s.Planned)
	if err != nil {
		return Session{}, false
	}
	next := Session{Team: s.Team, Stage: SessionPlanned, Weeks: s.Weeks, Hour: s.Hour, Ahead: s.Ahead, PlannedBy: s.PlannedBy}
	for range SessionDaysMax { // sessions nobody was there for are left out
		day = day.AddDate(0, 0, 7*max(s.Weeks, 1))
		next.Planned = day.Format(time.DateOnly)
		if !next.setDay(r, next.Planned) {
			return Session{}, false
		}
		if next.Begins.After(now) && next.Day > s.Day {
			return next, true
		}
	}
	return Session{}, false
}

// Idle tells whether nobody works on the session's day any more, as where a holiday was
// noted after it was planned.
func (s Session) Idle(r Rhythm) bool { return !r.allows(s.Day) }

// Late moves a session whose time passed while nothing was running, or on whose
// day nobody works, to the next workday; false where there is none.
func (s Session) Late(r Rhythm, now time.Time) (Session, bool) {
	if s.Stage != SessionPlanned {
		return s, false
	}
	moved := s
	day := dateOf(now, r.location())
	for range 2 {
		if !moved.setDay(r, day.Format(time.DateOnly)) {
			return s, false
		}
		if moved.Begins.After(now) {
			return moved, true
		}
		day = day.AddDate(0, 0, 1) // the hour is over today
	}
	return s, false
}
