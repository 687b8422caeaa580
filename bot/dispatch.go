package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/storage"
)

// Problems only this package knows of.
var (
	outdated = &pipeline.Problem{
		Code: "outdated",
		What: "This button or form is from another version of alignbot, and I do not know what it means.",
		Safe: "Nothing was changed.",
		Next: "Keep a copy of anything you typed, and open it again from the command or the card.",
	}
	busy = &pipeline.Problem{
		Code: "busy",
		What: "Too many people are using alignbot at this moment.",
		Safe: "Nothing was changed.",
		Next: "Please try again in a few seconds.",
	}
)

// outcomes of an envelope, for metrics.
const (
	outcomeDone       = "done"
	outcomeRefused    = "refused" // with words for the person
	outcomeFailed     = "failed"  // something unexpected, also with words
	outcomeLate       = "late"    // the budget ran out
	outcomeDuplicate  = "duplicate"
	outcomeIgnored    = "ignored"
	outcomeUnreadable = "unreadable"
	outcomeBusy       = "busy"
	outcomeDropped    = "dropped"
	outcomeLeft       = "left"    // not acknowledged, so that Slack delivers it again
	outcomeUnheard    = "unheard" // the acknowledgement could not be written
)

// take is called by the readers of sockets and never blocks. When all workers
// are busy and the queue is full, the person is told at once; when even that
// cannot keep up, Slack's own time limit answers.
func (b *Bot) take(d delivery) {
	select {
	case b.queue <- d:
		return
	default:
	}
	select {
	case b.refusals <- d:
	default:
		b.metrics.envelopes.WithLabelValues("unknown", outcomeDropped, "").Inc()
		b.log.Error("more arrives from Slack than can be refused in time; an envelope was dropped")
		d.socket.finished()
	}
}

// refuse answers what there is no room for. Events are left to Slack's retry.
// What an acknowledgement has no words for is not acknowledged either: Slack then
// marks the button as failed, and nobody takes a click for counted.
func (b *Bot) refuse(d delivery) {
	e, err := decodeEnvelope(d.frame)
	a, ok := e.act(b.app.Slack.ID)
	var payload []byte
	if err == nil && ok && e.Type != "events_api" {
		if payload, err = errorPayload(&a, busy, a.request.Form); err != nil {
			b.log.Error("a refusal could not be encoded", "type", e.kind(), "err", err)
		}
	}
	if payload == nil {
		d.socket.finished()
		b.count(&e, outcomeLeft)
		return
	}
	b.acknowledgeAndCount(&e, d, payload, outcomeBusy)
}

func (b *Bot) count(e *envelope, outcome string) {
	b.metrics.envelopes.WithLabelValues(e.kind(), outcome, strconv.Itoa(min(max(e.Retry, 0), 4))).Inc()
}

// acknowledge writes the answer on the envelope's own socket, which ends the
// delivery.
func (b *Bot) acknowledge(e *envelope, d delivery, payload []byte) error {
	err := d.socket.acknowledge(e.ID, payload)
	if err != nil {
		b.log.Warn("an acknowledgement could not be written", "type", e.kind(), "envelope", e.ID, "event", e.Payload.EventID, "err", err)
		return err
	}
	b.metrics.ack.Observe(time.Since(d.at).Seconds())
	return nil
}

// handle does what one envelope asks for.
func (b *Bot) handle(d delivery) {
	e, err := decodeEnvelope(d.frame)
	if err != nil {
		d.socket.finished()
		b.metrics.envelopes.WithLabelValues("unknown", outcomeUnreadable, "").Inc()
		b.log.Warn("Slack sent an envelope that cannot be read", "err", err)
		return
	}
	ctx, cancel := context.WithDeadline(b.life, d.at.Add(b.settings.Timing.Budget))
	defer cancel()
	b.notice(ctx, &e)
	a, ok := e.act(b.app.Slack.ID)
	if !ok || b.irrelevant(&a) {
		b.acknowledgeAndCount(&e, d, nil, outcomeIgnored)
		return
	}
	delivered := a.request.Op + a.attempt // both empty for what needs no memory
	own, mine := b.doings.begin(delivered)
	for !mine {
		select {
		case <-own.done:
		case <-ctx.Done():
			// The first delivery has run out of time too, and said so.
			b.acknowledgeAndCount(&e, d, nil, outcomeDuplicate)
			return
		}
		if !own.again {
			b.acknowledgeAndCount(&e, d, own.answer, outcomeDuplicate)
			return
		}
		own, mine = b.doings.begin(delivered)
	}
	b.do(ctx, &e, d, &a, own)
}

