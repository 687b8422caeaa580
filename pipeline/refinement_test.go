package pipeline_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestLogARefinement(t *testing.T) {
	type form = pipeline.RefinementForm
	fine := func(change func(*form)) form {
		f := form{Day: "2026-11-19", People: []string{"U2", "U1"}, Minutes: "45", Touched: keysOf(3), Promoted: []string{"PAY-1"}, Dropped: []string{"PAY-2"}}
		change(&f)
		return f
	}
	people := func(n int) (users []string) {
		for i := range n {
			users = append(users, fmt.Sprintf("U%d", i+1))
		}
		return users
	}
	for name, c := range map[string]struct {
		form  form
		wrong []pipeline.Field
	}{
		"people, minutes and ideas":         {fine(func(*form) {}), nil},
		"no ideas at all":                   {fine(func(f *form) { f.Touched, f.Promoted, f.Dropped = nil, nil, nil }), nil},
		"today":                             {fine(func(f *form) { f.Day = "2026-11-20" }), nil},
		"tomorrow":                          {fine(func(f *form) { f.Day = "2026-11-21" }), []pipeline.Field{"day"}},
		"90 days ago":                       {fine(func(f *form) { f.Day = "2026-08-22" }), nil},
		"91 days ago":                       {fine(func(f *form) { f.Day = "2026-08-21" }), []pipeline.Field{"day"}},
		"nobody":                            {fine(func(f *form) { f.People = nil }), []pipeline.Field{"people"}},
		"50 people":                         {fine(func(f *form) { f.People = people(50) }), nil},
		"51 people":                         {fine(func(f *form) { f.People = people(51) }), []pipeline.Field{"people"}},
		"what is nobody":                    {fine(func(f *form) { f.People = []string{"anna"} }), []pipeline.Field{"people"}},
		"with a unit":                       {fine(func(f *form) { f.Minutes = " 60 min" }), nil},
		"no time":                           {fine(func(f *form) { f.Minutes = "0" }), []pipeline.Field{"minutes"}},
		"a day":                             {fine(func(f *form) { f.Minutes = "480" }), nil},
		"more than a day":                   {fine(func(f *form) { f.Minutes = "481" }), []pipeline.Field{"minutes"}},
		"ready and dropped":                 {fine(func(f *form) { f.Dropped = []string{"PAY-1"} }), []pipeline.Field{"dropped"}},
		"another team's idea":               {fine(func(f *form) { f.Touched = []string{"WEB-1"} }), []pipeline.Field{"touched"}},
		"one that is not there":             {fine(func(f *form) { f.Promoted = []string{"PAY-99"} }), []pipeline.Field{"promoted"}},
		"50 ideas":                          {fine(func(f *form) { f.Touched = keysOf(50) }), nil},
		"51 ideas":                          {fine(func(f *form) { f.Touched = keysOf(51) }), []pipeline.Field{"touched"}},
		"everything that is wrong, at once": {form{Touched: []string{"x"}}, []pipeline.Field{"day", "minutes", "people", "touched"}},
	} {
		_, err := pipeline.NewRefinement(pipeline.Policy{}, member, pipeline.Where{Team: sprintTeam()}, c.form, inBacklog(make([]int, 51)...), noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestCorrectARefinement(t *testing.T) {
	where := pipeline.Where{Team: sprintTeam()}
	form := pipeline.RefinementForm{Day: "2026-11-19", People: []string{"U2", "U1", "U2"}, Minutes: "45", Promoted: []string{"PAY-1"}}
	r, err := pipeline.NewRefinement(pipeline.Policy{}, member, where, form, inBacklog(1, 1), noon)
	want := pipeline.Refinement{Team: "PAY", Day: "2026-11-19", People: []string{"U1", "U2"}, Minutes: 45, Touched: []pipeline.Key{payKey(1)}, Promoted: []pipeline.Key{payKey(1)}, By: "U2", At: noon}
	if diff := cmp.Diff(want, r); err != nil || diff != "" {
		t.Fatalf("%v\n%s", err, diff)
	}
	r.Number, r.Version = 1, 1
	if same, err := pipeline.CorrectRefinement(pipeline.Policy{}, member, where, r, r.Form(), nil, noon); err != nil || cmp.Diff(r, same) != "" {
		t.Errorf("nothing differs: %+v %v", same, err)
	}
	form = r.Form()
	form.Minutes = "50"
	later := noon.AddDate(1, 0, 0) // the day is long over by now, and may stay
	got, err := pipeline.CorrectRefinement(pipeline.Policy{}, pipeline.Person{ID: "U3"}, where, r, form, nil, later)
	if err != nil || got.Minutes != 50 || got.By != "U2" || got.CorrectedBy != "U3" || got.Corrected != later {
		t.Errorf("%+v %v", got, err)
	}
	guest := pipeline.Person{ID: "U7", Guest: true}
	_, logs := pipeline.NewRefinement(pipeline.Policy{Guests: true}, guest, where, form, nil, noon)
	_, corrects := pipeline.CorrectRefinement(pipeline.Policy{Guests: true}, guest, where, r, form, nil, noon)
	if problemCode(logs) != "not-permitted" || problemCode(corrects) != "not-permitted" {
		t.Errorf("a guest: %v, %v", logs, corrects)
	}
}
