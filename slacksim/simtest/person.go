package simtest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"alignbot/slacksim"
)

// Person acts and looks. A Person is not for several goroutines; make one for each with Sim.Person.
type Person struct {
	sim     *Sim
	t       testing.TB
	who     string
	name    string
	channel string
	home    bool // the app's Home is open instead of the channel
}

// In is the same person with a channel open: "payments", or "@bob" for a DM.
func (p *Person) In(channel string) *Person {
	p.t.Helper()
	there := *p
	there.channel, there.home = channel, false
	if _, err := p.sim.ChannelView(p.who, channel, 1); err != nil {
		p.t.Fatal(err)
	}
	return &there
}

// ID is the person's id.
func (p *Person) ID() string { return p.who }

func (p *Person) ctx() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), Patience)
}

// do runs an act that must be possible.
func (p *Person) do(what string, act func(context.Context) error) {
	p.t.Helper()
	ctx, cancel := p.ctx()
	defer cancel()
	if err := act(ctx); err != nil {
		p.t.Fatalf("%s %s: %v\n\n%s", p.name, what, err, p.Screen())
	}
}

// Types sends a message, or runs a slash command and returns after its ack or Slack's patience.
func (p *Person) Types(text string) {
	p.t.Helper()
	p.home = false
	p.do(fmt.Sprintf("types %q", text), func(ctx context.Context) error { return p.sim.Type(ctx, p.who, p.channel, text) })
}

// Replies writes into the thread of the newest message that shows of.
func (p *Person) Replies(of, text string) {
	p.t.Helper()
	m := p.message(of)
	p.do(fmt.Sprintf("replies %q", text), func(ctx context.Context) error { return p.sim.Reply(ctx, p.who, p.channel, m.TS, text) })
}

// Clicks presses a button: in the modal on top, else in the open Home, else in the newest message that has it.
func (p *Person) Clicks(button string) {
	p.t.Helper()
	p.uses("clicks "+button, "", button, func(slacksim.Element, spot) (slacksim.Input, error) { return slacksim.Input{}, nil })
}

// ClicksIn presses a button in the newest message that shows near; in a Home or modal, the first such button from the
// block that shows near onwards.
func (p *Person) ClicksIn(near, button string) {
	p.t.Helper()
	p.uses("clicks "+button+" in "+near, near, button, func(slacksim.Element, spot) (slacksim.Input, error) { return slacksim.Input{}, nil })
}

// Fills types into a field. Dates are "2006-01-02", times "15:04".
func (p *Person) Fills(field, text string) {
	p.t.Helper()
	p.uses("fills "+field, "", field, func(slacksim.Element, spot) (slacksim.Input, error) { return slacksim.Input{Text: text}, nil })
}

// Enters types into a field and presses Enter.
func (p *Person) Enters(field, text string) {
	p.t.Helper()
	p.uses("fills "+field, "", field, func(slacksim.Element, spot) (slacksim.Input, error) {
		return slacksim.Input{Text: text, Enter: true}, nil
	})
}

// Chooses picks options by what they say; people and channels by name; none clears the choice. A menu that asks the app is
// asked for each choice.
func (p *Person) Chooses(menu string, options ...string) {
	p.t.Helper()
	p.chooses("", menu, options...)
}

// ChoosesIn is Chooses where ClicksIn would click.
func (p *Person) ChoosesIn(near, menu string, options ...string) {
	p.t.Helper()
	p.chooses(near, menu, options...)
}

func (p *Person) chooses(near, menu string, options ...string) {
	p.t.Helper()
	p.uses("chooses "+strings.Join(options, ", ")+" for "+menu, near, menu, func(e slacksim.Element, at spot) (slacksim.Input, error) {
		kind := strings.TrimPrefix(e.Type, "multi_")
		if kind == "users_select" || kind == "channels_select" || kind == "conversations_select" {
			return slacksim.Input{Values: options}, nil
		}
		var in slacksim.Input
		for _, want := range options {
			offered := e.Choices
			if kind == "external_select" {
				ctx, cancel := p.ctx()
				defer cancel()
				var err error
				if offered, err = p.sim.Choices(ctx, p.who, p.target(e, at), want); err != nil {
					return in, err
				}
			}
			i := slices.IndexFunc(offered, func(c slacksim.Choice) bool { return c.Text == want })
			if i < 0 {
				var texts []string
				for _, c := range offered {
					texts = append(texts, c.Text)
				}
				return in, fmt.Errorf("the menu does not offer %q but: %s", want, strings.Join(texts, ", "))
			}
			in.Values = append(in.Values, offered[i].Value)
		}
		return in, nil
	})
}

