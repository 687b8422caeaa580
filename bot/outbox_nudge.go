package bot

import (
	"context"
	"strconv"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// nudgeFresh is for how long it is taken that somebody whose nudge was planned may
// still be disturbed.
const nudgeFresh = time.Minute

// heldBack tells whether an entry is a nudge that must not be sent now: because it is
// too late for it, or because the person has turned on do-not-disturb since it was
// planned. What becomes of it is recorded.
func (o *outbox) heldBack(ctx context.Context, c storage.Claimed) bool {
	if c.Kind != storage.KindNudge && c.Kind != storage.KindTeamNudge {
		return false
	}
	ms, err := strconv.ParseInt(c.Args["until"], 10, 64)
	if err != nil {
		o.log.Error("a nudge does not say until when it may be sent; it is not", "id", c.ID, "err", err)
	}
	until := time.UnixMilli(ms)
	miss := func(why string) bool {
		o.log.Info("a nudge is not sent any more", "id", c.ID, "why", why)
		o.record(ctx, c, "missed", func(ctx context.Context) error { return o.app.Store.Skipped(ctx, c, why) })
		return true
	}
	if !c.Now.Before(until) {
		return miss(pipeline.NudgeLate)
	}
	if c.User == "" || o.app.Disturb == nil || c.Now.Sub(c.FirstDue) < nudgeFresh {
		return false
	}
	told := o.app.Disturb(ctx, c.Now, []string{c.User})[c.User]
	why, again := pipeline.NudgeDisturbs, told.Until.Sub(c.Now)
	switch {
	case told.Unknown:
		why, again = pipeline.NudgeUnasked, nudgeFresh
	case again <= 0:
		return false
	}
	if !c.Now.Add(again).Before(until) {
		return miss(why)
	}
	o.record(ctx, c, "held", func(ctx context.Context) error { return o.app.Store.Retry(ctx, c, why, again) })
	return true
}
