package pipeline_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"alignbot/pipeline"
)

// What a reader sees as one character, by Unicode's rules (UAX #29): ÷ stands where
// a text may be cut, and nowhere else.
func TestCutWhereUnicodeAllowsIt(t *testing.T) {
	for _, marked := range []string{
		"a÷b÷c",
		"e\u0301÷e",
		"e\u0301\u0302\u0303÷x",
		"\u1100\u1161\u11a8÷\u1100\u1161", // Hangul by its letters
		"\uac00\u11a8÷\uac01÷\u1100",
		"\U0001F1E9\U0001F1EA÷\U0001F1EB\U0001F1F7÷\U0001F1E9", // flags, and half of one
		"a÷\U0001F1E9\U0001F1EA÷b",
		"\U0001F469\u200d\U0001F469\u200d\U0001F467\u200d\U0001F466÷x", // a family
		"\U0001F44D\U0001F3FD÷\U0001F44D",                              // a tone of skin
		"\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F÷x",
		"\u2764\ufe0f÷\u2764\ufe0e÷x",
		"1\ufe0f\u20e3÷2\ufe0f\u20e3",
		"\U0001F9D1\U0001F3FF\u200d\U0001F91D\u200d\U0001F9D1\U0001F3FB÷x",
		"\U0001F441\ufe0f\u200d\U0001F5E8\ufe0f÷x",
		"\u0e01\u0e33÷\u0e01",               // Thai
		"\u0939\u093f÷\u0928",               // Devanagari, a vowel sign behind
		"\u0915\u094d\u0937\u093f÷\u0915÷x", // two consonants that are one
		"\u0915\u094d\u200d\u0937\u094d\u092f÷\u0915",
		"\u0915\u094d\u200c÷\u0937", // held apart
		"\u0995\u09cd\u09b7÷\u0995",
		"\u0915\u094d÷x",
		"\u0ba4\u0bae\u0bbf"[:3] + "÷\u0bae\u0bbf", // Tamil
		"\u0600\u0661÷a",                           // a sign before a number
		"a\u200d÷b",
		"\u200b÷a",
		"Z\u032e\u031e\u0320\u0359\u0354÷A\u030a÷L\u0321",
	} {
		clusters := strings.Split(marked, "÷")
		whole := strings.Join(clusters, "")
		for limit := 1; limit < pipeline.Length(whole); limit++ {
			kept := ""
			for _, c := range clusters {
				if pipeline.Length(kept+c) > limit-1 {
					break
				}
				kept += c
			}
			if got := pipeline.Cut(whole, limit); got != kept+"…" {
				t.Errorf("%+q cut to %d is %+q, want %+q", whole, limit, got, kept+"…")
			}
		}
	}
}

// FuzzCut: what is left of a text is its beginning, as long as the limit allows, and
// ends between two characters as a reader sees them.
func FuzzCut(f *testing.F) {
	for _, seed := range []string{"", "abc", "a b  c", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7", "e\u0301\u0301 x", "\u1100\u1161\u11a8\u1100", "a\xff\xfe", strings.Repeat("ก็", 50), "\r\n\r\n", "\u200b\u200d\u2060"} {
		f.Add(seed, 3)
		f.Add(seed, 10)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		limit %= 1000
		cut := pipeline.Cut(s, limit)
		if !utf8.ValidString(cut) || pipeline.Length(cut) > max(limit, 0) {
			t.Fatalf("%q cut to %d is %q", s, limit, cut)
		}
		if cut == s || limit <= 0 {
			return
		}
		kept, marked := strings.CutSuffix(cut, "…")
		if !marked {
			t.Fatalf("%q cut to %d is %q, without a mark", s, limit, cut)
		}
		// Character by character to where it was cut: all that fits, without the
		// space before the mark.
		fits := ""
		for character := range pipeline.Characters(s) {
			if pipeline.Length(fits+character) > limit-1 {
				break
			}
			fits += character
		}
		if kept != strings.TrimRightFunc(fits, unicode.IsSpace) {
			t.Fatalf("%q cut to %d is %q, and %q fits", s, limit, cut, fits)
		}
	})
}
