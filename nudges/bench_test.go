package nudges

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// benchPeople are nudged on one day.
const benchPeople = 10_000

// BenchmarkPlanADay plans the nudges of a day for ten thousand people for whom
// something waits, beside few and many ideas that are stored: what it costs follows the
// people. What it takes to send them is not in it.
func BenchmarkPlanADay(b *testing.B) {
	for _, ideas := range []int{100, 10_000} {
		b.Run(fmt.Sprint(ideas, " ideas stored"), func(b *testing.B) { planADay(b, ideas) })
	}
}

func planADay(b *testing.B, ideas int) {
	db, err := storage.Open(b.Context(), storage.Settings{URL: redistest.Start(b), Timeout: time.Minute}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	store := db.Workspace("T1")
	fill(b, store, ideas)
	people := make(map[string]pipeline.Person, benchPeople)
	app := &commands.App{
		Store: store,
		People: func(_ context.Context, ids []string) ([]pipeline.Person, error) {
			found := make([]pipeline.Person, len(ids))
			for i, id := range ids {
				found[i] = people[id]
			}
			return found, nil
		},
		Disturb: func(context.Context, time.Time, []string) map[string]pipeline.Disturb { return nil },
	}
	zone := fmt.Sprintf("Etc/GMT%+d", (time.Now().UTC().Hour()+13)%24-12) // some hour of the morning
	for i := range benchPeople {
		id := fmt.Sprint("U_", i)
		people[id] = pipeline.Person{ID: id, Zone: zone}
	}
	var trips atomic.Int64
	var timed atomic.Bool
	db.Observe(func(string, time.Duration, error) {
		if timed.Load() {
			trips.Add(1)
		}
	})
	p := &planner{app: app, log: slog.New(slog.DiscardHandler), teams: map[pipeline.TeamKey]teamFacts{}, settings: Settings{
		Lease: time.Minute, Observe: func(pipeline.NudgeState, string, int) {},
	}}
	planned, days := 0, 0
	for b.Loop() {
		b.StopTimer()
		ask(b, store, days)
		days++
		// These looks find everybody's moment; those at that moment cost the same again.
		b.StartTimer()
		timed.Store(true)
		for {
			n, _, err := p.look(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			if n == 0 {
				break
			}
			planned += n
		}
		timed.Store(false)
	}
	b.ReportMetric(float64(trips.Load())/float64(days), "trips/day")
	b.ReportMetric(float64(planned)/float64(days), "looks/day")
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(days), "ms/day")
}

// fill stores ideas of other people in another team.
func fill(b *testing.B, store *storage.Store, ideas int) {
	b.Helper()
	for i, key := range []pipeline.TeamKey{"PAY", "OLD"} {
		team := pipeline.DefaultTeam(fmt.Sprint("C", i), "team", pipeline.Person{ID: "U0ALICE", Zone: "UTC"})
		team.Key, team.Workdays, team.Created = key, pipeline.Week(), time.Now()
		if _, err := store.SetUpTeam(b.Context(), "team-"+string(key), team); err != nil {
			b.Fatal(err)
		}
	}
	var capturing sync.WaitGroup
	for worker := range 8 {
		capturing.Go(func() {
			for i := worker; i < ideas; i += 8 {
				idea := pipeline.Idea{Key: pipeline.Key{Team: "OLD"}, Title: fmt.Sprint("Idea ", i), Stage: pipeline.Captured, Author: "U0ALICE", Created: time.Now()}
				if _, err := store.Capture(b.Context(), fmt.Sprint("idea-", i), idea, storage.Slot{}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	capturing.Wait()
}

// ask has something wait for everybody, in rounds of a hundred, so that they are looked
// at.
func ask(b *testing.B, store *storage.Store, day int) {
	b.Helper()
	for i := range benchPeople / 100 {
		var to []string
		for n := range 100 {
			to = append(to, fmt.Sprint("U_", 100*i+n))
		}
		now := time.Now()
		round := pipeline.Round{Team: "PAY", Questions: []string{"Why?"}, To: to, Started: now, StartedBy: "U0ALICE", Deadline: now.Add(24 * time.Hour)}
		if _, err := store.StartRound(b.Context(), fmt.Sprintf("round-%d-%d", day, i), round, storage.Slot{}); err != nil {
			b.Fatal(err)
		}
	}
}
