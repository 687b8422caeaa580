package blockhtml

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"
)

// control is what the template "control" draws: one element that a person can
// use.
type control struct {
	Kind   string // button, link, overflow, choices, select, text, picker, file or unsupported
	Type   string // the element's type
	ID     string // HTML id
	Block  string
	Action string

	Label       template.HTML // text of a button
	Name        string        // accessible name when there is no visible label
	LabelID     string        // HTML id of the visible label
	DescribedBy string
	Invalid     bool
	Required    bool
	Dispatch    bool   // sends an action although it is inside an input block
	DispatchOn  string // enter, character or both, for text
	Autofocus   bool
	Warning     bool // the last use was not confirmed

	Style       string // of a button: primary, danger or empty
	Value       string
	URL         string
	Placeholder string
	Confirm     *confirmView

	Groups   []groupView
	Chosen   []choice
	Multi    bool
	External bool
	MinQuery int
	Max      int // of chosen items; 0 is any number

	InputType string // HTML type of pickers
	// InputMode is the keyboard a phone shows for text. The HTML type stays
	// text: whether a number or an address is one is for the sim to say, as
	// it is for Slack, and a browser hides what it thinks is none.
	InputMode string
	Multiline bool
	MaxLen    int // in characters; 0 is unlimited
}

type groupView struct {
	Label   template.HTML
	Choices []choice
}

type choice struct {
	ID, Value   string
	HTML        template.HTML
	Plain       string // the text to search and to show in an input
	Description template.HTML
	URL         string
	Selected    bool
}

type confirmView struct {
	Title, Text, Confirm, Deny template.HTML
	Danger                     bool
}

// control describes element e of block b. inInput tells that a visible label
// names it.
func (d *drawing) control(b block, e *element, inInput bool) control {
	d.controls++
	c := control{
		Type: e.Type, Block: b.BlockID, Action: e.ActionID,
		ID:        fmt.Sprintf("%s-%d", d.in.Prefix, d.controls),
		Autofocus: e.FocusOnLoad,
		Warning:   slices.Contains(d.in.Warnings, b.BlockID+"/"+e.ActionID),
		Confirm:   d.confirm(e.Confirm),
		Dispatch:  !inInput,
	}
	if e.Placeholder != nil {
		c.Placeholder = e.Placeholder.Text
	}
	value, entered := d.in.State[b.BlockID][e.ActionID]
	if !entered {
		value = e.initial()
		if e.DefaultToCurrentConversation && len(value.ids()) == 0 {
			value.SelectedConversation = d.in.Conversation
		}
	}
	switch e.Type {
	case "button", "workflow_button", "icon_button", "feedback_buttons":
		d.button(&c, e)
	case "overflow":
		c.Kind, c.Name = "overflow", "More actions"
		c.Groups = []groupView{{Choices: d.choices(c.ID, e.Options, nil)}}
	case "checkboxes", "radio_buttons":
		c.Kind, c.Multi = "choices", e.Type == "checkboxes"
		c.Groups = []groupView{{Choices: d.choices(c.ID, e.Options, value.ids())}}
		c.Name = "Choices"
	case "static_select", "multi_static_select", "external_select", "multi_external_select",
		"users_select", "multi_users_select", "channels_select", "multi_channels_select",
		"conversations_select", "multi_conversations_select":
		d.selectMenu(&c, e, value)
	case "datepicker", "timepicker", "datetimepicker":
		picker(&c, e, value)
	case "file_input":
		c.Kind, c.Max = "file", e.MaxFiles
		for _, f := range value.Files {
			c.Chosen = append(c.Chosen, choice{Value: f.ID, Plain: f.ID})
		}
	case "plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input":
		textInput(&c, e, value)
	default:
		c.Kind = "unsupported"
	}
	return c
}

func (d *drawing) button(c *control, e *element) {
	c.Kind, c.Label, c.Value, c.Style, c.Name = "button", d.text(e.Text), e.Value, e.Style, e.AccessibilityLabel
	if e.Type == "icon_button" && e.Icon == "trash" {
		c.Label = "🗑️ " + c.Label
	}
	if href := safeURL(e.URL); href != "" {
		c.Kind, c.URL = "link", href
	}
}

