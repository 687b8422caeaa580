package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// TeamNudges are how a team is nudged, and what it was told when. The zero value is
// what every team starts with: on its workdays at NudgeHour, without the
// question of the week.
type TeamNudges struct {
	Team    TeamKey `json:"-"`
	Version int64   `json:"-"`
	// At is the time of day in the team's zone; 0 is NudgeHour.
	At  Clock `json:"at,omitempty"`
	Off bool  `json:"off,omitempty"`
	// Quiet is for how many days a finding is not told again; 0 is QuietDays. An
	// alert is told again after AlertQuietDays, if that is sooner.
	Quiet int `json:"quiet,omitempty"`
	// Reflect: once a week one of the questions of the reflection is asked.
	Reflect bool `json:"reflect,omitempty"`

	// Told are the days on which findings were told last, by their FindingName; what
	// is quiet no more is forgotten.
	Told map[string]string `json:"told,omitempty"`
	// LastDay is the day of the newest nudge. Reflected is the day of the newest
	// question of the week, Asked its id.
	LastDay   string `json:"last_day,omitempty"`
	Reflected string `json:"reflected,omitempty"`
	Asked     string `json:"asked,omitempty"`
}

const (
	// TeamNudgeMost is how many findings one nudge tells a team.
	TeamNudgeMost = 3
	// QuietDays and AlertQuietDays are for how long a finding is not told again.
	QuietDays      = 7
	AlertQuietDays = 3
	// QuietDaysMax is the most that a team can choose.
	QuietDaysMax = 60
	// reflectEvery is how many days are between two questions of the week.
	reflectEvery = 7
)

// Clock is when the team's nudges come.
func (n TeamNudges) Clock() Clock {
	if n.At == 0 {
		return NudgeHour
	}
	return n.At
}

// QuietFor is for how many days a finding of that level is not told again.
func (n TeamNudges) QuietFor(level FindingLevel) int {
	days := n.Quiet
	if days == 0 {
		days = QuietDays
	}
	if level == FindingAlert {
		days = min(days, AlertQuietDays)
	}
	return days
}

// Held says why the team gets no nudge on a day, as in "2026-11-23"; "" for one that
// may come.
func (n TeamNudges) Held(day string) NudgeHold {
	switch {
	case n.Off:
		return NudgesOff
	case n.LastDay >= day:
		return NudgesSent
	}
	return ""
}

// TeamNudge is what one message of the day tells a team. Who did what about it is
// said to it.
type TeamNudge struct {
	Team    TeamKey   `json:"-"`
	Number  int       `json:"-"`
	Version int64     `json:"-"`
	Day     string    `json:"day"`
	At      time.Time `json:"at"`
	// Rows, the most useful first.
	Rows []NudgeRow `json:"rows,omitempty"`
	// Question of the week, the id of a ready one; "" for none.
	Question string `json:"question,omitempty"`
}

// NudgeRow is one finding in a message: what was found and what one tap does.
type NudgeRow struct {
	Rule  RuleID       `json:"rule"`
	Name  string       `json:"name"`
	Found string       `json:"found"`
	Why   string       `json:"why,omitempty"`
	Level FindingLevel `json:"level,omitempty"`
	// Item it names; zero for what concerns the whole team.
	Item   FoundItem `json:"item,omitzero"`
	Repair Repair    `json:"repair,omitzero"`
}

// IsEmpty tells whether there is nothing to say.
func (n TeamNudge) IsEmpty() bool { return len(n.Rows) == 0 && n.Question == "" }

// FindingName names a finding about an item, as what was told is remembered by it:
// "starved", "silent-outcome PAY-O3".
func FindingName(rule RuleID, item string) string {
	return strings.TrimSpace(string(rule) + " " + item)
}

// NudgeTeam chooses what a team is told on a day, of all that was found about it,
// the most useful first; Tell keeps that it was. A finding is told of the first of its
// items that is not quiet; an item is named once. One that the team was told of within
// its quiet period is left out, and one that it was told of another item comes after
// those that are news; a share is left out then, too, as it is the same of each item: a
// sentence that stands there every day is read by nobody.
func NudgeTeam(settings TeamNudges, findings []Finding, day string, now time.Time) TeamNudge {
	nudge := TeamNudge{Team: settings.Team, Day: day, At: now}
	named, isNews := map[string]bool{}, settings.newsOn(day)
	for _, f := range newsFirst(alertsFirst(findings), isNews) {
		if f.isShare() && !isNews(f) {
			continue
		}
		row, found := rowOf(f, func(item string) bool {
			on := settings.Told[FindingName(f.Rule, item)]
			return item != "" && named[item] || on != "" && dayAfter(on, settings.QuietFor(f.Level)) > day
		})
		if found && len(nudge.Rows) < TeamNudgeMost {
			nudge.Rows = append(nudge.Rows, row)
			named[row.Item.Key] = true
		}
	}
	if settings.Reflect && dayAfter(settings.Reflected, reflectEvery) <= day {
		nudge.Question = nextReflection(settings.Asked)
	}
	return nudge
}

