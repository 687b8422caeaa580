package bot

import "sync"

// doingLimit is how many acts are remembered. The store remembers them for
// longer and for all processes; this memory saves a second reply when Slack
// delivers an act to this process twice.
const doingLimit = 4096

// doings remembers the acts of late: by the id of the operation and, for a form,
// what was tried with it, so that another try with other words is another act.
type doings struct {
	mu    sync.Mutex
	byAct map[string]*doing
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
// empty id is always the caller's and not remembered.
func (d *doings) begin(id string) (*doing, bool) {
	if id == "" {
		return &doing{done: make(chan struct{})}, true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if before, known := d.byAct[id]; known && !(isClosed(before.done) && before.again) {
		return before, false
	} else if !known {
		d.order = append(d.order, id)
	}
	if len(d.order) > doingLimit {
		delete(d.byAct, d.order[0])
		d.order = d.order[1:]
	}
	own := &doing{done: make(chan struct{})}
	d.byAct[id] = own
	return own, true
}

// finish lets other deliveries of the act go on. Called once, by its owner.
func (d *doing) finish(answer []byte, again bool) {
	d.answer, d.again = answer, again
	close(d.done)
}
