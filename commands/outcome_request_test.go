package commands

import (
	"context"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// ofOutcome tells whether an entry is used on an outcome that there is.
func ofOutcome(e Entry) bool {
	return e.Name == "/outcome" || strings.HasPrefix(e.Name, "outcome.") || strings.HasPrefix(e.Name, "checkin.") || e.Name == actionNodeHistory
}

// aDayToCome is one that an outcome can have for its target.
func aDayToCome() string { return time.Now().AddDate(0, 6, 0).Format(time.DateOnly) }

// furnishOutcome gives a team an outcome with a number and a check-in, O1 where it
// had none; the words are in all of it. To be opened again it is closed.
func furnishOutcome(t testing.TB, app *App, e Entry, team pipeline.TeamKey, words string) pipeline.Outcome {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, now, op := context.Background(), time.Now(), "outcome of "+string(team)+words
	stored, err := app.Store.Team(ctx, team)
	check(err)
	owner, where := pipeline.Person{ID: stored.Owners[0], Workspace: "T1"}, pipeline.Where{Team: &stored, InChannel: true}
	o, event, err := pipeline.AddOutcome(app.Policy, owner, where, pipeline.OutcomeForm{
		Statement: "Fewer " + words, Kind: pipeline.BusinessOutcome, Metric: "Metric " + words, Baseline: "10 calls", Target: "20 calls", TargetDay: aDayToCome(),
		Source: "Source " + words, Asked: true,
	}, pipeline.Nodes{}, now)
	check(err)
	o, err = app.Store.AddOutcome(ctx, op, o, storage.Slot{}, event)
	check(err)
	_, c, event, err := pipeline.CheckInOn(app.Policy, owner, where, o, pipeline.CheckInForm{Value: "12", Light: pipeline.Yellow, Note: "Note " + words}, nil, now)
	check(err)
	o, _, err = app.Store.CheckIn(ctx, op+" check-in", o.Key, c, storage.Slot{}, event)
	check(err)
	if reopens := e.Word == "reopen" || e.Name == actionOutcomeReopen || e.Name == formOutcomeReopen; !reopens {
		return o
	}
	closing, err := pipeline.CloseOutcome(app.Policy, owner, where, o, pipeline.CloseForm{Result: pipeline.Missed, Why: words}, pipeline.Nodes{}, nil, now)
	check(err)
	o, err = app.Store.CloseOutcome(ctx, op+" closed", closing, storage.Slot{})
	check(err)
	return o
}

// outcomeValues are what stands in the forms of outcomes.
func outcomeValues(e Entry, values map[string]Value) {
	switch e.Name {
	case formOutcomeEdit, actionOutcomeMore:
		values["statement"], values["kind"] = Value{Text: "More people stay"}, Value{Text: string(pipeline.BusinessOutcome)}
		values["metric"], values["baseline"], values["target"] = Value{Text: "People who stay"}, Value{Text: "40 %"}, Value{Text: "60 %"}
		values["target-day"] = Value{Text: aDayToCome()}
	case formOutcomeClose:
		values["result"], values["ideas"] = Value{Text: string(pipeline.Reached)}, Value{Text: string(pipeline.DropLinks)}
	case formCheckIn:
		values["value"], values["light"] = Value{Text: "14"}, Value{Text: string(pipeline.Red)}
	}
}
