package drawing

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"alignbot/pipeline"
)

// The measures of a canvas's sheet.
const (
	canvasWide  = 1040.0 // of the grid at least
	canvasCell  = 96.0   // of one of its columns at least
	canvasGap   = 8.0
	canvasPad   = 12.0
	canvasLines = 9  // of a box
	gridMost    = 24 // rows, and columns, of the grid
)

// Canvas draws a canvas as a page: each box in its place with what it says, and when
// somebody last said that this is true. One with columns, such as a GO Product
// Roadmap, is a table of them.
func Canvas(f *Fonts, c pipeline.Canvas, style Style) Picture {
	s := newSheet(f, style)
	t := c.Template()
	filled, of := c.Filled()
	subtitle := s.dated(c.Key().String(), t.Name, fmt.Sprintf("%d of %d boxes filled", filled, of), closedWord(c))
	alt := fmt.Sprintf("%s: %s. %d of %d boxes are filled. %s", t.Name, c.Name, filled, of, boxesInWords(c))
	var page element
	var hidden int
	var notes []string
	if t.Columns != "" {
		page, hidden, notes = s.roadmap(c, t)
	} else {
		places := c.Places()
		page, hidden = fits(len(places), func(boxes, lines int) element { return s.canvasGrid(places[:boxes], lines) })
		notes = more(hidden, "box", "boxes")
	}
	page.put(0, 0)
	p := s.done(named(c.Name, named(t.Name, c.Key().String())), subtitle, page.width, page.height, notes, alt)
	p.Hidden = hidden
	return p
}

// fits lays out so many boxes, at most as many as a template may have; where they
// become too high with fewer lines of text in each, then fewer of them. hidden is how
// many were left out.
func fits(boxes int, layout func(boxes, lines int) element) (page element, hidden int) {
	shown, lines := min(boxes, pipeline.BoxLimit), canvasLines
	for {
		page = layout(shown, lines)
		switch {
		case page.height <= contentHigh || shown == 0:
			return page, boxes - shown
		case lines > 2:
			lines /= 2
		default:
			shown = min(shown-1, int(float64(shown)*contentHigh/page.height))
		}
	}
}

func closedWord(c pipeline.Canvas) string {
	if c.IsOpen() {
		return ""
	}
	return "closed"
}

// boxesInWords tells what the boxes say, each in a few words.
func boxesInWords(c pipeline.Canvas) string {
	var said []string
	for _, p := range c.Places() {
		if p.Box.Text != "" {
			said = append(said, p.Title+": "+pipeline.Cut(pipeline.CleanLine(p.Box.Text), 70)+".")
		}
	}
	return strings.Join(said, " ")
}

// canvasGrid lays the boxes out as their template has them. A row is as high as what
// stands in it needs; a box over several rows takes what it needs from the last.
func (s *sheet) canvasGrid(places []pipeline.BoxPlace, lines int) element {
	rows, columns := 0, 0
	spots := make([]pipeline.GridPlace, len(places))
	for i, p := range places {
		spots[i] = inGrid(p.Template.Where)
		rows, columns = max(rows, spots[i].Row+spots[i].Height-1), max(columns, spots[i].Column+spots[i].Width-1)
	}
	if len(places) == 0 {
		empty := s.text("This canvas has no boxes.", cardFace, s.muted, chartWidth, 1)
		return element{chartWidth, empty.height, empty.put}
	}
	cell := max(canvasCell, (canvasWide+canvasGap)/float64(columns)-canvasGap)
	span := func(n int) float64 { return float64(n)*(cell+canvasGap) - canvasGap }
	boxes := make([]element, len(places))
	for i, p := range places {
		boxes[i] = s.canvasBox(p, span(spots[i].Width), lines)
	}
	heights := rowHeights(rows, spots, boxes)
	tops := make([]float64, rows+1) // of each row, and of what is below the last
	for r, h := range heights {
		tops[r+1] = tops[r] + h + canvasGap
	}
	return element{span(columns), tops[rows] - canvasGap, func(x, y float64) {
		for i, spot := range spots {
			left, top := float64(spot.Column-1)*(cell+canvasGap), tops[spot.Row-1]
			height := tops[spot.Row-1+spot.Height] - canvasGap - top
			s.boxPanel(places[i], boxes[i], height).put(x+left, y+top)
		}
	}}
}

// inGrid is a place within the limits of a grid.
func inGrid(w pipeline.GridPlace) pipeline.GridPlace {
	w.Row, w.Column = min(gridMost, max(1, w.Row)), min(gridMost, max(1, w.Column))
	w.Height, w.Width = min(gridMost+1-w.Row, max(1, w.Height)), min(gridMost+1-w.Column, max(1, w.Width))
	return w
}

