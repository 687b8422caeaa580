package slacksim

import (
	"bytes"
	"encoding/json"
	"strings"
)

// element is one thing a person can use, with the block it is in.
type element struct {
	Block, Action string
	Type          string
	Input         bool // the block is an input block
	Optional      bool // of the input block
	Dispatch      bool // dispatch_action of the input block
	Label         string
	JSON          map[string]json.RawMessage
}

// key is the element's place, as in Message.Warnings.
func (e element) key() string { return e.Block + "/" + e.Action }

func (e element) text(name string) string {
	var s string
	_ = json.Unmarshal(e.JSON[name], &s)
	return s
}

func (e element) number(name string) (int, bool) {
	var n json.Number
	if json.Unmarshal(e.JSON[name], &n) != nil || n == "" {
		return 0, false
	}
	i, err := n.Int64()
	return int(i), err == nil
}

func (e element) flag(name string) bool { return string(e.JSON[name]) == "true" }

func (e element) strings(name string) []string {
	var out []string
	_ = json.Unmarshal(e.JSON[name], &out)
	return out
}

// name is what a person would call the element: its label, its text or its placeholder.
func (e element) name() string {
	for _, key := range []string{"text", "placeholder"} {
		if t := plain(e.JSON[key]); t != "" && (key == "text" || e.Label == "") {
			return t
		}
	}
	if e.Label != "" {
		return e.Label
	}
	return e.text("alt_text")
}

// options are the choices a static element offers, groups flattened.
func (e element) options() []json.RawMessage {
	var out []json.RawMessage
	_ = json.Unmarshal(e.JSON["options"], &out)
	var groups []struct {
		Options []json.RawMessage `json:"options"`
	}
	_ = json.Unmarshal(e.JSON["option_groups"], &groups)
	for _, g := range groups {
		out = append(out, g.Options...)
	}
	return out
}

// optionValue is the value of an option object.
func optionValue(o json.RawMessage) string {
	var v struct {
		Value string `json:"value"`
	}
	_ = json.Unmarshal(o, &v)
	return v.Value
}

// plain is the text of a text object, "" for anything else.
func plain(raw json.RawMessage) string {
	var t struct {
		Text string `json:"text"`
	}
	_ = json.Unmarshal(raw, &t)
	return t.Text
}

// elementsOf lists the elements of an array of blocks, or of a view, in reading order.
func elementsOf(raw json.RawMessage) []element {
	var blocks []json.RawMessage
	if json.Unmarshal(raw, &blocks) != nil {
		var v struct {
			Blocks []json.RawMessage `json:"blocks"`
		}
		if json.Unmarshal(raw, &v) != nil {
			return nil
		}
		blocks = v.Blocks
	}
	var out []element
	for _, b := range blocks {
		out = appendElements(out, b, element{})
	}
	return out
}

// containers are the properties in which elements or further blocks are found.
var containers = []string{"accessory", "element", "elements", "actions", "child_blocks", "rows", "items", "block", "cells"}

func appendElements(out []element, raw json.RawMessage, in element) []element {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return out
	}
	if raw[0] == '[' {
		var list []json.RawMessage
		_ = json.Unmarshal(raw, &list)
		for _, item := range list {
			out = appendElements(out, item, in)
		}
		return out
	}
	if raw[0] != '{' {
		return out
	}
	var o map[string]json.RawMessage
	if json.Unmarshal(raw, &o) != nil {
		return out
	}
	self := element{JSON: o}
	if id := self.text("block_id"); id != "" {
		in = element{Block: id}
		if self.text("type") == "input" {
			in.Input, in.Optional, in.Dispatch, in.Label = true, self.flag("optional"), self.flag("dispatch_action"), plain(o["label"])
		}
	}
	if kind := self.text("type"); interactive[kind] && self.text("action_id") != "" {
		in.Type, in.Action, in.JSON = kind, self.text("action_id"), o
		return append(out, in)
	}
	for _, c := range containers {
		out = appendElements(out, o[c], in)
	}
	return out
}

