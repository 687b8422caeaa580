package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	// beatLimit is how long a loop may be silent before the process counts as
	// stuck. Every loop beats at least every half minute, whatever Slack and
	// Redis do: liveness depends on neither, else an outage of theirs would
	// restart every process.
	beatLimit = 90 * time.Second
	// socketGrace is how long a process counts as ready without a socket: a
	// replacement is under way.
	socketGrace = 5 * time.Second
)

// beats are signs of life of this process's own loops.
type beats struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// of gives the function that a loop calls each time around.
func (b *beats) of(loop string) func() {
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.last[loop] = time.Now()
	}
}

func (b *beats) silent() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var silent []string
	for _, loop := range slices.Sorted(maps.Keys(b.last)) {
		if age := time.Since(b.last[loop]); age > beatLimit {
			silent = append(silent, fmt.Sprintf("the loop %q has not moved for %s", loop, age.Round(time.Second)))
		}
	}
	return silent
}

// condition is what health says: the reasons are sentences for whoever runs
// the bot.
type condition struct {
	OK      bool     `json:"ok"`
	Reasons []string `json:"reasons,omitempty"`
}

// Ready tells whether this process takes work from Slack and can save it; else
// the error names every reason.
func (b *Bot) Ready() error {
	var reasons []error
	if !b.known.Load() {
		reasons = append(reasons, errors.New("slack: the bot token has not been accepted yet"))
	}
	if err := b.store.reason(); err != nil {
		reasons = append(reasons, err)
	}
	if s := b.fleet.state(); s.serving+s.leaving == 0 && time.Since(s.since) > socketGrace {
		reasons = append(reasons, errors.New("slack: no socket is open"))
	}
	if err := b.send.tokenProblem(); err != nil {
		reasons = append(reasons, fmt.Errorf("slack: the bot token is refused: %s", codeOf(err)))
	}
	if b.stopping.Load() {
		reasons = append(reasons, errors.New("this process is stopping"))
	}
	return errors.Join(reasons...)
}

func (b *Bot) readiness() condition {
	err := b.Ready()
	if err == nil {
		b.started.Store(true)
		return condition{OK: true}
	}
	var all interface{ Unwrap() []error }
	errors.As(err, &all)
	c := condition{}
	for _, reason := range all.Unwrap() {
		c.Reasons = append(c.Reasons, reason.Error())
	}
	return c
}

// serveHealth answers /livez, /readyz, /startupz and /metrics until ctx ends.
func (b *Bot) serveHealth(ctx context.Context) error {
	if b.settings.HTTPListen == "" {
		return nil
	}
	listener, err := net.Listen("tcp", b.settings.HTTPListen)
	if err != nil {
		return &Stop{
			Cause: fmt.Sprintf("Health and metrics cannot be served on %s: %v.", b.settings.HTTPListen, err),
			Fix:   "Free that address or set another one in ALIGNBOT_HTTP_LISTEN.",
			Err:   err,
		}
	}
	server := &http.Server{Handler: b.Health(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	b.log.Info("health and metrics are served", "address", listener.Addr().String())
	stopped := context.AfterFunc(ctx, func() { server.Close() })
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve health: %w", err)
	}
	return nil
}

// Health is the handler of the endpoints.
func (b *Bot) Health() http.Handler {
	answer := func(look func() condition) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			c := look()
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			if !c.OK {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			json.NewEncoder(w).Encode(c) // a reader that left needs no answer
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", answer(func() condition {
		silent := b.beats.silent()
		return condition{OK: len(silent) == 0, Reasons: silent}
	}))
	mux.HandleFunc("GET /readyz", answer(b.readiness))
	mux.HandleFunc("GET /startupz", answer(func() condition {
		if b.started.Load() {
			return condition{OK: true}
		}
		return b.readiness()
	}))
	mux.Handle("GET /metrics", promhttp.HandlerFor(b.registry, promhttp.HandlerOpts{Registry: b.registry}))
	return mux
}
