package storage

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"alignbot/pipeline"
)

// Ideas like a given one are found in two steps. The index proposes those that
// share the most words with it, and of these the texts are compared: how much of
// what the one says the other says too, and in the same words side by side.
// People tell the same wish in different lengths, so BM25 alone, which pays for
// every word again, comes to count little. The numbers were chosen on the labelled
// repeats that docs/similar.md describes, and moving any of them a little
// changes little.
const (
	// What a word of the title counts, against 1 for another.
	askTitle = 1.2
	// How much a word of any wish counts.
	askWeak = 0.5
	// What another word for the same is worth, and one spelt nearly so.
	askMeaning = 0.9
	askNear    = 0.8
	// askWords bounds the words of a question, the rarest first; askNears those
	// that are looked for in other spellings too.
	askWords = 32
	askNears = 8
	// compareMost bounds what is compared of one idea beside its title, in runes:
	// what somebody wishes comes first, and the comparison must not take long.
	compareMost = 1000

	// What makes two ideas like each other.
	likeCoverage = 1.0 // of the question by the idea
	likeReverse  = 0.1 // of the idea by the question
	likePairs    = 0.2 // of words side by side, up to pairsEnough
	likeProposed = 0.1 // the score of the index
	likeAll      = likeCoverage + likeReverse + likePairs + likeProposed
	pairsEnough  = 3
)

// question is an idea that others are compared with, as one team reads it.
type question struct {
	*reading
	said  saying // the words that count the most, in that order
	pairs map[[2]string]bool
	// answer is what the other idea says; made once, and used for one after the
	// other.
	answer saying
	// highest score that the index can give for words that are written the same.
	highest float64
	weights map[string]float64 // of stems, as far as they were needed
}

// weighed is a word with what it counts.
type weighed struct {
	term
	weight float64
}

func (x *index) ask(r *reading, title, rest []term) *question {
	q := &question{reading: r, said: newSaying(), answer: newSaying(), pairs: map[[2]string]bool{}, weights: map[string]float64{}}
	title, rest = r.understand(slices.Clone(title), r.own), r.understand(slices.Clone(rest), r.own)
	for _, text := range [][]term{title, rest} {
		for i := range max(len(text)-1, 0) {
			q.pairs[pairOf(text[i], text[i+1])] = true
		}
	}
	q.weigh(x, &q.said, title, rest)
	q.said.keep(askWords)
	for _, w := range q.said.words {
		q.highest += w.weight * (bm25K + 1)
	}
	return q
}

// readIdea gives the words of an idea, those of the title apart, up to
// compareMost runes of the rest. No phrase goes over from one text to the next.
func (lex *lexicon) readIdea(idea pipeline.Idea) (title, rest []term) {
	left := compareMost
	for _, text := range []string{idea.Problem, idea.Measure, idea.Evidence} {
		text = firstRunes(text, left)
		left -= utf8.RuneCountInString(text)
		rest = append(lex.appendTerms(rest, text), term{})
	}
	return lex.appendTerms(nil, idea.Title), rest
}

// weigh fills the saying with each word once and its weight: how rare it is, and
// where it stands.
func (q *question) weigh(x *index, said *saying, title, rest []term) {
	said.words = said.words[:0]
	clear(said.at)
	for i, t := range slices.Concat(title, rest) {
		if first, known := said.at[t.stem]; known {
			if w := &said.words[first]; !containsAll(w.meanings, t.meanings) {
				w.meanings = slices.Concat(w.meanings, t.meanings)
			}
			continue
		}
		said.at[t.stem] = len(said.words)
		weight, known := q.weights[t.stem]
		if !known {
			weight = q.weight(x.docs, t.stem)
			q.weights[t.stem] = weight
		}
		if i < len(title) {
			weight *= askTitle
		}
		if t.weak {
			weight *= askWeak
		}
		said.words = append(said.words, weighed{t, weight})
	}
	said.look()
}

