package nudges

import (
	"context"
	"log/slog"

	"alignbot/pipeline"
)

// missesLogged is how many misses of a day are logged one by one.
const missesLogged = 20

// audit compares the newest day that has ended everywhere with what became of its
// nudges, once for all processes.
func (p *planner) audit(ctx context.Context) error {
	day := pipeline.AuditDay(p.app.Now()) // some minutes later or earlier are as good
	if day == p.audited {
		return nil
	}
	first, err := p.app.Store.FirstToAudit(ctx, day)
	if err != nil {
		return err
	}
	if first {
		due, err := p.app.Store.Nudged(ctx, day)
		if err != nil {
			return err
		}
		p.report(pipeline.AuditNudges(day, due))
	}
	p.audited = day
	return nil
}

// report logs what an audit found.
func (p *planner) report(a pipeline.NudgeAudit) {
	p.settings.Audited(a)
	level := slog.LevelInfo
	if len(a.Misses) > 0 {
		level = slog.LevelWarn
	}
	p.log.Log(context.Background(), level, "the nudges of a day were audited", "day", a.Day, "due", a.Due, "sent", a.Sent, "slow", a.Slow,
		"skipped", a.Skipped, "missed", a.Missed, "failed", a.Failed, "unknown", a.Unknown, "held", a.Held, "waiting", a.Waiting)
	for _, miss := range a.Misses[:min(len(a.Misses), missesLogged)] {
		p.log.Warn("a nudge did not arrive", "who", miss.Who, "day", miss.Day, "due", miss.Due, "state", miss.State, "why", miss.Why)
	}
}
