package llm

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnswersThatCanBeRead(t *testing.T) {
	for name, c := range map[string]struct{ content, keys string }{
		"as asked":            {`{"suggestions": [{"id": "PAY-O2", "why": "a"}, {"id": "PAY-O1", "why": "b"}]}`, "PAY-O2 PAY-O1"},
		"none fits":           {`{"suggestions": []}`, ""},
		"in prose":            {"Here you are:\n```json\n{\"suggestions\": [{\"id\": \"PAY-O1\"}]}\n```\nAnything else?", "PAY-O1"},
		"thought aloud":       {`<think>{"suggestions": [{"id": "PAY-O2"}]} no…</think>{"suggestions": [{"id": "PAY-O1"}]}`, "PAY-O1"},
		"keys alone":          {`{"suggestions": ["PAY-O1", "PAY-O3"]}`, "PAY-O1 PAY-O3"},
		"lower case":          {`{"suggestions": [{"id": " pay-o1 "}]}`, "PAY-O1"},
		"inside another":      {`{"answer": {"suggestions": [{"id": "PAY-O1"}]}}`, "PAY-O1"},
		"after others":        {`{} {"note": 1} {"suggestions": [{"id": "PAY-O1"}]}`, "PAY-O1"},
		"twice the same":      {`{"suggestions": [{"id": "PAY-O1"}, {"id": "PAY-O1"}]}`, "PAY-O1"},
		"not offered":         {`{"suggestions": [{"id": "PAY-O9"}, {"id": "OPS-O1"}, {"id": "PAY-P1"}, {"id": "1"}, {"id": 1}, {"id": null}, 7, null, {}]}`, ""},
		"some not offered":    {`{"suggestions": [{"id": "PAY-O9"}, {"id": "PAY-O1"}]}`, "PAY-O1"},
		"why of another type": {`{"suggestions": [{"id": "PAY-O1", "why": ["x"]}, {"id": "PAY-O2", "why": null}, {"id": "PAY-O3", "why": 3}]}`, "PAY-O1 PAY-O2 PAY-O3"},
		"braces in texts":     {`{"note": "}{", "suggestions": [{"id": "PAY-O1", "why": "} {"}]}`, "PAY-O1"},
	} {
		got, err := parseAnswer(c.content, payments().Candidates)
		if err != nil || keysOf(got) != c.keys {
			t.Errorf("%s: %q, %v, want %q", name, keysOf(got), err, c.keys)
		}
	}
}

func TestAnswersThatCannotBeRead(t *testing.T) {
	for name, content := range map[string]string{
		"empty": "", "prose": "The first one.", "an array": `[{"id": "PAY-O1"}]`, "truncated": `{"suggestions": [{"id": "PAY-O1", "w`,
		"no list": `{"suggestions": "PAY-O1"}`, "null": `{"suggestions": null}`, "thought only": `<think>{"suggestions": []}</think>`,
		"deep": strings.Repeat(`{"a":`, 20_000), "many": strings.Repeat("{", 100_000), "late": strings.Repeat(" ", answerMost) + firstOutcome,
	} {
		if got, err := parseAnswer(content, payments().Candidates); !errors.Is(err, errUnreadable) || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestWhyIsOneLineWithoutAnythingThatComesAlive(t *testing.T) {
	for said, want := range map[string]string{
		"Customers pay earlier.":            "Customers pay earlier.",
		"Two\nlines\tand  spaces":           "Two lines and spaces",
		"**Bold** `code` ~gone~ a_b":        "Bold code gone a b",
		"done :tada: well":                  "done well",
		"see https://evil.example":          "",
		"see evil.example":                  "",
		"<!channel> look":                   "",
		"ask @anna":                         "",
		"evil*.*com":                        "",
		"h`tt`ps:/_/evil":                   "",
		"e.g. a reminder":                   "e.g. a reminder",
		"Saves 1.5 hours a week; 20 % less": "Saves 1.5 hours a week; 20 % less",
		"客户会更早付款。提醒有帮助。":                    "客户会更早付款。提醒有帮助。",
		"\u200b \u2066":                     "",
		"I’m sorry, I can’t help with that": "",
		"“As an AI language model, I…”":     "",
		"Es tut mir leid, das geht nicht.":  "",
		"Users say “I can’t find it”.":      "Users say “I can’t find it”.",
		"A language model sorts the mail.":  "A language model sorts the mail.",
		strings.Repeat("word ", 100):        strings.Repeat("word ", 39) + "word…",
	} {
		if got := ownWords(said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

func keysOf(suggestions []Suggestion) string {
	var keys []string
	for _, s := range suggestions {
		keys = append(keys, s.Key.String())
	}
	return strings.Join(keys, " ")
}

// FuzzAnswer: whatever a model writes, only what was offered is suggested, in
// lines that are fit to be shown.
func FuzzAnswer(f *testing.F) {
	for _, content := range injections(f) {
		f.Add(content)
	}
	for _, content := range []string{
		firstOutcome, `{"suggestions": []}`, `{"suggestions": [{"id": "PAY-O1", "why": "` + strings.Repeat("é", 300) + `"}]}`,
		`{"suggestions": ["PAY-O1", {"id": "PAY-O2", "why": 1}, null]}`, `<think>{</think>{"suggestions": [{"ID": "PAY-O3", "why": "a\u2028b"}]}`,
		"{\"suggestions\": [{\"id\": \"PAY-O1\", \"why\": \"\xff\xfe\"}]}", `{"suggestions": [{"id": "PAY-O1", "id": "PAY-O9"}]}`,
		`{"suggestions": [{"id": "PAY-O1", "why": "a.\u200bbc e\u0301vil\u2024com"}]}`,
	} {
		f.Add(content)
	}
	q := payments()
	f.Fuzz(func(t *testing.T, content string) {
		got, err := parseAnswer(content, q.Candidates)
		again, _ := parseAnswer(content, q.Candidates)
		if diff := cmp.Diff(got, again); diff != "" {
			t.Errorf("read again:\n%s", diff)
		}
		if err != nil && got != nil || len(got) > SuggestionsMost {
			t.Errorf("%v, %v", got, err)
		}
		for i, s := range got {
			if !s.FromModel || s.Score <= 0 || i > 0 && got[i-1].Score < s.Score {
				t.Errorf("%+v", got)
			}
		}
		if found := effect(q, got); found != "" {
			t.Errorf("%q: %s", content, found)
		}
	})
}
