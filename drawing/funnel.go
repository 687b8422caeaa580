package drawing

import (
	"fmt"
	"strconv"
	"strings"

	"alignbot/pipeline"
)

// chartWidth is how wide a chart is: about what a phone shows without making it
// smaller than half.
const chartWidth = 540.0

// Funnel draws how far the ideas of a team have come: a bar for each stage, the
// strong part of it for those that stand there, and the parked ones beside.
func Funnel(f *Fonts, v pipeline.Funnel, style Style) Picture {
	s := newSheet(f, style)
	var rows []element
	said := make([]string, 0, len(v.Steps))
	for i, step := range v.Steps {
		rows = append(rows, s.funnelStep(v, i))
		said = append(said, fmt.Sprintf("%s %d", step.Name, step.Reached))
	}
	rows = append(rows, s.funnelParked(v))
	all := stack(16, rows...)
	all.put(0, 0)
	title := "Pipeline of " + named(v.Name, string(v.Team))
	alt := fmt.Sprintf("Funnel: how far %s have come. %s. Beside it %s.", counted(v.Ideas(), "idea", "ideas"), strings.Join(said, ", "), v.ParkedInWords())
	notes := []string{"A bar is as long as the ideas that have come so far; its strong part stands there now."}
	return s.done(title, s.dated(counted(v.Ideas(), "idea", "ideas")), chartWidth, all.height, notes, alt)
}

// funnelStep is the name and the number, the bar, and what became of the ideas.
func (s *sheet) funnelStep(v pipeline.Funnel, i int) element {
	step := v.Steps[i]
	below := ends(s.text(step.Words(), smallFace, s.muted, chartWidth*0.5, 2), s.text(v.Came(i), smallFace, s.ink, chartWidth*0.5, 2), chartWidth)
	return stack(4,
		ends(s.text(step.Name, cardFace, s.ink, chartWidth*0.75, 1), s.text(strconv.Itoa(step.Reached), headFace, s.ink, chartWidth*0.25, 1), chartWidth),
		s.funnelBar(share(step.Reached, v.Ideas()), share(step.Now, v.Ideas()), blue),
		below)
}

func (s *sheet) funnelParked(v pipeline.Funnel) element {
	return stack(4,
		ends(s.text("Parked beside it", cardFace, s.ink, chartWidth*0.75, 1), s.text(strconv.Itoa(v.Parked), headFace, s.ink, chartWidth*0.25, 1), chartWidth),
		s.funnelBar(share(v.Parked, v.Ideas()), share(v.Parked, v.Ideas()), grey),
		s.text(capital(v.ParkedInWords())+".", smallFace, s.muted, chartWidth, 3))
}

// funnelBar is a bar with a soft part, all that came, and in it a strong one: those
// that stand there.
func (s *sheet) funnelBar(came, stands float64, h hue) element {
	const height, radius = 24.0, 5.0
	shade := s.of(h)
	return element{chartWidth, height, func(x, y float64) {
		s.put(rect{box: box{x, y, chartWidth, height}, radius: radius, fill: s.track})
		for _, part := range []rect{{box: box{w: came * chartWidth}, fill: shade.soft, edge: shade.strong, width: 1.5}, {box: box{w: stands * chartWidth}, fill: shade.strong}} {
			if part.w > 0 {
				part.box = box{x, y, max(part.w, 2*radius), height}
				part.radius = radius
				s.put(part)
			}
		}
	}}
}
