package slacksim

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Slack's limits of a canvas.
// https://docs.slack.dev/reference/methods/canvases.create
const (
	maxCanvas      = 1 << 20 // characters of Markdown
	maxCanvasTitle = 255     // not documented; that of other names
)

// Canvases is what a workspace may do with canvases.
type Canvases string

const (
	CanvasesAll  Canvases = ""     // as on a paid plan
	CanvasesFree Canvases = "free" // one in a tab of each channel, and none that stand alone
	CanvasesOff  Canvases = "off"  // switched off by an admin
)

// Canvas is a document in the workspace.
type Canvas struct {
	ID, Title string
	Markdown  string // as it was written, its blocks apart by an empty line
	User      string // who made it
	// Channel whose tab it is in; "" for one that stands alone.
	Channel string
	// Main: it is the channel's own, of which there is one.
	Main bool
}

// canvas is a Canvas as it is kept: each block of its Markdown is a section that can be changed by itself.
type canvas struct {
	ID, Title, User, Channel string              `json:",omitempty"`
	Main                     bool                `json:",omitempty"`
	Sections                 []section           `json:",omitempty"`
	Access                   map[string][]string `json:",omitempty"` // "read", "write": ids of people and channels
}

type section struct{ ID, Markdown string }

func (c *canvas) shown() Canvas {
	blocks := make([]string, len(c.Sections))
	for i, s := range c.Sections {
		blocks[i] = s.Markdown
	}
	return Canvas{ID: c.ID, Title: c.Title, Markdown: strings.Join(blocks, "\n\n"), User: c.User, Channel: c.Channel, Main: c.Main}
}

var betweenBlocks = regexp.MustCompile(`\n[ \t]*(\n[ \t]*)+`)

// deepHeading is a heading of a depth that canvases do not have.
var deepHeading = regexp.MustCompile(`(?m)^ {0,3}#{4,}\s`)

// sectionsOf splits Markdown into its blocks.
func sectionsOf(markdown string) []section {
	var out []section
	for _, block := range betweenBlocks.Split(strings.Trim(markdown, "\n"), -1) {
		if strings.TrimSpace(block) != "" {
			out = append(out, section{ID: "temp:C:" + newID("S"), Markdown: block})
		}
	}
	return out
}

// document reads a document_content; failed is the refusal of Markdown that canvases cannot show.
func document(raw, failed string) (string, error) {
	if raw == "" {
		return "", nil
	}
	var doc struct {
		Type     string `json:"type"`
		Markdown string `json:"markdown"`
	}
	switch {
	case json.Unmarshal([]byte(raw), &doc) != nil || doc.Type != "markdown":
		return "", invalidArguments("must be of type markdown [json-pointer:/document_content]")
	case utf8.RuneCountInString(doc.Markdown) > maxCanvas:
		return "", refuse("canvas_too_large")
	case deepHeading.MatchString(doc.Markdown):
		return "", &refusal{code: failed, extra: obj{"detail": "Unsupported heading depth"}}
	}
	return doc.Markdown, nil
}

// canvasChannel finds the channel that a canvas is to be put in; s.mu is held.
func (s *Sim) canvasChannel(id string) (*room, error) {
	r := s.room[id]
	switch {
	case r == nil || (r.kind() != "channels" && !r.has(s.app.BotUser)):
		return nil, refuse("channel_not_found")
	case !r.has(s.app.BotUser), r.Archived:
		return nil, refuse("restricted_action")
	}
	return r, nil
}

// canvasesCreate makes one that stands alone, or one in a tab of a channel.
func (s *Sim) canvasesCreate(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	plan, channel := s.opt.Workspace.Canvases, c.str("channel_id")
	switch {
	case plan == CanvasesOff:
		return nil, refuse("canvas_disabled_user_team")
	case channel == "" && plan == CanvasesFree:
		return nil, refuse("free_teams_cannot_create_non_tabbed_canvases")
	case channel != "":
		if _, err := s.canvasChannel(channel); err != nil {
			return nil, err
		}
		if plan == CanvasesFree && slices.ContainsFunc(s.canvasesIn(channel), func(*canvas) bool { return true }) {
			return nil, refuse("free_team_canvas_tab_already_exists")
		}
	}
	return s.newCanvas(c, channel, false)
}

