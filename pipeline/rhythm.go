package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// Clock is a time of the day by clocks on the wall, in minutes since midnight:
// 570 is "09:30".
type Clock int

const (
	// NudgeHour is when a nudge comes where nothing else was chosen.
	NudgeHour Clock = 9*60 + 30
	// QuietFrom is from when on nobody is sent anything that day, but for those who
	// chose an hour of their own later than that.
	QuietFrom Clock = 18 * 60
	// clockDay is the end of a day.
	clockDay Clock = 24 * 60
)

// ParseClock reads "09:30"; also "9:30".
func ParseClock(typed string) (Clock, error) {
	t, err := time.Parse("15:04", typed)
	if err != nil {
		return 0, fmt.Errorf("%q is no time of day such as 09:30", typed)
	}
	return Clock(t.Hour()*60 + t.Minute()), nil
}

// String is "09:30".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// Rhythm is when somebody may be sent something: one person, or a team.
type Rhythm struct {
	// Zone is an IANA time zone; one that is unknown to this build counts as UTC.
	Zone string
	// At is when it comes on a day of work; 0 is NudgeHour.
	At Clock
	// Workdays; none is all.
	Workdays []time.Weekday
	Holidays Holidays
	// AwayUntil is the first day on which something may come again, "2026-12-01";
	// "" for no wait.
	AwayUntil string
}

// rhythmYears is how far ahead a day is looked for: as far as holidays are known.
const rhythmYears = HolidayYears

// Next is the first moment after the given one at which something is due, and its
// local day, which is later than lastDay ("2026-11-20"; "" for none). Where clocks
// skip the time, that is the first valid minute after; where they show it twice,
// the first pass. ok is false when there is no day of work within three years.
//
// lastDay is what LastDay gives: then none comes twice in one local day, also not
// to a person who crosses the date line.
func (r Rhythm) Next(after time.Time, lastDay string) (at time.Time, day string, ok bool) {
	loc := r.location()
	// Clocks that go back over midnight show yesterday once more.
	today := dateOf(after, loc).AddDate(0, 0, -1)
	first := today
	if away, err := time.Parse(time.DateOnly, r.AwayUntil); err == nil && away.After(first) {
		first = away
	}
	for date := first; date.Before(first.AddDate(rhythmYears, 0, 14)); date = date.AddDate(0, 0, 1) {
		day = date.Format(time.DateOnly)
		if day <= lastDay || !r.worksOn(date) {
			continue
		}
		at = WallTime(date, r.hour(), loc)
		if !at.After(after) || !dateOf(at, loc).Equal(date) { // a zone may skip a whole day
			continue
		}
		return at, day, true
	}
	return time.Time{}, "", false
}

// Makeup tells whether something that did not come when it was due may come now: it
// is a day of work later than lastDay, past its hour, and not yet quiet. day is
// that local day.
func (r Rhythm) Makeup(now time.Time, lastDay string) (day string, ok bool) {
	loc := r.location()
	date := dateOf(now, loc)
	day = date.Format(time.DateOnly)
	return day, day > lastDay && r.allows(day) &&
		!now.Before(WallTime(date, r.hour(), loc)) && now.Before(r.QuietAt(day))
}

// QuietAt is when nothing comes any more on a local day: at QuietFrom, or an hour
// after an hour that somebody chose later than that; at the end of the day at the
// latest.
func (r Rhythm) QuietAt(day string) time.Time {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}
	}
	quiet := max(QuietFrom, r.hour()+60)
	if quiet >= clockDay {
		return WallTime(date.AddDate(0, 0, 1), 0, r.location())
	}
	return WallTime(date, quiet, r.location())
}

// LastDay is the newest local day on which something came: the one it was due on,
// or the one that moment falls on where the person is now, whichever is later. day
// is "" and at is zero when nothing ever came.
func (r Rhythm) LastDay(day string, at time.Time) string {
	if at.IsZero() {
		return day
	}
	return max(day, r.dayOf(at))
}

// allows tells whether something may come on a local day.
func (r Rhythm) allows(day string) bool {
	date, err := time.Parse(time.DateOnly, day)
	return err == nil && day >= r.AwayUntil && r.worksOn(date)
}

// dayOf is the local day on which a moment falls.
func (r Rhythm) dayOf(at time.Time) string { return dateOf(at, r.location()).Format(time.DateOnly) }

func (r Rhythm) hour() Clock {
	if r.At == 0 {
		return NudgeHour
	}
	return r.At
}

func (r Rhythm) worksOn(date time.Time) bool {
	return (len(r.Workdays) == 0 || slices.Contains(r.Workdays, date.Weekday())) && !r.Holidays.On(date.Format(time.DateOnly))
}

func (r Rhythm) location() *time.Location { return zoneNamed(r.Zone) }

// dateOf is the day on which a moment falls in loc, as midnight UTC: no clock is
// changed there.
func dateOf(at time.Time, loc *time.Location) time.Time {
	year, month, date := at.In(loc).Date()
	return time.Date(year, month, date, 0, 0, 0, 0, time.UTC)
}
