package pipeline_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

var update = flag.Bool("update", false, "write golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestTreesAreExported(t *testing.T) {
	tree := pipeline.NewTree(payFacts(), noon)
	golden(t, "tree.mmd", pipeline.Mermaid(tree))
	golden(t, "tree_outcomes.mmd", pipeline.Mermaid(tree.OutcomeTree()))
	impacts, _ := tree.ImpactMap(o(2))
	golden(t, "tree_impacts.mmd", pipeline.Mermaid(impacts))
	text, err := pipeline.TreeJSON(tree)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "tree.json", string(text))
	text, err = pipeline.TreeJSON(pipeline.Tree{Team: "PAY", View: pipeline.WholeTree})
	if err != nil || string(text) != "{\n  \"version\": 1,\n  \"team\": \"PAY\",\n  \"view\": \"tree\",\n  \"roots\": []\n}\n" {
		t.Errorf("no tree: %v\n%s", err, text)
	}
}
