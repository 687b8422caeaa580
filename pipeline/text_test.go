package pipeline_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"alignbot/pipeline"
)

func TestCleanLine(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain text stays":                   {"Export invoices as PDF", "Export invoices as PDF"},
		"space is folded":                    {"  a \t b\n\nc ", "a b c"},
		"control characters go":              {"a\x00b\x07c\x1b[31m", "abc[31m"},
		"invalid UTF-8 becomes a mark":       {"a\xffb", "a\uFFFDb"},
		"direction overrides go":             {"abc\u202Egnp.exe\u2066x", "abcgnp.exex"},
		"text right to left stays":           {"שלום עולם", "שלום עולם"},
		"joined emoji stay":                  {"👩‍👩‍👧‍👦 and 👍🏽", "👩‍👩‍👧‍👦 and 👍🏽"},
		"flags of regions stay":              {"🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"},
		"one form of the same letter":        {"e\u0301", "é"},
		"a byte order mark goes":             {"\uFEFFtitle", "title"},
		"line separators are line breaks":    {"a\u2028b", "a b"},
		"markup is only text":                {"<!channel> *b* <https://x|y>", "<!channel> *b* <https://x|y>"},
		"nothing but control characters":     {"\x00\x01", ""},
		"zero-width joiners between letters": {"क्\u200dष", "क्\u200dष"},
	} {
		if got := pipeline.CleanLine(c.in); got != c.want {
			t.Errorf("%s: %q became %q, want %q", name, c.in, got, c.want)
		}
	}
}

func TestCleanTextKeepsLines(t *testing.T) {
	if got, want := pipeline.CleanText("  a  \r\n\r\n\r\n\r\nb\t\x00\n"), "a\n\nb"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHasVisible(t *testing.T) {
	for in, want := range map[string]bool{
		"": false, " \u00a0": false, "\u200b\u200d\u2060": false, "\u3164": false, "\u0301": false, "\u2800": false,
		"a": true, "😀": true, "\u200b.": true, "0": true,
	} {
		if got := pipeline.HasVisible(in); got != want {
			t.Errorf("HasVisible(%q) = %v", in, got)
		}
	}
}

func TestCutNeverSplitsACharacter(t *testing.T) {
	family := "👩‍👩‍👧‍👦"
	for name, c := range map[string]struct {
		in    string
		limit int
		want  string
	}{
		"short enough stays":       {"abc", 3, "abc"},
		"one over is marked":       {"abcd", 3, "ab…"},
		"an emoji stays whole":     {"ab" + family + "c", 6, "ab…"},
		"no space before the mark": {"ab cd", 4, "ab…"},
		"no room at all":           {"abc", 0, ""},
	} {
		if got := pipeline.Cut(c.in, c.limit); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "a\xff\x00", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "\u202Eabc", "e\u0301\u0301\u0301", strings.Repeat("ก็", 50)} {
		f.Add(seed, 10)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		line, text := pipeline.CleanLine(s), pipeline.CleanText(s)
		for _, clean := range []string{line, text} {
			if !utf8.ValidString(clean) || strings.ContainsAny(clean, "\x00\u202E\u2066\r") {
				t.Fatalf("%q was cleaned to %q", s, clean)
			}
		}
		if pipeline.CleanLine(line) != line || pipeline.CleanText(text) != text {
			t.Fatalf("%q: cleaning twice changes it again", s)
		}
		if strings.Contains(line, "\n") {
			t.Fatalf("%q: a line has no line break", s)
		}
		if limit < 0 || limit > 10000 {
			return
		}
		cut := pipeline.Cut(line, limit)
		if pipeline.Length(cut) > limit {
			t.Fatalf("%q cut to %d has %d", line, limit, pipeline.Length(cut))
		}
		kept := strings.TrimSuffix(cut, "…")
		if cut != line && uniseg.GraphemeClusterCount(kept) > 0 && !strings.HasPrefix(line, kept) {
			t.Fatalf("%q cut to %q", line, cut)
		}
	})
}
