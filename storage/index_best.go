package storage

import (
	"cmp"
	"math/bits"
	"slices"

	"alignbot/pipeline"
)

// ranked is an idea that was found.
type ranked struct {
	key   pipeline.Key
	score float32
}

// clue is a word that ideas are looked for by.
type clue struct {
	word string
	list []posting
	// worth is more than the word can add to the score of any idea.
	worth float32
}

// sheet is where one query adds up scores.
type sheet struct {
	scores []float32 // of each doc
	hits   []uint32  // the docs that have one
	looked int       // postings that were looked at
}

const (
	// postingsMost bounds how many postings of a query bring in ideas, the words
	// that are worth the most first. What is beyond stands in so many ideas that it
	// says next to nothing, and only adds to what others have found.
	postingsMost = 100_000
	// contenders is how many ideas it can add to, the best first.
	contenders = 1_000
)

// best gives up to limit ideas of the teams that have a score, the highest
// first. cluesOf is asked once for each language of the teams, with the
// readings of those that have their own synonyms.
func (x *index) best(teams []pipeline.TeamKey, limit int, cluesOf func(*lexicon, []*reading) []clue) []ranked {
	if limit < 1 {
		return nil
	}
	wanted := make([]bool, len(x.readings))
	var spoken []*lexicon
	own := map[*lexicon][]*reading{}
	for _, team := range teams {
		n, known := x.current[team]
		if !known || wanted[n] {
			continue
		}
		wanted[n] = true
		r := x.readings[n]
		if !slices.Contains(spoken, r.lexicon) {
			spoken = append(spoken, r.lexicon)
		}
		if len(r.own) > 0 {
			own[r.lexicon] = append(own[r.lexicon], r)
		}
	}
	s := x.sheet()
	defer x.reuse(s)
	for _, lex := range spoken { // no idea gets a score from two of them
		x.add(s, lex, cluesOf(lex, own[lex]), wanted)
	}
	best := x.highest(s, limit)
	found := make([]ranked, len(best))
	for i, n := range best {
		found[i] = ranked{x.key(n), s.scores[n]}
	}
	return found
}

func (x *index) key(doc uint32) pipeline.Key {
	return pipeline.Key{Team: x.readings[x.docs[doc].reading].team, Number: int(x.docs[doc].number)}
}

// add adds up what the clues are worth to the ideas that are wanted.
func (x *index) add(s *sheet, lex *lexicon, clues []clue, wanted []bool) {
	clues = slices.DeleteFunc(clues, func(c clue) bool { return len(c.list) == 0 })
	slices.SortFunc(clues, func(a, b clue) int { // in order, as sums depend on it
		return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(a.word, b.word))
	})
	from, left := len(s.hits), postingsMost
	for i, c := range clues {
		if left -= len(c.list); left < 0 && i > 0 {
			few := s.contending(s.hits[from:])
			for _, c := range clues[i:] {
				x.addTo(s, lex, c, few)
			}
			return
		}
		x.addAll(s, lex, c, wanted)
	}
}

// addAll adds what the clue is worth to every idea that has it and is wanted.
func (x *index) addAll(s *sheet, lex *lexicon, c clue, wanted []bool) {
	damped := lex.damping()
	s.looked += len(c.list)
	for _, p := range c.list {
		n := p >> 8
		d := x.docs[n]
		if d.length == 0 || !wanted[d.reading] {
			continue
		}
		if s.scores[n] == 0 {
			s.hits = append(s.hits, uint32(n))
		}
		s.scores[n] += c.worth * damped.share(p, d)
	}
}

// addTo adds what the clue is worth to those of the docs that have it. docs and
// postings are in the order of their numbers.
func (x *index) addTo(s *sheet, lex *lexicon, c clue, docs []uint32) {
	damped := lex.damping()
	rest := c.list
	for _, n := range docs {
		step := 1
		for step < len(rest) && uint32(rest[step]>>8) <= n {
			step *= 2
		}
		at, found := slices.BinarySearchFunc(rest[:min(step, len(rest))], n, func(p posting, n uint32) int { return cmp.Compare(uint32(p>>8), n) })
		s.looked += bits.Len(uint(step))
		rest = rest[at:]
		if found {
			s.scores[n] += c.worth * damped.share(rest[0], x.docs[n])
		}
	}
}

// contending gives the contenders with the highest scores among the docs, in the
// order of their numbers.
func (s *sheet) contending(docs []uint32) []uint32 {
	const steps = 1024
	var most float32
	for _, n := range docs {
		most = max(most, s.scores[n])
	}
	step := func(n uint32) int { return int(s.scores[n] / most * (steps - 1)) }
	var counts [steps]int
	for _, n := range docs {
		counts[step(n)]++
	}
	cut, kept := steps, 0 // the steps from cut on are kept whole
	for cut > 0 && kept+counts[cut-1] <= contenders {
		cut--
		kept += counts[cut]
	}
	few := make([]uint32, 0, contenders)
	for _, n := range docs {
		switch at := step(n); {
		case at >= cut:
			few = append(few, n)
		case at == cut-1 && kept < contenders: // as many as there is room for
			few = append(few, n)
			kept++
		}
	}
	slices.Sort(few)
	return few
}

// highest gives the limit best hits, the best first; of two with the same score,
// the newer one.
func (x *index) highest(s *sheet, limit int) []uint32 {
	best := make([]uint32, 0, limit+1)
	compare := func(a, b uint32) int {
		switch {
		case s.scores[a] > s.scores[b]:
			return -1
		case s.scores[a] < s.scores[b]:
			return 1
		}
		one, other := x.docs[a], x.docs[b]
		return cmp.Or(cmp.Compare(other.number, one.number), cmp.Compare(x.readings[one.reading].team, x.readings[other.reading].team))
	}
	for _, n := range s.hits {
		if len(best) == limit {
			if compare(best[limit-1], n) <= 0 {
				continue
			}
			best = best[:limit-1]
		}
		at, _ := slices.BinarySearchFunc(best, n, compare)
		best = slices.Insert(best, at, n)
	}
	return best
}

// sheet gives one with no scores.
func (x *index) sheet() *sheet {
	if s, ok := x.sheets.Get().(*sheet); ok && cap(s.scores) >= len(x.docs) {
		s.scores = s.scores[:len(x.docs)]
		return s
	}
	return &sheet{scores: make([]float32, len(x.docs), len(x.docs)+len(x.docs)/8)}
}

// reuse keeps the sheet for another query.
func (x *index) reuse(s *sheet) {
	for _, n := range s.hits {
		s.scores[n] = 0
	}
	s.hits, s.looked = s.hits[:0], 0
	x.sheets.Put(s)
}
