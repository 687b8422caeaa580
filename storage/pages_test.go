package storage

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestPagesFollowTheIdeas captures, moves, withdraws and brings back ideas in
// any order and compares each list with one filtered from all ideas.
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
		for step := range rapid.IntRange(1, 25).Draw(rt, "steps") {
			op := fmt.Sprint("op", step)
			if len(all) == 0 || rapid.Bool().Draw(rt, "capture") {
				new := idea(op)
				new.Key.Team = rapid.SampledFrom(teams).Draw(rt, "team")
				new.Author = rapid.SampledFrom(people).Draw(rt, "author")
				all = append(all, must(s.Capture(t.Context(), op, new, Slot{}))(t))
				continue
			}
			i := rapid.IntRange(0, len(all)-1).Draw(rt, "idea")
			changed := all[i]
			if rapid.Bool().Draw(rt, "move") {
				changed.Stage = rapid.SampledFrom(pipeline.Stages()).Draw(rt, "stage")
			} else if changed.Withdrawn.IsZero() {
				changed.Withdrawn, changed.WithdrawnBy = start, changed.Author
			} else {
				changed.Withdrawn, changed.WithdrawnBy = time.Time{}, ""
			}
			all[i] = must(s.ChangeIdea(t.Context(), op, changed, Slot{}, pipeline.Event{At: start, By: changed.Author}))(t)
		}
		for _, team := range append(teams, "") {
			for _, author := range append(people, "") {
				for _, stage := range append(pipeline.Stages(), "") {
					for _, withdrawn := range []bool{false, true} {
						list := List{Team: team, Author: author, Stage: stage, Withdrawn: withdrawn}
						if team != "" || author != "" {
							comparePages(t, rt, s, list, all)
						}
					}
				}
			}
		}
		for _, team := range teams {
			want := map[pipeline.Stage]int{}
			for _, stage := range pipeline.Stages() {
				want[stage] = len(filter(List{Team: team, Stage: stage}, all))
			}
			if diff := cmp.Diff(want, must(s.CountStages(t.Context(), team))(t)); diff != "" {
				rt.Fatalf("stages of %s (-want +got):\n%s", team, diff)
			}
		}
	})
}

// filter gives the ideas of the list, newest first.
func filter(l List, all []pipeline.Idea) []pipeline.Idea {
	var list []pipeline.Idea
	for _, idea := range slices.Backward(all) {
		if (l.Team == "" || idea.Key.Team == l.Team) && (l.Author == "" || idea.Author == l.Author) &&
			(l.Stage == "" || idea.Stage == l.Stage) && l.Withdrawn == !idea.Withdrawn.IsZero() {
			list = append(list, idea)
		}
	}
	return list
}

func comparePages(t *testing.T, rt *rapid.T, s *Store, l List, all []pipeline.Idea) {
	want := filter(l, all)
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
	if _, err := s.Page(t.Context(), List{Team: "PAY"}, 1, 0); err == nil {
		t.Error("pages without room are answered")
	}
	got := must(s.Page(t.Context(), List{Team: "PAY"}, 4, 10))(t)
	if diff := cmp.Diff(Page{Number: 1, Of: 1}, got); diff != "" {
		t.Errorf("an empty list (-want +got):\n%s", diff)
	}
}
