package storage

import (
	"context"
	"errors"
	"fmt"

	"alignbot/pipeline"
)

// KindSprint is the kind of sheet of a sprint.
const KindSprint = "sprint"

// sprintsClosed lists a team's closed sprints by their number: scripts measure its
// velocity from the last ones.
const sprintsClosed = "closed"

var sprints = shelf[pipeline.Sprint]{
	kind: KindSprint,
	name: sprintName,
	named: func(sprint *pipeline.Sprint, name SheetName, version int64) {
		sprint.Team, sprint.Number, sprint.Version = pipeline.TeamKey(name.Owner), name.Number, version
	},
	version: func(sprint pipeline.Sprint) int64 { return sprint.Version },
	places: func(sprint pipeline.Sprint) []Place {
		if sprint.IsOpen() {
			return nil
		}
		return []Place{{Owner: string(sprint.Team), List: sprintsClosed, Score: int64(sprint.Number)}}
	},
}

func sprintName(sprint pipeline.Sprint) SheetName {
	return SheetName{Owner: string(sprint.Team), Number: sprint.Number}
}

// SprintConflictError says that the sprint was changed, or started by somebody else,
// since it was read. Nothing was written.
type SprintConflictError struct {
	// Current is what it is now; its Version is 0 where there is none.
	Current pipeline.Sprint
}

func (e *SprintConflictError) Error() string {
	return fmt.Sprintf("sprint %s was changed meanwhile and is at version %d", sprintName(e.Current), e.Current.Version)
}

// KeepSprint stores what a rule made of a sprint: one of version 0 under its number,
// where there is none yet, any other in place of the version it was read at. Else the
// error is a *SprintConflictError: of two people who start the next sprint, one gets
// it. The draft of by is dropped; the events enter the histories of the ideas. Without
// the team the error is ErrNotFound.
func (s *Store) KeepSprint(ctx context.Context, op string, sprint pipeline.Sprint, by string, draft Slot, events []pipeline.Happening, after ...Outgoing) (pipeline.Sprint, error) {
	if sprint.Number < 1 {
		return pipeline.Sprint{}, errors.New("storage: a sprint needs a number")
	}
	stored, err := sprints.write(ctx, s, sheetWrite[pipeline.Sprint]{Op: op, Sheet: sprint, By: by, Draft: draft, Events: linesOf(events), After: after})
	if current, conflicts := conflictOf[pipeline.Sprint](err); conflicts {
		if current.Sheet.Version == 0 { // it is not stored
			current.Sheet.Team, current.Sheet.Number = sprint.Team, sprint.Number
		}
		return pipeline.Sprint{}, &SprintConflictError{Current: current.Sheet}
	}
	return stored, err
}

// linesOf gives what happened as lines for histories.
func linesOf(happened []pipeline.Happening) []SheetEvent {
	var lines []SheetEvent
	for _, h := range happened {
		lines = append(lines, SheetEvent(h))
	}
	return lines
}

// Sprint gives one sprint of the team, or ErrNotFound.
func (s *Store) Sprint(ctx context.Context, team pipeline.TeamKey, number int) (pipeline.Sprint, error) {
	sprint, _, err := s.SprintTold(ctx, team, number)
	return sprint, err
}

// SprintTold gives one sprint of the team, or ErrNotFound, and the message that tells of
// it; one without a TS where there is none.
func (s *Store) SprintTold(ctx context.Context, team pipeline.TeamKey, number int) (pipeline.Sprint, pipeline.Message, error) {
	state, err := sprints.get(ctx, s, SheetName{Owner: string(team), Number: number})
	return state.Sheet, state.Messages[""], err
}

// Sprints gives a page of the team's sprints, from 1, the newest first, and how many
// there are.
func (s *Store) Sprints(ctx context.Context, team pipeline.TeamKey, page, size int) ([]pipeline.Sprint, int, error) {
	found, err := sprints.list(ctx, s, SheetWant{Owner: string(team), Offset: (page - 1) * size, Most: size})
	return sheetsOf(found), found.Total, err
}

// WantSprints wants the team's newest sprints.
func WantSprints(most int) SheetWant { return SheetWant{Kind: KindSprint, Most: most} }

// WantSprint wants one of them.
func WantSprint(number int) SheetWant { return SheetWant{Kind: KindSprint, Number: number} }

// Sprints gives those of a want, by its place among Want.Sheets: the newest first.
func (l Loaded) Sprints(want int) ([]pipeline.Sprint, error) {
	found, err := sprints.in(l, want)
	return sheetsOf(found), err
}
