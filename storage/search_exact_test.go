package storage

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

// scanned scores every idea by every posting of every clue, sorts them all, and gives
// the first.
func (x *index) scanned(teams []pipeline.TeamKey, limit int, clues []clue) []ranked {
	slices.SortFunc(clues, inOrder)
	scores := make([]float32, len(x.docs))
	by := x.lexicon(pipeline.English).damping()
	for _, c := range clues {
		for _, p := range c.list {
			if d := x.docs[p>>8]; d.length > 0 && slices.Contains(teams, x.readings[d.reading].team) {
				scores[p>>8] += c.worth * by.share(p, d)
			}
		}
	}
	var all []scored
	for n, score := range scores {
		if score > 0 {
			all = append(all, scored{uint32(n), score})
		}
	}
	slices.SortFunc(all, x.compare)
	var found []ranked
	for _, one := range all[:min(limit, len(all))] {
		found = append(found, ranked{x.key(one.doc), one.score})
	}
	return found
}

// TestTheBestAreThoseOfAFullScan asks indexes of thousands of ideas, changed,
// withdrawn and compacted, of few words and of many, for one team and for several.
func TestTheBestAreThoseOfAFullScan(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			vocabulary := []int{3, 12, 60, 2000}[seed%4]
			var words []string
			for i := range vocabulary {
				words = append(words, fmt.Sprintf("%c%c%cta%d", 'b'+i%7, 'o'+i%3, 'k'+i/7%5, i))
			}
			words = append(words, "invoice", "bill", "receipt", "payout", "reminder")
			zipf := rand.NewZipf(random, 1.1, 3, uint64(len(words)-1))
			text := func(most int) string {
				said := make([]string, 1+random.IntN(most))
				for i := range said {
					said[i] = words[int(zipf.Uint64())]
					if seed%2 == 0 {
						said[i] = words[random.IntN(len(words))]
					}
				}
				return strings.Join(said, " ")
			}
			teams := []pipeline.TeamKey{"A", "B", "C", "D"}
			x := newIndex()
			for _, team := range teams {
				x.speak(pipeline.Team{Key: team})
			}
			put := func(team pipeline.TeamKey, number int, withdrawn bool) {
				idea := pipeline.Idea{Key: pipeline.Key{Team: team, Number: number}, Title: text(2 + int(seed%5))}
				if random.IntN(2) == 0 {
					idea.Problem = text(1 + int(seed)*3)
				}
				if withdrawn {
					idea.Withdrawn = start
				}
				x.put(document{Idea: idea})
			}
			for i, team := range teams {
				for n := range 3000 / (1 + i*3) {
					put(team, n+1, false)
				}
			}
			for round := range 3 {
				for range 40 {
					query := text(1 + random.IntN(4))
					some := teams[random.IntN(4):]
					for _, limit := range []int{1, 10, 40} {
						clues := func(lex *lexicon, _ []*reading) (clues []clue) {
							for _, term := range lex.understand(lex.appendTerms(nil, query), nil) {
								for _, word := range append([]string{term.stem}, term.meanings...) {
									clues = append(clues, lex.clue(word, lex.weight(x.docs, word)))
								}
							}
							return clues
						}
						want := x.scanned(some, limit, clues(x.lexicon(pipeline.English), nil))
						got := x.best(some, limit, clues)
						if diff := cmp.Diff(want, slices.Clip(append([]ranked(nil), got...)), cmp.AllowUnexported(ranked{})); diff != "" {
							t.Fatalf("round %d, %q of %v, %d (-scanned +best):\n%s", round, query, some, limit, diff)
						}
					}
				}
				for range 400 {
					put(teams[random.IntN(3)], 1+random.IntN(900), random.IntN(5) == 0)
				}
				if round == 1 {
					x = x.compacted()
				}
				x.order()
			}
		})
	}
}

// TestAFrequentWordCostsNoMore: of words that very many ideas have, hardly more
// postings are looked at than are shown;
// of two that never stand together, those of one.
func TestAFrequentWordCostsNoMore(t *testing.T) {
	x := newIndex()
	for i := range 60_000 {
		title := []string{"Better payouts abroad", "Slow search", "Better payout reminders", "Calm search archive"}[i%4]
		x.put(document{Idea: pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: i + 1}, Title: title}})
	}
	lex := x.lexicon(pipeline.English)
	for _, c := range []struct {
		words  string
		looked int
	}{{"payout", 1000}, {"better payout", 1000}, {"payout reminder", 1000}, {"search payout", 31_000}} {
		s := x.sheet(10)
		s.wanted[0], s.readings = true, readingBit(0)
		var clues []clue
		for _, term := range lex.appendTerms(nil, c.words) {
			clues = append(clues, lex.clue(term.stem, lex.weight(x.docs, term.stem)))
		}
		x.rank(s, lex, clues)
		if s.looked > c.looked || len(s.best) != 10 {
			t.Errorf("%q: %d postings were looked at for %d ideas, want at most %d", c.words, s.looked, len(s.best), c.looked)
		}
		x.reuse(s)
	}
}
