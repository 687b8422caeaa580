package slacksim

import (
	"regexp"
	"slices"
)

const maxReactions = 23 // different emoji on one message; further ones are refused

var emojiName = regexp.MustCompile(`^[\p{L}\p{N}_+'-]{1,100}(::skin-tone-[2-6])?$`)

// reacted finds the message a reactions method means; s.mu is held.
func (s *Sim) reacted(c *call) (*room, *message, error) {
	channel, ts := c.str("channel"), c.str("timestamp")
	if channel == "" || ts == "" {
		return nil, nil, refuse("no_item_specified")
	}
	r := s.room[channel]
	if r == nil || (r.kind() != "channels" && !r.has(s.app.BotUser)) {
		return nil, nil, refuse("channel_not_found")
	}
	m := r.byTS[ts]
	if m == nil {
		return nil, nil, refuse("message_not_found")
	}
	return r, m, nil
}

func (s *Sim) reactionsAdd(c *call) (obj, error) {
	s.mu.Lock()
	defer s.unlock()
	r, m, err := s.reacted(c)
	if err != nil {
		return nil, err
	}
	if err := s.react(r, m, s.app.BotUser, c.str("name")); err != nil {
		return nil, err
	}
	return nil, nil
}

func (s *Sim) reactionsRemove(c *call) (obj, error) {
	s.mu.Lock()
	defer s.unlock()
	r, m, err := s.reacted(c)
	if err != nil {
		return nil, err
	}
	if err := s.unreact(r, m, s.app.BotUser, c.str("name")); err != nil {
		return nil, err
	}
	return nil, nil
}

func (s *Sim) reactionsGet(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, m, err := s.reacted(c)
	if err != nil {
		return nil, err
	}
	o := s.wire(r, m)
	o["permalink"] = s.permalink(r, m)
	return obj{"type": "message", "channel": r.ID, "message": o}, nil
}

// react puts an emoji of person under m; s.mu is held.
func (s *Sim) react(r *room, m *message, person, name string) error {
	at := slices.IndexFunc(m.Reactions, func(re reaction) bool { return re.Name == name })
	switch {
	case r.Archived:
		return refuse("is_archived")
	case !emojiName.MatchString(name):
		return refuse("invalid_name")
	case at >= 0 && slices.Contains(m.Reactions[at].Users, person):
		return refuse("already_reacted")
	case at < 0 && len(m.Reactions) >= maxReactions:
		return refuse("too_many_emoji")
	}
	if at < 0 {
		m.Reactions = append(m.Reactions, reaction{Name: name, Users: []string{person}})
	} else {
		m.Reactions[at].Users = append(m.Reactions[at].Users, person)
	}
	s.reactionEvent("reaction_added", r, m, person, name)
	return nil
}

// unreact takes it back; s.mu is held.
func (s *Sim) unreact(r *room, m *message, person, name string) error {
	at := slices.IndexFunc(m.Reactions, func(re reaction) bool { return re.Name == name && slices.Contains(re.Users, person) })
	if at < 0 {
		return refuse("no_reaction")
	}
	re := &m.Reactions[at]
	if re.Users = slices.DeleteFunc(re.Users, func(id string) bool { return id == person }); len(re.Users) == 0 {
		m.Reactions = slices.Delete(m.Reactions, at, at+1)
	}
	s.reactionEvent("reaction_removed", r, m, person, name)
	return nil
}

func (s *Sim) reactionEvent(kind string, r *room, m *message, person, name string) {
	if r.has(s.app.BotUser) {
		ev := obj{
			"type": kind, "user": person, "reaction": name, "item": obj{"type": "message", "channel": r.ID, "ts": m.TS}, "event_ts": s.nextTS(),
		}
		if m.User != "" {
			ev["item_user"] = m.User
		}
		s.emit(kind, r, ev)
	}
	s.touchRoom(r)
}
