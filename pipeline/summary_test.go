package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// inJournal is a line of a journal, so many days before sessionNow.
func inJournal(days int, key string, e pipeline.Event) pipeline.Happening {
	e.At = daysAgo(days)
	if e.By == "" {
		e.By = "U2"
	}
	return pipeline.Happening{Key: key, Event: e}
}

func movedTo(from, to pipeline.Stage, why string) pipeline.Event {
	return pipeline.Event{What: pipeline.WasMoved, From: from, To: to, Why: why}
}

func TestAWeekTellsChangesOnly(t *testing.T) {
	facts := pipeline.WeekFacts{Team: *payments("U_OWNER"), Happened: []pipeline.Happening{
		inJournal(14, "PAY-9", movedTo(pipeline.Captured, pipeline.Discovery, "")),
		inJournal(10, "PAY-1", pipeline.Event{What: pipeline.WasCaptured}),
		inJournal(9, "PAY-7", movedTo(pipeline.Delivered, pipeline.Learned, "no effect. Nobody looked")),
		inJournal(8, "PAY-2", movedTo(pipeline.Discovery, pipeline.Validated, "")),
		inJournal(6, "PAY-1", movedTo(pipeline.Captured, pipeline.Discovery, "")),
		inJournal(6, "PAY-1", pipeline.Event{What: pipeline.GotEvidence}),
		inJournal(5, "PAY-1", pipeline.Event{What: pipeline.WasOverridden, From: pipeline.Discovery, To: pipeline.Validated, Why: "A promise"}),
		inJournal(4, "PAY-2", movedTo(pipeline.Validated, pipeline.Discovery, "Too early")),
		inJournal(4, "PAY-2", movedTo(pipeline.Discovery, pipeline.Validated, "")),
		inJournal(3, "PAY-3", pipeline.Event{What: pipeline.WasParked, From: pipeline.Captured, To: pipeline.Parked, About: "not now: too costly"}),
		inJournal(3, "PAY-4", movedTo(pipeline.Captured, pipeline.Discovery, "")),
		inJournal(2, "PAY-4", pipeline.Event{What: pipeline.WasWithdrawn}),
		inJournal(2, "PAY-5", movedTo(pipeline.Delivered, pipeline.Learned, "moved: 72 calls. As hoped")),
		inJournal(1, "PAY-O1", pipeline.Event{What: pipeline.WasClosed, About: "reached"}),
		inJournal(1, "PAY-6", pipeline.Event{What: pipeline.RunDecided, About: "Test Card: passed"}),
		inJournal(0, "PAY-6", pipeline.Event{What: pipeline.WasEdited}),
	}}
	w := pipeline.WeeklyOf(facts, sessionNow)
	this := w.This
	if diff := cmp.Diff([]pipeline.WeekMove{{"PAY-5", pipeline.Delivered, pipeline.Learned}, {"PAY-1", pipeline.Captured, pipeline.Validated}}, this.Moved); diff != "" {
		t.Error(diff)
	}
	keys := func(all []pipeline.Happening) string {
		var keys []string
		for _, h := range all {
			keys = append(keys, h.Key)
		}
		return strings.Join(keys, " ")
	}
	if got := keys(this.Learned); got != "PAY-5 PAY-6" {
		t.Errorf("learned of %s", got)
	}
	if got := keys(this.Decided); got != "PAY-1 PAY-3 PAY-O1" {
		t.Errorf("decided on %s", got)
	}
	if diff := cmp.Diff([]string{"PAY-5", "PAY-1", "PAY-6", "PAY-3", "PAY-O1"}, this.Keys()); diff != "" {
		t.Error(diff)
	}
	want := []string{
		"No ideas captured, 1 the week before.",
		"2 ideas moved to another stage, 3 the week before.",
		"3 other decisions, none the week before.",
		"Hit rate: the one delivered idea moved it (0 of 1 the week before).",
		"Override rate: 1 of 2 gates passed by override (50 %), 0 % the week before.",
	}
	if diff := cmp.Diff(want, w.Lines()); diff != "" {
		t.Error(diff)
	}
	if this.IsQuiet() || this.Part.Discovery.People() != 1 {
		t.Errorf("%+v", this.Part)
	}
}

