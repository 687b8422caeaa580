package bot

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

func (w *world) stats() storage.OutboxStats {
	w.t.Helper()
	stats, err := w.db.Workspace(workspace).OutboxStats(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return stats
}

// posts are the bot's messages in a channel that everybody sees.
func (w *world) posts(channel string) int {
	view, err := w.ChannelView("alice", channel, 200)
	if err != nil {
		w.t.Error(err)
	}
	n := 0
	for _, m := range view.Messages {
		if m.BotID != "" && !m.Ephemeral {
			n++
		}
	}
	return n
}

func TestACardIsPostedOnceAndRedrawn(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	w.ready()
	w.ready()
	alice := w.Person("alice").In("payments")
	alice.Types("/idea add Export invoices")
	w.Until("the card is there", func() bool { return w.posts("C0PAYMENTS") == 1 })
	alice.Types("/idea withdraw PAY-1")
	w.Until("it is redrawn", func() bool { return len(w.calls("chat.update")) > 0 })
	w.eventually("nothing waits", func() bool { s := w.stats(); return s.Due+s.Sending == 0 })
	if s := w.stats(); s.Failed+s.Unknown > 0 {
		t.Errorf("the outbox has %+v", s)
	}
}

// What cannot be known is not sent again by itself; what Slack certainly did
// not do is sent later.
func TestAPostIsNeverRepeatedBlindly(t *testing.T) {
	for _, c := range []struct {
		name    string
		effect  slacksim.Effect
		posted  int
		unknown bool
	}{
		{"the reply is lost", slacksim.LoseReply(), 1, true},
		{"the connection is cut", slacksim.Drop(), 0, true},
		{"HTTP 503", slacksim.HTTPStatus(503), 0, true},
		{"internal_error", slacksim.APIError("internal_error"), 0, true},
		{"out of service", slacksim.APIError("service_unavailable"), 1, false},
		{"Retry-After 1", slacksim.Throttle("1"), 1, false},
		{"Retry-After 0", slacksim.Throttle("0"), 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, slacksim.Options{})
			w.team()
			rule := w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: 1, Do: c.effect})
			w.ready()
			began := time.Now()
			w.Person("alice").In("payments").Types("/idea add Export invoices")
			w.eventually("it was tried", func() bool { return rule.Strikes() == 1 })
			w.eventually("it is settled", func() bool { s := w.stats(); return s.Due+s.Sending == 0 })
			if s := w.stats(); (s.Unknown == 1) != c.unknown || s.Failed > 0 {
				t.Errorf("the outbox has %+v", s)
			}
			w.settle()
			if n := w.posts("C0PAYMENTS"); n != c.posted {
				t.Errorf("Slack has %d cards, want %d", n, c.posted)
			}
			if strings.HasPrefix(c.name, "Retry-After") && time.Since(began) < 900*time.Millisecond {
				t.Errorf("it was tried again after %s", time.Since(began))
			}
		})
	}
}

func TestARedrawIsRepeated(t *testing.T) {
	for name, effect := range map[string]slacksim.Effect{
		"the reply is lost": slacksim.LoseReply(), "HTTP 500": slacksim.HTTPStatus(500), "fatal_error": slacksim.APIError("fatal_error"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, slacksim.Options{})
			w.team()
			w.ready()
			alice := w.Person("alice").In("payments")
			alice.Types("/idea add Export invoices")
			w.Until("the card is there", func() bool { return w.posts("C0PAYMENTS") == 1 })
			rule := w.Faults().Add(slacksim.Fault{On: "chat.update", Times: 1, Do: effect})
			alice.Types("/idea withdraw PAY-1")
			w.eventually("it was tried", func() bool { return rule.Strikes() == 1 })
			w.eventually("it is settled", func() bool { s := w.stats(); return s.Due+s.Sending == 0 })
			if s := w.stats(); s.Unknown+s.Failed > 0 {
				t.Errorf("the outbox has %+v", s)
			}
		})
	}
}

func TestOnlyTheThrottledChannelWaits(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	w.ready()
	store := w.db.Workspace(workspace)
	rule := w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: 1, Do: slacksim.Throttle("3600")})
	alice := w.Person("alice").In("payments")
	alice.Types("/idea add Export invoices")
	w.eventually("the card waits", func() bool { return rule.Strikes() == 1 && w.stats().Due == 1 })
	if err := store.Enqueue(t.Context(), storage.Outgoing{
		ID: "other", Kind: "team.channel_trouble", Subject: "PAY", User: "U0BOB", Args: map[string]string{"code": "is_archived", "channel": "C0PAYMENTS"},
	}); err != nil {
		t.Fatal(err)
	}
	w.Person("bob").In("@alignbot").Sees("is archived")
	if w.posts("C0PAYMENTS") != 0 {
		t.Error("the throttled channel was posted in")
	}
}

func TestOwnersAreToldOnceAboutALostChannel(t *testing.T) {
	for _, code := range []string{"restricted_action_read_only_channel", "restricted_action"} {
		t.Run(code, func(t *testing.T) {
			w := newWorld(t, slacksim.Options{})
			w.team()
			w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Nth: 1, Do: slacksim.APIError(code)})
			w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Nth: 3, Do: slacksim.APIError(code)})
			w.ready()
			bob := w.Person("bob").In("payments")
			bob.Types("/idea add Export invoices")
			w.eventually("the owner is told", func() bool { return len(w.calls("chat.postMessage")) == 1 })
			bob.Types("/idea add Import invoices") // refused too
			bob.Sees("PAY-2")                      // the work goes on
			w.eventually("it is settled", func() bool { s := w.stats(); return s.Due+s.Sending == 0 && s.Failed == 2 })
			told := w.calls("chat.postMessage")
			if len(told) != 1 {
				t.Fatalf("%d messages were sent, want one", len(told))
			}
			w.Person("alice").In("@alignbot").Sees("payments")
		})
	}
}

