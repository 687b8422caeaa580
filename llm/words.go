package llm

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"alignbot/pipeline"

	"github.com/kljensen/snowball"
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
// grams. In other texts only these are looked for, so that reading them takes
// little time.
type terms struct {
	language  pipeline.Language
	ofGrammar func(string) bool // nil where no words of grammar are known
	stems     map[string]int    // their numbers
	grams     map[gram]int      // their numbers
	weights   []float64         // by number: what the question makes of it
	units     []float64         // by number: 1, or gramWeight for a gram
	weight    float64           // of all
	initials  map[[2]rune]bool  // of the words
	words     map[string]word   // of other texts, as they are written
}

// gram is some neighbouring letters of a word, whose beginning counts as one.
type gram [gramLength]rune

// word is what a word of another text has of the question.
type word struct {
	terms  []int
	length float64 // in words, with its grams; 0 for one that says nothing
}

func newTerms(q Question) *terms {
	t := &terms{language: q.Language, stems: map[string]int{}, grams: map[gram]int{}, initials: map[[2]rune]bool{}, words: map[string]word{}}
	if t.language == "" {
		t.language = pipeline.English
	}
	t.ofGrammar = ofGrammar[t.language]
	t.ask(q.Title, titleWeight)
	t.ask(q.Problem, 1)
	t.ask(q.Measure, 1)
	for _, w := range t.weights {
		t.weight += w
	}
	return t
}

// ask adds the terms of a text of the question.
func (t *terms) ask(written string, weight float64) {
	for w := range wordsOf(beginning(written)) {
		letters := fold(w)
		if t.saysNothing(letters) {
			continue
		}
		t.initials[initialsOf(letters)] = true
		for _, stem := range t.stemsOf(letters) {
			note(t, t.stems, stem, weight, 1)
		}
		for gram := range gramsOf(letters) {
			note(t, t.grams, gram, weight, gramWeight)
		}
	}
}

// note gives a term its number, and the most that a text makes of it.
func note[K comparable](t *terms, numbers map[K]int, term K, weight, unit float64) {
	n, known := numbers[term]
	if !known {
		n = len(t.weights)
		numbers[term] = n
		t.weights = append(t.weights, 0)
		t.units = append(t.units, unit)
	}
	t.weights[n] = max(t.weights[n], weight*unit)
}

func (t *terms) saysNothing(letters []rune) bool {
	return len(letters) == 0 || t.ofGrammar != nil && t.ofGrammar(string(letters))
}

// stemsOf gives the stem of a word, or pairs of neighbours where a script puts no
// spaces between words.
func (t *terms) stemsOf(letters []rune) []string {
	if isSpaceless(letters) && len(letters) > 1 {
		var pairs []string
		for i := range len(letters) - 1 {
			pairs = append(pairs, string(letters[i:i+2]))
		}
		return pairs
	}
	plain := string(letters)
	if stem, err := snowball.Stem(plain, string(t.language), false); err == nil {
		return []string{stem}
	}
	return []string{plain} // no stems are known of the language
}

// initialsOf are the letters that a stem keeps of its word.
func initialsOf(letters []rune) (first [2]rune) {
	copy(first[:], letters)
	return first
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

// readInto counts a text and notes which terms of the question it has.
func (t *terms) readInto(x *text, written string) {
	for as := range wordsOf(written) {
		w, known := t.words[as]
		if !known {
			w = t.look(fold(as))
			t.words[as] = w
		}
		x.length += w.length
		for _, n := range w.terms {
			if !slices.Contains(x.terms, n) {
				x.terms = append(x.terms, n)
			}
		}
	}
}

// look tells what a word has of the question.
func (t *terms) look(letters []rune) (w word) {
	if t.saysNothing(letters) {
		return word{}
	}
	w.length = 1
	if isSpaceless(letters) {
		w.length = float64(max(len(letters)-1, 1))
	}
	has := func(n int, known bool) {
		if known && !slices.Contains(w.terms, n) {
			w.terms = append(w.terms, n)
		}
	}
	// Taking off endings takes most of the time, so of words that begin like none
	// of the question's nothing is taken off.
	if isSpaceless(letters) || t.initials[initialsOf(letters)] {
		for _, stem := range t.stemsOf(letters) {
			n, known := t.stems[stem]
			has(n, known)
		}
	}
	for gram := range gramsOf(letters) {
		w.length += gramWeight
		n, known := t.grams[gram]
		has(n, known)
	}
	return w
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
