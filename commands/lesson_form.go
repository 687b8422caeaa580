package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// learned is what the form of a lesson starts with: the tests chosen before, or
// the one there is.
func learned(run pipeline.Run, tests []pipeline.RunSummary) map[pipeline.Field]string {
	var chosen []string
	for _, id := range run.Tests {
		chosen = append(chosen, strconv.Itoa(id))
	}
	if len(chosen) == 0 && len(tests) == 1 {
		chosen = []string{strconv.Itoa(tests[0].ID)}
	}
	return map[pipeline.Field]string{pipeline.FieldTests: strings.Join(chosen, ",")}
}

// lessonForm asks which tests a card learns from, and what follows.
func lessonForm(m metadata, idea pipeline.Idea, tests []pipeline.RunSummary, shown map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	var options, initial []*slack.OptionBlockObject
	chosen := strings.Split(shown[pipeline.FieldTests], ",")
	for _, test := range tests {
		ending := " · " + string(test.Verdict)
		title := test.Title
		if title == "" {
			title = fmt.Sprintf("%s %d", test.Name, test.ID)
		}
		o := option(strconv.Itoa(test.ID), pipeline.Cut(title, 75-len(ending)-1)+ending)
		options = append(options, o)
		if slices.Contains(chosen, o.Value) {
			initial = append(initial, o)
		}
	}
	menu := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, plain("Choose tests"), actionDraft, options...)
	menu.InitialOptions = initial
	blocks := append(notes, rich(line(ideaTitle(idea))),
		reporting(pipeline.FieldTests, m.Fresh, "Which tests is this learned from?", "Those with a verdict.", menu),
		radioInput(pipeline.FieldLearning, m.Fresh, "What do you do with the idea?", "", shown[pipeline.FieldLearning], decisionOptions()),
		note("A card that is concluded stays as it is. You can always begin another."))
	return form(formLearn, "Conclude", "Conclude", m, blocks...)
}

// decisionOptions are the decisions of a learning card with what each means.
func decisionOptions() []*slack.OptionBlockObject {
	meaning := map[pipeline.Learning]string{
		pipeline.Retire:      "Retire: it does not hold, stop here",
		pipeline.Pivot:       "Pivot: change the idea by what was learned",
		pipeline.Persevere:   "Persevere: it holds, go on with it",
		pipeline.KeepTesting: "Keep testing: it is not clear yet",
	}
	var options []*slack.OptionBlockObject
	for _, d := range pipeline.Learnings() {
		options = append(options, option(string(d), meaning[d]))
	}
	return options
}

// lessonNote says what a card concluded.
func lessonNote(run pipeline.Run) Reply {
	_, because := run.Judge()
	return aboutRun(run, Mrkdwn("Concluded on *"+run.Idea.String()+"*. ")+escape(because))
}
