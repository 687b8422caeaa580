package commands_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/bot"
	"alignbot/commands"
	"alignbot/drawing"
	"alignbot/llm"
	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// workplace is a local Slack with alignbot in it, for one test.
type workplace struct {
	*simtest.Sim
	db    *storage.DB
	store *storage.Store
	model *llm.Model       // that suggests outcomes; nil for none
	now   func() time.Time // alignbot's clock; nil for the computer's
	// picture is how long one may take; 0 for as long as ever.
	picture time.Duration
}

// fonts are those that come with alignbot.
var fonts = sync.OnceValue(func() *drawing.Fonts { return drawing.OpenFonts(nil) })

// least are the scopes alignbot needs, and the one for the reaction.
var least = []string{"commands", "chat:write", "users:read", "im:write", "reactions:read"}

// open starts both over a real Redis, where there is one. change may alter the
// workspace.
func open(t *testing.T, policy pipeline.Policy, change ...func(*slacksim.Workspace)) *workplace {
	t.Helper()
	return openOn(t, redistest.StartOrMemory(t), policy, change...)
}

// openOn is open over the store at that address.
func openOn(t *testing.T, url string, policy pipeline.Policy, change ...func(*slacksim.Workspace)) *workplace {
	t.Helper()
	return openWith(t, url, policy, nil, change...)
}

// openWith is openOn with a language model that suggests outcomes; nil for none.
func openWith(t *testing.T, url string, policy pipeline.Policy, model *llm.Model, change ...func(*slacksim.Workspace)) *workplace {
	t.Helper()
	return openAt(t, url, policy, model, nil, change...)
}

// openAt is openWith with a clock of its own.
func openAt(t *testing.T, url string, policy pipeline.Policy, model *llm.Model, now func() time.Time, change ...func(*slacksim.Workspace)) *workplace {
	t.Helper()
	workspace := slacksim.Sample()
	workspace.App.Scopes = least
	for _, c := range change {
		c(&workspace)
	}
	sim := simtest.Open(t, slacksim.Options{Workspace: workspace})
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
	}
	db, err := storage.Open(t.Context(), storage.Settings{URL: url}, log)
	if err != nil {
		t.Fatal(err)
	}
	w := &workplace{Sim: sim, db: db, store: db.Workspace(workspace.TeamID), model: model, now: now}
	w.employ(t, db, policy, log)
	return w
}

// employ runs a bot until the test ends.
func (w *workplace) employ(t *testing.T, db *storage.DB, policy pipeline.Policy, log *slog.Logger) {
	t.Helper()
	b, err := bot.New(bot.Settings{
		APIURL: w.APIURL(), BotToken: bot.Secret(w.BotToken()), AppToken: bot.Secret(w.AppToken()),
		PostPace: time.Millisecond, Timing: bot.Timing{ChannelLook: 20 * time.Millisecond, Quiet: time.Millisecond, Apart: 10 * time.Millisecond, Drain: 2 * time.Second, Picture: w.picture},
	}, bot.Parts{
		DB: db, Entries: commands.List(), Policy: policy, Reaction: "bulb", Model: w.model, Now: w.now, Fonts: fonts(), Log: log,
		Beside: []func(context.Context, *commands.App) error{
			func(ctx context.Context, app *commands.App) error { return app.Store.Follow(ctx) },
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the bot ended with %v", err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	w.HasApp()
}

// withTeam makes #payments the home of Payments (PAY), owned by Alice. It works every
// day: what is tested must not depend on the day of the week.
func (w *workplace) withTeam(t *testing.T) *workplace {
	t.Helper()
	alice := w.Person("alice").In("payments")
	alice.Types("/align setup")
	alice.SeesModal("Set up a team").Has("Name", "Payments").Has("Key", "PAY")
	alice.Submits()
	alice.Sees("is set up")
	team, err := w.store.Team(t.Context(), "PAY")
	if err == nil {
		team.Workdays = pipeline.Week()
		_, err = w.store.ChangeTeam(t.Context(), "every day", team)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// searchable waits until the search of this process knows the words; it follows
// within a second.
func (w *workplace) searchable(t *testing.T, words string, teams ...pipeline.TeamKey) {
	t.Helper()
	comesTrue(t, func() (bool, string) {
		found, err := w.store.Find(t.Context(), words, teams, 1)
		return err == nil && len(found) > 0, fmt.Sprintf("%q is not found (%v)", words, err)
	})
}

// comesTrue waits for what the store does by itself, with words for how it is
// now.
func comesTrue(t *testing.T, look func() (is bool, now string)) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(simtest.Patience); ; <-tick.C {
		is, now := look()
		if is {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(now)
		}
	}
}

// heardOf waits until alignbot has taken note of the latest event of that kind.
func (w *workplace) heardOf(event string) {
	w.Until("alignbot has heard of "+event, func() bool {
		var envelope string
		for _, e := range w.Ledger().Entries(nil) {
			if e.Kind == slacksim.KindEnvelope && strings.Contains(string(e.Payload), `"type":"`+event+`"`) {
				envelope = e.ID
			}
			if e.Kind == slacksim.KindAck && envelope != "" && e.ID == envelope {
				return true
			}
		}
		return false
	})
}

// waitsForDeadline waits until the question to the owner of a test is all that
// is still to be sent.
func (w *workplace) waitsForDeadline(t *testing.T) {
	t.Helper()
	comesTrue(t, func() (bool, string) {
		stats, err := w.store.OutboxStats(t.Context())
		return err == nil && stats.Due == 1 && stats.Sending == 0, fmt.Sprintf("the outbox holds %+v (%v)", stats, err)
	})
}
