package commands

import (
	"encoding/json"
	"strings"
	"testing"

	"alignbot/pipeline"
	"alignbot/slacksim/blockkit"
)

// FuzzDrawings: Slack takes what alignbot draws, whatever stands in it and however
// long it is, and nothing that somebody typed is alive in it.
func FuzzDrawings(f *testing.F) {
	ordinary := make([]map[string]string, len(families))
	for i := range families {
		f.Add(uint8(i), true, "&", "&", "&", "&")
		if i%4 == 0 || fuzzing() {
			f.Add(uint8(i), true, "<:a", "*", "@\u0301\U0001F469\U0001F3FD", ":")
		}
	}
	for i, words := range evil {
		if i%16 == 0 || fuzzing() { // TestHostileTextThroughEveryForm takes them all
			f.Add(uint8(i), i%8 == 0, words, words, words, words)
		}
	}
	f.Fuzz(func(t *testing.T, family uint8, full bool, title, line, text, who string) {
		number := int(family) % len(families)
		if ordinary[number] == nil {
			ordinary[number] = map[string]string{}
			for name, drawing := range families[number](kinds[0]) {
				ordinary[number][name] = alive(encode(t, drawing)) + "\n"
			}
		}
		typed := func(s string, limit int, clean func(string) string) string {
			s = clean("x" + s)
			if full { // as long as it may be
				s = strings.Repeat(s, 1+limit/pipeline.Length(s))
			}
			return pipeline.Cut(clean(s), limit)
		}
		w := words{
			"fuzzed", typed(title, pipeline.TitleLimit, pipeline.CleanLine), typed(line, pipeline.TeamNameLimit, pipeline.CleanLine),
			typed(text, pipeline.TextLimit, pipeline.CleanText), typed(text, 40_000, pipeline.CleanText), typed(who, 80, pipeline.CleanLine),
		}
		for name, drawing := range families[number](w) {
			slackTakes(t, name, drawing)
			for _, living := range strings.Split(alive(encode(t, drawing)), "\n") {
				// Of what is too long to be shown whole, "…_cut" shows what ordinary words look like.
				if !strings.Contains(ordinary[number][name]+ordinary[number][name+"_cut"], living+"\n") {
					t.Errorf("%s: %s is alive, and not with ordinary words", name, living)
				}
			}
		}
	})
}

// slackTakes holds a drawing against the limits of Slack.
func slackTakes(t *testing.T, name string, drawing any) {
	t.Helper()
	post, isPost := drawing.(Post)
	if !isPost {
		view, err := json.Marshal(drawing) // as it is sent, with & as \u0026
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range blockkit.View(view) {
			t.Errorf("%s: %s %s", name, p.Pointer, p.Message)
		}
		return
	}
	blocks, err := json.Marshal(post.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range blockkit.Message(blocks) {
		t.Errorf("%s: %s %s", name, p.Pointer, p.Message)
	}
	if n := blockkit.TextTotal(blocks); n > 10_000 {
		t.Errorf("%s: %d characters in one message", name, n)
	}
	if n := pipeline.Length(string(post.Text)); n == 0 || n > 3900 {
		t.Errorf("%s: the text for notifications has %d characters", name, n)
	}
}
