package storage

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"alignbot/pipeline"
)

// The limits of what Candidates reads. They bound for how long it keeps Redis busy.
const (
	CandidateLimit      = 200 // outcomes, the newest
	LinkedPerCandidate  = 20  // ideas, the newest
	candidateProblemMax = 400 // bytes of an idea's problem
	// candidateChanges is after how many changes the texts of ideas are read again.
	candidateChanges = 1000
)

// Candidate is an open outcome that an idea could be linked to.
type Candidate struct {
	Key               pipeline.NodeKey
	Statement, Metric string
	// Opportunities are the statements of those that hang under it, at any depth.
	Opportunities []string
	// Linked are ideas that stand and are linked to it, or to an opportunity or an
	// impact under it, the newest of each first.
	Linked []LinkedIdea
}

// LinkedIdea is what an idea says that serves an outcome.
type LinkedIdea struct {
	Key pipeline.Key
	// Problem may be cut off.
	Title, Problem string
}

// Candidates is what a suggestion for an idea is made from.
type Candidates struct {
	// Outcomes are the team's open ones, at most CandidateLimit, the newest first.
	Outcomes []Candidate
	// Dismissed are the nodes of which somebody said that the idea is not for them.
	Dismissed []pipeline.NodeKey
	// Feedback of the team, by node.
	Feedback map[pipeline.NodeKey]Feedback
}

var candidatesScript = loadScript("candidates")

// Candidates reads what the idea could be linked to and what was said of
// suggestions before: in one round trip, and another for the linked ideas that this
// process does not know, or that changed since it read them. The idea itself is in
// no Linked. Without it the error is ErrNotFound; with the number 0 it is one that
// is still to be captured.
func (s *Store) Candidates(ctx context.Context, idea pipeline.Key) (Candidates, error) {
	reply, err := s.read(ctx, candidatesScript, idea.String(), CandidateLimit, LinkedPerCandidate, s.linked.since(), candidateChanges)
	if err != nil {
		return Candidates{}, err
	}
	if len(reply) == 0 {
		return Candidates{}, fmt.Errorf("storage: candidates for %s: %w", idea, ErrNotFound)
	}
	c, linked, err := candidatesOf(reply)
	if err == nil {
		err = s.fillLinked(ctx, idea, c.Outcomes, linked)
	}
	if err != nil {
		return Candidates{}, fmt.Errorf("storage: candidates: %w", err)
	}
	return c, nil
}

// linkedKeys are the ideas of each outcome as they were at change number seq, and
// those that changed before, see linkedTexts.
type linkedKeys struct {
	of      [][]string
	seq     int64
	changed string
}

// fillLinked gives each outcome its linked ideas.
func (s *Store) fillLinked(ctx context.Context, asking pipeline.Key, outcomes []Candidate, linked linkedKeys) error {
	ideas, err := s.linkedIdeas(ctx, slices.Concat(linked.of...), linked.seq, linked.changed)
	if err != nil {
		return err
	}
	for i, keys := range linked.of {
		outcomes[i].Linked = slices.DeleteFunc(ideas[:len(keys):len(keys)], func(l LinkedIdea) bool { return l.Key.IsZero() || l.Key == asking })
		ideas = ideas[len(keys):]
	}
	return nil
}

// candidatesOf reads {dismissed, feedback, {{key, statement, metric}, {statement of
// an opportunity, …}, "IDEA IDEA …", …}, number of the latest change, what changed}.
func candidatesOf(reply []any) (c Candidates, linked linkedKeys, err error) {
	if len(reply) != 5 {
		return c, linked, &shapeError{"five values", reply}
	}
	dismissed, err := asText(reply[0])
	if err != nil {
		return c, linked, err
	}
	r := reader{record: map[string]string{"dismissed": dismissed}}
	if c.Dismissed = r.nodesIn("dismissed"); r.err != nil {
		return c, linked, r.err
	}
	counts, err := asRecord(reply[1])
	if err != nil {
		return c, linked, err
	}
	if c.Feedback, err = feedbackOf(counts); err != nil {
		return c, linked, err
	}
	seq, err := asText(reply[3])
	if err != nil {
		return c, linked, err
	}
	if linked.seq, err = strconv.ParseInt(seq, 10, 64); err != nil {
		return c, linked, err
	}
	if linked.changed, err = asText(reply[4]); err != nil {
		return c, linked, err
	}
	outcomes, isList := reply[2].([]any)
	if !isList || len(outcomes)%3 != 0 {
		return c, linked, &shapeError{"three values for each outcome", reply[2]}
	}
	for i := 0; i < len(outcomes); i += 3 {
		own, err := asTexts(outcomes[i])
		if err != nil || len(own) != 3 {
			return c, linked, &shapeError{"an outcome", outcomes[i]}
		}
		candidate := Candidate{Statement: own[1], Metric: own[2]}
		if candidate.Key, err = pipeline.ParseNodeKey(own[0]); err != nil {
			return c, linked, err
		}
		if candidate.Opportunities, err = asTexts(outcomes[i+1]); err != nil {
			return c, linked, err
		}
		ideas, err := asText(outcomes[i+2])
		if err != nil {
			return c, linked, err
		}
		c.Outcomes = append(c.Outcomes, candidate)
		linked.of = append(linked.of, strings.Fields(ideas))
	}
	return c, linked, nil
}
