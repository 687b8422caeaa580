package drawing

import (
	"image/color"
	"math"
	"testing"
)

// contrast as WCAG 2.2 has it: from 1 to 21.
func contrast(a, b color.NRGBA) float64 {
	light := func(c color.NRGBA) float64 {
		part := func(v uint8) float64 {
			s := float64(v) / 255
			if s <= 0.04045 {
				return s / 12.92
			}
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
	}
	x, y := light(a)+0.05, light(b)+0.05
	return max(x, y) / min(x, y)
}

// Text has a contrast of 4.5, what is drawn of 1.5 or more (its word stands beside it).
func TestColoursAreLegible(t *testing.T) {
	for _, theme := range Themes() {
		p := theme.palette()
		check := func(what string, a, b color.NRGBA, least float64) {
			t.Helper()
			if got := contrast(a, b); got < least {
				t.Errorf("%s, %s: contrast %.2f, want %.1f", theme, what, got, least)
			}
		}
		for name, ground := range map[string]color.NRGBA{"page": p.page, "panel": p.panel, "card": p.surface} {
			check("text on "+name, p.ink, ground, 7)
			check("small print on "+name, p.muted, ground, 4.5)
		}
		for h := range hues {
			check("a word in colour", p.of(h).word, p.surface, 4.5)
			check("a word in colour on a panel", p.of(h).word, p.panel, 4.5)
			check("a pill", p.of(h).deep, p.of(h).soft, 4.5)
			check("a bar", p.of(h).strong, p.track, 1.5)
		}
		check("a line", p.rule, p.page, 1.5)
	}
}
