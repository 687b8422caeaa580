package blockhtml

import (
	"embed"
	"encoding/json"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

//go:embed *.gohtml
var files embed.FS

var templates = template.Must(template.New("").ParseFS(files, "*.gohtml"))

// Renderer draws blocks for one reader. All of its functions must be set.
type Renderer struct {
	// Mrkdwn turns mrkdwn markup into safe HTML. verbatim is true when bare
	// links and names must stay as they are.
	Mrkdwn func(markup string, verbatim bool) template.HTML
	// Plain turns plain text into safe HTML; emoji is true when :names: of
	// emoji are to be drawn.
	Plain func(plain string, emoji bool) template.HTML
	// Image tells the address under which the page may load a picture, given
	// its URL or its file id (the other is empty). ok is false when the page
	// must not load it; its alternative text and a link stand in.
	Image func(address, fileID string) (src string, ok bool)
	// People, Channels and Conversations name what is chosen in the selects of
	// that kind.
	People, Channels, Conversations []Option
}

// Input is what is drawn at one place.
type Input struct {
	// Prefix begins every HTML id, so that ids are unique on the page.
	Prefix string
	// Blocks is a JSON array of blocks, or nil.
	Blocks json.RawMessage
	// State is what has been entered: block id, then action id.
	State map[string]map[string]Value
	// Errors are the faults of inputs by block id.
	Errors map[string]string
	// Warnings are the elements, as "block_id/action_id", whose use the app
	// did not confirm.
	Warnings []string
	// Conversation is the id of the conversation the reader is in, for
	// selects that start with it.
	Conversation string
}

// Blocks draws in.
func (r Renderer) Blocks(in Input) template.HTML {
	blocks, err := decodeBlocks(in.Blocks)
	if err != nil {
		return unsupported("blocks that cannot be read")
	}
	d := &drawing{Renderer: r, in: in}
	return d.all(blocks)
}

// drawing is the drawing of one Input.
type drawing struct {
	Renderer
	in       Input
	controls int // drawn so far, to number their ids
	depth    int // of containers, which the format allows two deep
}

func (d *drawing) all(blocks []block) template.HTML {
	var out strings.Builder
	for _, b := range blocks {
		out.WriteString(string(d.one(b)))
	}
	return template.HTML(out.String())
}

// blockView is what the template "block" draws.
type blockView struct {
	Kind    string
	ID      string
	Text    template.HTML
	Fields  []template.HTML
	Level   int
	Parts   []template.HTML // context: texts and pictures; actions: controls
	Control *control        // a section's accessory or an input's element
	Image   *image
	Label   template.HTML
	For     string // HTML id of the labelled control
	Group   bool   // the control is a group that the label names
	Hint    template.HTML
	HintID  string
	Error   string
	ErrorID string
	Opt     bool
	Open    bool
	Title   template.HTML
	Sub     template.HTML
	Table   *table
	Inner   template.HTML
}

type image struct {
	Src, Alt, Address, Host string
	Title                   template.HTML
	Small                   bool
}

func (d *drawing) one(b block) template.HTML {
	v := blockView{Kind: b.Type, ID: b.BlockID}
	switch b.Type {
	case "section":
		v.Text = d.text(b.Text)
		for _, f := range b.Fields {
			v.Fields = append(v.Fields, d.text(&f))
		}
		if b.Accessory != nil {
			if b.Accessory.Type == "image" {
				v.Image = d.image(b.Accessory.ImageURL, b.Accessory.SlackFile, b.Accessory.AltText, nil)
			} else {
				c := d.control(b, b.Accessory, false)
				v.Control = &c
			}
		}
	case "actions", "context_actions":
		v.Kind = "actions"
		for _, e := range d.elements(b) {
			for _, one := range e.unfolded() {
				v.Parts = append(v.Parts, execute("control", d.control(b, one, false)))
			}
		}
	case "context":
		v.Parts = d.context(b)
	case "header":
		v.Text = d.text(b.Text)
		v.Level, _ = strconv.Atoi(string(b.Level))
		v.Level = min(max(v.Level, 1), 4)
	case "divider":
	case "image":
		v.Image = d.image(b.ImageURL, b.SlackFile, b.AltText, b.Title)
	case "input":
		if b.Element == nil {
			return unsupported("input block without an element")
		}
		d.input(b, &v)
	case "rich_text":
		v.Inner = d.richText(b.Elements)
	case "markdown":
		if b.Text != nil {
			v.Inner = markdown(b.Text.Text)
		}
	case "table", "data_table":
		t, ok := d.table(b)
		if !ok {
			return unsupported(b.Type + " block that cannot be read")
		}
		v.Kind, v.Table = "table", &t
	case "data_visualization":
		t, ok := chartTable(b)
		if !ok {
			return unsupported("data_visualization block that cannot be read")
		}
		v.Kind, v.Table = "table", &t
	case "alert":
		v.Text, v.Title = d.text(b.Text), template.HTML(lines(alertLevel(string(b.Level))))
	case "card":
		d.card(b, &v)
	case "carousel":
		var cards []json.RawMessage
		if json.Unmarshal(b.Elements, &cards) != nil {
			return unsupported("carousel block that cannot be read")
		}
		v.Inner = d.all(decodeParts(cards))
	case "container":
		if d.depth >= 2 {
			return unsupported("container block nested too deeply")
		}
		v.Title, v.Sub = d.text(b.Title), d.text(b.Subtitle)
		v.Opt, v.Open = b.IsCollapsible, !b.DefaultCollapsed
		d.depth++
		v.Inner = d.all(decodeParts(b.ChildBlocks))
		d.depth--
	case "video":
		v.Title, v.Text = d.text(b.Title), template.HTML(lines(b.AltText))
		v.Image = d.image(b.ThumbnailURL, nil, b.AltText, nil)
		if b.TitleURL != "" {
			v.Title = anchor(b.TitleURL, v.Title)
		}
	default:
		return unsupported(b.Type + " block")
	}
	return execute("block", v)
}

// elements are the elements of an actions block.
func (d *drawing) elements(b block) []*element {
	var list []*element
	if json.Unmarshal(b.Elements, &list) != nil {
		return nil
	}
	return slices.DeleteFunc(list, func(e *element) bool { return e == nil })
}

// unfolded replaces feedback buttons by the two buttons they are. The value of
// each is the name of the property it comes from.
func (e *element) unfolded() []*element {
	if e.Type != "feedback_buttons" {
		return []*element{e}
	}
	var out []*element
	for _, half := range []struct {
		name string
		*element
	}{{"positive_button", e.PositiveButton}, {"negative_button", e.NegativeButton}} {
		if half.element != nil {
			button := *half.element
			button.Type, button.ActionID, button.Value = e.Type, e.ActionID, half.name
			out = append(out, &button)
		}
	}
	return out
}

func (d *drawing) context(b block) []template.HTML {
	var parts []json.RawMessage
	if json.Unmarshal(b.Elements, &parts) != nil {
		return nil
	}
	var out []template.HTML
	for _, p := range parts {
		var e struct {
			text
			ImageURL  string     `json:"image_url"`
			SlackFile *slackFile `json:"slack_file"`
			AltText   string     `json:"alt_text"`
		}
		var t text
		if json.Unmarshal(p, &t) == nil && t.Type != "image" {
			out = append(out, d.text(&t))
			continue
		}
		var picture element
		if json.Unmarshal(p, &picture) == nil {
			e.ImageURL, e.SlackFile, e.AltText = picture.ImageURL, picture.SlackFile, picture.AltText
			img := d.image(e.ImageURL, e.SlackFile, e.AltText, nil)
			img.Small = true
			out = append(out, execute("image", img))
		}
	}
	return out
}

func (d *drawing) input(b block, v *blockView) {
	c := d.control(b, b.Element, true)
	v.Label, v.Hint, v.Opt = d.text(b.Label), d.text(b.Hint), b.Optional
	v.Error = d.in.Errors[b.BlockID]
	var described []string
	if v.Hint != "" {
		v.HintID = c.ID + "-hint"
		described = append(described, v.HintID)
	}
	if v.Error != "" {
		v.ErrorID = c.ID + "-error"
		described = append(described, v.ErrorID)
		c.Invalid = true
	}
	c.DescribedBy = strings.Join(described, " ")
	c.Required = !b.Optional
	c.Dispatch = b.DispatchAction
	c.LabelID = c.ID + "-label"
	v.Control, v.For, v.Group = &c, c.ID, c.Kind == "choices" || c.Kind == "unsupported"
}

func (d *drawing) card(b block, v *blockView) {
	v.Title, v.Sub, v.Text, v.Hint = d.text(b.Title), d.text(b.Subtitle), d.text(b.Body), d.text(b.Subtext)
	if b.HeroImage != nil {
		v.Image = d.image(b.HeroImage.ImageURL, b.HeroImage.SlackFile, b.HeroImage.AltText, nil)
	}
	for _, e := range b.Actions {
		v.Parts = append(v.Parts, execute("control", d.control(b, &e, false)))
	}
}

func alertLevel(level string) string {
	switch level {
	case "warning", "error", "success":
		return strings.ToUpper(level[:1]) + level[1:]
	}
	return "Note"
}

func (d *drawing) image(address string, file *slackFile, alt string, title *text) *image {
	img := &image{Alt: alt, Address: safeURL(address), Title: d.text(title)}
	id := ""
	if file != nil {
		address, id = file.URL, file.ID
	}
	if src, ok := d.Image(address, id); ok {
		img.Src = src
		return img
	}
	if u, err := url.Parse(address); err == nil {
		img.Host = u.Host
	}
	return img
}

// text draws a text object; nil draws nothing.
func (d *drawing) text(t *text) template.HTML {
	switch {
	case t == nil || t.Text == "":
		return ""
	case t.Type == "mrkdwn":
		return d.Mrkdwn(t.Text, t.Verbatim)
	}
	return d.Plain(t.Text, t.Emoji == nil || *t.Emoji)
}

// anchor is a link, or only its label when the address is not one that a
// message may link to.
func anchor(address string, label template.HTML) template.HTML {
	href := safeURL(address)
	if href == "" {
		return label
	}
	return template.HTML(`<a href="` + template.HTMLEscapeString(href) + `" target="_blank" rel="noopener noreferrer">` + string(label) + `</a>`)
}

// safeURL is the address when it is a complete http, https or mailto link,
// else empty.
func safeURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Host == "" {
			return ""
		}
	case "mailto":
	default:
		return ""
	}
	return address
}

// unsupported stands in for what cannot be drawn and names it.
func unsupported(what string) template.HTML {
	what = strings.TrimSpace(what)
	if what == "" || what == "block" {
		what = "block without a type"
	}
	return execute("unsupported", what)
}

// execute runs one of our own templates on our own values: an error is a fault
// in this package and is held by its tests.
func execute(name string, data any) template.HTML {
	var out strings.Builder
	if err := templates.ExecuteTemplate(&out, name, data); err != nil {
		panic(err)
	}
	return template.HTML(out.String())
}
