package blockhtml

import (
	"encoding/json"
	"html/template"
	"regexp"
	"strconv"
	"strings"
)

// richPart is a part of a rich_text block: a section, list, quote or
// preformatted text, or a piece of text inside one of these.
type richPart struct {
	Type     string     `json:"type"`
	Elements []richPart `json:"elements"`
	// Style is a word for a list and an object for a piece of text.
	Style  json.RawMessage `json:"style"`
	Indent int             `json:"indent"`
	Offset int             `json:"offset"`

	Text        string `json:"text"`
	URL         string `json:"url"`
	UserID      string `json:"user_id"`
	ChannelID   string `json:"channel_id"`
	UsergroupID string `json:"usergroup_id"`
	Range       string `json:"range"`
	Name        string `json:"name"`
	Value       string `json:"value"`
	Timestamp   int64  `json:"timestamp"`
	Format      string `json:"format"`
	Fallback    string `json:"fallback"`
}

type richStyle struct {
	Bold      bool `json:"bold"`
	Italic    bool `json:"italic"`
	Strike    bool `json:"strike"`
	Code      bool `json:"code"`
	Underline bool `json:"underline"`
}

// richText draws the elements of a rich_text block.
func (r Renderer) richText(raw json.RawMessage) template.HTML {
	var parts []richPart
	if err := json.Unmarshal(raw, &parts); err != nil {
		return unsupported("rich_text block that cannot be read")
	}
	var b strings.Builder
	for _, p := range parts {
		switch p.Type {
		case "rich_text_section":
			b.WriteString(`<p>` + r.richPieces(p.Elements) + `</p>`)
		case "rich_text_quote":
			b.WriteString(`<blockquote>` + r.richPieces(p.Elements) + `</blockquote>`)
		case "rich_text_preformatted":
			b.WriteString(`<pre>` + r.richPieces(p.Elements) + `</pre>`)
		case "rich_text_list":
			b.WriteString(r.richList(p))
		default:
			b.WriteString(string(unsupported(p.Type)))
		}
	}
	return template.HTML(b.String())
}

func (r Renderer) richList(p richPart) string {
	tag, start := "ul", ""
	if string(p.Style) == `"ordered"` {
		tag = "ol"
		if p.Offset > 0 {
			start = ` start="` + strconv.Itoa(p.Offset+1) + `"`
		}
	}
	var b strings.Builder
	b.WriteString(`<` + tag + start + ` class="indent-` + strconv.Itoa(min(max(p.Indent, 0), 8)) + `">`)
	for _, item := range p.Elements {
		b.WriteString(`<li>` + r.richPieces(item.Elements) + `</li>`)
	}
	b.WriteString(`</` + tag + `>`)
	return b.String()
}

// identifier is what an id or a name must look like before it is put into a
// token of mrkdwn markup, so that it cannot end the token early.
var identifier = regexp.MustCompile(`^[A-Za-z0-9_+'-]+$`)

func (r Renderer) richPieces(pieces []richPart) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(r.richPiece(p))
	}
	return b.String()
}

func (r Renderer) richPiece(p richPart) string {
	token := func(prefix, id string) string {
		if !identifier.MatchString(id) {
			return template.HTMLEscapeString(prefix + id)
		}
		return string(r.Mrkdwn("<"+prefix+id+">", true))
	}
	var html string
	switch p.Type {
	case "text":
		html = lines(p.Text)
	case "link":
		label := p.Text
		if label == "" {
			label = p.URL
		}
		html = string(anchor(p.URL, template.HTML(lines(label))))
	case "emoji":
		html = string(r.Plain(":"+p.Name+":", true))
	case "user":
		html = token("@", p.UserID)
	case "channel":
		html = token("#", p.ChannelID)
	case "usergroup":
		html = token("!subteam^", p.UsergroupID)
	case "broadcast":
		html = token("!", p.Range)
	case "date":
		html = string(r.date(p))
	case "color":
		html = `<code>` + template.HTMLEscapeString(p.Value) + `</code>`
	default:
		html = lines(p.Text)
		if p.Text == "" {
			html = string(unsupported(p.Type))
		}
	}
	return styled(p.Style, html)
}

// date draws a date piece by way of the markup for dates, which knows the
// formats. Characters that would end the markup early are taken out.
func (r Renderer) date(p richPart) template.HTML {
	inert := strings.NewReplacer("<", "", ">", "", "^", "", "|", "")
	return r.Mrkdwn("<!date^"+strconv.FormatInt(p.Timestamp, 10)+"^"+inert.Replace(p.Format)+"|"+inert.Replace(p.Fallback)+">", true)
}

func styled(raw json.RawMessage, html string) string {
	var s richStyle
	if len(raw) == 0 || json.Unmarshal(raw, &s) != nil {
		return html
	}
	for _, wrap := range []struct {
		on  bool
		tag string
	}{{s.Code, "code"}, {s.Underline, "u"}, {s.Strike, "s"}, {s.Italic, "em"}, {s.Bold, "strong"}} {
		if wrap.on {
			html = "<" + wrap.tag + ">" + html + "</" + wrap.tag + ">"
		}
	}
	return html
}

// lines escapes text and keeps its line breaks.
func lines(s string) string {
	return strings.ReplaceAll(template.HTMLEscapeString(s), "\n", "<br>")
}

// richTextSource is the text of a rich text value, one line for each part, as
// a plain text area can show it.
func richTextSource(raw json.RawMessage) string {
	var value struct {
		Elements []richPart `json:"elements"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &value) != nil {
		return ""
	}
	var out []string
	for _, p := range value.Elements {
		items := [][]richPart{p.Elements}
		prefix := ""
		if p.Type == "rich_text_list" {
			items, prefix = nil, "- "
			for _, item := range p.Elements {
				items = append(items, item.Elements)
			}
		}
		for _, pieces := range items {
			var line strings.Builder
			line.WriteString(prefix)
			for _, piece := range pieces {
				switch {
				case piece.Text != "":
					line.WriteString(piece.Text)
				case piece.Type == "emoji":
					line.WriteString(":" + piece.Name + ":")
				case piece.URL != "":
					line.WriteString(piece.URL)
				case piece.UserID != "":
					line.WriteString("<@" + piece.UserID + ">")
				case piece.ChannelID != "":
					line.WriteString("<#" + piece.ChannelID + ">")
				}
			}
			out = append(out, strings.TrimSuffix(line.String(), "\n"))
		}
	}
	return strings.Join(out, "\n")
}
