package bot

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"alignbot/commands"
	"alignbot/storage"
)

// envReplica makes the test's own executable be a bot with these orders.
const envReplica = "ALIGNBOT_TEST_REPLICA"

type orders struct{ API, BotToken, AppToken, Store string }

// process runs a bot in a process of its own, which can be killed as a machine
// can fail, and waits until it is connected.
func (w *world) process(store string) *exec.Cmd {
	w.t.Helper()
	encoded, err := json.Marshal(orders{API: w.APIURL(), BotToken: w.BotToken(), AppToken: w.AppToken(), Store: store})
	if err != nil {
		w.t.Fatal(err)
	}
	before := len(w.Sockets())
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{envReplica + "=" + string(encoded), "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	out := &testOutput{w: w.t.Output()}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if cmd.ProcessState == nil {
			kill(w.t, cmd)
		}
	})
	w.eventually("the process has both its sockets", func() bool { return len(w.Sockets()) == before+2 })
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
	b, err := New(Settings{
		APIURL: o.API, BotToken: Secret(o.BotToken), AppToken: Secret(o.AppToken),
		Timing: Timing{
			Apart: time.Millisecond, RetryFirst: 5 * time.Millisecond, RetryMost: 50 * time.Millisecond,
			Lease: 11 * time.Second, // what a killed process was sending, another one sends after this
		},
	}, Parts{DB: db, Entries: commands.List(), Log: log})
	if err != nil {
		return err
	}
	return b.Run(ctx)
}
