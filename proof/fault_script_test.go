package proof

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

// turning is what turns a line around or hides in it, and what becomes of it: what would
// reorder the words beside it goes, and what is part of how a word is written stays.
var turning = slices.Concat(
	as("אבג", "שלום", "مرحبا", "سعر", "نرم\u200cافزار", "١٢", "12", "abc", "👩\u200d👧", "z\u200bw", "s\u00adh", "w\u2060j", "a\u200eb", "א\u200fב", "(", ")", "!", "-"),
	[]piece{{"\u202a", ""}, {"\u202b", ""}, {"\u202c", ""}, {"\u202d", ""}, {"\u202e", ""}, {"\u2066", ""}, {"\u2067", ""}, {"\u2068", ""}, {"\u2069", ""}, {"\u202egpj.exe", "gpj.exe"}},
)

// turnTexts has people capture ideas in scripts that run from right to left, and with
// what turns text around.
func turnTexts(c *campaign) {
	w := c.open(place{bots: 2, change: func(o *orders) { o.Follows = true }})
	titles := map[string]string{} // by token
	for i := range c.n {
		var text []piece
		for _, p := range c.pick(turning, 1+c.rng.IntN(6)) {
			text = append(text, p, as("x ")[0])
		}
		if c.rng.IntN(2) == 0 {
			text = append(text, as("שלום")...) // what comes behind it is ours
		}
		sent, stored := joined(text)
		d := w.writes([]rune{byCommand, byForm}[i%2], i%8, sent)
		d.titled(stored)
		titles[d.token] = strings.TrimSpace(d.token + " " + stored)
		c.injections++
		if i%20 == 0 {
			w.looks(i)
		}
	}
	w.seesHidden()
	w.settle()
	w.keepsOrder(titles)
}

// seesHidden: an idea with what nobody sees in a word is found by the word.
func (w *faultWorld) seesHidden() {
	w.c.Helper()
	d := w.writes(byCommand, 0, "tele\u200bphone in\u00advoice mar\u2060ket")
	d.titled("tele\u200bphone in\u00advoice mar\u2060ket")
	for _, word := range []string{"telephone", "invoice", "market", "mar\u200bket"} {
		w.until("an idea is found by "+word, func() bool {
			from := w.sim.Ledger().Len()
			if err := w.sim.Type(w.c.Context(), person(0), channel, "/idea find "+word); err != nil {
				w.c.Fatal(err)
			}
			for _, e := range w.sim.Ledger().Entries(func(e slacksim.Entry) bool { return e.Seq > uint64(from) && e.Kind == slacksim.KindAck }) {
				if strings.Contains(string(e.Payload), d.token) {
					return true
				}
			}
			return false
		})
	}
}

// keepsOrder: on each line that Slack took with one of these titles, what alignbot says
// behind the title is read behind it.
func (w *faultWorld) keepsOrder(titles map[string]string) {
	w.c.Helper()
	lines := 0
	for _, text := range w.textsSent() {
		for line := range strings.Lines(text) {
			token := isToken.FindString(line)
			before, after, found := strings.Cut(line, titles[token])
			if token == "" || !found || strings.TrimSpace(after) == "" {
				continue
			}
			lines++
			if turned := turnedBy(before, titles[token], after); turned != "" {
				w.c.Errorf("in %q, %q is read before the title", line, turned)
			}
		}
	}
	if lines == 0 {
		w.c.Error("no line has words behind a title")
	}
}

// turnedBy gives the first of our digits behind a title that is drawn before it. On a
// line that runs from left to right, letters stay where they are, and a number belongs to
// the letters before it, whatever stands between (rules W2 and W7 of UAX #9).
func turnedBy(before, title, after string) string {
	direction, isolates := bidi.L, 0
	for i, r := range before + title + after {
		properties, _ := bidi.LookupRune(r)
		switch class := properties.Class(); {
		case class == bidi.FSI || class == bidi.LRI || class == bidi.RLI:
			isolates++
		case class == bidi.PDI:
			isolates = max(0, isolates-1)
		case isolates > 0:
		case i == 0 && (class == bidi.R || class == bidi.AL):
			return "" // the line runs from right to left, with all that is on it
		case class == bidi.L || class == bidi.R || class == bidi.AL:
			direction = class
		case unicode.IsDigit(r) && i >= len(before)+len(title) && direction != bidi.L:
			return string(r)
		}
	}
	return ""
}

