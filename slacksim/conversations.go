package slacksim

import (
	"slices"
	"strings"
)

// roomWire is the conversation object.
func (s *Sim) roomWire(r *room) obj {
	o := obj{
		"id": r.ID, "created": r.Created, "is_archived": r.Archived, "is_im": r.IM, "is_mpim": r.MPIM, "is_channel": r.kind() == "channels",
		"is_group": r.kind() == "groups", "is_private": r.Private || r.IM || r.MPIM, "is_member": r.has(s.app.BotUser), "is_general": r.Name == "general",
		"is_shared": r.Shared, "is_ext_shared": r.Shared, "is_org_shared": false, "context_team_id": s.team.ID, "num_members": len(r.Members),
		"topic": obj{"value": r.Topic, "creator": "", "last_set": 0}, "purpose": obj{"value": r.Purpose, "creator": "", "last_set": 0},
	}
	if r.IM {
		for _, id := range r.Members {
			if id != s.app.BotUser {
				o["user"] = id
				o["is_user_deleted"] = s.people[id].Deactivated
			}
		}
	} else {
		o["name"], o["name_normalized"] = r.Name, r.Name
	}
	return o
}

// readable finds a conversation that the app may read with the scope family ("read" or "history"); s.mu is held.
func (s *Sim) readable(c *call, family string) (*room, error) {
	r := s.room[c.str("channel")]
	if r == nil || (r.kind() != "channels" && !r.has(s.app.BotUser)) {
		return nil, refuse("channel_not_found")
	}
	if scope := r.kind() + ":" + family; !slices.Contains(s.app.Scopes, scope) {
		return nil, missingScope(scope, s.app.Scopes)
	}
	return r, nil
}

func (s *Sim) conversationsInfo(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.readable(c, "read")
	if err != nil {
		return nil, err
	}
	o := s.roomWire(r)
	if !c.flag("include_num_members") {
		delete(o, "num_members")
	}
	return obj{"channel": o}, nil
}

func (s *Sim) conversationsMembers(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.readable(c, "read")
	if err != nil {
		return nil, err
	}
	part, next, err := page(c, r.Members, 1000)
	if err != nil {
		return nil, err
	}
	return obj{"members": append([]string{}, part...), "response_metadata": obj{"next_cursor": next}}, nil
}

func (s *Sim) conversationsList(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listRooms(c, func(r *room) bool { return r.kind() == "channels" || r.has(s.app.BotUser) })
}

