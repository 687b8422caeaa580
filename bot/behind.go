package bot

import (
	"context"
	"sync"
)

// behind runs what takes many seconds, beside everything that somebody waits for.
type behind struct{ running sync.WaitGroup }

// run does it in its own time. What it does must end with the bot's life.
func (h *behind) run(do func()) { h.running.Go(do) }

// wait returns when nothing runs any more, or with ctx. Nothing else may be run then
// but by what runs.
func (h *behind) wait(ctx context.Context) {
	none := make(chan struct{})
	go func() {
		h.running.Wait()
		close(none)
	}()
	select {
	case <-none:
	case <-ctx.Done():
	}
}
