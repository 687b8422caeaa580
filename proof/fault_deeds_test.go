package proof

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// The kinds of deeds.
const (
	byCommand  = 'c' // an idea captured by /idea add
	byForm     = 'f' // an idea captured by the form
	byVote     = 'v' // a vote on one ballot, by somebody who may have voted before
	byReaction = 'r' // a reaction that asks for the form
)

// deed is something that a person did, once.
type deed struct {
	kind rune
	// token is its name: the title of an idea, the words of a message.
	token string
	who   string
	began time.Time
	// took is how long the person waited until something was said, by alignbot or,
	// where it did not answer in time, by Slack.
	took time.Duration
	// choice of a vote.
	choice string
	// wants of the idea stored what is more than that its title is the token, and gives
	// what it lacks.
	wants func(pipeline.Idea) string
	// form tells how the form was left: said are the words beside its inputs,
	// "" where it closed.
	said string
}

// begun notes a deed of the k-th person before it is done.
func (w *faultWorld) begun(kind rune, k int) *deed {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next++
	d := &deed{kind: kind, token: fmt.Sprintf("%s%d", w.prefix, w.next), who: person(k), began: time.Now()}
	w.deeds = append(w.deeds, d)
	return d
}

// done notes how long the person waited for an answer.
func (w *faultWorld) done(d *deed, err error) {
	d.took = time.Since(d.began)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.c.deeds++
	if err != nil {
		w.c.Errorf("%s of %s: %v", d.token, d.who, err)
	}
}

// act lets so many people do n deeds of these kinds in turn.
func (w *faultWorld) act(n, atOnce int, kinds string) {
	w.c.Helper()
	if strings.ContainsRune(kinds, byVote) {
		w.startsBallot()
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for k := range min(n, atOnce) {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				w.deed(rune(kinds[i%len(kinds)]), k)
			}
		})
	}
	all.Wait()
}

// busy lets so many people capture ideas, so many a second in all, until the returned
// function is called; 0 is as fast as they can.
func (w *faultWorld) busy(atOnce, perSecond int) (end func()) {
	stop := make(chan struct{})
	var paced <-chan time.Time
	if perSecond > 0 {
		tick := time.NewTicker(time.Second / time.Duration(perSecond))
		w.c.Cleanup(tick.Stop)
		paced = tick.C
	}
	var all sync.WaitGroup
	for k := range atOnce {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if paced != nil {
					select {
					case <-stop:
						return
					case <-paced:
					}
				}
				w.capture(k)
			}
		})
	}
	return sync.OnceFunc(func() {
		close(stop)
		all.Wait()
	})
}

func (w *faultWorld) deed(kind rune, k int) {
	switch kind {
	case byCommand:
		w.capture(k)
	case byForm:
		w.submit(k)
	case byVote:
		w.vote(k)
	case byReaction:
		w.react(k)
	}
}

// capture has the k-th person capture an idea.
func (w *faultWorld) capture(k int) *deed {
	d := w.begun(byCommand, k)
	w.done(d, w.sim.Type(w.c.Context(), d.who, w.where, "/idea add "+d.token))
	return d
}

// submit has the k-th person open the form, name the idea and submit. Where no form
// opens, nothing was done.
func (w *faultWorld) submit(k int) {
	if d, v := w.fillsIn(k); d != nil {
		w.submits(d, v)
	}
}

// fillsIn has the k-th person open the form and name the idea; nil where no form opens.
func (w *faultWorld) fillsIn(k int) (*deed, slacksim.View) {
	ctx, cancel := context.WithTimeout(w.c.Context(), 4*time.Second)
	defer cancel()
	a := &actor{world: w.world, ctx: ctx, who: person(k)}
	v, err := a.opens(func() error { return a.types("/idea") })
	if err != nil {
		return nil, v
	}
	d := w.begun(byForm, k)
	w.names(d, v)
	return d, v
}

