package slacksim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"alignbot/slacksim"
)

func TestHelloCountsConnections(t *testing.T) {
	sim := open(t, slacksim.Options{})
	for want := 1; want <= 3; want++ {
		if _, f := connect(t, sim); f.Type != "hello" || f.Count != want {
			t.Errorf("frame %+v, want hello %d", f, want)
		}
	}
}

func TestATicketWorksOnce(t *testing.T) {
	sim := open(t, slacksim.Options{})
	address := post(t, sim, "apps.connections.open", sim.AppToken(), nil)["url"].(string)
	ws, _, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if _, res, err := websocket.DefaultDialer.Dial(address, nil); err == nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("the second use: %v %v", res, err)
	}
}

func TestSlackPingsAndAnswersPings(t *testing.T) {
	sim := open(t, slacksim.Options{PingEvery: time.Millisecond})
	address := post(t, sim, "apps.connections.open", sim.AppToken(), nil)["url"].(string)
	ws, _, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	pings, pongs := make(chan string, 100), make(chan string, 100)
	ws.SetPingHandler(func(s string) error {
		select {
		case pings <- s:
		default:
		}
		return nil
	})
	ws.SetPongHandler(func(s string) error { pongs <- s; return nil })
	if err := ws.WriteControl(websocket.PingMessage, []byte("are you there"), time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			if _, _, err := ws.ReadMessage(); err != nil {
				return
			}
		}
	}()
	for _, ch := range []chan string{pings, pongs} {
		select {
		case <-ch:
		case <-within(t).Done():
			t.Fatal("no answer")
		}
	}
}

func TestTheEleventhConnectionIsTurnedAway(t *testing.T) {
	sim := open(t, slacksim.Options{})
	for range 10 {
		connect(t, sim)
	}
	l, f := connect(t, sim)
	if f.Type != "disconnect" || f.Reason != "too_many_websockets" {
		t.Errorf("frame %+v", f)
	}
	if f := l.next(); f.Type != "" {
		t.Errorf("still open: %+v", f)
	}
}

func TestSocketModeSwitchedOff(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	sim.SetSocketMode(false)
	if f := l.next(); f.Reason != "link_disabled" {
		t.Errorf("frame %+v", f)
	}
	if reply := post(t, sim, "apps.connections.open", sim.AppToken(), nil); reply["ok"] != false {
		t.Errorf("reply %v", reply)
	}
}

func TestAnOldConnectionIsRefreshed(t *testing.T) {
	sim := open(t, slacksim.Options{SocketLifetime: time.Hour})
	l, _ := connect(t, sim)
	sim.Advance(time.Hour - 5*time.Second)
	if f := l.next(); f.Type != "disconnect" || f.Reason != "warning" {
		t.Errorf("frame %+v", f)
	}
	sim.Advance(5 * time.Second)
	if f := l.next(); f.Reason != "refresh_requested" {
		t.Errorf("frame %+v", f)
	}
	if f := l.next(); f.Type != "" {
		t.Errorf("still open: %+v", f)
	}
	wait(t, sim, func() bool { return len(sim.Sockets()) == 0 })
}

func TestEnvelopesAreSpreadAndAckedOnTheirOwnSocket(t *testing.T) {
	for name, anySocket := range map[string]bool{"own socket only": false, "any socket": true} {
		t.Run(name, func(t *testing.T) {
			sim := open(t, slacksim.Options{AckAnySocket: anySocket})
			a, _ := connect(t, sim)
			b, _ := connect(t, sim)
			got := map[*line]int{}
			for range 4 {
				wait := act(t, func() error { return sim.Type(within(t), "alice", "payments", "/idea") })
				on, other := a, b
				var f frame
				select {
				case f = <-a.frames:
				case f = <-b.frames:
					on, other = b, a
				}
				got[on]++
				if anySocket {
					other.ack(f, nil)
				} else {
					other.ack(f, obj{"text": "from the wrong socket"})
					sim.Wait(within(t), func() bool {
						return len(sim.Ledger().Entries(func(e slacksim.Entry) bool { return e.ID == f.EnvelopeID && e.Error == "wrong socket" })) == 1
					})
					on.ack(f, nil)
				}
				wait()
			}
			if got[a] != 2 || got[b] != 2 {
				t.Errorf("spread %d and %d", got[a], got[b])
			}
			if m := lastIn(t, sim, "payments"); m.Text != "" {
				t.Errorf("shown: %q", m.Text)
			}
		})
	}
}

func TestACommandWithoutAnAnswer(t *testing.T) {
	t.Run("no connection", func(t *testing.T) {
		sim := open(t, slacksim.Options{})
		if err := sim.Type(within(t), "alice", "payments", "/idea x"); err != nil {
			t.Fatal(err)
		}
		if m := lastIn(t, sim, "payments"); !strings.Contains(m.Text, "dispatch_failed") || !m.Ephemeral {
			t.Errorf("shown: %+v", m)
		}
	})
	t.Run("too late", func(t *testing.T) {
		sim := open(t, slacksim.Options{})
		l, _ := connect(t, sim)
		wait := act(t, func() error { return sim.Type(within(t), "alice", "payments", "/idea x") })
		f := l.next()
		sim.Advance(3 * time.Second)
		wait()
		if m := lastIn(t, sim, "payments"); !strings.Contains(m.Text, "operation_timeout") {
			t.Errorf("shown: %+v", m)
		}
		l.ack(f, obj{"text": "late"})
		if err := sim.Wait(within(t), func() bool { return len(sim.Ledger().Refused()) == 2 }); err != nil {
			t.Fatal(err)
		}
		if m := lastIn(t, sim, "payments"); m.Text == "late" {
			t.Error("a late ack was shown")
		}
	})
	t.Run("unknown command", func(t *testing.T) {
		sim := open(t, slacksim.Options{})
		if err := sim.Type(within(t), "alice", "payments", "/ideaa x"); err != nil {
			t.Fatal(err)
		}
		if m := lastIn(t, sim, "payments"); !strings.Contains(m.Text, "not a valid command") {
			t.Errorf("shown: %+v", m)
		}
	})
}

