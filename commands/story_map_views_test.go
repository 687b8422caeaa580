package commands

import (
	"strings"
	"time"

	"alignbot/pipeline"
)

// mapOf is a map with words of that kind on it: full, the most there can be.
func mapOf(w words, full bool) pipeline.StoryMap {
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	title := pipeline.Cut(w.title, pipeline.CardTitleLimit)
	m := pipeline.StoryMap{
		Team: "PAY", Number: 1, Version: 3, Name: pipeline.Cut(w.line, pipeline.MapNameLimit), For: pipeline.Cut(w.who, pipeline.MapNameLimit),
		Created: at, CreatedBy: "U1", Changed: at, ChangedBy: "U1", LastCard: 999,
	}
	activities, tasks, stories, slices, removed := 2, 1, 2, 2, 1
	if full {
		activities, tasks, stories, slices, removed = pipeline.MapActivityLimit, pipeline.MapTaskLimit, pipeline.TaskStoriesLimit, pipeline.MapSliceLimit, pipeline.MapRemovedLimit
	}
	next := func() pipeline.CardID { m.LastCard++; return m.LastCard - 999 }
	for range slices {
		m.Slices = append(m.Slices, pipeline.MapSlice{ID: next(), Name: title, Outcome: pipeline.OutcomeKey{Team: "PAY", Number: 3}})
	}
	left := pipeline.MapStoryLimit
	for range activities {
		a := pipeline.MapActivity{ID: next(), Title: title}
		for range tasks {
			t := pipeline.MapTask{ID: next(), Title: title}
			for i := range min(stories, left) {
				left--
				t.Stories = append(t.Stories, pipeline.MapStory{ID: next(), Title: title, Slice: m.Slices[i%len(m.Slices)].ID, Skeleton: i == 0, Idea: pipeline.Key{Team: "PAY", Number: 12}})
			}
			a.Tasks = append(a.Tasks, t)
		}
		m.Activities = append(m.Activities, a)
	}
	for range removed {
		m.Removed = append(m.Removed, pipeline.RemovedStory{Story: pipeline.MapStory{ID: next(), Title: title}, Task: title, By: "U1", At: at})
	}
	return m
}

// storyMapDrawings are all views and forms of story maps. Only the longest words come
// with a full map: the others show what words do.
func storyMapDrawings(w words) map[string]any {
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	team := pipeline.Team{Key: "PAY", Name: w.line, Channel: "C1", Owners: []string{"U1"}, Zone: "Europe/Berlin", Workdays: pipeline.Week()[:5], SprintWeeks: 2, Version: 1}
	m := mapOf(w, w.name == "longest")
	s := storyScene{
		team: team, at: mapPlace{team: "PAY", number: 1}, may: func(pipeline.Action) bool { return true }, now: at,
		ShownMap: pipeline.ShownMap{
			Map: m, Stages: map[pipeline.Key]pipeline.Stage{{Team: "PAY", Number: 12}: pipeline.Discovery},
			Outcomes: map[pipeline.OutcomeKey]pipeline.SliceOutcome{{Team: "PAY", Number: 3}: {Statement: pipeline.Cut(w.title, pipeline.StatementLimit), Number: "120 calls, target 80"}},
		},
		events: []pipeline.Event{{At: at, By: "U1", What: pipeline.MapWasChanged, About: "removed the story “" + pipeline.Cut(w.title, 60) + "”"}}, total: 45,
	}
	place := func(card pipeline.CardID, list string) storyScene {
		there := s
		there.at.card, there.at.list = card, list
		return there
	}
	task := m.Activities[0].Tasks[0]
	view := metadata{Team: "PAY", Channel: "C1"}
	draw := func(name string, at storyScene, typed map[pipeline.Field]string) any {
		f := mapForms[name]
		if typed == nil && f.shown != nil {
			typed = f.shown(at)
		}
		return f.draw(at, metadata{Team: "PAY", Map: &mapFormOf{Number: 1, Card: at.at.card, Form: name, Seen: at.seen()}, Draft: mapSlot(at.at, name), Fresh: "x", Channel: "C1"}, typed)
	}
	all := map[string]any{
		"story_map":          s.view(view),
		"story_map_activity": place(m.Activities[0].ID, "").view(view),
		"story_map_task":     place(task.ID, "").view(view),
		"story_map_story":    place(task.Stories[0].ID, "").view(view),
		"story_map_slice":    place(m.Slices[0].ID, "").view(view),
		"story_map_history":  place(0, mapHistory).view(view),
		"story_map_removed":  place(0, mapRemoved).view(view),
		"story_map_split":    draw(mapSplit, place(task.ID, ""), nil),
		"story_map_move":     draw(mapMove, place(task.Stories[0].ID, ""), nil),
		"story_map_stories":  draw(mapAddStories, place(task.ID, ""), map[pipeline.Field]string{pipeline.FieldTitle: strings.Repeat(pipeline.Cut(w.title, 50)+"\n", 3)}),
		"story_map_edit":     draw(mapEdit, place(m.Slices[0].ID, ""), nil),
		"story_map_capture":  draw(mapCapture, place(task.Stories[0].ID, ""), nil),
		"story_map_message":  s.picture().inMessage(true),
	}
	for name, drawing := range horizonDrawings(w, team) {
		all[name] = drawing
	}
	return all
}

