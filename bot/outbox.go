package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/storage"
)

// outbox sends what waits: it claims entries, draws each as things are at that
// moment, sends it, and records what became of it. Whatever happens to this
// process, an entry is sent once or is marked as unknown.
type outbox struct {
	app      *commands.App
	send     *sender
	settings Settings
	metrics  *metrics
	log      *slog.Logger
	now      func() time.Time
	beat     func()
	woken    chan struct{}
	ended    chan struct{} // a sending did: what stands behind it in its lane can go

	mu    sync.Mutex
	stats storage.OutboxStats
	known bool
}

const (
	// outboxLook is the longest time between two looks at the outbox: other
	// processes may have added to it.
	outboxLook = time.Second
	// outboxCalm is the shortest time between a look that found nothing and the
	// next, unless a sending ends: many acts at once cost one look.
	outboxCalm = 10 * time.Millisecond
	// statsEvery is how often its entries are counted.
	statsEvery = 10 * time.Second
	// recordWithin bounds how long the result of a sending is tried to record.
	recordWithin = 5 * time.Second
	// retryFirst and retryMost bound the growing pause before an entry that
	// Slack did not take is sent again.
	retryFirst, retryMost = time.Second, 5 * time.Minute
	// shutLimit is how long an entry waits for a channel that takes nothing for
	// now.
	shutLimit = 7 * 24 * time.Hour
	// codeTooEarly is why an entry waits that its drawing put off.
	codeTooEarly = "too-early"
	// drawAttempts is how often a message that cannot be drawn is tried.
	drawAttempts = 5
)

// wake makes the outbox look at once.
func (o *outbox) wake() { tap(o.woken) }

func tap(to chan<- struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}

// run claims until ctx ends; then it waits for what is being sent. Sending
// itself lives as long as life.
func (o *outbox) run(ctx, life context.Context) {
	var sending sync.WaitGroup
	defer sending.Wait()
	free := make(chan struct{}, o.settings.Senders)
	for range o.settings.Senders {
		free <- struct{}{}
	}
	failing := backoff{first: 100 * time.Millisecond, most: 5 * time.Second}
	var counted time.Time
	for ctx.Err() == nil {
		o.beat()
		if o.send.tokenProblem() != nil {
			// Acts go on, and each wakes the outbox: none of them is a reason to ask Slack.
			if pause(ctx, o.settings.Timing.TokenLook) {
				_, err := o.send.authTest(ctx)
				o.log.Debug("tried the bot token again", "err", err)
			}
			continue
		}
		if time.Since(counted) >= statsEvery {
			o.count(ctx)
			counted = time.Now()
		}
		places := 0
		for takeOne(free) {
			places++
		}
		var claimed []storage.Claimed
		next, err := outboxLook, error(nil)
		if places > 0 {
			claimed, next, err = o.app.Store.Claim(ctx, places, o.settings.Timing.Lease, o.settings.PostPace)
		}
		for range places - len(claimed) {
			free <- struct{}{}
		}
		for _, c := range claimed {
			sending.Go(func() {
				defer func() {
					free <- struct{}{}
					tap(o.ended)
				}()
				o.deliver(life, c)
			})
		}
		switch {
		case err != nil:
			if ctx.Err() == nil {
				o.log.Debug("the outbox cannot be read; trying again", "err", err)
			}
			pause(ctx, failing.next())
		case len(claimed) == 0:
			failing.reset()
			if !o.rest(ctx, outboxCalm, nil) {
				o.rest(ctx, min(max(next-outboxCalm, 0), outboxLook), o.woken)
			}
		default:
			failing.reset()
		}
	}
}

func takeOne(from <-chan struct{}) bool {
	select {
	case <-from:
		return true
	default:
		return false
	}
}

// rest waits that long, or until a sending ended, which it tells, or somebody wakes it.
func (o *outbox) rest(ctx context.Context, d time.Duration, woken <-chan struct{}) (ended bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-woken:
	case <-o.ended:
		return true
	case <-ctx.Done():
	}
	return false
}

