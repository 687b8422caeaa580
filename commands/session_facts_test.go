package commands

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What waits is found wherever it is stored, with a number of reads that does not
// depend on how much there is.
func TestAnAgendaFindsWhatWaits(t *testing.T) {
	app := shop(t)
	ctx, now := t.Context(), time.Now()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	team, err := app.Store.Team(ctx, "PAY")
	check(err)
	furnishRound(t, app, Entry{}, "PAY", "words")
	furnishReview(t, app, Entry{}, "PAY", "words")
	overridden, err := app.Store.Idea(ctx, pipeline.Key{Team: "PAY", Number: 1})
	check(err)
	overridden.Stage, overridden.Staged = pipeline.Validated, now
	_, err = app.Store.ChangeIdea(ctx, "override", overridden, storage.Slot{}, pipeline.Event{At: now, By: "U_ANN", What: pipeline.WasOverridden, From: pipeline.Captured, To: pipeline.Validated, Why: "A promise"})
	check(err)
	tested := app.at(t, "tested", pipeline.Backlog)
	card, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.TestCard)
	run, err := pipeline.BeginRun(card, "", tested, "U_ANN", now)
	check(err)
	summary := run.Summarize(time.UTC)
	summary.Title, summary.Running, summary.Owner, summary.Deadline = "They pay", true, "U_ANN", now.Add(-time.Hour)
	_, err = app.Store.BeginRun(ctx, "test", run, summary, pipeline.Event{At: now, By: "U_ANN", What: pipeline.TestStarted})
	check(err)

	facts, err := app.agendaFacts(ctx, team, time.Time{}, []string{"PAY-1", "PAY-O1", "", "nonsense"})
	check(err)
	points, more := pipeline.Agenda(facts, now)
	var got []string
	for _, p := range points {
		got = append(got, p.ID)
		if len(p.Repairs) == 0 || len(repairButtons(p, newParams(), 1, anyAction)) == 0 {
			t.Errorf("%s has no button", p.ID)
		}
	}
	if want := "[test PAY-2 override PAY-1 asked PAY:1 asked review PAY:1]"; fmt.Sprint(got) != want || more != 0 {
		t.Errorf("%v and %d more, want %s", got, more, want)
	}
}
