package proof

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

// invitedOnly has no right to post where the bot is not.
func invitedOnly(w *slacksim.Workspace) {
	w.App.Scopes = slices.DeleteFunc(w.App.Scopes, func(scope string) bool { return scope == "chat:write.public" })
}

// loseChannels takes one team's channel after the other from the bot, in each way that
// there is, and gives it back where that is possible.
func loseChannels(c *campaign) {
	w := c.open(place{workspace: invitedOnly})
	bot := w.sim.Workspace().App.BotUser
	lost := map[string]string{} // owners by channel
	for c.injections < c.n {
		way := c.injections % 3
		owner := person(c.injections)
		var err error
		if w.where, err = w.sim.CreateChannel(c.Context(), owner, fmt.Sprint("team-", c.injections), way == 0); err == nil {
			err = w.sim.Invite(c.Context(), owner, w.where, bot)
		}
		if err != nil {
			c.Fatal(err)
		}
		w.founds(pipeline.TeamKey(fmt.Sprint("T", c.injections)), w.where, owner)
		lost[w.where] = owner
		if way == 2 { // nobody may post there but who was chosen to
			for range 2 {
				rule := w.sim.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: 1, Do: slacksim.APIError("restricted_action_read_only_channel")})
				w.capture(c.injections)
				w.until("the channel was tried", func() bool { return rule.Strikes() == 1 && w.toldOf(w.where, owner) > 0 })
				rule.Remove()
			}
			c.injections++
			continue
		}
		if err := w.sim.Kick(c.Context(), owner, w.where, bot); err != nil {
			c.Fatal(err)
		}
		for range 2 {
			w.capture(c.injections)
		}
		w.until("the channel was tried again, and its owner is told", func() bool { return w.refusedIn(w.where) > 1 && w.toldOf(w.where, owner) > 0 })
		at := time.Now()
		if err := w.sim.Invite(c.Context(), owner, w.where, bot); err != nil {
			c.Fatal(err)
		}
		w.quiet()
		c.recover(time.Since(at))
		c.injections++
	}
	w.settle()
	for channel, owner := range lost {
		if n := w.toldOf(channel, owner); n != 1 {
			c.Errorf("%s was told %d times that the channel is lost", owner, n)
		}
	}
}

// toldOf is how often somebody was told that nothing can be posted in a channel.
func (w *faultWorld) toldOf(channel, owner string) (n int) {
	for _, e := range w.sim.Ledger().Calls("chat.postMessage") {
		var to struct{ Channel string }
		_ = json.Unmarshal(e.Payload, &to) // of another shape, it goes to nobody
		if e.Error == "" && to.Channel == owner && strings.Contains(e.Text, "<#"+channel+">") {
			n++
		}
	}
	return n
}

// archiveChannel archives the team's channel while people have forms open, lets them
// submit, and opens it again: with Slack telling of that, and without.
func archiveChannel(c *campaign) {
	for _, told := range []bool{true, false} {
		w := c.open(place{
			workspace: func(s *slacksim.Workspace) {
				if !told {
					s.App.Events = slices.DeleteFunc(s.App.Events, func(name string) bool { return name == "channel_unarchive" })
				}
			},
			change: func(o *orders) {
				o.Pace = 20 * time.Millisecond // more than a post takes, as in use
				if told {
					o.Timing.ChannelLook = time.Hour
				}
			},
		})
		for range max(1, c.n/2) {
			c.archived(w)
		}
		w.settle()
		w.judgeOrder()
		if n := w.toldOf(channel, person(0)); n != 1 {
			c.Errorf("the owner was told %d times today that the channel is archived", n)
		}
	}
}

// archived has people capture two ideas while the channel is archived, and opens it in
// the moment in which a post to it was refused.
func (c *campaign) archived(w *faultWorld) {
	var submit []func()
	for k := range 2 {
		d, v := w.fillsIn(k)
		submit = append(submit, func() { w.submits(d, v) })
	}
	if err := w.sim.Archive(c.Context(), person(0), channel); err != nil {
		c.Fatal(err)
	}
	tried := w.refusedIn(channel)
	for _, submits := range submit {
		submits()
	}
	w.until("the channel was tried", func() bool { return w.refusedIn(channel) > tried })
	at := time.Now()
	if err := w.sim.Unarchive(c.Context(), person(0), channel); err != nil {
		c.Fatal(err)
	}
	w.quiet()
	c.recover(time.Since(at))
	c.injections++
}

// judgeOrder: cards come to each channel in the order in which ideas were captured.
func (w *faultWorld) judgeOrder() {
	w.c.Helper()
	order, newest := map[string]int{}, map[string]int{}
	for i, d := range w.deeds {
		order[d.token] = i
	}
	for _, e := range w.sim.Ledger().Calls("chat.postMessage") {
		at, captured := order[isToken.FindString(e.Text)]
		if !captured || strings.HasPrefix(e.Channel, "D") {
			continue
		}
		if at < newest[e.Channel] {
			w.c.Errorf("the card of %s came after that of %s, which was captured later", w.deeds[at].token, w.deeds[newest[e.Channel]].token)
		}
		newest[e.Channel] = max(newest[e.Channel], at)
	}
}

// refusedIn is how many posts to a channel were refused.
func (w *faultWorld) refusedIn(channel string) int {
	return len(w.sim.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Error != "" && e.Channel == channel && e.Method == "chat.postMessage"
	}))
}