// listRooms pages through the rooms of the types asked for; s.mu is held.
func (s *Sim) listRooms(c *call, keep func(*room) bool) (obj, error) {
	kinds := map[string]string{"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
	var wanted []string
	for t := range strings.SplitSeq(orElse(c.str("types"), "public_channel"), ",") {
		kind, known := kinds[strings.TrimSpace(t)]
		if !known {
			return nil, refuse("invalid_types")
		}
		if !slices.Contains(s.app.Scopes, kind+":read") {
			return nil, missingScope(kind+":read", s.app.Scopes)
		}
		wanted = append(wanted, kind)
	}
	var list []*room
	for _, r := range s.rooms {
		if keep(r) && slices.Contains(wanted, r.kind()) && !(r.Archived && c.flag("exclude_archived")) {
			list = append(list, r)
		}
	}
	part, next, err := page(c, list, 999)
	if err != nil {
		return nil, err
	}
	out := []obj{}
	for _, r := range part {
		out = append(out, s.roomWire(r))
	}
	return obj{"channels": out, "response_metadata": obj{"next_cursor": next}}, nil
}

func (s *Sim) conversationsOpen(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := c.str("channel"); ch != "" {
		r := s.room[ch]
		if r == nil || !r.has(s.app.BotUser) || (!r.IM && !r.MPIM) {
			return nil, refuse("channel_not_found")
		}
		return obj{"channel": s.roomWire(r), "no_op": true, "already_open": true}, nil
	}
	if c.str("users") == "" {
		return nil, refuse("users_list_not_supplied")
	}
	members := []string{s.app.BotUser}
	for id := range strings.SplitSeq(c.str("users"), ",") {
		p := s.people[strings.TrimSpace(id)]
		switch {
		case p == nil:
			return nil, refuse("user_not_found")
		case p.Deactivated:
			return nil, refuse("user_disabled")
		case p.Team != "" && !s.sharesChannel(p):
			return nil, refuse("user_not_visible")
		case !slices.Contains(members, p.ID):
			members = append(members, p.ID)
		}
	}
	scope := "im:write"
	if len(members) > 2 {
		scope = "mpim:write"
	}
	switch {
	case len(members) < 2:
		return nil, refuse("not_enough_users")
	case len(members) > 9:
		return nil, refuse("too_many_users")
	case !slices.Contains(s.app.Scopes, scope):
		return nil, missingScope(scope, s.app.Scopes)
	}
	known := s.dm(members...) != nil
	r := s.openDM(members...)
	out := obj{"channel": obj{"id": r.ID}}
	if c.flag("return_im") {
		out["channel"] = s.roomWire(r)
	}
	if known {
		out["no_op"], out["already_open"] = true, true
	} else {
		s.touchRoom(r)
	}
	return out, nil
}

func (s *Sim) conversationsJoin(c *call) (obj, error) {
	s.mu.Lock()
	defer s.unlock()
	r := s.room[c.str("channel")]
	switch {
	case r == nil || (r.Private && !r.has(s.app.BotUser)):
		return nil, refuse("channel_not_found")
	case r.kind() != "channels":
		return nil, refuse("method_not_supported_for_channel_type")
	case r.Archived:
		return nil, refuse("is_archived")
	}
	if r.has(s.app.BotUser) {
		c.warn = append(c.warn, "already_in_channel")
	} else {
		s.enter(r, s.people[s.app.BotUser], "")
	}
	return obj{"channel": s.roomWire(r)}, nil
}

// enter makes p a member and tells the app; s.mu is held.
func (s *Sim) enter(r *room, p *Person, inviter string) {
	r.Members = append(r.Members, p.ID)
	ev := obj{"type": "member_joined_channel", "user": p.ID, "channel": r.ID, "channel_type": r.ID[:1], "team": s.team.ID, "event_ts": s.nextTS()}
	if inviter != "" {
		ev["inviter"] = inviter
	}
	if r.has(s.app.BotUser) {
		s.emit("member_joined_channel", r, ev)
	}
	s.say(r, &message{User: p.ID, Subtype: "channel_join", Text: "<@" + p.ID + "> has joined the channel"})
}

// exit takes p out of a channel and tells the app; s.mu is held.
func (s *Sim) exit(r *room, p *Person) {
	appWasThere := r.has(s.app.BotUser)
	r.Members = slices.DeleteFunc(r.Members, func(id string) bool { return id == p.ID })
	if appWasThere {
		s.emit("member_left_channel", r, obj{
			"type": "member_left_channel", "user": p.ID, "channel": r.ID, "channel_type": r.ID[:1], "team": s.team.ID, "event_ts": s.nextTS(),
		})
	}
	s.say(r, &message{User: p.ID, Subtype: "channel_leave", Text: "<@" + p.ID + "> has left the channel"})
	s.touch(p.ID)
}

func (s *Sim) conversationsHistory(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.readable(c, "history")
	if err != nil {
		return nil, err
	}
	if !r.has(s.app.BotUser) {
		return nil, refuse("not_in_channel")
	}
	newest := slices.Clone(r.Messages)
	slices.Reverse(newest)
	return s.messagePage(c, r, newest)
}

func (s *Sim) conversationsReplies(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.readable(c, "history")
	if err != nil {
		return nil, err
	}
	m := r.byTS[c.str("ts")]
	if m == nil {
		return nil, refuse("thread_not_found")
	}
	if parent := r.byTS[m.ThreadTS]; parent != nil {
		m = parent
	}
	return s.messagePage(c, r, append([]*message{m}, r.Replies[m.TS]...))
}

// messagePage answers history and replies; s.mu is held.
func (s *Sim) messagePage(c *call, r *room, all []*message) (obj, error) {
	oldest, latest, inclusive := c.str("oldest"), c.str("latest"), c.flag("inclusive")
	within := slices.DeleteFunc(all, func(m *message) bool {
		if inclusive && (m.TS == oldest || m.TS == latest) {
			return false
		}
		return (oldest != "" && !tsTime(m.TS).After(tsTime(oldest))) || (latest != "" && latest != "now" && !tsTime(m.TS).Before(tsTime(latest)))
	})
	if c.str("limit") == "" {
		c.args["limit"] = "100"
	}
	part, next, err := page(c, within, 999)
	if err != nil {
		return nil, err
	}
	messages := []obj{}
	for _, m := range part {
		messages = append(messages, s.wire(r, m))
	}
	return obj{"messages": messages, "has_more": next != "", "response_metadata": obj{"next_cursor": next}}, nil
}
