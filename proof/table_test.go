package proof

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// result of one interaction at one size, per interaction where it can be.
type result struct {
	name          string
	ideas, atOnce int
	perSecond     float64
	ack, effect   quantile
	trips, calls  float64
	// cpu is the bot's, simCPU that of the local Slack and of the people.
	cpu, redisCPU, simCPU time.Duration
	bytes, objects        float64
	memory                memory
}

// state of a bot that was just started, with so many ideas stored.
type state struct {
	ideas int
	// loaded is how long it took to store them, and redisBytes what each takes there.
	loaded     time.Duration
	redisBytes float64
	// ready is from the start to the first socket, found to when ideas can be found.
	ready, found     time.Duration
	atStart, indexed memory
	trip             quantile
}

type table struct {
	mu      sync.Mutex
	results map[string]result
	states  []state
	notes   []string
}

var results = table{results: map[string]result{}}

func (t *table) add(r result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.results[fmt.Sprint(r.name, r.ideas, r.atOnce)] = r
}

func (t *table) started(s state) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.states = append(t.states, s)
}

// note keeps what was found, unless it failed.
func (t *table) note(line string, failed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if failed {
		line = "128 people on one message: failed, see above."
	}
	t.notes = append(t.notes, line)
}

// publish prints the tables, if there is anything in them, and keeps them in a file
// unless that is "".
func (t *table) publish(path string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.results) == 0 {
		return nil
	}
	var all bytes.Buffer
	t.print(&all)
	if _, err := os.Stdout.Write(all.Bytes()); err != nil || path == "" {
		return err
	}
	return os.WriteFile(path, all.Bytes(), 0o644)
}

// print writes them in Markdown.
func (t *table) print(w io.Writer) {
	fmt.Fprintf(w, "# Benchmark of %s\n\n%s\n\n", time.Now().Format(time.DateOnly), machine())
	fmt.Fprint(w, `| Stored | To store them (s) | Redis, an idea (bytes) | Start to first socket (ms) | Start to first found (ms) | Own memory then (MB) | With the search index (MB) | Redis' PING p50, p99 (ms) |
|--:|--:|--:|--:|--:|--:|--:|--:|
`)
	for _, s := range t.states {
		fmt.Fprintf(w, "| %d | %.1f | %.0f | %d | %d | %.0f | %.0f | %s |\n", s.ideas, s.loaded.Seconds(), s.redisBytes,
			s.ready.Milliseconds(), s.found.Milliseconds(), float64(s.atStart.own)/1e6, float64(s.indexed.own)/1e6, s.trip)
	}
	for _, line := range t.notes {
		fmt.Fprintf(w, "\n%s\n", line)
	}
	t.printRows(w)
}

// printRows writes one line for each result. What limits one, because it takes most of
// the processors' time, is bold.
func (t *table) printRows(w io.Writer) {
	order := func(name string) int {
		if name == nameOfNudge {
			return len(interactions)
		}
		return slices.IndexFunc(interactions, func(i interaction) bool { return i.name == name })
	}
	all := make([]result, 0, len(t.results))
	for _, r := range t.results {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b result) int {
		return cmp.Or(cmp.Compare(a.ideas, b.ideas), cmp.Compare(order(a.name), order(b.name)), cmp.Compare(a.name, b.name), cmp.Compare(a.atOnce, b.atOnce))
	})
	fmt.Fprint(w, `
| Stored | Interaction | At once | A second | of the floor | Ack p50, p99 (ms) | Effect p50, p99 (ms) | Median beside fewest stored | Trips | Calls | Bot (µs) | Redis (µs) | Local Slack (µs) | Allocated | Memory (MB) |
|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
`)
	for _, r := range all {
		share := "–"
		if floor := t.results[fmt.Sprint(nameOfFloor, 0, r.atOnce)]; floor.perSecond > 0 && r.name != nameOfNudge {
			share = fmt.Sprintf("%.2f", r.perSecond/floor.perSecond)
		}
		most := max(r.cpu, r.redisCPU, r.simCPU)
		micro := func(d time.Duration) string {
			if d == most {
				return fmt.Sprintf("**%d**", d.Microseconds())
			}
			return fmt.Sprint(d.Microseconds())
		}
		fmt.Fprintf(w, "| %s | %s | %d | %.0f | %s | %s | %s | %s | %.1f | %.1f | %s | %s | %s | %.0f kB, %.0f | %.0f |\n",
			stored(r.ideas), r.name, r.atOnce, r.perSecond, share, r.ack, r.effect, t.beside(r), r.trips, max(r.calls, 0), micro(r.cpu), micro(r.redisCPU), micro(r.simCPU),
			r.bytes/1e3, r.objects, float64(r.memory.own)/1e6)
	}
}

// stored is a number of ideas; none are stored for what needs none.
func stored(ideas int) string {
	if ideas == 0 {
		return "–"
	}
	return fmt.Sprint(ideas)
}

// beside is how much longer the median effect takes than with the fewest ideas stored.
func (t *table) beside(r result) string {
	if len(t.states) == 0 || r.ideas <= t.states[0].ideas {
		return "–"
	}
	fewest, measured := t.results[fmt.Sprint(r.name, t.states[0].ideas, r.atOnce)]
	if !measured || fewest.effect.p50 == 0 {
		return "–"
	}
	return fmt.Sprintf("%+.0f %%", 100*(float64(r.effect.p50)/float64(fewest.effect.p50)-1))
}

// machine tells on what it was measured.
func machine() string {
	model, memory := "processors of an unknown kind", ""
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		_, after, _ := strings.Cut(string(text), "model name\t: ")
		model, _, _ = strings.Cut(after, "\n")
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kB float64
		if _, err := fmt.Sscanf(string(text), "MemTotal: %f kB", &kB); err == nil {
			memory = fmt.Sprintf(", %.0f GB of memory", kB*1024/1e9)
		}
	}
	return fmt.Sprintf("%d × %s%s; %s, Redis %s, everything on loopback.", runtime.NumCPU(), model, memory, runtime.Version(), redisVersion())
}

func (q quantile) String() string {
	if q == (quantile{}) {
		return "–"
	}
	ms := func(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d.Microseconds())/1e3) }
	return ms(q.p50) + ", " + ms(q.p99)
}
