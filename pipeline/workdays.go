package pipeline

import (
	"slices"
	"time"
)

// AddWorkdays gives the day that is n of the team's workdays after the one on
// which from falls in the team's zone; that day itself for none. A holiday is no
// workday, but for a team whose holidays never end: of a year of them at most it
// waits for the end. Of what it returns only the date counts, see WallTime.
func AddWorkdays(team Team, holidays Holidays, from time.Time, n int) time.Time {
	year, month, date := from.In(team.Location()).Date()
	day := time.Date(year, month, date, 0, 0, 0, 0, time.UTC) // no clock is changed there
	for free := 0; n > 0; {
		day = day.AddDate(0, 0, 1)
		switch {
		case !team.worksOn(day.Weekday()):
		case free < HolidayDaysMax && holidays.On(day.Format(time.DateOnly)):
			free++
		default:
			n--
		}
	}
	return day
}

// deadlineIn is the end of the last of that many workdays of the team, the day of now
// not counted: when answers and votes are due.
func deadlineIn(team Team, holidays Holidays, days int, now time.Time) time.Time {
	return WallTime(AddWorkdays(team, holidays, now, days), deadlineHour, team.Location()).UTC()
}

// worksOn tells whether the team works on such a day. A team that never chose
// its workdays works on all of them.
func (t *Team) worksOn(day time.Weekday) bool {
	return len(t.Workdays) == 0 || slices.Contains(t.Workdays, day)
}
