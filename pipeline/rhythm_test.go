package pipeline_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// transitions of a zone's clocks from 2020 to 2037.
func transitions(loc *time.Location) []time.Time {
	var all []time.Time
	for at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC); ; {
		_, end := at.In(loc).ZoneBounds()
		if end.IsZero() || end.Year() > 2037 {
			return all
		}
		all = append(all, end)
		at = end
	}
}

// walked is the oracle: the first minute of each local day, of those between from and
// to, on which clocks show the time or a later one.
func walked(loc *time.Location, from, to time.Time, at pipeline.Clock) (days []string, first map[string]time.Time) {
	first = map[string]time.Time{}
	seen := int64(-1)
	for t := from; t.Before(to); t = t.Add(time.Minute) {
		_, offset := t.In(loc).Zone()
		shown := t.Unix() + int64(offset) // by clocks, as if in UTC
		if shown%86400/60 < int64(at) || shown/86400 == seen {
			continue
		}
		seen = shown / 86400
		day := time.Unix(shown, 0).UTC().Format(time.DateOnly)
		if _, known := first[day]; !known {
			first[day] = t
			days = append(days, day)
		}
	}
	return days, first
}

// TestEveryTransitionOfEveryZone compares what is due around each change of clocks
// with a walk over all its minutes.
func TestEveryTransitionOfEveryZone(t *testing.T) {
	zones := make(chan string)
	var walkers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		walkers.Go(func() {
			for zone := range zones {
				aroundTransitions(t, zone)
			}
		})
	}
	for _, zone := range pipeline.FindZones("", 1000) {
		zones <- zone
	}
	close(zones)
	walkers.Wait()
}

func aroundTransitions(t *testing.T, zone string) {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Error(err)
		return
	}
	changes := transitions(loc)
	for i, change := range changes {
		// The clocks of a day, in turn; those that a change of clocks is about at each.
		before, after := change.Add(-time.Second).In(loc), change.In(loc)
		for _, at := range []pipeline.Clock{
			clockOf(before), clockOf(after), clockOf(after) - 30, pipeline.Clock(i * 37 % (24 * 60)),
		} {
			if at <= 0 {
				at = 1
			}
			from, to := change.Add(-50*time.Hour).Truncate(time.Minute), change.Add(50*time.Hour)
			days, first := walked(loc, from, to, at)
			rhythm := pipeline.Rhythm{Zone: zone, At: at}
			// The day the walk began in, and the one it ended in, it did not see whole.
			for d := 1; d+2 < len(days); d++ {
				want := first[days[d+1]]
				for _, now := range []time.Time{first[days[d]], want.Add(-time.Minute), first[days[d]].Add(61 * time.Minute)} {
					if !now.Before(want) || now.Before(first[days[d]]) {
						continue
					}
					got, day, ok := rhythm.Next(now, "")
					if !ok || !got.Equal(want) || day != days[d+1] {
						t.Errorf("%s, %s: after %s comes %s of %s, want %s of %s", zone, at, now.In(loc), got.In(loc), day, want.In(loc), days[d+1])
					}
				}
				// Who had that day's gets the one of the day after.
				if got, day, ok := rhythm.Next(first[days[d]].Add(-time.Minute), days[d]); !ok || !got.Equal(want) || day != days[d+1] {
					t.Errorf("%s, %s: after the one of %s comes %s of %s, want %s", zone, at, days[d], got.In(loc), day, want.In(loc))
				}
			}
		}
	}
}

func clockOf(t time.Time) pipeline.Clock { return pipeline.Clock(t.Hour()*60 + t.Minute()) }

