package main

import (
	"io"
	"regexp"
)

// What must not leave the program by way of a log or an error message: Slack's
// tokens, the ticket in a socket's address, the secret part of a response URL,
// a password in an address. A quote or backslash ends each, so that a JSON
// line stays one.
var secretPatterns = []struct {
	find    *regexp.Regexp
	replace string
}{
	{regexp.MustCompile(`\b(xox[a-z]|xapp)([-.])[^\s"'\\,;)]+`), "$1$2***"},
	{regexp.MustCompile(`\b(ticket)(=|%3D)[^\s"'\\&,;)]+`), "$1$2***"},
	{regexp.MustCompile(`(/(?:commands|actions|services|response|workflows)/)[A-Za-z0-9][^\s"'\\/]*/[^\s"'\\]+`), "$1***"},
	{regexp.MustCompile(`(://)[^\s"'\\/@]*@`), "$1***@"},
}

// redact takes secrets out of a text.
func redact(text []byte) []byte {
	for _, p := range secretPatterns {
		text = p.find.ReplaceAll(text, []byte(p.replace))
	}
	return text
}

// redacting takes secrets out of everything written through it. slog writes
// each record with one call, so no secret is split between two.
//
// It stands behind the log's handler, not in its ReplaceAttr, because that is
// shown attributes only: not the token inside an error, a struct or the
// message.
type redacting struct{ to io.Writer }

func (w redacting) Write(text []byte) (int, error) {
	if _, err := w.to.Write(redact(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}
