package commands

import (
	"maps"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// amended is what the form of an amendment starts with.
func amended(run pipeline.Run, id pipeline.ItemID) map[pipeline.Field]string {
	return map[pipeline.Field]string{fieldAmended(id): answerTo(run, id)}
}

// amendmentForm asks for another answer to an item that is frozen, and why.
// shown nil leaves the inputs as they stand.
func amendmentForm(m metadata, idea pipeline.Idea, run pipeline.Run, item pipeline.Item, shown map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	id := item.ID
	blocks := append(notes, rich(line(ideaTitle(idea))),
		note("The test runs. What it promised before stays on record beside what you change, with your reason."))
	input := item
	input.ID, input.Why = pipeline.ItemID(fieldAmended(id)), false
	typed := maps.Clone(shown)
	if typed == nil {
		typed = map[pipeline.Field]string{}
	}
	blocks = append(blocks, stepForm{run: run, m: m, typed: typed}.inputs(input)...)
	blocks = append(blocks, textInput(pipeline.FieldWhy, m.Fresh, "Why does it change?", "In a line. The team will read it beside both values.", "", shown[pipeline.FieldWhy], pipeline.AnswerWhyLimit, false))
	return form(formAmend, "Amend the test", "Amend", m, blocks...)
}

// amendmentClash shows what became of an answer while one was typing: by somebody
// else, or by the reader, whose first try may have been stored.
func amendmentClash(reader string, item pipeline.Item, theirs pipeline.Answer) []slack.Block {
	who := "Somebody amended the same while you were typing."
	if theirs.By == reader {
		who = "You have amended this already."
	}
	now := []slack.RichTextSectionElement{text("nothing")}
	switch {
	case theirs.Value != "" && item.Kind == pipeline.KindPerson:
		now = valueShown(item, theirs.Value)
	case theirs.Value != "":
		now = []slack.RichTextSectionElement{text(pipeline.Cut(answerShown(item, theirs), answerCut))}
	}
	return []slack.Block{
		say("*" + Mrkdwn(who) + "* What you typed is still below. Submit again to amend what it says now."),
		rich(line(person(theirs.By), text(", "), moment(theirs.At), text(":")), &slack.RichTextQuote{Type: slack.RTEQuote, Elements: now}),
	}
}

func amendedNote(run pipeline.Run) Reply {
	return aboutRun(run, Mrkdwn("Amended: the test on *"+run.Idea.String()+"* goes on. Both values stay on record."))
}
