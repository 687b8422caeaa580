package bot

import (
	"context"
	"sync/atomic"
	"time"
)

// attend notes that this process is connected to Slack until ctx ends, the first time
// as soon as a socket is open. Where processes of an older release have gone, it has
// what they stored derived.
func (b *Bot) attend(ctx context.Context) {
	beat, every := b.beats.of("attendance"), b.settings.Timing.Attend
	gone := 2*every + b.settings.Timing.Drain // a process that ends stores to its end, and notes nothing any more
	var noted time.Time
	var deriving atomic.Bool
	for {
		beat()
		if time.Since(noted) >= every && b.store.isUsable() && b.fleet.state().serving > 0 {
			if lacks, err := b.app.Store.Attend(ctx, gone); err == nil {
				noted = time.Now()
				if lacks && !deriving.Swap(true) {
					b.behind.run(func() {
						defer deriving.Store(false)
						if err := b.app.Store.Derive(ctx); err != nil && ctx.Err() == nil {
							b.log.Warn("what an older release stored could not be derived; it is tried again", "err", err)
						}
					})
				}
			} else if ctx.Err() == nil {
				b.log.Warn("it could not be noted that this process is connected to Slack", "err", err)
			}
		}
		if !pause(ctx, b.settings.Timing.StoreCheck) {
			return
		}
	}
}
