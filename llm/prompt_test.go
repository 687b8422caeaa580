package llm

import (
	"fmt"
	"strings"
	"testing"

	"alignbot/llm/llmtest"
	"alignbot/pipeline"
)

// TestSendsIsWhatIsSent: what people are shown is what a server gets, word by
// word.
func TestSendsIsWhatIsSent(t *testing.T) {
	s := llmtest.Serve(t, llmtest.Says(firstOutcome))
	m := modelFor(t, settingsFor(s.URL))
	q := payments()
	shown := m.Sends(q)
	if len(s.Asked()) > 0 {
		t.Fatal("showing it sent it")
	}
	if _, err := m.Suggest(t.Context(), q, "U1", &purse{left: 1}); err != nil {
		t.Fatal(err)
	}
	var sent []string
	for _, message := range s.Asked()[0].Body.Messages {
		sent = append(sent, message.Role+":\n"+message.Content)
	}
	if got := strings.Join(sent, "\n\n"); got != shown {
		t.Errorf("sent:\n%s\nshown:\n%s", got, shown)
	}
}

func TestNoNamesAreSent(t *testing.T) {
	q := payments()
	const names = "Ask <@U0123ABCD|anna.kiss>, @béla or WABCDEF123; mail anna.kiss@example.com or <mailto:b@example.org|B>, see https://acme.slack.com/archives/C0123ABCD/p1 " +
		"and <#C0123ABCD|secret-plans>, <!subteam^S0123ABCD|@leads>, @\u200banna.\u200bkiss. The DASHBOARD stays."
	q.Title, q.Problem, q.Measure = names, names, names
	q.Candidates[0].Statement, q.Candidates[0].Metric = names, names
	q.Candidates[0].Opportunities = []string{names}
	q.Candidates[0].Linked = []Linked{{Key: idea(9), Title: names, Problem: names}}
	m := modelFor(t, settingsFor("http://127.0.0.1:1"))
	sent := m.Sends(q)
	for _, name := range []string{"U0123", "anna", "béla", "WABC", "kiss", "example.", "acme", "C0123", "S0123", "secret-plans", "leads", "mailto"} {
		if strings.Contains(sent, name) {
			t.Errorf("%q is sent:\n%s", name, sent)
		}
	}
	if !strings.Contains(sent, "The DASHBOARD stays") {
		t.Errorf("too much is taken out:\n%s", sent)
	}
}

// TestWhatIsSentIsBounded, however much people wrote.
func TestWhatIsSentIsBounded(t *testing.T) {
	q := manyOutcomes(500)
	q.Problem = strings.Repeat("long ", 100_000)
	for i := range q.Candidates {
		q.Candidates[i].Statement = strings.Repeat("wide ", 1000)
	}
	q.Candidates[499].Statement = q.Title
	sent := modelFor(t, settingsFor("http://127.0.0.1:1")).Sends(q)
	if length := pipeline.Length(sent); length > 60_000 {
		t.Errorf("%d characters are sent", length)
	}
	if n := strings.Count(sent, `"id":`) - strings.Count(instructions, `"id":`); n != offeredMost {
		t.Errorf("%d outcomes are offered, want %d", n, offeredMost)
	}
	if !strings.Contains(sent, fmt.Sprintf("%q", outcome(500).String())) {
		t.Error("the nearest outcome is not offered")
	}
}