// Tell keeps that the team was told of a nudge. What can be told again is forgotten.
func (n TeamNudges) Tell(nudge TeamNudge) TeamNudges {
	told := map[string]string{}
	for name, on := range n.Told {
		if dayAfter(on, QuietDaysMax) > nudge.Day {
			told[name] = on
		}
	}
	for _, row := range nudge.Rows {
		told[FindingName(row.Rule, row.Item.Key)] = nudge.Day
	}
	n.Told, n.LastDay = told, nudge.Day
	if nudge.Question != "" {
		n.Reflected, n.Asked = nudge.Day, nudge.Question
	}
	return n
}

// alertsFirst sorts findings by level; those alike keep their order.
func alertsFirst(findings []Finding) []Finding {
	alerts, others := slices.Clone(findings), slices.Clone(findings)
	alerts = slices.DeleteFunc(alerts, func(f Finding) bool { return f.Level != FindingAlert })
	others = slices.DeleteFunc(others, func(f Finding) bool { return f.Level == FindingAlert })
	return append(alerts, others...)
}

// newsOn tells of findings on a day whether the team was told nothing by their rule
// within its quiet period.
func (n TeamNudges) newsOn(day string) func(Finding) bool {
	told := map[RuleID]string{} // the last day
	for name, on := range n.Told {
		rule, _, _ := strings.Cut(name, " ")
		told[RuleID(rule)] = max(told[RuleID(rule)], on)
	}
	return func(f Finding) bool {
		on := told[f.Rule]
		return on == "" || dayAfter(on, n.QuietFor(f.Level)) <= day
	}
}

// newsFirst puts the findings that are news before the others; those alike keep their
// order.
func newsFirst(findings []Finding, isNews func(Finding) bool) []Finding {
	return slices.Concat(
		slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return !isNews(f) }),
		slices.DeleteFunc(slices.Clone(findings), isNews),
	)
}

// rowOf puts a finding in a row with the first of its items that is not quiet, and
// the first repair that is for that item or for the team.
func rowOf(f Finding, quiet func(item string) bool) (NudgeRow, bool) {
	row := NudgeRow{Rule: f.Rule, Name: f.Name, Found: f.Found, Why: f.Why, Level: f.Level}
	if len(f.Items) == 0 {
		row.Repair, _ = repairFor(f.Repairs, "")
		return row, !quiet("")
	}
	for _, item := range f.Items {
		if quiet(item.Key) {
			continue
		}
		row.Item = item
		row.Repair, _ = repairFor(append(f.ItemRepairs(item), f.Repairs...), item.Key)
		return row, true
	}
	return row, false
}

// repairFor is the first of the repairs that is for the item or for the whole team.
func repairFor(repairs []Repair, item string) (Repair, bool) {
	at := slices.IndexFunc(repairs, func(r Repair) bool { return r.Subject == item })
	if at < 0 {
		at = slices.IndexFunc(repairs, func(r Repair) bool { return r.Subject == "" })
	}
	if at < 0 {
		return Repair{}, false
	}
	return repairs[at], true
}

// nextReflection is the question of the reflection after another, and after the last
// one the first again.
func nextReflection(asked string) string {
	ids := idsOf(reflection)
	return ids[(slices.Index(ids, asked)+1)%len(ids)]
}

// TeamNudgeForm is what somebody chose for a team: nothing checked.
type TeamNudgeForm struct {
	On, Reflect bool
	At          string // "09:30"
	Quiet       string // days
}

// ChangeTeamNudges makes the team's settings what somebody chose, or says which
// fields to correct.
func ChangeTeamNudges(policy Policy, p Person, where Where, n TeamNudges, form TeamNudgeForm) (TeamNudges, error) {
	if err := mayIn(policy, p, ChangeTeam, where, n.Team, "How a team is nudged"); err != nil {
		return n, err
	}
	wrong := map[Field]string{}
	at, err := ParseClock(form.At)
	if err != nil || !slices.Contains(NudgeTimes(), at) {
		wrong[FieldNudgeAt] = "Choose one of the times."
	}
	quiet, ok := wholeNumber(CleanLine(form.Quiet))
	if !ok || quiet < 1 || quiet > QuietDaysMax {
		wrong[FieldQuiet] = fmt.Sprintf("Type a whole number of days from 1 to %d.", QuietDaysMax)
	}
	n.Off, n.Reflect, n.At, n.Quiet = !form.On, form.Reflect, at, quiet
	if at == NudgeHour {
		n.At = 0
	}
	if quiet == QuietDays {
		n.Quiet = 0
	}
	return n, fieldProblems("team-nudges-malformed", wrong)
}

// NudgeDeed is what somebody did about a row of a nudge.
type NudgeDeed struct {
	By   string    `json:"by"`   // a user id
	What string    `json:"what"` // "linked it to an outcome"
	At   time.Time `json:"at"`
}

// Words say in a line how a team is nudged.
func (n TeamNudges) Words() string {
	if n.Off {
		return "Off."
	}
	words := fmt.Sprintf("In the channel on workdays at %s, when there is something to say; the same again after %s.", n.Clock(), amount(n.QuietFor(FindingWarning), "day", "days"))
	if n.Reflect {
		words += " Once a week with a question about how we work."
	}
	return words
}
