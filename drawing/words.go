package drawing

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Pieces of sentences, and numbers.

// counted words a number of things: "no ideas", "1 idea", "3 ideas".
func counted(n int, one, several string) string {
	switch n {
	case 0:
		return "no " + several
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

// capital begins a sentence.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// named is the name of a thing, else its key.
func named(name, key string) string {
	if name != "" {
		return name
	}
	return key
}

// share of the whole, from 0 to 1; 0 of nothing.
func share(part, whole int) float64 {
	if whole <= 0 {
		return 0
	}
	return min(1, max(0, float64(part)/float64(whole)))
}
