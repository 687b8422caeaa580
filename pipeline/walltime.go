package pipeline

import "time"

// WallTime is the moment at which clocks in loc show that time of a day: the first
// one where they show it twice, the end of the gap where they skip it. Of the day
// only the date counts. time.Date leaves open which one it gives.
func WallTime(day time.Time, at Clock, loc *time.Location) time.Time {
	wanted := time.Date(day.Year(), day.Month(), day.Day(), 0, int(at), 0, 0, time.UTC)
	t := time.Date(day.Year(), day.Month(), day.Day(), 0, int(at), 0, 0, loc)
	_, offset := t.Zone()
	shown := t.UTC().Add(time.Duration(offset) * time.Second) // by clocks, as if in UTC
	start, end := t.ZoneBounds()
	switch {
	case shown.Before(wanted): // skipped, and t is before the gap
		return end
	case shown.After(wanted): // skipped, and t is after it
		return start
	case start.IsZero():
		return t
	}
	_, before := start.Add(-time.Second).Zone()
	if first := t.Add(time.Duration(offset-before) * time.Second); first.Before(start) {
		return first
	}
	return t
}
