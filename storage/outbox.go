package storage

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"alignbot/pipeline"
)

// Outgoing is something that must be posted: an entry of the outbox.
type Outgoing struct {
	// ID names the entry. Adding an ID that waits changes that entry, so
	// redraws of one message coalesce ("card:PAY-12").
	ID string
	// Kind is which drawing it is: KindCard, "idea.news", "text".
	Kind string
	// Subject is what it is about, as PAY-12.
	Subject string
	// Channel where it goes; or User, whose direct messages it goes to. An entry
	// with neither is a job: it sends nothing itself, no hold holds it back, and it
	// is done again when whoever did it vanished.
	Channel, User string
	// Thread is the ts of the message it answers; "" for none.
	Thread string
	Args   map[string]string
	// Due is when to send it; the zero time is now.
	Due time.Time
	// Repeatable: sending it twice does no harm, as with a redraw of Home. It
	// is sent again when nobody knows whether it was.
	Repeatable bool
}

// KindCard is the kind of an idea's card. A card can be added again after it
// was sent: it is redrawn in place.
const KindCard = "idea.card"

// ComesBack as the Subject of an entry of ChangeIdea, MoveIdea, ChangeRun, AskAgain,
// CheckIn or ChangeOutcome stands for each parked idea that comes back by that change, because
// its revisit rule waited for it; there may be none. "*" in the entry's ID stands
// for the idea's ParkingID, so that an idea that comes back by its day and by
// what happens has one entry, due at whichever is first. Without a channel it
// goes to that of the idea's team. An idea that is parked, or brought back after
// it was withdrawn, comes back at once where what it waits for has just happened.
const ComesBack = "*"

// ParkingID tells one parking of an idea from all others: "PAY-14:1795167000000".
func ParkingID(idea pipeline.Idea) string {
	at := "0"
	if idea.Parking != nil {
		at = formatTime(idea.Parking.At)
	}
	return idea.Key.String() + ":" + at
}

// State of an outbox entry.
type State string

// The states of an outbox entry.
const (
	Due     State = "due"
	Sending State = "sending"
	Sent    State = "sent"
	Failed  State = "failed"
	Unknown State = "unknown"
)

// Claimed is an entry that this process must send now.
type Claimed struct {
	Outgoing
	// Attempt counts claims, from 1. It fences: an answer about an older
	// attempt changes nothing.
	Attempt int
	// Misses counts the attempts that did not succeed since the last one that did.
	Misses int
	// FirstDue is when it was first to be sent.
	FirstDue time.Time
	// Now is when it was claimed, by the store's clock.
	Now time.Time
	// Message that shows it already; zero if none was ever confirmed.
	Message pipeline.Message
	// PriorState is how the attempt before ended: Due for the first attempt
	// and for a redraw, Sending when whoever sent it vanished, Unknown or
	// Failed when a person asked to send it again.
	PriorState State
	// PriorCode is the code the attempt before ended with; "" for none.
	PriorCode string
}

// Lane is where the entry stood in line: the channel it goes to, else the person.
// Those of one lane are sent in order and at its pace. The redraws of a message
// have a lane of their own, "channel ts", and so has each job.
func (c Claimed) Lane() string {
	switch {
	case !c.Message.IsZero():
		return formatMessage(c.Message)
	case c.Channel != "":
		return c.Channel
	case c.User != "":
		return c.User
	}
	return c.ID
}

// OutboxStats counts the entries of the outbox.
type OutboxStats struct {
	Due, Sending, Failed, Unknown int
	// OldestDue is for how long the oldest entry that may be sent has waited for
	// that; zero when none may. What Block holds back may not, nor what waits
	// for the pace of its lane.
	OldestDue time.Duration
}

var (
	enqueueScript     = loadScript("enqueue")
	claimScript       = loadScript("claim")
	sentScript        = loadScript("sent")
	settleScript      = loadScript("settle")
	forgetScript      = loadScript("forget")
	resendScript      = loadScript("resend")
	blockScript       = loadScript("block")
	releaseScript     = loadScript("release")
	unconfirmedScript = loadScript("unconfirmed")
	statsScript       = loadScript("outbox_stats")
)

// Enqueue adds entries by themselves; Capture and ChangeIdea add theirs
// together with the change. An ID that waits stays one entry with the newest
// content. One that is finished is left alone for as long as it is
// remembered (a day when sent, thirty when failed or unknown), so that it
// happens once; only what can be redrawn becomes due again.
func (s *Store) Enqueue(ctx context.Context, entries ...Outgoing) error {
	args, err := appendOutgoing(nil, entries)
	if err != nil {
		return err
	}
	_, err = s.write(ctx, enqueueScript, args...)
	return err
}

