package pipeline_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestWhenSomebodyGetsNoNudge(t *testing.T) {
	const monday = "2026-11-23"
	tests := map[string]struct {
		settings pipeline.NudgeSettings
		want     pipeline.NudgeHold
	}{
		"nobody chose anything":           {pipeline.NudgeSettings{}, ""},
		"off":                             {pipeline.NudgeSettings{Off: true}, pipeline.NudgesOff},
		"away until tomorrow":             {pipeline.NudgeSettings{AwayUntil: "2026-11-24"}, pipeline.NudgesAway},
		"back today":                      {pipeline.NudgeSettings{AwayUntil: monday}, ""},
		"snoozed until tomorrow":          {pipeline.NudgeSettings{SnoozedUntil: "2026-11-24"}, pipeline.NudgesSnoozed},
		"snoozed until today":             {pipeline.NudgeSettings{SnoozedUntil: monday}, ""},
		"the day has its nudge":           {pipeline.NudgeSettings{LastDay: monday}, pipeline.NudgesSent},
		"a later day has one":             {pipeline.NudgeSettings{LastDay: "2026-11-24"}, pipeline.NudgesSent},
		"yesterday had one":               {pipeline.NudgeSettings{LastDay: "2026-11-22"}, ""},
		"weekly, six days after the last": {pipeline.NudgeSettings{Weekly: true, LastDay: "2026-11-17"}, pipeline.NudgesWeekly},
		"weekly, a week after the last":   {pipeline.NudgeSettings{Weekly: true, LastDay: "2026-11-16"}, ""},
		"off beats all else":              {pipeline.NudgeSettings{Off: true, LastDay: monday, AwayUntil: "2027-01-01"}, pipeline.NudgesOff},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			if got := c.settings.Held(monday); got != c.want {
				t.Errorf("it is held as %q, want %q", got, c.want)
			}
		})
	}
}

// Three that nothing came of make them weekly, which is said once; anything done
// makes them daily again.
func TestNudgesThatNothingComesOfBackOff(t *testing.T) {
	asked := []pipeline.Waiting{{Kind: pipeline.WaitVote, Subject: "PAY-1:1"}}
	s := pipeline.NudgeSettings{}
	days := []string{"2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-12-03", "2026-12-10"}
	said := map[string]bool{}
	for i, day := range days {
		if hold := s.Held(day); hold != "" {
			t.Fatalf("the one of %s is held: %s", day, hold)
		}
		s = s.Next(day, asked, false)
		if s.WeeklyFrom == day {
			said[day] = true
		}
		if want := i >= pipeline.NudgesIgnored; s.Weekly != want {
			t.Errorf("on %s, after %d: weekly %v, want %v", day, i, s.Weekly, want)
		}
	}
	if diff := cmp.Diff(map[string]bool{"2026-11-26": true}, said); diff != "" {
		t.Errorf("it is said on other days (-want +got):\n%s", diff)
	}

	clicked, changed := s.Act()
	if again, more := clicked.Act(); !changed || more || !cmp.Equal(clicked, again) {
		t.Error("acting twice changes something twice")
	}
	if clicked.Weekly || clicked.Held("2026-12-11") != "" {
		t.Errorf("they are not daily again: %+v", clicked)
	}
	if next := clicked.Next("2026-12-11", asked, false); next.Ignored != 0 || next.Acted {
		t.Errorf("the one that was acted in counts as ignored: %+v", next)
	}

	elsewhere := s.Next("2026-12-17", asked, true)
	if elsewhere.Weekly || elsewhere.Ignored != 0 {
		t.Errorf("what was done elsewhere does not count: %+v", elsewhere)
	}
}

