// Package llmtest is a server for tests that speaks the API of OpenAI as far as
// it is told to.
package llmtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
)

// Server answers by its steps.
type Server struct {
	*httptest.Server
	mu       sync.Mutex
	requests []Request
}

// Request is what the server was asked.
type Request struct {
	Gone                               <-chan struct{} // closed when nobody waits for the answer
	Path, Query, Authorization, APIKey string
	Body                               struct {
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

// Shape is the response_format that was asked for, "text" for none.
func (r Request) Shape() string {
	if r.Body.ResponseFormat == nil {
		return "text"
	}
	return r.Body.ResponseFormat.Type
}

// Step answers one request.
type Step = func(http.ResponseWriter, Request)

// Serve answers each request by the next of the steps, and the last one again,
// until the test ends.
func Serve(t testing.TB, steps ...Step) *Server {
	t.Helper()
	s := &Server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := Request{Gone: r.Context().Done(), Path: r.URL.Path, Query: r.URL.RawQuery, Authorization: r.Header.Get("Authorization"), APIKey: r.Header.Get("api-key")}
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(body, &asked.Body)
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

// Asked are the requests so far.
func (s *Server) Asked() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Says answers with a message of the model.
func Says(content string) Step {
	return func(w http.ResponseWriter, _ Request) {
		w.Header().Set("Content-Type", "application/json")
		answer := map[string]any{"choices": []any{map[string]any{
			"finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": content},
		}}}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			panic(err) // strings alone
		}
	}
}

// Raw answers with a status and a body.
func Raw(status int, body string) Step {
	return func(w http.ResponseWriter, _ Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}
