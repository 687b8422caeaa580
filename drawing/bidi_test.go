package drawing

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/bidi"
	"pgregory.net/rapid"
)

// shownOrder gives the runes of a line from left to right. Brackets are not turned
// round: the shaper does that.
func shownOrder(text string) string {
	runes := []rune(text)
	levels := levelsOf(runes, readsRightToLeft(runes))
	var shown strings.Builder
	for _, i := range visualOrder(levels) {
		shown.WriteRune(runes[i])
	}
	return shown.String()
}

func TestLinesReadInTheirDirection(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"left to right", "abc 123", "abc 123"},
		{"right to left", "אבג דהו", "והד גבא"},
		{"a number in it keeps its order", "אבג 123 דהו", "והד 123 גבא"},
		{"a number between words of a Latin line", "abc אבג 123 דהו def", "abc והד 123 גבא def"},
		{"Arabic digits", "عدد ٤٥٦ هنا", "انه ٤٥٦ ددع"},
		{"Latin words in it", "אבג API v2 דהו", "והד API v2 גבא"},
		{"brackets go with what is in them", "אבג (abc) דהו", "והד )abc( גבא"},
		{"brackets around the other direction", "abc (אבג) def", "abc (גבא) def"},
		{"a sign of percent goes with its number", "אבג 30% דהו", "והד 30% גבא"},
		{"a date", "אבג 1/2/2026", "1/2/2026 גבא"},
		{"space at the end stays there", "אבג abc  ", "  abc גבא"},
		{"nothing", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := shownOrder(test.text); got != test.want {
				t.Errorf("%q is shown as %q, want %q", test.text, got, test.want)
			}
		})
	}
}

// The library resolves directions by the same rules, but does not tell levels; of a
// pair of brackets it turns one alone, so they are left out here.
func TestDirectionsAreThoseOfTheStandard(t *testing.T) {
	signs := []rune("abאבعد12٤ .,:+-/%$€!\u0301")
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.SampledFrom(signs), 1, 24).Draw(t, "text"))
		rtl := rapid.Bool().Draw(t, "rtl")
		side := bidi.LeftToRight
		if rtl {
			side = bidi.RightToLeft
		}
		var p bidi.Paragraph
		if _, err := p.SetString(text, bidi.DefaultDirection(side)); err != nil {
			t.Skip(err)
		}
		order, err := p.Order()
		if err != nil {
			t.Skip(err)
		}
		runes := []rune(text)
		base := rtl || readsRightToLeft(runes) // left to right is no more than a default there
		levels := levelsOf(runes, base)
		at := 0
		for i := range order.NumRuns() {
			run := order.Run(i)
			for range []rune(run.String()) {
				if want := run.Direction() == bidi.RightToLeft; levels[at]%2 == 1 != want {
					t.Fatalf("%q, base right to left %v: rune %d (%q) has level %d, right to left is %v", text, base, at, runes[at], levels[at], want)
				}
				at++
			}
		}
	})
}
