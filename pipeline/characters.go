package pipeline

import (
	"iter"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Characters takes a text apart into what a reader sees as one character each, which
// may be several runes: grapheme clusters of Unicode 15.1.
// https://www.unicode.org/reports/tr29/
func Characters(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, end := 0, 0
		for rest, state := s, -1; rest != ""; {
			var cluster string
			cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
			if start < end && !IsConjunct(s[start:end], cluster) {
				if !yield(s[start:end]) {
					return
				}
				start = end
			}
			end += len(cluster)
		}
		if start < end {
			yield(s[start:end])
		}
	}
}

// conjoining are the scripts in which a sign between two consonants makes one letter of
// them, and linkers those signs (Indic_Conjunct_Break).
var (
	conjoining = []*unicode.RangeTable{unicode.Devanagari, unicode.Bengali, unicode.Gujarati, unicode.Oriya, unicode.Telugu, unicode.Malayalam}
	linkers    = map[rune]bool{'\u094d': true, '\u09cd': true, '\u0acd': true, '\u0b4d': true, '\u0c4d': true, '\u0d4d': true}
)

// IsConjunct tells whether a grapheme cluster goes on in the next one: rule GB9c, which
// came with Unicode 15.1 and which uniseg does not know.
func IsConjunct(cluster, next string) bool {
	if first, _ := utf8.DecodeRuneInString(next); !unicode.IsLetter(first) || !unicode.In(first, conjoining...) {
		return false
	}
	linked := false
	for cluster != "" {
		last, size := utf8.DecodeLastRuneInString(cluster)
		switch {
		case linkers[last]:
			linked = true
		case last != '\u200d' && !unicode.Is(unicode.Mn, last):
			return linked && unicode.IsLetter(last) && unicode.In(last, conjoining...)
		}
		cluster = cluster[:len(cluster)-size]
	}
	return false
}
