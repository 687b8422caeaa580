package storage

import "alignbot/pipeline"

// likeEach tells how much the idea is like each of the others, from 0 to 1, as its team
// reads it. Nothing is looked up among all ideas: what it costs does not depend on how
// many are stored.
func (x *index) likeEach(idea pipeline.Idea, others []pipeline.Idea) []float64 {
	likes := make([]float64, len(others))
	at, known := x.current[idea.Key.Team]
	if !known {
		return likes
	}
	r := x.readings[at]
	title, rest := r.readIdea(idea)
	q := x.ask(r, title, rest)
	for i, other := range others {
		if other.Key != idea.Key {
			likes[i] = min(1, q.likeness(x, other, 0)*likeAll/(likeAll-likeProposed))
		}
	}
	return likes
}
