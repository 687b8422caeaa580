package llm

import (
	"sync"

	"alignbot/pipeline"

	"github.com/kljensen/snowball"
)

// The limits of what is kept of texts that were ranked lately: some 20 MB.
const (
	textsKept = 20_000
	wordsKept = 50_000
)

// lately is what was made of texts that were ranked lately: those of a team are the
// same from one question to the next, and taking them apart is most of the work. It
// changes how long Rank takes and never what it gives.
var lately struct {
	mu sync.Mutex
	vocabularies
}

type vocabularies map[pipeline.Language]*vocabulary

// full tells whether it is time to forget all.
func (all vocabularies) full() bool {
	texts, words := 0, 0
	for _, v := range all {
		texts += len(v.texts)
		words += len(v.words)
	}
	return texts > textsKept || words > wordsKept
}

// vocabulary is what texts of one language are made of. What has a number keeps it.
type vocabulary struct {
	language  pipeline.Language
	ofGrammar func(string) bool // nil where no words of grammar are known
	texts     map[string][]int32
	numbers   map[string]int32 // of words as they are written
	words     []word
	stems     map[string]int32 // terms, counted together with the grams
	grams     map[gram]int32
}

// word is what is compared of a word.
type word struct {
	stems, grams []int32 // terms
	length       float64 // in words, with the grams; 0 for one that says nothing
}

// readLately gives for each text the words that it has, by their numbers; all words;
// and how many terms there are. It stays as it is.
func readLately(language pipeline.Language, texts []string) (read [][]int32, words []word, terms int) {
	lately.mu.Lock()
	defer lately.mu.Unlock()
	if lately.vocabularies == nil || lately.full() {
		lately.vocabularies = vocabularies{}
	}
	v := lately.vocabularies[language]
	if v == nil {
		v = &vocabulary{
			language: language, ofGrammar: ofGrammar[language],
			texts: map[string][]int32{}, numbers: map[string]int32{}, stems: map[string]int32{}, grams: map[gram]int32{},
		}
		lately.vocabularies[language] = v
	}
	read = make([][]int32, len(texts))
	for i, text := range texts {
		if text != "" {
			read[i] = v.read(text)
		}
	}
	return read, v.words, len(v.stems) + len(v.grams)
}

// read gives the words of a text.
func (v *vocabulary) read(text string) []int32 {
	numbers, known := v.texts[text]
	if !known {
		for as := range wordsOf(text) {
			n, known := v.numbers[as]
			if !known {
				n = int32(len(v.words))
				v.numbers[as] = n
				v.words = append(v.words, v.look(as))
			}
			numbers = append(numbers, n)
		}
		v.texts[text] = numbers
	}
	return numbers
}

// look takes a word apart.
func (v *vocabulary) look(as string) (w word) {
	letters := fold(as)
	plain := string(letters)
	if plain == "" || v.ofGrammar != nil && v.ofGrammar(plain) {
		return word{}
	}
	w.length = 1
	if isSpaceless(letters) {
		w.length = float64(max(len(letters)-1, 1))
	}
	for _, stem := range v.stemsOf(plain, letters) {
		w.stems = append(w.stems, number(v, v.stems, stem))
	}
	for gram := range gramsOf(letters) {
		w.length += gramWeight
		w.grams = append(w.grams, number(v, v.grams, gram))
	}
	return w
}

// number gives a term its number.
func number[K comparable](v *vocabulary, terms map[K]int32, term K) int32 {
	n, known := terms[term]
	if !known {
		n = int32(len(v.stems) + len(v.grams))
		terms[term] = n
	}
	return n
}

// stemsOf gives the stem of a word, or pairs of neighbours where a script puts no
// spaces between words.
func (v *vocabulary) stemsOf(plain string, letters []rune) []string {
	if isSpaceless(letters) && len(letters) > 1 {
		var pairs []string
		for i := range len(letters) - 1 {
			pairs = append(pairs, string(letters[i:i+2]))
		}
		return pairs
	}
	if stem, err := snowball.Stem(plain, string(v.language), false); err == nil {
		return []string{stem}
	}
	return []string{plain} // no stems are known of the language
}
