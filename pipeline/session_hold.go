package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// How a session is held: one point after the other.

// Start begins a session: its points are what people added and what the agenda
// finds now. Without any there is nothing to talk about, and it ends at once.
func (s Session) Start(points []Point, over int, now time.Time) (Session, bool) {
	if s.Stage != SessionPlanned {
		return s, false
	}
	s.Stage, s.Started, s.Points, s.Over, s.Steps = SessionRunning, now, points, over, []int{1}
	if len(points) == 0 {
		s.Stage, s.Steps, s.Ended = SessionEnded, nil, now
	}
	return s, true
}

// StartSession begins one before its time.
func StartSession(policy Policy, p Person, where Where, s Session, points []Point, over int, now time.Time) (Session, error) {
	if err := s.mayChange(policy, p, where, "started"); err != nil {
		return s, err
	}
	s, _ = s.Start(points, over, now)
	return s, nil
}

// StepSession goes from the point with that number to the next one, or back. Of two
// people who press at once only one moves on: the other one's point is not the
// current one any more.
func StepSession(policy Policy, p Person, where Where, s Session, from int, back bool) (Session, error) {
	if err := s.mayHold(policy, p, where); err != nil {
		return s, err
	}
	if from != s.Current() {
		return s, &Problem{
			Code: "session-elsewhere",
			What: fmt.Sprintf("The session is at point %d of %d already.", s.Current(), len(s.Points)),
			Safe: "Nothing was changed.",
			Next: "Its newest message in the thread has the buttons that count.",
		}
	}
	to := from + 1
	if back {
		to = from - 1
	}
	if _, ok := s.Point(to); !ok || len(s.Steps) >= SessionSteps {
		return s, &Problem{
			Code: "session-no-point",
			What: "The session leads no further that way.",
			Safe: "Nothing was changed.",
			Next: fmt.Sprintf("It has %s. End it when there is nothing left to say.", amount(len(s.Points), "point", "points")),
		}
	}
	s.Steps = append(slices.Clone(s.Steps), to)
	return s, nil
}

// NotePoint keeps a line as the outcome of a point.
func NotePoint(policy Policy, p Person, where Where, s Session, number int, words string, now time.Time) (Session, error) {
	if err := s.mayHold(policy, p, where); err != nil {
		return s, err
	}
	point, ok := s.Point(number)
	if !ok {
		return s, noPoint(number)
	}
	wrong := map[Field]string{}
	note := PointLine{Words: checkLine(words, FieldNote, NoteLimit, wrong), By: p.ID, At: now}
	switch {
	case note.Words == "":
		wrong[FieldNote] = "Say in a line what came of it."
	case len(point.Notes) >= PointNotes:
		wrong[FieldNote] = fmt.Sprintf("A point keeps %d lines, and this one has them. Say the rest in the thread.", PointNotes)
	}
	if err := fieldProblems("session-note", wrong); err != nil {
		return s, err
	}
	point.Notes = append(slices.Clone(point.Notes), note)
	return s.withPoint(number, point), nil
}

// noPoint is the answer to a point that there is not.
func noPoint(number int) error {
	return &Problem{
		Code: "point-unknown",
		What: fmt.Sprintf("The session has no point %d.", number),
		Safe: "Nothing was changed.",
		Next: "Type /align session to see its points.",
	}
}

// EndSession ends a session that runs. facts are what its points are compared with:
// what was done to their items meanwhile is kept as decided.
func EndSession(policy Policy, p Person, where Where, s Session, facts AgendaFacts, now time.Time) (Session, error) {
	if err := s.mayHold(policy, p, where); err != nil {
		return s, err
	}
	s = s.ended(facts, now)
	s.EndedBy = p.ID
	return s, nil
}

// EndAt is when a session that runs ends by itself.
func (s Session) EndAt() time.Time { return s.Started.Add(SessionLasts) }

// EndByItself ends a session that nobody ended; false where it does not run.
func (s Session) EndByItself(facts AgendaFacts, now time.Time) (Session, bool) {
	if s.Stage != SessionRunning {
		return s, false
	}
	return s.ended(facts, now), true
}

func (s Session) ended(facts AgendaFacts, now time.Time) Session {
	s.Stage, s.Ended = SessionEnded, now
	return s.Decided(facts)
}

