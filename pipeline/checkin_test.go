package pipeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// plain are numbers for people with ordinary spaces.
func plain(s string) string { return strings.ReplaceAll(s, "\u202f", " ") }

func TestCheckIn(t *testing.T) {
	calls := added(t, fewerCalls())
	plainNumber, percent, learning := calls, calls, calls
	plainNumber.Unit, percent.Unit = "", "%"
	learning.Baseline, learning.Target, learning.MetricBy = nil, nil, "2027-01-15"
	red := calls
	red.Light = pipeline.Red
	type form = pipeline.CheckInForm
	for name, c := range map[string]struct {
		outcome pipeline.Outcome
		form    form
		value   string // "" for none
		wrong   []pipeline.Field
	}{
		"a number and a light":              {calls, form{"120", pipeline.Yellow, ""}, "120", nil},
		"its unit":                          {calls, form{"1 200 calls a week", pipeline.Green, "The mail came late."}, "1200", nil},
		"below nothing":                     {calls, form{"-3.5", pipeline.Green, ""}, "-3.5", nil},
		"no number":                         {calls, form{"", pipeline.Green, ""}, "", []pipeline.Field{"value"}},
		"infinity":                          {calls, form{"inf", pipeline.Green, ""}, "", []pipeline.Field{"value"}},
		"another unit":                      {percent, form{"12 €", pipeline.Green, ""}, "", []pipeline.Field{"value"}},
		"the same unit in words":            {percent, form{"12 percent", pipeline.Green, ""}, "12", nil},
		"a unit where there is none":        {plainNumber, form{"12 €", pipeline.Green, ""}, "", []pipeline.Field{"value"}},
		"none where there is none":          {plainNumber, form{"12", pipeline.Green, ""}, "12", nil},
		"no light":                          {calls, form{"120", "", ""}, "", []pipeline.Field{"light"}},
		"an unknown light":                  {calls, form{"120", "blue", ""}, "", []pipeline.Field{"light"}},
		"red says why":                      {calls, form{"120", pipeline.Red, ""}, "", []pipeline.Field{"note"}},
		"red with why":                      {calls, form{"120", pipeline.Red, "The line is down."}, "120", nil},
		"red as before":                     {red, form{"120", pipeline.Red, ""}, "120", nil},
		"300 characters":                    {calls, form{"120", pipeline.Green, strings.Repeat("ü", 300)}, "120", nil},
		"301 characters":                    {calls, form{"120", pipeline.Green, strings.Repeat("ü", 301)}, "", []pipeline.Field{"note"}},
		"a learning outcome takes a line":   {learning, form{"", pipeline.Green, "Nobody counts calls yet."}, "", nil},
		"a learning outcome needs one":      {learning, form{"", pipeline.Green, ""}, "", []pipeline.Field{"note"}},
		"a learning outcome has no number":  {learning, form{"12", pipeline.Green, "x"}, "", []pipeline.Field{"value"}},
		"everything that is wrong, at once": {calls, form{"many", "", strings.Repeat("ü", 301)}, "", []pipeline.Field{"light", "note", "value"}},
	} {
		later := noon.Add(time.Hour)
		got, checkIn, event, err := pipeline.CheckInOn(pipeline.Policy{}, member, pipeline.Where{Team: payments("U1")}, c.outcome, c.form, nil, later)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		if err != nil {
			if diff := cmp.Diff(c.outcome, got); diff != "" {
				t.Errorf("%s: refused, yet\n%s", name, diff)
			}
			continue
		}
		value := ""
		if checkIn.Value != nil {
			value = pipeline.FormatNumber(*checkIn.Value, "")
		}
		if value != c.value || checkIn.By != "U2" || !checkIn.At.Equal(later) || event.What != pipeline.CheckedIn || event.Why != checkIn.Note {
			t.Errorf("%s: %q %+v %+v", name, value, checkIn, event)
		}
		if diff := cmp.Diff(&checkIn, got.Latest); diff != "" || got.Light != c.form.Light {
			t.Errorf("%s: the outcome is %s and has\n%s", name, got.Light, diff)
		}
	}
}

