package bot

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/slacksim"
)

// chatter types "/align say" again and again until stopped, except while
// others hold the gate; it gives how often.
func (w *world) chatter(person string, gate *sync.RWMutex) (stop func() int) {
	done, ended := make(chan struct{}), make(chan struct{})
	n := 0
	p := w.Person(person).In("general")
	go func() {
		defer close(ended)
		for !isClosed(done) {
			gate.RLock()
			err := w.Type(w.t.Context(), p.ID(), "general", fmt.Sprintf("/align say %s-%d", person, n))
			gate.RUnlock()
			if err != nil {
				w.t.Error(err)
				return
			}
			n++
		}
	}()
	return func() int {
		close(done)
		<-ended
		return n
	}
}

// unheard are commands of which the person was told that the app did not
// answer, and acknowledgements that came to nothing.
func (w *world) unheard(t *testing.T) {
	t.Helper()
	for _, e := range w.Ledger().Entries(nil) {
		if (e.Kind == slacksim.KindAck || e.Kind == slacksim.KindEnvelope) && e.Error != "" {
			t.Errorf("%s %s %s: %s", e.Kind, e.Method, e.ID, e.Error)
		}
	}
}

func TestRefreshesLoseNothing(t *testing.T) {
	w := newWorld(t, slacksim.Options{LedgerSize: 1_000_000})
	b := w.ready(func(s *Settings, _ *Parts) {
		s.Timing.RetryFirst, s.Timing.RetryMost = time.Millisecond, 2*time.Millisecond
	})
	const refreshes = 60
	var gate sync.RWMutex
	stops := []func() int{w.chatter("alice", &gate), w.chatter("bob", &gate)}
	for range refreshes {
		w.RefreshSockets()
		w.eventually("both sockets have a successor", func() bool {
			state := b.fleet.state()
			return state.serving == 2 && state.leaving == 2
		})
		gate.Lock() // Slack's clock jumps: what is under way would be too late
		w.Advance(11 * time.Second)
		w.eventually("the old ones are gone", func() bool {
			state := b.fleet.state()
			if state.serving < 2 {
				t.Error("there was a moment with less than two sockets")
			}
			return state.leaving == 0
		})
		gate.Unlock()
	}
	said := 0
	for _, stop := range stops {
		said += stop()
	}
	w.settle()
	w.unheard(t)
	if said < refreshes {
		t.Fatalf("only %d commands during %d refreshes prove nothing", said, refreshes)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for what, n := range w.effects {
		if n != 1 {
			t.Errorf("%q happened %d times", what, n)
		}
	}
	if len(w.effects) != said {
		t.Errorf("%d of %d commands had an effect", len(w.effects), said)
	}
}

func TestAReplacedSocketIsLetGoAtAQuietMoment(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready(func(s *Settings, _ *Parts) { s.Timing.Overlap = time.Millisecond })
	var typing sync.WaitGroup
	const people = 8
	for i := range people {
		typing.Go(func() {
			if err := w.Type(t.Context(), "alice", "general", fmt.Sprintf("/align hold %d", i)); err != nil {
				t.Error(err)
			}
		})
	}
	for range people {
		<-w.holding
	}
	w.RefreshSockets()
	w.eventually("both sockets have a successor, and the old ones are still open", func() bool {
		state := b.fleet.state()
		return state.serving == 2 && state.leaving == 2
	})
	close(w.held)
	typing.Wait()
	w.eventually("the old ones are gone", func() bool { return b.fleet.state().leaving == 0 })
	if len(w.Sockets()) != 2 {
		t.Errorf("Slack has %d sockets, want 2", len(w.Sockets()))
	}
	w.unheard(t) // each acknowledgement went to the socket of its envelope
}

// refreshed has Slack ask for all sockets to be replaced, and waits until it has others.
func (w *world) refreshed() {
	w.t.Helper()
	old := map[string]bool{}
	for _, s := range w.Sockets() {
		old[s.ID] = true
	}
	w.RefreshSockets()
	w.eventually("Slack has others", func() bool {
		for _, s := range w.Sockets() {
			if old[s.ID] {
				return false
			}
		}
		return len(w.Sockets()) == len(old)
	})
}

// Slack closes the sockets that it had replaced: what was read is still answered there.
func TestWhatIsUnderWayWhenSlackClosesIsAnswered(t *testing.T) {
	w := newWorld(t, slacksim.Options{SocketNotice: 20 * time.Millisecond})
	b := w.ready()
	var typing sync.WaitGroup
	const people = 8
	for i := range people {
		typing.Go(func() {
			if err := w.Type(t.Context(), "alice", "general", fmt.Sprintf("/align hold %d", i)); err != nil {
				t.Error(err)
			}
		})
	}
	for range people {
		<-w.holding
	}
	w.refreshed()
	close(w.held)
	typing.Wait()
	w.eventually("they are gone", func() bool { return b.fleet.state().leaving == 0 })
	w.unheard(t)
}

// Where it is not quiet for long, a socket is closed shortly after an answer.
func TestASocketIsLetGoWithoutAQuietMoment(t *testing.T) {
	w := newWorld(t, slacksim.Options{LedgerSize: 1_000_000, SocketNotice: time.Hour})
	b := w.ready(func(s *Settings, _ *Parts) {
		s.Timing.Overlap, s.Timing.Quiet, s.Timing.Budget = time.Millisecond, 100*time.Millisecond, 4*time.Second
	})
	stop := w.chatter("alice", &sync.RWMutex{})
	w.refreshed()
	w.eventually("they are gone", func() bool { return b.fleet.state().leaving == 0 })
	if stop() == 0 {
		t.Error("nobody said anything")
	}
}

func TestASocketWithoutHelloIsReplaced(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.Faults().Add(slacksim.Fault{On: "hello", Times: 3, Do: slacksim.NoHello()})
	b := w.start(func(s *Settings, _ *Parts) { s.Timing.Hello = 50 * time.Millisecond })
	w.eventually("the bot is ready", func() bool { return b.Ready() == nil })
	w.Person("alice").In("payments").Types("/align say hello")
	w.Person("alice").In("payments").Sees("You said hello")
}

func TestNotReadyWithoutHello(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.Faults().Add(slacksim.Fault{On: "hello", Do: slacksim.NoHello()})
	b := w.start(func(s *Settings, _ *Parts) { s.Timing.Hello = 30 * time.Millisecond })
	w.eventually("sockets are tried", func() bool { return count(t, b, "alignbot_socket_opens_total") > 2 })
	code, c := b.health("/readyz")
	if code != 503 || !strings.Contains(strings.Join(c.Reasons, "\n"), "no socket is open") {
		t.Errorf("readyz says %d %v", code, c.Reasons)
	}
	if code, _ := b.health("/livez"); code != 200 {
		t.Errorf("livez says %d: Slack must not make a process look dead", code)
	}
}

func TestAHalfOpenSocketIsReplacedInTime(t *testing.T) {
	w := newWorld(t, slacksim.Options{PingEvery: 20 * time.Millisecond})
	b := w.ready(func(s *Settings, _ *Parts) {
		s.Timing.Ping, s.Timing.Silence = 20*time.Millisecond, 150*time.Millisecond
	})
	rule := w.Faults().Add(slacksim.Fault{On: "slash_commands", Times: 1, Do: slacksim.HalfOpen()})
	began := time.Now()
	var typing sync.WaitGroup
	typing.Go(func() {
		// Nobody can answer this one: it went into the dead socket.
		if err := w.Type(w.t.Context(), "alice", "general", "/align say lost"); err != nil {
			w.t.Error(err)
		}
	})
	w.eventually("a socket is half open", func() bool { return rule.Strikes() == 1 })
	w.eventually("it is replaced", func() bool {
		alive := 0
		for _, s := range w.Sockets() {
			if !s.HalfOpen {
				alive++
			}
		}
		return alive >= 2 && b.fleet.state().serving == 2
	})
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("replacing it took %s", took)
	}
	w.Advance(4 * time.Second) // Slack's patience with the lost command
	typing.Wait()
}

