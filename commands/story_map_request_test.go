package commands

import (
	"context"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What Slack sends when somebody uses the entries of story maps and of the board.

// ofStoryMap and ofHorizon tell whether an entry is used on a map or a board.
func ofStoryMap(e Entry) bool { return strings.HasPrefix(e.Name, "storymap.") || e.Word == "map" }
func ofHorizon(e Entry) bool  { return strings.HasPrefix(e.Name, "horizon.") || e.Word == "board" }

// furnishStoryMap stores the team's first map, once. The words are in all of it.
func furnishStoryMap(t testing.TB, app *App, team pipeline.TeamKey, words string) {
	t.Helper()
	now := time.Now()
	m := pipeline.StoryMap{
		Team: team, Name: "Map " + words, LastCard: 9, Created: now, CreatedBy: "U_ANN", Changed: now, ChangedBy: "U_ANN",
		Slices: []pipeline.MapSlice{{ID: 1, Name: "Slice " + words}},
		Activities: []pipeline.MapActivity{{ID: 2, Title: "Activity " + words, Tasks: []pipeline.MapTask{{ID: 3, Title: "Task " + words, Stories: []pipeline.MapStory{
			{ID: 4, Title: "Story " + words, Slice: 1}, {ID: 5, Title: "Another " + words},
		}}}}},
		Removed: []pipeline.RemovedStory{{Story: pipeline.MapStory{ID: 6, Title: "Removed " + words}, Task: "Task " + words, By: "U_ANN", At: now}},
	}
	if _, err := app.Store.AddStoryMap(context.Background(), "story map of "+string(team), m, storage.Slot{}); err != nil {
		t.Fatal(err)
	}
}

// recordedMaps is what is kept of a team's first map and of its board.
func recordedMaps(t testing.TB, app *App, team pipeline.TeamKey) any {
	t.Helper()
	m, err := app.Store.StoryMap(context.Background(), team, 1)
	if err != nil {
		m = pipeline.StoryMap{}
	}
	notes, err := app.Store.HorizonNotes(context.Background(), team)
	if err != nil {
		t.Fatal(err)
	}
	return []any{m, notes}
}

// mapsValue puts into what a button carries what those of maps and boards do.
func mapsValue(e Entry, p params) params {
	switch {
	case ofStoryMap(e):
		return p.set("map", "1").set("card", "4").set("do", mapUp).set("form", mapEdit)
	case ofHorizon(e):
		return p.set("to", string(pipeline.HorizonNext)).set("by", "up").set("form", horizonMetric)
	}
	return p
}

// mapsSlot names the draft of a form of a map or a board; "" for others.
func mapsSlot(e Entry, s subject) string {
	switch {
	case ofStoryMap(e):
		return mapSlot(mapPlace{team: s.idea.Team, number: 1, card: 4}, mapEdit)
	case ofHorizon(e):
		return horizonSlot(s.idea.Team, horizonMetric, pipeline.NodeKey{Team: s.idea.Team, Kind: pipeline.OpportunityNode, Number: 1})
	}
	return ""
}

// mapsValues are what stands in those forms, and mapFormIn says which one it is.
func mapsValues(e Entry, values map[string]Value) {
	if ofStoryMap(e) {
		delete(values, "outcome")
	}
	if ofHorizon(e) {
		values[string(pipeline.FieldCardMetric)] = Value{Text: "Reminders opened"}
	}
}

func mapFormIn(e Entry) *mapFormOf {
	if !ofStoryMap(e) {
		return nil
	}
	return &mapFormOf{Number: 1, Card: 4, Form: mapEdit, Seen: "Story words"}
}