func TestWhatACheckInSays(t *testing.T) {
	calls := added(t, fewerCalls())
	calls.Unit = "%"
	where := pipeline.Where{Team: payments("U1")}
	_, _, _, err := pipeline.CheckInOn(pipeline.Policy{}, member, where, calls, pipeline.CheckInForm{Value: "12 €", Light: pipeline.Green}, nil, noon)
	if got := problemField(err, pipeline.FieldValue); got != "This number is in “%”, and you wrote “€”. Write it in “%”, or without a unit." {
		t.Errorf("the wrong unit: %q", got)
	}
	for person, refused := range map[pipeline.Person]bool{member: false, {ID: "U2", Guest: true}: true, {ID: "U2", Outsider: true}: true, {ID: "U2", Admin: true}: false} {
		if _, _, _, err := pipeline.CheckInOn(pipeline.Policy{Guests: true}, person, where, calls, pipeline.CheckInForm{Value: "12", Light: pipeline.Green}, nil, noon); (err != nil) != refused {
			t.Errorf("%+v: %v", person, err)
		}
	}
	if _, _, _, err := pipeline.CheckInOn(pipeline.Policy{}, member, where, closed(calls), pipeline.CheckInForm{Value: "12", Light: pipeline.Green}, nil, noon); problemCode(err) != "outcome-closed" {
		t.Errorf("a closed outcome: %v", err)
	}
}

// Whoever corrects the latest check-in replaces it; who corrects an older one
// changes nothing about how things are now. Both are kept.
func TestCorrectingACheckIn(t *testing.T) {
	calls := added(t, fewerCalls())
	where := pipeline.Where{Team: payments("U1")}
	var all []pipeline.CheckIn
	enter := func(value string, light pipeline.Light, corrects *pipeline.CheckIn) pipeline.Event {
		t.Helper()
		now := noon.AddDate(0, 0, len(all))
		after, c, event, err := pipeline.CheckInOn(pipeline.Policy{}, member, where, calls, pipeline.CheckInForm{Value: value, Light: light, Note: "x"}, corrects, now)
		if err != nil {
			t.Fatal(err)
		}
		c.Number = len(all) + 1 // as when it is stored
		if after.Latest.At.Equal(now) {
			after.Latest.Number = c.Number
		}
		all, calls = append(all, c), after
		return event
	}
	enter("190", pipeline.Green, nil)
	enter("110", pipeline.Green, nil)
	if event := enter("180", pipeline.Red, &all[0]); *calls.Latest.Value != 110 || calls.Light != pipeline.Green || event.About != "180 calls a week, off track, in place of 190 calls a week, on track" {
		t.Errorf("correcting an older one: %v %s %q", *calls.Latest.Value, calls.Light, event.About)
	}
	enter("120", pipeline.Yellow, &all[1])
	enter("170", pipeline.Green, &all[2])
	if *calls.Latest.Value != 120 || calls.Light != pipeline.Yellow {
		t.Errorf("correcting the latest: %v %s", *calls.Latest.Value, calls.Light)
	}
	var counted []string
	for _, c := range pipeline.Standing([]pipeline.CheckIn{all[4], all[0], all[3], all[2], all[1]}) {
		counted = append(counted, fmt.Sprintf("%v on %s", *c.Value, c.At.Format(time.DateOnly)))
	}
	if diff := cmp.Diff([]string{"170 on 2026-11-20", "120 on 2026-11-21"}, counted); diff != "" || len(all) != 5 || *all[0].Value != 190 {
		t.Error(diff)
	}
	if got := pipeline.Standing([]pipeline.CheckIn{{Number: 7, Corrects: 3}}); len(got) != 1 {
		t.Errorf("what corrects one that is not there counts for itself: %v", got)
	}
}

func TestTurnsRed(t *testing.T) {
	lights := append(pipeline.Lights(), "")
	for _, before := range lights {
		for _, after := range lights {
			want := before != pipeline.Red && after == pipeline.Red
			if got := pipeline.TurnsRed(pipeline.Outcome{Light: before}, pipeline.Outcome{Light: after}); got != want {
				t.Errorf("from %q to %q: %v", before, after, got)
			}
		}
	}
}

func TestSparkline(t *testing.T) {
	for want, values := range map[string][]float64{
		"": {}, "▄": {5}, "▄▄▄": {7, 7, 7}, "▁█": {0, 1}, "█▁": {1, 0}, "▁▃▄▆█": {-10, -5, -1, 4, 10}, "▁▂▃▄▅▆▇█": {1, 2, 3, 4, 5, 6, 7, 8}, "▁·█": {1, gap, 9}, "···": {gap, gap, gap},
		"▁▁█": {0, 1, 1e12},
	} {
		if got := pipeline.Sparkline(pointers(values)); got != want {
			t.Errorf("%v is drawn as %s, want %s", values, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.Float64Range(-1e12, 1e12)).Draw(t, "values")
		if got := pipeline.Sparkline(pointers(values)); len([]rune(got)) != len(values) {
			t.Fatalf("%v is drawn as %s", values, got)
		}
	})
}

// gap stands for no number.
const gap = 123456789.5

func pointers(values []float64) []*float64 {
	all := make([]*float64, len(values))
	for i, v := range values {
		if v != gap {
			all[i] = &v
		}
	}
	return all
}

