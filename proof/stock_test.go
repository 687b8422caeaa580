package proof

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"alignbot/pipeline"
	"alignbot/storage"
)

var nouns = []string{
	"payout", "invoice", "refund", "reminder", "receipt", "export", "search", "login", "report", "budget", "calendar", "contract",
	"delivery", "discount", "dashboard", "fee", "holiday", "import", "label", "message", "order", "parcel", "quote", "schedule",
}

// stockIdeas captures ideas whose words repeat as those of people do.
func stockIdeas(ctx context.Context, s *storage.Store, n int) error {
	word := func(i, k int) string { return nouns[(i*7+k*k+i/13)%len(nouns)] }
	const writers = 16
	group, ctx := errgroup.WithContext(ctx)
	for w := range writers {
		group.Go(func() error {
			for i := w; i < n; i += writers {
				now := time.Now().Add(-time.Duration(n-i) * time.Second)
				idea := pipeline.Idea{
					Key: pipeline.Key{Team: "PAY"}, Title: fmt.Sprintf("Better %s for the %s %d", word(i, 1), word(i, 2), i%5000),
					Stage: pipeline.Captured, Author: person(i), Created: now, Changed: now,
				}
				if i%2 == 0 {
					idea.Problem = fmt.Sprintf("People wait for the %s and call support about the %s.", word(i, 3), word(i, 4))
				}
				if _, err := s.Capture(ctx, fmt.Sprint("stock", i), idea, storage.Slot{}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// stockOutcome stores the outcome PAY-O1, of which the number falls.
func stockOutcome(ctx context.Context, s *storage.Store, by string) error {
	now := time.Now()
	_, err := s.AddOutcome(ctx, "bench outcome", pipeline.Outcome{
		Key: pipeline.OutcomeKey{Team: "PAY"}, Statement: "Shops call support less about payouts", Kind: pipeline.BusinessOutcome,
		Metric: "Calls a week", Direction: pipeline.Decrease,
		Baseline: &pipeline.Reading{Value: 120, Day: now.AddDate(0, -1, 0).Format(time.DateOnly)},
		Target:   &pipeline.Reading{Value: 40, Day: now.AddDate(0, 6, 0).Format(time.DateOnly)},
		Owner:    by, Created: now, CreatedBy: by, Changed: now,
	}, storage.Slot{}, pipeline.Event{At: now, By: by, What: pipeline.WasAdded})
	return err
}

// validated is how many ideas wait for their promotion.
const validated = 600

// stockStages takes an idea of everybody's to discovery, PAY-2 and on, and those after
// them to where a product owner can promote them. PAY-1 is voted on.
func stockStages(ctx context.Context, s *storage.Store, by string) error {
	for n := range people + validated {
		idea, err := s.Idea(ctx, pipeline.Key{Team: "PAY", Number: n + 2})
		if err != nil {
			return err
		}
		event := pipeline.Event{At: idea.Created, By: by, What: pipeline.WasMoved, From: pipeline.Captured, To: pipeline.Discovery}
		idea.Stage, idea.Staged = pipeline.Discovery, idea.Created
		if n >= people {
			event.To, idea.Stage, idea.Measure = pipeline.Validated, pipeline.Validated, "Calls fall by half."
			idea.Outcomes = []pipeline.OutcomeKey{{Team: "PAY", Number: 1}}
		}
		if _, err := s.ChangeIdea(ctx, fmt.Sprint("stage", n), idea, storage.Slot{}, event); err != nil {
			return err
		}
	}
	return nil
}
