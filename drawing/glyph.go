package drawing

import (
	"bytes"
	"image"
	"image/png"
	"math"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/vector"
)

// maskMemory is how many bytes of drawn glyphs are kept for the next picture.
const maskMemory = 4 << 20

// masks are glyphs that were drawn. They are only used with Fonts.mu held.
type masks struct {
	drawn map[maskKey]*mask
	bytes int
}

// maskKey is a glyph at a size and at a quarter of a pixel.
type maskKey struct {
	typeface int
	id       font.GID
	size     float32 // pixels
	quarter  uint8
}

// mask is a drawn glyph. left and top are pixels from its place to its corner.
type mask struct {
	left, top, w, h int
	alpha           []uint8     // how much of each pixel is covered; nil of emoji
	picture         *image.RGBA // of an emoji
}

// mask gives a glyph, whose place is x pixels from the left, drawn at that size.
// Only called with mu held.
func (f *Fonts) mask(g glyph, size, x float64) *mask {
	quarter := uint8((x - math.Floor(x)) * 4)
	if g.from.picture {
		quarter = 0
	}
	key := maskKey{g.from.id, g.id, float32(size), quarter}
	if m, ok := f.masks.drawn[key]; ok {
		return m
	}
	m := drawGlyph(g.from, g.id, size, float64(quarter)/4)
	cost := 64 + len(m.alpha)
	if m.picture != nil {
		cost += len(m.picture.Pix)
	}
	if f.masks.drawn == nil || f.masks.bytes+cost > maskMemory {
		f.masks = masks{drawn: map[maskKey]*mask{}}
	}
	f.masks.bytes += cost
	f.masks.drawn[key] = m
	return m
}

// drawGlyph draws a glyph; one without a form is an empty mask.
func drawGlyph(t *typeface, id font.GID, size, shift float64) *mask {
	switch data := t.face.GlyphData(id).(type) {
	case font.GlyphOutline:
		return drawOutline(t, data, size, shift)
	case font.GlyphSVG:
		return drawOutline(t, data.Outline, size, shift)
	case font.GlyphBitmap:
		if m := drawBitmap(t, id, data, size); m != nil {
			return m
		}
		if data.Outline != nil {
			return drawOutline(t, *data.Outline, size, shift)
		}
	}
	return &mask{}
}

// glyphSide is the most pixels a glyph may be wide or high.
const glyphSide = 1024

// drawOutline fills an outline.
func drawOutline(t *typeface, outline font.GlyphOutline, size, shift float64) *mask {
	scale := float32(size / t.upem)
	low, high := [2]float32{1e9, 1e9}, [2]float32{-1e9, -1e9}
	for i := range outline.Segments {
		for _, p := range outline.Segments[i].ArgsSlice() {
			x, y := p.X*scale, -p.Y*scale
			low[0], low[1] = min(low[0], x), min(low[1], y)
			high[0], high[1] = max(high[0], x), max(high[1], y)
		}
	}
	if low[0] > high[0] {
		return &mask{}
	}
	fat := 0.0 // pixels that a stroke grows by
	if t.embolden {
		fat = size / 36
	}
	m := &mask{left: int(math.Floor(float64(low[0]))) - 1, top: int(math.Floor(float64(low[1]))) - 1}
	m.w = int(math.Ceil(float64(high[0])+shift+fat)) + 1 - m.left
	m.h = int(math.Ceil(float64(high[1]))) + 1 - m.top
	if m.w > glyphSide || m.h > glyphSide {
		return &mask{}
	}
	m.alpha = rasterOutline(outline, scale, m, shift)
	if fat > 0 {
		for i, a := range rasterOutline(outline, scale, m, shift+fat) {
			m.alpha[i] = max(m.alpha[i], a)
		}
	}
	return m
}

func rasterOutline(outline font.GlyphOutline, scale float32, m *mask, shift float64) []uint8 {
	dx, dy := float32(shift)-float32(m.left), float32(-m.top)
	at := func(p opentype.SegmentPoint) (x, y float32) { return p.X*scale + dx, -p.Y*scale + dy }
	r := vector.NewRasterizer(m.w, m.h)
	for i := range outline.Segments {
		s := &outline.Segments[i]
		ax, ay := at(s.Args[0])
		bx, by := at(s.Args[1])
		cx, cy := at(s.Args[2])
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			r.ClosePath()
			r.MoveTo(ax, ay)
		case opentype.SegmentOpLineTo:
			r.LineTo(ax, ay)
		case opentype.SegmentOpQuadTo:
			r.QuadTo(ax, ay, bx, by)
		case opentype.SegmentOpCubeTo:
			r.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	r.ClosePath()
	covered := image.NewAlpha(image.Rect(0, 0, m.w, m.h))
	r.Draw(covered, covered.Bounds(), image.Opaque, image.Point{})
	return covered.Pix
}

// drawBitmap scales a glyph that is a picture; nil where it cannot be read.
func drawBitmap(t *typeface, id font.GID, data font.GlyphBitmap, size float64) *mask {
	if data.Format != font.PNG {
		return nil
	}
	about, err := png.DecodeConfig(bytes.NewReader(data.Data))
	if err != nil || about.Width > glyphSide || about.Height > glyphSide {
		return nil
	}
	picture, err := png.Decode(bytes.NewReader(data.Data))
	extents, ok := t.face.GlyphExtents(id)
	if err != nil || !ok || extents.Height == 0 || extents.Width == 0 {
		return nil
	}
	scale := size / t.upem
	m := &mask{
		left: int(math.Round(float64(extents.XBearing) * scale)), top: int(math.Round(-float64(extents.YBearing) * scale)),
		w: max(1, int(math.Round(float64(extents.Width)*scale))), h: max(1, int(math.Round(math.Abs(float64(extents.Height))*scale))),
	}
	if m.w > glyphSide || m.h > glyphSide {
		return nil
	}
	m.picture = image.NewRGBA(image.Rect(0, 0, m.w, m.h))
	xdraw.CatmullRom.Scale(m.picture, m.picture.Bounds(), picture, picture.Bounds(), xdraw.Src, nil)
	return m
}
