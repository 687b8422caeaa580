package proof

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"alignbot/storage/redistest"
)

// writes are the commands that scripts run by; nearly all that alignbot sends.
var writes = []string{"EVALSHA", "EVAL"}

// cutReplies breaks connections after Redis has run a command, 1 to 4 times in a row.
func cutReplies(c *campaign) {
	c.cutCommands(redistest.CutAfterReply, redistest.CutAfterSend)
}

// cutCommands breaks connections at commands of people who act.
func (c *campaign) cutCommands(kinds ...redistest.Fault) {
	w := c.open(place{})
	w.startsBallot()
	left, pause := 0, 0
	var struck atomic.Int64
	w.proxy.Inject(func(command []string) redistest.Fault {
		if int(struck.Load()) >= c.n || !slices.Contains(writes, command[0]) {
			return redistest.None
		}
		if left == 0 {
			if pause--; pause > 0 {
				return redistest.None
			}
			left, pause = 1+c.rng.IntN(4), 5+c.rng.IntN(10)
		}
		left--
		struck.Add(1)
		return kinds[c.rng.IntN(len(kinds))]
	})
	for int(struck.Load()) < c.n {
		w.act(max(12, c.n), 16, "cvcfcr")
	}
	w.proxy.Inject(nil)
	c.injections += int(struck.Load())
	w.works(time.Now())
	w.settle()
}

func cutBeforeSend(c *campaign) { c.cutCommands(redistest.CutBeforeSend) }

// nthCommand breaks the connection at the N-th command of one deed, for all N, once and
// for good.
func nthCommand(c *campaign) {
	w := c.open(place{})
	kinds := []redistest.Fault{redistest.CutBeforeSend, redistest.CutAfterSend, redistest.CutAfterReply}
	for i := 0; c.injections < c.n; i++ {
		nth, kind, sticky := 1+i/6%12, kinds[i%3], i%6 >= 3
		seen := 0
		var struck atomic.Bool
		w.proxy.Inject(func([]string) redistest.Fault {
			if seen++; seen == nth || sticky && seen > nth {
				struck.Store(true)
				return kind
			}
			return redistest.None
		})
		w.deed([]rune{byCommand, byForm}[i%2], i%8)
		w.until("the command came", struck.Load)
		w.proxy.Inject(nil)
		c.injections++
	}
	w.works(time.Now())
	w.settle()
}

// durable are the arguments of a Redis whose files hold what it has confirmed.
var durable = []string{"--appendonly", "yes", "--appendfsync", "always"}

// killRedis ends Redis at the N-th command of people who act, and starts it again.
func killRedis(c *campaign) {
	w := c.open(place{args: durable})
	for c.injections < c.n {
		end := w.busy(8, 0)
		nth := 1 + c.rng.IntN(60)
		killed := make(chan struct{})
		w.proxy.Inject(func([]string) redistest.Fault {
			if nth--; nth == 0 {
				w.server.Kill()
				close(killed)
			}
			return redistest.None
		})
		<-killed
		end()
		w.proxy.Inject(nil)
		w.server.Restart()
		w.server.RewriteFile()
		c.injections++
		w.works(time.Now())
	}
	w.settle()
}

// startRedisLater starts a bot before its Redis.
func startRedisLater(c *campaign) {
	w := c.open(place{late: true, args: durable})
	for c.injections < c.n {
		w.server.Kill()
		before := len(w.sim.Sockets())
		e := w.begin()
		w.act(1, 1, "c")
		if n := len(w.sim.Sockets()); n > before {
			c.Errorf("%d sockets were opened by a bot that cannot save", n-before)
		}
		w.server.Restart()
		at := time.Now()
		w.until("the bot has its sockets", func() bool { return len(w.sim.Sockets()) >= before+2 })
		w.works(at)
		c.injections++
		w.dismiss(e)
	}
	w.hire()
	w.settle()
}

// budget is how long an answer may take, which Slack waits 3 s for.
const budget = 2500 * time.Millisecond

