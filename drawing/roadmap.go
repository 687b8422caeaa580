package drawing

import (
	"alignbot/pipeline"
)

// The measures of a roadmap.
const (
	roadmapLabel  = 108.0 // the names of the rows
	roadmapColumn = 248.0
	roadmapShown  = 8 // columns
)

// roadmap lays out a canvas with columns: its boxes are rows, each column a release.
// hidden is how many boxes there was no room for; the notes say of what.
func (s *sheet) roadmap(c pipeline.Canvas, t pipeline.CanvasTemplate) (page element, hidden int, notes []string) {
	if len(c.Columns) == 0 {
		empty := s.text("There is no "+t.Columns+" on it yet.", cardFace, s.muted, chartWidth, 2)
		empty.width = chartWidth
		return empty, 0, nil
	}
	columns := c.Columns[:min(len(c.Columns), roadmapShown)]
	page, rows := fits(len(t.Boxes), func(boxes, lines int) element {
		var parts []element
		for _, row := range t.Boxes[:boxes] {
			parts = append(parts, s.roadmapRow(c, row, columns, lines))
		}
		return stack(canvasGap, parts...)
	})
	left := len(c.Columns) - len(columns)
	hidden = left*len(t.Boxes) + rows*len(columns)
	return page, hidden, append(more(left, t.Columns, t.Columns+"s"), more(rows, "row", "rows")...)
}

// roadmapRow is what every release says in one row, behind the row's name.
func (s *sheet) roadmapRow(c pipeline.Canvas, template pipeline.BoxTemplate, columns []int, lines int) element {
	label := padTop(s.text(template.Title, cardFace, s.muted, roadmapLabel-canvasGap, 3), canvasPad)
	label.width = roadmapLabel - canvasGap
	height := label.height + canvasPad
	var places []pipeline.BoxPlace
	var boxes []element
	for _, column := range columns {
		id := template.ID.In(column)
		place := pipeline.BoxPlace{ID: id, Template: template, Column: column, Box: c.Boxes[id]}
		box := s.roadmapBox(place, lines)
		height = max(height, box.height)
		places, boxes = append(places, place), append(boxes, box)
	}
	for i, box := range boxes {
		boxes[i] = s.boxPanel(places[i], box, height)
	}
	return row(canvasGap, append([]element{label}, boxes...)...)
}

// roadmapBox is what a release says in one row.
func (s *sheet) roadmapBox(p pipeline.BoxPlace, lines int) element {
	inner := roadmapColumn - 2*canvasPad
	f := bodyFace
	if p.Template.Heading {
		f = headFace
	}
	var content element
	if p.Box.Text == "" {
		content = s.text("Empty: "+p.Template.Question, smallFace, s.muted, inner, 3)
	} else {
		content = stack(6, s.boxText(p.Box.Text, f, inner, lines), s.boxMarks(p, inner))
	}
	content.width = inner
	return padded(content, canvasPad, canvasPad)
}
