package storage

import (
	"context"
	"fmt"
	"time"

	"alignbot/pipeline"
)

var mindedScript = loadScript("minded")

// MindedOutcomes gives up to n open outcomes that the user owns whose next check-in
// was due by then, the one that is late for longest first.
func (s *Store) MindedOutcomes(ctx context.Context, user string, by time.Time, n int) ([]pipeline.Outcome, error) {
	reply, err := s.read(ctx, mindedScript, user, by.UnixMilli(), n)
	if err != nil {
		return nil, err
	}
	outcomes, err := outcomesOf(reply)
	if err != nil {
		return nil, fmt.Errorf("storage: minded outcomes: %w", err)
	}
	return outcomes, nil
}
