package slacksim

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Element is something on the screen that a person can use.
type Element struct {
	BlockID, ActionID, Type string
	Name                    string // what it is called: the label of its block, the text on it, or its placeholder
	Placeholder             string
	Input                   bool // part of an input block
	Optional                bool
	Choices                 []Choice // of menus that need not ask anybody
	Value                   Value    // what is typed or chosen
}

// Elements lists what can be used in the view, in reading order.
func (v View) Elements() []Element { return exported(v.JSON, v.State) }

// Elements lists what can be used in the message, in reading order.
func (m Message) Elements() []Element {
	out := exported(m.Blocks, m.State)
	var attachments []struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	_ = json.Unmarshal(m.Attachments, &attachments)
	for _, a := range attachments {
		out = append(out, exported(a.Blocks, m.State)...)
	}
	return out
}

// Part is one block: what it says and what can be used in it.
type Part struct {
	BlockID, Text string
	Elements      []Element
}

// Parts lists the blocks of the view.
func (v View) Parts() []Part {
	var o struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	_ = json.Unmarshal(v.JSON, &o)
	return parts(o.Blocks, v.State)
}

// Parts lists the blocks of the message, those of its attachments included.
func (m Message) Parts() []Part {
	out := parts(m.Blocks, m.State)
	var attachments []struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	_ = json.Unmarshal(m.Attachments, &attachments)
	for _, a := range attachments {
		out = append(out, parts(a.Blocks, m.State)...)
	}
	return out
}

func parts(raw json.RawMessage, touched map[string]map[string]Value) []Part {
	var blocks []json.RawMessage
	_ = json.Unmarshal(raw, &blocks)
	var out []Part
	for _, b := range blocks {
		var id struct {
			BlockID string `json:"block_id"`
		}
		_ = json.Unmarshal(b, &id)
		p := printer{}
		p.block(b, touched, nil)
		out = append(out, Part{BlockID: id.BlockID, Text: p.b.String(), Elements: exported(encode([]json.RawMessage{b}), touched)})
	}
	return out
}

// String is the message in plain text, as on a Screen.
func (m Message) String() string {
	p := printer{}
	p.message(m)
	return p.b.String()
}

func exported(raw json.RawMessage, touched map[string]map[string]Value) []Element {
	var out []Element
	for _, e := range elementsOf(raw) {
		v, ok := touched[e.Block][e.Action]
		if !ok {
			v = e.initial()
		}
		x := Element{
			BlockID: e.Block, ActionID: e.Action, Type: e.Type, Name: e.name(), Placeholder: plain(e.JSON["placeholder"]), Input: e.Input, Optional: e.Optional, Value: v,
		}
		if len(e.options()) > 0 {
			x.Choices = flatten(encode(e.JSON))
		}
		out = append(out, x)
	}
	return out
}

// Title is the text in the head of a modal.
func (v View) Title() string { return v.plainOf("title") }

// SubmitLabel is the text of the submit button, "" without one.
func (v View) SubmitLabel() string { return v.plainOf("submit") }

func (v View) plainOf(name string) string {
	var o map[string]json.RawMessage
	_ = json.Unmarshal(v.JSON, &o)
	return plain(o[name])
}

// String is the screen in plain text, the way somebody would describe it: what tests search and print.
func (sc Screen) String() string {
	p := printer{names: sc.Names}
	p.line("%s's screen", sc.Sidebar.Viewer.Label())
	if sc.Channel != nil {
		p.line("── %s ──", sc.Channel.Title)
		if sc.Channel.Archived {
			p.line("(archived)")
		}
		for _, m := range sc.Channel.Messages {
			p.message(m)
		}
	}
	if sc.Home != nil {
		p.line("── Home of %s ──", sc.Sidebar.App.Name)
		p.view(*sc.Home)
	}
	for _, v := range sc.Modals {
		p.line("══ Modal: %s ══", v.Title())
		p.view(v)
		if label := v.SubmitLabel(); label != "" {
			p.line("[%s]", label)
		}
	}
	return p.b.String()
}

// printer writes a screen line by line.
type printer struct {
	b      strings.Builder
	indent string
	names  map[string]string // of people and channels, by id
}

func (p *printer) line(format string, args ...any) {
	for l := range strings.SplitSeq(strings.TrimRight(fmt.Sprintf(format, args...), "\n"), "\n") {
		p.b.WriteString(p.indent + l + "\n")
	}
}

func (p *printer) message(m Message) {
	note := ""
	if m.Ephemeral {
		note = " (only visible to you)"
	}
	if m.Edited {
		note += " (edited)"
	}
	if m.PinnedBy != "" {
		note += fmt.Sprintf(" (pinned by %s)", m.PinnedBy)
	}
	p.line("%s%s:", m.Author, note)
	p.indent += "  "
	if len(m.Blocks) == 0 && m.Text != "" {
		p.line("%s", p.readable(m.Text))
	}
	p.blocks(m.Blocks, m.State, nil, m.Warnings)
	var attachments []struct {
		Blocks   json.RawMessage `json:"blocks"`
		Fallback string          `json:"fallback"`
		Title    string          `json:"title"`
		Text     string          `json:"text"`
	}
	_ = json.Unmarshal(m.Attachments, &attachments)
	for _, a := range attachments {
		if t := strings.TrimSpace(a.Title + "\n" + p.readable(a.Text)); t != "" {
			p.line("%s", t)
		} else if a.Fallback != "" && len(a.Blocks) == 0 {
			p.line("%s", a.Fallback)
		}
		p.blocks(a.Blocks, m.State, nil, m.Warnings)
	}
	for _, f := range m.Files {
		p.line("(file %s)", f.Title)
	}
	for _, r := range m.Reactions {
		p.line(":%s: %d", r.Name, len(r.Users))
	}
	p.indent += "  "
	for _, reply := range m.Replies {
		p.message(reply)
	}
	p.indent = p.indent[:len(p.indent)-4]
}

