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

// ofAForensic tells whether an entry is used on a forensic session that there is.
func ofAForensic(e Entry) bool {
	return strings.HasPrefix(e.Name, "forensic.") && e.Name != actionForensicNew && e.Name != formForensic
}

// phaseFor is the phase in which an entry can be used.
func phaseFor(e Entry) pipeline.ForensicPhase {
	switch e.Name {
	case actionGroup, actionGroupSplit, formGroup:
		return pipeline.ForensicMerge
	case actionPick:
		return pipeline.ForensicRank
	case actionFix, formFix:
		return pipeline.ForensicFixes
	}
	return pipeline.ForensicLists
}

// furnishForensic holds a session of everybody, these people among them, in the team,
// led by its owner, at the phase in which the entry can be used; the words are in all
// of it.
func furnishForensic(t testing.TB, app *App, e Entry, key pipeline.TeamKey, words string, asked ...pipeline.Person) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	team, err := app.Store.Team(ctx, key)
	check(err)
	owner, where := pipeline.Person{ID: team.Owners[0], Workspace: "T1"}, pipeline.Where{Team: &team, InChannel: true}
	all, err := everybody(ctx, "")
	check(err)
	f, err := pipeline.StartForensic(app.Policy, owner, where, pipeline.ForensicForm{Channel: true}, append(append(all, owner), asked...), time.Now())
	check(err)
	f.Phase = phaseFor(e)
	if f.Phase != pipeline.ForensicLists {
		f.Ways = []pipeline.ForensicWay{{ID: 1, Words: "Way " + words, By: owner.ID}, {ID: 2, Words: "Other " + words}}
		f.Groups = []pipeline.ForensicGroup{{ID: 1, Name: "Group " + words, Ways: []int{1, 2}}}
	}
	_, err = app.Store.StartForensic(ctx, "forensic of "+string(key)+time.Now().String(), f, "", storage.Slot{})
	check(err)
}

// recordedForensic is what is kept about the first session of a team.
func recordedForensic(t *testing.T, app *App, key pipeline.TeamKey) []any {
	t.Helper()
	state, err := app.Store.Forensic(t.Context(), key, 1, "")
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Fatal(err)
	}
	return []any{state.Forensic, state.Said}
}

// forensicSlot is the slot of a form about a session; "" for any other.
func forensicSlot(e Entry, s subject) string {
	switch e.Name {
	case formForensic:
		return draftForensic + string(s.idea.Team)
	case formWays:
		return slotOfForensic(draftWays, s.idea.Team, 1, 0)
	case formFix:
		return slotOfForensic(draftFix, s.idea.Team, 1, 1)
	case formChallengeAnswer:
		return draftChallenge + s.idea.String()
	}
	return ""
}

// forensicValues are what stands in the forms of a session.
func forensicValues(e Entry, values map[string]Value) {
	switch e.Name {
	case formForensic:
		values["people"], values["days"], values["anonymous"] = Value{}, Value{Text: "3"}, Value{Chosen: []string{pipeline.Yes}}
	case formWays:
		values["way-0"] = Value{Text: "Never say no"}
	case formGroup:
		values["group-name"], values["rule"] = Value{Text: "Never say no"}, Value{Text: noRule}
	case formFix:
		values["experiment"], values["owner"], values["experiment-day"] = Value{Text: "Say no"}, Value{Text: "U_ANN"}, Value{Text: time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}
	}
}
