package pipeline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// crowdedTree has a product outcome PAY-O2 with everything that can hang under
// one, beside PAY-O3 and the closed PAY-O4; PAY-O9 is a business outcome.
func crowdedTree() pipeline.Nodes {
	return pipeline.Nodes{
		Outcomes: []pipeline.Outcome{business(1, 0), product(2, 1), product(3, 1), closed(product(4, 1)), business(9, 1)},
		Opportunities: []pipeline.Opportunity{
			{Key: p(1), Parent: o(2), Statement: "I never know whether it was paid"},
			{Key: p(2), Parent: p(1), Statement: "I ask my bank by telephone"},
		},
		Impacts: []pipeline.Impact{{Key: i(1), Goal: o(2), Actor: "accountants", From: "mail PDFs", To: "export them"}},
	}
}

func TestWhatClosingAnOutcomeAsks(t *testing.T) {
	nodes := crowdedTree()
	type form = pipeline.CloseForm
	for name, c := range map[string]struct {
		form  form
		ideas int
		wrong []pipeline.Field
	}{
		"reached, with a line":                {form{Result: pipeline.Reached, Why: "We are there."}, 0, nil},
		"nothing said":                        {form{}, 0, []pipeline.Field{"result", "why"}},
		"nothing said of its ideas":           {form{Result: pipeline.Missed, Why: "x"}, 2, []pipeline.Field{"ideas"}},
		"the links are kept":                  {form{Result: pipeline.Dropped, Why: "x", Ideas: pipeline.KeepLinks}, 2, nil},
		"the links are dropped":               {form{Result: pipeline.Dropped, Why: "x", Ideas: pipeline.DropLinks}, 2, nil},
		"to another one":                      {form{Result: pipeline.Dropped, Why: "x", Ideas: pipeline.Relink, Into: " pay-o3 "}, 2, nil},
		"to one of another kind":              {form{Result: pipeline.Dropped, Why: "x", Ideas: pipeline.Relink, Into: "PAY-O9"}, 2, nil},
		"to none":                             {form{Result: pipeline.Dropped, Why: "x", Ideas: pipeline.Relink}, 2, []pipeline.Field{"into"}},
		"to itself":                           {form{Result: pipeline.Dropped, Why: "x", Ideas: pipeline.Relink, Into: "PAY-O2"}, 2, []pipeline.Field{"into"}},
		"to a closed one":                     {form{Result: pipeline.Dropped, Why: "x", Ideas: pipeline.Relink, Into: "PAY-O4"}, 2, []pipeline.Field{"into"}},
		"to another team's":                   {form{Result: pipeline.Dropped, Why: "x", Ideas: pipeline.Relink, Into: "SEC-O3"}, 2, []pipeline.Field{"into"}},
		"to one that is not there":            {form{Result: pipeline.Dropped, Why: "x", Ideas: pipeline.Relink, Into: "PAY-O99"}, 2, []pipeline.Field{"into"}},
		"to an opportunity":                   {form{Result: pipeline.Dropped, Why: "x", Ideas: pipeline.Relink, Into: "PAY-P1"}, 2, []pipeline.Field{"into"}},
		"another one that nobody asked for":   {form{Result: pipeline.Dropped, Why: "x", Ideas: pipeline.KeepLinks, Into: "PAY-O3"}, 2, []pipeline.Field{"into"}},
		"merged":                              {form{Result: pipeline.Merged, Why: "x", Into: "PAY-O3"}, 2, nil},
		"merged, whatever was said of ideas":  {form{Result: pipeline.Merged, Why: "x", Ideas: pipeline.DropLinks, Into: "PAY-O3"}, 2, nil},
		"merged into nothing":                 {form{Result: pipeline.Merged, Why: "x"}, 0, []pipeline.Field{"into"}},
		"merged into one of another kind":     {form{Result: pipeline.Merged, Why: "x", Into: "PAY-O9"}, 0, []pipeline.Field{"into"}},
		"a long reason":                       {form{Result: pipeline.Missed, Why: strings.Repeat("x", 501)}, 0, []pipeline.Field{"why"}},
		"an unknown result":                   {form{Result: "won", Why: "x"}, 0, []pipeline.Field{"result"}},
		"an unknown fate of ideas":            {form{Result: pipeline.Missed, Why: "x", Ideas: "burn"}, 1, []pipeline.Field{"ideas"}},
		"what becomes of no ideas is no harm": {form{Result: pipeline.Missed, Why: "x", Ideas: pipeline.DropLinks}, 0, nil},
	} {
		ideas := []pipeline.Idea{linked(o(2)), linked(p(9), o(2))}[:c.ideas]
		_, err := pipeline.CloseOutcome(pipeline.Policy{}, owner, pipeline.Where{Team: payments("U1")}, nodes.Outcomes[1], c.form, nodes, ideas, noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestMergingOutcomes(t *testing.T) {
	nodes := crowdedTree()
	later := noon.Add(time.Hour)
	withdrawn := linked(o(2))
	withdrawn.Withdrawn = noon
	ideas := []pipeline.Idea{linked(o(2)), linked(p(1)), withdrawn}
	got, err := pipeline.CloseOutcome(pipeline.Policy{}, owner, pipeline.Where{Team: payments("U1")}, nodes.Outcomes[1],
		pipeline.CloseForm{Result: pipeline.Merged, Why: "They are the same.", Into: "PAY-O3"}, nodes, ideas, later)
	if err != nil {
		t.Fatal(err)
	}
	gone := product(2, 1)
	gone.Closed, gone.ClosedBy, gone.Result, gone.ClosedWhy, gone.MergedInto, gone.Changed = later, "U1", pipeline.Merged, "They are the same.", o(3), later
	want := pipeline.Closing{
		Outcome: gone,
		Event:   pipeline.Event{At: later, By: "U1", What: pipeline.WasClosed, About: "merged into PAY-O3", Why: "They are the same."},
		Links:   []pipeline.LinkChange{{Idea: pay12, From: o(2), To: o(3)}},
		Moved: pipeline.Nodes{
			Opportunities: []pipeline.Opportunity{{Key: p(1), Parent: o(3), Statement: "I never know whether it was paid", Changed: later}},
			Impacts:       []pipeline.Impact{{Key: i(1), Goal: o(3), Actor: "accountants", From: "mail PDFs", To: "export them", Changed: later}},
		},
		MovedEvent: pipeline.Event{At: later, By: "U1", What: pipeline.WasEdited, Changes: []pipeline.Change{{Field: pipeline.FieldParent, From: "PAY-O2", To: "PAY-O3"}}, Why: "They are the same."},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(crowdedTree(), nodes); diff != "" {
		t.Errorf("the nodes as they were changed:\n%s", diff)
	}
}

// An outcome that somebody wrote in one line says nothing of its kind: often it is
// one that is there already.
func TestMergingAnOutcomeInOneLine(t *testing.T) {
	nodes := crowdedTree()
	line := pipeline.Outcome{Key: o(7), Statement: "Fewer calls", Version: 1}
	nodes.Outcomes = append(nodes.Outcomes, line, pipeline.Outcome{Key: o(8), Statement: "Less calling", Version: 1})
	for into, merges := range map[string]bool{"PAY-O3": true, "PAY-O9": true, "PAY-O8": true, "PAY-O4": false, "PAY-O7": false} {
		_, err := pipeline.CloseOutcome(pipeline.Policy{}, owner, pipeline.Where{Team: payments("U1")}, line, pipeline.CloseForm{Result: pipeline.Merged, Why: "x", Into: into}, nodes, nil, noon)
		if (problemField(err, pipeline.FieldInto) == "") != merges {
			t.Errorf("into %s: %v", into, err)
		}
	}
	_, err := pipeline.CloseOutcome(pipeline.Policy{}, owner, pipeline.Where{Team: payments("U1")}, nodes.Outcomes[1], pipeline.CloseForm{Result: pipeline.Merged, Why: "x", Into: "PAY-O7"}, nodes, nil, noon)
	if !strings.Contains(problemField(err, pipeline.FieldInto), "does not say yet whether it is a business or a product outcome") {
		t.Errorf("into one without a kind: %v", err)
	}
}

func TestAMergeMakesNoCircleAndNoTreeTooHigh(t *testing.T) {
	nodes := pipeline.Nodes{}
	for n := 1; n <= pipeline.TreeDepth; n++ {
		nodes.Outcomes = append(nodes.Outcomes, business(n, n-1))
	}
	nodes.Outcomes = append(nodes.Outcomes, business(20, 0), business(21, 20))
	merge := func(from int, into string) error {
		_, err := pipeline.CloseOutcome(pipeline.Policy{}, owner, pipeline.Where{Team: payments("U1")}, nodes.Outcomes[from-1], pipeline.CloseForm{Result: pipeline.Merged, Why: "x", Into: into}, nodes, nil, noon)
		return err
	}
	for name, c := range map[string]struct {
		from  int
		into  string
		wrong bool
	}{
		"beneath itself":     {1, "PAY-O2", true},
		"far beneath itself": {2, "PAY-O12", true},
		"above itself":       {3, "PAY-O1", false},
		"one level lower":    {1, "PAY-O21", true},
		"the same level":     {1, "PAY-O20", false},
		"one level higher":   {3, "PAY-O21", false},
	} {
		if err := merge(c.from, c.into); (problemField(err, pipeline.FieldInto) != "") != c.wrong {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClosingAndOpeningAgain(t *testing.T) {
	nodes := crowdedTree()
	where := pipeline.Where{Team: payments("U1")}
	form := pipeline.CloseForm{Result: pipeline.Missed, Why: "The quarter is over."}
	for person, refused := range map[pipeline.Person]bool{owner: false, member: true} {
		if _, err := pipeline.CloseOutcome(pipeline.Policy{}, person, where, nodes.Outcomes[1], form, nodes, nil, noon); (problemCode(err) == "not-permitted") != refused {
			t.Errorf("%s closes: %v", person.ID, err)
		}
	}
	c, err := pipeline.CloseOutcome(pipeline.Policy{}, owner, where, nodes.Outcomes[1], form, nodes, nil, noon)
	if err != nil || c.Outcome.IsOpen() || len(c.Links) > 0 || !cmp.Equal(c.Moved, pipeline.Nodes{}) || c.MovedEvent.What != "" {
		t.Fatalf("%v %+v", err, c)
	}
	if _, err := pipeline.CloseOutcome(pipeline.Policy{}, owner, where, c.Outcome, form, nodes, nil, noon); problemCode(err) != "outcome-closed" {
		t.Errorf("closed twice: %v", err)
	}
	for typed, wrong := range map[string][]pipeline.Field{"": {"why"}, strings.Repeat("x", 501): {"why"}} {
		if _, _, err := pipeline.ReopenOutcome(pipeline.Policy{}, owner, where, c.Outcome, typed, noon); !slices.Equal(wrongFields(err), wrong) {
			t.Errorf("%.10q: %v", typed, err)
		}
	}
	later := noon.Add(time.Hour)
	opened, event, err := pipeline.ReopenOutcome(pipeline.Policy{}, owner, where, c.Outcome, "It was too early.", later)
	want := nodes.Outcomes[1]
	want.Changed = later
	if diff := cmp.Diff(want, opened); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if diff := cmp.Diff(pipeline.Event{At: later, By: "U1", What: pipeline.OpenedAgain, About: "missed", Why: "It was too early."}, event); diff != "" {
		t.Error(diff)
	}
	if _, _, err := pipeline.ReopenOutcome(pipeline.Policy{}, owner, where, opened, "x", later); problemCode(err) != "outcome-open" {
		t.Errorf("opened twice: %v", err)
	}
}
