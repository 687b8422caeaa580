package commands

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// fieldBehalf is the input for whom a step is decided.
const fieldBehalf pipeline.Field = "behalf"

// stepLabel is what a step is called on its button and above its form.
func stepLabel(step pipeline.Step) string {
	switch {
	case step.To == pipeline.Delivered:
		return "Mark as delivered"
	case step.To == pipeline.Learned:
		return "Say what happened"
	case step.To == pipeline.Backlog:
		return "Move to Product Backlog"
	case step.From == pipeline.Parked:
		return "Reopen"
	case step.To == pipeline.Discovery && step.From != pipeline.Captured:
		return "Back to discovery"
	case step.To == pipeline.Discovery:
		return "Take to discovery"
	}
	return "Move to " + string(step.To)
}

// moveButton takes the step for an idea; in names the form it stands in, "" for
// a message.
func moveButton(key pipeline.Key, step pipeline.Step, in string) *slack.ButtonBlockElement {
	value := newParams("idea", key.String(), "to", string(step.To), "in", in)
	label := stepLabel(step)
	if step.From == pipeline.Parked {
		label += "…" // it asks for a line of why
	}
	return button(actionMove+":"+string(step.To), label, key.String(), value)
}

// whereabouts says where an idea is, as the end of a sentence: "in discovery",
// "in the Product Backlog", "validated".
func whereabouts(s pipeline.Stage) string {
	switch s {
	case pipeline.Discovery, pipeline.Backlog:
		return "in " + pipeline.StageNoun(s)
	case pipeline.Learned:
		return "delivered, and what happened is written down"
	}
	return string(s)
}

// becoming says what happens to an idea that takes the step, as the end of
// "before it". Only what has a gate needs words for it.
func becoming(step pipeline.Step) string {
	if step.To == pipeline.Backlog {
		return "goes into " + pipeline.StageNoun(step.To)
	}
	return "is " + string(step.To)
}

// nothingMissing says that an idea can take the step, and of a step without a
// gate what it is.
func nothingMissing(step pipeline.Step) Mrkdwn {
	switch {
	case step.To == pipeline.Delivered:
		return "Next: mark it as delivered, once it is."
	case step.To == pipeline.Learned:
		return "Next: say what actually happened."
	case step.To == pipeline.Discovery && step.Forward():
		return "Next: take it to discovery, to find out more about it."
	case step.To == pipeline.Discovery:
		return "It can go back to discovery."
	}
	return "Nothing is missing before it " + Mrkdwn(becoming(step)) + "."
}

// movedNote tells privately that a step was made, and what can follow.
func movedNote(idea pipeline.Idea, more ...Mrkdwn) Reply {
	key := idea.Key.String()
	words := Mrkdwn(key) + " is " + Mrkdwn(whereabouts(idea.Stage)) + " now." + join(more, "")
	return tell(words, buttons(cardButtons(idea)...))
}

// moveForm draws the form in which a step is decided. gate is what the gate said
// when it was drawn, advising the ballot that the decision stands beside.
func moveForm(m metadata, idea pipeline.Idea, step pipeline.Step, gate pipeline.GateAnswer, advising *pipeline.Ballot, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append([]slack.Block{rich(line(ideaTitle(idea)))}, notes...)
	blocks = append(blocks, adviceNotes(advising)...)
	otherwise := differs(advising, step.To)
	label, hint, submit := "Why", "", "Move"
	switch {
	case m.Override:
		label, submit = "Why it passes all the same", "Override"
		hint = "One line. It is kept with the idea, with what was missing, told to the team, and counted in the team's status."
		blocks = append(blocks, slack.NewSectionBlock(plain(pipeline.Cut("The gate refuses this. Still missing:\n"+bullets(gate.Lacks), 3000)), nil, nil))
	case step.From == pipeline.Parked:
		hint, submit = "What has changed, in one line. It goes back to discovery, and why it was parked stays in its history.", "Reopen"
	case step.NeedsWhy:
		hint, submit = "One line. It is kept with the idea and told to the team.", "Send back"
	case step.To == pipeline.Delivered:
		submit = "Mark as delivered"
		fallthrough
	default:
		hint = "One line for those who ask later, if there is something to say."
		if otherwise {
			hint = "One line. It is kept with the idea and told to the team, with the advice."
		}
	}
	if otherwise && label == "Why" {
		label = whyOtherwise
	}
	blocks = append(blocks, warningNotes(gate)...)
	if step.To == pipeline.Delivered {
		for _, input := range expectInputs(m.Fresh, typed) {
			blocks = append(blocks, optional(input))
		}
	}
	reason := textInput(pipeline.FieldWhy, m.Fresh, label, hint, "", typed[pipeline.FieldWhy], pipeline.ReasonLimit, true)
	if !m.Override && !step.NeedsWhy && !otherwise {
		reason = optional(reason)
	}
	person := optional(personInput(fieldBehalf, m.Fresh, "On behalf of", "Whose decision it is, when it is not your own.", typed[fieldBehalf]))
	return form(formMove, stepLabel(step), submit, m, append(blocks, reason, person)...)
}

// bullets lists what a gate misses, one a line.
func bullets(lacks []pipeline.Lack) string {
	var lines []string
	for _, lack := range lacks {
		lines = append(lines, "• "+lack.Words)
	}
	return strings.Join(lines, "\n")
}

// warningShown is how much of a warning is shown, in runes. Escaped it takes up
// to five times as much of the 3000 characters of a text.
// https://docs.slack.dev/reference/block-kit/composition-objects/text-object
const warningShown = 500

