package commands

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// observed is what an observation on record puts into its form. The note is
// left empty: it says why the observation is corrected.
func observed(run pipeline.Run) map[pipeline.Field]string {
	o := run.Observation
	if o == nil {
		return nil
	}
	shown := map[pipeline.Field]string{pipeline.FieldObservation: o.Value}
	if o.Points > 0 {
		shown[pipeline.FieldPoints] = strconv.Itoa(o.Points)
	}
	if o.Value == "" {
		shown[fieldUnmeasured] = pipeline.Yes
	}
	return shown
}

// observationForm asks what a test showed and nothing else: what it promised
// stands above, and decides.
func observationForm(m metadata, idea pipeline.Idea, run pipeline.Run, shown map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	title, noteLabel, noteHint := "What did it show?", "Note", "Where the number was read, and anything else that was noticed."
	blocks := append(notes, rich(line(ideaTitle(idea))), promised(run))
	if o := run.Observation; o != nil {
		title, noteLabel, noteHint = "Correct what it showed", "Why is it corrected?", "The team will read it beside both observations."
		blocks = append(blocks, rich(line(text("On record, by "), person(o.By), text(", "), moment(o.At), text(":")), quote(pipeline.Cut(o.String(), answerCut))))
	}
	label, hint := "What was the number?", "In digits."
	if unit := promisedUnit(run); unit != "" {
		hint = "In digits; the unit is " + unit + "."
	}
	number := optional(textInput(pipeline.FieldObservation, m.Fresh, label, hint, "30", shown[pipeline.FieldObservation], numberRoom, false))
	unmeasured := slack.NewCheckboxGroupsBlockElement(actionDraft, option(pipeline.Yes, "It could not be measured"))
	if shown[fieldUnmeasured] != "" {
		unmeasured.InitialOptions = unmeasured.Options
	}
	blocks = append(blocks, number)
	if sample := answerTo(run, pipeline.ItemSample); sample != "" {
		was := ""
		if first, _, amended := amendedFrom(run, pipeline.ItemSample); amended {
			was = " It was " + quoted(first.From) + " when the test started."
		}
		blocks = append(blocks, optional(textInput(pipeline.FieldPoints, m.Fresh, "How many data points is that?",
			"At least "+sample+" were promised; with fewer the test is inconclusive."+was, "40", shown[pipeline.FieldPoints], numberRoom, false)))
	}
	said := textInput(pipeline.FieldNote, m.Fresh, noteLabel, noteHint, "", shown[pipeline.FieldNote], pipeline.TextLimit, true)
	said.Optional = run.Observation == nil // a correction says why
	blocks = append(blocks, optional(reporting(fieldUnmeasured, m.Fresh, "No number?", "", unmeasured)), said)
	return form(formObserve, title, "Save", m, blocks...)
}

// observationClash tells that what a test showed was put on record while one was
// typing.
func observationClash() []slack.Block {
	return []slack.Block{say("*What it showed was put on record while you were typing.* What you typed is still below. If yours is right, say why it is corrected, and save again.")}
}

// answerCut is how much of a long answer stands beside an input, in runes. All
// of it is among the answers of the run.
const answerCut = 1000

func answerTo(run pipeline.Run, id pipeline.ItemID) string {
	return run.Answers[pipeline.AnswerKey(id)].Value
}

// promised shows what a test promised: what is believed, and the number that
// decides, with what it was before it was amended.
func promised(run pipeline.Run) *slack.RichTextBlock {
	said := []slack.RichTextElement{
		line(bold("What was believed")), quote(pipeline.Cut(answerTo(run, pipeline.ItemHypothesis), answerCut)),
		line(bold("It is right if the number is "), text(promisedNumber(run)+".")),
	}
	if was := promisedNumber(asStarted(run)); was != promisedNumber(run) {
		said = append(said, line(text("When the test started it was "+was+".")))
	}
	return rich(said...)
}

// asStarted is a test with what it promised when it started.
func asStarted(run pipeline.Run) pipeline.Run {
	run.Answers = maps.Clone(run.Answers)
	for _, a := range slices.Backward(run.Amendments) {
		if answer, is := run.Answers[pipeline.AnswerKey(a.Item)]; is || a.From != "" {
			answer.Value = a.From
			run.Answers[pipeline.AnswerKey(a.Item)] = answer
		}
	}
	return run
}

// promisedNumber words the number that decides: "at least 30 %".
func promisedNumber(run pipeline.Run) string {
	direction := answerTo(run, pipeline.ItemDirection)
	if direction == "" {
		direction = pipeline.AtLeast
	}
	return direction + " " + answerTo(run, pipeline.ItemCriterion)
}

// promisedUnit is the unit of that number; "" where it has none.
func promisedUnit(run pipeline.Run) string {
	for _, item := range run.Template.Items {
		if item.ID == pipeline.ItemCriterion {
			if _, unit, err := pipeline.ParseNumber(answerTo(run, item.ID), item.Unit); err == nil {
				return unit
			}
		}
	}
	return ""
}

// startedNote says that a test runs and until when.
func startedNote(run pipeline.Run, loc *time.Location) Reply {
	return aboutRun(run, Mrkdwn("The test on *"+run.Idea.String()+"* has started, and what it promised is frozen. At its deadline, ")+
		whenTime(run.Deadline(loc))+", "+mention(run.Owner())+" is asked what it showed.")
}

// verdictNote says what an observation decided.
func verdictNote(run pipeline.Run) Reply {
	verdict, because := run.Judge()
	words := Mrkdwn("Saved.")
	switch verdict {
	case pipeline.Passed, pipeline.Failed:
		words = Mrkdwn("The test on *" + run.Idea.String() + "* has *" + string(verdict) + "*.")
	case pipeline.Inconclusive:
		words = Mrkdwn("The test on *" + run.Idea.String() + "* is *inconclusive*.")
	}
	return aboutRun(run, words+" "+escape(because))
}

// aboutRun is a private message about a run with the way to all of the idea.
func aboutRun(run pipeline.Run, words Mrkdwn) Reply {
	key := run.Idea.String()
	return tell(words, buttons(button(actionValidate, "Overview", "of "+key, newParams("idea", key))))
}
