package commands

import (
	"context"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// ofChallenge tells whether an entry is used on an idea in the Product Backlog, of
// which something is asked.
func ofChallenge(e Entry) bool {
	return strings.HasPrefix(e.Name, "challenge.") || e.Word == "challenge"
}

// furnishChallenge puts an idea into the Product Backlog, and these people ask whether
// it is the best use of their time, as well as U_ZOE; the words are in all of it.
func furnishChallenge(t testing.TB, app *App, key pipeline.Key, words string, asking ...pipeline.Person) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	idea, err := app.Store.Idea(ctx, key)
	check(err)
	idea.Stage, idea.Staged = pipeline.Backlog, time.Now().Add(-time.Hour)
	idea, err = app.Store.ChangeIdea(ctx, "planned "+key.String(), idea, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U_ZOE", What: pipeline.WasMoved, To: pipeline.Backlog})
	check(err)
	seen, err := app.Store.Challenge(ctx, key, "")
	check(err)
	after := seen.Challenge
	after.Times, after.Open, after.Opened, after.Deadline = after.Times+1, true, time.Now(), time.Now().Add(time.Hour)
	if !seen.Challenge.Open {
		_, err = app.Store.OpenChallenge(ctx, seen, after, pipeline.ChallengeOpened(after, pipeline.ChallengeAsk{Why: words}))
		check(err)
	} else {
		after = seen.Challenge
	}
	for _, p := range append(asking, pipeline.Person{ID: "U_ZOE"}) {
		_, err = app.Store.AskChallenge(ctx, storage.Challenging{Op: "ask " + key.String() + p.ID, Idea: key, Times: after.Times, User: p.ID, Ask: &pipeline.ChallengeAsk{By: p.ID, At: time.Now(), Why: "Question " + words}})
		check(err)
	}
}

// recordedChallenge is what is kept of what is asked about an idea.
func recordedChallenge(t *testing.T, app *App, key pipeline.Key) []any {
	t.Helper()
	state, err := app.Store.Challenge(t.Context(), key, "")
	if err != nil {
		t.Fatal(err)
	}
	return []any{state.Challenge, state.Asks}
}

// challengeValues are what stands in the forms of a challenge.
func challengeValues(e Entry, values map[string]Value) {
	switch e.Name {
	case formChallenge:
		values["naming"], values["days"] = Value{Text: string(pipeline.ChallengeInConfidence)}, Value{Text: "3"}
	case formChallengeAnswer:
		values["verdict"] = Value{Text: string(pipeline.ChallengeKeep)}
	}
}
