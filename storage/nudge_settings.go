package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"alignbot/pipeline"
)

// How people and teams are nudged, and what teams were told. The settings are one
// sheet each, number 1.

var nudgeSettings = shelf[pipeline.NudgeSettings]{
	kind: "nudges",
	name: func(s pipeline.NudgeSettings) SheetName { return settingsOf("@" + s.User) },
	named: func(s *pipeline.NudgeSettings, n SheetName, version int64) {
		s.User, s.Version = n.Owner[1:], version
	},
	version: func(s pipeline.NudgeSettings) int64 { return s.Version },
}

var teamNudgeSettings = shelf[pipeline.TeamNudges]{
	kind: "team-nudges",
	name: func(n pipeline.TeamNudges) SheetName { return settingsOf(string(n.Team)) },
	named: func(s *pipeline.TeamNudges, n SheetName, version int64) {
		s.Team, s.Version = pipeline.TeamKey(n.Owner), version
	},
	version: func(n pipeline.TeamNudges) int64 { return n.Version },
}

var teamNudges = shelf[pipeline.TeamNudge]{
	kind: "team-nudge",
	name: func(n pipeline.TeamNudge) SheetName { return SheetName{Owner: string(n.Team), Number: n.Number} },
	named: func(n *pipeline.TeamNudge, name SheetName, version int64) {
		n.Team, n.Number, n.Version = pipeline.TeamKey(name.Owner), name.Number, version
	},
	version: func(n pipeline.TeamNudge) int64 { return n.Version },
}

// settingsOf names the one sheet of settings that a person or a team has.
func settingsOf(owner string) SheetName { return SheetName{Owner: owner, Number: 1} }

// NudgeSettings are how the user wants to be nudged; of somebody who never chose,
// what everybody starts with, at version 0.
func (s *Store) NudgeSettings(ctx context.Context, user string) (pipeline.NudgeSettings, error) {
	state, err := nudgeSettings.get(ctx, s, settingsOf("@"+user))
	if errors.Is(err, ErrNotFound) {
		return pipeline.NudgeSettings{User: user}, nil
	}
	return state.Sheet, err
}

// ChangeNudgeSettings stores them, read at their version, which has it looked anew when
// the person's next nudge is due. acted is when they did, and on what of them. Where
// they were changed since, the error is a *SheetConflictError; where what the person did
// to the same later stands, ErrOvertaken beside the settings as they are.
func (s *Store) ChangeNudgeSettings(ctx context.Context, op string, changed pipeline.NudgeSettings, acted Acted, on string) (pipeline.NudgeSettings, error) {
	return nudgeSettings.write(ctx, s, sheetWrite[pipeline.NudgeSettings]{Op: op, Sheet: changed, Acted: acted, On: on})
}

// TeamNudges are how the team is nudged; of one that never chose, what every team
// starts with, at version 0.
func (s *Store) TeamNudges(ctx context.Context, team pipeline.TeamKey) (pipeline.TeamNudges, error) {
	state, err := teamNudgeSettings.get(ctx, s, settingsOf(string(team)))
	if errors.Is(err, ErrNotFound) {
		return pipeline.TeamNudges{Team: team}, nil
	}
	return state.Sheet, err
}

// ChangeTeamNudges is ChangeNudgeSettings for a team.
func (s *Store) ChangeTeamNudges(ctx context.Context, op string, changed pipeline.TeamNudges) (pipeline.TeamNudges, error) {
	return teamNudgeSettings.write(ctx, s, sheetWrite[pipeline.TeamNudges]{Op: op, Sheet: changed})
}

// AddTeamNudge stores what a team is told on a day, and gives it its number.
func (s *Store) AddTeamNudge(ctx context.Context, op string, n pipeline.TeamNudge) (pipeline.TeamNudge, error) {
	return teamNudges.write(ctx, s, sheetWrite[pipeline.TeamNudge]{Op: op, Sheet: n})
}

// ToldTeam is what a team was told on a day, and what was done about it since.
type ToldTeam struct {
	pipeline.TeamNudge
	// Deeds by row, from 0: who did something about it first.
	Deeds map[int]pipeline.NudgeDeed
}

// TeamNudge reads what a team was told; number 0 is the newest. Without it the error
// is ErrNotFound.
func (s *Store) TeamNudge(ctx context.Context, team pipeline.TeamKey, number int) (ToldTeam, error) {
	page, err := teamNudges.list(ctx, s, SheetWant{Owner: string(team), Number: number, Most: 1, Said: true})
	if err == nil && len(page.Sheets) == 0 {
		err = fmt.Errorf("storage: nudge %d of %s: %w", number, team, ErrNotFound)
	}
	if err != nil {
		return ToldTeam{}, err
	}
	told := ToldTeam{TeamNudge: page.Sheets[0].Sheet, Deeds: map[int]pipeline.NudgeDeed{}}
	for field, text := range page.Sheets[0].Said {
		row, by, _ := strings.Cut(field, " ")
		n, err := strconv.Atoi(row)
		var deed pipeline.NudgeDeed
		if err == nil {
			err = json.Unmarshal([]byte(text), &deed)
		}
		if err != nil {
			return ToldTeam{}, fmt.Errorf("storage: nudge %d of %s: %q by %q: %w", number, team, row, by, err)
		}
		if first, known := told.Deeds[n]; !known || deed.At.Before(first.At) {
			told.Deeds[n] = deed
		}
	}
	return told, nil
}

// DoneInNudge keeps what somebody did about a row of what a team was told. after are
// added when that is new.
func (s *Store) DoneInNudge(ctx context.Context, op string, team pipeline.TeamKey, number, row int, deed pipeline.NudgeDeed, after ...Outgoing) error {
	text, err := json.Marshal(deed)
	if err != nil {
		return err
	}
	_, _, err = teamNudges.say(ctx, s, Telling{
		Op: op, Name: SheetName{Owner: string(team), Number: number}, Field: fmt.Sprintf("%d %s", row, deed.By), Text: string(text), After: after,
	})
	return err
}
