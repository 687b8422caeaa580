package proof

import (
	"encoding/json"
	"strings"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
)

// peopleLeave deactivates people, the team's only product owner among them, while their
// card is on its way and a form of theirs is open, and lets them come back.
func peopleLeave(c *campaign) {
	w := c.open(place{})
	w.startsBallot()
	gone := pipeline.May(pipeline.Policy{}, pipeline.Person{Deactivated: true}, pipeline.OpenHome, pipeline.Where{}).Reason
	for c.injections < c.n {
		k := c.rng.IntN(people - 1)
		if c.rng.IntN(8) == 0 {
			k = 0 // the owner
		}
		a := &actor{world: w.world, ctx: c.Context(), who: person(k)}
		w.vote(k)
		w.mu.Lock()
		w.next++
		number := w.next
		w.mu.Unlock()
		left := "What " + a.who + " had typed"
		form, err := a.opens(func() error { return a.types("/idea") })
		if err == nil {
			err = a.fills(form, "Title", left)
		}
		if err != nil {
			c.Fatal(err)
		}
		w.capture(k)
		w.turns(k, func(p *slacksim.Person) { p.Deactivated = true }) // what is under way comes nevertheless

		before := w.stored()
		f := w.forge(c.drawn(commands.List())[0], number, a.who, channel, 1)
		if f.On != commands.HomeOpened && f.On != commands.Reaction { // of which nobody who left is capable
			c.refuses(w, f, gone, before)
		}
		f = w.forge(commands.Entry{On: commands.Submit, Name: form.CallbackID}, number, a.who, channel, 1)
		f.metadata = metadataOf(form)
		c.refuses(w, f, gone, before)

		w.turns(k, func(p *slacksim.Person) { p.Deactivated = false })
		form, err = a.opens(func() error { return a.types("/idea") })
		if err != nil {
			c.Fatal(err)
		}
		if !strings.Contains(string(form.JSON), left) {
			c.lost++
			c.Errorf("%s came back, and what they had typed is gone", a.who)
		}
		if err := a.closes(form); err != nil {
			c.Error(err)
		}
	}
	w.settle()
}

// metadataOf a form, as alignbot gave it.
func metadataOf(form slacksim.View) string {
	var view struct {
		Metadata string `json:"private_metadata"`
	}
	_ = json.Unmarshal(form.JSON, &view) // a form on the screen is one
	return view.Metadata
}
