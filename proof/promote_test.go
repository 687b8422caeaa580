package proof

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"alignbot/pipeline"
)

const (
	// promoters are teams in which people promote: as many as make everybody a product
	// owner of one.
	promoters = (people + pipeline.TeamOwnerLimit - 1) / pipeline.TeamOwnerLimit
	// validated is how many ideas of each wait for that.
	validated = 250
)

func promoterTeam(i int) (key pipeline.TeamKey, channel string) {
	return pipeline.TeamKey(fmt.Sprint("OWN", i)), fmt.Sprint("C0OWNERS", i)
}

// stockPromoters stores these teams with their ideas.
func (w *world) stockPromoters(ctx context.Context) error {
	for i := range promoters {
		key, channel := promoterTeam(i)
		if _, err := w.store.SetUpTeam(ctx, "bench team "+channel, stockTeam(key, channel, i*pipeline.TeamOwnerLimit)); err != nil {
			return err
		}
		if err := w.stockIdeas(ctx, key, validated); err != nil {
			return err
		}
		w.promoted[i].Store(validated)
	}
	return validateAgain(ctx, w)
}

// validateAgain takes what was promoted back to where it can be.
func validateAgain(ctx context.Context, w *world) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(loaders)
	for i := range promoters {
		key, _ := promoterTeam(i)
		for n := range min(w.promoted[i].Swap(0), validated) {
			group.Go(func() error {
				return moveTo(ctx, w.store, pipeline.Key{Team: key, Number: int(n) + 1}, pipeline.Validated, person(i*pipeline.TeamOwnerLimit))
			})
		}
	}
	return group.Wait()
}

// nextValidated is one that the actor can promote.
func (a *actor) nextValidated() (key pipeline.Key, left bool) {
	i := (a.number - 2) / pipeline.TeamOwnerLimit
	team, _ := promoterTeam(i)
	n := a.promoted[i].Add(1)
	return pipeline.Key{Team: team, Number: int(n)}, n <= validated
}
