package main

import (
	"context"
	"math"
	"slices"

	"alignbot/llm"
	"alignbot/pipeline"
)

// suggestionRanking is one way to find the outcome of an idea: the keys, the
// best first.
type suggestionRanking struct {
	name string
	rank func(llm.Question) []pipeline.NodeKey
}

// Names of rankings that others are compared with.
const (
	rankingMixOf4  = "mix, 4 links"
	rankingMix     = "plain mix"
	rankingOursOf4 = "+ 4 links each"
	rankingOurs    = "alignbot"
)

// suggestionRankings are two plain ones, then alignbot's with one kind of
// evidence more at a time, all of it in the row that bears its name.
func suggestionRankings() []suggestionRanking {
	ours := func(name string, use evidence) suggestionRanking {
		return suggestionRanking{name, func(q llm.Question) []pipeline.NodeKey { return rankWith(q, use) }}
	}
	return []suggestionRanking{
		{"plain BM25", func(q llm.Question) []pipeline.NodeKey { return plainMix(q, 1, 0) }},
		{rankingMixOf4, func(q llm.Question) []pipeline.NodeKey {
			return plainMix(newestLinks(q, 4), mixedStatement, mixedLinked)
		}},
		{rankingMix, func(q llm.Question) []pipeline.NodeKey { return plainMix(q, mixedStatement, mixedLinked) }},
		ours("statement", evidence{statement: true}),
		ours("+ metric", evidence{statement: true, metric: true}),
		ours("+ opportunities", evidence{statement: true, metric: true, opportunities: true}),
		ours(rankingOursOf4, evidence{statement: true, metric: true, opportunities: true, links: 4}),
		ours(rankingOurs, evidence{statement: true, metric: true, opportunities: true, links: llm.LinkedMost}),
		ours("links alone", evidence{links: llm.LinkedMost}),
	}
}

// evidence is what of an outcome is looked at.
type evidence struct {
	statement, metric, opportunities bool
	links                            int // the newest
}

// rankWith ranks by some of the evidence.
func rankWith(q llm.Question, use evidence) []pipeline.NodeKey {
	q.Candidates = slices.Clone(q.Candidates)
	for i := range q.Candidates {
		c := &q.Candidates[i]
		if !use.statement {
			c.Statement = ""
		}
		if !use.metric {
			c.Metric = ""
		}
		if !use.opportunities {
			c.Opportunities = nil
		}
	}
	return keysOf(llm.Rank(newestLinks(q, use.links), len(q.Candidates)))
}

// newestLinks keeps so many of each outcome.
func newestLinks(q llm.Question, most int) llm.Question {
	q.Candidates = slices.Clone(q.Candidates)
	for i := range q.Candidates {
		c := &q.Candidates[i]
		c.Linked = c.Linked[:min(len(c.Linked), most)]
	}
	return q
}

// failedAnswers are questions that a model did not answer.
type failedAnswers struct {
	n     int
	first error
}

// withModel puts what the model chooses before the rest. Where it fails, the rest
// is all there is, as for a captured idea.
func withModel(ctx context.Context, m *llm.Model, name string, failed *failedAnswers) suggestionRanking {
	return suggestionRanking{name, func(q llm.Question) []pipeline.NodeKey {
		answer, err := m.Suggest(ctx, q, "", unlimited{})
		if err != nil {
			if failed.n++; failed.n == 1 {
				failed.first = err
			}
		}
		keys := keysOf(answer)
		for _, key := range keysOf(llm.Rank(q, len(q.Candidates))) {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
		return keys
	}}
}

// unlimited is the budget of somebody who measures.
type unlimited struct{}

func (unlimited) Spend(ctx context.Context, _ string) (bool, error) { return true, ctx.Err() }

func keysOf(suggestions []llm.Suggestion) []pipeline.NodeKey {
	keys := make([]pipeline.NodeKey, len(suggestions))
	for i, s := range suggestions {
		keys[i] = s.Key
	}
	return keys
}

// The shares of the plain mix: of those tried, 1 : 9 to 1 : 1, the ones that are
// best for it.
const (
	mixedStatement = 0.2
	mixedLinked    = 0.8
)

// plainMix is what one would try first: BM25 of the statement, and that of the
// linked idea which is most alike, each as a part of its highest.
func plainMix(q llm.Question, statement, linked float64) []pipeline.NodeKey {
	var statements, ideas []wish
	var of []int // the place of the outcome that an idea is linked to
	for i, c := range q.Candidates {
		statements = append(statements, wish{Title: c.Statement})
		for _, l := range c.Linked {
			ideas = append(ideas, wish{Title: l.Title, Problem: l.Problem})
			of = append(of, i)
		}
	}
	asked := wish{Title: q.Title, Problem: q.Problem}
	byStatement := newPlain(statements).scores(asked)
	byLinked := make([]float64, len(statements))
	for n, score := range newPlain(ideas).scores(asked) {
		byLinked[of[n]] = max(byLinked[of[n]], score)
	}
	scores := make([]float64, len(statements))
	for i := range scores {
		scores[i] = statement*byStatement[i]/max(slices.Max(byStatement), math.SmallestNonzeroFloat64) +
			linked*byLinked[i]/max(slices.Max(byLinked), math.SmallestNonzeroFloat64)
	}
	var keys []pipeline.NodeKey
	for _, n := range inOrder(scores) {
		if key := q.Candidates[n].Key; !slices.Contains(q.Dismissed, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// scoredRanking is what a ranking answered to all ideas, in their order.
type scoredRanking struct {
	name   string
	places []int              // of the right outcome, from 1; 0 when it was not found
	first  []pipeline.NodeKey // zero for nothing
}

func (set *suggestionExamples) score(rankings []suggestionRanking) []scoredRanking {
	scored := make([]scoredRanking, len(rankings))
	for i, r := range rankings {
		scored[i].name = r.name
		for _, e := range set.asked {
			found := r.rank(set.question(e))
			var first pipeline.NodeKey
			if len(found) > 0 {
				first = found[0]
			}
			scored[i].places = append(scored[i].places, e.placeIn(found))
			scored[i].first = append(scored[i].first, first)
		}
	}
	return scored
}

func indexOf(all []scoredRanking, name string) int {
	return slices.IndexFunc(all, func(r scoredRanking) bool { return r.name == name })
}

func placesOf(all []scoredRanking, name string) []int { return all[indexOf(all, name)].places }

func (set *suggestionExamples) parts() []string { return partsOf(set.partNames()) }

// of gives the places of the ideas of a part, or of all for "".
func (set *suggestionExamples) of(part string, places []int) []int {
	return ofPart(part, set.partNames(), places)
}

func (set *suggestionExamples) partNames() []string {
	names := make([]string, len(set.asked))
	for i, e := range set.asked {
		names[i] = e.part
	}
	return names
}

// answered is the share of the ideas of a part, or of all for "", to which a
// ranking suggested anything.
func (set *suggestionExamples) answered(part string, r scoredRanking) float64 {
	firsts := ofPart(part, set.partNames(), r.first)
	answered := 0
	for _, first := range firsts {
		if !first.IsZero() {
			answered++
		}
	}
	return float64(answered) / float64(max(len(firsts), 1))
}
