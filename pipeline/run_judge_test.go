package pipeline_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestChecklistVerdicts(t *testing.T) {
	template := pipeline.Template{
		ID: "own", Name: "Own", Use: pipeline.UseChecklist,
		Items: []pipeline.Item{
			{ID: "must", Question: "Is it legal.", Kind: pipeline.KindYesNo, Required: true, Pass: pipeline.PassRule{OneOf: []string{"yes"}}},
			{ID: "may", Question: "Is it fun?", Kind: pipeline.KindYesNo},
			{ID: "might", Question: "Is it new?", Kind: pipeline.KindYesNo},
			{ID: "share", Question: "Share?", Kind: pipeline.KindNumber, Unit: "%", Pass: pipeline.PassRule{AtLeast: new(10.0), AtMost: new(20.0)}},
			{ID: "cost", Question: "Cost?", Kind: pipeline.KindChoice, Choices: []string{"Little", "Some", "A lot"}, Pass: pipeline.PassRule{OneOf: []string{"Little", "Some"}}},
			{ID: "fact", Question: "Outcome?", Kind: pipeline.KindFact, Fact: pipeline.FactOutcome, Required: true},
		},
		Pass: pipeline.AnswerRule{MaxNo: new(0), MaxUnsure: new(1)},
	}
	for name, c := range map[string]struct {
		answers map[pipeline.AnswerKey]string
		verdict pipeline.Verdict
		because string
	}{
		"nothing": {nil, pipeline.Undecided, "One required answer is missing: “Is it legal”."},
		"only what is optional": {map[pipeline.AnswerKey]string{"may": "yes"}, pipeline.Undecided,
			"One required answer is missing: “Is it legal”."},
		"a failure does not count while answers are missing": {map[pipeline.AnswerKey]string{"share": "99"}, pipeline.Undecided,
			"One required answer is missing: “Is it legal”."},
		"only what is required": {map[pipeline.AnswerKey]string{"must": "yes"}, pipeline.Passed,
			"Everything required is answered, and every answer passes."},
		"everything": {map[pipeline.AnswerKey]string{"must": "yes", "may": "yes", "might": "unsure", "share": "10", "cost": "Some"}, pipeline.Passed,
			"Everything is answered, and every answer passes."},
		"an answer that does not pass": {map[pipeline.AnswerKey]string{"must": "unsure"}, pipeline.Failed,
			"It fails on “Is it legal” (unsure)."},
		"a number below its bound": {map[pipeline.AnswerKey]string{"must": "yes", "share": "9.9"}, pipeline.Failed,
			"It fails on “Share?” (9.9 %, at least 10 % is asked)."},
		"numbers at their bounds": {map[pipeline.AnswerKey]string{"must": "yes", "share": "20"}, pipeline.Passed,
			"Everything required is answered, and every answer passes."},
		"several that do not pass": {map[pipeline.AnswerKey]string{"must": "no", "share": "21", "cost": "A lot"}, pipeline.Failed,
			"It fails on “Is it legal” (no), “Share?” (21 %, at most 20 % is allowed) and “Cost?” (A lot)."},
		"a no where none may be": {map[pipeline.AnswerKey]string{"must": "yes", "may": "no"}, pipeline.Failed,
			"One answer is no, and none may be: “Is it fun?”."},
		"one unsure may be": {map[pipeline.AnswerKey]string{"must": "yes", "may": "unsure"}, pipeline.Passed,
			"Everything required is answered, and every answer passes."},
		"two may not": {map[pipeline.AnswerKey]string{"must": "yes", "may": "unsure", "might": "unsure"}, pipeline.Failed,
			"2 answers are unsure, and at most 1 may be: “Is it fun?” and “Is it new?”."},
	} {
		run := filled(t, begunOf(t, template, ""), c.answers)
		if verdict, because := run.Judge(); verdict != c.verdict || because != c.because {
			t.Errorf("%s: %q, %q", name, verdict, because)
		}
	}
}

