package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"alignbot/pipeline"
)

var (
	ballotScript = loadScript("ballot")
	pollsScript  = loadScript("polls")
)

// Ballot reads a ballot of the idea, by its number or NewestBallot, with what was
// voted and what the user voted; user is "" for nobody. Without such a ballot the
// error is ErrNotFound.
func (s *Store) Ballot(ctx context.Context, idea pipeline.Key, id int, user string) (Polled, error) {
	polled, _, err := s.ballot(ctx, idea, id, user, "", "")
	return polled, err
}

// AuditBallot reads a ballot for somebody who looks up who voted what, as the
// rule pipeline.AuditBallot allowed. That they did enters the idea's history
// first, once for the operation.
func (s *Store) AuditBallot(ctx context.Context, op string, idea pipeline.Key, id int, event pipeline.Event) (Polled, error) {
	if op == "" {
		return Polled{}, errNoOp
	}
	text, err := eventText(event)
	if err != nil {
		return Polled{}, err
	}
	polled, _, err := s.ballot(ctx, idea, id, "", op, text)
	return polled, err
}

// NotVoted gives those of the electorate who have not voted, sorted. Of a ballot
// that is closed it gives nobody: nobody can vote any more.
func (s *Store) NotVoted(ctx context.Context, idea pipeline.Key, id int) ([]string, error) {
	polled, voted, err := s.ballot(ctx, idea, id, "", "", "")
	if err != nil || !polled.Ballot.Running() {
		return nil, err
	}
	return slices.DeleteFunc(polled.Ballot.Electorate, voted), nil
}

// ballot reads a ballot; voted tells whether somebody has a vote in it. event, as
// JSON, enters the idea's history before.
func (s *Store) ballot(ctx context.Context, idea pipeline.Key, id int, user, op, event string) (polled Polled, voted func(user string) bool, err error) {
	run := s.read
	if op != "" {
		run = s.write
	}
	reply, err := run(ctx, ballotScript, idea.String(), id, op, event)
	if err != nil {
		return Polled{}, nil, err
	}
	if len(reply) == 0 {
		return Polled{}, nil, fmt.Errorf("storage: ballot %d of %s: %w", id, idea, ErrNotFound)
	}
	polled, voted, err = polledReply(reply, user)
	if err != nil {
		return Polled{}, nil, fmt.Errorf("storage: ballot %d of %s: %w", id, idea, err)
	}
	return polled, voted, nil
}

// polledReply reads {now, title, ballot, votes}.
func polledReply(reply []any, user string) (polled Polled, voted func(user string) bool, err error) {
	if len(reply) != 4 {
		return Polled{}, nil, &shapeError{"a ballot with its votes", reply}
	}
	now, err := asInt(reply[0])
	if err != nil {
		return Polled{}, nil, err
	}
	title, err := asText(reply[1])
	if err != nil {
		return Polled{}, nil, err
	}
	record, err := asRecord(reply[2])
	if err != nil {
		return Polled{}, nil, err
	}
	votes, err := asRecord(reply[3])
	if err != nil {
		return Polled{}, nil, err
	}
	if polled, err = polledOf(record, votes, user); err != nil {
		return Polled{}, nil, err
	}
	polled.Title, polled.Now = title, time.UnixMilli(int64(now)).UTC()
	secret, err := secretOf(record)
	voted = func(user string) bool { return votes[voterIn(secret, user)] != "" }
	return polled, voted, err
}

// Poll is a running ballot that somebody is asked in.
type Poll struct {
	Ballot  pipeline.Ballot
	Title   string
	Message pipeline.Message
	Voted   bool
}

// Polls gives up to n running ballots that the user is asked in, those with the
// first deadlines, the first first. It takes one round trip, and one more where
// an anonymous ballot is among them.
func (s *Store) Polls(ctx context.Context, user string, n int) ([]Poll, error) {
	if n < 1 {
		return nil, nil
	}
	reply, err := s.read(ctx, pollsScript, user, n)
	if err != nil {
		return nil, err
	}
	fail := func(err error) ([]Poll, error) { return nil, fmt.Errorf("storage: polls: %w", err) }
	var polls []Poll
	voters := map[int]member{} // by the place of an anonymous ballot in polls
	for _, item := range reply {
		parts, isList := item.([]any)
		if !isList || len(parts) != 3 {
			return fail(&shapeError{"a title, whether they voted, and a ballot", item})
		}
		texts, err := asTexts(parts[:2])
		if err != nil {
			return fail(err)
		}
		record, err := asRecord(parts[2])
		if err != nil {
			return fail(err)
		}
		b, err := ballotOf(record)
		if err != nil {
			return fail(err)
		}
		secret, err := secretOf(record)
		if err != nil {
			return fail(err)
		}
		if len(secret) > 0 {
			voters[len(polls)] = member{"votes:" + ballotName(b.Idea, b.ID), keyed(secret, user)}
		}
		polls = append(polls, Poll{Ballot: b, Title: texts[0], Message: messageOf(record["message"]), Voted: texts[1] == "1"})
	}
	voted, err := s.among(ctx, "polls", voters)
	if err != nil {
		return nil, err
	}
	for at, is := range voted {
		polls[at].Voted = is
	}
	return polls, nil
}
