package mrkdwn

import "encoding/json"

// richText is any element of a rich_text block, from the block itself down to a piece of a sentence.
// From docs.slack.dev/reference/block-kit/blocks/rich-text-block.
type richText struct {
	Type     string          `json:"type"`
	Elements []richText      `json:"elements"`
	Style    json.RawMessage `json:"style"` // "bullet" or "ordered" of a list, flags of a piece
	Text     string          `json:"text"`
	URL      string          `json:"url"`
	Name     string          `json:"name"`
	SkinTone int             `json:"skin_tone"`
	Range    string          `json:"range"`
	Value    string          `json:"value"`
	Format   string          `json:"format"`
	Fallback string          `json:"fallback"`
	// Timestamp stays as written: a fraction or a word in its place must not hide the rest of the block.
	Timestamp   json.RawMessage `json:"timestamp"`
	UserID      string          `json:"user_id"`
	UsergroupID string          `json:"usergroup_id"`
	ChannelID   string          `json:"channel_id"`
}

// RichText reads a rich_text block into the nodes that Render shows. Its text is never parsed: what is not
// an element of its own is words. Nil if the JSON cannot be read.
func RichText(block []byte) []Node {
	var top richText
	if err := json.Unmarshal(block, &top); err != nil {
		return nil
	}
	return top.paragraphs()
}

func (r richText) paragraphs() []Node {
	var nodes []Node
	for i, e := range r.Elements {
		switch e.Type {
		case "rich_text_section":
			if i > 0 && r.Elements[i-1].Type == "rich_text_section" {
				nodes = append(nodes, Node{Kind: Newline})
			}
			nodes = append(nodes, e.pieces()...)
		case "rich_text_quote":
			nodes = append(nodes, Node{Kind: Quote, Children: e.pieces()})
		case "rich_text_preformatted":
			nodes = append(nodes, Node{Kind: Pre, Children: e.pieces()})
		case "rich_text_list":
			list := Node{Kind: List}
			_ = json.Unmarshal(e.Style, &list.Target) // a list without a style is a bullet list
			for _, item := range e.Elements {
				list.Children = append(list.Children, Node{Kind: Item, Children: item.pieces()})
			}
			nodes = append(nodes, list)
		}
	}
	return nodes
}

func (r richText) pieces() []Node {
	var nodes []Node
	for _, e := range r.Elements {
		node := e.piece()
		var style struct{ Bold, Italic, Strike, Code bool }
		if len(e.Style) > 0 {
			_ = json.Unmarshal(e.Style, &style) // an unreadable style shows plain words
		}
		for _, wrap := range []struct {
			on   bool
			kind Kind
		}{{style.Code, Code}, {style.Strike, Strike}, {style.Italic, Italic}, {style.Bold, Bold}} {
			if wrap.on {
				node = Node{Kind: wrap.kind, Children: []Node{node}}
			}
		}
		nodes = append(nodes, node)
	}
	return nodes
}

func (r richText) piece() Node {
	switch r.Type {
	case "link":
		return Node{Kind: Link, Target: r.URL, Text: r.Text}
	case "user":
		return Node{Kind: User, Target: r.UserID}
	case "usergroup":
		return Node{Kind: Usergroup, Target: r.UsergroupID}
	case "channel":
		return Node{Kind: Channel, Target: r.ChannelID}
	case "broadcast":
		return Node{Kind: Broadcast, Target: r.Range}
	case "emoji":
		name := r.Name
		if r.SkinTone >= 2 && r.SkinTone <= 6 {
			name += "::skin-tone-" + string(rune('0'+r.SkinTone))
		}
		return Node{Kind: Emoji, Text: name}
	case "date":
		var epoch json.Number
		_ = json.Unmarshal(r.Timestamp, &epoch)
		seconds, err := epoch.Int64()
		if err != nil {
			return Node{Kind: Text, Text: r.Fallback}
		}
		return Node{Kind: Date, Epoch: seconds, Format: r.Format, Target: r.URL, Text: r.Fallback}
	case "color":
		return Node{Kind: Text, Text: r.Value}
	default:
		return Node{Kind: Text, Text: r.Text}
	}
}
