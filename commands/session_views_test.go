package commands

import (
	"fmt"
	"strings"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// drawnPoints are points of every kind, in the longest words.
func drawnPoints(w words, n int) []pipeline.Point {
	line := pipeline.Cut(pipeline.CleanLine(w.text), pipeline.PointLimit)
	kinds := pipeline.PointKinds()
	var points []pipeline.Point
	for i := range n {
		p := pipeline.Point{Kind: kinds[i%len(kinds)], Subject: fmt.Sprintf("PAY-%d", i+1), Title: w.title, Words: line}
		switch p.Kind {
		case pipeline.PointOwn:
			p.By, p.Subject, p.Title = "U1", "", ""
		case pipeline.PointRed, pipeline.PointSilent, pipeline.PointBare:
			p.Subject = fmt.Sprintf("PAY-O%d", i+1)
			p.Repairs = []pipeline.Repair{{Kind: pipeline.RepairCheckIn}, {Kind: pipeline.RepairShow}}
		case pipeline.PointDue:
			p.Repairs = []pipeline.Repair{{Kind: pipeline.RepairReopen}, {Kind: pipeline.RepairParkAgain}}
		case pipeline.PointEffect:
			p.Repairs = []pipeline.Repair{{Kind: pipeline.RepairEffect}}
		case pipeline.PointTest:
			p.Run, p.Repairs = 3, []pipeline.Repair{{Kind: pipeline.RepairObserve}}
		case pipeline.PointChallenge:
			p.Repairs = []pipeline.Repair{{Kind: pipeline.RepairChallenge}, {Kind: pipeline.RepairShow}}
		case pipeline.PointOverride:
			p.Repairs = []pipeline.Repair{{Kind: pipeline.RepairValidate}, {Kind: pipeline.RepairShow}}
		case pipeline.PointStuck, pipeline.PointOrphan:
			p.Repairs = []pipeline.Repair{{Kind: pipeline.RepairLink}, {Kind: pipeline.RepairPark}}
		case pipeline.PointAsked:
			p.Subject, p.Repairs = "PAY:3", []pipeline.Repair{{Kind: pipeline.RepairAnswer}}
		}
		p.ID = string(p.Kind) + " " + p.Subject
		points = append(points, p)
	}
	return points
}

// settled has notes, answers from before and decisions with each point.
func settled(w words, points []pipeline.Point) []pipeline.Point {
	line := pipeline.PointLine{Words: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.NoteLimit), By: "U2", At: drawnAt}
	why := pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ReasonLimit)
	for i := range points {
		points[i].Said = []pipeline.PointLine{line}
		points[i].Notes = []pipeline.PointLine{line}
		points[i].Decisions = []pipeline.PointDecision{{At: drawnAt, By: "U1", What: pipeline.WasMoved, From: pipeline.Validated, To: pipeline.Discovery, Why: why}}
		points[i].Left = "in discovery"
	}
	return points
}

// drawnSession is the scene of a session at that stage.
func drawnSession(w words, stage pipeline.SessionStage, points []pipeline.Point) sessionScene {
	s := pipeline.Session{
		Team: "PAY", Number: 4, Stage: stage, Weeks: 4, Hour: pipeline.SessionHour, Ahead: 3, Planned: "2026-11-20", Day: "2026-11-23",
		Begins: drawnAt.AddDate(0, 0, 3), AgendaAt: drawnAt, PlannedBy: "U1", Version: 2,
	}
	scene := sessionScene{
		SessionState: storage.SessionState{Session: s, Message: pipeline.Message{Channel: "C1", TS: "1700000000.000400"}},
		team:         pipeline.Team{Key: "PAY", Name: w.line, Channel: "C1", Owners: []string{"U1"}}, points: points, over: 3, now: drawnAt,
	}
	if stage != pipeline.SessionPlanned {
		scene.Session.Started, scene.Session.Points, scene.Session.Steps = drawnAt, points, []int{1, 2}
		scene.Session.Over = 3
	}
	last := pipeline.Session{Team: "PAY", Number: 3, Stage: pipeline.SessionEnded, Day: "2026-10-23", Points: settled(w, drawnPoints(w, 20))}
	scene.last = &last
	idea := drawnIdea(w, pipeline.Discovery)
	for number := 1; number <= 20; number++ {
		idea.Key.Number = number
		scene.facts.Ideas = append(scene.facts.Ideas, idea)
	}
	scene.facts.Ideas[11].Withdrawn = drawnAt
	return scene
}

