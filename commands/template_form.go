package commands

import (
	"errors"
	"maps"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// The inputs of the forms of a checklist. Each has the name that it has in a
// file, by which the rules mark what is wrong with it.
const (
	fieldAbout     pipeline.Field = "about"
	fieldNoMost    pipeline.Field = "no at most"
	fieldUnsure    pipeline.Field = "unsure at most"
	fieldQuestion  pipeline.Field = "question"
	fieldBrief     pipeline.Field = "brief"
	fieldHelp      pipeline.Field = "help"
	fieldKind      pipeline.Field = "kind"
	fieldMust      pipeline.Field = "required"
	fieldIn        pipeline.Field = "in"
	fieldWhyBeside pipeline.Field = "why"
	fieldUnit      pipeline.Field = "unit"
	fieldChoices   pipeline.Field = "choices"
	fieldOneOf     pipeline.Field = "one of"
	fieldAtLeast   pipeline.Field = "at least"
	fieldAtMost    pipeline.Field = "at most"
	fieldStrong    pipeline.Field = "strength"
	fieldFact      pipeline.Field = "fact"
	fieldSucceed   pipeline.Field = "succeed"
	fieldOutOf     pipeline.Field = "of"
)

// Values of options that stand for nothing being asked, and for all forms.
const (
	anyAnswer = "any"
	everyForm = "every"
)

// templateForm draws the form of a new checklist, or of what stands above the
// questions of one.
func templateForm(m metadata, t pipeline.Template, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	name := textInput(pipeline.FieldName, m.Fresh, "Name", "", "Price change", typed[pipeline.FieldName], pipeline.TemplateNameLimit, false)
	about := optional(textInput(fieldAbout, m.Fresh, "What is it for?", "A sentence or two for those who choose it.", "", typed[fieldAbout], pipeline.AboutLimit, true))
	blocks := append(notes, name, about)
	if m.Template == "" {
		blocks = append(blocks,
			textInput(fieldQuestion, m.Fresh, "First question", "More questions, and what counts as a pass, come right after.", "Have customers been told a month ahead?", typed[fieldQuestion], pipeline.QuestionLimit, false),
			choiceInput(fieldKind, m.Fresh, "How is it answered?", "", "Choose", typed[fieldKind], kindOptions(simpleKinds)))
		return form(formTemplate, "New checklist", "Create", m, blocks...)
	}
	if t.Use == pipeline.UseChecklist {
		hint := "Over all questions answered with yes, no or unsure. Leave it empty for no limit."
		blocks = append(blocks,
			optional(textInput(fieldNoMost, m.Fresh, "It passes with how many “no” at most?", hint, "0", typed[fieldNoMost], numberLength, false)),
			optional(textInput(fieldUnsure, m.Fresh, "And with how many “unsure” at most?", "Leave it empty for no limit.", "1", typed[fieldUnsure], numberLength, false)))
	}
	return form(formTemplate, "Name and rules", "Save", m, blocks...)
}

// numberLength is more than any number takes.
const numberLength = 40

// headTyped is what the form above starts with.
func headTyped(t pipeline.Template) map[pipeline.Field]string {
	typed := map[pipeline.Field]string{
		pipeline.FieldName: t.Name, fieldAbout: t.About,
		fieldNoMost: wholeTyped(t.Pass.MaxNo), fieldUnsure: wholeTyped(t.Pass.MaxUnsure),
	}
	if t.ID == "" {
		typed[fieldKind] = string(newItem.Kind)
	}
	return withoutEmpty(typed)
}

// newTemplate makes a checklist of its name and its first question.
func newTemplate(all []pipeline.Template, typed map[pipeline.Field]string) (pipeline.Template, error) {
	t := pipeline.Template{ID: pipeline.NewTemplateID(all, typed[pipeline.FieldName]), Use: pipeline.UseChecklist}
	t, headErr := pipeline.DescribeTemplate(t, typed[pipeline.FieldName], typed[fieldAbout], pipeline.AnswerRule{})
	item := newItem
	item.ID, item.Question, item.Kind = pipeline.NewItemID(t, typed[fieldQuestion]), typed[fieldQuestion], pipeline.ItemKind(typed[fieldKind])
	t, err := pipeline.PutItem(t, item, "")
	if headErr == nil {
		return t, err
	}
	// Both are right or none is stored: what is wrong is marked at once.
	var head, first *pipeline.Problem
	if errors.As(headErr, &head) && errors.As(err, &first) {
		both := *head
		both.Fields = maps.Clone(first.Fields)
		maps.Copy(both.Fields, head.Fields)
		return t, &both
	}
	return t, headErr
}

// describe changes what stands above the questions.
func describe(t pipeline.Template, typed map[pipeline.Field]string) (pipeline.Template, error) {
	pass := t.Pass
	if t.Use == pipeline.UseChecklist {
		wrong := map[pipeline.Field]string{}
		pass.MaxNo = wholeOf(typed, fieldNoMost, wrong)
		pass.MaxUnsure = wholeOf(typed, fieldUnsure, wrong)
		if len(wrong) > 0 {
			return t, wrongFields(wrong)
		}
	}
	return pipeline.DescribeTemplate(t, typed[pipeline.FieldName], typed[fieldAbout], pass)
}

// wrongFields refuses what could not be read, before a rule looks at it.
func wrongFields(wrong map[pipeline.Field]string) error {
	return &pipeline.Problem{
		Code: "template-form", What: "Something in the form needs another look.", Safe: "Everything you typed is still there.",
		Next: "Correct the marked fields and submit again.", Fields: wrong,
	}
}

func wholeTyped(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// wholeOf reads a whole number; nil for none.
func wholeOf(typed map[pipeline.Field]string, field pipeline.Field, wrong map[pipeline.Field]string) *int {
	if !pipeline.HasVisible(typed[field]) {
		return nil
	}
	n, err := strconv.Atoi(pipeline.CleanLine(typed[field]))
	if err != nil {
		wrong[field] = "A whole number, such as 3."
	}
	return &n
}

// withoutEmpty drops what a form would not send back.
func withoutEmpty(typed map[pipeline.Field]string) map[pipeline.Field]string {
	maps.DeleteFunc(typed, func(_ pipeline.Field, words string) bool { return words == "" })
	return typed
}
