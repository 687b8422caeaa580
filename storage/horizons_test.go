package storage

import (
	"errors"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

// withBoard gives a store with PAY-P1 put off, PAY-P2 in Now with an idea that has a
// size and a running test, PAY-P3 in Later, and PAY-P4 undecided.
func withBoard(t testing.TB, db *DB) (*Store, pipeline.Key) {
	t.Helper()
	s := withTree(t, db)
	for i, horizon := range []pipeline.Horizon{pipeline.HorizonNow, pipeline.HorizonLater, ""} {
		o := unpaid()
		o.Horizon, o.Statement = horizon, "I pay late"
		must(s.AddOpportunity(t.Context(), []string{"op-p2", "op-p3", "op-p4"}[i], o, Slot{}, wasAdded))(t)
	}
	idea := capture(t, s, "op-idea", "Remind me")
	must(s.BeginRun(t.Context(), "op-run", runOn(idea.Key), running("U_ANA", 1), moved))(t)
	idea.Outcomes, idea.Size = []pipeline.NodeKey{nodeKey("PAY-P2")}, 3
	must(s.ChangeIdea(t.Context(), "op-link", idea, Slot{}, moved))(t)
	return s, idea.Key
}

func TestWhatABoardIsMadeOf(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, idea := withBoard(t, db)
		facts := must(s.Horizons(t.Context(), "PAY"))(t)
		var keys []string
		for _, o := range facts.Nodes.Outcomes {
			keys = append(keys, o.Key.String())
		}
		for _, o := range facts.Nodes.Opportunities {
			keys = append(keys, o.Key.String())
		}
		// PAY-P2 and PAY-P3 with all above them.
		if diff := cmp.Diff([]string{"PAY-O2", "PAY-O1", "PAY-P2", "PAY-P3"}, keys); diff != "" {
			t.Errorf("nodes (-want +got):\n%s", diff)
		}
		now := nodeKey("PAY-P2")
		if on := facts.Ideas[now]; on.Count() != 1 || len(on.Newest) != 1 || on.Newest[0].Key != idea || facts.Testing[now] != 1 || facts.Sized[now] != 1 {
			t.Errorf("on %s: %+v, %d tests, %d with a size", now, on, facts.Testing[now], facts.Sized[now])
		}
		if facts.NotNow != 1 || facts.Undecided != 1 || facts.Notes.Version != 0 || facts.Notes.Team != "PAY" {
			t.Errorf("%d put off, %d undecided, notes %+v", facts.NotNow, facts.Undecided, facts.Notes)
		}
		if empty := must(s.Horizons(t.Context(), "WEB"))(t); len(empty.Nodes.Opportunities) != 0 {
			t.Errorf("of no team: %+v", empty)
		}
	})
}

func TestTheBoardKeepsItsNotes(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, _ := withBoard(t, db)
		key := nodeKey("PAY-P2")
		notes := must(s.HorizonNotes(t.Context(), "PAY"))(t)
		notes.Order = []pipeline.NodeKey{nodeKey("PAY-P3"), key}
		notes.Cards = map[pipeline.NodeKey]pipeline.HorizonNote{key: {Metric: "paid \"in time\"", Confirmed: start.Add(time.Hour), ConfirmedBy: "U_ANA"}}
		confirmed := pipeline.Event{At: start.Add(time.Hour), By: "U_ANA", What: pipeline.HorizonWasConfirmed}
		want := notes
		want.Version = 1
		for range 2 { // once more by a redelivery
			got := must(s.ChangeHorizons(t.Context(), "op", notes, "U_ANA", Slot{}, key, confirmed))(t)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("stored (-want +got):\n%s", diff)
			}
		}
		if diff := cmp.Diff(want, must(s.Horizons(t.Context(), "PAY"))(t).Notes); diff != "" {
			t.Errorf("read with the board (-want +got):\n%s", diff)
		}
		loaded := must(s.Begin(t.Context(), Want{Team: "PAY", Sheets: []SheetWant{WantHorizonNotes()}}))(t)
		if got, err := loaded.HorizonNotes(0); err != nil || cmp.Diff(want, got) != "" {
			t.Errorf("begun: %+v %v", got, err)
		}
		node := must(s.Begin(t.Context(), Want{Node: key, NodeHistory: 5}))(t).Node
		if len(node.Events) != 2 || cmp.Diff(confirmed, node.Events[0]) != "" {
			t.Errorf("history: %+v", node.Events)
		}
		var conflict *HorizonConflictError
		if _, err := s.ChangeHorizons(t.Context(), "op2", notes, "U_BEN", Slot{}, key, pipeline.Event{}); !errors.As(err, &conflict) || cmp.Diff(want, conflict.Current) != "" {
			t.Errorf("from an old version: %v", err)
		}
		health := must(s.HealthFacts(t.Context(), "PAY", start))(t)
		if len(health.Canvases) != 1 || health.Canvases[0].Key != "PAY-P3" {
			t.Errorf("what health looks at: %+v", health.Canvases)
		}
	})
}
