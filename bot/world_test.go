package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"
	"go.uber.org/goleak"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

func TestMain(m *testing.M) {
	if encoded, ordered := os.LookupEnv(envReplica); ordered {
		if err := serve(encoded); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// world is a local Slack, a store, and bots between them.
type world struct {
	*simtest.Sim
	t  *testing.T
	db *storage.DB
	// held is what "/align hold" waits for; holding counts who waits.
	held    chan struct{}
	holding chan struct{}
	// effects counts what "/align count" and its like did.
	mu      sync.Mutex
	effects map[string]int
	bots    []*running
}

// running is one bot of a world.
type running struct {
	*Bot
	stop  context.CancelFunc
	ended chan struct{}
	err   error // valid after ended
}

const workspace = "T0ACME"

func newWorld(t *testing.T, opt slacksim.Options) *world {
	return newWorldOn(t, opt, "memory:")
}

func newWorldOn(t *testing.T, opt slacksim.Options, store string) *world {
	t.Helper()
	w := &world{
		t: t, held: make(chan struct{}), holding: make(chan struct{}, 1000), effects: map[string]int{},
	}
	w.db = openStore(t, store)
	w.Sim = simtest.Open(t, opt)
	return w
}

func openStore(t *testing.T, url string) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Settings{URL: url}, quiet(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// quiet logs to the test's output, which shows when the test fails.
func quiet(t *testing.T) *slog.Logger {
	out := &testOutput{w: t.Output()}
	t.Cleanup(out.close)
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// testOutput swallows what is logged after the test.
type testOutput struct {
	mu sync.Mutex
	w  io.Writer
}

func (o *testOutput) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.w == nil {
		return len(b), nil
	}
	return o.w.Write(b)
}

func (o *testOutput) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.w = nil
}

// team makes #payments the team PAY, owned by Alice.
func (w *world) team() pipeline.Team {
	w.t.Helper()
	team := pipeline.DefaultTeam("C0PAYMENTS", "payments", pipeline.Person{ID: "U0ALICE", Zone: "Europe/Berlin"})
	team.Key, team.Created, team.CreatedBy = "PAY", time.Now(), "U0ALICE"
	stored, err := w.db.Workspace(workspace).SetUpTeam(w.t.Context(), "test/set-up", team)
	if err != nil {
		w.t.Fatal(err)
	}
	return stored
}

func (w *world) settings() Settings {
	return Settings{
		APIURL: w.APIURL(), BotToken: Secret(w.BotToken()), AppToken: Secret(w.AppToken()),
		PostPace: time.Millisecond,
		Timing: Timing{
			Apart: time.Millisecond, RetryFirst: 5 * time.Millisecond, RetryMost: 50 * time.Millisecond,
			StoreCheck: 50 * time.Millisecond, Stable: 100 * time.Millisecond,
		},
	}
}

func (w *world) did(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.effects[what]++
}

func (w *world) times(what string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.effects[what]
}

func say(s string) commands.Post {
	return commands.Post{Text: commands.Mrkdwn(s), Blocks: []slack.Block{
		slack.NewSectionBlock(slack.NewTextBlockObject(slack.PlainTextType, s, false, false), nil, nil),
	}}
}

func tell(s string) commands.Reply {
	p := say(s)
	return commands.Reply{Tell: &p}
}

func button(action, label string) slack.Block {
	return slack.NewActionBlock("", slack.NewButtonBlockElement(action, "pressed", slack.NewTextBlockObject(slack.PlainTextType, label, false, false)))
}

func modal(callback string) *slack.ModalViewRequest {
	text := func(s string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
	}
	return &slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, Title: text("A form"), Submit: text("Send"), Close: text("Cancel"),
		PrivateMetadata: `{"v":1,"channel":"C0PAYMENTS"}`,
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock("title", text("Words"), nil, slack.NewPlainTextInputBlockElement(nil, "words")),
			button("test.press", "Press"),
			button("test.ontop", "On top"),
		}},
	}
}

