package storage

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
)

// Whoever links an idea has read its node before. Where its outcome is closed by
// the time the link is stored, the job that goes through the outcome's ideas may be
// over already.
func TestNothingIsLinkedToWhatIsClosedMeanwhile(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTree(t, db)
		kept := change(t, s, "op-kept", linkedTo(capture(t, s, "op0", "Kept"), nodeKey("PAY-P1")))
		closing := must(s.Node(t.Context(), nodeKey("PAY-O2"), 0, 0))(t).Outcome
		closing.Closed, closing.ClosedBy, closing.Result = start.Add(time.Hour), "U_ANA", pipeline.Dropped
		closed := must(s.ChangeOutcome(t.Context(), "op-close", *closing, Slot{}, moved))(t)
		for i, key := range []string{"PAY-O2", "PAY-P1", "PAY-I1"} {
			var refused *OutcomeClosedError
			late := linkedTo(idea("Late"), nodeKey(key))
			if _, err := s.Capture(t.Context(), fmt.Sprint("late", i), late, Slot{}); !errors.As(err, &refused) || refused.Current.Key != closed.Key {
				t.Errorf("captured for %s: %v", key, err)
			}
			late = capture(t, s, fmt.Sprint("op-late", i), "Late")
			if _, err := s.ChangeIdea(t.Context(), fmt.Sprint("link", i), linkedTo(late, nodeKey(key)), Slot{}, moved); !errors.As(err, &refused) || refused.Current.Key != closed.Key {
				t.Errorf("linked to %s: %v", key, err)
			}
			if now := must(s.Idea(t.Context(), late.Key))(t); len(now.Outcomes) > 0 || now.Version != late.Version {
				t.Errorf("%s is linked to %v", now.Key, now.Outcomes)
			}
		}
		// What is linked already stays so, whatever else happens to the idea.
		kept.Title = "Kept still"
		kept = change(t, s, "op-title", kept)
		change(t, s, "op-more", linkedTo(kept, nodeKey("PAY-O1")))
	})
}
