package proof

import (
	"context"
	"errors"
	"slices"
	"strings"

	"alignbot/slacksim"
)

// expireTriggers lets the form that somebody asked for come too late, once or several
// times in a row; they open it by the button that they are given instead, and submit.
func expireTriggers(c *campaign) {
	w := c.open(place{})
	kept := map[string]string{} // what was typed besides a title, by token
	for i := 0; c.injections < c.n; i++ {
		rule := w.sim.Faults().Add(slacksim.Fault{
			On: "views.open", Times: min(1+c.rng.IntN(3), c.n-c.injections), Do: slacksim.APIError("expired_trigger_id"),
		})
		d := w.begun(byForm, i)
		typed := d.token
		if i%2 == 1 { // more than a title takes, and than a button remembers
			kept[d.token] = strings.Repeat([]string{"界", "<b>&amp; ", "*x* _y_ ", "👩‍🚀 "}[i/2%4], 150) + d.token
			typed = kept[d.token]
		}
		v, err := w.opensLate(d, typed, rule)
		if err != nil {
			c.Fatalf("%s typed %q after the trigger of a form expired: %v", d.who, typed, err)
		}
		if i%2 == 1 {
			w.names(d, v)
		}
		w.submits(d, v)
		c.injections += rule.Strikes()
		rule.Remove()
	}
	w.settle()
	for token, typed := range kept {
		for _, idea := range w.ideas()[token] {
			if idea.Problem != strings.TrimSpace(typed) {
				c.lost++
				c.Errorf("%s typed %q, and stored is %q", idea.Author, typed, idea.Problem)
			}
		}
	}
	for _, d := range w.deeds {
		if d.said != "" {
			c.Errorf("the form of %s was refused: %s", d.token, d.said)
		}
	}
}

// opensLate has somebody ask for the form with these words, and press the button of the
// answer until it opens.
func (w *faultWorld) opensLate(d *deed, typed string, rule *slacksim.Rule) (v slacksim.View, err error) {
	ctx, cancel := context.WithTimeout(w.c.Context(), limit)
	defer cancel()
	a := &actor{world: w.world, ctx: ctx, who: d.who}
	if err := a.types("/idea " + typed); err != nil {
		return v, err
	}
	var button slacksim.Target
	if err := a.sees(func() bool {
		button, err = w.lastButton(d.who, channel, "Open the form")
		return err == nil
	}); err != nil {
		return v, err
	}
	for {
		struck := rule.Strikes()
		if err := w.sim.Act(ctx, d.who, button, slacksim.Input{}); err != nil {
			return v, err
		}
		w.until("the form opens, or it is too late again", func() bool {
			views, err := w.sim.Modals(d.who)
			return rule.Strikes() > struck || err == nil && len(views) > 0
		})
		if rule.Strikes() == struck {
			return a.modal()
		}
	}
}

// lastButton called so in what alignbot said to somebody, in that channel or person
// ("@alignbot").
func (w *faultWorld) lastButton(who, where, name string) (slacksim.Target, error) {
	view, err := w.sim.ChannelView(who, where, 20)
	if err != nil {
		return slacksim.Target{}, err
	}
	for _, m := range slices.Backward(view.Messages) {
		for _, e := range m.Elements() {
			if e.Name == name && (m.Ephemeral || where != channel) {
				return slacksim.Target{Channel: m.Channel, TS: m.TS, BlockID: e.BlockID, ActionID: e.ActionID}, nil
			}
		}
	}
	return slacksim.Target{}, errors.New("there is no such button")
}
