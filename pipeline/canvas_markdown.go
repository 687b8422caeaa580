package pipeline

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// CanvasTies is what is known now of the outcomes and tests that boxes of a canvas
// lead to.
type CanvasTies struct {
	Outcomes map[NodeKey]Outcome
	Tests    map[BoxTest]RunSummary
}

// OutcomeWords say how the outcome of a box stands: "PAY-O3 Fewer calls: 72 calls, target
// 30 calls"; "" for a box without one.
func (t CanvasTies) OutcomeWords(b Box) string {
	if b.Outcome.IsZero() {
		return ""
	}
	o, known := t.Outcomes[b.Outcome]
	if !known {
		return b.Outcome.String()
	}
	words := b.Outcome.String() + " " + o.Statement
	if number := o.NumberInWords(); number != "" {
		words += ": " + number
	}
	if !o.IsOpen() {
		words += " (closed, " + string(o.Result) + ")"
	}
	return words
}

// TestWords say what the test of a box showed; "" for a box without one.
func (t CanvasTies) TestWords(b Box) string {
	if b.Test.Idea.IsZero() {
		return ""
	}
	words := b.Test.Idea.String()
	run, known := t.Tests[b.Test]
	switch {
	case !known:
		return words
	case run.Verdict != Undecided:
		return words + ": " + string(run.Verdict)
	case run.Running:
		return words + ": runs until " + ShowDate(run.Deadline)
	}
	return words + ": not started"
}

// CanvasMarkdown writes a canvas as the Markdown that Slack's canvases take: its head,
// then each box that is filled, their blocks apart by an empty line. The notes are ours
// and stand in the head. The same value is the same text.
// https://docs.slack.dev/surfaces/canvases
func CanvasMarkdown(c Canvas, ties CanvasTies, notes ...string) string {
	t := c.Template()
	blocks := []string{
		"# " + EscapeMarkdown(c.Name),
		strings.Join(append([]string{EscapeMarkdown(t.Name) + " " + c.Key().String() + "."}, notes...), " "),
	}
	if !c.IsOpen() {
		blocks = append(blocks, EscapeMarkdown("Closed on "+ShowDate(c.Closed.UTC())+"."))
	}
	column := 0
	for _, p := range c.Places() {
		if p.Column != column {
			column = p.Column
			blocks = append(blocks, "## "+EscapeMarkdown(c.ColumnTitle(column)))
		}
		if p.Box.Text == "" {
			continue
		}
		blocks = append(blocks, "### "+EscapeMarkdown(p.Template.Title))
		for line := range strings.Lines(p.Box.Text) {
			if line = EscapeMarkdown(line); line != "" {
				blocks = append(blocks, line)
			}
		}
		for _, tied := range []struct{ label, words string }{
			{"Risk", string(p.Box.Risk)}, {"Outcome", ties.OutcomeWords(p.Box)}, {"Test", ties.TestWords(p.Box)},
		} {
			if tied.words != "" {
				blocks = append(blocks, "**"+tied.label+":** "+EscapeMarkdown(tied.words))
			}
		}
	}
	return strings.Join(blocks, "\n\n")
}

// MarkdownDigest tells one Markdown text from another.
func MarkdownDigest(markdown string) string {
	h := fnv.New64a()
	h.Write([]byte(markdown))
	return strconv.FormatUint(h.Sum64(), 36)
}

// markdownDefuser puts look-alikes in the place of the characters that format or point
// somewhere in Markdown, and an invisible joiner behind those that begin a name, an
// address, an emoji or an entity. How Slack's canvases read escapes with a backslash is
// not documented, so none is used: whatever the rules are, there is nothing left to
// read.
var markdownDefuser = strings.NewReplacer(slices.Concat([]string{
	"\\", "＼", "`", "ˋ", "*", "∗", "_", "＿", "~", "∼", "[", "［", "]", "］", "<", "‹", ">", "›", "|", "∣",
	"@", "@\u2060", "#", "#\u2060", "&", "&\u2060", "://", ":\u2060//",
}, BreakAddresses("\u2060"), []string{":", ":\u2060"})...)

// EscapeMarkdown makes a line that somebody typed harmless in Markdown: no mention,
// link, formatting, list, heading, HTML or emoji in it comes alive, and it stays one
// line.
func EscapeMarkdown(typed string) string {
	line := markdownDefuser.Replace(CleanLine(typed))
	number := len(line) - len(strings.TrimLeftFunc(line, unicode.IsDigit))
	switch rest := line[number:]; {
	case number > 0 && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, ")")): // no numbered list
		return line[:number] + "\u2060" + rest
	case number == 0 && strings.IndexAny(line, "-+=#") == 0: // no list, no heading
		return "\u2060" + line
	}
	return line
}
