package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// askedFor is how many ideas are asked for; what comes later counts as not
// found.
const askedFor = 50

// newSimilar stores the ideas in memory and gives the ranking as a workspace
// has it. done ends it.
func newSimilar(ctx context.Context, set *examples) (rank func(context.Context, wish) ([]int, error), done func(), err error) {
	db, err := storage.Open(ctx, storage.Settings{URL: "memory:", Timeout: time.Minute}, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, nil, err
	}
	following, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	done = func() {
		stop()
		<-ended
		db.Close()
	}
	store := db.Workspace("T0EVAL")
	var teams []pipeline.TeamKey
	for team, language := range set.languages {
		teams = append(teams, team)
		_, err = store.SetUpTeam(ctx, "team/"+string(team), pipeline.Team{Key: team, Name: string(team), Channel: string(team), Language: language})
		if err != nil {
			break
		}
	}
	places := map[pipeline.Key]int{}
	for n, e := range set.ideas {
		if err != nil {
			break
		}
		idea := e.idea()
		idea.Stage, idea.Author, idea.Created = pipeline.Captured, "U0EVAL", time.Unix(int64(n+1), 0)
		var stored pipeline.Idea
		stored, err = store.Capture(ctx, fmt.Sprint("idea/", n), idea, storage.Slot{})
		places[stored.Key] = n
	}
	go func() {
		defer close(ended)
		_ = store.Follow(following) // ends with the context
	}()
	if err != nil {
		done()
		return nil, nil, err
	}
	return func(ctx context.Context, e wish) ([]int, error) {
		matches, err := store.Similar(ctx, e.idea(), teams, askedFor)
		found := make([]int, len(matches))
		for i, m := range matches {
			found[i] = places[m.Idea.Key]
		}
		return found, err
	}, done, nil
}

// scores of one ranking on some repeats.
type scores struct {
	repeats            int
	at1, at3, at5, mrr estimate
}

// estimate is a mean, and where 95 % of the means of bootstrap samples are.
type estimate struct{ mean, low, high float64 }

func (e estimate) String() string { return fmt.Sprintf("%.2f (%.2f to %.2f)", e.mean, e.low, e.high) }

// bootstrapSamples are enough for two digits.
const bootstrapSamples = 2000

// worth of a place by each measure.
func within(n int) func(place int) float64 {
	return func(place int) float64 {
		if place >= 1 && place <= n {
			return 1
		}
		return 0
	}
}

func reciprocal(place int) float64 {
	if place < 1 {
		return 0
	}
	return 1 / float64(place)
}

func scoresOf(places []int) scores { return gainOf(places, make([]int, len(places))) }

// gainOf scores how much better the places are than others that the same repeats
// had; not to be found at all is worth nothing.
func gainOf(places, others []int) scores {
	by := func(worth func(int) float64) estimate {
		gains := make([]float64, len(places))
		for i := range places {
			gains[i] = worth(places[i]) - worth(others[i])
		}
		return estimateOf(gains)
	}
	return scores{len(places), by(within(1)), by(within(3)), by(within(5)), by(reciprocal)}
}

// estimateOf is the same on every run: the samples do not depend on chance.
func estimateOf(values []float64) estimate {
	mean := func(pick func(int) int) (sum float64) {
		for i := range values {
			sum += values[pick(i)]
		}
		return sum / float64(len(values))
	}
	random := rand.New(rand.NewPCG(1, 2))
	means := make([]float64, bootstrapSamples)
	for i := range means {
		means[i] = mean(func(int) int { return random.IntN(len(values)) })
	}
	slices.Sort(means)
	return estimate{mean(func(i int) int { return i }), means[bootstrapSamples/40], means[bootstrapSamples-1-bootstrapSamples/40]}
}