func TestAQuietSocketIsNotReplaced(t *testing.T) {
	w := newWorld(t, slacksim.Options{PingEvery: time.Hour}) // Slack pings late: our own pings keep it alive
	b := w.ready(func(s *Settings, _ *Parts) {
		s.Timing.Ping, s.Timing.Silence = 10*time.Millisecond, 100*time.Millisecond
	})
	before := count(t, b, "alignbot_socket_opens_total")
	heard := func() (newest int64) {
		b.fleet.mu.Lock()
		defer b.fleet.mu.Unlock()
		for s := range b.fleet.open {
			newest = max(newest, s.lastFrame.Load())
		}
		return newest
	}
	start := heard()
	w.eventually("five times the limit has passed, with pongs", func() bool {
		return time.Duration(heard()-start) > 500*time.Millisecond
	})
	if after := count(t, b, "alignbot_socket_opens_total"); after != before {
		t.Errorf("%v sockets were opened in a quiet time", after-before)
	}
}

func TestAFlappingSocketBacksOff(t *testing.T) {
	w := newWorld(t, slacksim.Options{PingEvery: time.Hour})
	b := w.ready(func(s *Settings, _ *Parts) {
		s.Timing.RetryFirst, s.Timing.RetryMost, s.Timing.Stable = 20*time.Millisecond, 10*time.Second, time.Hour
	})
	began, before := time.Now(), count(t, b, "alignbot_socket_opens_total")
	for range 4 { // each socket that comes up is cut at once
		w.eventually("a socket is open", func() bool { return len(w.Sockets()) > 0 })
		w.CutSockets()
	}
	took, opens := time.Since(began), count(t, b, "alignbot_socket_opens_total")-before
	// Two places, pauses of at least 10, 20, 40, 80 ms.
	if most := 2 * (2 + took.Seconds()/0.010); opens > most {
		t.Errorf("%v openings in %s", opens, took)
	}
}