// stallCommands keeps commands on their way until the bot gives them up.
func stallCommands(c *campaign) {
	w := c.open(place{})
	var struck atomic.Int64
	w.proxy.Inject(func([]string) redistest.Fault {
		if int(struck.Load()) >= c.n || c.rng.IntN(8) > 0 {
			return redistest.None
		}
		struck.Add(1)
		return redistest.Stall
	})
	for int(struck.Load()) < c.n {
		w.act(max(8, c.n/4), 16, "ccf")
	}
	w.proxy.Resume()
	c.injections += int(struck.Load())
	w.works(time.Now())
	w.settle()
	c.answeredIn("a command of Redis stalled")
}

// freezeRedis stops Redis for ten seconds while people act.
func freezeRedis(c *campaign) {
	// A socket closes at the quiet moment that it closes at in use.
	w := c.open(place{change: func(o *orders) { o.Timing.Quiet = 0 }})
	for c.injections < c.n {
		end := w.busy(16, 20)
		w.server.Freeze()
		<-time.After(10 * time.Second)
		w.server.Thaw()
		at := time.Now()
		end()
		c.injections++
		w.until("the sockets are open", func() bool { return len(w.sim.Sockets()) >= 2 })
		w.works(at)
	}
	w.settle()
	c.answeredIn("Redis stood still")
}

// answeredIn: nobody waited longer than they may, but for what a busy machine adds.
func (c *campaign) answeredIn(when string) {
	c.Helper()
	if most := budget + 400*time.Millisecond; c.answered > most {
		c.Errorf("while %s somebody waited %s, want at most %s", when, c.answered, most)
	}
}

// refuseWrites makes Redis refuse them again and again while people act.
func (c *campaign) refuseWrites(refuse, accept []any) {
	w := c.open(place{})
	for c.injections < c.n {
		w.refuse(func() { w.server.Do(refuse...) }, func() { w.server.Do(accept...) })
	}
	w.settle()
}

// refuse makes Redis refuse writes until people have met it.
func (w *faultWorld) refuse(refuse, accept func()) {
	end := w.busy(4, 0)
	from := w.count()
	refuse()
	w.until("people meet it", func() bool { return w.count() > from+8 })
	accept()
	at := time.Now()
	end()
	w.c.injections++
	w.works(at)
}

// count of deeds so far.
func (w *faultWorld) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.deeds)
}

func fillRedis(c *campaign) {
	c.refuseWrites([]any{"CONFIG", "SET", "maxmemory", "1"}, []any{"CONFIG", "SET", "maxmemory", "0"})
}

// fillDisk lets the file of Redis grow by a few bytes more while people act, and by
// as much as it wants later. In the end Redis starts from that file.
func fillDisk(c *campaign) {
	w := c.open(place{args: []string{"--appendonly", "yes", "--appendfsync", "everysec"}}) // as the embedded one has
	for c.injections < c.n {
		w.refuse(func() { w.server.FillDisk(c.rng.Int64N(20_000)) }, w.server.FreeDisk)
	}
	w.quiet()
	w.until("all is in the file", func() bool {
		info, _ := w.server.Do("INFO", "persistence").(string)
		return strings.Contains(info, "aof_last_write_status:ok") && strings.Contains(info, "aof_buffer_length:0")
	})
	w.server.Restart()
	w.works(time.Now())
	w.settle()
}

func missReplicas(c *campaign) {
	c.refuseWrites([]any{"CONFIG", "SET", "min-replicas-to-write", "1"}, []any{"CONFIG", "SET", "min-replicas-to-write", "0"})
}

func makeReplica(c *campaign) {
	c.refuseWrites([]any{"REPLICAOF", "127.0.0.1", "1"}, []any{"REPLICAOF", "NO", "ONE"})
}

// skewClocks has bots whose clocks differ by twenty minutes serve the same people.
func skewClocks(c *campaign) {
	skew := 10 * time.Minute
	w := c.open(place{bots: 2, change: func(o *orders) { o.Skew, skew = skew, -skew }})
	w.act(c.n, 32, "cvcfcr")
	c.injections += c.n
	w.settle()
}