func TestNext(t *testing.T) {
	christmas := pipeline.Holidays{{First: "2026-12-24", Last: "2027-01-01", Name: "Company closed"}}
	for name, c := range map[string]struct {
		rhythm      pipeline.Rhythm
		after, last string
		want, onDay string
		impossible  bool
	}{
		"today, before the hour":           {rhythm: pipeline.Rhythm{Zone: "Europe/Berlin"}, after: "2026-11-20T07:00:00Z", want: "2026-11-20T08:30:00Z", onDay: "2026-11-20"},
		"the hour itself is over":          {rhythm: pipeline.Rhythm{Zone: "Europe/Berlin"}, after: "2026-11-20T08:30:00Z", want: "2026-11-21T08:30:00Z", onDay: "2026-11-21"},
		"over a weekend":                   {rhythm: pipeline.Rhythm{Zone: "Europe/Berlin", Workdays: mondayToFriday}, after: "2026-11-20T09:00:00Z", want: "2026-11-23T08:30:00Z", onDay: "2026-11-23"},
		"over holidays and a weekend":      {rhythm: pipeline.Rhythm{Zone: "UTC", Workdays: mondayToFriday, Holidays: christmas}, after: "2026-12-23T12:00:00Z", want: "2027-01-04T09:30:00Z", onDay: "2027-01-04"},
		"away":                             {rhythm: pipeline.Rhythm{Zone: "UTC", AwayUntil: "2026-12-08"}, after: "2026-11-20T12:00:00Z", want: "2026-12-08T09:30:00Z", onDay: "2026-12-08"},
		"away until a Sunday":              {rhythm: pipeline.Rhythm{Zone: "UTC", AwayUntil: "2026-12-06", Workdays: mondayToFriday}, after: "2026-11-20T12:00:00Z", want: "2026-12-07T09:30:00Z", onDay: "2026-12-07"},
		"away until a day that is over":    {rhythm: pipeline.Rhythm{Zone: "UTC", AwayUntil: "2026-11-01"}, after: "2026-11-20T08:00:00Z", want: "2026-11-20T09:30:00Z", onDay: "2026-11-20"},
		"in the hour that is skipped":      {rhythm: pipeline.Rhythm{Zone: "America/New_York", At: 2*60 + 30}, after: "2026-03-08T05:00:00Z", want: "2026-03-08T07:00:00Z", onDay: "2026-03-08"},
		"in the hour that comes twice":     {rhythm: pipeline.Rhythm{Zone: "America/New_York", At: 90}, after: "2026-11-01T04:00:00Z", want: "2026-11-01T05:30:00Z", onDay: "2026-11-01"},
		"between its two passes":           {rhythm: pipeline.Rhythm{Zone: "America/New_York", At: 90}, after: "2026-11-01T05:45:00Z", want: "2026-11-02T06:30:00Z", onDay: "2026-11-02"},
		"a day that a zone skips":          {rhythm: pipeline.Rhythm{Zone: "Pacific/Apia"}, after: "2011-12-29T20:00:00Z", want: "2011-12-30T19:30:00Z", onDay: "2011-12-31"},
		"had that day's":                   {rhythm: pipeline.Rhythm{Zone: "UTC"}, after: "2026-11-20T08:00:00Z", last: "2026-11-20", want: "2026-11-21T09:30:00Z", onDay: "2026-11-21"},
		"a zone nobody knows is UTC":       {rhythm: pipeline.Rhythm{Zone: "Mars/Olympus"}, after: "2026-11-20T08:00:00Z", want: "2026-11-20T09:30:00Z", onDay: "2026-11-20"},
		"holidays for ever":                {rhythm: pipeline.Rhythm{Zone: "UTC", Holidays: years("2026-01-01", 5)}, after: "2026-11-20T08:00:00Z", impossible: true},
		"workdays that are always free":    {rhythm: pipeline.Rhythm{Zone: "UTC", Workdays: mondayToFriday[:1], Holidays: years("2026-01-01", 5)}, after: "2026-11-20T08:00:00Z", impossible: true},
		"away for longer than it is known": {rhythm: pipeline.Rhythm{Zone: "UTC", AwayUntil: "2036-11-20"}, after: "2026-11-20T08:00:00Z", want: "2036-11-20T09:30:00Z", onDay: "2036-11-20"},
	} {
		at, day, ok := c.rhythm.Next(moment(t, c.after), c.last)
		if c.impossible {
			if ok {
				t.Errorf("%s: %s", name, at)
			}
			continue
		}
		if got := at.UTC().Format(time.RFC3339); !ok || got != c.want || day != c.onDay {
			t.Errorf("%s: %s of %s, want %s of %s", name, got, day, c.want, c.onDay)
		}
	}
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// years of nothing but holidays.
func years(from string, n int) pipeline.Holidays {
	var all pipeline.Holidays
	day, _ := time.Parse(time.DateOnly, from)
	for range n {
		all = append(all, pipeline.Holiday{First: day.Format(time.DateOnly), Last: day.AddDate(1, 0, -1).Format(time.DateOnly)})
		day = day.AddDate(1, 0, 0)
	}
	return all
}

func TestMakeupComesOnItsDayAndNotInTheEvening(t *testing.T) {
	for name, c := range map[string]struct {
		rhythm pipeline.Rhythm
		now    string
		last   string
		want   bool
	}{
		"at its minute":                 {rhythm: pipeline.Rhythm{Zone: "UTC"}, now: "2026-11-20T09:30:00Z", want: true},
		"before its minute":             {rhythm: pipeline.Rhythm{Zone: "UTC"}, now: "2026-11-20T09:29:59Z"},
		"in the afternoon":              {rhythm: pipeline.Rhythm{Zone: "UTC"}, now: "2026-11-20T17:59:59Z", want: true},
		"in the evening":                {rhythm: pipeline.Rhythm{Zone: "UTC"}, now: "2026-11-20T18:00:00Z"},
		"at an hour of their own":       {rhythm: pipeline.Rhythm{Zone: "UTC", At: 20 * 60}, now: "2026-11-20T20:59:00Z", want: true},
		"an hour after it":              {rhythm: pipeline.Rhythm{Zone: "UTC", At: 20 * 60}, now: "2026-11-20T21:00:00Z"},
		"shortly before midnight":       {rhythm: pipeline.Rhythm{Zone: "UTC", At: 23*60 + 30}, now: "2026-11-20T23:59:59Z", want: true},
		"on a day off":                  {rhythm: pipeline.Rhythm{Zone: "UTC", Workdays: mondayToFriday}, now: "2026-11-21T10:00:00Z"},
		"on a holiday":                  {rhythm: pipeline.Rhythm{Zone: "UTC", Holidays: years("2026-01-01", 1)}, now: "2026-11-20T10:00:00Z"},
		"away":                          {rhythm: pipeline.Rhythm{Zone: "UTC", AwayUntil: "2026-11-21"}, now: "2026-11-20T10:00:00Z"},
		"had it":                        {rhythm: pipeline.Rhythm{Zone: "UTC"}, now: "2026-11-20T10:00:00Z", last: "2026-11-20"},
		"had yesterday's":               {rhythm: pipeline.Rhythm{Zone: "UTC"}, now: "2026-11-20T10:00:00Z", last: "2026-11-19", want: true},
		"had tomorrow's, and went west": {rhythm: pipeline.Rhythm{Zone: "UTC"}, now: "2026-11-20T10:00:00Z", last: "2026-11-21"},
	} {
		if day, ok := c.rhythm.Makeup(moment(t, c.now), c.last); ok != c.want || ok && day != "2026-11-20" {
			t.Errorf("%s: %t on %s", name, ok, day)
		}
	}
}

// TestNobodyGetsTwoOnOneLocalDay has somebody travel at random, over the date line
// too, and looks at every one that they get.
func TestNobodyGetsTwoOnOneLocalDay(t *testing.T) {
	zones := append(pipeline.FindZones("", 1000), "Pacific/Kiritimati", "Pacific/Niue", "Pacific/Auckland", "Pacific/Honolulu")
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 365*24*60).Draw(t, "start")) * time.Minute)
		look := pipeline.NudgeLook{Waits: true}
		var sent []time.Time
		for range 40 {
			rhythm := pipeline.Rhythm{
				Zone: rapid.SampledFrom(zones).Draw(t, "zone"),
				At:   pipeline.Clock(rapid.IntRange(1, 24*60-1).Draw(t, "at")),
			}
			look.Now, look.Rhythms = now, []pipeline.Rhythm{rhythm}
			plan := pipeline.PlanNudge(look)
			look.Due = plan.Due
			switch plan.Step {
			case pipeline.LookGo:
				loc, err := time.LoadLocation(rhythm.Zone)
				if err != nil {
					t.Fatal(err)
				}
				today := now.In(loc).Format(time.DateOnly)
				if plan.Day != today {
					t.Fatalf("the one of %s came on %s", plan.Day, today)
				}
				for _, before := range sent {
					if before.In(loc).Format(time.DateOnly) == today {
						t.Fatalf("two on %s in %s: at %s and %s", today, loc, before.In(loc), now.In(loc))
					}
				}
				if clockOf(now.In(loc)) < rhythm.At && now.Sub(look.Due) < 0 {
					t.Fatalf("it came at %s, before %s", now.In(loc), rhythm.At)
				}
				sent = append(sent, now)
				look.LastDay, look.LastAt = plan.Day, now
			case pipeline.LookMiss:
				look.LastDay, look.LastAt = plan.Day, now
			}
			// The next look is when it was planned, or they land somewhere else before.
			now = now.Add(time.Duration(rapid.IntRange(1, 20*60).Draw(t, "minutes")) * time.Minute)
			if !plan.Look.IsZero() && plan.Look.After(look.Now) && rapid.Bool().Draw(t, "stays") {
				now = plan.Look
			}
		}
	})
}
