package commands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// templateList draws the checklists of a team.
func templateList(s shelf, channel string) *slack.ModalViewRequest {
	m := metadata{Team: s.team.Key, Channel: channel}
	blocks := []slack.Block{say("The checklists of *" + escape(s.team.Name) + "*. Changing one changes what is asked from now on; checklists that have begun keep the questions they began with.")}
	if s.may {
		blocks = append(blocks, buttons(button(actionTemplateNew, "New checklist", "for "+s.team.Name, s.params("", "").set("in", inTemplates))))
	}
	label := "Read"
	if s.may {
		label = "Change"
	}
	for _, t := range s.all {
		row := slack.NewSectionBlock(markup("*"+escape(t.Name)+"*\n"+escape(t.About)), nil,
			slack.NewAccessory(button(actionTemplate, label, t.Name, s.params(t.ID, "").set("in", inTemplates))))
		blocks = append(blocks, row, note(templateFacts(s, t)))
	}
	return form("template.list", "Checklists", "", m, blocks...)
}

// templateFacts tells where a checklist comes from, and what it is needed for.
func templateFacts(s shelf, t pipeline.Template) Mrkdwn {
	origin := Mrkdwn("Your team's own")
	switch {
	case t.Version == 0:
		origin = "Built in"
	case builtIn(t.ID):
		origin = "Built in, changed by your team"
	}
	questions := " questions"
	if len(t.Items) == 1 {
		questions = " question"
	}
	facts := []Mrkdwn{origin, escape(t.Size() + questions)}
	if slices.Contains(s.team.Required, t.ID) {
		facts = append(facts, "has to be passed to be validated")
	}
	if slices.Contains(s.team.RequiredForBacklog, t.ID) {
		facts = append(facts, "has to be passed for the Product Backlog")
	}
	return join(facts, " · ")
}

// templateView draws one checklist, question by question; the buttons are for
// those who may change it.
func templateView(s shelf, t pipeline.Template, channel string) *slack.ModalViewRequest {
	m := metadata{Team: s.team.Key, Template: t.ID, Channel: channel}
	here := func(item pipeline.ItemID) params { return s.params(t.ID, item).set("in", inTemplates) }
	said := []slack.RichTextElement{line(bold(t.Name))}
	if t.About != "" {
		said = append(said, line(text(t.About)))
	}
	blocks := []slack.Block{rich(said...), note(templateFacts(s, t))}
	if words := passWords(t); words != "" {
		blocks = append(blocks, note(Mrkdwn(words)))
	}
	top := []slack.BlockElement{button(actionTemplates, "All checklists", "of "+s.team.Name, newParams("team", string(s.team.Key), "in", inTemplates))}
	add := button(actionItem, "Add a question", "to "+t.Name, here(""))
	if s.may {
		top = append(top, button(actionTemplateEdit, "Name and rules", "of "+t.Name, here("")))
		if t.Version > 0 && s.checkUnused(t) == nil {
			top = append(top, dropButton(t, here("")))
		}
	}
	blocks = append(blocks, buttons(top...))
	if err := s.checkUnused(t); s.may && t.Version > 0 && err != nil {
		blocks = append(blocks, slack.NewContextBlock("", plain(pipeline.Cut(err.Error(), 500))))
	}
	for i, item := range t.Items {
		blocks = append(blocks, itemBlock(s, t, i, item))
		if s.may {
			blocks = append(blocks, buttons(itemButtons(t, i, item, func() params { return here(item.ID) })...))
		}
	}
	switch {
	case s.may && len(t.Items) < pipeline.ItemLimit:
		blocks = append(blocks, slack.NewDividerBlock(), buttons(primary(add)))
	case s.may:
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("A checklist has at most %d questions.", pipeline.ItemLimit))))
	}
	return fit(form("template.shown", "Checklist", "", m, blocks...))
}

func dropButton(t pipeline.Template, value params) *slack.ButtonBlockElement {
	const kept = "Checklists that have begun keep their questions and answers."
	if builtIn(t.ID) {
		return confirm(button(actionTemplateDrop, "Back to the built-in one", t.Name, value),
			"Back to the built-in one?", "What your team changed in it is forgotten. "+kept, "Go back")
	}
	return confirm(button(actionTemplateDrop, "Remove the checklist", t.Name, value),
		"Remove this checklist?", "It can no longer be chosen. "+kept, "Remove")
}

