package proof

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

// interaction is one thing that people do, as often as they can.
type interaction struct {
	name string
	// measured is how the ledger calls the envelope that is measured, and shows the
	// call by which its effect is seen; "" where the acknowledgement shows it.
	measured, shows string
	// begin makes what one person needs before they do it over and over; nil for
	// nothing.
	begin func(a *actor) error
	// prepare makes what all of them use up; nil for nothing.
	prepare func(ctx context.Context, w *world) error
	do      func(a *actor) error
}

// actor is one person who acts.
type actor struct {
	*world
	ctx context.Context
	who string
	// n counts what was done by all actors, and mine by this one.
	n    *atomic.Int64
	mine int
	// number of an idea of their own.
	number int
}

func (a *actor) types(words string) error { return a.sim.Type(a.ctx, a.who, channel, words) }

// patience is how long an effect is waited for.
const patience = 10 * time.Second

// sees waits until the person's screen is so. It is looked at when it changes, and not
// whenever anything does, which would cost more than what is measured.
func (a *actor) sees(so func() bool) error {
	changed, end := a.sim.Subscribe(a.who)
	defer end()
	patient := time.NewTimer(patience)
	defer patient.Stop()
	for !so() {
		select {
		case <-changed:
		case <-patient.C:
			return fmt.Errorf("nothing came within %v", patience)
		case <-a.ctx.Done():
			return a.ctx.Err()
		}
	}
	return nil
}

// modal waits for the form on top.
func (a *actor) modal() (slacksim.View, error) {
	var top slacksim.View
	err := a.sees(func() bool {
		views, err := a.sim.Modals(a.who)
		if err != nil || len(views) == 0 {
			return false
		}
		top = views[len(views)-1]
		return true
	})
	return top, err
}

// opens does what opens a form, and gives the form.
func (a *actor) opens(act func() error) (slacksim.View, error) {
	if err := act(); err != nil {
		return slacksim.View{}, err
	}
	return a.modal()
}

// next waits for the form that comes on top of another.
func (a *actor) next(v slacksim.View) (slacksim.View, error) {
	var top slacksim.View
	err := a.sees(func() bool {
		views, err := a.sim.Modals(a.who)
		if err != nil || len(views) == 0 {
			return false
		}
		top = views[len(views)-1]
		return (top.ID != v.ID || top.CallbackID != v.CallbackID) && len(top.Elements()) > 0
	})
	return top, err
}

func (a *actor) closes(v slacksim.View) error { return a.sim.CloseModal(a.ctx, a.who, v.ID, true) }

// fills types into the input that is called so.
func (a *actor) fills(v slacksim.View, label, text string) error {
	for _, e := range v.Elements() {
		if e.Name == label {
			return a.sim.Act(a.ctx, a.who, slacksim.Target{ViewID: v.ID, BlockID: e.BlockID, ActionID: e.ActionID}, slacksim.Input{Text: text})
		}
	}
	return fmt.Errorf("the form %q has no input %q", v.Title(), label)
}

// presses clicks the first button that is called so.
func (a *actor) presses(v slacksim.View, name string) error {
	for _, e := range v.Elements() {
		if e.Name == name && e.Type == "button" {
			return a.sim.Act(a.ctx, a.who, slacksim.Target{ViewID: v.ID, BlockID: e.BlockID, ActionID: e.ActionID}, slacksim.Input{})
		}
	}
	return fmt.Errorf("the form %q has no button %q", v.Title(), name)
}

// chooses takes the first option of what is called so.
func (a *actor) chooses(v slacksim.View, label string) error {
	for _, e := range v.Elements() {
		if e.Name == label && len(e.Choices) > 0 {
			return a.sim.Act(a.ctx, a.who, slacksim.Target{ViewID: v.ID, BlockID: e.BlockID, ActionID: e.ActionID}, slacksim.Input{Values: []string{e.Choices[0].Value}})
		}
	}
	return fmt.Errorf("the form %q has no menu %q", v.Title(), label)
}

// submits sends the form and closes what is left open.
func (a *actor) submits(v slacksim.View) error {
	if err := a.sim.Submit(a.ctx, a.who, v.ID); err != nil {
		return err
	}
	views, err := a.sim.Modals(a.who)
	if err != nil || len(views) == 0 {
		return err
	}
	top := views[len(views)-1]
	if len(top.Errors) > 0 {
		return fmt.Errorf("the form %q was refused: %v", top.Title(), top.Errors)
	}
	return a.closes(top)
}