// Uploads puts a file into a file input.
func (p *Person) Uploads(field, filename string, data []byte) {
	p.t.Helper()
	p.uses("uploads "+filename, "", field, func(slacksim.Element, spot) (slacksim.Input, error) {
		ctx, cancel := p.ctx()
		defer cancel()
		id, err := p.sim.Upload(ctx, p.who, filename, data)
		return slacksim.Input{Values: []string{id}}, err
	})
}

// spot is a surface with elements: a view, or a message.
type spot struct {
	view    string
	channel string
	ts      string
	parts   []slacksim.Part
}

// spots are the surfaces before the person, the one a click would go to first.
func (p *Person) spots(near string) []spot {
	sc, err := p.screen()
	if err != nil {
		return nil
	}
	if n := len(sc.Modals); n > 0 {
		v := sc.Modals[n-1]
		return []spot{{view: v.ID, parts: from(near, v.Parts())}}
	}
	if p.home {
		if sc.Home == nil {
			return nil
		}
		return []spot{{view: sc.Home.ID, parts: from(near, sc.Home.Parts())}}
	}
	var out []spot
	for _, m := range newestFirst(sc.Channel.Messages) {
		if near == "" || strings.Contains(m.String(), near) {
			out = append(out, spot{channel: p.channel, ts: m.TS, parts: m.Parts()})
		}
	}
	return out
}

// newestFirst flattens threads: replies come before their parent, newer ones first.
func newestFirst(messages []slacksim.Message) []slacksim.Message {
	var out []slacksim.Message
	for _, m := range slices.Backward(messages) {
		out = append(out, newestFirst(m.Replies)...)
		m.Replies = nil
		out = append(out, m)
	}
	return out
}

// from drops the parts before the first that shows near.
func from(near string, parts []slacksim.Part) []slacksim.Part {
	at := slices.IndexFunc(parts, func(pt slacksim.Part) bool { return strings.Contains(pt.Text, near) })
	if at < 0 {
		return nil
	}
	return parts[at:]
}

func (p *Person) find(near, name string) (slacksim.Element, spot, bool) {
	for _, s := range p.spots(near) {
		for _, part := range s.parts {
			for _, e := range part.Elements {
				if e.Name == name || e.Placeholder == name {
					return e, s, true
				}
			}
		}
	}
	return slacksim.Element{}, spot{}, false
}

func (p *Person) target(e slacksim.Element, s spot) slacksim.Target {
	return slacksim.Target{ViewID: s.view, Channel: s.channel, TS: s.ts, BlockID: e.BlockID, ActionID: e.ActionID}
}

// uses waits for an element and acts on it.
func (p *Person) uses(what, near, name string, in func(slacksim.Element, spot) (slacksim.Input, error)) {
	p.t.Helper()
	var e slacksim.Element
	var at spot
	p.do(what, func(ctx context.Context) error {
		for {
			p.until(what, func() (ok bool) { e, at, ok = p.find(near, name); return ok })
			input, err := in(e, at)
			if err != nil {
				return err
			}
			if err = p.sim.Act(ctx, p.who, p.target(e, at), input); !errors.Is(err, slacksim.ErrGone) {
				return err
			}
		}
	})
}

// until waits until cond holds on the person's screen.
func (p *Person) until(what string, cond func() bool) {
	p.t.Helper()
	ctx, cancel := p.ctx()
	defer cancel()
	changed, stop := p.sim.Subscribe(p.who)
	defer stop()
	for !cond() {
		select {
		case <-changed:
		case <-ctx.Done():
			p.t.Fatalf("%s %s, but it did not come to that within %s. On the screen:\n\n%s", p.name, what, Patience, p.Screen())
		}
	}
}

// Sees waits until all these texts are on the screen.
func (p *Person) Sees(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.until(fmt.Sprintf("should see %q", text), func() bool { return strings.Contains(p.Screen(), text) })
	}
}

