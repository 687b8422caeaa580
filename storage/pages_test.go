package storage

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestPagesFollowTheIdeas captures, moves, orders, sizes, links, withdraws and brings
// back ideas in any order, and compares each list, board and load with what all
// ideas add up to.
func TestPagesFollowTheIdeas(t *testing.T) {
	db := open(t, "memory:")
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		s := db.Workspace(fmt.Sprint("T", run))
		teams := []pipeline.TeamKey{"PAY", "IDP"}
		for _, key := range teams {
			team := payments()
			team.Key, team.Channel = key, "C_"+string(key)
			must(s.SetUpTeam(t.Context(), "op-"+string(key), team))(t)
		}
		people := []string{"U_ANA", "U_BEN"}
		var all []pipeline.Idea // in the order of their capture
		cameAt, ranks := map[pipeline.Key]int{}, map[pipeline.Key]int{}
		ever := map[pipeline.TeamKey]pipeline.Load{}
		for step := range rapid.IntRange(1, 25).Draw(rt, "steps") {
			op := fmt.Sprint("op", step)
			if len(all) == 0 || rapid.Bool().Draw(rt, "capture") {
				new := idea(op)
				new.Key.Team = rapid.SampledFrom(teams).Draw(rt, "team")
				new.Author = rapid.SampledFrom(people).Draw(rt, "author")
				new.Stage = rapid.SampledFrom(pipeline.Stages()).Draw(rt, "first stage")
				new.Size = rapid.IntRange(0, 3).Draw(rt, "first size")
				all = append(all, must(s.Capture(t.Context(), op, new, Slot{}))(t))
				cameAt[all[len(all)-1].Key], ranks[all[len(all)-1].Key] = step, -step
				continue
			}
			i := rapid.IntRange(0, len(all)-1).Draw(rt, "idea")
			changed, event := all[i], pipeline.Event{At: start, By: all[i].Author}
			switch rapid.SampledFrom([]string{"move", "promote", "order", "size", "link", "withdraw"}).Draw(rt, "change") {
			case "move":
				changed.Stage = rapid.SampledFrom(pipeline.Stages()).Draw(rt, "stage")
			case "order":
				to := rapid.SampledFrom(pipeline.OrderMoves()).Draw(rt, "to")
				inOrder := filter(List{Team: changed.Key.Team, Stage: pipeline.Backlog}, all, cameAt, ranks)
				place, _, err := s.OrderBacklog(t.Context(), op, changed.Key, to, event)
				if from := slices.IndexFunc(inOrder, func(i pipeline.Idea) bool { return i.Key == changed.Key }); from < 0 {
					if !errors.Is(err, ErrNotInBacklog) {
						rt.Fatalf("%s of what is not there: %v", to, err)
					}
				} else if at := rerank(ranks, inOrder, from, to, step); err != nil || place != at+1 {
					rt.Fatalf("%s from %d: %d, %v", to, from+1, place, err)
				}
				continue
			case "promote":
				changed.Stage, event.What = pipeline.Backlog, pipeline.WasOverridden
			case "size":
				changed.Size = rapid.IntRange(0, 3).Draw(rt, "size")
			case "link":
				changed.Outcomes = nil
				for n := range rapid.IntRange(0, 2).Draw(rt, "outcomes") {
					changed.Outcomes = append(changed.Outcomes, pipeline.OutcomeKey{Team: changed.Key.Team, Number: n + 1})
				}
			case "withdraw":
				if changed.Withdrawn.IsZero() {
					changed.Withdrawn, changed.WithdrawnBy = start, changed.Author
				} else {
					changed.Withdrawn, changed.WithdrawnBy = time.Time{}, ""
				}
			}
			if changed.Stage != all[i].Stage {
				ranks[changed.Key] = -step
				cameAt[changed.Key], changed.Staged = step, start.Add(time.Duration(step)*time.Minute)
				if changed.Stage == pipeline.Backlog || changed.Stage == pipeline.Validated {
					load := ever[changed.Key.Team]
					load.Gated++
					if event.What == pipeline.WasOverridden {
						load.Overridden++
					}
					ever[changed.Key.Team] = load
				}
			}
			all[i] = must(s.ChangeIdea(t.Context(), op, changed, Slot{}, event))(t)
		}
		for _, team := range append(teams, "") {
			for _, author := range append(people, "") {
				for _, stage := range append(pipeline.Stages(), "") {
					for _, withdrawn := range []bool{false, true} {
						list := List{Team: team, Author: author, Stage: stage, Withdrawn: withdrawn}
						if team != "" || author != "" {
							comparePages(t, rt, s, list, filter(list, all, cameAt, ranks))
						}
					}
				}
			}
		}
		boards := must(s.Boards(t.Context(), teams))(t)
		for i, team := range teams {
			list := List{Team: team, Orphans: true}
			comparePages(t, rt, s, list, filter(list, all, cameAt, ranks))
			want := Board{Counts: map[pipeline.Stage]int{}, Oldest: map[pipeline.Stage]pipeline.Idea{}, Load: ever[team]}
			for _, stage := range pipeline.Stages() {
				ideas := filter(List{Team: team, Stage: stage}, all, cameAt, nil)
				if want.Counts[stage] = len(ideas); len(ideas) > 0 {
					want.Oldest[stage] = ideas[len(ideas)-1]
				}
				if stage == pipeline.Backlog {
					want.Load.Ideas = len(ideas)
					for _, idea := range ideas {
						want.Load.Sized += min(idea.Size, 1)
						want.Load.Points += idea.Size
					}
				}
			}
			if diff := cmp.Diff(want, boards[i]); diff != "" {
				rt.Fatalf("board of %s (-want +got):\n%s", team, diff)
			}
		}
	})
}

