package storage

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// effectOn is an expected effect with everything that one can have.
func effectOn(node pipeline.NodeKey, day string, answer pipeline.EffectAnswer) *pipeline.Effect {
	value := 0.1234567890123
	return &pipeline.Effect{
		Expected: "Fewer \"calls\"", Node: node, Day: day, AskedAt: start, Answer: answer, Again: 2, Value: &value, Note: "They \"stopped\"",
		By: "U_BEN", At: start,
	}
}

func TestALinkToAnyNodeMakesNoOrphan(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTree(t, db)
		for i, key := range []string{"PAY-P1", "PAY-I1", "PAY-O2"} {
			idea := capture(t, s, fmt.Sprint("op", i), key)
			orphans := List{Team: "PAY", Orphans: true}
			if page := must(s.Page(t.Context(), orphans, 1, 10))(t); page.Total != 1 {
				t.Errorf("%d orphans before", page.Total)
			}
			idea.Outcomes = []pipeline.NodeKey{nodeKey(key)}
			idea.Effect = effectOn(nodeKey(key), "2026-12-18", "")
			idea = must(s.AcceptLink(t.Context(), fmt.Sprint("link", i), idea, nodeKey(key), Slot{}, moved))(t)
			if diff := cmp.Diff(idea, must(s.Idea(t.Context(), idea.Key))(t)); diff != "" || idea.Outcomes[0] != nodeKey(key) {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
			if page := must(s.Page(t.Context(), orphans, 1, 10))(t); page.Total != 0 {
				t.Errorf("%d orphans after a link to %s", page.Total, key)
			}
			linked := must(s.Linked(t.Context(), nodeKey(key), 1, 10))(t)
			if diff := cmp.Diff([]pipeline.Idea{idea}, linked.Ideas); diff != "" {
				t.Errorf("linked to %s (-want +got):\n%s", key, diff)
			}
		}
	})
}

// TestTheTreeIsARecount links, moves, withdraws and answers for ideas in any order
// and compares the tree and the lists with what all ideas add up to.
func TestTheTreeIsARecount(t *testing.T) {
	db := open(t, "memory:")
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		s := db.Workspace(fmt.Sprint("T", run))
		must(s.SetUpTeam(t.Context(), "op-team", payments()))(t)
		plant(t, s)
		nodes := []pipeline.NodeKey{nodeKey("PAY-O1"), nodeKey("PAY-O2"), nodeKey("PAY-P1"), nodeKey("PAY-I1")}
		var all []pipeline.Idea
		for i := range 5 {
			all = append(all, capture(t, s, fmt.Sprint("op-c", i), fmt.Sprint("Idea ", i)))
		}
		for step := range rapid.IntRange(1, 30).Draw(rt, "steps") {
			at := rapid.IntRange(0, len(all)-1).Draw(rt, "idea")
			idea := all[at]
			idea.Changed = start.Add(time.Duration(step) * time.Minute)
			switch rapid.SampledFrom([]string{"link", "link", "move", "withdraw", "effect"}).Draw(rt, "act") {
			case "link":
				idea.Outcomes = nil
				for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 3), 0, 4, rapid.ID).Draw(rt, "nodes") {
					idea.Outcomes = append(idea.Outcomes, nodes[n])
				}
			case "move":
				idea.Stage, idea.Staged, idea.Parking = rapid.SampledFrom(pipeline.Stages()).Draw(rt, "stage"), idea.Changed, nil
				if idea.Stage == pipeline.Parked {
					p := parking()
					idea.Parking = &p
				}
			case "withdraw":
				if idea.Withdrawn.IsZero() {
					idea.Withdrawn, idea.WithdrawnBy = idea.Changed, "U_ANA"
				} else {
					idea.Withdrawn, idea.WithdrawnBy = time.Time{}, ""
				}
			case "effect":
				answers := append(pipeline.EffectAnswers(), "")
				idea.Effect = effectOn(rapid.SampledFrom(nodes).Draw(rt, "for"), rapid.SampledFrom([]string{"2026-12-18", "2027-01-18"}).Draw(rt, "day"), rapid.SampledFrom(answers).Draw(rt, "answer"))
			}
			op := fmt.Sprint("op", step)
			all[at] = change(t, s, op, idea)
			change(t, s, op, idea)
		}
		compareTree(t, rt, s, nodes, all)
	})
}

