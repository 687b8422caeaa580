package commands

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// itemForm draws the form of a question: what every question has, then what
// those of its kind have.
func itemForm(m metadata, s shelf, t pipeline.Template, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	kind := pipeline.ItemKind(typed[fieldKind])
	blocks := append(notes, textInput(fieldQuestion, m.Fresh, "Question", "", "Have customers been told a month ahead?", typed[fieldQuestion], pipeline.QuestionLimit, false))
	if len(t.Forms) > 0 {
		blocks = append(blocks, optional(textInput(fieldBrief, m.Fresh, "The same, for the "+formWords(t.Forms[:1]), "Leave it empty where the question stays the same.", "", typed[fieldBrief], pipeline.QuestionLimit, false)))
	}
	blocks = append(blocks,
		optional(textInput(fieldHelp, m.Fresh, "Help", "Stands under the question. An example helps most.", "", typed[fieldHelp], pipeline.HelpLimit, true)),
		kindInput(m.Fresh, typed[fieldKind]),
		mustInput(m.Fresh, t, typed[fieldMust]))
	if len(t.Forms) > 0 {
		blocks = append(blocks, choiceInput(fieldIn, m.Fresh, "In which forms is it asked?", "", "Choose", typed[fieldIn], formOptions(t, "In every form", "In the ")))
	}
	// Other inputs for each kind, so that nothing of one is left in another's.
	blocks = append(blocks, kindInputs(m.Fresh+"-"+string(kind), kind, s, t, typed)...)
	title, submit := "Change the question", "Save"
	if m.Item == "" {
		title, submit = "Add a question", "Add"
	}
	return form(formItem, title, submit, m, blocks...)
}

// kindInput is the menu of kinds. Choosing one redraws the form.
func kindInput(fresh, chosen string) *slack.InputBlock {
	options := kindOptions(itemKinds)
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Choose"), actionItemKind, options...)
	menu.InitialOption = optionOf(options, chosen)
	return reporting(fieldKind, fresh, "How is it answered?", "What you choose decides what else is asked below.", menu)
}

func mustInput(fresh string, t pipeline.Template, chosen string) *slack.InputBlock {
	const label = "Does it have to be answered?"
	if len(t.Forms) == 0 {
		return radioInput(fieldMust, fresh, label, "", chosen, []*slack.OptionBlockObject{
			option(everyForm, "Yes, or the checklist is not complete"), option(pipeline.No, "No, it may stay empty"),
		})
	}
	options := append([]*slack.OptionBlockObject{option(pipeline.No, "No, it may stay empty")}, formOptions(t, "Yes, in every form it is in", "Yes, in the ")...)
	return choiceInput(fieldMust, fresh, label, "", "Choose", chosen, options)
}

// formOptions offer every form, and each set of some of them.
func formOptions(t pipeline.Template, every, some string) []*slack.OptionBlockObject {
	options := []*slack.OptionBlockObject{option(everyForm, every)}
	for set := 1; set < 1<<len(t.Forms)-1; set++ {
		var forms []pipeline.Form
		for i, f := range t.Forms {
			if set&(1<<i) != 0 {
				forms = append(forms, f)
			}
		}
		options = append(options, option(formsTyped(t, forms), some+formWords(forms)))
	}
	return options
}

// kindInputs are the inputs that a kind has beside those of every question.
func kindInputs(fresh string, kind pipeline.ItemKind, s shelf, t pipeline.Template, typed map[pipeline.Field]string) []slack.Block {
	number := func(field pipeline.Field, label, hint string) slack.Block {
		return optional(textInput(field, fresh, label, hint, "", typed[field], numberLength, false))
	}
	switch kind {
	case pipeline.KindYesNo:
		return []slack.Block{
			radioInput(fieldWhyBeside, fresh, "Ask why as well?", "", typed[fieldWhyBeside], []*slack.OptionBlockObject{
				option(pipeline.Yes, "Yes, with a line beside the answer"), option(pipeline.No, "No"),
			}),
			choiceInput(fieldOneOf, fresh, "Which answers pass?", "A rule over all questions, such as “at most one unsure”, stands under Name and rules.", "Choose", typed[fieldOneOf], verdictOptions()),
		}
	case pipeline.KindNumber:
		return []slack.Block{
			optional(textInput(fieldUnit, fresh, "Unit", "Such as %, €, days. Leave it empty to let people name their own.", "", typed[fieldUnit], pipeline.UnitLimit, false)),
			number(fieldAtLeast, "It passes from which number on?", "Leave it empty for no limit."),
			number(fieldAtMost, "Up to which number?", "Leave it empty for no limit."),
		}
	case pipeline.KindChoice:
		return []slack.Block{
			textInput(fieldChoices, fresh, "Choices", "One a line, 2 to "+strconv.Itoa(pipeline.ChoiceLimit)+".", "", typed[fieldChoices], choicesLength, true),
			optional(textInput(fieldOneOf, fresh, "Which of them pass?", "One a line, as above. Leave it empty if any of them does.", "", typed[fieldOneOf], choicesLength, true)),
		}
	case pipeline.KindEvidence:
		inputs := []slack.Block{
			number(fieldAtLeast, "How many pieces of evidence does it take?", "Those that speak for the idea count. Leave it empty for one."),
			choiceInput(fieldStrong, fresh, "Of which strength at least?", "", "Choose", typed[fieldStrong], leastStrengthOptions()),
		}
		if typed[fieldAtMost] != "" { // from a file
			inputs = append(inputs, number(fieldAtMost, "And how many at most?", "Leave it empty for no limit."))
		}
		return inputs
	case pipeline.KindFact:
		inputs := []slack.Block{
			choiceInput(fieldFact, fresh, "What does the idea need?", "", "Choose", typed[fieldFact], factOptions(s, t, typed[fieldFact])),
			number(fieldAtLeast, "How many at least?", "Only for outcomes, acceptance criteria and size. Leave it empty for one."),
		}
		if typed[fieldAtMost] != "" {
			inputs = append(inputs, number(fieldAtMost, "And how many at most?", "Leave it empty for no limit."))
		}
		return inputs
	case pipeline.KindParticipants:
		return []slack.Block{
			textInput(fieldSucceed, fresh, "It passes when this many participants succeed at each task", "", "3", typed[fieldSucceed], numberLength, false),
			textInput(fieldOutOf, fresh, "Of how many?", "More participants keep the proportion; fewer are inconclusive.", "5", typed[fieldOutOf], numberLength, false),
		}
	}
	return nil
}