func (o *outbox) count(ctx context.Context) {
	stats, err := o.app.Store.OutboxStats(ctx)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stats, o.known = stats, err == nil
}

// latestStats are at most some seconds old; false when they cannot be known.
func (o *outbox) latestStats() (storage.OutboxStats, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stats, o.known
}

// deliver sends one entry and records the result.
func (o *outbox) deliver(ctx context.Context, c storage.Claimed) {
	if o.heldBack(ctx, c) {
		return
	}
	drawn, err := o.draw(ctx, c)
	switch {
	case err != nil && (errors.Is(err, storage.ErrUnavailable) || c.Attempt < drawAttempts):
		o.log.Warn("a message cannot be drawn yet", "kind", c.Kind, "id", c.ID, "attempt", c.Attempt, "err", err)
		o.record(ctx, c, "retry", func(ctx context.Context) error {
			return o.app.Store.Retry(ctx, c, "draw", retryAt(c.Misses))
		})
		return
	case err != nil:
		o.log.Error("a message cannot be drawn; given up", "kind", c.Kind, "id", c.ID, "attempt", c.Attempt, "err", err)
		o.record(ctx, c, "failed", func(ctx context.Context) error { return o.app.Store.Failed(ctx, c, "draw") })
		return
	case drawn.Skip:
		o.record(ctx, c, "skipped", func(ctx context.Context) error { return o.app.Store.Skipped(ctx, c, storage.NothingToSay) })
		return
	case drawn.Wait > 0:
		o.record(ctx, c, "waits", func(ctx context.Context) error { return o.app.Store.Retry(ctx, c, codeTooEarly, drawn.Wait) })
		return
	}
	message, repeatable, err := o.carry(ctx, c, drawn)
	if err == nil {
		o.record(ctx, c, "sent", func(ctx context.Context) error { return o.app.Store.Sent(ctx, c, message) })
		o.settled(ctx, c, drawn, message, "")
		return
	}
	o.failed(ctx, c, drawn, repeatable, err)
}

// carry makes the one call that sends what was drawn. repeatable tells whether
// the same call may be made again when nobody knows what became of it.
func (o *outbox) carry(ctx context.Context, c storage.Claimed, d commands.Drawn) (m pipeline.Message, repeatable bool, err error) {
	switch {
	case d.Canvas != nil && !c.Message.IsZero():
		return c.Message, true, o.send.editCanvas(ctx, c.Message.TS, *d.Canvas)
	case d.Canvas != nil:
		m, err = o.send.createCanvas(ctx, d.Channel, *d.Canvas)
		return m, c.Repeatable, err
	case !d.Update.IsZero():
		return d.Update, true, o.send.update(ctx, d.Update, d.Post)
	case d.Channel != "" && d.User != "":
		err = o.send.ephemeral(ctx, d.Channel, d.User, d.Thread, d.Post)
		switch remedyOf(err) {
		case channelShut, channelLost, personLost:
		default:
			return c.Message, c.Repeatable, err
		}
		// Where the bot is not, it can still answer in person.
		m, err = o.send.post(ctx, d.User, "", d.Post)
		return m, c.Repeatable, err
	case d.Channel != "":
		m, err = o.send.post(ctx, d.Channel, d.Thread, d.Post)
		return m, c.Repeatable, err
	default:
		m, err = o.send.post(ctx, d.User, d.Thread, d.Post)
		return m, c.Repeatable, err
	}
}