// names fills the title of an idea into a form.
func (w *faultWorld) names(d *deed, v slacksim.View) {
	ctx, cancel := context.WithTimeout(w.c.Context(), limit)
	defer cancel()
	a := &actor{world: w.world, ctx: ctx, who: d.who}
	if err := a.fills(v, "Title", d.token); err != nil {
		w.c.Errorf("%s of %s: %v", d.token, d.who, err)
	}
}

// submits a form that was filled in, and closes it where it stays open.
func (w *faultWorld) submits(d *deed, v slacksim.View) {
	ctx, cancel := context.WithTimeout(w.c.Context(), limit)
	defer cancel()
	a := &actor{world: w.world, ctx: ctx, who: d.who}
	d.began = time.Now()
	w.done(d, w.sim.Submit(ctx, d.who, v.ID))
	views, err := w.sim.Modals(d.who)
	if err != nil || len(views) == 0 {
		return
	}
	top := views[len(views)-1]
	d.said = top.Trouble
	for _, words := range top.Errors {
		d.said += words
	}
	_ = a.closes(top)
}

// startsBallot lets everybody vote on an idea of its own.
func (w *faultWorld) startsBallot() {
	w.c.Helper()
	if w.ballot != nil {
		return
	}
	idea, err := w.store.Capture(w.c.Context(), "ballot", pipeline.Idea{
		Key: pipeline.Key{Team: "PAY"}, Title: "What is voted on", Stage: pipeline.Captured, Author: person(0), Created: time.Now(),
	}, storage.Slot{})
	if err != nil {
		w.c.Fatal(err)
	}
	w.ballot = &idea.Key
	w.startBallot(w.c)
	w.until("the ballot is all there", func() bool {
		stats, err := w.store.OutboxStats(w.c.Context())
		w.later = stats.Due
		return err == nil && stats.OldestDue == 0 && stats.Sending == 0
	})
}

// vote has the k-th person vote otherwise than before.
func (w *faultWorld) vote(k int) {
	d := w.begun(byVote, k)
	d.choice = "Pursue"
	w.mu.Lock()
	votes := 0
	for _, other := range w.deeds {
		if other.kind == byVote && other.who == d.who {
			votes++
		}
	}
	w.mu.Unlock()
	if votes%2 == 0 {
		d.choice = "Park"
	}
	var err error
	for {
		var at slacksim.Target
		if at, err = w.button(d.choice); err == nil {
			d.began = time.Now()
			err = w.sim.Act(w.c.Context(), d.who, at, slacksim.Input{})
		}
		if !errors.Is(err, slacksim.ErrGone) {
			break
		}
		w.mu.Lock()
		clear(w.buttons)
		w.mu.Unlock()
	}
	w.done(d, err)
}

// button of the ballot's message, as it was looked up last.
func (w *faultWorld) button(choice string) (slacksim.Target, error) {
	w.mu.Lock()
	at, known := w.buttons[choice]
	w.mu.Unlock()
	if known {
		return at, nil
	}
	view, err := w.sim.ChannelView(person(0), channel, everything)
	if err != nil {
		return at, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range view.Messages {
		for _, e := range m.Elements() {
			if !m.Ephemeral && (e.Name == "Pursue" || e.Name == "Park") {
				w.buttons[e.Name] = slacksim.Target{Channel: m.Channel, TS: m.TS, BlockID: e.BlockID, ActionID: e.ActionID}
			}
		}
	}
	if at, known = w.buttons[choice]; !known {
		return at, fmt.Errorf("the ballot has no button %q", choice)
	}
	return at, nil
}

// react has the k-th person react to a message of their own.
func (w *faultWorld) react(k int) {
	d := w.begun(byReaction, k)
	err := w.sim.Type(w.c.Context(), d.who, channel, d.token)
	if err == nil {
		for _, e := range w.sim.Ledger().Entries(func(e slacksim.Entry) bool { return e.Kind == slacksim.KindAct && e.Text == d.token }) {
			d.began = time.Now()
			err = w.sim.React(w.c.Context(), d.who, channel, e.TS, "bulb")
			w.mu.Lock()
			w.messages[d.token] = e.TS
			w.mu.Unlock()
		}
	}
	w.done(d, err)
}
