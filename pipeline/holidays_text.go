package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The inputs in which holidays are typed or pasted: all that are to come, or some to
// add.
const (
	FieldHolidays     Field = "holidays"
	FieldMoreHolidays Field = "more-holidays"
)

// ReadHolidays are holidays that were read, and what of them was left out.
type ReadHolidays struct {
	Days Holidays
	// Timed are the events of a calendar file without a whole day, Cancelled those that
	// do not take place.
	Timed, Cancelled int
}

// Words say what was left out; "" for nothing.
func (r ReadHolidays) Words() string {
	var left []string
	if r.Timed > 0 {
		left = append(left, amount(r.Timed, "event", "events")+" without a whole day")
	}
	if r.Cancelled > 0 {
		left = append(left, amount(r.Cancelled, "cancelled event", "cancelled events"))
	}
	if len(left) == 0 {
		return ""
	}
	return "Left out: " + strings.Join(left, " and ") + "."
}

// ParseHolidays reads holidays as people type them, one a line, or a calendar file
// (.ics), which is told by its first line. today and loc are the team's: what comes
// again every year is noted for HolidayYears from then on. The error is a *Problem
// that names every line to correct; then nothing was read.
//
//	2026-12-25 Christmas Day
//	2026-12-24 to 2027-01-01 Company closed
func ParseHolidays(text string, today time.Time, loc *time.Location) (ReadHolidays, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if first, _, _ := strings.Cut(strings.TrimSpace(text), "\n"); strings.EqualFold(strings.TrimSpace(first), "BEGIN:VCALENDAR") {
		return parseCalendar(text, today, loc)
	}
	var read ReadHolidays
	var wrong mistakes
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = CleanLine(line)
		if !HasVisible(line) || strings.HasPrefix(line, "#") {
			continue
		}
		day, err := parseHoliday(line)
		if err != nil {
			wrong.add(number, err)
			continue
		}
		read.Days = append(read.Days, day)
	}
	if err := wrong.problem(); err != nil {
		return ReadHolidays{}, err
	}
	return read, nil
}

// parseHoliday reads one line.
func parseHoliday(line string) (Holiday, error) {
	first, rest, _ := strings.Cut(line, " ")
	first, last, isRange := cutRange(first)
	rest = strings.TrimSpace(rest)
	if !isRange {
		last = first
		for _, until := range []string{"to ", "until ", "- ", "– "} {
			if after, found := strings.CutPrefix(rest, until); found {
				last, rest, _ = strings.Cut(strings.TrimSpace(after), " ")
				break
			}
		}
	}
	return checkHoliday(Holiday{First: first, Last: last, Name: strings.Trim(CleanLine(rest), ":- ")})
}

// cutRange takes "2026-12-24..2027-01-01" apart.
func cutRange(days string) (first, last string, ok bool) {
	for _, between := range []string{"..", "–", "/"} {
		if first, last, ok = strings.Cut(days, between); ok {
			return first, last, true
		}
	}
	return days, "", false
}

// checkHoliday says what is wrong with a holiday.
func checkHoliday(h Holiday) (Holiday, error) {
	first, err := time.Parse(time.DateOnly, h.First)
	if err != nil {
		return h, fmt.Errorf("it does not begin with a day such as 2026-12-25, but with %q", Cut(h.First, 30))
	}
	last, err := time.Parse(time.DateOnly, h.Last)
	if err != nil {
		return h, fmt.Errorf("%q is no last day such as 2026-12-31", Cut(h.Last, 30))
	}
	switch {
	case first.Year() < holidaysSince:
		return h, fmt.Errorf("%s is long ago", h.First)
	case last.Before(first):
		return h, fmt.Errorf("it ends on %s, before it begins on %s", h.Last, h.First)
	case last.Sub(first) >= HolidayDaysMax*24*time.Hour:
		return h, fmt.Errorf("it is longer than %d days: %s to %s", HolidayDaysMax, h.First, h.Last)
	}
	h.Name = Cut(CleanLine(h.Name), HolidayNameLimit)
	if !HasVisible(h.Name) {
		h.Name = ""
	}
	return h, nil
}

// Text is the holidays as ParseHolidays reads them.
func (h Holidays) Text() string {
	var text strings.Builder
	for _, day := range h {
		text.WriteString(day.First)
		if day.Last != day.First {
			text.WriteString(" to " + day.Last)
		}
		if day.Name != "" {
			text.WriteString(" " + day.Name)
		}
		text.WriteByte('\n')
	}
	return text.String()
}

// From leaves the holidays that are not over on a day.
func (h Holidays) From(day string) Holidays {
	return slices.DeleteFunc(slices.Clone(h), func(one Holiday) bool { return one.Last < day })
}

// Before leaves those that are.
func (h Holidays) Before(day string) Holidays {
	return slices.DeleteFunc(slices.Clone(h), func(one Holiday) bool { return one.Last >= day })
}

// ChangeHolidays is SetHolidays by a person in Slack, who must be allowed to.
func ChangeHolidays(policy Policy, p Person, where Where, h TeamHolidays, days Holidays, now time.Time) (TeamHolidays, error) {
	if err := mayIn(policy, p, ChangeTeam, where, h.Team, "The team's holidays"); err != nil {
		return h, err
	}
	return SetHolidays(h, p.ID, days, now)
}

// SetHolidays makes days the holidays of a team: each once, the first one first. by is
// "" for the operator.
func SetHolidays(h TeamHolidays, by string, days Holidays, now time.Time) (TeamHolidays, error) {
	days = slices.Clone(days)
	slices.SortFunc(days, func(a, b Holiday) int {
		return cmp.Or(strings.Compare(a.First, b.First), strings.Compare(a.Last, b.Last), strings.Compare(a.Name, b.Name))
	})
	days = slices.Compact(days)
	if len(days) > HolidaysMax {
		return h, tooManyHolidays(len(days))
	}
	h.Days, h.By, h.At = days, by, now
	return h, nil
}

func tooManyHolidays(n int) error {
	return fieldProblems("holidays-many", map[Field]string{
		FieldHolidays: fmt.Sprintf("A team has at most %d holidays; these are %d, with what comes again in the next %d years.", HolidaysMax, n, HolidayYears),
	})
}

// mistakes are what is wrong with lines of a text.
type mistakes struct {
	said  []string
	total int
}

// mistakesShown is how many lines are named.
const mistakesShown = 5

func (m *mistakes) add(line int, err error) {
	m.total++
	if len(m.said) < mistakesShown {
		m.said = append(m.said, fmt.Sprintf("Line %d: %v.", line, err))
	}
}

// problem is nil where there is none.
func (m *mistakes) problem() error {
	if m.total == 0 {
		return nil
	}
	said := strings.Join(m.said, " ")
	if more := m.total - len(m.said); more > 0 {
		said += fmt.Sprintf(" And %s more.", amount(more, "line", "lines"))
	}
	return fieldProblems("holidays-malformed", map[Field]string{FieldHolidays: said})
}
