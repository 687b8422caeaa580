package pipeline

import (
	"slices"
	"time"
)

// NudgeDue is what became of the one nudge that was due to a person or a team on a
// day of theirs: a line of what an auditor reads.
type NudgeDue struct {
	// Who is a user id or a team's key, Day the local day, "2026-11-20".
	Who, Day string
	// Due is when it was to come.
	Due   time.Time
	State NudgeState
	// Why says more of a state: Slack's code, or one of ours.
	Why string
	// At is when it came to this state.
	At time.Time
}

// NudgeState is what became of a nudge that was due. It is stored and stays.
type NudgeState string

// The states of a nudge that was due.
const (
	NudgePlanned NudgeState = "planned" // it waits to be sent
	NudgeHeld    NudgeState = "held"    // until the person can be disturbed
	NudgeSent    NudgeState = "sent"
	NudgeFailed  NudgeState = "failed"  // Slack refused it for good
	NudgeUnknown NudgeState = "unknown" // nobody knows whether it arrived
	NudgeSkipped NudgeState = "skipped" // there was nothing to say when it was to be sent
	NudgeMissed  NudgeState = "missed"  // it was not sent on its day
)

// Why a nudge was held or missed, where Slack gave no code.
const (
	// NudgeDisturbs: the person had do-not-disturb on in Slack.
	NudgeDisturbs = "do-not-disturb"
	// NudgeUnasked: Slack did not tell whether the person may be disturbed.
	NudgeUnasked = "dnd-unknown"
	// NudgeLate: its time came again only when it was quiet: nothing ran, or
	// Slack's limits let no more through.
	NudgeLate = "late"
)

// NudgeLook is what is known when it is looked whether somebody's nudge is due.
type NudgeLook struct {
	// Now is by the store's clock.
	Now time.Time
	// Rhythms are one for each team that something waits in, with the person's own
	// zone, hour and absence; of a team just its own. One of them that allows a day is
	// enough.
	Rhythms []Rhythm
	// Off: no nudges at all.
	Off bool
	// Waits: something waits. NextWait is when something else begins to; the zero
	// time for nothing.
	Waits    bool
	NextWait time.Time
	// Due is the moment that an earlier look found; zero for none. Then Since is when
	// something began to wait, which may be long before anybody looked; the zero time
	// stands for Now.
	Due, Since time.Time
	// LastDay is the newest local day that has its nudge, and LastAt when that was
	// planned.
	LastDay string
	LastAt  time.Time
	// Disturb is what Slack told about do-not-disturb.
	Disturb Disturb
}

// Disturb is whether a person may be sent something.
type Disturb struct {
	// Unknown: Slack could not be asked, and may be again.
	Unknown bool
	// Until is the end of do-not-disturb; the zero time when it is off.
	Until time.Time
}

// disturbAgain is after how long Slack is asked once more about do-not-disturb when
// it did not answer.
const disturbAgain = time.Minute

// missedDays is how far back days are noted on which nothing ran. An older outage is
// known by its first day.
const missedDays = 14

// LookStep is what a look at somebody's nudge came to.
type LookStep string

// The steps.
const (
	LookGo   LookStep = "go"   // it is to be sent now
	LookHold LookStep = "hold" // it is due, and waits for Look
	LookMiss LookStep = "miss" // it is too late for that day's
	LookWait LookStep = "wait" // none is due
	LookRest LookStep = "rest" // nobody looks again until something begins to wait
)

// NudgePlan is the decision of a look.
type NudgePlan struct {
	Step LookStep
	// Day is the local day of what goes, is held or is missed, and Why the reason for
	// the latter two.
	Day, Why string
	// Until is when what goes is too late.
	Until time.Time
	// Look is when to look again, and Due the moment of the next nudge then; both
	// zero for a rest. Due is zero when something begins to wait before.
	Look, Due time.Time
}

