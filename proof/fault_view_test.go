package proof

import (
	"context"
	"time"

	"alignbot/slacksim"
)

// raceViews has two redraws of one form race, or Slack say that one did, while somebody
// goes on typing into it; then they submit.
func raceViews(c *campaign) {
	w := c.open(place{})
	for i := 0; c.injections < c.n; i++ {
		d := w.begun(byForm, i)
		ctx, cancel := context.WithTimeout(c.Context(), limit)
		a := &actor{world: w.world, ctx: ctx, who: d.who}
		v, err := w.leftForm(a)
		if err == nil && c.rng.IntN(4) == 0 {
			v, err = w.conflicts(a, v)
		} else if err == nil {
			v, err = w.races(a, d, v)
		}
		cancel()
		if err != nil {
			c.Fatalf("%s could not begin the form afresh: %v", d.who, err)
		}
		if typed := inputOf(v, "Title"); typed != d.token && typed != "" {
			c.Errorf("%s began the form afresh, and it shows %q", d.who, typed)
		}
		w.names(d, v)
		w.submits(d, v)
		c.injections++
	}
	w.settle()
	c.nobodyNoticed()
	for _, d := range w.deeds {
		if d.said != "" {
			c.Errorf("the form of %s was refused: %s", d.token, d.said)
		}
	}
}

// leftForm gives the form that somebody has typed into, closed and opened again.
func (w *faultWorld) leftForm(a *actor) (slacksim.View, error) {
	v, err := a.opens(func() error { return a.types("/idea") })
	if err == nil {
		err = a.fills(v, "Title", "Half a thought")
	}
	if err == nil {
		err = a.closes(v)
	}
	if err != nil {
		return v, err
	}
	w.until("what was typed is kept", func() bool {
		v, err = a.opens(func() error { return a.types("/idea") })
		if err != nil || inputOf(v, "Title") != "" {
			return true
		}
		err = a.closes(v)
		return err != nil
	})
	return v, err
}

// conflicts begins a form afresh that Slack says has changed meanwhile: it stays as it
// is, until somebody tries again.
func (w *faultWorld) conflicts(a *actor, v slacksim.View) (slacksim.View, error) {
	rule := w.sim.Faults().Add(slacksim.Fault{On: "views.update", Times: 1, Do: slacksim.APIError("hash_conflict")})
	defer rule.Remove()
	if err := a.presses(v, "Start afresh"); err != nil {
		return v, err
	}
	w.until("Slack has refused the redraw", func() bool { return rule.Strikes() == 1 })
	left, err := a.modal()
	if err != nil {
		return v, err
	}
	if typed := inputOf(left, "Title"); typed != "Half a thought" {
		w.c.Errorf("%s typed %q, and after a conflict the form shows %q", a.who, "Half a thought", typed)
	}
	if err := a.presses(left, "Start afresh"); err != nil {
		return left, err
	}
	return w.redrawn(a, left)
}

// races presses twice, of which Slack takes the second redraw first; what is typed
// before the other one arrives is still there afterwards.
func (w *faultWorld) races(a *actor, d *deed, v slacksim.View) (slacksim.View, error) {
	const late = 10 * time.Second
	rule := w.sim.Faults().Add(slacksim.Fault{On: "views.update", Times: 1, Do: slacksim.Delay(late)})
	defer rule.Remove()
	if err := a.presses(v, "Start afresh"); err != nil {
		return v, err
	}
	w.until("the first redraw is under way", func() bool { return rule.Strikes() == 1 })
	if err := a.presses(v, "Start afresh"); err != nil {
		return v, err
	}
	newer, err := w.redrawn(a, v)
	if err != nil {
		return newer, err
	}
	w.names(d, newer)
	answered := w.updates()
	w.sim.Advance(late)
	w.until("the first redraw has arrived", func() bool { return w.updates() > answered })
	left, err := a.modal()
	if typed := inputOf(left, "Title"); err == nil && typed != d.token {
		w.c.lost++
		w.c.Errorf("%s typed %q, and a redraw from before shows %q", a.who, d.token, typed)
	}
	return left, err
}

// redrawn waits for the next look of a form.
func (w *faultWorld) redrawn(a *actor, v slacksim.View) (next slacksim.View, err error) {
	err = a.sees(func() bool {
		next, err = a.modal()
		return err != nil || next.Hash != v.Hash
	})
	return next, err
}

// updates of views that Slack has answered, whatever it said.
func (w *faultWorld) updates() int {
	return len(w.sim.Ledger().Entries(func(e slacksim.Entry) bool { return e.Kind == slacksim.KindCall && e.Method == "views.update" }))
}

// inputOf is what stands in the input that is called so.
func inputOf(v slacksim.View, label string) string {
	for _, e := range v.Elements() {
		if e.Name == label {
			return e.Value.Text
		}
	}
	return ""
}
