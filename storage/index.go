package storage

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"alignbot/pipeline"
)

// index finds ideas by their words, the best first, by BM25: a word counts the
// more, the fewer ideas have it, the more often an idea has it, and the
// shorter the idea is. 100,000 ideas take some 10 MB.
// https://en.wikipedia.org/wiki/Okapi_BM25
//
// It is not safe for concurrent use; search guards it.
type index struct {
	docs     []indexed // also those that were replaced or removed
	numbers  map[pipeline.Key]uint32
	teams    []pipeline.TeamKey
	teamIDs  map[pipeline.TeamKey]uint16
	postings map[string][]posting
	stems    map[string]string // of words seen, up to stemsKept
	sorted   []string          // keys of postings, in order up to the last few
	inOrder  int               // how many of sorted are in order
	live     int
	length   int // of all live docs, in words
}

// indexed is one version of an idea.
type indexed struct {
	number int32 // of the idea in its team
	team   uint16
	length uint16 // in words; 0 when replaced or removed
}

// posting says how often a doc has a word: its number in the upper 24 bits,
// the count in the lower 8.
type posting uint32

const (
	docsLimit = 1 << 24
	stemsKept = 50_000
	// A word of the title counts as often.
	titleWeight = 3
	// What of a word somebody is still typing may stand for.
	prefixLimit  = 64
	prefixWeight = 0.5
	// The usual constants of BM25.
	bm25K = 1.2
	bm25B = 0.75
)

func newIndex() *index {
	return &index{
		numbers:  map[pipeline.Key]uint32{},
		teamIDs:  map[pipeline.TeamKey]uint16{},
		postings: map[string][]posting{},
		stems:    map[string]string{},
	}
}

// put adds the idea in place of what was known of it. A withdrawn idea is
// removed.
func (x *index) put(idea document) {
	x.remove(idea.Key)
	if !idea.Withdrawn.IsZero() {
		return
	}
	counts := map[string]int{}
	length := x.count(counts, idea.Title, titleWeight)
	for _, text := range []string{idea.Problem, idea.Measure, idea.Evidence, idea.more} {
		length += x.count(counts, text, 1)
	}
	if length == 0 || len(x.docs) >= docsLimit {
		return
	}
	n := uint32(len(x.docs))
	d := indexed{number: int32(idea.Key.Number), team: x.teamID(idea.Key.Team), length: uint16(min(length, math.MaxUint16))}
	x.docs = append(x.docs, d)
	x.numbers[idea.Key] = n
	x.live++
	x.length += int(d.length)
	for word, count := range counts {
		list, known := x.postings[word]
		if !known {
			x.sorted = append(x.sorted, word)
		}
		x.postings[word] = append(list, posting(n<<8|uint32(min(count, 255))))
	}
}

func (x *index) remove(key pipeline.Key) {
	n, known := x.numbers[key]
	if !known {
		return
	}
	delete(x.numbers, key)
	x.live--
	x.length -= int(x.docs[n].length)
	x.docs[n].length = 0
	if gone := len(x.docs) - x.live; gone > 1000 && gone > x.live/4 {
		x.compact()
	}
}

// compact forgets what was replaced or removed.
func (x *index) compact() {
	moved := make([]uint32, len(x.docs))
	kept := make([]indexed, 0, x.live)
	for n, d := range x.docs {
		moved[n] = uint32(len(kept))
		if d.length > 0 {
			kept = append(kept, d)
		}
	}
	for word, list := range x.postings {
		rest := make([]posting, 0, len(list))
		for _, p := range list {
			if x.docs[p>>8].length > 0 {
				rest = append(rest, posting(moved[p>>8]<<8)|p&0xff)
			}
		}
		if len(rest) == 0 {
			delete(x.postings, word)
		} else {
			x.postings[word] = rest
		}
	}
	for key, n := range x.numbers {
		x.numbers[key] = moved[n]
	}
	x.docs = kept
	x.sorted, x.inOrder = x.sorted[:0], 0
	for word := range x.postings {
		x.sorted = append(x.sorted, word)
	}
}

