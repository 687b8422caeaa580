package pipeline

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// This file reads the part of iCalendar (RFC 5545) that says on which days nobody
// works. It is read here, and not by a library, because each mistake is to be told with
// its line, and because a rule in a file must not be able to run for long: what comes
// again is only looked for within HolidayYears.

// icsEvent is one event of a calendar file.
type icsEvent struct {
	line       int // on which it begins
	uid        string
	start, end icsTime
	days       int // where a duration was given instead of an end, in whole days
	name       string
	cancelled  bool
	rule       *recurrence
	except     map[string]bool // days on which it does not come
	more       []string        // days on which it comes besides
	instead    string          // the day of another event's that it stands for
}

// icsTime is a moment of a file, by the team's clocks.
type icsTime struct {
	at      time.Time // as if in UTC; zero for none
	wholeIs bool      // only its day was given
}

func (t icsTime) day() string { return t.at.Format(time.DateOnly) }

// parseCalendar reads a calendar file.
func parseCalendar(text string, today time.Time, loc *time.Location) (ReadHolidays, error) {
	var read ReadHolidays
	var wrong mistakes
	events := icsEvents(text, loc, &wrong)
	instead := map[string]bool{} // "UID day": replaced by an event of its own
	for _, e := range events {
		if e.instead != "" {
			instead[e.uid+" "+e.instead] = true
		}
	}
	from := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	to := from.AddDate(HolidayYears, 0, 0)
	for _, e := range events {
		if e.cancelled {
			read.Cancelled++
			continue
		}
		days, whole := e.wholeDays()
		if !whole {
			read.Timed++
			continue
		}
		if _, err := checkHoliday(days); err != nil {
			wrong.add(e.line, err)
			continue
		}
		first, _ := time.Parse(time.DateOnly, days.First)
		last, _ := time.Parse(time.DateOnly, days.Last)
		begins := []time.Time{first}
		if e.rule != nil {
			begins = e.rule.within(first, from.AddDate(0, 0, -HolidayDaysMax), to)
		}
		for _, more := range e.more {
			if at, err := time.Parse(time.DateOnly, more); err == nil {
				begins = append(begins, at)
			}
		}
		for _, at := range begins {
			on := at.Format(time.DateOnly)
			if e.except[on] || e.instead == "" && instead[e.uid+" "+on] {
				continue
			}
			one, err := checkHoliday(Holiday{First: on, Last: at.Add(last.Sub(first)).Format(time.DateOnly), Name: days.Name})
			if err != nil {
				wrong.add(e.line, err)
				break
			}
			if len(read.Days) >= HolidaysMax {
				return ReadHolidays{}, tooManyHolidays(len(read.Days) + 1)
			}
			read.Days = append(read.Days, one)
		}
	}
	if err := wrong.problem(); err != nil {
		return ReadHolidays{}, err
	}
	return read, nil
}