// appendOutgoing adds the nine values of each entry that scripts expect.
func appendOutgoing(args []any, entries []Outgoing) ([]any, error) {
	for _, e := range entries {
		if e.ID == "" || e.Kind == "" {
			return nil, fmt.Errorf("storage: an outbox entry needs an id and a kind; %q of kind %q has not", e.ID, e.Kind)
		}
		if e.Kind == KindBallot && !strings.HasPrefix(e.ID, "ballot:") {
			return nil, fmt.Errorf("storage: the outbox entry of a ballot's message is named by the ballot; %q is not", e.ID)
		}
		if e.Kind == KindRound && !strings.HasPrefix(e.ID, "round:") {
			return nil, fmt.Errorf("storage: the outbox entry of a round's message is named by the round; %q is not", e.ID)
		}
		more, err := json.Marshal(e.Args)
		if err != nil {
			return nil, err
		}
		due, repeatable := "0", ""
		if !e.Due.IsZero() {
			due = formatTime(e.Due)
		}
		if e.Repeatable {
			repeatable = "1"
		}
		args = append(args, e.ID, e.Kind, e.Subject, e.Channel, e.User, e.Thread, more, due, repeatable)
	}
	return args, nil
}

// Claim takes up to n entries that are due, for as long as the lease. Two
// entries of one lane are at least pace apart, and the later one is not taken before
// what became of the one before is recorded or its lease ended, whoever claims them;
// at no pace at all they do not wait for each other.
// wait is how long to wait before claiming again: until the next entry may be due, at
// most a second because other replicas add entries too.
//
// An entry whose lease ended without an answer may have been sent. It becomes
// Unknown, or due again where sending twice does no harm: a redraw of a
// message that is known, a job, or what is Repeatable.
//
// An entry that has a Message is drawn with chat.update, any other with
// chat.postMessage, after conversations.open where it goes to a User.
func (s *Store) Claim(ctx context.Context, n int, lease, pace time.Duration) (claimed []Claimed, wait time.Duration, err error) {
	reply, err := s.write(ctx, claimScript, "claim:"+rand.Text(), n, lease.Milliseconds(), pace.Milliseconds())
	if err != nil {
		return nil, 0, err
	}
	if len(reply) == 0 {
		return nil, 0, fmt.Errorf("storage: claim: %w", &shapeError{"a wait", reply})
	}
	ms, err := asInt(reply[0])
	if err != nil {
		return nil, 0, fmt.Errorf("storage: claim: %w", err)
	}
	for _, item := range reply[1:] {
		c, err := claimedOf(item)
		if err != nil {
			return nil, 0, fmt.Errorf("storage: claim: %w", err)
		}
		claimed = append(claimed, c)
	}
	return claimed, time.Duration(ms) * time.Millisecond, nil
}

func claimedOf(item any) (Claimed, error) {
	flat, isList := item.([]any)
	if !isList || len(flat) < 2 {
		return Claimed{}, &shapeError{"an entry", item}
	}
	message, err := asText(flat[1])
	if err != nil {
		return Claimed{}, err
	}
	out, record, err := outgoingOf(append([]any{flat[0]}, flat[2:]...))
	if err != nil {
		return Claimed{}, err
	}
	r := reader{record: record}
	c := Claimed{
		Outgoing:   out,
		Attempt:    int(r.int("attempt")),
		Misses:     int(r.int("misses")),
		FirstDue:   r.time("first"),
		Now:        r.time("now"),
		Message:    messageOf(message),
		PriorState: State(record["prior"]),
		PriorCode:  record["code"],
	}
	return c, r.err
}

// outgoingOf reads {id, field, value, …}.
func outgoingOf(flat []any) (Outgoing, map[string]string, error) {
	id, record, err := asStatus(flat)
	if err != nil {
		return Outgoing{}, nil, err
	}
	r := reader{record: record}
	out := Outgoing{
		ID:         id,
		Kind:       record["kind"],
		Subject:    record["subject"],
		Channel:    record["channel"],
		User:       record["user"],
		Thread:     record["thread"],
		Due:        r.time("first"),
		Repeatable: record["repeatable"] == "1",
	}
	if err := json.Unmarshal([]byte(record["args"]), &out.Args); err != nil {
		return Outgoing{}, nil, err
	}
	return out, record, r.err
}

// Sent records the message that now shows the entry. What was added under its
// ID meanwhile becomes due a second later, so that the last state is drawn. A
// card is noted in its idea, a ballot's message in the ballot. ErrStale when the entry was claimed again since.
func (s *Store) Sent(ctx context.Context, c Claimed, m pipeline.Message) error {
	return s.settle(ctx, sentScript, c.ID, c.Attempt, formatMessage(m), "")
}

// NothingToSay is why a message is skipped that its drawing left out.
const NothingToSay = "nothing-to-say"

// Skipped records that an entry is not sent, and why: a few lower-case words joined by
// hyphens.
func (s *Store) Skipped(ctx context.Context, c Claimed, why string) error {
	return s.settle(ctx, sentScript, c.ID, c.Attempt, formatMessage(c.Message), why)
}

