package slacksim_test

import (
	"fmt"
	"testing"
	"time"

	"alignbot/slacksim"
)

// asked is a click or command that was answered with an ack; it returns the response_url.
func asked(t *testing.T, sim *slacksim.Sim, l *line, do func() error) string {
	t.Helper()
	wait := act(t, do)
	f := l.next()
	l.ack(f, nil)
	wait()
	return f.str("response_url")
}

func respond(t *testing.T, url string, body any) (string, int) {
	t.Helper()
	reply, res := sendRaw(t, url, "", "application/json", js(body))
	code, _ := reply["error"].(string)
	return code, res.StatusCode
}

func TestResponseURLOfACommand(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	dave := func() error { return sim.Type(within(t), "alice", "growth", "/idea") } // the app is not in #growth
	url := asked(t, sim, l, dave)
	if code, status := respond(t, url, obj{"text": "only you"}); code != "body: ok" || status != 200 {
		t.Errorf("%q %d", code, status)
	}
	if m := lastIn(t, sim, "growth"); m.Text != "only you" || !m.Ephemeral {
		t.Errorf("shown %+v", m)
	}
	if code, status := respond(t, url, obj{"text": "x", "blocks": []any{obj{"type": "nope"}}}); code != "invalid_blocks" || status != 404 {
		t.Errorf("bad blocks: %q %d", code, status)
	}
	if code, _ := respond(t, url, obj{"delete_original": true}); code != "invalid_payload" {
		t.Errorf("nothing to delete: %q", code)
	}
	respond(t, url, obj{"text": "for all", "response_type": "in_channel"})
	if m := lastIn(t, sim, "growth"); m.Text != "for all" || m.Ephemeral {
		t.Errorf("shown %+v", m)
	}
	for n := 3; n <= 5; n++ {
		if code, _ := respond(t, url, obj{"text": fmt.Sprint("number ", n)}); code != "body: ok" {
			t.Errorf("use %d: %q", n, code)
		}
	}
	if code, status := respond(t, url, obj{"text": "one too many"}); code != "used_url" || status != 404 {
		t.Errorf("sixth use: %q %d", code, status)
	}
	late := asked(t, sim, l, dave)
	sim.Advance(31 * time.Minute)
	if code, _ := respond(t, late, obj{"text": "late"}); code != "expired_url" {
		t.Errorf("late: %q", code)
	}
	if code, _ := respond(t, sim.URL()+"/response/T0ACME/nope", obj{"text": "x"}); code != "expired_url" {
		t.Errorf("made up: %q", code)
	}
}

func TestResponseURLOfAMessage(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	blocks := js([]any{buttons("row", "go")})
	click := func(ts string) string {
		return asked(t, sim, l, func() error {
			return sim.Act(within(t), "alice", slacksim.Target{Channel: "payments", TS: ts, BlockID: "row", ActionID: "go"}, slacksim.Input{})
		})
	}
	ts := post(t, sim, "chat.postMessage", sim.BotToken(), args{"channel": "C0PAYMENTS", "text": "card", "blocks": blocks})["ts"].(string)
	l.ack(l.next(), nil) // the event of it
	url := click(ts)
	respond(t, url, obj{"text": "replaced", "replace_original": true})
	if m := lastIn(t, sim, "payments"); m.Text != "replaced" || m.TS != ts || m.Blocks != nil {
		t.Errorf("replaced: %+v", m)
	}
	l.ack(l.next(), nil) // message_changed
	respond(t, url, obj{"text": "only you", "replace_original": true, "response_type": "ephemeral"})
	if m := lastIn(t, sim, "payments"); m.Text != "only you" || !m.Ephemeral || m.TS == ts {
		t.Errorf("a public message cannot become ephemeral: %+v", m)
	}
	respond(t, url, obj{"delete_original": true})
	cv, _ := sim.ChannelView("alice", "payments", 0)
	if len(cv.Messages) != 1 {
		t.Errorf("after deleting: %+v", cv.Messages)
	}

	l.ack(l.next(), nil) // message_deleted
	post(t, sim, "chat.postEphemeral", sim.BotToken(), args{"channel": "C0PAYMENTS", "user": "U0ALICE", "text": "psst", "blocks": blocks})
	url = click(lastIn(t, sim, "payments").TS)
	respond(t, url, obj{"text": "psst, done", "replace_original": true})
	if m := lastIn(t, sim, "payments"); m.Text != "psst, done" || !m.Ephemeral {
		t.Errorf("ephemeral replaced: %+v", m)
	}
	if cv, _ := sim.ChannelView("bob", "payments", 0); len(cv.Messages) != 0 {
		t.Errorf("bob sees %+v", cv.Messages)
	}
}
