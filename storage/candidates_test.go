package storage

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

// TestCandidatesReadTextsOnce: what linked ideas say is read from Redis once, and
// again when it changed, whoever changed it.
func TestCandidatesReadTextsOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTree(t, db)
		elsewhere := newStore(db, s.id) // another process
		ops := map[string]int{}
		db.Observe(func(op string, _ time.Duration, _ error) { ops[op]++ })
		t.Cleanup(func() { db.Observe(func(string, time.Duration, error) {}) })
		var ideas []pipeline.Idea
		for i := range 3 {
			idea := capture(t, s, fmt.Sprint("op", i), fmt.Sprint("Idea ", i))
			idea.Outcomes = []pipeline.NodeKey{nodeKey("PAY-O2")}
			ideas = append(ideas, change(t, s, fmt.Sprint("link", i), idea))
		}
		look := func(name string, reads int) {
			t.Helper()
			ops["linked ideas"] = 0
			var want, got []LinkedIdea
			for _, idea := range slices.Backward(ideas) {
				want = append(want, LinkedIdea{idea.Key, idea.Title, idea.Problem[:min(len(idea.Problem), candidateProblemMax)]})
			}
			for _, outcome := range must(s.Candidates(t.Context(), pipeline.Key{Team: "PAY"}))(t).Outcomes {
				got = append(got, outcome.Linked...)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			if ops["linked ideas"] != reads {
				t.Errorf("%s: texts were read %d times, want %d", name, ops["linked ideas"], reads)
			}
		}
		look("first", 1)
		look("again", 0)
		ideas[1].Title, ideas[1].Problem = "Changed elsewhere", strings.Repeat("a", candidateProblemMax-1)+"é"
		ideas[1] = change(t, elsewhere, "change", ideas[1])
		ideas[1].Problem = ideas[1].Problem[:candidateProblemMax-1]
		look("after a change elsewhere", 1)
		look("again after that", 0)
		capture(t, elsewhere, "op-other", "Another idea")
		look("after a change of something else", 0)

		// The stream of changes was lost: nobody can tell what changed.
		ideas[0].Title = "Changed in the dark"
		ideas[0] = change(t, elsewhere, "dark", ideas[0])
		noError(t, db.client.Del(t.Context(), s.tag+"changes").Err())
		look("without the changes", 1)
		look("again after that", 0)
	})
}

// TestLinkedTextsAreBounded: what is kept stays small, and what may be older than
// what another call knows is not kept.
func TestLinkedTextsAreBounded(t *testing.T) {
	var l linkedTexts
	number := 0
	some := func(n int) (ideas []LinkedIdea) {
		for range n {
			number++
			ideas = append(ideas, LinkedIdea{Key: pipeline.Key{Team: "PAY", Number: number}})
		}
		return ideas
	}
	l.look(nil, 5, "*")
	for range 7 {
		l.keep(some(linkedTextsKept/5), 5)
	}
	if len(l.ideas) == 0 || len(l.ideas) > linkedTextsKept {
		t.Errorf("%d ideas are kept", len(l.ideas))
	}
	late := some(1)
	l.look(nil, 6, "PAY-1")
	l.keep(late, 5)
	if _, missing := l.look([]string{late[0].Key.String()}, 6, ""); len(missing) != 1 {
		t.Error("what was read before a change is kept after it")
	}
	l.look(nil, 3, "*") // a replica took over that lacks the latest changes
	if l.since() != 3 || len(l.ideas) > 0 {
		t.Errorf("%d ideas are kept at change %d", len(l.ideas), l.since())
	}
}