func TestARemovedBotTellsTheOwners(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	w.ready()
	if err := w.Kick(t.Context(), "alice", "payments", "U0ALIGN"); err != nil {
		t.Fatal(err)
	}
	w.Person("alice").In("@alignbot").Sees("I am not in")
}

func TestAPrivateOfferReachesWhoeverIsWhereTheBotIsNot(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	w.ready()
	w.Faults().Add(slacksim.Fault{On: "chat.postEphemeral", Do: slacksim.APIError("not_in_channel")})
	alice := w.Person("alice").In("payments")
	alice.Types("Invoices are retyped")
	alice.Reacts("bulb", "Invoices are retyped")
	w.Until("the offer comes as a direct message", func() bool { return len(w.calls("chat.postMessage")) == 1 })
}

// A card that cannot be redrawn any more, as when somebody deleted it, is posted
// anew.
func TestALostCardIsPostedAnew(t *testing.T) {
	for _, code := range []string{"message_not_found", "cant_update_message", "edit_window_closed"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, slacksim.Options{})
			w.team()
			w.ready()
			redraw := func() {
				if err := w.db.Workspace(workspace).Enqueue(t.Context(), cardOf("PAY-1")); err != nil {
					t.Fatal(err)
				}
			}
			w.add("First")
			w.eventually("the card is there", func() bool { return w.posts("C0PAYMENTS") == 1 && w.stats() == storage.OutboxStats{} })
			rule := w.Faults().Add(slacksim.Fault{On: "chat.update", Times: 1, Do: slacksim.APIError(code)})
			redraw()
			w.eventually("it is there again", func() bool {
				return rule.Strikes() == 1 && w.posts("C0PAYMENTS") == 2 && w.stats() == storage.OutboxStats{}
			})
			redraw()
			w.eventually("the new one is redrawn", func() bool { return len(w.calls("chat.update")) == 1 })
			posted := w.calls("chat.postMessage")
			if idea, err := w.db.Workspace(workspace).Idea(t.Context(), pipeline.Key{Team: "PAY", Number: 1}); err != nil || !strings.Contains(string(w.calls("chat.update")[0].Payload), idea.Card.TS) || len(posted) != 2 {
				t.Errorf("the card is %v, %v; redrawn was %s", idea.Card, err, w.calls("chat.update")[0].Payload)
			}
		})
	}
}

func TestManyActsCostFewLooksAtTheOutbox(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready()
	var looks atomic.Int64
	w.db.Observe(func(op string, _ time.Duration, _ error) {
		if op == "claim" {
			looks.Add(1)
		}
	})
	began := time.Now()
	w.eventually("it has looked some times", func() bool {
		for range 100 {
			b.outbox.wake() // as every act does
		}
		return looks.Load() >= 10
	})
	if took := time.Since(began); took < 9*outboxCalm {
		t.Errorf("ten looks took %s, want %s between two", took, outboxCalm)
	}
}

// offer has Alice react to a message of hers.
func (w *world) offer(words string) {
	alice := w.Person("alice").In("payments")
	alice.Types(words)
	alice.Reacts("bulb", words)
}

func TestAThrottledOfferHoldsItsChannel(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.ready()
	rule := w.Faults().Add(slacksim.Fault{On: "chat.postEphemeral", Times: 1, Do: slacksim.Throttle("3600")})
	w.offer("Invoices are retyped")
	w.eventually("the offer waits", func() bool { return rule.Strikes() == 1 && w.stats() == storage.OutboxStats{Due: 1} })
	w.offer("Receipts are retyped")
	w.eventually("the next one too", func() bool { return w.stats() == storage.OutboxStats{Due: 2} })
	w.settle()
	w.nothingIsClaimed()
}

func TestAThrottledDirectMessageHoldsItsPerson(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	w.ready()
	w.Faults().Add(slacksim.Fault{On: "chat.postEphemeral", Do: slacksim.APIError("not_in_channel")})
	rule := w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: 1, Do: slacksim.Throttle("3600")})
	w.offer("Invoices are retyped")
	w.eventually("the offer waits", func() bool { return rule.Strikes() == 1 && w.stats() == storage.OutboxStats{Due: 1} })
	if err := w.db.Workspace(workspace).Enqueue(t.Context(), storage.Outgoing{
		ID: "other", Kind: "team.channel_trouble", Subject: "PAY", User: "U0ALICE", Args: map[string]string{"code": "is_archived", "channel": "C0PAYMENTS"},
	}); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.nothingIsClaimed()
	if n := len(w.calls("chat.postMessage")); n != 0 {
		t.Errorf("%d messages went to a person who is held", n)
	}
	w.Person("bob").In("payments").Types("The channel itself is free")
}

func TestWhatCannotBeDrawnIsGivenUpAndHoldsUpNothing(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	w.ready()
	store := w.db.Workspace(workspace)
	if err := store.Enqueue(t.Context(),
		storage.Outgoing{ID: "odd", Kind: "from.the.future", Subject: "PAY-1", Channel: "C0PAYMENTS"},
		storage.Outgoing{ID: "gone", Kind: storage.KindCard, Subject: "PAY-99", Channel: "C0PAYMENTS"},
	); err != nil {
		t.Fatal(err)
	}
	w.Person("alice").In("payments").Types("/idea add Export invoices")
	w.Until("the card is there", func() bool { return w.posts("C0PAYMENTS") == 1 })
}
