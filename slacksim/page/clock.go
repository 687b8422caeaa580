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
}

func newClock(now time.Time, as slacksim.Person) clock {
	c := clock{Text: now.In(zone(as)).Format("Mon 2 Jan, 15:04"), Zone: zone(as).String()}
	if ahead := time.Until(now).Round(time.Minute); ahead >= time.Minute {
		c.Moved = spell(ahead)
	}
	return c
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
