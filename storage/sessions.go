package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"alignbot/pipeline"
)

// KindSession is the kind of sheet of an alignment session, and begins the kinds of
// its outbox entries.
const KindSession = "session"

// The parts of a session's message: its agenda, and each step in its thread.
const (
	SessionAgenda = "agenda"
	sessionStep   = "step "
)

// SessionStep is the part of a session that shows the step with that number, from 0.
func SessionStep(step int) string { return sessionStep + strconv.Itoa(step) }

var sessions = shelf[pipeline.Session]{
	kind: KindSession,
	name: SessionName,
	named: func(s *pipeline.Session, name SheetName, version int64) {
		s.Team, s.Number, s.Version = pipeline.TeamKey(name.Owner), name.Number, version
	},
	version: func(s pipeline.Session) int64 { return s.Version },
}

// SessionName names a session among all.
func SessionName(s pipeline.Session) SheetName {
	return SheetName{Owner: string(s.Team), Number: s.Number}
}

// SessionState is a session with what people said before it and what shows it.
type SessionState struct {
	Session pipeline.Session
	Said    pipeline.SessionSaid
	// Agenda, Message and Steps are the messages that show it: what it is going to
	// talk about, the beginning of its thread, and each step; zero or missing until
	// Slack has confirmed them.
	Agenda, Message pipeline.Message
	Steps           map[int]pipeline.Message
	// Times is how often something was brought to it, and taken back.
	Times int64
}

// SessionConflictError says that a session was changed since it was read, or that
// there is one with its number already. Nothing was written.
type SessionConflictError struct {
	// Current is what it is now.
	Current SessionState
}

func (e *SessionConflictError) Error() string {
	return fmt.Sprintf("session %s was changed meanwhile and is at version %d", SessionName(e.Current.Session), e.Current.Session.Version)
}

// PlanSession stores a new session with the number after that of the team's newest
// one. Where somebody else was faster the error is a *SessionConflictError: a team has
// one session at a time.
func (s *Store) PlanSession(ctx context.Context, op string, session pipeline.Session, by string, draft Slot, after ...Outgoing) (pipeline.Session, error) {
	session.Version = 0
	return s.writeSession(ctx, sheetWrite[pipeline.Session]{Op: op, Sheet: session, By: by, Draft: draft, After: after})
}

// ChangeSession stores a session in the place of the version it was read at, else the
// error is a *SessionConflictError.
func (s *Store) ChangeSession(ctx context.Context, op string, session pipeline.Session, by string, draft Slot, after ...Outgoing) (pipeline.Session, error) {
	return s.writeSession(ctx, sheetWrite[pipeline.Session]{Op: op, Sheet: session, By: by, Draft: draft, After: after})
}

// StartSession is ChangeSession for one that begins with what people brought to it: it
// conflicts where somebody brought more since state was read, too.
func (s *Store) StartSession(ctx context.Context, op string, state SessionState, started pipeline.Session, by string, after ...Outgoing) (pipeline.Session, error) {
	return s.writeSession(ctx, sheetWrite[pipeline.Session]{Op: op, Sheet: started, Times: &state.Times, By: by, After: after})
}

func (s *Store) writeSession(ctx context.Context, w sheetWrite[pipeline.Session]) (pipeline.Session, error) {
	stored, err := sessions.write(ctx, s, w)
	if current, conflicts := conflictOf[pipeline.Session](err); conflicts {
		state, broken := sessionState(current)
		if broken != nil {
			return pipeline.Session{}, broken
		}
		return pipeline.Session{}, &SessionConflictError{Current: state}
	}
	return stored, err
}

// Bringing is what somebody brings to a session before it begins: a point, with
// Remove one that is taken back, or what they say to one; "" takes that back.
type Bringing struct {
	Op      string
	Session pipeline.Session
	Point   *pipeline.OwnPoint
	Remove  bool
	Answer  *pipeline.PointAnswer
	Acted   Acted
	By      string // whose draft is dropped
	Draft   Slot
}

