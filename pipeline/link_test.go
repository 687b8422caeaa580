package pipeline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

func linked(keys ...pipeline.NodeKey) pipeline.Idea {
	return pipeline.Idea{Key: pay12, Stage: pipeline.Discovery, Outcomes: keys, Changed: noon}
}

func TestLinkToANode(t *testing.T) {
	nodes := pipeline.Nodes{
		Outcomes:      []pipeline.Outcome{business(1, 0), product(2, 1), closed(product(3, 1))},
		Opportunities: []pipeline.Opportunity{{Key: p(1), Parent: o(2)}, {Key: p(2), Parent: p(1)}, {Key: p(3), Parent: o(3)}, {Key: p(4), Parent: p(3)}},
		Impacts:       []pipeline.Impact{{Key: i(1), Goal: o(1)}, {Key: i(2), Goal: o(3)}},
	}
	withdrawn := linked()
	withdrawn.Withdrawn = noon
	for name, c := range map[string]struct {
		idea    pipeline.Idea
		to      pipeline.NodeKey
		want    []pipeline.NodeKey
		refused string
	}{
		"an outcome":                                    {linked(), o(2), []pipeline.NodeKey{o(2)}, ""},
		"an opportunity beside an outcome":              {linked(o(2)), p(2), []pipeline.NodeKey{o(2), p(2)}, ""},
		"an opportunity and an impact of one number":    {linked(p(1)), i(1), []pipeline.NodeKey{p(1), i(1)}, ""},
		"a closed outcome":                              {linked(), o(3), nil, "outcome-closed"},
		"an opportunity deep under a closed outcome":    {linked(), p(4), nil, "outcome-closed"},
		"an impact on a closed outcome":                 {linked(), i(2), nil, "outcome-closed"},
		"a closed one that it has":                      {linked(o(3)), o(3), nil, "outcome-linked"},
		"a sixth":                                       {linked(o(11), o(12), o(13), o(14), o(15)), p(1), nil, "outcomes-many"},
		"whatever it is, what was withdrawn is refused": {withdrawn, o(3), nil, "idea-withdrawn"},
	} {
		node, ok := nodes.Node(c.to)
		if !ok {
			t.Fatalf("%s: no node", name)
		}
		got, event, err := pipeline.Link(c.idea, node, "U2", noon.Add(time.Hour))
		if problemCode(err) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			if !cmp.Equal(got, c.idea) || event.What != "" || problem(t, err).Safe == "" {
				t.Errorf("%s: refused, yet %+v %+v, or without what is safe: %v", name, got, event, err)
			}
			continue
		}
		if diff := cmp.Diff(c.want, got.Outcomes); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if want := (pipeline.Event{At: noon.Add(time.Hour), By: "U2", What: pipeline.WasLinked, About: c.to.String()}); !cmp.Equal(want, event) {
			t.Errorf("%s: %+v", name, event)
		}
	}
	if _, known := nodes.Node(o(99)); known {
		t.Error("a node that is not there")
	}
}

func TestUnlinkingAsksWhy(t *testing.T) {
	idea := linked(o(1), p(1))
	for typed, want := range map[string]string{
		"It serves another one.": "It serves another one.", " two\nlines ": "two lines", strings.Repeat("x", 500): strings.Repeat("x", 500),
		"": "", "\u200b": "", strings.Repeat("x", 501): "",
	} {
		got, event, err := pipeline.Unlink(idea, o(1), typed, "U2", noon)
		if want == "" {
			if diff := cmp.Diff([]pipeline.Field{pipeline.FieldWhy}, wrongFields(err)); diff != "" || len(got.Outcomes) != 2 {
				t.Errorf("%.20q: %v %v", typed, err, got.Outcomes)
			}
			continue
		}
		if err != nil || !cmp.Equal(got.Outcomes, []pipeline.NodeKey{p(1)}) || event.Why != want || event.What != pipeline.WasUnlinked || event.About != "PAY-O1" {
			t.Errorf("%.20q: %v %v %+v", typed, err, got.Outcomes, event)
		}
	}
	if _, _, err := pipeline.Unlink(idea, i(1), "", "U2", noon); problemCode(err) != "outcome-not-linked" {
		t.Errorf("what is not linked needs no reason: %v", err)
	}
}