// horizonDrawings are the views and forms of the board; with the longest words it is
// full.
func horizonDrawings(w words, team pipeline.Team) map[string]any {
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	outcome := pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY", Number: 3}, Statement: pipeline.Cut(w.title, pipeline.StatementLimit), Kind: pipeline.ProductOutcome, Metric: pipeline.Cut(w.line, pipeline.MetricLimit)}
	facts := pipeline.HorizonFacts{Team: team, NotNow: 2, Undecided: 1, Nodes: pipeline.Nodes{Outcomes: []pipeline.Outcome{outcome}}, Ideas: map[pipeline.NodeKey]pipeline.IdeasOn{}}
	each := 1
	if w.name == "longest" {
		each = 30
	}
	facts.Notes.Cards = map[pipeline.NodeKey]pipeline.HorizonNote{}
	for i := range 3 * each {
		key := pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode, Number: i + 1}
		facts.Nodes.Opportunities = append(facts.Nodes.Opportunities, pipeline.Opportunity{
			Key: key, Parent: outcome.Key, Statement: pipeline.Cut(w.title, pipeline.StatementLimit), Kind: pipeline.Pain, Horizon: pipeline.BoardHorizons()[i%3], Created: at.AddDate(0, 0, -100), Changed: at.AddDate(0, 0, -100), Version: 1,
		})
		facts.Ideas[key] = pipeline.IdeasOn{Stages: map[pipeline.Stage]int{pipeline.Discovery: 5}, Newest: []pipeline.IdeaLine{{Key: pipeline.Key{Team: "PAY", Number: 12}, Title: w.title, Stage: pipeline.Discovery}}}
		if i == 0 {
			facts.Notes.Cards[key] = pipeline.HorizonNote{Metric: pipeline.Cut(w.line, pipeline.MetricLimit), Confirmed: at, ConfirmedBy: "U1"}
		}
	}
	s := horizonScene{team: team, board: pipeline.NewHorizonBoard(facts, at), at: horizonPlace{team: "PAY"}, may: func(pipeline.Action) bool { return true }, now: at}
	card, column, off := s, s, s
	card.card, card.at.card = &facts.Nodes.Opportunities[0], facts.Nodes.Opportunities[0].Key
	column.at.column = string(pipeline.HorizonNow)
	off.at.column, off.off = offBoard, facts.Nodes.Opportunities
	view := metadata{Team: "PAY", Channel: "C1"}
	return map[string]any{
		"horizons":         s.view(view),
		"horizons_card":    card.view(view),
		"horizons_column":  column.view(view),
		"horizons_off":     off.view(view),
		"horizons_message": s.picture().inMessage(true),
		"horizons_metric":  horizonForm(metadata{Team: "PAY", Node: "PAY-P1", Draft: draftHorizon + "PAY.PAY-P1", Fresh: "x"}, facts.Nodes, map[pipeline.Field]string{pipeline.FieldCardMetric: pipeline.Cut(w.line, pipeline.MetricLimit)}),
		"horizons_add":     horizonForm(metadata{Team: "PAY", Column: pipeline.HorizonNow, Draft: draftHorizon + "PAY.now", Fresh: "x"}, facts.Nodes, map[pipeline.Field]string{pipeline.FieldParent: "PAY-O3"}),
	}
}
