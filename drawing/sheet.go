package drawing

import (
	"image/color"
	"math"
	"slices"
	"strings"

	"alignbot/pipeline"
)

// The faces of text. A phone shows a picture of 1,000 points at two fifths of its
// size, so nothing is smaller than smallFace.
var (
	titleFace  = face{bold, 26}
	headFace   = face{bold, 18} // of a column, of a box
	cardFace   = face{medium, 16}
	bodyFace   = face{regular, 15}
	smallFace  = face{regular, 13}
	kindFace   = face{bold, 12}   // the KIND word of a card, in capitals
	pillFace   = face{medium, 13} // in a pill
	numberFace = face{bold, 30}   // a number to be seen from afar
)

// sheetMargin around everything on a sheet.
const sheetMargin = 28.0

// sheet is a page under work: elements are put onto it, then it is done. The
// place 0, 0 is where the content begins, under the head; whatever is put is in
// front of what was put before.
type sheet struct {
	fonts *Fonts
	style Style
	palette
	shapes  []shape
	missing []string
}

// newSheet begins a page.
func newSheet(f *Fonts, s Style) *sheet {
	return &sheet{fonts: f, style: s, palette: s.Theme.palette()}
}

// element is something of known size that can be put anywhere.
type element struct {
	width, height float64
	put           func(x, y float64) // its left upper corner
}

// put adds shapes.
func (s *sheet) put(shapes ...shape) { s.shapes = append(s.shapes, shapes...) }

// missed remembers what no font has.
func (s *sheet) missed(lines ...line) {
	for _, l := range lines {
		for _, c := range l.missing {
			if !slices.Contains(s.missing, c) {
				s.missing = append(s.missing, c)
			}
		}
	}
}

// text is text broken into lines of at most that width, at most so many of them,
// the last with an ellipsis if there is more. Text that reads from right to left
// stands at the right end of the width.
func (s *sheet) text(text string, f face, colour color.NRGBA, width float64, lines int) element {
	return s.block(s.fonts.wrap(text, f, width, lines), f, colour, width)
}

// block is text that was broken into lines already.
func (s *sheet) block(block textBlock, f face, colour color.NRGBA, width float64) element {
	s.missed(block.lines...)
	used := block.width
	if slices.ContainsFunc(block.lines, func(l line) bool { return l.rtl }) {
		used = width
	}
	return element{used, block.height, func(x, y float64) {
		for i, l := range block.lines {
			at := x
			if l.rtl {
				at = x + used - l.width
			}
			s.put(words{l, at, y + f.ascent() + float64(i)*f.lineHeight(), colour})
		}
	}}
}

// centred puts an element into the middle of that width.
func centred(e element, width float64) element {
	return element{width, e.height, func(x, y float64) { e.put(x+(width-e.width)/2, y) }}
}

// ends puts one element at the left end of the width and one at the right, level at
// the foot.
func ends(left, right element, width float64) element {
	height := max(left.height, right.height)
	return element{width, height, func(x, y float64) {
		left.put(x, y+height-left.height)
		right.put(x+width-right.width, y+height-right.height)
	}}
}

// space is nothing of that size.
func space(width, height float64) element {
	return element{width, height, func(float64, float64) {}}
}

// stack puts elements below each other. Those without height leave no gap.
func stack(gap float64, parts ...element) element {
	var all element
	parts = slices.DeleteFunc(slices.Clone(parts), func(e element) bool { return e.height == 0 })
	for i, e := range parts {
		all.width = max(all.width, e.width)
		all.height += e.height
		if i > 0 {
			all.height += gap
		}
	}
	all.put = func(x, y float64) {
		for _, e := range parts {
			e.put(x, y)
			y += e.height + gap
		}
	}
	return all
}

// row puts elements beside each other, level at the top.
func row(gap float64, parts ...element) element {
	var all element
	for i, e := range parts {
		all.height = max(all.height, e.height)
		all.width += e.width
		if i > 0 {
			all.width += gap
		}
	}
	all.put = func(x, y float64) {
		for _, e := range parts {
			e.put(x, y)
			x += e.width + gap
		}
	}
	return all
}

// flow puts elements beside each other as long as the width allows, then below.
func flow(gap, width float64, parts ...element) element {
	var rows []element
	var current []element
	used := 0.0
	for _, e := range parts {
		if len(current) > 0 && used+gap+e.width > width {
			rows = append(rows, row(gap, current...))
			current, used = nil, 0
		}
		if len(current) > 0 {
			used += gap
		}
		used += e.width
		current = append(current, e)
	}
	if len(current) > 0 {
		rows = append(rows, row(gap, current...))
	}
	return stack(gap, rows...)
}

