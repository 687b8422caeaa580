package drawing

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"

	"alignbot/pipeline"
)

// line is one line of text with its glyphs.
type line struct {
	text string
	face face
	// rtl: its paragraph reads from right to left.
	rtl    bool
	width  float64 // points
	glyphs []glyph // from left to right
	// missing characters, for which there is a box.
	missing []string
}

// glyph is a sign of a font at a place on its line.
type glyph struct {
	from *typeface // nil for the box of a missing character
	id   font.GID
	x, y float64 // points from the left end of the baseline, y upwards
}

// The limits of text.
const (
	textLimit   = 6000 // runes of one text that are looked at
	marksLimit  = 6    // that stand on one letter
	missingWide = 0.8  // width of the box for a missing character, of the size
	missingHigh = 0.72 // its height
)

// run is a piece of text in one font, one script and one direction.
type run struct {
	start, end int // runes
	from       *typeface
	script     language.Script
	level      int
	shaped     []shaping.Glyph // from left to right; none of what is missing
	width      float64         // of the size
	missing    bool
}

// cleaned is text as it is drawn: without what controls direction or is no text,
// line breaks as "\n", and no more marks on a letter than can be drawn.
func cleaned(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	marks, count := 0, 0
	return strings.Map(func(r rune) rune {
		if count++; count > textLimit {
			return -1
		}
		switch {
		case r == '\n', r == '\r', r == '\u2028', r == '\u2029', r == '\v', r == '\f', r == '\u0085':
			return '\n'
		case r == '\t':
			return ' '
		case unicode.IsControl(r), r == '\u00AD', r == '\uFEFF':
			return -1
		case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069', r == '\u200E', r == '\u200F', r == '\u061C':
			return -1
		case unicode.In(r, unicode.Mn, unicode.Me):
			if marks++; marks > marksLimit {
				return -1
			}
			return r
		}
		marks = 0
		return r
	}, s)
}

// set shapes a line of cleaned text in a paragraph of that direction. Only called
// with mu held.
func (f *Fonts) set(text string, set face, rtl bool) line {
	l := line{text: text, face: set, rtl: rtl}
	runes := []rune(text)
	runs := f.runs(runes, set.weight, rtl)
	levels := make([]int, len(runs))
	for i, r := range runs {
		levels[i] = r.level
	}
	for _, i := range visualOrder(levels) {
		r := runs[i]
		if r.missing {
			l.missing = append(l.missing, string(runes[r.start:r.end]))
			l.glyphs = append(l.glyphs, glyph{x: l.width})
		}
		x := l.width
		for _, g := range r.shaped {
			scale := set.size / r.from.upem / 64
			l.glyphs = append(l.glyphs, glyph{
				from: r.from, id: g.GlyphID,
				x: x + float64(g.XOffset)*scale, y: float64(g.YOffset) * scale,
			})
			x += float64(g.XAdvance) * scale
		}
		l.width += r.width * set.size
	}
	return l
}

// runs takes text apart and shapes each run, in the order of the text.
func (f *Fonts) runs(text []rune, w weight, rtl bool) []run {
	levels := levelsOf(text, rtl)
	var runs []run
	script := firstScript(text)
	at := 0
	for character := range pipeline.Characters(string(text)) {
		start, end := at, at+utf8.RuneCountInString(character)
		at = end
		if s := scriptOf(text[start]); s != 0 {
			script = s
		}
		from := f.choose(text[start:end], w)
		if n := len(runs); n > 0 && from != nil && runs[n-1].from == from && runs[n-1].script == script && runs[n-1].level == levels[start] {
			runs[n-1].end = end
			continue
		}
		runs = append(runs, run{start: start, end: end, from: from, script: script, level: levels[start], missing: from == nil})
	}
	for i := range runs {
		f.shape(text, &runs[i])
	}
	return runs
}

