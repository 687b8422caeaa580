package pipeline_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

func TestTheExampleOfTheFormatIsOne(t *testing.T) {
	format, err := os.ReadFile("templates/format.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(format), "\n\n")
	example, _, _ := strings.Cut(rest, "\n\n")
	template, err := pipeline.ParseTemplate(example)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"one of", "at least", "at most", "succeed", "strength", "brief", "unit", "fact", "choices", "required", "why"} {
		if !strings.Contains(example, word+":") {
			t.Errorf("the example does not show %s", word)
		}
	}
	var kinds []pipeline.ItemKind
	for _, item := range template.Items {
		kinds = append(kinds, item.Kind)
	}
	for _, kind := range []pipeline.ItemKind{
		pipeline.KindYesNo, pipeline.KindText, pipeline.KindNumber, pipeline.KindChoice, pipeline.KindDate, pipeline.KindPerson,
		pipeline.KindTasks, pipeline.KindParticipants, pipeline.KindEvidence, pipeline.KindFact,
	} {
		if !strings.Contains(string(format), "\n    "+string(kind)+" ") && !slices.Contains(kinds, kind) {
			t.Errorf("the format does not say what %s is", kind)
		}
	}
}

func TestWhatIsWrittenLooksLikeWhatPeopleWrite(t *testing.T) {
	template, err := pipeline.ParseTemplate(`
id: emoji
name: "👍 or 👎: which?"
about: "First.\nSecond: with a colon."
forms: [quick, full]
items:
  - {id: a, question: "Why, and for whom?", kind: text, in: [full], required: [full]}
  - {id: b, question: 'He said "null"', kind: choice, choices: ["yes, sure", "null", 100 %, ~x]}
`)
	if err != nil {
		t.Fatal(err)
	}
	_, written, _ := strings.Cut(pipeline.FormatTemplate(template), "\nid: ")
	want := `emoji
name: "👍 or 👎: which?"
about: |-
  First.
  Second: with a colon.
use: checklist
forms: [quick, full]
items:
  - id: a
    question: Why, and for whom?
    kind: text
    required: [full]
    in: [full]
  - id: b
    question: He said "null"
    kind: choice
    choices: ["yes, sure", "null", "100 %", "~x"]
`
	if diff := cmp.Diff(want, written); diff != "" {
		t.Error(diff)
	}
}

// sameAgain fails unless a template that is in order survives being written and
// read.
func sameAgain(t interface {
	Helper()
	Fatalf(string, ...any)
}, template pipeline.Template) {
	t.Helper()
	written := pipeline.FormatTemplate(template)
	again, err := pipeline.ParseTemplate(written)
	if err != nil {
		t.Fatalf("%v\n%s", err, written)
	}
	template.Version = 0
	if diff := cmp.Diff(template, again); diff != "" {
		t.Fatalf("%s\n%s", diff, written)
	}
}

func TestBuiltInChecklistsSurviveBeingWritten(t *testing.T) {
	for _, template := range pipeline.BuiltIn() {
		sameAgain(t, template)
	}
}

