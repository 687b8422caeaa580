package drawing

import (
	"fmt"
	"math"
	"time"

	"alignbot/pipeline"
)

// The measures of the chart in a burn.
const (
	burnHigh = 270.0
	burnPadX = 14.0 // between its edge and the first day, and the last
	burnPadY = 30.0 // between its edge and the highest number, and the lowest
	burnDots = 60   // check-ins up to which each has a dot
)

// Burn draws how an outcome's number has come from its baseline towards its target:
// the check-ins over time beside the even way. One without numbers shows how
// confident people were instead.
func Burn(f *Fonts, o pipeline.Outcome, checkIns []pipeline.CheckIn, style Style) Picture {
	s := newSheet(f, style)
	standing := pipeline.Standing(checkIns)
	progress := pipeline.ProgressOf(o)
	light := s.pill(lightWords(o), lightHue(o.Light), chartWidth)
	head := stack(8, s.text(capital(progress.Words), headFace, s.ink, chartWidth, 2), light)
	if number := o.NumberInWords(); number != "" {
		far := padTop(s.text(capital(progress.Words), bodyFace, s.muted, chartWidth, 2), 3)
		head = stack(6, s.text(number, numberFace, s.ink, chartWidth, 2), flow(10, chartWidth, far, light))
	}
	parts := []element{head}
	alt := "Outcome " + o.Key.String() + ", " + o.Statement + ": " + progress.Words + ", " + lightWords(o) + "."
	c, drawable := s.burnChart(o, standing)
	if drawable {
		parts = append(parts, s.burn(c))
		alt = "Line of the check-ins from the baseline to the target. " + alt
	}
	parts = append(parts, s.saidLast(o, standing))
	all := stack(16, parts...)
	all.put(0, 0)
	var notes []string
	if drawable {
		notes = []string{"Dotted: the even way from baseline to target. Dashed: the target."}
	}
	return s.done(named(o.Statement, o.Key.String()), s.dated(o.Key.String(), o.Metric), chartWidth, all.height, notes, alt)
}

// lightWords say how it goes, or what became of it.
func lightWords(o pipeline.Outcome) string {
	if !o.IsOpen() {
		return "closed: " + string(o.Result)
	}
	return o.Light.Words()
}

func lightHue(l pipeline.Light) hue {
	switch l {
	case pipeline.Green:
		return green
	case pipeline.Yellow:
		return orange
	case pipeline.Red:
		return vermilion
	}
	return grey
}

// burnChart is what a burn is drawn from.
type burnChart struct {
	unit             string
	baseline, target dated
	measured         []dated // the oldest first
	// now is the day of the picture; the zero time for none.
	now time.Time
	// From the first to the last day, from the lowest to the highest number.
	first, last time.Time
	low, high   float64
}

// dated is a number on a day.
type dated struct {
	at    time.Time
	value float64
}

// burnChart gives what is to be drawn; false where there are no numbers.
func (s *sheet) burnChart(o pipeline.Outcome, standing []pipeline.CheckIn) (burnChart, bool) {
	if o.Baseline == nil || o.Target == nil {
		return burnChart{}, false
	}
	from, errFrom := time.Parse(time.DateOnly, o.Baseline.Day)
	to, errTo := time.Parse(time.DateOnly, o.Target.Day)
	if errFrom != nil || errTo != nil {
		return burnChart{}, false
	}
	c := burnChart{unit: o.Unit, baseline: dated{from, o.Baseline.Value}, target: dated{to, o.Target.Value}, now: s.style.Now}
	all := []dated{c.baseline, c.target}
	for _, in := range standing {
		if in.Value != nil {
			c.measured = append(c.measured, dated{in.At, *in.Value})
		}
	}
	all = append(all, c.measured...)
	c.first, c.last, c.low, c.high = from, from, math.Inf(1), math.Inf(-1)
	for _, d := range all {
		if math.IsNaN(d.value) || math.Abs(d.value) > 1e300 {
			return burnChart{}, false
		}
		c.low, c.high = min(c.low, d.value), max(c.high, d.value)
		c.reach(d.at)
	}
	if !c.now.IsZero() && c.now.Before(to) {
		c.reach(c.now)
	}
	if c.low == c.high {
		c.low, c.high = c.low-1, c.high+1
	}
	return c, true
}

// reach stretches the days to that one.
func (c *burnChart) reach(at time.Time) {
	if at.Before(c.first) {
		c.first = at
	}
	if at.After(c.last) {
		c.last = at
	}
}

// place gives where a number on a day stands in a chart of that size.
func (c burnChart) place(d dated, width, height float64) point {
	x := 0.5
	if c.last.After(c.first) {
		x = d.at.Sub(c.first).Seconds() / c.last.Sub(c.first).Seconds()
	}
	return point{x * width, (1 - (d.value-c.low)/(c.high-c.low)) * height}
}

