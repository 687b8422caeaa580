package storage

import (
	"cmp"
	"context"
	"fmt"
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
	found = slices.DeleteFunc(found, func(p proposal) bool { return p.key == like.Key })
	keys := make([]pipeline.Key, len(found))
	proposals := make(map[string]proposal, len(found))
	for i, p := range found {
		keys[i] = p.key
		proposals[p.key.String()] = p
	}
	records, err := s.records(ctx, keys)
	if err != nil {
		return nil, err
	}
	best := s.mostAlike(x, records, proposals)
	matches := make([]Match, 0, max(min(len(best), limit), 0))
	for _, one := range best[:cap(matches)] {
		idea, err := ideaOf(one.record)
		if err != nil {
			return nil, fmt.Errorf("storage: similar: %w", err)
		}
		matches = append(matches, Match{idea, one.score})
	}
	return matches, nil
}

// compared is an idea as it is stored, with how much it is like another.
type compared struct {
	record map[string]string
	score  float64
}

// mostAlike compares the texts of what was proposed, and puts the most like first.
func (s *Store) mostAlike(x *index, records []map[string]string, proposals map[string]proposal) []compared {
	s.search.mu.RLock()
	defer s.search.mu.RUnlock()
	all := make([]compared, 0, len(records))
	for _, record := range records {
		if record["withdrawn"] != "" { // a moment ago: it may still be in the index
			continue
		}
		p := proposals[record["key"]]
		texts := pipeline.Idea{Title: record["title"], Problem: record["problem"], Measure: record["measure"], Evidence: record["evidence"]}
		all = append(all, compared{record, p.question.likeness(x, texts, float64(p.score))})
	}
	slices.SortStableFunc(all, func(a, b compared) int { return cmp.Compare(b.score, a.score) })
	return all
}
