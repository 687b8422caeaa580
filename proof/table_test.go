package proof

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"time"
)

// result of one interaction at one size, per interaction where it can be.
type result struct {
	name             string
	ideas, atOnce, n int
	perSecond        float64
	ack, effect      quantile
	trips, calls     float64
	// cpu is the bot's, simCPU that of the local Slack and of the people.
	cpu, redisCPU, simCPU time.Duration
	bytes, objects        float64
	memory                memory
}

type table struct {
	mu      sync.Mutex
	results map[string]result // the last and longest run of each
	starts  []string
}

var results = table{results: map[string]result{}}

func (t *table) add(r result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.results[fmt.Sprint(r.name, r.ideas, r.atOnce)] = r
}

func (t *table) started(ideas int, ready time.Duration, m memory) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.starts = append(t.starts, fmt.Sprintf("%d ideas: from start to its first socket %v, then %.0f MB of its own and %.0f MB of the program.", ideas, ready.Round(time.Millisecond), float64(m.own)/1e6, float64(m.program)/1e6))
}

// print writes a table in Markdown.
func (t *table) print(w io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.results) == 0 {
		return
	}
	all := make([]result, 0, len(t.results))
	floors := map[int]float64{}
	for _, r := range t.results {
		all = append(all, r)
		if r.name == nameOfFloor {
			floors[r.atOnce] = r.perSecond
		}
	}
	order := func(name string) int {
		return slices.IndexFunc(interactions, func(i interaction) bool { return i.name == name })
	}
	slices.SortFunc(all, func(a, b result) int {
		return cmp.Or(cmp.Compare(a.ideas, b.ideas), cmp.Compare(order(a.name), order(b.name)), cmp.Compare(a.name, b.name), cmp.Compare(a.atOnce, b.atOnce))
	})
	fmt.Fprintf(w, "\n%d processors, %s.\n\n", runtime.NumCPU(), runtime.Version())
	for _, line := range t.starts {
		fmt.Fprintf(w, "%s\n", line)
	}
	fmt.Fprint(w, `
| Stored | Interaction | At once | A second | of the floor | Ack p50, p99 (ms) | Effect p50, p99 (ms) | Trips | Calls | Bot (µs) | Redis (µs) | Local Slack (µs) | Allocated | Memory (MB) |
|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
`)
	for _, r := range all {
		share := ""
		if floor := floors[r.atOnce]; floor > 0 {
			share = fmt.Sprintf("%.2f", r.perSecond/floor)
		}
		fmt.Fprintf(w, "| %d | %s | %d | %.0f | %s | %s | %s | %.1f | %.1f | %d | %d | %d | %.0f kB, %.0f | %.0f |\n",
			r.ideas, r.name, r.atOnce, r.perSecond, share, r.ack, r.effect, r.trips, r.calls, r.cpu.Microseconds(), r.redisCPU.Microseconds(), r.simCPU.Microseconds(),
			r.bytes/1e3, r.objects, float64(r.memory.own)/1e6)
	}
}

func (q quantile) String() string {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d.Microseconds())/1e3) }
	return ms(q.p50) + ", " + ms(q.p99)
}
