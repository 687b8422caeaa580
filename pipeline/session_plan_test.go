package pipeline_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// berlin is the rhythm of a team in Berlin that works from Monday to Friday.
func berlin(holidays ...pipeline.Holiday) pipeline.Rhythm {
	return pipeline.Rhythm{Zone: "Europe/Berlin", Workdays: pipeline.Week()[:5], Holidays: holidays}
}

// everyFour is the form of a session on that day.
func everyFour(day string) pipeline.SessionForm {
	return pipeline.SessionForm{Day: day, Hour: "10:00", Weeks: "4", Ahead: "3"}
}

// aCheckIn is a session planned for that day by a product owner, on the 20 Nov 2026.
func aCheckIn(t testing.TB, day string) (pipeline.Where, pipeline.Session) {
	t.Helper()
	where := pipeline.Where{Team: payments("U_OWNER")}
	s, err := pipeline.PlanSession(pipeline.Policy{}, pipeline.Person{ID: "U_OWNER"}, where, berlin(), nil, everyFour(day), sessionNow)
	if err != nil {
		t.Fatal(err)
	}
	s.Number, s.Version = 1, 1
	return where, s
}

// sessionNow is a Friday at noon in Berlin.
var sessionNow = time.Date(2026, 11, 20, 11, 0, 0, 0, time.UTC)

