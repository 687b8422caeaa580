package drawing

import (
	"strings"
	"testing"

	"alignbot/pipeline"
)

func svgOf(title string) string {
	tree := pipeline.Tree{Team: "PAY", View: pipeline.OutcomesView, Roots: []pipeline.Branch{{Key: outcomeKey(1), Kind: pipeline.ProductBranch, Words: title}}}
	return string(Tree(ownFonts(), tree, lightStyle).SVG())
}

func TestTextIsNoMarkup(t *testing.T) {
	svg := svgOf(`</text><script>alert("x")</script>&amp; <a href='y'>`)
	if strings.Contains(svg, "<script") || strings.Contains(svg, "<a ") || !strings.Contains(svg, "&lt;/text&gt;") {
		t.Errorf("markup comes through:\n%s", svg)
	}
}

func TestTextWrittenFromTheRightBeginsThere(t *testing.T) {
	if svg := svgOf("יותר לקוחות"); !strings.Contains(svg, `direction="rtl">יותר לקוחות</text>`) {
		t.Errorf("no direction:\n%s", svg)
	}
}

func TestTheSVGSaysWhatItShows(t *testing.T) {
	p := Tree(ownFonts(), paymentsTree(), lightStyle)
	for _, want := range []string{"<title id=\"title\">Outcome tree of Payments</title>", "<desc id=\"desc\">" + escaped(p.Alt) + "</desc>", ">At risk</text>"} {
		if !strings.Contains(string(p.SVG()), want) {
			t.Errorf("%s is not in it", want)
		}
	}
}
