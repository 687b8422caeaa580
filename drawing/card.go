package drawing

import (
	"math"
	"strings"

	"alignbot/pipeline"
)

// card is what stands on a card. Everything but the title may be missing.
type card struct {
	hue hue
	// kind is a word for the colour of the stripe: "opportunity"; key stands at the
	// other end of its line.
	kind, key string
	title     string
	lines     int // of the title at most; 0 for 4
	// number under the title, with a bar of share where that is known.
	number string
	share  *float64
	// notes in small print; below them pills, beside in small print after them, and
	// marks of what is amiss.
	notes  []string
	pills  []pill
	beside string
	marks  []string
}

// pill is a word on its colour.
type pill struct {
	word string
	hue  hue
}

// The measures of a card.
const (
	cardRadius = 8.0
	cardStripe = 5.0
	cardPad    = 12.0
)

// card lays a card out; it is exactly that wide.
func (s *sheet) card(c card, width float64) element {
	shade := s.of(c.hue)
	inner := width - cardStripe - 2*cardPad
	lines := c.lines
	if lines == 0 {
		lines = 4
	}
	parts := []element{
		s.cardHead(c, inner),
		s.text(c.title, cardFace, s.ink, inner, lines),
		s.cardNumber(c, inner),
	}
	for _, note := range c.notes {
		parts = append(parts, s.text(note, smallFace, s.muted, inner, 2))
	}
	var pills []element
	for _, p := range c.pills {
		pills = append(pills, s.pill(p.word, p.hue, inner))
	}
	if c.beside != "" {
		pills = append(pills, s.besidePills(c.beside, inner))
	}
	parts = append(parts, padTop(flow(6, inner, pills...), 3))
	for _, m := range c.marks {
		parts = append(parts, s.mark(m, inner))
	}
	content := stack(5, parts...)
	height := content.height + 2*cardPad
	return element{width, height, func(x, y float64) {
		s.put(rect{
			box: box{x, y, width, height}, radius: cardRadius, fill: s.surface,
			stripe: shade.strong, wide: cardStripe, shadow: s.shadow,
		})
		content.put(x+cardStripe+cardPad, y+cardPad)
	}}
}

// cardHead is the kind at the left and the key at the right.
func (s *sheet) cardHead(c card, width float64) element {
	if c.kind == "" && c.key == "" {
		return element{}
	}
	key := s.text(c.key, smallFace, s.muted, width*0.6, 1)
	kind := s.text(strings.ToUpper(c.kind), kindFace, s.of(c.hue).word, width-key.width-8, 1)
	return element{width, max(kind.height, key.height), func(x, y float64) {
		kind.put(x, y+(max(kind.height, key.height)-kind.height)/2)
		key.put(x+width-key.width, y)
	}}
}

// cardNumber is the number, and under it how far it has come.
func (s *sheet) cardNumber(c card, width float64) element {
	if c.number == "" {
		return element{}
	}
	words := s.text(c.number, smallFace, s.muted, width, 2)
	if c.share == nil {
		return words
	}
	percent := s.text(percentOf(*c.share), smallFace, s.muted, width/2, 1)
	words = s.text(c.number, smallFace, s.muted, width-percent.width-8, 2)
	return stack(4, element{width, words.height, func(x, y float64) {
		words.put(x, y)
		percent.put(x+width-percent.width, y)
	}}, s.bar(*c.share, width, 6, c.hue))
}

// percentOf a share, rounded down: nothing is called reached before it is.
func percentOf(share float64) string {
	percent := math.Floor(share*100 + 1e-9)
	if math.IsNaN(percent) || math.Abs(percent) > 9999 {
		return ""
	}
	return strings.ReplaceAll(pipeline.ShowNumber(percent, "%"), "-", "−")
}

// besidePills is small print as high as a pill.
func (s *sheet) besidePills(words string, width float64) element {
	e := s.text(words, smallFace, s.muted, width, 1)
	return element{e.width, e.height + 2*pillPadY, func(x, y float64) { e.put(x, y+pillPadY) }}
}

// mark says what is amiss, behind a sign.
func (s *sheet) mark(words string, width float64) element {
	const side = 13.0
	said := s.text(words, smallFace, s.of(orange).word, width-side-6, 2)
	return element{width, said.height, func(x, y float64) {
		top := y + (smallFace.lineHeight()-side)/2
		s.put(polygon{parts: [][]point{{{x + side/2, top}, {x + side, top + side - 1}, {x, top + side - 1}}}, fill: s.of(orange).strong})
		s.put(rect{box: box{x + side/2 - 0.8, top + 4.2, 1.6, 4}, fill: s.surface})
		s.put(rect{box: box{x + side/2 - 0.8, top + 9.2, 1.6, 1.6}, fill: s.surface})
		said.put(x+side+6, y)
	}}
}

// padBelow leaves room below an element, unless there is nothing.
func padBelow(e element, room float64) element {
	if e.height > 0 {
		e.height += room
	}
	return e
}

// padTop leaves room above an element, unless there is nothing.
func padTop(e element, room float64) element {
	if e.height == 0 {
		return e
	}
	return element{e.width, e.height + room, func(x, y float64) { e.put(x, y+room) }}
}
