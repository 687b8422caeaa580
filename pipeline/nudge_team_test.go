package pipeline_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// monday is when teams are nudged in these tests.
const monday = "2026-11-23"

var mondayMorning = time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)

// aFinding about items, "PAY-1", with a repair for each.
func aFinding(rule pipeline.RuleID, level pipeline.FindingLevel, items ...string) pipeline.Finding {
	f := pipeline.Finding{Rule: rule, Name: string(rule), Found: "It was found.", Level: level}
	for _, item := range items {
		f.Items = append(f.Items, pipeline.FoundItem{Key: item, Words: "It"})
		f.Repairs = append(f.Repairs, pipeline.Repair{Kind: pipeline.RepairShow, Subject: item, Words: "Open " + item})
	}
	f.Repairs = append(f.Repairs, pipeline.Repair{Kind: pipeline.RepairBacklog, Words: "List"})
	return f
}

func rows(n pipeline.TeamNudge) string {
	var said []string
	for _, row := range n.Rows {
		said = append(said, strings.TrimSpace(string(row.Rule)+" "+row.Item.Key))
	}
	return strings.Join(said, ", ")
}

func TestATeamIsToldTheFewMostUsefulFindings(t *testing.T) {
	const warning, alert = pipeline.FindingWarning, pipeline.FindingAlert
	four := []pipeline.Finding{aFinding("a", warning, "PAY-1"), aFinding("b", warning, "PAY-2"), aFinding("c", warning), aFinding("d", alert, "PAY-4")}
	told := func(name, day string) pipeline.TeamNudges {
		return pipeline.TeamNudges{Team: "PAY", Told: map[string]string{name: day}}
	}
	quiet := func(days int) pipeline.TeamNudges {
		n := told("a PAY-1", "2026-11-20")
		n.Quiet = days
		return n
	}
	tests := map[string]struct {
		settings pipeline.TeamNudges
		findings []pipeline.Finding
		want     string
	}{
		"nothing is found":                    {},
		"three of four, what alarms first":    {findings: four, want: "d PAY-4, a PAY-1, b PAY-2"},
		"told six days before":                {told("a PAY-1", "2026-11-17"), four, "d PAY-4, b PAY-2, c"},
		"told a week before":                  {told("a PAY-1", "2026-11-16"), four, "d PAY-4, a PAY-1, b PAY-2"},
		"an alert told two days before":       {told("d PAY-4", "2026-11-21"), four, "a PAY-1, b PAY-2, c"},
		"an alert told three days before":     {told("d PAY-4", "2026-11-20"), four, "d PAY-4, a PAY-1, b PAY-2"},
		"the whole team, told the day before": {told("c", "2026-11-22"), four[2:], "d PAY-4"},
		"another rule about the same item":    {findings: []pipeline.Finding{aFinding("a", warning, "PAY-1"), aFinding("b", warning, "PAY-1", "PAY-2")}, want: "a PAY-1, b PAY-2"},
		"its worst item is quiet":             {told("a PAY-1", "2026-11-20"), []pipeline.Finding{aFinding("a", warning, "PAY-1", "PAY-2")}, "a PAY-2"},
		"news before another item of it":      {told("a PAY-9", "2026-11-22"), four, "d PAY-4, b PAY-2, c"},
		"news first, then another item of it": {told("a PAY-9", "2026-11-22"), four[:2], "b PAY-2, a PAY-1"},
		"told of another item a week before":  {told("a PAY-9", "2026-11-16"), four, "d PAY-4, a PAY-1, b PAY-2"},
		"all of its items are quiet":          {told("a PAY-1", "2026-11-20"), []pipeline.Finding{aFinding("a", warning, "PAY-1")}, ""},
		"a share, told of another item":       {told("no-themes PAY-9", "2026-11-17"), []pipeline.Finding{aFinding(pipeline.RuleNoThemes, warning, "PAY-1"), four[1]}, "b PAY-2"},
		"a share, told a week before":         {told("no-themes PAY-9", "2026-11-16"), []pipeline.Finding{aFinding(pipeline.RuleNoThemes, warning, "PAY-1"), four[1]}, "no-themes PAY-1, b PAY-2"},
		"quiet for three days, as chosen":     {quiet(3), four[:1], "a PAY-1"},
		"quiet for four":                      {quiet(4), four[:1], ""},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			nudge := pipeline.NudgeTeam(c.settings, c.findings, monday, mondayMorning)
			if got := rows(nudge); got != c.want {
				t.Errorf("it is told %q, want %q", got, c.want)
			}
			if nudge.IsEmpty() != (c.want == "") {
				t.Error("nothing to say and something are mistaken for each other")
			}
			for _, row := range nudge.Rows {
				if row.Item.Key != "" && row.Repair.Subject != row.Item.Key {
					t.Errorf("%s is repaired by %+v", row.Item.Key, row.Repair)
				}
			}
		})
	}
}

