package drawing

import (
	"image/color"
	"math"

	"golang.org/x/image/vector"
)

// band is some rows of a picture while they are drawn. A picture is drawn band by
// band, so that its size in memory does not hang on its height.
type band struct {
	fonts      *Fonts
	scale      float64 // pixels a point
	top        int     // the picture's row that is the band's first
	w, h       int     // pixels
	pix        []uint8 // red, green, blue
	rasterizer vector.Rasterizer
	covered    []uint8
}

// bandRows of pixels are drawn at once.
const bandRows = 256

// clear fills the band.
func (b *band) clear(c color.NRGBA) {
	for i := 0; i < b.w*3; i += 3 {
		b.pix[i], b.pix[i+1], b.pix[i+2] = c.R, c.G, c.B
	}
	row := b.pix[:b.w*3]
	for y := 1; y < b.h; y++ {
		copy(b.pix[y*b.w*3:], row)
	}
}

// touches tells whether something within these points has pixels on the band.
func (b *band) touches(at box) bool {
	return at.bottom()*b.scale >= float64(b.top) && at.y*b.scale <= float64(b.top+b.h)
}

// blend puts a colour onto a pixel, covering alpha of 255 of it.
func (b *band) blend(x, y int, c color.NRGBA, alpha uint32) {
	alpha = alpha * uint32(c.A) / 255
	if alpha == 0 {
		return
	}
	p := b.pix[(y*b.w+x)*3:][:3:3]
	if alpha == 255 {
		p[0], p[1], p[2] = c.R, c.G, c.B
		return
	}
	p[0] = mix(p[0], c.R, alpha)
	p[1] = mix(p[1], c.G, alpha)
	p[2] = mix(p[2], c.B, alpha)
}

func mix(under, over uint8, alpha uint32) uint8 {
	return uint8((uint32(under)*(255-alpha) + uint32(over)*alpha + 127) / 255)
}

// span fills pixels of a row from x0 up to before x1.
func (b *band) span(x0, x1, y int, c color.NRGBA) {
	x0, x1 = max(0, x0), min(b.w, x1)
	if c.A < 255 {
		for x := x0; x < x1; x++ {
			b.blend(x, y, c, 255)
		}
		return
	}
	if x0 >= x1 {
		return
	}
	row := b.pix[(y*b.w+x0)*3 : (y*b.w+x1)*3]
	row[0], row[1], row[2] = c.R, c.G, c.B
	for done := 3; done < len(row); done *= 2 {
		copy(row[done:], row[:done])
	}
}

// paint draws a rectangle by each pixel's distance from its outline.
func (r rect) paint(b *band) {
	s := b.scale
	x0, y0, x1, y1 := r.x*s, r.y*s-float64(b.top), r.right()*s, r.bottom()*s-float64(b.top)
	radius := min(r.radius*s, (x1-x0)/2, (y1-y0)/2)
	if r.shadow.A > 0 {
		r.paintShadow(b, x0, y0+shadowDown*s, x1, y1+shadowDown*s, radius)
	}
	edge := r.width * s
	colourAt := func(x float64) color.NRGBA {
		if r.stripe.A > 0 && x < x0+r.wide*s {
			return r.stripe
		}
		return r.fill
	}
	for y := max(0, int(math.Floor(y0))); y < min(b.h, int(math.Ceil(y1))); y++ {
		cy := float64(y) + 0.5
		// Far enough from corners and edges, a row is filled without measuring.
		rim := math.Ceil(max(radius, edge) + 1)
		level := cy > y0+rim && cy < y1-rim
		if level {
			rim = math.Ceil(edge + 1)
		}
		if cy < y0+edge+1 || cy > y1-edge-1 {
			rim = x1 - x0
		}
		left, right := int(math.Floor(x0+rim)), int(math.Ceil(x1-rim))
		measure := func(from, to int) {
			for x := max(0, from); x < min(b.w, to); x++ {
				cx := float64(x) + 0.5
				d := roundDistance(cx, cy, x0, y0, x1, y1, radius)
				b.blend(x, y, colourAt(cx), coverage(d))
				if r.edge.A > 0 && edge > 0 {
					b.blend(x, y, r.edge, coverage(max(d, -d-edge)))
				}
			}
		}
		if left >= right {
			measure(int(math.Floor(x0)), int(math.Ceil(x1)))
			continue
		}
		measure(int(math.Floor(x0)), left)
		middle := left
		if r.stripe.A > 0 {
			middle = min(right, max(left, int(math.Round(x0+r.wide*s))))
			b.span(left, middle, y, r.stripe)
		}
		b.span(middle, right, y, r.fill)
		measure(right, int(math.Ceil(x1)))
	}
}

