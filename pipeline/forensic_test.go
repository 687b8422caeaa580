package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestStartAForensicSession(t *testing.T) {
	type form = pipeline.ForensicForm
	for name, c := range map[string]struct {
		form  form
		asked int
		wrong []pipeline.Field
	}{
		"with names":             {form{}, 1, nil},
		"anonymous among four":   {form{Anonymous: true}, 4, nil},
		"anonymous among three":  {form{Anonymous: true}, 3, []pipeline.Field{"anonymous"}},
		"nobody":                 {form{}, 0, []pipeline.Field{"people"}},
		"50 people":              {form{Channel: true}, 50, nil},
		"51 people":              {form{Channel: true}, 51, []pipeline.Field{"people"}},
		"five days":              {form{Days: "5"}, 2, nil},
		"no day":                 {form{Days: "0"}, 2, []pipeline.Field{"days"}},
		"all that can be wrong":  {form{Days: "soon", Anonymous: true}, 2, []pipeline.Field{"anonymous", "days"}},
		"days that are not read": {form{Days: "21"}, 2, []pipeline.Field{"days"}},
	} {
		team, people := voters(c.asked)
		f, err := pipeline.StartForensic(pipeline.Policy{}, member, pipeline.Where{Team: team}, c.form, people, noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		if err == nil && (f.Phase != pipeline.ForensicLists || !f.Deadline.After(noon) || len(f.To) != c.asked) {
			t.Errorf("%s: %+v", name, f)
		}
	}
	team, people := voters(4)
	for role, refused := range map[pipeline.Role]bool{pipeline.RoleGuest: true, pipeline.RoleOutsider: true, pipeline.RoleMember: false, pipeline.RoleProductOwner: false} {
		if _, err := pipeline.StartForensic(pipeline.Policy{Guests: true}, person(role), pipeline.Where{Team: team, InChannel: true}, form{}, people, noon); (problemCode(err) == "not-permitted") != refused {
			t.Errorf("a %s starts one: %v", role, err)
		}
	}
}

// aSession of six people that member leads.
func aSession(t testing.TB, anonymous bool) (pipeline.Where, pipeline.Forensic) {
	t.Helper()
	team, people := voters(6)
	where := pipeline.Where{Team: team}
	f, err := pipeline.StartForensic(pipeline.Policy{}, member, where, pipeline.ForensicForm{Anonymous: anonymous}, people, noon)
	if err != nil {
		t.Fatal(err)
	}
	f.Number = 1
	return where, f
}

// lists of so many people.
func lists(n int) pipeline.ForensicSaid {
	var said pipeline.ForensicSaid
	for i := range n {
		said.Lists = append(said.Lists, pipeline.ForensicList{By: fmt.Sprintf("U%d", i+1), Ways: []string{
			fmt.Sprint("Never throw anything out, says ", i), "Throw nothing out, never ever", fmt.Sprint("Distinct", i*7),
		}})
	}
	return said
}

func TestWaysToRuinTheBacklog(t *testing.T) {
	where, f := aSession(t, true)
	over := f
	over.Phase = pipeline.ForensicMerge
	for name, c := range map[string]struct {
		session pipeline.Forensic
		who     pipeline.Person
		typed   []string
		now     time.Time
		want    []string
		code    string
	}{
		"two, one of them twice":   {f, member, []string{" Say  yes ", "", "Say yes", "Say no"}, noon, []string{"Say yes", "Say no"}, ""},
		"nothing":                  {f, member, []string{"", "\u200b"}, noon, nil, "ways-form"},
		"200 characters":           {f, member, []string{strings.Repeat("ü", 200)}, noon, []string{strings.Repeat("ü", 200)}, ""},
		"201 characters":           {f, member, []string{strings.Repeat("ü", 201)}, noon, []string{strings.Repeat("ü", 201)}, "ways-form"},
		"more than five":           {f, member, []string{"a", "b", "c", "d", "e", "f"}, noon, []string{"a", "b", "c", "d", "e"}, ""},
		"who takes no part":        {f, pipeline.Person{ID: "U9"}, []string{"a"}, noon, nil, "not-asked"},
		"who has left":             {f, pipeline.Person{ID: "U2", Deactivated: true}, []string{"a"}, noon, nil, "not-permitted"},
		"just before the end":      {f, member, []string{"a"}, f.Deadline.Add(-time.Second), []string{"a"}, ""},
		"at the end":               {f, member, []string{"a"}, f.Deadline, nil, "phase-over"},
		"when the groups are made": {over, member, []string{"a"}, noon, nil, "phase-over"},
	} {
		got, err := pipeline.CheckWays(pipeline.Policy{}, c.who, where, c.session, c.typed, c.now)
		if diff := cmp.Diff(c.want, got); diff != "" || problemCode(err) != c.code {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestThePhasesOfASession(t *testing.T) {
	where, f := aSession(t, false)
	step := func(said pipeline.ForensicSaid, want pipeline.ForensicPhase) {
		t.Helper()
		if _, due := pipeline.PhaseOver(*where.Team, nil, f, said, f.Deadline.Add(-time.Second)); due {
			t.Errorf("%s ends before its deadline", f.Phase)
		}
		byHand, err := pipeline.EndPhase(pipeline.Policy{}, member, where, f, f.Phase, said, f.Deadline)
		if err != nil {
			t.Fatal(err)
		}
		next, due := pipeline.PhaseOver(*where.Team, nil, f, said, f.Deadline)
		byHand.EndedBy = ""
		if diff := cmp.Diff(next, byHand); !due || diff != "" {
			t.Errorf("by hand it is otherwise than by the deadline:\n%s", diff)
		}
		if next.Phase != want || next.Running() && !next.Deadline.After(f.Deadline) {
			t.Fatalf("%s follows, until %s", next.Phase, next.Deadline)
		}
		f = next
	}
	step(lists(5), pipeline.ForensicMerge)
	if f.Wrote != 5 || len(f.Ways) != 15 || f.Ways[0].By == "" {
		t.Errorf("%d wrote %d ways: %+v", f.Wrote, len(f.Ways), f.Ways[0])
	}
	if _, err := pipeline.EndPhase(pipeline.Policy{}, member, where, f, pipeline.ForensicLists, lists(5), noon); problemCode(err) != "phase-over" {
		t.Errorf("the lists end again: %v", err)
	}
	step(pipeline.ForensicSaid{}, pipeline.ForensicRank)
	last, first := f.Groups[len(f.Groups)-1].ID, f.Groups[0].ID
	step(pipeline.ForensicSaid{Picks: [][]int{{last, first}, {last}}}, pipeline.ForensicFixes)
	if worst := f.Worst(); len(worst) != min(5, len(f.Groups)) || worst[0].ID != last || worst[0].Points != 10 || worst[1].ID != first || worst[1].Points != 4 {
		t.Errorf("the worst are %+v", worst)
	}
	if f.ShowsPoints() {
		t.Error("the points of two people tell what each of them picked")
	}
	step(pipeline.ForensicSaid{}, pipeline.ForensicOver)
	if f.Running() || f.Ended.IsZero() || !f.Deadline.IsZero() || f.Without != "" {
		t.Errorf("it ends as %+v", f)
	}
	if _, due := pipeline.PhaseOver(*where.Team, nil, f, pipeline.ForensicSaid{}, noon.AddDate(1, 0, 0)); due {
		t.Error("what is over ends again")
	}
	if _, err := pipeline.StopForensic(pipeline.Policy{}, member, where, f, noon); problemCode(err) != "phase-over" {
		t.Errorf("what is over is stopped: %v", err)
	}
}

func TestListsOfTooFewAreNotShown(t *testing.T) {
	for name, c := range map[string]struct {
		anonymous bool
		wrote     int
		goesOn    bool
		names     bool
	}{
		"anonymous, nobody": {true, 0, false, false},
		"anonymous, three":  {true, 3, false, false},
		"anonymous, four":   {true, 4, true, false},
		"named, nobody":     {false, 0, false, false},
		"named, one":        {false, 1, true, false},
		"named, three":      {false, 3, true, false},
		"named, four":       {false, 4, true, true},
	} {
		where, f := aSession(t, c.anonymous)
		said := lists(c.wrote)
		if _, err := pipeline.EndPhase(pipeline.Policy{}, member, where, f, pipeline.ForensicLists, said, noon); (problemCode(err) == "too-few-lists") == c.goesOn {
			t.Errorf("%s: ended early: %v", name, err)
		}
		once, due := pipeline.PhaseOver(*where.Team, nil, f, said, f.Deadline)
		if !due || once.Extended == c.goesOn {
			t.Errorf("%s: at the deadline %+v", name, once)
		}
		if c.goesOn {
			if shows := once.Ways[0].By != ""; shows != c.names {
				t.Errorf("%s: names are shown: %v", name, shows)
			}
			continue
		}
		if once.Phase != pipeline.ForensicLists || !once.Deadline.After(f.Deadline) {
			t.Errorf("%s: it gets no more time: %+v", name, once)
		}
		over, due := pipeline.PhaseOver(*where.Team, nil, once, said, once.Deadline)
		if !due || over.Running() || over.Without == "" || len(over.Ways) > 0 {
			t.Errorf("%s: it ends as %+v", name, over)
		}
	}
}

func TestTheOrderOfWaysTellsNothing(t *testing.T) {
	where, f := aSession(t, true)
	said := lists(4)
	want, _ := pipeline.PhaseOver(*where.Team, nil, f, said, f.Deadline)
	slices.Reverse(said.Lists)
	for i := range said.Lists {
		slices.Reverse(said.Lists[i].Ways)
	}
	got, _ := pipeline.PhaseOver(*where.Team, nil, f, said, f.Deadline)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the order in which they came shows:\n%s", diff)
	}
}

func TestGroupsThatAreProposed(t *testing.T) {
	words := []string{
		"Never say no to a stakeholder",
		"Stakeholders are never told no",
		"Everything is detailed a year ahead",
		"Detail everything for the whole year",
		"No outcome for any item",
		"Lie",
		"lie!",
		"项目太多",
	}
	var ways []pipeline.ForensicWay
	for i, w := range words {
		ways = append(ways, pipeline.ForensicWay{ID: i + 1, Words: w})
	}
	var got [][]int
	for _, g := range pipeline.ProposeGroups(ways) {
		got = append(got, g.Ways)
	}
	if diff := cmp.Diff([][]int{{1, 2}, {3, 4}, {5}, {6, 7}, {8}}, got); diff != "" {
		t.Error(diff)
	}
}

// merging is a session whose lists are grouped, one way a group.
func merging(t testing.TB) (pipeline.Where, pipeline.Forensic) {
	where, f := aSession(t, true)
	f.Phase = pipeline.ForensicMerge
	for i := range 7 {
		id, words := i+1, fmt.Sprint("way ", i+1)
		f.Ways = append(f.Ways, pipeline.ForensicWay{ID: id, Words: words})
		f.Groups = append(f.Groups, pipeline.ForensicGroup{ID: id, Name: words, Ways: []int{id}})
	}
	return where, f
}

func TestGroupsAreMergedNamedAndTakenApart(t *testing.T) {
	where, f := merging(t)
	do := func(next pipeline.Forensic, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		f = next
	}
	before := f
	do(pipeline.MergeGroups(pipeline.Policy{}, member, where, f, 3, 1))
	do(pipeline.RenameGroup(pipeline.Policy{}, member, where, f, 3, " Both ", "over-sized"))
	if g, found := f.Group(3); !found || !slices.Equal(g.Ways, []int{1, 3}) || g.Name != "Both" || g.Rule != "over-sized" {
		t.Errorf("it is %+v", g)
	}
	if len(before.Groups) != 7 || before.Groups[2].Name != "way 3" {
		t.Error("the session before was changed")
	}
	do(pipeline.MergeGroups(pipeline.Policy{}, member, where, f, 2, 3))
	do(pipeline.SplitGroup(pipeline.Policy{}, member, where, f, 2))
	seen := map[int]bool{}
	for _, g := range f.Groups {
		for _, way := range g.Ways {
			if seen[way] || g.ID != way {
				t.Errorf("way %d is in %+v", way, f.Groups)
			}
			seen[way] = true
		}
	}
	if len(seen) != 7 {
		t.Errorf("%d ways are left", len(seen))
	}
	for name, c := range map[string]struct {
		err  error
		code string
	}{
		"a group with itself":       {second(pipeline.MergeGroups(pipeline.Policy{}, member, where, f, 1, 1)), "merge-form"},
		"a group that is not there": {second(pipeline.MergeGroups(pipeline.Policy{}, member, where, f, 1, 99)), "group-unknown"},
		"no name":                   {second(pipeline.RenameGroup(pipeline.Policy{}, member, where, f, 1, " ", "")), "group-form"},
		"a group of one apart":      {second(pipeline.SplitGroup(pipeline.Policy{}, member, where, f, 1)), "group-of-one"},
		"by somebody else":          {second(pipeline.SplitGroup(pipeline.Policy{}, pipeline.Person{ID: "U5"}, where, f, 1)), "not-leading"},
	} {
		if problemCode(c.err) != c.code {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	f.Phase = pipeline.ForensicRank
	if _, err := pipeline.MergeGroups(pipeline.Policy{}, member, where, f, 1, 2); problemCode(err) != "phase-over" {
		t.Errorf("while they are ranked: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestPickTheFiveWorst(t *testing.T) {
	where, f := merging(t)
	f.Phase = pipeline.ForensicRank
	pick := func(picked []int, group int) ([]int, string) {
		got, err := pipeline.PickGroup(pipeline.Policy{}, member, where, f, picked, max(group, -group), group > 0, noon)
		return got, problemCode(err)
	}
	var picked []int
	for _, group := range []int{4, 2, 7, 7, -2, -2, 1, 3, 2} {
		var code string
		if picked, code = pick(picked, group); code != "" {
			t.Fatal(code)
		}
	}
	if !slices.Equal(picked, []int{4, 7, 1, 3, 2}) {
		t.Errorf("picked are %v", picked)
	}
	for name, c := range map[string]struct {
		group int
		code  string
	}{"a sixth": {5, "five-picked"}, "one that is not there": {99, "group-unknown"}} {
		if got, code := pick(picked, c.group); code != c.code || !slices.Equal(got, picked) {
			t.Errorf("%s: %q, %v", name, code, got)
		}
	}
}

func TestWhatNobodyPickedIsNotAmongTheWorst(t *testing.T) {
	_, f := merging(t)
	f.Phase = pipeline.ForensicFixes
	f.Groups[0].Points, f.Groups[1].Points = 20, 4
	for picked, want := range map[int]int{pipeline.AnonymousLeast - 1: pipeline.ForensicTop, pipeline.AnonymousLeast: 2} {
		f.Picked = picked
		if got := len(f.Worst()); got != want {
			t.Errorf("of %d people's picks %d groups are the worst, want %d", picked, got, want)
		}
	}
}

func TestFixesForTheWorst(t *testing.T) {
	where, f := merging(t)
	f.Phase = pipeline.ForensicFixes
	form := pipeline.ExperimentForm{Words: "Throw out what is older than a year", Owner: "U3", Day: "2026-12-04"}
	for name, c := range map[string]struct {
		group int
		form  pipeline.ExperimentForm
		code  string
	}{
		"the first":             {1, form, ""},
		"the fifth":             {5, form, ""},
		"the sixth":             {6, form, "not-among-worst"},
		"one that is not there": {99, form, "group-unknown"},
		"nothing":               {1, pipeline.ExperimentForm{}, "experiment-form"},
		"a day that has passed": {1, pipeline.ExperimentForm{Words: "x", Owner: "U3", Day: "2026-11-01"}, "experiment-form"},
	} {
		next, err := pipeline.ChooseFix(pipeline.Policy{}, member, where, f, c.group, c.form, noon)
		if problemCode(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if g, _ := next.Group(c.group); (g.Fix != nil) != (err == nil) || f.Groups[0].Fix != nil {
			t.Errorf("%s: its fix is %+v", name, g.Fix)
		}
	}
}

func TestWhatTheTeamSaysBesideWhatIsMeasured(t *testing.T) {
	_, f := merging(t)
	f.Groups[0].Rule, f.Groups[1].Rule = "over-sized", "starved"
	findings := []pipeline.Finding{{Rule: "zombie"}, {Rule: "over-sized", Found: "8 sprints"}}
	if rows := f.Beside(findings); len(rows) > 0 {
		t.Errorf("before they are ranked: %v", rows)
	}
	f.Phase = pipeline.ForensicOver
	rows := f.Beside(findings)
	if len(rows) != 5 || rows[0].Measured == nil || rows[0].Measured.Found != "8 sprints" || rows[1].Measured != nil || rows[2].Measured != nil {
		t.Errorf("they are %+v", rows)
	}
}
