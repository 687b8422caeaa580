package nudges_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"alignbot/bot"
	"alignbot/commands"
	"alignbot/nudges"
	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

// envReplica makes the test's own executable be a bot with these orders.
const envReplica = "ALIGNBOT_TEST_NUDGES"

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

const workspace = "T0ACME"

// world is a local Slack, a store, and what runs between them.
type world struct {
	*simtest.Sim
	t     *testing.T
	db    *storage.DB
	store *storage.Store
	url   string // of the store
}

func newWorld(t *testing.T, opt slacksim.Options, url string) *world {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Settings{URL: url}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &world{Sim: simtest.Open(t, opt), t: t, db: db, store: db.Workspace(workspace), url: url}
}

// team makes a channel the team PAY, owned by Alice, that works every day.
func (w *world) team() pipeline.Team {
	w.t.Helper()
	team := pipeline.DefaultTeam("C0PAYMENTS", "payments", pipeline.Person{ID: "U0ALICE", Zone: "UTC"})
	team.Key, team.Created, team.CreatedBy, team.Workdays = "PAY", time.Now(), "U0ALICE", pipeline.Week()
	stored, err := w.store.SetUpTeam(w.t.Context(), "test/set-up", team)
	if err != nil {
		w.t.Fatal(err)
	}
	return stored
}

// morning is a time zone in which it is late in the morning now, whenever the test
// runs.
func morning() string {
	hour := time.Now().UTC().Hour()
	return fmt.Sprintf("Etc/GMT%+d", map[bool]int{true: hour - 11, false: hour - 11 - 24}[hour-11 <= 12])
}

// ask starts a round that asks people, which waits for them: they were told of it two
// days ago.
func (w *world) ask(op string, people ...string) {
	w.t.Helper()
	now := time.Now()
	_, err := w.store.StartRound(w.t.Context(), op, pipeline.Round{
		Team: "PAY", Questions: []string{"Why do we do this?"}, To: people,
		Started: now.Add(-48 * time.Hour), StartedBy: "U0ALICE", Deadline: now.Add(72 * time.Hour),
	}, storage.Slot{})
	if err != nil {
		w.t.Fatal(err)
	}
}

// usedBefore has the store used by another process first, as it is when one starts again:
// what it derives then has everybody looked at.
func (w *world) usedBefore() {
	w.t.Helper()
	db, err := storage.Open(w.t.Context(), storage.Settings{URL: w.url}, slog.New(slog.DiscardHandler))
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Workspace(workspace).Team(w.t.Context(), "PAY"); err != nil {
		w.t.Fatal(err)
	}
}

// due makes the nudge of everybody who is looked at due at that moment, and tells how
// many they are.
func (w *world) due(at time.Time) (n int) {
	w.t.Helper()
	for {
		looks, _, _, err := w.store.ClaimNudges(w.t.Context(), storage.NudgesAtOnce, time.Minute)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(looks) == 0 {
			return n
		}
		looked := make([]storage.Looked, len(looks))
		for i, look := range looks {
			looked[i] = storage.Looked{Look: look, Plan: pipeline.NudgePlan{Step: pipeline.LookWait, Look: at, Due: at}}
		}
		if _, err := w.store.PlanNudges(w.t.Context(), looked); err != nil {
			w.t.Fatal(err)
		}
		n += len(looks)
	}
}

// eventually looks again and again at what tells nobody when it changes.
func (w *world) eventually(what string, within time.Duration, cond func() bool) {
	w.t.Helper()
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-deadline.C:
			w.t.Fatalf("it did not come to this: %s", what)
		}
	}
}

// posts are the nudges that Slack took, by whom they went to.
func (w *world) posts() map[string][]slacksim.Entry {
	found := map[string][]slacksim.Entry{}
	for _, e := range w.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Kind == slacksim.KindCall && e.Method == "chat.postMessage" && e.Error == ""
	}) {
		var to struct{ Channel string }
		if err := json.Unmarshal(e.Payload, &to); err != nil {
			w.t.Fatal(err)
		}
		found[to.Channel] = append(found[to.Channel], e)
	}
	return found
}