// entries are the real ones, and some that do one thing each.
func (w *world) entries() []commands.Entry {
	open := pipeline.OpenHome
	slash := func(word string, do commands.Handler) commands.Entry {
		return commands.Entry{On: commands.Slash, Name: "/align", Word: word, May: open, Do: do}
	}
	press := func(name string, do commands.Handler) commands.Entry {
		return commands.Entry{On: commands.Button, Name: name, May: open, Do: do}
	}
	hold := func(ctx context.Context) error {
		w.holding <- struct{}{}
		select {
		case <-w.held:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return append(commands.List(),
		slash("say", func(_ context.Context, _ *commands.App, r *commands.Request) (commands.Reply, error) {
			w.did("say " + r.Words)
			return tell("You said " + r.Words), nil
		}),
		slash("panic", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) { panic("on purpose") }),
		slash("fail", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) {
			return commands.Reply{}, errors.New("secret inner workings")
		}),
		slash("hold", func(ctx context.Context, _ *commands.App, r *commands.Request) (commands.Reply, error) {
			if err := hold(ctx); err != nil {
				return commands.Reply{}, err
			}
			w.did("hold")
			return tell("held " + r.Words), nil
		}),
		slash("after", func(_ context.Context, _ *commands.App, r *commands.Request) (commands.Reply, error) {
			words := r.Words
			return commands.Reply{After: func(context.Context) commands.Reply {
				<-w.held
				if words == "panic" {
					panic("on purpose")
				}
				return tell("After it: " + words)
			}}, nil
		}),
		slash("window", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) {
			says := func(words string) *slack.ModalViewRequest {
				view := modal("test.form")
				view.Blocks.BlockSet = append(say(words).Blocks, view.Blocks.BlockSet...)
				return view
			}
			return commands.Reply{Open: says("Wait for it"), After: func(context.Context) commands.Reply {
				<-w.held
				return commands.Reply{Update: says("Here it is")}
			}}, nil
		}),
		slash("ignorectx", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) {
			w.holding <- struct{}{}
			<-w.held
			return commands.Reply{}, nil
		}),
		slash("form", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) {
			return commands.Reply{Open: modal("test.form")}, nil
		}),
		slash("holdform", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) {
			return commands.Reply{Open: modal("test.hold")}, nil
		}),
		slash("oddform", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) {
			return commands.Reply{Open: modal("test.nobody_knows")}, nil
		}),
		slash("buttons", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) {
			p := say("Choose")
			p.Blocks = append(p.Blocks, button("test.press", "Press"), button("test.replace", "Replace"), button("test.panic", "Panic"), button("test.form", "Open"))
			return commands.Reply{Tell: &p}, nil
		}),
		slash("oldbutton", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) {
			p := say("From long ago")
			p.Blocks = append(p.Blocks, button("test.forgotten", "Old"))
			return commands.Reply{Tell: &p}, nil
		}),
		slash("huge", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) {
			p := commands.Post{Text: "huge"}
			for range 4 {
				p.Blocks = append(p.Blocks, say(longText()).Blocks...)
			}
			return commands.Reply{Tell: &p}, nil
		}),
		press("test.press", func(_ context.Context, _ *commands.App, r *commands.Request) (commands.Reply, error) {
			w.did("press")
			return tell("It was " + r.Value), nil
		}),
		press("test.replace", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) {
			p := say("Replaced")
			return commands.Reply{Replace: &p}, nil
		}),
		press("test.panic", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) { panic("on purpose") }),
		press("test.form", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) {
			return commands.Reply{Open: modal("test.form")}, nil
		}),
		commands.Entry{On: commands.Submit, Name: "test.form", May: open, Do: func(_ context.Context, _ *commands.App, r *commands.Request) (commands.Reply, error) {
			words := r.Form.Values["title"].Text
			if words == "wrong" {
				return commands.Reply{}, &pipeline.Problem{Code: "title", Fields: map[pipeline.Field]string{pipeline.FieldTitle: "Not that."}}
			}
			w.did("submit " + words)
			return tell("Got " + words), nil
		}},
		press("test.ontop", func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) {
			return commands.Reply{Open: modal("test.ontop")}, nil
		}),
		commands.Entry{On: commands.Submit, Name: "test.ontop", May: open, Do: func(_ context.Context, _ *commands.App, r *commands.Request) (commands.Reply, error) {
			below := modal("test.form")
			below.Blocks.BlockSet = append(below.Blocks.BlockSet, say("Above was "+r.Form.Values["title"].Text).Blocks...)
			return commands.Reply{Below: below}, nil
		}},
		commands.Entry{On: commands.Submit, Name: "test.hold", May: open, Do: func(ctx context.Context, _ *commands.App, r *commands.Request) (commands.Reply, error) {
			return commands.Reply{}, hold(ctx)
		}},
	)
}