func TestPlanASession(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*pipeline.SessionForm)
		wrong  []pipeline.Field
	}{
		"as it is offered":     {func(*pipeline.SessionForm) {}, nil},
		"yesterday":            {func(f *pipeline.SessionForm) { f.Day = "2026-11-19" }, []pipeline.Field{"session-day"}},
		"today, in an hour":    {func(f *pipeline.SessionForm) { f.Day, f.Hour = "2026-11-20", "13:00" }, nil},
		"today, at this time":  {func(f *pipeline.SessionForm) { f.Day, f.Hour = "2026-11-20", "12:00" }, []pipeline.Field{"session-hour"}},
		"in a year":            {func(f *pipeline.SessionForm) { f.Day = "2027-11-20" }, nil},
		"in a year and a day":  {func(f *pipeline.SessionForm) { f.Day = "2027-11-21" }, []pipeline.Field{"session-day"}},
		"no day":               {func(f *pipeline.SessionForm) { f.Day = "soon" }, []pipeline.Field{"session-day"}},
		"every week":           {func(f *pipeline.SessionForm) { f.Weeks = "1" }, nil},
		"every half year":      {func(f *pipeline.SessionForm) { f.Weeks = "26" }, nil},
		"every 0 weeks":        {func(f *pipeline.SessionForm) { f.Weeks = "0" }, []pipeline.Field{"session-weeks"}},
		"every 400 days":       {func(f *pipeline.SessionForm) { f.Weeks = "400" }, []pipeline.Field{"session-weeks"}},
		"every minus one week": {func(f *pipeline.SessionForm) { f.Weeks = "-1" }, []pipeline.Field{"session-weeks"}},
		"at midnight":          {func(f *pipeline.SessionForm) { f.Hour = "00:00" }, []pipeline.Field{"session-hour"}},
		"no agenda before":     {func(f *pipeline.SessionForm) { f.Ahead = "0" }, nil},
		"eleven days before":   {func(f *pipeline.SessionForm) { f.Ahead = "11" }, []pipeline.Field{"session-ahead"}},
		"everything at once":   {func(f *pipeline.SessionForm) { *f = pipeline.SessionForm{} }, []pipeline.Field{"session-ahead", "session-day", "session-hour", "session-weeks"}},
	} {
		form := everyFour("2026-12-03")
		c.change(&form)
		_, err := pipeline.PlanSession(pipeline.Policy{}, pipeline.Person{ID: "U_OWNER"}, pipeline.Where{Team: payments("U_OWNER")}, berlin(), nil, form, sessionNow)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestASessionIsOnADayOfWork(t *testing.T) {
	where := pipeline.Where{Team: payments("U_OWNER")}
	plan := func(day string, r pipeline.Rhythm) string {
		t.Helper()
		s, err := pipeline.PlanSession(pipeline.Policy{}, pipeline.Person{ID: "U_OWNER"}, where, r, nil, everyFour(day), sessionNow)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(s.Day, " ", s.Begins.Format("15:04"), ", agenda ", s.AgendaAt.Format("2006-01-02 15:04"))
	}
	for _, c := range []struct {
		name, day string
		r         pipeline.Rhythm
		want      string
	}{
		{"a workday", "2026-12-03", berlin(), "2026-12-03 09:00, agenda 2026-11-30 09:00"},
		{"a Saturday", "2026-12-05", berlin(), "2026-12-07 09:00, agenda 2026-12-02 09:00"},
		{"a holiday", "2026-12-03", berlin(pipeline.Holiday{First: "2026-12-03", Last: "2026-12-04", Name: "Off-site"}), "2026-12-07 09:00, agenda 2026-11-30 09:00"},
		{"with a holiday before it", "2026-12-03", berlin(pipeline.Holiday{First: "2026-12-01", Last: "2026-12-02", Name: "Off-site"}), "2026-12-03 09:00, agenda 2026-11-26 09:00"},
		{"after the clocks went on", "2027-03-30", berlin(), "2027-03-30 08:00, agenda 2027-03-25 09:00"},
	} {
		if got := plan(c.day, c.r); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestSessionsFollowEachOther(t *testing.T) {
	where, s := aCheckIn(t, "2026-12-03")
	owner := pipeline.Person{ID: "U_OWNER"}
	if _, ok := pipeline.NextSession(berlin(), s, sessionNow); ok {
		t.Error("one follows while one is planned")
	}
	moved, err := pipeline.ReplanSession(pipeline.Policy{}, owner, where, berlin(), s, everyFour("2026-12-10"), sessionNow)
	if err != nil || moved.Day != "2026-12-10" || moved.Planned != "2026-12-03" {
		t.Errorf("moved to %s of %s: %v", moved.Day, moved.Planned, err)
	}
	other := everyFour("2026-12-10")
	other.Weeks = "2"
	rhythm, err := pipeline.ReplanSession(pipeline.Policy{}, owner, where, berlin(), s, other, sessionNow)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pipeline.PlanSession(pipeline.Policy{}, owner, where, berlin(), &s, everyFour("2026-12-04"), sessionNow); problemCode(err) != "session-planned" {
		t.Errorf("a second one: %v", err)
	}
	day := func(s pipeline.Session, now time.Time) string {
		next, ok := pipeline.NextSession(berlin(), s, now)
		if !ok {
			return "none"
		}
		return next.Day
	}
	skip := func(s pipeline.Session) pipeline.Session {
		t.Helper()
		s, err := pipeline.SkipSession(pipeline.Policy{}, owner, where, s, sessionNow)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	stopped, err := pipeline.StopSessions(pipeline.Policy{}, owner, where, s, sessionNow)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pipeline.SkipSession(pipeline.Policy{}, owner, where, stopped, sessionNow); problemCode(err) != "session-stopped" {
		t.Errorf("skipped after the last one: %v", err)
	}
	for _, c := range []struct{ name, got, want string }{
		{"after one skipped", day(skip(s), sessionNow), "2026-12-31"},
		{"after one moved", day(skip(moved), sessionNow), "2026-12-31"},
		{"after another rhythm", day(skip(rhythm), sessionNow), "2026-12-24"},
		{"after half a year in which nobody was there", day(skip(s), sessionNow.AddDate(0, 6, 0)), "2027-06-17"},
		{"after the last one", day(stopped, sessionNow), "none"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
}

func TestWhoHoldsSessions(t *testing.T) {
	guest := pipeline.Person{ID: "U_GUEST", Guest: true}
	where, s := aCheckIn(t, "2026-12-03")
	where.InChannel = true
	_, err := pipeline.SkipSession(pipeline.Policy{Guests: true}, guest, where, s, sessionNow)
	if problemCode(err) != "not-permitted" {
		t.Errorf("a guest skips one: %v", err)
	}
	add := func(policy pipeline.Policy) error {
		_, err := pipeline.AddPoint(policy, guest, where, s, pipeline.SessionSaid{}, pipeline.PointForm{Words: "Us"}, pipeline.AgendaFacts{}, sessionNow)
		return err
	}
	if err := add(pipeline.Policy{Guests: true}); err != nil {
		t.Errorf("an invited guest adds a point: %v", err)
	}
	if err := add(pipeline.Policy{}); problemCode(err) != "not-permitted" {
		t.Errorf("a guest who is not invited adds one: %v", err)
	}
	other := pipeline.Where{Team: payments("U_OWNER")}
	other.Team.Key = "GRO"
	if _, err := pipeline.SkipSession(pipeline.Policy{}, pipeline.Person{ID: "U_OWNER"}, other, s, sessionNow); problemCode(err) != "not-permitted" {
		t.Errorf("another team's: %v", err)
	}
}
