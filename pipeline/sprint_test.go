package pipeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// sprintTeam works from Monday to Friday in sprints of two weeks; noon is a
// Friday, 20 Nov 2026.
func sprintTeam() *pipeline.Team {
	return &pipeline.Team{
		Key: "PAY", Name: "Payments", Owners: []string{"U_OWNER"}, Zone: "Europe/Berlin", SprintWeeks: 2,
		Workdays: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday},
	}
}

func payKey(n int) pipeline.Key { return pipeline.Key{Team: "PAY", Number: n} }

// inBacklog are ideas PAY-1, PAY-2, … of those sizes in the Product Backlog: each
// a feature, every fifth technical work.
func inBacklog(sizes ...int) []pipeline.Idea {
	var ideas []pipeline.Idea
	for i, size := range sizes {
		idea := pipeline.Idea{Key: payKey(i + 1), Title: fmt.Sprintf("Idea %d", i+1), Stage: pipeline.Backlog, Work: pipeline.Feature, Size: size}
		if i%5 == 4 {
			idea.Work = pipeline.Technical
		}
		ideas = append(ideas, idea)
	}
	return ideas
}

// servingNodes: PAY-O1 is a business outcome, PAY-O2 a product outcome under it,
// PAY-P1 an opportunity and PAY-I1 an impact under that; PAY-O3 is closed.
func servingNodes() pipeline.Nodes {
	node := func(kind pipeline.NodeKind, n int) pipeline.NodeKey {
		return pipeline.NodeKey{Team: "PAY", Kind: kind, Number: n}
	}
	o1, o2, o3 := node("", 1), node("", 2), node("", 3)
	return pipeline.Nodes{
		Outcomes: []pipeline.Outcome{
			{Key: o1, Statement: "More revenue", Kind: pipeline.BusinessOutcome},
			{Key: o2, Statement: "More people pay in time", Kind: pipeline.ProductOutcome, Parent: o1},
			{Key: o3, Statement: "Old", Kind: pipeline.ProductOutcome, Closed: noon, Result: pipeline.Reached},
		},
		Opportunities: []pipeline.Opportunity{{Key: node("P", 1), Statement: "I forget when to pay", Parent: o2}},
		Impacts:       []pipeline.Impact{{Key: node("I", 1), Goal: o2}},
	}
}

func keysOf(n int) []string {
	var keys []string
	for i := range n {
		keys = append(keys, payKey(i+1).String())
	}
	return keys
}

