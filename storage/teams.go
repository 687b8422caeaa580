package storage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"alignbot/pipeline"
)

var (
	setUpTeamScript  = loadScript("set_up_team")
	changeTeamScript = loadScript("change_team")
	teamsScript      = loadScript("teams")
)

// SetUpTeam stores a new team at version 1, and what must be posted about it
// enters the outbox. When its key or channel belongs to another team, the error
// is a *TakenError.
func (s *Store) SetUpTeam(ctx context.Context, op string, team pipeline.Team, after ...Outgoing) (pipeline.Team, error) {
	if op == "" {
		return pipeline.Team{}, errNoOp
	}
	sets, _ := split(teamFields(team))
	args, err := appendOutgoing(append([]any{op, derived, len(sets)}, sets...), after)
	if err != nil {
		return pipeline.Team{}, err
	}
	reply, err := s.write(ctx, setUpTeamScript, args...)
	if err != nil {
		return pipeline.Team{}, err
	}
	return teamAnswer("set up team", reply)
}

// ChangeTeam stores all settings of the team except its key, and except whether
// it is private, which its channel decides, see Begin; read at team.Version. When another change came between, the error is a
// *TeamConflictError; when another team has the channel, a *TakenError.
func (s *Store) ChangeTeam(ctx context.Context, op string, team pipeline.Team) (pipeline.Team, error) {
	if op == "" {
		return pipeline.Team{}, errNoOp
	}
	settings := slices.DeleteFunc(teamFields(team), func(f field) bool { return f.name == "private" })
	sets, clears := split(settings)
	args := append([]any{op, string(team.Key), team.Version, len(sets)}, sets...)
	reply, err := s.write(ctx, changeTeamScript, append(args, clears...)...)
	if err != nil {
		return pipeline.Team{}, err
	}
	return teamAnswer("change team", reply)
}

func teamAnswer(name string, reply []any) (pipeline.Team, error) {
	status, record, err := asStatus(reply)
	if err != nil {
		return pipeline.Team{}, fmt.Errorf("storage: %s: %w", name, err)
	}
	if status == "no team" {
		return pipeline.Team{}, fmt.Errorf("storage: %s: %w", name, ErrNotFound)
	}
	team, err := teamOf(record)
	if err != nil {
		return pipeline.Team{}, fmt.Errorf("storage: %s: %w", name, err)
	}
	switch status {
	case "key":
		err = &TakenError{Field: pipeline.FieldKey, Team: team}
	case "channel":
		err = &TakenError{Field: FieldChannel, Team: team}
	case "conflict":
		err = &TeamConflictError{Current: team}
	default:
		return team, nil
	}
	return pipeline.Team{}, fmt.Errorf("storage: %s: %w", name, err)
}

// Team gives the team with that key, or ErrNotFound.
func (s *Store) Team(ctx context.Context, key pipeline.TeamKey) (pipeline.Team, error) {
	loaded, err := s.Begin(ctx, Want{Team: key})
	if err != nil {
		return pipeline.Team{}, err
	}
	if loaded.Team == nil {
		return pipeline.Team{}, fmt.Errorf("storage: team %s: %w", key, ErrNotFound)
	}
	return *loaded.Team, nil
}

// TeamOfChannel gives the team of the channel with Slack's id, or ErrNotFound.
func (s *Store) TeamOfChannel(ctx context.Context, channel string) (pipeline.Team, error) {
	loaded, err := s.Begin(ctx, Want{Channel: channel})
	if err != nil {
		return pipeline.Team{}, err
	}
	if loaded.Team == nil {
		return pipeline.Team{}, fmt.Errorf("storage: team of channel %s: %w", channel, ErrNotFound)
	}
	return *loaded.Team, nil
}

// Teams gives all teams by name.
func (s *Store) Teams(ctx context.Context) ([]pipeline.Team, error) {
	return s.teamsIn(ctx, "teams")
}

// TeamsOf gives, by name, the teams that the user owns or captured an idea in.
func (s *Store) TeamsOf(ctx context.Context, user string) ([]pipeline.Team, error) {
	return s.teamsIn(ctx, "owns:"+user, "wrote:"+user)
}

func (s *Store) teamsIn(ctx context.Context, sets ...any) ([]pipeline.Team, error) {
	reply, err := s.read(ctx, teamsScript, sets...)
	if err != nil {
		return nil, err
	}
	teams := make([]pipeline.Team, 0, len(reply))
	for _, item := range reply {
		record, err := asRecord(item)
		if err != nil {
			return nil, fmt.Errorf("storage: teams: %w", err)
		}
		team, err := teamOf(record)
		if err != nil {
			return nil, fmt.Errorf("storage: teams: %w", err)
		}
		teams = append(teams, team)
	}
	slices.SortFunc(teams, func(a, b pipeline.Team) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Key, b.Key))
	})
	return teams, nil
}
