package mrkdwn

import (
	"html/template"
	"net/url"
	"strings"
	"time"
)

// Names tells a page how to show what a text refers to, for one viewer. Missing functions and empty
// answers mean that the id is unknown; it is then shown itself.
type Names struct {
	User, Channel, Usergroup func(id string) string
	// Inside gives the page's own address of what a link into Slack, such as slack://app?…, leads to; empty for
	// all other links.
	Inside func(address string) string
	// Zone is the viewer's time zone; nil is UTC.
	Zone *time.Location
	// Now is the moment of viewing, for "today" and "5 minutes ago"; zero gives plain dates.
	Now time.Time
}

func (n Names) of(lookup func(string) string, id, label string) string {
	if lookup != nil && id != "" {
		if name := lookup(id); name != "" {
			return name
		}
	}
	if label != "" {
		return strings.TrimLeft(label, "@#")
	}
	return id
}

// HTML renders mrkdwn for a page. The result holds only the tags b, i, s, code, pre, blockquote, ul, ol,
// li, a, span, time and br; everything else is escaped. Links lead to http, https and mailto only, and do
// not tell where they were clicked, or to where names.Inside says.
func HTML(text string, opts Options, names Names) template.HTML {
	return Render(Parse(text, opts), names)
}

// PlainHTML renders a plain_text object: emoji shortcodes if its emoji property is not false, line breaks,
// and nothing else.
func PlainHTML(text string, emoji bool) template.HTML {
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString("<br>")
		}
		if !emoji {
			b.WriteString(template.HTMLEscapeString(line))
			continue
		}
		for _, n := range parseWords(line, Options{Verbatim: true}) {
			writeNode(&b, n, Names{})
		}
	}
	return template.HTML(b.String())
}

// Render renders parsed text, as HTML does.
func Render(nodes []Node, names Names) template.HTML {
	var b strings.Builder
	writeNodes(&b, nodes, names)
	return template.HTML(b.String())
}

func writeNodes(b *strings.Builder, nodes []Node, names Names) {
	for _, n := range nodes {
		writeNode(b, n, names)
	}
}

var containerTags = map[Kind]string{Bold: "b", Italic: "i", Strike: "s", Code: "code", Pre: "pre", Quote: "blockquote", List: "ul", Item: "li"}

func writeNode(b *strings.Builder, n Node, names Names) {
	esc := template.HTMLEscapeString
	mention := func(class, attr, text string) {
		b.WriteString(`<span class="` + class + `" data-` + attr + `="` + esc(n.Target) + `">` + esc(text) + `</span>`)
	}
	switch n.Kind {
	case Text:
		b.WriteString(strings.ReplaceAll(esc(n.Text), "\n", "<br>"))
	case Newline:
		b.WriteString("<br>")
	case Link:
		writeLink(b, n.Target, orElse(n.Text, n.Target), names)
	case User:
		mention("mention", "user", "@"+names.of(names.User, n.Target, n.Text))
	case Channel:
		mention("channel", "channel", "#"+names.of(names.Channel, n.Target, n.Text))
	case Usergroup:
		mention("mention", "usergroup", "@"+names.of(names.Usergroup, n.Target, n.Text))
	case Broadcast:
		mention("mention broadcast", "range", "@"+n.Target)
	case Date:
		text := FormatDate(n, names.Zone, names.Now)
		if n.Target != "" {
			writeLink(b, n.Target, text, names)
			return
		}
		b.WriteString(`<time datetime="` + time.Unix(n.Epoch, 0).UTC().Format(time.RFC3339) + `">` + esc(text) + `</time>`)
	case Emoji:
		b.WriteString(`<span class="emoji" title="` + esc(":"+n.Text+":") + `">` + esc(EmojiChar(n.Text)) + `</span>`)
	default:
		tag := containerTags[n.Kind]
		if n.Kind == List && n.Target == "ordered" {
			tag = "ol"
		}
		b.WriteString("<" + tag + ">")
		writeNodes(b, n.Children, names)
		b.WriteString("</" + tag + ">")
	}
}

func writeLink(b *strings.Builder, target, label string, names Names) {
	esc := template.HTMLEscapeString
	if names.Inside != nil {
		if here := names.Inside(target); here != "" {
			b.WriteString(`<a href="` + esc(here) + `">` + esc(label) + `</a>`)
			return
		}
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto" {
		b.WriteString(esc(label)) // Slack would not follow it either
		return
	}
	b.WriteString(`<a href="` + esc(target) + `" rel="noopener noreferrer nofollow" target="_blank">` + esc(label) + `</a>`)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