// anyText draws lines that people might type, among them those that look like
// something else in YAML.
func anyText(t *rapid.T, label string, limit int) string {
	odd := rapid.SampledFrom([]string{
		"null", "~", "true", "no", "- a", "a: b", "a #b", "#", "&a", "*a", "!!int 3", "|", ">-", "%", "@a", "`", "'", `"`, `\`, "[a, b]", "{a}", "? a",
		"1e3", "0x1f", "2026-01-01", ".inf", "<<", "=", "---", "...", "👍🏽", "שלום", "\uFFFE", "\uFFFF", "\uFFFD", "\u200d", "a\n b\n\nc", "\U000E0067", "½", "Éé",
	})
	text := strings.Join(rapid.SliceOfN(rapid.OneOf(odd, rapid.String()), 1, 3).Draw(t, label), " ")
	return strings.TrimSpace(pipeline.CleanText(pipeline.Cut(text, limit)))
}

func anyItem(t *rapid.T) pipeline.Item {
	forms := rapid.SliceOfNDistinct(rapid.SampledFrom([]pipeline.Form{"quick", "full", "other"}), 0, 2, rapid.ID[pipeline.Form])
	bound := rapid.Ptr(rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 1, 3, 0.1, -2})), true)
	item := pipeline.Item{
		ID:       pipeline.ItemID(rapid.SampledFrom([]string{"a", "b", "c", "null", "y", "no-1", "deadline", "A", ""}).Draw(t, "id")),
		Question: anyText(t, "question", pipeline.QuestionLimit+1),
		Kind: rapid.SampledFrom([]pipeline.ItemKind{
			pipeline.KindYesNo, pipeline.KindText, pipeline.KindNumber, pipeline.KindChoice, pipeline.KindDate, pipeline.KindPerson,
			pipeline.KindTasks, pipeline.KindParticipants, pipeline.KindEvidence, pipeline.KindFact,
		}).Draw(t, "kind"),
		Required: rapid.Bool().Draw(t, "required"),
	}
	if rapid.Bool().Draw(t, "with more") {
		item.Brief, item.Help = anyText(t, "brief", pipeline.QuestionLimit), anyText(t, "help", pipeline.HelpLimit)
		item.In, item.RequiredIn = forms.Draw(t, "in"), forms.Draw(t, "required in")
	}
	switch item.Kind {
	case pipeline.KindYesNo:
		item.Why = rapid.Bool().Draw(t, "why")
		item.Pass.OneOf = rapid.SliceOfN(rapid.SampledFrom([]string{"yes", "no", "unsure"}), 0, 2).Draw(t, "one of")
	case pipeline.KindNumber:
		item.Unit = anyText(t, "unit", pipeline.UnitLimit)
		item.Pass.AtLeast, item.Pass.AtMost = bound.Draw(t, "at least"), bound.Draw(t, "at most")
	case pipeline.KindChoice:
		for range rapid.IntRange(1, 4).Draw(t, "choices") {
			item.Choices = append(item.Choices, anyText(t, "choice", pipeline.ChoiceTextLimit))
		}
		item.Pass.OneOf = item.Choices[:1]
	case pipeline.KindParticipants:
		item.Pass.Succeed, item.Pass.Of = rapid.IntRange(0, 6).Draw(t, "succeed"), rapid.IntRange(0, 6).Draw(t, "of")
	case pipeline.KindEvidence:
		item.Pass.AtLeast = bound.Draw(t, "at least")
		item.Pass.Strength = rapid.SampledFrom(append(pipeline.Strengths(), "")).Draw(t, "strength")
	case pipeline.KindFact:
		item.Fact = rapid.SampledFrom([]pipeline.Fact{pipeline.FactOutcome, pipeline.FactSize, "checklist:invest", "checklist:1"}).Draw(t, "fact")
		item.Pass.AtMost = bound.Draw(t, "at most")
	}
	return item
}

func TestEditsKeepATemplateInOrder(t *testing.T) {
	accepted, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		template := rapid.SampledFrom(append(pipeline.BuiltIn(), letters("a"))).Draw(t, "template")
		for range rapid.IntRange(1, 12).Draw(t, "edits") {
			before := pipeline.FormatTemplate(template)
			id := rapid.SampledFrom(template.Items).Draw(t, "item").ID
			var edited pipeline.Template
			var err error
			switch rapid.IntRange(0, 3).Draw(t, "edit") {
			case 0:
				edited, err = pipeline.PutItem(template, anyItem(t), id)
			case 1:
				edited, err = pipeline.MoveItem(template, id, rapid.Int().Draw(t, "by"))
			case 2:
				edited, err = pipeline.RemoveItem(template, id)
			case 3:
				edited, err = pipeline.DescribeTemplate(template, anyText(t, "name", pipeline.TemplateNameLimit), anyText(t, "about", pipeline.AboutLimit+1), template.Pass)
			}
			if pipeline.FormatTemplate(template) != before {
				t.Fatalf("an edit changed the template it was made from")
			}
			if err != nil {
				refused++
				if pipeline.FormatTemplate(edited) != before {
					t.Fatalf("a refused edit changed something: %v", err)
				}
				continue
			}
			accepted++
			template = edited
			if err := pipeline.CheckTemplate(template); err != nil {
				t.Fatalf("an edit was accepted and is broken: %v", err)
			}
			sameAgain(t, template)
		}
	})
	if accepted < 100 || refused < 100 {
		t.Errorf("%d edits were accepted and %d refused; that proves little", accepted, refused)
	}
}

func FuzzParseTemplate(f *testing.F) {
	f.Add(small)
	for _, template := range pipeline.BuiltIn() {
		f.Add(pipeline.FormatTemplate(template))
	}
	f.Add("id: a\nname: \"\\uFFFE \\U0001F600\"\nabout: |\n  a\n\n   b\nforms: [x, y]\nitems:\n- {id: b, question: c, kind: number, unit: '%', in: [x, y], required: [y], pass: {at least: -1e-7}}\n")
	f.Add("id: &a b\nname: *a\n")
	f.Add("? [a]\n: b\n---\n...\n%YAML 1.2\n")
	f.Fuzz(func(t *testing.T, source string) {
		template, err := pipeline.ParseTemplate(source)
		if err != nil {
			if err.Error() == "" || !utf8.ValidString(err.Error()) {
				t.Fatalf("refused with %q", err)
			}
			return
		}
		if err := pipeline.CheckTemplate(template); err != nil {
			t.Fatalf("read from a file, and refused as a value: %v", err)
		}
		if len(template.Items) < 1 || len(template.Items) > pipeline.ItemLimit || pipeline.Length(template.Name) > pipeline.TemplateNameLimit {
			t.Fatalf("over the limits: %+v", template)
		}
		for _, item := range template.Items {
			if pipeline.Length(item.Question) > pipeline.QuestionLimit || pipeline.Length(item.Help) > pipeline.HelpLimit || len(item.Choices) > pipeline.ChoiceLimit {
				t.Fatalf("over the limits: %+v", item)
			}
		}
		sameAgain(t, template)
	})
}
