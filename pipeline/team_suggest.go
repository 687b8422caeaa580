package pipeline

import (
	"strings"
	"unicode"
)

// suggestTeamKey makes a key from a channel's name: the first letters of its
// words, or the first three letters of a single word. TEAM when nothing fits.
func suggestTeamKey(channel string) TeamKey {
	words := strings.FieldsFunc(strings.ToUpper(channel), func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
	var key string
	if len(words) == 1 {
		key = words[0][:min(3, len(words[0]))]
	} else {
		for _, word := range words {
			key += word[:1]
		}
	}
	if key = key[:min(8, len(key))]; teamKeyPattern.MatchString(key) {
		return TeamKey(key)
	}
	return "TEAM"
}

// suggestTeamName makes a name from a channel's: "payments-core" becomes
// "Payments core".
func suggestTeamName(channel string) string {
	name := CleanLine(strings.NewReplacer("-", " ", "_", " ").Replace(channel))
	for i, r := range name {
		name = name[:i] + string(unicode.ToUpper(r)) + name[i+len(string(r)):]
		break
	}
	return Cut(name, TeamNameLimit)
}
