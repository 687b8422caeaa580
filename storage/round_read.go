package storage

import (
	"context"
	"fmt"
	"time"

	"alignbot/pipeline"
)

var (
	roundScript  = loadScript("round")
	roundsScript = loadScript("rounds")
)

// Round reads a round of the team with its answers, and what the user answered;
// user is "" for nobody. Without it the error is ErrNotFound.
func (s *Store) Round(ctx context.Context, team pipeline.TeamKey, id int, user string) (RoundState, error) {
	name := roundName(team, id)
	reply, err := s.read(ctx, roundScript, name)
	if err != nil {
		return RoundState{}, err
	}
	if len(reply) == 0 {
		return RoundState{}, fmt.Errorf("storage: round %s: %w", name, ErrNotFound)
	}
	state, err := stateReply(reply, user)
	if err != nil {
		return RoundState{}, fmt.Errorf("storage: round %s: %w", name, err)
	}
	return state, nil
}

// stateReply reads {now, round, answers}.
func stateReply(reply []any, user string) (RoundState, error) {
	if len(reply) != 3 {
		return RoundState{}, &shapeError{"a round with its answers", reply}
	}
	now, err := asInt(reply[0])
	if err != nil {
		return RoundState{}, err
	}
	record, err := asRecord(reply[1])
	if err != nil {
		return RoundState{}, err
	}
	answers, err := asRecord(reply[2])
	if err != nil {
		return RoundState{}, err
	}
	state, err := roundStateOf(record, answers, user)
	if err != nil {
		return RoundState{}, err
	}
	state.Now = time.UnixMilli(int64(now)).UTC()
	return state, nil
}

// RoundAsked is a running round that somebody is asked in.
type RoundAsked struct {
	Round    pipeline.Round
	Message  pipeline.Message
	Answered bool
}

// RoundsFor gives up to n running rounds that the user is asked in, those with the
// first deadlines, the first first. It takes one round trip, and one more where an
// anonymous round is among them.
func (s *Store) RoundsFor(ctx context.Context, user string, n int) ([]RoundAsked, error) {
	if n < 1 {
		return nil, nil
	}
	reply, err := s.read(ctx, roundsScript, user, n)
	if err != nil {
		return nil, err
	}
	fail := func(err error) ([]RoundAsked, error) { return nil, fmt.Errorf("storage: rounds: %w", err) }
	var rounds []RoundAsked
	members := map[int]member{} // by the place of an anonymous round in rounds
	for _, item := range reply {
		parts, isList := item.([]any)
		if !isList || len(parts) != 2 {
			return fail(&shapeError{"whether they answered, and a round", item})
		}
		record, err := asRecord(parts[1])
		if err != nil {
			return fail(err)
		}
		round, err := roundOf(record)
		if err != nil {
			return fail(err)
		}
		secret, err := secretOf(record)
		if err != nil {
			return fail(err)
		}
		if len(secret) > 0 {
			members[len(rounds)] = member{"answers:" + RoundName(round), keyed(secret, user)}
		}
		rounds = append(rounds, RoundAsked{Round: round, Message: messageOf(record["message"]), Answered: parts[0] == int64(1)})
	}
	answered, err := s.among(ctx, "rounds", members)
	if err != nil {
		return nil, err
	}
	for at, is := range answered {
		rounds[at].Answered = is
	}
	return rounds, nil
}