func TestStartASprint(t *testing.T) {
	type form = pipeline.SprintForm
	fine := func(change func(*form)) form {
		f := form{First: "2026-11-23", Last: "2026-12-04", Goal: "People pay in time", Items: []string{"PAY-1"}}
		if change != nil {
			change(&f)
		}
		return f
	}
	before := &pipeline.Sprint{Team: "PAY", Number: 3, First: "2026-11-09", Last: "2026-11-20", Closed: noon}
	for name, c := range map[string]struct {
		form   form
		before *pipeline.Sprint
		wrong  []pipeline.Field
	}{
		"a goal, two days and an item":      {fine(nil), before, nil},
		"the first of a team":               {fine(nil), nil, nil},
		"no items yet":                      {fine(func(f *form) { f.Items = nil }), nil, nil},
		"one day":                           {fine(func(f *form) { f.Last = f.First }), nil, nil},
		"the last day before the first":     {fine(func(f *form) { f.Last = "2026-11-22" }), nil, []pipeline.Field{"last"}},
		"six weeks":                         {fine(func(f *form) { f.Last = "2027-01-03" }), nil, nil},
		"a day more":                        {fine(func(f *form) { f.Last = "2027-01-04" }), nil, []pipeline.Field{"last"}},
		"400 days":                          {fine(func(f *form) { f.Last = "2027-12-27" }), nil, []pipeline.Field{"last"}},
		"no days":                           {fine(func(f *form) { f.First, f.Last = "", "soon" }), nil, []pipeline.Field{"first", "last"}},
		"a year ago":                        {fine(func(f *form) { f.First, f.Last = "2025-11-20", "2025-11-28" }), nil, nil},
		"longer ago":                        {fine(func(f *form) { f.First, f.Last = "2025-11-19", "2025-11-28" }), nil, []pipeline.Field{"first"}},
		"more than a year ahead":            {fine(func(f *form) { f.First, f.Last = "2027-11-21", "2027-11-28" }), nil, []pipeline.Field{"first"}},
		"on the last day of the one before": {fine(func(f *form) { f.First = "2026-11-20" }), before, []pipeline.Field{"first"}},
		"on the day after it":               {fine(func(f *form) { f.First = "2026-11-21" }), before, nil},
		"around the one before":             {fine(func(f *form) { f.First = "2026-11-01" }), before, []pipeline.Field{"first"}},
		"no goal":                           {fine(func(f *form) { f.Goal = " \u200b" }), nil, []pipeline.Field{"goal"}},
		"a goal of 300 characters":          {fine(func(f *form) { f.Goal = strings.Repeat("ü", 300) }), nil, nil},
		"one more":                          {fine(func(f *form) { f.Goal = strings.Repeat("ü", 301) }), nil, []pipeline.Field{"goal"}},
		"method and metric too long":        {fine(func(f *form) { f.Method, f.Metric = strings.Repeat("x", 1001), strings.Repeat("x", 1001) }), nil, []pipeline.Field{"method", "metric"}},
		"an outcome":                        {fine(func(f *form) { f.Outcome = "PAY-O2" }), nil, nil},
		"a business outcome":                {fine(func(f *form) { f.Outcome = "PAY-O1" }), nil, []pipeline.Field{"serves"}},
		"one that is closed":                {fine(func(f *form) { f.Outcome = "PAY-O3" }), nil, []pipeline.Field{"serves"}},
		"an outcome that is not there":      {fine(func(f *form) { f.Outcome = "PAY-O9" }), nil, []pipeline.Field{"serves"}},
		"another team's outcome":            {fine(func(f *form) { f.Outcome = "WEB-O2" }), nil, []pipeline.Field{"serves"}},
		"an opportunity":                    {fine(func(f *form) { f.Outcome = "PAY-P1" }), nil, []pipeline.Field{"serves"}},
		"a capacity":                        {fine(func(f *form) { f.Capacity = "40" }), nil, nil},
		"a capacity of 0":                   {fine(func(f *form) { f.Capacity = "0" }), nil, []pipeline.Field{"capacity"}},
		"a capacity that is none":           {fine(func(f *form) { f.Capacity = "-3.5" }), nil, []pipeline.Field{"capacity"}},
		"a capacity over the limit":         {fine(func(f *form) { f.Capacity = "10000" }), nil, []pipeline.Field{"capacity"}},
		"shares":                            {fine(func(f *form) { f.Shares = "Feature 60, 20% tech; bug: 20 %" }), nil, nil},
		"shares without a name":             {fine(func(f *form) { f.Shares = "70 % 20 % 10 %" }), nil, nil},
		"more shares than kinds":            {fine(func(f *form) { f.Shares = "20 20 20 20 20" }), nil, []pipeline.Field{"shares"}},
		"shares over 100":                   {fine(func(f *form) { f.Shares = "feature 81, tech 20" }), nil, []pipeline.Field{"shares"}},
		"a kind that is none":               {fine(func(f *form) { f.Shares = "magic 20" }), nil, []pipeline.Field{"shares"}},
		"a kind twice":                      {fine(func(f *form) { f.Shares = "tech 20, technical 20" }), nil, []pipeline.Field{"shares"}},
		"an idea that is in discovery":      {fine(func(f *form) { f.Items = []string{"PAY-51"} }), nil, []pipeline.Field{"items"}},
		"one that was withdrawn":            {fine(func(f *form) { f.Items = []string{"PAY-52"} }), nil, []pipeline.Field{"items"}},
		"one that is not there":             {fine(func(f *form) { f.Items = []string{"PAY-99"} }), nil, []pipeline.Field{"items"}},
		"another team's idea":               {fine(func(f *form) { f.Items = []string{"WEB-1"} }), nil, []pipeline.Field{"items"}},
		"no key at all":                     {fine(func(f *form) { f.Items = []string{"x"} }), nil, []pipeline.Field{"items"}},
		"50 ideas":                          {fine(func(f *form) { f.Items = keysOf(50) }), nil, nil},
		"51 ideas":                          {fine(func(f *form) { f.Items = keysOf(51) }), nil, []pipeline.Field{"items"}},
		"everything that is wrong, at once": {form{Outcome: "x", Capacity: "x", Shares: "x", Items: []string{"x"}}, nil, []pipeline.Field{"capacity", "first", "goal", "items", "last", "serves", "shares"}},
	} {
		ideas := append(inBacklog(make([]int, 50)...),
			pipeline.Idea{Key: payKey(51), Stage: pipeline.Discovery}, pipeline.Idea{Key: payKey(52), Stage: pipeline.Backlog, Withdrawn: noon})
		if name == "51 ideas" {
			ideas[50].Stage = pipeline.Backlog
		}
		facts := pipeline.SprintFacts{Before: c.before, Nodes: servingNodes(), Ideas: ideas}
		_, _, err := pipeline.StartSprint(pipeline.Policy{}, member, pipeline.Where{Team: sprintTeam()}, c.form, facts, noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

// aSprint that began on a Monday, with two items of 8 and 5 points.
func aSprint(t testing.TB, change func(*pipeline.SprintForm)) (pipeline.Where, pipeline.Sprint) {
	t.Helper()
	where := pipeline.Where{Team: sprintTeam()}
	form := pipeline.SprintForm{First: "2026-11-16", Last: "2026-11-27", Goal: "People pay in time", Outcome: "PAY-O2", Capacity: "20", Shares: "tech 20, feature 60", Items: keysOf(2)}
	if change != nil {
		change(&form)
	}
	s, _, err := pipeline.StartSprint(pipeline.Policy{}, member, where, form, pipeline.SprintFacts{Nodes: servingNodes(), Ideas: inBacklog(8, 5, 3), Top: []pipeline.Key{payKey(2), payKey(1)}}, noon)
	if err != nil {
		t.Fatal(err)
	}
	s.Version = 1 // as if stored
	return where, s
}

func TestAStartedSprint(t *testing.T) {
	_, got := aSprint(t, nil)
	want := pipeline.Sprint{
		Team: "PAY", Number: 1, Version: 1, First: "2026-11-16", Last: "2026-11-27", Goal: "People pay in time", Outcome: pipeline.NodeKey{Team: "PAY", Number: 2},
		Capacity: 20, Planned: 13, Shares: map[pipeline.Work]int{pipeline.Technical: 20, pipeline.Feature: 60},
		Items: []pipeline.SprintItem{{Key: payKey(1), Title: "Idea 1", Size: 8, Work: pipeline.Feature}, {Key: payKey(2), Title: "Idea 2", Size: 5, Work: pipeline.Feature}},
		Top:   []pipeline.Key{payKey(2), payKey(1)}, Started: noon, StartedBy: "U2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestATeamHasOneSprintAtATime(t *testing.T) {
	where, s := aSprint(t, nil)
	form := s.Form()
	form.First, form.Last = "2026-12-01", "2026-12-04"
	_, _, err := pipeline.StartSprint(pipeline.Policy{}, member, where, form, pipeline.SprintFacts{Before: &s}, noon)
	if problemCode(err) != "sprint-open" || !strings.Contains(err.Error(), "Sprint 1 of Payments is open, until 27 Nov 2026.") {
		t.Error(err)
	}
	_, _, err = pipeline.StartSprint(pipeline.Policy{}, member, where, form, pipeline.SprintFacts{Before: &s}, noon.AddDate(0, 0, 9))
	if problemCode(err) != "sprint-open" || !strings.Contains(err.Error(), "and ended on 27 Nov 2026") {
		t.Errorf("when it is over: %v", err)
	}
}

func TestChangeASprint(t *testing.T) {
	where, s := aSprint(t, nil)
	facts := pipeline.SprintFacts{Nodes: servingNodes(), Ideas: inBacklog(8, 5, 3)}
	change := func(now time.Time, items ...string) (pipeline.Sprint, []pipeline.Happening) {
		t.Helper()
		form := s.Form()
		form.Items = items
		changed, events, err := pipeline.ChangeSprint(pipeline.Policy{}, member, where, s, form, facts, now)
		if err != nil {
			t.Fatal(err)
		}
		return changed, events
	}
	if same, events := change(noon, "PAY-1", "PAY-2"); events != nil || cmp.Diff(s, same) != "" {
		t.Errorf("nothing differs: %+v %v", same, events)
	}
	first := time.Date(2026, 11, 16, 22, 30, 0, 0, time.UTC) // still the first day in Berlin
	planned, events := change(first, "PAY-1", "PAY-2", "PAY-3")
	if !planned.Items[2].Added.IsZero() || planned.Planned != 16 || len(events) != 1 || events[0].Key != "PAY-3" || events[0].Event.What != pipeline.WasTakenUp || events[0].Event.About != "sprint 1" {
		t.Errorf("on the first day it is planned: %+v %+v", planned, events)
	}
	added, _ := change(first.Add(time.Hour), "PAY-1", "PAY-2", "PAY-3")
	if added.Items[2].Added.IsZero() || added.Items[2].AddedBy != "U2" || added.Planned != 13 {
		t.Errorf("from the second day on it is added: %+v", added)
	}
	removed, events := change(noon, "PAY-2")
	if len(removed.Items) != 1 || removed.Planned != 13 || len(events) != 1 || events[0].Key != "PAY-1" || events[0].Event.What != pipeline.WasTakenOut {
		t.Errorf("taken out: %+v %+v", removed, events)
	}
	facts.Ideas[0].Stage = pipeline.Delivered // what is in it may be anywhere
	if _, events := change(noon, "PAY-1", "PAY-2", "PAY-3"); len(events) != 1 {
		t.Error(events)
	}
	facts.Nodes.Outcomes[1].Closed = noon // and the outcome may be closed by now
	change(noon, "PAY-1")
	before := &pipeline.Sprint{Number: 0, First: "2026-11-02", Last: "2026-11-16", Closed: noon}
	if _, _, err := pipeline.ChangeSprint(pipeline.Policy{}, member, where, s, s.Form(), pipeline.SprintFacts{Before: before, Nodes: facts.Nodes}, noon); wrongFields(err) == nil {
		t.Error("it overlaps the one before")
	}
	s.Closed = noon
	if _, _, err := pipeline.ChangeSprint(pipeline.Policy{}, member, where, s, s.Form(), facts, noon); problemCode(err) != "sprint-closed" {
		t.Errorf("a closed one: %v", err)
	}
}

func TestCloseASprint(t *testing.T) {
	where, s := aSprint(t, func(f *pipeline.SprintForm) { f.Items = keysOf(3) })
	ideas := inBacklog(8, 0, 3)
	ideas[0].Size, ideas[0].Title = 13, "Grown" // they are as they are when it is closed
	monday := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	got, events, err := pipeline.CloseSprint(pipeline.Policy{}, member, where, s, []string{"PAY-1", "PAY-2"}, ideas, monday)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(pipeline.Finished{Ideas: 2, Sized: 1, Points: 13}, got.Finished); diff != "" || got.Last != "2026-11-27" || got.ClosedBy != "U2" || got.Planned != 16 {
		t.Errorf("%+v\n%s", got, diff)
	}
	if left := got.Left(); len(left) != 1 || left[0].Key != payKey(3) || len(events) != 2 || events[1].Event.What != pipeline.WasFinished {
		t.Errorf("%+v %+v", left, events)
	}
	if s.Items[0].Done || s.Items[0].Title != "Idea 1" {
		t.Error("the sprint it was closed from is changed")
	}
	early, _, err := pipeline.CloseSprint(pipeline.Policy{}, member, where, s, nil, ideas, noon)
	if err != nil || early.Last != "2026-11-20" || early.Finished != (pipeline.Finished{}) {
		t.Errorf("before its end: %+v %v", early, err)
	}
	if _, _, err := pipeline.CloseSprint(pipeline.Policy{}, member, where, got, nil, ideas, monday); problemCode(err) != "sprint-closed" {
		t.Errorf("twice: %v", err)
	}
	if _, _, err := pipeline.CloseSprint(pipeline.Policy{}, member, where, s, nil, ideas, noon.AddDate(0, 0, -7)); problemCode(err) != "sprint-to-come" {
		t.Errorf("before it begins: %v", err)
	}
	if _, _, err := pipeline.CloseSprint(pipeline.Policy{}, member, where, s, []string{"PAY-9"}, ideas, monday); wrongFields(err) == nil {
		t.Errorf("what is not in it: %v", err)
	}
	corrected, err := pipeline.CorrectSprint(pipeline.Policy{}, member, where, got, []string{"PAY-3"})
	if err != nil || corrected.Finished != (pipeline.Finished{Ideas: 1, Sized: 1, Points: 3}) || corrected.Closed != got.Closed || !got.Items[0].Done {
		t.Errorf("corrected: %+v %v", corrected, err)
	}
	if _, err := pipeline.CorrectSprint(pipeline.Policy{}, member, where, s, nil); problemCode(err) != "sprint-open" {
		t.Errorf("an open one: %v", err)
	}
}

func TestWhoMayPlanASprint(t *testing.T) {
	where, s := aSprint(t, nil)
	guest, other := pipeline.Person{ID: "U7", Guest: true}, pipeline.Where{Team: &pipeline.Team{Key: "WEB"}}
	for name, c := range map[string]struct {
		p     pipeline.Person
		where pipeline.Where
	}{"a guest": {guest, where}, "another team": {member, other}, "no team": {member, pipeline.Where{}}} {
		_, _, started := pipeline.StartSprint(pipeline.Policy{Guests: true}, c.p, c.where, s.Form(), pipeline.SprintFacts{}, noon)
		_, _, changed := pipeline.ChangeSprint(pipeline.Policy{Guests: true}, c.p, c.where, s, s.Form(), pipeline.SprintFacts{}, noon)
		_, _, closed := pipeline.CloseSprint(pipeline.Policy{Guests: true}, c.p, c.where, s, nil, nil, noon)
		_, corrected := pipeline.CorrectSprint(pipeline.Policy{Guests: true}, c.p, c.where, s, nil)
		for _, err := range []error{started, changed, closed, corrected} {
			if problemCode(err) != "not-permitted" && name != "another team" || err == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestWhatASprintStartsWith(t *testing.T) {
	team := *sprintTeam()
	for name, c := range map[string]struct {
		now         string
		weeks       int
		before      *pipeline.Sprint
		first, last string
	}{
		"on a Friday, today":           {"2026-11-20T11:00:00Z", 2, nil, "2026-11-20", "2026-12-03"},
		"on a Saturday, Monday":        {"2026-11-21T11:00:00Z", 2, nil, "2026-11-23", "2026-12-04"},
		"at midnight there":            {"2026-11-22T23:30:00Z", 1, nil, "2026-11-23", "2026-11-27"},
		"after the one before":         {"2026-11-20T11:00:00Z", 2, &pipeline.Sprint{Last: "2026-11-20"}, "2026-11-23", "2026-12-04"},
		"after one that is long over":  {"2026-11-25T11:00:00Z", 2, &pipeline.Sprint{Last: "2026-11-20"}, "2026-11-25", "2026-12-08"},
		"after one that goes on":       {"2026-11-20T11:00:00Z", 3, &pipeline.Sprint{Last: "2026-11-26"}, "2026-11-27", "2026-12-17"},
		"a team that never chose":      {"2026-11-23T11:00:00Z", 0, nil, "2026-11-23", "2026-11-27"},
		"what is no day stands for it": {"2026-11-23T11:00:00Z", 1, &pipeline.Sprint{Last: "x"}, "2026-11-23", "2026-11-27"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		team.SprintWeeks = c.weeks
		if got := pipeline.DefaultSprint(team, c.before, now); got.First != c.first || got.Last != c.last {
			t.Errorf("%s: %s to %s, want %s to %s", name, got.First, got.Last, c.first, c.last)
		}
	}
	if got := pipeline.DefaultSprint(team, &pipeline.Sprint{Shares: map[pipeline.Work]int{pipeline.Bug: 10, pipeline.Feature: 70}}, noon); got.Shares != "feature 70, bug 10" {
		t.Errorf("shares %q", got.Shares)
	}
}

func TestDaysLeftOfASprint(t *testing.T) {
	where, s := aSprint(t, nil) // Monday 16 to Friday 27
	for day, want := range map[string]int{"2026-11-10": 10, "2026-11-16": 10, "2026-11-20": 6, "2026-11-21": 5, "2026-11-27": 1, "2026-11-28": 0} {
		now, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.DaysLeft(*where.Team, now.Add(12*time.Hour)); got != want {
			t.Errorf("on %s: %d, want %d", day, got, want)
		}
		if ended := s.Ended(*where.Team, now.Add(12*time.Hour)); ended != (want == 0) {
			t.Errorf("on %s: ended %v", day, ended)
		}
	}
	if s.Workdays(*where.Team) != 10 {
		t.Error(s.Workdays(*where.Team))
	}
}
