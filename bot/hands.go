package bot

import "sync"

// hands run handlers. One that has run a handler waits for the next, with a stack that
// has the size which handlers need and a new goroutine's would have to grow to. There
// are as many as handlers ever ran at once.
type hands struct {
	next  chan func()
	ended chan struct{}
	all   sync.WaitGroup
}

func newHands() *hands { return &hands{next: make(chan func()), ended: make(chan struct{})} }

// do has it run at once; it does not wait for it.
func (h *hands) do(run func()) {
	select {
	case h.next <- run:
	default:
		h.all.Go(func() {
			for {
				run()
				select {
				case run = <-h.next:
				case <-h.ended:
					return
				}
			}
		})
	}
}

// finish returns when all that runs has ended. Nothing is given to do any more. Called
// once.
func (h *hands) finish() {
	close(h.ended)
	h.all.Wait()
}
