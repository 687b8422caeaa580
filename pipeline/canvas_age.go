package pipeline

import (
	"slices"
	"time"
)

// CanvasCheckDays is after how many days a canvas's owner is asked again whether its
// boxes are still true.
const CanvasCheckDays = 30

// CheckDue is when the owner is to be asked next whether the boxes are still true: in
// the morning of the first day of work of the team from CanvasCheckDays after it was
// last asked, or begun; from notBefore on, "2026-12-01", where that is later. The zero
// time for a closed canvas.
func (c Canvas) CheckDue(team Team, holidays Holidays, notBefore string) time.Time {
	if !c.IsOpen() {
		return time.Time{}
	}
	last := c.Began
	if c.Checked.After(last) {
		last = c.Checked
	}
	loc := team.Location()
	from := WallTime(dateOf(last, loc).AddDate(0, 0, CanvasCheckDays), 0, loc)
	at, _, _ := Rhythm{Zone: team.Zone, Workdays: team.Workdays, Holidays: holidays, AwayUntil: notBefore}.Next(from, "")
	return at
}

// CanvasCheck decides about asking a canvas's owner, whose nudge settings those are,
// at the moment it is due.
type CanvasCheck struct {
	// Ask now.
	Ask bool
	// Again is when to look again; the zero time when nobody will, because the canvas
	// is closed.
	Again time.Time
}

// PlanCheck decides whether the owner is asked now. Whoever wants no nudges is not
// asked this month, and whoever is away or snoozes them is asked once they are back.
// An empty canvas has nothing to ask for.
func PlanCheck(c Canvas, owner NudgeSettings, team Team, holidays Holidays, now time.Time) CanvasCheck {
	due := c.CheckDue(team, holidays, "")
	if due.IsZero() || due.After(now) { // closed, or the team works at other times by now
		return CanvasCheck{Again: due}
	}
	asked := c
	asked.Checked = now
	next := asked.CheckDue(team, holidays, "")
	back := max(owner.AwayUntil, owner.SnoozedUntil)
	today := dateOf(now, team.Location()).Format(time.DateOnly)
	rhythm := Rhythm{Zone: team.Zone, Workdays: team.Workdays, Holidays: holidays, AwayUntil: back}
	switch _, awake := rhythm.Makeup(now, ""); {
	case owner.Off, len(c.Boxes) == 0:
		return CanvasCheck{Again: next}
	case back > today:
		at := c.CheckDue(team, holidays, back)
		return CanvasCheck{Again: at}
	case !awake: // what ran late comes in the morning, not at night
		at, _, _ := rhythm.Next(now, "")
		return CanvasCheck{Again: at}
	}
	return CanvasCheck{Ask: true, Again: next}
}

// AskedBoxes are the boxes that its owner was asked about at that time and that nobody
// has looked at since, in the order of filling.
func (c Canvas) AskedBoxes(asked time.Time) []BoxPlace {
	return slices.DeleteFunc(c.Places(), func(p BoxPlace) bool { return p.Box.Text == "" || p.Box.Confirmed.After(asked) })
}

// AnsweredBoxes are the filled boxes that somebody looked at since then.
func (c Canvas) AnsweredBoxes(asked time.Time) []BoxPlace {
	return slices.DeleteFunc(c.Places(), func(p BoxPlace) bool { return p.Box.Text == "" || !p.Box.Confirmed.After(asked) })
}

// Confirmed is the canvas as the rules of backlog health know it: by the box that was
// longest not confirmed. ok is false for one that is closed or empty, which nobody
// has to confirm.
func (c Canvas) Confirmed() (confirmed Confirmed, ok bool) {
	if !c.IsOpen() || len(c.Boxes) == 0 {
		return Confirmed{}, false
	}
	return Confirmed{Key: c.Key().String(), Name: c.Name, At: c.Oldest()}, true
}
