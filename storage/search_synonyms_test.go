package storage

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

// TestTheSynonymsOfATeam: they are stored, they hold for the ideas of that team
// alone, in words and phrases, in every process within a second of a change.
func TestTheSynonymsOfATeam(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := workspace(t, db)
		pay, lag := payments(), payments()
		pay.Synonyms = []string{"zebra, payment slip", "dunning, nudge"}
		lag.Key, lag.Channel = "LAG", "C_LAG"
		pay = must(s.SetUpTeam(t.Context(), "op-pay", pay))(t)
		must(s.SetUpTeam(t.Context(), "op-lag", lag))(t)
		stored := func(op string, team pipeline.TeamKey, title string) {
			must(s.Capture(t.Context(), op, pipeline.Idea{Key: pipeline.Key{Team: team}, Title: title, Stage: pipeline.Captured, Author: "U_ANA", Created: start, Changed: start}, Slot{}))(t)
		}
		for _, team := range []pipeline.TeamKey{"PAY", "LAG"} {
			stored("op1"+string(team), team, "Payment slips by mail")
			stored("op2"+string(team), team, "Weekly walrus")
		}
		if read := must(s.Team(t.Context(), "PAY"))(t); !cmp.Equal(pay.Synonyms, read.Synonyms) {
			t.Fatalf("read again: %q", read.Synonyms)
		}
		var replicas []*Store
		for range 2 {
			replica := newStore(db, s.id)
			follow(t, replica)
			replicas = append(replicas, replica)
		}
		finds := func(replica *Store, words string) (found, like []string) {
			teams := []pipeline.TeamKey{"PAY", "LAG"}
			for _, idea := range must(replica.Find(t.Context(), words, teams, 10))(t) {
				found = append(found, idea.Key.String())
			}
			for _, match := range must(replica.Similar(t.Context(), pipeline.Idea{Title: words}, teams, 10))(t) {
				like = append(like, match.Idea.Key.String())
			}
			return found, like
		}
		check := func(words string, want ...string) {
			t.Helper()
			for i, replica := range replicas {
				found, like := finds(replica, words)
				if !cmp.Equal(want, found) || !cmp.Equal(want, like) {
					t.Errorf("process %d: %q finds %q and is like %q, want %q", i, words, found, like, want)
				}
			}
		}
		check("zebras", "PAY-1")
		check("walrus", "LAG-2", "PAY-2")
		check("nudges")

		began := time.Now()
		pay.Synonyms = []string{"nudge, walrus"}
		pay = must(s.ChangeTeam(t.Context(), "op-change", pay))(t)
		for _, replica := range replicas {
			waitFor(t, "the new synonyms", func() bool {
				found, _ := finds(replica, "nudge")
				return len(found) == 1
			})
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %v, want at most 1s", took)
		}
		check("nudges", "PAY-2")
		check("zebras")

		pay.Synonyms = nil
		must(s.ChangeTeam(t.Context(), "op-none", pay))(t)
		for _, replica := range replicas {
			waitFor(t, "no synonyms", func() bool {
				found, _ := finds(replica, "nudge")
				return len(found) == 0
			})
		}
		check("walrus", "LAG-2", "PAY-2")
	})
}

// TestATeamIsFoundWhileItsIdeasArePutAgain: as it was until the last of them is
// there, with what changes meanwhile.
func TestATeamIsFoundWhileItsIdeasArePutAgain(t *testing.T) {
	x := newIndex()
	team := pipeline.Team{Key: "PAY", Synonyms: []string{"walrus, nudge"}}
	x.speak(team)
	put := func(number int, title string) document {
		d := document{Idea: pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: number}, Title: title}}
		x.put(d)
		return d
	}
	var docs []document
	for n := range 3 {
		docs = append(docs, put(n+1, fmt.Sprint("Walrus ", n)))
	}
	check := func(when string, walrus, zebra int) {
		t.Helper()
		x.order()
		for words, want := range map[string]int{"nudge": walrus, "zebra": zebra} {
			if found := x.find(words, []pipeline.TeamKey{"PAY"}, 10); len(found) != want {
				t.Errorf("%s: %q finds %d, want %d", when, words, len(found), want)
			}
		}
	}
	team.Synonyms = []string{"walrus, zebra"}
	if !x.speak(team) || x.speak(team) {
		t.Fatal("the ideas must be put again, once")
	}
	check("at first", 3, 0)
	x.putNext(docs[0])
	put(4, "Walrus, captured meanwhile")
	check("half way", 4, 0)
	for _, d := range docs {
		x.putNext(d)
	}
	x.switchTo("PAY")
	check("at last", 0, 4)
	if x = x.compacted(); x.live != 4 || len(x.readings) != 1 {
		t.Errorf("%d ideas in %d readings", x.live, len(x.readings))
	}
	check("compacted", 0, 4)

	team.Synonyms = nil
	x.speak(team)
	x.putNext(docs[0])
	team.Synonyms = []string{"walrus, zebra"}
	if x.speak(team) {
		t.Error("what has come back must be put again")
	}
	x.switchTo("PAY")
	check("changed and changed back", 0, 4)
}

// TestCommonWordsAreBounded: however many ideas have the words of a query, it
// looks at about as many postings, and finds the idea that has them all.
func TestCommonWordsAreBounded(t *testing.T) {
	x := newIndex()
	const ideas = 40_000
	all := "walrus zebra heron otter badger lynx marten ibis stork"
	for i := range ideas {
		title := all[:len(all)-6*(1+i%2)]
		if i == 12_345 {
			title = all
		}
		x.put(document{Idea: pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: i + 1}, Title: title}})
	}
	x.finish()
	lex := x.lexicons[pipeline.English]
	title, _ := lex.readIdea(pipeline.Idea{Title: all})
	clues := x.ask(&reading{lexicon: lex}, title, nil).clues(x)
	postings := 0
	for _, c := range clues {
		postings += len(c.list)
	}
	s := x.sheet(1)
	s.wanted[0], s.readings = true, readingBit(0)
	defer x.reuse(s)
	x.rank(s, lex, clues)
	if most := postingsMost + len(clues)*runLength; s.looked > most || postings < 2*postingsMost {
		t.Errorf("%d of %d postings were looked at, want at most %d", s.looked, postings, most)
	}
	if first := x.key(s.best[0].doc); first.Number != 12_346 {
		t.Errorf("the first is %v", first)
	}
}
