package pipeline

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Pieces of sentences.

// amount words a number of things: "one note", "no notes", "3 notes". Without
// nouns the number stands alone.
func amount(n int, one, several string) string {
	switch n {
	case 0:
		return strings.TrimSpace("no " + several)
	case 1:
		return strings.TrimSpace("one " + one)
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", n, several))
}

// amountIs begins a sentence: "One answer is", "3 answers are".
func amountIs(n int, noun string) string {
	if n == 1 {
		return "One " + noun + " is"
	}
	return fmt.Sprintf("%d %ss are", n, noun)
}

// someOf begins a sentence about some of all: "2 of 3 ideas", "1 of 1 idea".
func someOf(n, of int, one, several string) string {
	return fmt.Sprintf("%d of %d %s", n, of, agreeing(of, one, several))
}

// agreeing is the word that goes with a number of things: "is" with 1, "are" with others.
func agreeing(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// isAre ends "there …": "there is 1", "there are 3".
func isAre(n int) string {
	if n == 1 {
		return "is 1"
	}
	return fmt.Sprintf("are %d", n)
}

// enumerate joins words as a sentence does: "a, b and c".
func enumerate(words []string) string { return series(words, " and ") }

// either offers words: "a, b or c".
func either(words []string) string { return series(words, " or ") }

func series(words []string, beforeLast string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + beforeLast + words[last]
}

// listed joins words as a sentence does, at most so many: "a, b and 3 more".
func listed(words []string, most int) string {
	if left := len(words) - most; left > 0 {
		return strings.Join(words[:most], ", ") + fmt.Sprintf(" and %d more", left)
	}
	return enumerate(words)
}

// inQuotes puts questions between quotation marks, shortened to fit a sentence.
func inQuotes(questions []string) []string {
	out := make([]string, len(questions))
	for i, question := range questions {
		out[i] = "“" + Cut(CleanLine(question), 60) + "”"
	}
	return out
}

// withInitial changes the first letter, as to a capital.
func withInitial(s string, change func(rune) rune) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(change(first)) + s[size:]
}

// ShowDay writes a stored day for people: "30 Nov 2026". What is no day is given
// back as it is.
func ShowDay(day string) string {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return ShowDate(date)
}

// ShowDate writes the day of a moment, in the time zone that it carries, where
// Slack does not show it in the reader's own: "30 Nov 2026".
func ShowDate(t time.Time) string { return t.Format("2 Jan 2006") }

// tooLong says that a text of n runes is over its limit.
func tooLong(limit, n int) string {
	return fmt.Sprintf("At most %d characters; this has %d.", limit, n)
}
