package commands

import (
	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// The inputs of forms. Each change is reported, so that what somebody typed or
// chose outlives the form.

// textInput is for typed text.
func textInput(field pipeline.Field, fresh, label, hint, placeholder, initial string, limit int, multiline bool) *slack.InputBlock {
	element := slack.NewPlainTextInputBlockElement(nil, actionDraft)
	if placeholder != "" {
		element.Placeholder = plain(placeholder)
	}
	element.Multiline = multiline
	element.MaxLength = limit
	element.InitialValue = pipeline.Cut(initial, limit)
	element.DispatchActionConfig = &slack.DispatchActionConfig{TriggerActionsOn: []string{"on_character_entered"}}
	return reporting(field, fresh, label, hint, element)
}

// choiceInput is a menu of which one option is chosen; initial is the value of
// the one chosen before, "" for none.
func choiceInput(field pipeline.Field, fresh, label, hint, placeholder, initial string, options []*slack.OptionBlockObject) *slack.InputBlock {
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain(placeholder), actionDraft, options...)
	menu.InitialOption = optionOf(options, initial)
	return reporting(field, fresh, label, hint, menu)
}

// radioInput is choiceInput with all options in sight: for a few.
func radioInput(field pipeline.Field, fresh, label, hint, initial string, options []*slack.OptionBlockObject) *slack.InputBlock {
	buttons := slack.NewRadioButtonsBlockElement(actionDraft, options...)
	buttons.InitialOption = optionOf(options, initial)
	return reporting(field, fresh, label, hint, buttons)
}

// dateInput is for a day: "2026-11-30", "" for none yet.
func dateInput(field pipeline.Field, fresh, label, hint, initial string) *slack.InputBlock {
	day := slack.NewDatePickerBlockElement(actionDraft)
	day.InitialDate = initial
	return reporting(field, fresh, label, hint, day)
}

// timeInput is for a time of the day: "10:00", "" for none yet.
func timeInput(field pipeline.Field, fresh, label, hint, initial string) *slack.InputBlock {
	hour := slack.NewTimePickerBlockElement(actionDraft)
	hour.InitialTime = initial
	return reporting(field, fresh, label, hint, hour)
}

// personInput is for somebody of the workspace, by user id.
func personInput(field pipeline.Field, fresh, label, hint, initial string) *slack.InputBlock {
	people := slack.NewOptionsSelectBlockElement(slack.OptTypeUser, plain("Choose a person"), actionDraft)
	people.InitialUser = initial
	return reporting(field, fresh, label, hint, people)
}

// reporting is an input that tells of each change.
func reporting(field pipeline.Field, fresh, label, hint string, element slack.BlockElement) *slack.InputBlock {
	block := slack.NewInputBlock(blockID(field, fresh), plain(label), nil, element)
	if hint != "" {
		block.Hint = plain(hint)
	}
	block.DispatchAction = true
	return block
}

// silentInput is an input of settings: it tells nothing before the form is submitted.
func silentInput(field pipeline.Field, label, hint string, element slack.BlockElement) *slack.InputBlock {
	block := slack.NewInputBlock(string(field), plain(label), nil, element)
	if hint != "" {
		block.Hint = plain(hint)
	}
	return block
}

// optionOf is the option with that value; nil for none.
func optionOf(options []*slack.OptionBlockObject, value string) *slack.OptionBlockObject {
	for _, o := range options {
		if o.Value == value && value != "" {
			return o
		}
	}
	return nil
}

// optional marks an input that may stay empty.
func optional(block *slack.InputBlock) *slack.InputBlock {
	block.Optional = true
	return block
}
