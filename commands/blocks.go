package commands

import (
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// The pieces that messages, forms and Home are drawn from.

// rich puts paragraphs of typed text together. Rich text is never parsed.
func rich(paragraphs ...slack.RichTextElement) *slack.RichTextBlock {
	return slack.NewRichTextBlock("", paragraphs...)
}

// line is one paragraph of runs of text.
func line(runs ...slack.RichTextSectionElement) *slack.RichTextSection {
	return slack.NewRichTextSection(runs...)
}

func text(s string) slack.RichTextSectionElement { return slack.NewRichTextSectionTextElement(s, nil) }

func bold(s string) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(s, &slack.RichTextSectionTextStyle{Bold: true})
}

func struck(s string) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(s, &slack.RichTextSectionTextStyle{Bold: true, Strike: true})
}

// quote shows several lines somebody typed, set apart from our own words.
func quote(s string) *slack.RichTextQuote {
	return &slack.RichTextQuote{Type: slack.RTEQuote, Elements: []slack.RichTextSectionElement{text(s)}}
}

func header(s string) *slack.HeaderBlock { return slack.NewHeaderBlock(plain(pipeline.Cut(s, 150))) }

func say(parts ...Mrkdwn) *slack.SectionBlock {
	return slack.NewSectionBlock(markup(join(parts, "")), nil, nil)
}

func note(parts ...Mrkdwn) *slack.ContextBlock {
	return slack.NewContextBlock("", markup(join(parts, "")))
}

func join(parts []Mrkdwn, between string) Mrkdwn {
	words := make([]string, len(parts))
	for i, part := range parts {
		words[i] = string(part)
	}
	return Mrkdwn(strings.Join(words, between))
}

func buttons(elements ...slack.BlockElement) *slack.ActionBlock {
	return slack.NewActionBlock("", elements...)
}

// button with what it acts on, for the eye and for screen readers.
func button(action, label, about string, value params) *slack.ButtonBlockElement {
	b := slack.NewButtonBlockElement(action, value.encode(), plain(pipeline.Cut(label, 75)))
	if about != "" {
		b.AccessibilityLabel = pipeline.Cut(label+" "+about, 75)
	}
	return b
}

func primary(b *slack.ButtonBlockElement) *slack.ButtonBlockElement {
	b.Style = slack.StylePrimary
	return b
}

// confirm asks before a step that others will see.
func confirm(b *slack.ButtonBlockElement, title, question, yes string) *slack.ButtonBlockElement {
	b.Confirm = slack.NewConfirmationBlockObject(plain(title), plain(question), plain(yes), plain("Cancel"))
	return b
}

// option of a menu; a label over Slack's 75 characters is cut.
func option(value, label string) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(value, plain(pipeline.Cut(label, 75)), nil)
}

// tell is a private message of a few of our own words.
func tell(words Mrkdwn, more ...slack.Block) Reply {
	return Reply{Tell: &Post{Text: words, Blocks: append([]slack.Block{say(words)}, more...)}}
}
