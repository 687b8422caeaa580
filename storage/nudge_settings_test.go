package storage

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestHowSomebodyIsNudgedIsKept(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		equal(t, must(s.NudgeSettings(ctx, "U_BEN"))(t), pipeline.NudgeSettings{User: "U_BEN"})

		chosen := pipeline.NudgeSettings{
			User: "U_BEN", At: 17 * 60, KindsOff: []pipeline.WaitKind{pipeline.WaitOrphan}, AwayUntil: "2026-12-01",
			LastDay: "2026-11-23", Last: []pipeline.Waiting{{Kind: pipeline.WaitVote, Subject: "PAY-1:1", Due: start}}, Ignored: 2,
		}
		want := chosen
		want.Version = 1
		for range 2 { // once more by a redelivery
			equal(t, must(s.ChangeNudgeSettings(ctx, "choose", chosen, Acted{}, ""))(t), want)
		}
		equal(t, must(s.NudgeSettings(ctx, "U_BEN"))(t), want)
		equal(t, must(s.NudgeSettings(ctx, "U_ANN"))(t), pipeline.NudgeSettings{User: "U_ANN"})

		_, err := s.ChangeNudgeSettings(ctx, "late", chosen, Acted{}, "")
		var conflict *SheetConflictError[pipeline.NudgeSettings]
		if !errors.As(err, &conflict) || !cmp.Equal(conflict.Current.Sheet, want) {
			t.Errorf("what was read before conflicts with %+v (%v)", conflict, err)
		}

		equal(t, must(s.TeamNudges(ctx, "PAY"))(t), pipeline.TeamNudges{Team: "PAY"})
		team := pipeline.TeamNudges{Team: "PAY", Off: true, Reflect: true, Told: map[string]string{"starved": "2026-11-23"}, LastDay: "2026-11-23"}
		stored := must(s.ChangeTeamNudges(ctx, "team", team))(t)
		team.Version = 1
		equal(t, stored, team)
		equal(t, must(s.TeamNudges(ctx, "PAY"))(t), team)
		if _, err := s.ChangeTeamNudges(ctx, "nowhere", pipeline.TeamNudges{Team: "GRO"}); !errors.Is(err, ErrNotFound) {
			t.Errorf("a team that is not there: %v", err)
		}
	})
}

func TestWhatATeamWasToldIsKeptWithWhatWasDone(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		if _, err := s.TeamNudge(ctx, "PAY", 0); !errors.Is(err, ErrNotFound) {
			t.Errorf("before the first: %v", err)
		}
		row := pipeline.NudgeRow{
			Rule: "silent-outcome", Name: "Silent outcome", Found: "No word for 20 days.", Level: pipeline.FindingAlert,
			Item: pipeline.FoundItem{Key: "PAY-O1", Words: "“Fewer” calls"}, Repair: pipeline.Repair{Kind: pipeline.RepairCheckIn, Subject: "PAY-O1", Words: "Check in"},
		}
		nudge := pipeline.TeamNudge{Team: "PAY", Day: "2026-11-23", At: start, Rows: []pipeline.NudgeRow{row, row}, Question: "reflect-line"}
		stored := must(s.AddTeamNudge(ctx, "monday", nudge))(t)
		nudge.Number, nudge.Version = 1, 1
		equal(t, stored, nudge)
		equal(t, must(s.AddTeamNudge(ctx, "monday", pipeline.TeamNudge{Team: "PAY", Day: "2026-11-24"}))(t), nudge)

		deed := func(by string, minutes int) pipeline.NudgeDeed {
			return pipeline.NudgeDeed{By: by, What: "checked in on PAY-O1", At: start.Add(time.Duration(minutes) * time.Minute)}
		}
		again := Outgoing{ID: "again", Kind: "text", Channel: "C1", Repeatable: true}
		noError(t, s.DoneInNudge(ctx, "ben", "PAY", 1, 1, deed("U_BEN", 2), again))
		noError(t, s.DoneInNudge(ctx, "ben", "PAY", 1, 1, deed("U_BEN", 2), again))
		noError(t, s.DoneInNudge(ctx, "ann", "PAY", 1, 1, deed("U_ANN", 1), again))
		told := must(s.TeamNudge(ctx, "PAY", 1))(t)
		equal(t, told.Rows, nudge.Rows)
		equal(t, told.Deeds, map[int]pipeline.NudgeDeed{1: deed("U_ANN", 1)})
		stats := must(s.OutboxStats(ctx))(t)
		equal(t, stats.Due, 1)
		if err := s.DoneInNudge(ctx, "none", "PAY", 9, 0, deed("U_BEN", 1)); !errors.Is(err, ErrNotFound) {
			t.Errorf("a nudge that is not there: %v", err)
		}

		second := must(s.AddTeamNudge(ctx, "tuesday", pipeline.TeamNudge{Team: "PAY", Day: "2026-11-24", At: start}))(t)
		equal(t, must(s.TeamNudge(ctx, "PAY", 0))(t).Number, second.Number)
	})
}

func TestOutcomesThatWaitForACheckIn(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		day := 24 * time.Hour
		add := func(op, owner string, created time.Time) pipeline.Outcome {
			o := pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY"}, Statement: op, Owner: owner, Created: created, CreatedBy: "U_ANN"}
			return must(s.AddOutcome(ctx, op, o, Slot{}, pipeline.Event{At: created, What: pipeline.WasAdded}))(t)
		}
		first, second := add("first", "U_BEN", start.Add(time.Hour)), add("second", "U_BEN", start)
		add("somebody else's", "U_ANN", start)
		add("nobody's", "", start)
		minded := func(days, n int) []pipeline.OutcomeKey {
			t.Helper()
			var keys []pipeline.OutcomeKey
			for _, o := range must(s.MindedOutcomes(ctx, "U_BEN", start.Add(time.Duration(days)*day), n))(t) {
				keys = append(keys, o.Key)
			}
			return keys
		}
		equal(t, len(minded(13, 5)), 0)
		equal(t, minded(14, 5), []pipeline.OutcomeKey{second.Key})
		equal(t, minded(15, 5), []pipeline.OutcomeKey{second.Key, first.Key})
		equal(t, minded(15, 1), []pipeline.OutcomeKey{second.Key})
		_, _, err := s.CheckIn(ctx, "in", second.Key, pipeline.CheckIn{Light: pipeline.Green, By: "U_BEN", At: start.Add(14 * day)}, Slot{}, pipeline.Event{At: start.Add(14 * day), What: pipeline.CheckedIn})
		noError(t, err)
		equal(t, minded(15, 5), []pipeline.OutcomeKey{first.Key})
		equal(t, minded(28, 5), []pipeline.OutcomeKey{first.Key, second.Key})
	})
}
