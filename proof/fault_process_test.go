package proof

import (
	"sync"
	"sync/atomic"
	"time"

	"alignbot/slacksim"
	"alignbot/storage/redistest"
)

// killMidWrite kills the process at its N-th command to Redis, and starts another.
func killMidWrite(c *campaign) {
	w := c.open(place{apart: true})
	for c.injections < c.n {
		c.killAt(w, 0, 1+c.rng.IntN(40), func([]string) bool { return true })
	}
	w.settle()
}

// killAt kills the only bot when the nth such command comes, while people act that often
// a second (0: as fast as they can), and starts the next.
func (c *campaign) killAt(w *faultWorld, rate, nth int, such func(command []string) bool) {
	doomed := w.bots[len(w.bots)-1]
	killed := make(chan struct{})
	var once sync.Once
	w.proxy.Inject(func(command []string) redistest.Fault {
		if such(command) {
			nth--
		}
		if nth > 0 {
			return redistest.None
		}
		once.Do(func() {
			doomed.kill()
			close(killed)
		})
		return redistest.CutBeforeSend
	})
	end := w.busy(4, rate)
	<-killed
	<-doomed.ended
	w.proxy.Inject(nil)
	w.sim.Advance(slacksim.AckTimeout) // whoever asked the dead one is told so
	end()
	w.until("its sockets are gone", func() bool { return len(w.sim.Sockets()) == 0 })
	at := time.Now()
	w.hire()
	w.works(at)
	c.injections++
}

// killMidPost kills the process before it has told Redis that Slack took a post, and
// while Slack takes one. Until the lease of that post ends, its channel waits.
func killMidPost(c *campaign) {
	w := c.open(place{apart: true, change: func(o *orders) { o.Timing.Call, o.Timing.Lease = 700*time.Millisecond, time.Second }})
	for c.injections < c.n {
		if c.injections%2 == 0 {
			var posted atomic.Bool
			from := len(w.sim.Ledger().Calls("chat.postMessage"))
			c.killAt(w, 20, 1, func([]string) bool {
				if !posted.Load() && len(w.sim.Ledger().Calls("chat.postMessage")) > from {
					posted.Store(true)
				}
				return posted.Load()
			})
			continue
		}
		rule := w.sim.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: 1, Do: slacksim.LoseReply()})
		c.killAt(w, 20, 1, func([]string) bool { return rule.Strikes() > 0 })
		rule.Remove()
	}
	w.settle()
}

// rollingRestart asks one of four processes after the other to end while people act 50
// times a second, and starts the next one before.
func rollingRestart(c *campaign) {
	// A socket closes at the quiet moment that it closes at in use.
	w := c.open(place{apart: true, bots: 4, change: func(o *orders) { o.Timing.Quiet = 0 }})
	end := w.busy(8, 50)
	for i := range c.n {
		w.hire()
		at := time.Now()
		w.dismiss(w.bots[i])
		c.recover(time.Since(at))
		c.injections++
	}
	end()
	w.settle()
	// Slack may be sending while a socket is closed: what comes then is done, and the
	// person is told, but not by an acknowledgement.
	if c.astray > 1+c.deeds/1000 || c.refused+c.unknown > 0 {
		c.Errorf("of %d deeds %d had no acknowledgement, %d no answer of alignbot", c.deeds, c.astray, c.refused+c.unknown)
	}
}
