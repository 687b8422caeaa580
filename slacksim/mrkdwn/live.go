package mrkdwn

import "strings"

// Control is something alive in a text: it pings, links, or changes how words look.
type Control struct {
	Kind    Kind
	Target  string // as in Node; the URL of a link, the id or range of a mention
	Text    string // its label, or the words it formats
	Pointer string // LivePayload only: JSON pointer to the string or element it was found in
}

// Pings tells whether the control notifies people.
func (c Control) Pings() bool {
	return c.Kind == User || c.Kind == Usergroup || c.Kind == Broadcast
}

// Formats tells whether the control only changes how words look.
func (c Control) Formats() bool {
	switch c.Kind {
	case Bold, Italic, Strike, Code, Pre, Quote:
		return true
	}
	return false
}

// Live lists what is alive in mrkdwn, in reading order, outer before inner. Emoji are not listed: they
// are words in another shape.
func Live(text string, opts Options) []Control {
	return live(Parse(text, opts))
}

func live(nodes []Node) []Control {
	var all []Control
	for _, n := range nodes {
		switch n.Kind {
		case Text, Newline, Emoji:
			continue
		case Date:
			all = append(all, Control{Kind: Date, Text: n.Text})
			if n.Target != "" {
				all = append(all, Control{Kind: Link, Target: n.Target, Text: n.Text})
			}
		case Bold, Italic, Strike, Code, Pre, Quote:
			all = append(all, Control{Kind: n.Kind, Text: words(n.Children)})
		case Link, User, Channel, Usergroup, Broadcast:
			all = append(all, Control{Kind: n.Kind, Target: n.Target, Text: n.Text})
		}
		all = append(all, live(n.Children)...)
	}
	return all
}

func words(nodes []Node) string {
	var b strings.Builder
	var write func([]Node)
	write = func(nodes []Node) {
		for _, n := range nodes {
			switch n.Kind {
			case Newline:
				b.WriteByte('\n')
			case Emoji:
				b.WriteString(EmojiChar(n.Text))
			default:
				b.WriteString(n.Text)
			}
			write(n.Children)
		}
	}
	write(nodes)
	return b.String()
}
