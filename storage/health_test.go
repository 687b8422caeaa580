package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

// activeAs is what the rules of backlog health look at of an idea.
func activeAs(i pipeline.Idea, runs ...pipeline.RunSummary) pipeline.ActiveIdea {
	return pipeline.ActiveIdea{
		Key: i.Key, Title: i.Title, Author: i.Author, Stage: i.Stage, Created: i.Created, Staged: i.Staged, Changed: i.Changed,
		Work: i.Work, Size: i.Size, Criteria: len(i.Criteria), Outcomes: i.Outcomes,
		Length: pipeline.Length(i.Problem) + pipeline.Length(i.Measure) + pipeline.Length(i.Evidence), Runs: runs,
	}
}

func TestActiveIdeasAreReadPageByPage(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, ctx := withTeam(t, db), t.Context()
		var want []pipeline.ActiveIdea
		stages := append(pipeline.Stages(), pipeline.Captured, pipeline.Backlog)
		for i := range activePage + 50 {
			new := idea(fmt.Sprintf("Idea %d", i))
			new.Problem = strings.Repeat("né", i%50) + "日本"
			stored := must(s.Capture(ctx, fmt.Sprint("c", i), new, Slot{}))(t)
			stage := stages[i%len(stages)]
			if stage == pipeline.Parked { // parking asks for more than a stage
				stage = pipeline.Captured
			}
			if stage != pipeline.Captured {
				stored.Stage, stored.Staged, stored.Changed = stage, start.Add(time.Hour), start.Add(time.Hour)
				stored.Size, stored.Work, stored.Criteria = i%8, pipeline.Feature, []string{"a", "b"}[:i%3%3]
				stored = must(s.ChangeIdea(ctx, fmt.Sprint("m", i), stored, Slot{}, pipeline.Event{At: start, By: "U1", What: pipeline.WasMoved}))(t)
			}
			if slices.Contains(activeStages, stage) {
				want = append(want, activeAs(stored))
			}
		}
		got := must(s.Active(ctx, "PAY"))(t)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("active ideas (-want +got):\n%s", diff)
		}
		if none := must(s.Active(ctx, "NONE"))(t); len(none) != 0 {
			t.Errorf("a team without ideas has %v", none)
		}
	})
}

func TestHealthRulesOfATeam(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, ctx := withTeam(t, db), t.Context()
		none := must(s.HealthRules(ctx, "PAY"))(t)
		equal(t, none, pipeline.HealthRules{Team: "PAY"})
		set := none
		set.Limits = map[string]float64{"starved.alert": 0.5}
		set.Muted = map[pipeline.RuleID]pipeline.Mute{pipeline.RuleStarved: {Why: "a quiet quarter", Until: "2026-12-18", By: "U1", At: start}}
		stored := must(s.ChangeHealthRules(ctx, "op", set, "U1", Acted{}, ""))(t)
		if stored.Version != 1 {
			t.Errorf("stored at version %d", stored.Version)
		}
		equal(t, must(s.ChangeHealthRules(ctx, "op", set, "U1", Acted{}, ""))(t), stored)
		equal(t, must(s.HealthRules(ctx, "PAY"))(t), stored)
		var conflict *SheetConflictError[pipeline.HealthRules]
		if _, err := s.ChangeHealthRules(ctx, "late", set, "U2", Acted{}, ""); !errors.As(err, &conflict) || conflict.Current.Sheet.Version != 1 {
			t.Errorf("a change of what was read before: %v", err)
		}
		loaded := must(s.Begin(ctx, Want{Team: "PAY", Sheets: []SheetWant{WantHealthRules()}}))(t)
		equal(t, must(loaded.HealthRules())(t), stored)
		if _, err := s.ChangeHealthRules(ctx, "none", pipeline.HealthRules{Team: "NONE"}, "U1", Acted{}, ""); !errors.Is(err, ErrNotFound) {
			t.Errorf("of a team that there is not: %v", err)
		}
	})
}

