package llm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/llm/llmtest"

	"github.com/google/go-cmp/cmp"
)

// purse is a budget of so many questions.
type purse struct {
	mu    sync.Mutex
	left  int
	err   error
	users []string
}

func (p *purse) Spend(_ context.Context, user string) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil || p.left == 0 {
		return false, p.err
	}
	p.left--
	p.users = append(p.users, user)
	return true, nil
}

const firstOutcome = `{"suggestions": [{"id": "PAY-O1", "why": "Customers pay earlier when they are reminded."}]}`

var firstSuggested = []Suggestion{{Key: outcome(1), Why: "Customers pay earlier when they are reminded.", FromModel: true, Score: 1}}

func TestTheModelChooses(t *testing.T) {
	s := llmtest.Serve(t, llmtest.Says(firstOutcome))
	m := modelFor(t, settingsFor(s.URL))
	money := &purse{left: 1}
	got, err := m.Suggest(t.Context(), payments(), "U1", money)
	if diff := cmp.Diff(firstSuggested, got); diff != "" || err != nil {
		t.Fatalf("%v (-want +got):\n%s", err, diff)
	}
	again, err := m.Suggest(t.Context(), payments(), "U2", money) // the purse is empty
	if diff := cmp.Diff(firstSuggested, again); diff != "" || err != nil {
		t.Errorf("asked again: %v (-want +got):\n%s", err, diff)
	}
	asked := s.Asked()
	if len(asked) != 1 || asked[0].Path != "/v1/chat/completions" || asked[0].Authorization != "Bearer key-123" || asked[0].Body.Model != "small" {
		t.Errorf("the server was asked %+v", asked)
	}
	if schema := string(asked[0].Body.ResponseFormat.JSONSchema); !strings.Contains(schema, `"enum":["PAY-O1","PAY-O2","PAY-O3"]`) || !strings.Contains(schema, `"strict":true`) {
		t.Errorf("the schema is %s", schema)
	}
	if diff := cmp.Diff([]string{"U1"}, money.users); diff != "" {
		t.Errorf("spent (-want +got):\n%s", diff)
	}
}

func TestAzureIsAskedItsOwnWay(t *testing.T) {
	s := llmtest.Serve(t, llmtest.Says(firstOutcome))
	settings := settingsFor(s.URL)
	settings.BaseURL, settings.Kind, settings.Model = s.URL, Azure, "gpt-4.1:eu"
	if _, err := modelFor(t, settings).Suggest(t.Context(), payments(), "U1", &purse{left: 1}); err != nil {
		t.Fatal(err)
	}
	r := s.Asked()[0]
	if r.Path != "/openai/deployments/gpt-4.1:eu/chat/completions" || r.Query != "api-version="+azureVersion || r.APIKey != "key-123" || r.Authorization != "" {
		t.Errorf("asked %+v", r)
	}
}

