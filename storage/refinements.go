package storage

import (
	"context"
	"fmt"
	"time"

	"alignbot/pipeline"
)

// KindRefinement is the kind of sheet of a refinement.
const KindRefinement = "refinement"

// refinementsByDay lists a team's refinements by the day they were on, since 1970.
const refinementsByDay = "day"

var refinements = shelf[pipeline.Refinement]{
	kind: KindRefinement,
	name: refinementName,
	named: func(r *pipeline.Refinement, name SheetName, version int64) {
		r.Team, r.Number, r.Version = pipeline.TeamKey(name.Owner), name.Number, version
	},
	version: func(r pipeline.Refinement) int64 { return r.Version },
	places: func(r pipeline.Refinement) []Place {
		day, err := time.Parse(time.DateOnly, r.Day)
		if err != nil {
			return nil
		}
		return []Place{{Owner: string(r.Team), List: refinementsByDay, Score: day.Unix() / 86400}}
	},
}

func refinementName(r pipeline.Refinement) SheetName {
	return SheetName{Owner: string(r.Team), Number: r.Number}
}

// RefinementConflictError says that somebody corrected the refinement since it was
// read. Nothing was written.
type RefinementConflictError struct{ Current pipeline.Refinement }

func (e *RefinementConflictError) Error() string {
	return fmt.Sprintf("refinement %s was corrected meanwhile and is at version %d", refinementName(e.Current), e.Current.Version)
}

// KeepRefinement stores a refinement: a new one, which has no number yet, or a
// corrected one in place of the version it was read at; else the error is a
// *RefinementConflictError. The draft of by is dropped. Without the team the error is
// ErrNotFound.
func (s *Store) KeepRefinement(ctx context.Context, op string, r pipeline.Refinement, by string, draft Slot) (pipeline.Refinement, error) {
	stored, err := refinements.write(ctx, s, sheetWrite[pipeline.Refinement]{Op: op, Sheet: r, By: by, Draft: draft})
	if current, conflicts := conflictOf[pipeline.Refinement](err); conflicts {
		return pipeline.Refinement{}, &RefinementConflictError{Current: current.Sheet}
	}
	return stored, err
}

// Refinement gives one of the team, or ErrNotFound.
func (s *Store) Refinement(ctx context.Context, team pipeline.TeamKey, number int) (pipeline.Refinement, error) {
	state, err := refinements.get(ctx, s, SheetName{Owner: string(team), Number: number})
	return state.Sheet, err
}

// Refinements gives a page of the team's refinements, from 1, the latest day first,
// and how many there are.
func (s *Store) Refinements(ctx context.Context, team pipeline.TeamKey, page, size int) ([]pipeline.Refinement, int, error) {
	found, err := refinements.list(ctx, s, SheetWant{Owner: string(team), List: refinementsByDay, Offset: (page - 1) * size, Most: size})
	return sheetsOf(found), found.Total, err
}

// WantRefinement wants one of the team.
func WantRefinement(number int) SheetWant {
	return SheetWant{Kind: KindRefinement, Number: number}
}

// Refinements gives those of a want, by its place among Want.Sheets.
func (l Loaded) Refinements(want int) ([]pipeline.Refinement, error) {
	found, err := refinements.in(l, want)
	return sheetsOf(found), err
}
