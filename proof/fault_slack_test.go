package proof

import (
	"context"
	"strings"
	"sync"
	"time"

	"alignbot/slacksim"
)

// atMost so many faults strike before what they did is waited for: some hold a channel
// for a second.
const atMost = 20

// struck lets people act until a scripted fault has struck as often as asked for.
func (c *campaign) struck(p place, atOnce int, kinds string, fault slacksim.Fault, effects ...slacksim.Effect) {
	w := c.open(p)
	if kinds == "v" || len(kinds) > 1 {
		w.startsBallot()
	}
	each := max(1, c.n/len(effects))
	for i, effect := range effects {
		fault := fault
		fault.Do, fault.Times = effect, each
		if i == len(effects)-1 {
			fault.Times = max(1, c.n-each*(len(effects)-1))
		}
		rule := w.sim.Faults().Add(fault)
		for rule.Strikes() < fault.Times {
			w.act(max(len(kinds), min(fault.Times-rule.Strikes(), atMost)*max(1, fault.Every)), atOnce, kinds)
			w.until("nothing is due", func() bool {
				stats, err := w.store.OutboxStats(c.Context())
				return err == nil && stats.OldestDue == 0 && stats.Sending == 0 && (kinds == "v" || stats.Due <= w.later)
			})
		}
		rule.Remove()
		c.injections += rule.Strikes()
	}
	w.act(1, 1, kinds[:1])
	w.settle()
}

func cutMidAcknowledgement(c *campaign) {
	c.struck(place{bots: 2}, 64, "cvcfcr", slacksim.Fault{On: "envelope:*", Every: 3}, slacksim.CutAfterSend())
}

func loseAcknowledgements(c *campaign) {
	c.struck(place{bots: 2}, 64, "cvcfcr", slacksim.Fault{On: "envelope:*", Every: 3}, slacksim.LoseAck())
}

func deliverTwice(c *campaign) {
	c.struck(place{bots: 2}, 32, "cvcfcr", slacksim.Fault{On: "envelope:*", Every: 10}, slacksim.DuplicateElsewhere())
}

func deliverManyTimes(c *campaign) {
	c.struck(place{bots: 2}, 32, "cvcfcr", slacksim.Fault{On: "envelope:*", Every: 2}, slacksim.Duplicate(), slacksim.Deliver(3))
}

func repeatEvents(c *campaign) {
	c.struck(place{bots: 2}, 16, "r", slacksim.Fault{On: "reaction_added"}, slacksim.RepeatEvent())
}

func reorder(c *campaign) {
	c.struck(place{bots: 2}, 16, "cccc", slacksim.Fault{On: "slash_commands", Every: 2}, slacksim.HoldBack())
}

func throttle(c *campaign) {
	c.struck(place{}, 16, "cccr", slacksim.Fault{On: "chat.*", Every: 20}, slacksim.Throttle("1"), slacksim.Throttle("0"))
}

func losePosts(c *campaign) {
	c.struck(place{}, 16, "ccccr", slacksim.Fault{On: "chat.post*", Every: 2},
		slacksim.Drop(), slacksim.LoseReply(), slacksim.HTTPStatus(503), slacksim.APIError("internal_error"))
}

func loseRedraws(c *campaign) {
	c.struck(place{}, 16, "v", slacksim.Fault{On: "chat.update", Every: 2}, slacksim.LoseReply(), slacksim.HTTPStatus(500), slacksim.APIError("fatal_error"))
}

func shutChannel(c *campaign) {
	c.struck(place{}, 16, "c", slacksim.Fault{On: "chat.postMessage", Every: 2},
		slacksim.APIError("channel_not_found"), slacksim.APIError("not_in_channel"), slacksim.APIError("is_archived"))
}

func loseAnswers(c *campaign) {
	c.struck(place{}, 16, "v", slacksim.Fault{On: "response_url", Every: 3}, slacksim.Drop(), slacksim.LoseReply(), slacksim.HTTPStatus(503))
}

func refuseBlocks(c *campaign) {
	c.struck(place{}, 16, "c", slacksim.Fault{On: "chat.postMessage", Every: 3}, slacksim.APIError("invalid_blocks"))
}

// cutUnderLoad cuts the socket of every 500th envelope while 128 people act.
func cutUnderLoad(c *campaign) {
	w := c.open(place{bots: 2})
	rule := w.sim.Faults().Add(slacksim.Fault{On: "slash_commands", Every: 500, Do: slacksim.CutAfterSend()})
	for range c.n {
		w.act(500, people, "c")
		w.quiet() // so many cards are many to wait for in the end
	}
	c.injections += rule.Strikes()
	rule.Remove()
	w.works(time.Now())
	w.settle()
}

// cutAll cuts all sockets at once, again and again, while 128 people act, as often as
// people do.
func cutAll(c *campaign) {
	w := c.open(place{bots: 2})
	end := w.busy(people, 200)
	for range c.n {
		from := w.count()
		w.sim.CutSockets()
		at := time.Now()
		w.until("the sockets are open", func() bool { return len(w.sim.Sockets()) >= 4 })
		c.recover(time.Since(at))
		w.until("people act", func() bool { return w.count() >= from+50 })
		c.injections++
	}
	end()
	w.works(time.Now())
	w.settle()
}

