package pipeline_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// problem is the refusal in words; its What is never empty.
func problem(t testing.TB, err error) *pipeline.Problem {
	t.Helper()
	var p *pipeline.Problem
	if !errors.As(err, &p) || p.What == "" {
		t.Fatalf("not a refusal in words: %v", err)
	}
	return p
}

func TestOutcomeKeys(t *testing.T) {
	for typed, want := range map[string]string{
		"PAY-O3": "PAY-O3", " pay-o3\n": "PAY-O3", "a1-o999999999": "A1-O999999999", "O2-O1": "O2-O1",
		"": "", "O3": "", "PAY-3": "", "PAY-O": "", "PAY-O0": "", "PAY-O03": "", "PAY-O1000000000": "", "P-O1": "", "PAY-O3 x": "", "PAY-O-3": "", "ＰＡＹ-O3": "",
		"toolongkey-O1": "", "PAY-O99999999999999999999": "",
	} {
		k, err := pipeline.ParseOutcomeKey(typed)
		if (err != nil) != (want == "") || err == nil && k.String() != want {
			t.Errorf("%q: got %s, %v; want %q", typed, k, err, want)
		}
		if err != nil && !k.IsZero() {
			t.Errorf("%q: refused, yet %s", typed, k)
		}
	}
}

func TestNewOutcome(t *testing.T) {
	for name, c := range map[string]struct {
		typed, want string
	}{
		"a line":               {" Fewer people\nask for help ", "Fewer people ask for help"},
		"150 characters":       {strings.Repeat("ü", 150), strings.Repeat("ü", 150)},
		"151 characters":       {strings.Repeat("ü", 151), ""},
		"nothing":              {"", ""},
		"nothing anybody sees": {"\u200b\u2800", ""},
	} {
		o, err := pipeline.NewOutcome("PAY", c.typed, "U1", noon)
		if (err != nil) != (c.want == "") {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			if diff := cmp.Diff([]pipeline.Field{pipeline.FieldStatement}, wrongFields(err)); diff != "" {
				t.Errorf("%s:\n%s", name, diff)
			}
			continue
		}
		want := pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY"}, Statement: c.want, Created: noon, CreatedBy: "U1"}
		if diff := cmp.Diff(want, o); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func outcomes(team pipeline.TeamKey, numbers ...int) []pipeline.OutcomeKey {
	var keys []pipeline.OutcomeKey
	for _, n := range numbers {
		keys = append(keys, pipeline.OutcomeKey{Team: team, Number: n})
	}
	return keys
}

func TestLinkAndUnlink(t *testing.T) {
	link := func(i pipeline.Idea, o pipeline.OutcomeKey) (pipeline.Idea, error) {
		linked, _, err := pipeline.Link(i, pipeline.Node{Key: o}, "U1", noon.Add(time.Hour))
		return linked, err
	}
	unlink := func(i pipeline.Idea, o pipeline.OutcomeKey) (pipeline.Idea, error) {
		unlinked, _, err := pipeline.Unlink(i, o, "why", "U1", noon.Add(time.Hour))
		return unlinked, err
	}
	for name, c := range map[string]struct {
		do        func(pipeline.Idea, pipeline.OutcomeKey) (pipeline.Idea, error)
		has       []pipeline.OutcomeKey
		withdrawn bool
		outcome   pipeline.OutcomeKey
		want      []pipeline.OutcomeKey
		refused   string
	}{
		"the first":                        {do: link, outcome: outcomes("PAY", 3)[0], want: outcomes("PAY", 3)},
		"the primary one stays first":      {do: link, has: outcomes("PAY", 3, 1), outcome: outcomes("PAY", 2)[0], want: outcomes("PAY", 3, 1, 2)},
		"a fifth":                          {do: link, has: outcomes("PAY", 1, 2, 3, 4), outcome: outcomes("PAY", 5)[0], want: outcomes("PAY", 1, 2, 3, 4, 5)},
		"a sixth is refused":               {do: link, has: outcomes("PAY", 1, 2, 3, 4, 5), outcome: outcomes("PAY", 6)[0], refused: "outcomes-many"},
		"one that is there is refused":     {do: link, has: outcomes("PAY", 1, 2, 3, 4, 5), outcome: outcomes("PAY", 5)[0], refused: "outcome-linked"},
		"another team's is refused":        {do: link, outcome: outcomes("SEC", 1)[0], refused: "outcome-of-another-team"},
		"no outcome at all is refused":     {do: link, refused: "outcome-of-another-team"},
		"a withdrawn idea is not linked":   {do: link, withdrawn: true, outcome: outcomes("PAY", 1)[0], refused: "idea-withdrawn"},
		"taking away":                      {do: unlink, has: outcomes("PAY", 1, 2, 3), outcome: outcomes("PAY", 2)[0], want: outcomes("PAY", 1, 3)},
		"taking the primary one away":      {do: unlink, has: outcomes("PAY", 1, 2, 3), outcome: outcomes("PAY", 1)[0], want: outcomes("PAY", 2, 3)},
		"taking the last away":             {do: unlink, has: outcomes("PAY", 1), outcome: outcomes("PAY", 1)[0], want: nil},
		"one that is not there":            {do: unlink, has: outcomes("PAY", 1), outcome: outcomes("PAY", 2)[0], refused: "outcome-not-linked"},
		"a withdrawn idea keeps its links": {do: unlink, has: outcomes("PAY", 1), withdrawn: true, outcome: outcomes("PAY", 1)[0], refused: "idea-withdrawn"},
	} {
		idea := pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 12}, Outcomes: slices.Grow(c.has, 10), Changed: noon}
		if c.withdrawn {
			idea.Withdrawn = noon
		}
		before := slices.Clone(idea.Outcomes)
		got, err := c.do(idea, c.outcome)
		if diff := cmp.Diff(before, idea.Outcomes); diff != "" {
			t.Errorf("%s: the idea as it was changed:\n%s", name, diff)
		}
		if c.refused != "" {
			if p := problem(t, err); p.Code != c.refused {
				t.Errorf("%s: refused as %s, want %s", name, p.Code, c.refused)
			}
			if diff := cmp.Diff(idea, got); diff != "" {
				t.Errorf("%s: refused, yet changed:\n%s", name, diff)
			}
			continue
		}
		if diff := cmp.Diff(c.want, got.Outcomes); err != nil || diff != "" || !got.Changed.After(noon) {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestAnIdeaLinkedTwiceFromOneStateKeepsBothApart(t *testing.T) {
	idea := pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 1}, Outcomes: slices.Grow(outcomes("PAY", 1), 10)}
	one, _, err := pipeline.Link(idea, pipeline.Node{Key: outcomes("PAY", 2)[0]}, "U1", noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := pipeline.Link(idea, pipeline.Node{Key: outcomes("PAY", 3)[0]}, "U1", noon); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outcomes("PAY", 1, 2), one.Outcomes); diff != "" {
		t.Error(diff)
	}
}
