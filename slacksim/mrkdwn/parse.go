package mrkdwn

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	unescaper = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")
	escaper   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)

const fence = "```"

// Parse reads mrkdwn. Every text is valid; what is not a known sequence is Text.
func Parse(text string, opts Options) []Node {
	var nodes []Node
	lineStart := true
	for text != "" {
		open := strings.Index(text, fence)
		end := -1
		if open >= 0 {
			if end = strings.Index(text[open+len(fence):], fence); end <= 0 {
				end = -1 // not closed, or empty: just backticks
			}
		}
		if end < 0 {
			return append(nodes, parseLines(text, lineStart, opts)...)
		}
		before, code := text[:open], text[open+len(fence):open+len(fence)+end]
		if before != "" {
			nodes = append(nodes, parseLines(strings.TrimSuffix(before, "\n"), lineStart, opts)...)
		}
		nodes = append(nodes, Node{Kind: Pre, Children: parseCode(strings.TrimPrefix(code, "\n"))})
		text = text[open+2*len(fence)+end:]
		if lineStart = strings.HasPrefix(text, "\n"); lineStart {
			text = text[1:] // a code block ends its line by itself
		}
	}
	return nodes
}

// parseLines reads text without code blocks, line by line: formatting does not reach over a line's end.
func parseLines(text string, lineStart bool, opts Options) []Node {
	var nodes []Node
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		if i > 0 {
			lineStart = true
		}
		if lineStart {
			if rest, ok := cutQuoteMark(lines[i], 3); ok { // ">>>" quotes all that follows
				quoted := append([]string{rest}, lines[i+1:]...)
				return append(nodes, Node{Kind: Quote, Children: joinLines(quoted, opts)})
			}
			var quoted []string
			for ; i < len(lines); i++ {
				rest, ok := cutQuoteMark(lines[i], 1)
				if !ok {
					break
				}
				quoted = append(quoted, rest)
			}
			if len(quoted) > 0 {
				nodes = append(nodes, Node{Kind: Quote, Children: joinLines(quoted, opts)})
				if i == len(lines) {
					return nodes
				}
			}
		}
		nodes = append(nodes, parseLine(lines[i], opts)...)
		if i < len(lines)-1 {
			nodes = append(nodes, Node{Kind: Newline})
		}
	}
	return nodes
}

func joinLines(lines []string, opts Options) []Node {
	var nodes []Node
	for i, line := range lines {
		if i > 0 {
			nodes = append(nodes, Node{Kind: Newline})
		}
		nodes = append(nodes, parseLine(line, opts)...)
	}
	return nodes
}

// cutQuoteMark removes n quote marks and a space from the start. An escaped "&gt;" counts: it is what
// Slack stores when a person types a quote.
func cutQuoteMark(line string, n int) (rest string, ok bool) {
	rest = line
	for range n {
		switch {
		case strings.HasPrefix(rest, ">"):
			rest = rest[1:]
		case strings.HasPrefix(rest, "&gt;"):
			rest = rest[len("&gt;"):]
		default:
			return line, false
		}
	}
	return strings.TrimPrefix(rest, " "), true
}

// parseCode reads the inside of code: <…> sequences stay alive in it, formatting does not.
func parseCode(text string) []Node {
	var nodes []Node
	for text != "" {
		i := strings.IndexByte(text, '<')
		if i < 0 {
			break
		}
		node, n, ok := parseSequence(text[i:])
		if !ok {
			node, n = Node{Kind: Text, Text: "<"}, 1
		}
		nodes = appendText(nodes, Unescape(text[:i]))
		if ok && node.Kind != Text {
			nodes = append(nodes, node)
		} else {
			nodes = appendText(nodes, node.Text)
		}
		text = text[i+n:]
	}
	return appendText(nodes, Unescape(text))
}

// piece is a part of a line: a finished node, or a delimiter that may turn out to format.
type piece struct {
	node   Node
	delim  byte // '*', '_' or '~'; 0 for a finished node
	opens  bool
	closes bool
}

// parseLine reads one line: first into pieces from left to right, then formatting over the pieces.
func parseLine(line string, opts Options) []Node {
	if line == "" {
		return nil
	}
	pieces := cutPieces(line, opts)
	return format(pieces, 0, len(pieces), closers(pieces))
}

