package proof

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alignbot/slacksim"
)

var (
	sizes   = flag.String("ideas", "1000,100000", "how many ideas are stored, one run of all for each")
	atOnce  = flag.String("at-once", "1,16,128", "how many people act at once")
	each    = flag.Duration("each", time.Second, "how long each row is measured")
	storm   = flag.Duration("storm", time.Minute, "how long everybody votes on one message")
	keep    = flag.String("results", "", "file to keep the tables in, beside printing them")
	scratch string
)

func TestMain(m *testing.M) {
	if os.Getenv(envFloor) != "" {
		floor()
		return
	}
	if os.Getenv(envPeer) != "" {
		peer()
		return
	}
	if encoded := os.Getenv(envBot); encoded != "" {
		serve(encoded)
		return
	}
	flag.Parse()
	var err error
	if scratch, err = os.MkdirTemp("", "alignbot-proof"); err != nil {
		log.Fatal(err)
	}
	code := m.Run()
	os.RemoveAll(scratch)
	if err := results.publish(*keep); err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

func numbers(b *testing.B, list string) []int {
	var all []int
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 {
			b.Fatalf("%q is no list of numbers", list)
		}
		all = append(all, n)
	}
	return all
}

// nameOfFloor is what others are compared with.
const nameOfFloor = "floor"

// BenchmarkInteractions measures each kind of interaction, with so many ideas stored
// and so many people at once, beside a floor: the same acts of the same people with a
// client that only acknowledges. The floor that answers puts a typical answer into the
// acknowledgement, which shows what the local Slack takes to check and keep one.
func BenchmarkInteractions(b *testing.B) {
	for _, answering := range []string{"", " answering"} {
		b.Run(nameOfFloor+answering, func(b *testing.B) {
			w := newFloor(b, answering)
			for _, n := range numbers(b, *atOnce) {
				b.Run(fmt.Sprint(n, " at once"), func(b *testing.B) { measure(b, w, interactions[0], 0, n, nameOfFloor+answering) })
			}
		})
	}
	for _, kind := range peers {
		b.Run("peer", func(b *testing.B) {
			w := newPeer(b, kind)
			for _, n := range numbers(b, *atOnce) {
				b.Run(fmt.Sprint(n, " at once"), func(b *testing.B) { measure(b, w, interactions[0], 0, n, kind) })
			}
		})
	}
	for _, ideas := range numbers(b, *sizes) {
		b.Run(fmt.Sprint(ideas, " ideas"), func(b *testing.B) {
			w := newWorld(b, "", stock(ideas))
			results.started(w.state(b, ideas))
			w.startBallot(b)
			for _, i := range interactions {
				for _, n := range numbers(b, *atOnce) {
					b.Run(fmt.Sprint(i.name, ", ", n, " at once"), func(b *testing.B) { measure(b, w, i, ideas, n, i.name) })
				}
			}
		})
	}
	b.Run("nudges", benchNudges)
	b.Run("one message", benchOneMessage)
}

// state is what a world of so many ideas is like before anybody acts: from the bot's
// start on it takes as long to find ideas as it takes to read them all.
func (w *world) state(b *testing.B, ideas int) state {
	s := state{ideas: ideas, loaded: w.loaded, ready: w.ready, redisBytes: w.redisBytes / float64(ideas), trip: w.trip(b)}
	s.atStart = memoryOf(b, w.bot.Process.Pid)
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	a := &actor{world: w, ctx: ctx, who: person(0)}
	found := func() bool {
		view, err := w.sim.ChannelView(a.who, channel, 1)
		last := len(view.Messages) - 1
		return err == nil && last >= 0 && strings.Contains(string(view.Messages[last].Blocks), "PAY-")
	}
	for !found() {
		if err := a.types("/idea find payout"); err != nil {
			b.Fatalf("nothing was found: %v", err)
		}
	}
	s.found = time.Since(w.began)
	s.indexed = memoryOf(b, w.bot.Process.Pid)
	return s
}