func TestAQuietWeek(t *testing.T) {
	facts := pipeline.WeekFacts{Team: *payments("U_OWNER"), Happened: []pipeline.Happening{
		inJournal(3, "PAY-1", pipeline.Event{What: pipeline.WasEdited}),
		inJournal(2, "PAY-1", pipeline.Event{What: pipeline.GotEvidence}),
		inJournal(1, "PAY-2", movedTo(pipeline.Validated, pipeline.Discovery, "x")),
		inJournal(1, "PAY-2", movedTo(pipeline.Discovery, pipeline.Validated, "")),
	}}
	w := pipeline.WeeklyOf(facts, sessionNow)
	if !w.This.IsQuiet() || !pipeline.WeekOf(pipeline.WeekFacts{}, daysAgo(7), sessionNow).IsQuiet() {
		t.Errorf("%+v", w.This)
	}
	if lines := (pipeline.Weekly{}).Lines(); len(lines) != 0 {
		t.Errorf("nothing is compared as %q", lines)
	}
	// The first moment of a week counts, the first after it does not.
	edge := func(at time.Time) int {
		capture := []pipeline.Happening{{Key: "PAY-1", Event: pipeline.Event{At: at, By: "U2", What: pipeline.WasCaptured}}}
		return pipeline.WeekOf(pipeline.WeekFacts{Happened: capture}, daysAgo(7), sessionNow).Captured
	}
	if edge(daysAgo(7)) != 1 || edge(sessionNow) != 0 || edge(daysAgo(7).Add(-1)) != 0 {
		t.Error("the edges of a week are not where they belong")
	}
}

func TestWhenASummaryComes(t *testing.T) {
	team := payments("U_OWNER")
	team.Workdays = pipeline.Week()[:5]
	where, admin := pipeline.Where{Team: team}, pipeline.Person{ID: "U_OWNER"}
	settings := pipeline.SummarySettings{Team: "PAY"}
	if _, _, ok := settings.Next(*team, berlin(), sessionNow); ok {
		t.Error("it comes without being asked for")
	}
	for name, c := range map[string]struct {
		form  pipeline.SummaryForm
		wrong []pipeline.Field
	}{
		"on Fridays":      {pipeline.SummaryForm{On: true, Day: "5", Hour: "15:00"}, nil},
		"on Sundays":      {pipeline.SummaryForm{On: true, Day: "0", Hour: "15:00"}, []pipeline.Field{"summary-day"}},
		"on no day":       {pipeline.SummaryForm{On: true, Day: "7", Hour: "15:00"}, []pipeline.Field{"summary-day"}},
		"at midnight":     {pipeline.SummaryForm{On: true, Day: "5", Hour: "00:00"}, []pipeline.Field{"summary-hour"}},
		"everything else": {pipeline.SummaryForm{Day: "x", Hour: "x"}, []pipeline.Field{"summary-day", "summary-hour"}},
	} {
		_, err := pipeline.ChangeSummary(pipeline.Policy{}, admin, where, settings, c.form)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	if _, err := pipeline.ChangeSummary(pipeline.Policy{}, member, where, settings, pipeline.SummaryForm{Day: "5", Hour: "15:00"}); problemCode(err) != "not-permitted" {
		t.Errorf("a member changes it: %v", err)
	}
	settings, err := pipeline.ChangeSummary(pipeline.Policy{}, admin, where, settings, pipeline.SummaryForm{On: true, Day: "5", Hour: "15:00"})
	if err != nil {
		t.Fatal(err)
	}
	offsite := berlin(pipeline.Holiday{First: "2026-11-27", Last: "2026-11-30", Name: "Off-site"})
	for _, c := range []struct {
		name  string
		r     pipeline.Rhythm
		after time.Time
		want  string
	}{
		{"that afternoon", berlin(), sessionNow, "2026-11-20 2026-11-20 14:00"},
		{"at that moment", berlin(), time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC), "2026-11-27 2026-11-27 14:00"},
		{"a holiday", offsite, time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC), "2026-12-01 2026-12-01 14:00"},
		{"put off by one", offsite, time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC), "2026-12-01 2026-12-01 14:00"},
		{"by summer time", berlin(), time.Date(2027, 3, 27, 0, 0, 0, 0, time.UTC), "2027-04-02 2027-04-02 13:00"},
	} {
		at, day, ok := settings.Next(*team, c.r, c.after)
		if got := day + " " + at.UTC().Format("2006-01-02 15:04"); !ok || got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if day, hour := (pipeline.SummarySettings{}).When(pipeline.Team{Workdays: []time.Weekday{time.Sunday, time.Monday}}); day != time.Sunday || hour != pipeline.SummaryHour {
		t.Errorf("a team without Fridays has it on %s at %s", day, hour)
	}
}

func TestASummaryComesInItsWeekOrNotAtAll(t *testing.T) {
	settings, team := pipeline.SummarySettings{Team: "PAY", On: true, Day: time.Friday, Hour: 15 * 60}, *payments("U_OWNER")
	at, day, _ := settings.Next(team, berlin(), sessionNow)
	for name, c := range map[string]struct {
		at, now time.Time
		comes   bool
	}{
		"at its moment":              {at, at, true},
		"a day late":                 {at, at.AddDate(0, 0, 1), true},
		"when the next one is due":   {at, at.AddDate(0, 0, 7), false},
		"at a moment that was moved": {at.Add(-time.Hour), at.Add(-time.Hour), false},
	} {
		if got, comes := settings.Comes(team, berlin(), c.at, c.now); comes != c.comes || comes && got != day {
			t.Errorf("%s: %t, on %s", name, comes, got)
		}
	}
}
