package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// follow keeps the store's index current until the test ends.
func follow(t testing.TB, s *Store) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.Follow(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Follow ended with %v", err)
		}
	})
}

func titles(ideas []pipeline.Idea) []string {
	list := []string{}
	for _, idea := range ideas {
		list = append(list, idea.Title)
	}
	return list
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name, words string
		want        []string
	}{
		{"other forms of a word", "exporting invoice", []string{"Export invoices as PDF"}},
		{"the beginning of a word", "bookm", []string{"Bookmarks for reports"}},
		{"an accent left out", "cafe", []string{"Café in the lobby"}},
		{"an accent put in", "lóbby", []string{"Café in the lobby"}},
		{"another case", "STRASSE", []string{"Straße suchen"}},
		{"full width letters", "ＰＤＦ", []string{"Export invoices as PDF", "PDF出力を速く"}},
		{"Chinese", "发票导出", []string{"导出发票"}},
		{"one Chinese character", "导", []string{"导出发票"}},
		{"Japanese beside Latin", "出力", []string{"PDF出力を速く"}},
		{"Korean", "청구서", []string{"청구서를 내보내기"}},
		{"a letter left out", "invoces", []string{"Export invoices as PDF"}},
		{"letters in the wrong place", "bookamrks", []string{"Bookmarks for reports"}},
		{"another word for the same", "download", []string{"Export invoices as PDF"}},
		{"the word itself before another for it", "dark download export", []string{"Export invoices as PDF"}},
		{"only words that say nothing", "the of and", []string{}},
		{"nothing", "  ", []string{}},
		{"a withdrawn idea", "secret", []string{}},
		{"a word of no idea", "zebra", []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newIndex()
			byKey := map[pipeline.Key]pipeline.Idea{}
			for i, title := range []string{
				"Export invoices as PDF", "Bookmarks for reports", "Café in the lobby", "Straße suchen", "导出发票",
				"PDF出力を速く", "청구서를 내보내기", "secret plan",
			} {
				idea := pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: i + 1}, Title: title}
				x.put(document{Idea: idea})
				if title == "secret plan" {
					idea.Withdrawn = start
					x.put(document{Idea: idea})
				}
				byKey[idea.Key] = idea
			}
			x.order()
			var found []pipeline.Idea
			for _, r := range x.find(c.words, []pipeline.TeamKey{"PAY"}, 10) {
				found = append(found, byKey[r.key])
			}
			if diff := cmp.Diff(c.want, titles(found)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", c.words, diff)
			}
		})
	}
}

// TestFollowingEqualsBuilding changes ideas and teams in every order, puts the
// ideas of a team again meanwhile, and compares an index that followed with one
// built afterwards.
func TestFollowingEqualsBuilding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := []string{"export", "exports", "invoice", "报表", "café", "slow", "page"}
		text := rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprint(rapid.SliceOfN(rapid.SampledFrom(words), 0, 4).Draw(t, "words"))
		})
		followed := newIndex()
		ideas := map[pipeline.Key]pipeline.Idea{}
		teams := map[pipeline.TeamKey]pipeline.Team{"PAY": {Key: "PAY"}, "IDP": {Key: "IDP"}}
		again := map[pipeline.TeamKey]int{} // up to which number the ideas were put again
		reread := func(team pipeline.TeamKey, upTo int) {
			from, under := again[team]
			if !under {
				return
			}
			for number := from + 1; number <= upTo; number++ {
				if idea, stored := ideas[pipeline.Key{Team: team, Number: number}]; stored {
					followed.putNext(document{Idea: idea})
				}
			}
			again[team] = max(from, upTo)
		}
		change := func(team pipeline.TeamKey) {
			if changed := teams[team]; followed.speak(changed) {
				again[team] = 0
			}
		}
		change("PAY")
		change("IDP")
		for range rapid.IntRange(1, 60).Draw(t, "changes") {
			team := rapid.SampledFrom([]pipeline.TeamKey{"PAY", "IDP"}).Draw(t, "team")
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				followed = followed.compacted()
			case 1:
				changed := teams[team]
				changed.Language = rapid.SampledFrom([]pipeline.Language{"english", "none"}).Draw(t, "language")
				changed.Synonyms = rapid.SampledFrom([][]string{nil, {"invoice, page"}, {"slow page, café"}}).Draw(t, "synonyms")
				teams[team] = changed
				change(team)
			case 2:
				reread(team, rapid.IntRange(0, 8).Draw(t, "up to"))
			default:
				idea := pipeline.Idea{
					Key:   pipeline.Key{Team: team, Number: rapid.IntRange(1, 8).Draw(t, "number")},
					Title: text.Draw(t, "title"), Problem: text.Draw(t, "problem"),
				}
				if rapid.IntRange(0, 4).Draw(t, "withdraw") == 0 {
					idea.Withdrawn = start
				}
				followed.put(document{Idea: idea})
				ideas[idea.Key] = idea
			}
		}
		built := newIndex()
		for key, team := range teams {
			reread(key, 8)
			followed.switchTo(key)
			built.speak(team)
		}
		for _, idea := range ideas {
			built.put(document{Idea: idea})
		}
		for _, lex := range followed.lexicons {
			for _, list := range lex.postings {
				if len(list) >= countMost { // those that are gone are no longer counted one by one
					followed = followed.compacted()
				}
			}
		}
		followed.order()
		built.order()
		for _, word := range append(words, "export slow", "ex", "slow page") {
			for _, team := range [][]pipeline.TeamKey{{"PAY"}, {"PAY", "IDP"}} {
				if diff := cmp.Diff(built.find(word, team, 20), followed.find(word, team, 20), cmp.AllowUnexported(ranked{})); diff != "" {
					t.Fatalf("%q in %q (-built +followed):\n%s", word, team, diff)
				}
				like := rankedOf(built.propose(pipeline.Idea{Title: word}, team, 20))
				same := rankedOf(followed.propose(pipeline.Idea{Title: word}, team, 20))
				if diff := cmp.Diff(like, same, cmp.AllowUnexported(ranked{})); diff != "" {
					t.Fatalf("like %q in %q (-built +followed):\n%s", word, team, diff)
				}
			}
		}
	})
}

