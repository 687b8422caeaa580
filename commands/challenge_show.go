package commands

import (
	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// answersShown is how many answers to former questions the details show.
const answersShown = 3

// challengeBlocks say in the details what is asked about an idea, and what was
// answered.
func (d details) challengeBlocks() []slack.Block {
	c, key := d.challenge.Challenge, d.idea.Key
	var blocks []slack.Block
	if d.challenge.Stands(d.idea) {
		due := note("An answer of the product owners is due by ", whenTime(c.Deadline), ".")
		if c.Unanswered(d.now) {
			due = note("*Unanswered:* an answer of the product owners was due by ", whenTime(c.Deadline), ".")
		}
		blocks = append(blocks, whoAsks(d.challenge), due)
		if steps := d.challengeSteps(key); len(steps) > 0 {
			blocks = append(blocks, buttons(steps...))
		}
	}
	for n := range c.Answers[max(0, len(c.Answers)-answersShown):] {
		answer := c.Answers[len(c.Answers)-1-n]
		said := askLines(counted(answer.Asked, "person asked", "people asked"), answer.Asks, answer.Asked)
		if answer.By == "" {
			said = append(said, line(text(answer.Verdict.InWords()+".")))
		} else {
			said = append(said, line(person(answer.By), text(" · "), moment(answer.At), text(" · "), bold(answer.Verdict.InWords()), text(", because")), quote(answer.Words))
		}
		blocks = append(blocks, rich(said...))
	}
	if to := c.ToMove(d.idea); to != "" && d.may(pipeline.DecideIdea) {
		blocks = append(blocks, note("It stays in the Product Backlog until that is done."), buttons(leadingButton(d.idea, to, inDetails)))
	}
	if len(blocks) == 0 {
		return nil
	}
	return append([]slack.Block{slack.NewDividerBlock(), say("*Is this the best use of our time?*")}, blocks...)
}

// challengeSteps are what the reader may do about the question that stands.
func (d details) challengeSteps(key pipeline.Key) []slack.BlockElement {
	var steps []slack.BlockElement
	if d.may(pipeline.AnswerChallenge) {
		steps = append(steps, challengeAnswerButton(key, inDetails))
	}
	switch {
	case !d.may(pipeline.ChallengeIdea):
	case d.challenge.Mine != nil:
		steps = append(steps, challengeButton(key, "Change my words", inDetails), takeBackButton(key, inDetails))
	default:
		steps = append(steps, challengeButton(key, "I ask this too", inDetails))
	}
	return steps
}
