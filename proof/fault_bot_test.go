package proof

import (
	"cmp"
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
	"alignbot/llm"
	"alignbot/nudges"
	"alignbot/pipeline"
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
	// Pace of posts in one channel; 0 is a millisecond.
	Pace time.Duration
	// Follows changes, so that people can search.
	Follows bool
	// Nudges people, and looks whom at least so often; 0 is as in use.
	Nudges bool
	Rest   time.Duration
	// Model is asked what ideas are for; the zero value is none.
	Model llm.Settings
	// Guests are let in.
	Guests bool
	// program is the executable of a process of its own; "" for this one.
	program string
	// Health is the address that a bot serves it on; "" for none.
	Health string
	// clock of a bot in this process; nil for the computer's.
	clock func() time.Time
	// log of a bot in this process; nil for none.
	log io.Writer
}

// run serves people until ctx is over.
func (o orders) run(ctx context.Context, log *slog.Logger) error {
	db, err := storage.Open(ctx, storage.Settings{URL: o.Store, WaitReplicas: o.Replicas}, log)
	if err != nil {
		return err
	}
	defer db.Close()
	now := o.clock
	if now == nil {
		now = func() time.Time { return time.Now().Add(o.Skew) }
	}
	var beside []func(context.Context, *commands.App) error
	if o.Follows {
		beside = append(beside, func(ctx context.Context, app *commands.App) error { return app.Store.Follow(ctx) })
	}
	if o.Nudges {
		beside = append(beside, func(ctx context.Context, app *commands.App) error {
			return nudges.Run(ctx, app, nudges.Settings{Lease: o.Timing.Lease, Rest: o.Rest})
		})
	}
	var model *llm.Model
	if o.Model.Configured() {
		if model, err = llm.NewModel(o.Model); err != nil {
			return err
		}
		defer model.Close()
	}
	b, err := bot.New(bot.Settings{
		APIURL: o.API, BotToken: bot.Secret(o.BotToken), AppToken: bot.Secret(o.AppToken), PostPace: max(o.Pace, time.Millisecond), HTTPListen: o.Health, Timing: o.Timing,
	}, bot.Parts{
		DB: db, Entries: commands.List(), Model: model, Beside: beside, Policy: pipeline.Policy{Guests: o.Guests}, Reaction: "bulb", Log: log, Now: now,
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
	// pid of a process of its own.
	pid int
}

// employ runs a bot in this process.
func employ(o orders) *employee {
	ctx, stop := context.WithCancel(context.Background())
	e := &employee{stop: stop, ended: make(chan struct{})}
	if o.log == nil {
		o.log = io.Discard
	}
	go func() {
		defer close(e.ended)
		e.err = o.run(ctx, slog.New(slog.NewTextHandler(o.log, nil)))
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
	cmd := exec.Command(cmp.Or(o.program, os.Args[0]))
	cmd.Env = []string{envBot + "=" + string(encoded), "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	return employCommand(t, cmd)
}

// employCommand runs a program that is a bot.
func employCommand(t testing.TB, cmd *exec.Cmd) *employee {
	t.Helper()
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	e := &employee{ended: make(chan struct{}), pid: cmd.Process.Pid}
	e.stop = func() { _ = cmd.Process.Signal(syscall.SIGTERM) }
	e.kill = func() { _ = cmd.Process.Kill() }
	go func() {
		defer close(e.ended)
		e.err = cmd.Wait()
	}()
	return e
}
