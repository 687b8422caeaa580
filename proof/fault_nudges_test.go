package proof

import (
	"slices"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage/redistest"
)

// atRound is how many faults strike while everybody has one nudge.
const atRound = 12

// killMidNudges kills processes, and cuts what they say to Redis and to Slack, at drawn
// moments between planning nudges and noting that they were sent.
func killMidNudges(c *campaign) {
	w := c.open(place{late: true, apart: true, workspace: inTheMorning, change: func(o *orders) {
		o.Nudges, o.Timing.Call, o.Timing.Lease = true, 700*time.Millisecond, time.Second
	}})
	for c.injections < c.n {
		w.server.Do("FLUSHDB") // everybody has their first nudge again
		w.founds("PAY", channel, person(0))
		w.withWorkdays()
		from := w.sim.Ledger().Len()
		if err := w.nudgesAt(c.Context(), time.Now().Add(time.Second)); err != nil {
			c.Fatal(err)
		}
		w.hire()
		w.hire()
		c.strikesNudges(w, min(atRound, c.n-c.injections))
		for _, e := range w.bots {
			e.stop()
			<-e.ended
		}
		w.bots = nil
		w.judgeNudges(from)
	}
}

// inTheMorning has all people live where they may be nudged now.
func inTheMorning(s *slacksim.Workspace) {
	for i := range s.People {
		s.People[i].TZ = morning()
	}
}

// strikesNudges has so many faults strike, and waits until every nudge is settled.
func (c *campaign) strikesNudges(w *faultWorld, n int) {
	c.Helper()
	rule := w.sim.Faults().Add(slacksim.Fault{On: "chat.postMessage", Every: 10 + c.rng.IntN(30), Times: n / 4, Do: []slacksim.Effect{
		slacksim.LoseReply(), slacksim.Drop(), slacksim.HTTPStatus(503),
	}[c.rng.IntN(3)]})
	defer rule.Remove()
	alive := slices.Clone(w.bots)
	killed := make(chan struct{}, n)
	struck, pause := n/4, 1+c.rng.IntN(40)
	w.proxy.Inject(func([]string) redistest.Fault {
		if pause--; struck >= n || pause > 0 {
			return redistest.None
		}
		struck, pause = struck+1, 1+c.rng.IntN(40)
		switch c.rng.IntN(3) {
		case 0:
			return redistest.CutAfterSend
		case 1:
			return redistest.CutAfterReply
		}
		if len(alive) > 0 {
			alive[0].kill()
			alive = alive[1:]
			killed <- struct{}{}
		}
		return redistest.CutBeforeSend
	})
	began := time.Now()
	w.until("every nudge is settled", func() bool {
		select {
		case <-killed:
			w.hire()
		default:
		}
		return len(w.settledNudges()) == people
	})
	w.proxy.Inject(nil)
	c.recover(time.Since(began))
	c.injections += struck - n/4 + rule.Strikes()
}

// settledNudges are those of which it is known what became of them, by person.
func (w *faultWorld) settledNudges() map[string]pipeline.NudgeDue {
	w.c.Helper()
	settled := map[string]pipeline.NudgeDue{}
	for day := -1; day <= 1; day++ {
		due, err := w.store.Nudged(w.c.Context(), time.Now().UTC().AddDate(0, 0, day).Format(time.DateOnly))
		if err != nil {
			w.c.Fatal(err)
		}
		for _, d := range due {
			if d.Who[0] == '@' && d.State != pipeline.NudgePlanned && d.State != pipeline.NudgeHeld {
				settled[d.Who[1:]] = d
			}
		}
	}
	return settled
}

// judgeNudges: everybody has one, or nobody knows and the audit says so.
func (w *faultWorld) judgeNudges(from int) {
	w.c.Helper()
	taken := map[string]int{}
	for _, e := range w.privatePosts() {
		if e.Error == "" && int(e.Seq) > from {
			taken[recipient(e)]++
		}
	}
	all := w.settledNudges()
	var due []pipeline.NudgeDue
	unknown := 0
	for k := range people {
		w.c.deeds++
		d, known := all[person(k)]
		due = append(due, d)
		switch n := taken[person(k)]; {
		case n > 1:
			w.c.doubled++
			w.c.Errorf("%s was sent %d", person(k), n)
		case !known, d.State == pipeline.NudgeSent && n == 0, d.State != pipeline.NudgeSent && d.State != pipeline.NudgeUnknown:
			w.c.lost++
			w.c.Errorf("Slack took %d for %s, of whom is known %+v", n, person(k), d)
		case d.State == pipeline.NudgeUnknown:
			unknown++
		}
	}
	w.c.unknown += unknown
	if audit := pipeline.AuditNudges("", due); audit.Unknown != unknown || len(audit.Misses) < unknown {
		w.c.Errorf("of %d nudges nobody knows, and the audit says %s", unknown, audit.Words())
	}
}
