package pipeline

import (
	_ "embed"
	"strings"
)

// canvasFormat describes the file, for the people who write one.
//
//go:embed canvases/format.txt
var canvasFormat string

// FormatCanvasTemplate writes the file that ParseCanvasTemplate reads back to the same
// value, with a description of the format at its head.
func FormatCanvasTemplate(t CanvasTemplate) string {
	var w templateWriter
	for line := range strings.Lines(canvasFormat) {
		w.WriteString(strings.TrimRight("# "+line, " \n") + "\n")
	}
	w.text("", "id", string(t.ID))
	w.text("", "name", t.Name)
	w.text("", "about", t.About)
	w.text("", "columns", t.Columns)
	w.flag("", "assumptions", t.Assumptions)
	w.flag("", "one at a time", t.Alone)
	w.WriteString("boxes:\n")
	for _, box := range t.Boxes {
		w.box(box)
	}
	return w.String()
}

func (w *templateWriter) box(box BoxTemplate) {
	const indent = "    "
	w.WriteString("  - id: " + yamlScalar(string(box.ID), plainPattern) + "\n")
	w.text(indent, "title", box.Title)
	w.text(indent, "question", box.Question)
	w.text(indent, "help", box.Help)
	w.whole(indent, "row", &box.Where.Row)
	w.whole(indent, "column", &box.Where.Column)
	if box.Where.Width > 1 {
		w.whole(indent, "width", &box.Where.Width)
	}
	if box.Where.Height > 1 {
		w.whole(indent, "height", &box.Where.Height)
	}
	w.flag(indent, "extra", box.Extra)
	w.flag(indent, "heading", box.Heading)
	w.flag(indent, "goal", box.Goal)
	w.flag(indent, "metric", box.Metric)
}
