package drawing

import (
	"slices"
	"strings"
	"testing"

	"alignbot/pipeline"
)

func textsOf(b textBlock) []string {
	var texts []string
	for _, l := range b.lines {
		texts = append(texts, l.text)
	}
	return texts
}

func TestTextIsBrokenIntoLines(t *testing.T) {
	set := face{regular, 10}
	for _, test := range []struct {
		name, text string
		width      float64
		lines      int
		want       []string
	}{
		{"nothing", "", 100, 3, nil},
		{"space alone", " \n\t ", 100, 3, nil},
		{"one line", "Fewer calls", 100, 3, []string{"Fewer calls"}},
		{"between words", "Fewer support calls about invoices", 80, 3, []string{"Fewer support", "calls about", "invoices"}},
		{"an ellipsis where there is more", "Fewer support calls about invoices", 80, 2, []string{"Fewer support", "calls about invoi…"}},
		{"a word wider than a line", "abcdefghijklmnopqrstuvwxyz", 50, 5, []string{"abcdefghij", "klmnopqrs", "tuvwxyz"}},
		{"line breaks of the text stay", "one\ntwo\r\nthree", 100, 5, []string{"one", "two", "three"}},
		{"the last line says that lines follow", "one\ntwo\nthree", 100, 2, []string{"one", "two…"}},
		{"no room at all", "Fewer calls", 1, 2, []string{"F", "…"}},
		{"no lines", "Fewer calls", 100, 0, nil},
		{"Korean stays whole between spaces", "보지 못합니다", 42, 3, []string{"보지", "못합니다"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := textsOf(ownFonts().wrap(test.text, set, test.width, test.lines))
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Whatever the text, lines are no wider than they may be, and characters stay whole.
func TestWrappedTextKeepsItsLimits(t *testing.T) {
	family, letter := "👨‍👩‍👧‍👦", "क्षि"
	for name, text := range map[string]string{
		"3,000 characters":     strings.Repeat("Fewer support calls about invoices. ", 84),
		"one word of 300":      strings.Repeat("abcdefghij", 30),
		"emoji":                strings.Repeat(family, 200),
		"joined letters":       strings.Repeat(letter, 300),
		"one of a thousand":    strings.Repeat("क्", 1000),
		"marks on one letter":  "a" + strings.Repeat("\u0301", 3000),
		"right to left":        strings.Repeat("يدفع العملاء الفاتورة ", 100),
		"bidi overrides":       strings.Repeat("\u202eabc\u2066", 500),
		"no valid UTF-8":       strings.Repeat("\xff\xfea ", 500),
		"line breaks":          strings.Repeat("\n", 5000) + "end",
		"a million characters": strings.Repeat("x", 1_000_000),
		"no width":             strings.Repeat("\u200b\u200d\u2060", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			const width, lines = 200, 4
			b := ownFonts().wrap(text, cardFace, width, lines)
			if len(b.lines) > lines {
				t.Errorf("%d lines", len(b.lines))
			}
			for _, l := range b.lines {
				if l.width > width+0.5 {
					t.Errorf("%q is %v wide", l.text, l.width)
				}
				if len(l.glyphs) > 2000 {
					t.Errorf("%d glyphs on a line", len(l.glyphs))
				}
				for _, whole := range []string{family, letter} {
					for c := range pipeline.Characters(l.text) {
						if strings.Contains(text, whole) && c != whole && c != "…" {
							t.Errorf("%q is split: %q", whole, c)
						}
					}
				}
			}
			if shown := strings.Join(textsOf(b), ""); b.cut && !strings.HasSuffix(shown, "…") {
				t.Errorf("cut without an ellipsis: %q", shown)
			}
		})
	}
}

func TestDirectionOverridesDoNothing(t *testing.T) {
	l := ownFonts().wrap("evil \u202egnp.exe\u202c \u2067x\u2069", bodyFace, 400, 1).lines[0]
	if l.text != "evil gnp.exe x" || l.rtl || len(l.missing) > 0 {
		t.Errorf("%+v", l)
	}
}

func TestWhatNoFontHasIsABox(t *testing.T) {
	l := ownFonts().wrap("a 漢字 b 👩🏽‍💻 漢", bodyFace, 400, 1).lines[0]
	if want := []string{"漢", "字", "👩🏽‍💻", "漢"}; !slices.Equal(l.missing, want) {
		t.Errorf("missing %q, want %q", l.missing, want)
	}
	boxes := 0
	for _, g := range l.glyphs {
		if g.from == nil {
			boxes++
		}
	}
	if boxes != 4 {
		t.Errorf("%d boxes", boxes)
	}
}

func TestRightToLeftTextStandsAtTheRight(t *testing.T) {
	s := newSheet(ownFonts(), lightStyle)
	s.text("יותר לקוחות", bodyFace, s.ink, 300, 1).put(0, 0)
	w, ok := s.shapes[0].(words)
	if !ok || !w.line.rtl || w.x+w.line.width != 300 {
		t.Errorf("%+v", s.shapes[0])
	}
}
