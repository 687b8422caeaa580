package bot

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// fleet keeps this process's sockets to Slack open.
type fleet struct {
	settings Settings
	address  func(context.Context) (string, error) // apps.connections.open
	take     func(delivery)                        // must not block
	store    *storeWatch
	metrics  *metrics
	log      *slog.Logger

	mu        sync.Mutex
	open      map[*socket]struct{} // greeted, not ended
	lastOpen  time.Time            // when there last was one
	notBefore time.Time            // Slack asked to open nothing before
	reported  int                  // connections of the app by Slack's count
}

// run keeps the sockets until ctx ends, then closes each at a quiet moment. It
// returns a *Stop when Slack refuses for good.
func (f *fleet) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for place := range f.settings.Sockets {
		group.Go(func() error { return f.keep(ctx, place) })
	}
	return group.Wait()
}

// keep has one socket open at all times at which the store can save. A socket
// that Slack wants to replace goes on being read after the next one has been
// greeted, until Slack closes it: Slack sends nothing more then, while what it
// sends when we close one is lost.
func (f *fleet) keep(ctx context.Context, place int) error {
	var current *socket
	var ending sync.WaitGroup // sockets being let go, and readers
	defer ending.Wait()
	letGo := func(s *socket, overlap time.Duration) {
		if s == nil {
			return
		}
		ending.Go(func() {
			wait(ctx, s.done, overlap)
			limit := f.settings.Timing.Budget + time.Second
			if ctx.Err() != nil {
				limit = f.settings.Timing.Drain * 7 / 10
			}
			s.close(limit)
		})
	}
	defer func() { letGo(current, 0) }()

	again := backoff{first: f.settings.Timing.RetryFirst, most: f.settings.Timing.RetryMost}
	fresh := true
	for {
		if usable, _ := f.store.now(); !usable {
			if current != nil {
				f.log.Warn("the storage cannot save: this process closes a socket, so that Slack asks others")
			}
			letGo(current, 0)
			current, fresh = nil, true
		}
		if !f.store.wait(ctx) {
			return nil
		}
		if fresh && place > 0 && !f.waitSaving(ctx, jitter(time.Duration(place)*f.settings.Timing.Apart)) {
			continue
		}
		fresh = false
		next, err := f.connect(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			if stop := f.fatal(err); stop != nil {
				return stop
			}
			d := again.next()
			f.log.Warn("a socket to Slack could not be opened; trying again", "err", err, "in", d)
			f.waitSaving(ctx, d)
			continue
		}
		ending.Go(func() {
			defer f.forget(next)
			next.read(f.take)
		})
		letGo(current, f.settings.Timing.Overlap)
		current = next

		opened := time.Now()
		f.watch(ctx, current)
		if ctx.Err() != nil {
			return nil
		}
		if usable, _ := f.store.now(); !usable {
			continue // the next round closes it
		}
		d, serves, stop := f.after(current, time.Since(opened), &again)
		if stop != nil {
			return stop
		}
		if !serves {
			letGo(current, 0)
			current = nil
		}
		f.waitSaving(ctx, d)
	}
}

