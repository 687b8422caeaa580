package storage

import (
	"math"
	"slices"
	"sync"

	"alignbot/pipeline"
)

// index finds ideas by their words, the best first, by BM25: a word counts the
// more, the fewer ideas have it, the more often an idea has it, and the
// shorter the idea is. 100,000 ideas take some 20 MB.
// https://en.wikipedia.org/wiki/Okapi_BM25
//
// It is not safe for concurrent use; search guards it.
type index struct {
	docs      []indexed  // also those that were replaced or removed
	stretches []stretch  // of docs
	readings  []*reading // also those that no team has any more
	// current is the reading that a team is found by; next the one that its ideas
	// are put in before it takes the place of current. Numbers of readings.
	current, next map[pipeline.TeamKey]uint16
	lexicons      map[pipeline.Language]*lexicon
	live          int
	read          int            // readings there ever were
	counts        map[string]int // used for one idea after the other
	sheets        sync.Pool      // of *sheet
}

// reading is a team as the index reads it: in a language, and with what the team
// itself says stands for the same.
type reading struct {
	*lexicon
	team     pipeline.TeamKey
	synonyms []string // as the team wrote them
	own      phrases
	numbers  []uint32 // by the number of an idea, 1 more than its doc; 0 for none
	live     int      // of them
}

// indexed is one version of an idea.
type indexed struct {
	number  int32 // of the idea in its team
	reading uint16
	length  uint16 // in words; 0 when replaced or removed
}

// posting says how often a doc has a word: its number in the upper 24 bits,
// the count in the lower 8.
type posting uint32

const (
	docsLimit = 1 << 24
	stemsKept = 30_000
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
		current:  map[pipeline.TeamKey]uint16{},
		next:     map[pipeline.TeamKey]uint16{},
		lexicons: map[pipeline.Language]*lexicon{},
		counts:   map[string]int{},
	}
}

// speak says how the ideas of a team are read, and tells whether they must be
// put again for it: until they are and switchTo is called, they are found as they
// were. A team that nothing is said of writes English.
func (x *index) speak(team pipeline.Team) (again bool) {
	lex := x.lexicon(team.Language)
	is := func(r *reading) bool { return r.lexicon == lex && slices.Equal(r.synonyms, team.Synonyms) }
	old, known := x.current[team.Key]
	if next, under := x.next[team.Key]; under {
		if is(x.readings[next]) {
			return false
		}
		x.forget(next)
		delete(x.next, team.Key)
	}
	if known && is(x.readings[old]) {
		return false
	}
	x.read++
	r := &reading{lexicon: lex, team: team.Key, synonyms: team.Synonyms, own: lex.ownPhrases(team.Synonyms, x.read)}
	switch {
	case known && x.readings[old].live == 0:
		x.readings[old] = r
	case known:
		x.next[team.Key] = uint16(len(x.readings))
		x.readings = append(x.readings, r)
		return true
	default:
		x.current[team.Key] = uint16(len(x.readings))
		x.readings = append(x.readings, r)
	}
	return false
}

// switchTo makes the next reading of a team, which has all of its ideas, the one
// that they are found by.
func (x *index) switchTo(team pipeline.TeamKey) {
	next, under := x.next[team]
	if !under {
		return
	}
	x.forget(x.current[team])
	x.current[team] = next
	delete(x.next, team)
}

// forget removes all docs of a reading.
func (x *index) forget(n uint16) {
	r := x.readings[n]
	for _, doc := range r.numbers {
		if doc > 0 {
			x.drop(r, doc-1)
		}
	}
	r.numbers = nil
}

