package drawing

import (
	"fmt"
	"math"

	"alignbot/pipeline"
)

// Runway is how long a team's work lasts: what the gauge shows.
type Runway struct {
	Team pipeline.Team
	// Ready is the refined work in the Product Backlog, All that of all active ideas.
	Ready, All pipeline.Supply
	Pace       pipeline.Pace
}

// Gauge draws how many sprints the refined work lasts, as a needle between the bands
// that the team has set, and below it that of all active ideas.
func Gauge(f *Fonts, r Runway, style Style) Picture {
	s := newSheet(f, style)
	velocity := "Velocity: " + r.Pace.Words(r.Team)
	all := stack(26,
		stack(8, centred(s.text("Refined work", headFace, s.ink, chartWidth, 1), chartWidth), s.dial(r.Ready), s.bandPills(r.Ready)),
		stack(8, ends(s.text("All active ideas", headFace, s.ink, chartWidth*0.5, 1), s.text(r.All.Words(), headFace, s.ink, chartWidth*0.5, 1), chartWidth),
			s.scale(r.All), s.text(supplied(r.All), smallFace, s.muted, chartWidth, 2), s.bandPills(r.All)),
	)
	all.put(0, 0)
	title := "Backlog runway of " + named(r.Team.Name, string(r.Team.Key))
	alt := "Gauge: refined work " + bandInWords(r.Ready) + "; all active ideas " + bandInWords(r.All) + ". " + velocity
	return s.done(title, s.dated(), chartWidth, all.height, []string{velocity}, alt)
}

// bandInWords says how long it lasts and what that means: "4.2 sprints: right, 3 to
// 6 sprints".
func bandInWords(v pipeline.Supply) string {
	words := v.Words()
	if band, known := bandOf(v); known {
		words += ": " + band.Name + ", " + band.Range
	}
	return words
}

// bandOf is the band the supply is in; false where nobody knows.
func bandOf(v pipeline.Supply) (pipeline.SupplyBand, bool) {
	if v.At < 0 || v.At >= len(v.Bands) {
		return pipeline.SupplyBand{}, false
	}
	return v.Bands[v.At], true
}

// supplied says what the supply was counted from.
func supplied(v pipeline.Supply) string {
	words := counted(v.Ideas, "idea", "ideas")
	switch {
	case v.Ideas == 0:
	case v.ByCount:
		words += ", none with a size: counted against the ideas finished in a sprint"
	case v.Unsized > 0:
		words += fmt.Sprintf(", %d of them without a size", v.Unsized)
	}
	return capital(words)
}

// bandHue is the colour of a band by what it means, which its pill says as well.
func bandHue(band pipeline.SupplyBand) hue {
	return []hue{green, orange, vermilion}[band.Concern()]
}

// scaleEnd is where a scale of the bands ends: as far behind the last limit as
// there is before it from the one before.
func scaleEnd(v pipeline.Supply) float64 {
	last, before := 0.0, 0.0
	for _, band := range v.Bands {
		before, last = last, max(last, band.From)
	}
	if end := last + max(last-before, last/2); end > 0 && !math.IsInf(end, 0) {
		return end
	}
	return 1
}

// onScale is where the supply stands on its scale, from 0 to 1: at its end where
// there is more.
func onScale(sprints, end float64) float64 {
	if math.IsNaN(sprints) {
		return 0
	}
	return min(1, max(0, sprints/end))
}

// bandPills name the bands with their ranges; the one it is in is marked.
func (s *sheet) bandPills(v pipeline.Supply) element {
	var pills []element
	for i, band := range v.Bands {
		word, h := band.Name+": "+band.Range, grey
		if i == v.At {
			word, h = "Here · "+word, bandHue(band)
		}
		pills = append(pills, s.pill(word, h, chartWidth))
	}
	return centred(flow(6, chartWidth, pills...), chartWidth)
}

// The measures of the dial.
const (
	dialOuter = 150.0
	dialInner = 112.0
	dialRaise = 10.0 // by which the right band stands out
)

