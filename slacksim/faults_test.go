package slacksim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"alignbot/slacksim"
)

func TestFaultsOfCalls(t *testing.T) {
	for name, c := range map[string]struct {
		do      slacksim.Effect
		want    string // part of the error seen by the app
		status  int
		after   string // Retry-After
		written bool
	}{
		"drop":            {slacksim.Drop(), "connection:", 0, "", false},
		"lost reply":      {slacksim.LoseReply(), "connection:", 0, "", true},
		"429":             {slacksim.Throttle("7"), "ratelimited", 429, "7", false},
		"429 with junk":   {slacksim.Throttle("soon"), "ratelimited", 429, "soon", false},
		"429 with a date": {slacksim.Throttle("Fri, 20 Nov 2026 10:00:00 GMT"), "ratelimited", 429, "Fri, 20 Nov 2026 10:00:00 GMT", false},
		"429 bare":        {slacksim.ThrottleBare(), "ratelimited", 429, "", false},
		"503":             {slacksim.HTTPStatus(503), "body:", 503, "", false},
		"an error code":   {slacksim.APIError("fatal_error"), "fatal_error", 200, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			sim := open(t, slacksim.Options{})
			rule := sim.Faults().Add(slacksim.Fault{On: "chat.*", Nth: 2, Do: c.do})
			say := func() (obj, *http.Response) {
				return sendRaw(t, sim.APIURL()+"chat.postMessage", sim.BotToken(), "application/x-www-form-urlencoded", "channel=C0PAYMENTS&text=x")
			}
			if reply, _ := say(); reply["ok"] != true {
				t.Fatal(reply)
			}
			reply, res := say()
			if got, _ := reply["error"].(string); !strings.HasPrefix(got, c.want) || res.StatusCode != c.status || res.Header.Get("Retry-After") != c.after {
				t.Errorf("%v %d %v", reply, res.StatusCode, res.Header)
			}
			if reply, _ := say(); reply["ok"] != true {
				t.Errorf("the third call: %v", reply)
			}
			want := 2
			if c.written {
				want = 3
			}
			if cv, _ := sim.ChannelView("alice", "payments", 0); len(cv.Messages) != want {
				t.Errorf("%d messages, want %d", len(cv.Messages), want)
			}
			if rule.Strikes() != 1 {
				t.Errorf("struck %d times", rule.Strikes())
			}
		})
	}
}

func TestADelayedCallWaitsForTheClock(t *testing.T) {
	sim := open(t, slacksim.Options{})
	sim.Faults().Add(slacksim.Fault{On: "auth.test", Do: slacksim.Delay(time.Hour)})
	went := act(t, func() error { post(t, sim, "auth.test", sim.BotToken(), nil); return nil })
	wait(t, sim, func() bool { return sim.Ledger().Len() == 1 })
	sim.Advance(time.Hour)
	went()
}