func TestWhatSomebodyChoosesAboutNudges(t *testing.T) {
	const today = "2026-11-23"
	all := pipeline.WaitKinds()
	good := pipeline.NudgeForm{On: true, At: "09:30", Kinds: all}
	with := func(change func(*pipeline.NudgeForm)) pipeline.NudgeForm {
		f := good
		change(&f)
		return f
	}
	tests := map[string]struct {
		form  pipeline.NudgeForm
		want  pipeline.NudgeSettings
		wrong []pipeline.Field
	}{
		"as everybody starts": {good, pipeline.NudgeSettings{}, nil},
		"another time":        {with(func(f *pipeline.NudgeForm) { f.At = "17:00" }), pipeline.NudgeSettings{At: 17 * 60}, nil},
		"the first time":      {with(func(f *pipeline.NudgeForm) { f.At = "06:00" }), pipeline.NudgeSettings{At: 6 * 60}, nil},
		"before it":           {with(func(f *pipeline.NudgeForm) { f.At = "05:30" }), pipeline.NudgeSettings{}, []pipeline.Field{pipeline.FieldNudgeAt}},
		"between two":         {with(func(f *pipeline.NudgeForm) { f.At = "09:31" }), pipeline.NudgeSettings{}, []pipeline.Field{pipeline.FieldNudgeAt}},
		"no time":             {with(func(f *pipeline.NudgeForm) { f.At = "soon" }), pipeline.NudgeSettings{}, []pipeline.Field{pipeline.FieldNudgeAt}},
		"all kinds but one": {with(func(f *pipeline.NudgeForm) { f.Kinds = all[1:] }),
			pipeline.NudgeSettings{KindsOff: all[:1]}, nil},
		"no kind":           {with(func(f *pipeline.NudgeForm) { f.Kinds = nil }), pipeline.NudgeSettings{}, []pipeline.Field{pipeline.FieldNudgeKinds}},
		"no kind, and off":  {with(func(f *pipeline.NudgeForm) { f.Kinds, f.On = nil, false }), pipeline.NudgeSettings{Off: true, KindsOff: all}, nil},
		"an unknown kind":   {with(func(f *pipeline.NudgeForm) { f.Kinds = append(slices.Clone(all), "lunch") }), pipeline.NudgeSettings{}, []pipeline.Field{pipeline.FieldNudgeKinds}},
		"snoozed":           {with(func(f *pipeline.NudgeForm) { f.Snooze = "2026-11-24" }), pipeline.NudgeSettings{SnoozedUntil: "2026-11-24"}, nil},
		"until today":       {with(func(f *pipeline.NudgeForm) { f.Snooze = today }), pipeline.NudgeSettings{}, []pipeline.Field{pipeline.FieldSnooze}},
		"for ninety days":   {with(func(f *pipeline.NudgeForm) { f.Snooze = "2027-02-21" }), pipeline.NudgeSettings{SnoozedUntil: "2027-02-21"}, nil},
		"for ninety-one":    {with(func(f *pipeline.NudgeForm) { f.Snooze = "2027-02-22" }), pipeline.NudgeSettings{}, []pipeline.Field{pipeline.FieldSnooze}},
		"away for a year":   {with(func(f *pipeline.NudgeForm) { f.Away = "2027-11-23" }), pipeline.NudgeSettings{AwayUntil: "2027-11-23"}, nil},
		"away for too long": {with(func(f *pipeline.NudgeForm) { f.Away = "2028-11-23" }), pipeline.NudgeSettings{}, []pipeline.Field{pipeline.FieldAway}},
		"a day that is none": {with(func(f *pipeline.NudgeForm) { f.Away, f.Snooze = "2026-02-30", "tomorrow" }), pipeline.NudgeSettings{},
			[]pipeline.Field{pipeline.FieldAway, pipeline.FieldSnooze}},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := pipeline.ChangeNudges(pipeline.NudgeSettings{}, c.form, today)
			var problem *pipeline.Problem
			var wrong []pipeline.Field
			if errors.As(err, &problem) {
				for field := range problem.Fields {
					wrong = append(wrong, field)
				}
			}
			slices.Sort(wrong)
			if !slices.Equal(wrong, c.wrong) {
				t.Fatalf("wrong is %v, want %v (%v)", wrong, c.wrong, err)
			}
			if diff := cmp.Diff(c.want, got); c.wrong == nil && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The form shows what was chosen, and leaves what else is known alone.
func TestTheFormOfNudgesShowsWhatWasChosen(t *testing.T) {
	s := pipeline.NudgeSettings{
		User: "U1", Version: 3, At: 17 * 60, KindsOff: []pipeline.WaitKind{pipeline.WaitOrphan}, SnoozedUntil: "2026-11-20", AwayUntil: "2026-12-01",
		LastDay: "2026-11-20", Ignored: 2,
	}
	form := pipeline.NudgeFormOf(s, "2026-11-23")
	if form.Snooze != "" || form.Away != "2026-12-01" || form.At != "17:00" || !form.On {
		t.Errorf("it shows %+v", form)
	}
	want := s
	want.SnoozedUntil = ""
	got, err := pipeline.ChangeNudges(s, form, "2026-11-23")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("saved as it is shown, it changes (-want +got):\n%s (%v)", diff, err)
	}
}

func TestSnoozing(t *testing.T) {
	for until, refused := range map[string]bool{"2026-11-24": false, "2026-11-23": true, "": true, "2027-02-22": true, "never": true} {
		got, err := pipeline.SnoozeNudges(pipeline.NudgeSettings{}, until, "2026-11-23")
		if (err != nil) != refused || err == nil && got.SnoozedUntil != until {
			t.Errorf("until %q: %+v (%v)", until, got, err)
		}
	}
}

func TestNudgesInWords(t *testing.T) {
	const today = "2026-11-23"
	for words, s := range map[string]pipeline.NudgeSettings{
		"At most one on every workday at 09:30.":                                                       {},
		fmt.Sprintf("At most one a week, at 17:00; 1 of %d kinds are off.", len(pipeline.WaitKinds())): {At: 17 * 60, Weekly: true, KindsOff: []pipeline.WaitKind{pipeline.WaitVote}},
		"Nudges are off.": {Off: true, SnoozedUntil: "2026-12-01"},
		"Snoozed: nudges come again on 1 Dec 2026, on every workday at 09:30.":      {SnoozedUntil: "2026-12-01"},
		"You are away: nudges come again on 2 Dec 2026, on every workday at 09:30.": {SnoozedUntil: "2026-12-01", AwayUntil: "2026-12-02"},
	} {
		if got := s.Words(today); got != words {
			t.Errorf("%q, want %q", got, words)
		}
	}
}
