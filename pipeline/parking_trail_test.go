package pipeline_test

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// Whatever happens to an idea in the Anti-Product Backlog, its history alone
// tells what is written on it now: nothing that was is lost.
func TestTheHistoryTellsEveryParking(t *testing.T) {
	happened := map[pipeline.What]int{}
	rapid.Check(t, func(t *rapid.T) {
		where, policy := pipeline.Where{Team: payments("U1")}, pipeline.Policy{}
		idea, now := ripe(pipeline.Backlog), noon
		told := map[pipeline.Field]string{} // by the history
		var from pipeline.Stage

		form := func(t *rapid.T) pipeline.Parking {
			p := pipeline.Parking{
				Decision: rapid.SampledFrom(pipeline.ParkDecisions()).Draw(t, "decision"),
				Reason:   rapid.SampledFrom(pipeline.ParkReasons()).Draw(t, "reason"),
				Why:      rapid.SampledFrom([]string{"", "Two asked.", "Nobody asked."}).Draw(t, "why"),
				Revisit:  pipeline.Revisit{AskedBy: rapid.SampledFrom([]int{0, 2, 3}).Draw(t, "asked by")},
			}
			if rapid.Bool().Draw(t, "superseded") {
				p.SupersededBy = pay9
			}
			if rapid.Bool().Draw(t, "outcome") {
				p.Outcome = outcomes("PAY", 3)[0]
			}
			if days := rapid.IntRange(-1, 90).Draw(t, "days"); days != 0 {
				p.Revisit.Day = now.AddDate(0, 0, days).Format(time.DateOnly)
			}
			if rapid.Bool().Draw(t, "delivered") {
				p.Revisit.Delivered = pay9
			}
			return p
		}
		record := func(t *rapid.T, after pipeline.Idea, event pipeline.Event, err error) {
			if err != nil {
				return
			}
			happened[event.What]++
			for _, c := range event.Changes {
				if told[c.Field] != c.From {
					t.Fatalf("%s was %q, the event says %q", c.Field, told[c.Field], c.From)
				}
				told[c.Field] = c.To
			}
			switch event.What {
			case pipeline.WasParked:
				told[pipeline.FieldWhy] = event.Why
				if event.From != pipeline.Parked {
					from = event.From
				}
			case pipeline.WasReopened:
				clear(told)
			}
			idea = after
		}
		t.Repeat(map[string]func(*rapid.T){
			"park": func(t *rapid.T) {
				after, event, err := pipeline.Park(policy, owner, where, idea, pipeline.Dossier{}, form(t), now)
				record(t, after, event, err)
			},
			"park again": func(t *rapid.T) {
				after, event, err := pipeline.ParkAgain(policy, owner, where, idea, pipeline.Dossier{}, form(t), now)
				record(t, after, event, err)
			},
			"reopen": func(t *rapid.T) {
				after, event, err := pipeline.Reopen(policy, owner, where, idea, pipeline.Dossier{}, "Ten asked.", "", now)
				record(t, after, event, err)
			},
			"come back": func(t *rapid.T) {
				now = now.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "later"))
				facts := pipeline.RevisitFacts{AskedBy: rapid.IntRange(0, 4).Draw(t, "people"), Delivered: rapid.Bool().Draw(t, "delivered")}
				again := idea.Parking != nil && !idea.Parking.CameBack.IsZero()
				if after, event, ok := pipeline.ComeBack(*where.Team, idea, facts, now); ok {
					if again {
						t.Fatal("it came back twice")
					}
					record(t, after, event, nil)
				}
			},
			"": func(t *rapid.T) {
				now = now.Add(time.Minute)
				p := idea.Parking
				if (p != nil) != (idea.Stage == pipeline.Parked) {
					t.Fatalf("%s with the parking %+v", idea.Stage, p)
				}
				if p == nil {
					return
				}
				want := map[pipeline.Field]string{
					pipeline.FieldDecision: string(p.Decision), pipeline.FieldReason: string(p.Reason), pipeline.FieldWhy: p.Why, pipeline.FieldRevisitDay: p.Revisit.Day,
				}
				if !p.SupersededBy.IsZero() {
					want[pipeline.FieldSuperseding] = p.SupersededBy.String()
				}
				if !p.Outcome.IsZero() {
					want[pipeline.FieldServed] = p.Outcome.String()
				}
				if p.Revisit.AskedBy > 0 {
					want[pipeline.FieldRevisitAsked] = strconv.Itoa(p.Revisit.AskedBy)
				}
				if !p.Revisit.Delivered.IsZero() {
					want[pipeline.FieldRevisitDelivered] = p.Revisit.Delivered.String()
				}
				for _, field := range []pipeline.Field{
					pipeline.FieldDecision, pipeline.FieldReason, pipeline.FieldWhy, pipeline.FieldSuperseding, pipeline.FieldServed,
					pipeline.FieldRevisitDay, pipeline.FieldRevisitAsked, pipeline.FieldRevisitDelivered,
				} {
					if told[field] != want[field] {
						t.Fatalf("the history tells %s %q, it is %q", field, told[field], want[field])
					}
				}
				if p.From != from || p.Revisit == (pipeline.Revisit{}) || p.Why == "" {
					t.Fatalf("parked from %s with %+v", from, p)
				}
			},
		})
	})
	for _, what := range []pipeline.What{pipeline.WasParked, pipeline.WasReopened, pipeline.CameBack} {
		if happened[what] == 0 {
			t.Errorf("the walks prove little: %v", happened)
		}
	}
}
