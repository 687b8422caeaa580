package nudges

import (
	"context"
	"log/slog"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/storage"
)

// Settings of Run. The zero value of each has a default.
type Settings struct {
	// Lease of those who are looked at; default 30 s. Another process takes over what
	// one that vanished had taken when it ends.
	Lease time.Duration
	// Rest is the longest time between two looks; default 1 s.
	Rest time.Duration
	// Observe is told how many nudges came to be planned, held or missed, and why;
	// nil for nobody.
	Observe func(state pipeline.NudgeState, why string, n int)
	// Audited is told of each day that was audited; nil for nobody.
	Audited func(pipeline.NudgeAudit)
}

const (
	// batch is how many are looked at together: as many as Slack tells of in one
	// answer whether they may be disturbed.
	batch = 50
	// calm is the time between two looks while the outbox holds as many nudges as it
	// may.
	calm = 100 * time.Millisecond
	// failingMost is the longest pause after a look that failed.
	failingMost = 5 * time.Second
)

// Run looks after nudges until ctx ends. What fails is tried again: it always returns
// nil.
func Run(ctx context.Context, app *commands.App, s Settings) error {
	if s.Lease <= 0 {
		s.Lease = 30 * time.Second
	}
	if s.Rest <= 0 {
		s.Rest = time.Second
	}
	if s.Observe == nil {
		s.Observe = func(pipeline.NudgeState, string, int) {}
	}
	if s.Audited == nil {
		s.Audited = func(pipeline.NudgeAudit) {}
	}
	log := app.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	p := &planner{app: app, settings: s, log: log, teams: map[pipeline.TeamKey]teamFacts{}}
	failing := calm
	for ctx.Err() == nil {
		looked, wait, err := p.look(ctx)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				log.Debug("nudges cannot be planned; trying again", "err", err)
			}
			failing = min(2*failing, failingMost)
			wait = failing
		case looked == batch:
			failing = calm
			continue
		case looked > 0: // whoever works on wakes the same few again and again
			failing, wait = calm, min(calm, s.Rest)
		default:
			failing = calm
			wait = min(max(wait, calm), s.Rest)
		}
		if err := p.audit(ctx); err != nil && ctx.Err() == nil {
			log.Debug("nudges cannot be audited; trying again", "err", err)
		}
		pause(ctx, wait)
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// planner is the part of one process.
type planner struct {
	app      *commands.App
	settings Settings
	log      *slog.Logger
	teams    map[pipeline.TeamKey]teamFacts
	read     map[string]bool // whose facts were read together last
	audited  string          // newest day that this process looked at
}

// look takes some of those who are to be looked at, and keeps what that came to.
func (p *planner) look(ctx context.Context) (n int, wait time.Duration, err error) {
	looks, now, wait, err := p.app.Store.ClaimNudges(ctx, batch, p.settings.Lease)
	if err != nil || len(looks) == 0 {
		return 0, wait, err
	}
	facts, err := p.facts(ctx, looks, now)
	if err != nil {
		return 0, 0, err // their lease runs out, and somebody looks again
	}
	looked := make([]storage.Looked, len(looks))
	var due []string
	for i, look := range looks {
		looked[i] = storage.Looked{Look: look, Plan: pipeline.PlanNudge(facts[i].look), Zone: facts[i].zone, Channel: facts[i].channel}
		if looked[i].Plan.Step == pipeline.LookGo && look.User() != "" {
			due = append(due, look.User())
		}
	}
	if len(due) > 0 && p.app.Disturb != nil {
		told := p.app.Disturb(ctx, now, due)
		for i, look := range looks {
			facts[i].look.Disturb = told[look.User()]
			looked[i].Plan = pipeline.PlanNudge(facts[i].look)
		}
	}
	stale, err := p.app.Store.PlanNudges(ctx, looked)
	if err != nil {
		return 0, 0, err
	}
	p.tell(looked, stale)
	return len(looks), 0, nil
}

// tell counts what looks came to, and logs whose nudge does not come.
func (p *planner) tell(looked []storage.Looked, stale []string) {
	if len(stale) > 0 {
		p.log.Warn("a look for nudges took longer than its lease; what it came to is not kept", "people", len(stale))
	}
	for _, l := range looked {
		switch l.Plan.Step {
		case pipeline.LookGo:
			p.settings.Observe(pipeline.NudgePlanned, "", 1)
		case pipeline.LookHold:
			p.settings.Observe(pipeline.NudgeHeld, l.Plan.Why, 1)
		case pipeline.LookMiss:
			p.settings.Observe(pipeline.NudgeMissed, l.Plan.Why, 1)
			p.log.Info("a nudge does not come on its day", "who", l.Look.Who, "day", l.Plan.Day, "due", l.Look.Due, "why", l.Plan.Why)
		}
	}
}
