package proof

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

// shapes of Retry-After, and from when on a call may be made again; what cannot be read
// counts as half a minute, zero and the past as a second.
var shapes = []struct {
	name   string
	effect func(now time.Time) slacksim.Effect
	wait   time.Duration // 0: until the date
}{
	{"1", throttledFor("1"), time.Second},
	{"0", throttledFor("0"), time.Second},
	{"-5", throttledFor("-5"), time.Second},
	{"1.5", throttledFor("1.5"), 1500 * time.Millisecond},
	{"a date", func(now time.Time) slacksim.Effect { return slacksim.Throttle(dateAfter(now)) }, 0},
	{"a date that is past", func(now time.Time) slacksim.Effect {
		return slacksim.Throttle(now.Add(-time.Hour).UTC().Format(http.TimeFormat))
	}, time.Second},
	{"30", throttledFor("30"), 30 * time.Second},
	{"none", func(time.Time) slacksim.Effect { return slacksim.ThrottleBare() }, 30 * time.Second},
	{"junk", throttledFor("soon"), 30 * time.Second},
	{"too much", throttledFor("1e300"), 24 * time.Hour},
}

func throttledFor(value string) func(time.Time) slacksim.Effect {
	return func(time.Time) slacksim.Effect { return slacksim.Throttle(value) }
}

// dateAfter is a date at least a second away, as HTTP has no parts of one.
func dateAfter(now time.Time) string {
	return now.Add(2 * time.Second).UTC().Format(http.TimeFormat)
}

// throttledLane is a channel that Slack asked to leave alone until then.
type throttledLane struct {
	shape   string
	channel string
	until   time.Time
}

// throttleChannels has Slack ask to wait in every shape, in up to twenty channels at
// once. Ideas go on being captured there and elsewhere.
func throttleChannels(c *campaign) {
	w := c.open(place{change: func(o *orders) { o.Pace = 20 * time.Millisecond }}) // more than a post takes, as in use
	var lanes []throttledLane
	for c.injections < c.n {
		var held []throttledLane
		for range min(20, c.n-c.injections) {
			held = append(held, c.throttleOne(w))
		}
		for _, lane := range held {
			w.where = lane.channel
			w.capture(c.injections)
		}
		w.where = channel // which waits for nothing
		d := w.capture(c.injections)
		w.until("the card of a channel that may be posted in comes", func() bool { return w.heard().cards[d.token] == 1 })
		const moment = 10 * time.Second
		w.until("what waits a moment has come", func() bool {
			posted := w.posted()
			return !slices.ContainsFunc(held, func(l throttledLane) bool { return time.Until(l.until) < moment && posted[l.channel] < 2 })
		})
		for i, lane := range held {
			if time.Until(lane.until) > moment { // Redis has a clock that cannot be moved: what it remembers is
				w.heldUntil(lane)
				held[i].until = time.Now()
				if err := w.store.Release(c.Context(), lane.channel); err != nil {
					c.Fatal(err)
				}
			}
		}
		w.quiet()
		lanes = append(lanes, held...)
	}
	w.settle()
	w.judgeLanes(lanes)
	w.judgeOrder()
	c.nobodyNoticed()
}

// throttleOne founds a team, captures an idea in its channel, and has Slack refuse the card.
func (c *campaign) throttleOne(w *faultWorld) throttledLane {
	c.Helper()
	shape := shapes[(c.injections+int(*seed))%len(shapes)]
	id, err := w.sim.CreateChannel(c.Context(), person(c.injections), fmt.Sprint("team-", c.injections), false)
	if err != nil {
		c.Fatal(err)
	}
	w.founds(pipeline.TeamKey(fmt.Sprint("T", c.injections)), id, person(c.injections))
	now := time.Now()
	rule := w.sim.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: 1, Do: shape.effect(now)})
	w.where = id
	w.capture(c.injections)
	w.until("Slack asks to wait", func() bool { return rule.Strikes() == 1 })
	rule.Remove()
	c.injections++
	lane := throttledLane{shape: shape.name, channel: id, until: now.Add(shape.wait)}
	if shape.wait == 0 {
		lane.until, _ = http.ParseTime(dateAfter(now))
	}
	return lane
}

// posted is how many messages were posted, by channel.
func (w *faultWorld) posted() map[string]int {
	posted := map[string]int{}
	for _, e := range w.sim.Ledger().Calls("chat.postMessage") {
		posted[e.Channel]++
	}
	return posted
}

// heldUntil looks that what is stored holds a lane back for as long as Slack asked.
func (w *faultWorld) heldUntil(lane throttledLane) {
	w.c.Helper()
	ms, err := strconv.ParseInt(fmt.Sprint(w.server.Do("GET", "ab:{T0ACME}:hold:to:"+lane.channel)), 10, 64)
	if err != nil || time.UnixMilli(ms).Before(lane.until) {
		w.c.Errorf("Retry-After: %s holds a channel until %s (%v), and Slack asked for %s", lane.shape, time.UnixMilli(ms), err, lane.until)
	}
}

// judgeLanes: nothing was posted before its time.
func (w *faultWorld) judgeLanes(lanes []throttledLane) {
	w.c.Helper()
	first := map[string]time.Time{}
	for _, e := range w.sim.Ledger().Calls("chat.postMessage") {
		if _, known := first[e.Channel]; !known {
			first[e.Channel] = e.At
		}
	}
	for _, lane := range lanes {
		if at := first[lane.channel]; at.Before(lane.until) {
			w.c.Errorf("Retry-After: %s asks for nothing before %s, and a card came at %s", lane.shape, lane.until, at)
		}
	}
}

// throttleRedraws has Slack ask to wait with the redraws of a message: ideas that are
// captured meanwhile are posted in the same channel, and the last state is drawn.
func throttleRedraws(c *campaign) {
	w := c.open(place{})
	w.startsBallot()
	for c.injections < c.n {
		shape := shapes[c.rng.IntN(2)]
		rule := w.sim.Faults().Add(slacksim.Fault{On: "chat.update", Times: 1, Do: shape.effect(time.Now())})
		before := uint64(w.sim.Ledger().Len())
		w.act(8, 8, "v")
		w.until("Slack asks to wait", func() bool { return rule.Strikes() == 1 })
		at := time.Now()
		d := w.capture(0)
		w.until("a card comes meanwhile", func() bool { return w.heard().cards[d.token] == 1 })
		if took := time.Since(at); took > shape.wait {
			c.Errorf("a card took %s while the redraws of another message had to wait", took)
		}
		w.quiet()
		// Of Slack's own clock: whoever looks at it here may be late.
		updates := w.sim.Ledger().Entries(func(e slacksim.Entry) bool {
			return e.Seq > before && e.Method == "chat.update" && (e.Kind == slacksim.KindFault || e.Kind == slacksim.KindCall && e.Error == "")
		})
		refused := slices.IndexFunc(updates, func(e slacksim.Entry) bool { return e.Kind == slacksim.KindFault })
		if refused < 0 || refused == len(updates)-1 {
			c.Errorf("of %d redraws the one at %d was refused, and none came after the wait", len(updates), refused)
		} else if wait := updates[refused+1].At.Sub(updates[refused].At); wait < shape.wait-time.Millisecond {
			c.Errorf("the message was redrawn after %s, and Slack asked for %s", wait, shape.wait)
		}
		rule.Remove()
		c.injections++
	}
	w.settle()
	c.nobodyNoticed()
}
