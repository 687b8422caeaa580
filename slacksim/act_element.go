package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Target is the place of an element: in a view (ViewID), or in a message (Channel and TS).
type Target struct {
	ViewID            string
	Channel, TS       string
	BlockID, ActionID string
}

// Input is what a person does with an element; a click on a button needs none of it.
type Input struct {
	Text   string   // text inputs and numbers; dates "2006-01-02", times "15:04", date-times in Unix seconds
	Values []string // values of options, or ids of people, channels, conversations, files; none clears the choice
	Enter  bool     // text inputs: Enter was pressed after typing
}

// Choice is one line of an opened menu.
type Choice struct {
	Group                    string // heading, "" without
	Text, Value, Description string
}

// ErrGone is in the error of Act when the element was redrawn away meanwhile, as
// under a finger that comes too late.
var ErrGone = errors.New("nothing was done; look again at what is shown")

// surface is where an element is, found for one person.
type surface struct {
	person  *Person
	room    *room    // of a message
	message *message // or
	view    *view
	element element

	attachment int // number of the attachment the element is in, counting from 1; 0 outside
}

// surface finds the target of an act; s.mu is held.
func (s *Sim) surface(person string, t Target) (surface, error) {
	p, err := s.person(person)
	if err == nil {
		err = active(p)
	}
	if err != nil {
		return surface{}, err
	}
	sf := surface{person: p}
	var raw json.RawMessage
	if t.ViewID != "" {
		v := s.views[t.ViewID]
		if v == nil || v.Person != p.ID {
			return surface{}, fmt.Errorf("%s has no view %s open; nothing was done. It may have been closed meanwhile", p.Name, t.ViewID)
		}
		if v.Type == "modal" && !s.isTop(v) {
			return surface{}, fmt.Errorf("another modal lies on top of view %s; nothing was done. Use or close that one first", t.ViewID)
		}
		sf.view, raw = v, v.JSON
	} else {
		r, err := s.visibleRoom(p, t.Channel)
		if err != nil {
			return surface{}, err
		}
		m := r.byTS[t.TS]
		for _, e := range r.Ephemerals[p.ID] {
			if e.TS == t.TS {
				m = e
			}
		}
		if m == nil {
			return surface{}, fmt.Errorf("%s sees no message %s in %s; nothing was done", p.Name, t.TS, t.Channel)
		}
		sf.room, sf.message, raw = r, m, m.Blocks
	}
	e, ok := findElement(raw, t.BlockID, t.ActionID)
	if !ok && sf.message != nil {
		e, sf.attachment, ok = findInAttachments(sf.message.Attachments, t)
	}
	if !ok {
		return surface{}, fmt.Errorf("there is no element %s/%s there any more: %w", t.BlockID, t.ActionID, ErrGone)
	}
	sf.element = e
	return sf, nil
}

func findInAttachments(raw json.RawMessage, t Target) (element, int, bool) {
	var list []struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	_ = json.Unmarshal(raw, &list)
	for i, a := range list {
		if e, ok := findElement(a.Blocks, t.BlockID, t.ActionID); ok {
			return e, i + 1, true
		}
	}
	return element{}, 0, false
}

// state is what the person has typed and chosen on the surface.
func (sf surface) state() map[string]map[string]Value {
	if sf.view != nil {
		return sf.view.State
	}
	return sf.message.State[sf.person.ID]
}

func (sf surface) set(v Value) {
	e := sf.element
	if sf.view != nil {
		sf.view.State = setState(sf.view.State, e.Block, e.Action, v)
		delete(sf.view.Errors, e.Block)
		return
	}
	if sf.message.State == nil {
		sf.message.State = map[string]map[string]map[string]Value{}
	}
	sf.message.State[sf.person.ID] = setState(sf.message.State[sf.person.ID], e.Block, e.Action, v)
}

func (sf surface) warn(on bool) {
	mark := func(m map[string]bool) map[string]bool {
		if m == nil {
			m = map[string]bool{}
		}
		if on {
			m[sf.element.key()] = true
		} else {
			delete(m, sf.element.key())
		}
		return m
	}
	if sf.view != nil {
		sf.view.Warnings = mark(sf.view.Warnings)
		return
	}
	if sf.message.Warnings == nil {
		sf.message.Warnings = map[string]map[string]bool{}
	}
	sf.message.Warnings[sf.person.ID] = mark(sf.message.Warnings[sf.person.ID])
}

