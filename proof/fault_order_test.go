package proof

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// What somebody does to their vote.
var votingActs = []string{"Pursue", "Park", "Withdraw"}

const (
	actsAtOnce = 5
	allOrders  = 120
	// saysLater is what is told about a click that came behind a later one.
	saysLater = "What you did a moment later stands."
)

// overtake lets one person click five times and Slack deliver that in another order, to
// two bots: in a whole run in each order there is, and in drawn ones with some of the
// clicks delivered more than once. The latest click stands.
func overtake(c *campaign) {
	w := c.open(place{bots: 2})
	w.startsBallot()
	first := c.rng.IntN(allOrders)
	stands := map[string]string{}
	for i := range c.n {
		order := orderOf(actsAtOnce, first+i)
		if i >= allOrders {
			for range 1 + c.rng.IntN(actsAtOnce) {
				act := c.rng.IntN(actsAtOnce)
				at := slices.Index(order, act) + 1
				order = slices.Insert(order, at+c.rng.IntN(len(order)-at+1), act)
			}
		}
		who := person(i)
		stands[who] = w.overtake(who, order)
	}
	w.quiet()
	polled, err := w.store.Ballot(c.Context(), *w.ballot, storage.NewestBallot, "")
	if err != nil {
		c.Fatal(err)
	}
	voted := 0
	for who, act := range stands {
		if w.standing(who) != act { // nor has an envelope that came again since changed it
			c.lost++
			c.Errorf("%s has the vote %q at last, and last clicked on %q", who, w.standing(who), act)
		}
		if act != "Withdraw" {
			voted++
		}
	}
	if polled.Tally.Voted() != voted {
		c.Errorf("%d votes are counted, and %d people have voted", polled.Tally.Voted(), voted)
	}
	w.shows(fmt.Sprintf("%d of %d ha", voted, len(polled.Ballot.Electorate))) // have voted, or has
	w.settle()
}

// orderOf gives the k-th of all orders of n things.
func orderOf(n, k int) []int {
	order := []int{}
	for thing := range n {
		order = slices.Insert(order, k%(thing+1), thing)
		k /= thing + 1
	}
	return order
}

// overtake lets somebody act on their vote as often as the order names acts, has it
// delivered in the order, and gives the latest act, which must stand.
func (w *faultWorld) overtake(who string, order []int) string {
	w.c.Helper()
	w.click(who, votingActs[w.c.rng.IntN(2)]) // so that there is a vote to withdraw
	w.until(who+" can withdraw the vote", func() bool {
		_, err := w.votingButton(who, "Withdraw")
		return err == nil
	})
	told := w.told()
	rule := w.sim.Faults().Add(slacksim.Fault{On: "block_actions", Times: actsAtOnce, Do: slacksim.Reorder(order...)})
	defer rule.Remove()
	var acts []string
	var all sync.WaitGroup
	for i := range actsAtOnce {
		acts = append(acts, votingActs[w.c.rng.IntN(len(votingActs))])
		all.Go(func() { w.click(who, acts[i]) })
		w.until("a click is held back", func() bool { return rule.Strikes() == i+1 })
	}
	all.Wait()
	w.c.injections++
	last := acts[actsAtOnce-1]
	if now := w.standing(who); now != last {
		w.c.lost++
		w.c.Errorf("%s clicked on %v, which came in the order %v, and %q stands", who, acts, order, now)
		return now
	}
	later, latest := 0, -1
	for i, act := range order {
		if act < latest && !slices.Contains(order[:i], act) && acts[act] != "Withdraw" { // which is answered in its place
			later++
		}
		latest = max(latest, act)
	}
	w.until(fmt.Sprintf("%s is told %d times that a later click stands", who, later), func() bool { return w.told()-told >= later })
	if n := w.told() - told; n != later {
		w.c.doubled++
		w.c.Errorf("%s clicked on %v, which came in the order %v, and was told %d times that a later click stands, want %d", who, acts, order, n, later)
	}
	return last
}

// click uses a button of the ballot's message, or of the person's newest answer.
func (w *faultWorld) click(who, act string) {
	w.c.Helper()
	w.mu.Lock()
	w.c.deeds++
	w.mu.Unlock()
	for {
		at, err := w.votingButton(who, act)
		if err == nil {
			err = w.sim.Act(w.c.Context(), who, at, slacksim.Input{})
		}
		if err == nil {
			return
		}
		if !errors.Is(err, slacksim.ErrGone) {
			w.c.Errorf("%s clicks on %q: %v", who, act, err)
			return
		}
		w.mu.Lock()
		clear(w.buttons)
		w.mu.Unlock()
	}
}

// votingButton is where an act is clicked on.
func (w *faultWorld) votingButton(who, act string) (slacksim.Target, error) {
	if act != "Withdraw" {
		return w.button(act)
	}
	view, err := w.sim.ChannelView(who, channel, everything)
	if err != nil {
		return slacksim.Target{}, err
	}
	for _, m := range slices.Backward(view.Messages) {
		for _, e := range m.Elements() {
			if m.Ephemeral && e.Name == act {
				return slacksim.Target{Channel: m.Channel, TS: m.TS, BlockID: e.BlockID, ActionID: e.ActionID}, nil
			}
		}
	}
	return slacksim.Target{}, fmt.Errorf("%s sees no button %q", who, act)
}

// standing is what was made last of somebody's vote, as it is stored.
func (w *faultWorld) standing(who string) string {
	w.c.Helper()
	polled, err := w.store.Ballot(w.c.Context(), *w.ballot, storage.NewestBallot, who)
	if err != nil {
		w.c.Fatal(err)
	}
	switch {
	case polled.Mine == nil:
		return "Withdraw"
	case polled.Mine.Choice == pipeline.ChoosePark:
		return "Park"
	case polled.Mine.Choice == pipeline.ChoosePursue:
		return "Pursue"
	}
	return string(polled.Mine.Choice)
}

// told is how often people were told, in a message of its own, that a later click of
// theirs stands.
func (w *faultWorld) told() int {
	return len(w.sim.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Kind == slacksim.KindResponse && e.Error == "" && strings.Contains(string(e.Payload), saysLater) && !strings.Contains(string(e.Payload), `"replace_original":true`)
	}))
}

// shows waits until the channel has a message with these words.
func (w *faultWorld) shows(words string) {
	w.c.Helper()
	w.until("the ballot says "+words, func() bool {
		view, err := w.sim.ChannelView(person(0), channel, everything)
		if err != nil {
			w.c.Fatal(err)
		}
		for _, m := range view.Messages {
			if !m.Ephemeral && strings.Contains(string(m.Blocks), words) {
				return true
			}
		}
		return false
	})
}
