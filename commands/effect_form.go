package commands

import (
	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// The forms and lines about what a delivered idea changes.

// expectInputs ask what an idea is expected to change, and when to ask whether it
// did.
func expectInputs(fresh string, typed map[pipeline.Field]string) []*slack.InputBlock {
	return []*slack.InputBlock{
		textInput(pipeline.FieldExpected, fresh, "What will be different, and by how much?", "One line. On the day below it is asked whether it is so. Empty: it is not asked.", "",
			typed[pipeline.FieldExpected], pipeline.ExpectedLimit, false),
		dateInput(pipeline.FieldEffectDay, fresh, "Ask whether it did on", "In the morning, by the team's clocks.", typed[pipeline.FieldEffectDay]),
	}
}

// expectForm draws the form that says anew what a delivered idea is expected to
// change.
func expectForm(m metadata, idea pipeline.Idea, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	inputs := expectInputs(m.Fresh, typed)
	inputs[0].Hint = plain("One line. On the day below it is asked whether it is so.")
	blocks := append([]slack.Block{rich(line(ideaTitle(idea)))}, notes...)
	return form(formExpect, "Expected effect", "Save", m, append(blocks, inputs[0], inputs[1])...)
}

// effectForm draws the form that asks what a delivered idea changed. o is the
// outcome whose number tells; nil for none.
func effectForm(m metadata, idea pipeline.Idea, o *pipeline.Outcome, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append([]slack.Block{rich(expectedLines(idea)...)}, notes...)
	var options []*slack.OptionBlockObject
	for _, answer := range pipeline.EffectAnswers() {
		options = append(options, option(string(answer), effectLabel(answer)))
	}
	blocks = append(blocks, radioInput(pipeline.FieldEffectAnswer, m.Fresh, "Did it change what it was for?", "", typed[pipeline.FieldEffectAnswer], options))
	if o != nil {
		label := "The number now"
		if o.Unit != "" {
			label += ", in " + o.Unit
		}
		hint := o.Key.String() + " “" + o.Statement + "” stands at " + o.NumberInWords() + "."
		blocks = append(blocks, optional(textInput(pipeline.FieldValue, m.Fresh, label, hint, "", typed[pipeline.FieldValue], numberRoom, false)))
	}
	blocks = append(blocks,
		optional(textInput(pipeline.FieldNote, m.Fresh, "What actually happened?", "One line: what changed for whom, and what you would do again. The idea keeps it.", "", typed[pipeline.FieldNote], pipeline.NoteLimit, true)),
		optional(dateInput(pipeline.FieldEffectDay, m.Fresh, "Where it is too early, ask again on", "Empty: in two weeks, or on the day that was planned where that is later.", typed[pipeline.FieldEffectDay])))
	return form(formEffect, "Say what happened", "Save", m, blocks...)
}

// effectLabel is an answer on its button.
func effectLabel(a pipeline.EffectAnswer) string {
	switch a {
	case pipeline.EffectMoved:
		return "It moved"
	case pipeline.EffectTooEarly:
		return "Too early to tell"
	case pipeline.EffectNone:
		return "No effect"
	}
	return "Unknown"
}

// expectedLines are the idea and what was expected of it.
func expectedLines(idea pipeline.Idea) []slack.RichTextElement {
	return append([]slack.RichTextElement{line(ideaTitle(idea))}, expectedOf(idea.Effect)...)
}

// expectedOf is what was expected; nothing where nobody said: an effect can be
// answered for all the same.
func expectedOf(e *pipeline.Effect) []slack.RichTextElement {
	if e == nil || e.Expected == "" {
		return nil
	}
	return []slack.RichTextElement{line(text("Expected: ")), quote(e.Expected)}
}

// effectButtons answer what an idea changed.
func effectButtons(key pipeline.Key) []slack.BlockElement {
	var elements []slack.BlockElement
	for i, answer := range pipeline.EffectAnswers() {
		value := newParams("idea", key.String(), "to", string(pipeline.Learned), "answer", string(answer))
		elements = append(elements, button(actionMove+":answer"+string(rune('1'+i)), effectLabel(answer), "about "+key.String(), value))
	}
	return elements
}

// effectBlocks say in the details what a delivered idea is expected to change, or
// what it did change; none while that is not asked.
func (d details) effectBlocks() []slack.Block {
	e := d.idea.Effect
	if d.idea.Stage != pipeline.Delivered && (e == nil || d.idea.Stage != pipeline.Learned) {
		return nil
	}
	blocks := []slack.Block{slack.NewDividerBlock(), say("*What it changes*")}
	switch {
	case e == nil:
		blocks = append(blocks, note("Nobody said what will be different, so nobody is asked."))
	case e.Answer == "" && e.Expected == "":
		blocks = append(blocks, note("Nobody said what will be different. It is asked on "+Mrkdwn(pipeline.ShowDay(e.Day))+" what it changed."+putOff(e.Again)))
	case e.Answer == "":
		blocks = append(blocks, rich(quote(e.Expected)), note("It is asked on "+Mrkdwn(pipeline.ShowDay(e.Day))+" whether it did."+putOff(e.Again)))
	default:
		said := append(expectedOf(e), line(bold(effectLabel(e.Answer))))
		if e.Note != "" {
			said = append(said, quote(e.Note))
		}
		blocks = append(blocks, rich(said...), note("Said by ", mention(e.By), " ", when(e.At), "."))
	}
	if d.open() && d.idea.Stage == pipeline.Delivered && d.may(pipeline.DecideIdea) {
		blocks = append(blocks, buttons(button(actionExpect, "Expected effect…", "of "+d.idea.Key.String(), d.value())))
	}
	return blocks
}

// putOff says how often it was too early to tell.
func putOff(times int) Mrkdwn {
	switch times {
	case 0:
		return ""
	case 1:
		return " It was too early to tell once."
	}
	return " It was too early to tell " + Mrkdwn(counted(times, "time", "times")) + "."
}

// askedOn tells when it is asked what a delivered idea changed.
func askedOn(idea pipeline.Idea) Mrkdwn {
	return Mrkdwn(idea.Key.String() + " stays delivered. It is asked on " + pipeline.ShowDay(idea.Effect.Day) + " what it changed.")
}
