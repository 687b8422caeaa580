package proof

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// report is the table of a run.
type report struct {
	seed  uint64
	began time.Time
	mu    sync.Mutex
	rows  []reported
}

type reported struct {
	row
	tally
}

// add puts a row into the table, and the table so far into its document: a run takes
// long, and one that is ended early has its rows.
func (r *report) add(t *testing.T, of row, came tally) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = append(r.rows, reported{of, came})
	if *faultTable == "" {
		return
	}
	if err := r.write(*faultTable); err != nil {
		t.Error(err)
	}
}

// The table stands between these lines of its document.
const (
	tableBegins = "<!-- faults: written by make faults -->\n"
	tableEnds   = "<!-- faults: end -->\n"
)

// write puts the table in its place.
func (r *report) write(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), tableBegins)
	_, after, ends := strings.Cut(rest, tableEnds)
	if !found || !ends {
		return fmt.Errorf("%s has no place for the table: it stands between %q and %q", path, tableBegins, tableEnds)
	}
	return os.WriteFile(path, []byte(before+tableBegins+r.markdown()+tableEnds+after), 0o644)
}

func (r *report) markdown() string {
	slices.SortStableFunc(r.rows, func(a, b reported) int { return cmp.Compare(a.number, b.number) })
	var all tally
	var b strings.Builder
	table := "\n| # | Fault | What is promised | Faults | Deeds | Lost | Doubled | Refused | Unknown | Astray | Longest wait | Works again |\n|--:|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
	var held string
	for _, row := range r.rows {
		switch {
		case row.inject != nil:
			table += fmt.Sprintf("| %d | %s | %s | %d | %d | %d | %d | %d | %d | %d | %s | %s |\n", row.number, row.name, row.promise,
				row.injections, row.deeds, row.lost, row.doubled, row.refused, row.unknown, row.astray, seconds(row.answered), seconds(row.recovered))
			all.injections += row.injections
			all.deeds += row.deeds
			all.lost += row.lost
			all.doubled += row.doubled
			all.refused += row.refused
			all.unknown += row.unknown
			all.astray += row.astray
			all.answered, all.recovered = max(all.answered, row.answered), max(all.recovered, row.recovered)
		default:
			held += fmt.Sprintf("| %d | %s | %s | `%s` |\n", row.number, row.name, row.promise, strings.Join(row.proven, "`, `"))
		}
	}
	table += fmt.Sprintf("| | **All** | | %d | %d | %d | %d | %d | %d | %d | %s | %s |\n",
		all.injections, all.deeds, all.lost, all.doubled, all.refused, all.unknown, all.astray, seconds(all.answered), seconds(all.recovered))
	fmt.Fprintf(&b, "\nRun on %s in %s, %d processors, %s, seed %d.\n", r.began.Format(time.DateOnly), time.Since(r.began).Round(time.Second), runtime.NumCPU(), runtime.Version(), r.seed)
	b.WriteString(table)
	b.WriteString("\nHeld by tests of single parts, which inject their own faults:\n\n| # | Fault | What is promised | Tests |\n|--:|---|---|---|\n" + held)
	b.WriteString("\n")
	return b.String()
}

func seconds(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}
