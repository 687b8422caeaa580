package mrkdwn

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	// schemeURL and bareDomain are what Slack links without being asked. Its list of top-level domains is
	// its own; this one holds those that are likely in a message.
	schemeURL  = regexp.MustCompile(`(?i)^(?:https?://|mailto:)[^\s<>|"` + "`" + `]+`)
	bareDomain = regexp.MustCompile(`(?i)^(?:www\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.(?:com|net|org|io|dev|app|co|edu|gov|info|ai|me|eu|de|fr|uk)`)
	urlTail    = regexp.MustCompile(`^[:/?#][^\s<>|"` + "`" + `]*`)
	email      = regexp.MustCompile(`(?i)^[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}`)
	// entityEnd cuts a URL where an escaped bracket begins.
	entityEnd = regexp.MustCompile(`&(?:lt|gt);`)

	nameWord  = regexp.MustCompile(`^[@#][\p{L}\p{N}][\p{L}\p{N}._-]*`)
	emojiWord = regexp.MustCompile(`^:([a-z0-9_+'-]+):(?::(skin-tone-[2-6]):)?`)
)

// bareURL gives the length of a URL or mail address that stands at the start of s without brackets, or 0.
func bareURL(s string) int {
	n := 0
	switch c := s[0] | 0x20; {
	case c == 'h' || c == 'm':
		n = len(schemeURL.FindString(s))
		if n == 0 {
			n = bareName(s)
		}
	case c >= 'a' && c <= 'z' || s[0] >= '0' && s[0] <= '9':
		n = bareName(s)
	}
	if loc := entityEnd.FindStringIndex(s[:n]); loc != nil {
		n = loc[0]
	}
	return len(strings.TrimRight(s[:n], ".,;:!?)]}'*_~"))
}

// bareName is the length of a domain or mail address at the start of s, or 0.
func bareName(s string) int {
	// No name is longer than this (RFC 1035, RFC 5321), and a bound keeps hostile text linear; only the
	// path behind a domain may go on.
	const longest = 320
	word := s[:min(len(s), longest)]
	if i := strings.IndexAny(word, " \t<>|\""); i >= 0 {
		word = word[:i]
	}
	if !strings.Contains(word, ".") {
		return 0
	}
	if m := email.FindString(word); m != "" {
		return len(m)
	}
	m := bareDomain.FindString(word)
	if m == "" || len(m) < len(word) && goesOn(word[len(m):]) {
		return 0
	}
	return len(m) + len(urlTail.FindString(s[len(m):]))
}

// withScheme completes a target written without one, as Slack does.
func withScheme(url string) string {
	switch {
	case strings.Contains(url, "://") || hasScheme.MatchString(url):
		return url
	case email.MatchString(url) && !strings.Contains(url, "/"):
		return "mailto:" + url
	default:
		return "http://" + url
	}
}

// hasScheme excludes "host:8080", which only looks like a scheme.
var hasScheme = regexp.MustCompile(`(?i)^[a-z][a-z0-9+-]*:[^0-9]|^(?:mailto|tel|data|javascript|vbscript):`)

// parseWords finds emoji shortcodes and, where the options ask for it, names in unescaped text.
func parseWords(s string, opts Options) []Node {
	var nodes []Node
	start := 0
	leaf := func(at, n int, node Node) {
		nodes = append(appendText(nodes, s[start:at]), node)
		start = at + n
	}
	for i := 0; i < len(s); {
		step := 1
		switch s[i] {
		case ':':
			if m := emojiWord.FindStringSubmatch(s[i:]); m != nil {
				if _, known := shortcodes[m[1]]; known {
					step = len(m[0])
					leaf(i, step, Node{Kind: Emoji, Text: strings.TrimSuffix(m[1]+"::"+m[2], "::")})
				}
			}
		case '@', '#':
			if opts.names() && (i == 0 || !isWordByte(s, i)) {
				if node, n, ok := parseName(s[i:], opts); ok {
					step = n
					leaf(i, step, node)
				}
			}
		}
		i += step
	}
	return appendText(nodes, s[start:])
}

// parseName reads "@here", "#general" or, with LinkNames, "@anyone".
func parseName(s string, opts Options) (node Node, n int, ok bool) {
	word := strings.TrimRight(nameWord.FindString(s), "._-")
	if len(word) < 2 {
		return Node{}, 0, false
	}
	name := word[1:]
	switch {
	case word[0] == '#':
		return Node{Kind: Channel, Text: name, Auto: true}, len(word), true
	case broadcasts[strings.ToLower(name)] != "":
		return Node{Kind: Broadcast, Target: broadcasts[strings.ToLower(name)], Auto: true}, len(word), true
	case opts.LinkNames:
		return Node{Kind: User, Text: name, Auto: true}, len(word), true
	}
	return Node{}, 0, false
}

// goesOn tells that a name is followed by more of itself.
func goesOn(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isWord(r) || strings.ContainsRune("_-@", r) || r == '.' && len(s) > 1 && isWord(rune(s[1]))
}
