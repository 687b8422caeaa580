package storage

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage/redistest"
)

// percentiles measures how long what is asked one after another takes.
func percentiles(b *testing.B, do func()) {
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		do()
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	for _, p := range []int{50, 99} {
		b.ReportMetric(float64(took[len(took)*p/100])/float64(time.Millisecond), fmt.Sprintf("p%d-ms", p))
	}
}

// naturalWords are 30,000, the most frequent first: those that say nothing, those
// of any wish and those of the list of other words as the program knows them,
// then invented ones of three letters and more.
func naturalWords() []string {
	l := languages[pipeline.English]
	words := slices.Concat(slices.Sorted(maps.Keys(l.stop)), slices.Sorted(maps.Keys(l.weak)), slices.Sorted(maps.Keys(l.phrases)))
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(words)-len(l.stop), func(i, j int) {
		i, j = i+len(l.stop), j+len(l.stop)
		words[i], words[j] = words[j], words[i]
	})
	for n := len(words); n < 30_000; n++ {
		var word []byte
		for code := 8000 + n*2654435761%60_000_000; code > 0; code /= 20 {
			word = append(word, "etaoinshrdlucmfwypvb"[code%20])
		}
		words = append(words, string(word))
	}
	return words
}

// natural makes ideas as people write them: of words that are as frequent as in
// any text (Zipf and Mandelbrot: few very, most hardly ever), with titles of
// three to twelve words, and problems of none to two hundred, most of them short.
type natural struct {
	words  []string
	random *rand.Rand
	zipf   *rand.Zipf
}

func newNatural() *natural {
	random := rand.New(rand.NewPCG(1, 2))
	words := naturalWords()
	return &natural{words, random, rand.NewZipf(random, 1.07, 2.7, uint64(len(words)-1))}
}

func (n *natural) text(words int) string {
	said := make([]string, words)
	for i := range said {
		said[i] = n.words[n.zipf.Uint64()]
	}
	return strings.Join(said, " ")
}

func (n *natural) idea(i int) pipeline.Idea {
	problem := min(int(math.Exp(3+n.random.NormFloat64())), 200)
	if n.random.IntN(4) == 0 {
		problem = 0
	}
	return pipeline.Idea{
		Key:   pipeline.Key{Team: pipeline.TeamKey(fmt.Sprint("TEAM", i%20)), Number: i/20 + 1},
		Title: n.text(3 + n.random.IntN(10)), Problem: n.text(problem),
	}
}

// BenchmarkSimilar ranks among 100,000 ideas without Redis: of few words that
// nearly all have, and of as many as people use.
func BenchmarkSimilar(b *testing.B) {
	made := newNatural()
	for name, make100k := range map[string]func(int) pipeline.Idea{
		"few words": func(i int) pipeline.Idea {
			idea := benchIdea(i)
			idea.Key.Number = i/20 + 1
			return idea
		},
		"natural": made.idea,
		"long, one in ten": func(i int) pipeline.Idea {
			idea := made.idea(i)
			if i%10 == 0 {
				idea.Problem, idea.Evidence = idea.Problem+" "+made.text(100), made.text(24)
			}
			return idea
		},
	} {
		b.Run(name, func(b *testing.B) {
			ideas := map[pipeline.Key]pipeline.Idea{}
			var list []pipeline.Idea
			for i := range 100_000 {
				idea := make100k(i)
				list = append(list, idea)
				ideas[idea.Key] = idea
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			began := time.Now()
			x := newIndex()
			for _, idea := range list {
				x.put(document{Idea: idea})
			}
			x.finish()
			built := time.Since(began)
			runtime.GC()
			runtime.ReadMemStats(&after)
			teams := slices.Collect(maps.Keys(x.current))
			i := 0
			percentiles(b, func() {
				i += 7919
				for _, p := range x.propose(list[i%len(list)], teams, similarCandidates) {
					p.question.likeness(x, ideas[p.key], float64(p.score))
				}
			})
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
			b.ReportMetric(built.Seconds(), "build-s")
		})
	}
}

// BenchmarkSimilarStored asks a store with 100,000 natural ideas, in Redis on
// this machine, and says how long the index took to be ready after the start, and
// a change of the synonyms of a team with 5,000 of them to take effect.
func BenchmarkSimilarStored(b *testing.B) {
	const n = 100_000
	made := newNatural()
	ideas := make([]pipeline.Idea, n)
	for i := range ideas {
		ideas[i] = made.idea(i)
		ideas[i].Stage, ideas[i].Author, ideas[i].Created, ideas[i].Changed = pipeline.Captured, fmt.Sprint("U0123ABC", i%300), start, start
	}
	s := open(b, redistest.Start(b)).Workspace("T0123ABCD")
	populate(b, s, n, func(i int) pipeline.Idea { return ideas[i] })
	began := time.Now()
	follow(b, s)
	noError(b, s.searchable(b.Context()))
	ready := time.Since(began)

	team := must(s.Team(b.Context(), "TEAM3"))(b)
	team.Synonyms = []string{"walrus, payment slip"}
	began = time.Now()
	must(s.ChangeTeam(b.Context(), "change", team))(b)
	waitFor(b, "the synonyms", func() bool {
		s.search.mu.RLock()
		defer s.search.mu.RUnlock()
		x := s.search.index
		return slices.Equal(x.readings[x.current["TEAM3"]].synonyms, team.Synonyms)
	})
	changed := time.Since(began)
	all := keysOf(must(s.Teams(b.Context()))(b))
	i := 0
	percentiles(b, func() {
		i += 7919
		must(s.Similar(b.Context(), ideas[i%n], all, 5))(b)
	})
	b.ReportMetric(ready.Seconds(), "ready-s")
	b.ReportMetric(changed.Seconds(), "change-s")
}

// BenchmarkFind looks for words that a twelfth and more of all ideas have: together
// in many or in none, and with other words for the same.
func BenchmarkFind(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		x := newIndex()
		for i := range n {
			idea := benchIdea(i)
			idea.Key = pipeline.Key{Team: "PAY", Number: i + 1}
			x.put(document{Idea: idea})
		}
		x.finish()
		for _, words := range []string{"invoice", "report login", "export chart", "invoice refund"} {
			b.Run(fmt.Sprint(n, " ideas, ", words), func(b *testing.B) {
				percentiles(b, func() { x.find(words, []pipeline.TeamKey{"PAY"}, 10) })
			})
		}
	}
}
