package storage

import (
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// wordsOf takes a text apart into what the search index knows: words without
// regard to case, width and accents, and pairs of neighbours where a script
// puts no spaces between words.
func wordsOf(text string) []string {
	var words []string
	for _, run := range strings.FieldsFunc(fold(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}) {
		words = appendRun(words, []rune(run))
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

// isSpaceless tells the scripts of Chinese, Japanese and Korean; Korean has
// spaces, but its words carry endings that only a dictionary could take off.
func isSpaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー'
}

// fold makes one of all ways to write the same letters.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 0x0300 && r <= 0x036F { // accents of Latin, Greek and Cyrillic letters
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return norm.NFKC.String(cases.Fold().String(s))
}

// stem cuts the endings of English words; words of other languages pass
// nearly untouched. "" for a word that says nothing.
func stem(word string) string {
	if stopWords[word] {
		return ""
	}
	for i := range len(word) {
		if word[i] >= 0x80 {
			return word
		}
	}
	return english.Stem(word, false)
}

// stopWords are those that nearly every English text has.
var stopWords = map[string]bool{}

func init() {
	for word := range strings.FieldsSeq("a an and are as at be but by can for from has have i if in is it its of on or our so that the their they this to was we were when which will with you your") {
		stopWords[word] = true
	}
}
