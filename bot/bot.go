package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"alignbot/commands"
	"alignbot/drawing"
	"alignbot/llm"
	"alignbot/pipeline"
	"alignbot/storage"
)

// Parts are what the bot is put together from.
type Parts struct {
	DB *storage.DB
	// Entries are all a person can do: commands.List().
	Entries []commands.Entry
	// Policy and Prefix for the handlers.
	Policy pipeline.Policy
	Prefix string
	// Reaction is the emoji name, without colons, whose use on a message
	// offers the form; "" turns that off.
	Reaction string
	// Model suggests outcomes; nil for none.
	Model *llm.Model
	// Fonts for pictures; nil draws none.
	Fonts *drawing.Fonts
	// Log; nil for none. It gets ids and codes, never words of people, tokens
	// or addresses that hold tickets.
	Log *slog.Logger
	// Metrics are registered here; nil for a registry of the bot's own.
	Metrics *prometheus.Registry
	// Now is the clock of rules and records; nil for the computer's.
	Now func() time.Time
	// Beside runs beside the bot once the workspace is known, until its
	// context ends: following changes, nudges. An error ends the bot.
	Beside []func(ctx context.Context, app *commands.App) error
}

// Bot is one process's part in the life of the app in Slack. Any number of
// processes may serve the same app and the same Redis.
type Bot struct {
	settings Settings
	reaction string
	log      *slog.Logger
	now      func() time.Time
	registry *prometheus.Registry
	metrics  *metrics
	beside   []func(context.Context, *commands.App) error

	db     *storage.DB
	app    *commands.App
	router *commands.Router
	send   *sender
	people *people
	voters *electorates
	quiet  *undisturbed
	store  *storeWatch
	fleet  *fleet
	outbox *outbox
	extras *extras
	doings doings
	behind behind
	homes  homes
	beats  beats

	queue    chan delivery
	refusals chan delivery
	waiting  atomic.Int64 // Unix nanoseconds of the arrival of what was taken last, 0 when none waits
	handlers *hands
	// life ends when stopping has taken its time: it cuts off what still runs.
	life context.Context
	end  context.CancelFunc

	known, started, stopping, ran atomic.Bool
}

// New puts a bot together. Its errors name each setting that cannot work.
func New(settings Settings, parts Parts) (*Bot, error) {
	settings, err := settings.withDefaults()
	if err != nil {
		return nil, err
	}
	if parts.Log == nil {
		parts.Log = slog.New(slog.DiscardHandler)
	}
	if parts.Metrics == nil {
		parts.Metrics = prometheus.NewRegistry()
	}
	if parts.Now == nil {
		parts.Now = time.Now
	}
	m, err := newMetrics(parts.Metrics)
	if err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	b := &Bot{
		settings: settings,
		reaction: parts.Reaction,
		log:      parts.Log,
		now:      parts.Now,
		registry: parts.Metrics,
		metrics:  m,
		beside:   parts.Beside,
		db:       parts.DB,
		app:      &commands.App{Policy: parts.Policy, Prefix: parts.Prefix, Clock: parts.Now, Log: parts.Log, Studio: commands.NewStudio(settings.Timing.Picture), Fonts: parts.Fonts},
		router:   commands.NewRouter(parts.Entries, parts.Prefix),
		doings:   doings{byAct: map[string]*doing{}},
		homes:    homes{byUser: map[string]*homeTurn{}},
		beats:    beats{last: map[string]time.Time{}},
		handlers: newHands(),
		queue:    make(chan delivery, settings.Queue),
		refusals: make(chan delivery, settings.Queue),
	}
	if parts.Model != nil {
		b.app.Suggester = commands.NewSuggester(parts.Model)
		b.beside = append(slices.Clone(b.beside), commands.AskModel)
	}
	b.life, b.end = context.WithCancel(context.Background())
	b.send = newSender(settings, m, parts.Log)
	b.extras = newExtras(b)
	b.store = newStoreWatch(parts.DB, settings.Timing, parts.Log, b.beats.of("storage check"))
	b.fleet = &fleet{
		settings: settings, address: b.send.socketAddress, take: b.take,
		store: b.store, metrics: m, log: parts.Log, open: map[*socket]struct{}{},
	}
	b.people = &people{
		ask: b.send.user, timing: settings.Timing, now: time.Now, life: b.life,
		known: map[string]fact{}, flights: map[string]*flight{},
	}
	b.voters = newElectorates(b.send, b.people)
	b.quiet = &undisturbed{ask: b.send.undisturbed, insist: b.voters.insist, now: parts.Now, log: parts.Log}
	b.outbox = &outbox{
		app: b.app, send: b.send, settings: settings, metrics: m, log: parts.Log,
		now: parts.Now, beat: b.beats.of("outbox"), woken: make(chan struct{}, 1), ended: make(chan struct{}, 1),
	}
	if err := parts.Metrics.Register(newLooks(b)); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	parts.DB.Observe(func(op string, d time.Duration, err error) {
		m.redis.WithLabelValues(op).Observe(d.Seconds())
		if errors.Is(err, storage.ErrUnavailable) {
			m.redisUnknown.Inc()
		}
	})
	return b, nil
}

// Run serves until ctx ends, and then stops within Timing.Drain: it takes
// nothing new, finishes and acknowledges what it took, and closes its sockets.
// What is left in the outbox is sent by whoever runs next. A *Stop says why it
// ended by itself, and what to do. Run is called once.
func (b *Bot) Run(ctx context.Context) error {
	if b.ran.Swap(true) {
		return errors.New("a bot runs only once")
	}
	defer b.end()
	defer b.send.http.CloseIdleConnections()

	// Health is served from the first moment to the last.
	health, stopHealth := context.WithCancel(context.Background())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return b.serveHealth(health) })
	group.Go(func() error {
		defer stopHealth()
		return b.serve(ctx)
	})
	return group.Wait()
}