func rankedOf(proposals []proposal) (list []ranked) {
	for _, p := range proposals {
		list = append(list, p.ranked)
	}
	return list
}

func TestReplicasFindWhatAnotherCaptured(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		capture(t, s, "op1", "Export invoices as PDF")
		replica := newStore(db, s.id)
		follow(t, replica)
		find := func(words string) []string {
			return titles(must(replica.Find(t.Context(), words, []pipeline.TeamKey{"PAY"}, 10))(t))
		}
		if diff := cmp.Diff([]string{"Export invoices as PDF"}, find("invoice")); diff != "" {
			t.Fatalf("after building (-want +got):\n%s", diff)
		}
		began := time.Now()
		stored := capture(t, s, "op2", "Dark mode")
		waitFor(t, "the replica to see the capture", func() bool { return len(find("dark")) == 1 })
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %v, want at most 1s", took)
		}
		stored.Withdrawn, stored.WithdrawnBy = start, "U_ANA"
		must(s.ChangeIdea(t.Context(), "op3", stored, Slot{}, pipeline.Event{At: start, By: "U_ANA", What: pipeline.WasWithdrawn}))(t)
		waitFor(t, "the replica to see the withdrawal", func() bool { return len(find("dark")) == 0 })

		// The stream loses what the replica has not read; then everything goes.
		noError(t, db.client.Incr(t.Context(), s.tag+"seq").Err())
		capture(t, s, "op4", "After a gap")
		waitFor(t, "the replica to build again after a gap", func() bool { return len(find("gap")) == 1 })
		empty(t, s)
		waitFor(t, "the replica to see that all is gone", func() bool {
			replica.search.mu.RLock()
			defer replica.search.mu.RUnlock()
			return replica.search.index.live == 0
		})
	})
}

func TestFindWaitsForTheIndex(t *testing.T) {
	s := workspace(t, open(t, "memory:"))
	ctx, cancel := contextWithTimeout(t, time.Millisecond)
	defer cancel()
	if _, err := s.Find(ctx, "words", nil, 10); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error is %v, want ErrUnavailable", err)
	}
}

// FuzzWords: any text can be indexed and looked for, and finds itself by its
// own words.
func FuzzWords(f *testing.F) {
	for _, seed := range []string{"Export invoices", "PDF出力", "e\u0301\u200d\U0001F469", "\xff\x00", "ＡＢＣ ß İ", "the"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x := newIndex()
		key := pipeline.Key{Team: "PAY", Number: 1}
		x.put(document{Idea: pipeline.Idea{Key: key, Title: text}})
		x.order()
		found := x.find(text, []pipeline.TeamKey{"PAY"}, 1)
		if x.live == 1 && (len(found) != 1 || found[0].key != key) {
			t.Errorf("%q does not find itself", text)
		}
	})
}

