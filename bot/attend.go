package bot

import (
	"context"
	"time"
)

// attendEvery is the time between two notes that this process is connected to Slack:
// people are told to that precision since when none was.
const attendEvery = 30 * time.Second

// attend notes it until ctx ends, the first time as soon as a socket is open.
func (b *Bot) attend(ctx context.Context) {
	beat := b.beats.of("attendance")
	var noted time.Time
	for {
		beat()
		if time.Since(noted) >= attendEvery && b.store.isUsable() && b.fleet.state().serving > 0 {
			if err := b.app.Store.Attend(ctx); err == nil {
				noted = time.Now()
			} else if ctx.Err() == nil {
				b.log.Warn("it could not be noted that this process is connected to Slack", "err", err)
			}
		}
		if !pause(ctx, b.settings.Timing.StoreCheck) {
			return
		}
	}
}