// paintShadow darkens what lies around a rectangle, less with each pixel.
func (r rect) paintShadow(b *band, x0, y0, x1, y1, radius float64) {
	soft := shadowSoft * b.scale
	for y := max(0, int(y0-soft)); y < min(b.h, int(y1+soft)+1); y++ {
		cy := float64(y) + 0.5
		for x := max(0, int(x0-soft)); x < min(b.w, int(x1+soft)+1); x++ {
			cx := float64(x) + 0.5
			d := roundDistance(cx, cy, x0, y0, x1, y1, radius)
			if d < -3*b.scale && cy < y1-4*b.scale { // the rectangle itself covers it
				x = max(x, int(x1-radius-4*b.scale))
				continue
			}
			t := 1 - (d+soft/2)/(soft*1.5)
			if t <= 0 {
				continue
			}
			t = min(1, t)
			b.blend(x, y, r.shadow, uint32(255*t*t*t+0.5))
		}
	}
}

// roundDistance is how far a place is outside a rectangle with round corners;
// negative inside.
func roundDistance(x, y, x0, y0, x1, y1, radius float64) float64 {
	dx := math.Abs(x-(x0+x1)/2) - (x1-x0)/2 + radius
	dy := math.Abs(y-(y0+y1)/2) - (y1-y0)/2 + radius
	if dx <= 0 || dy <= 0 {
		return max(dx, dy) - radius
	}
	return math.Sqrt(dx*dx+dy*dy) - radius
}

// coverage of a pixel whose middle is so far outside, of 255.
func coverage(distance float64) uint32 {
	return uint32(255*min(1, max(0, 0.5-distance)) + 0.5)
}

func (p polygon) paint(b *band) { b.fill(p.parts, p.fill) }

func (c curve) paint(b *band) {
	stroke{points: c.points(), width: c.width, colour: c.colour}.paint(b)
}

func (s stroke) paint(b *band) { b.fill(s.outline(), s.colour) }

// fill fills outlines that turn the same way.
func (b *band) fill(parts [][]point, c color.NRGBA) {
	var all box
	for _, part := range parts {
		all = all.union(boxOf(part))
	}
	x0, x1 := max(0, int(all.x*b.scale)-1), min(b.w, int(all.right()*b.scale)+2)
	y0, y1 := max(0, int(all.y*b.scale)-1-b.top), min(b.h, int(all.bottom()*b.scale)+2-b.top)
	if x0 >= x1 || y0 >= y1 {
		return
	}
	b.rasterizer.Reset(x1-x0, y1-y0)
	for _, part := range parts {
		for i, p := range part {
			x, y := float32(p.x*b.scale-float64(x0)), float32(p.y*b.scale-float64(b.top+y0))
			if i == 0 {
				b.rasterizer.MoveTo(x, y)
			} else {
				b.rasterizer.LineTo(x, y)
			}
		}
		b.rasterizer.ClosePath()
	}
	b.blendMask(x0, y0, x1-x0, y1-y0, c)
}

// outline of a stroke: a quadrilateral for each part of it and a disc at each
// joint, all turning the same way.
func (s stroke) outline() [][]point {
	var parts [][]point
	half := s.width / 2
	disc := func(at point) {
		const corners = 12
		round := make([]point, corners)
		for i := range round {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
			round[i] = point{at.x + half*cos, at.y + half*sin}
		}
		parts = append(parts, round)
	}
	for _, dash := range s.dashes() {
		disc(dash[0])
		for i := 1; i < len(dash); i++ {
			a, c := dash[i-1], dash[i]
			length := math.Hypot(c.x-a.x, c.y-a.y)
			if length == 0 {
				continue
			}
			nx, ny := -(c.y-a.y)/length*half, (c.x-a.x)/length*half
			parts = append(parts, []point{{a.x - nx, a.y - ny}, {c.x - nx, c.y - ny}, {c.x + nx, c.y + ny}, {a.x + nx, a.y + ny}})
			disc(c)
		}
	}
	return parts
}

// dashesLimit is how many dashes one stroke may have.
const dashesLimit = 2000

// dashes are the parts of a stroke that are drawn.
func (s stroke) dashes() [][]point {
	if len(s.points) == 0 {
		return nil
	}
	if s.dash <= 0 || s.gap <= 0 {
		return [][]point{s.points}
	}
	var dashes [][]point
	current, left, drawn := []point{s.points[0]}, s.dash, true
	for i := 1; i < len(s.points); i++ {
		from, to := s.points[i-1], s.points[i]
		length := math.Hypot(to.x-from.x, to.y-from.y)
		gone := 0.0
		for length-gone > left && len(dashes) < dashesLimit {
			gone += left
			at := point{from.x + (to.x-from.x)*gone/length, from.y + (to.y-from.y)*gone/length}
			if drawn {
				dashes = append(dashes, append(current, at))
				left = s.gap
			} else {
				left = s.dash
			}
			current, drawn = []point{at}, !drawn
		}
		left -= length - gone
		current = append(current, to)
	}
	if drawn {
		dashes = append(dashes, current)
	}
	return dashes
}
