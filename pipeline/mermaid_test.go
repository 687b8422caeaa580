package pipeline_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"alignbot/pipeline"
)

func TestBoardsAndStoryMapsAsMermaid(t *testing.T) {
	board := pipeline.NewHorizonBoard(boardFacts(), noon)
	board.Columns[0].Cards[0].Problem = "1. Nobody \"knows\" [www.bank.com] - what | was paid; 50 %"
	golden(t, "board.mmd", pipeline.HorizonMermaid(board))
	m := storyMap()
	m.Slices = append(m.Slices, pipeline.MapSlice{ID: 11, Name: "- Third"})
	golden(t, "story_map.mmd", pipeline.MapMermaid(pipeline.ShownMap{
		Map: m, Outcomes: map[pipeline.OutcomeKey]pipeline.SliceOutcome{o(2): {Statement: "Fewer calls", Number: "90 calls, target 80"}},
		Stages: map[pipeline.Key]pipeline.Stage{payKey(12): pipeline.Discovery},
	}))
}

// A line of a diagram is a heading, a box, a frame or an arrow; in a box stands nothing
// that Mermaid could take for more than text.
var mermaidLine = regexp.MustCompile(`^(?:flowchart LR|kanban|  accTitle: (?:The tree|Story map 1) of PAY|  end|  n\d+ --> n\d+|(?:  |    |  subgraph )n\d+(?:\["([^"]*)"\]|\("([^"]*)"\)|\(\["([^"]*)"\]\)|\[/"([^"]*)"/\]))$`)

var mermaidEntity = regexp.MustCompile(`#(\d+);`)

// boxesIn counts the boxes of a diagram in which all is text.
func boxesIn(t *rapid.T, drawn string) int {
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
		for words := range strings.SplitSeq(inside, "<br/>") {
			words = mermaidEntity.ReplaceAllString(words, "x")
			if strings.HasPrefix(words, "-") || strings.ContainsFunc(words, func(r rune) bool {
				return r <= unicode.MaxLatin1 && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" -,", r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
			}) {
				t.Fatalf("%q in\n%s", words, drawn)
			}
		}
	}
	return boxes
}

func TestNothingEscapesIntoMermaid(t *testing.T) {
	evil := rapid.SampledFrom([]string{
		`"]`, `"] --> n1["x`, "%%{init: {'securityLevel': 'loose'}}%%", "%% comment", "<script>alert(1)</script>", "<br/>", "#quot;", "#35;", "&lt;", "`md`", "$$x$$",
		"click n1 href \"javascript:alert(1)\"", "style n1 fill:#f00;", "classDef x fill:#f00;", "end", "fa:fa-car", "\\n", "a\nb", "\u202e", "\u2066", "👍🏽", "שלום", "日本", "ﬂ°°lt¶ß", "@{ shape: x }", ":::c", "|", "---\ntitle: x\n---", "- point", "1. point", "www.example.com", "]:::c", "\"]@{ ticket: x }",
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
		if drawn := pipeline.Mermaid(tree); boxesIn(t, drawn) != 6 {
			t.Fatalf("other boxes than 6:\n%s", drawn)
		}
		written, err := pipeline.TreeJSON(tree)
		if err != nil || !json.Valid(written) {
			t.Fatalf("%v\n%s", err, written)
		}

		board := pipeline.NewHorizonBoard(boardFacts(), noon)
		card := &board.Columns[0].Cards[0]
		card.Problem, card.OutcomeWords, card.Metric = text.Draw(t, "problem"), text.Draw(t, "for"), text.Draw(t, "metric")
		cards := 0
		for _, column := range board.Columns {
			cards += len(column.Cards)
		}
		if drawn := pipeline.HorizonMermaid(board); boxesIn(t, drawn) != 3+cards {
			t.Fatalf("other boxes than %d:\n%s", 3+cards, drawn)
		}
		m := storyMap()
		m.Activities[0].Title, m.Activities[0].Tasks[0].Title, m.Activities[0].Tasks[0].Stories[0].Title = text.Draw(t, "activity"), text.Draw(t, "task"), text.Draw(t, "story")
		m.Slices[0].Name = text.Draw(t, "slice")
		if drawn := pipeline.MapMermaid(pipeline.ShownMap{Map: m}); boxesIn(t, drawn) < 8 {
			t.Fatalf("fewer boxes than 8:\n%s", drawn)
		}
	})
}
