package pipeline_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func ids(t pipeline.Template) string {
	var all []string
	for _, item := range t.Items {
		all = append(all, string(item.ID))
	}
	return strings.Join(all, " ")
}

// letters is a checklist with a text item for each id.
func letters(all ...pipeline.ItemID) pipeline.Template {
	t := pipeline.Template{ID: "letters", Name: "Letters", Use: pipeline.UseChecklist}
	for _, id := range all {
		t.Items = append(t.Items, pipeline.Item{ID: id, Question: "Which?", Kind: pipeline.KindText})
	}
	return t
}

func TestPutItem(t *testing.T) {
	abc := letters("a", "b", "c")
	for name, c := range map[string]struct {
		item, before pipeline.ItemID
		want         string
	}{
		"a new one at the end":                {"d", "", "a b c d"},
		"a new one before another":            {"d", "c", "a b d c"},
		"before one that is gone: at the end": {"d", "x", "a b c d"},
		"an item that is there stays put":     {"b", "", "a b c"},
		"wherever it is asked to be":          {"b", "a", "a b c"},
	} {
		got, err := pipeline.PutItem(abc, pipeline.Item{ID: c.item, Question: "New?", Kind: pipeline.KindText}, c.before)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if ids(got) != c.want {
			t.Errorf("%s: %s, want %s", name, ids(got), c.want)
		}
		if i := strings.Index(strings.ReplaceAll(ids(got), " ", ""), string(c.item)); got.Items[i].Question != "New?" {
			t.Errorf("%s: the item was not put there", name)
		}
	}
	if ids(abc) != "a b c" || abc.Items[1].Question != "Which?" {
		t.Error("the template that was edited has changed")
	}
}

func TestATemplateIsFullAtItsLimit(t *testing.T) {
	full := letters()
	for range pipeline.ItemLimit {
		var err error
		full, err = pipeline.PutItem(full, pipeline.Item{ID: pipeline.NewItemID(full, "Which?"), Question: "Which?", Kind: pipeline.KindText}, "")
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := pipeline.PutItem(full, pipeline.Item{ID: "more", Question: "More?", Kind: pipeline.KindText}, "")
	if err == nil || err.Error() != "A checklist has at most 40 items; this has 41." {
		t.Errorf("one more: %v", err)
	}
}

func TestWhatIsPutIsCleaned(t *testing.T) {
	got, err := pipeline.PutItem(letters("a"), pipeline.Item{
		ID: "b", Question: " Which\nplan? ", Help: "One.\r\n\r\n\r\nTwo.", Kind: pipeline.KindChoice,
		Choices: []string{" Basic ", "", "Team"}, In: []pipeline.Form{}, Pass: pipeline.PassRule{OneOf: []string{"Team", " "}},
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	want := pipeline.Item{
		ID: "b", Question: "Which plan?", Help: "One.\n\nTwo.", Kind: pipeline.KindChoice,
		Choices: []string{"Basic", "Team"}, Pass: pipeline.PassRule{OneOf: []string{"Team"}},
	}
	if diff := cmp.Diff(want, got.Items[1]); diff != "" {
		t.Error(diff)
	}
}

func TestMistakesOfAFormAreMarkedAtItsInputs(t *testing.T) {
	before := letters("a")
	got, err := pipeline.PutItem(before, pipeline.Item{ID: "b", Kind: pipeline.KindChoice, Choices: []string{"one"}, Unit: "kg"}, "")
	if diff := cmp.Diff(before, got); diff != "" {
		t.Errorf("a refused edit changed something: %s", diff)
	}
	var problem *pipeline.Problem
	if !errors.As(err, &problem) {
		t.Fatalf("%v is no refusal for people", err)
	}
	want := map[pipeline.Field]string{
		"question": "The item needs a question.",
		"choices":  "A choice has 2 to 20 choices; this has 1.",
		"unit":     "Only a number has a unit.",
	}
	if diff := cmp.Diff(want, problem.Fields); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(problem.What, `Item 2, "b": The item needs a question.`) {
		t.Errorf("the item is not named: %s", problem.What)
	}
}

func TestMoveItem(t *testing.T) {
	abc := letters("a", "b", "c")
	for by, want := range map[int]string{
		-1: "b a c", 1: "a c b", 0: "a b c", -7: "b a c", 7: "a c b",
		-1 << 63: "b a c", 1<<63 - 1: "a c b",
	} {
		got, err := pipeline.MoveItem(abc, "b", by)
		if err != nil || ids(got) != want {
			t.Errorf("by %d: %s, %v; want %s", by, ids(got), err, want)
		}
	}
	if ids(abc) != "a b c" {
		t.Error("the template that was edited has changed")
	}
}

func TestRemoveItem(t *testing.T) {
	usability, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.UsabilityTest)
	card, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.TestCard)
	for name, c := range map[string]struct {
		from pipeline.Template
		item pipeline.ItemID
		want string // in the refusal; "" when it may go
	}{
		"one of several":                  {letters("a", "b"), "b", ""},
		"the last one":                    {letters("a"), "a", "A checklist needs at least one item."},
		"one that is gone":                {letters("a", "b"), "c", `The item "c" is no longer in this checklist.`},
		"the tasks of participants":       {usability, "tasks", "Participants need an item of the kind tasks beside them."},
		"the results of participants":     {usability, "results", ""},
		"what a test is decided by":       {card, pipeline.ItemCriterion, "A test needs an item with the id criterion, of the kind number and required."},
		"what a test can do without":      {card, pipeline.ItemSample, ""},
		"which side of the number counts": {card, pipeline.ItemDirection, ""},
	} {
		got, err := pipeline.RemoveItem(c.from, c.item)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want == "" && len(got.Items) != len(c.from.Items)-1:
			t.Errorf("%s: %d items are left of %d", name, len(got.Items), len(c.from.Items))
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		case c.want != "" && ids(got) != ids(c.from):
			t.Errorf("%s: a refused edit changed something", name)
		case c.want != "" && !errors.As(err, new(*pipeline.Problem)):
			t.Errorf("%s: %T is no refusal for people", name, err)
		}
	}
}

