package storage

import (
	"sync"
	"time"
)

// recent keeps what a process read last, by name, so that an act on it costs one round
// trip. It may be out of date: the script that stores something makes sure that what it
// rests on is not. Nobody changes what is kept. Its methods may be called at the same
// time.
type recent[V any] struct {
	most int           // how many are kept
	kept time.Duration // for how long

	mu     sync.Mutex
	values map[string]noted[V]
	swept  time.Time
}

type noted[V any] struct {
	value V
	at    time.Time
}

func newRecent[V any](most int, kept time.Duration) *recent[V] {
	return &recent[V]{most: most, kept: kept, values: map[string]noted[V]{}}
}

// recall gives the zero value for what is not kept.
func (r *recent[V]) recall(name string) V {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep()
	found := r.values[name]
	if time.Since(found.at) > r.kept {
		found.value = *new(V)
	}
	return found.value
}

// keep remembers what was read just now; where there is no room, what was read first
// is forgotten.
func (r *recent[V]) keep(name string, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep()
	r.values[name] = noted[V]{value, time.Now()}
	if len(r.values) <= r.most {
		return
	}
	oldest := name
	for other, kept := range r.values {
		if kept.at.Before(r.values[oldest].at) {
			oldest = other
		}
	}
	delete(r.values, oldest)
}

func (r *recent[V]) forget(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.values, name)
}

// sweepEach is how often everything kept is looked at.
const sweepEach = time.Minute

// sweep forgets what was read too long ago.
func (r *recent[V]) sweep() {
	if time.Since(r.swept) < sweepEach {
		return
	}
	r.swept = time.Now()
	for name, kept := range r.values {
		if time.Since(kept.at) > r.kept {
			delete(r.values, name)
		}
	}
}
