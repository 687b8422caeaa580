package pipeline_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"alignbot/pipeline"
)

var mondayToFriday = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}

func TestAddWorkdays(t *testing.T) {
	sundayToThursday := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Sunday}
	for name, c := range map[string]struct {
		zone string
		days []time.Weekday
		from string
		n    int
		want string
	}{
		"the same week":                        {"Europe/Berlin", mondayToFriday, "2026-11-16T09:00:00Z", 3, "2026-11-19"},
		"over a weekend":                       {"Europe/Berlin", mondayToFriday, "2026-11-20T12:00:00Z", 3, "2026-11-25"},
		"from a Saturday":                      {"Europe/Berlin", mondayToFriday, "2026-11-21T12:00:00Z", 1, "2026-11-23"},
		"none at all":                          {"Europe/Berlin", mondayToFriday, "2026-11-21T12:00:00Z", 0, "2026-11-21"},
		"four weeks":                           {"Europe/Berlin", mondayToFriday, "2026-11-20T12:00:00Z", 20, "2026-12-18"},
		"where Friday is free":                 {"Asia/Riyadh", sundayToThursday, "2026-11-19T12:00:00Z", 1, "2026-11-22"},
		"one workday a week":                   {"UTC", []time.Weekday{time.Monday}, "2026-11-20T12:00:00Z", 2, "2026-11-30"},
		"no workday chosen":                    {"UTC", nil, "2026-11-20T12:00:00Z", 2, "2026-11-22"},
		"already tomorrow in Tokyo":            {"Asia/Tokyo", mondayToFriday, "2026-11-19T20:00:00Z", 1, "2026-11-23"},
		"still yesterday in Honolulu":          {"Pacific/Honolulu", mondayToFriday, "2026-11-20T03:00:00Z", 1, "2026-11-20"},
		"over the end of summer time":          {"Europe/Berlin", mondayToFriday, "2026-10-23T21:59:00Z", 1, "2026-10-26"},
		"over midnight that Santiago skips":    {"America/Santiago", []time.Weekday{time.Sunday, time.Monday}, "2026-09-05T15:00:00Z", 2, "2026-09-07"},
		"over the end of the year":             {"UTC", mondayToFriday, "2026-12-31T23:59:59Z", 1, "2027-01-01"},
		"over the leap day":                    {"UTC", mondayToFriday, "2028-02-28T08:00:00Z", 2, "2028-03-01"},
		"a zone nobody knows is taken for UTC": {"Mars/Olympus", mondayToFriday, "2026-11-20T23:30:00Z", 1, "2026-11-23"},
	} {
		from, err := time.Parse(time.RFC3339, c.from)
		if err != nil {
			t.Fatal(err)
		}
		got := pipeline.AddWorkdays(pipeline.Team{Zone: c.zone, Workdays: c.days}, nil, from, c.n).Format(time.DateOnly)
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestAHolidayIsNoWorkday(t *testing.T) {
	team := pipeline.Team{Zone: "Europe/Berlin", Workdays: mondayToFriday}
	friday := time.Date(2026, 12, 18, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		holidays pipeline.Holidays
		n        int
		want     string
	}{
		"none":                 {nil, 3, "2026-12-23"},
		"the last day is one":  {pipeline.Holidays{{First: "2026-12-23", Last: "2026-12-23"}}, 3, "2026-12-24"},
		"one between":          {pipeline.Holidays{{First: "2026-12-22", Last: "2026-12-22"}}, 3, "2026-12-24"},
		"on a day off anyway":  {pipeline.Holidays{{First: "2026-12-19", Last: "2026-12-20"}}, 3, "2026-12-23"},
		"over a weekend":       {pipeline.Holidays{{First: "2026-12-23", Last: "2027-01-01"}}, 3, "2027-01-04"},
		"the day of now":       {pipeline.Holidays{{First: "2026-12-18", Last: "2026-12-18"}}, 3, "2026-12-23"},
		"nothing but holidays": {pipeline.Holidays{{First: "2026-12-01", Last: "2027-12-01"}, {First: "2027-12-02", Last: "2028-12-01"}, {First: "2028-12-02", Last: "2029-12-01"}}, 1, "2028-05-16"},
	} {
		if got := pipeline.AddWorkdays(team, c.holidays, friday, c.n).Format(time.DateOnly); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	where := pipeline.Where{Team: &team, InChannel: true, Holidays: pipeline.Holidays{{First: "2026-12-23", Last: "2026-12-23"}}}
	team.Key, team.Owners = "PAY", []string{"U1"}
	people := []pipeline.Person{{ID: "U1"}, {ID: "U2"}, {ID: "U3"}}
	r, err := pipeline.StartRound(pipeline.Policy{}, people[0], where, pipeline.RoundForm{Own: "What helps?", Channel: true, Days: "3"}, people, friday)
	if want := time.Date(2026, 12, 24, 16, 0, 0, 0, time.UTC); err != nil || !r.Deadline.Equal(want) {
		t.Errorf("a round runs until %s (%v)", r.Deadline, err)
	}
}

func TestAddWorkdaysCountsEveryWorkdayOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		week := rapid.SliceOfNDistinct(rapid.SampledFrom(pipeline.Week()), 1, 7, rapid.ID).Draw(t, "workdays")
		from := noon.Add(time.Duration(rapid.IntRange(0, 24*400).Draw(t, "hours")) * time.Hour)
		n := rapid.IntRange(1, 20).Draw(t, "n")
		zone := rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu"}).Draw(t, "zone")
		team := pipeline.Team{Zone: zone, Workdays: week}
		one := pipeline.AddWorkdays(team, nil, from, n)
		// Day by day leads to the same day, and each of them is a workday.
		day := pipeline.AddWorkdays(team, nil, from, 0)
		for range n {
			next := pipeline.AddWorkdays(pipeline.Team{Zone: "UTC", Workdays: week}, nil, day, 1)
			if !next.After(day) || next.Sub(day) > 7*24*time.Hour {
				t.Fatalf("after %s comes %s", day, next)
			}
			day = next
		}
		if !one.Equal(day) {
			t.Fatalf("%d at once: %s, one by one: %s", n, one, day)
		}
	})
}
