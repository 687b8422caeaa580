package storage

import (
	"cmp"
	"fmt"
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
	runs     map[string][]peaks // of frequent words
	stems    map[string]string  // of words seen, up to stemsKept
	sorted   []entry            // words of postings, in order up to the last few
	inOrder  int                // how many of sorted are in order
	live     int
	gone     int
	length   int // of all live docs, in words
}

func newLexicon(name pipeline.Language) *lexicon {
	return &lexicon{language: languages[name], name: name, postings: map[string][]posting{}, runs: map[string][]peaks{}, stems: map[string]string{}}
}

// count adds the words of the text and their meanings to counts and returns how
// many words it has.
func (lex *lexicon) count(counts map[string]int, text string, own phrases, weight int) (length int) {
	all := appendTerms(nil, text, func(word string) string {
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
	kept := lex.understand(all, own)
	for _, t := range kept {
		counts[t.stem] += weight
		for _, meaning := range t.meanings {
			counts[meaning] += weight
		}
	}
	return len(kept)
}

// appendTerms takes a text apart that is compared with the docs. It does not
// change the lexicon.
func (lex *lexicon) appendTerms(all []term, text string) []term {
	return appendTerms(all, text, func(word string) string {
		if s, known := lex.stems[word]; known {
			return s
		}
		return lex.stem(word)
	})
}

// ownPhrases reads the synonyms of a team. n tells their meanings from those of
// all other readings.
func (lex *lexicon) ownPhrases(synonyms []string, n int) phrases {
	own := phrases{}
	for i, line := range synonyms {
		lex.addGroup(own, line, fmt.Sprintf("=:%d:%d", i+1, n))
	}
	return own
}

// ownTerms gives the terms that stand for something in the team's own synonyms,
// with that alone.
func (r *reading) ownTerms(all []term) []term {
	if !r.own.in(all) {
		return nil
	}
	marked := slices.Clone(all)
	r.own.mark(marked)
	return slices.DeleteFunc(marked, func(t term) bool { return len(t.meanings) == 0 })
}

// add puts a posting of the last of the docs.
func (lex *lexicon) add(word string, p posting, docs []indexed) {
	list, known := lex.postings[word]
	if !known && !isMeaning(word) {
		lex.sorted = append(lex.sorted, entry{word, pairsOf(word)})
	}
	list = append(list, p)
	lex.postings[word] = list
	if len(list) >= frequentFrom && len(list)%runLength == 0 {
		lex.runs[word] = appendRuns(lex.runs[word], list, docs)
	}
}

func isMeaning(word string) bool { return word[0] == '=' }

// isOwnMeaning tells those of a team's own synonyms, see ownPhrases.
func isOwnMeaning(word string) bool { return strings.HasPrefix(word, "=:") }

// compacted gives a lexicon without the docs that are gone; moved has the new
// numbers of the others, and left those alone.
func (lex *lexicon) compacted(docs []indexed, moved []uint32, left []indexed) *lexicon {
	same := *lex
	same.postings = make(map[string][]posting, len(lex.postings))
	same.runs = make(map[string][]peaks, len(lex.runs))
	same.sorted = make([]entry, 0, len(lex.sorted))
	for word, list := range lex.postings {
		rest := make([]posting, 0, len(list))
		for _, p := range list {
			if docs[p>>8].length > 0 {
				rest = append(rest, posting(moved[p>>8]<<8)|p&0xff)
			}
		}
		if len(rest) > 0 {
			same.postings[word] = rest
		}
		if runs := appendRuns(nil, rest, left); runs != nil {
			same.runs[word] = runs
		}
	}
	for _, e := range lex.sorted {
		if same.postings[e.word] != nil {
			same.sorted = append(same.sorted, e)
		}
	}
	same.inOrder, same.gone = 0, 0
	same.order()
	return &same
}

// order sorts the words, so that beginnings can be looked for: the new ones are
// merged into the others, which takes a moment however many there are.
func (lex *lexicon) order() {
	fresh := slices.Clone(lex.sorted[lex.inOrder:])
	slices.SortFunc(fresh, func(a, b entry) int { return strings.Compare(a.word, b.word) })
	at, old := len(lex.sorted)-1, lex.inOrder-1
	for n := len(fresh) - 1; n >= 0; at-- {
		if old >= 0 && lex.sorted[old].word > fresh[n].word {
			lex.sorted[at] = lex.sorted[old]
			old--
		} else {
			lex.sorted[at] = fresh[n]
			n--
		}
	}
	lex.inOrder = len(lex.sorted)
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
const countMost = 32

// having says how many docs have the word, and of a frequent one about how
// many.
func (lex *lexicon) having(docs []indexed, word string) (n int) {
	list := lex.postings[word]
	if lex.gone == 0 {
		return len(list)
	}
	step := 1 + len(list)/countMost
	seen := 0
	for at := 0; at < len(list); at += step {
		seen++
		if docs[list[at]>>8].length > 0 {
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return min(n*len(list)/seen, lex.live)
}

// rarity is what a word is worth that so many docs have.
func (lex *lexicon) rarity(having int) float64 {
	return math.Log(1 + (float64(lex.live-having)+0.5)/(float64(having)+0.5))
}

// clue is for ideas that have the word: more for those that have it more than
// once, less for long ones, and never more than worth.
func (lex *lexicon) clue(word string, weight float64) clue {
	return clue{word: word, list: lex.postings[word], runs: lex.runs[word], worth: float32(weight * (bm25K + 1))}
}

// damping is what the length of an idea does to the share it gets of a clue.
type damping struct{ base, slope float32 }

func (lex *lexicon) damping() damping {
	average := float32(lex.length) / float32(max(lex.live, 1))
	return damping{bm25K * (1 - bm25B), bm25K * bm25B / max(average, 1)}
}

// share of a clue's worth that an idea gets, from 0 to 1.
func (by damping) share(p posting, d indexed) float32 {
	count := float32(p & 0xff)
	return count / (count + by.base + by.slope*float32(d.length))
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

// near gives for each of the words those of the docs that are alike to it, the
// most alike first. It goes through the vocabulary once.
func (lex *lexicon) near(words ...string) [][]nearWord {
	found := make([][]nearWord, len(words))
	letters := make([]uint64, len(words))
	for i, word := range words {
		letters[i] = pairsOf(word)
	}
	for _, e := range lex.sorted {
		for i, word := range words {
			if len(word) < likeFrom || !nearPairs(letters[i], e.letters) || e.word == word {
				continue
			}
			if likeness := alike(word, e.word); likeness > 0 {
				found[i] = append(found[i], nearWord{e.word, likeness})
			}
		}
	}
	for i, list := range found {
		slices.SortStableFunc(list, func(a, b nearWord) int {
			return cmp.Or(cmp.Compare(b.likeness, a.likeness), cmp.Compare(len(a.word), len(b.word)))
		})
		found[i] = list[:min(len(list), likeLimit)]
	}
	return found
}
