package commands

import (
	"maps"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// Places that a suggestion can stand in, beside the forms of view.go.
const (
	inCard     = "card"     // of an idea, in its team's channel
	inCaptured = "captured" // the private answer to a capture
	inOrphans  = "orphans"  // a page of ideas without a link
)

// words of a suggestion: what it is, and why. Both quote what people typed.
func (s suggested) words() string {
	words := s.Key.String() + "  " + s.Statement
	if s.Why != "" {
		words += "\n" + capital(s.Why)
	}
	return words
}

// blocks draw a suggestion with its answers. place is what their values tell of
// where it stands.
func (s suggested) blocks(idea pipeline.Key, place params) []slack.Block {
	return []slack.Block{
		slack.NewSectionBlock(plain("Suggested: "+s.words()), nil, nil),
		buttons(s.acceptButton(idea, "Link it", place), s.dismissButton(idea, "Not this one", place)),
	}
}

func (s suggested) value(idea pipeline.Key, place params) params {
	return params{maps.Clone(place.Values)}.set("idea", idea.String()).set("outcome", s.Key.String())
}

func (s suggested) acceptButton(idea pipeline.Key, label string, place params) *slack.ButtonBlockElement {
	return button(actionAccept+":"+idea.String()+"."+s.Key.String(), label, idea.String()+" to "+s.Key.String(), s.value(idea, place))
}

func (s suggested) dismissButton(idea pipeline.Key, label string, place params) *slack.ButtonBlockElement {
	return button(actionDismiss+":"+idea.String()+"."+s.Key.String(), label, s.Key.String()+" for "+idea.String(), s.value(idea, place))
}

// suggestedLines name suggestions in a form whose menu offers them first.
func suggestedLines(all []suggested) []slack.RichTextElement {
	lines := []slack.RichTextElement{line(bold("Suggested"))}
	for _, s := range all {
		lines = append(lines, line(text(s.words())))
	}
	return lines
}

// onCard draws what a language model suggests for an idea.
func (s suggested) onCard(idea pipeline.Key) []slack.Block {
	return append(s.blocks(idea, newParams("in", inCard)), note("A language model suggests this. Nothing is linked until somebody does it."))
}

// capturedSuggestions are part of the private answer to a capture. known tells that
// what is like the new idea was answered before.
func capturedSuggestions(idea pipeline.Idea, all []suggested, known bool) []slack.Block {
	if len(all) == 0 {
		return nil
	}
	place := newParams("in", inCaptured)
	if known {
		place.set("known", "1")
	}
	key := idea.Key.String()
	blocks := []slack.Block{slack.NewDividerBlock(), say("*What is it for?*")}
	for _, s := range all {
		blocks = append(blocks, s.blocks(idea.Key, place)...)
	}
	return append(blocks, buttons(button(actionOutcome+":other", "Another outcome…", "for "+key, newParams("idea", key))))
}