// choicesLength holds all choices with the line breaks between them.
const choicesLength = pipeline.ChoiceLimit * (pipeline.ChoiceTextLimit + 1)

func verdictOptions() []*slack.OptionBlockObject {
	return []*slack.OptionBlockObject{
		option(anyAnswer, "Any answer"),
		option("yes", "Only yes"),
		option("yes\nunsure", "Yes or unsure"),
		option("no", "Only no"),
		option("no\nunsure", "No or unsure"),
		option("yes\nno", "Yes or no, but not unsure"),
		option("unsure", "Only unsure"),
	}
}

func leastStrengthOptions() []*slack.OptionBlockObject {
	options := []*slack.OptionBlockObject{option(anyAnswer, "Any strength")}
	for _, s := range pipeline.Strengths()[:len(pipeline.Strengths())-1] {
		options = append(options, option(string(s), strengthWords(s)))
	}
	return append(options, option(string(pipeline.Opinion), "Opinions, or stronger"))
}

func strengthWords(s pipeline.Strength) string {
	words := map[pipeline.Strength]string{
		pipeline.WhatPeopleDo: "What people do", pipeline.WhatPeopleSay: "What people say, or do", pipeline.Opinion: "Opinions, or stronger",
	}
	return words[s]
}

// factOptions offer what an idea can have, and to have passed another
// checklist. One that is gone is still offered where it was chosen.
func factOptions(s shelf, t pipeline.Template, chosen string) []*slack.OptionBlockObject {
	var options []*slack.OptionBlockObject
	for _, fact := range []pipeline.Fact{pipeline.FactOutcome, pipeline.FactMeasure, pipeline.FactCriteria, pipeline.FactSize} {
		options = append(options, option(string(fact), capital(factWords(s, fact))))
	}
	for _, other := range s.all {
		if other.ID != t.ID {
			options = append(options, option(string(checklistFact(other.ID)), capital(factWords(s, checklistFact(other.ID)))))
		}
	}
	if chosen != "" && optionOf(options, chosen) == nil {
		options = append(options, option(pipeline.Cut(chosen, 150), capital(factWords(s, pipeline.Fact(chosen)))))
	}
	return options
}

// itemTyped is what the form of a question starts with.
func itemTyped(t pipeline.Template, item pipeline.Item) map[pipeline.Field]string {
	typed := map[pipeline.Field]string{
		fieldQuestion: item.Question, fieldBrief: item.Brief, fieldHelp: item.Help, fieldKind: string(item.Kind),
		fieldMust: pipeline.No, fieldUnit: item.Unit, fieldChoices: strings.Join(item.Choices, "\n"),
		fieldWhyBeside: pipeline.No, fieldFact: string(item.Fact), fieldStrong: string(item.Pass.Strength),
		fieldAtLeast: numberTyped(item.Pass.AtLeast), fieldAtMost: numberTyped(item.Pass.AtMost),
	}
	if item.Required {
		typed[fieldMust] = formsTyped(t, item.RequiredIn)
	}
	if len(t.Forms) > 0 {
		typed[fieldIn] = formsTyped(t, item.In)
	}
	if item.Why {
		typed[fieldWhyBeside] = pipeline.Yes
	}
	if item.Pass.Strength == "" {
		typed[fieldStrong] = anyAnswer
	}
	switch oneOf := item.Pass.OneOf; {
	case item.Kind == pipeline.KindYesNo && len(oneOf) == 0:
		typed[fieldOneOf] = anyAnswer
	case item.Kind == pipeline.KindYesNo:
		var inOrder []string
		for _, answer := range []string{pipeline.Yes, pipeline.No, pipeline.Unsure} {
			if slices.Contains(oneOf, answer) {
				inOrder = append(inOrder, answer)
			}
		}
		typed[fieldOneOf] = strings.Join(inOrder, "\n")
	default:
		typed[fieldOneOf] = strings.Join(oneOf, "\n")
	}
	if item.Pass.Of > 0 {
		typed[fieldSucceed], typed[fieldOutOf] = strconv.Itoa(item.Pass.Succeed), strconv.Itoa(item.Pass.Of)
	}
	return withoutEmpty(typed)
}

