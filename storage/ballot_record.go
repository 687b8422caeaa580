package storage

import (
	"cmp"
	"crypto/hmac"
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"

	"alignbot/pipeline"
)

// ballotGiven are the fields of a ballot that stay as it was started.
func ballotGiven(b pipeline.Ballot) []field {
	outcome := ""
	if !b.Outcome.IsZero() {
		outcome = b.Outcome.String()
	}
	return []field{
		{"question", string(b.Question)},
		{"outcome", outcome},
		{"level", string(b.Level)},
		{"electorate", strings.Join(b.Electorate, ",")},
		{"guests", formatSwitch(b.Guests)},
		{"started", formatTime(b.Started)},
		{"started_by", b.StartedBy},
		{"days", formatNumber(b.Days)},
		{"quorum", b.Quorum.String()},
		{"approve", formatNumber(b.Rule.Approve)},
		{"object", formatNumber(b.Rule.Object)},
		{"show_results", formatSwitch(b.ShowResults)},
	}
}

// ballotChangeable are the fields that its deadline and its close change.
func ballotChangeable(b pipeline.Ballot) []field {
	fields := []field{
		{"deadline", formatTime(b.Deadline)},
		{"extended", formatSwitch(b.Extended)},
		{"closed", formatTime(b.ClosedAt)},
		{"closed_by", b.ClosedBy},
	}
	if b.Result != nil {
		fields = append(fields,
			field{"advice", string(b.Result.Advice)},
			field{"because", b.Result.Because},
			field{"voted", formatNumber(b.Result.Voted)},
		)
	}
	return fields
}

func ballotOf(record map[string]string) (pipeline.Ballot, error) {
	r := reader{record: record}
	b := pipeline.Ballot{
		Idea:        r.key("idea"),
		ID:          int(r.int("id")),
		Question:    pipeline.BallotQuestion(record["question"]),
		Outcome:     r.nodeIn("outcome", record["outcome"]),
		Level:       pipeline.Confidentiality(record["level"]),
		Electorate:  splitList(record["electorate"]),
		Guests:      record["guests"] != "",
		Started:     r.time("started"),
		StartedBy:   record["started_by"],
		Days:        int(r.int("days")),
		Deadline:    r.time("deadline"),
		Rule:        pipeline.VoteRule{Approve: int(r.int("approve")), Object: int(r.int("object"))},
		ShowResults: record["show_results"] != "",
		Extended:    record["extended"] != "",
		ClosedAt:    r.time("closed"),
		ClosedBy:    record["closed_by"],
		Version:     r.int("version"),
	}
	var readable bool
	if b.Quorum, readable = pipeline.ParseQuorum(record["quorum"]); !readable {
		r.fail("quorum")
	}
	if advice := record["advice"]; advice != "" {
		b.Result = &pipeline.Result{Advice: pipeline.Advice(advice), Because: record["because"], Voted: int(r.int("voted"))}
	}
	return b, r.err
}

// ballotIn reads a flat record; nil for none.
func ballotIn(v any) (*pipeline.Ballot, error) {
	record, err := asRecord(v)
	if err != nil || len(record) == 0 {
		return nil, err
	}
	b, err := ballotOf(record)
	return &b, err
}

// storedVote is a vote as it is kept, for everybody without a time.
type storedVote struct {
	Choice pipeline.Choice `json:"choice"`
	Reason string          `json:"reason,omitempty"`
}

// storedTally is what is left of the votes of an anonymous ballot that closed.
type storedTally struct {
	Counts  map[pipeline.Choice]int `json:"counts"`
	Reasons []storedVote            `json:"reasons,omitempty"` // in random order
}

func voteText(v pipeline.Vote) (string, error) {
	text, err := json.Marshal(storedVote(v))
	return string(text), err
}

func voteOf(text string) (pipeline.Vote, error) {
	var v storedVote
	err := json.Unmarshal([]byte(text), &v)
	return pipeline.Vote(v), err
}

// tallyText keeps of the votes what can be kept when nobody is to know whose they
// were: how many there are, and what was said, in an order that tells nothing.
func tallyText(t pipeline.BallotTally) (string, error) {
	left := storedTally{Counts: t.Counts}
	for _, v := range t.Votes {
		if v.Reason != "" {
			left.Reasons = append(left.Reasons, storedVote(v.Vote))
		}
	}
	var seed [32]byte
	crand.Read(seed[:]) // never fails
	rand.New(rand.NewChaCha8(seed)).Shuffle(len(left.Reasons), func(i, j int) {
		left.Reasons[i], left.Reasons[j] = left.Reasons[j], left.Reasons[i]
	})
	text, err := json.Marshal(left)
	return string(text), err
}

func tallyLeft(text string) (pipeline.BallotTally, error) {
	var left storedTally
	if err := json.Unmarshal([]byte(text), &left); err != nil {
		return pipeline.BallotTally{}, err
	}
	t := pipeline.BallotTally{Counts: left.Counts}
	for _, v := range left.Reasons {
		t.Votes = append(t.Votes, pipeline.VoteOf{Vote: pipeline.Vote(v)})
	}
	return t, nil
}

// keyed is the keyed hash by which an anonymous ballot knows a text: a voter, or
// the id of the operation that stored a vote, which names its user.
func keyed(secret []byte, text string) string {
	sum := hmac.New(sha256.New, secret)
	sum.Write([]byte(text)) // never fails
	return hex.EncodeToString(sum.Sum(nil))
}

// secretOf an anonymous ballot that runs; nil for any other.
func secretOf(record map[string]string) ([]byte, error) {
	secret, err := hex.DecodeString(record["secret"])
	if err != nil {
		return nil, errors.New("the secret of a ballot cannot be read") // and is in no message
	}
	return secret, nil
}

// voterIn is by which name the votes of a ballot know the user.
func voterIn(secret []byte, user string) string {
	if len(secret) == 0 {
		return user
	}
	return keyed(secret, user)
}

// polledOf reads a ballot and its votes {voter: JSON}.
func polledOf(record, votes map[string]string, user string) (Polled, error) {
	b, err := ballotOf(record)
	if err != nil {
		return Polled{}, err
	}
	numbers := reader{record: record}
	p := Polled{Ballot: b, Polls: numbers.int("polls"), Message: messageOf(record["message"])}
	if numbers.err != nil {
		return Polled{}, numbers.err
	}
	if text := record["tally"]; text != "" {
		p.Tally, err = tallyLeft(text)
		return p, err
	}
	secret, err := secretOf(record)
	if err != nil {
		return Polled{}, err
	}
	mine := voterIn(secret, user)
	all := make([]pipeline.VoteOf, 0, len(votes))
	for voter, text := range votes {
		vote, err := voteOf(text)
		if err != nil {
			return Polled{}, err
		}
		if user != "" && voter == mine {
			p.Mine = &vote
		}
		if b.Level == pipeline.Anonymous {
			voter = ""
		}
		all = append(all, pipeline.VoteOf{Voter: voter, Vote: vote})
	}
	slices.SortFunc(all, func(a, b pipeline.VoteOf) int {
		return cmp.Or(cmp.Compare(a.Voter, b.Voter), cmp.Compare(a.Choice, b.Choice), cmp.Compare(a.Reason, b.Reason))
	})
	p.Tally = pipeline.TallyVotes(all)
	return p, nil
}
