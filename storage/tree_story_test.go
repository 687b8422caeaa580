package storage

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
)

// Trees and rounds in the tests of faults and of backups.

// grow hangs nodes under an outcome, checks in on it twice, merges it into another,
// and answers to two suggestions.
func (st *story) grow(t *testing.T) error {
	ctx, s := t.Context(), st.s
	o2 := nodeKey("PAY-O2")
	opportunity, impact := unpaid(), exporting()
	var merged pipeline.Outcome
	var read pipeline.Idea
	for _, step := range []func() error{
		func() (err error) {
			opportunity, err = s.AddOpportunity(ctx, "op-p1", opportunity, Slot{}, wasAdded)
			return err
		},
		func() error { _, err := s.AddImpact(ctx, "op-i1", impact, Slot{}, wasAdded); return err },
		func() error {
			opportunity.Statement = "What is paid?"
			_, err := s.ChangeOpportunity(ctx, "op-p2", opportunity, Slot{}, moved)
			return err
		},
		func() error {
			_, err := s.AddOpportunityEvidence(ctx, "op-p3", opportunity.Key, note("They call."), Slot{}, moved)
			return err
		},
		func() error {
			_, _, err := s.CheckIn(ctx, "op-k1", o2, checkIn(72, pipeline.Yellow, 1), Slot{}, checkedIn, back())
			return err
		},
		func() (err error) {
			merged, _, err = s.CheckIn(ctx, "op-k2", o2, checkIn(90, pipeline.Red, 2), Slot{}, checkedIn, back())
			return err
		},
		func() error { _, err := s.AddOutcome(ctx, "op-o3", outcome("Heir"), Slot{}, wasAdded); return err },
		func() error {
			merged.Closed, merged.ClosedBy, merged.Result, merged.MergedInto = start, "U_ANA", pipeline.Merged, nodeKey("PAY-O3")
			_, err := s.CloseOutcome(ctx, "op-m", pipeline.Closing{Outcome: merged, Event: moved, MovedEvent: moved}, Slot{})
			return err
		},
		func() error { return s.Dismiss(ctx, "op-d", st.idea.Key, nodeKey("PAY-O1")) },
		func() (err error) { read, err = s.Idea(ctx, st.idea.Key); return err },
		func() error {
			read.Version = 4 // also where this is told again
			read.Outcomes = []pipeline.NodeKey{o2, opportunity.Key}
			_, err := s.AcceptLink(ctx, "op-a", read, opportunity.Key, Slot{}, moved)
			return err
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// ask starts two rounds; the anonymous one closes and leads to an experiment.
func (st *story) ask(t *testing.T) error {
	ctx, s := t.Context(), st.s
	for n, anonymous := range []bool{false, true} {
		op, r := fmt.Sprint("op-round", n), roundOn(anonymous, "U_ANA", "U_BEN", "U_EVE")
		r.Started = start
		r, err := s.StartRound(ctx, op, r, Slot{})
		if err != nil {
			return err
		}
		for i, user := range []string{"U_BEN", "U_EVE", "U_BEN"} {
			_, err := s.Answer(ctx, answering(r, fmt.Sprint(op, "-", i), user, "the same", fmt.Sprint(i)), job(op, start.Add(24*time.Hour)))
			if err != nil && (r.Running() || !anonymous || problemCode(err) != "round-over") {
				return err
			}
		}
	}
	seen, err := s.Round(ctx, "PAY", 2, "")
	if err != nil {
		return err
	}
	after := seen.Round
	after.ClosedAt, after.ClosedBy = start, "U_ANA"
	if after, err = s.CloseRound(ctx, "op-round-close", seen, after, Slot{}); err != nil {
		return err
	}
	after.Version = 2 // also where this is told again
	after.Experiment = &pipeline.RoundExperiment{Words: "No meetings", Owner: "U_BEN", Day: "2026-12-18", By: "U_ANA", At: start}
	_, err = s.ChangeRound(ctx, "op-round-experiment", after, Slot{})
	return err
}

// fillTree has nodes of each kind with all that can belong to them, ideas that are
// linked to them, feedback, and two rounds of each kind: one that is closed, and one
// that runs.
func fillTree(t testing.TB, s *Store, ideas int) {
	t.Helper()
	ctx := t.Context()
	o := must(s.AddOutcome(ctx, "op-tree-o", calls(), Slot{}, wasAdded))(t)
	opportunity := unpaid()
	opportunity.Parent = o.Key
	opportunity = must(s.AddOpportunity(ctx, "op-tree-p", opportunity, Slot{}, wasAdded))(t)
	impact := exporting()
	impact.Goal = o.Key
	impact = must(s.AddImpact(ctx, "op-tree-i", impact, Slot{}, wasAdded))(t)
	for i, light := range append(pipeline.Lights(), pipeline.Yellow) {
		c := checkIn(float64(70+i)/3, light, i)
		c.Corrects = i / 3
		_, _, err := s.CheckIn(ctx, fmt.Sprint("op-tree-k", i), o.Key, c, Slot{}, checkedIn)
		noError(t, err)
		must(s.AddOpportunityEvidence(ctx, fmt.Sprint("op-tree-e", i), opportunity.Key, note("They \"call\""), Slot{}, moved))(t)
	}
	nodes := []pipeline.NodeKey{o.Key, opportunity.Key, impact.Key}
	answers := append(pipeline.EffectAnswers(), "")
	for i := 3; i <= ideas/2; i += 7 {
		idea := must(s.Idea(ctx, pipeline.Key{Team: "PAY", Number: i}))(t)
		if idea.Stage == pipeline.Parked || !idea.Withdrawn.IsZero() {
			continue
		}
		idea.Outcomes = []pipeline.NodeKey{nodes[i%3], nodes[(i+1)%3]}
		idea.Stage, idea.Effect = pipeline.Delivered, effectOn(nodes[i%3], "2026-12-18", answers[i%5])
		must(s.AcceptLink(ctx, fmt.Sprint("op-tree-a", i), idea, nodes[i%3], Slot{}, moved))(t)
		noError(t, s.Dismiss(ctx, fmt.Sprint("op-tree-d", i), idea.Key, nodes[(i+2)%3]))
	}
	for n, anonymous := range []bool{false, true, false, true} {
		op := fmt.Sprint("op-tree-r", n)
		r := startedRound(t, s, op, anonymous, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
		for i, user := range []string{"U_BEN", "U_EVE", "U_KIM"} {
			answerRound(t, s, r, fmt.Sprint(op, "-", i), user, fmt.Sprint("words \"", i), "")
		}
		noError(t, s.db.client.HSet(ctx, s.tag+"round:"+RoundName(r), "message", formatMessage(posted)).Err())
		if n < 2 {
			closed := closedRound(t, s, op+"-close", r)
			closed.Experiment = &pipeline.RoundExperiment{Words: "No \"meetings\"", Owner: "U_BEN", Day: "2026-12-18", By: "U_ANA", At: start}
			must(s.ChangeRound(ctx, op+"-experiment", closed, Slot{}))(t)
		}
	}
}
