package bot

import (
	"context"
	"slices"
	"sync"
	"time"
)

// once asks a question once for all who wait for its answer, and keeps the
// answer for a while. The question goes on when nobody waits any more: who asks
// again finds the answer there.
type once[T any] struct {
	good   time.Duration // how long an answer is kept; 0: for those who wait alone
	now    func() time.Time
	life   context.Context // of the questions
	asking *sync.WaitGroup // holds those under way

	mu      sync.Mutex
	known   map[string]answer[T]
	flights map[string]*question[T]
}

type answer[T any] struct {
	value T
	at    time.Time
}

// question is one that several callers wait for.
type question[T any] struct {
	done  chan struct{}
	value T // valid after done, as err is
	err   error
	// doubts are the changes since it was asked.
	doubts []func(key string, value T) bool
}

func newOnce[T any](good time.Duration, p *people) *once[T] {
	return &once[T]{
		good: good, now: p.now, life: p.life, asking: &p.asking,
		known: map[string]answer[T]{}, flights: map[string]*question[T]{},
	}
}

// get gives the answer, or the error of ctx when that ends first. Errors are not
// kept.
func (o *once[T]) get(ctx context.Context, key string, ask func(context.Context) (T, error)) (T, error) {
	o.mu.Lock()
	if a, known := o.known[key]; known && o.now().Sub(a.at) < o.good {
		o.mu.Unlock()
		return a.value, nil
	}
	q := o.flights[key]
	if q == nil {
		q = o.begin(key, ask)
	}
	o.mu.Unlock()
	select {
	case <-q.done:
		return q.value, q.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// begin asks; o.mu is held.
func (o *once[T]) begin(key string, ask func(context.Context) (T, error)) *question[T] {
	q := &question[T]{done: make(chan struct{})}
	o.flights[key] = q
	o.asking.Go(func() {
		defer close(q.done)
		q.value, q.err = ask(o.life)
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.flights, key)
		doubtful := slices.ContainsFunc(q.doubts, func(matters func(string, T) bool) bool { return matters(key, q.value) })
		if q.err == nil && o.good > 0 && !doubtful {
			o.keep(key, answer[T]{q.value, o.now()})
		}
	})
	return q
}

// keep remembers an answer and forgets those that are too old; o.mu is held.
// There are never more than Slack lets us ask for while one is good.
func (o *once[T]) keep(key string, a answer[T]) {
	for other, old := range o.known {
		if a.at.Sub(old.at) >= o.good {
			delete(o.known, other)
		}
	}
	o.known[key] = a
}

// drop forgets the answers to which a change matters. One on its way may be from
// before the change; it is given to who waits for it and not kept.
func (o *once[T]) drop(matters func(key string, value T) bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, a := range o.known {
		if matters(key, a.value) {
			delete(o.known, key)
		}
	}
	for _, q := range o.flights {
		q.doubts = append(q.doubts, matters)
	}
}