// conversationsCanvasesCreate makes the canvas of a channel, of which there is one.
func (s *Sim) conversationsCanvasesCreate(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opt.Workspace.Canvases == CanvasesOff {
		return nil, refuse("canvas_disabled_user_team")
	}
	r, err := s.canvasChannel(c.str("channel_id"))
	if err != nil {
		return nil, err
	}
	there := s.canvasesIn(r.ID)
	switch {
	case slices.ContainsFunc(there, func(c *canvas) bool { return c.Main }):
		return nil, refuse("channel_canvas_already_exists")
	case len(there) > 0 && s.opt.Workspace.Canvases == CanvasesFree:
		return nil, refuse("free_team_canvas_tab_already_exists")
	}
	return s.newCanvas(c, r.ID, true)
}

// newCanvas makes a canvas of the app's; s.mu is held.
func (s *Sim) newCanvas(c *call, channel string, main bool) (obj, error) {
	markdown, err := document(c.str("document_content"), "canvas_creation_failed")
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(c.str("title")) > maxCanvasTitle {
		return nil, invalidArguments("must be less than 256 characters [json-pointer:/title]")
	}
	made := &canvas{ID: newID("F"), Title: c.str("title"), User: s.app.BotUser, Channel: channel, Main: main, Sections: sectionsOf(markdown)}
	s.canvases[made.ID] = made
	s.touchCanvas(made)
	return obj{"canvas_id": made.ID}, nil
}

// canvasesIn are the canvases in tabs of a channel, its own first; s.mu is held.
func (s *Sim) canvasesIn(channel string) []*canvas {
	var own, others []*canvas
	for _, id := range sortedKeys(s.canvases) {
		switch c := s.canvases[id]; {
		case c.Channel != channel || channel == "":
		case c.Main:
			own = append(own, c)
		default:
			others = append(others, c)
		}
	}
	return append(own, others...)
}

// touchCanvas tells those who may see the canvas; s.mu is held.
func (s *Sim) touchCanvas(c *canvas) {
	if r := s.room[c.Channel]; r != nil {
		s.touchRoom(r)
		return
	}
	s.touchAll()
}

// writable finds a canvas that the app may write; s.mu is held.
func (s *Sim) writable(call *call) (*canvas, error) {
	c := s.canvases[call.str("canvas_id")]
	switch {
	case s.opt.Workspace.Canvases == CanvasesOff:
		return nil, refuse("canvas_disabled_user_team")
	case c == nil:
		return nil, refuse("canvas_not_found")
	case c.User == s.app.BotUser, slices.Contains(c.Access["write"], s.app.BotUser):
		return c, nil
	}
	if r := s.room[c.Channel]; r != nil && r.has(s.app.BotUser) && !r.Archived {
		return c, nil // what is in a tab is written by all members
	}
	return nil, refuse("restricted_action")
}

