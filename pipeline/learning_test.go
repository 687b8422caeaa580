package pipeline_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// decidedTests are what a learning card may and may not choose from.
var decidedTests = []pipeline.RunSummary{
	{ID: 1, Use: pipeline.UseTest, Verdict: pipeline.Passed, Title: "People pay online"},
	{ID: 2, Use: pipeline.UseTest, Verdict: pipeline.Inconclusive},
	{ID: 3, Use: pipeline.UseTest, Title: "People come back", Running: true},
	{ID: 4, Use: pipeline.UseChecklist, Verdict: pipeline.Passed},
	{ID: 5, Use: pipeline.UseTest, Verdict: pipeline.Failed},
	{ID: 6, Use: pipeline.UseTest},
}

func learningCard(t testing.TB, tests ...int) pipeline.Run {
	t.Helper()
	run := filled(t, begun(t, pipeline.LearningCard, ""), map[pipeline.AnswerKey]string{
		"hypothesis": "People pay online", "observation": "They did", "insight": "It is easy", "action": "Build it",
	})
	run, err := pipeline.ChooseTests(run, tests, decidedTests)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestChooseTests(t *testing.T) {
	for name, c := range map[string]struct {
		tests []int
		want  []int
		wrong string
	}{
		"one":                   {[]int{1}, []int{1}, ""},
		"several, in any order": {[]int{5, 1, 2, 5}, []int{1, 2, 5}, ""},
		"none":                  {nil, nil, ""},
		"one that still runs":   {[]int{1, 3}, nil, "The test “People come back” has no verdict yet. Enter what it showed first."},
		"a nameless one":        {[]int{6}, nil, "The test with the number 6 has no verdict yet. Enter what it showed first."},
		"a checklist":           {[]int{4}, nil, "Number 4 is no test of this idea."},
		"one of another idea":   {[]int{9}, nil, "Number 9 is no test of this idea."},
	} {
		run := begun(t, pipeline.LearningCard, "")
		run.Tests = []int{2}
		given := slices.Clone(c.tests)
		after, err := pipeline.ChooseTests(run, c.tests, decidedTests)
		if !slices.Equal(given, c.tests) {
			t.Errorf("%s: the choice was sorted in place", name)
		}
		if c.wrong != "" {
			if got := problemField(err, pipeline.FieldTests); got != c.wrong || !slices.Equal(after.Tests, []int{2}) {
				t.Errorf("%s: %q, tests %v", name, got, after.Tests)
			}
			continue
		}
		if err != nil || !slices.Equal(after.Tests, c.want) {
			t.Errorf("%s: %v, %v", name, after.Tests, err)
		}
	}
	if _, err := pipeline.ChooseTests(begun(t, pipeline.INVEST, ""), []int{1}, decidedTests); problemCode(err) != "run-other-use" {
		t.Errorf("for a checklist: %v", err)
	}
}

func TestConclude(t *testing.T) {
	concluded, err := pipeline.Conclude(learningCard(t, 1, 2), pipeline.Pivot, "U2", noon)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&pipeline.Lesson{Decision: pipeline.Pivot, By: "U2", At: noon}, concluded.Lesson); diff != "" {
		t.Error(diff)
	}
	if s := concluded.Summarize(time.UTC); s.Decision != pipeline.Pivot || s.LastBy != "U2" || s.Title != "People pay online" {
		t.Errorf("%+v", s)
	}
	if verdict, because := concluded.Judge(); verdict != pipeline.Passed || because != "The decision from 2 tests: pivot." {
		t.Error(verdict, because)
	}
	for name, c := range map[string]struct {
		run      pipeline.Run
		decision pipeline.Learning
		code     string
		wrong    []pipeline.Field
	}{
		"every decision there is":           {learningCard(t, 5), pipeline.KeepTesting, "", nil},
		"a decision that is none":           {learningCard(t, 1), "hope", "learning-form", []pipeline.Field{"learning"}},
		"no decision":                       {learningCard(t, 1), "", "learning-form", []pipeline.Field{"learning"}},
		"without a test":                    {learningCard(t), pipeline.Retire, "learning-incomplete", []pipeline.Field{"tests"}},
		"without answers and tests":         {begun(t, pipeline.LearningCard, ""), pipeline.Retire, "learning-incomplete", []pipeline.Field{"action", "hypothesis", "insight", "observation", "tests"}},
		"the same once more":                {concluded, pipeline.Pivot, "", nil},
		"something else than was concluded": {concluded, pipeline.Retire, "concluded", nil},
		"a test":                            {aTest(t, nil), pipeline.Retire, "run-other-use", nil},
	} {
		_, err := pipeline.Conclude(c.run, c.decision, "U2", noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" || problemCode(err) != c.code {
			t.Errorf("%s: %v: %s", name, err, diff)
		}
	}
}

func TestAConcludedCardStays(t *testing.T) {
	run, err := pipeline.Conclude(learningCard(t, 1), pipeline.Persevere, "U2", noon)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = pipeline.Fill(run, []pipeline.Typed{{Key: "insight", Answer: pipeline.Answer{Value: "Another"}, Seen: run.Answers["insight"].Digest()}}, "U1", noon)
	if problemCode(err) != "concluded" {
		t.Errorf("its answers: %v", err)
	}
	if _, err := pipeline.ChooseTests(run, []int{2}, decidedTests); problemCode(err) != "concluded" {
		t.Errorf("its tests: %v", err)
	}
}

func TestLearningVerdictsWaitForTheDecision(t *testing.T) {
	for because, run := range map[string]pipeline.Run{
		"4 required answers are missing: “We believed that …”, “We observed …”, “From that we learned that …” and 1 more.": begun(t, pipeline.LearningCard, ""),
		"No test is chosen yet.":   learningCard(t),
		"No decision is made yet.": learningCard(t, 1),
	} {
		if verdict, got := run.Judge(); verdict != pipeline.Undecided || got != because {
			t.Errorf("%q, %q, want %q", verdict, got, because)
		}
	}
}
