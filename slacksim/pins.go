package slacksim

import (
	"context"
	"fmt"
)

// maxPins is how many messages can be pinned to a channel.
// https://slack.com/help/articles/205239997-Pin-messages-and-bookmark-links
const maxPins = 100

// pinnable finds the message a pins method means; s.mu is held.
func (s *Sim) pinnable(c *call) (*room, *message, error) {
	r := s.room[c.str("channel")]
	ts := c.str("timestamp")
	switch {
	case r == nil || r.kind() != "channels" && !r.has(s.app.BotUser):
		return nil, nil, refuse("channel_not_found")
	case !r.has(s.app.BotUser):
		return nil, nil, refuse("not_in_channel")
	case r.Archived:
		return nil, nil, refuse("is_archived")
	case ts == "":
		return nil, nil, refuse("no_item_specified")
	}
	m := r.byTS[ts]
	if m == nil {
		return nil, nil, refuse("message_not_found")
	}
	return r, m, nil
}

func (s *Sim) pinsAdd(c *call) (obj, error) {
	s.mu.Lock()
	defer s.unlock()
	r, m, err := s.pinnable(c)
	if err == nil {
		err = s.pin(r, m, s.app.BotUser)
	}
	return nil, err
}

func (s *Sim) pinsRemove(c *call) (obj, error) {
	s.mu.Lock()
	defer s.unlock()
	r, m, err := s.pinnable(c)
	switch {
	case err != nil:
		return nil, err
	case m.PinnedBy == "":
		return nil, refuse("no_pin")
	}
	s.unpin(r, m, s.app.BotUser)
	return nil, nil
}

func (s *Sim) pinsList(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.room[c.str("channel")]
	if r == nil || !r.has(s.app.BotUser) {
		return nil, refuse("channel_not_found")
	}
	items := []obj{}
	for _, m := range r.pinned() {
		items = append(items, obj{"type": "message", "channel": r.ID, "created": tsTime(m.TS).Unix(), "created_by": m.PinnedBy, "message": s.wire(r, m)})
	}
	return obj{"items": items}, nil
}

// pinned are the messages that are pinned to the channel, replies among them.
func (r *room) pinned() []*message {
	var out []*message
	for _, m := range r.Messages {
		for _, one := range append([]*message{m}, r.Replies[m.TS]...) {
			if one.PinnedBy != "" {
				out = append(out, one)
			}
		}
	}
	return out
}

// pin pins m for person; s.mu is held.
func (s *Sim) pin(r *room, m *message, person string) error {
	switch {
	case m.Subtype != "" && m.Subtype != "bot_message":
		return refuse("not_pinnable")
	case m.PinnedBy != "":
		return refuse("already_pinned")
	case len(r.pinned()) >= maxPins:
		return refuse("too_many_pins")
	}
	m.PinnedBy = person
	s.pinEvent("pin_added", r, m, person)
	return nil
}

// unpin takes it off again; s.mu is held.
func (s *Sim) unpin(r *room, m *message, person string) {
	m.PinnedBy = ""
	s.pinEvent("pin_removed", r, m, person)
}

func (s *Sim) pinEvent(kind string, r *room, m *message, person string) {
	if r.has(s.app.BotUser) {
		ts := s.nextTS()
		s.emit(kind, r, obj{
			"type": kind, "user": person, "channel_id": r.ID, "event_ts": ts,
			"item": obj{"type": "message", "channel": r.ID, "created": tsTime(m.TS).Unix(), "created_by": person, "message": s.wire(r, m)},
		})
	}
	s.touchRoom(r)
}

// Pin pins a message of a channel for person.
func (s *Sim) Pin(_ context.Context, person, channel, ts string) error {
	s.mu.Lock()
	defer s.unlock()
	p, r, err := s.acting(person, channel)
	if err != nil {
		return err
	}
	m := r.byTS[ts]
	if m == nil {
		return fmt.Errorf("there is no message %s in %s; nothing was pinned", ts, channel)
	}
	if err := s.pin(r, m, p.ID); err != nil {
		return fmt.Errorf("message %s of %s cannot be pinned: %w", ts, channel, err)
	}
	s.did("Pin", p, r, ts, "")
	return nil
}

// Unpin takes a message of a channel off those that are pinned, whoever pinned it.
func (s *Sim) Unpin(_ context.Context, person, channel, ts string) error {
	s.mu.Lock()
	defer s.unlock()
	p, r, err := s.acting(person, channel)
	if err != nil {
		return err
	}
	m := r.byTS[ts]
	if m == nil || m.PinnedBy == "" {
		return fmt.Errorf("no message %s is pinned to %s; nothing was done", ts, channel)
	}
	s.unpin(r, m, p.ID)
	s.did("Unpin", p, r, ts, "")
	return nil
}
