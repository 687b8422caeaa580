package storage

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"alignbot/pipeline"
)

// index finds ideas by their words, the best first, by BM25: a word counts the
// more, the fewer ideas have it, the more often an idea has it, and the
// shorter the idea is. 100,000 ideas take some 15 MB.
// https://en.wikipedia.org/wiki/Okapi_BM25
//
// It is not safe for concurrent use; search guards it.
type index struct {
	docs     []indexed // also those that were replaced or removed
	teams    []pipeline.TeamKey
	teamIDs  map[pipeline.TeamKey]uint16
	speaks   []*lexicon         // by the number of the team
	numbers  []map[int32]uint32 // by the number of the team: the doc of an idea
	lexicons map[pipeline.Language]*lexicon
	live     int
	sheets   sync.Pool // of *[]float32, a score for each doc
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
	// What a word somebody is still typing may stand for, what another word for
	// the same counts, and what one that is spelt nearly so.
	prefixLimit   = 64
	prefixWeight  = 0.5
	meaningWeight = 0.3
	nearWeight    = 0.5
	// The usual constants of BM25.
	bm25K = 1.2
	bm25B = 0.75
)

func newIndex() *index {
	return &index{
		teamIDs:  map[pipeline.TeamKey]uint16{},
		lexicons: map[pipeline.Language]*lexicon{},
	}
}

// speak says in which language a team writes, before its first idea is put. A
// team that nothing is said of writes English.
func (x *index) speak(team pipeline.TeamKey, name pipeline.Language) {
	if x.knows(team) {
		return
	}
	x.teamIDs[team] = uint16(len(x.teams))
	x.teams = append(x.teams, team)
	x.speaks = append(x.speaks, x.lexicon(name))
	x.numbers = append(x.numbers, map[int32]uint32{})
}

func (x *index) knows(team pipeline.TeamKey) bool {
	_, known := x.teamIDs[team]
	return known
}

// lexicon gives the one of a language.
func (x *index) lexicon(name pipeline.Language) *lexicon {
	name = knownLanguage(name)
	if x.lexicons[name] == nil {
		x.lexicons[name] = newLexicon(name)
	}
	return x.lexicons[name]
}

// outdated tells whether a team writes another language than the index was
// told.
func (x *index) outdated(teams []pipeline.Team) bool {
	return slices.ContainsFunc(teams, func(t pipeline.Team) bool {
		id, known := x.teamIDs[t.Key]
		return known && x.speaks[id].name != knownLanguage(t.Language)
	})
}

// sheet gives a score of 0 for each doc.
func (x *index) sheet() []float32 {
	if used, ok := x.sheets.Get().(*[]float32); ok && cap(*used) >= len(x.docs) {
		scores := (*used)[:len(x.docs)]
		clear(scores)
		return scores
	}
	return make([]float32, len(x.docs), len(x.docs)+len(x.docs)/8)
}

// put adds the idea in place of what was known of it. A withdrawn idea is
// removed.
func (x *index) put(idea document) {
	x.remove(idea.Key)
	if !idea.Withdrawn.IsZero() {
		return
	}
	x.speak(idea.Key.Team, pipeline.English)
	team := x.teamIDs[idea.Key.Team]
	lex := x.speaks[team]
	counts := map[string]int{}
	length := lex.count(counts, idea.Title, titleWeight)
	for _, text := range []string{idea.Problem, idea.Measure, idea.Evidence, idea.more} {
		length += lex.count(counts, text, 1)
	}
	if length == 0 || len(x.docs) >= docsLimit {
		return
	}
	n := uint32(len(x.docs))
	d := indexed{number: int32(idea.Key.Number), team: team, length: uint16(min(length, math.MaxUint16))}
	x.docs = append(x.docs, d)
	x.numbers[team][d.number] = n
	x.live++
	lex.live++
	lex.length += int(d.length)
	for word, count := range counts {
		lex.add(word, posting(n<<8|uint32(min(count, 255))))
	}
}