// padded leaves room around an element.
func padded(e element, x, y float64) element {
	return element{e.width + 2*x, e.height + 2*y, func(left, top float64) { e.put(left+x, top+y) }}
}

// panel is a coloured rectangle with an element on it; it is at least so high.
func (s *sheet) panel(e element, fill color.NRGBA, radius, height float64) element {
	height = max(height, e.height)
	return element{e.width, height, func(x, y float64) {
		s.put(rect{box: box{x, y, e.width, height}, radius: radius, fill: fill})
		e.put(x, y)
	}}
}

// pillPadX and pillPadY are the room around the word of a pill.
const pillPadX, pillPadY = 9.0, 4.0

// pill is a word on its colour, at most that wide.
func (s *sheet) pill(word string, h hue, width float64) element {
	const padX, padY = pillPadX, pillPadY
	block := s.fonts.wrap(word, pillFace, width-2*padX, 1)
	s.missed(block.lines...)
	shade := s.of(h)
	w, height := block.width+2*padX, pillFace.lineHeight()+2*padY
	return element{w, height, func(x, y float64) {
		s.put(rect{box: box{x, y, w, height}, radius: height / 2, fill: shade.soft})
		for _, l := range block.lines {
			s.put(words{l, x + padX, y + padY + pillFace.ascent(), shade.deep})
		}
	}}
}

// bar shows a share from 0 to 1 of its width; what is beyond is cut.
func (s *sheet) bar(share, width, height float64, h hue) element {
	if math.IsNaN(share) {
		share = 0
	}
	share = min(1, max(0, share))
	return element{width, height, func(x, y float64) {
		s.put(rect{box: box{x, y, width, height}, radius: height / 2, fill: s.track})
		if share > 0 {
			s.put(rect{box: box{x, y, max(height, share*width), height}, radius: height / 2, fill: s.of(h).strong})
		}
	}}
}

// dot is a filled circle.
func (s *sheet) dot(size float64, h hue) element {
	return element{size, size, func(x, y float64) {
		s.put(rect{box: box{x, y, size, size}, radius: size / 2, fill: s.of(h).strong})
	}}
}

// done ends the page: content of that size under a head of title and subtitle,
// with notes at the foot, one line each.
func (s *sheet) done(title, subtitle string, width, height float64, notes []string, alt string) Picture {
	width = max(width, 420)
	head := stack(4,
		s.text(title, titleFace, s.ink, width, 2),
		s.text(subtitle, bodyFace, s.muted, width, 3))
	foot := s.foot(notes, width)
	top := sheetMargin + head.height + 22
	for i, shape := range s.shapes {
		s.shapes[i] = shape.moved(sheetMargin, top)
	}
	head.put(sheetMargin, sheetMargin)
	below := top + height
	if foot.height > 0 {
		foot.put(sheetMargin, below+18)
		below += 18 + foot.height
	}
	return Picture{
		Title: title, Alt: pipeline.Cut(alt, AltLimit),
		Width: math.Ceil(width + 2*sheetMargin), Height: math.Ceil(below + sheetMargin),
		Missing: s.missing, page: s.page, shapes: s.shapes,
	}
}

// foot is the notes, and what to know where a font was missing.
func (s *sheet) foot(notes []string, width float64) element {
	if len(s.missing) > 0 {
		notes = append(slices.Clone(notes), "A box stands for a character that no font here has; the text has it.")
	}
	var lines []element
	for _, note := range notes {
		lines = append(lines, s.text(note, smallFace, s.muted, width, 3))
	}
	return stack(3, lines...)
}

// dated is a subtitle with the date of the picture: "3 ideas · 20 Nov 2026".
func (s *sheet) dated(parts ...string) string {
	if !s.style.Now.IsZero() {
		now := s.style.Now.UTC()
		if s.style.Zone != nil {
			now = now.In(s.style.Zone)
		}
		parts = append(parts, now.Format("2 Jan 2006"))
	}
	parts = slices.DeleteFunc(slices.Clone(parts), func(p string) bool { return p == "" })
	// What reads from right to left comes last, so that no number behind it turns.
	rtl := func(p string) int {
		if readsRightToLeft([]rune(p)) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(parts, func(a, b string) int { return rtl(a) - rtl(b) })
	return strings.Join(parts, " · ")
}