func (b *Bot) acknowledgeAndCount(e *envelope, d delivery, payload []byte, outcome string) {
	if b.acknowledge(e, d, payload) != nil {
		outcome = outcomeUnheard
	}
	b.count(e, outcome)
}

// notice learns from events that are about the app or about people, not from
// anybody to the app.
func (b *Bot) notice(ctx context.Context, e *envelope) {
	event := &e.Payload.Event
	switch e.kind() {
	case "user_change":
		b.people.drop(event.User.ID)
		b.voters.changed(event.User.ID)
		if err := b.app.Store.LookAgain(ctx, event.User.ID); err != nil {
			b.log.Warn("somebody changed in Slack; when they are nudged is looked at anew only on its day", "err", err)
		}
		if event.User.Unfit {
			if err := b.app.OwnerLeft(ctx, event.User.ID, e.Payload.EventID); err != nil {
				b.log.Warn("somebody left; whether their teams have another product owner is looked at when somebody needs one", "err", err)
			}
			b.outbox.wake()
		}
	case "member_left_channel":
		b.voters.moved(event.Channel.ID)
		if event.User.ID == b.app.Slack.BotUser && event.Channel.ID != "" {
			b.outbox.tellOwners(ctx, event.Channel.ID, "not_in_channel")
			b.outbox.wake()
		}
	case "member_joined_channel":
		b.voters.moved(event.Channel.ID)
		if event.User.ID == b.app.Slack.BotUser {
			b.outbox.release(ctx, event.Channel.ID)
		}
	case "channel_unarchive":
		b.outbox.release(ctx, event.Channel.ID)
	case "app_uninstalled", "tokens_revoked":
		b.log.Warn("Slack says that the app was uninstalled or its tokens revoked", "type", e.kind())
		if _, err := b.send.authTest(ctx); err != nil {
			b.log.Warn("the bot token no longer works", "err", err)
		}
	}
}

// irrelevant acts are acknowledged and forgotten: reactions other than the one
// that captures, and what outsiders do with reactions and Home.
func (b *Bot) irrelevant(a *act) bool {
	switch a.on {
	case commands.Reaction:
		return b.reaction == "" || a.request.Reaction != b.reaction || a.user == b.app.Slack.BotUser
	case commands.HomeOpened:
		return a.outside
	}
	return false
}

// result of a handler.
type result struct {
	reply commands.Reply
	err   error
}

