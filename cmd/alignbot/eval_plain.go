package main

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// plain is BM25 as textbooks have it, on title and problem: what the ranking of
// alignbot is measured against. Words are as written but for their case; of
// scripts without spaces between words, pairs of neighbours.
// https://en.wikipedia.org/wiki/Okapi_BM25
type plain struct {
	docs    []map[string]int
	lengths []int
	average float64
	having  map[string]int
}

// The usual constants of BM25.
const (
	plainK = 1.2
	plainB = 0.75
)

func newPlain(ideas []wish) *plain {
	p := &plain{having: map[string]int{}}
	all := 0
	for _, idea := range ideas {
		counts := map[string]int{}
		words := plainWords(idea.Title + "\n" + idea.Problem)
		for _, word := range words {
			if counts[word]++; counts[word] == 1 {
				p.having[word]++
			}
		}
		p.docs = append(p.docs, counts)
		p.lengths = append(p.lengths, len(words))
		all += len(words)
	}
	p.average = float64(all) / float64(max(len(ideas), 1))
	return p
}

// rank gives the places of the ideas that share a word, the best first.
func (p *plain) rank(asked wish) []int {
	found := inOrder(p.scores(asked))
	return found[:min(len(found), askedFor)]
}

// inOrder gives the places of the scores above 0, the highest first.
func inOrder(scores []float64) []int {
	var found []int
	for n, score := range scores {
		if score > 0 {
			found = append(found, n)
		}
	}
	slices.SortStableFunc(found, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	return found
}

// scores are those of the ideas, in their order; 0 without a shared word.
func (p *plain) scores(asked wish) []float64 {
	scores := make([]float64, len(p.docs))
	words := plainWords(asked.Title + "\n" + asked.Problem)
	for n, counts := range p.docs {
		for _, word := range words {
			if count := float64(counts[word]); count > 0 {
				rarity := math.Log(1 + (float64(len(p.docs)-p.having[word])+0.5)/(float64(p.having[word])+0.5))
				scores[n] += rarity * count * (plainK + 1) / (count + plainK*(1-plainB+plainB*float64(p.lengths[n])/p.average))
			}
		}
	}
	return scores
}

func plainWords(text string) []string {
	var words []string
	for _, run := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != 'ー' }) {
		runes := []rune(run)
		if len(runes) == 1 || !unicode.In(runes[0], unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai) {
			words = append(words, run)
			continue
		}
		for i := range len(runes) - 1 {
			words = append(words, string(runes[i:i+2]))
		}
	}
	return words
}
