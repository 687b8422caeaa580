package proof

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// morning is a time zone in which it is late in the morning now, whenever it is
// measured.
func morning() string {
	hour := time.Now().UTC().Hour() - 11
	if hour > 12 {
		hour -= 24
	}
	return fmt.Sprintf("Etc/GMT%+d", hour)
}

// nudgeAfter is from the bot's start, while it does what it does then, to the moment
// that everybody's nudge is due.
const nudgeAfter = 3 * time.Second

// benchNudges has something wait for everybody, and makes all their nudges due at one
// moment. The effect is from that moment to when Slack took the message.
func benchNudges(b *testing.B) {
	var due time.Time
	w := newWorld(b, morning(), func(ctx context.Context, w *world) (err error) {
		due, err = w.stockNudges(ctx)
		return err
	})
	before, own := w.usage(b), cpuOf(b, os.Getpid())
	ledger := w.sim.Ledger()
	from := uint64(ledger.Len())
	posts := func() []slacksim.Entry {
		return ledger.Entries(func(e slacksim.Entry) bool {
			return e.Seq > from && e.Kind == slacksim.KindCall && e.Method == "chat.postMessage" && e.Error == ""
		})
	}
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	if err := w.sim.Wait(ctx, func() bool { return len(posts()) >= people }); err != nil {
		b.Fatalf("%d of %d nudges were sent: %v", len(posts()), people, err)
	}
	took := time.Since(due)
	after := w.usage(b)
	var effects []time.Duration
	for _, e := range posts() {
		effects = append(effects, e.At.Sub(due))
	}
	results.add(result{
		name: nameOfNudge, atOnce: people, perSecond: people / took.Seconds(), effect: quantiles(effects),
		calls:    float64(len(ledger.Entries(func(e slacksim.Entry) bool { return e.Seq > from && isCall(e) }))) / people,
		cpu:      (after.cpu - before.cpu) / people,
		redisCPU: (after.redisCPU - before.redisCPU) / people,
		simCPU:   (cpuOf(b, os.Getpid()) - own) / people,
		bytes:    (after.bytes - before.bytes) / people, objects: (after.objects - before.objects) / people, memory: after.memory,
	})
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(people/took.Seconds(), "per-s")
}

// nameOfNudge is measured in a world of its own.
const nameOfNudge = "nudge planned and sent"

// stockNudges founds a team, and tells when everybody's nudges are due.
func (w *world) stockNudges(ctx context.Context) (due time.Time, err error) {
	team := stockTeam("PAY", channel, 0)
	team.Workdays = pipeline.Week()
	if _, err := w.store.SetUpTeam(ctx, "bench team", team); err != nil {
		return due, err
	}
	due = time.Now().Add(nudgeAfter)
	return due, w.nudgesAt(ctx, due)
}

// nudgesAt has a question wait for everybody since two days ago, and makes their nudges
// due.
func (w *world) nudgesAt(ctx context.Context, due time.Time) error {
	now := time.Now()
	round := pipeline.Round{
		Team: "PAY", Questions: []string{"Why do we do this?"}, Started: now.Add(-48 * time.Hour), StartedBy: person(0), Deadline: now.Add(72 * time.Hour),
	}
	for i := range people {
		round.To = append(round.To, person(i))
	}
	if _, err := w.store.StartRound(ctx, "bench round", round, storage.Slot{}); err != nil {
		return err
	}
	for {
		looks, _, _, err := w.store.ClaimNudges(ctx, storage.NudgesAtOnce, time.Minute)
		if err != nil || len(looks) == 0 {
			return err
		}
		looked := make([]storage.Looked, len(looks))
		for i, look := range looks {
			looked[i] = storage.Looked{Look: look, Plan: pipeline.NudgePlan{Step: pipeline.LookWait, Look: due, Due: due}}
		}
		if _, err := w.store.PlanNudges(ctx, looked); err != nil {
			return err
		}
	}
}
