package proof

import (
	"errors"
	"slices"
	"strings"
	"time"

	"alignbot/bot"
	"alignbot/slacksim"
)

// crowdOut starts one bot more than Slack has sockets for, again and again, and gives it
// the place of another that ends.
func crowdOut(c *campaign) {
	const enough = 5 // each has two of the ten sockets
	pauses := bot.Timing{RetryFirst: 20 * time.Millisecond, RetryMost: 80 * time.Millisecond}
	w := c.open(place{bots: enough, change: func(o *orders) {
		o.Timing.RetryFirst, o.Timing.RetryMost, o.Timing.Stable = pauses.RetryFirst, pauses.RetryMost, time.Hour
	}})
	var late []time.Duration // between every second of the later tries: the pauses at one of two sockets
	for c.injections < c.n {
		from := time.Now()
		w.begin()
		times := max(2, min(20, c.n-c.injections))
		w.until("it has tried", func() bool { return len(w.tries(from)) >= times })
		w.act(2, 2, "c")
		tries := w.tries(from)
		c.injections += len(tries)
		if took := time.Since(from); len(tries) > mostTries(pauses, took) {
			c.Errorf("%d sockets were asked for within %s", len(tries), took)
		}
		for i := 10; i < len(tries); i++ {
			late = append(late, tries[i].Sub(tries[i-2]))
		}
		at := time.Now()
		w.dismiss(w.bots[len(w.bots)-1-enough])
		w.until("it has the places of the one that ended", func() bool {
			return len(w.sim.Sockets()) == 2*enough && w.sim.Sockets()[2*enough-2].Opened.After(from)
		})
		w.works(at)
	}
	w.settle()
	if c.astray > 0 {
		c.Errorf("%d deeds had no answer of alignbot", c.astray)
	}
	// Bots that were refused together must not come again together.
	slices.Sort(late)
	if n := len(late); n >= 20 && late[n*3/4]-late[n/4] < pauses.RetryMost/16 {
		c.Errorf("sockets were asked for at one pace: %v", late)
	}
}

// tries at a socket since a moment.
func (w *faultWorld) tries(since time.Time) (at []time.Time) {
	for _, e := range w.sim.Ledger().Calls("apps.connections.open") {
		if e.At.After(since) {
			at = append(at, e.At)
		}
	}
	return at
}

// mostTries at two sockets in that time: pauses are half as long as they may be at
// least, and double from the first to the longest.
func mostTries(pauses bot.Timing, took time.Duration) int {
	tries := 1
	for pause := pauses.RetryFirst; took > 0; pause = min(2*pause, pauses.RetryMost) {
		took -= pause / 2
		tries++
	}
	return 2 * tries
}

// switchOff switches Socket Mode off while people act, and on again.
func switchOff(c *campaign) {
	w := c.open(place{})
	for c.injections < c.n {
		doomed, opened := w.bots[len(w.bots)-1], len(w.sim.Ledger().Calls("apps.connections.open"))
		end := w.busy(4, 200)
		from := w.count()
		w.until("people act", func() bool { return w.count() >= from+4 })
		w.sim.SetSocketMode(false)
		<-doomed.ended
		var stop *bot.Stop
		if !errors.As(doomed.err, &stop) || !strings.Contains(stop.Cause, "Socket Mode is switched off") || stop.Fix == "" {
			c.Errorf("the bot ended with %v", doomed.err)
		}
		if more := len(w.sim.Ledger().Calls("apps.connections.open")) - opened; more > 2 {
			c.Errorf("it asked for %d sockets before it ended", more)
		}
		w.sim.Advance(slacksim.AckTimeout) // whoever asked it is told that it does not respond
		end()
		w.sim.SetSocketMode(true)
		at := time.Now()
		w.hire()
		w.works(at)
		c.injections++
	}
	w.settle()
}