func TestFactsOfATeamsHealth(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, ctx := withTeam(t, db), t.Context()
		now := start.AddDate(0, 0, 30)
		facts := must(s.HealthFacts(ctx, "PAY", now))(t)
		if len(facts.Active) != 0 || facts.Open != nil || facts.Pairs != nil || !facts.JournalFrom.Equal(facts.Team.Created) {
			t.Errorf("of an empty team: %+v", facts)
		}
		delivered := must(s.Capture(ctx, "d", idea("Delivered"), Slot{}))(t)
		delivered.Stage, delivered.Staged = pipeline.Delivered, start
		delivered.Effect = &pipeline.Effect{Expected: "fewer calls", Day: now.Format(time.DateOnly)}
		delivered = must(s.ChangeIdea(ctx, "dd", delivered, Slot{}, pipeline.Event{At: start, By: "U1", What: pipeline.WasMoved, From: pipeline.Backlog, To: pipeline.Delivered}))(t)
		later := must(s.Capture(ctx, "l", idea("Delivered later"), Slot{}))(t)
		later.Stage, later.Staged = pipeline.Delivered, start
		later.Effect = &pipeline.Effect{Expected: "fewer calls", Day: now.AddDate(0, 0, 1).Format(time.DateOnly)}
		must(s.ChangeIdea(ctx, "ll", later, Slot{}, pipeline.Event{At: start, By: "U1", What: pipeline.WasMoved}))(t)
		ready := must(s.Capture(ctx, "r", idea("Ready"), Slot{}))(t)
		ready.Stage, ready.Staged, ready.Size = pipeline.Backlog, start, 5
		ready = must(s.ChangeIdea(ctx, "rr", ready, Slot{}, pipeline.Event{At: start, By: "U1", What: pipeline.WasMoved}))(t)
		closed := pipeline.Sprint{
			Team: "PAY", Number: 1, First: "2026-11-02", Last: "2026-11-13", Goal: "g", Started: start, StartedBy: "U1", Closed: start, ClosedBy: "U1",
			Finished: pipeline.Finished{Ideas: 2, Sized: 2, Points: 8},
		}
		closed = must(s.KeepSprint(ctx, "s1", closed, "U1", Slot{}, nil))(t)
		open := pipeline.Sprint{Team: "PAY", Number: 2, First: "2026-11-16", Last: "2026-11-27", Goal: "g", Started: start, StartedBy: "U1", Top: []pipeline.Key{ready.Key}}
		open = must(s.KeepSprint(ctx, "s2", open, "U1", Slot{}, nil))(t)
		refinement := must(s.KeepRefinement(ctx, "ref", pipeline.Refinement{Team: "PAY", Day: "2026-11-10", People: []string{"U1"}, Minutes: 30, By: "U1", At: start}, "U1", Slot{}))(t)

		facts = must(s.HealthFacts(ctx, "PAY", now))(t)
		if diff := cmp.Diff([]pipeline.ActiveIdea{activeAs(ready)}, facts.Active); diff != "" {
			t.Errorf("active (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(pipeline.LookBack{Waiting: 1, Due: []pipeline.IdeaLine{{Key: delivered.Key, Title: "Delivered", Stage: pipeline.Delivered}}}, facts.LookBack); diff != "" {
			t.Errorf("looked back (-want +got):\n%s", diff)
		}
		if facts.Open == nil || facts.Open.Number != open.Number || len(facts.Closed) != 1 || facts.Closed[0].Number != closed.Number {
			t.Errorf("sprints: open %+v, closed %+v", facts.Open, facts.Closed)
		}
		equal(t, facts.Pace, pipeline.Pace{Work: 8, Sprints: 1, Measured: true})
		equal(t, facts.Top, []pipeline.Key{ready.Key})
		if diff := cmp.Diff([]pipeline.Refinement{refinement}, facts.Refinements); diff != "" {
			t.Errorf("refinements (-want +got):\n%s", diff)
		}
		if len(facts.Templates) == 0 || len(facts.Journal) == 0 {
			t.Errorf("%d templates, %d happenings", len(facts.Templates), len(facts.Journal))
		}
		if _, err := s.HealthFacts(ctx, "NONE", now); !errors.Is(err, ErrNotFound) {
			t.Errorf("of a team that there is not: %v", err)
		}
	})
}

func TestPairsOfIdeasThatSayMuchTheSame(t *testing.T) {
	s, ctx := withTeam(t, open(t, "memory:")), t.Context()
	following, stop := context.WithCancel(ctx)
	defer stop()
	followed := make(chan error, 1)
	go func() { followed <- s.Follow(following) }()
	<-s.search.built
	for i, title := range []string{"Export invoices as PDF files", "Export all invoices as PDF", "Dark mode for the mobile app", "Remind customers of unpaid bills"} {
		stored := must(s.Capture(ctx, fmt.Sprint("c", i), idea(title), Slot{}))(t)
		stored.Stage, stored.Problem, stored.Measure, stored.Evidence = pipeline.Backlog, "", "", ""
		must(s.ChangeIdea(ctx, fmt.Sprint("m", i), stored, Slot{}, pipeline.Event{At: start, By: "U1", What: pipeline.WasMoved}))(t)
	}
	for {
		if found := must(s.Find(ctx, "unpaid", []pipeline.TeamKey{"PAY"}, 1))(t); len(found) == 1 {
			break
		}
	}
	pairs := must(s.LikePairs(ctx, "PAY", must(s.Active(ctx, "PAY"))(t)))(t)
	if len(pairs) != 1 || pairs[0].A.Number != 1 || pairs[0].B.Number != 2 || pairs[0].Score < 0.55 || pairs[0].Score > 1 {
		t.Errorf("pairs %+v", pairs)
	}
	stop()
	if err := <-followed; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
