package commands

import (
	"context"
	"errors"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// furnishSweep stores the team's first sweep, of its first idea, once. The words are
// in its goals.
func furnishSweep(t testing.TB, app *App, team pipeline.TeamKey, words string) {
	t.Helper()
	s := pipeline.Sweep{
		Team: team, Number: 1, Canvas: 1, Was: "Was " + words, Goal: "Goal " + words, Opened: time.Now(),
		Ideas: []pipeline.SweepIdea{{Key: pipeline.Key{Team: team, Number: 1}}},
	}
	_, err := app.Store.KeepSweep(context.Background(), "furnish sweep "+string(team), s)
	var conflict *storage.SheetConflictError[pipeline.Sweep]
	if err != nil && !errors.As(err, &conflict) {
		t.Fatal(err)
	}
}

// recordedSweep is what was said in the team's first sweep.
func recordedSweep(t testing.TB, app *App, team pipeline.TeamKey) any {
	t.Helper()
	s, err := app.Store.Sweep(context.Background(), team, 1)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Fatal(err)
	}
	return s.Kept
}