func itemBlock(s shelf, t pipeline.Template, i int, item pipeline.Item) slack.Block {
	said := []slack.RichTextElement{line(bold(fmt.Sprintf("%d. %s", i+1, item.Question)))}
	if item.Brief != "" {
		said = append(said, line(text("In the "+formWords(t.Forms[:1])+": "+item.Brief)))
	}
	if item.Help != "" {
		said = append(said, line(text(item.Help)))
	}
	return rich(append(said, quote(itemWords(s, item)))...)
}

// itemButtons change one question; value gives what a button of it carries.
func itemButtons(t pipeline.Template, i int, item pipeline.Item, value func() params) []slack.BlockElement {
	about := fmt.Sprintf("question %d, %s", i+1, item.Question)
	elements := []slack.BlockElement{button(actionItem, "Change", about, value())}
	move := func(by, label string) {
		elements = append(elements, button(actionItemMove+":"+by, label, about, value().set("by", by)))
	}
	if i > 0 {
		move("up", "Move up")
	}
	if i < len(t.Items)-1 {
		move("down", "Move down")
	}
	if len(t.Items) > 1 {
		elements = append(elements, confirm(button(actionItemRemove, "Remove", about, value()),
			"Remove this question?", pipeline.Cut(fmt.Sprintf("“%s” is asked no more. Checklists that have begun keep it.", pipeline.Cut(item.Question, 200)), 300), "Remove"))
	}
	return elements
}

// simpleKinds need nothing but a question.
var simpleKinds = []pipeline.ItemKind{pipeline.KindYesNo, pipeline.KindText, pipeline.KindNumber, pipeline.KindDate, pipeline.KindPerson}

// itemKinds in the order in which a form offers them.
var itemKinds = []pipeline.ItemKind{
	pipeline.KindYesNo, pipeline.KindText, pipeline.KindNumber, pipeline.KindChoice, pipeline.KindDate, pipeline.KindPerson,
	pipeline.KindEvidence, pipeline.KindFact, pipeline.KindTasks, pipeline.KindParticipants,
}

// kindLabels are what people call the kinds, and when to choose them.
var kindLabels = map[pipeline.ItemKind][2]string{
	pipeline.KindYesNo:        {"With yes, no or unsure", "For what is so or is not so"},
	pipeline.KindText:         {"In a few lines", "For anything in people's own words"},
	pipeline.KindNumber:       {"With a number", "With a unit and limits if you like"},
	pipeline.KindChoice:       {"With one of several choices", "You list them"},
	pipeline.KindDate:         {"With a day", "Chosen in a calendar"},
	pipeline.KindPerson:       {"With a person", "Chosen among the people here"},
	pipeline.KindEvidence:     {"By the evidence on the idea", "Nobody types: what was noted for it counts"},
	pipeline.KindFact:         {"By what the idea has", "Nobody types: an outcome, a size, a passed checklist"},
	pipeline.KindTasks:        {"With tasks for participants", "One a line, to watch people at"},
	pipeline.KindParticipants: {"By results of participants", "For each person and task: done or not, how long"},
}

func kindOptions(among []pipeline.ItemKind) []*slack.OptionBlockObject {
	var options []*slack.OptionBlockObject
	for _, kind := range among {
		o := option(string(kind), kindLabels[kind][0])
		o.Description = plain(kindLabels[kind][1])
		options = append(options, o)
	}
	return options
}

// itemWords say how a question is answered, and what passes.
func itemWords(s shelf, item pipeline.Item) string {
	words := "Answered " + lowerFirst(kindLabels[item.Kind][0])
	switch {
	case item.Kind == pipeline.KindYesNo && item.Why:
		words += ", and why"
	case item.Kind == pipeline.KindNumber && item.Unit != "":
		words += " in " + item.Unit
	case item.Kind == pipeline.KindChoice:
		words = "Answered with one of: " + strings.Join(item.Choices, ", ")
	case item.Kind == pipeline.KindFact:
		words += ": it needs " + factWords(s, item.Fact)
	}
	words += ". "
	switch {
	case !item.Required:
		words += "Optional."
	case len(item.RequiredIn) > 0:
		words += "Required in the " + formWords(item.RequiredIn) + "."
	default:
		words += "Required."
	}
	if len(item.In) > 0 {
		words += " Asked only in the " + formWords(item.In) + "."
	}
	if pass := itemPassWords(item); pass != "" {
		words += " Passes " + pass + "."
	}
	return words
}