// TestFindsWhatIsSaidAboutAnIdea: notes of evidence, answers, whys and
// observations are found, by an index that followed and by one built afterwards.
func TestFindsWhatIsSaidAboutAnIdea(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		stored := capture(t, s, "op1", "Export invoices")
		capture(t, s, "op2", "Dark mode")
		follower := newStore(db, s.id)
		follow(t, follower)
		find := func(s *Store, words string) []string {
			return titles(must(s.Find(t.Context(), words, []pipeline.TeamKey{"PAY"}, 10))(t))
		}
		if found := find(follower, "zookeepers"); len(found) > 0 {
			t.Fatalf("found too early: %q", found)
		}
		must(s.AddEvidence(t.Context(), "op3", stored.Key, note("The zookeepers call us daily"), Slot{}, moved))(t)
		waitFor(t, "the note to be found", func() bool { return len(find(follower, "zookeeper")) == 1 })
		run := begun(t, s, stored.Key, "op4")
		run.Answers = answers("Veterinarians of small clinics")
		run.Answers["sure"] = pipeline.Answer{Value: "yes", Why: "quarantined twice", By: "U_ANA", At: start}
		run.Observation = &pipeline.Observation{Value: "12 %", Note: "hesitated at checkout", By: "U_ANA", At: start}
		run = must(s.ChangeRun(t.Context(), "op5", "U_ANA", run, running("U_ANA", 1), Slot{}, nil))(t)
		waitFor(t, "the answer to be found", func() bool { return len(find(follower, "veterinarian")) == 1 })
		run.Answers = map[pipeline.AnswerKey]pipeline.Answer{"users": {Value: "Beekeepers", By: "U_ANA", At: start}}
		built := func() *Store {
			x := must(s.buildIndex(t.Context()))(t)
			store := newStore(db, s.id)
			store.search.publish(x)
			return store
		}
		for _, words := range []string{"zookeepers", "clinics", "quarantined", "hesitated", "invoices", "where"} {
			for name, store := range map[string]*Store{"followed": follower, "built": built()} {
				if found := find(store, words); len(found) == 0 || found[0] != stored.Title {
					t.Errorf("%s: %q finds %q", name, words, found)
				}
			}
		}
		if found := find(built(), "yes"); len(found) > 0 {
			t.Errorf("a tick is found: %q", found)
		}
		must(s.ChangeRun(t.Context(), "op6", "U_ANA", run, running("U_ANA", 1), Slot{}, nil))(t)
		waitFor(t, "the new answer to take the place of the old", func() bool {
			return len(find(follower, "beekeepers")) == 1 && len(find(follower, "veterinarians")) == 0
		})
	})
}

// TestFindsWhyAnIdeaIsParked: the reason is what people remember of a "no".
func TestFindsWhyAnIdeaIsParked(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		idea := capture(t, s, "op1", "Pay out on the same day")
		capture(t, s, "op2", "Dark mode")
		follow(t, s)
		found := func() bool {
			return slices.Equal(titles(must(s.Find(t.Context(), "licence", []pipeline.TeamKey{"PAY"}, 10))(t)), []string{idea.Title})
		}
		if found() {
			t.Fatal("found too early")
		}
		idea.Stage, idea.Parking = pipeline.Parked, &pipeline.Parking{
			Decision: pipeline.NotNow, Reason: pipeline.EthicsOrRisk, Why: "To lend money needs a licence", Revisit: pipeline.Revisit{AskedBy: 2}, By: "U_ANA", At: start,
		}
		must(s.ChangeIdea(t.Context(), "op3", idea, Slot{}, moved))(t)
		waitFor(t, "the reason to be found", found)
	})
}

// TestWhatIsReadForTheIndexIsBounded: however much is written about ideas, the
// newest of it is read, and it is found.
func TestWhatIsReadForTheIndexIsBounded(t *testing.T) {
	s := withTeam(t, open(t, "memory:"))
	var keys []pipeline.Key
	long := strings.Repeat("lorem ipsum ", 160)
	for i := range moreBatch + 3 {
		key := capture(t, s, fmt.Sprint("op", i), "Export").Key
		keys = append(keys, key)
		for n := range 4 {
			must(s.AddEvidence(t.Context(), fmt.Sprint("op-e", i, n), key, note(fmt.Sprint("newest", n, " ", long)), Slot{}, moved))(t)
		}
	}
	docs := must(s.documents(t.Context(), append(keys, pipeline.Key{Team: "PAY", Number: 999})))(t)
	if len(docs) != len(keys) {
		t.Fatalf("%d documents, want %d", len(docs), len(keys))
	}
	for i, d := range docs {
		if d.Key != keys[i] || !strings.HasPrefix(d.more, "newest3 ") || utf8.RuneCountInString(d.more) != moreLimit {
			t.Errorf("%s: %d bytes, %.20q", d.Key, len(d.more), d.more)
		}
	}
}