func findElement(raw json.RawMessage, block, action string) (element, bool) {
	for _, e := range elementsOf(raw) {
		if e.Action == action && (e.Block == block || block == "") {
			return e, true
		}
	}
	return element{}, false
}

// forget drops what was typed into elements that are not there any more.
func forget(state map[string]map[string]Value, there []element) {
	keep := map[string]bool{}
	for _, e := range there {
		keep[e.key()+"\x00"+e.Type] = true
	}
	for block, actions := range state {
		for action, v := range actions {
			if !keep[block+"/"+action+"\x00"+v.Type] {
				delete(actions, action)
			}
		}
		if len(actions) == 0 {
			delete(state, block)
		}
	}
}

// initial is what an element shows before anybody touched it.
func (e element) initial() Value {
	v := Value{Type: e.Type}
	switch e.Type {
	case "static_select", "external_select", "radio_buttons":
		if o := e.JSON["initial_option"]; len(o) > 0 {
			v.Options = []json.RawMessage{o}
		}
	case "multi_static_select", "multi_external_select", "checkboxes":
		_ = json.Unmarshal(e.JSON["initial_options"], &v.Options)
	case "users_select":
		v.IDs = one(e.text("initial_user"))
	case "multi_users_select":
		v.IDs = e.strings("initial_users")
	case "channels_select":
		v.IDs = one(e.text("initial_channel"))
	case "multi_channels_select":
		v.IDs = e.strings("initial_channels")
	case "conversations_select":
		v.IDs = one(e.text("initial_conversation"))
	case "multi_conversations_select":
		v.IDs = e.strings("initial_conversations")
	case "datepicker":
		v.Text = e.text("initial_date")
	case "timepicker":
		v.Text = e.text("initial_time")
	case "datetimepicker":
		var n json.Number
		_ = json.Unmarshal(e.JSON["initial_date_time"], &n)
		v.Text = n.String()
	case "rich_text_input":
		if v.Rich = e.JSON["initial_value"]; len(v.Rich) > 0 {
			v.Text = richPlain(v.Rich, nil)
		}
	default:
		v.Text = e.text("initial_value")
	}
	return v
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// richPlain is the text of a rich_text block without its formatting; names are the labels of people and channels by id.
func richPlain(raw json.RawMessage, names map[string]string) string {
	var o struct {
		Type     string            `json:"type"`
		Text     string            `json:"text"`
		URL      string            `json:"url"`
		Name     string            `json:"name"`
		Range    string            `json:"range"`
		User     string            `json:"user_id"`
		Channel  string            `json:"channel_id"`
		Group    string            `json:"usergroup_id"`
		Elements []json.RawMessage `json:"elements"`
	}
	if json.Unmarshal(raw, &o) != nil {
		return ""
	}
	switch o.Type {
	case "text":
		return o.Text
	case "link":
		return orElse(o.Text, o.URL)
	case "emoji":
		return ":" + o.Name + ":"
	case "user":
		return "@" + orElse(names[o.User], o.User)
	case "channel":
		return "#" + orElse(names[o.Channel], o.Channel)
	case "usergroup":
		return "@" + o.Group
	case "broadcast":
		return "@" + o.Range
	}
	between, before := "", ""
	switch o.Type {
	case "rich_text":
		between = "\n"
	case "rich_text_list":
		between, before = "\n", "• "
	}
	var parts []string
	for _, child := range o.Elements {
		parts = append(parts, before+richPlain(child, names))
	}
	return strings.Join(parts, between)
}

// stateOf is the whole state of a surface: what was touched, and what elements begin with. Elements in other blocks than
// input blocks appear only once touched or with an initial value.
func stateOf(raw json.RawMessage, touched map[string]map[string]Value) map[string]map[string]Value {
	out := map[string]map[string]Value{}
	for _, e := range elementsOf(raw) {
		switch e.Type {
		case "button", "overflow", "feedback_buttons", "icon_button":
			continue // these hold nothing
		}
		v, ok := touched[e.Block][e.Action]
		if !ok {
			v = e.initial()
		}
		if out[e.Block] == nil {
			out[e.Block] = map[string]Value{}
		}
		out[e.Block][e.Action] = v.clone()
	}
	return out
}
