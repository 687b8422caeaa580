package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// recurrence is when something comes again (RRULE of RFC 5545), by days.
type recurrence struct {
	every     string // DAILY, WEEKLY, MONTHLY or YEARLY
	interval  int
	count     int    // how often in all; 0 for no such end
	until     string // last day; "" for no such end
	months    []int
	monthDays []int // -1 is the last one
	weekdays  []nthWeekday
	positions []int // among the days of a period; -1 is the last one
	weekStart time.Weekday
}

// nthWeekday is "2MO", the second Monday of a month or year; n is 0 for every one.
type nthWeekday struct {
	n   int
	day time.Weekday
}

var icsWeekdays = map[string]time.Weekday{
	"SU": time.Sunday, "MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday, "TH": time.Thursday, "FR": time.Friday, "SA": time.Saturday,
}

// recurrencesMost is how often something comes that says how often it does.
const recurrencesMost = 10_000

// parseRecurrence reads "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH".
func parseRecurrence(value string, loc *time.Location) (*recurrence, error) {
	r := &recurrence{interval: 1, weekStart: time.Monday}
	for part := range strings.SplitSeq(strings.ToUpper(value), ";") {
		name, of, _ := strings.Cut(part, "=")
		var err error
		switch name {
		case "FREQ":
			if r.every = of; !slices.Contains([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}, of) {
				err = errors.New("what comes again more often than once a day is no holiday")
			}
		case "INTERVAL":
			r.interval, err = number(of, 1, 1000)
		case "COUNT":
			r.count, err = number(of, 1, recurrencesMost)
		case "UNTIL":
			var at icsTime
			at, err = parseICSTime(of, nil, loc)
			r.until = at.day()
		case "BYMONTH":
			r.months, err = numbers(of, 1, 12)
		case "BYMONTHDAY":
			r.monthDays, err = numbers(of, -31, 31)
		case "BYSETPOS":
			r.positions, err = numbers(of, -366, 366)
		case "WKST":
			day, known := icsWeekdays[of]
			if r.weekStart = day; !known {
				err = fmt.Errorf("%q is no day of the week", Cut(of, 20))
			}
		case "BYDAY":
			r.weekdays, err = parseWeekdays(of)
		case "":
		default:
			err = fmt.Errorf("%s is not understood; write the days out as events of their own", Cut(name, 20))
		}
		if err != nil {
			return nil, fmt.Errorf("the rule %q: %w", Cut(value, 60), err)
		}
	}
	switch {
	case r.every == "":
		return nil, fmt.Errorf("the rule %q does not say how often (FREQ)", Cut(value, 60))
	case r.every != "MONTHLY" && r.every != "YEARLY" && (len(r.positions) > 0 || slices.ContainsFunc(r.weekdays, func(d nthWeekday) bool { return d.n != 0 })):
		return nil, fmt.Errorf("the rule %q counts days of a month, but comes again every day or week", Cut(value, 60))
	}
	return r, nil
}

func parseWeekdays(text string) (days []nthWeekday, err error) {
	for one := range strings.SplitSeq(text, ",") {
		day, known := icsWeekdays[one[max(0, len(one)-2):]]
		n := 0
		if known && len(one) > 2 {
			n, err = number(one[:len(one)-2], -53, 53)
		}
		if !known || err != nil {
			return nil, fmt.Errorf("%q is no day of the week such as MO or 2MO", Cut(one, 20))
		}
		days = append(days, nthWeekday{n, day})
	}
	return days, nil
}

// number reads one from low to high, which is not 0.
func number(text string, low, high int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high || n == 0 {
		return 0, fmt.Errorf("%q is no number from %d to %d", Cut(text, 20), low, high)
	}
	return n, nil
}

