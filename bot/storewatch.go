package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// storeWatch knows whether this process can save. While it cannot, it must not
// take work from Slack: the sockets are closed, so that others get it.
type storeWatch struct {
	db     *storage.DB
	timing Timing
	log    *slog.Logger
	beat   func()

	mu      sync.Mutex
	usable  bool
	err     error // of the latest check
	changed chan struct{}
}

func newStoreWatch(db *storage.DB, timing Timing, log *slog.Logger, beat func()) *storeWatch {
	return &storeWatch{
		db: db, timing: timing, log: log, beat: beat,
		err: errors.New("the storage has not been asked yet"), changed: make(chan struct{}),
	}
}

// run checks until ctx ends. Before the store was usable for the first time, a
// reason other than being away is fatal: waiting would not cure it.
func (w *storeWatch) run(ctx context.Context) error {
	var usedOnce bool
	var failingSince time.Time
	for {
		w.beat()
		err := w.check(ctx)
		if ctx.Err() != nil {
			return nil
		}
		switch {
		case err == nil:
			if !failingSince.IsZero() {
				w.log.Info("the storage can save again", "after", time.Since(failingSince).Round(time.Millisecond))
			}
			usedOnce, failingSince = true, time.Time{}
			w.set(true, nil)
		case !usedOnce && !errors.Is(err, storage.ErrUnavailable):
			return storeRefused(err)
		default:
			if failingSince.IsZero() {
				failingSince = time.Now()
				w.log.Warn("the storage cannot save; trying until it can", "err", err)
			}
			// What is there and refuses will not pass in a moment, and a newer schema must not be written to.
			lost := !usedOnce || !errors.Is(err, storage.ErrUnavailable) || time.Since(failingSince) >= w.timing.StoreGrace
			w.set(w.isUsable() && !lost, err)
		}
		if !pause(ctx, w.timing.StoreCheck) {
			return nil
		}
	}
}

func storeRefused(err error) *Stop {
	var problem *pipeline.Problem
	if errors.As(err, &problem) && problem.Next != "" {
		return &Stop{Cause: "The storage cannot be used. " + problem.What, Fix: problem.Next, Err: err}
	}
	return &Stop{Cause: "The storage cannot be used: " + err.Error() + ".", Fix: "Correct its settings or the server, then start again.", Err: err}
}

func (w *storeWatch) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return w.db.Ready(ctx)
}

func (w *storeWatch) set(usable bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
	if w.usable != usable {
		w.usable = usable
		close(w.changed)
		w.changed = make(chan struct{})
	}
}

func (w *storeWatch) isUsable() bool {
	usable, _ := w.now()
	return usable
}

// now tells whether work may be taken, and a channel that is closed when that
// changes.
func (w *storeWatch) now() (bool, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.usable, w.changed
}

// reason why nothing can be saved; nil when the latest check went well.
func (w *storeWatch) reason() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		return nil
	}
	return fmt.Errorf("storage: %w", w.err)
}

// wait returns when the store is usable; false when ctx ended before.
func (w *storeWatch) wait(ctx context.Context) bool {
	for {
		usable, changed := w.now()
		if usable {
			return ctx.Err() == nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// pause waits; false when ctx ended meanwhile.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
