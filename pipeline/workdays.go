package pipeline

import (
	"slices"
	"time"
)

// AddWorkdays gives the day that is n of the team's workdays after the one on
// which from falls in the team's zone; that day itself for none. Of what it
// returns only the date counts, see WallTime.
func AddWorkdays(team Team, from time.Time, n int) time.Time {
	year, month, date := from.In(team.Location()).Date()
	day := time.Date(year, month, date, 0, 0, 0, 0, time.UTC) // no clock is changed there
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if team.worksOn(day.Weekday()) {
			n--
		}
	}
	return day
}

// worksOn tells whether the team works on such a day. A team that never chose
// its workdays works on all of them.
func (t *Team) worksOn(day time.Weekday) bool {
	return len(t.Workdays) == 0 || slices.Contains(t.Workdays, day)
}