func numbers(text string, low, high int) (all []int, err error) {
	for one := range strings.SplitSeq(text, ",") {
		n, err := number(one, low, high)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// within gives the days from one to before another on which something comes that came
// on the first day first. It looks at no more periods than there are between these days,
// or at recurrencesMost of them where their number counts.
func (r *recurrence) within(first, from, to time.Time) (days []time.Time) {
	period := r.periodOf(first)
	if r.count == 0 {
		period = r.skip(period, from)
	}
	seen := 0
	for range recurrencesMost {
		if !period.Before(to) {
			break
		}
		for _, day := range r.daysIn(period, first) {
			if day.Before(first) {
				continue
			}
			if seen++; r.count > 0 && seen > r.count || r.until != "" && day.Format(time.DateOnly) > r.until || !day.Before(to) {
				return days
			}
			if !day.Before(from) {
				days = append(days, day)
			}
		}
		period = r.after(period, 1)
	}
	return days
}

// periodOf is the first day of the period that a day is in.
func (r *recurrence) periodOf(day time.Time) time.Time {
	switch r.every {
	case "WEEKLY":
		return day.AddDate(0, 0, -(int(day.Weekday()-r.weekStart)+7)%7)
	case "MONTHLY":
		return time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
	case "YEARLY":
		return time.Date(day.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return day
}

// after is the period that is n of the rule's later.
func (r *recurrence) after(period time.Time, n int) time.Time {
	n *= r.interval
	switch r.every {
	case "WEEKLY":
		return period.AddDate(0, 0, 7*n)
	case "MONTHLY":
		return period.AddDate(0, n, 0)
	case "YEARLY":
		return period.AddDate(n, 0, 0)
	}
	return period.AddDate(0, 0, n)
}

// skip goes to the last period that begins before a day; those between say nothing.
func (r *recurrence) skip(period, from time.Time) time.Time {
	longest := map[string]int{"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}[r.every] * r.interval
	for {
		n := int(from.Sub(period).Hours()/24)/longest - 1
		if n < 1 {
			return period
		}
		period = r.after(period, n)
	}
}

// daysIn are the days of a period on which it comes.
func (r *recurrence) daysIn(period, first time.Time) (days []time.Time) {
	end := map[string]time.Time{
		"DAILY": period.AddDate(0, 0, 1), "WEEKLY": period.AddDate(0, 0, 7), "MONTHLY": period.AddDate(0, 1, 0), "YEARLY": period.AddDate(1, 0, 0),
	}[r.every]
	for day := period; day.Before(end); day = day.AddDate(0, 0, 1) {
		if r.on(day, first) {
			days = append(days, day)
		}
	}
	if len(r.positions) == 0 {
		return days
	}
	var chosen []time.Time
	for i, day := range days {
		if slices.Contains(r.positions, i+1) || slices.Contains(r.positions, i-len(days)) {
			chosen = append(chosen, day)
		}
	}
	return chosen
}

// on tells whether it comes on a day of a period. What a rule leaves open is as on the
// first day.
func (r *recurrence) on(day, first time.Time) bool {
	switch {
	case len(r.months) > 0:
		if !slices.Contains(r.months, int(day.Month())) {
			return false
		}
	case r.every == "YEARLY" && len(r.monthDays) == 0 && len(r.weekdays) == 0 && day.Month() != first.Month():
		return false
	}
	if len(r.monthDays) > 0 && !slices.Contains(r.monthDays, day.Day()) && !slices.Contains(r.monthDays, day.Day()-daysInMonth(day)-1) {
		return false
	}
	if len(r.weekdays) > 0 {
		return slices.ContainsFunc(r.weekdays, func(w nthWeekday) bool { return w.day == day.Weekday() && (w.n == 0 || r.isNth(day, w.n)) })
	}
	switch {
	case len(r.monthDays) > 0 || r.every == "DAILY":
		return true
	case r.every == "WEEKLY":
		return day.Weekday() == first.Weekday()
	}
	return day.Day() == first.Day()
}

// isNth tells whether a day is the nth of its weekday in its month, or in its year where
// the rule names no month; from the end where n is negative.
func (r *recurrence) isNth(day time.Time, n int) bool {
	at, of := day.Day(), daysInMonth(day)
	if r.every == "YEARLY" && len(r.months) == 0 {
		at, of = day.YearDay(), time.Date(day.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay()
	}
	if n > 0 {
		return (at-1)/7+1 == n
	}
	return (of-at)/7+1 == -n
}

// daysInMonth is how many days the month of a day has.
func daysInMonth(day time.Time) int { return day.AddDate(0, 1, -day.Day()).Day() }