func TestNothingIsSentWithoutABudget(t *testing.T) {
	s := llmtest.Serve(t, llmtest.Says(firstOutcome))
	m := modelFor(t, settingsFor(s.URL))
	for name, budget := range map[string]Budget{"none": nil, "empty": &purse{}, "unknown": &purse{left: 5, err: errors.New("store lost")}} {
		if got, err := m.Suggest(t.Context(), payments(), "U1", budget); !errors.Is(err, ErrBudget) || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if asked := s.Asked(); len(asked) > 0 {
		t.Errorf("the server was asked %+v", asked)
	}
}

func TestNoCandidatesAskNothing(t *testing.T) {
	s := llmtest.Serve(t, llmtest.Says(firstOutcome))
	q := payments()
	for _, c := range q.Candidates {
		q.Dismissed = append(q.Dismissed, c.Key)
	}
	if got, err := modelFor(t, settingsFor(s.URL)).Suggest(t.Context(), q, "U1", &purse{left: 1}); got != nil || err != nil || len(s.Asked()) > 0 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestTheShapeIsFoundOutOnce: servers refuse a response_format in their own
// words.
func TestTheShapeIsFoundOutOnce(t *testing.T) {
	refuse := func(known string, body string) func(http.ResponseWriter, llmtest.Request) {
		return func(w http.ResponseWriter, r llmtest.Request) {
			if r.Shape() != known {
				llmtest.Raw(400, body)(w, r)
				return
			}
			llmtest.Says("Of course! <think>{\"suggestions\": []}</think> ```json\n"+firstOutcome+"\n```")(w, r)
		}
	}
	for name, c := range map[string]struct{ known, body string }{
		"OpenAI":    {"json_object", `{"error": {"message": "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.", "type": "invalid_request_error"}}`},
		"vLLM":      {"text", `{"object": "error", "message": "response_format is not supported", "code": 400}`},
		"Ollama":    {"json_object", `{"error": "invalid schema in format"}`},
		"LM Studio": {"text", `{"error": "'response_format.type' must be 'text'"}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.Serve(t, refuse(c.known, c.body))
			m := modelFor(t, settingsFor(s.URL))
			for range 2 {
				q := payments()
				q.Title += fmt.Sprint(len(s.Asked()))
				got, err := m.Suggest(t.Context(), q, "U1", &purse{left: 1})
				if diff := cmp.Diff(firstSuggested, got); diff != "" || err != nil {
					t.Fatalf("%v (-want +got):\n%s", err, diff)
				}
			}
			var shapes []string
			for _, r := range s.Asked() {
				shapes = append(shapes, r.Shape())
			}
			want := []string{"json_schema", "json_object", "json_object"}
			if c.known == "text" {
				want = []string{"json_schema", "json_object", "text", "text"}
			}
			if diff := cmp.Diff(want, shapes); diff != "" {
				t.Errorf("shapes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestATroubleCostsTheSuggestionAlone: whatever the server does, the answer is an
// error within the time limit, after at most two attempts.
func TestATroubleCostsTheSuggestionAlone(t *testing.T) {
	hang := func(_ http.ResponseWriter, r llmtest.Request) { <-r.Gone }
	huge := strings.Repeat("x", 10<<20)
	for name, c := range map[string]struct {
		step  func(http.ResponseWriter, llmtest.Request)
		asked int
		says  string
		is    error
	}{
		"silent before the header": {step: hang, asked: 1, is: context.DeadlineExceeded},
		"silent amid the body": {step: func(w http.ResponseWriter, r llmtest.Request) {
			fmt.Fprint(w, `{"choices": [{"message"`)
			w.(http.Flusher).Flush()
			<-r.Gone
		}, asked: 1, is: context.DeadlineExceeded},
		"10 MB": {step: func(w http.ResponseWriter, r llmtest.Request) {
			fmt.Fprintf(w, `{"choices": [{"message": {"content": "%s"}}]}`, huge)
		}, asked: 1, says: "too large"},
		"10 MB of error": {step: llmtest.Raw(400, huge), asked: 1, says: "too large"},
		"10 MB of header": {step: func(w http.ResponseWriter, r llmtest.Request) {
			w.Header().Set("X-Long", huge[:1<<20])
		}, asked: 1, says: "header"},
		"truncated": {step: func(w http.ResponseWriter, r llmtest.Request) { fmt.Fprint(w, `{"choices": [{"message": {"cont`) }, asked: 2, says: "unexpected EOF"},
		"cut off": {step: func(w http.ResponseWriter, r llmtest.Request) {
			w.Header().Set("Content-Length", "5000")
			fmt.Fprint(w, `{"choices": [`)
		}, asked: 2, says: "unexpected EOF"},
		"hangs up":               {step: func(http.ResponseWriter, llmtest.Request) { panic(http.ErrAbortHandler) }, asked: 2, says: "EOF"},
		"empty":                  {step: llmtest.Raw(200, ""), asked: 2, says: "EOF"},
		"HTML":                   {step: llmtest.Raw(200, "<html>Welcome</html>"), asked: 1, says: "invalid character"},
		"wrong types":            {step: llmtest.Raw(200, `{"choices": "many"}`), asked: 1, says: "cannot unmarshal"},
		"no choices":             {step: llmtest.Raw(200, `{"choices": []}`), asked: 2, is: errUnreadable},
		"an error that is fine":  {step: llmtest.Raw(200, `{"error": {"message": "out of memory"}}`), asked: 2, is: errUnreadable},
		"prose":                  {step: llmtest.Says("I would choose the first one."), asked: 2, is: errUnreadable},
		"cut by length":          {step: llmtest.Says(`{"suggestions": [{"id": "PAY-O1", "why": "Bec`), asked: 2, is: errUnreadable},
		"refusal":                {step: llmtest.Raw(200, `{"choices": [{"finish_reason": "stop", "message": {"refusal": "I cannot help with that."}}]}`), asked: 1, is: ErrRefused},
		"filtered":               {step: llmtest.Raw(200, `{"choices": [{"finish_reason": "content_filter", "message": {"content": ""}}]}`), asked: 1, is: ErrRefused},
		"a wrong key":            {step: llmtest.Raw(401, `{"error": {"message": "Incorrect API key provided: key-123"}}`), asked: 1, says: "401 Unauthorized"},
		"no such model":          {step: llmtest.Raw(404, `{"error": "model not found"}`), asked: 1, says: "404 Not Found"},
		"no such model at vLLM":  {step: llmtest.Raw(404, `{"object": "error", "message": "The model does not exist."}`), asked: 1, says: "404 Not Found"},
		"too many":               {step: llmtest.Raw(429, `{"error": {"message": "slow down"}}`), asked: 2, says: "429 Too Many Requests"},
		"a gateway":              {step: llmtest.Raw(502, "<html>bad gateway</html>"), asked: 2, says: "502 Bad Gateway"},
		"a redirect":             {step: redirect(307, "http://169.254.169.254/latest/meta-data/"), asked: 1, is: errRedirect},
		"a redirect that is GET": {step: redirect(302, "/v1/other"), asked: 1, is: errRedirect},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.Serve(t, c.step)
			settings := settingsFor(s.URL)
			if errors.Is(c.is, context.DeadlineExceeded) {
				settings.Timeout = TimeoutLeast
			}
			begun := time.Now()
			got, err := modelFor(t, settings).Suggest(t.Context(), payments(), "U1", &purse{left: 1})
			if got != nil || err == nil || !strings.Contains(err.Error(), c.says) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%v, %v, want %q %v", got, err, c.says, c.is)
			}
			if took := time.Since(begun); took > settings.Timeout+2*time.Second {
				t.Errorf("it took %s", took)
			}
			if asked := len(s.Asked()); asked != c.asked {
				t.Errorf("asked %d times, want %d", asked, c.asked)
			}
			if err != nil && (len(err.Error()) > 400 || strings.Contains(err.Error(), settings.Key)) {
				t.Errorf("the error is not fit for a log: %.500s", err)
			}
		})
	}
}

func redirect(status int, to string) func(http.ResponseWriter, llmtest.Request) {
	return func(w http.ResponseWriter, _ llmtest.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}
}

func TestAPassingTroubleIsTriedAgain(t *testing.T) {
	for name, step := range map[string]func(http.ResponseWriter, llmtest.Request){
		"503":   llmtest.Raw(503, "busy"),
		"429":   llmtest.Raw(429, `{"error": {"message": "slow down"}}`),
		"prose": llmtest.Says("Hm."),
		"gone":  func(http.ResponseWriter, llmtest.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.Serve(t, step, llmtest.Says(firstOutcome))
			money := &purse{left: 5}
			got, err := modelFor(t, settingsFor(s.URL)).Suggest(t.Context(), payments(), "U1", money)
			if diff := cmp.Diff(firstSuggested, got); diff != "" || err != nil || money.left != 4 {
				t.Errorf("%v, %d left (-want +got):\n%s", err, money.left, diff)
			}
		})
	}
}

func TestALongRetryAfterIsNotWaitedFor(t *testing.T) {
	s := llmtest.Serve(t, func(w http.ResponseWriter, r llmtest.Request) {
		w.Header().Set("Retry-After", "60")
		llmtest.Raw(429, "{}")(w, r)
	})
	begun := time.Now()
	_, err := modelFor(t, settingsFor(s.URL)).Suggest(t.Context(), payments(), "U1", &purse{left: 1})
	if took := time.Since(begun); err == nil || len(s.Asked()) != 1 || took > 2*time.Second {
		t.Errorf("%v after %s and %d requests", err, took, len(s.Asked()))
	}
}

func TestAServerThatIsDownIsLeftAlone(t *testing.T) {
	s := llmtest.Serve(t, llmtest.Raw(404, "{}"), llmtest.Raw(404, "{}"), llmtest.Raw(404, "{}"), llmtest.Raw(404, "{}"), llmtest.Raw(404, "{}"), llmtest.Raw(404, "{}"), llmtest.Says(firstOutcome))
	m := modelFor(t, settingsFor(s.URL))
	now := time.Now()
	m.now = func() time.Time { return now }
	money := &purse{left: 100}
	ask := func() error {
		_, err := m.Suggest(t.Context(), payments(), "U1", money)
		return err
	}
	for range failuresMost {
		if err := ask(); errors.Is(err, ErrResting) || err == nil {
			t.Fatal(err)
		}
	}
	left := money.left
	if err := ask(); !errors.Is(err, ErrResting) || money.left != left {
		t.Errorf("while it rests: %v, spent %d", err, left-money.left)
	}
	now = now.Add(rest)
	if err := ask(); err == nil || errors.Is(err, ErrResting) { // tried, and still down
		t.Error(err)
	}
	if err := ask(); !errors.Is(err, ErrResting) {
		t.Error(err)
	}
	now = now.Add(rest)
	for range 2 {
		if err := ask(); err != nil {
			t.Errorf("it is back: %v", err)
		}
	}
}

func TestWhoGoesAwayDoesNotCountAsAFailure(t *testing.T) {
	arrived := make(chan struct{}, failuresMost)
	s := llmtest.Serve(t, func(_ http.ResponseWriter, r llmtest.Request) {
		arrived <- struct{}{}
		<-r.Gone
	})
	m := modelFor(t, settingsFor(s.URL))
	for range failuresMost {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-arrived
			cancel()
		}()
		if _, err := m.Suggest(ctx, payments(), "U1", &purse{left: 1}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	}
	if !m.breaker.allow(time.Now()) {
		t.Error("the server is left alone")
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	s := llmtest.Serve(t, llmtest.Says(firstOutcome))
	m := modelFor(t, settingsFor(s.URL))
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			q := payments()
			q.Title = fmt.Sprintf("%s %d", q.Title, n%4)
			if got, err := m.Suggest(t.Context(), q, "U1", &purse{left: 1}); err != nil || len(got) != 1 {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	all.Wait()
}

func TestTheCacheIsBounded(t *testing.T) {
	c := &cache{}
	key := func(n int) (k [32]byte) { k[0], k[1] = byte(n), byte(n>>8); return k }
	for n := range cacheMost + 10 {
		c.put(key(n), []Suggestion{{Score: float64(n)}})
		c.get(key(0)) // used all the time
	}
	if _, known := c.get(key(0)); !known || c.order.Len() != cacheMost || len(c.answers) != cacheMost {
		t.Errorf("%d answers, the one in use %t", c.order.Len(), known)
	}
	if _, known := c.get(key(1)); known {
		t.Error("the oldest is still there")
	}
}
