package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Limits of the synonyms of a team.
const (
	SynonymLines     = 50
	SynonymLineLimit = 200  // runes of a line
	SynonymsLimit    = 3000 // runes of all lines with their breaks: what a Slack input takes, https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
	synonymsTold     = 3    // lines whose mistakes are told at once
)

// checkSynonyms cleans the lines of a team and drops the empty ones. Words are
// kept as they were typed, each once in its line; said is what is wrong, by the
// numbers of the lines as they were given, or "".
func checkSynonyms(lines []string) (kept []string, said string) {
	var wrong []string
	length := 0
	for i, line := range lines {
		words := synonymsOf(line)
		cleaned := strings.Join(words, ", ")
		problem := ""
		switch wordless := slices.IndexFunc(words, func(w string) bool { return !hasWord(w) }); {
		case len(words) == 0:
			continue
		case Length(cleaned) > SynonymLineLimit:
			problem = fmt.Sprintf("at most %d characters; this has %d.", SynonymLineLimit, Length(cleaned))
		case wordless >= 0:
			problem = fmt.Sprintf("%s is no word.", shown(words[wordless]))
		case len(words) < 2:
			problem = fmt.Sprintf("at least two different words or phrases, with a comma between them; this has only %s.", shown(words[0]))
		}
		if problem != "" {
			wrong = append(wrong, fmt.Sprintf("Line %d: %s", i+1, problem))
		}
		kept = append(kept, cleaned)
		length += Length(cleaned) + 1
	}
	if more := len(wrong) - synonymsTold; more > 0 {
		wrong = append(wrong[:synonymsTold], fmt.Sprintf("And %d more.", more))
	}
	switch {
	case len(kept) > SynonymLines:
		return kept, fmt.Sprintf("At most %d lines; this has %d.", SynonymLines, len(kept))
	case length-1 > SynonymsLimit:
		return kept, fmt.Sprintf("At most %d characters in all lines together; this has %d.", SynonymsLimit, length-1)
	}
	return kept, strings.Join(wrong, " ")
}

// synonymsOf takes a line apart at its commas, those of other scripts too.
func synonymsOf(line string) []string {
	var words []string
	for word := range strings.FieldsFuncSeq(CleanLine(line), func(r rune) bool { return strings.ContainsRune(",，、،﹐､", r) }) {
		word = CleanLine(word)
		if word != "" && !slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, word) }) {
			words = append(words, word)
		}
	}
	return words
}

func hasWord(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}
