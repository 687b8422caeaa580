package pipeline_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// shownDiff writes a difference down: [-gone-], {+new+}.
func shownDiff(words []pipeline.DiffWords) string {
	var out strings.Builder
	for _, w := range words {
		switch w.Kind {
		case pipeline.DiffRemoved:
			out.WriteString("[-" + w.Text + "-]")
		case pipeline.DiffAdded:
			out.WriteString("{+" + w.Text + "+}")
		default:
			out.WriteString(w.Text)
		}
	}
	return out.String()
}

func TestDiffTextsWordByWord(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"nothing differs":        {"Late invoices", "Late invoices", "Late invoices"},
		"written anew":           {"", "Late invoices", "{+Late invoices+}"},
		"emptied":                {"Late invoices", "", "[-Late invoices-]"},
		"a word":                 {"Invoices are late", "Invoices are paid late", "Invoices are {+paid +}late"},
		"a number":               {"From 12 % to 25 % by June", "From 12 % to 30 % by June", "From 12 % to [-25-]{+30+} % by June"},
		"a line":                 {"One\nThree", "One\nTwo\nThree", "One\n{+Two\n+}Three"},
		"no spaces":              {"发票很晚", "发票总是很晚", "发票{+总是+}很晚"},
		"emoji in one piece":     {"Happy 👩‍👩‍👧 here", "Happy 👩‍🚀 here", "Happy [-👩‍👩‍👧-]{+👩‍🚀+} here"},
		"nothing stays":          {"a", "b", "[-a-]{+b+}"},
		"both ends, two changes": {"a b c d e", "a x c y e", "a [-b-]{+x+} c [-d-]{+y+} e"},
	} {
		if got := shownDiff(pipeline.DiffTexts(c.from, c.to)); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestADifferenceHoldsBothTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab 字é👩\u200d🚀\n.")), 0, 60, -1)
		from, to := text.Draw(t, "from"), text.Draw(t, "to")
		var was, is strings.Builder
		for _, w := range pipeline.DiffTexts(from, to) {
			if w.Kind != pipeline.DiffAdded {
				was.WriteString(w.Text)
			}
			if w.Kind != pipeline.DiffRemoved {
				is.WriteString(w.Text)
			}
		}
		if was.String() != from || is.String() != to {
			t.Fatalf("%q %q", was.String(), is.String())
		}
	})
}

// TestVersionsOfACanvas changes one in many ways and compares versions of it.
func TestVersionsOfACanvas(t *testing.T) {
	c := aCanvas(t, pipeline.GORoadmap, nil)
	var lines []pipeline.Event
	did := func(after pipeline.Canvas, event pipeline.Event, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		c, lines = after, append(lines, event)
	}
	fill := func(id pipeline.BoxID, text string) {
		t.Helper()
		after, event, _, err := pipeline.FillBox(pipeline.Policy{}, ben, canvasTeam, c, pipeline.TypedBox{ID: id, Text: text, Seen: c.Boxes[id].Digest()}, canvasNow)
		did(after, event, err)
	}
	fill("goal.1", "Fewer reminders")                                                                                             // 1
	fill("goal.1", "Fewer late invoices")                                                                                         // 2
	did(pipeline.AddColumn(pipeline.Policy{}, ben, canvasTeam, c, canvasNow))                                                     // 3
	fill("name.2", "Summer")                                                                                                      // 4
	fill("goal.2", "Pay by phone")                                                                                                // 5
	did(pipeline.MoveColumn(pipeline.Policy{}, ben, canvasTeam, c, 2, -1, canvasNow))                                             // 6
	fill("goal.1", "")                                                                                                            // 7
	did(pipeline.EditCanvas(pipeline.Policy{}, ben, canvasTeam, c, pipeline.CanvasForm{Name: "Bills", Owner: "UBEN"}, canvasNow)) // 8
	did(pipeline.ConfirmBox(pipeline.Policy{}, ben, canvasTeam, c, "goal.2", c.Boxes["goal.2"].Digest(), canvasNow))              // 9
	did(pipeline.RemoveColumn(pipeline.Policy{}, ben, canvasTeam, c, 2, canvasNow))                                               // 10

	for name, x := range map[string]struct {
		after, last int
		want        []string
	}{
		"one step":         {1, 2, []string{"Goal of Release 1: Fewer [-reminders-]{+late invoices+}"}},
		"there and gone":   {0, 7, []string{"Columns: Release 1 > a removed release, Release 1", "Name of Summer: {+Summer+}", "Goal of Summer: {+Pay by phone+}"}},
		"only confirmed":   {8, 9, nil},
		"name and owner":   {7, 8, []string{"Name: Invoices > Bills", "Owner: UANNA > UBEN"}},
		"a release gone":   {9, 10, []string{"Columns: a removed release, Release 1 > Release 1", "Name of Summer: [-Summer-]", "Goal of Summer: [-Pay by phone-]"}},
		"all of it":        {0, 10, []string{"Name: Invoices > Bills", "Owner: UANNA > UBEN"}},
		"the same version": {4, 4, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var span pipeline.CanvasSpan
			for _, line := range lines[x.after:x.last] {
				span.Add(line)
			}
			var got []string
			for _, d := range span.Differences(c) {
				if strings.Contains("name owner columns", string(d.Field)) {
					got = append(got, d.Title+": "+d.From+" > "+d.To)
				} else {
					got = append(got, d.Title+": "+shownDiff(pipeline.DiffTexts(d.From, d.To)))
				}
			}
			if diff := cmp.Diff(x.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheMarkOfAnAssumptionIsPartOfADifference(t *testing.T) {
	c := aCanvas(t, pipeline.LeanCanvas, map[pipeline.BoxID]string{"problem": "Late invoices"})
	_, event, _, err := pipeline.FillBox(pipeline.Policy{}, ben, canvasTeam, c, pipeline.TypedBox{ID: "problem", Text: "Late invoices", Risk: pipeline.RiskHigh, Seen: c.Boxes["problem"].Digest()}, canvasNow)
	if err != nil {
		t.Fatal(err)
	}
	var span pipeline.CanvasSpan
	span.Add(event)
	want := []pipeline.CanvasDifference{{Field: "problem", Title: "Problem", RiskTo: pipeline.RiskHigh}}
	if diff := cmp.Diff(want, span.Differences(c)); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkDiffTexts(b *testing.B) {
	from := strings.Repeat("a b ", pipeline.BoxTextLimit/4)
	to := strings.Repeat("b c ", pipeline.BoxTextLimit/4)
	for b.Loop() {
		pipeline.DiffTexts(from, to)
	}
}
