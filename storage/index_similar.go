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

// question is an idea that others are compared with, as one language reads it.
type question struct {
	lex   *lexicon
	words []weighed // each stem once
	said  saying    // the words
	pairs map[[2]string]bool
	// highest score that the index can give for words that are written the same.
	highest float64
	weights map[string]float64 // of stems, as far as they were needed
}

// weighed is a word with what it counts.
type weighed struct {
	term
	weight float64
}

func ask(x *index, lex *lexicon, idea pipeline.Idea) *question {
	q := &question{lex: lex, pairs: map[[2]string]bool{}, weights: map[string]float64{}}
	title, rest := lex.readIdea(idea)
	for _, text := range [][]term{title, rest} {
		for i := range max(len(text)-1, 0) {
			q.pairs[pairOf(text[i], text[i+1])] = true
		}
	}
	q.words = q.weigh(x, title, rest)
	slices.SortStableFunc(q.words, func(a, b weighed) int { return cmp.Compare(b.weight, a.weight) })
	q.words = q.words[:min(len(q.words), askWords)]
	q.said = newSaying(q.words)
	for _, w := range q.words {
		q.highest += w.weight * (bm25K + 1)
	}
	return q
}

// readIdea gives the words of an idea, those of the title apart, up to
// compareMost runes of the rest.
func (lex *lexicon) readIdea(idea pipeline.Idea) (title, rest []term) {
	left := compareMost
	for _, text := range []string{idea.Problem, idea.Measure, idea.Evidence} {
		text = firstRunes(text, left)
		left -= utf8.RuneCountInString(text)
		rest = append(rest, lex.read(text)...)
	}
	return lex.read(idea.Title), rest
}

// weigh gives each word once with its weight: how rare it is, and where it
// stands.
func (q *question) weigh(x *index, title, rest []term) []weighed {
	words := make([]weighed, 0, len(title)+len(rest))
	at := make(map[string]int, len(title)+len(rest))
	for i, t := range slices.Concat(title, rest) {
		if first, known := at[t.stem]; known {
			if !containsAll(words[first].meanings, t.meanings) {
				words[first].meanings = slices.Concat(words[first].meanings, t.meanings)
			}
			continue
		}
		at[t.stem] = len(words)
		weight, known := q.weights[t.stem]
		if !known {
			weight = q.lex.weight(x.docs, t.stem)
			q.weights[t.stem] = weight
		}
		if i < len(title) {
			weight *= askTitle
		}
		if t.weak {
			weight *= askWeak
		}
		words = append(words, weighed{t, weight})
	}
	return words
}

func containsAll(all, some []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

// propose gives up to limit ideas that share words with the given one, and the
// questions in the languages of the teams.
func (x *index) propose(idea pipeline.Idea, teams []pipeline.TeamKey, limit int) (map[*lexicon]*question, []ranked) {
	questions := map[*lexicon]*question{}
	found := x.best(teams, limit, func(lex *lexicon, scores []float32) {
		q := ask(x, lex, idea)
		questions[lex] = q
		meanings := map[string]float64{}
		var order []string
		for i, w := range q.words {
			lex.score(x.docs, scores, w.stem, w.weight)
			for _, meaning := range w.meanings {
				if meanings[meaning] == 0 {
					order = append(order, meaning)
				}
				meanings[meaning] = max(meanings[meaning], w.weight)
			}
			if i < askNears && !w.weak && lex.mayBeASlip(x.docs, w.stem) {
				for _, near := range lex.near(w.stem) {
					lex.score(x.docs, scores, near.word, min(w.weight, lex.weight(x.docs, near.word))*near.likeness*askNear)
				}
			}
		}
		for _, meaning := range order { // in order, as sums depend on it
			lex.score(x.docs, scores, meaning, min(meanings[meaning], lex.weight(x.docs, meaning))*askMeaning)
		}
	})
	return questions, found
}

// likeness of an idea with the question, from 0 to 1. proposed is the score that
// the index gave it.
func (q *question) likeness(x *index, idea pipeline.Idea, proposed float64) float64 {
	title, rest := q.lex.readIdea(idea)
	theirs := q.weigh(x, title, rest)
	said := newSaying(theirs)
	return (likeCoverage*said.coverage(q.words) +
		likeReverse*q.said.coverage(theirs) +
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
	stems, meanings map[string]bool
	long            []entry // words that others can be alike to
}

func newSaying(words []weighed) saying {
	s := saying{stems: make(map[string]bool, len(words)), meanings: map[string]bool{}}
	for _, w := range words {
		s.stems[w.stem] = true
		for _, meaning := range w.meanings {
			s.meanings[meaning] = true
		}
		if len(w.stem) >= likeFrom && !w.weak {
			s.long = append(s.long, entry{w.stem, pairsOf(w.stem)})
		}
	}
	return s
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
	if s.stems[t.stem] {
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
