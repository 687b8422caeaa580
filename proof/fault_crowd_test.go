package proof

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"alignbot/slacksim"
)

// throng is how many more people are in the channel than act in it.
const throng = 10_000

// crowdedChannel lets people act in a channel of ten thousand, and now and then ask all of
// them, while Slack answers 429 to what is asked of it about people.
func crowdedChannel(c *campaign) {
	// Who somebody is, is asked each time, where it is known for a minute otherwise.
	w := c.open(place{late: true, change: func(o *orders) { o.Timing.PersonFresh = time.Millisecond }, workspace: func(ws *slacksim.Workspace) {
		for i := range ws.Channels {
			if ws.Channels[i].ID != channel {
				continue
			}
			for n := range throng {
				id := fmt.Sprintf("U0M%05d", n)
				ws.People = append(ws.People, slacksim.Person{ID: id, Name: strings.ToLower(id)})
				ws.Channels[i].Members = append(ws.Channels[i].Members, id)
			}
		}
	}})
	began := time.Now()
	w.hire()
	if took := time.Since(began); took > 10*time.Second {
		c.Errorf("it started after %s, want at most 10 s", took)
	}
	idea := w.capture(0)
	w.until("there is an idea", func() bool { return len(w.ideas()[idea.token]) == 1 })
	for c.injections < c.n {
		from, n := w.sim.Ledger().Len(), 1
		if c.rng.IntN(8) == 0 {
			rule := w.sim.Faults().Add(slacksim.Fault{On: "conversations.members", Times: 1, Do: slacksim.Throttle("1")})
			w.asksAll(c.rng.IntN(people))
			rule.Remove()
			c.injections++
		} else {
			n = 4 + c.rng.IntN(8)
			rule := w.sim.Faults().Add(slacksim.Fault{On: "users.info", Every: 2, Times: c.n - c.injections, Do: slacksim.Throttle("1")})
			w.act(n, 8, "cfr")
			rule.Remove()
			c.injections += rule.Strikes()
		}
		w.quiet()
		w.asksFew(from, n)
	}
	w.settle()
	w.mentionsFew()
	c.answeredIn("ten thousand people were in the channel")
}

// asksAll has somebody start what would ask everybody in the channel: it is refused with
// the limit, and what they typed is still there.
func (w *faultWorld) asksAll(k int) {
	w.c.Helper()
	a := &actor{world: w.world, ctx: w.c.Context(), who: person(k)}
	v, err := a.opens(func() error { return a.types("/antibacklog vote PAY-1") })
	for err == nil {
		if err = w.sim.Submit(a.ctx, a.who, v.ID); err != nil {
			break
		}
		views, _ := w.sim.Modals(a.who)
		if len(views) == 0 {
			w.c.doubled++
			w.c.Errorf("%s could start a ballot of %d people", a.who, throng)
			return
		}
		v = views[len(views)-1]
		said := v.Trouble
		for _, words := range v.Errors {
			said += words
		}
		if strings.Contains(said, "more than 2000 people") {
			w.c.refused++
			err = a.closes(v)
			w.c.deeds++
			break
		}
		if !strings.Contains(said, "I keep asking. Press Start again") {
			w.c.Errorf("%s is told %q", a.who, said)
			return
		}
		<-time.After(100 * time.Millisecond) // somebody patient
	}
	if err != nil {
		w.c.Error(err)
	}
}

// asksFew: so many deeds cost a few calls each, however many people there are.
func (w *faultWorld) asksFew(from, deeds int) {
	w.c.Helper()
	calls := map[string]int{}
	for _, e := range w.sim.Ledger().Entries(func(e slacksim.Entry) bool { return int(e.Seq) > from && e.Kind == slacksim.KindCall }) {
		calls[e.Method]++
	}
	sum := 0
	for method, n := range calls {
		sum += n
		if n > 3+2*deeds {
			w.c.Errorf("%d deeds made %d calls of %s", deeds, n, method)
		}
	}
	if sum > 6+5*deeds {
		w.c.Errorf("%d deeds made %v", deeds, calls)
	}
}

// mentionsFew: nothing that was sent calls everybody, or more than a few.
func (w *faultWorld) mentionsFew() {
	w.c.Helper()
	all := []string{"<!channel", "<!here", "<!everyone", "<!subteam", `"type":"broadcast"`, `"range":"channel"`}
	for _, e := range w.sim.Ledger().Entries(func(e slacksim.Entry) bool { return e.By == "app" && len(e.Payload) > 0 }) {
		payload := string(e.Payload)
		if slices.ContainsFunc(all, func(words string) bool { return strings.Contains(payload, words) }) || strings.Count(payload, "<@U") > 10 {
			w.c.Errorf("%s calls many: %.400s", e.Method, payload)
		}
	}
}
