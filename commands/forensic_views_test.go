package commands

import (
	"fmt"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// drawnForensic is a session of the longest lists, at that phase.
func drawnForensic(w words, phase pipeline.ForensicPhase, people int) storage.ForensicState {
	f := pipeline.Forensic{
		Team: "PAY", Number: 3, Version: 2, Phase: phase, Deadline: drawnAt.Add(48 * time.Hour), Days: 2, Channel: true,
		Started: drawnAt, StartedBy: "U01", Wrote: people, Picked: people,
	}
	words := pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ForensicWayMost)
	for i := range people {
		user := fmt.Sprintf("U%02d", i+1)
		f.To = append(f.To, user)
		for n := range pipeline.ForensicWays {
			f.Ways = append(f.Ways, pipeline.ForensicWay{ID: len(f.Ways) + 1, Words: words, By: user})
			if n%3 == 0 {
				f.Groups = append(f.Groups, pipeline.ForensicGroup{ID: len(f.Ways), Name: words, Points: 40 - n})
			}
			g := &f.Groups[len(f.Groups)-1]
			g.Ways = append(g.Ways, len(f.Ways))
		}
	}
	for i := range 4 {
		f.Groups[i].Rule = pipeline.RuleStarved
	}
	f.Groups[0].Fix = &pipeline.ForensicFix{Words: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ExperimentLimit), Owner: "U02", Day: "2026-12-04", By: "U01", At: drawnAt}
	for i := range 14 {
		f.Groups[0].Ways = append(f.Groups[0].Ways, i+6)
	}
	state := storage.ForensicState{Forensic: f}
	if phase == pipeline.ForensicRank {
		state.Picks = []int{f.Groups[2].ID, f.Groups[0].ID}
		state.Said.Picks = [][]int{state.Picks}
	}
	return state
}

// forensicDrawings is everything about a forensic session.
func forensicDrawings(w words) map[string]any {
	m := metadata{Team: "PAY", Forensic: 3, Channel: "C1", Draft: draftWays + "PAY.3", Fresh: "x", Below: inForensic}
	none := m
	none.Draft = ""
	everything := func(pipeline.Action) bool { return true }
	nothing := func(pipeline.Action) bool { return false }
	name := func(string) string { return w.who }
	at := func(phase pipeline.ForensicPhase) storage.ForensicState { return drawnForensic(w, phase, 12) }
	lists, fixes, over := at(pipeline.ForensicLists), at(pipeline.ForensicFixes), at(pipeline.ForensicOver)
	over.Forensic.Ended, over.Forensic.Deadline = drawnAt, time.Time{}
	anonymous := lists
	anonymous.Forensic.Anonymous, anonymous.Forensic.Extended = true, true
	stopped := storage.ForensicState{Forensic: over.Forensic}
	stopped.Forensic.Without, stopped.Forensic.Ways, stopped.Forensic.Groups, stopped.Forensic.EndedBy = "It was stopped before its end.", nil, nil, "U01"
	few := drawnForensic(w, pipeline.ForensicOver, 3)
	few.Forensic.Ended = drawnAt
	findings := []pipeline.Finding{{Rule: pipeline.RuleStarved, Name: "Starved", Found: pipeline.Cut(w.text, 600)}}
	team := pipeline.Team{Key: "PAY", Name: w.line, Channel: "C1"}
	shown := func(state storage.ForensicState, leads bool, page int) any {
		may := nothing
		if leads {
			may = everything
		}
		state.List = nil
		if state.Forensic.Phase == pipeline.ForensicLists {
			state.List = &pipeline.ForensicList{}
		}
		return forensicView(shownForensic{ForensicState: state, reader: "U01", leads: leads, may: may, findings: findings, page: page}, metadata{Channel: "C1"})
	}
	typed := map[pipeline.Field]string{pipeline.WayField(0): pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ForensicWayMost)}
	group := fixes.Forensic.Groups[0]
	many := drawnForensic(w, pipeline.ForensicMerge, pipeline.ForensicPeople)
	for len(many.Forensic.Groups) < 3*optionsMost {
		more := many.Forensic.Groups[0]
		more.ID = 1000 + len(many.Forensic.Groups)
		many.Forensic.Groups = append(many.Forensic.Groups, more)
	}
	rank := at(pipeline.ForensicRank)
	return map[string]any{
		"forensic_form":          startForensicForm(metadata{Team: "PAY", Draft: draftForensic + "PAY", Fresh: "x"}, map[pipeline.Field]string{pipeline.FieldDays: "2", pipeline.FieldAnonymous: pipeline.Yes}),
		"forensic_ways":          waysForm(m, lists.Forensic, typed, unsaved(drawnAt)),
		"forensic_ways_secret":   waysForm(none, anonymous.Forensic, nil),
		"forensic_group":         groupForm(none, many.Forensic, group),
		"forensic_fix":           fixForm(m, fixes.Forensic, group, nil),
		"forensic":               forensicPost(anonymous, w.who),
		"forensic_merge":         forensicPost(at(pipeline.ForensicMerge), w.who),
		"forensic_rank":          forensicPost(rank, w.who),
		"forensic_fixes":         forensicPost(fixes, w.who),
		"forensic_over":          forensicPost(over, w.who),
		"forensic_stopped":       forensicPost(stopped, w.who),
		"forensic_ask":           forensicAsk(viewApp, lists, team, w.who, true),
		"forensic_ask_picks":     forensicAsk(viewApp, rank, team, w.who, true),
		"forensic_ask_private":   forensicAsk(viewApp, rank, team, w.who, false),
		"forensic_told":          forensicSummary(over.Forensic, findings, name),
		"forensic_told_few":      forensicSummary(few.Forensic, nil, name),
		"forensic_shown":         shown(lists, true, 1),
		"forensic_shown_groups":  shown(at(pipeline.ForensicMerge), true, 2),
		"forensic_shown_picks":   shown(rank, true, 1),
		"forensic_shown_fixes":   shown(fixes, true, 1),
		"forensic_shown_over":    shown(over, false, 1),
		"forensic_shown_few":     shown(few, true, 1),
		"forensic_shown_stopped": shown(stopped, true, 1),
	}
}
