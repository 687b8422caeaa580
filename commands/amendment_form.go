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

// amendmentClash shows what somebody else made of an answer while one was
// typing.
func amendmentClash(theirs pipeline.Answer) []slack.Block {
	now := "nothing"
	if theirs.Value != "" {
		now = pipeline.Cut(answerWords(theirs), answerCut)
	}
	return []slack.Block{
		say("*Somebody amended the same while you were typing.* What you typed is still below. Submit again to amend what it says now."),
		rich(line(person(theirs.By), text(", "), moment(theirs.At), text(":")), quote(now)),
	}
}

func amendedNote(run pipeline.Run) Reply {
	return aboutRun(run, Mrkdwn("Amended: the test on *"+run.Idea.String()+"* goes on. Both values stay on record."))
}
