package drawing

import (
	"image"
	"image/color"
	"math"
)

// paint draws a line of text, and boxes for what no font has.
func (w words) paint(b *band) {
	size := w.line.face.size
	baseline := int(math.Round(w.y*b.scale)) - b.top
	for _, g := range w.line.glyphs {
		if g.from == nil {
			w.missingBox(g.x).paint(b)
			continue
		}
		x := (w.x + g.x) * b.scale
		m := b.fonts.drawn(g, size*b.scale, x)
		left := int(math.Floor(x)) + m.left
		top := baseline - int(math.Round(g.y*b.scale)) + m.top
		if m.picture != nil {
			b.picture(m.picture, left, top)
			continue
		}
		for y := max(0, -top); y < m.h && top+y < b.h; y++ {
			row := m.alpha[y*m.w : (y+1)*m.w]
			for x, alpha := range row {
				if alpha > 0 && left+x >= 0 && left+x < b.w {
					b.blend(left+x, top+y, w.colour, uint32(alpha))
				}
			}
		}
	}
}

// missingBox stands for a character without a glyph.
func (w words) missingBox(x float64) rect {
	size := w.line.face.size
	at := box{w.x + x + 0.1*size, w.y - missingHigh*size, (missingWide - 0.2) * size, missingHigh * size}
	return rect{box: at, radius: 1.5, edge: w.colour, width: max(1, size/14)}
}

// drawn gives a glyph at its size, from memory where it can.
func (f *Fonts) drawn(g glyph, size, x float64) *mask {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mask(g, size, x)
}

// picture puts a picture onto the band.
func (b *band) picture(p *image.RGBA, left, top int) {
	size := p.Bounds().Size()
	for y := max(0, -top); y < size.Y && top+y < b.h; y++ {
		for x := max(0, -left); x < size.X && left+x < b.w; x++ {
			c := p.Pix[p.PixOffset(x, y):][:4:4]
			under := b.pix[((top+y)*b.w+left+x)*3:][:3:3]
			rest := 255 - uint32(c[3])
			for i := range 3 { // the picture's colours are multiplied by its alpha
				under[i] = uint8(min(255, uint32(c[i])+(uint32(under[i])*rest+127)/255))
			}
		}
	}
}

// blendMask puts what the rasterizer has onto the band.
func (b *band) blendMask(x0, y0, w, h int, c color.NRGBA) {
	if cap(b.covered) < w*h {
		b.covered = make([]uint8, w*h)
	}
	covered := image.Alpha{Pix: b.covered[:w*h], Stride: w, Rect: image.Rect(0, 0, w, h)}
	clear(covered.Pix)
	b.rasterizer.Draw(&covered, covered.Rect, image.Opaque, image.Point{})
	for y := range h {
		for x, alpha := range covered.Pix[y*w : (y+1)*w] {
			if alpha > 0 {
				b.blend(x0+x, y0+y, c, uint32(alpha))
			}
		}
	}
}