// Act uses one element: clicks a button, chooses options, types text. The app hears of it when Slack would tell it:
// always outside of input blocks, inside them only with dispatch_action.
func (s *Sim) Act(ctx context.Context, person string, t Target, in Input) error {
	s.mu.Lock()
	sf, err := s.surface(person, t)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	before := sf.state()[sf.element.Block][sf.element.Action]
	v, err := s.value(sf, in)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	e := sf.element
	switch e.Type {
	case "button", "overflow", "feedback_buttons", "icon_button":
	default:
		sf.set(v)
	}
	s.did("Act", sf.person, sf.room, t.TS, e.key())
	s.touch(sf.person.ID)
	if !dispatches(e, before, v, in) {
		s.unlock()
		return nil
	}
	env := s.blockActions(sf, v, in)
	s.unlock()

	ack, err := s.interact(ctx, env)
	s.ignored("block_actions", ack)
	s.mu.Lock()
	defer s.unlock()
	failed := errors.Is(err, errNoSocket) || errors.Is(err, errNoAck)
	if err != nil && !failed {
		return err
	}
	sf.warn(failed)
	s.touch(sf.person.ID)
	return nil
}

// dispatches tells whether using e sends block_actions.
func dispatches(e element, before, after Value, in Input) bool {
	textual := slices.Contains([]string{"plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input"}, e.Type)
	if e.Input && !e.Dispatch {
		return false
	}
	if !textual {
		return e.Type != "file_input"
	}
	var config struct {
		On []string `json:"trigger_actions_on"`
	}
	_ = json.Unmarshal(e.JSON["dispatch_action_config"], &config)
	if len(config.On) == 0 {
		config.On = []string{"on_enter_pressed"}
	}
	return in.Enter && slices.Contains(config.On, "on_enter_pressed") ||
		before.Text != after.Text && slices.Contains(config.On, "on_character_entered")
}

// value checks what a person chose against what the element offers, as Slack's page would not let them do anything else.
func (s *Sim) value(sf surface, in Input) (Value, error) {
	e := sf.element
	v := Value{Type: e.Type}
	impossible := func(why string, args ...any) error {
		return fmt.Errorf("%q cannot be used like that: %s; nothing was done", orElse(e.name(), e.key()), fmt.Sprintf(why, args...))
	}
	multi := strings.HasPrefix(e.Type, "multi_") || e.Type == "checkboxes" || e.Type == "file_input"
	if !multi && len(in.Values) > 1 {
		return v, impossible("only one can be chosen")
	}
	if most, ok := e.number("max_selected_items"); ok && len(in.Values) > most {
		return v, impossible("at most %d can be chosen", most)
	}
	switch e.Type {
	case "button", "icon_button", "feedback_buttons":
	case "static_select", "multi_static_select", "radio_buttons", "checkboxes", "overflow":
		for _, want := range in.Values {
			at := slices.IndexFunc(e.options(), func(o json.RawMessage) bool { return optionValue(o) == want })
			if at < 0 {
				return v, impossible("it has no option with the value %q", want)
			}
			v.Options = append(v.Options, e.options()[at])
		}
	case "external_select", "multi_external_select":
		for _, want := range in.Values {
			o := s.suggested(sf, want)
			if o == nil {
				return v, impossible("%q is none of the options it showed; ask for its choices first", want)
			}
			v.Options = append(v.Options, o)
		}
	case "users_select", "multi_users_select":
		for _, who := range in.Values {
			p, err := s.person(who)
			if err != nil {
				return v, err
			}
			v.IDs = append(v.IDs, p.ID)
		}
	case "channels_select", "multi_channels_select", "conversations_select", "multi_conversations_select":
		for _, ch := range in.Values {
			r, err := s.visibleRoom(sf.person, ch)
			if err != nil {
				return v, err
			}
			v.IDs = append(v.IDs, r.ID)
		}
	case "file_input":
		if most, ok := e.number("max_files"); ok && len(in.Values) > most {
			return v, impossible("it takes at most %d files", most)
		}
		kinds := e.strings("filetypes")
		for _, id := range in.Values {
			f := s.files[id]
			if f == nil || f.User != sf.person.ID {
				return v, impossible("%s uploaded no file %q", sf.person.Name, id)
			}
			if kind := strings.TrimPrefix(strings.ToLower(filepath.Ext(f.Name)), "."); len(kinds) > 0 && !slices.Contains(kinds, kind) {
				return v, impossible("it takes files of the kinds %s only", strings.Join(kinds, ", "))
			}
			v.IDs = append(v.IDs, id)
		}
	case "datepicker", "timepicker", "datetimepicker":
		if in.Text != "" && !wellFormed(e.Type, in.Text) {
			return v, impossible("%q is not what a %s gives", in.Text, e.Type)
		}
		v.Text = in.Text
	default:
		v.Text = in.Text
		if most, ok := e.number("max_length"); ok && len([]rune(in.Text)) > most {
			v.Text = string([]rune(in.Text)[:most]) // the box takes no more
		}
	}
	return v, nil
}

