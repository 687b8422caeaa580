package drawing

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"
)

// SVG writes the picture as one file that needs no other. Text stays text: it can
// be searched, and is drawn in the fonts of whoever opens it, as wide as it was
// laid out.
func (p Picture) SVG() []byte {
	w := &svgWriter{}
	w.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" role="img" aria-labelledby="title desc" font-family="Roboto, 'Noto Sans', 'Noto Sans Arabic', 'Noto Sans CJK JP', 'Segoe UI', Arial, 'Noto Color Emoji', sans-serif">`,
		number(p.Width), number(p.Height), number(p.Width), number(p.Height))
	w.printf("\n<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n", escaped(p.Title), escaped(p.Alt))
	w.printf("<rect width=\"100%%\" height=\"100%%\" fill=\"%s\"/>\n", hex(p.page))
	for _, s := range p.shapes {
		s.svg(w)
	}
	w.printf("</svg>\n")
	return w.out.Bytes()
}

// svgWriter collects elements.
type svgWriter struct{ out bytes.Buffer }

func (w *svgWriter) printf(format string, args ...any) { fmt.Fprintf(&w.out, format, args...) }

// escaped is text that cannot be markup; what XML has no character for is U+FFFD.
func escaped(s string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(s)) // a strings.Builder takes everything
	return out.String()
}

// number writes a coordinate with two decimals at most.
func number(v float64) string {
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// paintOf gives the attributes for filling or stroking in a colour.
func paintOf(attribute string, c color.NRGBA) string {
	if c.A == 0 {
		return attribute + `="none"`
	}
	said := fmt.Sprintf(`%s="%s"`, attribute, hex(c))
	if c.A < 255 {
		said += fmt.Sprintf(` %s-opacity="%s"`, attribute, number(float64(c.A)/255))
	}
	return said
}

func (r rect) svg(w *svgWriter) {
	radius := min(r.radius, r.w/2, r.h/2)
	put := func(b box, radius float64, rest string) {
		w.printf("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"%s\" %s/>\n", number(b.x), number(b.y), number(b.w), number(b.h), number(radius), rest)
	}
	if r.shadow.A > 0 { // in three steps: a filter would not be drawn everywhere
		for _, grow := range []float64{2.5, 1.5, 0.5} {
			soft := r.shadow
			soft.A /= 4
			at := box{r.x, r.y + shadowDown, r.w, r.h}.grown(grow)
			put(at, radius+grow, paintOf("fill", soft))
		}
	}
	inset := r.width / 2
	rest := paintOf("fill", r.fill)
	if r.edge.A > 0 && r.width > 0 {
		rest += " " + paintOf("stroke", r.edge) + fmt.Sprintf(` stroke-width="%s"`, number(r.width))
	} else {
		inset = 0
	}
	put(r.box.grown(-inset), max(0, radius-inset), rest)
	if r.stripe.A > 0 {
		wide := min(r.wide, radius)
		in := radius - math.Sqrt(max(0, radius*radius-(radius-wide)*(radius-wide)))
		w.printf("<path d=\"M%s %sA%s %s 0 0 0 %s %sV%sA%s %s 0 0 0 %s %sZ\" %s/>\n",
			number(r.x+wide), number(r.y+in), number(radius), number(radius), number(r.x), number(r.y+radius),
			number(r.bottom()-radius), number(radius), number(radius), number(r.x+wide), number(r.bottom()-in), paintOf("fill", r.stripe))
	}
}

// pathOf writes points as a path.
func pathOf(points []point) string {
	var d strings.Builder
	for i, p := range points {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		d.WriteString(letter + number(p.x) + " " + number(p.y))
	}
	return d.String()
}

func (p polygon) svg(w *svgWriter) {
	var d strings.Builder
	for _, part := range p.parts {
		d.WriteString(pathOf(part) + "Z")
	}
	w.printf("<path d=\"%s\" %s/>\n", d.String(), paintOf("fill", p.fill))
}

func (s stroke) svg(w *svgWriter) {
	dash := ""
	if s.dash > 0 && s.gap > 0 {
		dash = fmt.Sprintf(` stroke-dasharray="%s %s"`, number(s.dash), number(s.gap))
	}
	w.printf("<path d=\"%s\" fill=\"none\" %s stroke-width=\"%s\" stroke-linecap=\"round\" stroke-linejoin=\"round\"%s/>\n",
		pathOf(s.points), paintOf("stroke", s.colour), number(s.width), dash)
}

func (c curve) svg(w *svgWriter) {
	w.printf("<path d=\"M%s %sC%s %s %s %s %s %s\" fill=\"none\" %s stroke-width=\"%s\" stroke-linecap=\"round\"/>\n",
		number(c.from.x), number(c.from.y), number(c.from.x+c.bend()), number(c.from.y),
		number(c.to.x-c.bend()), number(c.to.y), number(c.to.x), number(c.to.y), paintOf("stroke", c.colour), number(c.width))
}

// svgWeights are the weights of text in CSS.
var svgWeights = map[weight]int{regular: 400, medium: 500, bold: 700}

func (w words) svg(to *svgWriter) {
	if strings.TrimSpace(w.line.text) == "" {
		return
	}
	x, direction := w.x, ""
	if w.line.rtl { // begins at its right end
		x, direction = w.x+w.line.width, ` direction="rtl"`
	}
	to.printf("<text x=\"%s\" y=\"%s\" font-size=\"%s\" font-weight=\"%d\" %s textLength=\"%s\" lengthAdjust=\"spacingAndGlyphs\"%s>%s</text>\n",
		number(x), number(w.y), number(w.line.face.size), svgWeights[w.line.face.weight], paintOf("fill", w.colour), number(w.line.width), direction, escaped(w.line.text))
}