// mayHold refuses to hold a session that does not run.
func (s Session) mayHold(policy Policy, p Person, where Where) error {
	if err := mayIn(policy, p, HoldSession, where, s.Team, "A session"); err != nil {
		return err
	}
	if s.Stage == SessionRunning {
		return nil
	}
	problem := &Problem{
		Code: "session-" + string(s.Stage),
		What: fmt.Sprintf("The session of %s is %s.", ShowDay(s.Day), s.Stage.words()),
		Safe: "What was decided in it is kept.",
		Next: "Say it in the thread; decisions can still be made from the items themselves.",
	}
	if s.Stage == SessionPlanned {
		problem.What = fmt.Sprintf("The session of %s has not begun.", ShowDay(s.Day))
		problem.Safe, problem.Next = "Nothing was changed.", "Type /align session to start it now."
	}
	return problem
}

// Decided puts beside each point what was done to its item since the session began,
// and how it is now.
func (s Session) Decided(facts AgendaFacts) Session {
	s.Points = slices.Clone(s.Points)
	items := facts.items()
	for i, p := range s.Points {
		p.Decisions = nil
		for _, h := range facts.Happened {
			if p.Subject == "" || h.Key != p.Subject || h.At().Before(s.Started) || h.Event.By == "" || !s.Ended.IsZero() && h.At().After(s.Ended) {
				continue
			}
			e := h.Event
			p.Decisions = append(p.Decisions, PointDecision{At: e.At, By: e.By, What: e.What, From: e.From, To: e.To, About: e.About, Why: e.Why})
		}
		p.Left = items[p.Subject].State
		s.Points[i] = p
	}
	return s
}

// ItemNow is what a point is about, as it is now.
type ItemNow struct {
	Title string
	// State in a few words: "in discovery", "off track". Gone says that nothing can
	// be done with it any more: "withdrawn", "closed"; "" where something can.
	State, Gone string
}

// items that the points can be about, by their keys.
func (f AgendaFacts) items() map[string]ItemNow {
	items := map[string]ItemNow{}
	for _, idea := range f.Ideas {
		item := ItemNow{Title: idea.Title, State: inStage(idea.Stage)}
		if !idea.Withdrawn.IsZero() {
			item.Gone = "withdrawn"
		}
		items[idea.Key.String()] = item
	}
	for _, o := range f.Tree.Nodes.Outcomes {
		item := ItemNow{Title: o.Statement, State: o.Light.Words()}
		if !o.IsOpen() {
			item.Gone = fmt.Sprintf("closed (%s)", o.Result)
		}
		items[o.Key.String()] = item
	}
	for _, o := range f.Tree.Nodes.Opportunities {
		items[o.Key.String()] = ItemNow{Title: o.Statement}
	}
	for _, i := range f.Tree.Nodes.Impacts {
		items[i.Key.String()] = ItemNow{Title: i.Words()}
	}
	return items
}

// Item that a point is about; false where nothing is known of it.
func (f AgendaFacts) Item(subject string) (ItemNow, bool) {
	item, known := f.items()[subject]
	return item, known
}

// Became is what became of a point after its session.
type Became struct {
	Point Point
	State BecameState
	// Words say it: "still without a check-in for 20 days".
	Words string
}

// BecameState is whether something came of a point.
type BecameState string

// What can have become of a point.
const (
	BecameDone    BecameState = "done"    // what put it on the agenda is gone
	BecameOpen    BecameState = "open"    // it is still so
	BecameChanged BecameState = "changed" // the item is otherwise than it was left
	BecameUntold  BecameState = "untold"  // no item shows it
)

// WhatBecame compares what came of a session with how its items are now: of each
// point with a decision or a note.
func WhatBecame(last Session, facts AgendaFacts, now time.Time) []Became {
	items, open := facts.items(), map[string]Point{}
	for _, p := range openPoints(facts, now) {
		open[p.ID] = p
	}
	var became []Became
	for _, p := range last.Points {
		if !p.Settled() {
			continue
		}
		b := Became{Point: p, State: BecameDone, Words: "what put it on the agenda is gone"}
		item, known := items[p.Subject]
		still, isOpen := open[p.ID]
		switch {
		case p.Subject == "" || !known:
			b.State, b.Words = BecameUntold, "no item tells what became of it"
		case item.Gone != "":
			b.State, b.Words = BecameChanged, "it is "+item.Gone+" by now"
		case isOpen:
			b.State, b.Words = BecameOpen, "still "+still.Words
		case len(p.Decisions) > 0 && item.State != p.Left:
			b.State, b.Words = BecameChanged, fmt.Sprintf("it was %s, it is %s now", p.Left, item.State)
		case p.Kind == PointOwn:
			b.State, b.Words = BecameUntold, "it is "+item.State
		case len(p.Decisions) > 0:
			b.Words = "it stands as it was decided"
		}
		became = append(became, b)
	}
	return became
}
