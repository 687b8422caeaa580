package llm

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"alignbot/pipeline"
)

// The numbers were chosen on the labelled ideas that docs/suggestions.md
// describes, and moving any of them a little changes little.
const (
	// smoothing is how many words an outcome is taken to have of everything, so
	// that a word it lacks speaks against it only a little.
	smoothing = 10
	// near is the part of what an idea says that a text of an outcome has to say
	// too, by how rare the words are.
	near = 0.04
	// runesRead bounds what is read of one text, linkedRead how many linked ideas
	// of all candidates together, the newest of each. What somebody wishes comes
	// first, and nobody should wait for the ranking.
	runesRead  = 200
	linkedRead = 2400
)

// Rank gives up to n outcomes that the idea may serve, the best first: those
// whose texts, and whose linked ideas, say what the idea says. It asks nobody,
// gives the same for the same question, and nothing when nothing is near.
func Rank(q Question, n int) []Suggestion {
	t, texts := read(q)
	nearest := t.nearest(texts, len(q.Candidates))
	fits := t.fits(texts, len(q.Candidates))
	for i, c := range q.Candidates {
		fits[i] += q.Feedback[c.Key].speaksFor()
	}
	var order []int
	for i, c := range q.Candidates {
		if nearest[i] != nil && !slices.Contains(q.Dismissed, c.Key) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(fits[b], fits[a]), compareKeys(q.Candidates[a].Key, q.Candidates[b].Key))
	})
	found := make([]Suggestion, min(max(n, 0), len(order)))
	for place := range found {
		i := order[place]
		found[place] = Suggestion{
			Key: q.Candidates[i].Key,
			Why: why(q.Candidates[i], *nearest[i]),
			// The best has 1, and nobody 0 by rounding.
			Score: max(math.Exp((fits[i]-fits[order[0]])/max(t.weight, 1)), math.SmallestNonzeroFloat64),
		}
	}
	return found
}

func compareKeys(a, b pipeline.NodeKey) int {
	return cmp.Or(cmp.Compare(a.Team, b.Team), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Number, b.Number))
}

// speaksFor is above 0 for an outcome whose suggestions were accepted more often
// than not, below for the contrary: a logarithm, like fits.
func (f Feedback) speaksFor() float64 {
	accepted, dismissed := max(f.Accepted, 0), max(f.Dismissed, 0)
	return math.Log(2 * float64(accepted+1) / float64(accepted+dismissed+2))
}

// text is one piece of evidence for a candidate.
type text struct {
	candidate int // its place
	kind      textKind
	at        int     // which of its opportunities or linked ideas
	length    float64 // in words, with their grams
	terms     []int   // of the question, each once
}

type textKind int

const (
	statementText textKind = iota
	metricText
	opportunityText
	linkedText
)

// read takes the question apart, and the texts of all candidates.
func read(q Question) (*terms, []text) {
	most := min(LinkedMost, max(linkedRead/max(len(q.Candidates), 1), 1))
	var texts []text
	written := []string{beginning(q.Title), beginning(q.Problem), beginning(q.Measure)} // and two of each text
	add := func(x text, first, second string) {
		texts = append(texts, x)
		written = append(written, beginning(first), beginning(second))
	}
	for i, c := range q.Candidates {
		add(text{candidate: i, kind: statementText}, c.Statement, "")
		add(text{candidate: i, kind: metricText}, c.Metric, "")
		for at, o := range c.Opportunities {
			add(text{candidate: i, kind: opportunityText, at: at}, o, "")
		}
		for at, l := range c.Linked[:min(len(c.Linked), most)] {
			add(text{candidate: i, kind: linkedText, at: at}, l.Title, l.Problem)
		}
	}
	parts, words, all := readLately(cmp.Or(q.Language, pipeline.English), written)
	t := &terms{numbers: make([]int32, all)}
	t.ask(words, parts[0], titleWeight)
	t.ask(words, parts[1], 1)
	t.ask(words, parts[2], 1)
	for _, w := range t.weights {
		t.weight += w
	}
	var found []int // of one text after the other
	for i := range texts {
		x, from := &texts[i], len(found)
		x.length, found = t.count(found, words, parts[3+2*i], parts[4+2*i])
		x.terms = found[from:len(found):len(found)]
	}
	return t, slices.DeleteFunc(texts, func(x text) bool { return x.length == 0 })
}

// nearest gives, for each candidate that is near, the text that says most of
// what the question says; nil for the others.
func (t *terms) nearest(texts []text, candidates int) []*text {
	having := make([]int, len(t.weights))
	for _, x := range texts {
		for _, n := range x.terms {
			having[n]++
		}
	}
	worth, all := make([]float64, len(t.weights)), 0.0
	for n := range worth {
		worth[n] = t.weights[n] * rarity(having[n], len(texts))
		all += worth[n]
	}
	best := make([]*text, candidates)
	most := make([]float64, candidates)
	for i := range texts {
		x := &texts[i]
		said := 0.0
		for _, n := range x.terms {
			said += worth[n]
		}
		if said > near*all && said > most[x.candidate] {
			most[x.candidate], best[x.candidate] = said, x
		}
	}
	return best
}

// rarity is what a term is worth by how many of the texts have it, as BM25
// counts it. https://en.wikipedia.org/wiki/Okapi_BM25
func rarity(having, all int) float64 {
	return math.Log(1 + (float64(all-having)+0.5)/(float64(having)+0.5))
}

// fits tell how much more probable the question is in the texts of each
// candidate than in those of all: naive Bayes, as a logarithm. A word that all
// outcomes have says nothing, and one that is typical of one says much.
// https://en.wikipedia.org/wiki/Naive_Bayes_classifier
func (t *terms) fits(texts []text, candidates int) []float64 {
	counts := make([]float64, candidates*len(t.weights)) // by candidate, then term
	lengths := make([]float64, candidates)
	inAll := make([]float64, len(t.weights))
	length := 0.0
	for _, x := range texts {
		for _, n := range x.terms {
			counts[x.candidate*len(t.weights)+n] += t.units[n]
			inAll[n] += t.units[n]
		}
		lengths[x.candidate] += x.length
		length += x.length
	}
	fits := make([]float64, candidates)
	for i := range fits {
		lacking := math.Log(smoothing / (lengths[i] + smoothing)) // of most terms
		for n, count := range counts[i*len(t.weights):][:len(t.weights)] {
			switch {
			case inAll[n] == 0:
			case count == 0:
				fits[i] += t.weights[n] * lacking
			default:
				usual := inAll[n] / length
				fits[i] += t.weights[n] * math.Log((count/usual+smoothing)/(lengths[i]+smoothing))
			}
		}
	}
	return fits
}

// why names the text that says most of what the question says.
func why(c Candidate, x text) string {
	var said string
	switch x.kind {
	case statementText:
		said = "close to its statement"
	case metricText:
		said = "close to its metric " + quote(c.Metric)
	case opportunityText:
		said = "close to its opportunity " + quote(c.Opportunities[x.at])
	case linkedText:
		like := c.Linked[x.at]
		name := quote(like.Title)
		if !like.Key.IsZero() {
			name = like.Key.String() + " " + name
		}
		if name = strings.TrimSpace(name); name == "" {
			name = "an idea"
		}
		said = "like " + name + ", which serves it"
	}
	return oneLine(said)
}