// states of all nudges of the days around now, by who they were for.
func (w *world) states() map[string]pipeline.NudgeDue {
	w.t.Helper()
	found := map[string]pipeline.NudgeDue{}
	for day := -1; day <= 1; day++ {
		due, err := w.store.Nudged(w.t.Context(), time.Now().UTC().AddDate(0, 0, day).Format(time.DateOnly))
		if err != nil {
			w.t.Fatal(err)
		}
		for _, d := range due {
			if _, twice := found[d.Who]; twice {
				w.t.Errorf("%s has nudges of two days", d.Who)
			}
			found[d.Who] = d
		}
	}
	return found
}

// runs a bot with nudges in this process until the test ends or it is stopped.
func (w *world) runs() (stop func()) {
	w.t.Helper()
	return w.runsAhead(0)
}

// runsAhead is runs with a clock that is that much ahead.
func (w *world) runsAhead(ahead time.Duration) (stop func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	b, err := newBot(orders{API: w.APIURL(), BotToken: w.BotToken(), AppToken: w.AppToken(), Ahead: ahead}, w.db, slog.New(slog.NewTextHandler(w.t.Output(), nil)))
	if err != nil {
		w.t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		if err := b.Run(ctx); err != nil {
			w.t.Error(err)
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
	w.t.Cleanup(stop)
	return stop
}

type orders struct {
	API, BotToken, AppToken, Store string
	Ahead                          time.Duration // of its clock
}

// newBot is a bot with nudges beside it, whose leases are short.
func newBot(o orders, db *storage.DB, log *slog.Logger) (*bot.Bot, error) {
	return bot.New(bot.Settings{
		APIURL: o.API, BotToken: bot.Secret(o.BotToken), AppToken: bot.Secret(o.AppToken),
		Timing: bot.Timing{
			Apart: time.Millisecond, RetryFirst: 5 * time.Millisecond, RetryMost: 50 * time.Millisecond, StoreCheck: 50 * time.Millisecond,
			Lease: 11 * time.Second,
		},
	}, bot.Parts{
		DB: db, Entries: commands.List(), Log: log, Metrics: prometheus.NewRegistry(),
		Now: func() time.Time { return time.Now().Add(o.Ahead) },
		Beside: []func(context.Context, *commands.App) error{func(ctx context.Context, app *commands.App) error {
			return nudges.Run(ctx, app, nudges.Settings{Lease: 5 * time.Second})
		}},
	})
}

// process runs a bot in a process of its own, which can be killed as a machine can
// fail, and waits until it is connected.
func (w *world) process() *exec.Cmd {
	w.t.Helper()
	encoded, err := json.Marshal(orders{API: w.APIURL(), BotToken: w.BotToken(), AppToken: w.AppToken(), Store: w.url})
	if err != nil {
		w.t.Fatal(err)
	}
	before := len(w.Sockets())
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{envReplica + "=" + string(encoded), "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if cmd.ProcessState == nil {
			kill(w.t, cmd)
		}
	})
	w.eventually("the process has both its sockets", 10*time.Second, func() bool { return len(w.Sockets()) == before+2 })
	return cmd
}

// kill ends a process without a word to it.
func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	cmd.Wait() // says that it was killed
}

// memory of a process now, in MB: what it keeps in memory (VmRSS).
func memory(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if err != nil {
		return 0 // not told here
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kb int
	fmt.Sscan(rest, &kb)
	return kb / 1024
}

// serve is what such a process does.
func serve(encoded string) error {
	var o orders
	if err := json.Unmarshal([]byte(encoded), &o); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	db, err := storage.Open(ctx, storage.Settings{URL: o.Store}, log)
	if err != nil {
		return err
	}
	defer db.Close()
	b, err := newBot(o, db, log)
	if err != nil {
		return err
	}
	return b.Run(ctx)
}