// itemOf reads the form of a question. What the inputs of its kind do not ask
// is not set.
func itemOf(typed map[pipeline.Field]string) (pipeline.Item, error) {
	wrong := map[pipeline.Field]string{}
	item := pipeline.Item{
		Question: typed[fieldQuestion], Brief: typed[fieldBrief], Help: typed[fieldHelp], Kind: pipeline.ItemKind(typed[fieldKind]),
		In: formsOf(typed[fieldIn]), Required: typed[fieldMust] != pipeline.No, RequiredIn: formsOf(typed[fieldMust]),
	}
	lines := func(field pipeline.Field) []string {
		if typed[field] == "" || typed[field] == anyAnswer {
			return nil
		}
		return strings.Split(typed[field], "\n")
	}
	switch item.Kind {
	case pipeline.KindYesNo:
		item.Why = typed[fieldWhyBeside] == pipeline.Yes
		item.Pass.OneOf = lines(fieldOneOf)
	case pipeline.KindNumber:
		item.Unit = typed[fieldUnit]
		item.Pass.AtLeast, item.Pass.AtMost = numberOf(typed, fieldAtLeast, item.Unit, wrong), numberOf(typed, fieldAtMost, item.Unit, wrong)
	case pipeline.KindChoice:
		item.Choices, item.Pass.OneOf = lines(fieldChoices), lines(fieldOneOf)
	case pipeline.KindEvidence:
		if typed[fieldStrong] != anyAnswer {
			item.Pass.Strength = pipeline.Strength(typed[fieldStrong])
		}
		item.Pass.AtLeast, item.Pass.AtMost = numberOf(typed, fieldAtLeast, "", wrong), numberOf(typed, fieldAtMost, "", wrong)
	case pipeline.KindFact:
		item.Fact = pipeline.Fact(typed[fieldFact])
		item.Pass.AtLeast, item.Pass.AtMost = numberOf(typed, fieldAtLeast, "", wrong), numberOf(typed, fieldAtMost, "", wrong)
	case pipeline.KindParticipants:
		for field, n := range map[pipeline.Field]*int{fieldSucceed: &item.Pass.Succeed, fieldOutOf: &item.Pass.Of} {
			if whole := wholeOf(typed, field, wrong); whole != nil {
				*n = *whole
			}
		}
	}
	if len(wrong) > 0 {
		return item, wrongFields(wrong)
	}
	return item, nil
}

// formsTyped is the value of an option: every form, or those named.
func formsTyped(t pipeline.Template, forms []pipeline.Form) string {
	var named []string
	for _, f := range t.Forms {
		if slices.Contains(forms, f) {
			named = append(named, string(f))
		}
	}
	if len(named) == 0 || len(named) == len(t.Forms) {
		return everyForm
	}
	return strings.Join(named, " ")
}

func formsOf(typed string) []pipeline.Form {
	if typed == everyForm || typed == pipeline.No {
		return nil
	}
	var forms []pipeline.Form
	for _, name := range strings.Fields(typed) {
		forms = append(forms, pipeline.Form(name))
	}
	return forms
}

func numberTyped(n *float64) string {
	if n == nil {
		return ""
	}
	return pipeline.FormatNumber(*n, "")
}

// numberOf reads a number as people write it; nil for none.
func numberOf(typed map[pipeline.Field]string, field pipeline.Field, unit string, wrong map[pipeline.Field]string) *float64 {
	if !pipeline.HasVisible(typed[field]) {
		return nil
	}
	n, _, err := pipeline.ParseNumber(typed[field], unit)
	if err != nil {
		wrong[field] = err.Error()
	}
	return &n
}

// shortTyped is what a form that is shown again has to carry: its blocks keep
// their ids, so Slack keeps what is typed in them, and long texts would not fit
// an acknowledgement.
func shortTyped(typed map[pipeline.Field]string) map[pipeline.Field]string {
	short := maps.Clone(typed)
	for _, long := range []pipeline.Field{fieldHelp, fieldBrief, fieldChoices} {
		delete(short, long)
	}
	if typed[fieldKind] == string(pipeline.KindChoice) {
		delete(short, fieldOneOf)
	}
	return short
}