// watch returns when a socket has ended or is to be replaced, when the store
// was lost, or when ctx ended.
func (f *fleet) watch(ctx context.Context, s *socket) {
	for {
		usable, changed := f.store.now()
		if !usable {
			return
		}
		select {
		case <-s.leaving:
			return
		case <-s.done:
			return
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

// after tells what follows a socket that ended or is to be replaced after it
// lived so long: how long to wait before the next is opened, and whether the
// old one serves on meanwhile. A stop means that there is no next.
func (f *fleet) after(s *socket, lived time.Duration, again *backoff) (d time.Duration, serves bool, stop *Stop) {
	stable := lived >= f.settings.Timing.Stable
	if stable {
		again.reset()
	}
	if !isClosed(s.leaving) {
		d = again.next()
		f.log.Info("a socket to Slack ended; opening another", "err", withoutAddress(s.err), "age", lived, "in", d)
		return d, false, nil
	}
	f.log.Debug("Slack wants a socket replaced", "reason", s.leaveReason, "age", lived)
	if stop := f.fatal(&refusedError{s.leaveReason}); stop != nil {
		return 0, false, stop
	}
	switch {
	case s.leaveReason == tooManySockets:
		d = again.next()
		f.log.Warn("Slack counts more than ten sockets for this app; run fewer processes or sockets", "in", d)
		return d, false, nil
	case stable:
		return 0, true, nil
	}
	// It serves for about ten seconds more: the next is open before that.
	return min(again.next(), f.settings.Timing.Overlap/4), true, nil
}

// waitSaving waits; false when ctx ended or the store was lost meanwhile.
func (f *fleet) waitSaving(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		usable, changed := f.store.now()
		if !usable {
			return false
		}
		select {
		case <-timer.C:
			return true
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

const (
	tooManySockets = "too_many_websockets"
	linkDisabled   = "link_disabled"
	// closedBySlack is ours: Slack closed the socket without another reason.
	closedBySlack = "closed"
)

// connect opens one socket and waits for its hello.
func (f *fleet) connect(ctx context.Context) (*socket, error) {
	f.mu.Lock()
	asked := time.Until(f.notBefore)
	f.mu.Unlock()
	if asked > 0 && !pause(ctx, asked) {
		return nil, ctx.Err()
	}
	f.metrics.socketOpens.Inc()
	address, err := f.address(ctx)
	if err != nil {
		var refused *SlackError
		if errors.As(err, &refused) && refused.remedy == throttled {
			f.mu.Lock()
			f.notBefore = time.Now().Add(refused.After)
			f.mu.Unlock()
		}
		return nil, err
	}
	s, reported, err := dialSocket(ctx, address, f.settings.Timing, f.log)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lastOpen.IsZero() {
		f.log.Info("connected to Slack, and the storage can save: alignbot is ready")
	}
	f.open[s], f.lastOpen = struct{}{}, time.Now()
	if reported != f.reported && reported > max(len(f.open), f.settings.Sockets) {
		// Other processes, or sockets that died and that Slack still counts:
		// what is sent to those is lost until Slack notices.
		f.log.Info("Slack counts more sockets for this app than this process has", "slack", reported, "here", len(f.open))
	}
	f.reported = reported
	return s, nil
}

func (f *fleet) forget(s *socket) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !isClosed(s.leaving) || len(f.open) == 1 {
		f.lastOpen = time.Now()
	}
	delete(f.open, s)
}

// fatal gives the reason to end the program, nil when the opening may be tried
// again.
func (f *fleet) fatal(err error) *Stop {
	var closed *refusedError
	if errors.As(err, &closed) {
		if closed.reason != linkDisabled {
			return nil
		}
		stop := fatalCauses[linkDisabled]
		stop.Err = err
		return &stop
	}
	var refused *SlackError
	if !errors.As(err, &refused) || mayBeRetried(err) {
		return nil // the network's own errors
	}
	return fatal("app-level token", err)
}

// fleetState is a look at the sockets, for health and metrics.
type fleetState struct {
	serving, leaving int
	reported         int
	quietest         time.Duration // since the latest frame of the quietest socket
	since            time.Time     // when a socket was last known to be open
}

func (f *fleet) state() fleetState {
	f.mu.Lock()
	defer f.mu.Unlock()
	state := fleetState{reported: f.reported, since: f.lastOpen}
	for s := range f.open {
		if isClosed(s.leaving) {
			state.leaving++
		} else {
			state.serving++
		}
		state.quietest = max(state.quietest, time.Since(time.Unix(0, s.lastFrame.Load())))
	}
	return state
}

// backoff is a growing pause between attempts. The jitter keeps processes that
// were cut off together from coming back together.
type backoff struct {
	first, most time.Duration
	tries       int
}

func (b *backoff) next() time.Duration {
	d := min(b.first<<min(b.tries, 16), b.most)
	b.tries++
	return jitter(d)
}

func (b *backoff) reset() { b.tries = 0 }

// jitter gives a random duration of at least half of d, and at most d.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// wait returns after d, or earlier when ctx or done ends.
func wait(ctx context.Context, done <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-done:
	case <-ctx.Done():
	}
}
