package llm

import (
	"testing"
	"time"

	"alignbot/pipeline"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func settingsFor(url string) Settings {
	s := DefaultSettings()
	s.BaseURL, s.Model, s.Key, s.Timeout = url+"/v1", "small", "key-123", 5*time.Second
	return s
}

func modelFor(t *testing.T, s Settings) *Model {
	t.Helper()
	m, err := NewModel(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func outcome(n int) pipeline.NodeKey { return pipeline.NodeKey{Team: "PAY", Number: n} }

func idea(n int) pipeline.Key { return pipeline.Key{Team: "PAY", Number: n} }

// payments is a question with three outcomes.
func payments() Question {
	return Question{
		Title:   "Remind customers of unpaid invoices",
		Problem: "They forget, and we call each of them.",
		Candidates: []Candidate{
			{
				Key: outcome(1), Statement: "Small firms have their money sooner", Metric: "days from invoice to payment",
				Opportunities: []string{"Customers forget that a bill is due"},
				Linked:        []Linked{{Key: idea(4), Title: "Late fee on overdue invoices", Problem: "Nobody pays in time."}},
			},
			{
				Key: outcome(2), Statement: "Nobody loses money to fraud", Metric: "euros lost per quarter",
				Linked: []Linked{{Key: idea(5), Title: "Two-factor login for admins"}},
			},
			{Key: outcome(3), Statement: "Craftsmen do their paperwork on the building site"},
		},
	}
}
