package slacksim

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// clock is real time plus an offset that Advance moves forward. What is due runs on one goroutine, in order, and must
// not block.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
	queue  timers
	seq    uint64
	wake   chan struct{}
	stop   chan struct{}
	ended  chan struct{}
}

type timer struct {
	at    time.Time
	seq   uint64
	index int // in the queue; -1 when it has run or was stopped
	run   func()
}

func newClock() *clock {
	c := &clock{wake: make(chan struct{}, 1), stop: make(chan struct{}), ended: make(chan struct{})}
	go c.loop()
	return c
}

// now has no monotonic part, so that moving the offset is all there is to moving time.
func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nowLocked()
}

func (c *clock) nowLocked() time.Time { return time.Now().Add(c.offset).Round(0) }

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	c.offset += d
	c.mu.Unlock()
	c.poke()
}

// after runs f when d has passed; the returned function takes that back and tells whether it was in time.
func (c *clock) after(d time.Duration, f func()) (stop func() bool) {
	c.mu.Lock()
	c.seq++
	t := &timer{at: c.nowLocked().Add(d), seq: c.seq, run: f}
	heap.Push(&c.queue, t)
	first := t.index == 0
	c.mu.Unlock()
	if first {
		c.poke()
	}
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		if t.index < 0 {
			return false
		}
		heap.Remove(&c.queue, t.index)
		return true
	}
}

// sleep waits until d has passed or ctx is over.
func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	done := make(chan struct{})
	stop := c.after(d, func() { close(done) })
	defer stop()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-c.stop:
		return errClosed
	}
}

func (c *clock) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *clock) loop() {
	defer close(c.ended)
	timeout := time.NewTimer(time.Hour)
	defer timeout.Stop()
	for {
		wait := time.Hour
		c.mu.Lock()
		var due *timer
		if len(c.queue) > 0 {
			if wait = c.queue[0].at.Sub(c.nowLocked()); wait <= 0 {
				due = heap.Pop(&c.queue).(*timer)
			}
		}
		c.mu.Unlock()
		if due != nil {
			due.run()
			continue
		}
		timeout.Reset(wait)
		select {
		case <-timeout.C:
		case <-c.wake:
		case <-c.stop:
			return
		}
	}
}

// close ends the goroutine; timers that have not run never will.
func (c *clock) close() {
	close(c.stop)
	<-c.ended
}

type timers []*timer

func (q timers) Len() int { return len(q) }
func (q timers) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].seq < q[j].seq
	}
	return q[i].at.Before(q[j].at)
}
func (q timers) Swap(i, j int) { q[i], q[j] = q[j], q[i]; q[i].index, q[j].index = i, j }
func (q *timers) Push(x any)   { t := x.(*timer); t.index = len(*q); *q = append(*q, t) }
func (q *timers) Pop() any {
	old := *q
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	t.index = -1
	return t
}