// burn draws the chart: the numbers at the left, the days below.
func (s *sheet) burn(c burnChart) element {
	const above, below = 26.0, 26.0
	start := s.text("Baseline "+pipeline.ShowNumber(c.baseline.value, ""), bodyFace, s.muted, chartWidth*0.5, 1)
	goal := s.text("Target "+pipeline.ShowNumber(c.target.value, ""), cardFace, s.ink, chartWidth*0.5, 1)
	return element{chartWidth, above + burnHigh + below, func(x, y float64) {
		at := func(d dated) point {
			p := c.place(d, chartWidth-2*burnPadX, burnHigh-2*burnPadY)
			return point{x + burnPadX + p.x, y + above + burnPadY + p.y}
		}
		s.put(rect{box: box{x, y + above, chartWidth, burnHigh}, radius: 6, fill: s.surface})
		if !c.now.IsZero() && !c.now.Before(c.first) && !c.now.After(c.last) {
			today := at(dated{c.now, c.low}).x
			s.put(stroke{points: []point{{today, y + above}, {today, y + above + burnHigh}}, width: 1.5, colour: s.rule})
			label := s.text("today", smallFace, s.muted, 60, 1)
			label.put(min(x+chartWidth-label.width, max(x, today-label.width/2)), y+above-label.height-2)
		}
		level := at(c.target).y
		s.put(stroke{points: []point{{x, level}, {x + chartWidth, level}}, width: 2, colour: s.of(green).strong, dash: 8, gap: 6})
		s.put(stroke{points: []point{at(c.baseline), at(c.target)}, width: 2, colour: s.rule, dash: 2, gap: 6})
		s.burnLine(c, at)
		// Both at the left, on the sides that are away from the even way.
		falls := c.baseline.value > c.target.value
		const clear = 16 // of a dot at the start
		start.put(x+burnPadX+clear, beside(at(c.baseline).y, start.height+6, falls))
		goal.put(x+burnPadX+clear, beside(level, goal.height+3, !falls))
		s.burnDays(c, x, y+above+burnHigh+5)
	}}
}

// beside is where what is that high begins above a level, or below it.
func beside(level, height float64, above bool) float64 {
	if above {
		return level - height
	}
	return level + 4
}

// burnLine is the way of the numbers, and the last of them in words.
func (s *sheet) burnLine(c burnChart, at func(dated) point) {
	points := []point{at(c.baseline)}
	for _, d := range c.measured {
		points = append(points, at(d))
	}
	shade := s.of(blue)
	if len(points) > 1 {
		s.put(stroke{points: points, width: 3, colour: shade.strong})
	}
	const dot = 9.0
	for i, p := range points {
		last := i == len(points)-1
		size := dot
		switch {
		case last && i > 0:
			size = 15
		case len(points) > burnDots:
			continue
		}
		fill := shade.strong
		if i == 0 {
			fill = s.surface // the baseline is no check-in
		}
		s.put(rect{box: box{p.x - size/2, p.y - size/2, size, size}, radius: size / 2, fill: fill, edge: shade.strong, width: 2})
	}
}

// burnDays names the first and the last day, and the day of the target where that is
// another.
func (s *sheet) burnDays(c burnChart, x, y float64) {
	ends(s.text(pipeline.ShowDate(c.first), smallFace, s.muted, chartWidth*0.4, 1), s.text(targetDay(c), smallFace, s.muted, chartWidth*0.6, 1), chartWidth).put(x, y)
}

// targetDay says when the target is to be reached: at the end of the chart, unless
// that has passed.
func targetDay(c burnChart) string {
	day := pipeline.ShowDate(c.target.at)
	if c.last.After(c.target.at.AddDate(0, 0, 1)) {
		return "the target was for " + day
	}
	return "target by " + day
}

// saidLast is the last check-in in words.
func (s *sheet) saidLast(o pipeline.Outcome, standing []pipeline.CheckIn) element {
	if len(standing) == 0 {
		return s.text("Nobody has checked in yet.", cardFace, s.muted, chartWidth, 2)
	}
	last := standing[len(standing)-1]
	zone := time.UTC
	if s.style.Zone != nil {
		zone = s.style.Zone
	}
	words := fmt.Sprintf("%s, the last on %s: %s", capital(counted(len(standing), "check-in", "check-ins")), pipeline.ShowDate(last.At.In(zone)), o.CheckInWords(last))
	return stack(4, s.text(words, bodyFace, s.ink, chartWidth, 2), s.text(last.Note, bodyFace, s.muted, chartWidth, 2))
}