func TestVerdictsOfUnusualChecklists(t *testing.T) {
	text := pipeline.Item{ID: "text", Question: "Text?", Kind: pipeline.KindText}
	fact := pipeline.Item{ID: "fact", Question: "Fact?", Kind: pipeline.KindFact, Fact: pipeline.FactOutcome, Required: true}
	optional := pipeline.Template{Use: pipeline.UseChecklist, Items: []pipeline.Item{text, fact}}
	if verdict, because := begunOf(t, optional, "").Judge(); verdict != pipeline.Undecided || because != "Nothing is answered yet." {
		t.Errorf("nothing required, nothing answered: %q, %q", verdict, because)
	}
	live := pipeline.Template{Use: pipeline.UseChecklist, Items: []pipeline.Item{fact}}
	if verdict, because := begunOf(t, live, "").Judge(); verdict != pipeline.Passed || because != "The idea itself answers all of it." {
		t.Errorf("only facts: %q, %q", verdict, because)
	}
}

func TestReadyIsNoNoAndAtMostOneUnsure(t *testing.T) {
	letters := []pipeline.AnswerKey{"independent", "negotiable", "valuable", "estimable", "small", "testable"}
	answers := []string{"yes", "unsure", "no"}
	for n := range 729 { // 3 to the 6th: every way to answer
		given, no, unsure := map[pipeline.AnswerKey]string{}, 0, 0
		rest := n
		for _, letter := range letters {
			given[letter] = answers[rest%3]
			unsure += b2i(rest%3 == 1)
			no += b2i(rest%3 == 2)
			rest /= 3
		}
		want := pipeline.Failed
		if no == 0 && unsure <= 1 {
			want = pipeline.Passed
		}
		if got, because := filled(t, begun(t, pipeline.INVEST, ""), given).Judge(); got != want {
			t.Errorf("%d no, %d unsure: %s, %s", no, unsure, got, because)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestSummarize(t *testing.T) {
	berlin := mustLoad(t, "Europe/Berlin")
	run := begun(t, pipeline.DefinitionOfReady, "")
	run.ID = 7
	s := run.Summarize(berlin)
	if s.ID != 7 || s.Template != pipeline.DefinitionOfReady || s.Of != 0 || len(s.Live) != len(run.Items()) || len(s.Lacks) != 0 {
		t.Errorf("only facts: %+v", s)
	}

	run = begun(t, pipeline.OpportunityCanvas, "quick")
	first := run.Summarize(berlin)
	later := noon.Add(time.Hour)
	run, _, err := pipeline.Fill(run, []pipeline.Typed{{Key: "users", Answer: pipeline.Answer{Value: "Bookkeepers"}}}, "U2", later)
	if err != nil {
		t.Fatal(err)
	}
	second := run.Summarize(berlin)
	if first.Answered != 0 || second.Answered != 1 || first.Of != second.Of || len(first.Lacks) != len(second.Lacks)+1 {
		t.Errorf("progress: %+v then %+v", first, second)
	}
	if first.LastBy != "U1" || !first.Last.Equal(noon) || second.LastBy != "U2" || !second.Last.Equal(later) {
		t.Errorf("who was last: %s %s, then %s %s", first.LastBy, first.Last, second.LastBy, second.Last)
	}
	if live := first.Live; len(live) != 1 || live[0].Kind != pipeline.KindEvidence || slices.Contains(first.Lacks, run.Template.Asked(live[0], run.Form)) {
		t.Errorf("what the idea answers is not asked of people: %v, %v", live, first.Lacks)
	}

	run = startedTest(t, nil)
	s = run.Summarize(berlin)
	if want := time.Date(2026, 11, 30, 17, 0, 0, 0, berlin); !s.Running || !s.Deadline.Equal(want) || s.Owner != "U5" || s.Title != "People pay online" {
		t.Errorf("a test that runs: %+v", s)
	}
	run, err = pipeline.Observe(run, "40 %", "", "", false, "U5", later)
	if err != nil {
		t.Fatal(err)
	}
	s = run.Summarize(berlin)
	if s.Running || !s.Deadline.IsZero() || s.Verdict != pipeline.Passed || s.LastBy != "U5" {
		t.Errorf("a test that is over: %+v", s)
	}
	if diff := cmp.Diff(s, run.Summarize(berlin)); diff != "" {
		t.Error(diff)
	}
}