func TestWhenFaultsStrike(t *testing.T) {
	for name, c := range map[string]struct {
		fault slacksim.Fault
		want  string // x: struck
	}{
		"always":       {slacksim.Fault{}, "xxxxxx"},
		"every second": {slacksim.Fault{Every: 2}, ".x.x.x"},
		"the third":    {slacksim.Fault{Nth: 3}, "..x..."},
		"twice":        {slacksim.Fault{Times: 2}, "xx...."},
		"by chance":    {slacksim.Fault{Probability: 0.5}, "x...x."},
	} {
		t.Run(name, func(t *testing.T) {
			sim := open(t, slacksim.Options{FaultSeed: 1})
			c.fault.On, c.fault.Do = "auth.test", slacksim.APIError("fatal_error")
			sim.Faults().Add(c.fault)
			got := ""
			for range 6 {
				if post(t, sim, "auth.test", sim.BotToken(), nil)["ok"] == true {
					got += "."
				} else {
					got += "x"
				}
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestFaultsOfEnvelopes(t *testing.T) {
	run := func(sim *slacksim.Sim, text string) func() {
		return act(t, func() error { return sim.Type(within(t), "alice", "payments", "/idea "+text) })
	}
	t.Run("duplicate", func(t *testing.T) {
		sim := open(t, slacksim.Options{})
		sim.Faults().Add(slacksim.Fault{On: "slash_commands", Times: 1, Do: slacksim.Duplicate()})
		l, _ := connect(t, sim)
		went := run(sim, "x")
		a, b := l.next(), l.next()
		if a.EnvelopeID != b.EnvelopeID {
			t.Errorf("%+v %+v", a, b)
		}
		l.ack(a, nil)
		went()
	})
	t.Run("duplicate on another socket", func(t *testing.T) {
		sim := open(t, slacksim.Options{})
		sim.Faults().Add(slacksim.Fault{On: "/idea", Do: slacksim.DuplicateElsewhere()})
		a, _ := connect(t, sim)
		b, _ := connect(t, sim)
		went := run(sim, "x")
		fa, fb := a.next(), b.next()
		if fa.EnvelopeID != fb.EnvelopeID {
			t.Errorf("%+v %+v", fa, fb)
		}
		a.ack(fa, nil)
		b.ack(fb, nil)
		went()
	})
	t.Run("three deliveries on two sockets", func(t *testing.T) {
		sim := open(t, slacksim.Options{})
		sim.Faults().Add(slacksim.Fault{On: "/idea", Do: slacksim.Deliver(3)})
		a, _ := connect(t, sim)
		b, _ := connect(t, sim)
		went := run(sim, "x")
		first, second, again := b.next(), a.next(), b.next()
		if first.EnvelopeID != second.EnvelopeID || first.EnvelopeID != again.EnvelopeID {
			t.Errorf("%+v %+v %+v", first, second, again)
		}
		b.ack(first, nil)
		went()
	})
	t.Run("the same event twice", func(t *testing.T) {
		sim := open(t, slacksim.Options{})
		sim.Faults().Add(slacksim.Fault{On: "events_api", Do: slacksim.RepeatEvent()})
		l, _ := connect(t, sim)
		if err := sim.Type(within(t), "alice", "payments", "x"); err != nil {
			t.Fatal(err)
		}
		a, b := l.next(), l.next()
		if a.EnvelopeID == b.EnvelopeID || a.str("event_id") != b.str("event_id") {
			t.Errorf("%+v %+v", a, b)
		}
	})
	t.Run("the wrong order", func(t *testing.T) {
		sim := open(t, slacksim.Options{})
		sim.Faults().Add(slacksim.Fault{On: "message", Nth: 1, Do: slacksim.HoldBack()})
		l, _ := connect(t, sim)
		for _, text := range []string{"first", "second"} {
			if err := sim.Type(within(t), "alice", "payments", text); err != nil {
				t.Fatal(err)
			}
		}
		if a, b := l.next(), l.next(); a.str("event", "text") != "second" || b.str("event", "text") != "first" {
			t.Errorf("%+v %+v", a, b)
		}
	})
	t.Run("any order, some again", func(t *testing.T) {
		sim := open(t, slacksim.Options{})
		rule := sim.Faults().Add(slacksim.Fault{On: "slash_commands", Times: 3, Do: slacksim.Reorder(2, 0, 2, 1)})
		l, _ := connect(t, sim)
		var went []func()
		for i, text := range []string{"first", "second", "third"} {
			went = append(went, run(sim, text))
			wait(t, sim, func() bool { return rule.Strikes() == i+1 })
		}
		for _, want := range []string{"third", "first", "third", "second"} {
			f := l.next()
			if f.str("text") != want {
				t.Errorf("%s comes instead of %s", f.str("text"), want)
			}
			l.ack(f, nil)
		}
		for _, wait := range went {
			wait()
		}
	})
	t.Run("lost", func(t *testing.T) {
		sim := open(t, slacksim.Options{})
		rule := sim.Faults().Add(slacksim.Fault{On: "envelope:*", Do: slacksim.Drop()})
		connect(t, sim)
		went := run(sim, "x")
		wait(t, sim, func() bool { return rule.Strikes() == 1 && sim.Ledger().Len() >= 4 })
		sim.Advance(3 * time.Second)
		went()
	})
	t.Run("cut between read and ack", func(t *testing.T) {
		sim := open(t, slacksim.Options{})
		sim.Faults().Add(slacksim.Fault{On: "slash_commands", Do: slacksim.CutAfterSend()})
		l, _ := connect(t, sim)
		went := run(sim, "x")
		if f := l.next(); f.Type != "slash_commands" {
			t.Errorf("%+v", f)
		}
		if f := l.next(); f.Type != "" {
			t.Errorf("still open: %+v", f)
		}
		sim.Advance(3 * time.Second)
		went()
	})
	t.Run("the ack is lost", func(t *testing.T) {
		sim := open(t, slacksim.Options{})
		sim.Faults().Add(slacksim.Fault{On: "/idea", Nth: 1, Do: slacksim.LoseAck()})
		l, _ := connect(t, sim)
		went := run(sim, "x")
		l.ack(l.next(), obj{"text": "done"})
		wait(t, sim, func() bool { return len(sim.Ledger().Refused()) == 1 })
		sim.Advance(slacksim.AckTimeout)
		went()
		if m := lastIn(t, sim, "payments"); !strings.Contains(m.Text, "operation_timeout") {
			t.Errorf("shown %+v", m)
		}
	})
	t.Run("half open", func(t *testing.T) {
		sim := open(t, slacksim.Options{PingEvery: time.Millisecond})
		sim.Faults().Add(slacksim.Fault{On: "slash_commands", Nth: 1, Do: slacksim.HalfOpen()})
		l, _ := connect(t, sim)
		went := run(sim, "x")
		wait(t, sim, func() bool { s := sim.Sockets(); return len(s) == 1 && s[0].HalfOpen })
		if err := l.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second)); err != nil {
			t.Error("a half-open connection takes what is written: ", err)
		}
		sim.Advance(3 * time.Second)
		went()
		select {
		case f := <-l.frames:
			t.Errorf("something came: %+v", f)
		default:
		}
	})
	t.Run("no hello", func(t *testing.T) {
		sim := open(t, slacksim.Options{})
		sim.Faults().Add(slacksim.Fault{On: "hello", Nth: 1, Do: slacksim.NoHello()})
		l := dial(t, sim)
		wait(t, sim, func() bool { return len(sim.Sockets()) == 1 })
		went := run(sim, "x")
		if f := l.next(); f.Type != "slash_commands" {
			t.Errorf("%+v", f)
		} else {
			l.ack(f, nil)
		}
		went()
	})
}
