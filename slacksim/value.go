package slacksim

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// Value is what a person typed into or chose in one element. Its JSON is the entry of Slack's state.values.
type Value struct {
	Type    string            // element type, such as "static_select"
	Text    string            // text inputs and numbers; dates "2006-01-02", times "15:04", date-times in Unix seconds
	Options []json.RawMessage // chosen options as the app defined them
	IDs     []string          // people, channels, conversations or files
	Rich    json.RawMessage   // rich_text_input: the block whose plain text Text is; nil for text without formatting
}

// Empty tells whether nothing is typed or chosen.
func (v Value) Empty() bool { return v.Text == "" && len(v.Options) == 0 && len(v.IDs) == 0 }

// Chosen is what the chosen options say.
func (v Value) Chosen() []string {
	var out []string
	for _, raw := range v.Options {
		var o map[string]json.RawMessage
		_ = json.Unmarshal(raw, &o)
		out = append(out, plain(o["text"]))
	}
	return out
}

// MarshalJSON writes Slack's form: untouched fields are null, and each kind of element has its own field name.
func (v Value) MarshalJSON() ([]byte, error) {
	out := v.fields()
	out["type"] = v.Type
	return json.Marshal(out)
}

// fields are the entries that state.values and actions[] have in common.
func (v Value) fields() obj {
	text := func() any {
		if v.Text == "" {
			return nil
		}
		return v.Text
	}
	id := func() any {
		if len(v.IDs) == 0 {
			return nil
		}
		return v.IDs[0]
	}
	ids := func() any { return append([]string{}, v.IDs...) }
	option := func() any {
		if len(v.Options) == 0 {
			return nil
		}
		return v.Options[0]
	}
	options := func() any { return append([]json.RawMessage{}, v.Options...) }
	switch v.Type {
	case "static_select", "external_select", "radio_buttons", "overflow":
		return obj{"selected_option": option()}
	case "multi_static_select", "multi_external_select", "checkboxes":
		return obj{"selected_options": options()}
	case "users_select":
		return obj{"selected_user": id()}
	case "multi_users_select":
		return obj{"selected_users": ids()}
	case "channels_select":
		return obj{"selected_channel": id()}
	case "multi_channels_select":
		return obj{"selected_channels": ids()}
	case "conversations_select":
		return obj{"selected_conversation": id()}
	case "multi_conversations_select":
		return obj{"selected_conversations": ids()}
	case "datepicker":
		return obj{"selected_date": text()}
	case "timepicker":
		return obj{"selected_time": text()}
	case "datetimepicker":
		if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil {
			return obj{"selected_date_time": n}
		}
		return obj{"selected_date_time": nil}
	case "rich_text_input":
		if v.Text == "" {
			return obj{"rich_text_value": nil}
		}
		if v.Rich != nil {
			return obj{"rich_text_value": v.Rich}
		}
		return obj{"rich_text_value": richText(v.Text)}
	case "file_input":
		files := make([]obj, 0, len(v.IDs))
		for _, f := range v.IDs {
			files = append(files, obj{"id": f})
		}
		return obj{"files": files}
	}
	return obj{"value": text()}
}

// richText is the rich_text block for plain text without formatting.
func richText(text string) obj {
	return obj{"type": "rich_text", "elements": []any{obj{"type": "rich_text_section", "elements": []any{obj{"type": "text", "text": text}}}}}
}

func (v Value) clone() Value {
	v.Options, v.IDs, v.Rich = slices.Clone(v.Options), slices.Clone(v.IDs), slices.Clone(v.Rich)
	return v
}

func cloneState(in map[string]map[string]Value) map[string]map[string]Value {
	if in == nil {
		return nil
	}
	out := make(map[string]map[string]Value, len(in))
	for block, actions := range in {
		out[block] = make(map[string]Value, len(actions))
		for action, v := range actions {
			out[block][action] = v.clone()
		}
	}
	return out
}

func setState(in map[string]map[string]Value, block, action string, v Value) map[string]map[string]Value {
	if in == nil {
		in = map[string]map[string]Value{}
	}
	if in[block] == nil {
		in[block] = map[string]Value{}
	}
	in[block][action] = v
	return in
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
