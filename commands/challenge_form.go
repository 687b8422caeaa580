package commands

import (
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// asksShown is how many of those who ask a message, a form or the details show.
const asksShown = 5

// challengeForm draws the form in which somebody asks; owners are the names of those
// who are asked.
func challengeForm(m metadata, idea pipeline.Idea, state storage.ChallengeState, owners []string, now time.Time) *slack.ModalViewRequest {
	blocks := []slack.Block{rich(line(ideaTitle(idea))), say("*Is this the best use of our time?*")}
	stands, why := state.Stands(idea), ""
	if state.Mine != nil && stands {
		why = state.Mine.Why
		blocks = append(blocks, note("You ask this already. What you send takes the place of your words, your name among them: choose again."))
	}
	if stands {
		blocks = append(blocks, whoAsks(state), note("An answer is due by ", whenTime(state.Challenge.Deadline), "."))
	}
	because := textInput(pipeline.FieldWhy, m.Fresh, "Why do you doubt it?", "One line: what you know that speaks against it, or what else would do more.", "", why, pipeline.ReasonLimit, true)
	naming := radioInput(pipeline.FieldNaming, m.Fresh, "Who learns that you ask?", "", "", []*slack.OptionBlockObject{
		option(string(pipeline.ChallengeNamed), "Everybody who can see "+m.Idea+": my name stands beside it"),
		option(string(pipeline.ChallengeInConfidence), "Nobody: in confidence"),
	})
	blocks = append(blocks, because, naming)
	inputs := []*slack.InputBlock{because, naming}
	if !state.Challenge.Joined(idea, len(state.Asks), now) {
		days := optional(textInput(pipeline.FieldDays, m.Fresh, "Workdays to answer", "A whole number from 1 to 20. Today does not count.", "", strconv.Itoa(pipeline.ChallengeDays), numberRoom, false))
		blocks, inputs = append(blocks, days), append(inputs, days)
	}
	for _, input := range inputs {
		input.DispatchAction = false // no draft is kept
	}
	to := escape(pipeline.Cut(strings.Join(owners, ", "), 1000))
	return form(formChallenge, "Best use of our time?", "Ask", m, append(blocks,
		note("Your words go to the product owners in a private message: ", to, ". Everybody who can see ", Mrkdwn(m.Idea), " finds them in its details, and beside the answer."),
		note("In confidence: your name is not stored, and nobody can look it up, admins and product owners included. Until the answer a key made from it is kept, so that you ask once and can take it back: whoever runs my storage could try names on it. With the answer it is forgotten. How you write may still tell who you are. What you type here is kept nowhere until you send it."),
	)...)
}

// whoAsks is how many people ask, with the words of some of them.
func whoAsks(state storage.ChallengeState) *slack.RichTextBlock {
	return rich(askLines(counted(len(state.Asks), "person asks", "people ask"), state.Asks, len(state.Asks))...)
}

// askLines are how many people ask or asked, with the words of some of them.
func askLines(count string, asks []pipeline.ChallengeAsk, of int) []slack.RichTextElement {
	said := []slack.RichTextElement{line(bold(count))}
	shown := asks[:min(len(asks), asksShown)]
	for _, ask := range shown {
		who := []slack.RichTextSectionElement{text("In confidence")}
		if ask.By != "" {
			who = []slack.RichTextSectionElement{person(ask.By), text(" · "), moment(ask.At)}
		}
		said = append(said, line(who...), quote(ask.Why))
	}
	if more := of - len(shown); more > 0 {
		said = append(said, line(text("And "+strconv.Itoa(more)+" more.")))
	}
	return said
}

// challengeAnswerForm draws the form in which a product owner answers.
func challengeAnswerForm(m metadata, idea pipeline.Idea, state storage.ChallengeState, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append([]slack.Block{rich(line(ideaTitle(idea))), say("*Is this the best use of our time?*"), whoAsks(state)}, notes...)
	var options []*slack.OptionBlockObject
	for _, v := range pipeline.ChallengeVerdicts() {
		label := v.InWords()
		if v.LeadsTo() != "" {
			label += "…"
		}
		options = append(options, option(string(v), label))
	}
	return form(formChallengeAnswer, "Your answer", "Answer", m, append(blocks,
		radioInput(pipeline.FieldVerdict, m.Fresh, "What becomes of it?", "To take it back or to park it, the next step opens its form: it asks for what it always does.", typed[pipeline.FieldVerdict], options),
		textInput(pipeline.FieldNote, m.Fresh, "Because", "One line. It is kept with the idea, under your name, and told in its thread.", "", typed[pipeline.FieldNote], pipeline.ReasonLimit, true),
	)...)
}
