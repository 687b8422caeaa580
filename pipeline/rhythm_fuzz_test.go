package pipeline_test

import (
	"slices"
	"testing"
	"time"

	"alignbot/pipeline"
)

// FuzzDueTime: something is due when somebody who looks at a clock each minute first
// sees its hour, or a later one, on a day of work. Where the clock goes back they
// have seen it already; a day that it skips has none.
func FuzzDueTime(f *testing.F) {
	zones := pipeline.FindZones("", 1000)
	for _, seed := range []struct {
		zone, after string
		at          pipeline.Clock
		workdays    uint8
		seen        uint8
	}{
		{"America/New_York", "2026-03-07T23:00:00Z", 150, 127, 0},
		{"America/New_York", "2026-11-01T05:30:00Z", 90, 127, 0},
		{"Europe/Berlin", "2026-10-25T00:10:00Z", 135, 127, 1},
		{"Australia/Lord_Howe", "2026-10-03T10:00:00Z", 135, 127, 0},
		{"Pacific/Apia", "2011-12-29T20:00:00Z", 600, 127, 0},
		{"America/Santiago", "2026-09-05T12:00:00Z", 1, 127, 0},
		{"America/Havana", "2026-11-01T03:30:00Z", 30, 65, 1},
		{"Africa/Casablanca", "2026-03-21T12:00:00Z", 150, 2, 0},
		{"Asia/Pyongyang", "2018-05-04T12:00:00Z", 1435, 64, 2},
	} {
		after, err := time.Parse(time.RFC3339, seed.after)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint16(slices.Index(zones, seed.zone)), after.Unix(), uint16(seed.at), seed.workdays, seed.seen)
	}
	f.Fuzz(func(t *testing.T, zone uint16, unix int64, at uint16, workdays, seen uint8) {
		const from, until = 631152000, 2145916800 // 1990 to 2038
		loc, err := time.LoadLocation(zones[int(zone)%len(zones)])
		if err != nil {
			t.Fatal(err)
		}
		after := time.Unix(from+int64(uint64(unix)%(until-from)), 0)
		r := pipeline.Rhythm{Zone: loc.String(), At: pipeline.Clock(1 + at%(24*60-1))}
		for _, day := range pipeline.Week() {
			if workdays>>day&1 == 1 {
				r.Workdays = append(r.Workdays, day)
			}
		}
		lastDay := ""
		if seen %= 8; seen > 0 {
			lastDay = shown(after, loc).AddDate(0, 0, int(seen)-4).Format(time.DateOnly)
		}
		wantAt, wantDay := watched(r, loc, after, lastDay)
		gotAt, gotDay, ok := r.Next(after, lastDay)
		if !ok || !gotAt.Equal(wantAt) || gotDay != wantDay {
			t.Errorf("%s on %v in %s after %s and %q: %s of %s, and clocks show it first at %s of %s", r.At, r.Workdays, loc, after.UTC(), lastDay, gotAt.UTC(), gotDay, wantAt.UTC(), wantDay)
		}
	})
}

// watched is what Next should say, found by looking at a clock each minute for a
// month.
func watched(r pipeline.Rhythm, loc *time.Location, after time.Time, lastDay string) (at time.Time, day string) {
	minute := after.Truncate(time.Minute).Add(-72 * time.Hour)
	latest := shown(minute, loc)
	for range 34 * 24 * 60 {
		minute = minute.Add(time.Minute)
		now := shown(minute, loc)
		if !now.After(latest) {
			continue
		}
		date := now.Truncate(24 * time.Hour)
		due := date.Add(time.Duration(r.At) * time.Minute)
		day = date.Format(time.DateOnly)
		isDue := latest.Before(due) && !now.Before(due)
		works := len(r.Workdays) == 0 || slices.Contains(r.Workdays, date.Weekday())
		if isDue && works && day > lastDay && minute.After(after) {
			return minute, day
		}
		latest = now
	}
	return time.Time{}, ""
}

// shown is what a clock shows, as if in UTC.
func shown(at time.Time, loc *time.Location) time.Time {
	_, offset := at.In(loc).Zone()
	return at.Add(time.Duration(offset) * time.Second).UTC()
}
