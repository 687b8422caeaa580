package bot

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

const (
	// dndMost is how many people Slack tells about in one answer, of which it gives
	// twenty a minute: faster than it takes messages to as many.
	// https://docs.slack.dev/reference/methods/dnd.teamInfo
	dndMost = 50
	// dndPatience is how long an answer is waited for, with what Slack asks to wait.
	dndPatience = 10 * time.Second
)

// undisturbed knows who has do-not-disturb on.
type undisturbed struct {
	ask    func(ctx context.Context, users []string) (map[string]slack.DNDStatus, error)
	insist insist
	now    func() time.Time
	log    *slog.Logger

	mu    sync.Mutex
	again time.Time // Slack wants not to be asked before
	off   bool      // Slack said that the app may not ask
}

// of asks about people, fifty at a time, and tells whether they may be disturbed now.
// Those of whom Slack does not tell anything may be; those of whom it could not be asked
// are Unknown.
func (u *undisturbed) of(ctx context.Context, now time.Time, users []string) map[string]pipeline.Disturb {
	found := make(map[string]pipeline.Disturb, len(users))
	for some := range slices.Chunk(users, dndMost) {
		told, err := u.some(ctx, some)
		for _, user := range some {
			if err != nil {
				found[user] = pipeline.Disturb{Unknown: true}
				continue
			}
			found[user] = disturb(told[user], now)
		}
	}
	return found
}

// some asks about at most dndMost people.
func (u *undisturbed) some(ctx context.Context, users []string) (told map[string]slack.DNDStatus, err error) {
	u.mu.Lock()
	wait, off := u.again.Sub(u.now()), u.off
	u.mu.Unlock()
	if off {
		return nil, nil
	}
	if wait > dndPatience {
		return nil, &SlackError{Method: "dnd.teamInfo", Code: codeThrottled, After: wait, remedy: throttled}
	}
	ctx, cancel := context.WithTimeout(ctx, dndPatience)
	defer cancel()
	err = u.insist.on(ctx, func(ctx context.Context) (err error) {
		told, err = u.ask(ctx, users)
		return err
	})
	var refused *SlackError
	switch {
	case err == nil:
	case remedyOf(err) == missingScope:
		u.log.Warn("Slack does not tell who has do-not-disturb on; nudges are sent without asking", "err", err)
		u.mu.Lock()
		u.off = true
		u.mu.Unlock()
		return nil, nil
	case errors.As(err, &refused) && refused.After > 0:
		u.mu.Lock()
		u.again = u.now().Add(refused.After)
		u.mu.Unlock()
	default:
		u.log.Debug("Slack does not tell who has do-not-disturb on", "people", len(users), "err", err)
	}
	return told, err
}

// disturb reads what Slack tells: when do-not-disturb begins next, which is in the past
// while it is on, and when it ends.
func disturb(status slack.DNDStatus, now time.Time) pipeline.Disturb {
	var until time.Time
	begin, end := time.Unix(int64(status.NextStartTimestamp), 0), time.Unix(int64(status.NextEndTimestamp), 0)
	if status.Enabled && !now.Before(begin) && now.Before(end) {
		until = end
	}
	if snoozed := time.Unix(int64(status.SnoozeEndTime), 0); status.SnoozeEnabled && snoozed.After(now) && snoozed.After(until) {
		until = snoozed
	}
	return pipeline.Disturb{Until: until}
}
