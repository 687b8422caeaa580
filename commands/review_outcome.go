package commands

import (
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// reviewWordsPage is how many answers in words about one outcome are shown at once.
const reviewWordsPage = 20

// outcomeView draws one outcome of a review with what people said about it.
func (s shownReview) outcomeView(o pipeline.Outcome, m metadata) *slack.ModalViewRequest {
	at := s.place(o.Key)
	about := []slack.RichTextElement{line(bold(o.Key.String()), text("  "+o.Statement)), line(text(placeInWords(o, s.nodes)))}
	if !o.IsOpen() {
		about = append(about, line(bold("Closed, "+string(o.Result)), text(" · "), moment(o.Closed)))
	}
	blocks := append([]slack.Block{rich(about...)}, standingBlocks(o, nil, s.now)...)
	blocks = append(blocks, finishedBlock(s.report, o.Key))
	if s.may(pipeline.CheckInOutcome) && o.IsOpen() {
		blocks = append(blocks, buttons(s.standing(checkInButton(o.Key, inReview), o.Key)))
	}
	blocks = append(blocks, slack.NewDividerBlock())
	spread := pipeline.SpreadOf(s.Answers, o.Key)
	said := answeredInWords(s.Review, spread.People)
	if words := spreadInWords(spread); words != "" {
		said += "\n" + Mrkdwn(words)
	}
	blocks = append(blocks, say(said))
	mine := s.Mine(s.reader, o.Key)
	if s.Review.Answerable(s.now) && s.may(pipeline.AnswerReview) {
		blocks = append(blocks, tapBlocks(at, inReview)...)
		blocks = append(blocks, note("You said: "+escape(mineInWords(mine))+"."), buttons(primary(answerReviewButton(at, "Answer all eight…", inReview))))
	} else if !mine.IsZero() {
		blocks = append(blocks, note("You said: "+escape(mineInWords(mine))+"."))
	}
	blocks = append(blocks, s.words(o.Key)...)
	blocks = append(blocks, buttons(button(actionReview+":whole", "The whole review", "", s.value(pipeline.OutcomeKey{}, showOutcomes))))
	return form("review.outcome", pipeline.Cut("Review of "+o.Key.String(), 24), "", m, blocks...)
}

// tapBlocks are the two questions that are answered with one click.
func tapBlocks(at reviewPlace, in string) []slack.Block {
	return []slack.Block{
		say("*What evidence do we have?*"), evidenceButtons(at, in),
		say("*How confident are you that we reach the outcome, from 1 to 5?*"), confidenceButtons(at, in),
	}
}

// words are a page of what people said in words about the outcome, by question.
func (s shownReview) words(key pipeline.OutcomeKey) []slack.Block {
	type saying struct {
		question pipeline.ReviewQuestion
		by, said string
	}
	var all []saying
	for _, q := range pipeline.ReviewQuestions() {
		if q.Field == pipeline.FieldReviewEvidence || q.Field == pipeline.FieldConfidence {
			continue
		}
		for _, a := range s.Answers {
			if said := a.Said(q.Field); a.Outcome == key && said != "" {
				if q.Field == pipeline.FieldLookAgain {
					said = pipeline.ShowDay(said)
				}
				all = append(all, saying{q, a.By, said})
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	first, end, page, of := pageOf(len(all), s.page, reviewWordsPage)
	blocks := []slack.Block{slack.NewDividerBlock()}
	var group *slack.RichTextBlock
	for i, one := range all[first:end] {
		if i == 0 || one.question != all[first+i-1].question {
			group = rich(line(bold(one.question.Words)))
			blocks = append(blocks, group)
		}
		group.Elements = append(group.Elements, line(person(one.by)), quote(one.said))
	}
	if of > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d", page, of))), buttons(pageButtons(actionReview, page, of, s.value(key, showOutcomes))...))
	}
	return blocks
}