// trip is how long Redis takes to answer a PING, from here.
func (w *world) trip(b *testing.B) quantile {
	var took []time.Duration
	for range 2000 {
		began := time.Now()
		if err := w.redis.Ping(b.Context()).Err(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	return quantiles(took)
}

// measure lets n people do it for as long as a row is measured.
func measure(b *testing.B, w *world, i interaction, ideas, n int, name string) {
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	if i.prepare != nil {
		if err := i.prepare(ctx, w); err != nil {
			b.Fatal(err)
		}
	}
	var count, all atomic.Int64
	count.Store(time.Now().UnixMicro()) // words differ from run to run
	actors := make([]*actor, n)
	for k := range actors {
		actors[k] = &actor{world: w, ctx: ctx, who: person(k), n: &count, number: k + 2}
		if i.begin != nil {
			if err := i.begin(actors[k]); err != nil {
				b.Fatal(err)
			}
		}
	}
	ledger := w.sim.Ledger()
	from, before, own, calls := ledger.Len(), w.usage(b), cpuOf(b, os.Getpid()), len(ledger.Entries(isCall))
	began := time.Now()
	var acting sync.WaitGroup
	for _, a := range actors {
		acting.Go(func() {
			for time.Since(began) < *each {
				if err := i.do(a); err != nil {
					if !errors.Is(err, errUsedUp) {
						b.Errorf("%s of %s: %v", name, a.who, err)
					}
					return
				}
				all.Add(1)
			}
		})
	}
	acting.Wait()
	took := time.Since(began)
	after := w.usage(b)
	entries := ledger.Entries(func(e slacksim.Entry) bool { return e.Seq > uint64(from) })
	acks, effects := latencies(entries, i)
	done := max(float64(all.Load()), 1)
	r := result{
		name: name, ideas: ideas, atOnce: n, perSecond: done / took.Seconds(),
		ack: quantiles(acks), effect: quantiles(effects),
		trips: (after.trips - before.trips) / done, calls: float64(len(ledger.Entries(isCall))-calls) / done,
		cpu: time.Duration(float64(after.cpu-before.cpu) / done), simCPU: time.Duration(float64(cpuOf(b, os.Getpid())-own) / done),
		redisCPU: time.Duration(float64(after.redisCPU-before.redisCPU) / done),
		bytes:    (after.bytes - before.bytes) / done, objects: (after.objects - before.objects) / done, memory: after.memory,
	}
	results.add(r)
	b.ReportMetric(0, "ns/op") // of one row as a whole, which says nothing
	b.ReportMetric(r.perSecond, "per-s")
	b.ReportMetric(float64(r.ack.p50.Microseconds()), "ack-p50-µs")
	b.ReportMetric(float64(r.ack.p99.Microseconds()), "ack-p99-µs")
	b.ReportMetric(float64(r.cpu.Microseconds()), "cpu-µs/op")
}

// errUsedUp ends a row before its time: there is nothing left to do it with.
var errUsedUp = errors.New("nothing is left to do it with")

func isCall(e slacksim.Entry) bool {
	return e.Kind == slacksim.KindCall || e.Kind == slacksim.KindResponse
}

// latencies joins what was sent with what acknowledged it, and with the call that
// showed its effect: by the trigger of a form, by the person of a Home.
func latencies(entries []slacksim.Entry, i interaction) (acks, effects []time.Duration) {
	sent := map[string]time.Time{}
	waiting := map[string]time.Time{}
	for _, e := range entries {
		switch e.Kind {
		case slacksim.KindEnvelope:
			if e.Method == i.measured {
				sent[e.ID] = e.At
				waiting[shownFor(e.Payload, e.By)] = e.At
			}
		case slacksim.KindAck:
			if at, known := sent[e.ID]; known {
				acks = append(acks, e.At.Sub(at))
				delete(sent, e.ID)
			}
		case slacksim.KindCall:
			if e.Method != i.shows || i.shows == "" {
				continue
			}
			if at, known := waiting[shownFor(e.Payload, "")]; known {
				effects = append(effects, e.At.Sub(at))
			}
		}
	}
	if i.shows == "" {
		effects = acks
	}
	return acks, effects
}

// shownFor is what an envelope and the call that shows its effect have in common.
func shownFor(payload json.RawMessage, by string) string {
	var p struct {
		Trigger string `json:"trigger_id"`
		User    string `json:"user_id"`
		Event   struct{ User string }
	}
	_ = json.Unmarshal(payload, &p)
	switch {
	case p.Trigger != "":
		return p.Trigger
	case p.Event.User != "":
		return p.Event.User
	case p.User != "":
		return p.User
	}
	return by
}

type quantile struct{ p50, p99 time.Duration }

func quantiles(took []time.Duration) quantile {
	if len(took) == 0 {
		return quantile{}
	}
	slices.Sort(took)
	return quantile{took[len(took)/2], took[len(took)*99/100]}
}
