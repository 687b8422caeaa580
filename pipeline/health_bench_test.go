package pipeline_test

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
)

// BenchmarkHealth judges 100,000 active ideas.
func BenchmarkHealth(b *testing.B) {
	facts := healthCase{facts: func(f *pipeline.HealthFacts) {
		f.Active = healthIdeas(100_000, 100_000, func(i *pipeline.ActiveIdea) {
			n := i.Key.Number
			i.Stage = []pipeline.Stage{pipeline.Captured, pipeline.Discovery, pipeline.Validated, pipeline.Backlog}[n%4]
			i.Title = fmt.Sprintf("Better invoices for the customers of region %d", n%5000)
			i.Created = ago(0).Add(-time.Duration(n) * time.Minute)
			if n%3 == 0 {
				i.Outcomes, i.Criteria = nil, 0
			}
		})
		happened(f, 5000, 10, capture)
	}}.made()
	for b.Loop() {
		pipeline.Health(facts, pipeline.HealthRules{}, healthNow)
	}
}
