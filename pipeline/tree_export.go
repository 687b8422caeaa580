package pipeline

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// treeVersion is that of the shape of TreeJSON. It grows when something is
// renamed or taken away; what is new alone leaves it as it is.
const treeVersion = 1

// The shape of TreeJSON. Left out is what is empty.
type (
	treeJSON struct {
		Version int          `json:"version"`
		Team    TeamKey      `json:"team"`
		View    TreeView     `json:"view"`
		Roots   []branchJSON `json:"roots"`
		Orphans *ideasJSON   `json:"orphans,omitempty"` // ideas without a link
	}
	branchJSON struct {
		Key        string        `json:"key,omitempty"` // none of an actor
		Kind       BranchKind    `json:"kind"`
		Words      string        `json:"words"`
		Number     string        `json:"number,omitempty"`     // "120 calls, target 80"
		Progress   string        `json:"progress,omitempty"`   // in words
		Share      *float64      `json:"share,omitempty"`      // of the way, 1 at the target
		Light      Light         `json:"light,omitempty"`      // "green", "yellow" or "red"
		Confidence string        `json:"confidence,omitempty"` // the light in words
		Age        string        `json:"age,omitempty"`
		Horizon    Horizon       `json:"horizon,omitempty"`
		Result     OutcomeResult `json:"result,omitempty"` // once it is closed
		Marks      []string      `json:"marks,omitempty"`
		Ideas      *ideasJSON    `json:"ideas,omitempty"` // linked to it itself
		IdeasInAll int           `json:"ideas_in_all"`    // those under it too, each once, without parked ones
		Parked     int           `json:"parked_in_all,omitempty"`
		Children   []branchJSON  `json:"children,omitempty"`
	}
	ideasJSON struct {
		Count  int           `json:"count"`
		Stages map[Stage]int `json:"stages"`
		Newest []ideaJSON    `json:"newest,omitempty"` // a few, the newest first
		Moved  int           `json:"moved,omitempty"`  // of Asked, see HitRate
		Asked  int           `json:"asked,omitempty"`
	}
	ideaJSON struct {
		Key   string `json:"key"`
		Title string `json:"title"`
		Stage Stage  `json:"stage"`
	}
)

// TreeJSON writes a tree for other programs, as an object with "version": 1.
func TreeJSON(t Tree) ([]byte, error) {
	shape := treeJSON{Version: treeVersion, Team: t.Team, View: t.View, Roots: make([]branchJSON, 0, len(t.Roots)), Orphans: ideasShape(t.Orphans)}
	for _, root := range t.Roots {
		shape.Roots = append(shape.Roots, branchShape(root))
	}
	text, err := json.MarshalIndent(shape, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("tree of %s as JSON: %w", t.Team, err)
	}
	return append(text, '\n'), nil
}

func branchShape(b Branch) branchJSON {
	shape := branchJSON{
		Kind: b.Kind, Words: b.Words, Number: b.Number, Progress: b.Progress.Words, Light: b.Light, Age: b.Age,
		Horizon: b.Horizon, Result: b.Result, Marks: b.Marks(), Ideas: ideasShape(b.Ideas), IdeasInAll: b.InAll, Parked: b.ParkedInAll,
	}
	if !b.Key.IsZero() {
		shape.Key = b.Key.String()
	}
	if b.Progress.Known {
		shape.Share = &b.Progress.Share
	}
	if b.Light != "" {
		shape.Confidence = b.Light.Words()
	}
	for _, child := range b.Children {
		shape.Children = append(shape.Children, branchShape(child))
	}
	return shape
}

func ideasShape(i IdeasOn) *ideasJSON {
	if i.Count() == 0 {
		return nil
	}
	shape := &ideasJSON{Count: i.Count(), Stages: i.Stages, Moved: i.Hits.Moved, Asked: i.Hits.Asked}
	for _, line := range i.Newest {
		shape.Newest = append(shape.Newest, ideaJSON{Key: line.Key.String(), Title: line.Title, Stage: line.Stage})
	}
	return shape
}

// Mermaid writes a tree as a Mermaid flowchart, the language for diagrams in
// Markdown: https://mermaid.js.org/syntax/flowchart.html. Without settings of its
// own Mermaid draws 500 lines between boxes at most. The newest ideas are in it,
// but not in an outcome tree, which would be all ideas.
func Mermaid(t Tree) string {
	w := mermaidWriter{ideas: t.View != OutcomesView}
	w.text.WriteString("flowchart LR\n")
	fmt.Fprintf(&w.text, "  accTitle: The %s of %s\n", t.View, t.Team)
	for _, root := range t.Roots {
		w.branch(root, 0)
	}
	if n := t.Orphans.Count(); n > 0 {
		at := w.box(`(["%s"])`, "Without a link", amount(n, "idea", "ideas"))
		w.newest(t.Orphans, at)
	}
	return w.text.String()
}

// mermaidWriter numbers the boxes, so that no text of people is a name.
type mermaidWriter struct {
	text  strings.Builder
	boxes int
	ideas bool
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
func (w *mermaidWriter) box(shape string, lines ...string) int {
	w.boxes++
	var shown []string
	for _, line := range lines {
		if line != "" {
			shown = append(shown, mermaidText(line))
		}
	}
	fmt.Fprintf(&w.text, "  n%d"+shape+"\n", w.boxes, strings.Join(shown, "<br/>"))
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
// and "ﬂ°" and "¶ß", with which it marks its own. They are taken apart.
func mermaidText(s string) string {
	var out strings.Builder
	for _, r := range CleanLine(s) {
		switch {
		case strings.ContainsRune(`$:\¶`, r):
			fmt.Fprintf(&out, "#%d;\u2060", r) // a word joiner, which nobody sees
		case r == 'ﬂ':
			out.WriteString("fl")
		case strings.ContainsRune(" -,.", r), unicode.IsLetter(r), unicode.IsDigit(r), r > unicode.MaxLatin1:
			out.WriteRune(r)
		default:
			fmt.Fprintf(&out, "#%d;", r)
		}
	}
	return out.String()
}
