package storage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage/redistest"
)

// BenchmarkHealth reads the facts of one team and judges them, over loopback TCP: of
// the ideas that are stored some are active, the others delivered.
func BenchmarkHealth(b *testing.B) {
	for _, size := range []struct{ stored, active int }{{500, 500}, {100_000, 500}, {100_000, 100_000}} {
		b.Run(fmt.Sprintf("%d ideas of which %d are active", size.stored, size.active), func(b *testing.B) {
			db := open(b, redistest.Start(b))
			s := db.Workspace("T0123ABCD")
			every := size.stored / size.active
			populate(b, s, size.stored, func(i int) pipeline.Idea {
				new := benchIdea(i)
				new.Key.Team, new.Size, new.Work, new.Criteria = "TEAM3", 1+i%8, pipeline.Feature, []string{"It works"}
				new.Created, new.Changed = start.AddDate(0, 0, -200).Add(-time.Duration(i)*time.Minute), start
				if new.Stage = pipeline.Delivered; i%every == 0 {
					new.Stage = []pipeline.Stage{pipeline.Captured, pipeline.Discovery, pipeline.Validated, pipeline.Backlog}[i/every%4]
				}
				return new
			})
			now := start.AddDate(0, 0, 3)
			b.Run("Active", func(b *testing.B) {
				timed(b, func() {
					if ideas := must(s.Active(b.Context(), "TEAM3"))(b); len(ideas) != size.active {
						b.Fatalf("%d active ideas", len(ideas))
					}
				})
			})
			b.Run("One page", func(b *testing.B) {
				timed(b, func() {
					must(s.read(b.Context(), activeScript, "TEAM3", activePage, "", "captured", "discovery", "validated", "backlog"))(b)
				})
			})
			var facts pipeline.HealthFacts
			b.Run("Facts", func(b *testing.B) {
				timed(b, func() { facts = must(s.HealthFacts(b.Context(), "TEAM3", now))(b) })
			})
			following, stop := context.WithCancel(b.Context())
			followed := make(chan error, 1)
			go func() { followed <- s.Follow(following) }()
			<-s.search.built
			b.Run("Pairs", func(b *testing.B) {
				timed(b, func() { must(s.LikePairs(b.Context(), "TEAM3", facts.Active))(b) })
			})
			stop()
			<-followed
			b.Run("Judge", func(b *testing.B) {
				timed(b, func() {
					if found := pipeline.Health(facts, pipeline.HealthRules{}, now); len(found) == 0 {
						b.Fatal("nothing is found")
					}
				})
			})
		})
	}
}
