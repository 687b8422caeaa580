package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// NudgeSettings are how one person wants to be nudged, and what became of their
// newest nudge. The zero value is what everybody starts with: on every workday at
// NudgeHour, about everything.
type NudgeSettings struct {
	User    string `json:"-"`
	Version int64  `json:"-"`
	// At is the time of day in the person's zone; 0 is NudgeHour.
	At Clock `json:"at,omitempty"`
	// Off: none at all.
	Off bool `json:"off,omitempty"`
	// KindsOff are the kinds that nudges leave out.
	KindsOff []WaitKind `json:"kinds_off,omitempty"`
	// Probe are the teams in which the person wants the question of the week, see
	// ProbeQuestion; Probed is the newest week in which a nudge asked it.
	Probe  []TeamKey `json:"probe,omitempty"`
	Probed string    `json:"probed,omitempty"`
	// SnoozedUntil and AwayUntil are the first days with nudges again, as in
	// "2026-11-30", in the person's zone; "" for neither.
	SnoozedUntil string `json:"snoozed_until,omitempty"`
	AwayUntil    string `json:"away_until,omitempty"`

	// LastDay is the day of the newest nudge, Last what it asked for and Acted
	// whether the person did something in it.
	LastDay string    `json:"last_day,omitempty"`
	Last    []Waiting `json:"last,omitempty"`
	Acted   bool      `json:"acted,omitempty"`
	// Ignored is how many in a row nothing came of. Weekly: so many that they come
	// once a week, until something does; the nudge of WeeklyFrom said so.
	Ignored    int    `json:"ignored,omitempty"`
	Weekly     bool   `json:"weekly,omitempty"`
	WeeklyFrom string `json:"weekly_from,omitempty"`
}

// The inputs of the forms of nudges.
const (
	FieldNudges     Field = "nudges"
	FieldNudgeAt    Field = "nudge-at"
	FieldNudgeKinds Field = "nudge-kinds"
	FieldSnooze     Field = "snooze"
	FieldAway       Field = "away"
	FieldQuiet      Field = "quiet"
	FieldReflect    Field = "reflect"
)

const (
	// NudgesIgnored in a row make nudges come once a week.
	NudgesIgnored = 3
	// nudgeWeek is how many days are between two nudges then.
	nudgeWeek = 7
	// SnoozeDays is for how long nudges can be snoozed, and AwayDays for how long
	// somebody can be away.
	SnoozeDays = 90
	AwayDays   = 400
)

// NudgeTimes are the times of day that nudges can come at: every half hour from
// six in the morning until eight in the evening.
func NudgeTimes() []Clock {
	var times []Clock
	for at := Clock(6 * 60); at <= 20*60; at += 30 {
		times = append(times, at)
	}
	return times
}

// Clock is when the person's nudges come.
func (s NudgeSettings) Clock() Clock {
	if s.At == 0 {
		return NudgeHour
	}
	return s.At
}

// Wants tells whether nudges ask for that kind. The question of the week is for those
// alone who chose it.
func (s NudgeSettings) Wants(kind WaitKind) bool {
	if kind == WaitProbe {
		return len(s.Probe) > 0
	}
	return !slices.Contains(s.KindsOff, kind)
}

// Fresh leaves out of what waits the question of a week in which a nudge has asked it:
// one is enough.
func (s NudgeSettings) Fresh(waiting []Waiting) []Waiting {
	return slices.DeleteFunc(slices.Clone(waiting), func(w Waiting) bool {
		_, week, err := ParseProbeSubject(w.Subject)
		return w.Kind == WaitProbe && err == nil && week <= s.Probed
	})
}

// NudgeHold is why a person gets no nudge on a day.
type NudgeHold string

// Why there is none. They stand in the records of what was due.
const (
	NudgesOff     NudgeHold = "off"
	NudgesAway    NudgeHold = "away"
	NudgesSnoozed NudgeHold = "snoozed"
	NudgesWeekly  NudgeHold = "weekly"
	NudgesSent    NudgeHold = "sent" // the one of that day
)

// Held says why no nudge comes on a day of the person's, as in "2026-11-23"; "" for
// one that may.
func (s NudgeSettings) Held(day string) NudgeHold {
	switch {
	case s.Off:
		return NudgesOff
	case s.AwayUntil > day:
		return NudgesAway
	case s.SnoozedUntil > day:
		return NudgesSnoozed
	case s.LastDay >= day:
		return NudgesSent
	case s.Weekly && dayAfter(s.LastDay, nudgeWeek) > day:
		return NudgesWeekly
	}
	return ""
}

