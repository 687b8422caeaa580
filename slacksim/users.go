package slacksim

import (
	"slices"
	"strings"
	"time"
)

// userWire is the user object (https://docs.slack.dev/reference/objects/user-object).
func (s *Sim) userWire(p *Person) obj {
	teamID := s.team.ID
	if p.Team != "" {
		teamID = p.Team
	}
	profile := obj{"real_name": p.RealName, "real_name_normalized": p.RealName, "display_name": "", "display_name_normalized": "", "team": teamID}
	if p.Email != "" && slices.Contains(s.app.Scopes, "users:read.email") {
		profile["email"] = p.Email
	}
	o := obj{
		"id": p.ID, "team_id": teamID, "name": p.Name, "deleted": p.Deactivated, "profile": profile, "is_bot": p.Bot, "is_app_user": false,
		"updated": s.clock.now().Unix(),
	}
	if p.Bot {
		profile["bot_id"], profile["api_app_id"] = s.app.BotID, s.app.ID
	}
	if p.Team != "" {
		o["is_stranger"] = !s.sharesChannel(p)
	}
	if p.Deactivated {
		return o // most other fields vanish with the account
	}
	o["real_name"] = p.RealName
	o["is_admin"], o["is_owner"], o["is_primary_owner"] = p.Admin || p.Owner, p.Owner, p.Owner
	o["is_restricted"], o["is_ultra_restricted"] = p.Guest, p.SingleChannelGuest
	if p.TZ != "" || !p.Bot {
		name := orElse(p.TZ, "UTC")
		if zone, err := time.LoadLocation(name); err == nil {
			label, offset := s.clock.now().In(zone).Zone()
			o["tz"], o["tz_label"], o["tz_offset"] = name, label, offset
		}
	}
	return o
}

// sharesChannel tells whether somebody external is in a channel that others here are in too.
func (s *Sim) sharesChannel(p *Person) bool {
	return slices.ContainsFunc(s.rooms, func(r *room) bool { return r.Shared && r.has(p.ID) })
}

func (s *Sim) usersInfo(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[c.str("user")]
	if p == nil {
		return nil, refuse("user_not_found")
	}
	if p.Team != "" && !s.sharesChannel(p) {
		return nil, refuse("user_not_visible")
	}
	u := s.userWire(p)
	if c.flag("include_locale") && p.Team == "" {
		u["locale"] = "en-US"
	}
	return obj{"user": u}, nil
}

func (s *Sim) usersList(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var own []string
	for _, id := range s.order {
		if s.people[id].Team == "" {
			own = append(own, id)
		}
	}
	part, next, err := page(c, own, 1000)
	if err != nil {
		return nil, err
	}
	members := []obj{}
	for _, id := range part {
		members = append(members, s.userWire(s.people[id]))
	}
	return obj{"members": members, "cache_ts": s.clock.now().Unix(), "response_metadata": obj{"next_cursor": next}}, nil
}

func (s *Sim) usersLookupByEmail(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.order {
		if p := s.people[id]; p.Email != "" && strings.EqualFold(p.Email, c.str("email")) && !p.Deactivated {
			return obj{"user": s.userWire(p)}, nil
		}
	}
	return nil, refuse("users_not_found")
}

func (s *Sim) usersConversations(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who := orElse(c.str("user"), s.app.BotUser)
	if s.people[who] == nil {
		return nil, refuse("user_not_found")
	}
	return s.listRooms(c, func(r *room) bool { return r.has(who) && (r.has(s.app.BotUser) || r.kind() == "channels") })
}

func (s *Sim) usergroupsList(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []obj{}
	for _, g := range s.groups {
		if g.Disabled && !c.flag("include_disabled") {
			continue
		}
		o := obj{"id": g.ID, "team_id": s.team.ID, "is_usergroup": true, "name": g.Name, "handle": g.Handle, "description": "", "is_external": false, "date_delete": 0}
		if g.Disabled {
			o["date_delete"] = s.clock.now().Unix()
		}
		if c.flag("include_users") {
			o["users"] = slices.Clone(g.Members)
		}
		if c.flag("include_count") {
			o["user_count"] = len(g.Members)
		}
		list = append(list, o)
	}
	return obj{"usergroups": list}, nil
}

func (s *Sim) usergroupsUsersList(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.str("usergroup") == "" {
		return nil, refuse("missing_argument")
	}
	for _, g := range s.groups {
		if g.ID == c.str("usergroup") && (!g.Disabled || c.flag("include_disabled")) {
			users := []string{}
			for _, id := range g.Members {
				if !s.people[id].Deactivated {
					users = append(users, id)
				}
			}
			return obj{"users": users}, nil
		}
	}
	return nil, refuse("no_such_subteam")
}
