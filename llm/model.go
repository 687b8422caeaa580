package llm

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// Budget counts what is asked for people.
type Budget interface {
	// Spend takes one question of the user's budget for today, and of their
	// workspace's. It is false when either is used up; then nothing was taken.
	Spend(ctx context.Context, user string) (ok bool, err error)
}

// Why a model was not asked, or did not answer. Whoever called has what Rank
// found, and nothing was changed.
var (
	ErrBudget  = errors.New("today's questions to the model are used up, or nobody could count them")
	ErrResting = errors.New("the model failed several times in a row and is left alone for a minute")
	ErrRefused = errors.New("the model refused to answer")
)

// Model suggests outcomes by asking a language model. It is safe for concurrent
// use.
type Model struct {
	settings Settings
	host     string
	client   *openai.Client
	http     *http.Client
	shape    atomic.Int32 // see shape.go
	breaker  breaker
	cache    cache
	now      func() time.Time
}

// NewModel gives a model as the settings name it. It connects to nothing yet.
func NewModel(s Settings) (*Model, error) { return newModel(s, nil) }

func newModel(s Settings, resolver *net.Resolver) (*Model, error) {
	if !s.Configured() {
		return nil, errors.New("llm.base_url: it is empty; no model is configured")
	}
	if err := s.err(); err != nil {
		return nil, err
	}
	base, err := parseBase(s.BaseURL, s.AllowPlainHTTP)
	if err != nil {
		return nil, err
	}
	config := openai.DefaultConfig(s.Key)
	if s.Kind == Azure {
		config = openai.DefaultAzureConfig(s.Key, "")
		config.APIVersion = azureVersion
		config.AzureModelMapperFunc = func(model string) string { return model }
	}
	config.BaseURL = base.String()
	m := &Model{settings: s, host: base.Host, http: newHTTPClient(base, s, resolver), now: time.Now}
	config.HTTPClient = m.http
	m.client = openai.NewClientWithConfig(config)
	return m, nil
}

// azureVersion is the last one of the API with deployments in its path that is no
// preview; it knows json_schema.
// https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
const azureVersion = "2024-10-21"

// Close ends the connections that wait for another question.
func (m *Model) Close() { m.http.CloseIdleConnections() }

// Suggest asks the model which outcomes the idea serves, at most SuggestionsMost
// and maybe none. It waits no longer than the settings say and asks twice at
// most. A question that was answered before is not asked again and costs
// nothing. Without a budget nothing is asked.
func (m *Model) Suggest(ctx context.Context, q Question, user string, budget Budget) ([]Suggestion, error) {
	candidates := offered(q)
	if len(candidates) == 0 {
		return nil, nil
	}
	told := messages(q, candidates)
	key := m.cacheKey(told)
	if answer, known := m.cache.get(key); known {
		return answer, nil
	}
	if !m.breaker.allow(m.now()) {
		return nil, ErrResting
	}
	if err := spend(ctx, user, budget); err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, m.settings.Timeout)
	defer cancel()
	answer, err := m.ask(limited, told, candidates)
	if ctx.Err() == nil { // who goes away says nothing about the server
		m.breaker.note(m.now(), err == nil || errors.Is(err, ErrRefused))
	}
	if err != nil {
		return nil, fmt.Errorf("ask the model: %w", brief(err))
	}
	m.cache.put(key, answer)
	return answer, nil
}

// spend fails closed: what nobody counts is not spent.
func spend(ctx context.Context, user string, budget Budget) error {
	if budget == nil {
		return ErrBudget
	}
	switch ok, err := budget.Spend(ctx, user); {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrBudget, err)
	case !ok:
		return ErrBudget
	}
	return nil
}

func (m *Model) cacheKey(told []openai.ChatCompletionMessage) [32]byte {
	written, err := json.Marshal([]any{promptVersion, m.settings.Kind, m.settings.BaseURL, m.settings.Model, told})
	if err != nil {
		panic(err) // strings alone
	}
	return sha256.Sum256(written)
}

// Budgets are how many questions a day may be asked for one person, and for all
// of a workspace.
func (m *Model) Budgets() (person, workspace int) {
	return m.settings.PersonBudget, m.settings.WorkspaceBudget
}

// Asks names the model and the host that is asked, for people who want to know
// where a text goes: "qwen3:8b at 127.0.0.1:11434".
func (m *Model) Asks() string { return m.settings.Model + " at " + m.host }