// interactions are all kinds that are measured.
var interactions = []interaction{
	{name: "capture by command", measured: "/idea", do: func(a *actor) error {
		return a.types(fmt.Sprintf("/idea add Export invoices as CSV, number %d", a.n.Add(1)))
	}},
	{name: "form opened", measured: "/idea", shows: "views.open", do: func(a *actor) error {
		v, err := a.opens(func() error { return a.types("/idea") })
		if err != nil {
			return err
		}
		return a.closes(v)
	}},
	{name: "form submitted", measured: "view_submission", do: func(a *actor) error {
		v, err := a.opens(func() error { return a.types("/idea") })
		if err != nil {
			return err
		}
		if err := a.fills(v, "Title", fmt.Sprintf("Pay in instalments, number %d", a.n.Add(1))); err != nil {
			return err
		}
		return a.submits(v)
	}},
	{name: "list page", measured: "/idea", do: func(a *actor) error { return a.types("/idea list") }},
	{name: "details", measured: "/idea", do: func(a *actor) error { return a.types("/idea show PAY-7") }},
	{name: "find", measured: "/idea", do: func(a *actor) error { return a.types("/idea find payout reminder") }},
	{name: "validation step", measured: "view_submission", begin: beginRun, do: func(a *actor) error {
		return a.answers("Continue", fmt.Sprintf("Bookkeepers of small shops, number %d", a.n.Add(1)))
	}},
	{name: "promote", measured: "view_submission", prepare: validateAgain, do: func(a *actor) error {
		idea, left := a.nextValidated()
		if !left {
			return errUsedUp
		}
		v, err := a.opens(func() error { return a.types("/idea show " + idea.String()) })
		if err == nil {
			err = a.presses(v, "Move to Product Backlog")
		}
		if err == nil {
			v, err = a.next(v)
		}
		if err != nil {
			return err
		}
		return a.submits(v)
	}},
	{name: "vote", measured: "block_actions", do: func(a *actor) error {
		a.mine++
		return a.votes(stormChoices[a.mine%len(stormChoices)])
	}},
	{name: "check-in", measured: "view_submission", do: func(a *actor) error {
		v, err := a.opens(func() error { return a.types("/outcome checkin O1") })
		if err != nil {
			return err
		}
		if err := a.fills(v, "The number now", fmt.Sprint(100-a.n.Add(1)%50)); err != nil {
			return err
		}
		if err := a.chooses(v, "How confident are you that the target is reached?"); err != nil {
			return err
		}
		return a.submits(v)
	}},
	{name: "Home", measured: "app_home_opened", shows: "views.publish", do: func(a *actor) error {
		before, _, err := a.sim.Home(a.who)
		if err == nil {
			err = a.sim.OpenHome(a.ctx, a.who)
		}
		if err != nil {
			return err
		}
		return a.sees(func() bool {
			now, shown, err := a.sim.Home(a.who)
			return err == nil && shown && now.Hash != before.Hash
		})
	}},
}

// answers opens the quick Opportunity Canvas of the actor's own idea by that button,
// and answers its first question.
func (a *actor) answers(button, words string) error {
	v, err := a.opens(func() error { return a.types("/validate " + a.idea()) })
	if err == nil {
		err = a.presses(v, button)
	}
	if err == nil {
		v, err = a.next(v)
	}
	if err != nil {
		return err
	}
	for _, e := range v.Elements() {
		if e.Type == "plain_text_input" {
			if err := a.fills(v, e.Name, words); err != nil {
				return err
			}
			return a.submits(v)
		}
	}
	return fmt.Errorf("the form %q asks for no words", v.Title())
}

// beginRun begins the checklist, unless an earlier run did.
func beginRun(a *actor) error {
	runs, err := a.store.Runs(a.ctx, pipeline.Key{Team: "PAY", Number: a.number})
	if err != nil || len(runs) > 0 {
		return err
	}
	return a.answers("Quick", "Bookkeepers")
}

// idea is the actor's own, in discovery.
func (a *actor) idea() string { return fmt.Sprint("PAY-", a.number) }