// Failed records that Slack refused for good. What was added under the entry's
// ID meanwhile is still tried.
func (s *Store) Failed(ctx context.Context, c Claimed, code string) error {
	return s.settle(ctx, settleScript, c.ID, c.Attempt, string(Failed), code, 0)
}

// Unknown records that nobody knows whether the entry arrived. It is not sent
// again unless a person asks: Resend.
func (s *Store) Unknown(ctx context.Context, c Claimed, code string) error {
	return s.settle(ctx, settleScript, c.ID, c.Attempt, string(Unknown), code, 0)
}

// Retry makes the entry due again after that long; after no time at all it
// keeps its place in its lane. Only for an attempt that certainly did not
// arrive, or may arrive twice.
func (s *Store) Retry(ctx context.Context, c Claimed, code string, in time.Duration) error {
	return s.settle(ctx, settleScript, c.ID, c.Attempt, string(Due), code, in.Milliseconds())
}

// Forget records that the message which showed the entry cannot be redrawn any
// more, as when somebody deleted it. The entry is due again, and posted anew.
func (s *Store) Forget(ctx context.Context, c Claimed, code string) error {
	return s.settle(ctx, forgetScript, c.ID, c.Attempt, code)
}

// Resend makes a failed or unknown entry due now, because a person asked for
// it. ErrNotFound when it is not remembered any more.
func (s *Store) Resend(ctx context.Context, id string) error {
	return s.settle(ctx, resendScript, id)
}

func (s *Store) settle(ctx context.Context, sc script, args ...any) error {
	reply, err := s.write(ctx, sc, args...)
	if err != nil {
		return err
	}
	status, _, err := asStatus(reply)
	switch {
	case err != nil:
	case status == "stale":
		err = ErrStale
	case status == "no entry":
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("storage: %s: %w", sc.name, err)
	}
	return nil
}

// Block holds back, for that long and in all replicas, what goes to the
// channel (or person), or without one everything that needs the method: what
// Slack asks for with Retry-After, or what it would refuse. A hold is only ever
// made longer.
func (s *Store) Block(ctx context.Context, method, channel string, d time.Duration) error {
	if method == "" && channel == "" {
		return errors.New("storage: block needs a method or a channel")
	}
	if d < time.Millisecond {
		return nil
	}
	_, err := s.write(ctx, blockScript, method, channel, d.Milliseconds(), "")
	return err
}

// Shut holds back, as Block does, what goes to a channel that refused the claimed
// entry. Where the channel was opened since that was claimed it holds nothing.
func (s *Store) Shut(ctx context.Context, c Claimed, channel string, d time.Duration) (held bool, err error) {
	reply, err := s.write(ctx, blockScript, "", channel, d.Milliseconds(), formatTime(c.Now))
	if err != nil {
		return false, err
	}
	status, _, err := asStatus(reply)
	return status == "stored", err
}

// openedFor is how long it is remembered that a channel was opened: longer than any
// post to it that was refused before is under way.
const openedFor = time.Minute

// Release ends what Block and Shut hold back of a channel (or person), and makes
// redraws of messages in it due.
func (s *Store) Release(ctx context.Context, channel string) error {
	_, err := s.write(ctx, releaseScript, channel, openedFor.Milliseconds())
	return err
}

// OutboxStats counts what waits and what went wrong.
func (s *Store) OutboxStats(ctx context.Context) (OutboxStats, error) {
	reply, err := s.read(ctx, statsScript)
	if err != nil {
		return OutboxStats{}, err
	}
	if len(reply) != 5 {
		return OutboxStats{}, fmt.Errorf("storage: outbox stats: %w", &shapeError{"five numbers", reply})
	}
	var n [5]int
	for i := range n {
		if n[i], err = asInt(reply[i]); err != nil {
			return OutboxStats{}, fmt.Errorf("storage: outbox stats: %w", err)
		}
	}
	return OutboxStats{
		Due: n[0], Sending: n[1], Failed: n[2], Unknown: n[3], OldestDue: time.Duration(n[4]) * time.Millisecond,
	}, nil
}

// Unconfirmed gives the cards of the user's ideas and the messages of the ballots
// they started that failed or may not have arrived, oldest first. Their Due is
// when they were first due. Nobody misses anything else that did not arrive:
// those show the whole state.
func (s *Store) Unconfirmed(ctx context.Context, user string) ([]Outgoing, error) {
	reply, err := s.read(ctx, unconfirmedScript, user)
	if err != nil {
		return nil, err
	}
	entries := make([]Outgoing, 0, len(reply))
	for _, item := range reply {
		flat, isList := item.([]any)
		if !isList {
			return nil, fmt.Errorf("storage: unconfirmed: %w", &shapeError{"an entry", item})
		}
		entry, _, err := outgoingOf(flat)
		if err != nil {
			return nil, fmt.Errorf("storage: unconfirmed: %w", err)
		}
		entries = append(entries, entry)
	}
	return entries, nil
}
