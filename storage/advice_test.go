package storage

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// What is decided about an idea as it was before a ballot on it began or ended is
// decided again; an edit goes on.
func TestADecisionMadeWhileABallotBegins(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		before := capture(t, s, "op1", "Export invoices")
		b := must(s.StartBallot(t.Context(), "op2", before, ballotOn(before.Key, pipeline.OpenBallot, "U_ANA", "U_BEN"), Slot{}, ballotStarted))(t)
		decide := func(op string, idea pipeline.Idea, what pipeline.What, to pipeline.Stage) error {
			if to != "" {
				idea.Stage = to
			}
			_, err := s.ChangeIdea(t.Context(), op, idea, Slot{}, pipeline.Event{At: start, By: "U_ANA", What: what, To: to})
			return err
		}
		refused := func(idea pipeline.Idea, running int) {
			t.Helper()
			for what, to := range map[pipeline.What]pipeline.Stage{pipeline.WasParked: pipeline.Parked, pipeline.WasMoved: pipeline.Discovery, pipeline.WasWithdrawn: ""} {
				var conflict *ConflictError
				if err := decide("stale "+string(what), idea, what, to); !errors.As(err, &conflict) || conflict.Current.Ballots != 1 || conflict.Current.Ballot != running {
					t.Errorf("%s: %v", what, err)
				}
			}
		}
		refused(before, 1)
		during := must(s.Idea(t.Context(), before.Key))(t)
		closed(t, s, "op3", b)
		refused(during, 0)

		noError(t, decide("edit", before, pipeline.WasEdited, "")) // of the version that still holds
		after := must(s.Idea(t.Context(), before.Key))(t)
		after.Weighed = 1
		noError(t, decide("fresh", after, pipeline.WasMoved, pipeline.Discovery))
		got := must(s.Idea(t.Context(), before.Key))(t)
		after.Stage, after.Version = pipeline.Discovery, got.Version
		if diff := cmp.Diff(after, got); diff != "" || got.Version != 3 {
			t.Errorf("stored at version %d (-want +got):\n%s", got.Version, diff)
		}
	})
}
