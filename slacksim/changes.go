package slacksim

import (
	"context"
	"sync"
)

// changes wakes those who wait for something to happen. A wake-up carries nothing: whoever gets it looks again.
type changes struct {
	mu    sync.Mutex
	all   map[chan struct{}]bool            // interested in everything
	whose map[string]map[chan struct{}]bool // interested in one person's screen
}

func (c *changes) subscribe(person string) (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if person == "" {
		if c.all == nil {
			c.all = map[chan struct{}]bool{}
		}
		c.all[ch] = true
	} else {
		if c.whose == nil {
			c.whose = map[string]map[chan struct{}]bool{}
		}
		if c.whose[person] == nil {
			c.whose[person] = map[chan struct{}]bool{}
		}
		c.whose[person][ch] = true
	}
	return ch, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.all, ch)
		delete(c.whose[person], ch)
		if len(c.whose[person]) == 0 {
			delete(c.whose, person)
		}
	}
}

// notify wakes the subscribers of people and those of everything; everyone wakes all.
func (c *changes) notify(everyone bool, people ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for ch := range c.all {
		wake(ch)
	}
	if everyone {
		for _, subs := range c.whose {
			for ch := range subs {
				wake(ch)
			}
		}
		return
	}
	for _, p := range people {
		for ch := range c.whose[p] {
			wake(ch)
		}
	}
}

func wake(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default: // a wake-up is already waiting
	}
}

// Subscribe returns a channel that receives whenever the screen of person may have changed ("": anything at all).
// Changes that come while nobody receives are one wake-up. The returned function ends the subscription.
func (s *Sim) Subscribe(person string) (<-chan struct{}, func()) {
	if person != "" {
		s.mu.Lock()
		if p, err := s.person(person); err == nil {
			person = p.ID
		}
		s.mu.Unlock()
	}
	return s.changes.subscribe(person)
}

// Wait returns nil once cond holds. cond is asked at once and after every change, never on a timer; it must not block.
func (s *Sim) Wait(ctx context.Context, cond func() bool) error {
	changed, stop := s.changes.subscribe("")
	defer stop()
	for {
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.closing:
			return errClosed
		}
	}
}

// touch tells the people that their screens changed.
func (s *Sim) touch(people ...string) {
	s.changes.notify(false, people...)
	s.dirty()
}

// touchAll tells everybody.
func (s *Sim) touchAll() {
	s.changes.notify(true)
	s.dirty()
}

// touchRoom tells everybody who can see r.
func (s *Sim) touchRoom(r *room) {
	if r.Private || r.IM || r.MPIM {
		s.touch(r.Members...)
		return
	}
	s.touchAll()
}