// count adds the stems of the text to counts and returns how many words it has.
func (x *index) count(counts map[string]int, text string, weight int) (length int) {
	for _, word := range wordsOf(text) {
		s, known := x.stems[word]
		if !known {
			if len(x.stems) >= stemsKept {
				clear(x.stems)
			}
			s = stem(word)
			x.stems[word] = s
		}
		if s != "" {
			counts[s] += weight
			length++
		}
	}
	return length
}

func (x *index) teamID(team pipeline.TeamKey) uint16 {
	id, known := x.teamIDs[team]
	if !known {
		id = uint16(len(x.teams))
		x.teams = append(x.teams, team)
		x.teamIDs[team] = id
	}
	return id
}

// order sorts the words, so that find can look for beginnings.
func (x *index) order() {
	if x.inOrder < len(x.sorted) {
		slices.Sort(x.sorted)
		x.inOrder = len(x.sorted)
	}
}

// find gives up to limit ideas of the teams that have one of the words, the
// best first. The last word may be the beginning of one. The
// index must be ordered; find changes nothing.
func (x *index) find(text string, teams []pipeline.TeamKey, limit int) []pipeline.Key {
	wanted := make([]bool, len(x.teams))
	for _, team := range teams {
		if id, known := x.teamIDs[team]; known {
			wanted[id] = true
		}
	}
	words := wordsOf(text)
	if len(words) == 0 || limit < 1 {
		return nil
	}
	scores := make([]float32, len(x.docs))
	for _, word := range words {
		x.score(scores, stem(word), 1)
	}
	last := words[len(words)-1]
	for _, word := range x.startingWith(last) {
		if word != stem(last) {
			x.score(scores, word, prefixWeight)
		}
	}
	best := make([]uint32, 0, limit+1)
	compare := func(a, b uint32) int {
		return cmp.Or(
			cmp.Compare(scores[b], scores[a]),
			cmp.Compare(x.docs[b].number, x.docs[a].number),
			cmp.Compare(x.teams[x.docs[a].team], x.teams[x.docs[b].team]),
		)
	}
	for n, score := range scores {
		if score == 0 || !wanted[x.docs[n].team] {
			continue
		}
		if len(best) == limit && compare(best[limit-1], uint32(n)) <= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, uint32(n), compare)
		best = slices.Insert(best, at, uint32(n))
		best = best[:min(len(best), limit)]
	}
	keys := make([]pipeline.Key, len(best))
	for i, n := range best {
		keys[i] = pipeline.Key{Team: x.teams[x.docs[n].team], Number: int(x.docs[n].number)}
	}
	return keys
}

// score adds what the word is worth in each idea that has it.
func (x *index) score(scores []float32, word string, weight float64) {
	list := x.postings[word]
	having := 0
	for _, p := range list {
		if x.docs[p>>8].length > 0 {
			having++
		}
	}
	if having == 0 {
		return
	}
	rarity := weight * math.Log(1+(float64(x.live-having)+0.5)/(float64(having)+0.5))
	average := float64(x.length) / float64(x.live)
	for _, p := range list {
		d := x.docs[p>>8]
		if d.length == 0 {
			continue
		}
		count := float64(p & 0xff)
		scores[p>>8] += float32(rarity * count * (bm25K + 1) / (count + bm25K*(1-bm25B+bm25B*float64(d.length)/average)))
	}
}

// startingWith gives some words that begin so; none for a single Latin letter,
// which says too little.
func (x *index) startingWith(beginning string) []string {
	if len(beginning) < 2 {
		return nil
	}
	from, _ := slices.BinarySearch(x.sorted, beginning)
	to := from
	for to < len(x.sorted) && to-from < prefixLimit && strings.HasPrefix(x.sorted[to], beginning) {
		to++
	}
	return x.sorted[from:to]
}
