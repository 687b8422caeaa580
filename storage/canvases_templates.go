package storage

import (
	"context"
	"errors"
	"fmt"

	"alignbot/pipeline"
)

// KindCanvasTemplates is the kind of sheet of the canvases that a team made itself:
// one that holds all of them, so that no two get one name.
const KindCanvasTemplates = "canvas-templates"

var canvasTemplates = shelf[pipeline.OwnCanvases]{
	kind: KindCanvasTemplates,
	name: func(o pipeline.OwnCanvases) SheetName { return SheetName{Owner: string(o.Team), Number: 1} },
	named: func(o *pipeline.OwnCanvases, name SheetName, version int64) {
		o.Team, o.Version = pipeline.TeamKey(name.Owner), version
	},
	version: func(o pipeline.OwnCanvases) int64 { return o.Version },
}

// KeepOwnCanvases stores the team's templates in place of the version they were read
// at. Where they were changed meanwhile the error is an *OwnCanvasesConflictError;
// without the team it is ErrNotFound.
func (s *Store) KeepOwnCanvases(ctx context.Context, op string, own pipeline.OwnCanvases) (pipeline.OwnCanvases, error) {
	stored, err := canvasTemplates.write(ctx, s, sheetWrite[pipeline.OwnCanvases]{Op: op, Sheet: own})
	if current, conflicts := conflictOf[pipeline.OwnCanvases](err); conflicts {
		current.Sheet.Team = own.Team
		return pipeline.OwnCanvases{}, &OwnCanvasesConflictError{Current: current.Sheet}
	}
	return stored, err
}

// OwnCanvasesConflictError says that a team's own templates were changed since they
// were read. Nothing was written.
type OwnCanvasesConflictError struct{ Current pipeline.OwnCanvases }

func (e *OwnCanvasesConflictError) Error() string {
	return fmt.Sprintf("the canvases of %s were changed meanwhile and are at version %d", e.Current.Team, e.Current.Version)
}

// OwnCanvases gives the templates that the team made itself; none are stored as
// version 0.
func (s *Store) OwnCanvases(ctx context.Context, team pipeline.TeamKey) (pipeline.OwnCanvases, error) {
	state, err := canvasTemplates.get(ctx, s, SheetName{Owner: string(team), Number: 1})
	if errors.Is(err, ErrNotFound) {
		return pipeline.OwnCanvases{Team: team}, nil
	}
	return state.Sheet, err
}

// WantOwnCanvases wants those of the team.
func WantOwnCanvases() SheetWant { return SheetWant{Kind: KindCanvasTemplates, Number: 1} }

// OwnCanvases gives those of a want, by its place among Want.Sheets.
func (l Loaded) OwnCanvases(want int) (pipeline.OwnCanvases, error) {
	page, err := canvasTemplates.in(l, want)
	if err != nil || len(page.Sheets) == 0 {
		return pipeline.OwnCanvases{Team: l.Team.Key}, err
	}
	return page.Sheets[0].Sheet, nil
}
