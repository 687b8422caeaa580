package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"alignbot/pipeline"
)

// Polling is what a vote is checked against. The store makes sure, in the script
// that stores the vote, that it still holds.
type Polling struct {
	Ballot    pipeline.Ballot
	Team      pipeline.Team
	InChannel bool
	Now       time.Time // the store's clock
}

// Voting is one person's vote on one ballot.
type Voting struct {
	Op   string
	Idea pipeline.Key
	ID   int
	User string
	Here Here
	// In is the message in whose place the ballot was shown; zero elsewhere. Where
	// none is known to show it, as when nobody knows whether its post arrived, and
	// this one is in the team's channel, it is redrawn from now on.
	In pipeline.Message
	// Acted is when they voted: what they did after it stands.
	Acted Acted
	// Withdraw takes the vote back instead.
	Withdraw bool
	// Draft to drop with it; none is dropped on an anonymous ballot, for whose
	// votes none is kept.
	Draft Slot
	// Check is the rule: the vote to store, cleaned, or why it cannot be taken.
	// It is asked again when what it was asked with was out of date.
	Check func(Polling) (pipeline.Vote, error)
}

// Cast is what became of a vote.
type Cast struct {
	Ballot pipeline.Ballot
	Title  string
	// Vote that is stored; the zero value where it was withdrawn.
	Vote pipeline.Vote
	// Before: the person had voted already.
	Before bool
	// First is false when this very act was carried out before.
	First bool
	// Overtaken: nothing was changed, because what they did later came first. Vote is
	// what they made of it then.
	Overtaken bool
}

var (
	pollScript = loadScript("poll")
	voteScript = loadScript("vote")
)

// votingTries bounds how often a vote is checked anew because the ballot or its
// team changed meanwhile.
const votingTries = 8

// Vote stores, replaces or withdraws somebody's vote, in one round trip where
// this process has read the ballot lately. Check is asked with what is
// remembered; the vote is stored only if ballot and team are still as it was told
// and the store's clock is before the deadline, else Check is asked again with
// what is stored now. A refusal is given only if it rests on that. Its error is
// returned as it is; without such a ballot the error is ErrNotFound.
//
// The same operation changes nothing the second time and is answered with the
// vote that is stored by then. Its stored result holds no choice, and on an
// anonymous ballot its id is stored under the ballot's keyed hash alone: once such
// a ballot is closed, a repeated operation cannot be told from a late vote.
//
// Where the person is, is noted as Begin does; in a command of its own where the
// ballot is anonymous, so that no command to Redis has both the user and the
// choice.
//
// An entry of KindBallot without a channel goes to that of the idea's team.
func (s *Store) Vote(ctx context.Context, v Voting, after ...Outgoing) (Cast, error) {
	if v.Op == "" {
		return Cast{}, errNoOp
	}
	name := ballotName(v.Idea, v.ID)
	facts := pollFacts{remembered: s.polls.recall(name)}
	if facts.remembered != nil {
		facts.inChannel = v.Here.Channel != "" && v.Here.Channel == facts.team.Channel
	}
	var secret []byte
	var op string // "" until it is known whether the ballot is anonymous
	for range votingTries {
		if facts.remembered == nil {
			var err error
			if facts, err = s.poll(ctx, v, secret, op); err != nil {
				return Cast{}, err
			}
			if facts.done != nil {
				return *facts.done, nil
			}
		}
		secret, op = facts.secret, voterIn(facts.secret, v.Op)
		vote, refused := v.Check(Polling{Ballot: facts.ballot, Team: facts.team, InChannel: facts.inChannel, Now: facts.clock()})
		if refused == nil {
			cast, stale, err := s.cast(ctx, v, facts, vote, after)
			if err != nil || !stale {
				return cast, err
			}
			s.polls.forget(name)
		} else if facts.settle(v.Op) {
			return Cast{}, refused
		}
		facts.remembered = nil
	}
	return Cast{}, &pipeline.Problem{
		Code: "vote-not-taken",
		What: fmt.Sprintf("The ballot on %s changed each time your vote was checked, so it was not taken.", v.Idea),
		Safe: "What you voted before counts.",
		Next: "Vote again.",
	}
}

// pollFacts are what a vote is checked with.
type pollFacts struct {
	*remembered
	inChannel bool
	// fresh: this was read just now, and not remembered.
	fresh bool
	// op is the id under which a result of the operation was looked for; "" for
	// none.
	op string
	// done is the answer to an operation that was carried out before.
	done *Cast
}

// settle tells whether a refusal that rests on this is the answer to the
// operation: what is stored was asked, a result of the operation too.
func (f pollFacts) settle(op string) bool {
	return f.fresh && (f.op == voterIn(f.secret, op) || f.beyondRecall())
}

