package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"alignbot/slacksim"
)

// play is what the actors of the sample share. After the first thing that does
// not work, err says what, and nobody does anything more.
type play struct {
	ctx context.Context
	sim *slacksim.Sim
	err error
}

// actor is somebody of the sample workspace who works in the sample's channel
// as anybody would in the page: by what stands on buttons and inputs.
type actor struct {
	*play
	who string
}

// actPatience is how long the bot may take to show what comes next, as long as
// Slack lets it.
const actPatience = 3 * time.Second

// try does one thing, named for the error.
func (a *actor) try(what string, do func() error) {
	if a.err != nil {
		return
	}
	if err := do(); err != nil {
		a.err = fmt.Errorf("%s: %s: %w%s", a.who, what, err, a.screen())
	}
}

// types a message or command.
func (a *actor) types(text string) {
	a.try("type "+text, func() error { return a.sim.Type(a.ctx, a.who, sampleChannel, text) })
}

// sees waits for a form with that title.
func (a *actor) sees(title string) {
	a.try("see "+title, func() error {
		return a.await(func() (bool, error) {
			form, open, err := a.form()
			return open && form.Title() == title, err
		})
	})
}

// clicks a button, the first one from the block on that shows near.
func (a *actor) clicks(near, button string) { a.acts(near, button, slacksim.Input{}) }

// fills the input with that label.
func (a *actor) fills(label, text string) { a.acts("", label, slacksim.Input{Text: text}) }

// chooses an option of the input with that label, by what it says; a person by
// name.
func (a *actor) chooses(label, option string) {
	a.acts("", label, slacksim.Input{Values: []string{option}})
}

// looksUp types words into a menu that asks the app, and chooses the first offer
// that has them.
func (a *actor) looksUp(label, words string) {
	a.try("look up "+label, func() error {
		var element slacksim.Element
		var target slacksim.Target
		err := a.await(func() (found bool, err error) {
			element, target, found, err = a.find("", label)
			return found, err
		})
		if err != nil {
			return err
		}
		offered, err := a.sim.Choices(a.ctx, a.who, target, words)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(offered, func(c slacksim.Choice) bool { return strings.Contains(c.Text, words) })
		if at < 0 {
			return fmt.Errorf("%s offers nothing for %q", element.Name, words)
		}
		return a.sim.Act(a.ctx, a.who, target, slacksim.Input{Values: []string{offered[at].Value}})
	})
}

// acts on the element of that name in the form on top, else in the newest
// message that has it.
func (a *actor) acts(near, name string, input slacksim.Input) {
	a.try("use "+name, func() error {
		for {
			var element slacksim.Element
			var target slacksim.Target
			err := a.await(func() (found bool, err error) {
				element, target, found, err = a.find(near, name)
				return found, err
			})
			if err != nil {
				return err
			}
			for i, chosen := range input.Values {
				at := slices.IndexFunc(element.Choices, func(c slacksim.Choice) bool { return c.Text == chosen })
				if at >= 0 {
					input.Values[i] = element.Choices[at].Value
				}
			}
			if err = a.sim.Act(a.ctx, a.who, target, input); !errors.Is(err, slacksim.ErrGone) {
				return err
			}
		}
	})
}

// submits the form on top, which must be taken.
func (a *actor) submits() {
	a.try("submit", func() error {
		before, open, err := a.form()
		if err != nil || !open {
			return errors.Join(err, errors.New("no form is open"))
		}
		if err := a.sim.Submit(a.ctx, a.who, before.ID); err != nil {
			return err
		}
		after, open, err := a.form()
		if err == nil && open && after.ID == before.ID && after.Hash == before.Hash {
			return errors.New("the form was not taken")
		}
		return err
	})
}

// closes all forms.
func (a *actor) closes() {
	a.try("close", func() error {
		form, open, err := a.form()
		if err != nil || !open {
			return err
		}
		return a.sim.CloseModal(a.ctx, a.who, form.ID, true)
	})
}

// hears waits for what alignbot says in private and puts it away, so that who
// opens the page is not met by old notices.
func (a *actor) hears() {
	a.try("hear", func() error {
		var private []string
		err := a.await(func() (bool, error) {
			var err error
			private, err = a.private()
			return len(private) > 0, err
		})
		for _, ts := range private {
			err = errors.Join(err, a.sim.Dismiss(a.ctx, a.who, sampleChannel, ts))
		}
		return err
	})
}

// usesShortcutOn a message of the channel.
func (a *actor) usesShortcutOn(text, callback string) {
	a.try("use "+callback, func() error {
		channel, err := a.sim.ChannelView(a.who, sampleChannel, 0)
		if err != nil {
			return err
		}
		for _, message := range channel.Messages {
			if message.Text == text {
				return a.sim.UseMessageShortcut(a.ctx, a.who, callback, sampleChannel, message.TS)
			}
		}
		return fmt.Errorf("no message says %q", text)
	})
}

// await waits until the screen is as cond wants it.
func (a *actor) await(cond func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(a.ctx, actPatience)
	defer cancel()
	var err error
	waited := a.sim.Wait(ctx, func() (done bool) {
		done, err = cond()
		return done || err != nil
	})
	if err == nil && waited != nil {
		err = errors.New("it did not come to that in time")
	}
	return err
}

// form on top of the screen.
func (a *actor) form() (slacksim.View, bool, error) {
	forms, err := a.sim.Modals(a.who)
	if err != nil || len(forms) == 0 {
		return slacksim.View{}, false, err
	}
	return forms[len(forms)-1], true, nil
}

func (a *actor) find(near, name string) (slacksim.Element, slacksim.Target, bool, error) {
	form, open, err := a.form()
	if err != nil {
		return slacksim.Element{}, slacksim.Target{}, false, err
	}
	if open {
		e, found := elementIn(form.Parts(), near, name)
		return e, slacksim.Target{ViewID: form.ID, BlockID: e.BlockID, ActionID: e.ActionID}, found, nil
	}
	channel, err := a.sim.ChannelView(a.who, sampleChannel, 0)
	if err != nil {
		return slacksim.Element{}, slacksim.Target{}, false, err
	}
	for _, m := range slices.Backward(channel.Messages) {
		if e, found := elementIn(m.Parts(), near, name); found {
			return e, slacksim.Target{Channel: sampleChannel, TS: m.TS, BlockID: e.BlockID, ActionID: e.ActionID}, true, nil
		}
	}
	return slacksim.Element{}, slacksim.Target{}, false, nil
}

// elementIn is the first element of that name from the part on that shows near.
func elementIn(parts []slacksim.Part, near, name string) (slacksim.Element, bool) {
	from := slices.IndexFunc(parts, func(p slacksim.Part) bool { return strings.Contains(p.Text, near) })
	if from < 0 {
		return slacksim.Element{}, false
	}
	for _, part := range parts[from:] {
		for _, e := range part.Elements {
			if e.Name == name {
				return e, true
			}
		}
	}
	return slacksim.Element{}, false
}

// private gives the time stamps of what only this person sees.
func (a *actor) private() (stamps []string, err error) {
	channel, err := a.sim.ChannelView(a.who, sampleChannel, 0)
	for _, message := range channel.Messages {
		for _, m := range append(message.Replies, message) {
			if m.Ephemeral {
				stamps = append(stamps, m.TS)
			}
		}
	}
	return stamps, err
}

// screen is what the person sees, for an error.
func (a *actor) screen() string {
	seen, err := a.sim.Screen(a.who, sampleChannel)
	if err != nil {
		return "\n" + err.Error()
	}
	return "\n" + seen.String()
}
