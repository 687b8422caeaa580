package commands

import (
	"testing"

	"alignbot/pipeline"
)

func TestTroubleWithFieldsOutOfSight(t *testing.T) {
	both := map[pipeline.Field]string{"a": "Needed.", "b": "Needed.", "c": "At most 5."}
	for name, c := range map[string]struct {
		problem pipeline.Problem
		want    string
	}{
		"each complaint once":                {pipeline.Problem{What: "It cannot start.", Fields: both}, "It cannot start.\n• Needed.\n• At most 5."},
		"what the next step says is no news": {pipeline.Problem{What: "It cannot start.", Next: "Answer a and b.", Fields: both}, "It cannot start. Answer a and b.\n• At most 5."},
		"one field":                          {pipeline.Problem{What: "No.", Next: "Go on.", Fields: map[pipeline.Field]string{"a": "Needed."}}, "No. Go on.\n• Needed."},
	} {
		if got := Trouble(&c.problem).Text; got != fallback(c.want) {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, fallback(c.want))
		}
	}
}
