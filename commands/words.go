package commands

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pieces of sentences.

// counted is a number of things: "1 idea", "3 ideas".
func counted(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + several
}

// capital begins a line with a capital letter.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// joinWith puts between where there is something on both sides; b is never "".
func joinWith(a, b, between Mrkdwn) Mrkdwn {
	if a == "" {
		return b
	}
	return a + between + b
}

// lowerFirst takes the capital away from one of our own words.
func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