func (x *index) remove(key pipeline.Key) {
	team, known := x.teamIDs[key.Team]
	if !known {
		return
	}
	n, known := x.numbers[team][int32(key.Number)]
	if !known {
		return
	}
	delete(x.numbers[team], int32(key.Number))
	d := &x.docs[n]
	lex := x.speaks[d.team]
	x.live--
	lex.live--
	lex.length -= int(d.length)
	d.length = 0
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
	for _, lex := range x.lexicons {
		lex.compact(x.docs, moved)
	}
	for _, numbers := range x.numbers {
		for number, n := range numbers {
			numbers[number] = moved[n]
		}
	}
	x.docs = kept
}

// order puts new words where find looks for them.
func (x *index) order() {
	for _, lex := range x.lexicons {
		lex.order()
	}
}

// finish is for an index that has just been built.
func (x *index) finish() {
	x.order()
	for _, lex := range x.lexicons {
		lex.trim()
	}
}

// ranked is an idea that was found.
type ranked struct {
	key   pipeline.Key
	score float32
}

// find gives up to limit ideas of the teams that have one of the words, the
// best first. The last word may be the beginning of one. The
// index must be ordered; find changes nothing.
func (x *index) find(text string, teams []pipeline.TeamKey, limit int) []ranked {
	typed := wordsOf(text)
	if len(typed) == 0 {
		return nil
	}
	return x.best(teams, limit, func(lex *lexicon, scores []float32) {
		add := func(word string, weight float64) {
			lex.score(x.docs, scores, word, weight*lex.weight(x.docs, word))
		}
		last := lex.stem(typed[len(typed)-1])
		begun := lex.startingWith(dropAccents(typed[len(typed)-1]))
		for _, e := range begun {
			if e.word != last {
				add(e.word, prefixWeight)
			}
		}
		for _, t := range lex.read(text) {
			add(t.stem, 1)
			for _, meaning := range t.meanings {
				add(meaning, meaningWeight)
			}
			if lex.having(x.docs, t.stem) > 0 || t.stem == last && len(begun) > 0 {
				continue
			}
			for _, near := range lex.near(t.stem) { // no idea has the word: a slip?
				add(near.word, nearWeight*near.likeness)
			}
		}
	})
}

// best gives up to limit ideas of the teams that have a score, the highest
// first. score is asked once for each language of the teams.
func (x *index) best(teams []pipeline.TeamKey, limit int, score func(*lexicon, []float32)) []ranked {
	if limit < 1 {
		return nil
	}
	wanted := make([]bool, len(x.teams))
	spoken := map[*lexicon]bool{}
	for _, team := range teams {
		if id, known := x.teamIDs[team]; known {
			wanted[id] = true
			spoken[x.speaks[id]] = true
		}
	}
	scores := x.sheet()
	defer x.sheets.Put(&scores)
	for lex := range spoken { // no idea gets a score from two of them
		score(lex, scores)
	}
	best := make([]uint32, 0, limit+1)
	compare := func(a, b uint32) int {
		if scores[a] != scores[b] {
			return cmp.Compare(scores[b], scores[a])
		}
		if x.docs[a].number != x.docs[b].number {
			return cmp.Compare(x.docs[b].number, x.docs[a].number)
		}
		return cmp.Compare(x.teams[x.docs[a].team], x.teams[x.docs[b].team])
	}
	least := float32(0)
	for n, score := range scores {
		if score == 0 || score < least || !wanted[x.docs[n].team] {
			continue
		}
		if len(best) == limit {
			if compare(best[limit-1], uint32(n)) <= 0 {
				continue
			}
			best = best[:limit-1]
		}
		at, _ := slices.BinarySearchFunc(best, uint32(n), compare)
		best = slices.Insert(best, at, uint32(n))
		if len(best) == limit {
			least = scores[best[limit-1]]
		}
	}
	found := make([]ranked, len(best))
	for i, n := range best {
		found[i] = ranked{pipeline.Key{Team: x.teams[x.docs[n].team], Number: int(x.docs[n].number)}, scores[n]}
	}
	return found
}