// dial is a half circle of the bands with a needle, and the number below it.
func (s *sheet) dial(v pipeline.Supply) element {
	number := stack(0,
		centred(s.text(v.Words(), numberFace, s.ink, chartWidth, 1), chartWidth),
		centred(s.text(supplied(v), smallFace, s.muted, chartWidth, 2), chartWidth))
	const top = dialRaise + 24.0 // of the labels above it
	height := top + dialOuter + 18 + number.height
	return element{chartWidth, height, func(x, y float64) {
		hub := point{x + chartWidth/2, y + top + dialOuter}
		end := scaleEnd(v)
		for i, band := range v.Bands {
			to := 1.0
			if i+1 < len(v.Bands) {
				to = onScale(v.Bands[i+1].From, end)
			}
			s.dialBand(hub, band, onScale(band.From, end), to)
		}
		for _, band := range v.Bands {
			s.dialLabel(hub, onScale(band.From, end), pipeline.ShowNumber(band.From, ""), dialInner-14, bodyFace)
		}
		if v.Known {
			s.needle(hub, onScale(v.Sprints, end))
		}
		s.put(rect{box: box{hub.x - 9, hub.y - 9, 18, 18}, radius: 9, fill: s.ink})
		number.put(x, hub.y+18)
	}}
}

// onDial is a place at that share of the half circle, from the left.
func onDial(hub point, at, radius float64) point {
	angle := math.Pi * (1 - at)
	return point{hub.x + radius*math.Cos(angle), hub.y - radius*math.Sin(angle)}
}

// dialBand is one band with its name outside.
func (s *sheet) dialBand(hub point, band pipeline.SupplyBand, from, to float64) {
	if to <= from {
		return
	}
	const gap = 0.004 // of the half circle, between bands
	outer := dialOuter
	if band.Concern() == 0 {
		outer += dialRaise
	}
	var outline []point
	const steps = 40
	for i := range steps + 1 {
		outline = append(outline, onDial(hub, from+gap+(to-from-2*gap)*float64(i)/steps, outer))
	}
	for i := range steps + 1 {
		outline = append(outline, onDial(hub, to-gap-(to-from-2*gap)*float64(i)/steps, dialInner))
	}
	s.put(polygon{parts: [][]point{outline}, fill: s.of(bandHue(band)).strong})
	s.dialLabel(hub, (from+to)/2, band.Name, dialOuter+dialRaise+12, cardFace)
}

// dialLabel stands beside the half circle at that radius, outside of it away from
// the hub.
func (s *sheet) dialLabel(hub point, at float64, words string, radius float64, f face) {
	p := onDial(hub, at, radius)
	label := s.text(words, f, s.ink, 130, 1)
	x := p.x - label.width/2
	if radius > dialOuter { // hangs on the side that shows to the dial
		x = p.x - label.width*(1-at)
	}
	label.put(x, p.y-label.height/2)
}

// needle points from the hub to that share.
func (s *sheet) needle(hub point, at float64) {
	tip := onDial(hub, at, dialOuter-8)
	left, right := onDial(hub, at-0.5, 5), onDial(hub, at+0.5, 5)
	s.put(polygon{parts: [][]point{{left, tip, right}}, fill: s.ink})
}

// scale is a bar of the bands with a mark where the supply stands.
func (s *sheet) scale(v pipeline.Supply) element {
	const height, mark = 20.0, 12.0
	return element{chartWidth, mark + height + bodyFace.lineHeight(), func(x, y float64) {
		end := scaleEnd(v)
		for i, band := range v.Bands {
			from, to := onScale(band.From, end), 1.0
			if i+1 < len(v.Bands) {
				to = onScale(v.Bands[i+1].From, end)
			}
			if to <= from {
				continue
			}
			s.put(rect{box: box{x + from*chartWidth, y + mark, (to-from)*chartWidth - 2, height}, radius: 3, fill: s.of(bandHue(band)).strong})
			s.text(pipeline.ShowNumber(band.From, ""), bodyFace, s.muted, 80, 1).put(x+from*chartWidth, y+mark+height+1)
		}
		if v.Known {
			at := min(chartWidth-9, max(9, onScale(v.Sprints, end)*chartWidth))
			s.put(polygon{parts: [][]point{{{x + at - 9, y - 4}, {x + at + 9, y - 4}, {x + at, y + mark + 4}}}, fill: s.ink})
		}
	}}
}