// itemPassWords end the sentence "Passes …"; "" where any answer does.
func itemPassWords(item pipeline.Item) string {
	rule := item.Pass
	switch item.Kind {
	case pipeline.KindParticipants:
		return fmt.Sprintf("when %d of %d succeed at each task", rule.Succeed, rule.Of)
	case pipeline.KindYesNo, pipeline.KindChoice:
		if len(rule.OneOf) > 0 {
			return "with " + strings.Join(rule.OneOf, " or ")
		}
		return ""
	}
	var said []string
	if rule.AtLeast != nil {
		said = append(said, "at least "+pipeline.FormatNumber(*rule.AtLeast, item.Unit))
	}
	if rule.AtMost != nil {
		said = append(said, "at most "+pipeline.FormatNumber(*rule.AtMost, item.Unit))
	}
	words := strings.Join(said, " and ")
	if item.Kind == pipeline.KindEvidence && words != "" {
		words += " for it"
	}
	if rule.Strength != "" {
		if words == "" {
			words = "one for it"
		}
		words += " (" + strings.ToLower(strengthWords(rule.Strength)) + ")"
	}
	if words == "" {
		return ""
	}
	return "with " + words
}

// factWords name what an idea can have, after "needs".
func factWords(s shelf, fact pipeline.Fact) string {
	switch fact {
	case pipeline.FactOutcome:
		return "a link to an outcome"
	case pipeline.FactMeasure:
		return "a “we will know when”"
	case pipeline.FactCriteria:
		return "acceptance criteria"
	case pipeline.FactSize:
		return "a size"
	}
	id := pipeline.TemplateID(strings.TrimPrefix(string(fact), pipeline.ChecklistPassed))
	name := string(id)
	if t, ok := pipeline.FindTemplate(s.all, id); ok {
		name = t.Name
	}
	return "a pass of " + name
}

// passWords say when the whole checklist passes; "" where its questions alone
// decide.
func passWords(t pipeline.Template) string {
	var said []string
	if n := t.Pass.MaxNo; n != nil {
		said = append(said, fmt.Sprintf("%d “no”", *n))
	}
	if n := t.Pass.MaxUnsure; n != nil {
		said = append(said, fmt.Sprintf("%d “unsure”", *n))
	}
	switch {
	case t.Use == pipeline.UseTest:
		return "A test: it is started, watched, and decided by its number."
	case t.Use == pipeline.UseLearning:
		return "It takes up tests of the idea and ends with a decision."
	case len(said) == 0:
		return ""
	}
	return "Passes with at most " + strings.Join(said, " and ") + "."
}

// formWords list forms: "quick or full form".
func formWords(forms []pipeline.Form) string {
	names := make([]string, len(forms))
	for i, f := range forms {
		names[i] = string(f)
	}
	return strings.Join(names, " or ") + " form"
}

// templateConflict shows what somebody else made of the head of a checklist.
func templateConflict(now pipeline.Template) []slack.Block {
	theirs := []slack.RichTextElement{line(bold("What it says now")), line(text(now.Name))}
	if now.About != "" {
		theirs = append(theirs, quote(now.About))
	}
	blocks := []slack.Block{
		say("*This was changed while you were typing.* Your words are still below. Save again to put them in place of what it says now."),
		rich(theirs...),
	}
	if words := passWords(now); words != "" {
		blocks = append(blocks, note(Mrkdwn(words)))
	}
	return blocks
}

// itemConflict does it for a question.
func itemConflict(s shelf, now pipeline.Item, there bool) []slack.Block {
	if !there {
		return []slack.Block{say("*This question was removed while you were typing.* Your words are still below. Save again to put it back, at the end.")}
	}
	theirs := []slack.RichTextElement{line(bold("What it says now")), line(text(now.Question))}
	if now.Help != "" {
		theirs = append(theirs, quote(now.Help))
	}
	return []slack.Block{
		say("*This question was changed while you were typing.* Your words are still below. Save again to put them in place of what it says now."),
		rich(append(theirs, line(text(pipeline.Cut(itemWords(s, now), 500))))...),
	}
}
