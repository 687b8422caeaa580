package pipeline_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
)

// aliveInMarkdown is what would format, lead somewhere, name somebody or begin a block.
var aliveInMarkdown = regexp.MustCompile("[\\\\`*_~\\[\\]<>|]|[@#&:][^\u2060]|://|(?i:www|mailto)[.:]|^\\s*([-+=#]|\\d+[.)])")

func TestEscapeMarkdown(t *testing.T) {
	for _, typed := range []string{
		"<!channel> <https://evil.example|bank.example> *b* `c` @here #general", "<!here> *x* _y_ ~z~",
		"> quoted <@U1> <!subteam^S1> https://evil.example <!date^0^x|y> &lt;!channel&gt; :bulb: @channel www.evil.example mailto:a@b.example",
		"<!everyone> @everyone ``` code", "<!channel> *Eve* <@U9>", "![](@U123ABCDEF)", "![](#C123ABC)", "[bank](https://evil.example)", "![x](https://evil.example/x.png)",
		"# heading", "#### deep", "- item", "+ item", "1. item", "2) item", "- [ ] todo", "a | b", "---", "===", "***", "~~~", "    code", "\tcode",
		`\*escaped\*`, "a\u202eb", "a\nb", "&amp;#42;", "snake_case_name", "<script>alert(1)</script>", "$$x$$", "x^2^", "{{x}}", "==marked==", "12. May", "WWW.evil.example MailTo:a@b.example", "https://https://x",
	} {
		got := pipeline.EscapeMarkdown(typed)
		if found := aliveInMarkdown.FindString(got); found != "" || strings.ContainsAny(got, "\n\r\u202e") {
			t.Errorf("%q became %q, in which %q is alive", typed, got, found)
		}
		if pipeline.HasVisible(typed) != pipeline.HasVisible(got) {
			t.Errorf("%q became %q", typed, got)
		}
	}
	if got := pipeline.EscapeMarkdown("Close the month in 1.5 days (or 2), 30 % faster – für alle"); got != "Close the month in 1.5 days (or 2), 30 % faster – für alle" {
		t.Errorf("harmless words became %q", got)
	}
}

func TestCanvasMarkdown(t *testing.T) {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	outcome := pipeline.OutcomeKey{Team: "PAY", Kind: pipeline.OutcomeNode, Number: 3}
	test := pipeline.BoxTest{Idea: pipeline.Key{Team: "PAY", Number: 12}, Run: 2}
	c := pipeline.Canvas{
		Team: "PAY", Number: 1, Kind: pipeline.LeanCanvas, Name: "Invoices *now*", Boxes: map[pipeline.BoxID]pipeline.Box{
			"problem":  {Text: "They retype 40 invoices\n- a day", Risk: pipeline.RiskHigh, Outcome: outcome, Confirmed: at},
			"segments": {Text: "Accountants", Test: test, Confirmed: at},
		},
	}
	ties := pipeline.CanvasTies{
		Outcomes: map[pipeline.NodeKey]pipeline.Outcome{outcome: {Key: outcome, Statement: "Fewer invoices are retyped", Unit: "%", Baseline: &pipeline.Reading{Value: 40}, Target: &pipeline.Reading{Value: 5}}},
		Tests:    map[pipeline.BoxTest]pipeline.RunSummary{test: {Verdict: pipeline.Failed}},
	}
	got := pipeline.CanvasMarkdown(c, ties)
	want := "# Invoices ∗now∗\n\nLean Canvas PAY-C1.\n\n" +
		"### Customer segments\n\nAccountants\n\n**Test:** PAY-12:\u2060 failed\n\n### Problem\n\nThey retype 40 invoices\n\n\u2060- a day\n\n**Risk:** high\n\n" +
		"**Outcome:** PAY-O3 Fewer invoices are retyped:\u2060 " + pipeline.EscapeMarkdown(ties.Outcomes[outcome].NumberInWords())
	if got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if pipeline.MarkdownDigest(got) == pipeline.MarkdownDigest(got+" ") {
		t.Error("two texts have one digest")
	}

	c = pipeline.Canvas{Team: "PAY", Number: 2, Kind: pipeline.GORoadmap, Name: "R", Columns: []int{2, 1}, LastColumn: 2, Boxes: map[pipeline.BoxID]pipeline.Box{"goal.2": {Text: "Less retyping"}}}
	if got := pipeline.CanvasMarkdown(c, pipeline.CanvasTies{}); !strings.Contains(got, "## Release 1\n\n### Goal\n\nLess retyping\n\n## Release 2") {
		t.Errorf("roadmap\n%s", got)
	}
}