func (d *drawing) selectMenu(c *control, e *element, value Value) {
	c.Kind = "select"
	c.Multi = strings.HasPrefix(e.Type, "multi_")
	c.Max = e.MaxSelectedItems
	ids := value.ids()
	var offered []OptionGroup
	switch strings.TrimPrefix(e.Type, "multi_") {
	case "static_select":
		offered = e.Groups
		if len(offered) == 0 {
			offered = []OptionGroup{{Options: e.Options}}
		}
	case "external_select":
		c.External, c.MinQuery = true, 3
		if e.MinQueryLength != nil {
			c.MinQuery = *e.MinQueryLength
		}
		offered = []OptionGroup{{Options: value.options()}}
	default:
		// What these offer depends on the reader and on filters. It is asked
		// for when the menu is opened; here it only names what is chosen.
		c.External = true
		switch strings.TrimPrefix(e.Type, "multi_") {
		case "users_select":
			offered = []OptionGroup{{Options: d.People}}
		case "channels_select":
			offered = []OptionGroup{{Options: d.Channels}}
		case "conversations_select":
			offered = []OptionGroup{{Options: d.Conversations}}
		}
	}
	for i, g := range offered {
		group := groupView{Label: d.text(&g.Label), Choices: d.choices(fmt.Sprintf("%s-%d", c.ID, i), g.Options, ids)}
		c.Groups = append(c.Groups, group)
	}
	// Chosen keeps the order of choosing, and names what is no longer offered by its id.
	for _, id := range ids {
		chosen := choice{Value: id, Plain: id, HTML: template.HTML(lines(id))}
		for _, g := range c.Groups {
			if i := slices.IndexFunc(g.Choices, func(o choice) bool { return o.Value == id }); i >= 0 {
				chosen = g.Choices[i]
				break
			}
		}
		c.Chosen = append(c.Chosen, chosen)
	}
	if c.External {
		c.Groups = nil
	}
	if c.Placeholder == "" {
		c.Placeholder = "Choose"
	}
	c.Name = c.Placeholder
}

func (d *drawing) choices(prefix string, options []Option, selected []string) []choice {
	out := make([]choice, len(options))
	for i, o := range options {
		out[i] = choice{
			ID: fmt.Sprintf("%s-o%d", prefix, i), Value: o.Value, HTML: d.text(&o.Text), Plain: o.Text.Text,
			Description: d.text(o.Description), URL: safeURL(o.URL), Selected: slices.Contains(selected, o.Value),
		}
	}
	return out
}

// dateTimeLayout is how HTML writes a date with a time.
const dateTimeLayout = "2006-01-02T15:04"

func picker(c *control, e *element, value Value) {
	c.Kind = "picker"
	switch e.Type {
	case "datepicker":
		c.InputType, c.Value, c.Name = "date", value.SelectedDate, "Date"
	case "timepicker":
		c.InputType, c.Value, c.Name = "time", value.SelectedTime, "Time"
		if e.Timezone != "" {
			c.Name += " in " + e.Timezone
		}
	case "datetimepicker":
		c.InputType, c.Name = "datetime-local", "Date and time (UTC)"
		if value.SelectedDateTime > 0 {
			c.Value = time.Unix(value.SelectedDateTime, 0).UTC().Format(dateTimeLayout)
		}
	}
	if c.Placeholder != "" {
		c.Name = c.Placeholder
	}
}

// ParseDateTime turns what a date and time picker sends into Unix seconds.
func ParseDateTime(s string) (string, error) {
	t, err := time.Parse(dateTimeLayout, s)
	if err != nil {
		return "", fmt.Errorf("%q is not a date and time such as 2026-01-31T09:30: %w", s, err)
	}
	return strconv.FormatInt(t.Unix(), 10), nil
}

func textInput(c *control, e *element, value Value) {
	c.Kind, c.Name = "text", "Text"
	c.MaxLen = e.MaxLength
	c.Multiline = e.Multiline
	if value.Value != nil {
		c.Value = *value.Value
	}
	switch e.Type {
	case "number_input":
		c.InputMode = "numeric"
		if e.IsDecimalAllowed {
			c.InputMode = "decimal"
		}
	case "email_text_input":
		c.InputMode = "email"
	case "url_text_input":
		c.InputMode = "url"
	case "rich_text_input":
		c.Multiline, c.Value = true, richTextSource(value.RichTextValue)
	}
	if c.Placeholder != "" {
		c.Name = c.Placeholder
	}
	on := []string{"on_enter_pressed"}
	if e.Dispatch != nil && len(e.Dispatch.On) > 0 {
		on = e.Dispatch.On
	}
	enter, character := slices.Contains(on, "on_enter_pressed"), slices.Contains(on, "on_character_entered")
	switch {
	case enter && character:
		c.DispatchOn = "both"
	case character:
		c.DispatchOn = "character"
	default:
		c.DispatchOn = "enter"
	}
}

func (d *drawing) confirm(c *confirm) *confirmView {
	if c == nil {
		return nil
	}
	v := &confirmView{Title: d.text(c.Title), Text: d.text(c.Text), Confirm: d.text(c.Confirm), Deny: d.text(c.Deny), Danger: c.Style == "danger"}
	if v.Title == "" {
		v.Title = "Are you sure?"
	}
	if v.Confirm == "" {
		v.Confirm = "Yes"
	}
	if v.Deny == "" {
		v.Deny = "Cancel"
	}
	return v
}
