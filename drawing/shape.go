package drawing

import (
	"image/color"
	"math"
)

// rect is a rectangle with round corners. The zero colour draws nothing.
type rect struct {
	box
	radius float64
	fill   color.NRGBA
	// edge is a border of that width, inside; dashed with equal gaps in the SVG and the PNG.
	edge  color.NRGBA
	width float64
	// stripe covers so much of its left side.
	stripe color.NRGBA
	wide   float64
	// shadow falls below it.
	shadow color.NRGBA
}

// How a shadow falls.
const (
	shadowDown = 1.5 // points below what it is of
	shadowSoft = 5.0 // points until it has faded
)

func (r rect) bounds() box {
	if r.shadow.A > 0 {
		return r.box.grown(shadowSoft + shadowDown)
	}
	return r.box
}

func (r rect) moved(dx, dy float64) shape {
	r.x, r.y = r.x+dx, r.y+dy
	return r
}

// point is a place in points.
type point struct{ x, y float64 }

// polygon is a filled outline. Its parts may overlap where they turn the same way.
type polygon struct {
	parts [][]point
	fill  color.NRGBA
}

func (p polygon) bounds() box {
	var all box
	for _, part := range p.parts {
		all = all.union(boxOf(part))
	}
	return all
}

func (p polygon) moved(dx, dy float64) shape {
	parts := make([][]point, len(p.parts))
	for i, part := range p.parts {
		parts[i] = movedPoints(part, dx, dy)
	}
	p.parts = parts
	return p
}

// stroke is a line through points, with round joints and ends.
type stroke struct {
	points []point
	width  float64
	colour color.NRGBA
	// dash and gap in points; 0 for a whole line.
	dash, gap float64
}

func (s stroke) bounds() box { return boxOf(s.points).grown(s.width / 2) }

func (s stroke) moved(dx, dy float64) shape {
	s.points = movedPoints(s.points, dx, dy)
	return s
}

// curve goes from one point to another, leaving and arriving level: the edge
// between two cards of a tree.
type curve struct {
	from, to point
	width    float64
	colour   color.NRGBA
}

func (c curve) bounds() box { return boxOf([]point{c.from, c.to}).grown(c.width / 2) }

func (c curve) moved(dx, dy float64) shape {
	c.from, c.to = point{c.from.x + dx, c.from.y + dy}, point{c.to.x + dx, c.to.y + dy}
	return c
}

// bend is where the curve's two handles are.
func (c curve) bend() float64 { return (c.to.x - c.from.x) / 2 }

// points of the curve, close enough together to look smooth.
func (c curve) points() []point {
	const steps = 32
	points := make([]point, 0, steps+1)
	for i := range steps + 1 {
		t := float64(i) / steps
		u := 1 - t
		x := u*u*u*c.from.x + 3*u*u*t*(c.from.x+c.bend()) + 3*u*t*t*(c.to.x-c.bend()) + t*t*t*c.to.x
		y := (u*u*u+3*u*u*t)*c.from.y + (3*u*t*t+t*t*t)*c.to.y
		points = append(points, point{x, y})
	}
	return points
}

// words is a line of text; its left end stands at x, its baseline at y.
type words struct {
	line   line
	x, y   float64
	colour color.NRGBA
}

func (w words) bounds() box {
	size := w.line.face.size
	return box{w.x, w.y - 1.5*size, w.line.width, 2.5 * size}.grown(size)
}

func (w words) moved(dx, dy float64) shape {
	w.x, w.y = w.x+dx, w.y+dy
	return w
}

func boxOf(points []point) box {
	if len(points) == 0 {
		return box{}
	}
	low, high := points[0], points[0]
	for _, p := range points {
		low = point{math.Min(low.x, p.x), math.Min(low.y, p.y)}
		high = point{math.Max(high.x, p.x), math.Max(high.y, p.y)}
	}
	return box{low.x, low.y, high.x - low.x, high.y - low.y}
}

func movedPoints(points []point, dx, dy float64) []point {
	moved := make([]point, len(points))
	for i, p := range points {
		moved[i] = point{p.x + dx, p.y + dy}
	}
	return moved
}
