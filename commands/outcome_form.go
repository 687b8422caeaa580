package commands

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// newOutcome is the option for an outcome that is still to be written.
const newOutcome = "new"

// outcomeForm draws the form that links an outcome of the team, or a new one in
// a line, to an idea.
func outcomeForm(m metadata, idea pipeline.Idea, outcomes []pipeline.Outcome, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append(notes, rich(line(text("For "), ideaTitle(idea))))
	if len(idea.Outcomes) > 0 {
		linked := []slack.RichTextElement{line(bold("Linked already"))}
		for i, key := range idea.Outcomes {
			words := key.String() + "  " + statementOf(outcomes, key)
			if i == 0 {
				words += " (the first, which its card shows)"
			}
			linked = append(linked, line(text(words)))
		}
		blocks = append(blocks, rich(linked...))
	}
	label := "What will have changed, and for whom?"
	if options := outcomeOptions(idea, outcomes); len(options) > 1 {
		blocks = append(blocks, optional(outcomeMenu(m.Fresh, typed[fieldOutcome], outcomes, options)))
		label = "Or write a new one"
	}
	statement := textInput(pipeline.FieldStatement, m.Fresh, label, "One line: a change for customers or for the business, not a feature.",
		"Accountants close the month in one day", typed[pipeline.FieldStatement], pipeline.StatementLimit, false)
	return form(formOutcome, "Link an outcome", "Link", m, append(blocks, optional(statement))...)
}

// outcomeRows list what an idea is for, the primary outcome first; mayLink adds
// the buttons that change it. in names the form they stand in.
func outcomeRows(idea pipeline.Idea, outcomes []pipeline.Outcome, mayLink bool, in string) []slack.Block {
	key := idea.Key.String()
	blocks := []slack.Block{say("*Outcomes*")}
	for _, linked := range idea.Outcomes {
		row := slack.NewSectionBlock(plain(strings.TrimSpace(linked.String()+"  "+statementOf(outcomes, linked))), nil, nil)
		if mayLink {
			row.Accessory = slack.NewAccessory(unlinkButton(idea.Key, linked, in))
		}
		blocks = append(blocks, row)
	}
	if len(idea.Outcomes) == 0 {
		blocks = append(blocks, note("No outcome yet: nobody can say what it is for."))
	}
	if mayLink && len(idea.Outcomes) < pipeline.OutcomesOfIdea {
		blocks = append(blocks, buttons(button(actionOutcome, "Link an outcome", "to "+key, newParams("idea", key, "in", in))))
	}
	return blocks
}

// unlinkButton takes the link to an outcome away, once that is confirmed.
func unlinkButton(idea pipeline.Key, linked pipeline.OutcomeKey, in string) *slack.ButtonBlockElement {
	value := newParams("idea", idea.String(), "in", in, "outcome", linked.String())
	return confirm(button(actionUnlink+":"+linked.String(), "Unlink", linked.String(), value),
		"Unlink "+linked.String()+"?", "The idea stays, and so does the outcome.", "Unlink")
}

// outcomeMenu offers the team's outcomes; where they are too many to list, it
// asks for them while somebody types.
func outcomeMenu(fresh, chosen string, outcomes []pipeline.Outcome, options []*slack.OptionBlockObject) *slack.InputBlock {
	const label, hint = "Outcome of the team", ""
	if len(outcomes) < menuLimit {
		return choiceInput(fieldOutcome, fresh, label, hint, "Choose an outcome", chosen, options)
	}
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Type words of it, or its key"), actionOutcomeChoice)
	menu.MinQueryLength = new(int) // without a word the newest are offered
	menu.InitialOption = optionOf(options, chosen)
	if key, err := pipeline.ParseOutcomeKey(chosen); err == nil {
		menu.InitialOption = outcomeOption(pipeline.Outcome{Key: key, Statement: statementOf(outcomes, key)})
	}
	return reporting(fieldOutcome, fresh, label, hint, menu)
}

// outcomeOptions are the outcomes that the idea is not linked to yet, behind one
// that takes a choice back: Slack's menus cannot be emptied.
func outcomeOptions(idea pipeline.Idea, outcomes []pipeline.Outcome) []*slack.OptionBlockObject {
	options := []*slack.OptionBlockObject{option(newOutcome, "A new one, written below")}
	for _, o := range outcomes {
		if !slices.Contains(idea.Outcomes, o.Key) {
			options = append(options, outcomeOption(o))
		}
	}
	return options
}

func outcomeOption(o pipeline.Outcome) *slack.OptionBlockObject {
	return option(o.Key.String(), o.Key.String()+"  "+o.Statement)
}

// statementOf an outcome, "" where it is not among those known.
func statementOf(outcomes []pipeline.Outcome, key pipeline.OutcomeKey) string {
	for _, o := range outcomes {
		if o.Key == key {
			return o.Statement
		}
	}
	return ""
}