func TestDescribeTemplate(t *testing.T) {
	none, err := pipeline.DescribeTemplate(pipeline.Template{ID: "a", Use: pipeline.UseChecklist}, " Price\nchange ", "", pipeline.AnswerRule{})
	if err != nil || none.Name != "Price change" {
		t.Errorf("a new one without items: %q, %v", none.Name, err)
	}
	_, err = pipeline.DescribeTemplate(letters("a"), "\u200b", strings.Repeat("a", 501), pipeline.AnswerRule{})
	var problem *pipeline.Problem
	if !errors.As(err, &problem) {
		t.Fatalf("%v is no refusal for people", err)
	}
	want := map[pipeline.Field]string{
		"name":  "The checklist needs a name.",
		"about": "The text about it has 501 characters; at most 500.",
	}
	if diff := cmp.Diff(want, problem.Fields); diff != "" {
		t.Error(diff)
	}
}

func TestCheckTemplateTakesOnlyWhatIsKept(t *testing.T) {
	for name, change := range map[string]func(*pipeline.Template){
		"a line break in the name": func(t *pipeline.Template) { t.Name = "a\nb" },
		"a control character":      func(t *pipeline.Template) { t.About = "a\x00b" },
		"doubled space":            func(t *pipeline.Template) { t.Items[0].Question = "a  b" },
		"space around a choice": func(t *pipeline.Template) {
			t.Items[0].Kind, t.Items[0].Choices = pipeline.KindChoice, []string{" a", "b"}
		},
		"required somewhere and not": func(t *pipeline.Template) {
			t.Forms, t.Items[0].RequiredIn = []pipeline.Form{"quick", "full"}, []pipeline.Form{"full"}
		},
		"too much in all": func(t *pipeline.Template) {
			*t = letters()
			for i := range pipeline.ItemLimit {
				t.Items = append(t.Items, pipeline.Item{
					ID: pipeline.NewItemID(*t, "item"), Kind: pipeline.KindText,
					Question: strings.Repeat("🙂", pipeline.QuestionLimit), Help: strings.Repeat("🙂", pipeline.HelpLimit-i),
				})
			}
		},
	} {
		template := letters("a")
		change(&template)
		if err := pipeline.CheckTemplate(template); !errors.As(err, new(*pipeline.TemplateError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewItemID(t *testing.T) {
	template := letters("which-plan", "which-plan-2", "item")
	for question, want := range map[string]pipeline.ItemID{
		"What's the budget?": "whats-the-budget",
		"Which plan?":        "which-plan-3",
		"How much is it worth spending, to learn first": "how-much-is-it-worth",
		"2 weeks or more?":                   "weeks-or-more",
		"Für wen? Ça va, Straße":             "fur-wen-ca-va-strae",
		"誰のため?":                              "item-2",
		"":                                   "item-2",
		"Donaudampfschifffahrtsgesellschaft": "donaudampfschifffahrtsge",
		"a 3rd time / v2.0":                  "a-3rd-time-v2-0",
	} {
		got := pipeline.NewItemID(template, question)
		if got != want {
			t.Errorf("%q became %s, want %s", question, got, want)
		}
		if _, err := pipeline.PutItem(template, pipeline.Item{ID: got, Question: "Which?", Kind: pipeline.KindText}, ""); err != nil {
			t.Errorf("%s is no id: %v", got, err)
		}
	}
}

func TestNewTemplateID(t *testing.T) {
	for name, want := range map[string]pipeline.TemplateID{"Price change": "price-change", "INVEST": "invest-2", "価格": "checklist"} {
		if got := pipeline.NewTemplateID(pipeline.TemplatesOf(nil), name); got != want {
			t.Errorf("%q became %s, want %s", name, got, want)
		}
	}
}
