package blockhtml

import (
	"encoding/json"
	"fmt"
	"strings"
)

// block is the union of the properties of all kinds of block. The blocks were
// checked when the app sent them, so decoding here is tolerant: what a kind
// does not have stays empty.
type block struct {
	Type    string `json:"type"`
	BlockID string `json:"block_id"`

	Text      *text           `json:"text"`
	Fields    []text          `json:"fields"`
	Accessory *element        `json:"accessory"`
	Elements  json.RawMessage `json:"elements"`
	Level     flexible        `json:"level"`

	Label          *text    `json:"label"`
	Hint           *text    `json:"hint"`
	Element        *element `json:"element"`
	Optional       bool     `json:"optional"`
	DispatchAction bool     `json:"dispatch_action"`

	Title     *text      `json:"title"`
	Subtitle  *text      `json:"subtitle"`
	Body      *text      `json:"body"`
	Subtext   *text      `json:"subtext"`
	ImageURL  string     `json:"image_url"`
	SlackFile *slackFile `json:"slack_file"`
	AltText   string     `json:"alt_text"`
	HeroImage *element   `json:"hero_image"`
	Actions   []element  `json:"actions"`

	TitleURL     string `json:"title_url"`
	ThumbnailURL string `json:"thumbnail_url"`

	Caption        string          `json:"caption"`
	Rows           json.RawMessage `json:"rows"`
	ColumnSettings []columnSetting `json:"column_settings"`
	Chart          *chart          `json:"chart"`

	ChildBlocks      []json.RawMessage `json:"child_blocks"`
	IsCollapsible    bool              `json:"is_collapsible"`
	DefaultCollapsed bool              `json:"default_collapsed"`

	Source json.RawMessage `json:"source"`
}

// text is a text object. Some kinds of block have a bare string where others
// have an object; both are read, and a bare string counts as plain text.
type text struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Emoji    *bool  `json:"emoji"`
	Verbatim bool   `json:"verbatim"`
}

func (t *text) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		t.Type = "plain_text"
		return json.Unmarshal(data, &t.Text)
	}
	type object text
	return json.Unmarshal(data, (*object)(t))
}

// flexible is a value that is a number in one kind of block and a word in
// another, kept as its text.
type flexible string

func (f *flexible) UnmarshalJSON(data []byte) error {
	*f = flexible(strings.Trim(string(data), `"`))
	return nil
}

type slackFile struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// element is the union of the properties of all kinds of element.
type element struct {
	Type     string `json:"type"`
	ActionID string `json:"action_id"`

	Text               *text    `json:"text"`
	Value              string   `json:"value"`
	URL                string   `json:"url"`
	Style              string   `json:"style"`
	AccessibilityLabel string   `json:"accessibility_label"`
	Confirm            *confirm `json:"confirm"`
	Icon               string   `json:"icon"`
	PositiveButton     *element `json:"positive_button"`
	NegativeButton     *element `json:"negative_button"`

	Placeholder *text         `json:"placeholder"`
	Options     []Option      `json:"options"`
	Groups      []OptionGroup `json:"option_groups"`

	InitialOption        *Option         `json:"initial_option"`
	InitialOptions       []Option        `json:"initial_options"`
	InitialUser          string          `json:"initial_user"`
	InitialUsers         []string        `json:"initial_users"`
	InitialChannel       string          `json:"initial_channel"`
	InitialChannels      []string        `json:"initial_channels"`
	InitialConversation  string          `json:"initial_conversation"`
	InitialConversations []string        `json:"initial_conversations"`
	InitialDate          string          `json:"initial_date"`
	InitialTime          string          `json:"initial_time"`
	InitialDateTime      int64           `json:"initial_date_time"`
	InitialValue         json.RawMessage `json:"initial_value"`

	MinQueryLength   *int        `json:"min_query_length"`
	MaxSelectedItems int         `json:"max_selected_items"`
	Timezone         string      `json:"timezone"`
	Multiline        bool        `json:"multiline"`
	MaxLength        int         `json:"max_length"`
	IsDecimalAllowed bool        `json:"is_decimal_allowed"`
	MaxFiles         int         `json:"max_files"`
	FocusOnLoad      bool        `json:"focus_on_load"`
	Dispatch         *dispatchOn `json:"dispatch_action_config"`

	DefaultToCurrentConversation bool `json:"default_to_current_conversation"`

	ImageURL  string     `json:"image_url"`
	SlackFile *slackFile `json:"slack_file"`
	AltText   string     `json:"alt_text"`
}

type dispatchOn struct {
	On []string `json:"trigger_actions_on"`
}

