package commands

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What Slack sends when somebody uses the entries of sprints and refinements.

// ofASprint tells whether an entry is used on a sprint or a refinement that there is.
func ofASprint(e Entry) bool {
	return strings.HasPrefix(e.Name, "sprint.") && e.Name != formSprint || strings.HasPrefix(e.Name, "refine.")
}

// furnishSprint stores the team's first sprint and its first refinement, where there
// are none. The words are in both.
func furnishSprint(t testing.TB, app *App, team pipeline.TeamKey, words string) pipeline.Sprint {
	t.Helper()
	ctx, now := context.Background(), time.Now()
	s, err := app.Store.KeepSprint(ctx, "furnish sprint "+string(team), pipeline.Sprint{
		Team: team, Number: 1, First: now.UTC().Format(time.DateOnly), Last: now.UTC().AddDate(0, 0, 7).Format(time.DateOnly), Goal: "Sprint " + words, Started: now, StartedBy: "U_ANN",
		Items: []pipeline.SprintItem{{Key: pipeline.Key{Team: team, Number: 1}, Title: "An item"}},
	}, "U_ANN", storage.Slot{}, nil)
	var conflict *storage.SprintConflictError
	if errors.As(err, &conflict) {
		s, err = conflict.Current, nil
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = app.Store.KeepRefinement(ctx, "furnish refinement "+string(team), pipeline.Refinement{
		Team: team, Day: now.UTC().Format(time.DateOnly), People: []string{"U_ANN"}, Minutes: 45, By: "U_ANN", At: now,
	}, "U_ANN", storage.Slot{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sprintIn is the number of the sprint that the form of an entry is about: 0 for a new
// one.
func sprintIn(e Entry) int {
	if e.Name == formSprintClose {
		return 1
	}
	return 0
}

// sprintFormSlot names the draft of a form of a sprint or a refinement; "" for others.
func sprintFormSlot(e Entry, s subject) string {
	switch e.Name {
	case formSprint, actionSprintItems, actionSprintOutcome:
		return sprintSlot(draftSprint, s.idea.Team, 0)
	case formSprintClose:
		return sprintSlot(draftSprintClose, s.idea.Team, 1)
	case formRefine:
		return sprintSlot(draftRefine, s.idea.Team, 0)
	}
	return ""
}

// sprintValues are what stands in those forms.
func sprintValues(e Entry, values map[string]Value) {
	day := func(n int) Value { return Value{Text: time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly)} }
	switch e.Name {
	case formSprint, actionSprintItems, actionSprintOutcome:
		values["first"], values["last"], values["goal"], values["capacity"] = day(0), day(11), Value{Text: "People pay in time"}, Value{Text: "20"}
		values["shares"], values["items"] = Value{Text: "tech 20"}, Value{Chosen: []string{}}
	case formSprintClose:
		values["done"] = Value{Chosen: []string{}}
	case formRefine:
		values["day"], values["minutes"], values["people"] = day(0), Value{Text: "45"}, Value{Chosen: []string{"U0MEM"}}
	}
}