func TestAnswersInTheAckOfACommand(t *testing.T) {
	for name, c := range map[string]struct {
		payload   any
		want      string
		ephemeral bool
		messages  int
	}{
		"ephemeral by default":           {obj{"text": "hi"}, "hi", true, 1},
		"in the channel with the typing": {obj{"text": "hi all", "response_type": "in_channel"}, "hi all", false, 2},
		"empty object is no payload":     {obj{}, "", false, 0},
		"bad blocks":                     {obj{"blocks": []any{obj{"type": "nope"}}}, "invalid_command_response", true, 1},
		"nothing to show":                {obj{"response_type": "ephemeral"}, "invalid_command_response", true, 1},
		"not an object":                  {"text", "invalid_command_response", true, 1},
		"20 KB is dropped":               {obj{"text": strings.Repeat("x", 20480)}, "operation_timeout", true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			sim := open(t, slacksim.Options{})
			l, _ := connect(t, sim)
			wait := act(t, func() error { return sim.Type(within(t), "alice", "payments", "/idea x") })
			f := l.next()
			l.ack(f, c.payload)
			if c.want == "operation_timeout" {
				if err := sim.Wait(within(t), func() bool { return len(sim.Ledger().Refused()) > 0 }); err != nil {
					t.Fatal(err)
				}
				sim.Advance(3 * time.Second)
			}
			wait()
			cv, _ := sim.ChannelView("alice", "payments", 0)
			if len(cv.Messages) != c.messages {
				t.Errorf("%d messages, want %d", len(cv.Messages), c.messages)
			}
			if m := lastIn(t, sim, "payments"); !strings.Contains(m.Text, c.want) || m.Ephemeral != c.ephemeral {
				t.Errorf("shown: %+v", m)
			}
		})
	}
}

func TestSlashCommandPayload(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	wait := act(t, func() error {
		return sim.Type(within(t), "alice", "payments", "/idea  for @bob in #leads: a < b & <!channel> https://x.example/?a=1 @nobody  ")
	})
	f := l.next()
	l.ack(f, nil)
	wait()
	want := "for <@U0BOB|bob> in <#C0LEADS|>: a &lt; b &amp; &lt;!channel&gt; <https://x.example/?a=1> @nobody"
	if got := f.str("text"); got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	for key, want := range map[string]string{
		"command": "/idea", "user_id": "U0ALICE", "user_name": "alice", "channel_id": "C0PAYMENTS", "channel_name": "payments", "team_id": "T0ACME", "team_domain": "acme", "api_app_id": "A0ALIGN",
	} {
		if got := f.str(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if f.Type != "slash_commands" || !f.Accepts || !strings.HasPrefix(f.str("response_url"), sim.URL()) || len(strings.Split(f.str("trigger_id"), ".")) != 3 {
		t.Errorf("frame %+v", f)
	}
}

func TestEventsAreRetriedThreeTimes(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	if err := sim.Type(within(t), "alice", "payments", "hello"); err != nil {
		t.Fatal(err)
	}
	first := l.next()
	if first.Type != "events_api" || first.Attempt != 0 || first.Why != "" || first.str("event", "text") != "hello" || first.str("event", "channel_type") != "channel" {
		t.Fatalf("frame %+v", first)
	}
	sim.Advance(3 * time.Second)
	for attempt, gap := range []time.Duration{0, time.Minute, 5 * time.Minute} {
		sim.Advance(gap)
		f := l.next()
		if f.Attempt != attempt+1 || f.Why != "timeout" || f.str("event_id") != first.str("event_id") {
			t.Errorf("retry %d: %+v", attempt+1, f)
		}
		sim.Advance(3 * time.Second)
		wait(t, sim, func() bool { return len(sim.Ledger().Refused()) == attempt+2 })
	}
	sim.Advance(time.Hour)
	if err := sim.React(within(t), "alice", "payments", lastIn(t, sim, "payments").TS, "bulb"); err != nil {
		t.Fatal(err)
	}
	if f := l.next(); f.str("event", "type") != "reaction_added" || f.str("event", "reaction") != "bulb" {
		t.Errorf("after the last retry came %+v", f)
	}
}

func TestEventsWaitForAConnection(t *testing.T) {
	sim := open(t, slacksim.Options{})
	if err := sim.Type(within(t), "alice", "payments", "anybody?"); err != nil {
		t.Fatal(err)
	}
	wait(t, sim, func() bool { return len(sim.Ledger().Refused()) == 2 }) // at first and at once again
	l, _ := connect(t, sim)
	sim.Advance(time.Minute)
	if f := l.next(); f.Attempt != 2 || f.str("event", "text") != "anybody?" {
		t.Errorf("frame %+v", f)
	}
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	sim := open(t, slacksim.Options{})
	connect(t, sim)
	went := act(t, func() error {
		if err := sim.Type(within(t), "alice", "payments", "/idea x"); err == nil {
			t.Error("the act ended without an error")
		}
		return nil
	})
	wait(t, sim, func() bool { return sim.Ledger().Len() > 2 })
	began := time.Now()
	if err := sim.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("closing took %s", took)
	}
	went()
}
