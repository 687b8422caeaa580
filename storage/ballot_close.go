package storage

import (
	"context"
	"fmt"

	"alignbot/pipeline"
)

// BallotConflictError says that a ballot or its votes changed since they were
// seen, or that its deadline has not come yet by the store's clock. Nothing was
// written.
type BallotConflictError struct {
	// Current is the ballot as it is now.
	Current Polled
}

func (e *BallotConflictError) Error() string {
	b := e.Current.Ballot
	return fmt.Sprintf("ballot %d on %s was changed or voted on meanwhile, or is not over yet; it is at version %d with %d votes", b.ID, b.Idea, b.Version, e.Current.Tally.Voted())
}

var closeBallotScript = loadScript("close_ballot")

// CloseBallot stores what a rule made of a ballot: closed, or extended. seen is
// what it was made from: when the ballot changed or anybody voted since, the error
// is a *BallotConflictError, so that a result is always that of the stored votes.
// So it is when the deadline closes or extends the ballot (after.ClosedBy is
// "") and the store's clock has not come to it.
//
// A ballot that closes leaves the Polls of all, and its idea. One that is
// anonymous loses its votes and the secret they were stored with; how many there
// were and what they said is kept. event, if not nil, enters the idea's history.
func (s *Store) CloseBallot(ctx context.Context, op string, seen Polled, after pipeline.Ballot, event *pipeline.Event, entries ...Outgoing) (pipeline.Ballot, error) {
	if op == "" {
		return pipeline.Ballot{}, errNoOp
	}
	name := ballotName(after.Idea, after.ID)
	text, tally, byClock := "", "", formatSwitch(after.ClosedBy == "")
	var err error
	if event != nil {
		if text, err = eventText(*event); err != nil {
			return pipeline.Ballot{}, err
		}
	}
	if after.Level == pipeline.Anonymous && !after.Running() {
		if tally, err = tallyText(seen.Tally); err != nil {
			return pipeline.Ballot{}, err
		}
	}
	sets, _ := split(ballotChangeable(after))
	args := append([]any{op, name, seen.Ballot.Version, seen.Polls, byClock, text, tally, len(sets)}, sets...)
	if args, err = appendOutgoing(args, entries); err != nil {
		return pipeline.Ballot{}, err
	}
	reply, err := s.write(ctx, closeBallotScript, args...)
	if err != nil {
		return pipeline.Ballot{}, err
	}
	s.polls.forget(name)
	if len(reply) == 0 {
		return pipeline.Ballot{}, fmt.Errorf("storage: close ballot %s: %w", name, ErrNotFound)
	}
	current, _, err := polledReply(reply[1:], "")
	if err == nil && reply[0] == "conflict" {
		err = &BallotConflictError{Current: current}
	}
	if err != nil {
		return pipeline.Ballot{}, fmt.Errorf("storage: close ballot %s: %w", name, err)
	}
	return current.Ballot, nil
}