func TestBackoffGrowsJittersAndResets(t *testing.T) {
	b := backoff{first: time.Second, most: 10 * time.Second}
	for i, most := range []time.Duration{1, 2, 4, 8, 10, 10} {
		if d := b.next(); d > most*time.Second || d < most*time.Second/2 {
			t.Errorf("pause %d is %s, want half of %ds to %ds", i, d, most, most)
		}
	}
	b.tries = 1000
	if d := b.next(); d > 10*time.Second || d <= 0 {
		t.Errorf("after long trouble the pause is %s", d)
	}
	b.reset()
	if d := b.next(); d > time.Second {
		t.Errorf("after a reset the pause is %s", d)
	}
}

func TestFatalRefusalsEndTheProgramWithTheFix(t *testing.T) {
	for _, c := range []struct{ method, code, says string }{
		{"apps.connections.open", "invalid_auth", "Slack does not know this token"},
		{"apps.connections.open", "not_authed", "received no token"},
		{"apps.connections.open", "account_inactive", "Install the app again"},
		{"apps.connections.open", "token_revoked", "revoked"},
		{"apps.connections.open", "token_expired", "rotation"},
		{"apps.connections.open", "not_allowed_token_type", "wrong kind of token"},
		{"apps.connections.open", "missing_scope", "connections:write"},
		{"apps.connections.open", "no_permission", "may not do this"},
		{"apps.connections.open", "forbidden_team", "workspace admin"},
		{"apps.connections.open", "never_seen_before", `"never_seen_before"`},
		{"auth.test", "invalid_auth", "bot token cannot be used"},
		{"auth.test", "account_inactive", "removed from the workspace"},
	} {
		t.Run(c.method+" "+c.code, func(t *testing.T) {
			w := newWorld(t, slacksim.Options{})
			w.Faults().Add(slacksim.Fault{On: c.method, Do: slacksim.APIError(c.code)})
			w.Expect(c.code)
			b := w.start()
			within(t, 5*time.Second, "the program to end", b.ended)
			var stop *Stop
			if !errors.As(b.err, &stop) || !strings.Contains(stop.Error(), c.says) || stop.Fix == "" {
				t.Errorf("it ended with %v", b.err)
			}
		})
	}
	t.Run("Socket Mode is switched off meanwhile", func(t *testing.T) {
		w := newWorld(t, slacksim.Options{})
		b := w.ready()
		w.SetSocketMode(false)
		within(t, 5*time.Second, "the program to end", b.ended)
		if b.err == nil || !strings.Contains(b.err.Error(), "Socket Mode is switched off") {
			t.Errorf("it ended with %v", b.err)
		}
	})
	t.Run("the address is not Slack's", func(t *testing.T) {
		w := newWorld(t, slacksim.Options{})
		b := w.start(func(s *Settings, _ *Parts) { s.APIURL = w.URL() + "/nothing/here/" })
		within(t, 5*time.Second, "the program to end", b.ended)
		if b.err == nil || !strings.Contains(b.err.Error(), "ALIGNBOT_SLACK_API_URL") {
			t.Errorf("it ended with %v", b.err)
		}
	})
}

func TestPassingTroubleIsWaitedOut(t *testing.T) {
	for name, effect := range map[string]slacksim.Effect{
		"internal_error": slacksim.APIError("internal_error"), "HTTP 503": slacksim.HTTPStatus(503),
		"throttled": slacksim.Throttle("1"), "cut": slacksim.Drop(), "reply lost": slacksim.LoseReply(),
	} {
		for _, method := range []string{"auth.test", "apps.connections.open"} {
			t.Run(method+" "+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, slacksim.Options{})
				w.Faults().Add(slacksim.Fault{On: method, Times: 2, Do: effect})
				b := w.start()
				w.eventually("the bot is ready", func() bool { return b.Ready() == nil })
			})
		}
	}
}

func TestTooManySocketsBackOff(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	for range 5 {
		w.ready()
	}
	b := w.start() // its sockets are the eleventh and twelfth
	w.eventually("it has tried", func() bool { return count(t, b, "alignbot_socket_opens_total") > 3 })
	if isClosed(b.ended) {
		t.Fatalf("it ended with %v", b.err)
	}
	if err := w.bots[0].end(t); err != nil {
		t.Fatal(err)
	}
	w.eventually("it gets the places of a bot that left", func() bool { return b.Ready() == nil })
}

func TestRetryAfterIsObeyedWhenOpening(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.Faults().Add(slacksim.Fault{On: "apps.connections.open", Times: 1, Do: slacksim.Throttle("1")})
	b := w.start(func(s *Settings, _ *Parts) { s.Timing.Apart = time.Hour })
	began := time.Now()
	w.eventually("the bot is ready", func() bool { return b.Ready() == nil && b.fleet.state().serving == 1 })
	if took := time.Since(began); took < 900*time.Millisecond {
		t.Errorf("it opened again after %s, Slack had asked for 1 s", took)
	}
}
