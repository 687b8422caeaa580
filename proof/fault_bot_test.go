package proof

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"alignbot/bot"
	"alignbot/commands"
	"alignbot/storage"
)

// envBot makes the test's own executable be a bot with these orders.
const envBot = "ALIGNBOT_PROOF_BOT"

// orders of a bot, in this process or in one of its own.
type orders struct {
	API, BotToken, AppToken, Store string
	// Replicas that must hold a change before it counts as stored.
	Replicas int
	// Skew of the bot's clock.
	Skew   time.Duration
	Timing bot.Timing
}

// run serves people until ctx is over.
func (o orders) run(ctx context.Context, log *slog.Logger) error {
	db, err := storage.Open(ctx, storage.Settings{URL: o.Store, WaitReplicas: o.Replicas}, log)
	if err != nil {
		return err
	}
	defer db.Close()
	b, err := bot.New(bot.Settings{
		APIURL: o.API, BotToken: bot.Secret(o.BotToken), AppToken: bot.Secret(o.AppToken), PostPace: time.Millisecond, Timing: o.Timing,
	}, bot.Parts{
		DB: db, Entries: commands.List(), Reaction: "bulb", Log: log, Now: func() time.Time { return time.Now().Add(o.Skew) },
	})
	if err != nil {
		return err
	}
	return b.Run(ctx)
}

// serve is what a process of its own does.
func serve(encoded string) {
	var o orders
	if err := json.Unmarshal([]byte(encoded), &o); err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := o.run(ctx, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))); err != nil {
		log.Fatal(err)
	}
}

// employee is a bot at work.
type employee struct {
	// stop asks it to end; kill, of a process of its own, does not ask.
	stop, kill func()
	// ended is closed when it has; err is why, nil when it was asked to.
	ended chan struct{}
	err   error
}

// employ runs a bot in this process.
func employ(o orders) *employee {
	ctx, stop := context.WithCancel(context.Background())
	e := &employee{stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(e.ended)
		e.err = o.run(ctx, slog.New(slog.NewTextHandler(io.Discard, nil)))
	}()
	return e
}

// employProcess runs a bot in a process of its own.
func employProcess(t testing.TB, o orders) *employee {
	t.Helper()
	encoded, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{envBot + "=" + string(encoded), "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	e := &employee{ended: make(chan struct{})}
	e.stop = func() { _ = cmd.Process.Signal(syscall.SIGTERM) }
	e.kill = func() { _ = cmd.Process.Kill() }
	go func() {
		defer close(e.ended)
		e.err = cmd.Wait()
	}()
	return e
}