func (x *index) knows(team pipeline.TeamKey) bool {
	_, known := x.current[team]
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

// put adds the idea in place of what was known of it. A withdrawn idea is
// removed.
func (x *index) put(idea document) {
	if !x.knows(idea.Key.Team) {
		x.speak(pipeline.Team{Key: idea.Key.Team})
	}
	x.putIn(x.current[idea.Key.Team], idea)
	x.putNext(idea)
}

// putNext adds the idea to the next reading of its team, if there is one.
func (x *index) putNext(idea document) {
	if next, under := x.next[idea.Key.Team]; under {
		x.putIn(next, idea)
	}
}

func (x *index) putIn(reading uint16, idea document) {
	r, number := x.readings[reading], idea.Key.Number
	x.removeFrom(r, number)
	if !idea.Withdrawn.IsZero() || number >= docsLimit {
		return
	}
	counts := x.counts
	clear(counts)
	length := r.count(counts, idea.Title, r.own, titleWeight)
	for _, text := range []string{idea.Problem, idea.Measure, idea.Evidence, idea.more} {
		length += r.count(counts, text, r.own, 1)
	}
	if length == 0 || len(x.docs) >= docsLimit {
		return
	}
	n := uint32(len(x.docs))
	d := indexed{number: int32(number), reading: reading, length: uint16(min(length, math.MaxUint16))}
	x.add(d)
	r.numbers = append(r.numbers, make([]uint32, max(number+1-len(r.numbers), 0))...)
	r.numbers[number] = n + 1
	x.live++
	r.live++
	r.lexicon.live++
	r.length += int(d.length)
	for word, count := range counts {
		r.add(word, posting(n<<8|uint32(min(count, 255))), x.docs)
	}
}

func (x *index) removeFrom(r *reading, number int) {
	if number >= len(r.numbers) || r.numbers[number] == 0 {
		return
	}
	x.drop(r, r.numbers[number]-1)
	r.numbers[number] = 0
}

func (x *index) drop(r *reading, doc uint32) {
	d := &x.docs[doc]
	x.live--
	r.live--
	r.lexicon.live--
	r.lexicon.gone++
	r.length -= int(d.length)
	d.length = 0
}

// wasteful tells whether much of the index is of no use any more.
func (x *index) wasteful() bool {
	gone := len(x.docs) - x.live
	return gone > 1000 && gone > x.live/4 || len(x.readings) > 1000+2*len(x.current)
}

// compacted gives an index of the same ideas without what was replaced or
// removed. x stays as it is, so that it can be asked meanwhile.
func (x *index) compacted() *index {
	y := newIndex()
	y.read, y.live = x.read, x.live
	moved := make([]uint32, len(x.docs))
	places := make([]uint16, len(x.readings))
	for n, r := range x.readings {
		for _, of := range []struct{ from, to map[pipeline.TeamKey]uint16 }{{x.current, y.current}, {x.next, y.next}} {
			if at, known := of.from[r.team]; known && int(at) == n {
				places[n] = uint16(len(y.readings))
				of.to[r.team] = places[n]
				same := *r
				same.numbers = make([]uint32, len(r.numbers))
				y.readings = append(y.readings, &same)
			}
		}
	}
	y.docs = make([]indexed, 0, x.live+x.live/8)
	for n, d := range x.docs {
		if d.length == 0 {
			continue
		}
		d.reading = places[d.reading]
		moved[n] = uint32(len(y.docs))
		y.readings[d.reading].numbers[d.number] = moved[n] + 1
		y.add(d)
	}
	for name, lex := range x.lexicons {
		y.lexicons[name] = lex.compacted(x.docs, moved, y.docs)
	}
	for _, r := range y.readings {
		r.lexicon = y.lexicons[r.name]
	}
	return y
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

// find gives up to limit ideas of the teams that have one of the words, the
// best first. The last word may be the beginning of one. The
// index must be ordered; find changes nothing.
func (x *index) find(text string, teams []pipeline.TeamKey, limit int) []ranked {
	typed := wordsOf(text)
	if len(typed) == 0 {
		return nil
	}
	last := typed[len(typed)-1]
	return x.best(teams, limit, func(lex *lexicon, readings []*reading) []clue {
		var clues []clue
		add := func(word string, weight float64) {
			clues = append(clues, lex.clue(word, weight*lex.weight(x.docs, word)))
		}
		begun := slices.DeleteFunc(slices.Clone(lex.startingWith(dropAccents(last))), func(e entry) bool {
			return lex.having(x.docs, e.word) == 0 // of ideas that were changed since
		})
		last := lex.stem(last)
		for _, e := range begun {
			if e.word != last {
				add(e.word, prefixWeight)
			}
		}
		terms := lex.appendTerms(nil, text)
		for _, t := range lex.understand(slices.Clone(terms), nil) {
			add(t.stem, 1)
			for _, meaning := range t.meanings {
				add(meaning, meaningWeight)
			}
			if lex.having(x.docs, t.stem) > 0 || t.stem == last && len(begun) > 0 {
				continue
			}
			for _, near := range lex.near(t.stem)[0] { // no idea has the word: a slip?
				add(near.word, nearWeight*near.likeness)
			}
		}
		for _, r := range readings {
			for _, t := range r.ownTerms(terms) {
				for _, meaning := range t.meanings {
					add(meaning, meaningWeight)
				}
			}
		}
		return clues
	})
}