// shape gives a run its glyphs. It is shaped at the size of the font's own units,
// because the shaper takes whole sizes alone.
func (f *Fonts) shape(text []rune, r *run) {
	if r.missing {
		r.width = missingWide
		return
	}
	direction := di.DirectionLTR
	if r.level%2 == 1 {
		direction = di.DirectionRTL
	}
	out := f.shaper.Shape(shaping.Input{
		Text: text, RunStart: r.start, RunEnd: r.end,
		Direction: direction, Face: r.from.face, Size: fixed.I(int(r.from.upem)),
		Script: r.script, Language: language.NewLanguage("und"),
	})
	r.shaped = out.Glyphs
	for _, g := range r.shaped {
		r.width += float64(g.XAdvance) / 64 / r.from.upem
	}
}

// scriptOf a rune; 0 for what goes with any.
func scriptOf(r rune) language.Script {
	switch s := language.LookupScript(r); s {
	case language.Common, language.Inherited, language.Unknown:
		return 0
	default:
		return s
	}
}

func firstScript(text []rune) language.Script {
	for _, r := range text {
		if s := scriptOf(r); s != 0 {
			return s
		}
	}
	return language.Latin
}

// isIgnorable reports runes that need no glyph of their own: joiners, variation
// selectors, tags and fillers.
func isIgnorable(r rune) bool {
	return r == '\u200B' || r == '\u200C' || r == '\u200D' || r == '\u2060' || r == '\u034F' ||
		r >= '\uFE00' && r <= '\uFE0F' || r >= 0xE0000 && r <= 0xE0FFF || r >= '\u180B' && r <= '\u180F' ||
		r == '\u115F' || r == '\u1160' || r == '\u3164' || r == '\uFFA0'
}

// isEmoji tells whether a character is to be drawn in colour.
func isEmoji(cluster []rune) bool {
	for _, r := range cluster {
		switch {
		case r == '\uFE0F' || r == '\u20E3':
			return true
		case r == '\uFE0E':
			return false
		}
	}
	return cluster[0] >= 0x1F000 && cluster[0] <= 0x1FAFF || unicode.Is(emojiBefore1F000, cluster[0])
}

// emojiBefore1F000 are the emoji that are drawn in colour without being asked for
// it, of the older blocks (Emoji_Presentation of Unicode's emoji-data.txt).
var emojiBefore1F000 = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x231A, Hi: 0x231B, Stride: 1}, {Lo: 0x23E9, Hi: 0x23EC, Stride: 1}, {Lo: 0x23F0, Hi: 0x23F3, Stride: 3},
	{Lo: 0x25FD, Hi: 0x25FE, Stride: 1}, {Lo: 0x2614, Hi: 0x2615, Stride: 1}, {Lo: 0x2648, Hi: 0x2653, Stride: 1},
	{Lo: 0x267F, Hi: 0x2693, Stride: 0x14}, {Lo: 0x26A1, Hi: 0x26A1, Stride: 1}, {Lo: 0x26AA, Hi: 0x26AB, Stride: 1},
	{Lo: 0x26BD, Hi: 0x26BE, Stride: 1}, {Lo: 0x26C4, Hi: 0x26C5, Stride: 1}, {Lo: 0x26CE, Hi: 0x26D4, Stride: 6},
	{Lo: 0x26EA, Hi: 0x26EA, Stride: 1}, {Lo: 0x26F2, Hi: 0x26F3, Stride: 1}, {Lo: 0x26F5, Hi: 0x26FA, Stride: 5},
	{Lo: 0x26FD, Hi: 0x26FD, Stride: 1}, {Lo: 0x2705, Hi: 0x2705, Stride: 1}, {Lo: 0x270A, Hi: 0x270B, Stride: 1},
	{Lo: 0x2728, Hi: 0x2728, Stride: 1}, {Lo: 0x274C, Hi: 0x274E, Stride: 2}, {Lo: 0x2753, Hi: 0x2755, Stride: 1},
	{Lo: 0x2757, Hi: 0x2757, Stride: 1}, {Lo: 0x2795, Hi: 0x2797, Stride: 1}, {Lo: 0x27B0, Hi: 0x27BF, Stride: 0xF},
	{Lo: 0x2B1B, Hi: 0x2B1C, Stride: 1}, {Lo: 0x2B50, Hi: 0x2B55, Stride: 5},
}}