func TestProgress(t *testing.T) {
	at := func(baseline, target float64, unit string, values ...float64) pipeline.Outcome {
		o := pipeline.Outcome{Key: o(1), Unit: unit, Baseline: &pipeline.Reading{Value: baseline, Day: "2026-11-02"}, Target: &pipeline.Reading{Value: target, Day: "2027-03-31"}}
		for _, v := range values {
			o.Latest = &pipeline.CheckIn{Value: &v}
		}
		return o
	}
	for name, c := range map[string]struct {
		outcome       pipeline.Outcome
		words, number string
	}{
		"upwards":                  {at(20, 55, "%", 32), "34 % of the way, 12 of 35 points", "32 %, target 55"},
		"downwards":                {at(200, 80, "calls", 150), "41 % of the way, 50 of 120 calls", "150 calls, target 80"},
		"money":                    {at(0, 3500, "€", 1200), "34 % of the way, 1 200 of 3 500 €", "1 200 €, target 3 500"},
		"just before":              {at(0, 1000, "", 999.9), "99 % of the way, 999.9 of 1 000", "999.9, target 1 000"},
		"a first step":             {at(0, 1000, "", 1), "less than 1 % of the way, 1 of 1 000", "1, target 1 000"},
		"reached":                  {at(200, 80, "calls", 80), "target reached", "80 calls, target 80"},
		"beyond":                   {at(200, 80, "calls", 60), "target passed by 20 calls", "60 calls, target 80"},
		"behind":                   {at(200, 80, "calls", 230), "worse than at the start by 30 calls", "230 calls, target 80"},
		"where it was":             {at(200, 80, "calls", 200), "still where it started", "200 calls, target 80"},
		"tenths do not get lost":   {at(0.1, 0.4, "", 0.3), "66 % of the way, 0.2 of 0.3", "0.3, target 0.4"},
		"exact steps stay exact":   {at(0, 1, "", 0.29), "29 % of the way, 0.29 of 1", "0.29, target 1"},
		"never measured":           {at(200, 80, "calls"), "last measured on 2 Nov 2026", "200 calls, target 80"},
		"learning":                 {pipeline.Outcome{MetricBy: "2027-01-15"}, "no number yet, it gets one by 15 Jan 2027", ""},
		"one line":                 {pipeline.Outcome{}, "no number yet", ""},
		"a light without a number": {pipeline.Outcome{Latest: &pipeline.CheckIn{}}, "no number yet", ""},
		"stored without a way":     {at(5, 5, "", 5), "the target is the baseline", "5, target 5"},
	} {
		got := pipeline.ProgressOf(c.outcome)
		if plain(got.Words) != c.words || plain(c.outcome.NumberInWords()) != c.number {
			t.Errorf("%s: %q and %q, want %q and %q", name, got.Words, c.outcome.NumberInWords(), c.words, c.number)
		}
	}
	if got := pipeline.ProgressOf(at(200, 80, "", 140)); !got.Known || got.Share != 0.5 {
		t.Errorf("half-way is %+v", got)
	}
}

func TestTheAgeOfANumber(t *testing.T) {
	for name, c := range map[string]struct {
		outcome pipeline.Outcome
		want    string
		stale   bool
	}{
		"new":             {pipeline.Outcome{Created: noon}, "no check-in yet", false},
		"never":           {pipeline.Outcome{Created: noon.AddDate(0, 0, -1)}, "no check-in for one day", false},
		"never for long":  {pipeline.Outcome{Created: noon.AddDate(0, 0, -14)}, "no check-in for 14 days", true},
		"today":           {pipeline.Outcome{Latest: &pipeline.CheckIn{At: noon.Add(-23 * time.Hour)}}, "checked in today", false},
		"13 days":         {pipeline.Outcome{Latest: &pipeline.CheckIn{At: noon.AddDate(0, 0, -14).Add(time.Minute)}}, "checked in 13 days ago", false},
		"14 days":         {pipeline.Outcome{Latest: &pipeline.CheckIn{At: noon.AddDate(0, 0, -14)}}, "no check-in for 14 days", true},
		"closed long ago": {closed(pipeline.Outcome{Latest: &pipeline.CheckIn{At: noon.AddDate(0, 0, -90)}}), "checked in 90 days ago", false},
		"a clock behind":  {pipeline.Outcome{Latest: &pipeline.CheckIn{At: noon.Add(time.Hour)}}, "checked in today", false},
	} {
		if got, stale := pipeline.NumberAge(c.outcome, noon); got != c.want || stale != c.stale {
			t.Errorf("%s: %q %v, want %q %v", name, got, stale, c.want, c.stale)
		}
	}
}
