package drawing

import (
	"fmt"
	"strings"

	"alignbot/pipeline"
)

// The measures of a board.
const (
	boardColumn = 292.0
	boardGap    = 14.0
	boardPad    = 12.0
	// boardCards is how many cards a column shows, boardFull up to how many on the
	// whole board each tells everything, with at most so many ideas and hints.
	boardCards = 12
	boardFull  = 15
	boardIdeas = 3
	boardHints = 2
)

// contentHigh is how high the content of a picture may be: within SideLimit with
// what stands above and below it.
const contentHigh = SideLimit - 500

// HorizonBoard draws a Now-Next-Later roadmap: a column for each horizon with the
// team's opportunities. Where there are many, the cards say less, and the last ones
// are counted.
func HorizonBoard(f *Fonts, b pipeline.HorizonBoard, style Style) Picture {
	s := newSheet(f, style)
	cards, hidden := 0, 0
	var said []string
	for _, c := range b.Columns {
		cards += len(c.Cards)
		said = append(said, columnInWords(c))
	}
	most, full := boardCards, cards <= boardFull
	all := s.boardColumns(b, most, full)
	for all.height > contentHigh {
		if full {
			full = false
		} else {
			most--
		}
		all = s.boardColumns(b, most, full)
	}
	all.put(0, 0)
	for _, c := range b.Columns {
		hidden += max(0, len(c.Cards)-most)
	}
	var notes []string
	if n := b.NotNow; n > 0 {
		notes = append(notes, "Not now: "+counted(n, "opportunity", "opportunities")+".")
	}
	if n := b.Undecided; n > 0 {
		notes = append(notes, counted(n, "opportunity has", "opportunities have")+" no horizon yet.")
	}
	title := "Now-Next-Later of " + named(b.TeamName, string(b.Team))
	p := s.done(title, s.dated(counted(cards, "opportunity", "opportunities")), all.width, all.height, notes, "Board of three columns. "+strings.Join(said, " "))
	p.Hidden = hidden
	return p
}

// boardColumns lays the columns out, equally high, with at most so many cards each.
func (s *sheet) boardColumns(b pipeline.HorizonBoard, most int, full bool) element {
	var columns []element
	high := 0.0
	for i, c := range b.Columns {
		column := s.boardColumn(c, columnHues[i%len(columnHues)], most, full)
		high = max(high, column.height)
		columns = append(columns, column)
	}
	for i, column := range columns {
		columns[i] = s.panel(column, s.palette.panel, 12, high)
	}
	return row(boardGap, columns...)
}

// columnHues go from what is certain to what is not.
var columnHues = []hue{blue, purple, grey}

// columnInWords tells a column: "Now, 2: Calls about the first invoice; No reminder.".
func columnInWords(c pipeline.HorizonColumn) string {
	var problems []string
	for _, card := range c.Cards[:min(len(c.Cards), 4)] {
		problems = append(problems, pipeline.Cut(pipeline.CleanLine(card.Problem), 60))
	}
	if more := len(c.Cards) - len(problems); more > 0 {
		problems = append(problems, fmt.Sprintf("and %d more", more))
	}
	words := fmt.Sprintf("%s, %d", capital(string(c.Horizon)), len(c.Cards))
	if len(problems) > 0 {
		words += ": " + strings.Join(problems, "; ")
	}
	return words + "."
}

// boardColumn is one horizon with its cards.
func (s *sheet) boardColumn(c pipeline.HorizonColumn, h hue, most int, full bool) element {
	width := boardColumn - 2*boardPad
	head := row(8,
		element{12, headFace.lineHeight(), func(x, y float64) { s.dot(12, h).put(x, y+(headFace.lineHeight()-12)/2) }},
		s.text(fmt.Sprintf("%s · %d", capital(string(c.Horizon)), len(c.Cards)), headFace, s.of(h).word, width-20, 1))
	parts := []element{head, s.text(c.Certain, smallFace, s.muted, width, 2)}
	for _, hint := range c.Hints[:min(len(c.Hints), boardHints)] {
		parts = append(parts, s.text("Hint: "+hint, smallFace, s.ink, width, 3))
	}
	stacked := []element{stack(3, parts...)}
	for _, card := range c.Cards[:min(len(c.Cards), most)] {
		stacked = append(stacked, s.card(boardCard(card, h, full), width))
	}
	switch more := len(c.Cards) - most; {
	case len(c.Cards) == 0:
		stacked = append(stacked, s.text("Nothing here yet.", bodyFace, s.muted, width, 1))
	case more > 0:
		stacked = append(stacked, s.text(fmt.Sprintf("+%d more", more), cardFace, s.muted, width, 1))
	}
	column := stack(10, stacked...)
	column.width = width
	return padded(column, boardPad, boardPad)
}

// boardCard is an opportunity on the board; full with its ideas, metric and hints.
func boardCard(c pipeline.HorizonCard, h hue, full bool) card {
	drawn := card{hue: h, kind: "opportunity", key: keyOf(c.Key), title: named(c.Problem, "No words yet"), lines: 4}
	drawn.number = c.Number
	if c.Progress.Known {
		share := c.Progress.Share
		drawn.share = &share
	}
	switch {
	case c.Outcome.IsZero():
		drawn.pills = append(drawn.pills, pill{"no outcome", orange})
	case full:
		drawn.notes = append(drawn.notes, strings.TrimSuffix("For "+c.Outcome.String()+": "+c.OutcomeWords, ": "))
	default:
		drawn.notes = append(drawn.notes, "For "+c.Outcome.String())
		drawn.lines = 2
	}
	if full {
		if c.Metric != "" {
			drawn.notes = append(drawn.notes, "Measured by: "+c.Metric)
		}
		for _, idea := range c.Ideas[:min(len(c.Ideas), boardIdeas)] {
			drawn.notes = append(drawn.notes, idea.Key.String()+" "+idea.Title)
		}
		if more := c.MoreIdeas + max(0, len(c.Ideas)-boardIdeas); more > 0 {
			drawn.notes = append(drawn.notes, "+"+counted(more, "more idea", "more ideas"))
		}
		for _, hint := range c.Hints[:min(len(c.Hints), boardHints)] {
			drawn.notes = append(drawn.notes, "Hint: "+hint)
		}
	}
	for part := range strings.SplitSeq(c.Status, ", ") {
		if part != "" {
			drawn.pills = append(drawn.pills, pill{part, sky})
		}
	}
	if c.Old {
		drawn.pills = append(drawn.pills, pill{c.Age, orange})
	}
	return drawn
}

// keyOf words the key of a node; "" for none.
func keyOf(key pipeline.NodeKey) string {
	if key.IsZero() {
		return ""
	}
	return key.String()
}
