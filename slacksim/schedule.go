package slacksim

import (
	"strconv"
	"time"

	"alignbot/slacksim/blockkit"
)

// Limits of https://docs.slack.dev/reference/methods/chat.scheduleMessage.
const (
	scheduleHorizon = 120 * 24 * time.Hour
	scheduleDense   = 30              // messages for one channel …
	scheduleSpan    = 5 * time.Minute // … within this time
)

// scheduled is a message that is posted later.
type scheduled struct {
	ID, Channel string
	PostAt      int64 // Unix seconds
	Created     int64
	Message     *message
}

func (s *Sim) chatScheduleMessage(c *call) (obj, error) {
	said, err := c.content(blockkit.MaxText)
	if err != nil {
		return nil, err
	}
	at, perr := strconv.ParseInt(c.str("post_at"), 10, 64)
	s.mu.Lock()
	defer s.unlock()
	now := s.clock.now()
	r, err := s.postable(c.str("channel"))
	switch {
	case err != nil:
		return nil, err
	case perr != nil:
		return nil, refuse("invalid_time")
	case at <= now.Unix():
		return nil, refuse("time_in_past")
	case time.Unix(at, 0).Sub(now) > scheduleHorizon:
		return nil, refuse("time_too_far")
	case said.empty():
		return nil, refuse("no_text")
	}
	if err := s.checkFiles(said); err != nil {
		return nil, err
	}
	near := 0
	for _, other := range s.scheduled {
		if other.Channel == r.ID && abs(other.PostAt-at) < int64(scheduleSpan.Seconds()) {
			near++
		}
	}
	if near >= scheduleDense {
		return nil, refuse("restricted_too_many")
	}
	parent, err := r.thread(c.str("thread_ts"))
	if err != nil {
		return nil, err
	}
	m := s.appMessage(said)
	m.ThreadTS = parent
	sm := &scheduled{ID: newID("Q"), Channel: r.ID, PostAt: at, Created: now.Unix(), Message: m}
	s.scheduled[sm.ID] = sm
	s.plan(sm)
	s.dirty()
	return obj{"channel": r.ID, "scheduled_message_id": sm.ID, "post_at": at, "message": s.wire(r, m)}, nil
}

// plan posts sm when it is due. A message with metadata never is: a documented fault of Slack's.
func (s *Sim) plan(sm *scheduled) {
	s.clock.after(time.Unix(sm.PostAt, 0).Sub(s.clock.now()), func() {
		s.mu.Lock()
		defer s.unlock()
		if s.scheduled[sm.ID] != sm {
			return
		}
		delete(s.scheduled, sm.ID)
		if r := s.room[sm.Channel]; r != nil && !r.Archived && sm.Message.Metadata == nil {
			s.say(r, sm.Message)
		}
	})
}

// rearm plans what was scheduled before a restart.
func (s *Sim) rearm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sm := range s.scheduled {
		s.plan(sm)
	}
}

func (s *Sim) chatDeleteScheduledMessage(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sm := s.scheduled[c.str("scheduled_message_id")]
	switch {
	case s.room[c.str("channel")] == nil:
		return nil, refuse("channel_not_found")
	case sm == nil || sm.Channel != c.str("channel"):
		return nil, refuse("invalid_scheduled_message_id")
	}
	delete(s.scheduled, sm.ID)
	s.dirty()
	return nil, nil
}

func (s *Sim) chatScheduledMessagesList(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []obj
	for _, id := range sortedKeys(s.scheduled) {
		sm := s.scheduled[id]
		if ch := c.str("channel"); ch == "" || ch == sm.Channel {
			list = append(list, obj{"id": sm.ID, "channel_id": sm.Channel, "post_at": sm.PostAt, "date_created": sm.Created, "text": sm.Message.Text})
		}
	}
	part, next, err := page(c, list, 1000)
	if err != nil {
		return nil, err
	}
	return obj{"scheduled_messages": orEmpty(part), "response_metadata": obj{"next_cursor": next}}, nil
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
