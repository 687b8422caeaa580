package llm

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"alignbot/pipeline"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"
	"github.com/kljensen/snowball/hungarian"
	"github.com/kljensen/snowball/norwegian"
	"github.com/kljensen/snowball/russian"
	"github.com/kljensen/snowball/spanish"
	"github.com/kljensen/snowball/swedish"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// ofGrammar tells the words that say nothing, like "the", by language.
var ofGrammar = map[pipeline.Language]func(string) bool{
	pipeline.English: english.IsStopWord, "french": french.IsStopWord, "hungarian": hungarian.IsStopWord, "norwegian": norwegian.IsStopWord,
	"russian": russian.IsStopWord, "spanish": spanish.IsStopWord, "swedish": swedish.IsStopWord,
}

const (
	// gramLength is how many neighbouring letters are compared: what makes
	// "paid" like "unpaid" and "Lieferscheinscanner" like "Scanner".
	gramLength = 4
	// gramWeight is what such letters count, against 1 for a word.
	gramWeight = 0.3
	// titleWeight is what a word of the title counts, against 1 for another.
	titleWeight = 1.5
	// wordRunes bounds what is looked at of one word, in runes.
	wordRunes = 32
)

// terms are what is compared of a question: the stems of its words, and their
// grams. They are numbered, and of other texts only these count.
type terms struct {
	numbers []int32   // by the term in the vocabulary, from 1; 0 for all others
	weights []float64 // by number - 1: what the question makes of it
	units   []float64 // by number - 1: 1, or gramWeight for a gram
	weight  float64   // of all
	// lastIn is which text had a term last, of those that were counted.
	lastIn []int
	texts  int
}

// gram is some neighbouring letters of a word, whose beginning counts as one.
type gram [gramLength]rune

// ask adds the terms of a text of the question.
func (t *terms) ask(words []word, text []int32, weight float64) {
	for _, n := range text {
		for _, stem := range words[n].stems {
			t.note(stem, weight, 1)
		}
		for _, gram := range words[n].grams {
			t.note(gram, weight, gramWeight)
		}
	}
}

// note gives a term its number, and the most that a text makes of it.
func (t *terms) note(term int32, weight, unit float64) {
	if t.numbers[term] == 0 {
		t.weights = append(t.weights, 0)
		t.units = append(t.units, unit)
		t.lastIn = append(t.lastIn, 0)
		t.numbers[term] = int32(len(t.weights))
	}
	n := t.numbers[term] - 1
	t.weights[n] = max(t.weights[n], weight*unit)
}

// count gives how long a text is, and adds to found which terms of the question it
// has, each once.
func (t *terms) count(found []int, words []word, parts ...[]int32) (length float64, _ []int) {
	t.texts++
	for _, part := range parts {
		for _, n := range part {
			w := &words[n]
			length += w.length
			found = t.among(t.among(found, w.stems), w.grams)
		}
	}
	return length, found
}

func (t *terms) among(found []int, terms []int32) []int {
	for _, term := range terms {
		if n := int(t.numbers[term]) - 1; n >= 0 && t.lastIn[n] != t.texts {
			t.lastIn[n] = t.texts
			found = append(found, n)
		}
	}
	return found
}

// gramsOf gives the grams of a word; none where its pairs are compared.
func gramsOf(letters []rune) func(yield func(gram) bool) {
	return func(yield func(gram) bool) {
		if isSpaceless(letters) {
			return
		}
		g := gram{'^'}
		copy(g[1:], letters)
		for end := gramLength - 1; end <= len(letters) && yield(g); end++ {
			if end < len(letters) {
				copy(g[:], g[1:])
				g[gramLength-1] = letters[end]
			}
		}
	}
}

// wordsOf gives the words of a text as they are written.
func wordsOf(written string) func(yield func(string) bool) {
	return strings.FieldsFuncSeq(written, func(r rune) bool {
		if r < utf8.RuneSelf {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
		}
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

// fold makes one of all ways to write the same letters.
func fold(written string) []rune {
	if strings.IndexFunc(written, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		letters := []rune(strings.ToLower(written))
		return letters[:min(len(letters), wordRunes)]
	}
	letters := []rune(norm.NFKC.String(cases.Fold().String(norm.NFKC.String(written))))
	return letters[:min(len(letters), wordRunes)]
}

// beginning of a text, as far as it is read.
func beginning(written string) string {
	if len(written) <= runesRead {
		return written
	}
	n := 0
	for at := range written {
		if n++; n > runesRead {
			return written[:at]
		}
	}
	return written
}

// spaceless are scripts that put no spaces between words, or, as Korean, endings
// that only a dictionary could take off.
var spaceless = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

func isSpaceless(letters []rune) bool {
	return letters[0] >= 0x0e00 && unicode.In(letters[0], spaceless...)
}
