package drawing

import "golang.org/x/text/unicode/bidi"

// Text is laid out by the Unicode Bidirectional Algorithm (UAX #9). The characters
// that embed, override and isolate are taken out of text before it is drawn, so a
// line is one run of the algorithm, and these are its rules for that case.

// readsRightToLeft tells the direction of a paragraph: that of its first letter.
func readsRightToLeft(text []rune) bool {
	for _, r := range text {
		switch classOf(r) {
		case bidi.L:
			return false
		case bidi.R, bidi.AL:
			return true
		}
	}
	return false
}

func classOf(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// levelsOf gives each rune of a line its level: even ones read from left to right,
// odd ones from right to left, higher ones inside lower ones.
func levelsOf(text []rune, rtl bool) []int {
	base, side := 0, bidi.L
	if rtl {
		base, side = 1, bidi.R
	}
	classes := make([]bidi.Class, len(text))
	plain := !rtl
	for i, r := range text {
		classes[i] = classOf(r)
		switch classes[i] {
		case bidi.R, bidi.AL, bidi.AN:
			plain = false
		}
	}
	levels := make([]int, len(text))
	if plain {
		return levels
	}
	original := append([]bidi.Class(nil), classes...)
	resolveWeak(classes, side)
	resolveBrackets(text, classes, original, side)
	resolveNeutral(classes, side)
	for i, c := range classes {
		levels[i] = base
		switch {
		case base == 0 && c == bidi.R:
			levels[i] = 1
		case base == 0 && (c == bidi.AN || c == bidi.EN):
			levels[i] = 2
		case base == 1 && c != bidi.R:
			levels[i] = 2
		}
	}
	// L1: space at the end and separators are of the line, not of the text.
	for i, trailing := len(text)-1, true; i >= 0; i-- {
		switch original[i] {
		case bidi.WS, bidi.BN:
			if trailing {
				levels[i] = base
			}
		case bidi.S, bidi.B:
			levels[i], trailing = base, true
		default:
			trailing = false
		}
	}
	return levels
}

// resolveWeak is the rules W1 to W7.
func resolveWeak(classes []bidi.Class, side bidi.Class) {
	before := side
	for i, c := range classes { // W1; BN goes with what it follows
		if c == bidi.NSM || c == bidi.BN {
			classes[i] = before
		}
		before = classes[i]
	}
	strong := side
	for i, c := range classes { // W2, W3
		switch c {
		case bidi.L, bidi.R:
			strong = c
		case bidi.AL:
			strong, classes[i] = c, bidi.R
		case bidi.EN:
			if strong == bidi.AL {
				classes[i] = bidi.AN
			}
		}
	}
	for i := 1; i+1 < len(classes); i++ { // W4
		last, next := classes[i-1], classes[i+1]
		if last == next && (last == bidi.EN && (classes[i] == bidi.ES || classes[i] == bidi.CS) || last == bidi.AN && classes[i] == bidi.CS) {
			classes[i] = last
		}
	}
	for i := 0; i < len(classes); i++ { // W5, W6
		switch classes[i] {
		case bidi.ET:
			end := i
			for end < len(classes) && classes[end] == bidi.ET {
				end++
			}
			to := bidi.ON
			if i > 0 && classes[i-1] == bidi.EN || end < len(classes) && classes[end] == bidi.EN {
				to = bidi.EN
			}
			for ; i < end; i++ {
				classes[i] = to
			}
			i--
		case bidi.ES, bidi.CS:
			classes[i] = bidi.ON
		}
	}
	strong = side
	for i, c := range classes { // W7
		switch c {
		case bidi.L, bidi.R:
			strong = c
		case bidi.EN:
			if strong == bidi.L {
				classes[i] = bidi.L
			}
		}
	}
}

// bracketPairs are opening brackets with their closing ones.
var bracketPairs = map[rune]rune{
	'(': ')', '[': ']', '{': '}', '⁅': '⁆', '⁽': '⁾', '₍': '₎', '⟨': '⟩', '⟦': '⟧', '⟪': '⟫',
	'〈': '〉', '《': '》', '「': '」', '『': '』', '【': '】', '〔': '〕', '〖': '〗', '（': '）', '［': '］', '｛': '｝',
}

// resolveBrackets is the rule N0: a pair of brackets goes with what is in it.
func resolveBrackets(text []rune, classes, original []bidi.Class, side bidi.Class) {
	type open struct {
		closing rune
		at      int
	}
	const deepest = 63 // as UAX #9 has it
	var stack []open
	pairs := map[int]int{} // from opening to closing
	for i, r := range text {
		if classes[i] != bidi.ON {
			continue
		}
		if closing, ok := bracketPairs[r]; ok {
			if len(stack) == deepest {
				break
			}
			stack = append(stack, open{closing, i})
			continue
		}
		for j := len(stack) - 1; j >= 0; j-- {
			if stack[j].closing == r {
				pairs[stack[j].at] = i
				stack = stack[:j]
				break
			}
		}
	}
	for from := range text {
		to, ok := pairs[from]
		if !ok {
			continue
		}
		within := bidi.ON // what strong direction is inside
		for _, c := range classes[from+1 : to] {
			if d := strongOf(c); d == side {
				within = side
				break
			} else if d != bidi.ON {
				within = d
			}
		}
		if within == bidi.ON {
			continue
		}
		if within != side {
			context := side
			for i := from - 1; i >= 0; i-- {
				if d := strongOf(classes[i]); d != bidi.ON {
					context = d
					break
				}
			}
			within = context
		}
		for _, at := range []int{from, to} {
			classes[at] = within
			for i := at + 1; i < len(text) && original[i] == bidi.NSM; i++ {
				classes[i] = within
			}
		}
	}
}

// resolveNeutral is the rules N1 and N2: what has no direction takes that of both
// its neighbours, or that of the line.
func resolveNeutral(classes []bidi.Class, side bidi.Class) {
	before := side
	for i := 0; i < len(classes); i++ {
		if d := strongOf(classes[i]); d != bidi.ON {
			before = d
			continue
		}
		end := i
		for end < len(classes) && strongOf(classes[end]) == bidi.ON {
			end++
		}
		after := side
		if end < len(classes) {
			after = strongOf(classes[end])
		}
		to := side
		if before == after {
			to = before
		}
		for ; i < end; i++ {
			classes[i] = to
		}
		i--
	}
}

// strongOf gives L or R for what has a direction, numbers counting as R, else ON.
func strongOf(c bidi.Class) bidi.Class {
	switch c {
	case bidi.L:
		return bidi.L
	case bidi.R, bidi.AL, bidi.EN, bidi.AN:
		return bidi.R
	}
	return bidi.ON
}

// visualOrder gives the places of runs from left to right (rule L2).
func visualOrder(levels []int) []int {
	order := make([]int, len(levels))
	highest := 0
	for i, level := range levels {
		order[i] = i
		highest = max(highest, level)
	}
	for level := highest; level > 0; level-- {
		for i := 0; i < len(order); i++ {
			end := i
			for end < len(order) && levels[order[end]] >= level {
				end++
			}
			for a, b := i, end-1; a < b; a, b = a+1, b-1 {
				order[a], order[b] = order[b], order[a]
			}
			i = max(i, end-1)
		}
	}
	return order
}
