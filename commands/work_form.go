package commands

import (
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// criteriaInput is how much the input of the criteria takes, in runes.
// https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
const criteriaInput = 3000

// workForm draws the form for an idea's kind of work, size and acceptance
// criteria.
func workForm(m metadata, idea pipeline.Idea, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	var kinds []*slack.OptionBlockObject
	for _, w := range pipeline.Works() {
		kinds = append(kinds, option(string(w), workName(w)))
	}
	blocks := append(notes,
		rich(line(text("For "), ideaTitle(idea))),
		optional(radioInput(pipeline.FieldWork, m.Fresh, "Kind of work", "", typed[pipeline.FieldWork], kinds)),
		optional(textInput(pipeline.FieldSize, m.Fresh, "Size in points", fmt.Sprintf("A whole number from 1 to %d. Leave it empty while nobody knows.", pipeline.SizeMax), "8", typed[pipeline.FieldSize], 20, false)),
		optional(textInput(pipeline.FieldCriteria, m.Fresh, "Acceptance criteria", fmt.Sprintf("One a line, at most %d: what must hold when it is done.", pipeline.CriteriaLimit), "", typed[pipeline.FieldCriteria], criteriaInput, true)))
	return form(formWork, "Size and criteria", "Save", m, blocks...)
}

// workName is a kind of work in words.
func workName(w pipeline.Work) string {
	switch w {
	case pipeline.Feature:
		return "Feature: something new for those who use it"
	case pipeline.Technical:
		return "Technical work: they would not notice it at once"
	case pipeline.Bug:
		return "Bug: something that should work and does not"
	case pipeline.Research:
		return "Discovery: it answers a question"
	}
	return string(w)
}

// workConflict tells somebody whose own words are in the form below what the
// idea says now.
func workConflict(now pipeline.Idea) []slack.Block {
	return []slack.Block{
		say("*Somebody changed this while you were typing.* Your words are still below. Save again to put them in place of what it says now."),
		workSaid(now),
	}
}

// workSaid shows what an idea says now beside what is typed in the form.
func workSaid(now pipeline.Idea) slack.Block {
	says := workOf(now)
	said := []slack.RichTextElement{line(bold("What it says now"))}
	for _, part := range []struct {
		field pipeline.Field
		label string
	}{
		{pipeline.FieldWork, "Kind of work: "}, {pipeline.FieldSize, "Size in points: "}, {pipeline.FieldCriteria, "Acceptance criteria: "},
	} {
		words := says[part.field]
		switch {
		case words == "":
			said = append(said, line(bold(part.label), text("nothing")))
		case part.field == pipeline.FieldCriteria:
			said = append(said, line(bold(part.label)), quote(words))
		default:
			said = append(said, line(bold(part.label), text(words)))
		}
	}
	return rich(said...)
}

// workBlock says how big an idea is and when it counts as done.
func workBlock(idea pipeline.Idea) *slack.RichTextBlock {
	said := []slack.RichTextElement{line(bold("Size and acceptance criteria")), line(text(workWords(idea)))}
	for _, criterion := range idea.Criteria {
		said = append(said, line(text("• "+criterion)))
	}
	return rich(said...)
}

// workWords says what kind of work an idea is and how big.
func workWords(idea pipeline.Idea) string {
	work, size := "kind of work not said yet", "no size yet"
	if idea.Work != "" {
		work = string(idea.Work)
	}
	if idea.Size > 0 {
		size = counted(idea.Size, "point", "points")
	}
	return capital(work) + ", " + size
}
