package page

import (
	"fmt"
	"time"

	"alignbot/slacksim"
)

// clock is what the clock panel shows: the sim's time, which can be moved.
type clock struct {
	Text  string // the viewer's day and time
	Zone  string
	Moved string // how far it is ahead of real time, or empty
	// Morning is half past nine on the viewer's next Monday to Friday, for a look at
	// what an app does then by itself, in RFC 3339.
	Morning string
}

func newClock(now time.Time, as slacksim.Person) clock {
	c := clock{Text: now.In(zone(as)).Format("Mon 2 Jan, 15:04"), Zone: zone(as).String(), Morning: morning(now.In(zone(as))).Format(time.RFC3339)}
	if ahead := time.Until(now).Round(time.Minute); ahead >= time.Minute {
		c.Moved = spell(ahead)
	}
	return c
}

// morning is half past nine on the workday after the one of now.
func morning(now time.Time) time.Time {
	day := now.AddDate(0, 0, 1)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 9, 30, 0, 0, now.Location())
}

// spell writes a duration with its two largest units.
func spell(d time.Duration) string {
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case days > 0:
		return fmt.Sprintf("%d d", days)
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d min", minutes)
}
