package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
)

// Forge sends the app what no client of Slack would let person do: use a button that nothing shows them, submit a form that the app never
// opened, type a command that is kept from them. kind is slash_commands, block_actions, view_submission, view_closed, block_suggestion,
// message_action or shortcut, and claims what the payload says beside what Slack alone tells: who that is, where to answer, a trigger. A
// view among the claims is put on their screen, with nothing in it, so that the app can answer over it. channel is "" where there is
// none. The app's acknowledgement is given, nil where it is empty or does not come; what it says is shown nowhere.
func (s *Sim) Forge(ctx context.Context, person, channel, kind string, claims map[string]any) (json.RawMessage, error) {
	s.mu.Lock()
	p, err := s.person(person)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	e := envelope{Type: "interactive", Accepts: true, names: []string{kind}, by: p.ID, channel: channel}
	payload := s.interaction(kind, p)
	maps.Copy(payload, claims)
	if kind == "slash_commands" {
		e.Type = kind
		payload["team_id"], payload["user_id"], payload["channel_id"] = s.team.ID, p.ID, channel
		delete(payload, "user") // commands do not say of which workspace somebody is
	} else if channel != "" {
		payload["channel"] = obj{"id": channel}
	}
	shown := ""
	if v, ok := claims["view"].(map[string]any); ok {
		s.hide(p.ID, func(*view) bool { return true })
		blank := viewSource{Type: "modal", JSON: json.RawMessage(`{"type":"modal","title":{"type":"plain_text","text":"Forged"},"blocks":[]}`)}
		on, err := s.show(blank, &trigger{person: p.ID, channel: channel}, nil)
		if err != nil {
			s.mu.Unlock()
			return nil, err
		}
		shown = on.ID
		told := s.viewWire(on)
		maps.Copy(told, v)
		payload["view"] = told
	} else if channel != "" {
		payload["response_url"] = s.newResponseURL(p.ID, channel, nil)
	}
	payload["trigger_id"] = s.newTrigger(p.ID, channel, shown)
	e.Payload = encode(payload)
	s.did("Forge", p, nil, "", kind)
	s.unlock()
	ack, err := s.interact(ctx, e)
	if errors.Is(err, errNoSocket) || errors.Is(err, errNoAck) {
		err = nil
	}
	return ack, err
}
