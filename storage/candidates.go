package storage

import (
	"context"
	"fmt"
	"unicode/utf8"

	"alignbot/pipeline"
)

// The limits of what Candidates reads. They bound for how long it keeps Redis busy.
const (
	CandidateLimit      = 200 // outcomes, the newest
	LinkedPerCandidate  = 20  // ideas, the newest
	candidateProblemMax = 400 // bytes of an idea's problem
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

// Candidates reads, in one round trip, what the idea could be linked to and what
// was said of suggestions before. The idea itself is in no Linked. Without it the
// error is ErrNotFound; with the number 0 it is one that is still to be captured.
func (s *Store) Candidates(ctx context.Context, idea pipeline.Key) (Candidates, error) {
	reply, err := s.read(ctx, candidatesScript, idea.String(), CandidateLimit, LinkedPerCandidate, candidateProblemMax)
	if err != nil {
		return Candidates{}, err
	}
	if len(reply) == 0 {
		return Candidates{}, fmt.Errorf("storage: candidates for %s: %w", idea, ErrNotFound)
	}
	c, err := candidatesOf(idea, reply)
	if err != nil {
		return Candidates{}, fmt.Errorf("storage: candidates: %w", err)
	}
	return c, nil
}

// candidatesOf reads {dismissed, feedback, {{key, statement, metric}, {statement of
// an opportunity, …}, {idea, title, problem, …}, …}}.
func candidatesOf(idea pipeline.Key, reply []any) (Candidates, error) {
	var c Candidates
	if len(reply) != 3 {
		return c, &shapeError{"three values", reply}
	}
	dismissed, err := asText(reply[0])
	if err != nil {
		return c, err
	}
	r := reader{record: map[string]string{"dismissed": dismissed}}
	if c.Dismissed = r.nodesIn("dismissed"); r.err != nil {
		return c, r.err
	}
	counts, err := asRecord(reply[1])
	if err != nil {
		return c, err
	}
	if c.Feedback, err = feedbackOf(counts); err != nil {
		return c, err
	}
	outcomes, isList := reply[2].([]any)
	if !isList || len(outcomes)%3 != 0 {
		return c, &shapeError{"three lists for each outcome", reply[2]}
	}
	for i := 0; i < len(outcomes); i += 3 {
		var lists [3][]string
		for j := range lists {
			if lists[j], err = asTexts(outcomes[i+j]); err != nil {
				return c, err
			}
		}
		own, linked := lists[0], lists[2]
		if len(own) != 3 || len(linked)%3 != 0 {
			return c, &shapeError{"an outcome and ideas", outcomes[i]}
		}
		candidate := Candidate{Statement: own[1], Metric: own[2], Opportunities: lists[1]}
		if candidate.Key, err = pipeline.ParseNodeKey(own[0]); err != nil {
			return c, err
		}
		for j := 0; j < len(linked); j += 3 {
			key, err := pipeline.ParseKey(linked[j])
			if err != nil {
				return c, err
			}
			if key == idea {
				continue
			}
			problem := linked[j+2]
			if len(problem) == candidateProblemMax {
				problem = wholeRunes(problem)
			}
			candidate.Linked = append(candidate.Linked, LinkedIdea{Key: key, Title: linked[j+1], Problem: problem})
		}
		c.Outcomes = append(c.Outcomes, candidate)
	}
	return c, nil
}

// wholeRunes takes off what is left of a rune where a text was cut by bytes.
func wholeRunes(s string) string {
	for len(s) > 0 {
		if r, size := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || size != 1 {
			break
		}
		s = s[:len(s)-1]
	}
	return s
}