// do runs the handler within the budget, acknowledges with what the person
// should see, and carries out the rest.
func (b *Bot) do(ctx context.Context, e *envelope, d delivery, a *act, own *doing) {
	a.request.Now = b.now()
	entry, known := b.find(a)
	asked := a.request // the handler may still be writing to its own when time is up
	var r result
	switch {
	case !known && e.Type == "events_api":
		b.doings.finish(own, nil, false)
		b.acknowledgeAndCount(e, d, nil, outcomeIgnored)
		return
	case !known:
		b.log.Debug("nobody here knows what to do about this", "type", e.kind(), "name", a.name)
		r.err = outdated
	case !b.store.isUsable():
		// This socket is about to close; meanwhile nobody waits for a store that is away.
		r.err = storage.ErrUnavailable
	default:
		finished := make(chan result, 1)
		b.handlers.do(func() { finished <- b.run(ctx, entry, a) })
		select {
		case r = <-finished:
			asked = a.request
		case <-ctx.Done():
			r.err = commands.TooSlow
		}
	}
	outcome := b.judge(e, &asked, entry, r.err)
	if e.Type == "events_api" && mayComeAgain(a.on, outcome, r.err) {
		b.doings.finish(own, nil, true)
		d.socket.finished()
		b.count(e, outcomeLeft)
		return
	}
	slip := slip{act: a, request: &asked, reply: r.reply, err: r.err}
	payload := b.payload(d, &slip)
	err := b.acknowledge(e, d, payload)
	again := slip.err != nil
	if err != nil {
		outcome = outcomeUnheard
		if a.on == commands.Slash {
			// A command has another way to answer, which is taken now. One
			// answer is enough, should Slack deliver it again.
			slip.inAck, payload, again = false, nil, false
		}
	}
	b.doings.finish(own, payload, again)
	b.count(e, outcome)
	if !a.typing && a.on != commands.Suggest {
		b.outbox.wake()
	}
	b.carryOut(d, &slip)
}

// mayComeAgain tells whether an event is left to Slack's retry: what kept it from being
// done may be over by then. A reaction has no place for words about it; Home has.
func mayComeAgain(on commands.Surface, outcome string, err error) bool {
	var problem *pipeline.Problem
	unknowable := errors.As(err, &problem) && problem.Code == commands.Unknowable.Code
	return outcome == outcomeLate || errors.Is(err, storage.ErrUnavailable) || unknowable && on == commands.Reaction
}

// find gives the entry, and for commands the words left for it.
func (b *Bot) find(a *act) (commands.Entry, bool) {
	if a.on == commands.Slash {
		entry, words := b.router.Slash(a.name, a.text)
		a.request.Words = words
		return entry, true
	}
	return b.router.Find(a.on, a.name)
}

// run finds out who acts, and has the entry handled. A panic becomes an error
// like any other.
func (b *Bot) run(ctx context.Context, entry commands.Entry, a *act) (r result) {
	defer func() {
		if p := recover(); p != nil {
			r.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if a.outside {
		a.request.Person = pipeline.Person{ID: a.user, Outsider: true}
	} else {
		p, err := b.people.who(ctx, a.user, privileged(entry))
		if err != nil {
			return result{err: err}
		}
		a.request.Person = p
	}
	r.reply, r.err = b.app.Handle(ctx, entry, &a.request)
	return r
}

// privileged acts need facts about the person that are fresh. What may turn out
// to be one, with what is loaded later, is taken for one.
func privileged(entry commands.Entry) bool {
	switch entry.May {
	case pipeline.CreateTeam, pipeline.ChangeTeam, pipeline.ChangeAnyIdea, pipeline.DecideIdea,
		pipeline.StartABallot, pipeline.CloseAnyBallot, pipeline.AuditVotes:
		return true
	}
	return entry.MayFor != nil
}

// judge logs what a person cannot put right, counts refusals, and gives the
// outcome.
func (b *Bot) judge(e *envelope, r *commands.Request, entry commands.Entry, err error) string {
	if err == nil {
		return outcomeDone
	}
	problem, expected := commands.Explain(err)
	log := b.log.With("type", e.kind(), "envelope", e.ID, "op_id", r.Op, "action", entry.May, "code", problem.Code)
	switch {
	case !expected:
		log.Error("an act failed", "err", err)
		return outcomeFailed
	case problem == commands.TooSlow:
		log.Warn("an act took too long", "err", err)
		return outcomeLate
	case problem.Code == "not-permitted":
		b.metrics.denied.WithLabelValues(string(entry.May), string(pipeline.RolesOf(r.Person, r.Loaded.Team)[0])).Inc()
		log.Info("an act was refused")
	case errors.Is(err, storage.ErrUnavailable):
		log.Warn("an act could not be carried out", "err", err)
	case problem.Cause != nil:
		log.Debug("an act was answered with a problem", "cause", problem.Cause)
	}
	return outcomeRefused
}
