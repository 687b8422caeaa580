package storage

import (
	"io"
	"net"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	miniserver "github.com/alicebob/miniredis/v2/server"
)

// memoryTick is how often keys expire. More often would cost more: each time
// all keys with a lifetime are looked at. Nothing here relies on a lifetime to
// be exact.
const memoryTick = time.Minute

// startMemory gives a Redis inside this process, with no port, whose keys
// expire as the clock goes. dial connects to it. now is its clock; nil for the
// computer's.
func startMemory(now func() time.Time) (dial func() (net.Conn, error), stop func()) {
	server := miniredis.NewMiniRedis()
	var hook miniserver.Hook
	if now != nil {
		hook = keepTime(server, now)
	}
	ticker, stopping, stopped := time.NewTicker(memoryTick), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-ticker.C:
				server.FastForward(memoryTick)
			case <-stopping:
				ticker.Stop()
				return
			}
		}
	}()
	dial = func() (net.Conn, error) {
		conn, err := server.Dial()
		if err != nil {
			return nil, err
		}
		if hook != nil {
			server.Server().SetPreHook(hook) // there is none before the first connection
		}
		return withQueue(conn), nil
	}
	var once sync.Once
	stop = func() {
		once.Do(func() { close(stopping) })
		<-stopped
		server.Close()
	}
	return dial, stop
}

// keepTime sets the server's clock before each script, which are what looks at it,
// and lets keys expire that a jump of the clock has left behind.
func keepTime(server *miniredis.Miniredis, now func() time.Time) miniserver.Hook {
	var mu sync.Mutex
	real, told := time.Now(), now()
	return func(_ *miniserver.Peer, command string, _ ...string) bool {
		if command != "EVAL" && command != "EVALSHA" { // those within a script find the server locked
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		at := now()
		if jump := at.Sub(told) - time.Since(real); jump > time.Minute {
			server.FastForward(jump)
		}
		real, told = time.Now(), at
		server.SetTime(at)
		return false
	}
}

// withQueue puts a queue of any length behind the server's writes. A pipe has
// no buffer: without the queue the server would wait with its first reply for
// a client that is still writing a pipeline of commands, for ever.
func withQueue(server net.Conn) net.Conn {
	client, inner := net.Pipe()
	replies := newQueue()
	go func() { // ends when the client closes
		_, _ = io.Copy(server, inner) // either end closed: so does the other
		server.Close()
		inner.Close()
	}()
	go func() { // ends when the server's side is closed
		_, _ = io.Copy(replies, server)
		replies.close()
	}()
	go func() { // ends when there is no more to come, or nobody to read it
		_, _ = io.Copy(inner, replies)
		inner.Close()
		server.Close()
	}()
	return client
}

// queue is a pipe without a limit.
type queue struct {
	mu     sync.Mutex
	more   sync.Cond
	bytes  []byte
	closed bool
}

func newQueue() *queue {
	q := &queue{}
	q.more.L = &q.mu
	return q
}

func (q *queue) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bytes = append(q.bytes, p...)
	q.more.Signal()
	return len(p), nil
}

func (q *queue) Read(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.bytes) == 0 {
		if q.closed {
			return 0, io.EOF
		}
		q.more.Wait()
	}
	n := copy(p, q.bytes)
	if q.bytes = q.bytes[n:]; len(q.bytes) == 0 {
		q.bytes = nil
	}
	return n, nil
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.more.Signal()
}