// dayAfter is the day so many days after another; "" for what is no day.
func dayAfter(day string, days int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// Next is what becomes of the settings when a nudge goes out on that day: what came
// of the one before is judged. done tells whether something that it asked for was
// done, wherever.
func (s NudgeSettings) Next(day string, items []Waiting, done bool) NudgeSettings {
	switch {
	case s.LastDay == "":
	case s.Acted || done:
		s.Ignored, s.Weekly = 0, false
	default:
		s.Ignored++
		if s.Ignored >= NudgesIgnored && !s.Weekly {
			s.Weekly, s.WeeklyFrom = true, day
		}
	}
	s.LastDay, s.Last, s.Acted = day, items, false
	for _, item := range items {
		if _, week, err := ParseProbeSubject(item.Subject); err == nil && item.Kind == WaitProbe {
			s.Probed = week
		}
	}
	return s
}

// Act notes that the person did something in a nudge: they come on every workday
// again. changed is false where that was known.
func (s NudgeSettings) Act() (acted NudgeSettings, changed bool) {
	if s.Acted && !s.Weekly && s.Ignored == 0 {
		return s, false
	}
	s.Acted, s.Ignored, s.Weekly = true, 0, false
	return s, true
}

// NudgeForm is what somebody chose about their nudges: nothing checked.
type NudgeForm struct {
	On    bool
	At    string     // "09:30"
	Kinds []WaitKind // that nudges ask for
	// Snooze and Away are the first days with nudges again; "" for neither.
	Snooze, Away string
}

// NudgeFormOf is what the form shows of the settings on a day; a snooze or an
// absence that is over is gone.
func NudgeFormOf(s NudgeSettings, today string) NudgeForm {
	f := NudgeForm{On: !s.Off, At: s.Clock().String()}
	for _, kind := range WaitKinds() {
		if s.Wants(kind) {
			f.Kinds = append(f.Kinds, kind)
		}
	}
	if s.SnoozedUntil > today {
		f.Snooze = s.SnoozedUntil
	}
	if s.AwayUntil > today {
		f.Away = s.AwayUntil
	}
	return f
}

// ChangeNudges makes the settings what somebody chose, or says which fields to
// correct. today is the day in their zone.
func ChangeNudges(s NudgeSettings, form NudgeForm, today string) (NudgeSettings, error) {
	wrong := map[Field]string{}
	at, err := ParseClock(form.At)
	if err != nil || !slices.Contains(NudgeTimes(), at) {
		wrong[FieldNudgeAt] = "Choose one of the times."
	}
	s.Off, s.At, s.KindsOff = !form.On, at, nil
	if at == NudgeHour {
		s.At = 0
	}
	for _, kind := range form.Kinds {
		if !slices.Contains(WaitKinds(), kind) {
			wrong[FieldNudgeKinds] = "Choose from the kinds above."
		}
	}
	for _, kind := range WaitKinds() {
		if !slices.Contains(form.Kinds, kind) {
			s.KindsOff = append(s.KindsOff, kind)
		}
	}
	if len(s.KindsOff) == len(WaitKinds()) && form.On {
		wrong[FieldNudgeKinds] = "Choose at least one kind, or turn nudges off above."
	}
	if mistake := checkPause(form.Snooze, today, SnoozeDays); mistake != "" {
		wrong[FieldSnooze] = mistake
	}
	if mistake := checkPause(form.Away, today, AwayDays); mistake != "" {
		wrong[FieldAway] = mistake
	}
	s.SnoozedUntil, s.AwayUntil = form.Snooze, form.Away
	return s, fieldProblems("nudges-malformed", wrong)
}

// SnoozeNudges pauses nudges until a day.
func SnoozeNudges(s NudgeSettings, until, today string) (NudgeSettings, error) {
	mistake := checkPause(until, today, SnoozeDays)
	if until == "" {
		mistake = "Choose the day on which nudges come again."
	}
	if mistake != "" {
		return s, fieldProblems("snooze-malformed", map[Field]string{FieldSnooze: mistake})
	}
	s.SnoozedUntil = until
	return s, nil
}

// checkPause says what is wrong with a day until which nudges pause; "" for
// nothing, and for no day.
func checkPause(day, today string, most int) (mistake string) {
	if day == "" {
		return ""
	}
	until, err := time.Parse(time.DateOnly, day)
	now, wrong := time.Parse(time.DateOnly, today)
	switch {
	case err != nil || wrong != nil:
		return "Choose a day."
	case !until.After(now):
		return "Choose a day after today: it is the first one with nudges again."
	case until.After(now.AddDate(0, 0, most)):
		return fmt.Sprintf("Choose a day within %d days.", most)
	}
	return ""
}

// Words say in a line how nudges come: "every workday at 09:30".
func (s NudgeSettings) Words(today string) string {
	every := "on every workday at " + s.Clock().String()
	if s.Weekly {
		every = "once a week at " + s.Clock().String()
	}
	switch {
	case s.Off:
		return "Nudges are off."
	case s.AwayUntil > today:
		return "You are away: nudges come again on " + ShowDay(s.AwayUntil) + ", " + every + "."
	case s.SnoozedUntil > today:
		return "Snoozed: nudges come again on " + ShowDay(s.SnoozedUntil) + ", " + every + "."
	}
	words := "At most one " + every
	if s.Weekly {
		words = "At most one a week, at " + s.Clock().String()
	}
	if n := len(s.KindsOff); n > 0 {
		words += fmt.Sprintf("; %d of %d kinds are off", n, len(WaitKinds()))
	}
	return words + "."
}