func (p *printer) view(v View) {
	p.indent += "  "
	var o struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	_ = json.Unmarshal(v.JSON, &o)
	p.blocks(o.Blocks, v.State, v.Errors, v.Warnings)
	if v.Trouble != "" {
		p.line("⚠ %s", v.Trouble)
	}
	p.indent = p.indent[:len(p.indent)-2]
}

func (p *printer) blocks(raw json.RawMessage, touched map[string]map[string]Value, errs map[string]string, warnings []string) {
	var blocks []map[string]json.RawMessage
	if json.Unmarshal(raw, &blocks) != nil {
		return
	}
	for i := range blocks {
		p.block(encode(blocks[i]), touched, warnings)
		var id string
		_ = json.Unmarshal(blocks[i]["block_id"], &id)
		if e := errs[id]; e != "" {
			p.line("⚠ %s", e)
		}
	}
}

// block prints the texts of one block in the order people read them, and then what can be used in it.
func (p *printer) block(raw json.RawMessage, touched map[string]map[string]Value, warnings []string) {
	var o map[string]json.RawMessage
	if json.Unmarshal(raw, &o) != nil {
		return
	}
	var kind string
	_ = json.Unmarshal(o["type"], &kind)
	switch kind {
	case "divider":
		p.line("---")
		return
	case "rich_text":
		p.line("%s", richPlain(raw, p.names))
		return
	}
	var texts []string
	p.collectTexts(raw, "", &texts)
	if len(texts) > 0 {
		p.line("%s", strings.Join(texts, "\n"))
	}
	for _, e := range exported(encode([]json.RawMessage{raw}), touched) {
		mark := ""
		for _, w := range warnings {
			if w == e.BlockID+"/"+e.ActionID {
				mark = " ⚠"
			}
		}
		switch e.Type {
		case "button", "icon_button", "overflow", "feedback_buttons":
			p.line("[%s]%s", orElse(e.Name, "…"), mark)
		default:
			p.line("%s: %s%s", orElse(e.Name, e.Type), orElse(p.shownValue(e.Value), "_____"), mark)
		}
	}
}

// collectTexts gathers what is readable in a block beside its interactive elements.
func (p *printer) collectTexts(raw json.RawMessage, key string, out *[]string) {
	raw = json.RawMessage(strings.TrimSpace(string(raw)))
	if len(raw) == 0 {
		return
	}
	switch raw[0] {
	case '[':
		var list []json.RawMessage
		_ = json.Unmarshal(raw, &list)
		for _, item := range list {
			p.collectTexts(item, key, out)
		}
	case '{':
		var o map[string]json.RawMessage
		_ = json.Unmarshal(raw, &o)
		var kind, text string
		_ = json.Unmarshal(o["type"], &kind)
		switch {
		case interactive[kind]:
			return
		case kind == "rich_text":
			*out = append(*out, richPlain(raw, p.names))
			return
		case kind == "mrkdwn", kind == "plain_text", kind == "raw_text", kind == "markdown":
			if json.Unmarshal(o["text"], &text) == nil && text != "" {
				if kind != "plain_text" && kind != "raw_text" {
					text = p.readable(text)
				}
				*out = append(*out, text)
			}
			return
		case kind == "image":
			if json.Unmarshal(o["alt_text"], &text) == nil {
				*out = append(*out, "(image: "+text+")")
			}
		}
		for _, key := range []string{
			"title", "rich_text_title", "subtitle", "text", "fields", "body", "label", "hint", "caption", "subtext", "accessory", "elements",
			"actions", "rows", "items", "cells", "block", "child_blocks", "tasks", "description",
		} {
			if key == "label" && kind == "input" { // it names the element below
				continue
			}
			p.collectTexts(o[key], key, out)
		}
	case '"':
		var text string
		if json.Unmarshal(raw, &text) == nil && text != "" && key != "" {
			*out = append(*out, text)
		}
	}
}

func (p *printer) shownValue(v Value) string {
	var parts []string
	if v.Text != "" {
		parts = append(parts, v.Text)
	}
	parts = append(parts, v.Chosen()...)
	for _, id := range v.IDs {
		parts = append(parts, orElse(p.names[id], id))
	}
	return strings.Join(parts, ", ")
}

var (
	dateToken = regexp.MustCompile(`<!date\^(\d+)\^[^|>]*\|([^>]*)>`)
	labelled  = regexp.MustCompile(`<([^<>|]+)\|([^<>]+)>`)
	bare      = regexp.MustCompile(`<([@#!])?([^<>|]+)\|?>`)
)

var unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// readable turns Slack's text into what is read on the screen: tokens become their labels, entities their characters.
func (p *printer) readable(text string) string {
	text = dateToken.ReplaceAllString(text, "$2")
	text = labelled.ReplaceAllStringFunc(text, func(t string) string {
		m := labelled.FindStringSubmatch(t)
		if strings.HasPrefix(m[1], "#") {
			return "#" + m[2]
		}
		if strings.HasPrefix(m[1], "@") {
			return "@" + m[2]
		}
		return m[2]
	})
	text = bare.ReplaceAllStringFunc(text, func(t string) string {
		m := bare.FindStringSubmatch(t)
		switch m[1] {
		case "!":
			return "@" + m[2]
		case "":
			return m[2]
		}
		return m[1] + orElse(p.names[m[2]], m[2])
	})
	return unescaper.Replace(text)
}
