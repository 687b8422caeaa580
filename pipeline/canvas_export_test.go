package pipeline_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestCanvasJSON(t *testing.T) {
	c := aCanvas(t, pipeline.StrategyCanvas, map[pipeline.BoxID]string{"vision": "“Paid”\nin time <b>"})
	box := c.Boxes["vision"]
	box.Outcome = pipeline.NodeKey{Team: "PAY", Number: 3}
	c.Boxes["vision"] = box
	c.Own = &pipeline.CanvasTemplate{ID: "strategy", Name: "Strategy", Boxes: c.Template().Boxes[:2]}
	got, err := pipeline.CanvasJSON(c)
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "version": 1,
  "key": "PAY-C3",
  "kind": "strategy",
  "canvas": "Strategy",
  "name": "Invoices",
  "owner": "UANNA",
  "began": "2026-11-20T11:00:00Z",
  "boxes": [
    {
      "id": "vision",
      "title": "Vision",
      "text": "“Paid”\nin time \u003cb\u003e",
      "by": "UANNA",
      "at": "2026-11-20T11:00:00Z",
      "confirmed": "2026-11-20T11:00:00Z",
      "outcome": "PAY-O3"
    },
    {
      "id": "challenge",
      "title": "Challenge",
      "text": ""
    }
  ]
}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	roadmap, err := pipeline.CanvasJSON(aCanvas(t, pipeline.GORoadmap, map[pipeline.BoxID]string{"name.2": "Spring"}))
	for _, part := range []string{`"title": "Release 1"`, `"title": "Spring"`, `"id": "metrics"`} {
		if err != nil || !strings.Contains(string(roadmap), part) {
			t.Errorf("%v, not %s in\n%s", err, part, roadmap)
		}
	}
}