// refresh has Slack ask for every socket to be replaced, again and again, while people
// act 50 times a second.
func refresh(c *campaign) {
	// Slack's ten seconds of notice are one; what passes meanwhile is as in use.
	w := c.open(place{bots: 2, slack: slacksim.Options{SocketNotice: time.Second}, change: func(o *orders) { o.Timing.Quiet = 0 }})
	ctx, cancel := context.WithCancel(c.Context())
	var watching sync.WaitGroup
	watching.Go(func() {
		_ = w.sim.Wait(ctx, func() bool {
			if len(w.sim.Sockets()) == 0 {
				c.lost++
				c.Error("there was a moment without a socket")
			}
			return false
		})
	})
	end := w.busy(8, 50)
	for c.injections < c.n {
		old := map[string]bool{}
		for _, s := range w.sim.Sockets() {
			old[s.ID] = true
		}
		asked := time.Now()
		w.sim.RefreshSockets()
		left := func() (n int) {
			for _, s := range w.sim.Sockets() {
				if old[s.ID] {
					n++
				}
			}
			return n
		}
		w.until("every socket has a successor", func() bool { return len(w.sim.Sockets())-left() >= len(old) })
		c.recover(time.Since(asked))
		w.until("Slack has closed the old ones", func() bool { return left() == 0 })
		c.injections += len(old)
	}
	end()
	cancel()
	watching.Wait()
	w.settle()
	if c.astray > 0 {
		c.Errorf("%d deeds had no answer of alignbot", c.astray)
	}
}

// withholdHello cuts all sockets and leaves the next ones without a greeting.
func withholdHello(c *campaign) {
	w := c.open(place{change: func(o *orders) { o.Timing.Hello = 50 * time.Millisecond }})
	for c.injections < c.n {
		rule := w.sim.Faults().Add(slacksim.Fault{On: "hello", Times: min(4, c.n-c.injections), Do: slacksim.NoHello()})
		at := time.Now()
		w.sim.CutSockets()
		w.until("sockets were left without hello", func() bool { return rule.Strikes() == min(4, c.n-c.injections) })
		c.injections += rule.Strikes()
		rule.Remove()
		w.until("there are sockets", func() bool { return len(w.sim.Sockets()) >= 2 })
		w.works(at)
	}
	w.settle()
}

// halfOpen makes a socket deaf and mute while somebody acts through it.
func halfOpen(c *campaign) {
	w := c.open(place{slack: slacksim.Options{PingEvery: 20 * time.Millisecond}, change: func(o *orders) {
		o.Timing.Ping, o.Timing.Silence = 20*time.Millisecond, 300*time.Millisecond
	}})
	for c.injections < c.n {
		rule := w.sim.Faults().Add(slacksim.Fault{On: "slash_commands", Times: 1, Do: slacksim.HalfOpen()})
		at := time.Now()
		var waiting sync.WaitGroup
		waiting.Go(func() { w.capture(0) })
		w.until("a socket is half open", func() bool { return rule.Strikes() == 1 })
		w.until("it is replaced", func() bool {
			alive := 0
			for _, s := range w.sim.Sockets() {
				if !s.HalfOpen {
					alive++
				}
			}
			return alive >= 2 && len(w.sim.Sockets()) == alive
		})
		c.injections++
		w.sim.Advance(4 * time.Second) // Slack's patience with what went into the dead socket
		waiting.Wait()
		w.works(at)
		rule.Remove()
	}
	w.settle()
}

// removeFromChannel throws the bot out of the channel and invites it again.
func removeFromChannel(c *campaign) {
	w := c.open(place{workspace: invitedOnly})
	bot := w.sim.Workspace().App.BotUser
	for c.injections < c.n {
		if err := w.sim.Kick(c.Context(), person(0), channel, bot); err != nil {
			c.Fatal(err)
		}
		c.injections++
		w.act(3, 3, "c")
		at := time.Now()
		if err := w.sim.Invite(c.Context(), person(0), channel, bot); err != nil {
			c.Fatal(err)
		}
		w.quiet()
		c.recover(time.Since(at))
	}
	w.settle()
}

// allDown ends all bots, lets people act meanwhile, and starts them again one or four
// minutes later by Slack's clock.
func allDown(c *campaign) {
	w := c.open(place{})
	for c.injections < c.n {
		w.dismiss(w.bots[len(w.bots)-1])
		w.act(4, 4, "cr")
		for range 1 + 3*c.rng.IntN(2) {
			w.sim.Advance(time.Minute)
		}
		at := time.Now()
		w.hire()
		w.works(at)
		w.sim.Advance(5 * time.Minute)
		w.knows()
		c.injections++
	}
	w.settle()
}

// longDown ends all bots for ten minutes, and has somebody look at their Home later.
func longDown(c *campaign) {
	w := c.open(place{})
	for c.injections < c.n {
		w.dismiss(w.bots[len(w.bots)-1])
		w.act(2, 2, "c")
		const away = 10 * time.Minute
		w.sim.Advance(away)
		// Redis has a clock that cannot be moved: what it remembers is.
		w.server.Do("SET", "ab:{T0ACME}:attended", time.Now().Add(-away).UnixMilli())
		at := time.Now()
		w.hire()
		w.works(at)
		who := person(c.injections)
		w.until("Home says since when no bot ran", func() bool {
			if err := w.sim.OpenHome(c.Context(), who); err != nil {
				c.Fatal(err)
			}
			home, shown, err := w.sim.Home(who)
			return err == nil && shown && strings.Contains(string(home.JSON), "was not connected to Slack from")
		})
		w.server.Do("DEL", "ab:{T0ACME}:absence")
		c.injections++
	}
	w.settle()
}
