package pipeline_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// problemCode is that of the problem in err; "" for none.
func problemCode(err error) string {
	var p *pipeline.Problem
	if !errors.As(err, &p) {
		return ""
	}
	return p.Code
}

// begun is a run of a built-in checklist, just begun by U1.
func begun(t testing.TB, id pipeline.TemplateID, form pipeline.Form) pipeline.Run {
	t.Helper()
	template, ok := pipeline.FindTemplate(pipeline.BuiltIn(), id)
	if !ok {
		t.Fatalf("there is no checklist %s", id)
	}
	return begunOf(t, template, form)
}

func begunOf(t testing.TB, template pipeline.Template, form pipeline.Form) pipeline.Run {
	t.Helper()
	run, err := pipeline.BeginRun(template, form, pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 12}}, "U1", noon)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// filled answers items as somebody who saw what is there.
func filled(t testing.TB, run pipeline.Run, answers map[pipeline.AnswerKey]string) pipeline.Run {
	t.Helper()
	var typed []pipeline.Typed
	for key, value := range answers {
		typed = append(typed, pipeline.Typed{Key: key, Answer: pipeline.Answer{Value: value}, Seen: run.Answers[key].Digest()})
	}
	run, clashes, err := pipeline.Fill(run, typed, "U1", noon)
	if err != nil || len(clashes) > 0 {
		t.Fatalf("filling %v: %v, clashes %v", answers, err, clashes)
	}
	return run
}

func TestBeginRun(t *testing.T) {
	canvas, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.OpportunityCanvas)
	invest, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.INVEST)
	idea := pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 12}}
	gone := idea
	gone.Withdrawn = noon
	for name, c := range map[string]struct {
		template pipeline.Template
		form     pipeline.Form
		idea     pipeline.Idea
		code     string
	}{
		"a form of the template":               {canvas, "quick", idea, ""},
		"no form where there are several":      {canvas, "", idea, "form-unknown"},
		"a form that the template has not":     {canvas, "huge", idea, "form-unknown"},
		"no form where there is one":           {invest, "", idea, ""},
		"a form where the template has one":    {invest, "quick", idea, "form-unknown"},
		"an idea that was withdrawn":           {invest, "", gone, "idea-withdrawn"},
		"a learning card before there is test": {pipeline.Template{Use: pipeline.UseLearning}, "", idea, ""},
	} {
		run, err := pipeline.BeginRun(c.template, c.form, c.idea, "U1", noon)
		if problemCode(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
		if err == nil && (run.BeganBy != "U1" || !run.Began.Equal(noon) || run.Idea != idea.Key || run.Form != c.form) {
			t.Errorf("%s: %+v", name, run)
		}
	}
}