func TestMakePrimary(t *testing.T) {
	idea := linked(slices.Grow([]pipeline.NodeKey{o(1), o(2), p(3)}, 5)...)
	before := slices.Clone(idea.Outcomes)
	got, event, err := pipeline.MakePrimary(idea, p(3), "U2", noon)
	if err != nil || !cmp.Equal(got.Outcomes, []pipeline.NodeKey{p(3), o(1), o(2)}) || event.What != pipeline.MadePrimary || event.About != "PAY-P3" {
		t.Errorf("%v %v %+v", err, got.Outcomes, event)
	}
	if !cmp.Equal(before, idea.Outcomes) {
		t.Errorf("the idea as it was changed: %v", idea.Outcomes)
	}
	withdrawn := idea
	withdrawn.Withdrawn = noon
	for code, c := range map[string]struct {
		idea pipeline.Idea
		key  pipeline.NodeKey
	}{"outcome-primary": {idea, o(1)}, "outcome-not-linked": {idea, o(9)}, "idea-withdrawn": {withdrawn, o(2)}} {
		if _, _, err := pipeline.MakePrimary(c.idea, c.key, "U2", noon); problemCode(err) != code {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestChangeLink(t *testing.T) {
	for name, c := range map[string]struct {
		has      []pipeline.NodeKey
		from, to pipeline.NodeKey
		want     []pipeline.NodeKey
		what     pipeline.What
	}{
		"the primary one stays primary": {[]pipeline.NodeKey{o(1), o(2)}, o(1), o(3), []pipeline.NodeKey{o(3), o(2)}, pipeline.WasLinked},
		"another keeps its place":       {[]pipeline.NodeKey{o(2), o(1), p(1)}, o(1), o(3), []pipeline.NodeKey{o(2), o(3), p(1)}, pipeline.WasLinked},
		"one that is there already":     {[]pipeline.NodeKey{o(2), o(1), o(3)}, o(1), o(3), []pipeline.NodeKey{o(2), o(3)}, pipeline.WasUnlinked},
		"none instead":                  {[]pipeline.NodeKey{o(1)}, o(1), pipeline.NodeKey{}, nil, pipeline.WasUnlinked},
		"one that is gone meanwhile":    {[]pipeline.NodeKey{o(2)}, o(1), o(3), []pipeline.NodeKey{o(2)}, ""},
		"five stay five":                {[]pipeline.NodeKey{o(1), o(2), o(4), o(5), o(6)}, o(1), o(3), []pipeline.NodeKey{o(3), o(2), o(4), o(5), o(6)}, pipeline.WasLinked},
	} {
		idea := linked(c.has...)
		before := slices.Clone(c.has)
		got, event, err := pipeline.ChangeLink(idea, pipeline.LinkChange{Idea: pay12, From: c.from, To: c.to}, "PAY-O1 is closed.", "U1", noon)
		if diff := cmp.Diff(c.want, got.Outcomes); err != nil || diff != "" || event.What != c.what {
			t.Errorf("%s: %v %+v\n%s", name, err, event, diff)
		}
		if !cmp.Equal(before, idea.Outcomes) {
			t.Errorf("%s: the idea as it was changed: %v", name, idea.Outcomes)
		}
	}
}

func TestAWithdrawnIdeaKeepsItsLinks(t *testing.T) {
	idea := linked(o(1))
	idea.Withdrawn = noon
	if got, event, err := pipeline.ChangeLink(idea, pipeline.LinkChange{From: o(1), To: o(2)}, "x", "U1", noon); problemCode(err) != "idea-withdrawn" || !cmp.Equal(got, idea) || event.What != "" {
		t.Errorf("%v %+v", err, event)
	}
}

// However links are made and taken away, an idea has at most five, each once.
func TestLinksStayFewAndDifferent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		idea := linked()
		key := rapid.Custom(func(t *rapid.T) pipeline.NodeKey {
			kind := rapid.SampledFrom([]pipeline.NodeKind{pipeline.OutcomeNode, pipeline.OpportunityNode}).Draw(t, "kind")
			return pipeline.NodeKey{Team: "PAY", Kind: kind, Number: rapid.IntRange(1, 4).Draw(t, "number")}
		})
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			k := key.Draw(t, "key")
			before := slices.Clone(idea.Outcomes)
			after, event, err := idea, pipeline.Event{}, error(nil)
			switch rapid.IntRange(0, 3).Draw(t, "do") {
			case 0:
				after, event, err = pipeline.Link(idea, pipeline.Node{Key: k, Outcome: k, Closed: k.Number == 4}, "U1", noon)
			case 1:
				after, event, err = pipeline.Unlink(idea, k, "why", "U1", noon)
			case 2:
				after, event, err = pipeline.MakePrimary(idea, k, "U1", noon)
			case 3:
				after, event, err = pipeline.ChangeLink(idea, pipeline.LinkChange{From: k, To: key.Draw(t, "to")}, "why", "U1", noon)
			}
			if !slices.Equal(before, idea.Outcomes) {
				t.Fatalf("%v became %v behind its back", before, idea.Outcomes)
			}
			if changed := !slices.Equal(before, after.Outcomes); changed && (err != nil || event.What == "") {
				t.Fatalf("%v to %v with %+v, %v", before, after.Outcomes, event, err)
			}
			idea = after
			met := map[pipeline.NodeKey]bool{}
			for _, k := range idea.Outcomes {
				if met[k] {
					t.Fatalf("twice in %v", idea.Outcomes)
				}
				met[k] = true
			}
			if len(idea.Outcomes) > pipeline.OutcomesOfIdea {
				t.Fatalf("%v", idea.Outcomes)
			}
		}
	})
}
