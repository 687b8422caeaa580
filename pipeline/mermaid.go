package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Mermaid is the language for diagrams in Markdown: https://mermaid.js.org

// Mermaid writes a tree as a flowchart, https://mermaid.js.org/syntax/flowchart.html.
// Without settings of its own Mermaid draws 500 lines between boxes at most. The newest
// ideas are in it, but not in an outcome tree, which would be all ideas.
func Mermaid(t Tree) string {
	w := mermaidWriter{ideas: t.View != OutcomesView}
	w.flowchart(fmt.Sprintf("The %s of %s", t.View, t.Team))
	for _, root := range t.Roots {
		w.branch(root, 0)
	}
	if n := t.Orphans.Count(); n > 0 {
		at := w.box(`(["%s"])`, "Without a link", amount(n, "idea", "ideas"))
		w.newest(t.Orphans, at)
	}
	return w.text.String()
}

// HorizonMermaid writes a board as a kanban, a column of it for each horizon:
// https://mermaid.js.org/syntax/kanban.html
func HorizonMermaid(b HorizonBoard) string {
	var w mermaidWriter
	w.text.WriteString("kanban\n")
	for _, column := range b.Columns {
		w.box(`["%s"]`, column.Horizon.Title(), column.Certain)
		for _, c := range column.Cards {
			w.put("    ", `["%s"]`, append([]string{c.Key.String(), c.Problem}, c.Lines()...)...)
		}
	}
	return w.text.String()
}

// MapMermaid writes a story map as a flowchart: from each activity to its tasks, and
// from these to their stories, which stand in a frame for each slice. A slice without
// stories is a box, since Mermaid draws no frame around nothing.
func MapMermaid(s ShownMap) string {
	var w mermaidWriter
	w.flowchart(fmt.Sprintf("Story map %d of %s", s.Map.Number, s.Map.Team))
	tasks, last := map[CardID]int{}, 0
	for _, a := range s.Map.Activities {
		activity := w.box(`(["%s"])`, a.Title)
		w.line(last, activity)
		for _, t := range a.Tasks {
			tasks[t.ID] = w.box(`("%s")`, t.Title)
			w.line(activity, tasks[t.ID])
		}
		last = activity
	}
	for _, band := range s.Map.Bands() {
		lines := []string{band.Name}
		if band.ID != 0 {
			lines = append(lines, s.SliceLine(band))
		}
		if !slices.ContainsFunc(s.Map.Stories(), func(story MapStory) bool { return story.Slice == band.ID }) {
			w.box(`["%s"]`, lines...)
			continue
		}
		w.put("  subgraph ", `["%s"]`, lines...)
		var from, to []int // lines within a frame would draw the tasks into it
		for _, a := range s.Map.Activities {
			for _, t := range a.Tasks {
				for _, story := range t.In(band.ID) {
					from, to = append(from, tasks[t.ID]), append(to, w.put("    ", `["%s"]`, s.StoryLine(story)))
				}
			}
		}
		w.text.WriteString("  end\n")
		for i := range from {
			w.line(from[i], to[i])
		}
	}
	return w.text.String()
}

// mermaidWriter numbers the boxes, so that no text of people is a name.
type mermaidWriter struct {
	text  strings.Builder
	boxes int
	ideas bool
}

// flowchart begins one, with the words that screen readers say.
func (w *mermaidWriter) flowchart(title string) {
	fmt.Fprintf(&w.text, "flowchart LR\n  accTitle: %s\n", title)
}

// mermaidShapes are the forms of boxes around their text.
var mermaidShapes = map[BranchKind]string{
	OpportunityBranch: `("%s")`,
	ImpactBranch:      `("%s")`,
	ActorBranch:       `(["%s"])`,
}

func (w *mermaidWriter) branch(b Branch, under int) {
	shape, ok := mermaidShapes[b.Kind]
	if !ok {
		shape = `["%s"]`
	}
	name := string(b.Kind)
	if !b.Key.IsZero() {
		name = b.Key.String() + " " + name
	}
	lines := append([]string{name, b.Words, b.State()}, b.Marks()...)
	if !w.ideas && !b.Orphan && b.InAll+b.ParkedInAll > 0 {
		lines = append(lines, b.IdeasInWords())
	}
	at := w.box(shape, lines...)
	w.line(under, at)
	for _, child := range b.Children {
		w.branch(child, at)
	}
	w.newest(b.Ideas, at)
}

// newest ideas under a box.
func (w *mermaidWriter) newest(ideas IdeasOn, under int) {
	if !w.ideas {
		return
	}
	for _, idea := range ideas.Newest {
		w.line(under, w.box(`[/"%s"/]`, idea.Key.String()+" "+string(idea.Stage), idea.Title))
	}
}

// box writes a box with lines of text, the empty ones left out, and gives its
// number.
func (w *mermaidWriter) box(shape string, lines ...string) int { return w.put("  ", shape, lines...) }

// put is box with what stands before its name.
func (w *mermaidWriter) put(before, shape string, lines ...string) int {
	w.boxes++
	var shown []string
	for _, line := range lines {
		if line != "" {
			shown = append(shown, mermaidText(line))
		}
	}
	fmt.Fprintf(&w.text, before+"n%d"+shape+"\n", w.boxes, strings.Join(shown, "<br/>"))
	return w.boxes
}

func (w *mermaidWriter) line(from, to int) {
	if from > 0 {
		fmt.Fprintf(&w.text, "  n%d --> n%d\n", from, to)
	}
}

// mermaidText writes any text so that Mermaid shows it and nothing else: all but
// letters, digits, spaces and a few marks becomes the number of its character.
// https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
// Some it acts on even so: formulas between "$$", icons such as "fa:fa-car", "\n",
// and "ﬂ°" and "¶ß", with which it marks its own. They are taken apart. A line is
// Markdown too: one that begins like a point of a list, or a link without "https", is
// shown as "Unsupported markdown". So a full stop, and "-" at the beginning, are numbers.
func mermaidText(s string) string {
	var out strings.Builder
	for _, r := range CleanLine(s) {
		switch {
		case strings.ContainsRune(`$:\¶`, r):
			fmt.Fprintf(&out, "#%d;\u2060", r) // a word joiner, which nobody sees
		case r == 'ﬂ':
			out.WriteString("fl")
		case r == '-' && out.Len() == 0:
			out.WriteString("#45;")
		case strings.ContainsRune(" -,", r), unicode.IsLetter(r), unicode.IsDigit(r), r > unicode.MaxLatin1:
			out.WriteRune(r)
		default:
			fmt.Fprintf(&out, "#%d;", r)
		}
	}
	return out.String()
}