// canvasesEdit makes one change: what several at once do is not documented.
func (s *Sim) canvasesEdit(call *call) (obj, error) {
	var changes []struct {
		Operation string          `json:"operation"`
		Section   string          `json:"section_id"`
		Document  json.RawMessage `json:"document_content"`
		Title     json.RawMessage `json:"title_content"`
	}
	if json.Unmarshal([]byte(call.str("changes")), &changes) != nil || len(changes) != 1 {
		return nil, invalidArguments("must be a list of one change [json-pointer:/changes]")
	}
	change := changes[0]
	content := string(change.Document)
	if change.Operation == "rename" {
		content = string(change.Title)
	}
	markdown, err := document(content, "canvas_editing_failed")
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.writable(call)
	if err != nil {
		return nil, err
	}
	if s.opt.Workspace.Canvases == CanvasesFree && c.Channel == "" {
		return nil, refuse("free_teams_cannot_edit_standalone_canvases")
	}
	at := slices.IndexFunc(c.Sections, func(s section) bool { return s.ID == change.Section })
	if change.Section != "" && at < 0 {
		return nil, refuse("canvas_editing_failed")
	}
	fresh := sectionsOf(markdown)
	switch op := change.Operation; {
	case op == "rename":
		c.Title = markdown
	case op == "replace" && change.Section == "":
		c.Sections = fresh
	case op == "replace":
		c.Sections = slices.Replace(c.Sections, at, at+1, fresh...)
	case op == "insert_at_start":
		c.Sections = slices.Insert(c.Sections, 0, fresh...)
	case op == "insert_at_end":
		c.Sections = append(c.Sections, fresh...)
	case op == "insert_before" && at >= 0:
		c.Sections = slices.Insert(c.Sections, at, fresh...)
	case op == "insert_after" && at >= 0:
		c.Sections = slices.Insert(c.Sections, at+1, fresh...)
	case op == "delete" && at >= 0:
		c.Sections = slices.Delete(c.Sections, at, at+1)
	default:
		return nil, invalidArguments("is no change that can be made [json-pointer:/changes/0]")
	}
	s.touchCanvas(c)
	return nil, nil
}

func (s *Sim) canvasesDelete(call *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.writable(call)
	if err != nil {
		return nil, err
	}
	delete(s.canvases, c.ID)
	s.touchCanvas(c)
	return nil, nil
}

// heading levels and the section types that name them.
var sectionTypes = map[string]*regexp.Regexp{
	"h1": regexp.MustCompile(`^# `), "h2": regexp.MustCompile(`^## `), "h3": regexp.MustCompile(`^### `), "any_header": regexp.MustCompile(`^#{1,3} `),
}

func (s *Sim) canvasesSectionsLookup(call *call) (obj, error) {
	var criteria struct {
		Types []string `json:"section_types"`
		Text  string   `json:"contains_text"`
	}
	if json.Unmarshal([]byte(call.str("criteria")), &criteria) != nil || len(criteria.Types) == 0 && criteria.Text == "" {
		return nil, invalidArguments("must say what to look for [json-pointer:/criteria]")
	}
	for _, kind := range criteria.Types {
		if sectionTypes[kind] == nil {
			return nil, invalidArguments("is no type of section here [json-pointer:/criteria/section_types]")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.canvases[call.str("canvas_id")]
	if c == nil {
		return nil, refuse("canvas_not_found")
	}
	found := []obj{}
	for _, part := range c.Sections {
		isKind := len(criteria.Types) == 0 || slices.ContainsFunc(criteria.Types, func(kind string) bool { return sectionTypes[kind].MatchString(part.Markdown) })
		if isKind && strings.Contains(part.Markdown, criteria.Text) {
			found = append(found, obj{"id": part.ID})
		}
	}
	return obj{"sections": found}, nil
}

// canvasesAccessSet gives people, or channels, access.
func (s *Sim) canvasesAccessSet(call *call) (obj, error) {
	var people, channels []string
	level := call.str("access_level")
	for name, list := range map[string]*[]string{"user_ids": &people, "channel_ids": &channels} {
		if raw := call.str(name); raw != "" && json.Unmarshal([]byte(raw), list) != nil {
			return nil, refuse("invalid_array_arg")
		}
	}
	switch {
	case (len(people) == 0) == (len(channels) == 0), level == "owner" && len(channels) > 0:
		return nil, refuse("invalid_parameters")
	case level != "read" && level != "write" && level != "owner":
		return nil, invalidArguments("must be read, write or owner [json-pointer:/access_level]")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.writable(call)
	if err != nil {
		return nil, err
	}
	for _, id := range people {
		if s.people[id] == nil {
			return nil, refuse("user_not_found")
		}
	}
	for _, id := range channels {
		if r := s.room[id]; r == nil || r.IM || r.MPIM {
			return nil, refuse("channel_not_found")
		}
	}
	if level == "owner" {
		c.User = people[0]
	} else {
		if c.Access == nil {
			c.Access = map[string][]string{}
		}
		c.Access[level] = append(c.Access[level], append(people, channels...)...)
	}
	s.touchCanvas(c)
	return nil, nil
}
