package slacksim

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// obj is a JSON object in the making.
type obj = map[string]any

// envelope is a Socket Mode frame to the app.
type envelope struct {
	ID      string
	Type    string // events_api, slash_commands, interactive
	Accepts bool   // accepts_response_payload
	Payload json.RawMessage
	Attempt int // events only: 0 first

	names       []string // what faults may call it besides Type
	by, channel string   // for the ledger
}

// label is the most telling of its names.
func (e envelope) label() string {
	if len(e.names) > 0 {
		return e.names[len(e.names)-1]
	}
	return e.Type
}

// frame is the envelope as it goes over a socket.
func (e envelope) frame() []byte {
	o := obj{"envelope_id": e.ID, "type": e.Type, "accepts_response_payload": e.Accepts, "payload": e.Payload}
	if e.Type == "events_api" {
		o["retry_attempt"], o["retry_reason"] = e.Attempt, ""
		if e.Attempt > 0 {
			o["retry_reason"] = "timeout"
		}
	}
	return encode(o)
}

// encode marshals what cannot fail, with <, > and & as they are.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("slacksim: a value of ours has no JSON: %v", err))
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// decodeAck reads an acknowledgement. An empty payload is none, as several SDKs always send one.
func decodeAck(frame []byte) (id string, payload json.RawMessage, err error) {
	if len(frame) >= maxAck {
		var a struct {
			ID string `json:"envelope_id"`
		}
		_ = json.Unmarshal(frame, &a) // the id is for the log only
		return a.ID, nil, fmt.Errorf("an ack of %d bytes; Slack takes less than %d", len(frame), maxAck)
	}
	var a struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload"`
	}
	if err := json.Unmarshal(frame, &a); err != nil {
		return "", nil, fmt.Errorf("not a JSON object with envelope_id and payload: %w", err)
	}
	if a.ID == "" {
		return "", nil, errors.New("no envelope_id")
	}
	p := bytes.TrimSpace(a.Payload)
	inside, isObject := bytes.CutPrefix(p, []byte("{"))
	if len(p) == 0 || bytes.Equal(p, []byte("null")) || isObject && bytes.Equal(bytes.TrimSpace(inside), []byte("}")) {
		return a.ID, nil, nil
	}
	return a.ID, a.Payload, nil
}

// interact sends what a person did to the app and waits for the ack's payload.
func (s *Sim) interact(ctx context.Context, e envelope) (json.RawMessage, error) {
	type answer struct {
		payload json.RawMessage
		err     error
	}
	if s.ctx.Err() != nil {
		return nil, errClosed
	}
	answered := make(chan answer, 1)
	e.ID = rand.Text()
	s.socket.deliver(e, func(payload json.RawMessage, err error) { answered <- answer{payload, err} })
	select {
	case a := <-answered:
		return a.payload, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.closing:
		return nil, errClosed
	}
}

// ignored tells about an ack's payload where Slack reads none.
func (s *Sim) ignored(kind string, ack json.RawMessage) {
	if ack != nil {
		s.log.Warn("An ack carried a payload where Slack reads none; it was ignored. Use response_url or the Web API.", "kind", kind)
	}
}

// eventRetries is when Slack sends an event again that was not acknowledged, after the failure before.
var eventRetries = []time.Duration{0, time.Minute, 5 * time.Minute}

// eventScopes tells which scope an event needs; one that is not here needs none.
var eventScopes = map[string]string{
	"app_mention": "app_mentions:read", "message.channels": "channels:history", "message.groups": "groups:history", "message.im": "im:history",
	"message.mpim": "mpim:history", "reaction_added": "reactions:read", "reaction_removed": "reactions:read", "member_joined_channel": "channels:read",
	"member_left_channel": "channels:read", "channel_archive": "channels:read", "channel_unarchive": "channels:read", "channel_created": "channels:read",
	"channel_rename": "channels:read", "user_change": "users:read", "team_join": "users:read",
}

// emit queues an event for the app; it goes out when s.mu is released by unlock. subscription is the name the app
// subscribes by, which for messages differs from the event's type. r is where it happened, or nil.
func (s *Sim) emit(subscription string, r *room, event obj) {
	if !slices.Contains(s.app.Events, subscription) {
		return
	}
	if scope := eventScopes[subscription]; scope != "" && !slices.Contains(s.app.Scopes, scope) {
		return
	}
	now := s.clock.now()
	id := newID("Ev")
	payload := obj{
		"token": "local", "team_id": s.team.ID, "context_team_id": s.team.ID, "context_enterprise_id": nil, "api_app_id": s.app.ID, "event": event,
		"type": "event_callback", "event_id": id, "event_time": now.Unix(), "event_context": "local-" + id,
		"is_ext_shared_channel": r != nil && r.Shared,
		"authorizations": []obj{{
			"enterprise_id": nil, "team_id": s.team.ID, "user_id": s.app.BotUser, "is_bot": true, "is_enterprise_install": false,
		}},
	}
	e := envelope{Type: "events_api", Payload: encode(payload), names: []string{event["type"].(string)}}
	if r != nil {
		e.channel = r.ID
	}
	e.by, _ = event["user"].(string)
	s.queued = append(s.queued, e)
}

// unlock releases s.mu and sends the events that were queued under it.
func (s *Sim) unlock() {
	queued := s.queued
	s.queued = nil
	s.mu.Unlock()
	for _, e := range queued {
		s.sendEvent(e)
	}
}

func (s *Sim) sendEvent(e envelope) {
	e.ID = rand.Text()
	s.socket.deliver(e, func(ack json.RawMessage, err error) {
		s.ignored(e.label(), ack)
		if err == nil || errors.Is(err, errClosed) || e.Attempt >= len(eventRetries) {
			return
		}
		wait := eventRetries[e.Attempt]
		e.Attempt++
		s.clock.after(wait, func() { s.sendEvent(e) })
	})
}
