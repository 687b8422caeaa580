package drawing

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"alignbot/pipeline"
)

// textBlock is text in lines.
type textBlock struct {
	lines         []line
	width, height float64 // of the longest line; of all
	// cut: there was more text than is shown.
	cut bool
}

// piece is a character with its place in a paragraph.
type piece struct {
	start, end int     // bytes
	width      float64 // of the size
	space      bool
	mayBreak   bool // after it
}

// wrap breaks text into at most so many lines of at most that width: between
// words, within a word that is wider than a line, and where the text has a line
// break. What does not fit is cut between characters and ends in an ellipsis.
func (f *Fonts) wrap(text string, set face, width float64, lines int) textBlock {
	var b textBlock
	if lines < 1 {
		return b
	}
	over := utf8.RuneCountInString(text) > textLimit
	text = strings.TrimSpace(cleaned(text))
	f.mu.Lock()
	defer f.mu.Unlock()
	if text == "" {
		return b
	}
	paragraphs := strings.Split(text, "\n")
	for i, paragraph := range paragraphs {
		rtl := readsRightToLeft([]rune(paragraph))
		last := i == len(paragraphs)-1
		rest := measured{text: strings.TrimRightFunc(paragraph, unicode.IsSpace)}
		for first := true; first || rest.text != ""; first = false {
			if len(b.lines) == lines {
				return b
			}
			rest.skipSpace()
			f.measure(&rest, set, width, lines-len(b.lines), rtl)
			end := rest.lineEnd(set.size, width)
			head := strings.TrimRightFunc(rest.text[:end], unicode.IsSpace)
			if len(b.lines) == lines-1 && (end < len(rest.text) || !last || over) {
				b.cut = true
				b.add(f.set(f.ellipsis(rest, set, width, rtl), set, rtl))
				return b
			}
			b.add(f.set(head, set, rtl))
			rest.cut(end)
		}
	}
	return b
}

func (b *textBlock) add(l line) {
	b.lines = append(b.lines, l)
	b.width = max(b.width, l.width)
	b.height += l.face.lineHeight()
}

// measured is text with the characters at its beginning measured; where they end
// before the text, there is more to measure.
type measured struct {
	text   string
	pieces []piece
}

// cut takes the beginning away.
func (m *measured) cut(end int) {
	m.text = m.text[end:]
	for len(m.pieces) > 0 && m.pieces[0].end <= end {
		m.pieces = m.pieces[1:]
	}
	for i := range m.pieces {
		m.pieces[i].start -= end
		m.pieces[i].end -= end
	}
}

// skipSpace takes space at the beginning away.
func (m *measured) skipSpace() {
	m.cut(len(m.text) - len(strings.TrimLeftFunc(m.text, unicode.IsSpace)))
}

// lineEnd gives where the first line ends, in bytes.
func (m *measured) lineEnd(size, width float64) int {
	used, breakAt := 0.0, 0
	for _, p := range m.pieces {
		if used+p.width*size > width && !p.space && p.start > 0 {
			if breakAt == 0 {
				return p.start // a word wider than the line
			}
			return breakAt
		}
		used += p.width * size
		if p.mayBreak {
			breakAt = p.end
		}
	}
	if n := len(m.pieces); n > 0 {
		return m.pieces[n-1].end
	}
	return len(m.text)
}

// ellipsis gives as much of the text as fits the width with an ellipsis behind it.
func (f *Fonts) ellipsis(m measured, set face, width float64, rtl bool) string {
	room := width - f.set("…", set, rtl).width
	end, used := 0, 0.0
	for _, p := range m.pieces {
		if used += p.width * set.size; used > room {
			break
		}
		end = p.end
	}
	// Letters at the end of a word can be wider than within it.
	for i := len(m.pieces) - 1; i >= 0 && end > 0; i-- {
		if m.pieces[i].end > end {
			continue
		}
		shown := strings.TrimRightFunc(m.text[:m.pieces[i].end], unicode.IsSpace) + "…"
		if f.set(shown, set, rtl).width <= width {
			return shown
		}
	}
	return "…"
}

// conjunctMost bounds in bytes a letter that is joined of others, so that it fits on a
// line; words have hardly any of more than thirty.
const conjunctMost = 60

// measure makes sure that the characters of the first line are measured, and does
// it for so many lines at once.
func (f *Fonts) measure(m *measured, set face, width float64, lines int, rtl bool) {
	// A letter is about half as wide as high; a line has hardly ever six of that.
	most, usual := int(width/set.size*6)+16, int(width/set.size*2.5)
	known := len(m.pieces) > 0 && m.pieces[len(m.pieces)-1].end == len(m.text)
	if known || len(m.pieces) >= most {
		return
	}
	m.pieces = f.pieces(m.text, set, most+usual*(lines-1), rtl)
}

// pieces measures the characters of a text, that many at most.
func (f *Fonts) pieces(text string, set face, most int, rtl bool) []piece {
	var pieces []piece
	rest, state := text, -1
	at, runes := 0, 0
	starts := map[int]int{} // from rune to piece
	for rest != "" && len(pieces) < most {
		var cluster string
		var boundaries int
		cluster, rest, boundaries, state = uniseg.StepString(rest, state)
		first, _ := utf8.DecodeRuneInString(cluster)
		next, _ := utf8.DecodeRuneInString(rest)
		p := piece{
			start: at, end: at + len(cluster),
			space: unicode.IsSpace(first) && first != '\u00A0' && first != '\u202F',
			mayBreak: boundaries&uniseg.MaskLine != uniseg.LineDontBreak &&
				!(unicode.Is(unicode.Hangul, first) && unicode.Is(unicode.Hangul, next)), // Korean has spaces between words
		}
		if last := len(pieces) - 1; last >= 0 && at-pieces[last].start < conjunctMost && pipeline.IsConjunct(text[pieces[last].start:at], cluster) {
			pieces[last].end, pieces[last].mayBreak = p.end, p.mayBreak
		} else {
			starts[runes] = len(pieces)
			pieces = append(pieces, p)
		}
		at += len(cluster)
		runes += utf8.RuneCountInString(cluster)
	}
	shown := []rune(text[:at])
	owner := make([]int, len(shown)) // the piece of each rune
	for i, p := 0, 0; i < len(shown); i++ {
		if n, ok := starts[i]; ok {
			p = n
		}
		owner[i] = p
	}
	for _, r := range f.runs(shown, set.weight, rtl) {
		if r.missing {
			pieces[owner[r.start]].width += r.width
			continue
		}
		for _, g := range r.shaped {
			pieces[owner[g.ClusterIndex]].width += float64(g.XAdvance) / 64 / r.from.upem
		}
	}
	return pieces
}
