package bot

import "sync"

// doingLimit is how many acts are remembered. The store remembers them for
// longer and for all processes; this memory saves a second reply when Slack
// delivers an act to this process twice.
const doingLimit = 4096

// doings remembers the acts of late by operation id.
type doings struct {
	mu    sync.Mutex
	byOp  map[string]*doing
	order []string // oldest first
}

// doing is one act: under way until done is closed.
type doing struct {
	done chan struct{}
	// answer that was acknowledged, valid after done. again: it went wrong, so
	// another delivery is another chance.
	answer []byte
	again  bool
}

// begin gives the act's doing, and whether it is the caller's to finish. An
// empty op is always the caller's and not remembered.
func (d *doings) begin(op string) (*doing, bool) {
	if op == "" {
		return &doing{done: make(chan struct{})}, true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if before, known := d.byOp[op]; known && !(isClosed(before.done) && before.again) {
		return before, false
	} else if !known {
		d.order = append(d.order, op)
	}
	if len(d.order) > doingLimit {
		delete(d.byOp, d.order[0])
		d.order = d.order[1:]
	}
	own := &doing{done: make(chan struct{})}
	d.byOp[op] = own
	return own, true
}

// finish lets other deliveries of the act go on. Called once, by its owner.
func (d *doing) finish(answer []byte, again bool) {
	d.answer, d.again = answer, again
	close(d.done)
}