func cutPieces(line string, opts Options) []piece {
	var pieces []piece
	start := 0 // of the words not yet cut off
	words := func(end int) {
		if start < end {
			for _, n := range parseWords(Unescape(line[start:end]), opts) {
				pieces = append(pieces, piece{node: n})
			}
		}
	}
	for i := 0; i < len(line); {
		switch c := line[i]; c {
		case '<':
			if node, n, ok := parseSequence(line[i:]); ok {
				words(i)
				pieces = append(pieces, piece{node: node})
				i += n
				start = i
				continue
			}
		case '`':
			if n := strings.IndexByte(line[i+1:], '`'); n > 0 && strings.TrimSpace(line[i+1:i+1+n]) != "" {
				words(i)
				pieces = append(pieces, piece{node: Node{Kind: Code, Children: parseCode(line[i+1 : i+1+n])}})
				i += n + 2
				start = i
				continue
			}
		case '*', '_', '~':
			before, _ := utf8.DecodeLastRuneInString(line[:i])
			after, _ := utf8.DecodeRuneInString(line[i+1:])
			p := piece{node: Node{Kind: Text, Text: string(c)}, delim: c}
			p.opens = i+1 < len(line) && (i == 0 || !isWord(before)) && !unicode.IsSpace(after) && after != rune(c)
			p.closes = i > 0 && !unicode.IsSpace(before) && before != rune(c) && (i+1 == len(line) || !isWord(after))
			if p.opens || p.closes {
				words(i)
				pieces = append(pieces, p)
				i++
				start = i
				continue
			}
		default:
			if opts.urls() && startsName(line, i) {
				if n := bareURL(line[i:]); n > 0 {
					words(i)
					url := Unescape(line[i : i+n])
					pieces = append(pieces, piece{node: Node{Kind: Link, Target: withScheme(url), Text: url, Auto: true}})
					i += n
					start = i
					continue
				}
			}
		}
		i++
	}
	words(len(line))
	return pieces
}

// closers gives for each piece the next piece at or after it that can close each delimiter, or len(pieces).
func closers(pieces []piece) map[byte][]int {
	next := map[byte][]int{}
	for _, d := range []byte{'*', '_', '~'} {
		at := make([]int, len(pieces)+1)
		at[len(pieces)] = len(pieces)
		for i := len(pieces) - 1; i >= 0; i-- {
			at[i] = at[i+1]
			if pieces[i].delim == d && pieces[i].closes {
				at[i] = i
			}
		}
		next[d] = at
	}
	return next
}

var formats = map[byte]Kind{'*': Bold, '_': Italic, '~': Strike}

// format turns pieces[i:end] into nodes, pairing each opening delimiter with the nearest closing one.
func format(pieces []piece, i, end int, next map[byte][]int) []Node {
	var nodes []Node
	var text strings.Builder // neighbouring words make one node
	flush := func() {
		nodes = appendText(nodes, text.String())
		text.Reset()
	}
	for ; i < end; i++ {
		p := pieces[i]
		if p.opens && i+2 <= end {
			if j := next[p.delim][i+2]; j < end {
				flush()
				nodes = append(nodes, Node{Kind: formats[p.delim], Children: format(pieces, i+1, j, next)})
				i = j
				continue
			}
		}
		if p.node.Kind == Text {
			text.WriteString(p.node.Text)
			continue
		}
		flush()
		nodes = append(nodes, p.node)
	}
	flush()
	return nodes
}

// appendText keeps neighbouring words in one node.
func appendText(nodes []Node, s string) []Node {
	if s == "" {
		return nodes
	}
	if n := len(nodes); n > 0 && nodes[n-1].Kind == Text {
		nodes[n-1].Text += s
		return nodes
	}
	return append(nodes, Node{Kind: Text, Text: s})
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// startsName tells whether a URL, domain or mail address may begin at position i.
func startsName(s string, i int) bool {
	return i == 0 || !isWordByte(s, i) && !strings.ContainsRune("._-@/", rune(s[i-1]))
}

// isWordByte tells whether the rune before position i belongs to a word.
func isWordByte(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return isWord(r)
}