// failed does what the error calls for.
func (o *outbox) failed(ctx context.Context, c storage.Claimed, d commands.Drawn, repeatable bool, err error) {
	code := codeOf(err)
	log := o.log.With("kind", c.Kind, "id", c.ID, "attempt", c.Attempt, "slack_error", code, "err", err)
	var refused *SlackError
	errors.As(err, &refused)
	retry := func(after time.Duration) {
		o.record(ctx, c, "retry", func(ctx context.Context) error { return o.app.Store.Retry(ctx, c, code, after) })
	}
	remedy := remedyOf(err)
	if remedy == channelShut && (d.Channel == "" || d.User != "" || !commands.Waits(c.Kind) || o.now().Sub(c.FirstDue) > shutLimit) {
		remedy = channelLost
	}
	switch remedy {
	case throttled:
		log.Info("Slack asks to wait", "for", refused.After)
		place := placeOf(c, d, refused.Method)
		o.hold(ctx, c, "throttled", code, place, refused.After, func(ctx context.Context) (bool, error) {
			return true, o.app.Store.Block(ctx, refused.Method, place, refused.After)
		})
	case channelShut:
		look := o.settings.Timing.ChannelLook
		log.Warn("a channel takes nothing for now; what waits for it is kept", "channel", d.Channel, "looked_at_in", look)
		o.hold(ctx, c, "channel-shut", code, d.Channel, look, func(ctx context.Context) (bool, error) {
			return o.app.Store.Shut(ctx, c, d.Channel, look)
		})
		o.tellOwners(ctx, d.Channel, code)
	case messageLost:
		if d.Update.IsZero() {
			o.giveUp(ctx, c, d, log, code)
			return
		}
		log.Info("a message cannot be redrawn; it is posted anew")
		o.record(ctx, c, "message-lost", func(ctx context.Context) error { return o.app.Store.Forget(ctx, c, code) })
	case retryLater:
		log.Warn("a message was not sent; it will be")
		retry(retryAt(c.Misses))
	case tokenDead:
		o.hold(ctx, c, "token-dead", code, c.Lane(), o.settings.Timing.TokenLook, func(ctx context.Context) (bool, error) {
			return true, o.app.Store.Block(ctx, refused.Method, c.Lane(), o.settings.Timing.TokenLook)
		})
	case unconfirmed:
		if repeatable {
			log.Warn("nobody knows whether a message was redrawn; it is drawn again")
			retry(retryAt(c.Misses))
			return
		}
		log.Warn("nobody knows whether a message arrived; it is not sent again by itself")
		o.record(ctx, c, "unknown", func(ctx context.Context) error { return o.app.Store.Unknown(ctx, c, code) })
		o.settled(ctx, c, d, pipeline.Message{}, "")
	default:
		o.giveUp(ctx, c, d, log, code)
		if remedy == channelLost && d.Channel != "" && d.User == "" && d.Canvas == nil {
			o.tellOwners(ctx, d.Channel, code)
		}
	}
}

func (o *outbox) giveUp(ctx context.Context, c storage.Claimed, d commands.Drawn, log *slog.Logger, code string) {
	log.Warn("Slack refuses a message; given up")
	o.record(ctx, c, "failed", func(ctx context.Context) error { return o.app.Store.Failed(ctx, c, code) })
	o.settled(ctx, c, d, pipeline.Message{}, code)
}

// settled tells whoever drew an entry what became of it.
func (o *outbox) settled(ctx context.Context, c storage.Claimed, d commands.Drawn, m pipeline.Message, code string) {
	if d.Settled == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	if err := d.Settled(ctx, m, code); err != nil {
		o.log.Warn("what became of an entry could not be told on", "kind", c.Kind, "id", c.ID, "attempt", c.Attempt, "err", err)
	}
}

// placeOf is the lane that a refused post went to, "" for what is limited by
// method alone. What was meant for one person in a channel may have gone to
// their direct messages. To somebody who is sent a nudge nothing else went just now:
// where that is too much, it is all that is posted in the workspace.
func placeOf(c storage.Claimed, d commands.Drawn, method string) string {
	switch {
	case c.Kind == storage.KindNudge:
		return ""
	case method == "chat.postMessage" && d.User != "":
		return d.User
	case method == "chat.postMessage", method == "chat.postEphemeral":
		return d.Channel
	}
	return ""
}

