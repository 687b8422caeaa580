package pipeline

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// CleanLine is the one form in which a line that somebody typed is stored:
// valid UTF-8 in NFC, without control characters, line breaks turned into
// spaces, runs of space folded, and direction overrides made harmless.
// Everything a person can see stays as typed.
func CleanLine(s string) string {
	return strings.Join(strings.Fields(clean(s, false)), " ")
}

// CleanText is CleanLine for several lines: line breaks stay, at most one
// empty line in a row, no space at the ends.
func CleanText(s string) string {
	var kept []string
	blank := 0
	for line := range strings.Lines(clean(s, true)) {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line == "" {
			blank++
			if blank > 1 {
				continue
			}
		} else {
			blank = 0
		}
		kept = append(kept, line)
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}

func clean(s string, lines bool) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines:
			return r
		case r == '\n', r == '\r', r == '\t', r == '\u2028', r == '\u2029', r == '\v', r == '\f':
			if lines && r != '\t' {
				return '\n'
			}
			return ' '
		case unicode.IsControl(r), isDirectionOverride(r), r == '\uFEFF':
			return -1
		}
		return r
	}, s)
	if norm.NFC.QuickSpanString(s) == len(s) {
		return s
	}
	return norm.NFC.String(s)
}

// isDirectionOverride reports the characters that can reorder the text around
// them (the "Trojan Source" set). Text written right to left needs none of
// them: its letters carry their direction.
func isDirectionOverride(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// HasVisible tells whether anything in s would be seen by a reader.
func HasVisible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsSpace(r) && !unicode.In(r, unicode.Cf, unicode.Cc, unicode.Mn, unicode.Me) && !isBlank(r)
	})
}

// isBlank reports letters and symbols that are drawn as nothing.
func isBlank(r rune) bool {
	switch r {
	case '\u115F', '\u1160', '\u17B4', '\u17B5', '\u180E', '\u2800', '\u3164', '\uFFA0':
		return true
	}
	return false
}

// Length counts characters as Slack does when it applies a limit: runes.
func Length(s string) int { return utf8.RuneCountInString(s) }

// Cut shortens s to at most limit runes without splitting what a reader sees
// as one character, and marks the cut with an ellipsis.
func Cut(s string, limit int) string {
	if Length(s) <= limit {
		return s
	}
	if limit <= 0 {
		return ""
	}
	var out strings.Builder
	left := limit - 1 // the ellipsis
	for character := range Characters(s) {
		size := utf8.RuneCountInString(character)
		if size > left {
			break
		}
		out.WriteString(character)
		left -= size
	}
	return strings.TrimRightFunc(out.String(), unicode.IsSpace) + "…"
}

// BreakAddresses are pairs for a strings.Replacer that put an invisible joiner into what
// begins an address, "www." and "mailto:", in whatever case it is typed.
func BreakAddresses(joiner string) (pairs []string) {
	for begins, broken := range map[string]string{"www.": joiner + ".", "mailto:": joiner + ":" + joiner} {
		word := begins[:len(begins)-1]
		for cases := range 1 << len(word) {
			typed := []byte(word)
			for i := range typed {
				if cases>>i&1 == 1 {
					typed[i] -= 'a' - 'A'
				}
			}
			pairs = append(pairs, string(typed)+begins[len(begins)-1:], string(typed)+broken)
		}
	}
	return pairs
}
