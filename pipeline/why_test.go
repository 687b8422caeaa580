package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

func TestWhyAnIdeaExists(t *testing.T) {
	nodes := payFacts().Nodes
	idea := func(links ...pipeline.NodeKey) pipeline.Idea {
		idea := linked(links...)
		idea.Title, idea.Created = "Show what was paid", noon.AddDate(0, 0, -30)
		idea.Source = pipeline.Source{Permalink: "https://acme.slack.com/archives/C1/p1"}
		return idea
	}
	typed := idea()
	typed.Evidence = "Two customers said so."
	for name, c := range map[string]struct {
		idea                       pipeline.Idea
		newest                     time.Time
		links, gap, line, evidence string
	}{
		"through an opportunity": {idea(p(2), o(7)), noon.AddDate(0, 0, -3), "PAY-O1 PAY-O2 PAY-P1 PAY-P2", "",
			"for “I ask my bank” (PAY-P2) → “Customers solve it without calling us” (PAY-O2): 90 calls a week, target 80, at risk → “Lower cost to serve” (PAY-O1)", "evidence 3 days old"},
		"through an impact": {idea(i(2)), time.Time{}, "PAY-O1 PAY-O2 PAY-I2", "",
			"for “customers: look it up” (PAY-I2) → “Customers solve it witho…” (PAY-O2): 90 calls a week, target 80, at risk → “Lower cost to serve” (PAY-O1)", "no evidence yet"},
		"from a product outcome": {idea(o(2)), time.Time{}, "PAY-O1 PAY-O2", "",
			"for “Customers solve it without calling us” (PAY-O2): 90 calls a week, target 80, at risk → “Lower cost to serve” (PAY-O1)", "no evidence yet"},
		"from a business outcome":       {idea(o(1)), time.Time{}, "PAY-O1", "", "for “Lower cost to serve” (PAY-O1): on track", "no evidence yet"},
		"from one of no kind":           {idea(o(8)), time.Time{}, "PAY-O8", "No business outcome stands above PAY-O8.", "for “Said in a line” (PAY-O8)", "no evidence yet"},
		"from one whose parent is gone": {idea(o(6)), time.Time{}, "PAY-O6", "No business outcome stands above PAY-O6.", "for “Product 6” (PAY-O6)", "no evidence yet"},
		"from a closed one":             {idea(o(9)), time.Time{}, "PAY-O1 PAY-O9", "PAY-O9 is closed.", "for “Product 9” (PAY-O9): closed: missed → “Lower cost to serve” (PAY-O1)", "no evidence yet"},
		"from one that is gone":         {idea(o(99)), time.Time{}, "", "It is linked to PAY-O99, which is not there.", "", "no evidence yet"},
		"from nothing":                  {typed, time.Time{}, "", "It is linked to no outcome yet.", "", "evidence 30 days old"},
	} {
		got := pipeline.Why(c.idea, nodes, c.newest, noon)
		var keys []string
		for _, link := range got.Links {
			keys = append(keys, link.Key.String())
		}
		if strings.Join(keys, " ") != c.links || got.Gap != c.gap || got.Line() != c.line || got.Evidence != c.evidence {
			t.Errorf("%s: %q, %q, %q\n%q", name, keys, got.Gap, got.Evidence, got.Line())
		}
		if got.Idea != pay12 || got.Title != "Show what was paid" || got.Source.Permalink == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if diff := cmp.Diff([]pipeline.NodeKey{o(7)}, pipeline.Why(idea(p(2), o(7)), nodes, noon, noon).Also); diff != "" {
		t.Error(diff)
	}
}

// However long its statements are, a chain fits its line and names where it ends.
func TestAChainFitsItsLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.Custom(func(t *rapid.T) string {
			return pipeline.Cut(strings.Repeat(rapid.SampledFrom([]string{"word ", "ü", "👍🏽", "calls a week "}).Draw(t, "word"), rapid.IntRange(1, 60).Draw(t, "times")), pipeline.StatementLimit)
		})
		top, calls := business(999_999_999, 0), product(888_888_888, 0)
		calls.Parent = top.Key
		top.Statement, calls.Statement = words.Draw(t, "top"), words.Draw(t, "calls")
		calls.Unit = "calls a week, of new customers in Europe"
		calls.Baseline, calls.Target = &pipeline.Reading{Value: 999_999_999_999}, &pipeline.Reading{Value: -999_999_999_999}
		nodes := pipeline.Nodes{Outcomes: []pipeline.Outcome{top, calls}, Opportunities: []pipeline.Opportunity{{Key: p(777_777_777), Parent: calls.Key, Statement: words.Draw(t, "opportunity")}}}
		line := pipeline.Why(linked(p(777_777_777)), nodes, noon, noon).Line()
		if pipeline.Length(line) > pipeline.ChainLineLimit || !strings.HasPrefix(line, "for “") || !strings.Contains(line, "(PAY-P777777777)") {
			t.Fatalf("%d: %s", pipeline.Length(line), line)
		}
	})
}