// rerank moves an idea from a place in the order, from 0, and gives its new one.
func rerank(ranks map[pipeline.Key]int, inOrder []pipeline.Idea, from int, to pipeline.OrderMove, step int) int {
	at := map[pipeline.OrderMove]int{pipeline.ToTheTop: 0, pipeline.MoveUp: max(0, from-1), pipeline.MoveDown: min(len(inOrder)-1, from+1)}[to]
	mine, other := inOrder[from].Key, inOrder[at].Key
	switch {
	case at == from:
	case to == pipeline.ToTheTop:
		ranks[mine] = step
	default:
		ranks[mine], ranks[other] = ranks[other], ranks[mine]
	}
	return at
}

// filter gives the ideas of the list, newest first; those of one stage by when
// they came to it, and the Product Backlog of a team by rank.
func filter(l List, all []pipeline.Idea, cameAt, ranks map[pipeline.Key]int) []pipeline.Idea {
	var list []pipeline.Idea
	for _, idea := range slices.Backward(all) {
		isOrphan := len(idea.Outcomes) == 0 && idea.Stage != pipeline.Parked
		if (l.Team == "" || idea.Key.Team == l.Team) && (l.Author == "" || idea.Author == l.Author) &&
			(l.Stage == "" || idea.Stage == l.Stage) && (!l.Orphans || isOrphan) && l.Withdrawn == !idea.Withdrawn.IsZero() {
			list = append(list, idea)
		}
	}
	switch {
	case ranks != nil && l == List{Team: l.Team, Stage: pipeline.Backlog}:
		slices.SortFunc(list, func(a, b pipeline.Idea) int { return ranks[b.Key] - ranks[a.Key] })
	case l.Stage != "":
		slices.SortFunc(list, func(a, b pipeline.Idea) int { return cameAt[b.Key] - cameAt[a.Key] })
	}
	return list
}

func comparePages(t *testing.T, rt *rapid.T, s *Store, l List, want []pipeline.Idea) {
	const size = 3
	of := max(1, (len(want)+size-1)/size)
	number := rapid.IntRange(-1, of+1).Draw(rt, "page")
	got := must(s.Page(t.Context(), l, number, size))(t)
	wantNumber := min(max(number, 1), of)
	page := Page{Number: wantNumber, Of: of, Total: len(want)}
	if len(want) > 0 {
		page.Ideas = want[(wantNumber-1)*size : min(wantNumber*size, len(want))]
	}
	if diff := cmp.Diff(page, got); diff != "" {
		rt.Fatalf("page %d of %+v (-want +got):\n%s", number, l, diff)
	}
}

func TestPageNeedsAList(t *testing.T) {
	s := workspace(t, open(t, "memory:"))
	if _, err := s.Page(t.Context(), List{}, 1, 10); err == nil {
		t.Error("a list of everybody's ideas in all teams is answered")
	}
	for _, list := range []List{
		{Team: "PAY", Orphans: true, Author: "U_ANA"}, {Team: "PAY", Orphans: true, Stage: pipeline.Backlog},
		{Team: "PAY", Orphans: true, Withdrawn: true}, {Author: "U_ANA", Orphans: true},
	} {
		if _, err := s.Page(t.Context(), list, 1, 10); err == nil {
			t.Errorf("%+v is answered", list)
		}
	}
	if _, err := s.Page(t.Context(), List{Team: "PAY"}, 1, 0); err == nil {
		t.Error("pages without room are answered")
	}
	got := must(s.Page(t.Context(), List{Team: "PAY"}, 4, 10))(t)
	if diff := cmp.Diff(Page{Number: 1, Of: 1}, got); diff != "" {
		t.Errorf("an empty list (-want +got):\n%s", diff)
	}
}
