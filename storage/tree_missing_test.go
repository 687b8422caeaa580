package storage

import (
	"errors"
	"testing"

	"alignbot/pipeline"
)

// TestMissingNodesAndRounds: without the team, and without the record, each write
// says that it is not there and leaves nothing behind.
func TestMissingNodesAndRounds(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := workspace(t, db)
		o, opportunity, impact := calls(), unpaid(), exporting()
		_, addOpportunity := s.AddOpportunity(t.Context(), "op1", opportunity, Slot{}, wasAdded)
		_, addImpact := s.AddImpact(t.Context(), "op2", impact, Slot{}, wasAdded)
		_, startRound := s.StartRound(t.Context(), "op3", roundOn(true, "U_ANA"), Slot{})
		o.Key.Number, opportunity.Key.Number, impact.Key.Number = 7, 7, 7
		_, changeOutcome := s.ChangeOutcome(t.Context(), "op4", o, Slot{}, moved)
		_, changeOpportunity := s.ChangeOpportunity(t.Context(), "op5", opportunity, Slot{}, moved)
		_, changeImpact := s.ChangeImpact(t.Context(), "op6", impact, Slot{}, moved)
		_, _, checkInErr := s.CheckIn(t.Context(), "op7", o.Key, checkIn(1, pipeline.Red, 1), Slot{}, checkedIn)
		_, support := s.AddOpportunityEvidence(t.Context(), "op8", opportunity.Key, note("x"), Slot{}, moved)
		round := roundOn(true, "U_ANA")
		round.ID, round.Version = 7, 1
		_, answerErr := s.Answer(t.Context(), answering(round, "op9", "U_ANA", "x"))
		_, closeRound := s.CloseRound(t.Context(), "op10", RoundState{Round: round}, round, Slot{})
		_, changeRound := s.ChangeRound(t.Context(), "op11", round, Slot{})
		_, roundErr := s.Round(t.Context(), "PAY", 7, "")
		for name, err := range map[string]error{
			"AddOpportunity": addOpportunity, "AddImpact": addImpact, "StartRound": startRound, "ChangeOutcome": changeOutcome,
			"ChangeOpportunity": changeOpportunity, "ChangeImpact": changeImpact, "CheckIn": checkInErr, "AddOpportunityEvidence": support,
			"Answer": answerErr, "CloseRound": closeRound, "ChangeRound": changeRound, "Round": roundErr,
		} {
			if !errors.Is(err, ErrNotFound) {
				t.Errorf("%s answers %v, want ErrNotFound", name, err)
			}
		}
		for _, h := range everything(t, s) {
			if h.key != keySchema && h.key != keyWorkspaces {
				t.Errorf("it left %s: %s", h.key, h.text)
			}
		}
		if turned := must(s.TurnedRed(t.Context(), o.Key))(t); !turned.IsZero() {
			t.Errorf("it turned red at %v", turned)
		}
		facts := must(s.Tree(t.Context(), "PAY"))(t)
		if len(facts.Nodes.Outcomes)+len(facts.Ideas)+facts.Orphans.Count() != 0 {
			t.Errorf("the tree of no team is %+v", facts)
		}
	})
}
