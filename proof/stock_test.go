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

const (
	// loaders store at the same time, each so many ideas in a round trip.
	loaders   = 4
	loadBatch = 250
)

// stock stores the team PAY with so many ideas, of which most wait where they were
// captured, and an outcome that others are linked to; and beside them the teams in
// which people promote, of which the ideas are not counted.
func stock(ideas int) func(context.Context, *world) error {
	return func(ctx context.Context, w *world) error {
		team := stockTeam("PAY", channel, 0)
		team.MembersStartBallots = true
		if _, err := w.store.SetUpTeam(ctx, "bench team", team); err != nil {
			return err
		}
		if err := stockOutcome(ctx, w.store, person(0)); err != nil {
			return err
		}
		before, err := w.redisMemory(ctx)
		if err != nil {
			return err
		}
		began := time.Now()
		if err := w.stockIdeas(ctx, "PAY", ideas); err != nil {
			return err
		}
		w.loaded = time.Since(began)
		after, err := w.redisMemory(ctx)
		if err != nil {
			return err
		}
		w.redisBytes = after - before
		if err := stockStages(ctx, w.store, person(0)); err != nil {
			return err
		}
		return w.stockPromoters(ctx)
	}
}

// stockTeam is one with ten product owners, from the n-th person on.
func stockTeam(key pipeline.TeamKey, channel string, n int) pipeline.Team {
	team := pipeline.DefaultTeam(channel, channel, pipeline.Person{ID: person(n), Zone: "Europe/Berlin"})
	team.Key, team.Owners = key, nil
	for i := range pipeline.TeamOwnerLimit {
		team.Owners = append(team.Owners, person(n+i))
	}
	return team
}

// stockIdeas captures ideas whose words repeat as those of people do, and forgets that
// it did: what is remembered of each operation for a day is not what an idea takes.
func (w *world) stockIdeas(ctx context.Context, team pipeline.TeamKey, n int) error {
	word := func(i, k int) string { return nouns[(i*7+k*k+i/13)%len(nouns)] }
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(loaders)
	for from := 0; from < n; from += loadBatch {
		group.Go(func() error {
			trip, ctx := storage.Together(ctx)
			forget := w.redis.Pipeline()
			for i := from; i < min(from+loadBatch, n); i++ {
				now := time.Now().Add(-time.Duration(n-i) * time.Second)
				idea := pipeline.Idea{
					Key: pipeline.Key{Team: team}, Title: fmt.Sprintf("Better %s for the %s %d", word(i, 1), word(i, 2), i%5000),
					Stage: pipeline.Captured, Author: person(i), Created: now, Changed: now,
				}
				if i%2 == 0 {
					idea.Problem = fmt.Sprintf("People wait for the %s and call support about the %s.", word(i, 3), word(i, 4))
				}
				op := fmt.Sprint("stock", team, i)
				forget.Unlink(ctx, w.tag()+"op:"+op)
				trip.Go(func() error {
					_, err := w.store.Capture(ctx, op, idea, storage.Slot{})
					return err
				})
			}
			if err := trip.Wait(); err != nil {
				return err
			}
			_, err := forget.Exec(context.WithoutCancel(ctx))
			return err
		})
	}
	return group.Wait()
}

// tag is what the keys of the workspace start with.
func (w *world) tag() string { return "ab:{" + w.sim.Workspace().TeamID + "}:" }

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

// stockStages takes an idea of everybody's to discovery, PAY-2 and on. PAY-1 is voted
// on.
func stockStages(ctx context.Context, s *storage.Store, by string) error {
	for n := range people {
		if err := moveTo(ctx, s, pipeline.Key{Team: "PAY", Number: n + 2}, pipeline.Discovery, by); err != nil {
			return err
		}
	}
	return nil
}

// moveTo has an idea stand at a stage, with all that it needs there.
func moveTo(ctx context.Context, s *storage.Store, key pipeline.Key, stage pipeline.Stage, by string) error {
	idea, err := s.Idea(ctx, key)
	if err != nil {
		return err
	}
	now := time.Now()
	event := pipeline.Event{At: now, By: by, What: pipeline.WasMoved, From: idea.Stage, To: stage}
	idea.Stage, idea.Staged, idea.Changed = stage, now, now
	if stage == pipeline.Validated {
		idea.Measure, idea.Outcomes = "Calls fall by half.", []pipeline.OutcomeKey{{Team: "PAY", Number: 1}}
	}
	_, err = s.ChangeIdea(ctx, fmt.Sprint("stage ", key, " ", idea.Version), idea, storage.Slot{}, event)
	return err
}
