package slacksim

import (
	"crypto/rand"
	"net/url"
	"strings"
)

func (s *Sim) authTest(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.token == s.AppToken() {
		return obj{"app_name": s.app.Name, "app_id": s.app.ID}, nil
	}
	return obj{
		"url": s.URL() + "/", "team": s.team.Name, "user": s.people[s.app.BotUser].Name, "team_id": s.team.ID, "user_id": s.app.BotUser, "bot_id": s.app.BotID,
		"is_enterprise_install": false,
	}, nil
}

func (s *Sim) appsConnectionsOpen(*call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.socketMode {
		return nil, refuse("forbidden_team")
	}
	ticket := rand.Text()
	s.tickets[ticket] = true
	address := strings.Replace(s.URL(), "http", "ws", 1) // https becomes wss
	return obj{"url": address + "/link/?ticket=" + ticket + "&app_id=" + url.QueryEscape(s.app.ID)}, nil
}

func (s *Sim) teamInfo(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := c.str("team"); id != "" && id != s.team.ID {
		return nil, refuse("team_not_found")
	}
	return obj{"team": obj{"id": s.team.ID, "name": s.team.Name, "domain": s.team.Domain, "url": s.URL() + "/", "email_domain": "", "icon": obj{"image_default": true}}}, nil
}

func (s *Sim) botsInfo(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := c.str("bot"); id != "" && id != s.app.BotID {
		return nil, refuse("bot_not_found")
	}
	return obj{"bot": obj{
		"id": s.app.BotID, "deleted": false, "name": s.app.Name, "app_id": s.app.ID, "user_id": s.app.BotUser, "updated": s.clock.now().Unix(), "icons": obj{},
	}}, nil
}

func (s *Sim) dndInfo(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[orElse(c.str("user"), s.app.BotUser)]
	if p == nil {
		return nil, refuse("user_not_found")
	}
	reply := obj{"dnd_enabled": false, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1, "snooze_enabled": false}
	if left := p.SnoozeUntil - s.clock.now().Unix(); left > 0 {
		reply["snooze_enabled"], reply["snooze_endtime"], reply["snooze_remaining"], reply["snooze_is_indefinite"] = true, p.SnoozeUntil, left, false
	}
	return reply, nil
}

// dndUsersMost is how many people one call of dnd.teamInfo is told about.
// https://docs.slack.dev/reference/methods/dnd.teamInfo
const dndUsersMost = 50

// dndTeamInfo tells when others do not want to be disturbed: as a time that begins and
// ends, and not whether they chose it for now or for every night.
func (s *Sim) dndTeamInfo(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := strings.FieldsFunc(c.str("users"), func(r rune) bool { return r == ',' })
	switch {
	case len(asked) == 0:
		return nil, refuse("no_users_provided")
	case len(asked) > dndUsersMost:
		return nil, invalidArguments("must provide at most 50 users")
	}
	users, now := obj{}, s.clock.now().Unix()
	for _, id := range asked {
		p := s.people[id]
		switch {
		case p == nil:
		case p.SnoozeUntil > now:
			users[id] = obj{"dnd_enabled": true, "next_dnd_start_ts": now - 1, "next_dnd_end_ts": p.SnoozeUntil}
		default:
			users[id] = obj{"dnd_enabled": false, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
		}
	}
	return obj{"users": users}, nil
}

func (s *Sim) bookmarksAdd(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	link, err := url.Parse(c.str("link"))
	r := s.room[c.str("channel_id")]
	switch {
	case r == nil || !r.has(s.app.BotUser):
		return nil, refuse("channel_not_found")
	case c.str("title") == "":
		return nil, invalidArguments("missing required field: title")
	case c.str("type") != "link":
		return nil, refuse("invalid_bookmark_type")
	case err != nil || (link.Scheme != "http" && link.Scheme != "https") || link.Host == "":
		return nil, refuse("invalid_link")
	case len(r.Bookmarks) >= 100:
		return nil, refuse("too_many_bookmarks")
	}
	b := obj{
		"id": newID("Bk"), "channel_id": r.ID, "title": c.str("title"), "link": c.str("link"), "emoji": c.str("emoji"), "type": "link",
		"date_created": s.clock.now().Unix(), "date_updated": 0, "app_id": s.app.ID, "last_updated_by_user_id": s.app.BotUser,
	}
	r.Bookmarks = append(r.Bookmarks, b)
	s.touchRoom(r)
	return obj{"bookmark": b}, nil
}
