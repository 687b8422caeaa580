package commands

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// resultForm is what the form of one result of a participant is drawn from.
type resultForm struct {
	idea pipeline.Idea
	run  pipeline.Run
	item pipeline.Item
	m    metadata
	// typed stands in the inputs; saved is when, where it comes from a draft.
	typed map[pipeline.Field]string
	saved time.Time
	// clash: somebody else noted the same result while this was typed.
	clash bool
}

// of is the form for the result named, with what was typed about it before.
func (f resultForm) of(key pipeline.AnswerKey, draft *storage.Draft) resultForm {
	stored := f.run.Answers[key]
	f.m.Result, f.m.Draft = key, runSlot(f.run.Idea, f.run.ID, resultPart(key))
	f.m.Seen = map[pipeline.AnswerKey]string{key: stored.Digest()}
	f.typed, f.saved = resultFields(key, stored), time.Time{}
	if draft == nil || len(draft.Typed) == 0 {
		return f
	}
	for field, shown := range f.typed {
		if draft.Typed[field] != shown {
			f.typed, f.saved = draft.Typed, draft.Saved
			break
		}
	}
	return f
}

// draw draws the task, the inputs for how the participant fared at it, and the
// way to the other results.
func (f resultForm) draw() *slack.ModalViewRequest {
	_, participant, number, _ := f.m.Result.Split()
	tasks := f.run.Tasks()
	number = min(max(1, number), len(tasks))
	blocks := []slack.Block{
		rich(line(ideaTitle(f.idea))),
		note(Mrkdwn(fmt.Sprintf("Task %d of %d · ", number, len(tasks))), f.progress()),
		taskBlock(number, tasks[number-1]),
	}
	stored := f.run.Answers[f.m.Result]
	switch {
	case f.clash && stored.Value == "":
		blocks = append(blocks, say("*Somebody took this result away while you were typing.* Yours is still below. Save again to note it after all."))
	case f.clash:
		blocks = append(blocks,
			say("*Somebody noted this result while you were typing.* Theirs stands; yours is still below. Save again to put yours in its place."),
			rich(line(person(stored.By), text(", "), moment(stored.At), text(":")), quote(resultWords(stored))),
			buttons(f.turn(":theirs", "Keep theirs", f.m.Result, "afresh", "1")))
	case !f.saved.IsZero():
		blocks = append(blocks, unsaved(f.saved),
			buttons(f.turn(":afresh", "Show what is saved", f.m.Result, "afresh", "1")))
	case stored.Value != "":
		blocks = append(blocks, note("Noted by ", mention(stored.By), ", "+whenTime(stored.At), ". Saving again corrects it."),
			buttons(confirm(f.turn(":remove", "Take it away", f.m.Result, "remove", "1"),
				"Take this result away?", "It no longer counts, as if it had never been noted.", "Take it away")))
	}
	blocks = append(blocks, f.inputs(tasks[number-1])...)
	blocks = append(blocks, f.others(participant, number, len(tasks))...)
	submit := "Next"
	if number == len(tasks) {
		submit = "Save"
	}
	return form(formParticipant, "Participant "+strconv.Itoa(participant), submit, f.m, blocks...)
}

// progress tells how many participants have results.
func (f resultForm) progress() Mrkdwn {
	return participantsWords(f.item, len(f.run.Participants()))
}

// taskBlock shows a task as the participant is asked to do it.
func taskBlock(number int, task pipeline.Task) *slack.RichTextBlock {
	said := []slack.RichTextElement{line(bold(fmt.Sprintf("Task %d: %s", number, task.What)))}
	if task.Done != "" {
		said = append(said, line(text("It is done when: "+task.Done)))
	}
	if task.Expected > 0 {
		said = append(said, line(text(fmt.Sprintf("Expected within %d seconds", int(task.Expected.Seconds())))))
	}
	return rich(said...)
}

// inputs of one result.
func (f resultForm) inputs(task pipeline.Task) []slack.Block {
	result, seconds, severity, said := resultInputs(f.m.Result)
	timing := "In seconds, or with a unit, such as 2 min."
	if task.Expected > 0 {
		timing += fmt.Sprintf(" More than %d seconds do not count as a success.", int(task.Expected.Seconds()))
	}
	var severities []*slack.OptionBlockObject
	for n, words := range severityWords {
		severities = append(severities, option(strconv.Itoa(n), fmt.Sprintf("%d: %s", n, words)))
	}
	return []slack.Block{
		radioInput(result, f.m.Fresh, "How did it go?", "", f.typed[result], []*slack.OptionBlockObject{
			option(pipeline.Unaided, "Done without help"), option(pipeline.WithHelp, "Done with help"), option(pipeline.NotDone, "Not done"),
		}),
		optional(textInput(seconds, f.m.Fresh, "How long did it take?", timing, "95", f.typed[seconds], numberRoom, false)),
		optional(choiceInput(severity, f.m.Fresh, "How bad was the trouble?", "", "Choose one", f.typed[severity], severities)),
		optional(textInput(said, f.m.Fresh, "What did they say?", "In their own words.", "", f.typed[said], pipeline.AnswerWhyLimit, false)),
	}
}

// severityWords say what each severity means, from 0.
var severityWords = [pipeline.SeverityMax + 1]string{"no trouble", "cosmetic", "minor: slows people down", "major: many will fail", "nobody gets past it"}

// turn is a button that turns the form to another result.
func (f resultForm) turn(suffix, label string, key pipeline.AnswerKey, more ...string) *slack.ButtonBlockElement {
	value := newParams(append([]string{
		"idea", f.idea.Key.String(), "run", strconv.Itoa(f.run.ID), "part", resultPart(key), "turn", "1",
	}, more...)...)
	return button(actionParticipant+suffix, label, "", value)
}

// others lead to the other tasks of this participant, and to the first task of
// the other participants.
func (f resultForm) others(participant, task, tasks int) []slack.Block {
	var steps []slack.BlockElement
	if task > 1 {
		steps = append(steps, f.turn(":back", "Back", pipeline.ResultKey(f.item.ID, participant, task-1)))
	}
	if task < tasks {
		steps = append(steps, f.turn(":skip", "Skip this task", pipeline.ResultKey(f.item.ID, participant, task+1)))
	}
	there := f.run.Participants()
	for _, other := range there {
		if other == participant {
			continue
		}
		steps = append(steps, f.turn(fmt.Sprintf(":p%d", other), fmt.Sprintf("Participant %d · %d of %d tasks", other, f.noted(other, tasks), tasks),
			pipeline.ResultKey(f.item.ID, other, 1)))
	}
	if slices.Contains(there, participant) {
		if newest := there[len(there)-1]; newest < pipeline.ParticipantsMax {
			steps = append(steps, f.turn(":new", "New participant", pipeline.ResultKey(f.item.ID, newest+1, 1)))
		}
	}
	if len(steps) == 0 {
		return nil
	}
	return []slack.Block{buttons(steps...)}
}

// noted is how many results a participant has.
func (f resultForm) noted(participant, tasks int) int {
	n := 0
	for task := range tasks {
		if f.run.Answers[pipeline.ResultKey(f.item.ID, participant, task+1)].Value != "" {
			n++
		}
	}
	return n
}