// Health offers its repairs for the worst item; a row about another one carries the
// same for that.
func TestARowIsRepairedByWhatIsForItsItem(t *testing.T) {
	found := pipeline.Finding{
		Rule: pipeline.RuleSilentOutcome, Level: pipeline.FindingWarning, Items: []pipeline.FoundItem{{Key: "PAY-O1"}, {Key: "PAY-O2"}},
		Repairs: []pipeline.Repair{{Kind: pipeline.RepairCheckIn, Subject: "PAY-O1", Words: "Check in on PAY-O1"}},
	}
	told := pipeline.TeamNudges{Team: "PAY", Told: map[string]string{pipeline.FindingName(found.Rule, "PAY-O1"): "2026-11-22"}}
	nudge := pipeline.NudgeTeam(told, []pipeline.Finding{found}, monday, mondayMorning)
	want := pipeline.Repair{Kind: pipeline.RepairCheckIn, Subject: "PAY-O2", Words: "Check in on PAY-O2"}
	if len(nudge.Rows) != 1 || nudge.Rows[0].Repair != want {
		t.Errorf("it is told %+v, want one row with %+v", nudge.Rows, want)
	}
}

func TestWhatATeamWasToldIsRemembered(t *testing.T) {
	settings := pipeline.TeamNudges{Team: "PAY", Told: map[string]string{"old": "2026-09-01", "quiet still": "2026-11-01"}}
	findings := []pipeline.Finding{aFinding("a", pipeline.FindingWarning, "PAY-1", "PAY-2"), aFinding("c", pipeline.FindingWarning)}
	day, at := monday, mondayMorning
	var told []string
	for range 9 {
		if settings.Held(day) != "" {
			t.Fatalf("%s is held", day)
		}
		if nudge := pipeline.NudgeTeam(settings, findings, day, at); !nudge.IsEmpty() {
			settings = settings.Tell(nudge)
			told = append(told, day[8:]+": "+rows(nudge))
			if settings.Held(day) != pipeline.NudgesSent {
				t.Errorf("two on %s", day)
			}
		}
		at = at.AddDate(0, 0, 1)
		day = at.Format(time.DateOnly)
	}
	want := "23: a PAY-1, c; 24: a PAY-2; 30: c, a PAY-1; 01: a PAY-2"
	if got := strings.Join(told, "; "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if settings.Told["old"] != "" || settings.Told["quiet still"] == "" {
		t.Errorf("what is remembered: %v", settings.Told)
	}
}

func TestAQuestionIsAskedOnceAWeek(t *testing.T) {
	settings := pipeline.TeamNudges{Team: "PAY", Reflect: true}
	at, asked := mondayMorning, []string{}
	for range 43 {
		day := at.Format(time.DateOnly)
		if nudge := pipeline.NudgeTeam(settings, nil, day, at); nudge.Question != "" {
			settings = settings.Tell(nudge)
			asked = append(asked, day[5:]+" "+strings.TrimPrefix(nudge.Question, "reflect-"))
		}
		at = at.AddDate(0, 0, 1)
	}
	want := []string{"11-23 line", "11-30 tool", "12-07 patterns", "12-14 parked", "12-21 slack", "12-28 line", "01-04 tool"}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	settings.Reflect = false
	if nudge := pipeline.NudgeTeam(settings, nil, "2027-03-01", at); !nudge.IsEmpty() {
		t.Errorf("it is asked %q, though nobody wants that", nudge.Question)
	}
}

func TestWhoChangesHowATeamIsNudged(t *testing.T) {
	team := pipeline.Team{Key: "PAY", Owners: []string{"U_ANN"}}
	good := pipeline.TeamNudgeForm{On: true, At: "09:30", Quiet: "7"}
	with := func(change func(*pipeline.TeamNudgeForm)) pipeline.TeamNudgeForm {
		f := good
		change(&f)
		return f
	}
	tests := map[string]struct {
		by    pipeline.Person
		form  pipeline.TeamNudgeForm
		want  pipeline.TeamNudges
		wrong string
	}{
		"a product owner":    {pipeline.Person{ID: "U_ANN"}, good, pipeline.TeamNudges{Team: "PAY"}, ""},
		"an admin":           {pipeline.Person{ID: "U_BOSS", Admin: true}, good, pipeline.TeamNudges{Team: "PAY"}, ""},
		"a member":           {pipeline.Person{ID: "U_BOB"}, good, pipeline.TeamNudges{}, "not-permitted"},
		"off, with the rest": {pipeline.Person{ID: "U_ANN"}, with(func(f *pipeline.TeamNudgeForm) { f.On, f.Reflect, f.At, f.Quiet = false, true, "14:00", "60" }), pipeline.TeamNudges{Team: "PAY", Off: true, Reflect: true, At: 14 * 60, Quiet: 60}, ""},
		"too quiet":          {pipeline.Person{ID: "U_ANN"}, with(func(f *pipeline.TeamNudgeForm) { f.Quiet = "61" }), pipeline.TeamNudges{}, "team-nudges-malformed"},
		"not quiet":          {pipeline.Person{ID: "U_ANN"}, with(func(f *pipeline.TeamNudgeForm) { f.Quiet = "0" }), pipeline.TeamNudges{}, "team-nudges-malformed"},
		"no number":          {pipeline.Person{ID: "U_ANN"}, with(func(f *pipeline.TeamNudgeForm) { f.Quiet = "a week" }), pipeline.TeamNudges{}, "team-nudges-malformed"},
		"no time":            {pipeline.Person{ID: "U_ANN"}, with(func(f *pipeline.TeamNudgeForm) { f.At = "" }), pipeline.TeamNudges{}, "team-nudges-malformed"},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := pipeline.ChangeTeamNudges(pipeline.Policy{}, c.by, pipeline.Where{Team: &team, InChannel: true}, pipeline.TeamNudges{Team: "PAY"}, c.form)
			var problem *pipeline.Problem
			if errors.As(err, &problem) != (c.wrong != "") || problem != nil && problem.Code != c.wrong {
				t.Fatalf("%v, want %q", err, c.wrong)
			}
			if diff := cmp.Diff(c.want, got); err == nil && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatADayFinds(t *testing.T) {
	team := pipeline.Team{Key: "PAY", Zone: "UTC"}
	now := mondayMorning
	ballot := func(left time.Duration, voted int, needs string) pipeline.BallotStanding {
		quorum, ok := pipeline.ParseQuorum(needs)
		if !ok {
			t.Fatal(needs)
		}
		return pipeline.BallotStanding{
			Ballot: pipeline.Ballot{Idea: pipeline.Key{Team: "PAY", Number: 1}, ID: 1, Level: pipeline.OpenBallot, Quorum: quorum, Electorate: []string{"U1", "U2", "U3", "U4"}, Deadline: now.Add(left)},
			Title:  "Export", Voted: voted,
		}
	}
	ended := ballot(time.Hour, 0, "3")
	ended.Ballot.ClosedAt = now
	day := 24 * time.Hour
	outcome := func(light pipeline.Light, closed time.Time) pipeline.DayFacts {
		return pipeline.DayFacts{HealthFacts: pipeline.HealthFacts{Nodes: pipeline.Nodes{Outcomes: []pipeline.Outcome{{Key: pipeline.OutcomeKey{Team: "PAY", Number: 3}, Statement: "Fewer calls", Light: light, Closed: closed}}}}}
	}
	test := func(deadline time.Time, running bool) pipeline.DayFacts {
		return pipeline.DayFacts{HealthFacts: pipeline.HealthFacts{Active: []pipeline.ActiveIdea{{Key: pipeline.Key{Team: "PAY", Number: 2}, Title: "Dark mode", Runs: []pipeline.RunSummary{{ID: 1, Title: "Half of them use it", Running: running, Deadline: deadline}}}}}}
	}
	parked := func(back time.Time) pipeline.DayFacts {
		return pipeline.DayFacts{Back: []pipeline.Idea{{Key: pipeline.Key{Team: "PAY", Number: 4}, Title: "Fax", Stage: pipeline.Parked, Parking: &pipeline.Parking{Why: "nobody asked", CameBack: back}}}}
	}
	sprint := func(change func(*pipeline.Sprint)) pipeline.DayFacts {
		s := pipeline.Sprint{Team: "PAY", Number: 4, First: "2026-11-16", Last: "2026-11-27", Goal: "Shops see their payouts", Capacity: 10, Items: []pipeline.SprintItem{{Key: pipeline.Key{Team: "PAY", Number: 1}}}}
		change(&s)
		return pipeline.DayFacts{HealthFacts: pipeline.HealthFacts{Open: &s}}
	}
	ballots := func(b ...pipeline.BallotStanding) pipeline.DayFacts { return pipeline.DayFacts{Ballots: b} }
	for name, c := range map[string]struct {
		facts pipeline.DayFacts
		want  string // rules with their first items
	}{
		"nothing": {pipeline.DayFacts{}, ""},
		"a ballot a day before its end, one short": {ballots(ballot(day, 2, "3")), "quorum-short PAY-1"},
		"a ballot with its quorum":                 {ballots(ballot(day, 3, "3")), ""},
		"a ballot more than a day before its end":  {ballots(ballot(day+time.Minute, 0, "3")), ""},
		"a ballot at its deadline":                 {ballots(ballot(0, 0, "3")), ""},
		"a ballot that is closed":                  {ballots(ended), ""},
		"a ballot without a quorum":                {ballots(ballot(time.Hour, 0, "")), ""},
		"an outcome that is off track":             {outcome(pipeline.Red, time.Time{}), "outcome-red PAY-O3"},
		"one that is at risk":                      {outcome(pipeline.Yellow, time.Time{}), ""},
		"one that is closed":                       {outcome(pipeline.Red, now), ""},
		"a test at its deadline":                   {test(now, true), "test-due PAY-2"},
		"a test before it":                         {test(now.Add(time.Minute), true), ""},
		"a test that was observed":                 {test(now.Add(-day), false), ""},
		"an idea that came back":                   {parked(now.Add(-day)), "came-back PAY-4"},
		"an idea that stays parked":                {parked(time.Time{}), ""},
		"an effect nobody told":                    {pipeline.DayFacts{HealthFacts: pipeline.HealthFacts{LookBack: pipeline.LookBack{Waiting: 1, Due: []pipeline.IdeaLine{{Key: pipeline.Key{Team: "PAY", Number: 5}, Title: "Done"}}}}}, "effect-due PAY-5"},
		"a sprint that runs":                       {sprint(func(*pipeline.Sprint) {}), ""},
		"a sprint on its last day":                 {sprint(func(s *pipeline.Sprint) { s.Last = monday }), ""},
		"a sprint that is over":                    {sprint(func(s *pipeline.Sprint) { s.Last = "2026-11-22" }), "sprint-over PAY-S4"},
		"a sprint before its first day":            {sprint(func(s *pipeline.Sprint) { s.First, s.Items = "2026-11-24", nil }), ""},
		"a sprint without ideas":                   {sprint(func(s *pipeline.Sprint) { s.Items = nil }), "sprint-empty PAY-S4"},
		"a goal that lists ideas":                  {sprint(func(s *pipeline.Sprint) { s.Goal = "PAY-1 and PAY-2" }), "sprint-hint PAY-S4"},
		"a sprint of unknown capacity":             {sprint(func(s *pipeline.Sprint) { s.Capacity = 0 }), "sprint-hint PAY-S4"},
	} {
		t.Run(name, func(t *testing.T) {
			c.facts.Team = team
			var got []string
			for _, f := range pipeline.FindDay(c.facts, now) {
				got = append(got, fmt.Sprint(f.Rule, " ", f.Items[0].Key))
				if f.Name == "" || f.Found == "" || f.Why == "" || len(f.Repairs) == 0 || f.Repairs[0].Words == "" {
					t.Errorf("%+v says too little", f)
				}
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%v, want %q", got, c.want)
			}
		})
	}
}

func TestWhichBallotsRunByTheJournal(t *testing.T) {
	happened := func(key string, what pipeline.What) pipeline.Happening {
		return pipeline.Happening{Key: key, Event: pipeline.Event{What: what}}
	}
	got := pipeline.BallotsBegun([]pipeline.Happening{
		happened("PAY-1", pipeline.BallotStarted), happened("PAY-2", pipeline.BallotStarted), happened("PAY-O3", pipeline.WasEdited),
		happened("PAY-1", pipeline.BallotClosed), happened("PAY-3", pipeline.BallotStarted), happened("PAY-1", pipeline.BallotStarted), happened("PAY-3", pipeline.BallotClosed),
	})
	if fmt.Sprint(got) != "[PAY-1 PAY-2]" {
		t.Errorf("%v", got)
	}
}