func wellFormed(kind, text string) bool {
	var err error
	switch kind {
	case "datepicker":
		_, err = time.Parse(time.DateOnly, text)
	case "timepicker":
		_, err = time.Parse("15:04", text)
	default:
		_, err = strconv.ParseInt(text, 10, 64)
	}
	return err == nil
}

// blockActions is the envelope for the use of an element; s.mu is held.
func (s *Sim) blockActions(sf surface, v Value, in Input) envelope {
	e, p := sf.element, sf.person
	action := obj{"action_id": e.Action, "block_id": e.Block, "type": e.Type, "action_ts": s.nextTS()}
	switch e.Type {
	case "button":
		action["text"] = e.JSON["text"]
		for _, key := range []string{"value", "url", "style"} {
			if raw, ok := e.JSON[key]; ok {
				action[key] = raw
			}
		}
	case "icon_button":
		action["value"] = e.text("value")
	case "feedback_buttons":
		button := "positive_button"
		if len(in.Values) > 0 && strings.HasPrefix(in.Values[0], "negative") {
			button = "negative_button"
		}
		var b struct{ Text, Value json.RawMessage }
		_ = json.Unmarshal(e.JSON[button], &b)
		action["text"], action["value"] = b.Text, b.Value
	default:
		for key, value := range v.fields() {
			action[key] = value
		}
		if raw, ok := e.JSON["placeholder"]; ok {
			action["placeholder"] = raw
		}
	}
	payload := s.interaction("block_actions", p)
	payload["actions"] = []obj{action}
	s.place(payload, sf)
	env := envelope{Type: "interactive", Accepts: true, names: []string{e.Action, "block_actions"}, by: p.ID}
	if sf.view != nil {
		payload["trigger_id"] = s.newTrigger(p.ID, sf.view.channel, sf.view.ID)
	} else {
		payload["trigger_id"] = s.newTrigger(p.ID, sf.room.ID, "")
		payload["response_url"] = s.newResponseURL(p.ID, sf.room.ID, sf.message)
		env.channel = sf.room.ID
	}
	env.Payload = encode(payload)
	return env
}

// place says where an element is: container, view or message, state.
func (s *Sim) place(payload obj, sf surface) {
	if v := sf.view; v != nil {
		payload["container"] = obj{"type": "view", "view_id": v.ID}
		payload["view"] = s.viewWire(v) // with the state inside
		return
	}
	r, m := sf.room, sf.message
	container := obj{"type": "message", "message_ts": m.TS, "channel_id": r.ID, "is_ephemeral": m.For != ""}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	if sf.attachment > 0 {
		container["type"], container["attachment_id"], container["is_app_unfurl"] = "message_attachment", sf.attachment, false
	}
	payload["container"] = container
	payload["channel"] = obj{"id": r.ID, "name": r.payloadName()}
	if m.For == "" { // payloads of ephemeral messages carry no message
		payload["message"] = s.wire(r, m)
	}
	payload["state"] = obj{"values": stateOf(m.Blocks, m.State[sf.person.ID])}
}

func (r *room) payloadName() string {
	switch {
	case r.IM:
		return "directmessage"
	case r.Private, r.MPIM:
		return "privategroup"
	}
	return r.Name
}

// interaction is the beginning of every interactive payload; s.mu is held.
func (s *Sim) interaction(kind string, p *Person) obj {
	teamID := orElse(p.Team, s.team.ID)
	return obj{
		"type": kind, "api_app_id": s.app.ID, "token": "local", "enterprise": nil, "is_enterprise_install": false,
		"user": obj{"id": p.ID, "username": p.Name, "name": p.Name, "team_id": teamID},
		"team": obj{"id": s.team.ID, "domain": s.team.Domain},
	}
}
