package mrkdwn

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// LivePayload lists what is alive in a whole message or view, given as JSON: an object with text, blocks
// and attachments, a view, or a bare array of blocks. It looks into top-level and attachment text, mrkdwn
// objects, rich text elements, markdown blocks and the URLs of buttons, options and titles; plain_text and
// table cells are never alive. Each Control says where it was found. JSON that cannot be read has nothing alive.
func LivePayload(payload []byte) []Control {
	var v any
	if err := json.Unmarshal(payload, &v); err != nil {
		return nil
	}
	p := &payloadWalk{}
	p.walk("", v)
	return p.found
}

type payloadWalk struct{ found []Control }

func (p *payloadWalk) add(at string, controls ...Control) {
	for _, c := range controls {
		c.Pointer = at
		p.found = append(p.found, c)
	}
}

// richTargets names the property that holds the target of a rich text element.
var richTargets = map[string]struct {
	kind     Kind
	property string
}{
	"user":      {User, "user_id"},
	"usergroup": {Usergroup, "usergroup_id"},
	"channel":   {Channel, "channel_id"},
	"broadcast": {Broadcast, "range"},
	"link":      {Link, "url"},
	"date":      {Date, "url"},
}

// linkProperties hold a URL that a person can follow.
var linkProperties = []string{"url", "title_url", "title_link", "author_link"}

// attachmentTexts are the properties of a legacy attachment, and of its fields, that Slack reads as mrkdwn.
var attachmentTexts = []string{"text", "pretext", "value", "title", "footer"}

func (p *payloadWalk) walk(at string, v any) {
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			p.walk(at+"/"+strconv.Itoa(i), item)
		}
	case map[string]any:
		p.object(at, v)
	}
}

func (p *payloadWalk) object(at string, obj map[string]any) {
	kind, _ := obj["type"].(string)
	text, _ := obj["text"].(string)
	if rich, ok := richTargets[kind]; ok {
		target, _ := obj[rich.property].(string)
		p.add(at, Control{Kind: rich.kind, Target: target, Text: text})
		return
	}
	switch kind {
	case "plain_text", "text", "emoji", "raw_text", "raw_number":
		return
	case "mrkdwn":
		verbatim, _ := obj["verbatim"].(bool)
		p.add(at+"/text", Live(text, Options{Verbatim: verbatim})...)
		return
	case "markdown":
		p.add(at+"/text", markdownLive(text)...)
	case "", "message":
		legacy := strings.Contains(at, "/attachments/") && !strings.Contains(at, "/blocks/")
		for _, name := range attachmentTexts {
			if s, isString := obj[name].(string); isString && (name == "text" || legacy) {
				p.add(at+"/"+name, topLevelLive(s, obj)...)
			}
		}
	}
	for _, name := range linkProperties {
		if url, _ := obj[name].(string); url != "" {
			p.add(at+"/"+name, Control{Kind: Link, Target: url})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(obj)) {
		p.walk(at+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name), obj[name])
	}
}

// topLevelLive reads message text under the message's own parse, link_names and mrkdwn arguments.
func topLevelLive(text string, message map[string]any) []Control {
	parse, _ := message["parse"].(string)
	formatted, given := message["mrkdwn"].(bool)
	all := Live(text, Options{TopLevel: true, Verbatim: parse == "none", LinkNames: parse == "full" || truthy(message["link_names"])})
	if given && !formatted {
		all = slices.DeleteFunc(all, Control.Formats)
	}
	return all
}

func truthy(v any) bool {
	return v == true || v == "true" || v == "1" || v == float64(1)
}

// markdownLink is [label](url) and ![label](url).
var markdownLink = regexp.MustCompile(`\[([^\]\n]*)\]\(\s*<?([^)\s>]+)`)

// markdownLive reads a markdown block. How Slack treats its own sequences in one is not documented, so
// they count as alive, beside Markdown's links.
func markdownLive(text string) []Control {
	all := slices.DeleteFunc(Live(text, Options{}), Control.Formats)
	for _, m := range markdownLink.FindAllStringSubmatch(text, -1) {
		all = append(all, Control{Kind: Link, Target: m[2], Text: m[1]})
	}
	return all
}
