// Package simtest writes tests of Slack bots as conversations: what people do, and what they see then.
//
//	sim := simtest.Open(t, slacksim.Options{})
//	startYourBot(t, sim.APIURL(), sim.BotToken(), sim.AppToken())
//	sim.HasApp()
//
//	alice := sim.Person("alice").In("payments")
//	alice.Types("/idea Export invoices")
//	alice.SeesModal("Capture an idea").Has("Title", "Export invoices")
//	alice.Fills("Problem", "They retype them")
//	alice.Submits()
//	alice.Sees("PAY-1")
//
// Acts return after the app's ack. A test of an app that stays silent sets a short Options.AckTimeout, or calls Advance.
//
// The example is a whole bot with its test.
//
// What is looked for is waited for, by change notifications and never by sleeping. A failure ends the test and prints
// what was on the person's screen.
package simtest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/slacksim"
)

// Patience is how long anything is waited for before the test fails; longer than the 3 s after which Slack gives up on an app.
const Patience = 5 * time.Second

// Sim is a local Slack that belongs to a test.
type Sim struct {
	*slacksim.Sim
	t        testing.TB
	expected []string
}

// Open starts a local Slack that closes itself when the test ends. Rate limits are off unless opt sets some. At the end the test
// fails if a message, view or ack of the app was refused for its form, see Expect.
func Open(t testing.TB, opt slacksim.Options) *Sim {
	t.Helper()
	if opt.Limits == nil {
		opt.Limits = &slacksim.Limits{}
	}
	sim, err := slacksim.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	s := &Sim{Sim: sim, t: t}
	t.Cleanup(func() {
		s.reportRefusals()
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// malformed are the refusals that mean a fault of the app's own making.
var malformed = []string{
	"invalid_blocks", "invalid_arguments", "invalid_attachments", "invalid_metadata", "msg_blocks_too_long", "msg_too_long", "view_too_large", "too_many_attachments",
	"markdown_text_conflict", "no_text", "duplicate_external_id", "push_limit_reached", "errors for", "unknown response_action", "response_action errors", "missing_scope",
	"unknown_method", "invalid_json", "an ack of", "not a JSON object", "invalid_payload",
}

// Expect names refusals (their codes, or the beginning of their texts) that the test provokes on purpose.
func (s *Sim) Expect(codes ...string) { s.expected = append(s.expected, codes...) }

func (s *Sim) reportRefusals() {
	begins := func(list []string, text string) bool {
		return slices.ContainsFunc(list, func(code string) bool { return strings.HasPrefix(text, code) })
	}
	for _, e := range s.Ledger().Refused() {
		if begins(malformed, e.Error) && !begins(s.expected, e.Error) {
			s.t.Errorf("Slack would have refused what the app sent: %s %s: %s\n%s", e.Kind, e.Method, e.Error, e.Payload)
		}
	}
}

// HasApp waits until the app has a live connection.
func (s *Sim) HasApp() {
	s.t.Helper()
	s.Until("the app is connected", func() bool { return len(s.Sockets()) > 0 })
}

// Until waits until cond holds; what says it in words.
func (s *Sim) Until(what string, cond func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	if err := s.Wait(ctx, cond); err != nil {
		s.t.Fatalf("It did not come to this within %s: %s (%v).", Patience, what, err)
	}
}

// Person is somebody who acts in the test: in #general, or without one in the first channel they see, until In says otherwise.
func (s *Sim) Person(name string) *Person {
	s.t.Helper()
	p, err := s.Sim.Person(name)
	if err != nil {
		s.t.Fatal(err)
	}
	channel := "general"
	if sb, err := s.Sidebar(p.ID); err == nil && !slices.ContainsFunc(sb.Channels, func(c slacksim.ChannelInfo) bool { return c.Name == channel }) {
		channel = "@" + sb.App.BotUser
		if len(sb.Channels) > 0 {
			channel = sb.Channels[0].ID
		}
	}
	return &Person{sim: s, t: s.t, who: p.ID, name: p.Name, channel: channel}
}