// rowHeights gives every row the height that its boxes need: first those of one row,
// then wider ones in the order of their height.
func rowHeights(rows int, spots []pipeline.GridPlace, boxes []element) []float64 {
	heights := make([]float64, rows)
	order := make([]int, len(spots))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return spots[a].Height - spots[b].Height })
	for _, i := range order {
		within := heights[spots[i].Row-1 : spots[i].Row-1+spots[i].Height]
		has := float64(len(within)-1) * canvasGap
		for _, h := range within {
			has += h
		}
		if lacks := boxes[i].height - has; lacks > 0 {
			for r := range within {
				within[r] += lacks / float64(len(within))
			}
		}
	}
	return heights
}

// canvasBox is what a box says: its title, its text or what it asks, its mark of
// risk, and how long ago that was confirmed.
func (s *sheet) canvasBox(p pipeline.BoxPlace, width float64, lines int) element {
	inner := width - 2*canvasPad
	parts := []element{s.text(p.Template.Title, cardFace, s.ink, inner, 2)}
	if p.Box.Text == "" {
		parts = append(parts, s.text("Empty: "+p.Template.Question, smallFace, s.muted, inner, 4))
	} else {
		parts = append(parts, s.boxText(p.Box.Text, bodyFace, inner, lines))
		parts = append(parts, s.boxMarks(p, inner))
	}
	content := stack(6, parts...)
	content.width = inner
	return padded(content, canvasPad, canvasPad)
}

// boxPanel is the ground of a box: that of a card where it says something.
func (s *sheet) boxPanel(p pipeline.BoxPlace, content element, height float64) element {
	fill, edge := s.surface, s.edge
	if p.Box.Text == "" {
		fill = s.palette.panel
	}
	return element{content.width, height, func(x, y float64) {
		s.put(rect{box: box{x, y, content.width, height}, radius: 8, fill: fill, edge: edge, width: 1.2})
		content.put(x, y)
	}}
}

// boxText is what a box says, of at most so many lines: several paragraphs as a
// list. What is cut says so in words.
func (s *sheet) boxText(text string, f face, width float64, lines int) element {
	const indent = 14.0
	paragraphs := slices.DeleteFunc(strings.Split(text, "\n"), func(p string) bool { return !pipeline.HasVisible(p) })
	if len(paragraphs) < 2 {
		block := s.fonts.wrap(text, f, width, lines)
		return s.moreBelow(s.block(block, f, s.ink, width), width, block.cut)
	}
	var parts []element
	cut := false
	for i, p := range paragraphs {
		if lines == 0 {
			cut = true
			break
		}
		block := s.fonts.wrap(p, f, width-indent, lines)
		dot := s.text("•", f, s.muted, indent, 1)
		dot.width = indent
		parts = append(parts, row(0, dot, s.block(block, f, s.ink, width-indent)))
		lines -= len(block.lines)
		cut = block.cut && i == len(paragraphs)-1
	}
	return s.moreBelow(stack(0, parts...), width, cut)
}

// moreBelow says below a text that there is more of it, where it was cut.
func (s *sheet) moreBelow(text element, width float64, cut bool) element {
	if !cut {
		return text
	}
	return stack(2, text, s.text("+ more in the text", smallFace, s.muted, width, 1))
}

// boxMarks are the marks of a filled box: its risk, what was made of it, and when it
// was confirmed.
func (s *sheet) boxMarks(p pipeline.BoxPlace, width float64) element {
	var pills []element
	if r := p.Box.Risk; r != "" {
		pills = append(pills, s.pill(string(r)+" risk", riskHue(r), width))
	}
	if !p.Box.Outcome.IsZero() {
		pills = append(pills, s.pill("→ "+p.Box.Outcome.String(), blue, width))
	}
	if !p.Box.Test.Idea.IsZero() {
		pills = append(pills, s.pill("test on "+p.Box.Test.Idea.String(), purple, width))
	}
	words, stale := s.confirmedWords(p.Box)
	if stale {
		pills = append(pills, s.pill(words, orange, width))
		return flow(5, width, pills...)
	}
	return stack(5, flow(5, width, pills...), s.text(words, smallFace, s.muted, width, 2))
}

func riskHue(r pipeline.Risk) hue {
	switch r {
	case pipeline.RiskHigh:
		return vermilion
	case pipeline.RiskMedium:
		return orange
	}
	return grey
}

// confirmedWords say when somebody last said that a box is true: "confirmed on 3 Nov
// 2026", or, where that is stale, "not confirmed for 45 days".
func (s *sheet) confirmedWords(b pipeline.Box) (words string, stale bool) {
	zone := time.UTC
	if s.style.Zone != nil {
		zone = s.style.Zone
	}
	if days := int(s.style.Now.Sub(b.Confirmed) / (24 * time.Hour)); !s.style.Now.IsZero() && days > pipeline.CanvasCheckDays {
		return fmt.Sprintf("not confirmed for %d days", days), true
	}
	return "confirmed on " + pipeline.ShowDate(b.Confirmed.In(zone)), false
}
