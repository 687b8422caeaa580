package llm

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server speaks the API of OpenAI as far as it is told to.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request
}

// request is what the server was asked.
type request struct {
	gone                               <-chan struct{} // closed when nobody waits for the answer
	path, query, authorization, apiKey string
	body                               struct {
		Model    string `json:"model"`
		Messages []struct {
			Role    string `json:"role"`
			Content string `json:"content"`
		} `json:"messages"`
		ResponseFormat *struct {
			Type       string          `json:"type"`
			JSONSchema json.RawMessage `json:"json_schema"`
		} `json:"response_format"`
	}
}

// shape is the response_format that was asked for, "text" for none.
func (r request) shape() string {
	if r.body.ResponseFormat == nil {
		return "text"
	}
	return r.body.ResponseFormat.Type
}

// serve answers each request by the next of the steps, and the last one again.
func serve(t *testing.T, steps ...func(http.ResponseWriter, request)) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := request{gone: r.Context().Done(), path: r.URL.Path, query: r.URL.RawQuery, authorization: r.Header.Get("Authorization"), apiKey: r.Header.Get("api-key")}
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(body, &asked.body)
		}
		if err != nil {
			t.Errorf("the request is unreadable: %v", err)
		}
		s.mu.Lock()
		s.requests = append(s.requests, asked)
		step := steps[min(len(s.requests), len(steps))-1]
		s.mu.Unlock()
		step(w, asked)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) asked() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// says answers with a message of the model.
func says(content string) func(http.ResponseWriter, request) {
	return func(w http.ResponseWriter, _ request) {
		writeJSON(w, 200, map[string]any{"choices": []any{map[string]any{
			"finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": content},
		}}})
	}
}

// raw answers with a status and a body.
func raw(status int, body string) func(http.ResponseWriter, request) {
	return func(w http.ResponseWriter, _ request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		panic(err)
	}
}

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
