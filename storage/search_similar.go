package storage

import (
	"cmp"
	"context"
	"slices"

	"alignbot/pipeline"
)

// Match is an idea that is like another.
type Match struct {
	Idea pipeline.Idea
	// Score is from 0 to 1. It puts the matches of one answer in order; it does
	// not tell whether two ideas are the same.
	Score float64
}

// similarCandidates is how many ideas the index proposes for a closer look.
const similarCandidates = 40

// Similar gives up to limit ideas that stand and wish for something like the
// given one, the most like first; of the teams given and no others, without the
// idea itself. Of the given one title, problem, measure and evidence are read,
// whether or not it is stored. It waits as Find does.
func (s *Store) Similar(ctx context.Context, like pipeline.Idea, teams []pipeline.TeamKey, limit int) ([]Match, error) {
	if err := s.searchable(ctx); err != nil {
		return nil, err
	}
	s.search.mu.RLock()
	x := s.search.index
	found := x.propose(like, teams, similarCandidates)
	s.search.mu.RUnlock()
	keys := make([]pipeline.Key, len(found))
	proposals := map[pipeline.Key]proposal{}
	for i, p := range found {
		keys[i] = p.key
		proposals[p.key] = p
	}
	ideas, err := s.Ideas(ctx, keys)
	if err != nil {
		return nil, err
	}
	s.search.mu.RLock()
	defer s.search.mu.RUnlock()
	var matches []Match
	for _, idea := range ideas {
		// One that was withdrawn a moment ago may still be in the index.
		if !idea.Withdrawn.IsZero() || idea.Key == like.Key {
			continue
		}
		p := proposals[idea.Key]
		matches = append(matches, Match{idea, p.question.likeness(x, idea, float64(p.score))})
	}
	slices.SortStableFunc(matches, func(a, b Match) int { return cmp.Compare(b.Score, a.Score) })
	return matches[:max(min(len(matches), limit), 0)], nil
}
