package commands

import (
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// drawnNudged is a nudge that asks for as much as one can.
func drawnNudged(w words) ([]nudgeRow, nudged) {
	purpose := pipeline.Cut("for “"+pipeline.CleanLine(w.text)+"” (PAY-O3)", pipeline.ChainLineLimit)
	polls, questions := drawnPolls(w), drawnQuestions(w)
	o := drawnOutcomes(w)[0]
	rows := []nudgeRow{
		{thing: polls[0], purpose: purpose}, {thing: polls[2]}, {thing: questions[1]},
		{thing: testThing(dueTest(w)), purpose: purpose}, {thing: checkInThing(o, drawnAt.AddDate(0, 1, 0))},
	}
	asked := nudged{day: "2026-11-23", more: 14}
	for _, row := range rows {
		asked.items = append(asked.items, row.thing.Waiting)
	}
	return rows, asked
}

// drawnTold is what a team is told in as many words as there can be.
func drawnTold(w words) (storage.ToldTeam, []string) {
	line := pipeline.CleanLine(w.text)
	row := func(rule pipeline.RuleID, level pipeline.FindingLevel, key string, kind pipeline.RepairKind) pipeline.NudgeRow {
		r := pipeline.NudgeRow{Rule: rule, Name: "Silent outcome", Found: pipeline.Cut("Nobody has said anything: "+line, 400), Why: pipeline.Cut(line, 400), Level: level}
		r.Repair = pipeline.Repair{Kind: kind, Subject: key, Words: "Repair " + key}
		if key != "" {
			r.Item = pipeline.FoundItem{Key: key, Words: pipeline.Cut(w.title, 200)}
		}
		return r
	}
	told := storage.ToldTeam{TeamNudge: pipeline.TeamNudge{
		Team: "PAY", Number: 3, Day: "2026-11-23", At: drawnAt, Question: "reflect-slack",
		Rows: []pipeline.NudgeRow{
			row("silent-outcome", pipeline.FindingAlert, "PAY-O3", pipeline.RepairCheckIn),
			row("outdated", pipeline.FindingWarning, "PAY-12", pipeline.RepairPark),
			row("starved", pipeline.FindingWarning, "", pipeline.RepairCaptured),
		},
	}}
	purpose := pipeline.Cut("for “"+line+"” (PAY-O3)", pipeline.ChainLineLimit)
	return told, []string{"", purpose, ""}
}

// nudgeDrawings are the messages and forms of nudges.
func nudgeDrawings(w words) map[string]any {
	const today = "2026-11-23"
	team, name := drawnTeam(w), func(string) string { return w.who }
	rows, asked := drawnNudged(w)
	weekly := pipeline.NudgeSettings{Weekly: true, WeeklyFrom: asked.day, LastDay: asked.day, KindsOff: []pipeline.WaitKind{pipeline.WaitOrphan}}
	some := append([]nudgeRow{}, rows...)
	some[0] = nudgeRow{settled: &settledThing{words: "Your vote on PAY-12", done: true}}
	some[2] = nudgeRow{settled: &settledThing{words: "The round of questions is closed"}}
	done := make([]nudgeRow, len(rows))
	for i := range done {
		done[i].settled = &settledThing{words: "Your vote on PAY-12", done: true}
	}
	one := asked
	one.items, one.more = asked.items[:1], 0
	told, purposes := drawnTold(w)
	deed := func(what string) pipeline.NudgeDeed { return pipeline.NudgeDeed{By: "U2", What: what, At: drawnAt} }
	half, all, question := told, told, told
	half.Deeds = map[int]pipeline.NudgeDeed{0: deed("checked in on PAY-O3")}
	all.Deeds = map[int]pipeline.NudgeDeed{0: deed("checked in on PAY-O3"), 1: deed("parked PAY-12"), 2: deed("moved PAY-7 on"), 3: deed("asked everybody")}
	question.Rows = nil
	away := pipeline.NudgeSettings{AwayUntil: "2026-12-01", KindsOff: pipeline.WaitKinds()[:2]}
	m := metadata{Channel: "C1", Version: 2}
	return map[string]any{
		"waiting_review":       homeView(waitingThings{things: []waitingThing{reviewThing(pipeline.Review{Team: "PAY", Number: 4, Goal: w.title, Outcomes: []pipeline.OutcomeKey{{Team: "PAY", Number: 3}}, Deadline: drawnAt})}}.blocks()),
		"nudge":                drawnNudge(viewApp, rows, pipeline.NudgeSettings{}, asked, today),
		"nudge_one":            drawnNudge(viewApp, rows[:1], pipeline.NudgeSettings{}, one, today),
		"nudge_some_done":      drawnNudge(viewApp, some, pipeline.NudgeSettings{SnoozedUntil: "2026-11-24"}, asked, today),
		"nudge_all_done":       drawnNudge(viewApp, done, pipeline.NudgeSettings{}, asked, today),
		"nudge_weekly":         drawnNudge(viewApp, rows, weekly, asked, today),
		"nudge_team":           drawnTeamNudge(viewApp, team, told, purposes, name),
		"nudge_team_some_done": drawnTeamNudge(viewApp, team, half, purposes, name),
		"nudge_team_all_done":  drawnTeamNudge(viewApp, team, all, purposes, name),
		"nudge_team_question":  drawnTeamNudge(viewApp, team, question, nil, name),
		"nudges_form":          nudgesForm(m, pipeline.NudgeFormOf(pipeline.NudgeSettings{}, today)),
		"nudges_form_away":     nudgesForm(m, pipeline.NudgeFormOf(away, today)),
		"nudges_team_form":     teamNudgesForm(metadata{Team: "PAY", Version: 2, Channel: "C1"}, pipeline.TeamNudges{Quiet: 60, Off: true, Reflect: true, At: 17 * 60}),
		"holidays":             holidaysForm(metadata{Team: "PAY", Version: 2, Channel: "C1"}, pipeline.TeamHolidays{Days: pipeline.Holidays{{First: "2026-12-24", Last: "2027-01-01", Name: pipeline.Cut(w.title, pipeline.HolidayNameLimit)}}}, today),
		"nudges":               *nudgesPost(pipeline.NudgeSettings{}, today),
		"nudges_snoozed":       *nudgesPost(pipeline.NudgeSettings{SnoozedUntil: "2026-11-30"}, today),
		"nudges_weekly":        *nudgesPost(weekly, "2026-12-01"),
		"nudges_team":          Post{Text: "Nudges", Blocks: teamNudgeBlocks(team, pipeline.TeamNudges{Reflect: true}, true)},
	}
}

// A message for a channel pings nobody, whatever it tells.
func TestATeamsNudgePingsNobody(t *testing.T) {
	for _, w := range kinds {
		told, purposes := drawnTold(w)
		told.Deeds = map[int]pipeline.NudgeDeed{1: {By: "U2", What: "parked PAY-12", At: drawnAt}}
		post := drawnTeamNudge(viewApp, drawnTeam(w), told, purposes, func(string) string { return w.who })
		if live := alive(encode(t, post)); strings.Contains(live, "U2") || strings.Contains(live, "channel") {
			t.Errorf("%s words: %s", w.name, live)
		}
	}
}

func TestWhatANudgeAskedForIsCarriedByItsButtons(t *testing.T) {
	_, asked := drawnNudged(kinds[0])
	got, err := parseNudged(asked.String())
	if err != nil || got.String() != asked.String() || got.more != 14 || len(got.items) != pipeline.NudgeMost {
		t.Errorf("%q is read as %+v (%v)", asked.String(), got, err)
	}
	for _, forged := range []string{
		"", "2026-11-23", "monday 0", "2026-11-23 -1", "2026-11-23 x", "2026-11-23 0 lunch=PAY-1", "2026-11-23 0 vote=", "2026-11-23 0 vote",
		"2026-11-23 0" + strings.Repeat(" vote=PAY-1:1", pipeline.NudgeMost+1),
	} {
		if got, err := parseNudged(forged); err == nil {
			t.Errorf("%q is read as %+v", forged, got)
		}
	}
	for text, good := range map[string]bool{"PAY:3.0": true, "PAY:3.3": true, "PAY:3.4": false, "PAY:3": false, "@U1:3.0": false, "PAY:0.1": false, "PAY:3.-1": false, "": false} {
		if _, _, err := parseTeamRow(text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Every repair that a rule of health knows leads somewhere.
func TestEveryRepairHasAButton(t *testing.T) {
	router := NewRouter(List(), "")
	for kind, subject := range map[pipeline.RepairKind]string{
		pipeline.RepairLink: "PAY-12", pipeline.RepairPark: "PAY-12", pipeline.RepairSize: "PAY-12", pipeline.RepairCriteria: "PAY-12",
		pipeline.RepairEdit: "PAY-12", pipeline.RepairValidate: "PAY-12", pipeline.RepairShow: "PAY-O3", pipeline.RepairCheckIn: "PAY-O3",
		pipeline.RepairEffect: "PAY-12", pipeline.RepairVote: "PAY-12", pipeline.RepairSprint: "", pipeline.RepairRefine: "", pipeline.RepairReview: "",
		pipeline.RepairOrphans: "", pipeline.RepairBacklog: "", pipeline.RepairCaptured: "", pipeline.RepairChecklists: "", pipeline.RepairSettings: "",
		pipeline.RepairAsk: "", pipeline.RepairConfirm: "",
	} {
		b := repairButton(pipeline.Repair{Kind: kind, Subject: subject, Words: "Repair"}, drawnTeam(kinds[0]))
		if b == nil {
			t.Errorf("%s has none", kind)
			continue
		}
		if _, found := router.Find(Button, b.ActionID); !found {
			t.Errorf("%s leads to %s, which is nothing", kind, b.ActionID)
		}
	}
	for key, want := range map[string]string{"PAY-12": actionShow, "PAY-O3": actionOutcomeShow, "PAY-P3": actionMapped, "PAY-I3": actionMapped} {
		if got := showAction(key); got != want {
			t.Errorf("%s is shown by %s", key, got)
		}
	}
}

// The day where somebody is decides, not where the program runs.
func TestTodayIsWhereThePersonIs(t *testing.T) {
	now := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	for zone, want := range map[string]string{"Pacific/Auckland": "2026-11-24", "America/Los_Angeles": "2026-11-23", "": "2026-11-23", "Nowhere/Else": "2026-11-23"} {
		if got := (&Request{Now: now, Person: pipeline.Person{Zone: zone}}).today(); got != want {
			t.Errorf("in %q it is %s", zone, got)
		}
	}
}
