package storage

import (
	"errors"
	"testing"

	"alignbot/pipeline"
)

// TestACaptureHere stores for a remembered team what Begin and Capture would, and nothing
// when the team is another one by now.
func TestACaptureHere(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		here := Here{Channel: payments().Channel, Kind: OpenChannel}
		if _, known := s.TeamHere(here.Channel); known {
			t.Fatal("a team that was never read is remembered")
		}
		team := must(s.Team(t.Context(), "PAY"))(t)
		remembered, known := s.TeamHere(here.Channel)
		if !known || remembered.Version != team.Version {
			t.Fatalf("%+v is remembered (%v)", remembered, known)
		}
		stored, first, err := s.CaptureHere(t.Context(), "here", here, remembered, idea("Export"), card("#"))
		if err != nil || !first || stored.Key.Number != 1 || stored.Title != "Export" {
			t.Fatalf("%+v, first %v: %v", stored, first, err)
		}
		again, first, err := s.CaptureHere(t.Context(), "here", here, remembered, idea("Export"), card("#"))
		if err != nil || first || again.Key != stored.Key {
			t.Errorf("once more: %+v, first %v: %v", again, first, err)
		}
		begun := must(s.Begin(t.Context(), Want{Op: "here", Channel: here.Channel, User: "U_ANA"}))(t)
		if begun.First || !begun.InChannel {
			t.Errorf("after it, first %v, in the channel %v", begun.First, begun.InChannel)
		}
		if page := must(s.Page(t.Context(), List{Team: "PAY"}, 1, 10))(t); page.Total != 1 || page.Ideas[0].Key != stored.Key {
			t.Errorf("stored are %+v", page)
		}
		if due := must(s.OutboxStats(t.Context()))(t); due.Due != 1 {
			t.Errorf("%d entries are due", due.Due)
		}

		elsewhere := replica(s)
		team.Name = "payments and payouts"
		must(elsewhere.ChangeTeam(t.Context(), "rename", team))(t)
		stale := func(op string, here Here) {
			t.Helper()
			remembered, known := s.TeamHere(here.Channel)
			if !known {
				t.Fatal("the team is not remembered")
			}
			if _, _, err := s.CaptureHere(t.Context(), op, here, remembered, idea("too late"), card("#")); !errors.Is(err, ErrTeamChanged) {
				t.Errorf("%s: %v", op, err)
			}
			if _, known := s.TeamHere(here.Channel); known {
				t.Errorf("%s: what is out of date stays remembered", op)
			}
			if must(s.Team(t.Context(), "PAY"))(t); must(s.Page(t.Context(), List{Team: "PAY"}, 1, 10))(t).Total != 1 {
				t.Errorf("%s: something was stored", op)
			}
		}
		stale("renamed", here)
		stale("private by now", Here{here.Channel, PrivateChannel})
		if team = must(s.Team(t.Context(), "PAY"))(t); !team.Private {
			t.Error("that the channel is private by now is not noted")
		}
		// What another process saw of the channel counts as well.
		must(elsewhere.Begin(t.Context(), Want{Op: "seen", Channel: here.Channel, User: "U_BEN", Here: here}))(t)
		stale("open again", Here{Channel: here.Channel})

		gone := pipeline.Team{Key: "NIX", Version: 1, Channel: "C_NIX"}
		lost := idea("for nobody")
		lost.Key.Team = "NIX"
		if _, _, err := s.CaptureHere(t.Context(), "gone", Here{Channel: "C_NIX"}, gone, lost); !errors.Is(err, ErrNotFound) {
			t.Errorf("without its team: %v", err)
		}
	})
}

func TestACaptureHereIsOneRoundTrip(t *testing.T) {
	s, commands := recorded(t)
	must(s.Team(t.Context(), "PAY"))(t)
	here := Here{Channel: payments().Channel, Kind: OpenChannel}
	for _, op := range []string{"first", "second"} {
		team, _ := s.TeamHere(here.Channel)
		before := len(commands())
		if _, _, err := s.CaptureHere(t.Context(), op, here, team, idea(op), card("#")); err != nil {
			t.Fatal(err)
		}
		if n := len(commands()) - before; op == "second" && n != 1 { // Redis learns the script by the first
			t.Errorf("it takes %d commands", n)
		}
	}
}
