package bot

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"alignbot/slacksim"
)

func TestHealthOfAWorkingProcess(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	b := w.ready()
	for _, path := range []string{"/livez", "/readyz", "/startupz"} {
		if code, c := b.health(path); code != 200 || !c.OK {
			t.Errorf("%s says %d %v", path, code, c.Reasons)
		}
	}
	w.Person("alice").In("payments").Types("/idea add Export invoices")
	w.eventually("the card is there", func() bool {
		return count(t, b, "alignbot_outbox_attempts_total", "sent") == 1 && count(t, b, "alignbot_envelopes_total", outcomeDone) == 1
	})
	recorder := httptest.NewRecorder()
	b.Health().ServeHTTP(recorder, httptest.NewRequest("GET", "/metrics", nil))
	metrics := recorder.Body.String()
	for _, name := range []string{
		`alignbot_envelopes_total{outcome="done",retry="0",type="slash_command"} 1`,
		"alignbot_ack_seconds_count",
		`alignbot_sockets{state="serving"} 2`,
		"alignbot_socket_last_frame_age_seconds",
		`alignbot_slack_requests_total{code="ok",method="chat.postMessage"} 1`,
		"alignbot_slack_throttled_seconds_total 0",
		"alignbot_inbox_oldest_seconds 0",
		"alignbot_outbox_oldest_seconds",
		"alignbot_redis_seconds",
		"alignbot_redis_unknown_total 0",
		"alignbot_token_dead 0",
	} {
		if !strings.Contains(metrics, name) {
			t.Errorf("metrics lack %s", name)
		}
	}
	for _, secret := range []string{"U0ALICE", "C0PAYMENTS", "Export", w.BotToken()} {
		if strings.Contains(metrics, secret) {
			t.Errorf("metrics hold %s", secret)
		}
	}
}

func TestARefusalIsCounted(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	b := w.ready()
	w.Person("gina").In("payments").Types("/idea add Let me in")
	w.eventually("it is counted", func() bool { return count(t, b, "alignbot_authz_denied_total", "guest", "capture an idea") == 1 })
}

func TestAStuckLoopIsNotAlive(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready()
	b.beats.mu.Lock()
	b.beats.last["some loop"] = time.Now().Add(-beatLimit - time.Second)
	b.beats.mu.Unlock()
	if code, c := b.health("/livez"); code != 503 || !strings.Contains(c.Reasons[0], "some loop") {
		t.Errorf("livez says %d %v", code, c.Reasons)
	}
}

func TestHealthIsServedOverHTTP(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	listener := httptest.NewServer(nil)
	address := listener.Listener.Addr().String()
	listener.Close() // free now
	w.ready(func(s *Settings, _ *Parts) { s.HTTPListen = address })
	response, err := http.Get("http://" + address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if response.StatusCode != 200 {
		t.Errorf("readyz says %d", response.StatusCode)
	}
	second := w.start(func(s *Settings, _ *Parts) { s.HTTPListen = address })
	within(t, 5*time.Second, "the program to end", second.ended)
	if second.err == nil || !strings.Contains(second.err.Error(), "ALIGNBOT_HTTP_LISTEN") {
		t.Errorf("it ended with %v", second.err)
	}
}

func TestScopesAreCheckedAtTheStart(t *testing.T) {
	without := func(scopes ...string) slacksim.Workspace {
		sample := slacksim.Sample()
		var left []string
		for _, s := range sample.App.Scopes {
			if !strings.Contains(strings.Join(scopes, ","), s) {
				left = append(left, s)
			}
		}
		sample.App.Scopes = left
		return sample
	}
	t.Run("one that is needed", func(t *testing.T) {
		w := newWorld(t, slacksim.Options{Workspace: without("users:read")})
		w.Expect("missing_scope")
		b := w.start()
		within(t, 5*time.Second, "the program to end", b.ended)
		if b.err == nil || !strings.Contains(b.err.Error(), "users:read") || !strings.Contains(b.err.Error(), "install the app again") {
			t.Errorf("it ended with %v", b.err)
		}
	})
	t.Run("one for a feature", func(t *testing.T) {
		w := newWorld(t, slacksim.Options{Workspace: without("reactions:read")})
		b := w.ready()
		if b.reaction != "" {
			t.Error("capturing by reaction is on without its scope")
		}
	})
}

// Nothing that is said, and no secret, is in the log, whatever happens.
func TestTheLogHoldsNoSecretsAndNoWords(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	var log syncBuilder
	b := w.ready(func(_ *Settings, p *Parts) { p.Log = debugTo(&log) })
	w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Nth: 1, Do: slacksim.LoseReply()})
	w.Faults().Add(slacksim.Fault{On: "response_url", Nth: 1, Do: slacksim.Drop()})
	w.Faults().Add(slacksim.Fault{On: "slash_commands", Nth: 4, Do: slacksim.CutAfterSend()})
	w.Faults().Add(slacksim.Fault{On: "apps.connections.open", Nth: 3, Do: slacksim.Drop()})
	alice := w.Person("alice").In("payments")
	alice.Types("/idea add Wombat invoices")
	alice.Types("/align buttons")
	alice.Clicks("Press")
	alice.Types("/align panic")
	w.CutSockets()
	w.eventually("the sockets are back", func() bool { return b.fleet.state().serving == 2 })
	if err := b.end(t); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Wombat", w.BotToken(), w.AppToken(), "ticket=", "/link/", "/response/"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(log.String(), "an act failed") {
		t.Error("the log says nothing about the failure")
	}
}
