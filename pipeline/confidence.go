package pipeline

import (
	"fmt"
	"strings"
	"unicode"
)

// Confidence is how far the evidence carries, in a word with its reason.
type Confidence struct {
	Word   string // "none", "low", "medium", "high" or "contested"
	Reason string // one sentence
}

// String is what people read: "medium. 3 notes by 2 people, one of what people
// do."
func (c Confidence) String() string {
	return c.Word + ". " + c.Reason
}

// The words of confidence.
const (
	NoConfidence     = "none"      // nothing speaks for it
	LowConfidence    = "low"       // little, or opinions only
	MediumConfidence = "medium"    // several notes, of what people do or of what several said
	HighConfidence   = "high"      // many, more than one of what people do, by more than one person
	Contested        = "contested" // what speaks against it weighs at least half of what speaks for it
)

// weight of one piece of evidence: what people do beats what they say, and
// that beats what somebody thinks.
var weight = map[Strength]int{WhatPeopleDo: 5, WhatPeopleSay: 2, Opinion: 1}

// Confident judges evidence by its kind, its number and its variety.
func Confident(t Tally) Confidence {
	supporting, contradicting := t.Count()
	done, said := t.For[WhatPeopleDo], t.For[WhatPeopleSay]
	c := Confidence{Word: LowConfidence, Reason: reasonOf(t)}
	switch {
	case supporting == 0:
		c.Word = NoConfidence
	case contradicting > 0 && 2*weigh(t.Against) >= weigh(t.For):
		c.Word = Contested
	case supporting >= 5 && done >= 2 && t.Authors >= 2:
		c.Word = HighConfidence
	case supporting >= 3 && (done >= 1 || said >= 3):
		c.Word = MediumConfidence
	}
	return c
}

func weigh(pieces map[Strength]int) int {
	sum := 0
	for _, s := range Strengths() {
		sum += weight[s] * pieces[s]
	}
	return sum
}

func reasonOf(t Tally) string {
	supporting, contradicting := t.Count()
	people := ""
	if t.Authors > 0 {
		people = "by " + amount(t.Authors, "person", "people")
	}
	var reason string
	switch {
	case supporting == 0 && contradicting == 0:
		reason = "no evidence yet"
	case contradicting == 0:
		reason = strings.TrimSpace(amount(supporting, "note", "notes")+" "+people) + kindsOf(t.For, supporting)
	case supporting == 0:
		reason = amount(contradicting, "note", "notes") + " against it" + kindsOf(t.Against, contradicting) + ", and none for it"
	default:
		reason = fmt.Sprintf("%s for it%s; %s against it%s", amount(supporting, "note", "notes"), kindsOf(t.For, supporting),
			amount(contradicting, "", ""), kindsOf(t.Against, contradicting))
		if people != "" {
			reason += "; " + people
		}
	}
	return withInitial(reason, unicode.ToUpper) + "."
}

// kindsOf names the strongest kind among n pieces: ", 2 of what people do".
func kindsOf(pieces map[Strength]int, n int) string {
	for _, s := range []Strength{WhatPeopleDo, WhatPeopleSay} {
		switch count := pieces[s]; {
		case count == 0:
		case n == 1:
			return ", of " + string(s)
		case count == n:
			return ", all of " + string(s)
		default:
			return ", " + amount(count, "", "") + " of " + string(s)
		}
	}
	if n == 1 {
		return ", an opinion"
	}
	return ", all opinions"
}
