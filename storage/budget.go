package storage

import (
	"context"
	"fmt"
)

// Budget is what is left of today, which ends at midnight UTC by the store's clock.
type Budget struct {
	// Spent tells whether one was taken.
	Spent bool
	// Left for the user and for the whole workspace, after that.
	UserLeft, WorkspaceLeft int
}

var spendScript = loadScript("spend")

// Spend takes one question to a language model of what the user and the workspace
// may ask in a day, if neither is used up; else it takes none. A call whose answer
// was lost may be counted twice.
func (s *Store) Spend(ctx context.Context, user string, perUser, perWorkspace int) (Budget, error) {
	reply, err := s.write(ctx, spendScript, user, perUser, perWorkspace)
	if err != nil {
		return Budget{}, err
	}
	var numbers [3]int
	if len(reply) != len(numbers) {
		return Budget{}, fmt.Errorf("storage: spend: %w", &shapeError{"what is left", reply})
	}
	for i := range numbers {
		if numbers[i], err = asInt(reply[i]); err != nil {
			return Budget{}, fmt.Errorf("storage: spend: %w", err)
		}
	}
	return Budget{Spent: numbers[0] == 1, UserLeft: numbers[1], WorkspaceLeft: numbers[2]}, nil
}
