package storage

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// wordsOf takes a text apart into words without regard to case and width, and
// into pairs of neighbours where a script puts no spaces between words.
func wordsOf(text string) []string {
	words := make([]string, 0, len(text)/6+1)
	for run := range strings.FieldsFuncSeq(foldCase(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}) {
		if isASCII(run) {
			words = append(words, run)
		} else {
			words = appendRun(words, []rune(run))
		}
	}
	return words
}

// appendRun splits a run of letters where scripts with and without spaces
// meet, as in "PDF出力".
func appendRun(words []string, run []rune) []string {
	for len(run) > 0 {
		spaceless := isSpaceless(run[0])
		end := 1
		for end < len(run) && isSpaceless(run[end]) == spaceless {
			end++
		}
		part := run[:end]
		run = run[end:]
		if !spaceless || len(part) == 1 {
			words = append(words, string(part))
			continue
		}
		for i := range len(part) - 1 {
			words = append(words, string(part[i:i+2]))
		}
	}
	return words
}

// spaceless are the scripts that put no spaces between words; Korean has
// spaces, but its words carry endings that only a dictionary could take off.
var spaceless = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

func isSpaceless(r rune) bool { return r >= 0x0e00 && (unicode.In(r, spaceless...) || r == 'ー') }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// foldCase makes one of all ways to write the same letters, also where what nobody sees
// stands between them, but keeps accents, which some languages need for their stems.
func foldCase(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(strings.Map(seen, s))))
}

// seen drops a character that nobody sees: soft hyphens, joiners, marks of direction.
func seen(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// dropAccents makes one letter of those that differ in their accent alone.
func dropAccents(s string) string {
	if isASCII(s) {
		return s
	}
	return norm.NFKC.String(strings.Map(func(r rune) rune {
		if r >= 0x0300 && r <= 0x036F { // accents of Latin, Greek and Cyrillic letters
			return -1
		}
		return r
	}, norm.NFKD.String(s)))
}
