package pipeline_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"alignbot/pipeline"
)

func TestWallTimeWhenClocksChange(t *testing.T) {
	for name, c := range map[string]struct {
		zone, day string
		hour      int
		want      string
	}{
		"an hour skipped in New York":     {"America/New_York", "2026-03-08", 2, "2026-03-08T07:00:00Z"},
		"an hour skipped in Berlin":       {"Europe/Berlin", "2026-03-29", 2, "2026-03-29T01:00:00Z"},
		"half an hour skipped":            {"Australia/Lord_Howe", "2026-10-04", 2, "2026-10-03T15:30:00Z"},
		"midnight skipped in Santiago":    {"America/Santiago", "2026-09-06", 0, "2026-09-06T04:00:00Z"},
		"midnight skipped in Beirut":      {"Asia/Beirut", "2026-03-29", 0, "2026-03-28T22:00:00Z"},
		"a day skipped in Apia":           {"Pacific/Apia", "2011-12-30", 17, "2011-12-30T10:00:00Z"},
		"an hour twice in New York":       {"America/New_York", "2026-11-01", 1, "2026-11-01T05:00:00Z"},
		"an hour twice in Berlin":         {"Europe/Berlin", "2026-10-25", 2, "2026-10-25T00:00:00Z"},
		"a day twice in Kwajalein":        {"Pacific/Kwajalein", "1969-09-30", 17, "1969-09-30T06:00:00Z"},
		"the hour after the one twice":    {"Europe/Berlin", "2026-10-25", 3, "2026-10-25T02:00:00Z"},
		"the hour after the one skipped":  {"Europe/Berlin", "2026-03-29", 3, "2026-03-29T01:00:00Z"},
		"where clocks were never changed": {"UTC", "2026-03-29", 3, "2026-03-29T03:00:00Z"},
	} {
		day, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := pipeline.WallTime(day, pipeline.Clock(c.hour*60), mustLoad(t, c.zone)).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestWallTimeIsTheFirstMomentThatShowsIt looks at every zone: clocks show the
// time that is wanted, or a later one where they skip it, and did not before.
func TestWallTimeIsTheFirstMomentThatShowsIt(t *testing.T) {
	zones := pipeline.FindZones("", 1000)
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		day := time.Date(2000, 1, 1+rapid.IntRange(0, 15_000).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		at := pipeline.Clock(rapid.IntRange(0, 24*60-1).Draw(t, "at"))
		wanted := day.Add(time.Duration(at) * time.Minute).Format("2006-01-02 15:04:05")
		got := pipeline.WallTime(day, at, loc).In(loc)
		if shows := got.Format("2006-01-02 15:04:05"); shows < wanted {
			t.Fatalf("%s shows %s, before %s", loc, shows, wanted)
		}
		for back := time.Second; back < 26*time.Hour; back = back*2 + 13*time.Minute {
			if shows := got.Add(-back).Format("2006-01-02 15:04:05"); shows >= wanted {
				t.Fatalf("%s before %s clocks in %s showed %s already", back, wanted, loc, shows)
			}
		}
	})
}
