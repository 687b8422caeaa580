package commands

import (
	"context"
	"testing"
	"time"

	"alignbot/pipeline"
)

func TestWhomADeadlineConcerns(t *testing.T) {
	app := shop(t)
	team, err := app.Store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	run := promisedRun(kinds[0], time.Now()) // U2 runs it, U1 started it
	guest := pipeline.Person{Workspace: "T1", Guest: true}
	gone := pipeline.Person{Workspace: "T1", Deactivated: true}
	member := pipeline.Person{Workspace: "T1"}
	for name, c := range map[string]struct {
		owner, starter pipeline.Person
		guests         bool
		want           string // "" for nobody
	}{
		"its owner":                       {member, member, false, "U2"},
		"an owner who left":               {gone, member, false, "U1"},
		"a guest where guests may read":   {guest, member, true, "U2"},
		"a guest where they may not":      {guest, member, false, "U1"},
		"a guest who began it themselves": {guest, guest, false, ""},
		"nobody is left":                  {gone, gone, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			app := *app
			app.Policy.Guests = c.guests
			app.Lookup = func(_ context.Context, user string) (pipeline.Person, error) {
				p := map[string]pipeline.Person{"U1": c.starter, "U2": c.owner}[user]
				p.ID = user
				return p, nil
			}
			p, found, err := app.whoAnswers(t.Context(), run, team)
			if err != nil || found != (c.want != "") || found && p.ID != c.want {
				t.Errorf("%q is asked, %v, %v", p.ID, found, err)
			}
		})
	}
}
