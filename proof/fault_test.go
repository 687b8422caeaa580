package proof

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"testing"
	"time"

	"alignbot/storage/redistest"
)

var (
	faults     = flag.Int("faults", 2, "how many faults of each kind are injected")
	seed       = flag.Uint64("seed", 0, "what the faults of an earlier run were drawn from; 0 draws anew")
	faultTable = flag.String("fault-table", "", "document whose table of faults is replaced by this run's")
)

// whole is how many faults of each kind make a whole run.
const whole = 200

// row is one kind of fault with what is promised of it.
type row struct {
	// number in the matrix of faults; a fault may have several rows.
	number        int
	name, promise string
	// times as many injections as asked for, of what is quick; most of what takes
	// long, in a whole run, and less in a shorter one. 0 is once, and no limit.
	times, most int
	// inject faults into worlds of their own, and settles each; nil where proven
	// tests hold the promise.
	inject func(c *campaign)
	proven []string
}

// campaign is all faults of one row.
type campaign struct {
	*testing.T
	row
	// n is how many faults to inject.
	n   int
	rng *rand.Rand
	tally
	// worlds so far, for names that differ.
	worlds int
}

// tally is what came of a campaign.
type tally struct {
	injections, deeds int
	// lost and doubled must be 0. refused deeds were not done, and the person was
	// told so; unknown ones may have been done, and the person or the author of a
	// post was told that.
	lost, doubled, refused, unknown int
	// astray deeds had no acknowledgement in time: Slack itself told the person that
	// the app did not respond, whatever alignbot told them besides.
	astray int
	// answered is the longest that somebody waited for an answer, Slack's own "the app
	// did not respond" among them; recovered the longest from a fault, or where it
	// lasts from its end, to the next deed that was done.
	answered, recovered time.Duration
}

// TestFaults injects every fault of the matrix while people act, and holds what is
// stored, what Slack took and what people were told against each other. A seed
// replays what was drawn; what happens at the same moment stays open.
func TestFaults(t *testing.T) {
	redistest.Require(t)
	if *seed == 0 {
		*seed = rand.Uint64N(1e9) + 1
	}
	t.Logf("-seed %d", *seed)
	report := report{seed: *seed, began: time.Now()}
	t.Run("rows", func(t *testing.T) {
		for _, r := range faultRows() {
			if r.inject == nil {
				report.add(t, r, tally{})
				continue
			}
			t.Run(fmt.Sprint(r.number, " ", r.name), func(t *testing.T) {
				t.Parallel()
				n := *faults * max(1, r.times)
				if r.most > 0 {
					n = min(max(1, r.most**faults/whole), r.most)
				}
				name := fnv.New64a()
				fmt.Fprint(name, r.number, r.name)
				c := &campaign{T: t, row: r, n: n, rng: rand.New(rand.NewPCG(*seed, name.Sum64()))}
				defer func() {
					t.Logf("%+v", c.tally)
					report.add(t, r, c.tally)
				}()
				r.inject(c)
				if c.injections == 0 || c.deeds == 0 {
					t.Errorf("%d faults during %d deeds prove nothing", c.injections, c.deeds)
				}
			})
		}
	})
}

// recover notes how long something took to work again.
func (c *campaign) recover(took time.Duration) { c.recovered = max(c.recovered, took) }
