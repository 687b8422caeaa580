package llm

import (
	"regexp"
	"strings"
	"unicode"
)

// What tells who somebody is, or leads into the team's own places.
var (
	slackToken = regexp.MustCompile(`<([@#!][^<>]*)>`)
	address    = regexp.MustCompile(`(?i)(?:<)?\b[a-z][a-z0-9+.-]{1,20}:(?://|[^\s:]+@)[^\s<>]*>?|\bwww\.[^\s<>]+`)
	mail       = regexp.MustCompile(`[\p{L}\p{N}._%+'-]+[@＠][\p{L}\p{N}.-]+`)
	mention    = regexp.MustCompile(`[@＠][\p{L}\p{N}._'-]+`)
	slackID    = regexp.MustCompile(`\b[UWBCDGTS][A-Z0-9]{8,}\b`)
)

// withoutNames takes out mentions, mail addresses, links and the ids of users,
// channels and workspaces. Names that are written out it cannot know.
func withoutNames(typed string) string {
	typed = withoutInvisible(typed)
	typed = slackToken.ReplaceAllString(typed, "someone")
	typed = address.ReplaceAllString(typed, "a link")
	typed = mail.ReplaceAllString(typed, "an address")
	typed = mention.ReplaceAllString(typed, "someone")
	return slackID.ReplaceAllStringFunc(typed, func(word string) string {
		if strings.ContainsAny(word, "0123456789") {
			return "someone"
		}
		return word // DASHBOARD
	})
}

// withoutInvisible drops what is not drawn and could hide a name or a link from
// these patterns, or words from a reader.
func withoutInvisible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || r == '\u034F' || r >= 0xE0000 && r <= 0xE0FFF || r >= 0xFE00 && r <= 0xFE0F {
			return -1
		}
		return r
	}, s)
}
