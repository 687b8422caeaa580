package storage

import (
	"sync"
	"time"

	"alignbot/pipeline"
)

// remembered is what a process keeps of a ballot, so that a vote costs one round
// trip. It may be out of date: the script that stores a vote makes sure that it is
// not. Nobody changes it.
type remembered struct {
	ballot pipeline.Ballot
	secret []byte // of an anonymous ballot that runs
	team   pipeline.Team
	now    time.Time // the store's clock when it was read
	read   time.Time // this process's
}

// clock estimates what the store's clock says by now.
func (r *remembered) clock() time.Time { return r.now.Add(time.Since(r.read)) }

const (
	// pollsKept bounds the memory: a ballot that asks 2,000 people takes some
	// 60 KB.
	pollsKept = 64
	// pollsKeptFor bounds for how long a secret outlives its ballot in a process
	// that did not close it.
	pollsKeptFor = 10 * time.Minute
)

// pollMemory keeps the ballots that were read last, by name. Its methods may be
// called at the same time.
type pollMemory struct {
	mu   sync.Mutex
	kept map[string]*remembered
}

// recall gives nil for what is not kept.
func (m *pollMemory) recall(name string) *remembered {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep()
	return m.kept[name]
}

// keep remembers a ballot that runs, and forgets one that is closed.
func (m *pollMemory) keep(name string, r *remembered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep()
	if !r.ballot.Running() {
		delete(m.kept, name)
		return
	}
	if m.kept == nil {
		m.kept = map[string]*remembered{}
	}
	m.kept[name] = r
	if len(m.kept) <= pollsKept {
		return
	}
	oldest := name
	for other, kept := range m.kept {
		if kept.read.Before(m.kept[oldest].read) {
			oldest = other
		}
	}
	delete(m.kept, oldest)
}

func (m *pollMemory) forget(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, name)
}

// sweep forgets what was read too long ago.
func (m *pollMemory) sweep() {
	for name, kept := range m.kept {
		if time.Since(kept.read) > pollsKeptFor {
			delete(m.kept, name)
		}
	}
}
