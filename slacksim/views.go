package slacksim

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"

	"alignbot/slacksim/blockkit"
)

// stackDepth is how many modals lie on one another at most.
const stackDepth = 3

// viewSource is what an app gives as a view, checked.
type viewSource struct {
	Type          string `json:"type"`
	CallbackID    string `json:"callback_id"`
	ExternalID    string `json:"external_id"`
	ClearOnClose  bool   `json:"clear_on_close"`
	NotifyOnClose bool   `json:"notify_on_close"`
	JSON          json.RawMessage
}

// readView refuses what Slack refuses. want is "modal" or "home", or "" for either.
func readView(raw, want string) (viewSource, error) {
	var src viewSource
	if strings.TrimSpace(raw) == "" {
		return src, invalidArguments("missing required field: view [json-pointer:/view]")
	}
	checked, ps := blockkit.ReadView([]byte(raw))
	if len(ps) > 0 {
		if ps[0].Code == blockkit.CodeViewTooLarge {
			return src, refuse(ps[0].Code)
		}
		return src, &refusal{code: "invalid_arguments", messages: blockkit.ViewError(ps)}
	}
	if err := json.Unmarshal([]byte(raw), &src); err != nil {
		return src, invalidArguments("failed to match all allowed schemas [json-pointer:/view]")
	}
	if want != "" && src.Type != want {
		return src, invalidArguments("must be a valid enum value [json-pointer:/view/type]")
	}
	src.JSON = withIDs(checked)
	return src, nil
}

// acceptable refuses what depends on the rest of the workspace: an external_id that another view than except has, and
// images that are not there; s.mu is held.
func (s *Sim) acceptable(src viewSource, except *view) error {
	if s.invalidSlackFile(src.JSON) {
		return invalidArguments("invalid slack file [json-pointer:/view/blocks]")
	}
	if src.ExternalID == "" {
		return nil
	}
	for _, v := range s.views {
		if v != except && v.ExternalID == src.ExternalID {
			return refuse("duplicate_external_id")
		}
	}
	return nil
}

// fill gives v new content and a new hash. What was typed stays where block_id and action_id stay.
func (v *view) fill(src viewSource) {
	v.Type, v.CallbackID, v.ExternalID, v.JSON = src.Type, src.CallbackID, src.ExternalID, src.JSON
	v.ClearOnClose, v.NotifyOnClose = src.ClearOnClose, src.NotifyOnClose
	v.Hash = strings.ToLower(rand.Text()[:16])
	v.Errors, v.Trouble, v.Warnings = nil, "", nil
	elements := elementsOf(v.JSON)
	forget(v.State, elements)
	for _, e := range elements {
		if _, touched := v.State[e.Block][e.Action]; !touched && v.channel != "" && e.flag("default_to_current_conversation") && e.initial().Empty() {
			v.State = setState(v.State, e.Block, e.Action, Value{Type: e.Type, IDs: []string{v.channel}})
		}
	}
}

// wire is the view object of replies and payloads.
func (s *Sim) viewWire(v *view) obj {
	var o obj
	if json.Unmarshal(v.JSON, &o) != nil || o == nil {
		o = obj{}
	}
	var previous any
	if v.PreviousID != "" {
		previous = v.PreviousID
	}
	for key, fallback := range map[string]any{"submit": nil, "close": nil, "private_metadata": "", "title": obj{"type": "plain_text", "text": "View Title", "emoji": true}} {
		if _, has := o[key]; !has {
			o[key] = fallback
		}
	}
	o["id"], o["team_id"], o["type"], o["hash"] = v.ID, s.team.ID, v.Type, v.Hash
	o["callback_id"], o["external_id"] = v.CallbackID, v.ExternalID
	o["clear_on_close"], o["notify_on_close"] = v.ClearOnClose, v.NotifyOnClose
	o["previous_view_id"], o["root_view_id"] = previous, v.RootID
	o["app_id"], o["app_installed_team_id"], o["bot_id"] = s.app.ID, s.team.ID, s.app.BotID
	o["state"] = obj{"values": stateOf(v.JSON, v.State)}
	return o
}

