package storage

import (
	"context"
	"errors"

	"alignbot/pipeline"
)

// KindWall is the kind of sheet of a team's wall, of which it has one, and of the
// outbox entry that draws it.
const KindWall = "wall"

var walls = shelf[pipeline.Wall]{
	kind: KindWall,
	name: func(w pipeline.Wall) SheetName { return settingsOf(string(w.Team)) },
	named: func(w *pipeline.Wall, name SheetName, version int64) {
		w.Team, w.Version = pipeline.TeamKey(name.Owner), version
	},
	version: func(w pipeline.Wall) int64 { return w.Version },
}

// WallEntry is the ID of the entry that draws the wall of a team: its message is kept
// with the wall, and redrawn in place.
func WallEntry(team pipeline.TeamKey) string {
	return MessageEntry(KindWall, settingsOf(string(team)).String(), "")
}

// WallState is a wall with the message that shows it; zero while there is none.
type WallState struct {
	Wall    pipeline.Wall
	Message pipeline.Message
}

// Wall gives that of the team; at version 0 while nobody has ever turned it on.
func (s *Store) Wall(ctx context.Context, team pipeline.TeamKey) (WallState, error) {
	state, err := walls.get(ctx, s, settingsOf(string(team)))
	if errors.Is(err, ErrNotFound) {
		return WallState{Wall: pipeline.Wall{Team: team}}, nil
	}
	return wallState(state), err
}

// WallConflictError says that a wall was changed since it was read. Nothing was written.
type WallConflictError struct {
	// Current is what it is now.
	Current WallState
}

func (e *WallConflictError) Error() string {
	return "the wall of " + string(e.Current.Wall.Team) + " was changed meanwhile"
}

// ChangeWall stores a wall in the place of the version it was read at, else the error is
// a *WallConflictError. Without the team it is ErrNotFound.
func (s *Store) ChangeWall(ctx context.Context, op string, w pipeline.Wall, after ...Outgoing) (pipeline.Wall, error) {
	stored, err := walls.write(ctx, s, sheetWrite[pipeline.Wall]{Op: op, Sheet: w, After: after})
	if current, conflicts := conflictOf[pipeline.Wall](err); conflicts {
		current.Sheet.Team = w.Team
		return w, &WallConflictError{Current: wallState(current)}
	}
	return stored, err
}

func wallState(stored SheetState[pipeline.Wall]) WallState {
	return WallState{Wall: stored.Sheet, Message: stored.Messages[""]}
}
