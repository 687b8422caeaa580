package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

func TestSizesAsPeopleTypeThem(t *testing.T) {
	const refused = -1
	for typed, want := range map[string]int{
		"": 0, "  ": 0, "8": 8, " 8 ": 8, "08": 8, "8 points": 8, "8points": 8, "1 Point": 1, "13 pts": 13, "3 p": 3, "5 pt.": 5, "999": 999,
		"0": refused, "1000": refused, "-3": refused, "+3": refused, "8.5": refused, "8,5": refused, "8.0": refused, "eight": refused, "8 days": refused,
		"8 9": refused, "points": refused, "1e2": refused, "٣": refused, "99999999999999999999": refused, "8 points or so": refused, "0x8": refused,
	} {
		idea, err := pipeline.SizeIdea(pipeline.Idea{Size: 42}, "", typed, "", noon)
		if want == refused {
			if diff := cmp.Diff([]pipeline.Field{pipeline.FieldSize}, wrongFields(err)); diff != "" || idea.Size != 42 {
				t.Errorf("%q: %v, size %d\n%s", typed, err, idea.Size, diff)
			}
			continue
		}
		if err != nil || idea.Size != want {
			t.Errorf("%q: size %d, %v; want %d", typed, idea.Size, err, want)
		}
	}
}

func TestAcceptanceCriteriaOneALine(t *testing.T) {
	for name, c := range map[string]struct {
		typed string
		want  []string
		wrong bool
	}{
		"none":                     {"", nil, false},
		"nothing anybody sees":     {"\n \u200b\n\t", nil, false},
		"empty lines are dropped":  {"one\n\n\n  two  \r\nthree", []string{"one", "two", "three"}, false},
		"the marks of a list too":  {"- one\n* two\n• three\n-\n- - four\n-5 is refused", []string{"one", "two", "three", "four", "-5 is refused"}, false},
		"a line of 140 characters": {strings.Repeat("ü", 140), []string{strings.Repeat("ü", 140)}, false},
		"a line of 141 characters": {"fine\n" + strings.Repeat("ü", 141), nil, true},
		"twenty lines":             {strings.Repeat("x\n", 20), strings.Fields(strings.Repeat("x ", 20)), false},
		"twenty-one":               {strings.Repeat("x\n", 21), nil, true},
		"direction marks are gone": {"a\u202eb", []string{"ab"}, false},
	} {
		idea, err := pipeline.SizeIdea(pipeline.Idea{}, pipeline.Bug, "", c.typed, noon)
		if c.wrong {
			if diff := cmp.Diff([]pipeline.Field{pipeline.FieldCriteria}, wrongFields(err)); diff != "" {
				t.Errorf("%s:\n%s", name, diff)
			}
			continue
		}
		if diff := cmp.Diff(c.want, idea.Criteria); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestSizeIdea(t *testing.T) {
	idea := pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 12}, Changed: noon}
	later := noon.Add(time.Hour)
	sized, err := pipeline.SizeIdea(idea, pipeline.Feature, "8", "it works\nit is quick", later)
	want := idea
	want.Work, want.Size, want.Criteria, want.Changed = pipeline.Feature, 8, []string{"it works", "it is quick"}, later
	if diff := cmp.Diff(want, sized); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	same, err := pipeline.SizeIdea(sized, pipeline.Feature, " 8 points ", "it works\n\n- it is quick", later.Add(time.Hour))
	if diff := cmp.Diff(sized, same); err != nil || diff != "" {
		t.Errorf("the same again is no change: %v\n%s", err, diff)
	}
	cleared, err := pipeline.SizeIdea(sized, "", "", "", later)
	want = idea
	want.Changed = later
	if diff := cmp.Diff(want, cleared); err != nil || diff != "" {
		t.Errorf("what is left empty is taken away: %v\n%s", err, diff)
	}
	_, err = pipeline.SizeIdea(idea, "epic", "many", strings.Repeat("x\n", 21), noon)
	if diff := cmp.Diff([]pipeline.Field{pipeline.FieldCriteria, pipeline.FieldSize, pipeline.FieldWork}, wrongFields(err)); diff != "" {
		t.Errorf("all that is wrong, at once:\n%s", diff)
	}
	idea.Withdrawn = noon
	if _, err = pipeline.SizeIdea(idea, pipeline.Bug, "1", "", noon); problem(t, err).Code != "idea-withdrawn" {
		t.Error(err)
	}
}

// What a form shows of the criteria reads back to the same.
func TestCriteriaSurviveTheForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.StringMatching(`([-*•\t \n]|[a-zé]){0,60}`).Draw(t, "typed")
		once, err := pipeline.SizeIdea(pipeline.Idea{}, "", "", typed, noon)
		if err != nil {
			t.Skip()
		}
		again, err := pipeline.SizeIdea(once, "", "", strings.Join(once.Criteria, "\n"), noon)
		if diff := cmp.Diff(once, again); err != nil || diff != "" {
			t.Fatalf("%q: %v\n%s", typed, err, diff)
		}
	})
}
