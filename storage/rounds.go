package storage

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"alignbot/pipeline"
)

// KindRound is the kind of a round's message: it is redrawn in place like that of
// a ballot. The ID of such an entry is "round:" and the round's name,
// "round:PAY:3": the round keeps which message shows it.
const KindRound = "round"

// RoundState is a round with what was answered so far.
type RoundState struct {
	Round pipeline.Round
	// Answers in no order that tells anything. Those of an anonymous round have no
	// By; once it is closed, each holds what different people said to the different
	// questions, and there is nothing stored that could name them.
	Answers []pipeline.RoundAnswer
	// Mine is the answer of the user who was named; nil for none, and always for an
	// anonymous round that is closed.
	Mine *pipeline.RoundAnswer
	// Said counts answers and changes of answers: a round is closed on the very
	// answers that were seen.
	Said int64
	// Message that shows the round; zero until Slack has confirmed it.
	Message pipeline.Message
	// Now is the store's clock, which decides about deadlines.
	Now time.Time
}

// RoundConflictError says that a round or its answers changed since they were seen,
// or that its deadline has not come yet by the store's clock. Nothing was written.
type RoundConflictError struct {
	// Current is the round as it is now.
	Current RoundState
}

func (e *RoundConflictError) Error() string {
	r := e.Current.Round
	return fmt.Sprintf("round %d of %s was changed or answered meanwhile, or is not over yet; it is at version %d with %d answers", r.ID, r.Team, r.Version, len(e.Current.Answers))
}

var (
	startRoundScript  = loadScript("start_round")
	closeRoundScript  = loadScript("close_round")
	changeRoundScript = loadScript("change_round")
)

// StartRound stores a new round of a stored team and gives it the team's next
// number and version 1. From then on all who are asked find it by RoundsFor. The
// draft of whoever starts it is dropped. Without the team the error is ErrNotFound.
//
// In the entries, "#" in an ID, a Subject of "#", and "#" as the whole of the args
// "round" and "about" stand for the round's name, "PAY:3".
func (s *Store) StartRound(ctx context.Context, op string, r pipeline.Round, draft Slot, after ...Outgoing) (pipeline.Round, error) {
	if op == "" {
		return pipeline.Round{}, errNoOp
	}
	values, _ := split(roundGiven(r))
	if r.Anonymous {
		secret := make([]byte, 32)
		rand.Read(secret)      // never fails
		for len(values) < 31 { // Redis logs slow commands with their first 31 values
			values = append(values, "team", string(r.Team))
		}
		values = append(values, "secret", hex.EncodeToString(secret))
	}
	args := append([]any{op, string(r.Team), r.StartedBy, draft.Name, draft.Form, len(values)}, values...)
	args, err := appendOutgoing(args, after)
	if err != nil {
		return pipeline.Round{}, err
	}
	reply, err := s.write(ctx, startRoundScript, args...)
	if err != nil {
		return pipeline.Round{}, err
	}
	state, _, err := roundReply("start round", reply)
	return state.Round, err
}

// CloseRound stores that a round is closed. seen is what it was closed on: when the
// round changed or anybody answered since, the error is a *RoundConflictError. So
// it is when the deadline closes it (after.ClosedBy is "") and the store's clock has
// not come to it.
//
// A round that closes leaves the RoundsFor all. One that is anonymous loses its
// answers and the secret they were stored with; how many there were and what they
// said is kept.
func (s *Store) CloseRound(ctx context.Context, op string, seen RoundState, after pipeline.Round, draft Slot, entries ...Outgoing) (pipeline.Round, error) {
	if op == "" {
		return pipeline.Round{}, errNoOp
	}
	left := ""
	if after.Anonymous {
		var err error
		if left, err = answersLeft(after, seen.Answers); err != nil {
			return pipeline.Round{}, err
		}
	}
	args := []any{
		op, RoundName(after), seen.Round.Version, seen.Said, formatTime(after.ClosedAt), after.ClosedBy, left, draft.Name, draft.Form,
	}
	args, err := appendOutgoing(args, entries)
	if err != nil {
		return pipeline.Round{}, err
	}
	reply, err := s.write(ctx, closeRoundScript, args...)
	if err != nil {
		return pipeline.Round{}, err
	}
	return roundAnswered("close round", reply)
}

// ChangeRound stores the experiment that was chosen after a round. r.Version is the
// version it was read at; when another change came between, the error is a
// *RoundConflictError.
func (s *Store) ChangeRound(ctx context.Context, op string, r pipeline.Round, draft Slot, after ...Outgoing) (pipeline.Round, error) {
	if op == "" {
		return pipeline.Round{}, errNoOp
	}
	experiment, err := formatExperiment(r.Experiment)
	if err != nil {
		return pipeline.Round{}, err
	}
	by := ""
	if r.Experiment != nil {
		by = r.Experiment.By
	}
	args := []any{op, RoundName(r), r.Version, experiment, by, draft.Name, draft.Form}
	if args, err = appendOutgoing(args, after); err != nil {
		return pipeline.Round{}, err
	}
	reply, err := s.write(ctx, changeRoundScript, args...)
	if err != nil {
		return pipeline.Round{}, err
	}
	return roundAnswered("change round", reply)
}

func roundAnswered(name string, reply []any) (pipeline.Round, error) {
	state, status, err := roundReply(name, reply)
	if err == nil && status == "conflict" {
		err = fmt.Errorf("storage: %s: %w", name, &RoundConflictError{Current: state})
	}
	if err != nil {
		return pipeline.Round{}, err
	}
	return state.Round, nil
}

// roundReply reads {status, now, round, answers}; ErrNotFound for anything shorter.
func roundReply(name string, reply []any) (RoundState, string, error) {
	fail := func(err error) (RoundState, string, error) {
		return RoundState{}, "", fmt.Errorf("storage: %s: %w", name, err)
	}
	if len(reply) != 4 {
		return fail(ErrNotFound)
	}
	status, err := asText(reply[0])
	if err != nil {
		return fail(err)
	}
	state, err := stateReply(reply[1:], "")
	if err != nil {
		return fail(err)
	}
	return state, status, nil
}
