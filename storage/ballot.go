package storage

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"alignbot/pipeline"
)

// KindBallot is the kind of a ballot's message: like a card it is added again
// after each vote and redrawn in place, at most about once a second. The ID of
// such an entry is "ballot:" and the ballot's name, "ballot:PAY-14:2": the ballot
// keeps which message shows it.
const KindBallot = "ballot"

// NewestBallot asks for the newest ballot of an idea, whatever its number.
const NewestBallot = -1

// Polled is a ballot with what was voted so far.
type Polled struct {
	Ballot pipeline.Ballot
	// Title of the idea it is about.
	Title string
	// Tally of the stored votes. An anonymous ballot's has no voters; once such a
	// ballot is closed there is nothing stored that could name them, and of the
	// votes one by one those with a reason are left, in an order drawn at random.
	Tally pipeline.BallotTally
	// Mine is the vote of the user who was named; nil for none, and always for an
	// anonymous ballot that is closed.
	Mine *pipeline.Vote
	// Polls counts votes, changes of votes and withdrawals: a ballot is closed on
	// the very votes that its result was made from.
	Polls int64
	// Message that shows the ballot; zero until Slack has confirmed it.
	Message pipeline.Message
	// Now is the store's clock, which decides about deadlines.
	Now time.Time
}

// BallotRunningError says that a ballot on the idea runs already. Nothing was
// written.
type BallotRunningError struct {
	// Current is the ballot that runs.
	Current pipeline.Ballot
}

func (e *BallotRunningError) Error() string {
	return fmt.Sprintf("ballot %d on %s runs already", e.Current.ID, e.Current.Idea)
}

// ballotName tells one ballot from all others: "PAY-14:2".
func ballotName(idea pipeline.Key, id int) string { return idea.String() + ":" + strconv.Itoa(id) }

var startBallotScript = loadScript("start_ballot")

// StartBallot stores a new ballot on the idea and gives it the idea's next number
// and version 1. From then on all of the electorate find it among their Polls.
// idea.Version is the version the idea was read at; when it was changed since,
// the error is a *ConflictError. When a ballot on it runs already, it is a
// *BallotRunningError. The idea's version stays: a form in which somebody edits
// it goes on. The event enters its history, and the draft of whoever starts the
// ballot is dropped.
//
// In the entries, "#" in an ID, a Subject of "#", and "#" as the whole of the
// args "ballot" and "about" stand for the ballot's name, "PAY-14:2".
func (s *Store) StartBallot(ctx context.Context, op string, idea pipeline.Idea, b pipeline.Ballot, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Ballot, error) {
	if op == "" {
		return pipeline.Ballot{}, errNoOp
	}
	text, err := eventText(event)
	if err != nil {
		return pipeline.Ballot{}, err
	}
	fields := append(ballotGiven(b), ballotChangeable(b)...)
	if b.Level == pipeline.Anonymous {
		secret := make([]byte, 32)
		rand.Read(secret) // never fails
		// The last one: Redis logs slow commands with their first 31 values.
		fields = append(fields, field{"secret", hex.EncodeToString(secret)})
	}
	values, _ := split(fields)
	args := append([]any{op, idea.Key.String(), idea.Version, formatTime(b.Started), text, b.StartedBy, draft.Name, draft.Form, len(values)}, values...)
	if args, err = appendOutgoing(args, after); err != nil {
		return pipeline.Ballot{}, err
	}
	reply, err := s.write(ctx, startBallotScript, args...)
	if err != nil {
		return pipeline.Ballot{}, err
	}
	status, record, err := asStatus(reply)
	if err == nil && (status == "conflict" || status == "no idea") {
		_, err := ideaAnswer("start ballot", reply)
		return pipeline.Ballot{}, err
	}
	if err == nil {
		b, err = ballotOf(record)
	}
	if err == nil && status == "running" {
		err = &BallotRunningError{Current: b}
	}
	if err != nil {
		return pipeline.Ballot{}, fmt.Errorf("storage: start ballot: %w", err)
	}
	return b, nil
}