// sessionDrawings are the screens of alignment sessions and of the weekly summary.
func sessionDrawings(w words) map[string]any {
	everything := func(pipeline.Action) bool { return true }
	nothing := func(pipeline.Action) bool { return false }
	name := func(string) string { return pipeline.Cut(w.who, nameShown) }
	team := pipeline.Team{Key: "PAY", Name: w.line, Channel: "C1", Owners: []string{"U1"}, Workdays: pipeline.Week()[:5]}
	planned := drawnSession(w, pipeline.SessionPlanned, settled(w, drawnPoints(w, 20)))
	for i := range planned.points {
		planned.points[i].Notes, planned.points[i].Decisions = nil, nil
	}
	few := drawnSession(w, pipeline.SessionPlanned, drawnPoints(w, 3))
	few.over, few.last = 0, nil
	none := drawnSession(w, pipeline.SessionPlanned, nil)
	none.over, none.last = 0, nil
	running := drawnSession(w, pipeline.SessionRunning, settled(w, drawnPoints(w, 20)))
	last := drawnSession(w, pipeline.SessionRunning, settled(w, drawnPoints(w, 12)))
	last.Session.Steps = []int{11, 12}
	ended := drawnSession(w, pipeline.SessionEnded, settled(w, drawnPoints(w, 20)))
	ended.Session.Ended, ended.Session.EndedBy = drawnAt, "U1"
	empty := drawnSession(w, pipeline.SessionEnded, nil)
	m := metadata{Team: "PAY", Session: 4, Channel: "C1", Draft: "session.PAY.4", Fresh: "x"}
	point := drawnPoints(w, 2)[1]
	line := pipeline.Cut(pipeline.CleanLine(w.text), pipeline.NoteLimit)
	itself := ended.Session
	itself.EndedBy = ""
	skipped := few
	skipped.Session.Stage = pipeline.SessionSkipped
	quiet := weekly{team: team, name: name}
	return map[string]any{
		"session_none":         *noSessionPlanned(team, nil, everything),
		"session_none_guest":   *noSessionPlanned(team, &ended.Session, nothing),
		"session_view":         sessionView(planned, "U2", everything, metadata{Channel: "C1"}),
		"session_view_reading": sessionView(few, "U9", nothing, metadata{Channel: "C1"}),
		"session_view_none":    sessionView(none, "U1", everything, metadata{Channel: "C1"}),
		"session_view_running": sessionView(running, "U1", everything, metadata{Channel: "C1"}),
		"session_view_ended":   sessionView(ended, "U1", everything, metadata{Channel: "C1"}),
		"session_form":         sessionForm(m, sessionTyped(planned.Session.Form())),
		"session_form_new":     sessionForm(metadata{Team: "PAY", Fresh: "x"}, nil),
		"session_agenda":       planned.agendaPost(name),
		"session_agenda_few":   few.agendaPost(name),
		"session_agenda_none":  none.agendaPost(name),
		"session_agenda_held":  running.agendaPost(name),
		"session_agenda_skip":  skipped.agendaPost(name),
		"session_post":         running.post(),
		"session_post_ended":   ended.post(),
		"session_post_empty":   empty.post(),
		"session_step":         running.stepPost(1, name),
		"session_step_past":    running.stepPost(0, name),
		"session_step_last":    last.stepPost(1, name),
		"session_step_gone":    last.stepPost(0, name),
		"session_told":         sessionTold(ended.Session, name),
		"session_told_itself":  sessionTold(itself, name),
		"session_point_form":   pointForm(m, map[pipeline.Field]string{pipeline.FieldPoint: strings.Repeat("W", pipeline.PointLimit), pipeline.FieldPointItem: "PAY-12"}),
		"session_note_form":    pointNoteForm(m, 2, point, map[pipeline.Field]string{pipeline.FieldNote: line}),
		"summary":              drawnWeek(w, team, name).post(),
		"summary_quiet":        quiet.post(),
		"summary_form":         summaryForm(m, team, pipeline.SummarySettings{Team: "PAY", On: true, Day: time.Friday, Hour: 15 * 60}),
	}
}

// drawnWeek is a week in which much happened.
func drawnWeek(w words, team pipeline.Team, name func(string) string) weekly {
	why := pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ReasonLimit)
	week := weekly{team: team, titles: map[string]string{}, name: name, cut: true}
	facts := pipeline.WeekFacts{Team: team}
	add := func(key string, e pipeline.Event) {
		e.At, e.By = drawnAt.AddDate(0, 0, -2), fmt.Sprintf("U%d", len(facts.Happened)%7)
		facts.Happened = append(facts.Happened, pipeline.Happening{Key: key, Event: e})
		week.titles[key] = w.title
	}
	for i := 1; i <= 15; i++ {
		key := fmt.Sprintf("PAY-%d", i)
		add(key, pipeline.Event{What: pipeline.WasMoved, From: pipeline.Discovery, To: pipeline.Validated})
		add(key, pipeline.Event{What: pipeline.GotEvidence})
		add(fmt.Sprintf("PAY-%d", 20+i), pipeline.Event{What: pipeline.WasMoved, From: pipeline.Delivered, To: pipeline.Learned, Why: "moved. " + why})
		add(fmt.Sprintf("PAY-%d", 40+i), pipeline.Event{What: pipeline.WasParked, From: pipeline.Captured, To: pipeline.Parked, About: "not now: too costly", Why: why})
		add(fmt.Sprintf("PAY-O%d", i), pipeline.Event{What: pipeline.WasClosed, About: "reached"})
	}
	add("PAY-60", pipeline.Event{What: pipeline.WasOverridden, From: pipeline.Discovery, To: pipeline.Validated, Why: why})
	week.Weekly = pipeline.WeeklyOf(facts, drawnAt)
	return week
}
