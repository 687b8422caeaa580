package storage

import (
	"context"
	"fmt"

	"alignbot/pipeline"
)

// Board is how a team's ideas stand in the pipeline.
type Board struct {
	// Counts of the ideas that stand, for every stage.
	Counts map[pipeline.Stage]int
	// Oldest is the idea that has been in the stage for longest; stages without
	// ideas have none.
	Oldest map[pipeline.Stage]pipeline.Idea
	// Load of the Product Backlog. A promotion counts each time.
	Load pipeline.Load
}

var boardScript = loadScript("board")

// Board reads the board of one team in one round trip.
func (s *Store) Board(ctx context.Context, team pipeline.TeamKey) (Board, error) {
	boards, err := s.Boards(ctx, []pipeline.TeamKey{team})
	if err != nil {
		return Board{}, err
	}
	return boards[0], nil
}

// Boards reads the boards of the teams, in their order, in one round trip. What
// it costs depends on how many teams are asked for, not on what is stored.
func (s *Store) Boards(ctx context.Context, teams []pipeline.TeamKey) ([]Board, error) {
	if len(teams) == 0 {
		return nil, nil
	}
	stages := pipeline.Stages()
	args := []any{len(stages)}
	for _, stage := range stages {
		args = append(args, string(stage))
	}
	for _, team := range teams {
		args = append(args, string(team))
	}
	reply, err := s.read(ctx, boardScript, args...)
	if err != nil {
		return nil, err
	}
	if len(reply) != len(teams) {
		return nil, fmt.Errorf("storage: board: %w", &shapeError{"a board for each team", reply})
	}
	boards := make([]Board, len(teams))
	for i, item := range reply {
		if boards[i], err = boardOf(item, stages); err != nil {
			return nil, fmt.Errorf("storage: board: %w", err)
		}
	}
	return boards, nil
}

// boardOf reads {load, count, oldest, …}.
func boardOf(item any, stages []pipeline.Stage) (Board, error) {
	parts, isList := item.([]any)
	if !isList || len(parts) != 1+2*len(stages) {
		return Board{}, &shapeError{"a board", item}
	}
	board := Board{Counts: map[pipeline.Stage]int{}, Oldest: map[pipeline.Stage]pipeline.Idea{}}
	record, err := asRecord(parts[0])
	if err != nil {
		return Board{}, err
	}
	if board.Load, err = loadOf(record); err != nil {
		return Board{}, err
	}
	for i, stage := range stages {
		if board.Counts[stage], err = asInt(parts[1+2*i]); err != nil {
			return Board{}, err
		}
		record, err := asRecord(parts[2+2*i])
		if err != nil {
			return Board{}, err
		}
		if len(record) == 0 {
			continue
		}
		if board.Oldest[stage], err = ideaOf(record); err != nil {
			return Board{}, err
		}
	}
	return board, nil
}

func loadOf(record map[string]string) (pipeline.Load, error) {
	r := reader{record: record}
	load := pipeline.Load{
		Ideas: int(r.int("ideas")), Sized: int(r.int("sized")), Points: int(r.int("points")),
		Gated: int(r.int("gated")), Overridden: int(r.int("overridden")),
	}
	r.json("finished", &load.Finished)
	return load, r.err
}
