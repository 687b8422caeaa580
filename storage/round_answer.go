package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"alignbot/pipeline"
)

// RoundPolling is what an answer to a round is checked against. The store makes
// sure, in the script that stores the answer, that it still holds.
type RoundPolling struct {
	Round     pipeline.Round
	Team      pipeline.Team
	InChannel bool
	Now       time.Time // the store's clock
}

// Answering is one person's answer to one round.
type Answering struct {
	Op   string
	Team pipeline.TeamKey
	ID   int
	User string
	Here Here
	// Draft to drop with it; none is dropped in an anonymous round, for whose
	// answers none is kept.
	Draft Slot
	// Check is the rule: the answer to store, cleaned, or why it cannot be taken.
	// It is asked again when what it was asked with was out of date.
	Check func(RoundPolling) (pipeline.RoundAnswer, error)
}

// Answered is what became of an answer.
type Answered struct {
	Round  pipeline.Round
	Answer pipeline.RoundAnswer
	// Before: the person had answered already.
	Before bool
	// First is false when this very act was carried out before.
	First bool
}

var (
	roundPollScript = loadScript("round_poll")
	answerScript    = loadScript("answer")
)

// Answer stores or replaces somebody's answer, in two round trips where it is taken. It is stored
// only if round and team are still as Check was told and the store's clock is before
// the deadline, else Check is asked again. Its error is returned as it is; without
// such a round the error is ErrNotFound.
//
// Operations and where the person is are treated as Vote does: no command to Redis
// has both the user and what they say to an anonymous round.
//
// An entry of KindRound without a channel goes to that of the team.
func (s *Store) Answer(ctx context.Context, a Answering, after ...Outgoing) (Answered, error) {
	if a.Op == "" {
		return Answered{}, errNoOp
	}
	var secret []byte
	var op string // "" until it is known whether the round is anonymous
	for range votingTries {
		facts, err := s.pollRound(ctx, a, secret, op)
		if err != nil {
			return Answered{}, err
		}
		if facts.done != nil {
			return *facts.done, nil
		}
		secret, op = facts.secret, voterIn(facts.secret, a.Op)
		answer, refused := a.Check(facts.RoundPolling)
		if refused == nil {
			answered, stale, err := s.storeAnswer(ctx, a, facts, answer, after)
			if err != nil || !stale {
				return answered, err
			}
		} else if facts.op == op || facts.beyondRecall() {
			return Answered{}, refused // and what the operation did before was looked for
		}
	}
	return Answered{}, &pipeline.Problem{
		Code: "answer-not-taken",
		What: fmt.Sprintf("The round of %s changed each time your answer was checked, so it was not taken.", a.Team),
		Safe: "What you answered before counts.",
		Next: "Answer again.",
	}
}

// roundFacts are what an answer is checked with.
type roundFacts struct {
	RoundPolling
	secret []byte // of an anonymous round that runs
	// op is the id under which a result of the operation was looked for; "" for
	// none.
	op string
	// done is the answer to an operation that was carried out before.
	done *Answered
}

// beyondRecall: nothing stored tells what an operation did in this round.
func (f roundFacts) beyondRecall() bool { return f.Round.Anonymous && !f.Round.Running() }

// pollRound reads what an answer is checked with, and what the operation op did;
// secret is that of an anonymous round. Both are empty until the round is known:
// the id of an operation stands beside no user in a command to Redis unless the
// round allows it.
func (s *Store) pollRound(ctx context.Context, a Answering, secret []byte, op string) (roundFacts, error) {
	name, facts := roundName(a.Team, a.ID), roundFacts{op: op}
	reply, err := s.read(ctx, roundPollScript, facts.op, name, voterIn(secret, a.User), a.User, a.Here.Channel, string(a.Here.Kind))
	if err != nil {
		return facts, err
	}
	if len(reply) == 0 {
		return facts, fmt.Errorf("storage: answer to %s: %w", name, ErrNotFound)
	}
	if err := facts.read(reply); err != nil {
		return facts, fmt.Errorf("storage: answer to %s: %w", name, err)
	}
	return facts, nil
}

// read takes {now, place, round, team, before, mine}.
func (f *roundFacts) read(reply []any) error {
	if len(reply) != 6 {
		return &shapeError{"a round with its team", reply}
	}
	now, err := asInt(reply[0])
	if err != nil {
		return err
	}
	f.Now, f.InChannel = time.UnixMilli(int64(now)).UTC(), reply[1] != ""
	record, err := asRecord(reply[2])
	if err != nil {
		return err
	}
	if f.Round, err = roundOf(record); err != nil {
		return err
	}
	if f.secret, err = secretOf(record); err != nil {
		return err
	}
	if record, err = asRecord(reply[3]); err != nil {
		return err
	}
	if f.Team, err = teamOf(record); err != nil {
		return err
	}
	if reply[4] == "" || f.beyondRecall() {
		return nil
	}
	done, err := f.answered(reply[4:])
	f.done = &done
	return err
}

// storeAnswer tells with stale that the answer was checked with what is out of
// date, and that nothing was written.
func (s *Store) storeAnswer(ctx context.Context, a Answering, f roundFacts, answer pipeline.RoundAnswer, after []Outgoing) (answered Answered, stale bool, err error) {
	after = slices.Clone(after)
	for i, entry := range after {
		if entry.Kind == KindRound && entry.Channel == "" {
			after[i].Channel = f.Team.Channel
		}
	}
	text, err := wordsText(answer.Words)
	if err != nil {
		return Answered{}, false, err
	}
	user, draft := a.User, a.Draft
	if f.Round.Anonymous {
		user, draft = "", Slot{}
	}
	args := []any{
		voterIn(f.secret, a.Op), RoundName(f.Round), f.Round.Version, f.Team.Version, formatSwitch(f.Team.Private),
		voterIn(f.secret, a.User), text, user, draft.Name, draft.Form,
	}
	if args, err = appendOutgoing(args, after); err != nil {
		return Answered{}, false, err
	}
	reply, err := s.write(ctx, answerScript, args...)
	if err != nil {
		return Answered{}, false, err
	}
	if len(reply) == 1 && reply[0] == "stale" {
		return Answered{}, true, nil
	}
	if len(reply) == 4 {
		answered, err = f.answered(reply[1:3])
		answered.First = reply[3] == "1"
	} else {
		err = &shapeError{"an answer", reply}
	}
	if err != nil {
		return Answered{}, false, fmt.Errorf("storage: answer: %w", err)
	}
	return answered, false, nil
}

// answered reads {before, answer as JSON}.
func (f roundFacts) answered(reply []any) (Answered, error) {
	texts, err := asTexts(reply)
	if err != nil {
		return Answered{}, err
	}
	answered := Answered{Round: f.Round, Before: texts[0] == "1"}
	if texts[1] != "" {
		answered.Answer.Words, err = wordsIn(texts[1])
	}
	return answered, err
}