// hold has nothing sent to the place for that long, by what block stores, and puts the
// entry back: to where it was, when nothing is held after all or it stands in the line
// that is held, so that what waits keeps its order.
func (o *outbox) hold(ctx context.Context, c storage.Claimed, result, code, place string, d time.Duration, block func(context.Context) (held bool, err error)) {
	o.record(ctx, c, result, func(ctx context.Context) error {
		held, err := block(ctx)
		if err != nil {
			return err
		}
		again := d
		if !held || place == c.Lane() {
			again = 0
		}
		return o.app.Store.Retry(ctx, c, code, again)
	})
}

// retryAt grows with the attempts in a row that failed before this one; the jitter
// spreads what failed together.
func retryAt(misses int) time.Duration {
	return jitter(2 * min(retryFirst<<min(misses, 16), retryMost))
}

// tellOwners tells the product owners of a channel's team, once a day, that
// nothing can be posted in it.
func (o *outbox) tellOwners(ctx context.Context, channel, code string) {
	team, err := o.app.Store.TeamOfChannel(ctx, channel)
	if err != nil {
		if !errors.Is(err, storage.ErrNotFound) {
			o.log.Warn("product owners could not be told about a channel", "channel", channel, "slack_error", code, "err", err)
		}
		return
	}
	cause := code
	if code == "channel_not_found" {
		cause = "not_in_channel" // Slack's event says so, and a post to a private channel otherwise: one loss
	}
	day := o.now().In(team.Location()).Format(time.DateOnly)
	var told []storage.Outgoing
	for _, owner := range team.Owners {
		told = append(told, storage.Outgoing{
			ID:      fmt.Sprintf("trouble:%s:%s:%s:%s", team.Key, cause, day, owner),
			Kind:    commands.DrawChannelTrouble,
			Subject: string(team.Key),
			User:    owner,
			Args:    map[string]string{"code": code, "channel": channel},
		})
	}
	if err := o.app.Store.Enqueue(ctx, told...); err != nil {
		o.log.Warn("product owners could not be told about a channel", "team", team.Key, "channel", channel, "slack_error", code, "err", err)
	}
}

// release sends what waits for a channel that was opened to the bot. Slack tells
// only apps that subscribed to it; ChannelLook finds out for all others.
func (o *outbox) release(ctx context.Context, channel string) {
	if channel == "" {
		return
	}
	if err := o.app.Store.Release(ctx, channel); err != nil {
		o.log.Warn("a channel was opened to the bot, which cannot be noted; it is looked at later", "channel", channel, "err", err)
		return
	}
	o.wake()
}

// draw asks commands for the message; a panic in there costs that one message.
func (o *outbox) draw(ctx context.Context, c storage.Claimed) (d commands.Drawn, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("draw %s: panic: %v\n%s", c.Kind, r, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, o.settings.Timing.Budget)
	defer cancel()
	return o.app.Draw(ctx, c)
}

// record writes down what became of an entry, also when everything is being
// stopped. Should the store be away for longer than recordWithin, the entry's
// lease runs out, and it counts as what it then is: unknown, or due again.
func (o *outbox) record(ctx context.Context, c storage.Claimed, result string, write func(context.Context) error) {
	o.metrics.sent.WithLabelValues(result).Inc()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	again := backoff{first: 50 * time.Millisecond, most: time.Second}
	for {
		err := write(ctx)
		switch {
		case err == nil:
			return
		case errors.Is(err, storage.ErrUnavailable) && pause(ctx, again.next()):
			continue
		}
		if errors.Is(err, storage.ErrStale) {
			o.log.Warn("a sending took longer than its lease; what came of it is not recorded", "kind", c.Kind, "id", c.ID, "attempt", c.Attempt, "result", result)
			return
		}
		o.log.Error("the result of a sending could not be recorded", "kind", c.Kind, "id", c.ID, "attempt", c.Attempt, "result", result, "err", err)
		return
	}
}
