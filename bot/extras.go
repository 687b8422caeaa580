package bot

import (
	"sync"
	"sync/atomic"
	"time"

	"alignbot/commands"
)

const (
	// extrasAtOnce is how many extras are made at the same time, and extrasWaiting how
	// many more may wait: what comes beyond is left out.
	extrasAtOnce  = 2
	extrasWaiting = 32
	// extrasRest is how many times as long as an extra took its worker rests where
	// people were being answered meanwhile or other extras wait, so that all of them take
	// a small part of the process.
	extrasRest = 16
)

// extras makes what a reply has to say beside what was asked for, in its own few
// workers: an acknowledgement never waits for them. When more is wanted than there is
// time for, extras are left out, and counted.
type extras struct {
	bot     *Bot
	waiting chan extra
	ending  chan struct{} // closed: nothing is added any more
	workers sync.WaitGroup
	// answering is how many envelopes are being handled, and taken how many were.
	answering, taken atomic.Int64
}

type extra struct {
	d    delivery
	slip slip
}

func newExtras(b *Bot) *extras {
	return &extras{bot: b, waiting: make(chan extra, extrasWaiting), ending: make(chan struct{})}
}

// add lets the extra of a reply be made, unless too many wait.
func (x *extras) add(d delivery, s *slip) {
	rest := *s
	rest.reply, rest.inAck = commands.Reply{After: s.reply.Extra}, false
	select {
	case x.waiting <- extra{d, rest}:
		x.bot.metrics.extras.WithLabelValues("made").Inc()
	default:
		x.bot.metrics.extras.WithLabelValues("left out").Inc()
	}
}

func (x *extras) start() {
	for range extrasAtOnce {
		x.workers.Go(x.work)
	}
}

func (x *extras) work() {
	for {
		select {
		case e := <-x.waiting:
			x.make(e)
		case <-x.ending:
			for len(x.waiting) > 0 {
				select {
				case e := <-x.waiting:
					x.make(e)
				default: // another worker took it
				}
			}
			return
		}
	}
}

func (x *extras) make(e extra) {
	began, taken := time.Now(), x.taken.Load()
	x.bot.survive(e.d, func(d delivery) { x.bot.carryOut(d, &e.slip) })
	if x.answering.Load() > 0 || x.taken.Load() != taken || len(x.waiting) > 0 && !isClosed(x.ending) {
		pause(x.bot.life, extrasRest*time.Since(began))
	}
}

// finish returns when the extras that wait are made. Called once.
func (x *extras) finish() {
	close(x.ending)
	x.workers.Wait()
}
