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

// ofARound tells whether an entry is used on a round that there is.
func ofARound(e Entry) bool {
	return strings.HasPrefix(e.Name, "round.") && e.Name != actionRoundNew && e.Name != formRound
}

// furnishRound asks everybody, these people among them, a round of questions in
// the team, which its owner answers; the words are in all of it. To choose what is
// tried it is closed.
func furnishRound(t testing.TB, app *App, e Entry, key pipeline.TeamKey, words string, asked ...pipeline.Person) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, op := context.Background(), "round of "+string(key)+time.Now().String()
	team, err := app.Store.Team(ctx, key)
	check(err)
	owner, where := pipeline.Person{ID: team.Owners[0], Workspace: "T1"}, pipeline.Where{Team: &team, InChannel: true}
	all, err := everybody(ctx, "")
	check(err)
	r, err := pipeline.StartRound(app.Policy, owner, where, pipeline.RoundForm{Own: "Question " + words, Channel: true}, append(append(all, owner), asked...), time.Now())
	check(err)
	r, err = app.Store.StartRound(ctx, op, r, storage.Slot{})
	check(err)
	_, err = app.Store.Answer(ctx, storage.Answering{Op: op + " answer", Team: key, ID: r.ID, User: owner.ID, Check: func(storage.RoundPolling) (pipeline.RoundAnswer, error) {
		return pipeline.RoundAnswer{By: owner.ID, Words: []string{"Answer " + words}}, nil
	}})
	check(err)
	if e.Name != actionRoundTry && e.Name != formRoundTry {
		return
	}
	state, err := app.Store.Round(ctx, key, r.ID, "")
	check(err)
	closed, err := pipeline.CloseRound(app.Policy, owner, where, state.Round, state.Now)
	check(err)
	_, err = app.Store.CloseRound(ctx, op+" close", state, closed, storage.Slot{})
	check(err)
}

// recordedRound is what is kept about the first round of a team.
func recordedRound(t *testing.T, app *App, key pipeline.TeamKey) []any {
	t.Helper()
	state, err := app.Store.Round(t.Context(), key, 1, "")
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Fatal(err)
	}
	return []any{state.Round, len(state.Answers)}
}

// questionSlot is the slot of a form about an effect or a round; "" for any other.
func questionSlot(e Entry, s subject) string {
	switch e.Name {
	case formExpect:
		return draftEffect + s.idea.String()
	case formEffect:
		return moveSlot(s.idea, pipeline.Learned)
	case formRound:
		return roundSlot(s.idea.Team)
	case formRoundAnswer:
		return slotOfRound(draftAnswer, s.idea.Team, 1)
	case formRoundTry:
		return slotOfRound(draftTry, s.idea.Team, 1)
	}
	return ""
}

// questionValues are what stands in the forms of effects and rounds.
func questionValues(e Entry, values map[string]Value) {
	day := Value{Text: time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}
	switch e.Name {
	case formExpect:
		values["expected"], values["effect-day"] = Value{Text: "Fewer calls"}, day
	case formEffect:
		values["effect-answer"], values["effect-day"] = Value{Text: string(pipeline.EffectMoved)}, Value{}
		delete(values, "value")
	case formRound:
		values["ready"], values["ready-reflect"], values["people"] = Value{Chosen: []string{"align-stop"}}, Value{Chosen: []string{"reflect-tool"}}, Value{}
		values["days"], values["anonymous"] = Value{Text: "3"}, Value{}
	case formRoundAnswer:
		values["answer-0"] = Value{Text: "We wait"}
	case formRoundTry:
		values["experiment"], values["owner"], values["experiment-day"] = Value{Text: "Wait less"}, Value{Text: "U_ANN"}, day
	}
}