func compareTree(t *testing.T, rt *rapid.T, s *Store, nodes []pipeline.NodeKey, all []pipeline.Idea) {
	recount := func(of func(pipeline.Idea) bool) (on pipeline.IdeasOn, ideas []pipeline.Idea) {
		for _, idea := range slices.Backward(all) {
			if !idea.Withdrawn.IsZero() || !of(idea) {
				continue
			}
			if on.Stages == nil {
				on.Stages = map[pipeline.Stage]int{}
			}
			on.Stages[idea.Stage]++
			ideas = append(ideas, idea)
			if len(on.Newest) < 3 {
				on.Newest = append(on.Newest, pipeline.IdeaLine{Key: idea.Key, Title: idea.Title, Stage: idea.Stage})
			}
		}
		return on, ideas
	}
	want := pipeline.TreeFacts{Team: "PAY", Nodes: must(s.Nodes(t.Context(), "PAY"))(t), Ideas: map[pipeline.NodeKey]pipeline.IdeasOn{}}
	for _, node := range nodes {
		on, ideas := recount(func(idea pipeline.Idea) bool { return slices.Contains(idea.Outcomes, node) })
		for _, idea := range all {
			if idea.Withdrawn.IsZero() && idea.Effect != nil && idea.Effect.Node == node {
				on.Hits = on.Hits.With(idea.Effect.Answer)
			}
		}
		if on.Stages != nil || on.Hits.Asked > 0 {
			want.Ideas[node] = on
		}
		linked := must(s.Linked(t.Context(), node, 1, 10))(t)
		if diff := cmp.Diff(ideas, linked.Ideas, cmpopts.EquateEmpty()); diff != "" || linked.Total != len(ideas) {
			rt.Fatalf("linked to %s (-want +got):\n%s", node, diff)
		}
	}
	want.Together = severalLinks(all)
	want.Orphans, _ = recount(func(idea pipeline.Idea) bool { return len(idea.Outcomes) == 0 && idea.Stage != pipeline.Parked })
	got := must(s.Tree(t.Context(), "PAY"))(t)
	for key, on := range got.Ideas { // only answers that count for nothing
		if on.Stages == nil && on.Hits.Asked == 0 {
			delete(got.Ideas, key)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		rt.Fatalf("tree (-want +got):\n%s", diff)
	}
	waiting := 0
	for _, idea := range all {
		if idea.Withdrawn.IsZero() && idea.Stage == pipeline.Delivered && idea.Effect != nil && idea.Effect.Answer == "" {
			waiting++
		}
	}
	page := must(s.Page(t.Context(), List{Team: "PAY", Effects: true}, 1, 10))(t)
	if page.Total != waiting || !slices.IsSortedFunc(page.Ideas, func(a, b pipeline.Idea) int { return cmpDays(a, b) }) {
		rt.Fatalf("%d of %d effects are asked for", page.Total, waiting)
	}
}

// severalLinks counts the ideas that stand by their stage and their links, where
// these are several.
func severalLinks(all []pipeline.Idea) []pipeline.Together {
	ideas := map[string]pipeline.Together{}
	for _, idea := range all {
		if idea.Withdrawn.IsZero() && len(idea.Outcomes) > 1 {
			name := string(idea.Stage) + " " + formatNodes(idea.Outcomes)
			ideas[name] = pipeline.Together{Nodes: idea.Outcomes, Stage: idea.Stage, Ideas: ideas[name].Ideas + 1}
		}
	}
	var counted []pipeline.Together
	for _, name := range slices.Sorted(maps.Keys(ideas)) {
		counted = append(counted, ideas[name])
	}
	return counted
}

func cmpDays(a, b pipeline.Idea) int {
	switch {
	case a.Effect.Day < b.Effect.Day:
		return -1
	case a.Effect.Day > b.Effect.Day:
		return 1
	}
	return 0
}

// TestWhatAnOlderAlignbotStoredIsLinked: without what is derived of links, a store
// makes it when it is used first, also when that is interrupted or done by several
// at once.
func TestWhatAnOlderAlignbotStoredIsLinked(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTree(t, db)
		for i := range deriveBatch + 10 {
			idea := capture(t, s, fmt.Sprint("op", i), fmt.Sprint("Idea ", i))
			switch i % 3 {
			case 0:
				idea.Outcomes = []pipeline.NodeKey{nodeKey("PAY-P1"), nodeKey("PAY-O2")}
			case 1:
				idea = waitingFor(idea, pipeline.Revisit{OutcomeRed: nodeKey("PAY-O2")}, start)
			default:
				continue
			}
			change(t, s, fmt.Sprint("link", i), idea)
		}
		want := must(s.Tree(t.Context(), "PAY"))(t)
		waiting := db.client.ZCard(t.Context(), s.tag+"waiting:red:PAY-O2").Val()
		for version, lacks := range map[string][]string{
			"1": {"counts:PAY", "counts:PAY-O2", "counts:PAY-P1", "linked:PAY-O2", "linked:PAY-P1", "waiting:red:PAY-O2", "several:PAY", "together:PAY"},
			"2": {"several:PAY", "together:PAY"},
		} {
			for _, key := range lacks {
				noError(t, db.client.Del(t.Context(), s.tag+key).Err())
			}
			noError(t, db.client.Set(t.Context(), s.tag+"derived", version, 0).Err())
			errs := make(chan error)
			for range 3 {
				other := replica(s)
				go func() {
					_, err := other.Tree(t.Context(), "PAY")
					errs <- err
				}()
			}
			for range 3 {
				noError(t, <-errs)
			}
			if diff := cmp.Diff(want, must(s.Tree(t.Context(), "PAY"))(t)); diff != "" {
				t.Errorf("of version %s (-want +got):\n%s", version, diff)
			}
			if n := db.client.ZCard(t.Context(), s.tag+"waiting:red:PAY-O2").Val(); n != waiting || n == 0 {
				t.Errorf("of version %s %d wait, want %d", version, n, waiting)
			}
		}
	})
}