// textsSent are all texts that the bots sent to Slack.
func (w *faultWorld) textsSent() (texts []string) {
	w.c.Helper()
	for _, e := range w.sim.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Kind == slacksim.KindCall || e.Kind == slacksim.KindAck || e.Kind == slacksim.KindResponse
	}) {
		var payload any
		if e.Payload == nil || json.Unmarshal(e.Payload, &payload) != nil {
			continue
		}
		texts = append(texts, textsIn(payload)...)
	}
	return texts
}

// textsIn a payload, wherever they are; some arguments are JSON in a string.
func textsIn(v any) (texts []string) {
	switch v := v.(type) {
	case string:
		var inside any
		if (strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[")) && json.Unmarshal([]byte(v), &inside) == nil {
			return textsIn(inside)
		}
		return []string{v}
	case []any:
		for _, item := range v {
			texts = append(texts, textsIn(item)...)
		}
	case map[string]any:
		for _, item := range v {
			texts = append(texts, textsIn(item)...)
		}
	}
	return texts
}

// wholes are what a reader sees as one character, of several.
var wholes = as("👩\u200d👩\u200d👧\u200d👦", "👍🏽", "🇩🇪", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🏳\ufe0f\u200d🌈", "3\ufe0f\u20e3", "❤\ufe0f", "👩🏿\u200d🚀", "x\u0323\u0301\u0302", "각\u11a8", "क्षि", "நி", "\U0001F469\U0001F3FD\u200d\U0001F91D\u200d\U0001F468\U0001F3FF")

// cutTexts has people capture ideas that are longer than a title, with what is several
// characters and seen as one where the title is cut.
func cutTexts(c *campaign) {
	w := c.open(place{bots: 2})
	var all [][]piece
	for i := range c.n {
		d := w.begun(byCommand, i%8)
		pieces := as(d.token, " ")
		length := func() int { _, stored := joined(pieces); return pipeline.Length(stored) }
		for length() < pipeline.TitleLimit-1-c.rng.IntN(10) {
			pieces = append(pieces, as("o")...)
		}
		for range 30 {
			pieces = append(pieces, wholes[c.rng.IntN(len(wholes))])
		}
		text, _ := joined(pieces)
		d.wants = func(stored pipeline.Idea) string {
			if !endsBetween(stored.Title, pieces) {
				return fmt.Sprintf("its title is cut inside a character: %+q", stored.Title)
			}
			if stored.Problem != text {
				return fmt.Sprintf("its problem is %+q, want %+q", stored.Problem, text)
			}
			return ""
		}
		w.done(d, w.sim.Type(c.Context(), d.who, channel, "/idea add "+text))
		all = append(all, pieces)
		c.injections++
		if i%20 == 0 {
			w.looks(i)
		}
	}
	w.settle()
	cuts := 0
	for _, text := range w.textsSent() {
		token := isToken.FindString(text)
		_, rest, found := strings.Cut(text, token)
		cut, _, isCut := strings.Cut(rest, "…")
		if token == "" || !found || !isCut {
			continue
		}
		i := slices.IndexFunc(all, func(pieces []piece) bool { return pieces[0].sent == token })
		if _, whole := joined(all[i]); !strings.HasPrefix(whole, token+cut) {
			continue // what is cut is something else
		}
		cuts++
		if !endsBetween(token+cut+"…", all[i]) {
			c.Errorf("Slack took a text that is cut inside a character: %q", text)
		}
	}
	if cuts == 0 {
		c.Error("Slack took no text that is cut")
	}
}

// endsBetween tells whether a text that was cut, and says so, ends behind one of the
// pieces.
func endsBetween(cut string, pieces []piece) bool {
	left, marked := strings.CutSuffix(cut, "…")
	for _, p := range pieces {
		if left == "" {
			break
		}
		var is bool
		if left, is = strings.CutPrefix(left, p.stored); !is {
			return false
		}
	}
	return marked && left == ""
}