// Bring keeps what somebody brings, each thing under a key of its own, so that nobody
// is in another's way. ErrOvertaken when they did something to it later, ErrClosed when
// the session is not planned any more.
func (s *Store) Bring(ctx context.Context, b Bringing, after ...Outgoing) (SessionState, error) {
	t := Telling{
		Op: b.Op, Name: SessionName(b.Session), While: map[string]string{"stage": strconv.Quote(string(pipeline.SessionPlanned))},
		Acted: b.Acted, By: b.By, Draft: b.Draft, After: after,
	}
	var kept any
	switch {
	case b.Point != nil:
		t.Field = fmt.Sprintf("point %s %d", b.Point.By, b.Point.Slot)
		if !b.Remove {
			kept = b.Point
		}
	case b.Answer != nil:
		t.Field = fmt.Sprintf("answer %s %s", b.Answer.By, b.Answer.Point)
		if b.Answer.Words != "" {
			kept = b.Answer
		}
	}
	if kept != nil {
		text, err := json.Marshal(kept)
		if err != nil {
			return SessionState{}, err
		}
		t.Text = string(text)
	}
	said, told, err := sessions.say(ctx, s, t)
	if err != nil {
		return SessionState{}, err
	}
	state, err := sessionState(said)
	switch {
	case err != nil:
	case told == TellOver:
		err = ErrClosed
	case told == TellOvertaken:
		err = ErrOvertaken
	}
	return state, err
}

// Session reads one session of the team, or gives ErrNotFound.
func (s *Store) Session(ctx context.Context, team pipeline.TeamKey, number int) (SessionState, error) {
	state, err := sessions.get(ctx, s, SheetName{Owner: string(team), Number: number})
	if err != nil {
		return SessionState{}, err
	}
	return sessionState(state)
}

// NewestSessions gives up to n sessions of the team, the newest first.
func (s *Store) NewestSessions(ctx context.Context, team pipeline.TeamKey, n int) ([]SessionState, error) {
	page, err := sessions.list(ctx, s, SheetWant{Owner: string(team), Most: n, Said: true})
	if err != nil {
		return nil, err
	}
	return sessionStates(page)
}

// sessionState reads what was said to a session, and what shows it.
func sessionState(stored SheetState[pipeline.Session]) (SessionState, error) {
	state := SessionState{
		Session: stored.Sheet, Message: stored.Messages[""], Agenda: stored.Messages[SessionAgenda], Steps: map[int]pipeline.Message{},
		Times: stored.Times,
	}
	broken := func(what string, err error) (SessionState, error) {
		return SessionState{}, fmt.Errorf("storage: session %s: %s: %w", SessionName(stored.Sheet), what, err)
	}
	for part, message := range stored.Messages {
		if number, is := strings.CutPrefix(part, sessionStep); is {
			step, err := strconv.Atoi(number)
			if err != nil {
				return broken("a message", err)
			}
			state.Steps[step] = message
		}
	}
	for field, text := range stored.Said {
		kind, rest, _ := strings.Cut(field, " ")
		by, which, _ := strings.Cut(rest, " ")
		switch kind {
		case "point":
			point := pipeline.OwnPoint{By: by}
			var err error
			if point.Slot, err = strconv.Atoi(which); err != nil {
				return broken("a point", err)
			}
			if err := json.Unmarshal([]byte(text), &point); err != nil {
				return broken("a point", err)
			}
			state.Said.Points = append(state.Said.Points, point)
		case "answer":
			answer := pipeline.PointAnswer{Point: which, By: by}
			if err := json.Unmarshal([]byte(text), &answer); err != nil {
				return broken("an answer", err)
			}
			state.Said.Answers = append(state.Said.Answers, answer)
		}
	}
	return state, nil
}

// WantSessions of the team wants its newest sessions, as Loaded.Sessions gives them.
func WantSessions(most int) SheetWant { return SheetWant{Kind: KindSession, Most: most, Said: true} }

// WantSession is the same for the one with that number.
func WantSession(number int) SheetWant {
	return SheetWant{Kind: KindSession, Number: number, Said: true}
}

// Sessions gives those that were wanted by that place among Want.Sheets.
func (l Loaded) Sessions(want int) ([]SessionState, error) {
	page, err := sessions.in(l, want)
	if err != nil {
		return nil, err
	}
	return sessionStates(page)
}

func sessionStates(page SheetPage[pipeline.Session]) ([]SessionState, error) {
	states := make([]SessionState, len(page.Sheets))
	for i, sheet := range page.Sheets {
		var err error
		if states[i], err = sessionState(sheet); err != nil {
			return nil, err
		}
	}
	return states, nil
}
