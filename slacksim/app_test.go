package slacksim_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"

	"alignbot/slacksim"
)

type obj = map[string]any

// frame is what the app reads from a socket.
type frame struct {
	Type       string          `json:"type"`
	EnvelopeID string          `json:"envelope_id"`
	Reason     string          `json:"reason"`
	Attempt    int             `json:"retry_attempt"`
	Why        string          `json:"retry_reason"`
	Accepts    bool            `json:"accepts_response_payload"`
	Count      int             `json:"num_connections"`
	Payload    json.RawMessage `json:"payload"`
}

func (f frame) str(path ...string) string {
	var v any
	_ = json.Unmarshal(f.Payload, &v)
	for _, key := range path {
		o, _ := v.(map[string]any)
		v = o[key]
	}
	s, _ := v.(string)
	return s
}

// line is one raw Socket Mode connection of an app under the test's control.
type line struct {
	t      testing.TB
	ws     *websocket.Conn
	frames chan frame // closed when the connection ends
	once   sync.Once
}

// connect opens a line and waits for its first frame.
func connect(t testing.TB, sim *slacksim.Sim) (*line, frame) {
	t.Helper()
	l := dial(t, sim)
	return l, l.next()
}

func dial(t testing.TB, sim *slacksim.Sim) *line {
	t.Helper()
	reply := post(t, sim, "apps.connections.open", sim.AppToken(), nil)
	address, _ := reply["url"].(string)
	if address == "" {
		t.Fatalf("no socket: %v", reply)
	}
	l, err := redial(t, address)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func redial(t testing.TB, address string) (*line, error) {
	ws, _, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		return nil, err
	}
	l := &line{t: t, ws: ws, frames: make(chan frame, 1000)}
	go func() {
		defer close(l.frames)
		for {
			var f frame
			if ws.ReadJSON(&f) != nil {
				return
			}
			l.frames <- f
		}
	}()
	t.Cleanup(l.close)
	return l, nil
}

func (l *line) close() { l.once.Do(func() { l.ws.Close() }) }

// next waits for a frame; a frame of type "" means that the connection ended.
func (l *line) next() frame {
	l.t.Helper()
	select {
	case f := <-l.frames:
		return f
	case <-within(l.t).Done():
		l.t.Fatal("no frame came")
		return frame{}
	}
}

func (l *line) ack(f frame, payload any) {
	l.t.Helper()
	a := obj{"envelope_id": f.EnvelopeID}
	if payload != nil {
		a["payload"] = payload
	}
	l.write(a)
}

func (l *line) write(v any) {
	l.t.Helper()
	if err := l.ws.WriteJSON(v); err != nil {
		l.t.Error(err)
	}
}

// post calls a method with form arguments.
func post(t testing.TB, sim *slacksim.Sim, method, token string, args map[string]string) obj {
	t.Helper()
	form := url.Values{}
	for k, v := range args {
		form.Set(k, v)
	}
	return send(t, sim, method, token, "application/x-www-form-urlencoded", form.Encode())
}

func send(t testing.TB, sim *slacksim.Sim, method, token, contentType, body string) obj {
	t.Helper()
	reply, _ := sendRaw(t, sim.APIURL()+method, token, contentType, body)
	return reply
}

func sendRaw(t testing.TB, address, token, contentType, body string) (obj, *http.Response) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return obj{"error": "connection: " + err.Error()}, &http.Response{Header: http.Header{}}
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	var reply obj
	if json.Unmarshal(raw, &reply) != nil {
		reply = obj{"error": "body: " + string(bytes.TrimSpace(raw))}
	}
	return reply, res
}

// act runs something a person does beside the test, which then plays the app.
func act(t testing.TB, f func() error) (wait func()) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- f() }()
	return func() {
		t.Helper()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-within(t).Done():
			t.Fatal("the act did not end")
		}
	}
}

func js(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func text(s string) obj { return obj{"type": "plain_text", "text": s} }

func modal(title string, blocks ...any) obj {
	if blocks == nil {
		blocks = []any{obj{"type": "section", "text": text("Nothing here.")}}
	}
	return obj{"type": "modal", "callback_id": title, "title": text(title), "submit": text("Save"), "blocks": blocks}
}

func input(block string, more ...string) obj {
	el := obj{"type": "plain_text_input", "action_id": "v"}
	for i := 0; i+1 < len(more); i += 2 {
		el[more[i]] = more[i+1]
	}
	return obj{"type": "input", "block_id": block, "label": text(block), "element": el}
}

func buttons(block string, actions ...string) obj {
	var list []any
	for _, a := range actions {
		list = append(list, obj{"type": "button", "action_id": a, "text": text(a), "value": "value of " + a})
	}
	return obj{"type": "actions", "block_id": block, "elements": list}
}

// openModal has alice run /idea and the app answer with view.
func openModal(t testing.TB, sim *slacksim.Sim, l *line, view obj) slacksim.View {
	t.Helper()
	wait := act(t, func() error { return sim.Type(within(t), "alice", "payments", "/idea") })
	f := l.next()
	if reply := post(t, sim, "views.open", sim.BotToken(), map[string]string{"trigger_id": f.str("trigger_id"), "view": js(view)}); reply["ok"] != true {
		t.Fatal(reply)
	}
	l.ack(f, nil)
	wait()
	return top(t, sim)
}

func top(t testing.TB, sim *slacksim.Sim) slacksim.View {
	t.Helper()
	modals, err := sim.Modals("alice")
	if err != nil || len(modals) == 0 {
		t.Fatal("alice has no modal open ", err)
	}
	return modals[len(modals)-1]
}

// lastIn is the newest message alice sees in a channel.
func lastIn(t testing.TB, sim *slacksim.Sim, channel string) slacksim.Message {
	t.Helper()
	cv, err := sim.ChannelView("alice", channel, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(cv.Messages) == 0 {
		return slacksim.Message{}
	}
	return cv.Messages[len(cv.Messages)-1]
}

// sendRawHost calls auth.test under another host name, as a rebound DNS name would.
func sendRawHost(t testing.TB, sim *slacksim.Sim, host string) (obj, *http.Response) {
	t.Helper()
	req, _ := http.NewRequest(http.MethodPost, sim.APIURL()+"auth.test", nil)
	req.Host = host
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return nil, res
}

func asSlackError(err error, to *slack.SlackErrorResponse) bool { return errors.As(err, to) }

// errOf is the refusal in a reply.
func errOf(reply obj) error {
	if reply["ok"] == true {
		return nil
	}
	return fmt.Errorf("%v", reply["error"])
}
