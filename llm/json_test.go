package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// jsonTexts are those of testdata/json.txt, and some that are too deep for a line.
func jsonTexts(t *testing.T) []string {
	t.Helper()
	file, err := os.ReadFile("testdata/json.txt")
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{strings.Repeat("[", 50_000), strings.Repeat(`{"a":`, 50_000), strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000), strings.Repeat("[", 11_000) + strings.Repeat("]", 11_000)}
	for line := range strings.Lines(string(file)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		text, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		texts = append(texts, text)
	}
	return texts
}

// What is no JSON is no answer, wherever in one it stands; what is one says what it
// says.
func TestOnlyJSONIsAnAnswer(t *testing.T) {
	for _, text := range jsonTexts(t) {
		for _, around := range []string{`{"note": %s, "suggestions": [{"id": "PAY-O1"}]}`, `{"suggestions": [{"id": "PAY-O1", "why": %s}]}`, `{"suggestions": [%s, {"id": "PAY-O1"}]}`} {
			content := fmt.Sprintf(around, text)
			got, err := parseAnswer(content, payments().Candidates)
			var value any // numbers beyond all bounds are valid, and unreadable
			switch {
			case !json.Valid([]byte(content)) || len(content) > answerMost:
				if !errors.Is(err, errUnreadable) || got != nil {
					t.Errorf("%.80q is no JSON and gives %+v (%v)", content, got, err)
				}
			case json.Unmarshal([]byte(content), &value) == nil && (err != nil || keysOf(got) != "PAY-O1"):
				t.Errorf("%.80q gives %+v (%v)", content, got, err)
			}
		}
	}
}
