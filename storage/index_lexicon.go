package storage

import (
	"math"
	"slices"
	"strings"

	"alignbot/pipeline"
)

// lexicon is the part of the index that is in one language: which docs have a
// word, or a meaning that several words share.
type lexicon struct {
	*language
	name     pipeline.Language
	postings map[string][]posting
	stems    map[string]string // of words seen, up to stemsKept
	sorted   []entry           // words of postings, in order up to the last few
	inOrder  int               // how many of sorted are in order
	live     int
	length   int // of all live docs, in words
}

func newLexicon(name pipeline.Language) *lexicon {
	return &lexicon{language: languages[name], name: name, postings: map[string][]posting{}, stems: map[string]string{}}
}

// count adds the words of the text and their meanings to counts and returns how
// many words it has.
func (lex *lexicon) count(counts map[string]int, text string, weight int) (length int) {
	terms := lex.language.read(text, func(word string) string {
		s, known := lex.stems[word]
		if !known {
			if len(lex.stems) >= stemsKept {
				clear(lex.stems)
			}
			s = lex.stem(word)
			lex.stems[strings.Clone(word)] = s
		}
		return s
	})
	for _, t := range terms {
		counts[t.stem] += weight
		for _, meaning := range t.meanings {
			counts[meaning] += weight
		}
	}
	return len(terms)
}

// read takes a text apart that is compared with the docs. It changes nothing.
func (lex *lexicon) read(text string) []term {
	return lex.language.read(text, func(word string) string {
		if s, known := lex.stems[word]; known {
			return s
		}
		return lex.stem(word)
	})
}

func (lex *lexicon) add(word string, p posting) {
	list, known := lex.postings[word]
	if !known && !isMeaning(word) {
		lex.sorted = append(lex.sorted, entry{word, pairsOf(word)})
	}
	lex.postings[word] = append(list, p)
}

func isMeaning(word string) bool { return word[0] == '=' }

// compact forgets the docs that are gone; moved has the new numbers.
func (lex *lexicon) compact(docs []indexed, moved []uint32) {
	for word, list := range lex.postings {
		rest := make([]posting, 0, len(list))
		for _, p := range list {
			if docs[p>>8].length > 0 {
				rest = append(rest, posting(moved[p>>8]<<8)|p&0xff)
			}
		}
		if len(rest) == 0 {
			delete(lex.postings, word)
		} else {
			lex.postings[word] = rest
		}
	}
	lex.sorted, lex.inOrder = lex.sorted[:0], 0
	for word := range lex.postings {
		if !isMeaning(word) {
			lex.sorted = append(lex.sorted, entry{word, pairsOf(word)})
		}
	}
}

// order sorts the words, so that beginnings can be looked for.
func (lex *lexicon) order() {
	if lex.inOrder < len(lex.sorted) {
		slices.SortFunc(lex.sorted, func(a, b entry) int { return strings.Compare(a.word, b.word) })
		lex.inOrder = len(lex.sorted)
	}
}

// trim gives back the room that lists were growing into.
func (lex *lexicon) trim() {
	for word, list := range lex.postings {
		if cap(list) > len(list) {
			lex.postings[word] = append(make([]posting, 0, len(list)), list...)
		}
	}
}

// countMost bounds how many docs of a word are looked at to see how many are
// gone.
const countMost = 500

// having says how many docs have the word, and of a frequent one about how
// many.
func (lex *lexicon) having(docs []indexed, word string) (n int) {
	list := lex.postings[word]
	some := list[:min(len(list), countMost)]
	for _, p := range some {
		if docs[p>>8].length > 0 {
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return min(n*len(list)/len(some), lex.live)
}

// rarity is what a word is worth that so many docs have.
func (lex *lexicon) rarity(having int) float64 {
	return math.Log(1 + (float64(lex.live-having)+0.5)/(float64(having)+0.5))
}

// score adds what the word is worth in each idea that has it: the weight, more
// when it comes more than once, less in a long idea.
func (lex *lexicon) score(docs []indexed, scores []float32, word string, weight float64) {
	if lex.live == 0 {
		return
	}
	const most = bm25K + 1
	average := float32(lex.length) / float32(lex.live)
	base, slope := float32(bm25K*(1-bm25B)), float32(bm25K*bm25B)/average
	times := float32(weight * most)
	for _, p := range lex.postings[word] {
		d := docs[p>>8]
		if d.length == 0 {
			continue
		}
		count := float32(p & 0xff)
		scores[p>>8] += times * count / (count + base + slope*float32(d.length))
	}
}

// weight is what a word is worth by how few docs have it.
func (lex *lexicon) weight(docs []indexed, word string) float64 {
	return lex.rarity(lex.having(docs, word))
}

// startingWith gives some words that begin so; none for a single Latin letter,
// which says too little.
func (lex *lexicon) startingWith(beginning string) []entry {
	if len(beginning) < 2 {
		return nil
	}
	from, _ := slices.BinarySearchFunc(lex.sorted, beginning, func(e entry, word string) int { return strings.Compare(e.word, word) })
	to := from
	for to < len(lex.sorted) && to-from < prefixLimit && strings.HasPrefix(lex.sorted[to].word, beginning) {
		to++
	}
	return lex.sorted[from:to]
}

// nearWord is a word that another may have been meant for.
type nearWord struct {
	word     string
	likeness float64
}

// mayBeASlip tells whether a word is so rare that another may be meant, or has an
// ending that nothing takes off.
func (lex *lexicon) mayBeASlip(docs []indexed, word string) bool {
	return lex.ending == nil || lex.having(docs, word) <= max(5, lex.live/1000)
}

// near gives words of the docs that are alike to a word, the most alike first.
func (lex *lexicon) near(word string) []nearWord {
	var found []nearWord
	letters := pairsOf(word)
	if len(word) < likeFrom {
		return nil
	}
	for _, e := range lex.sorted {
		if !nearPairs(letters, e.letters) || e.word == word {
			continue
		}
		if likeness := alike(word, e.word); likeness > 0 {
			found = append(found, nearWord{e.word, likeness})
		}
	}
	slices.SortStableFunc(found, func(a, b nearWord) int {
		switch {
		case a.likeness > b.likeness:
			return -1
		case a.likeness < b.likeness:
			return 1
		}
		return len(a.word) - len(b.word)
	})
	return found[:min(len(found), likeLimit)]
}