// wholeDays are the days that an event takes whole; false for none.
func (e icsEvent) wholeDays() (Holiday, bool) {
	first, end := e.start.at, e.end.at // the end is the first moment after
	switch {
	case e.start.wholeIs && end.IsZero():
		end = first.AddDate(0, 0, max(e.days, 1))
	case end.IsZero():
		end = first.AddDate(0, 0, e.days)
	case e.start.wholeIs && !end.After(first):
		end = first.AddDate(0, 0, 1)
	}
	if day := midnight(first); !day.Equal(first) {
		first = day.AddDate(0, 0, 1)
	}
	last := midnight(end).AddDate(0, 0, -1)
	return Holiday{First: first.Format(time.DateOnly), Last: last.Format(time.DateOnly), Name: e.name}, !last.Before(first)
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// icsEvents reads the events of a file.
func icsEvents(text string, loc *time.Location, wrong *mistakes) (events []icsEvent) {
	var open []string // components that have begun
	var event icsEvent
	last := 0
	for _, l := range unfold(text) {
		last = l.number
		name, params, value, err := l.property()
		if err != nil {
			wrong.add(l.number, err)
			continue
		}
		inEvent := len(open) > 0 && open[len(open)-1] == "VEVENT"
		switch {
		case name == "BEGIN":
			open = append(open, strings.ToUpper(value))
			if strings.EqualFold(value, "VEVENT") {
				event = icsEvent{line: l.number, except: map[string]bool{}}
			}
		case name == "END":
			if len(open) == 0 || !strings.EqualFold(open[len(open)-1], value) {
				wrong.add(l.number, fmt.Errorf("%s ends here without having begun", Cut(value, 30)))
				continue
			}
			open = open[:len(open)-1]
			if inEvent {
				if event.start.at.IsZero() {
					wrong.add(event.line, errors.New("this event has no day (DTSTART)"))
					continue
				}
				events = append(events, event)
			}
		case inEvent:
			if err := event.set(name, params, value, loc); err != nil {
				wrong.add(l.number, err)
			}
		}
	}
	if len(open) > 0 {
		wrong.add(last, fmt.Errorf("the file ends here within a %s: it is not whole", open[len(open)-1]))
	}
	return events
}

// set notes a property of an event. Those that say nothing about days are passed over.
func (e *icsEvent) set(name string, params map[string]string, value string, loc *time.Location) (err error) {
	switch name {
	case "UID":
		e.uid = value
	case "SUMMARY":
		e.name = icsText(value)
	case "STATUS":
		e.cancelled = strings.EqualFold(value, "CANCELLED")
	case "DTSTART":
		if e.start, err = parseICSTime(value, params, loc); err == nil && e.start.at.Year() < holidaysSince {
			err = fmt.Errorf("%s is long ago", e.start.day())
		}
	case "DTEND":
		e.end, err = parseICSTime(value, params, loc)
	case "DURATION":
		e.days, err = parseICSDays(value)
	case "RRULE":
		e.rule, err = parseRecurrence(value, loc)
	case "RECURRENCE-ID":
		var at icsTime
		at, err = parseICSTime(value, params, loc)
		e.instead = at.day()
	case "EXDATE", "RDATE":
		for one := range strings.SplitSeq(value, ",") {
			one, _, _ = strings.Cut(one, "/") // a period
			at, wrong := parseICSTime(one, params, loc)
			if wrong != nil {
				return wrong
			}
			if name == "EXDATE" {
				e.except[at.day()] = true
			} else {
				e.more = append(e.more, at.day())
			}
		}
	}
	return err
}

// parseICSTime reads "20261225", "20261225T090000" or "20261225T090000Z". A time
// without a zone, and one in a zone that nobody knows, is by the team's clocks.
func parseICSTime(value string, params map[string]string, loc *time.Location) (icsTime, error) {
	if day, err := time.Parse("20060102", value); err == nil {
		return icsTime{at: day, wholeIs: true}, nil
	}
	text, inUTC := strings.CutSuffix(value, "Z")
	zone := loc
	if named, known := params["TZID"]; known && knownZone(named) {
		zone = zoneNamed(named)
	}
	if inUTC {
		zone = time.UTC
	}
	at, err := time.ParseInLocation("20060102T150405", text, zone)
	if err != nil {
		return icsTime{}, fmt.Errorf("%q is no day such as 20261225", Cut(value, 30))
	}
	local := at.In(loc)
	return icsTime{at: time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)}, nil
}

// parseICSDays reads how many whole days a duration has: "P1D", "P2W", "PT24H".
func parseICSDays(value string) (int, error) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(value, "+"), "P")
	hours, number := 0, ""
	inTime := false
	for _, r := range rest {
		if r == 'T' {
			inTime = true
			continue
		}
		if r >= '0' && r <= '9' {
			number += string(r)
			continue
		}
		n, err := strconv.Atoi(number)
		if err != nil || n > 10_000 {
			ok = false
			break
		}
		switch number = ""; {
		case r == 'W':
			hours += n * 7 * 24
		case r == 'D':
			hours += n * 24
		case r == 'H' && inTime:
			hours += n
		case (r == 'M' || r == 'S') && inTime:
		default:
			ok = false
		}
	}
	if !ok || number != "" || rest == "" {
		return 0, fmt.Errorf("%q is no duration such as P1D", Cut(value, 30))
	}
	return hours / 24, nil
}

// icsLine is a line of a file, put together from those that continue it.
type icsLine struct {
	number int // of the first one
	text   string
}

func unfold(text string) (lines []icsLine) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		switch {
		case line == "":
		case (line[0] == ' ' || line[0] == '\t') && len(lines) > 0:
			lines[len(lines)-1].text += line[1:]
		default:
			lines = append(lines, icsLine{number, line})
		}
	}
	return lines
}

// property takes "DTSTART;VALUE=DATE:20261225" apart.
func (l icsLine) property() (name string, params map[string]string, value string, err error) {
	colon, quoted := -1, false
	for i, r := range l.text {
		if r == '"' {
			quoted = !quoted
		}
		if r == ':' && !quoted {
			colon = i
			break
		}
	}
	if colon < 1 {
		return "", nil, "", fmt.Errorf("this is no line of a calendar file: %q", Cut(CleanLine(l.text), 40))
	}
	parts := strings.Split(l.text[:colon], ";")
	params = map[string]string{}
	for _, part := range parts[1:] {
		key, v, _ := strings.Cut(part, "=")
		params[strings.ToUpper(key)] = strings.Trim(v, `"`)
	}
	return strings.ToUpper(parts[0]), params, strings.TrimSpace(l.text[colon+1:]), nil
}

var icsEscapes = strings.NewReplacer(`\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";", `\\`, `\`)

func icsText(value string) string { return icsEscapes.Replace(value) }
