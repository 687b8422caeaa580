package llm

import (
	"sync"
	"time"
)

// After so many failures in a row a server is left alone for a while; then one
// question tries whether it is back.
const (
	failuresMost = 5
	rest         = time.Minute
)

// breaker keeps a server that is down from being asked, and people from waiting
// for it. The zero value is closed.
type breaker struct {
	mu       sync.Mutex
	failures int // in a row
	until    time.Time
}

// allow tells whether the server may be asked. While it is tried again, nobody
// else asks.
func (b *breaker) allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < failuresMost {
		return true
	}
	if now.Before(b.until) {
		return false
	}
	b.until = now.Add(rest)
	return true
}

// note counts how a question went.
func (b *breaker) note(now time.Time, worked bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if worked {
		b.failures = 0
		return
	}
	b.failures++
	b.until = now.Add(rest)
}
