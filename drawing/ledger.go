package drawing

import (
	"fmt"
	"slices"
	"strings"

	"alignbot/pipeline"
)

// SprintLedger is how the last sprints were shared out.
type SprintLedger struct {
	Team pipeline.Team
	// Lines of the sprints, the newest first.
	Lines []pipeline.LedgerLine
	// Technical and Slack are the least that the team wants of each, in percent.
	Technical, Slack float64
}

// ledgerShown is how many sprints a ledger shows, the newest.
const ledgerShown = 8

// measure is one of the two things that a ledger keeps.
type measure struct {
	name  string
	least float64
	of    func(pipeline.LedgerLine) (percent int, known bool)
}

// Ledger draws what went into technical excellence in each sprint and what was left
// free, as bars beside the line of the least that the team wants.
func Ledger(f *Fonts, l SprintLedger, style Style) Picture {
	s := newSheet(f, style)
	hidden := max(0, len(l.Lines)-ledgerShown)
	lines := slices.Clone(l.Lines[:len(l.Lines)-hidden])
	slices.Reverse(lines)
	measures := []measure{
		{"Technical work and bugs", l.Technical, func(l pipeline.LedgerLine) (int, bool) { return l.Technical, l.TechnicalKnown }},
		{"Slack: capacity left free", l.Slack, func(l pipeline.LedgerLine) (int, bool) { return l.Slack, l.SlackKnown }},
	}
	var panels []element
	var said []string
	for _, m := range measures {
		panels = append(panels, s.ledgerPanel(m, lines))
		said = append(said, m.inWords(lines))
	}
	if len(lines) == 0 {
		panels = []element{s.text("There is no sprint yet. Start one, and its share of technical work and its slack stand here.", cardFace, s.muted, chartWidth, 3)}
		said = []string{"there is no sprint yet"}
	}
	all := stack(26, panels...)
	all.put(0, 0)
	title := "Technical excellence and slack of " + named(l.Team.Name, string(l.Team.Key))
	p := s.done(title, s.dated(), chartWidth, all.height, more(hidden, "earlier sprint", "earlier sprints"), "Bars: "+strings.Join(said, "; ")+".")
	p.Hidden = hidden
	return p
}

// inWords tells the measure of all sprints: "technical work and bugs, at least 20 %
// wanted: sprint 12 9 %, too little, sprint 13 22 %".
func (m measure) inWords(lines []pipeline.LedgerLine) string {
	var said []string
	for _, l := range lines {
		value, verdict, _ := m.verdict(l)
		said = append(said, strings.TrimSuffix(fmt.Sprintf("sprint %d %s, %s", l.Number, value, verdict), ", "))
	}
	return fmt.Sprintf("%s, at least %s wanted: %s", strings.ToLower(m.name), pipeline.ShowNumber(m.least, "%"), strings.Join(said, ", "))
}

// verdict is the value of a sprint and what to think of it.
func (m measure) verdict(l pipeline.LedgerLine) (value, verdict string, h hue) {
	percent, known := m.of(l)
	switch {
	case !known:
		return "unknown", "", grey
	case float64(percent) < m.least:
		return fmt.Sprintf("%d %%", percent), "too little", vermilion
	}
	return fmt.Sprintf("%d %%", percent), "enough", green
}

// ledgerPanel is the bars of one measure.
func (s *sheet) ledgerPanel(m measure, lines []pipeline.LedgerLine) element {
	const high = 130.0 // of the longest bar
	const above, below = 46.0, 44.0
	head := s.text(m.name, headFace, s.ink, chartWidth, 1)
	end := max(10, 1.5*m.least)
	for _, l := range lines {
		if percent, known := m.of(l); known {
			end = min(100, max(end, float64(percent)))
		}
	}
	step := chartWidth / float64(max(3, len(lines)))
	chart := element{chartWidth, above + high + below, func(x, y float64) {
		ground := y + above + high
		s.put(stroke{points: []point{{x, ground}, {x + chartWidth, ground}}, width: 1.5, colour: s.rule})
		for i, l := range lines {
			s.ledgerBar(m, l, x+float64(i)*step, ground, step, high, end)
		}
		level := ground - min(1, m.least/end)*high
		s.put(stroke{points: []point{{x, level}, {x + chartWidth, level}}, width: 2, colour: s.ink, dash: 6, gap: 5})
	}}
	return stack(2, ends(head, s.text("dashed: at least "+pipeline.ShowNumber(m.least, "%"), bodyFace, s.muted, chartWidth*0.45, 1), chartWidth), chart)
}

// ledgerBar is one sprint in a width: the bar on the ground, its value and verdict
// above, its name below.
func (s *sheet) ledgerBar(m measure, l pipeline.LedgerLine, x, ground, width, high, end float64) {
	percent, known := m.of(l)
	value, verdict, h := m.verdict(l)
	wide := min(96, width*0.62)
	tall := 0.0
	if known {
		tall = min(1, max(0, float64(percent)/end)) * high
	}
	left := x + (width-wide)/2
	if tall > 0 {
		s.put(rect{box: box{left, ground - tall, wide, tall}, radius: min(4, tall/2), fill: s.of(h).strong})
	}
	label := stack(0,
		centred(s.text(value, cardFace, s.ink, width, 1), width),
		centred(s.text(verdict, smallFace, s.of(h).word, width, 1), width))
	under := []element{centred(s.text(fmt.Sprintf("Sprint %d", l.Number), bodyFace, s.ink, width, 1), width)}
	switch {
	case l.Begins != "":
		under = append(under, centred(s.text("begins on "+pipeline.ShowDay(l.Begins), smallFace, s.muted, width, 1), width))
	case l.Open:
		under = append(under, centred(s.text("still runs", smallFace, s.muted, width, 1), width))
	}
	// Above the dashed line where that would cross it.
	top := ground - tall - label.height - 4
	if level := ground - min(1, m.least/end)*high; top < level && level < top+label.height {
		top = level - label.height - 3
	}
	label.put(x, top)
	stack(0, under...).put(x, ground+5)
}

// more is a note that says what is not shown; none for nothing.
func more(hidden int, one, several string) []string {
	if hidden <= 0 {
		return nil
	}
	return []string{"+" + counted(hidden, one, several) + " not shown"}
}
