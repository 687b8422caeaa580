package slacksim

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// wire is a message as the Web API and payloads carry it.
func (s *Sim) wire(r *room, m *message) obj {
	o := obj{"type": "message", "ts": m.TS, "text": m.Text, "team": s.team.ID}
	set := func(key string, value any, has bool) {
		if has {
			o[key] = value
		}
	}
	set("user", m.User, m.User != "")
	set("subtype", m.Subtype, m.Subtype != "")
	set("username", m.Username, m.Username != "")
	set("blocks", m.Blocks, len(m.Blocks) > 0)
	set("attachments", m.Attachments, len(m.Attachments) > 0)
	set("metadata", m.Metadata, len(m.Metadata) > 0)
	set("thread_ts", m.ThreadTS, m.ThreadTS != "")
	if m.BotID != "" {
		o["bot_id"], o["app_id"] = m.BotID, s.app.ID
	}
	if m.Edited {
		o["edited"] = obj{"user": m.User, "ts": m.TS}
	}
	if len(m.Files) > 0 {
		files := []obj{}
		for _, id := range m.Files {
			if f := s.files[id]; f != nil {
				files = append(files, s.fileWire(f))
			}
		}
		o["files"] = files
	}
	if replies := r.Replies[m.TS]; len(replies) > 0 {
		users := []string{}
		for _, re := range replies {
			if re.User != "" && !slices.Contains(users, re.User) {
				users = append(users, re.User)
			}
		}
		o["thread_ts"], o["reply_count"], o["reply_users_count"] = m.TS, len(replies), len(users)
		o["reply_users"], o["latest_reply"] = users, replies[len(replies)-1].TS
	} else if m.ThreadTS != "" {
		if parent := r.byTS[m.ThreadTS]; parent != nil {
			o["parent_user_id"] = parent.User
		}
	}
	set("pinned_to", []string{r.ID}, m.PinnedBy != "")
	if len(m.Reactions) > 0 {
		o["reactions"] = reactionsWire(m)
	}
	return o
}

func reactionsWire(m *message) []obj {
	out := []obj{}
	for _, re := range m.Reactions {
		out = append(out, obj{"name": re.Name, "users": slices.Clone(re.Users), "count": len(re.Users)})
	}
	return out
}

// messageEvent tells the app about a message, if it is in the channel; change is "", "message_changed" or
// "message_deleted". s.mu is held.
func (s *Sim) messageEvent(r *room, m *message, change string) {
	if !r.has(s.app.BotUser) {
		return
	}
	kind, subscription := r.kind(), "message."+r.kind()
	channelType := map[string]string{"channels": "channel", "groups": "group", "im": "im", "mpim": "mpim"}[kind]
	switch change {
	case "":
		ev := s.wire(r, m)
		delete(ev, "reactions")
		ev["channel"], ev["channel_type"], ev["event_ts"] = r.ID, channelType, m.TS
		s.emit(subscription, r, ev)
		if !r.IM && m.User != s.app.BotUser && strings.Contains(m.Text, "<@"+s.app.BotUser+">") {
			mention := obj{}
			for k, v := range ev {
				mention[k] = v
			}
			mention["type"] = "app_mention"
			delete(mention, "channel_type")
			s.emit("app_mention", r, mention)
		}
	case "message_changed":
		ts := s.nextTS()
		s.emit(subscription, r, obj{
			"type": "message", "subtype": change, "hidden": true, "channel": r.ID, "channel_type": channelType, "message": s.wire(r, m), "ts": ts, "event_ts": ts, "user": m.User,
		})
	case "message_deleted":
		ts := s.nextTS()
		s.emit(subscription, r, obj{
			"type": "message", "subtype": change, "hidden": true, "channel": r.ID, "channel_type": channelType, "deleted_ts": m.TS,
			"previous_message": s.wire(r, m), "ts": ts, "event_ts": ts,
		})
	}
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

var (
	typedLink    = regexp.MustCompile(`https?://[^\s<>|]+[^\s<>|.,;:!?)\]}'"]`)
	typedMention = regexp.MustCompile(`(^|[\s(])([@#])([\p{L}\p{N}][\p{L}\p{N}._-]*)`)
	broadcasts   = []string{"here", "channel", "everyone"}
)

// compose turns what a person typed into Slack's text: escaped, with mentions, channels and links as tokens. withNames
// adds the names to the tokens, as slash commands carry them.
func (s *Sim) compose(typed string, withNames bool) string {
	text := escaper.Replace(typed)
	if strings.Contains(text, "://") {
		text = typedLink.ReplaceAllStringFunc(text, func(u string) string { return "<" + u + ">" })
	}
	return s.mentions(text, withNames)
}

// linkNames is what link_names and parse:"full" do to an app's text: bare names come alive.
func (s *Sim) linkNames(text string) string { return s.mentions(text, false) }

func (s *Sim) mentions(text string, withNames bool) string {
	if !strings.ContainsAny(text, "@#") {
		return text
	}
	return typedMention.ReplaceAllStringFunc(text, func(found string) string {
		part := typedMention.FindStringSubmatch(found)
		before, sign, name := part[1], part[2], strings.TrimRight(part[3], ".-_")
		rest := part[3][len(name):]
		if sign == "#" {
			for _, r := range s.rooms {
				if r.Name == name && !r.IM && !r.MPIM {
					label := r.Name
					if r.Private {
						label = ""
					}
					return before + "<#" + r.ID + "|" + label + ">" + rest
				}
			}
			return found
		}
		for _, id := range s.order {
			if s.people[id].Name == name {
				if withNames {
					return before + "<@" + id + "|" + name + ">" + rest
				}
				return before + "<@" + id + ">" + rest
			}
		}
		for _, g := range s.groups {
			if g.Handle == name {
				return before + "<!subteam^" + g.ID + "|@" + g.Handle + ">" + rest
			}
		}
		if slices.Contains(broadcasts, name) {
			return before + "<!" + name + ">" + rest
		}
		return found
	})
}

// withIDs gives every block a block_id and every interactive element an action_id, where the app gave none. v is an
// array of blocks, of attachments or a view, decoded.
func withIDs(v any) json.RawMessage {
	_, isArray := v.([]any)
	fillIDs(v, isArray)
	return encode(v)
}

// interactive are the element types that a person can use.
var interactive = map[string]bool{
	"button": true, "checkboxes": true, "radio_buttons": true, "overflow": true, "static_select": true, "multi_static_select": true,
	"external_select": true, "multi_external_select": true, "users_select": true, "multi_users_select": true, "conversations_select": true,
	"multi_conversations_select": true, "channels_select": true, "multi_channels_select": true, "datepicker": true, "timepicker": true,
	"datetimepicker": true, "plain_text_input": true, "rich_text_input": true, "number_input": true, "email_text_input": true,
	"url_text_input": true, "file_input": true, "feedback_buttons": true, "icon_button": true,
}

func fillIDs(v any, isBlock bool) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			fillIDs(item, isBlock)
		}
	case map[string]any:
		kind, _ := v["type"].(string)
		if id, _ := v["action_id"].(string); interactive[kind] && id == "" {
			v["action_id"] = newID("a")
		}
		if id, _ := v["block_id"].(string); isBlock && kind != "" && id == "" {
			v["block_id"] = newID("b")
		}
		for key, child := range v {
			switch key {
			case "blocks", "child_blocks", "block":
				fillIDs(child, true)
			case "elements", "element", "accessory", "actions", "rows", "items", "cells", "tasks":
				fillIDs(child, false)
			}
		}
	}
}
