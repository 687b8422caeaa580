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
	cpu, simCPU      time.Duration
	bytes, objects   float64
	resident         int64
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

func (t *table) started(ideas int, ready time.Duration, resident int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.starts = append(t.starts, fmt.Sprintf("%d ideas: from start to its first socket %v, then %.0f MB.", ideas, ready.Round(time.Millisecond), float64(resident)/1e6))
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
		if r.name == "floor" {
			floors[r.atOnce] = r.perSecond
		}
	}
	order := func(name string) int {
		return slices.IndexFunc(interactions, func(i interaction) bool { return i.name == name })
	}
	slices.SortFunc(all, func(a, b result) int {
		return cmp.Or(cmp.Compare(a.ideas, b.ideas), cmp.Compare(order(a.name), order(b.name)), cmp.Compare(a.atOnce, b.atOnce))
	})
	fmt.Fprintf(w, "\n%d processors, %s.\n\n", runtime.NumCPU(), runtime.Version())
	for _, line := range t.starts {
		fmt.Fprintf(w, "%s\n", line)
	}
	fmt.Fprint(w, `
| Stored | Interaction | At once | A second | of the floor | Ack p50, p99 (ms) | Effect p50, p99 (ms) | Redis | Slack | CPU (µs) | Allocated | Bot (MB) | Slack's CPU (µs) |
|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
`)
	for _, r := range all {
		share := ""
		if floor := floors[r.atOnce]; floor > 0 {
			share = fmt.Sprintf("%.2f", r.perSecond/floor)
		}
		fmt.Fprintf(w, "| %d | %s | %d | %.0f | %s | %s | %s | %.1f | %.1f | %d | %.0f kB, %.0f | %.0f | %d |\n",
			r.ideas, r.name, r.atOnce, r.perSecond, share, r.ack, r.effect, r.trips, r.calls, r.cpu.Microseconds(),
			r.bytes/1e3, r.objects, float64(r.resident)/1e6, r.simCPU.Microseconds())
	}
}

func (q quantile) String() string {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d.Microseconds())/1e3) }
	return ms(q.p50) + ", " + ms(q.p99)
}
