package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestAskingAgain(t *testing.T) {
	idea := parked(t, pipeline.Captured, notNow())
	where := pipeline.Where{Team: payments("U1")}
	source := pipeline.Source{Message: pipeline.Message{Channel: "C2", TS: "1.2"}, Permalink: "https://acme.slack.com/archives/C2/p12"}
	later := noon.Add(time.Hour)
	for name, c := range map[string]struct {
		note, kept, why string
		wrong           []pipeline.Field
	}{
		"a note":                        {" A third \u202ecustomer.\n\n\nToday. ", "A third customer.\n\nToday.", "A third customer. Today.", nil},
		"no words":                      {"", "", "", nil},
		"words nobody can see":          {"\u200b", "", "", nil},
		"a note of 2,000 characters":    {strings.Repeat("ü", 2000), strings.Repeat("ü", 2000), strings.Repeat("ü", 499) + "…", nil},
		"a note of 2,001 is too long":   {strings.Repeat("ü", 2001), "", "", []pipeline.Field{pipeline.FieldNote}},
		"a note of 10,000 is too long":  {strings.Repeat("x", 10_000), "", "", []pipeline.Field{pipeline.FieldNote}},
		"who, when: set, not as typed,": {"x", "x", "x", nil},
	} {
		asked, event, err := pipeline.Ask(pipeline.Policy{}, pipeline.Person{ID: "U2"}, where, idea, pipeline.Asked{By: "U_FORGED", At: noon.AddDate(1, 0, 0), Note: c.note, Source: source}, later)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" || (err == nil) != (c.wrong == nil) {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		if err != nil {
			continue
		}
		if diff := cmp.Diff(pipeline.Asked{By: "U2", At: later, Note: c.kept, Source: source}, asked); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if diff := cmp.Diff(pipeline.Event{At: later, By: "U2", What: pipeline.AskedAgain, Why: c.why}, event); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestAPrivateTeamsParkedIdeaIsNotNamedToOthers(t *testing.T) {
	team := payments("U9")
	team.Private = true
	_, _, err := pipeline.Ask(pipeline.Policy{}, pipeline.Person{ID: "U2"}, pipeline.Where{Team: team}, parked(t, pipeline.Captured, notNow()), pipeline.Asked{}, noon)
	if p := problem(t, err); p.Code != "not-permitted" || strings.Contains(p.Error(), "PAY") {
		t.Error(p)
	}
}
