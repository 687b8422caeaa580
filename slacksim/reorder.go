package slacksim

import "slices"

// queue is what the effect of Reorder holds back; guarded by hub.mu.
type queue struct {
	order  []int
	places []*queued
	at     int // how many of the order were sent
}

// queued is an envelope in a queue.
type queued struct {
	id    string
	frame []byte
	send  func() // for the first time
	sent  bool
}

func newQueue(order []int) *queue {
	q := &queue{order: order}
	q.empty()
	return q
}

func (q *queue) empty() { q.places, q.at = make([]*queued, slices.Max(q.order)+1), 0 }

// enqueue holds an envelope back and gives what sends the first of the queue once all are there; h.mu is held.
func (h *hub) enqueue(effect Effect, e *queued) (next func()) {
	q := effect.queue
	q.places[(effect.nth-1)%len(q.places)] = e
	if slices.Contains(q.places, nil) {
		return func() {}
	}
	h.queues = append(h.queues, q)
	return h.advance(q)
}

// follow gives what sends the next of a queue whose last one was the envelope with that id, which the app has done with;
// h.mu is held.
func (h *hub) follow(id string) (next func()) {
	for _, q := range h.queues {
		if q.places[q.order[q.at-1]].id == id {
			return h.advance(q)
		}
	}
	return func() {}
}

// advance gives what sends the next of the queue; h.mu is held.
func (h *hub) advance(q *queue) (next func()) {
	if q.at == len(q.order) {
		h.queues = slices.DeleteFunc(h.queues, func(other *queue) bool { return other == q })
		q.empty()
		return func() {}
	}
	e := q.places[q.order[q.at]]
	q.at++
	if !e.sent {
		e.sent = true
		return e.send
	}
	c := h.pick()
	if c == nil {
		return h.advance(q)
	}
	c.send(e.frame)
	return func() {}
}
