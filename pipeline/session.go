package pipeline

import (
	"slices"
	"time"
)

// Session is one regular check-in of a team: what asks for a decision is talked
// about point by point, and what is decided is kept. It has a day, then it is
// held, skipped or the last one.
type Session struct {
	Team TeamKey `json:"-"`
	// Number within its team, from 1; given when it is stored.
	Number int `json:"-"`
	// Version counts changes, from 1.
	Version int64        `json:"-"`
	Stage   SessionStage `json:"stage"`
	// Weeks from one session to the next, and Hour by the team's clocks.
	Weeks int   `json:"weeks"`
	Hour  Clock `json:"hour"`
	// Ahead is how many workdays before it its agenda is sent.
	Ahead int `json:"ahead,omitempty"`
	// Planned is the day that the rhythm gives, as in "2026-12-18", Day the one on
	// which it is held: another where it was moved, or where nobody works on the
	// day planned.
	Planned string `json:"planned"`
	Day     string `json:"day"`
	// Begins is that day at its hour, AgendaAt when its agenda is sent.
	Begins    time.Time `json:"begins"`
	AgendaAt  time.Time `json:"agenda_at"`
	PlannedBy string    `json:"planned_by"`
	// Started and Ended are the zero time before. EndedBy is the user id of who
	// ended, skipped or stopped it; "" where nobody did and its time was over.
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	EndedBy string    `json:"ended_by,omitempty"`
	// Points in the order in which they are talked about, as they stood when it
	// began. Over is how many there would have been beside them.
	Points []Point `json:"points,omitempty"`
	Over   int     `json:"over,omitempty"`
	// Steps are the numbers of the points that were gone to, from 1, the last one is
	// talked about; none before it begins.
	Steps []int `json:"steps,omitempty"`
}

// SessionStage is how far a session has come.
type SessionStage string

// The stages of a session. Of one team at most one is planned or running.
const (
	SessionPlanned SessionStage = "planned"
	SessionRunning SessionStage = "running"
	SessionEnded   SessionStage = "ended"
	SessionSkipped SessionStage = "skipped"
	SessionStopped SessionStage = "stopped" // it was not held, and none follows
)

// Point is one thing that a session talks about.
type Point struct {
	// ID names it within its session: "silent PAY-O3", or "own U123 1" for one
	// that a person added.
	ID   string    `json:"id"`
	Kind PointKind `json:"kind"`
	// Subject is the key of the item it is about, PAY-12 or PAY-O3, or the name of
	// a round; "" where there is none.
	Subject string `json:"subject,omitempty"`
	// Run is the number of the test it is about; 0 for none.
	Run int `json:"run,omitempty"`
	// Title of the item, and Words: what is amiss, or what a person wrote.
	Title string `json:"title,omitempty"`
	Words string `json:"words"`
	// By is the user id of who added it; "" where the agenda has it by itself.
	By string `json:"by,omitempty"`
	// Repairs are what one tap begins, the most useful first.
	Repairs []Repair `json:"repairs,omitempty"`
	// Said are answers to it from before the session.
	Said []PointLine `json:"said,omitempty"`
	// Notes are lines that were kept as its outcome.
	Notes []PointLine `json:"notes,omitempty"`
	// Decisions are what was done to the item while the session was held, Left how
	// the item was when it ended.
	Decisions []PointDecision `json:"decisions,omitempty"`
	Left      string          `json:"left,omitempty"`
}

// PointLine is what one person said about a point.
type PointLine struct {
	Words string    `json:"words"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

// PointDecision is a line of the item's history.
type PointDecision struct {
	At    time.Time `json:"at"`
	By    string    `json:"by,omitempty"`
	What  What      `json:"what"`
	From  Stage     `json:"from,omitempty"`
	To    Stage     `json:"to,omitempty"`
	About string    `json:"about,omitempty"`
	Why   string    `json:"why,omitempty"`
}

// PointKind is why something is on the agenda.
type PointKind string

// The kinds of points, the most useful first.
const (
	PointOwn       PointKind = "own"       // somebody wants to talk about it
	PointRed       PointKind = "red"       // an outcome is off track
	PointDue       PointKind = "due"       // a parked idea whose time has come
	PointEffect    PointKind = "effect"    // nobody has said what a delivered idea changed
	PointTest      PointKind = "test"      // a test is past its deadline
	PointChallenge PointKind = "challenge" // a challenge waits for its answer
	PointSilent    PointKind = "silent"    // an outcome without a check-in for long
	PointOverride  PointKind = "override"  // an idea passed a gate that refused
	PointStuck     PointKind = "stuck"     // an idea is at its stage for long
	PointBare      PointKind = "bare"      // an outcome that no idea serves
	PointOrphan    PointKind = "orphan"    // an idea without an outcome
	PointAsked     PointKind = "asked"     // questions that few have answered
)

// PointKinds lists them in that order.
func PointKinds() []PointKind {
	return []PointKind{
		PointOwn, PointRed, PointDue, PointEffect, PointTest, PointChallenge,
		PointSilent, PointOverride, PointStuck, PointBare, PointOrphan, PointAsked,
	}
}

// The inputs of the forms of a session, beside FieldNote.
const (
	FieldSessionDay   Field = "session-day"
	FieldSessionHour  Field = "session-hour"
	FieldSessionWeeks Field = "session-weeks"
	FieldSessionAhead Field = "session-ahead"
	FieldPoint        Field = "point"
	FieldPointItem    Field = "point-item"
)

// The limits of sessions.
const (
	SessionWeeks    = 4   // from one to the next unless somebody chooses
	SessionWeeksMax = 26  // half a year
	SessionAhead    = 3   // workdays before it that its agenda is sent
	SessionAheadMax = 10  // workdays
	SessionDaysMax  = 365 // ahead that one can be planned
	AgendaPoints    = 10  // that the agenda finds
	OwnPoints       = 10  // that people add to one session
	OwnPointsEach   = 3   // of them by one person
	PointLimit      = 200 // runes
	PointNotes      = 5   // kept with one point
	SessionSteps    = 200 // from point to point in one session
)

// SessionHour is when a session begins unless somebody chooses: at ten.
const SessionHour Clock = 10 * 60

// SessionLasts is how long a session runs when nobody ends it.
const SessionLasts = 24 * time.Hour

// Open tells whether the session is still to be held, or is.
func (s Session) Open() bool { return s.Stage == SessionPlanned || s.Stage == SessionRunning }

// Current is the number of the point that is talked about, from 1; 0 before the
// session begins, and where it has no points.
func (s Session) Current() int {
	if len(s.Steps) == 0 {
		return 0
	}
	return s.Steps[len(s.Steps)-1]
}

// Point gives the one with that number, from 1; false where there is none.
func (s Session) Point(number int) (Point, bool) {
	if number < 1 || number > len(s.Points) {
		return Point{}, false
	}
	return s.Points[number-1], true
}

// withPoint gives the session with another point at that number, from 1. The
// session it is called on keeps its own.
func (s Session) withPoint(number int, p Point) Session {
	s.Points = slices.Clone(s.Points)
	s.Points[number-1] = p
	return s
}

// Settled tells whether anything came of the point.
func (p Point) Settled() bool { return len(p.Notes) > 0 || len(p.Decisions) > 0 }
