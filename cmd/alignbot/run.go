package main

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"

	"alignbot/bot"
	"alignbot/commands"
	"alignbot/storage"
)

const nameRun = "run"

func (p *program) runCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   nameRun,
		Short: "Run the bot",
		Long: "Run connects the bot to Slack and to Redis and works until it is told to end, by Ctrl-C or SIGTERM. Then it takes nothing new\n" +
			"and finishes what is under way, within 10 seconds; a second signal ends it at once. Any number of processes may run side by\n" +
			"side on one Redis.\n" +
			"Exit code 0: told to end; 78: settings, tokens or rights are wrong, and starting again does not help; 1: anything else.",
		Args: noArguments,
	}
	from := p.settingsFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		settings, err := from().load(everything...)
		if err != nil {
			return err
		}
		log := newLogger(p.stderr, settings.Log)
		if info, ok := debug.ReadBuildInfo(); ok {
			log.Info("alignbot starts", "version", buildVersion(info), "go", info.GoVersion)
		}
		db, err := storage.Open(cmd.Context(), settings.Storage(), log)
		if err != nil {
			return err
		}
		defer db.Close()
		// The bot waits for Redis, and says so as long as it does. Which Redis
		// that is, it does not know.
		if away := settings.Redis.inWords(db.Ready(cmd.Context()), "Nothing is lost: alignbot begins its work when Redis answers."); errors.Is(away, storage.ErrUnavailable) && cmd.Context().Err() == nil {
			log.Warn(away.Error())
		}
		if err := runBot(cmd.Context(), settings, db, log, tempo{drain: drain}); err != nil {
			return namingSetting(err)
		}
		log.Info("alignbot has ended as it was told")
		return nil
	}
	return cmd
}

// drain is how long stopping may take.
const drain = 10 * time.Second

// tempo is how fast the bot works.
type tempo struct {
	// drain is how long stopping may take.
	drain time.Duration
	// pace between two posts to one channel; 0 for what Slack allows.
	pace time.Duration
	// now is the bot's clock; nil for the computer's.
	now func() time.Time
}

// runBot runs the bot on what is open until ctx ends.
func runBot(ctx context.Context, s Settings, db *storage.DB, log *slog.Logger, tempo tempo) error {
	metrics, err := newMetrics()
	if err != nil {
		return err
	}
	model, err := s.LLM.open()
	if err != nil {
		return err
	}
	if model != nil {
		defer model.Close()
		log.Info("a language model may suggest outcomes", "model", model.Asks())
	}
	b, err := bot.New(bot.Settings{
		APIURL:     s.Slack.api(),
		BotToken:   s.Slack.BotToken,
		AppToken:   s.Slack.AppToken,
		Sockets:    s.Slack.Sockets,
		HTTPListen: s.HTTP.Listen,
		Timing:     bot.Timing{Drain: tempo.drain},
		PostPace:   tempo.pace,
	}, bot.Parts{
		DB:       db,
		Entries:  commands.List(),
		Policy:   s.Permissions(),
		Model:    model,
		Fonts:    s.Pictures.open(),
		Prefix:   s.Slack.Prefix,
		Reaction: s.Slack.Reaction(),
		Log:      log,
		Metrics:  metrics,
		Now:      tempo.now,
		Beside: []func(context.Context, *commands.App) error{
			func(ctx context.Context, app *commands.App) error { return app.Store.Follow(ctx) }, // keeps search current
			lookAfterNudges(metrics),
		},
	})
	if err != nil {
		return err
	}
	return b.Run(ctx)
}

// newMetrics holds what is told about any program: build, runtime, process.
// The bot adds its own.
func newMetrics() (*prometheus.Registry, error) {
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "alignbot_build_info", Help: "1, with the version and the toolchain of this process.", ConstLabels: buildLabels()})
	build.Set(1)
	registry := prometheus.NewRegistry()
	for _, c := range []prometheus.Collector{build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		if err := registry.Register(c); err != nil {
			return nil, err
		}
	}
	return registry, nil
}

func buildLabels() prometheus.Labels {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return prometheus.Labels{"version": "unknown", "goversion": "unknown"}
	}
	return prometheus.Labels{"version": buildVersion(info), "goversion": info.GoVersion}
}
