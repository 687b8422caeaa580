package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"alignbot/bot"
	"alignbot/slacksim"
	"alignbot/slacksim/page"
	"alignbot/storage"
)

const localListen = "127.0.0.1:8065"

func (p *program) demoCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try alignbot in a browser, without Slack and without Redis",
		Long: "Demo runs the bot in a local Slack that you open in a browser: sample people, channels, a team and ideas.\n" +
			"It is a stand-in for Slack, on this machine only; nothing is sent anywhere.",
		Args: noArguments,
	}
	var d demo
	cmd.Flags().StringVar(&d.listen, "listen", localListen, "`address` of the page; port 0 takes any free one")
	cmd.Flags().StringVar(&d.data, "data", "", "keep everything in this `directory`, for the next start; needs redis-server. alignbot then keeps the real time: the clock of the page moves the page alone")
	cmd.Flags().BoolVar(&d.empty, "empty", false, "start without a team and without ideas")
	cmd.Flags().BoolVar(&d.open, "open", false, "open the page in a browser")
	logs := cmd.Flags().String("log-level", "warn", logUsage)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		log := LogSettings{Level: *logs, Format: "text"}
		if err := checkAll(Settings{Log: log}, checkLog); err != nil {
			return err
		}
		d.out, d.log = p.stdout, newLogger(p.stderr, log)
		return d.run(cmd.Context())
	}
	return cmd
}

const logUsage = "least important `level` that is logged: debug, info, warn or error"

// demo is the bot and a local Slack in one process.
type demo struct {
	listen, data string
	empty, open  bool
	out          io.Writer
	log          *slog.Logger
}

// demoTempo: whoever looks at the demo waits for nothing. The local Slack takes
// messages faster than Slack does.
var demoTempo = tempo{drain: 1500 * time.Millisecond, pace: 50 * time.Millisecond}

func (d *demo) run(ctx context.Context) error {
	store := storage.Settings{URL: "memory:"}
	var slackDir string
	if d.data != "" {
		if _, err := exec.LookPath("redis-server"); err != nil {
			return errors.New("--data keeps the ideas with redis-server, which is not on the PATH. Nothing was started. " +
				"Install it (Debian and Ubuntu: sudo apt install redis-server; macOS: brew install redis), or leave --data out")
		}
		store.URL, slackDir = "embedded:"+filepath.Join(d.data, "redis"), filepath.Join(d.data, "slack")
	}
	sim, err := startLocalSlack("demo", slacksim.Options{Workspace: localWorkspace(), Listen: d.listen, Dir: slackDir, Logger: d.log})
	if err != nil {
		return err
	}
	defer sim.Close()
	store.Now = sim.Now
	db, err := storage.Open(ctx, store, d.log)
	if err != nil {
		return err
	}
	defer db.Close()

	settings := defaults()
	settings.HTTP.Listen = ""
	settings.Slack.APIURL = sim.APIURL()
	settings.Slack.BotToken, settings.Slack.AppToken = bot.Secret(sim.BotToken()), bot.Secret(sim.AppToken())
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	// The clock of the page moves the bot with it, and a Redis in this process. One
	// that is a server has its own clock, which nobody can move.
	tempo := demoTempo
	if d.data == "" {
		tempo.now = sim.Now
	}
	go func() { ended <- runBot(running, settings, db, d.log, tempo) }()

	ready := make(chan error, 1)
	go func() { ready <- d.prepare(running, sim, db) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		stop()
		<-ready
		return <-ended
	case err := <-ready:
		if err != nil {
			stop()
			<-ended
			return fmt.Errorf("the sample could not be made: %w", err)
		}
	}
	d.greet(sim.URL())
	if d.open {
		openBrowser(ctx, sim.URL(), d.log)
	}
	return <-ended
}

