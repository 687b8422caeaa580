package pipeline_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

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

// A line of the diagram is a heading, a box or an arrow; in a box stands nothing
// that Mermaid could take for more than text.
var mermaidLine = regexp.MustCompile(`^(?:flowchart LR|  accTitle: The tree of PAY|  n\d+ --> n\d+|  n\d+(?:\["([^"]*)"\]|\("([^"]*)"\)|\(\["([^"]*)"\]\)|\[/"([^"]*)"/\]))$`)

var mermaidEntity = regexp.MustCompile(`#(\d+);`)

func TestNothingEscapesIntoMermaid(t *testing.T) {
	evil := rapid.SampledFrom([]string{
		`"]`, `"] --> n1["x`, "%%{init: {'securityLevel': 'loose'}}%%", "%% comment", "<script>alert(1)</script>", "<br/>", "#quot;", "#35;", "&lt;", "`md`", "$$x$$",
		"click n1 href \"javascript:alert(1)\"", "style n1 fill:#f00;", "classDef x fill:#f00;", "end", "fa:fa-car", "\\n", "a\nb", "\u202e", "\u2066", "👍🏽", "שלום", "日本", "ﬂ°°lt¶ß", "@{ shape: x }", ":::c", "|", "---\ntitle: x\n---",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(evil, rapid.String(), rapid.Custom(func(t *rapid.T) string { return evil.Draw(t, "one") + evil.Draw(t, "two") }))
		outcome, opportunity := business(1, 0), pipeline.Opportunity{Key: p(1), Parent: o(1)}
		outcome.Statement, opportunity.Statement = text.Draw(t, "outcome"), text.Draw(t, "opportunity")
		outcome.Unit = text.Draw(t, "unit")
		outcome.Baseline, outcome.Target = &pipeline.Reading{}, &pipeline.Reading{Value: 1}
		tree := pipeline.NewTree(pipeline.TreeFacts{
			Team:    "PAY",
			Nodes:   pipeline.Nodes{Outcomes: []pipeline.Outcome{outcome}, Opportunities: []pipeline.Opportunity{opportunity}, Impacts: []pipeline.Impact{{Key: i(1), Goal: o(1), Actor: text.Draw(t, "actor"), To: text.Draw(t, "to")}}},
			Ideas:   map[pipeline.NodeKey]pipeline.IdeasOn{o(1): ideasOn(1, pipeline.Captured, text.Draw(t, "idea"))},
			Orphans: ideasOn(2, pipeline.Captured, text.Draw(t, "orphan")),
		}, noon)
		drawn := pipeline.Mermaid(tree)
		boxes := 0
		for line := range strings.Lines(drawn) {
			parts := mermaidLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
			if parts == nil {
				t.Fatalf("%q in\n%s", line, drawn)
			}
			inside := parts[1] + parts[2] + parts[3] + parts[4]
			if inside != "" {
				boxes++
			}
			for _, apart := range []string{"#36;", "#58;", "#92;", "#182;"} {
				if strings.Count(inside, apart) != strings.Count(inside, apart+"\u2060") {
					t.Fatalf("%q can be acted upon", inside)
				}
			}
			inside = mermaidEntity.ReplaceAllString(strings.ReplaceAll(inside, "<br/>", " "), "")
			if strings.ContainsFunc(inside, func(r rune) bool {
				return r <= unicode.MaxLatin1 && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" -,.", r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
			}) {
				t.Fatalf("%q in\n%s", inside, drawn)
			}
		}
		if boxes != 6 {
			t.Fatalf("%d boxes:\n%s", boxes, drawn)
		}
		written, err := pipeline.TreeJSON(tree)
		if err != nil || !json.Valid(written) {
			t.Fatalf("%v\n%s", err, written)
		}
	})
}
