package storage

import (
	"testing"

	"pgregory.net/rapid"
)

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"invoice", "invioce", slipLikeness},
		{"invoice", "invoce", slipLikeness},
		{"invoice", "invoicce", slipLikeness},
		{"invoice", "invoise", slipLikeness},
		{"rechnung", "rechnungsexport", compoundLikeness},
		{"export", "rechnungsexport", compoundLikeness},
		{"rechnungen", "rechnungs", compoundLikeness},
		{"kommissionieren", "kommissionierung", compoundLikeness},
		{"größe", "größen", compoundLikeness},
		{"книги", "книгами", 0},
		{"invoice", "invention", 0},
		{"form", "from", 0},
		{"export", "import", 0},
		{"発票導出", "発票導入", 0},
		{"", "", 0},
	} {
		a, b := dropAccents(c.a), dropAccents(c.b)
		if got := alike(a, b); got != c.want {
			t.Errorf("%q and %q: %v, want %v", c.a, c.b, got, c.want)
		}
		if c.want > 0 && !nearPairs(pairsOf(a), pairsOf(b)) {
			t.Errorf("%q and %q are never compared", c.a, c.b)
		}
	}
}

// TestASlipIsFound makes one slip in any word, and no order of the two matters.
func TestASlipIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := []rune(rapid.StringMatching(`[a-zäßж]{6,12}`).Draw(t, "word"))
		at := rapid.IntRange(1, len(word)-2).Draw(t, "at")
		slipped := append([]rune(nil), word...)
		switch rapid.IntRange(0, 3).Draw(t, "slip") {
		case 0:
			slipped = append(slipped[:at], slipped[at+1:]...)
		case 1:
			slipped = append(slipped[:at], append([]rune{'q'}, slipped[at:]...)...)
		case 2:
			slipped[at], slipped[at+1] = slipped[at+1], slipped[at]
		case 3:
			slipped[at] = 'q'
		}
		a, b := string(word), string(slipped)
		if a == b {
			return
		}
		if alike(a, b) == 0 || alike(a, b) != alike(b, a) {
			t.Fatalf("%q and %q: %v, %v", a, b, alike(a, b), alike(b, a))
		}
	})
}
