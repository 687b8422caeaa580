package storage

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
)

// Where more happened than is read at once, all that is given is whole: neither events
// without the captures between them nor captures without the events.
func TestAJournalThatIsCutSaysSince(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		now := time.Now().Truncate(time.Millisecond)
		days := func(n int) time.Time { return now.AddDate(0, 0, -n) }
		var ideas []pipeline.Idea
		for _, ago := range []int{80, 30, 20} {
			new := idea(fmt.Sprint(ago))
			new.Created, new.Changed = days(ago), days(ago)
			ideas = append(ideas, must(s.Capture(ctx, fmt.Sprint("capture ", ago), new, Slot{}))(t))
		}
		for _, ago := range []int{40, 10, 8, 6, 4} {
			must(walks.write(ctx, s, sheetWrite[walk]{Op: fmt.Sprint("walk ", ago), Sheet: walk{Team: "PAY"}, Events: []SheetEvent{
				{Key: ideas[0].Key.String(), Event: pipeline.Event{At: days(ago), By: "U_BEN", What: pipeline.WasEdited}},
			}}))(t)
		}
		tell := func(most int) string {
			t.Helper()
			happened, whole, err := s.journal(ctx, "PAY", days(90), most)
			noError(t, err)
			lines := []string{fmt.Sprint(whole)}
			for _, h := range happened {
				lines = append(lines, fmt.Sprint(h.Event.What, " ", int(now.Sub(h.At()).Hours()+1)/24))
			}
			return strings.Join(lines, ", ")
		}
		equal(t, tell(5), "true, captured 80, edited 40, captured 30, captured 20, edited 10, edited 8, edited 6, edited 4")
		equal(t, tell(4), "false, captured 30, captured 20, edited 10, edited 8, edited 6, edited 4")
		equal(t, tell(3), "false, edited 8, edited 6, edited 4")
		equal(t, tell(2), "false, edited 6, edited 4")
	})
}

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