func TestCandidatesAndFeedback(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTree(t, db)
		narrower := unpaid()
		narrower.Parent, narrower.Statement = nodeKey("PAY-P1"), "Which one?"
		must(s.AddOpportunity(t.Context(), "op-p2", narrower, Slot{}, wasAdded))(t)
		over := must(s.AddOutcome(t.Context(), "op-o3", outcome("Over"), Slot{}, wasAdded))(t)
		var linked []LinkedIdea
		for i, key := range []string{"PAY-O2", "PAY-P2", "PAY-I1", "PAY-O3", "PAY-O2"} {
			idea := capture(t, s, fmt.Sprint("op", i), fmt.Sprint("Idea \"", i))
			idea.Outcomes = []pipeline.NodeKey{nodeKey(key)}
			change(t, s, fmt.Sprint("link", i), idea)
			if key != "PAY-O3" {
				linked = append(linked, LinkedIdea{Key: idea.Key, Title: idea.Title, Problem: idea.Problem})
			}
		}
		over.Closed, over.Result = start, pipeline.Reached
		must(s.ChangeOutcome(t.Context(), "op-over", over, Slot{}, moved))(t)
		asking := capture(t, s, "op-asking", "Asking")
		asking.Outcomes = []pipeline.NodeKey{nodeKey("PAY-O1")}
		must(s.AcceptLink(t.Context(), "op-accept", asking, nodeKey("PAY-O1"), Slot{}, moved))(t)
		for _, dismissal := range []struct{ op, node string }{{"d1", "PAY-O2"}, {"d1", "PAY-O2"}, {"d2", "PAY-O2"}, {"d3", "PAY-P1"}} {
			noError(t, s.Dismiss(t.Context(), dismissal.op, asking.Key, nodeKey(dismissal.node)))
		}
		linked = []LinkedIdea{linked[3], linked[0], linked[1], linked[2]}
		want := Candidates{
			Outcomes: []Candidate{
				{Key: nodeKey("PAY-O2"), Statement: calls().Statement, Metric: calls().Metric, Opportunities: []string{unpaid().Statement, "Which one?"}, Linked: linked},
				{Key: nodeKey("PAY-O1"), Statement: "More customers stay"},
			},
			Dismissed: []pipeline.NodeKey{nodeKey("PAY-O2"), nodeKey("PAY-P1")},
			Feedback:  map[pipeline.NodeKey]Feedback{nodeKey("PAY-O1"): {Accepted: 1}, nodeKey("PAY-O2"): {Dismissed: 1}, nodeKey("PAY-P1"): {Dismissed: 1}},
		}
		if diff := cmp.Diff(want, must(s.Candidates(t.Context(), asking.Key))(t), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want.Dismissed, must(s.Begin(t.Context(), Want{Idea: asking.Key}))(t).Dismissed); diff != "" {
			t.Errorf("dismissed (-want +got):\n%s", diff)
		}
		page := must(s.Page(t.Context(), List{Team: "PAY"}, 1, 10))(t)
		if diff := cmp.Diff(map[pipeline.Key][]pipeline.NodeKey{asking.Key: want.Dismissed}, page.Dismissed); diff != "" {
			t.Errorf("dismissed on a page (-want +got):\n%s", diff)
		}
		want.Dismissed = nil
		want.Outcomes[1].Linked = []LinkedIdea{{Key: asking.Key, Title: asking.Title, Problem: asking.Problem}}
		if diff := cmp.Diff(want, must(s.Candidates(t.Context(), pipeline.Key{Team: "PAY"}))(t), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("for an idea to come (-want +got):\n%s", diff)
		}
		missing := pipeline.Key{Team: "PAY", Number: 99}
		if err := s.Dismiss(t.Context(), "d9", missing, nodeKey("PAY-O1")); err == nil {
			t.Error("an idea that is not there is answered for")
		}
		if _, err := s.Candidates(t.Context(), missing); err == nil {
			t.Error("there are candidates for an idea that is not there")
		}
	})
}
