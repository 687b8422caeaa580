package commands

import (
	"context"
	"slices"
	"time"

	"alignbot/llm"
	"alignbot/pipeline"
	"alignbot/storage"
)

const (
	// suggestedMost is how many nodes are suggested for an idea: more would be a
	// list to read.
	suggestedMost = 2
	// suggestWait is how long an answer waits for them. Without them it is as good.
	suggestWait = 400 * time.Millisecond
)

// suggested is a node of the team's tree that an idea may be for.
type suggested struct {
	llm.Suggestion
	Statement string
}

// suggest gives what an idea may be for, the best first, by comparing texts. It is
// an extra: what goes wrong is only logged.
func (app *App) suggest(ctx context.Context, team pipeline.Team, idea pipeline.Idea) []suggested {
	ctx, cancel := context.WithTimeout(ctx, suggestWait)
	defer cancel()
	known, err := app.Store.Candidates(ctx, idea.Key)
	if err != nil {
		app.Log.Warn("suggestions could not be looked for", "idea", idea.Key.String(), "err", err)
		return nil
	}
	return rank(question(team, idea, known))
}

// rank compares texts.
func rank(q llm.Question) []suggested { return stated(q, llm.Rank(q, suggestedMost)) }

// stated adds to suggestions what they say.
func stated(q llm.Question, all []llm.Suggestion) []suggested {
	var shown []suggested
	for _, s := range all {
		i := slices.IndexFunc(q.Candidates, func(c llm.Candidate) bool { return c.Key == s.Key })
		shown = append(shown, suggested{s, q.Candidates[i].Statement})
	}
	return shown
}

// question is what is asked about an idea. What it is linked to is no answer.
func question(team pipeline.Team, idea pipeline.Idea, known storage.Candidates) llm.Question {
	q := llm.Question{
		Title: idea.Title, Problem: idea.Problem, Measure: idea.Measure, Language: team.Language,
		Dismissed: append(slices.Clone(known.Dismissed), idea.Outcomes...),
		Feedback:  map[pipeline.NodeKey]llm.Feedback{},
	}
	for key, counts := range known.Feedback {
		q.Feedback[key] = llm.Feedback(counts)
	}
	for _, c := range known.Outcomes {
		candidate := llm.Candidate{Key: c.Key, Statement: c.Statement, Metric: c.Metric, Opportunities: c.Opportunities}
		for _, l := range c.Linked {
			candidate.Linked = append(candidate.Linked, llm.Linked(l))
		}
		q.Candidates = append(q.Candidates, candidate)
	}
	return q
}
