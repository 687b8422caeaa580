package pipeline_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestTakingPart(t *testing.T) {
	team, _ := voters(6) // U1 is the product owner
	did := func(user string, what pipeline.What) pipeline.Happening {
		return pipeline.Happening{Key: "PAY-1", Event: pipeline.Event{By: user, What: what}}
	}
	facts := pipeline.PartFacts{
		Happened: []pipeline.Happening{
			did("U1", pipeline.GotEvidence), did("U2", pipeline.RunBegan), did("U2", pipeline.RunDecided), did("U2", pipeline.TestStarted),
			did("U3", pipeline.WasSized), did("U9", pipeline.WasMoved), did("", pipeline.GotEvidence),
		},
		Refinements: []pipeline.Refinement{{People: []string{"U1", "U2"}}, {People: []string{"U2"}}},
		Reviews:     []pipeline.Reviewed{{By: []string{"U4", "U1"}}, {By: []string{"U4"}}},
	}
	named := pipeline.Developers{Team: "PAY", People: []string{"U2", "U3"}}
	got := pipeline.TakingPartIn(*team, named, facts)
	want := pipeline.TakingPart{
		People: 4, Named: true,
		Discovery:  pipeline.PartTaken{Product: 1, Developers: 1},
		Refinement: pipeline.PartTaken{Product: 1, Developers: 2},
		Reviews:    pipeline.PartTaken{Product: 1, Others: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"Discovery: product 50 %, developers 50 %, stakeholders 0 %", "Refinement: product 33 %, developers 67 %, stakeholders 0 %", "Review: product 50 %, developers 0 %, stakeholders 50 %",
	}, got.Lines()); diff != "" {
		t.Error(diff)
	}
	unnamed := pipeline.TakingPartIn(*team, pipeline.Developers{}, facts)
	if lines := unnamed.Lines(); lines[1] != "Refinement: product 33 %, others 67 %" || !strings.Contains(lines[3], "Nobody has named the developers") {
		t.Errorf("%q", lines)
	}
	facts.Reviews = nil
	few := pipeline.TakingPartIn(*team, named, facts)
	if lines := few.Lines(); few.People != 3 || len(lines) != 1 || strings.Contains(lines[0], "%") {
		t.Errorf("three people: %q", lines)
	}
	for name, c := range map[string]struct {
		who    pipeline.Person
		chosen []string
		code   string
	}{
		"a member":          {member, []string{"U2"}, "not-permitted"},
		"a product owner":   {owner, []string{"U3", "U2", "U3"}, ""},
		"nobody":            {owner, nil, ""},
		"what is no person": {owner, []string{"<!channel>"}, "developers-form"},
		"51 people":         {owner, slices.Collect(maps.Keys(numbered(51))), "developers-form"},
	} {
		got, err := pipeline.NameDevelopers(pipeline.Policy{}, c.who, pipeline.Where{Team: team}, c.chosen)
		if problemCode(err) != c.code || name == "a product owner" && !slices.Equal(got.People, []string{"U2", "U3"}) {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func numbered(n int) map[string]bool {
	users := map[string]bool{}
	for i := range n {
		users[fmt.Sprintf("U%d", i)] = true
	}
	return users
}
