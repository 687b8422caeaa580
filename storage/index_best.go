package storage

import (
	"cmp"
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
	runs []peaks // of a frequent word
	// worth is more than the word can add to the score of any idea.
	worth float32
}

func (c clue) frequent() bool { return c.runs != nil }

// sheet is where one query adds up scores.
type sheet struct {
	wanted   []bool // by the number of a reading
	readings uint64 // a bit for each that is wanted, see readingBit
	limit    int
	best     []scored  // up to limit, the best first
	scores   []float32 // of each doc; scoredBefore for those that are done
	rare     []uint32  // the docs that have a word that is not frequent
	some     []uint32  // docs that are scored together
	looked   int       // postings that were looked at closely, not only passed
}

// scored is a doc with its score.
type scored struct {
	doc   uint32
	score float32
}

const scoredBefore = -1

func (s *sheet) full() bool { return len(s.best) == s.limit }

// best gives up to limit ideas of the teams that have a score, the highest
// first; of two with the same score, the newer one. cluesOf is asked once for each
// language of the teams, with the readings of those that have their own synonyms.
func (x *index) best(teams []pipeline.TeamKey, limit int, cluesOf func(*lexicon, []*reading) []clue) []ranked {
	if limit < 1 {
		return nil
	}
	s := x.sheet(limit)
	defer x.reuse(s)
	var spoken []*lexicon
	own := map[*lexicon][]*reading{}
	for _, team := range teams {
		n, known := x.current[team]
		if !known || s.wanted[n] {
			continue
		}
		s.wanted[n] = true
		s.readings |= readingBit(n)
		r := x.readings[n]
		if !slices.Contains(spoken, r.lexicon) {
			spoken = append(spoken, r.lexicon)
		}
		if len(r.own) > 0 {
			own[r.lexicon] = append(own[r.lexicon], r)
		}
	}
	for _, lex := range spoken { // no idea gets a score from two of them
		x.rank(s, lex, cluesOf(lex, own[lex]))
	}
	found := make([]ranked, len(s.best))
	for i, b := range s.best {
		found[i] = ranked{x.key(b.doc), b.score}
	}
	return found
}

func (x *index) key(doc uint32) pipeline.Key {
	return pipeline.Key{Team: x.readings[x.docs[doc].reading].team, Number: int(x.docs[doc].number)}
}

// rank scores the ideas that have one of the words, as far as they may be among the
// best: first all that have a rare one, then of the others those that frequent words
// alone may bring so far. Clues are summed up in one order, as sums depend on it.
func (x *index) rank(s *sheet, lex *lexicon, clues []clue) {
	clues = slices.DeleteFunc(clues, func(c clue) bool { return len(c.list) == 0 })
	slices.SortFunc(clues, inOrder)
	rare := clues
	if at := slices.IndexFunc(clues, clue.frequent); at >= 0 {
		rare = clues[:at]
	}
	frequent := clues[len(rare):]
	by := lex.damping()
	before := len(s.rare)
	for _, c := range rare {
		x.addAll(s, by, c)
	}
	docs := s.rare[before:]
	if len(frequent) > 0 {
		slices.Sort(docs)
	}
	for _, c := range frequent {
		x.addTo(s, by, c.worth, c.list, docs)
	}
	for _, n := range docs {
		x.offer(s, n)
		s.scores[n] = scoredBefore
	}
	x.walk(s, by, frequent)
}

// inOrder puts rare words before frequent ones, and what is worth the most first.
func inOrder(a, b clue) int {
	if a.frequent() != b.frequent() {
		if b.frequent() {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(a.word, b.word))
}

// wants tells whether the doc is an idea of one of the teams.
func (x *index) wants(s *sheet, doc uint32) bool {
	d := x.docs[doc]
	return d.length > 0 && s.wanted[d.reading]
}

// addAll adds what the clue is worth to every idea that has it and is wanted.
func (x *index) addAll(s *sheet, by damping, c clue) {
	s.looked += len(c.list)
	for _, p := range c.list {
		n := uint32(p >> 8)
		d := x.docs[n]
		if d.length == 0 || !s.wanted[d.reading] {
			continue
		}
		if s.scores[n] == 0 {
			s.rare = append(s.rare, n)
		}
		s.scores[n] += c.worth * by.share(p, d)
	}
}

// addTo adds what a word is worth to those of the docs that have it. docs and
// postings are in the order of their numbers.
func (x *index) addTo(s *sheet, by damping, worth float32, list []posting, docs []uint32) {
	s.looked += min(len(docs), len(list))
	for _, n := range docs {
		if list = postingsFrom(list, n); len(list) == 0 {
			return
		}
		if uint32(list[0]>>8) == n {
			s.scores[n] += worth * by.share(list[0], x.docs[n])
		}
	}
}

// postingsFrom gives the postings of the doc and those after it, in steps that double.
func postingsFrom(list []posting, doc uint32) []posting {
	least := posting(doc << 8)
	if len(list) == 0 || list[0] >= least {
		return list
	}
	before, step := 0, 1
	for before+step < len(list) && list[before+step] < least {
		before += step
		step *= 2
	}
	low, high := before+1, min(before+step, len(list))
	for low < high {
		if middle := (low + high) / 2; list[middle] < least {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return list[low:]
}

// compare puts the better one first; of two with the same score, the newer one.
func (x *index) compare(a, b scored) int {
	if a.score != b.score {
		return cmp.Compare(b.score, a.score)
	}
	one, other := x.docs[a.doc], x.docs[b.doc]
	return cmp.Or(cmp.Compare(other.number, one.number), cmp.Compare(x.readings[one.reading].team, x.readings[other.reading].team))
}

// offer takes a doc with its score among the best, if it is one of them.
func (x *index) offer(s *sheet, doc uint32) {
	one := scored{doc, s.scores[doc]}
	if s.full() {
		if x.compare(s.best[s.limit-1], one) <= 0 {
			return
		}
		s.best = s.best[:s.limit-1]
	}
	at, _ := slices.BinarySearchFunc(s.best, one, x.compare)
	s.best = slices.Insert(s.best, at, one)
}

// sheet gives one with no scores.
func (x *index) sheet(limit int) *sheet {
	s, ok := x.sheets.Get().(*sheet)
	if !ok || cap(s.scores) < len(x.docs) {
		s = &sheet{scores: make([]float32, len(x.docs), len(x.docs)+len(x.docs)/8)}
	}
	s.scores = s.scores[:len(x.docs)]
	s.wanted = append(s.wanted[:0], make([]bool, len(x.readings))...)
	s.limit, s.readings = limit, 0
	return s
}

// reuse keeps the sheet for another query.
func (x *index) reuse(s *sheet) {
	for _, n := range s.rare {
		s.scores[n] = 0
	}
	s.rare, s.best, s.looked = s.rare[:0], s.best[:0], 0
	x.sheets.Put(s)
}
