package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"
)

// Reads is a group of goroutines that read at the same time. What all of them wait for
// travels to Redis and back in one round trip: the group makes as many round trips as
// the longest chain of reads that need each other's answers, however many reads there
// are. It is used as an errgroup.Group; Wait must be called, and the goroutines do
// nothing slow but read, because the others wait for them.
type Reads struct {
	group  *errgroup.Group
	shared *sharedTrip
	// within is set where the group was begun by one of the goroutines of another.
	within bool
}

type togetherKey struct{}

// Together begins a group whose goroutines read with the context given. Within another
// group it joins that one's round trips.
func Together(ctx context.Context) (*Reads, context.Context) {
	shared, within := ctx.Value(togetherKey{}).(*sharedTrip)
	group, ctx := errgroup.WithContext(ctx)
	if !within {
		shared = &sharedTrip{ctx: ctx, running: 1} // who begins the group, until they wait
		ctx = context.WithValue(ctx, togetherKey{}, shared)
	}
	return &Reads{group: group, shared: shared, within: within}, ctx
}

// Go reads something in a goroutine of its own.
func (r *Reads) Go(read func() error) {
	r.shared.begin()
	r.group.Go(func() error {
		defer r.shared.end()
		return read()
	})
}

// Wait returns when all is read, with the first error.
func (r *Reads) Wait() error {
	r.shared.end() // whoever waits for others reads nothing meanwhile
	if r.within {
		defer r.shared.begin()
	}
	return r.group.Wait()
}

// sharedTrip collects reads until every goroutine of the group waits for one.
type sharedTrip struct {
	ctx context.Context // of the whole group

	mu      sync.Mutex
	running int // goroutines that have not ended, and wait for no others
	waiting []*shared
}

// shared is one read on a trip with others.
type shared struct {
	db   *DB
	add  func(redis.Pipeliner)
	done chan struct{}
	err  error // valid after done
}

func (t *sharedTrip) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running++
}

func (t *sharedTrip) end() {
	t.mu.Lock()
	t.running--
	all := t.takeIfAll()
	t.mu.Unlock()
	t.send(all)
}

// read waits until what add asks for is there, or ctx ends. add may be called again.
func (t *sharedTrip) read(ctx context.Context, db *DB, add func(redis.Pipeliner)) error {
	own := &shared{db: db, add: add, done: make(chan struct{})}
	t.mu.Lock()
	t.waiting = append(t.waiting, own)
	all := t.takeIfAll()
	t.mu.Unlock()
	t.send(all)
	select {
	case <-own.done:
		return own.err
	case <-ctx.Done():
		t.mu.Lock()
		defer t.mu.Unlock()
		t.waiting = slices.DeleteFunc(t.waiting, func(other *shared) bool { return other == own })
		return context.Cause(ctx)
	}
}

// takeIfAll takes what waits when nobody is left to wait for; t.mu is held.
func (t *sharedTrip) takeIfAll() []*shared {
	if len(t.waiting) < t.running {
		return nil
	}
	all := t.waiting
	t.waiting = nil
	return all
}

// send makes the round trip.
func (t *sharedTrip) send(all []*shared) {
	if len(all) == 0 {
		return
	}
	from := make([]int, len(all)+1) // the commands of each are from[i] to from[i+1]
	var answered []redis.Cmder
	db := all[0].db
	err := db.do(t.ctx, "together", func(ctx context.Context) error {
		pipe := db.client.Pipeline()
		for i, one := range all {
			one.add(pipe)
			from[i+1] = pipe.Len()
		}
		var err error
		if answered, err = pipe.Exec(ctx); err != nil && (isConnection(err) || isMoving(err)) {
			return err
		}
		return nil // what Redis says to one of the commands is for whoever asked it
	})
	for i, one := range all {
		if one.err = err; err == nil {
			one.err = firstError(answered[from[i]:from[i+1]])
		}
		close(one.done)
	}
}

func firstError(answered []redis.Cmder) error {
	for _, cmd := range answered {
		if err := cmd.Err(); err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
	}
	return nil
}

// isTogether tells whether ctx belongs to a group of reads.
func isTogether(ctx context.Context) bool { return ctx.Value(togetherKey{}) != nil }

// runTogether runs a script that changes nothing on a trip with others.
func (db *DB) runTogether(ctx context.Context, sc script, key string, args []any) ([]any, error) {
	var answer *redis.Cmd
	err := db.pipelined(ctx, sc.name, func(pipe redis.Pipeliner) {
		answer = pipe.EvalSha(ctx, sc.Hash(), scriptKeys(key), args...)
	})
	if redis.HasErrorPrefix(err, "NOSCRIPT") { // once after a start of Redis
		err = db.pipelined(ctx, sc.name, func(pipe redis.Pipeliner) {
			answer = pipe.Eval(ctx, sc.source, scriptKeys(key), args...)
		})
	}
	if err != nil {
		return nil, err
	}
	return answer.Slice()
}

// pipelined makes one round trip with the commands that add puts into a pipeline, with
// those of others where ctx belongs to a group of reads. add may be called again, with
// a new pipeline; what the commands answer is valid when the error is nil.
func (db *DB) pipelined(ctx context.Context, name string, add func(redis.Pipeliner)) error {
	trip, together := ctx.Value(togetherKey{}).(*sharedTrip)
	if !together {
		return db.do(ctx, name, func(ctx context.Context) error {
			pipe := db.client.Pipeline()
			add(pipe)
			_, err := pipe.Exec(ctx)
			return err
		})
	}
	if err := classify(trip.read(ctx, db, add)); err != nil {
		return fmt.Errorf("storage: %s: %w", name, err)
	}
	return nil
}
