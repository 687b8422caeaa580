package proof

import (
	"encoding/json"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

// disablePeople disables accounts of people who voted and for whom something waits: Slack
// tells so of one half before their nudges are due, and of the other by refusing them.
func disablePeople(c *campaign) {
	const atOnce = 100 // of all people
	for c.injections < c.n {
		nudges := false
		w := c.open(place{workspace: inTheMorning, change: func(o *orders) { o.Nudges = nudges }})
		n := min(atOnce, c.n-c.injections)
		w.act(n, 16, "v")
		left := map[string]bool{}
		for k := range n / 2 {
			left[person(k)] = true
		}
		w.withWorkdays()
		due := time.Now().Add(time.Second)
		if err := w.nudgesAt(c.Context(), due); err != nil {
			c.Fatal(err)
		}
		for who := range left {
			if err := w.sim.UpdatePerson(c.Context(), who, func(p *slacksim.Person) { p.Deactivated = true }); err != nil {
				c.Fatal(err)
			}
		}
		nudges = true
		rule := w.sim.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: n - len(left), Do: slacksim.APIError("user_disabled")})
		w.hire()
		w.until("everybody else had theirs", func() bool {
			sent := 0
			for _, attempts := range w.sentTo() {
				sent += attempts
			}
			return sent >= people-len(left)
		})
		w.quiet()
		rule.Remove()
		c.injections += len(left) + rule.Strikes()
		c.recover(time.Since(due))
		w.settle()
		tried := w.sentTo()
		for k := range people {
			switch who := person(k); {
			case left[who] && tried[who] > 0:
				c.Errorf("%s left before the nudge was due, and was sent %d", who, tried[who])
			case !left[who] && tried[who] != 1:
				c.Errorf("%s was sent %d nudges", who, tried[who])
			}
		}
		if stats, err := w.store.OutboxStats(c.Context()); err != nil || stats.Failed != rule.Strikes() {
			c.Errorf("%d nudges were refused, and the outbox has %+v, %v", rule.Strikes(), stats, err)
		}
	}
	c.nobodyNoticed()
}

// withWorkdays has the team work on every day of the week.
func (w *faultWorld) withWorkdays() {
	w.c.Helper()
	team, err := w.store.Team(w.c.Context(), "PAY")
	if err != nil {
		w.c.Fatal(err)
	}
	team.Workdays = pipeline.Week()
	if _, err := w.store.ChangeTeam(w.c.Context(), "workdays", team); err != nil {
		w.c.Fatal(err)
	}
}

// sentTo is how often a private message was tried to be sent, by person.
func (w *faultWorld) sentTo() map[string]int {
	tried := map[string]int{}
	for _, e := range w.privatePosts() {
		tried[recipient(e)]++
	}
	return tried
}

// privatePosts are the messages that were tried to be sent to people.
func (w *faultWorld) privatePosts() []slacksim.Entry {
	return w.sim.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Kind == slacksim.KindCall && e.Method == "chat.postMessage" && recipient(e) != channel
	})
}

// recipient of a message, as it was addressed.
func recipient(e slacksim.Entry) string {
	var to struct{ Channel string }
	_ = json.Unmarshal(e.Payload, &to) // of another shape, it goes to nobody
	return to.Channel
}