func TestStepsHoldAtMostSixInputs(t *testing.T) {
	yes := pipeline.Item{Kind: pipeline.KindYesNo, Why: true}
	text := pipeline.Item{Kind: pipeline.KindText}
	fact := pipeline.Item{Kind: pipeline.KindFact}
	results := pipeline.Item{Kind: pipeline.KindParticipants}
	for name, c := range map[string]struct {
		items []pipeline.Item
		steps []int // items on each page
	}{
		"nothing":                                 {nil, nil},
		"six texts fit on a page":                 {[]pipeline.Item{text, text, text, text, text, text}, []int{6}},
		"the seventh begins another":              {[]pipeline.Item{text, text, text, text, text, text, text}, []int{6, 1}},
		"a yes or no with why counts two":         {[]pipeline.Item{yes, yes, yes, yes}, []int{3, 1}},
		"and is not torn apart":                   {[]pipeline.Item{text, yes, yes, yes}, []int{3, 1}},
		"facts count none":                        {[]pipeline.Item{fact, yes, fact, yes, yes, fact, text}, []int{6, 1}},
		"only facts":                              {[]pipeline.Item{fact, fact}, []int{2}},
		"results of participants have their form": {[]pipeline.Item{text, results, text}, []int{2}},
		"only results":                            {[]pipeline.Item{results}, nil},
	} {
		var got []int
		for _, step := range (pipeline.Run{Template: pipeline.Template{Items: c.items}}).Steps() {
			got = append(got, len(step))
		}
		if diff := cmp.Diff(c.steps, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestEveryBuiltInChecklistHasPages(t *testing.T) {
	for _, template := range pipeline.BuiltIn() {
		forms := template.Forms
		if len(forms) == 0 {
			forms = []pipeline.Form{""}
		}
		for _, form := range forms {
			run := begunOf(t, template, form)
			items := 0
			for _, step := range run.Steps() {
				inputs := 0
				for _, item := range step {
					inputs += item.Inputs()
				}
				items += len(step)
				if inputs > pipeline.InputsOnPage {
					t.Errorf("%s %s: a page of %d inputs", template.ID, form, inputs)
				}
			}
			for _, item := range run.Items() {
				if item.Kind == pipeline.KindParticipants {
					items++
				}
			}
			if items != len(run.Items()) {
				t.Errorf("%s %s: %d of %d items on its pages", template.ID, form, items, len(run.Items()))
			}
		}
	}
}

func TestUpgradeKeepsEveryAnswer(t *testing.T) {
	quick := filled(t, begun(t, pipeline.OpportunityCanvas, "quick"), map[pipeline.AnswerKey]string{"problem": "Paper invoices", "users": "Bookkeepers"})
	full, err := pipeline.Upgrade(quick, "full")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(quick.Answers, full.Answers); diff != "" || full.Form != "full" || quick.Form != "quick" {
		t.Errorf("form %s: %s", full.Form, diff)
	}
	shared := 0
	for _, item := range full.Items() {
		if full.Answers[pipeline.AnswerKey(item.ID)].Value != "" {
			shared++
		}
	}
	if shared != 2 {
		t.Errorf("%d of 2 answers are asked for in the full form", shared)
	}
	if again, err := pipeline.Upgrade(full, "full"); err != nil || again.Form != "full" {
		t.Errorf("upgraded twice: %v", err)
	}
	for form, code := range map[pipeline.Form]string{"quick": "form-shorter", "huge": "form-unknown", "": "form-unknown"} {
		if _, err := pipeline.Upgrade(full, form); problemCode(err) != code {
			t.Errorf("to %q: %v, want %s", form, err, code)
		}
	}
}

func TestAStartedTestKeepsItsForm(t *testing.T) {
	card, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.TestCard)
	card.Forms = []pipeline.Form{"quick", "full"}
	run := begunOf(t, card, "quick")
	run.Started = noon
	if _, err := pipeline.Upgrade(run, "full"); problemCode(err) != "frozen" {
		t.Error(err)
	}
	if _, err := pipeline.Upgrade(run, "quick"); err != nil {
		t.Error("to the form that it has:", err)
	}
}

func TestOwner(t *testing.T) {
	run := begun(t, pipeline.TestCard, "")
	if got := run.Owner(); got != "U1" {
		t.Errorf("just begun: %s", got)
	}
	run.StartedBy = "U2"
	if got := run.Owner(); got != "U2" {
		t.Errorf("started: %s", got)
	}
	run = filled(t, run, map[pipeline.AnswerKey]string{"owner": "U3"})
	if got := run.Owner(); got != "U3" {
		t.Errorf("named: %s", got)
	}
	text := pipeline.Run{
		BeganBy:  "U1",
		Template: pipeline.Template{Items: []pipeline.Item{{ID: "owner", Kind: pipeline.KindText}}},
		Answers:  map[pipeline.AnswerKey]pipeline.Answer{"owner": {Value: "the sales people"}},
	}
	if got := text.Owner(); got != "U1" {
		t.Errorf("an owner in free text: %s", got)
	}
}

// problemField is the sentence that marks a field; "" for none.
func problemField(err error, field pipeline.Field) string {
	var p *pipeline.Problem
	if !errors.As(err, &p) {
		return ""
	}
	return p.Fields[field]
}