func containsAll(all, some []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

// proposal is an idea that shares words with a question.
type proposal struct {
	ranked
	question *question
}

// propose gives up to limit ideas that share words with the given one.
func (x *index) propose(idea pipeline.Idea, teams []pipeline.TeamKey, limit int) []proposal {
	questions := map[*reading]*question{} // of those with their own synonyms for it
	common := map[*lexicon]*question{}
	found := x.best(teams, limit, func(lex *lexicon, readings []*reading) []clue {
		title, rest := lex.readIdea(idea)
		q := x.ask(&reading{lexicon: lex}, title, rest)
		common[lex] = q
		clues := q.clues(x)
		for _, r := range readings {
			if r.own.in(title) || r.own.in(rest) {
				questions[r] = x.ask(r, title, rest)
				clues = append(clues, questions[r].ownClues(x)...)
			}
		}
		return clues
	})
	proposals := make([]proposal, len(found))
	for i, f := range found {
		r := x.readings[x.current[f.key.Team]]
		proposals[i] = proposal{f, cmp.Or(questions[r], common[r.lexicon])}
	}
	return proposals
}

// clues are what the index is asked for: the words, the nearest to those that may
// be a slip, and what they stand for.
func (q *question) clues(x *index) []clue {
	var clues []clue
	var slips []string
	var weights []float64
	for i, w := range q.said.words {
		clues = append(clues, q.clue(w.stem, w.weight))
		if i < askNears && !w.weak && q.mayBeASlip(x.docs, w.stem) {
			slips = append(slips, w.stem)
			weights = append(weights, w.weight)
		}
	}
	for i, list := range q.near(slips...) {
		for _, near := range list {
			clues = append(clues, q.clue(near.word, min(weights[i], q.weight(x.docs, near.word))*near.likeness*askNear))
		}
	}
	return append(clues, q.meant(x, func(string) bool { return true })...)
}

// ownClues are those of the team's own synonyms.
func (q *question) ownClues(x *index) []clue {
	return q.meant(x, isOwnMeaning)
}

// meant gives a clue for each meaning that is wanted.
func (q *question) meant(x *index, wanted func(string) bool) (clues []clue) {
	weights := map[string]float64{}
	for _, w := range q.said.words {
		for _, meaning := range w.meanings {
			weights[meaning] = max(weights[meaning], w.weight)
		}
	}
	for meaning, weight := range weights {
		if wanted(meaning) {
			clues = append(clues, q.clue(meaning, min(weight, q.weight(x.docs, meaning))*askMeaning))
		}
	}
	return clues
}

// likeness of an idea with the question, from 0 to 1. proposed is the score that
// the index gave it.
func (q *question) likeness(x *index, idea pipeline.Idea, proposed float64) float64 {
	title, rest := q.readIdea(idea)
	title, rest = q.understand(title, q.own), q.understand(rest, q.own)
	q.weigh(x, &q.answer, title, rest)
	return (likeCoverage*q.answer.coverage(q.said.words) +
		likeReverse*q.said.coverage(q.answer.words) +
		likePairs*q.sharedPairs(title, rest) +
		likeProposed*min(proposed/max(q.highest, 1e-9), 1)) / likeAll
}

// sharedPairs tells how many pairs of neighbours the texts share with the
// question, from 0 to 1 for enough.
func (q *question) sharedPairs(texts ...[]term) float64 {
	shared := map[[2]string]bool{}
	for _, text := range texts {
		for i := range max(len(text)-1, 0) {
			if pair := pairOf(text[i], text[i+1]); q.pairs[pair] {
				shared[pair] = true
			}
		}
	}
	return min(float64(len(shared))/pairsEnough, 1)
}

// pairOf is the same in either order: "dark mode", "a mode that is dark".
func pairOf(a, b term) [2]string {
	return [2]string{min(a.stem, b.stem), max(a.stem, b.stem)}
}

// saying is what a text says, to look words up in.
type saying struct {
	words    []weighed      // each stem once
	at       map[string]int // their places, by their stems
	meanings map[string]bool
	long     []entry // words that others can be alike to
}

func newSaying() saying { return saying{at: map[string]int{}, meanings: map[string]bool{}} }

// look fills what words are looked up in beside their stems.
func (s *saying) look() {
	clear(s.meanings)
	s.long = s.long[:0]
	for _, w := range s.words {
		for _, meaning := range w.meanings {
			s.meanings[meaning] = true
		}
		if len(w.stem) >= likeFrom && !w.weak {
			s.long = append(s.long, entry{w.stem, pairsOf(w.stem)})
		}
	}
}

// keep keeps up to limit words, those of the most weight.
func (s *saying) keep(limit int) {
	slices.SortStableFunc(s.words, func(a, b weighed) int { return cmp.Compare(b.weight, a.weight) })
	s.words = s.words[:min(len(s.words), limit)]
	clear(s.at)
	for i, w := range s.words {
		s.at[w.stem] = i
	}
	s.look()
}

// coverage tells how much of the words is said, by weight, from 0 to 1.
func (s *saying) coverage(words []weighed) float64 {
	var covered, all float64
	for _, w := range words {
		covered += w.weight * s.degree(w.term)
		all += w.weight
	}
	return covered / max(all, 1e-9)
}

// degree to which a word is said, from 0 to 1.
func (s *saying) degree(t term) float64 {
	if _, said := s.at[t.stem]; said {
		return 1
	}
	for _, meaning := range t.meanings {
		if s.meanings[meaning] {
			return askMeaning
		}
	}
	best := 0.0
	if len(t.stem) >= likeFrom && !t.weak {
		letters := pairsOf(t.stem)
		for _, e := range s.long {
			if nearPairs(letters, e.letters) {
				best = max(best, alike(t.stem, e.word))
			}
		}
	}
	return best * askNear
}
