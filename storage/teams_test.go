package storage

import (
	"errors"
	"testing"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

// TestTheFirstTeamLeavesNothingToDerive: what a store that began empty holds needs not be
// looked through by the next process.
func TestTheFirstTeamLeavesNothingToDerive(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := workspace(t, db)
		must(s.SetUpTeam(t.Context(), "op1", payments()))(t)
		if got := must(db.client.Get(t.Context(), s.tag+"derived").Result())(t); got != derived {
			t.Errorf("the version of what is derived is %q, want %q", got, derived)
		}
	})
}

func TestTeams(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := workspace(t, db)
		want := payments()
		want.MembersStartBallots, want.BallotDays = true, 5
		hello := Outgoing{ID: "hello:PAY", Kind: "text", Channel: "C_PAY"}
		got := must(s.SetUpTeam(t.Context(), "op1", want, hello))(t)
		if stats := must(s.OutboxStats(t.Context()))(t); stats.Due != 1 {
			t.Errorf("%d entries are due, want the greeting", stats.Due)
		}
		want.Version = 1
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("set up (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, must(s.SetUpTeam(t.Context(), "op1", want))(t)); diff != "" {
			t.Errorf("set up again by the same operation (-want +got):\n%s", diff)
		}
		for field, other := range map[pipeline.Field]pipeline.Team{
			pipeline.FieldKey: {Key: "PAY", Channel: "C_NEW"},
			FieldChannel:      {Key: "NEW", Channel: "C_PAY"},
		} {
			var taken *TakenError
			_, err := s.SetUpTeam(t.Context(), "op2"+string(field), other)
			if !errors.As(err, &taken) || taken.Field != field || taken.Team.Name != "Payments" {
				t.Errorf("a taken %s answers %v", field, err)
			}
		}
		identity := pipeline.Team{Key: "IDP", Name: "identity", Channel: "C_IDP", Private: true, Owners: []string{"U_BEN"}, Zone: "UTC", SprintWeeks: 1}
		must(s.SetUpTeam(t.Context(), "op3", identity))(t)

		// The channel moves, Ana hands over to Eve.
		moved := want
		moved.Channel, moved.Owners, moved.Workdays = "C_PAY2", []string{"U_BEN", "U_EVE"}, nil
		moved = must(s.ChangeTeam(t.Context(), "op4", moved))(t)
		if diff := cmp.Diff(moved, must(s.TeamOfChannel(t.Context(), "C_PAY2"))(t)); diff != "" || moved.Version != 2 {
			t.Errorf("version %d (-want +got):\n%s", moved.Version, diff)
		}
		if _, err := s.TeamOfChannel(t.Context(), "C_PAY"); !errors.Is(err, ErrNotFound) {
			t.Errorf("the old channel answers %v", err)
		}
		var conflict *TeamConflictError
		if _, err := s.ChangeTeam(t.Context(), "op5", want); !errors.As(err, &conflict) || conflict.Current.Version != 2 {
			t.Errorf("a change from an old version answers %v", err)
		}
		var taken *TakenError
		moved.Channel = "C_IDP"
		if _, err := s.ChangeTeam(t.Context(), "op6", moved); !errors.As(err, &taken) || taken.Team.Key != "IDP" {
			t.Errorf("moving into a taken channel answers %v", err)
		}

		author := idea("by Ana")
		must(s.Capture(t.Context(), "op7", author, Slot{}))(t)
		for user, want := range map[string][]pipeline.TeamKey{
			"U_ANA": {"PAY"}, "U_BEN": {"IDP", "PAY"}, "U_EVE": {"PAY"}, "U_ZOE": {},
		} {
			if diff := cmp.Diff(want, keysOf(must(s.TeamsOf(t.Context(), user))(t))); diff != "" {
				t.Errorf("teams of %s (-want +got):\n%s", user, diff)
			}
		}
		if diff := cmp.Diff([]pipeline.TeamKey{"IDP", "PAY"}, keysOf(must(s.Teams(t.Context()))(t))); diff != "" {
			t.Errorf("teams (-want +got):\n%s", diff)
		}
		if loaded := must(s.Begin(t.Context(), Want{User: "U_ANA"}))(t); loaded.OwnsAnyTeam {
			t.Error("Ana still owns a team")
		}
	})
}

func keysOf(teams []pipeline.Team) []pipeline.TeamKey {
	keys := []pipeline.TeamKey{}
	for _, team := range teams {
		keys = append(keys, team.Key)
	}
	return keys
}
