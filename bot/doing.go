package bot

import "sync"

// doingLimit is how many acts are remembered. The store remembers them for
// longer and for all processes; this memory saves a second reply when Slack
// delivers an act to this process twice.
const doingLimit = 4096

// answerLimit is how many bytes of answers are remembered with them: the acts whose
// answers come to more are forgotten, the oldest first.
const answerLimit = 2 << 20

// doings remembers the acts of late: by the id of the operation and, for a form,
// what was tried with it, so that another try with other words is another act.
type doings struct {
	mu    sync.Mutex
	byAct map[string]*doing
	order []string // oldest first
	bytes int      // of the answers
}

// doing is one act: under way until done is closed.
type doing struct {
	id   string
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
	before, known := d.byAct[id]
	switch {
	case !known:
		d.order = append(d.order, id)
	case isClosed(before.done) && before.again:
		d.bytes -= len(before.answer)
	default:
		return before, false
	}
	if len(d.order) > doingLimit {
		d.forget()
	}
	own := &doing{id: id, done: make(chan struct{})}
	d.byAct[id] = own
	return own, true
}

// forget drops the oldest act; d.mu is held.
func (d *doings) forget() {
	oldest := d.byAct[d.order[0]]
	d.bytes -= len(oldest.answer) // none while it is under way
	delete(d.byAct, oldest.id)
	d.order = d.order[1:]
}

// finish lets other deliveries of the act go on. Called once, by its owner.
func (d *doings) finish(own *doing, answer []byte, again bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	own.answer, own.again = answer, again
	close(own.done)
	if d.byAct[own.id] != own {
		return // forgotten meanwhile, or of those that are not remembered
	}
	d.bytes += len(answer)
	for d.bytes > answerLimit {
		d.forget()
	}
}
