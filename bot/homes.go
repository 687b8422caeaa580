package bot

import (
	"sync"
	"time"
)

// homesLimit is how many people's latest Home is remembered.
const homesLimit = 4096

// homes keeps the drawings of one person's Home in order.
type homes struct {
	mu     sync.Mutex
	byUser map[string]*homeTurn
}

type homeTurn struct {
	mu    sync.Mutex
	drawn time.Time // when what is shown was asked for
}

// inOrder draws unless something asked for later is drawn already.
func (h *homes) inOrder(user string, asked time.Time, draw func()) {
	h.mu.Lock()
	turn := h.byUser[user]
	if turn == nil {
		if len(h.byUser) >= homesLimit {
			clear(h.byUser) // costs at worst one drawing out of order
		}
		turn = &homeTurn{}
		h.byUser[user] = turn
	}
	h.mu.Unlock()
	turn.mu.Lock()
	defer turn.mu.Unlock()
	if asked.Before(turn.drawn) {
		return
	}
	turn.drawn = asked
	draw()
}