// SeesMatch waits until the screen matches a regular expression and returns its first group, or the whole match.
func (p *Person) SeesMatch(pattern string) string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	var found []string
	p.until("should see "+pattern, func() bool { found = re.FindStringSubmatch(p.Screen()); return found != nil })
	return found[min(1, len(found)-1)]
}

// DoesNotSee fails if a text is on the screen now. Wait for what is expected with Sees first: absence cannot be waited for.
func (p *Person) DoesNotSee(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if screen := p.Screen(); strings.Contains(screen, text) {
			p.t.Fatalf("%s should not see %q, but does:\n\n%s", p.name, text, screen)
		}
	}
}

// StopsSeeing waits until a text is gone from the screen.
func (p *Person) StopsSeeing(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("should no longer see %q", text), func() bool { return !strings.Contains(p.Screen(), text) })
}

// OpensHome opens the app's Home, which is on the screen then until the person types in a channel or is put there by In.
func (p *Person) OpensHome() {
	p.t.Helper()
	p.home = true
	p.do("opens the Home", func(ctx context.Context) error { return p.sim.OpenHome(ctx, p.who) })
}

// Reacts puts an emoji under the newest message that shows text.
func (p *Person) Reacts(emoji, text string) {
	p.t.Helper()
	m := p.message(text)
	p.do("reacts", func(ctx context.Context) error { return p.sim.React(ctx, p.who, p.channel, m.TS, emoji) })
}

// Unreacts takes it back.
func (p *Person) Unreacts(emoji, text string) {
	p.t.Helper()
	m := p.message(text)
	p.do("takes a reaction back", func(ctx context.Context) error { return p.sim.Unreact(ctx, p.who, p.channel, m.TS, emoji) })
}

// UsesShortcut picks a global shortcut by its name.
func (p *Person) UsesShortcut(name string) {
	p.t.Helper()
	id := p.shortcut(name, "global")
	p.do("uses "+name, func(ctx context.Context) error { return p.sim.UseShortcut(ctx, p.who, id) })
}

// UsesShortcutOn picks a shortcut by its name from the menu of the newest message that shows text.
func (p *Person) UsesShortcutOn(text, name string) {
	p.t.Helper()
	m, id := p.message(text), p.shortcut(name, "message")
	p.do("uses "+name, func(ctx context.Context) error { return p.sim.UseMessageShortcut(ctx, p.who, id, p.channel, m.TS) })
}

func (p *Person) shortcut(name, kind string) string {
	p.t.Helper()
	var names []string
	for _, s := range p.sim.Workspace().App.Shortcuts {
		if s.Type == kind {
			if s.Name == name {
				return s.CallbackID
			}
			names = append(names, s.Name)
		}
	}
	p.t.Fatalf("The app has no %s shortcut %q but: %s", kind, name, strings.Join(names, ", "))
	return ""
}

// message waits for a message that everybody sees.
func (p *Person) message(text string) slacksim.Message {
	p.t.Helper()
	var found slacksim.Message
	p.until(fmt.Sprintf("should see a message with %q", text), func() bool {
		cv, err := p.sim.ChannelView(p.who, p.channel, 0)
		if err != nil {
			return false
		}
		for _, m := range newestFirst(cv.Messages) {
			if !m.Ephemeral && strings.Contains(m.String(), text) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// Dismisses hides the newest message that only the person sees and that shows text.
func (p *Person) Dismisses(text string) {
	p.t.Helper()
	var ts string
	p.until(fmt.Sprintf("should see %q", text), func() bool {
		cv, _ := p.sim.ChannelView(p.who, p.channel, 0)
		for _, m := range newestFirst(cv.Messages) {
			if m.Ephemeral && strings.Contains(m.String(), text) {
				ts = m.TS
				return true
			}
		}
		return false
	})
	p.do("dismisses "+text, func(ctx context.Context) error { return p.sim.Dismiss(ctx, p.who, p.channel, ts) })
}

// Screen is what is before the person in plain text: the open channel or Home, and the modals on top of it.
func (p *Person) Screen() string {
	sc, err := p.screen()
	if err != nil {
		return err.Error()
	}
	if p.home {
		sc.Channel = nil
	} else {
		sc.Home = nil
	}
	return sc.String()
}

func (p *Person) screen() (slacksim.Screen, error) { return p.sim.Sim.Screen(p.who, p.channel) }
