package pipeline

import (
	"slices"
	"time"
)

// SummarySettings say when a team's weekly summary comes. The zero value is what
// every team starts with: it does not.
type SummarySettings struct {
	Team    TeamKey `json:"-"`
	Version int64   `json:"-"`
	On      bool    `json:"on,omitempty"`
	// Day of the week, and Hour by the team's clocks; on a holiday it comes the next
	// workday.
	Day  time.Weekday `json:"day,omitempty"`
	Hour Clock        `json:"hour,omitempty"`
}

// When a summary comes unless somebody chooses: at the end of the week.
const (
	SummaryDay        = time.Friday
	SummaryHour Clock = 15 * 60
)

// SummaryForm is what somebody typed about a team's summary: nothing checked.
type SummaryForm struct {
	On   bool
	Day  string // 0 is Sunday
	Hour string // "15:00"
}

// The inputs of its form.
const (
	FieldSummaryOn   Field = "summary-on"
	FieldSummaryDay  Field = "summary-day"
	FieldSummaryHour Field = "summary-hour"
)

// ChangeSummary changes when a team's summary comes, or says which fields to correct.
func ChangeSummary(policy Policy, p Person, where Where, s SummarySettings, form SummaryForm) (SummarySettings, error) {
	if err := mayIn(policy, p, ChangeTeam, where, s.Team, "A weekly summary"); err != nil {
		return s, err
	}
	wrong := map[Field]string{}
	day, ok := wholeNumber(form.Day)
	if !ok || day > int(time.Saturday) {
		wrong[FieldSummaryDay] = "Choose a day of the week."
	} else if !where.Team.worksOn(time.Weekday(day)) {
		wrong[FieldSummaryDay] = "The team does not work on that day. Choose one of its workdays."
	}
	hour, err := ParseClock(CleanLine(form.Hour))
	if err != nil || hour == 0 { // midnight stands for no hour
		wrong[FieldSummaryHour] = "Choose a time of the day, such as 15:00."
	}
	if err := fieldProblems("summary-form", wrong); err != nil {
		return s, err
	}
	s.On, s.Day, s.Hour = form.On, time.Weekday(day), hour
	return s, nil
}

// When is the day and hour of the summary; the default ones while nobody chose.
func (s SummarySettings) When(team Team) (time.Weekday, Clock) {
	if s.Hour != 0 {
		return s.Day, s.Hour
	}
	day := SummaryDay
	if days := weekOrder(team.Workdays); len(days) > 0 && !slices.Contains(days, day) {
		day = days[len(days)-1]
	}
	return day, SummaryHour
}

// Next is the first moment after the given one at which the summary comes, and its
// local day; false where it does not.
func (s SummarySettings) Next(team Team, r Rhythm, after time.Time) (at time.Time, day string, ok bool) {
	if !s.On {
		return time.Time{}, "", false
	}
	weekday, hour := s.When(team)
	r.At = hour
	date := dateOf(after, r.location()).AddDate(0, 0, -7) // one put off by holidays may be due yet
	for date.Weekday() != weekday {
		date = date.AddDate(0, 0, 1)
	}
	for range 60 { // weeks
		if at, day, ok = r.from(date.Format(time.DateOnly)); !ok || at.After(after) {
			return at, day, ok
		}
		date = date.AddDate(0, 0, 7)
	}
	return time.Time{}, "", false
}

// summaryLate is how long after its moment a summary still comes: until the next one is
// due.
const summaryLate = 7 * 24 * time.Hour

// Comes tells whether the summary of a moment that was waited for comes now, and its
// local day: the settings still give that moment, and it is not too late for it.
func (s SummarySettings) Comes(team Team, r Rhythm, at, now time.Time) (day string, ok bool) {
	due, day, ok := s.Next(team, r, at.Add(-time.Millisecond))
	return day, ok && due.Equal(at) && now.Sub(at) < summaryLate
}
