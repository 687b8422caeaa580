package proof

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

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

// ownersLeave takes one team's only product owner after the other away, in each way that
// there is, and has an admin name the next.
func ownersLeave(c *campaign) {
	admin := person(people - 1)
	w := c.open(place{workspace: func(ws *slacksim.Workspace) {
		for i := range ws.People {
			ws.People[i].Admin = ws.People[i].ID == admin
		}
	}})
	bot := w.sim.Workspace().App.BotUser
	boss := &actor{world: w.world, ctx: c.Context(), who: admin}
	for c.injections < c.n {
		k := 1 + c.injections%(people-2)
		owner, key := person(k), pipeline.TeamKey(fmt.Sprint("T", c.injections))
		home, err := w.sim.CreateChannel(c.Context(), owner, strings.ToLower(string(key)), false)
		if err == nil {
			err = w.sim.Invite(c.Context(), owner, home, bot)
		}
		if err != nil {
			c.Fatal(err)
		}
		w.founds(key, home, owner)
		away := func(is bool) func(p *slacksim.Person) {
			if c.injections%2 == 0 {
				return func(p *slacksim.Person) { p.Deactivated = is }
			}
			return func(p *slacksim.Person) { p.Guest = is }
		}
		asked, at := len(w.asksAdmins(admin)), time.Now()
		for range 1 + c.rng.IntN(2) { // gone, or gone, back, and gone again
			w.turns(k, away(false))
			w.turns(k, away(true))
		}
		w.until("an admin is asked, and the channel told", func() bool {
			return len(w.asksAdmins(admin)) > asked && len(w.asksAdmins(home)) > 0
		})
		c.recover(time.Since(at))
		button, err := w.lastButton(admin, "@alignbot", "Name a product owner")
		var form slacksim.View
		if err == nil {
			form, err = boss.opens(func() error { return w.sim.Act(c.Context(), admin, button, slacksim.Input{}) })
		}
		if err == nil {
			err = boss.names(form, "Product owners", person(0)) // who stays
		}
		if err == nil {
			err = boss.submits(form)
		}
		if err != nil {
			c.Fatal(err)
		}
		if team, err := w.store.Team(c.Context(), key); err != nil || !team.OwnedBy(person(0)) {
			c.Errorf("%s is owned by %v, %v", key, team.Owners, err)
		}
		c.deeds++
		if asked, told := len(w.asksAdmins(admin))-asked, len(w.asksAdmins(home)); asked != 1 || told != 1 {
			c.doubled++
			c.Errorf("%s has no product owner, an admin was asked %d times and its channel told %d times", key, asked, told)
		}
		w.turns(k, away(false))
		c.injections++
	}
	w.settle()
}

// asksAdmins are the posts to somebody, or in a channel, that ask for a product owner.
func (w *faultWorld) asksAdmins(to string) []slacksim.Entry {
	var payload struct{ Channel string }
	return slices.DeleteFunc(w.sim.Ledger().Calls("chat.postMessage"), func(e slacksim.Entry) bool {
		_ = json.Unmarshal(e.Payload, &payload) // of another shape, it goes to nobody
		return e.Error != "" || payload.Channel != to || !strings.Contains(e.Text, "has no product owner any more")
	})
}

// names people in the menu that is called so.
func (a *actor) names(v slacksim.View, label string, ids ...string) error {
	for _, e := range v.Elements() {
		if e.Name == label {
			return a.sim.Act(a.ctx, a.who, slacksim.Target{ViewID: v.ID, BlockID: e.BlockID, ActionID: e.ActionID}, slacksim.Input{Values: ids})
		}
	}
	return fmt.Errorf("the form %q has no menu %q", v.Title(), label)
}

// metadataOf a form, as alignbot gave it.
func metadataOf(form slacksim.View) string {
	var view struct {
		Metadata string `json:"private_metadata"`
	}
	_ = json.Unmarshal(form.JSON, &view) // a form on the screen is one
	return view.Metadata
}
