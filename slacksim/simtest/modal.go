package simtest

import (
	"context"
	"fmt"
	"strings"

	"alignbot/slacksim"
)

// Modal is the modal on top of a person's screen.
type Modal struct {
	person *Person
	title  string
}

// top is the modal on top, false when none is open.
func (p *Person) top() (slacksim.View, bool) {
	modals, err := p.sim.Modals(p.who)
	if err != nil || len(modals) == 0 {
		return slacksim.View{}, false
	}
	return modals[len(modals)-1], true
}

// SeesModal waits until a modal with this title is on top.
func (p *Person) SeesModal(title string) *Modal {
	p.t.Helper()
	p.until(fmt.Sprintf("should see the modal %q", title), func() bool { v, ok := p.top(); return ok && v.Title() == title })
	return &Modal{person: p, title: title}
}

// SeesNoModal waits until no modal is open.
func (p *Person) SeesNoModal() {
	p.t.Helper()
	p.until("should see no modal", func() bool { _, open := p.top(); return !open })
}

// Has waits until a field of the modal shows value; "" is an empty field.
func (m *Modal) Has(field, value string) *Modal {
	m.person.t.Helper()
	m.person.until(fmt.Sprintf("should see %q in the field %q of %q", value, field, m.title), func() bool {
		e, _, ok := m.person.find("", field)
		return ok && m.person.shows(e, value)
	})
	return m
}

func (p *Person) shows(e slacksim.Element, value string) bool {
	if e.Value.Empty() || value == "" {
		return e.Value.Empty() && value == ""
	}
	if e.Value.Text == value {
		return true
	}
	var parts []string
	for _, id := range e.Value.IDs {
		if who, err := p.sim.Sim.Person(id); err == nil {
			id = who.Name
		} else if ch, err := p.sim.Channel(id); err == nil {
			id = ch.Name
		}
		parts = append(parts, id)
	}
	return strings.Join(append(parts, e.Value.Chosen()...), ", ") == value
}

// Says waits until the modal shows a text.
func (m *Modal) Says(text string) *Modal {
	m.person.t.Helper()
	m.person.Sees(text)
	return m
}

// Submits presses the submit button of the modal on top and returns after the ack or Slack's patience.
func (p *Person) Submits() {
	p.t.Helper()
	v := p.anyModal("submits")
	p.do("submits "+v.Title(), func(ctx context.Context) error { return p.sim.Submit(ctx, p.who, v.ID) })
}

// ClosesModal presses the X, which closes the whole stack of modals.
func (p *Person) ClosesModal() {
	p.t.Helper()
	v := p.anyModal("closes the modal")
	p.do("closes "+v.Title(), func(ctx context.Context) error { return p.sim.CloseModal(ctx, p.who, v.ID, true) })
}

// CancelsModal presses Cancel, which closes the modal on top only.
func (p *Person) CancelsModal() {
	p.t.Helper()
	v := p.anyModal("cancels the modal")
	p.do("cancels "+v.Title(), func(ctx context.Context) error { return p.sim.CloseModal(ctx, p.who, v.ID, false) })
}

func (p *Person) anyModal(what string) slacksim.View {
	p.t.Helper()
	var v slacksim.View
	p.until(what, func() (ok bool) { v, ok = p.top(); return ok })
	return v
}

// SeesFieldError waits until the field shows an error that contains text.
func (p *Person) SeesFieldError(field, text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("should see the error %q at the field %q", text, field), func() bool {
		v, ok := p.top()
		e, _, found := p.find("", field)
		return ok && found && v.Errors[e.BlockID] != "" && strings.Contains(v.Errors[e.BlockID], text)
	})
}

// SeesTrouble waits until the modal says that the app did not answer.
func (p *Person) SeesTrouble() {
	p.t.Helper()
	p.until("should see that the app did not answer", func() bool { v, ok := p.top(); return ok && v.Trouble != "" })
}

// SeesWarningAt waits until the warning triangle is by a button or menu, as when the app did not answer.
func (p *Person) SeesWarningAt(name string) {
	p.t.Helper()
	p.until("should see a warning at "+name, func() bool {
		for l := range strings.SplitSeq(p.Screen(), "\n") {
			if strings.Contains(l, name) && strings.HasSuffix(l, "⚠") {
				return true
			}
		}
		return false
	})
}