// serve is Run without health.
func (b *Bot) serve(ctx context.Context) error {
	if err := b.introduce(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	b.app.Go = func(do func(context.Context)) {
		b.behind.run(func() {
			ctx, cancel := context.WithTimeout(b.life, b.laterLimit())
			defer cancel()
			do(ctx)
		})
	}
	group, serving := errgroup.WithContext(ctx)
	context.AfterFunc(serving, func() {
		b.stopping.Store(true)
		// What still runs when the time is nearly over is cut off.
		timer := time.AfterFunc(b.settings.Timing.Drain*9/10, b.end)
		context.AfterFunc(b.life, func() { timer.Stop() })
	})
	group.Go(func() error { return b.store.run(serving) })
	group.Go(func() error {
		b.attend(serving)
		return nil
	})
	for _, beside := range b.beside {
		group.Go(func() error {
			err := beside(serving, b.app)
			if serving.Err() != nil {
				return nil
			}
			return err
		})
	}
	group.Go(func() error {
		if b.store.wait(serving) {
			b.outbox.run(serving, b.life)
		}
		return nil
	})
	group.Go(func() error {
		var workers sync.WaitGroup
		for range b.settings.Workers {
			workers.Go(func() { b.work(b.queue, b.handle) })
		}
		workers.Go(func() { b.work(b.refusals, b.refuse) })
		b.extras.start()
		err := b.fleet.run(serving)
		// Nothing arrives any more, and what arrived is acknowledged; its
		// replies are still being carried out.
		close(b.queue)
		close(b.refusals)
		workers.Wait()
		b.extras.finish()
		b.waitForHandlers()
		return err
	})
	err := group.Wait()
	b.behind.wait(b.life)
	b.end()
	b.behind.wait(context.Background())
	b.people.asking.Wait()
	return err
}

// waitForHandlers returns when none is left, also those whose answer was given
// up. One that does not end although its context did is left behind.
func (b *Bot) waitForHandlers() {
	none := make(chan struct{})
	go func() {
		b.handlers.finish()
		close(none)
	}()
	select {
	case <-none:
	case <-b.life.Done():
		if wait(context.Background(), none, b.settings.Timing.Drain/20); !isClosed(none) {
			b.log.Error("a handler did not end with its context; the process ends without it")
		}
	}
}

// work handles what comes until the channel is closed.
func (b *Bot) work(from <-chan delivery, handle func(delivery)) {
	for d := range from {
		b.waiting.Store(d.at.UnixNano())
		b.extras.answering.Add(1)
		b.extras.taken.Add(1)
		b.survive(d, handle)
		b.extras.answering.Add(-1)
	}
}

// survive keeps a fault of ours in one envelope from ending the process.
// Handlers have their own net, and an answer for the person; this is the last.
func (b *Bot) survive(d delivery, handle func(delivery)) {
	defer func() {
		if p := recover(); p != nil {
			b.log.Error("an envelope could not be handled", "err", fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	handle(d)
}

// oldestWaiting is how long the oldest envelope has waited for a worker, as
// far as the last one taken tells.
func (b *Bot) oldestWaiting(now time.Time) time.Duration {
	if len(b.queue) == 0 {
		return 0
	}
	return now.Sub(time.Unix(0, b.waiting.Load()))
}

// introduce asks Slack who the bot is, for as long as that takes, and checks
// what it may do.
func (b *Bot) introduce(ctx context.Context) error {
	again := backoff{first: b.settings.Timing.RetryFirst, most: b.settings.Timing.RetryMost}
	for {
		identity, err := b.send.authTest(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			off, err := checkScopes(identity.Header, b.log)
			if err != nil {
				return err
			}
			for _, scope := range off {
				if scope == ScopeReaction {
					b.reaction = ""
				}
			}
			if !slices.Contains(off, ScopeFiles) && !slices.Contains(off, ScopeReadFiles) {
				b.app.Upload = b.send.upload
			}
			b.app.Slack = commands.Workspace{
				ID: identity.TeamID, URL: identity.URL,
				BotID: identity.BotID, BotUser: identity.UserID, BotName: identity.User,
			}
			if b.app.Slack.AppID, err = b.send.appID(ctx, identity.BotID); err != nil {
				b.log.Warn("Slack does not tell the app's id; links to the app are left out", "err", err)
			}
			b.app.Store = b.db.Workspace(identity.TeamID)
			b.app.Lookup = func(ctx context.Context, user string) (pipeline.Person, error) {
				return b.people.who(ctx, user, false)
			}
			b.app.People, b.app.Admins = b.voters.directory.of, b.voters.directory.ofAdmins
			if !slices.Contains(off, ScopeDisturb) {
				b.app.Disturb = b.quiet.of
			}
			if !slices.Contains(off, ScopePins) {
				b.app.Pins = pins{b.send, !slices.Contains(off, ScopePinned)}
			}
			b.app.NoCanvases = slices.Contains(off, ScopeCanvases)
			b.app.Members, b.app.Group, b.app.Groups = b.voters.ofChannel, b.voters.ofGroup, b.voters.all
			b.people.workspace, b.people.enterprise = identity.TeamID, identity.EnterpriseID
			b.known.Store(true)
			b.log.Info("Slack knows the bot", "workspace", identity.TeamID, "bot", identity.UserID)
			return nil
		case !mayBeRetried(err):
			return fatal("bot token", err)
		}
		d := again.next()
		var refused *SlackError
		if errors.As(err, &refused) {
			d = max(d, refused.After)
		}
		b.log.Warn("Slack cannot be asked who the bot is; trying again", "err", err, "in", d)
		if !pause(ctx, d) {
			return nil
		}
	}
}
