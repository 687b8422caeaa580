package storage

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
)

func TestAJournalTellsWhatHappenedInATeam(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		now := time.Now().Truncate(time.Millisecond)
		captured := func(op string, ago time.Duration) pipeline.Idea {
			new := idea(op)
			new.Created, new.Changed = now.Add(-ago), now.Add(-ago)
			return must(s.Capture(ctx, op, new, Slot{}))(t)
		}
		day := 24 * time.Hour
		old, young := captured("old", 200*day), captured("young", 2*day)
		moved := func(op string, idea pipeline.Idea, ago time.Duration) pipeline.Idea {
			from := idea.Stage
			idea.Stage, idea.Staged, idea.Changed = pipeline.Discovery, now.Add(-ago), now.Add(-ago)
			event := pipeline.Event{At: now.Add(-ago), By: "U_BEN", What: pipeline.WasMoved, From: from, To: pipeline.Discovery}
			return must(s.ChangeIdea(ctx, op, idea, Slot{}, event))(t)
		}
		old = moved("long ago", old, 150*day)
		moved("lately", old, 3*day)
		young = moved("yesterday", young, day)
		withdrawn := young
		withdrawn.Withdrawn, withdrawn.WithdrawnBy = now, "U_ANA"
		must(s.ChangeIdea(ctx, "gone", withdrawn, Slot{}, pipeline.Event{At: now, By: "U_ANA", What: pipeline.WasWithdrawn}))(t)
		must(walks.write(ctx, s, sheetWrite[walk]{Op: "walk", Sheet: walk{Team: "PAY"}, Events: []SheetEvent{
			{Key: young.Key.String(), Event: pipeline.Event{At: now, By: "U_BEN", What: pipeline.WasEdited, Why: "told by a sheet"}},
		}}))(t)

		tell := func(since time.Time) string {
			t.Helper()
			happened, whole, err := s.Journal(ctx, "PAY", since)
			noError(t, err)
			if !whole {
				t.Error("it is whole")
			}
			var lines []string
			for _, h := range happened {
				lines = append(lines, fmt.Sprint(h.Key, " ", h.Event.What, " ", h.Event.By))
			}
			return strings.Join(lines, "\n")
		}
		equal(t, tell(now.Add(-99*day)), strings.Join([]string{
			"PAY-1 moved U_BEN", "PAY-2 captured U_ANA", "PAY-2 moved U_BEN", "PAY-2 withdrawn U_ANA", "PAY-2 edited U_BEN",
		}, "\n"))
		equal(t, tell(now.Add(-12*time.Hour)), "PAY-2 withdrawn U_ANA\nPAY-2 edited U_BEN")
		if events := must(s.History(ctx, young.Key, 1))(t); events[0].Why != "told by a sheet" {
			t.Errorf("its history ends with %+v", events[0])
		}
	})
}