// show opens a checked view for a person: as a new root, or on top of the stack of root; s.mu is held.
func (s *Sim) show(src viewSource, t *trigger, on *view) (*view, error) {
	if err := s.acceptable(src, nil); err != nil {
		return nil, err
	}
	v := &view{ID: newID("V"), Person: t.person, channel: t.channel}
	v.RootID = v.ID
	if on != nil {
		if s.depth(t.person, on.RootID) >= stackDepth {
			return nil, refuse("push_limit_reached")
		}
		v.RootID, v.PreviousID = on.RootID, on.ID
	}
	v.fill(src)
	s.views[v.ID] = v
	s.modals[t.person] = append(s.modals[t.person], v)
	s.touch(t.person)
	return v, nil
}

func (s *Sim) depth(person, root string) int {
	n := 0
	for _, v := range s.modals[person] {
		if v.RootID == root {
			n++
		}
	}
	return n
}

// hide closes modals of a person; s.mu is held.
func (s *Sim) hide(person string, gone func(*view) bool) {
	left := s.modals[person][:0:0]
	for _, v := range s.modals[person] {
		if gone(v) {
			delete(s.views, v.ID)
		} else {
			left = append(left, v)
		}
	}
	if s.modals[person] = left; len(left) == 0 {
		delete(s.modals, person)
	}
	s.touch(person)
}

// top is the open modal with this id, if it is the one on top of its stack; s.mu is held.
func (s *Sim) isTop(v *view) bool {
	stack := s.modals[v.Person]
	for _, other := range slices.Backward(stack) {
		if other.RootID == v.RootID {
			return other == v
		}
	}
	return false
}

func (s *Sim) viewsOpen(c *call) (obj, error) {
	src, err := readView(c.str("view"), "modal")
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.unlock()
	t, err := s.checkTrigger(c.str("trigger_id"))
	if err != nil {
		return nil, err
	}
	v, err := s.show(src, t, nil)
	if err != nil {
		return nil, err
	}
	t.used = true
	return obj{"view": s.viewWire(v)}, nil
}

func (s *Sim) viewsPush(c *call) (obj, error) {
	src, err := readView(c.str("view"), "modal")
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.unlock()
	t, err := s.checkTrigger(c.str("trigger_id"))
	if err != nil {
		return nil, err
	}
	on := s.views[t.view]
	if on == nil || on.Type != "modal" {
		return nil, refuse("not_found")
	}
	v, err := s.show(src, t, on)
	if err != nil {
		return nil, err
	}
	t.used = true
	return obj{"view": s.viewWire(v)}, nil
}

func (s *Sim) viewsUpdate(c *call) (obj, error) {
	src, err := readView(c.str("view"), "")
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.unlock()
	v := s.views[c.str("view_id")]
	if id := c.str("external_id"); v == nil && id != "" {
		for _, other := range s.views {
			if other.ExternalID == id {
				v = other
			}
		}
	}
	switch {
	case v == nil || v.Type != src.Type:
		return nil, refuse("not_found")
	case c.str("hash") != "" && c.str("hash") != v.Hash:
		return nil, refuse("hash_conflict")
	}
	if err := s.acceptable(src, v); err != nil {
		return nil, err
	}
	v.fill(src)
	s.touch(v.Person)
	return obj{"view": s.viewWire(v)}, nil
}

func (s *Sim) viewsPublish(c *call) (obj, error) {
	src, err := readView(c.str("view"), "home")
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.unlock()
	p := s.people[c.str("user_id")]
	switch {
	case s.app.NoHomeTab:
		return nil, refuse("not_enabled")
	case p == nil || p.Bot || p.Deactivated:
		return nil, invalidArguments("invalid user_id [json-pointer:/user_id]")
	}
	v := s.homes[p.ID]
	if v != nil && c.str("hash") != "" && c.str("hash") != v.Hash {
		return nil, refuse("hash_conflict")
	}
	if err := s.acceptable(src, v); err != nil {
		return nil, err
	}
	if v == nil {
		v = &view{ID: newID("V"), Person: p.ID}
		v.RootID = v.ID
		s.homes[p.ID], s.views[v.ID] = v, v
	}
	v.fill(src)
	s.touch(p.ID)
	return obj{"view": s.viewWire(v)}, nil
}
