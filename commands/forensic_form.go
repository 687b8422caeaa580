package commands

import (
	"fmt"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// startForensicForm draws the form that starts a session.
func startForensicForm(m metadata, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append([]slack.Block{say("*How could we ruin our Product Backlog?* Everybody lists ways for themselves, you group those that are alike, everybody picks the five worst, and each of those gets a fix.")}, notes...)
	blocks = append(blocks,
		optional(peopleInput(pipeline.FieldPeople, m.Fresh, "Who takes part?", fmt.Sprintf("Empty: everybody in the team's channel. At most %d people; each of them gets a private message. Bots are left out, and guests where alignbot is not open to them.", pipeline.ForensicPeople), typed[pipeline.FieldPeople])),
		optional(textInput(pipeline.FieldDays, m.Fresh, "Workdays for each of the four parts", "A whole number from 1 to 20. You can end each part earlier.", "", typed[pipeline.FieldDays], numberRoom, false)),
		tickInput(pipeline.FieldAnonymous, m.Fresh, "Names", "Anonymous: nobody learns who wrote what", typed),
		note("Who picked what nobody learns, with names or without."),
	)
	return form(formForensic, "Forensic session", "Start", m, blocks...)
}

// waysForm draws the form in which somebody lists ways to ruin the backlog.
func waysForm(m metadata, f pipeline.Forensic, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append([]slack.Block{say("*How could we ruin our Product Backlog for good?* The worse, the better. Nobody reads it before this part ends, " + whenTime(f.Deadline) + ".")}, notes...)
	for i := range pipeline.ForensicWays {
		field := pipeline.WayField(i)
		input := optional(textInput(field, m.Fresh, "Way "+strconv.Itoa(i+1), "", "", typed[field], pipeline.ForensicWayMost, false))
		input.DispatchAction = m.Draft != ""
		blocks = append(blocks, input)
	}
	promise := waysPromise(f)
	if m.Draft == "" {
		promise += " What you type here is kept nowhere until you send it, and what you sent before is not shown again: a new list takes its place."
	}
	return form(formWays, "Ways to ruin it", "Send", m, append(blocks, note(promise))...)
}

// waysPromise says who learns who wrote what.
func waysPromise(f pipeline.Forensic) Mrkdwn {
	if f.Anonymous {
		return "Anonymous: nobody can look up who wrote what, admins included. Under " + Mrkdwn(counted(pipeline.AnonymousLeast, "list", "lists")) + " nothing is shown."
	}
	return "Your name stands beside what you wrote when at least " + Mrkdwn(strconv.Itoa(pipeline.AnonymousLeast)) + " people did."
}

// noRule is the option that no rule of backlog health measures a group.
const noRule = "none"

// groupForm draws the form that names a group, says which rule measures the same, and
// puts another group into it.
func groupForm(m metadata, f pipeline.Forensic, g pipeline.ForensicGroup, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append([]slack.Block{rich(wayLines(f, g, true)...)}, notes...)
	name := textInput(pipeline.FieldGroupName, m.Fresh, "Name", "", "", g.Name, pipeline.ForensicWayMost, false)
	rules := []*slack.OptionBlockObject{option(noRule, "None")}
	for _, rule := range pipeline.HealthRuleList() {
		rules = append(rules, option(string(rule.ID), rule.Name))
	}
	rule := string(g.Rule)
	if rule == "" {
		rule = noRule
	}
	inputs := []*slack.InputBlock{name,
		choiceInput(pipeline.FieldRule, m.Fresh, "Measured by", "What backlog health finds about it stands beside it at the end.", "Choose", rule, rules),
	}
	var others []*slack.OptionBlockObject
	for _, other := range f.Groups {
		if other.ID != g.ID && len(others) < optionsMost {
			others = append(others, option(strconv.Itoa(other.ID), other.Name))
		}
	}
	if len(others) > 0 {
		inputs = append(inputs, optional(choiceInput(pipeline.FieldGroup, m.Fresh, "Put another group into this one", "", "Choose a group", "", others)))
	}
	for _, input := range inputs {
		input.DispatchAction = false // it is short, and nothing of it is kept before it is saved
		blocks = append(blocks, input)
	}
	return form(formGroup, "Group", "Save", m, blocks...)
}

// optionsMost is how many options a menu can have.
// https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
const optionsMost = 100

// fixForm draws the form in which it is chosen what is done about a group.
func fixForm(m metadata, f pipeline.Forensic, g pipeline.ForensicGroup, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append([]slack.Block{rich(wayLines(f, g, false)...)}, notes...)
	return form(formFix, "Fix", "Save", m, append(blocks,
		textInput(pipeline.FieldExperiment, m.Fresh, "What do we do about it?", "One line, small enough to be done by the day below.", "", typed[pipeline.FieldExperiment], pipeline.ExperimentLimit, true),
		personInput(pipeline.FieldOwner, m.Fresh, "Who looks after it?", "", typed[pipeline.FieldOwner]),
		dateInput(pipeline.FieldExperimentDay, m.Fresh, "Done by", "", typed[pipeline.FieldExperimentDay]),
	)...)
}
