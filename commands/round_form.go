package commands

import (
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// The ready-made rounds, as the buttons that fill them in carry them. They begin
// the ids of their questions.
const (
	readyAlignment  = "align"
	readyReflection = "reflect"
)

// startRoundForm draws the form that starts a round.
func startRoundForm(m metadata, team pipeline.Team, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	ready := func(label, about, which string) slack.BlockElement {
		return button(actionRoundNew+":"+which, label, about, newParams("team", string(team.Key), "ready", which))
	}
	blocks := append([]slack.Block{}, notes...)
	blocks = append(blocks,
		buttons(ready("Reflection round", "five questions about how we work", readyReflection), ready("Alignment check", "eight questions about one outcome", readyAlignment)),
		optional(textInput(pipeline.FieldQuestion, m.Fresh, "A question of your own", "Or choose from the ready ones below.", "", typed[pipeline.FieldQuestion], pipeline.OwnQuestionLimit, true)),
		optional(peopleInput(pipeline.FieldPeople, m.Fresh, "Who is asked?", "Empty: everybody in the team's channel. Each of them gets a private message. Bots are left out, and guests where alignbot is not open to them.", typed[pipeline.FieldPeople])),
		optional(textInput(pipeline.FieldDays, m.Fresh, "Workdays to answer", "A whole number from 1 to 20. Today does not count.", "3", typed[pipeline.FieldDays], numberRoom, false)),
		tickInput(pipeline.FieldAnonymous, m.Fresh, "Names", "Anonymous: nobody learns who answered what", typed),
		readyInput(pipeline.FieldReady, m.Fresh, "Ready questions: was it worth it?", typed, readyAlignment),
		readyInput(fieldReflect, m.Fresh, "Ready questions: how do we work?", typed, readyReflection),
	)
	return form(formRound, "Ask people", "Ask", m, blocks...)
}

// readyInput are boxes for the ready questions of one kind.
func readyInput(field pipeline.Field, fresh, label string, typed map[pipeline.Field]string, kind string) *slack.InputBlock {
	ticked := strings.Split(typed[field], ",")
	var options, initial []*slack.OptionBlockObject
	for _, q := range pipeline.ReadyQuestions() {
		if !strings.HasPrefix(q.ID, kind) {
			continue
		}
		first, rest := folded(q.Words, optionRoom)
		o := option(q.ID, first)
		if rest != "" {
			o.Description = plain(pipeline.Cut(rest, optionRoom))
		}
		options = append(options, o)
		for _, id := range ticked {
			if id == q.ID {
				initial = append(initial, o)
			}
		}
	}
	boxes := slack.NewCheckboxGroupsBlockElement(actionDraft, options...)
	boxes.InitialOptions = initial
	return optional(reporting(field, fresh, label, "", boxes))
}

// optionRoom is how long an option may be, and as much again its description.
// https://docs.slack.dev/reference/block-kit/composition-objects/option-object
const optionRoom = 75

// folded breaks a line between words where it is longer than that.
func folded(words string, room int) (first, rest string) {
	if utf8.RuneCountInString(words) <= room {
		return words, ""
	}
	end := strings.LastIndexByte(string([]rune(words)[:room+1]), ' ')
	if end < 0 {
		return words, ""
	}
	return words[:end], words[end+1:]
}

// peopleInput is for several people of the workspace, by user id with commas
// between them.
func peopleInput(field pipeline.Field, fresh, label, hint, initial string) *slack.InputBlock {
	people := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeUser, plain("Choose people"), actionDraft)
	if initial != "" {
		people.InitialUsers = strings.Split(initial, ",")
	}
	return reporting(field, fresh, label, hint, people)
}

// answerForm draws the form in which somebody answers a round.
func answerForm(m metadata, r pipeline.Round, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append([]slack.Block{}, notes...)
	for i, question := range r.Questions {
		field := pipeline.AnswerField(i)
		input := optional(textInput(field, m.Fresh, question, "", "", typed[field], pipeline.RoundAnswerLimit, true))
		if m.Draft == "" {
			input.DispatchAction = false
		}
		blocks = append(blocks, input)
	}
	promise := roundPromise(r)
	if m.Draft == "" {
		promise += " What you type here is kept nowhere until you send it."
	}
	blocks = append(blocks, note(promise), note("Leave out what you have nothing to say about. You can change your answer until ", whenTime(r.Deadline), "."))
	return form(formRoundAnswer, "Your answer", "Send", m, blocks...)
}

// roundPromise says who learns who answered what.
func roundPromise(r pipeline.Round) Mrkdwn {
	if r.Anonymous {
		return "Anonymous: nobody can look up who answered what, admins included, and nothing is shown under " + Mrkdwn(counted(pipeline.AnonymousLeast, "answer", "answers")) + "."
	}
	return "Your name stands beside your answer. Answers are shown when the round closes."
}

// tryForm draws the form in which one thing is chosen to try after a round.
func tryForm(m metadata, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append([]slack.Block{say("*One thing that you try because of the answers.* It is told in the thread of the round.")}, notes...)
	return form(formRoundTry, "What we try", "Tell everybody", m, append(blocks,
		textInput(pipeline.FieldExperiment, m.Fresh, "What is tried?", "One line, small enough to be over by the day below.", "", typed[pipeline.FieldExperiment], pipeline.ExperimentLimit, true),
		personInput(pipeline.FieldOwner, m.Fresh, "Who looks after it?", "", typed[pipeline.FieldOwner]),
		dateInput(pipeline.FieldExperimentDay, m.Fresh, "Tried by", "", typed[pipeline.FieldExperimentDay]),
	)...)
}
