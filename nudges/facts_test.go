package nudges

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/storage"
)

// Who is deactivated gets nudges again when they are back: they are not forgotten.
func TestWhoComesBack(t *testing.T) {
	db, err := storage.Open(t.Context(), storage.Settings{URL: "memory:"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	store := db.Workspace("T1")
	team := pipeline.DefaultTeam("C0PAY", "payments", pipeline.Person{ID: "U_1", Zone: "UTC"})
	team.Key, team.Created = "PAY", time.Now()
	if _, err := store.SetUpTeam(t.Context(), "team", team); err != nil {
		t.Fatal(err)
	}
	round := pipeline.Round{Team: "PAY", Questions: []string{"Why?"}, To: []string{"U_7"}, Started: time.Now(), StartedBy: "U_1", Deadline: time.Now().Add(time.Hour)}
	if _, err := store.StartRound(t.Context(), "round", round, storage.Slot{}); err != nil {
		t.Fatal(err)
	}
	p := &planner{log: slog.New(slog.DiscardHandler), teams: map[pipeline.TeamKey]teamFacts{}, settings: Settings{
		Lease: time.Minute, Observe: func(pipeline.NudgeState, string, int) {},
	}}
	p.app = &commands.App{Store: store, People: func(_ context.Context, ids []string) ([]pipeline.Person, error) {
		found := make([]pipeline.Person, len(ids))
		for i, id := range ids {
			found[i] = pipeline.Person{ID: id, Zone: "UTC", Deactivated: true}
		}
		return found, nil
	}}
	for n := 1; n > 0; {
		if n, _, err = p.look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.LookAgain(t.Context(), "U_7"); err != nil {
		t.Fatal(err)
	}
	looks, _, _, err := store.ClaimNudges(t.Context(), batch, time.Minute)
	if err != nil || len(looks) != 1 || looks[0].Who != "@U_7" {
		t.Errorf("looked at when they are back: %v, %v", looks, err)
	}
}
