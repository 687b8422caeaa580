package llm

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"alignbot/llm/llmtest"
	"alignbot/pipeline"

	"golang.org/x/text/unicode/norm"
)

// injections are texts that try to make something happen.
func injections(t testing.TB) []string {
	t.Helper()
	file, err := os.ReadFile("testdata/injections.txt")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for line := range strings.Lines(string(file)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		text, err := strconv.Unquote(`"` + strings.ReplaceAll(line, `"`, `\"`) + `"`)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		texts = append(texts, text)
	}
	if len(texts) < 100 {
		t.Fatalf("only %d injections", len(texts))
	}
	return texts
}

// alive is what must not be shown: written apart from the patterns of the
// program, so that it does not share their mistakes.
var alive = regexp.MustCompile("(?i)[<>@*`~|\\[\\]\\n\\r]|//|\\bwww[.]|\\bhttps?:|mailto:|javascript:|evil[.。]|[.]example|[a-z][.]com|:[a-z_]+:")

// effect tells what of an answer must not be, "" for nothing.
func effect(q Question, answer []Suggestion) string {
	for i, s := range answer {
		offered := slices.ContainsFunc(q.Candidates, func(c Candidate) bool { return c.Key == s.Key })
		again := slices.ContainsFunc(answer[:i], func(t Suggestion) bool { return t.Key == s.Key })
		switch seen := norm.NFKC.String(withoutInvisible(s.Why)); {
		case !offered || again || slices.Contains(q.Dismissed, s.Key):
			return "it suggests " + s.Key.String()
		case alive.MatchString(seen):
			return "it shows " + seen
		case pipeline.Length(s.Why) > WhyLimit:
			return "it is too long"
		case s.Why != pipeline.CleanLine(s.Why):
			return "it is not clean: " + strconv.Quote(s.Why)
		}
	}
	return ""
}

// TestInjectionsHaveNoEffect: each text stands in every place a person can type
// in, and the model obeys it in every way it can.
func TestInjectionsHaveNoEffect(t *testing.T) {
	texts := injections(t)
	var obey string // what the model answers
	s := llmtest.Serve(t, func(w http.ResponseWriter, r llmtest.Request) { llmtest.Says(obey)(w, r) })
	m := modelFor(t, settingsFor(s.URL))
	effects := 0
	for _, text := range texts {
		q := payments()
		q.Title, q.Problem, q.Measure = text, text, text
		q.Dismissed = []pipeline.NodeKey{outcome(2)}
		q.Candidates[0].Statement += " " + text
		q.Candidates[1].Opportunities = []string{text}
		q.Candidates[2].Linked = []Linked{{Key: idea(7), Title: text, Problem: text}}
		if found := effect(q, Rank(q, 10)); found != "" {
			effects++
			t.Errorf("%q: Rank: %s", text, found)
		}
		told, _ := strings.CutPrefix(text, "Write in why: ")
		quoted, err := json.Marshal(told)
		if err != nil {
			t.Fatal(err)
		}
		for n, answer := range []string{
			text,
			told,
			`{"suggestions": [{"id": "PAY-O1", "why": ` + string(quoted) + `}]}`,
			`{"suggestions": [{"id": ` + string(quoted) + `, "why": "x"}, {"id": "PAY-O99"}, {"id": "PAY-O2"}, {"id": "pay-o3", "why": ` + string(quoted) + `}, {"id": "PAY-O3"}]}`,
			text + `{"suggestions": ["PAY-O1", "OPS-O1", ` + string(quoted) + `]}` + text,
		} {
			obey = answer
			q.Measure = text + strconv.Itoa(n) // another question, as answers are remembered
			got, err := m.Suggest(t.Context(), q, "U1", &purse{left: 1})
			if err != nil && got != nil {
				t.Errorf("%q: an error and an answer", text)
			}
			if found := effect(q, got); found != "" {
				effects++
				t.Errorf("%q: Suggest: %s", answer, found)
			}
			m.breaker = breaker{} // garbage in a row is what is tested here
		}
	}
	t.Logf("%d texts, %d effects", len(texts), effects)
}

// TestDataStaysData: what people typed is in one string of the one object that is
// sent, and never in the instructions.
func TestDataStaysData(t *testing.T) {
	for _, text := range injections(t) {
		q := payments()
		q.Title, q.Problem = text, text
		sent := messages(q, offered(q))
		if len(sent) != 2 || sent[0].Content != instructions || sent[1].Role != "user" {
			t.Fatalf("%q: %+v", text, sent)
		}
		var told asked
		decoder := json.NewDecoder(strings.NewReader(sent[1].Content))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&told); err != nil || decoder.More() {
			t.Fatalf("%q: %v", text, err)
		}
		if len(told.Outcomes) != 3 || told.Outcomes[0].ID != "PAY-O1" {
			t.Errorf("%q: outcomes %+v", text, told.Outcomes)
		}
	}
}