// PlanNudge decides what a look comes to. Nobody gets two on one local day, none
// outside the hours, and what was due while nothing ran comes once, on its own day
// or not at all.
func PlanNudge(look NudgeLook) NudgePlan {
	switch {
	case look.Off || !look.Waits && look.NextWait.IsZero():
		return NudgePlan{Step: LookRest}
	case !look.Waits:
		return NudgePlan{Step: LookWait, Look: look.NextWait}
	case len(look.Rhythms) == 0: // the teams are gone
		return NudgePlan{Step: LookRest}
	}
	if look.Due.IsZero() && !look.Since.IsZero() {
		look.Due = look.earliest(look.Since, "")
	}
	switch {
	case look.Due.IsZero() || look.Due.After(look.Now):
		return look.next(NudgePlan{Step: LookWait}, "")
	}
	day, quiet := look.makeup()
	missed := look.missed(day)
	switch {
	case missed != "": // noted day by day; then today's comes
		plan := NudgePlan{Step: LookMiss, Day: missed, Why: NudgeLate}
		due := look.earliest(latest(look.Due, look.Now.AddDate(0, 0, -missedDays)), missed)
		if due.IsZero() || due.After(look.Now) {
			return look.next(plan, missed)
		}
		plan.Look, plan.Due = look.Now, due
		return plan
	case day == "":
		return look.next(NudgePlan{Step: LookWait}, "")
	}
	again, why := look.Disturb.Until, NudgeDisturbs
	if look.Disturb.Unknown {
		again, why = look.Now.Add(disturbAgain), NudgeUnasked
	}
	switch {
	case !again.After(look.Now):
		return look.next(NudgePlan{Step: LookGo, Day: day, Until: quiet}, day)
	case again.Before(quiet):
		return NudgePlan{Step: LookHold, Day: day, Why: why, Look: again, Due: look.Due}
	}
	return look.next(NudgePlan{Step: LookMiss, Day: day, Why: why}, day)
}

// makeup is the local day whose nudge may come now, and when it is too late for it; ""
// for none.
func (look NudgeLook) makeup() (day string, quiet time.Time) {
	for _, r := range look.Rhythms {
		if today, ok := r.Makeup(look.Now, r.LastDay(look.LastDay, look.LastAt)); ok {
			return today, r.QuietAt(today)
		}
	}
	return "", time.Time{}
}

// missed is the day on which a nudge was due that did not come, if it is too late for
// it and it is not the day given; "" for none.
func (look NudgeLook) missed(today string) string {
	day := look.Rhythms[0].dayOf(look.Due)
	over := func(r Rhythm) bool { return r.allows(day) && !look.Now.Before(r.QuietAt(day)) }
	if day == today || day <= look.lastDay() || !slices.ContainsFunc(look.Rhythms, over) {
		return ""
	}
	return day
}

// next adds when to look again: at the earliest moment of the rhythms that is on a
// later day than done.
func (look NudgeLook) next(plan NudgePlan, done string) NudgePlan {
	plan.Look = look.earliest(look.Now, done)
	plan.Due = plan.Look
	if plan.Look.IsZero() && plan.Step == LookWait {
		plan.Step = LookRest
	}
	return plan
}

// earliest is the first moment of the rhythms after a time that is on a later day
// than done; the zero time for none.
func (look NudgeLook) earliest(after time.Time, done string) (first time.Time) {
	for _, r := range look.Rhythms {
		at, _, ok := r.Next(after, max(done, r.LastDay(look.LastDay, look.LastAt)))
		if ok && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

func (look NudgeLook) lastDay() string { return look.Rhythms[0].LastDay(look.LastDay, look.LastAt) }

// TeamRhythm is when a team may be nudged.
func TeamRhythm(n TeamNudges, team Team, holidays Holidays) Rhythm {
	return Rhythm{Zone: team.Zone, At: n.At, Workdays: team.Workdays, Holidays: holidays}
}

// PersonRhythm is when a person may be nudged about what waits in a team. zone is the
// person's own; where Slack tells none it is the team's. They have no hours but their
// own, and no workdays or holidays but the team's.
func PersonRhythm(s NudgeSettings, zone string, team Team, holidays Holidays) Rhythm {
	if !knownZone(zone) {
		zone = team.Zone
	}
	r := Rhythm{Zone: zone, At: s.At, Workdays: team.Workdays, Holidays: holidays, AwayUntil: max(s.AwayUntil, s.SnoozedUntil)}
	if s.Weekly {
		r.AwayUntil = max(r.AwayUntil, dayAfter(s.LastDay, nudgeWeek))
	}
	return r
}