// prepare waits until the bot listens and lets the people of the sample act,
// unless they have before.
func (d *demo) prepare(ctx context.Context, sim *slacksim.Sim, db *storage.DB) error {
	if err := sim.Wait(ctx, func() bool { return len(sim.Sockets()) > 0 }); err != nil {
		return err
	}
	teams, err := db.Workspace(sim.Workspace().TeamID).Teams(ctx)
	if err != nil || len(teams) > 0 || d.empty {
		return err
	}
	return playSample(ctx, sim)
}

func (d *demo) greet(address string) {
	fmt.Fprintf(d.out, "\nalignbot runs in a local Slack. Open it in a browser:\n\n    %s\n\n", address)
	if d.empty {
		fmt.Fprintln(d.out, "You are Alice. Start in #payments with /align setup, then type /idea.")
	} else {
		fmt.Fprintln(d.out, "You are Alice, in #payments, where the team captures its ideas. Try this:")
	}
	fmt.Fprint(d.out, `
  /idea                            capture an idea in a form
  /idea add Pay in instalments     capture one at once
  /idea list                       look at all of them
  /validate                        bring one to the Product Backlog
  /align                           everything else

Then open alignbot's Home on the left, or switch to Bob with "act as".
`)
	if d.data != "" {
		fmt.Fprintf(d.out, "Everything is kept in %s. With --data alignbot keeps the real time: the clock of the page moves the page alone.\n", d.data)
	} else {
		fmt.Fprintln(d.out, "Nothing is kept when the demo ends; --data DIR keeps it.")
	}
	fmt.Fprintln(d.out, "Press Ctrl-C to end.")
}

// startLocalSlack starts a local Slack with its page. The command is named in
// what to do when the address is taken.
func startLocalSlack(command string, options slacksim.Options) (*slacksim.Sim, error) {
	if !isListen(options.Listen) {
		return nil, misusef("--listen cannot be %q: it takes HOST:PORT, such as %s", options.Listen, localListen)
	}
	sim, err := slacksim.New(options)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use, perhaps by another local Slack. Nothing was started. "+
			"End that program, or take any free port: alignbot %s --listen 127.0.0.1:0", options.Listen, command)
	}
	if err != nil {
		return nil, err
	}
	if host, _, _ := net.SplitHostPort(options.Listen); !isLoopback(host) {
		options.Logger.Warn("everybody who reaches this address can act as anybody in the local Slack", "listen", options.Listen)
	}
	sim.Handle("/", beginIn(sampleChannel, sim, page.Handler(sim)))
	return sim, nil
}

// beginIn opens the page in the channel, if there is one of that name, for
// whoever asks for no other place.
func beginIn(channel string, sim *slacksim.Sim, page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" && r.URL.RawQuery == "" {
			if c, err := sim.Channel(channel); err == nil {
				w = &leading{ResponseWriter: w, to: "/?in=" + url.QueryEscape(c.ID)}
			}
		}
		page.ServeHTTP(w, r)
	})
}

// leading leads on instead of showing the page: only those to whom the page
// would be shown, which the page itself decides.
type leading struct {
	http.ResponseWriter
	to     string
	status int // of the page; 0 before it has said
}

func (l *leading) WriteHeader(status int) {
	if l.status = status; status == http.StatusOK {
		l.Header().Set("Location", l.to)
		status = http.StatusFound
	}
	l.ResponseWriter.WriteHeader(status)
}

func (l *leading) Write(body []byte) (int, error) {
	if l.status == 0 {
		l.WriteHeader(http.StatusOK)
	}
	if l.status == http.StatusOK {
		return len(body), nil // whoever is led on does not read it
	}
	return l.ResponseWriter.Write(body)
}

// openBrowser shows the address in the desktop's browser. Without one the
// printed address has to do.
func openBrowser(ctx context.Context, address string, log *slog.Logger) {
	opener := []string{"xdg-open"}
	switch runtime.GOOS {
	case "darwin":
		opener = []string{"open"}
	case "windows":
		opener = []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	cmd := exec.CommandContext(ctx, opener[0], append(opener[1:], address)...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		log.Warn("no browser could be opened; open the address by hand", "cause", err)
		return
	}
	go cmd.Wait() // ends with the opener, at the latest with ctx
}
