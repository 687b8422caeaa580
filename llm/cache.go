package llm

import (
	"container/list"
	"slices"
	"sync"
)

// cacheMost bounds how many answers are remembered; each has at most some
// hundred bytes.
const cacheMost = 1000

// cache remembers the answers to questions that were asked last, by their
// content.
type cache struct {
	mu      sync.Mutex
	answers map[[32]byte]*list.Element
	order   list.List // of remembered, the last used first
}

type remembered struct {
	key    [32]byte
	answer []Suggestion
}

func (c *cache) get(key [32]byte) ([]Suggestion, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, known := c.answers[key]
	if !known {
		return nil, false
	}
	c.order.MoveToFront(e)
	return slices.Clone(e.Value.(remembered).answer), true
}

func (c *cache) put(key [32]byte, answer []Suggestion) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.answers[key]; known {
		return
	}
	if c.answers == nil {
		c.answers = map[[32]byte]*list.Element{}
	}
	c.answers[key] = c.order.PushFront(remembered{key, slices.Clone(answer)})
	if c.order.Len() > cacheMost {
		oldest := c.order.Remove(c.order.Back()).(remembered)
		delete(c.answers, oldest.key)
	}
}