// beyondRecall: nothing stored tells what an operation did on this ballot.
func (f pollFacts) beyondRecall() bool {
	return f.ballot.Level == pipeline.Anonymous && !f.ballot.Running()
}

// poll reads what a vote is checked with, and what the operation op did; secret is
// that of an anonymous ballot. Both are empty until the ballot is known: the id of
// an operation may hold what was chosen, and stands beside no user in a command to
// Redis unless the ballot allows it.
func (s *Store) poll(ctx context.Context, v Voting, secret []byte, op string) (pollFacts, error) {
	name := ballotName(v.Idea, v.ID)
	facts := pollFacts{remembered: &remembered{}, fresh: true, op: op}
	reply, err := s.read(ctx, pollScript, facts.op, name, voterIn(secret, v.User), v.User, v.Here.Channel, string(v.Here.Kind))
	if err != nil {
		return pollFacts{}, err
	}
	if len(reply) == 0 {
		return pollFacts{}, fmt.Errorf("storage: poll %s: %w", name, ErrNotFound)
	}
	if err := facts.read(reply); err != nil {
		return pollFacts{}, fmt.Errorf("storage: poll %s: %w", name, err)
	}
	s.rememberPoll(name, facts.remembered)
	return facts, nil
}

// read takes {now, place, ballot, team, title, before, mine, status}.
func (f *pollFacts) read(reply []any) error {
	if len(reply) != 8 {
		return &shapeError{"a ballot with its team", reply}
	}
	now, err := asInt(reply[0])
	if err != nil {
		return err
	}
	f.remembered.now, f.remembered.read, f.inChannel = time.UnixMilli(int64(now)).UTC(), time.Now(), reply[1] != ""
	record, err := asRecord(reply[2])
	if err != nil {
		return err
	}
	if f.ballot, err = ballotOf(record); err != nil {
		return err
	}
	if f.secret, err = secretOf(record); err != nil {
		return err
	}
	if record, err = asRecord(reply[3]); err != nil {
		return err
	}
	if f.team, err = teamOf(record); err != nil {
		return err
	}
	if reply[5] == "" || f.beyondRecall() {
		return nil
	}
	cast, err := castOf(f.ballot, reply[4:])
	f.done = &cast
	return err
}

// cast stores a vote; stale tells that it was checked with what is out of date,
// and that nothing was written.
func (s *Store) cast(ctx context.Context, v Voting, f pollFacts, vote pipeline.Vote, after []Outgoing) (cast Cast, stale bool, err error) {
	after = slices.Clone(after)
	for i, entry := range after {
		if entry.Kind == KindBallot && entry.Channel == "" {
			after[i].Channel = f.team.Channel
		}
	}
	entries, err := appendOutgoing(nil, after)
	if err != nil {
		return Cast{}, false, err
	}
	text := ""
	if !v.Withdraw {
		if text, err = voteText(vote); err != nil {
			return Cast{}, false, err
		}
	}
	in := pipeline.Message{}
	if v.In.Channel == f.team.Channel {
		in = v.In
	}
	user, draft := v.User, v.Draft
	if f.ballot.Level == pipeline.Anonymous {
		user, draft = "", Slot{}
	}
	args := append([]any{
		voterIn(f.secret, v.Op), ballotName(v.Idea, v.ID), f.ballot.Version, f.team.Version, formatSwitch(f.team.Private),
		voterIn(f.secret, v.User), text, user, v.Here.Channel, string(v.Here.Kind), draft.Name, draft.Form, formatMessage(in), v.Acted.String(),
	}, entries...)
	reply, err := s.write(ctx, voteScript, args...)
	if err != nil {
		return Cast{}, false, err
	}
	if len(reply) == 1 && reply[0] == "stale" {
		return Cast{}, true, nil
	}
	if len(reply) == 6 {
		cast, err = castOf(f.ballot, reply[1:5])
		cast.First = reply[5] == "1"
	} else {
		err = &shapeError{"a vote", reply}
	}
	if err != nil {
		return Cast{}, false, fmt.Errorf("storage: vote: %w", err)
	}
	return cast, false, nil
}

// castOf reads {title, before, vote as JSON, status}, the vote empty for none.
func castOf(b pipeline.Ballot, reply []any) (Cast, error) {
	texts, err := asTexts(reply)
	if err != nil {
		return Cast{}, err
	}
	cast := Cast{Ballot: b, Title: texts[0], Before: texts[1] == "1", Overtaken: texts[3] == overtaken}
	if texts[2] != "" {
		cast.Vote, err = voteOf(texts[2])
	}
	return cast, err
}