// longText fits a section; in UTF-8 it is three times as long.
func longText() string { return strings.Repeat("長", 2900) }

// start runs a bot until the test ends or somebody stops it.
func (w *world) start(change ...func(*Settings, *Parts)) *running {
	w.t.Helper()
	settings := w.settings()
	parts := Parts{
		DB: w.db, Entries: w.entries(), Log: quiet(w.t), Metrics: prometheus.NewRegistry(),
		Policy:   pipeline.Policy{},
		Reaction: "bulb",
	}
	for _, c := range change {
		c(&settings, &parts)
	}
	b, err := New(settings, parts)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{Bot: b, stop: stop, ended: make(chan struct{})}
	w.bots = append(w.bots, r)
	go func() {
		defer close(r.ended)
		r.err = b.Run(ctx)
	}()
	w.t.Cleanup(func() {
		stop()
		within(w.t, 15*time.Second, "the bot to end", r.ended)
	})
	return r
}

// ready starts a bot and waits until it has both its sockets.
func (w *world) ready(change ...func(*Settings, *Parts)) *running {
	w.t.Helper()
	r := w.start(change...)
	w.eventually("the bot is ready, with all its sockets", func() bool {
		return r.Ready() == nil && r.fleet.state().serving == r.settings.Sockets
	})
	return r
}

// end stops the bot and gives what Run returned.
func (r *running) end(t *testing.T) error {
	t.Helper()
	r.stop()
	within(t, 15*time.Second, "the bot to end", r.ended)
	return r.err
}

// settle ends all bots: then all replies are out.
func (w *world) settle() {
	w.t.Helper()
	for _, r := range w.bots {
		if err := r.end(w.t); err != nil {
			w.t.Error(err)
		}
	}
}

// count gives a counter's value for the labels it begins with.
func count(t *testing.T, r *running, name string, labels ...string) float64 {
	t.Helper()
	families, err := r.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			var values []string
			for _, l := range m.GetLabel() {
				values = append(values, l.GetValue())
			}
			if all(labels, func(l string) bool { return slices.Contains(values, l) }) {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return sum
}

func all[T any](items []T, holds func(T) bool) bool {
	return !slices.ContainsFunc(items, func(item T) bool { return !holds(item) })
}

func within(t *testing.T, d time.Duration, what string, done <-chan struct{}) {
	t.Helper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		t.Fatalf("waited %s for %s", d, what)
	}
}

// eventually looks again and again at what tells nobody when it changes.
func (w *world) eventually(what string, cond func() bool) {
	w.t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-deadline.C:
			w.t.Fatalf("it did not come to this: %s", what)
		}
	}
}

// calls of a method that Slack took.
func (w *world) calls(method string) []slacksim.Entry {
	return w.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Kind == slacksim.KindCall && e.Method == method && e.Error == ""
	})
}

func (w *world) badAcks() []slacksim.Entry {
	return w.Ledger().Entries(func(e slacksim.Entry) bool { return e.Kind == slacksim.KindAck && e.Error != "" })
}

// health asks one of the endpoints.
func (r *running) health(path string) (int, condition) {
	recorder := httptest.NewRecorder()
	r.Health().ServeHTTP(recorder, httptest.NewRequest("GET", path, nil))
	var c condition
	json.Unmarshal(recorder.Body.Bytes(), &c) // metrics are no JSON
	return recorder.Code, c
}

// syncBuilder is a strings.Builder for several goroutines.
type syncBuilder struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *syncBuilder) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *syncBuilder) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func debugTo(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
