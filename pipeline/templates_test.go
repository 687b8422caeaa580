package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// asked writes down what a form of a checklist asks: each id with its kind, and
// a star when it is required.
func asked(t pipeline.Template, form pipeline.Form) string {
	var all []string
	for _, item := range t.ItemsIn(form) {
		star := ""
		if item.RequiredFor(form) {
			star = "*"
		}
		all = append(all, fmt.Sprintf("%s%s %s", item.ID, star, item.Kind))
	}
	return strings.Join(all, "\n")
}

func TestBuiltInChecklistsAskWhatTheirMethodsAsk(t *testing.T) {
	type form struct {
		id   pipeline.TemplateID
		form pipeline.Form
	}
	want := map[form]string{
		{pipeline.OpportunityCanvas, "quick"}: `problem* text
users* text
data* evidence
hunch text
benefits text`,
		{pipeline.OpportunityCanvas, "full"}: `problem* text
users* text
hunch text
solutions-today* text
benefits text
user-metrics* text
adoption text
business-problem text
business-metrics* text
budget text`,
		{pipeline.TestCard, ""}: `hypothesis* text
criticality choice
test* text
cost choice
reliability choice
time choice
metric* text
direction* choice
criterion* number
sample number
owner person
deadline* date`,
		{pipeline.LearningCard, ""}: `hypothesis* text
observation* text
insight* text
action* text`,
		{pipeline.UsabilityTest, ""}: `decision* text
not-answered text
participant-criteria* text
tasks* tasks
script text
moderator person
note-taker person
results* participants
sus number`,
		{pipeline.INVEST, ""}: `independent* yes/no
negotiable* yes/no
valuable* yes/no
estimable* yes/no
small* yes/no
testable* yes/no`,
		{pipeline.DefinitionOfReady, ""}: `invest* fact
outcome* fact
criteria* fact`,
	}
	got := map[form]string{}
	for _, template := range pipeline.BuiltIn() {
		forms := template.Forms
		if len(forms) == 0 {
			forms = []pipeline.Form{""}
		}
		for _, f := range forms {
			got[form{template.ID, f}] = asked(template, f)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBuiltInChecklistsPassAsTheirMethodsSay(t *testing.T) {
	invest, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.INVEST)
	if *invest.Pass.MaxNo != 0 || *invest.Pass.MaxUnsure != 1 {
		t.Errorf("INVEST lets pass %d no and %d unsure", *invest.Pass.MaxNo, *invest.Pass.MaxUnsure)
	}
	for _, item := range invest.Items {
		if !item.Why {
			t.Errorf("INVEST does not ask why beside %s", item.ID)
		}
	}
	usability, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.UsabilityTest)
	results := usability.Items[slices.IndexFunc(usability.Items, func(item pipeline.Item) bool { return item.Kind == pipeline.KindParticipants })]
	if results.Pass.Succeed != 3 || results.Pass.Of != 5 {
		t.Errorf("a usability test passes with %d of %d", results.Pass.Succeed, results.Pass.Of)
	}
}

func TestBuiltInChecklistsComeInOrder(t *testing.T) {
	var ids []pipeline.TemplateID
	for _, template := range pipeline.BuiltIn() {
		ids = append(ids, template.ID)
		if err := pipeline.CheckAmong(template, nil); err != nil {
			t.Errorf("%s does not fit among the others: %v", template.ID, err)
		}
	}
	want := []pipeline.TemplateID{
		pipeline.OpportunityCanvas, pipeline.TestCard, pipeline.LearningCard,
		pipeline.UsabilityTest, pipeline.INVEST, pipeline.DefinitionOfReady,
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
}

func TestTheShortestFormAsksBriefly(t *testing.T) {
	canvas := pipeline.BuiltIn()[0]
	problem := canvas.Items[0]
	if quick, full := canvas.Asked(problem, "quick"), canvas.Asked(problem, "full"); quick != problem.Brief || full != problem.Question {
		t.Errorf("quick asks %q, full asks %q", quick, full)
	}
}

func TestTemplatesOfATeam(t *testing.T) {
	ready, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.DefinitionOfReady)
	ready.Name = "Ready for us"
	b, a := own("b", "banana"), own("a", "Apple")
	var got []string
	for _, template := range pipeline.TemplatesOf([]pipeline.Template{b, ready, a}) {
		got = append(got, template.Name)
	}
	want := []string{"Opportunity Canvas", "Test Card", "Learning Card", "Usability test", "INVEST", "Ready for us", "Apple", "banana"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if again := pipeline.BuiltIn(); again[5].Name != "Definition of Ready" {
		t.Error("a team's own version changed the built-in one")
	}
	if _, found := pipeline.FindTemplate(pipeline.BuiltIn(), "a"); found {
		t.Error("a team's own is not built in")
	}
}

// own is a small checklist of a team.
func own(id pipeline.TemplateID, name string, facts ...pipeline.Fact) pipeline.Template {
	t := pipeline.Template{ID: id, Name: name, Use: pipeline.UseChecklist, Items: []pipeline.Item{{ID: "q", Question: "Is it?", Kind: pipeline.KindYesNo}}}
	for i, fact := range facts {
		t.Items = append(t.Items, pipeline.Item{ID: pipeline.ItemID(fmt.Sprintf("fact-%d", i)), Question: "Has it?", Kind: pipeline.KindFact, Fact: fact})
	}
	return t
}

func TestCheckAmong(t *testing.T) {
	var many []pipeline.Template
	for i := range pipeline.TemplateLimit {
		many = append(many, own(pipeline.TemplateID(fmt.Sprintf("own-%d", i)), fmt.Sprintf("Own %d", i)))
	}
	for name, c := range map[string]struct {
		template pipeline.Template
		own      []pipeline.Template
		want     string
	}{
		"a new one":                      {own("a", "A", "checklist:invest", "outcome"), nil, ""},
		"one in the place of a built-in": {own("invest", "INVEST"), many[1:], ""},
		"a change when there is no room": {own("own-3", "Three"), many, ""},
		"one more than there is room for": {own("a", "A"), many,
			"The team keeps 20 checklists of its own, and that is the most. Remove one first."},
		"a name that is taken": {own("a", "invest"), nil,
			`There is a checklist called "INVEST" already, invest. Give this one another name.`},
		"a checklist that is not there": {own("a", "A", "checklist:b"), nil,
			`Item 2, "fact-0": The team has no checklist "b".`},
		"two that wait for each other": {own("a", "A", "checklist:b"), []pipeline.Template{own("b", "B", "checklist:a")},
			`Item 2, "fact-0": The checklist b waits for this one to pass, so both would wait forever.`},
		"a circle by way of a built-in one": {own("invest", "Invest", "checklist:b"), []pipeline.Template{own("b", "B", "checklist:definition-of-ready")},
			`Item 2, "fact-0": The checklist b waits for this one to pass, so both would wait forever.`},
		"a circle of others": {own("a", "A", "checklist:b"), []pipeline.Template{own("b", "B", "checklist:c"), own("c", "C", "checklist:b")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if err := pipeline.CheckAmong(c.template, c.own); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
