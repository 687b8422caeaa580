package storage

import (
	"fmt"
	"testing"

	"alignbot/pipeline"
	"alignbot/storage/redistest"
)

// BenchmarkTree measures one operation at a time over loopback TCP on one team with
// as many nodes as it can have, to which all ideas are linked; of four, one to an
// outcome, two to an opportunity and one to an impact.
func BenchmarkTree(b *testing.B) {
	for _, n := range benchSizes(b) {
		for _, size := range []struct{ outcomes, opportunities, impacts int }{
			{500, 0, 0}, {OutcomeLimit, OpportunityLimit, ImpactLimit},
		} {
			b.Run(fmt.Sprint(n, " ideas on ", size.outcomes+size.opportunities+size.impacts, " nodes"), func(b *testing.B) {
				db := open(b, redistest.Start(b))
				s := db.Workspace("T0123ABCD")
				node := func(i int) pipeline.NodeKey {
					key := pipeline.NodeKey{Team: "TEAM3", Number: 1 + i%size.outcomes}
					switch {
					case size.opportunities > 0 && i%4 < 2:
						key.Kind, key.Number = pipeline.OpportunityNode, 1+i%size.opportunities
					case size.impacts > 0 && i%4 == 2:
						key.Kind, key.Number = pipeline.ImpactNode, 1+i%size.impacts
					}
					return key
				}
				populate(b, s, n, func(i int) pipeline.Idea {
					new := benchIdea(i)
					new.Key.Team, new.Outcomes = "TEAM3", []pipeline.NodeKey{node(i)}
					return new
				})
				benchNodes(b, s, size.outcomes, size.opportunities, size.impacts)
				op := 0
				b.Run("Check in", func(b *testing.B) {
					timed(b, func() {
						op++
						_, _, err := s.CheckIn(b.Context(), fmt.Sprint("k", op), nodeKey("TEAM3-O7"), checkIn(float64(op), pipeline.Lights()[op%3], op),
							Slot{Name: "checkin", Form: "V1"}, checkedIn, back())
						noError(b, err)
					})
				})
				b.Run("Begin with chain", func(b *testing.B) {
					timed(b, func() {
						op++
						loaded := must(s.Begin(b.Context(), Want{Op: fmt.Sprint("b", op), Idea: inDiscovery(), Chain: true}))(b)
						if len(loaded.Nodes.Outcomes) == 0 {
							b.Fatal("no chain")
						}
					})
				})
				b.Run("Begin with nodes", func(b *testing.B) {
					timed(b, func() {
						op++
						must(s.Begin(b.Context(), Want{Op: fmt.Sprint("b", op), Channel: "C3", Nodes: true}))(b)
					})
				})
				b.Run("Tree", func(b *testing.B) {
					timed(b, func() {
						facts := must(s.Tree(b.Context(), "TEAM3"))(b)
						if len(facts.Ideas) < min(n, size.outcomes)/2 {
							b.Fatalf("ideas on %d nodes", len(facts.Ideas))
						}
					})
				})
				b.Run("Candidates", func(b *testing.B) {
					timed(b, func() {
						if c := must(s.Candidates(b.Context(), inDiscovery()))(b); len(c.Outcomes) != CandidateLimit {
							b.Fatalf("%d candidates", len(c.Outcomes))
						}
					})
				})
				b.Run("Linked", func(b *testing.B) {
					timed(b, func() {
						must(s.Linked(b.Context(), nodeKey("TEAM3-O7"), 1, 10))(b)
					})
				})
			})
		}
	}
}

func benchNodes(b *testing.B, s *Store, outcomes, opportunities, impacts int) {
	b.Helper()
	for i := range outcomes {
		o := calls()
		o.Key.Team, o.Parent = "TEAM3", pipeline.NodeKey{}
		if i > 0 {
			o.Parent = pipeline.NodeKey{Team: "TEAM3", Number: 1 + (i-1)/3}
		}
		must(s.AddOutcome(b.Context(), fmt.Sprint("o", i), o, Slot{}, wasAdded))(b)
	}
	for i := range opportunities {
		o := unpaid()
		o.Key.Team, o.Parent = "TEAM3", pipeline.NodeKey{Team: "TEAM3", Number: 1 + i%outcomes}
		must(s.AddOpportunity(b.Context(), fmt.Sprint("p", i), o, Slot{}, wasAdded))(b)
		must(s.AddOpportunityEvidence(b.Context(), fmt.Sprint("e", i), pipeline.NodeKey{Team: "TEAM3", Kind: pipeline.OpportunityNode, Number: i + 1}, note("They call."), Slot{}, moved))(b)
	}
	for i := range impacts {
		impact := exporting()
		impact.Key.Team, impact.Goal = "TEAM3", pipeline.NodeKey{Team: "TEAM3", Number: 1 + i%outcomes}
		must(s.AddImpact(b.Context(), fmt.Sprint("i", i), impact, Slot{}, wasAdded))(b)
	}
}