// warningNotes are what a gate tells although it lets pass.
func warningNotes(gate pipeline.GateAnswer) []slack.Block {
	var blocks []slack.Block
	for _, warning := range gate.Warnings {
		blocks = append(blocks, note("Worth knowing: ", escape(pipeline.Cut(warning, warningShown))))
	}
	return blocks
}

// moveChanged tells that a gate refuses what it let pass before, or what was to
// be overridden was less.
func moveChanged(overridden bool) []slack.Block {
	what := Mrkdwn("and the gate refuses now")
	if overridden {
		what = "and what is missing is no longer what you were shown"
	}
	return []slack.Block{say("*Something changed while you were typing, " + what + ".* Your words are still below. Say why it passes all the same, or cancel and repair it first.")}
}

// gateView draws what the next step of an idea still misses, each with the
// button that repairs it. may tells what the reader may do.
func gateView(idea pipeline.Idea, team pipeline.Team, d pipeline.Dossier, gate pipeline.GateAnswer, may func(pipeline.Action) bool, m metadata) *slack.ModalViewRequest {
	key := idea.Key.String()
	blocks := []slack.Block{rich(line(ideaTitle(idea)))}
	step, onward := pipeline.NextStep(idea.Stage)
	if !idea.Withdrawn.IsZero() || !onward {
		blocks = append(blocks, say("It is "+Mrkdwn(stateOf(idea))+". No step leads on from here."))
		return form("stage.gate", key, "", m, blocks...)
	}
	var onwards []slack.BlockElement
	if idea.Ballot != 0 {
		onwards = append(onwards, ballotButton(idea, inGate))
	}
	if len(gate.Lacks) == 0 {
		blocks = append(blocks, say(Mrkdwn(fmt.Sprintf("*%s is %s.* ", key, whereabouts(idea.Stage)))+nothingMissing(step)))
		if may(step.May) && !waits(idea, step) {
			onwards = append(onwards, primary(moveButton(idea.Key, step, inGate)))
		}
	} else {
		blocks = append(blocks, say(Mrkdwn(fmt.Sprintf("*Not yet: %s stays %s.* Nothing was lost. Before it %s it still needs:", key, whereabouts(idea.Stage), becoming(step)))))
		for _, lack := range gate.Lacks {
			blocks = append(blocks, lackBlock(idea.Key, lack, d, may))
		}
		if may(pipeline.DecideIdea) && !waits(idea, step) {
			onwards = append(onwards, button(actionMove+":override", "Override…", "the gate for "+key,
				newParams("idea", key, "to", string(step.To), "override", "1", "in", inGate)))
		}
	}
	blocks = append(blocks, warningNotes(gate)...)
	if len(onwards) > 0 {
		return form("stage.gate", key, "", m, append(blocks, buttons(onwards...))...)
	}
	owners := make([]Mrkdwn, len(team.Owners))
	for i, owner := range team.Owners {
		owners[i] = mention(owner)
	}
	blocks = append(blocks, note("Product owners can let it pass all the same: ", join(owners, ", "), "."))
	if len(gate.Lacks) == 0 {
		blocks[len(blocks)-1] = note("Product owners decide this step: ", join(owners, ", "), ".")
	}
	return form("stage.gate", key, "", m, blocks...)
}

// lackBlock is one thing that a gate misses, with the button that repairs it
// for those who may.
func lackBlock(key pipeline.Key, lack pipeline.Lack, d pipeline.Dossier, may func(pipeline.Action) bool) *slack.SectionBlock {
	var accessory *slack.Accessory
	if repair, action := lackButton(key, lack, d, inGate); repair != nil && may(action) {
		accessory = slack.NewAccessory(repair)
	}
	return slack.NewSectionBlock(plain(pipeline.Cut("• "+lack.Words, 3000)), nil, accessory)
}

// lackButton opens the form that repairs what a gate misses, and says what
// somebody must be allowed to do to use it; nil where no form does. in names the
// form it stands in.
func lackButton(key pipeline.Key, lack pipeline.Lack, d pipeline.Dossier, in string) (*slack.ButtonBlockElement, pipeline.Action) {
	value := newParams("idea", key.String(), "in", in)
	switch lack.What {
	case pipeline.LackOutcome:
		return button(actionOutcome, "Link an outcome", "to "+key.String(), value), pipeline.LinkOutcome
	case pipeline.LackMeasure:
		return button(actionEdit, "Write it", "for "+key.String(), value), pipeline.ChangeOwnIdea
	case pipeline.LackEvidence:
		return button(actionEvidence, "Add evidence", "to "+key.String(), value), pipeline.AddEvidence
	case pipeline.LackRoom:
		return button(actionPage, "See what is in it", "the Product Backlog", newParams("team", string(key.Team), "stage", string(pipeline.Backlog), "in", in)), pipeline.ReadTeam
	case pipeline.LackChecklist:
		template, inUse := pipeline.FindTemplate(d.Templates, lack.Template)
		switch {
		case lack.Run > 0:
			value.set("run", strconv.Itoa(lack.Run))
			return button(actionRunOpen+":"+strconv.Itoa(lack.Run), "Continue", "it for "+key.String(), value), pipeline.AnswerChecklist
		case inUse:
			value.set("template", string(template.ID)).set("form", string(firstForm(template)))
			return button(actionRunBegin+":"+string(template.ID), "Begin", template.Name+" for "+key.String(), value), pipeline.AnswerChecklist
		}
	}
	return nil, ""
}
