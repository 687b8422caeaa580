package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"alignbot/slacksim/blockkit"
)

// Choices are what a menu offers person for query. For external selects the app is asked; below their min_query_length
// nothing is offered. A menu whose app does not answer offers nothing and shows the warning triangle.
func (s *Sim) Choices(ctx context.Context, person string, t Target, query string) ([]Choice, error) {
	s.mu.Lock()
	sf, err := s.surface(person, t)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	if e := sf.element; e.Type != "external_select" && e.Type != "multi_external_select" {
		defer s.mu.Unlock()
		return s.offered(sf, query)
	}
	least, ok := sf.element.number("min_query_length")
	if !ok {
		least = 3
	}
	if utf8.RuneCountInString(query) < least {
		s.mu.Unlock()
		return nil, nil
	}
	payload := s.interaction("block_suggestion", sf.person)
	payload["action_id"], payload["block_id"], payload["value"] = sf.element.Action, sf.element.Block, query
	s.place(payload, sf)
	delete(payload, "state")
	env := envelope{Type: "interactive", Accepts: true, Payload: encode(payload), names: []string{sf.element.Action, "block_suggestion"}, by: sf.person.ID}
	s.mu.Unlock()

	ack, err := s.interact(ctx, env)
	s.mu.Lock()
	defer s.mu.Unlock()
	failed := errors.Is(err, errNoSocket) || errors.Is(err, errNoAck)
	if err != nil && !failed {
		return nil, err
	}
	if ack != nil && !failed {
		if ps := blockkit.Suggestions(ack); len(ps) > 0 {
			failed = true
			s.log.Error("An ack carried options that Slack refuses; the menu stays empty, and the app is not told.", "action_id", sf.element.Action, "problem", ps[0].String())
			s.record(Entry{Kind: KindAck, Method: "block_suggestion", By: "app", Payload: ack, Error: ps[0].String()})
		}
	}
	sf.warn(failed)
	s.touch(sf.person.ID)
	if ack == nil || failed {
		return nil, nil
	}
	s.remember(sf, ack)
	return flatten(ack), nil
}

// remember keeps what a menu showed, so that one of it can be chosen; s.mu is held.
func (s *Sim) remember(sf surface, offer json.RawMessage) {
	s.offers.put(sf.offerKey(), offer)
}

func (sf surface) offerKey() string {
	where := ""
	if sf.view != nil {
		where = sf.view.ID
	} else {
		where = sf.room.ID + "/" + sf.message.TS
	}
	return sf.person.ID + "/" + where + "/" + sf.element.key()
}

// suggested finds an option by value among those last shown, those chosen before and the initial ones; s.mu is held.
func (s *Sim) suggested(sf surface, value string) json.RawMessage {
	known := element{JSON: map[string]json.RawMessage{}}
	_ = json.Unmarshal(s.offers.get(sf.offerKey()), &known.JSON)
	candidates := append(known.options(), sf.state()[sf.element.Block][sf.element.Action].Options...)
	for _, o := range append(candidates, sf.element.initial().Options...) {
		if optionValue(o) == value {
			return o
		}
	}
	return nil
}

// flatten lists the options of {"options":[…]} or {"option_groups":[…]}.
func flatten(raw json.RawMessage) []Choice {
	var o struct {
		Options []json.RawMessage `json:"options"`
		Groups  []struct {
			Label   json.RawMessage   `json:"label"`
			Options []json.RawMessage `json:"options"`
		} `json:"option_groups"`
	}
	_ = json.Unmarshal(raw, &o)
	var out []Choice
	add := func(group string, options []json.RawMessage) {
		for _, raw := range options {
			var opt map[string]json.RawMessage
			_ = json.Unmarshal(raw, &opt)
			out = append(out, Choice{Group: group, Text: plain(opt["text"]), Value: optionValue(raw), Description: plain(opt["description"])})
		}
	}
	add("", o.Options)
	for _, g := range o.Groups {
		add(plain(g.Label), g.Options)
	}
	return out
}

// offered lists what a menu offers without asking the app; s.mu is held.
func (s *Sim) offered(sf surface, query string) ([]Choice, error) {
	var all []Choice
	kind := strings.TrimPrefix(sf.element.Type, "multi_")
	switch kind {
	case "static_select", "radio_buttons", "checkboxes", "overflow":
		all = flatten(encode(sf.element.JSON))
	case "users_select":
		for _, id := range s.order {
			if p := s.people[id]; !p.Deactivated {
				all = append(all, Choice{Text: p.Label(), Value: p.ID, Description: "@" + p.Name})
			}
		}
	case "channels_select":
		for _, r := range s.rooms {
			if r.kind() == "channels" && !r.Archived && s.sees(sf.person, r) {
				all = append(all, Choice{Text: "#" + r.Name, Value: r.ID})
			}
		}
	case "conversations_select":
		all = s.conversations(sf)
	default:
		return nil, fmt.Errorf("%s is a %s and offers no choices; type into it", sf.element.key(), sf.element.Type)
	}
	if query == "" {
		return all, nil
	}
	var out []Choice
	for _, c := range all {
		if strings.Contains(strings.ToLower(c.Text+" "+c.Description), strings.ToLower(query)) {
			out = append(out, c)
		}
	}
	return out, nil
}

// conversations are what a conversations_select offers by its filter; s.mu is held.
func (s *Sim) conversations(sf surface) []Choice {
	var filter struct {
		Include         []string `json:"include"`
		ExcludeExternal bool     `json:"exclude_external_shared_channels"`
		ExcludeBots     bool     `json:"exclude_bot_users"`
	}
	_ = json.Unmarshal(sf.element.JSON["filter"], &filter)
	wanted := map[string]bool{}
	for _, name := range filter.Include {
		wanted[map[string]string{"im": "im", "mpim": "mpim", "private": "groups", "public": "channels"}[name]] = true
	}
	var out []Choice
	for _, r := range s.rooms {
		bot := r.IM && r.has(s.app.BotUser)
		if r.Archived || !s.sees(sf.person, r) || (len(wanted) > 0 && !wanted[r.kind()]) || (filter.ExcludeExternal && r.Shared) || (filter.ExcludeBots && bot) {
			continue
		}
		out = append(out, Choice{Text: s.info(sf.person, r).Title, Value: r.ID})
	}
	return out
}
