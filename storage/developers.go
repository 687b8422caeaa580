package storage

import (
	"context"
	"fmt"

	"alignbot/pipeline"
)

// developers of a team: one sheet each.
var developers = shelf[pipeline.Developers]{
	kind: "developers",
	name: func(d pipeline.Developers) SheetName { return SheetName{Owner: string(d.Team), Number: 1} },
	named: func(d *pipeline.Developers, name SheetName, version int64) {
		d.Team, d.Version = pipeline.TeamKey(name.Owner), version
	},
	version: func(d pipeline.Developers) int64 { return d.Version },
}

// Developers gives those of the team; at version 0 where nobody named any.
func (s *Store) Developers(ctx context.Context, team pipeline.TeamKey) (pipeline.Developers, error) {
	found, err := developers.list(ctx, s, SheetWant{Owner: string(team), Number: 1})
	if err != nil || len(found.Sheets) == 0 {
		return pipeline.Developers{Team: team}, err
	}
	return found.Sheets[0].Sheet, nil
}

// NameDevelopers stores who develops in the team, whoever was named before.
func (s *Store) NameDevelopers(ctx context.Context, op string, d pipeline.Developers, draft Slot, by string) (pipeline.Developers, error) {
	for range votingTries {
		stored, err := developers.write(ctx, s, sheetWrite[pipeline.Developers]{Op: op, Sheet: d, By: by, Draft: draft})
		current, conflicts := conflictOf[pipeline.Developers](err)
		if !conflicts {
			return stored, err
		}
		d.Version = current.Sheet.Version
	}
	return d, fmt.Errorf("storage: name developers of %s: %w", d.Team, ErrStale)
}
