package proof

import (
	"fmt"
	"net/url"
	"sync"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/storage"
)

// newerBeside has a version beside the bots that writes what they do not know: a field
// into each record that is stored, while people act.
func newerBeside(c *campaign) {
	w := c.open(place{bots: 2})
	w.startsBallot()
	marked := map[string]bool{}
	end := w.busy(8, 100)
	for c.injections < c.n {
		w.act(4, 4, "v")
		for _, kind := range []string{"idea", "team", "ballot"} {
			for _, key := range w.keys("ab:{T0ACME}:" + kind + ":*") {
				if !marked[key] && c.injections < c.n {
					w.server.Do("HSET", key, "newer", "kept")
					marked[key] = true
					c.injections++
				}
			}
		}
	}
	end()
	w.act(8, 8, "v")
	w.settle()
	for key := range marked {
		if kept := fmt.Sprint(w.server.Do("HGET", key, "newer")); kept != "kept" {
			c.lost++
			c.Errorf("%s has lost what a newer version wrote", key)
		}
	}
}

// keys that are stored, by a pattern.
func (w *faultWorld) keys(pattern string) (keys []string) {
	w.c.Helper()
	stored, _ := w.server.Do("KEYS", pattern).([]any)
	for _, key := range stored {
		keys = append(keys, fmt.Sprint(key))
	}
	return keys
}

// mixedFleet replaces processes of this release by those of the next and the other way
// round, in a drawn order, while people act through whichever there are.
func mixedFleet(c *campaign) {
	next, err := nextRelease()
	if err != nil {
		c.Fatal(err)
	}
	program := ""
	w := c.open(place{apart: true, bots: 2, change: func(o *orders) {
		o.program, o.Timing.Attend, o.Timing.Drain = program, 100*time.Millisecond, 2*time.Second
		o.Timing.Quiet = 0 // a socket closes at the quiet moment that it closes at in use
	}})
	w.startsBallot()
	end := w.busy(4, 40)
	replace := func(by string) {
		program = by
		w.hire()
		at := time.Now()
		w.dismiss(w.bots[len(w.bots)-3])
		c.recover(time.Since(at))
		w.act(4, 4, "v")
		w.moves(4)
	}
	for c.injections < c.n {
		replace([]string{"", next}[c.rng.IntN(2)])
		c.injections++
	}
	replace(next)
	replace("") // the last to file what it stores as this release does
	w.moves(4)
	replace(next)
	replace(next)
	w.moves(4)
	end()
	w.until("the next release has derived what this one stored", func() bool {
		return fmt.Sprint(w.server.Do("ZCARD", "ab:{T0ACME}:next:PAY")) == fmt.Sprint(w.server.Do("ZCARD", "ab:{T0ACME}:list:PAY"))
	})
	replace("") // and back
	replace("")
	w.works(time.Now())
	w.settle()
	written, _ := w.server.Do("SMEMBERS", "ab:{T0ACME}:next").([]any)
	if len(written) < c.n {
		c.Errorf("the next release wrote %d records, which proves little", len(written))
	}
	for _, key := range written {
		if kept := fmt.Sprint(w.server.Do("HGET", key, "next")); kept != "kept" {
			c.lost++
			c.Errorf("%v has lost what the next release wrote", key)
		}
	}
	if c.astray > 1+c.deeds/1000 || c.refused+c.unknown > 0 {
		c.Errorf("of %d deeds %d had no acknowledgement, %d no answer of alignbot", c.deeds, c.astray, c.refused+c.unknown)
	}
}

// moves has so many people move the newest ideas on, each from whatever release stored it.
func (w *faultWorld) moves(n int) {
	w.c.Helper()
	page, err := w.store.Page(w.c.Context(), storage.List{Team: "PAY", Stage: pipeline.Captured}, 1, n)
	if err != nil {
		w.c.Fatal(err)
	}
	var all sync.WaitGroup
	for k, idea := range page.Ideas {
		all.Go(func() {
			w.mu.Lock()
			w.next++
			ts := fmt.Sprintf("1800%06d.000100", w.next)
			w.mu.Unlock()
			value := url.Values{"idea": {idea.Key.String()}, "to": {string(pipeline.Discovery)}}.Encode()
			if err := w.uses(forged{Entry: commands.Entry{On: commands.Button, Name: "stage.move"}, who: person(k), channel: channel, ts: ts, value: value}); err != nil {
				w.c.Error(err)
			}
		})
	}
	all.Wait()
}