type confirm struct {
	Title   *text  `json:"title"`
	Text    *text  `json:"text"`
	Confirm *text  `json:"confirm"`
	Deny    *text  `json:"deny"`
	Style   string `json:"style"`
}

// Option is one choice of a select, of checkboxes, of radio buttons or of an
// overflow menu.
type Option struct {
	Text        Label  `json:"text"`
	Value       string `json:"value"`
	Description *Label `json:"description,omitempty"`
	URL         string `json:"url,omitempty"`
}

// Label is a text object as the text of an [Option] has it.
type Label = text

// PlainOption makes an [Option] from a value and its plain text.
func PlainOption(value, label string) Option {
	return Option{Value: value, Text: Label{Type: "plain_text", Text: label}}
}

// OptionGroup is a titled group of options.
type OptionGroup struct {
	Label   Label    `json:"label"`
	Options []Option `json:"options"`
}

// Value is what has been entered into one element, in the form of an entry of
// state.values in a view or a payload. At most one of the fields is set; all
// empty means that the element was emptied.
type Value struct {
	Type                  string          `json:"type,omitempty"`
	Value                 *string         `json:"value,omitempty"`
	SelectedOption        *Option         `json:"selected_option,omitempty"`
	SelectedOptions       []Option        `json:"selected_options,omitempty"`
	SelectedUser          string          `json:"selected_user,omitempty"`
	SelectedUsers         []string        `json:"selected_users,omitempty"`
	SelectedChannel       string          `json:"selected_channel,omitempty"`
	SelectedChannels      []string        `json:"selected_channels,omitempty"`
	SelectedConversation  string          `json:"selected_conversation,omitempty"`
	SelectedConversations []string        `json:"selected_conversations,omitempty"`
	SelectedDate          string          `json:"selected_date,omitempty"`
	SelectedTime          string          `json:"selected_time,omitempty"`
	SelectedDateTime      int64           `json:"selected_date_time,omitempty"`
	RichTextValue         json.RawMessage `json:"rich_text_value,omitempty"`
	Files                 []FileID        `json:"files,omitempty"`
}

// FileID names an uploaded file.
type FileID struct {
	ID string `json:"id"`
}

// initial is the value an untouched element starts with.
func (e *element) initial() Value {
	v := Value{
		SelectedOption: e.InitialOption, SelectedOptions: e.InitialOptions,
		SelectedUser: e.InitialUser, SelectedUsers: e.InitialUsers,
		SelectedChannel: e.InitialChannel, SelectedChannels: e.InitialChannels,
		SelectedConversation: e.InitialConversation, SelectedConversations: e.InitialConversations,
		SelectedDate: e.InitialDate, SelectedTime: e.InitialTime, SelectedDateTime: e.InitialDateTime,
	}
	if len(e.InitialValue) > 0 {
		var s string
		if json.Unmarshal(e.InitialValue, &s) == nil {
			v.Value = &s
		} else {
			v.RichTextValue = e.InitialValue
		}
	}
	return v
}

// ids are the values of what is chosen in a select, of whichever kind.
func (v Value) ids() []string {
	var ids []string
	add := func(list ...string) {
		for _, id := range list {
			if id != "" {
				ids = append(ids, id)
			}
		}
	}
	if v.SelectedOption != nil {
		add(v.SelectedOption.Value)
	}
	for _, o := range v.SelectedOptions {
		add(o.Value)
	}
	add(v.SelectedUser, v.SelectedChannel, v.SelectedConversation)
	add(v.SelectedUsers...)
	add(v.SelectedChannels...)
	add(v.SelectedConversations...)
	return ids
}

// options are the chosen options that carry their own text.
func (v Value) options() []Option {
	if v.SelectedOption != nil {
		return append([]Option{*v.SelectedOption}, v.SelectedOptions...)
	}
	return v.SelectedOptions
}

// decodeBlocks reads an array of blocks. A block whose shape cannot be read at
// all is kept with its type, so that it can be named.
func decodeBlocks(raw json.RawMessage) ([]block, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, fmt.Errorf("blocks are not a list: %w", err)
	}
	return decodeParts(parts), nil
}

func decodeParts(parts []json.RawMessage) []block {
	blocks := make([]block, len(parts))
	for i, p := range parts {
		if err := json.Unmarshal(p, &blocks[i]); err != nil {
			var named struct {
				Type string `json:"type"`
			}
			_ = json.Unmarshal(p, &named) // Without a type, the fallback says "block".
			blocks[i] = block{Type: "unreadable " + named.Type}
		}
	}
	return blocks
}
