package storage

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Two words are alike when one is a slip of the keyboard away from the other,
// or when one is in the other as in a compound or before an ending.
const (
	slipLikeness     = 0.8
	compoundLikeness = 0.7
	// Shorter words, in runes, are alike by chance.
	likeFrom = 5
	// likeLimit bounds how many words one word may be taken for.
	likeLimit = 12
)

// entry is a word of the vocabulary.
type entry struct {
	word string
	// letters has a bit for every pair of neighbours in the word, and its first
	// byte in the upper eight.
	letters uint64
}

// pairBits is how many bits of an entry's letters are pairs.
const pairBits = 56

// pairsOf gives an entry's letters: words that share few bits cannot be alike.
func pairsOf(word string) (letters uint64) {
	for i := range len(word) - 1 {
		letters |= 1 << ((uint(word[i])*31 + uint(word[i+1])) % pairBits)
	}
	if word != "" {
		letters |= uint64(word[0]) << pairBits
	}
	return letters
}

// nearPairs tells whether words with those letters can be alike: a compound has
// all pairs of its parts, and a slip, which leaves the first letter, takes three
// pairs at most and brings as many.
func nearPairs(a, b uint64) bool {
	const pairs = 1<<pairBits - 1
	lacks, adds := a&^b&pairs, b&^a&pairs
	return lacks == 0 || adds == 0 || a>>pairBits == b>>pairBits && bits.OnesCount64(lacks) <= 3 && bits.OnesCount64(adds) <= 3
}

// alike tells how much two different words are alike, from 0 to 1.
func alike(a, b string) float64 {
	short, long := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	if short > long {
		a, b, short, long = b, a, long, short
	}
	if short < likeFrom {
		return 0
	}
	first, _ := utf8.DecodeRuneInString(a)
	other, _ := utf8.DecodeRuneInString(b)
	switch {
	case isSpaceless(first) || isSpaceless(other):
		return 0
	case unicode.IsDigit(first) && unicode.IsDigit(other): // another number is no slip
		return 0
	case strings.HasPrefix(b, a) || strings.HasSuffix(b, a):
		return compoundLikeness
	case first != other:
		return 0
	case long-short <= 1 && slip(a, b):
		return slipLikeness
	case short >= 8 && commonPrefix(a, b) >= long*2/3:
		return compoundLikeness
	}
	return 0
}

// commonPrefix counts the runes that both begin with.
func commonPrefix(a, b string) (n int) {
	for a != "" && b != "" {
		x, wide := utf8.DecodeRuneInString(a)
		y, other := utf8.DecodeRuneInString(b)
		if x != y {
			break
		}
		a, b = a[wide:], b[other:]
		n++
	}
	return n
}

// slip tells whether one letter added, left out, put for another or in the
// wrong place makes b of a, which has no more letters than b.
func slip(a, b string) bool {
	n := commonPrefix(a, b)
	x, y := []rune(a)[n:], []rune(b)[n:]
	switch len(y) - len(x) {
	case 0:
		return len(x) > 0 && (slices.Equal(x[1:], y[1:]) || len(x) > 1 && x[0] == y[1] && x[1] == y[0] && slices.Equal(x[2:], y[2:]))
	case 1:
		return slices.Equal(x, y[1:])
	}
	return false
}
