package storage

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

func nodeKey(text string) pipeline.NodeKey {
	key, err := pipeline.ParseNodeKey(text)
	if err != nil {
		panic(err)
	}
	return key
}

// calls is an outcome with everything that one can have while it is open.
func calls() pipeline.Outcome {
	o := outcome("Customers call less about \"invoices\"")
	o.Kind, o.Parent, o.Metric, o.Unit = pipeline.ProductOutcome, nodeKey("PAY-O1"), "Calls a week", "calls"
	o.Direction, o.Owner, o.Source, o.Light = pipeline.Decrease, "U_BEN", "The phone system", pipeline.Yellow
	o.Baseline, o.Target = &pipeline.Reading{Value: 120.1234567890123, Day: "2026-11-20"}, &pipeline.Reading{Value: -80, Day: "2027-02-18"}
	o.MetricBy = "2027-01-01"
	return o
}

func unpaid() pipeline.Opportunity {
	return pipeline.Opportunity{
		Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode}, Parent: nodeKey("PAY-O2"), Statement: "I never know what was \"paid\".",
		Kind: pipeline.Pain, Frequency: 5, Reach: 3, Severity: 1, Horizon: pipeline.HorizonNotNow,
		Created: start, CreatedBy: "U_ANA", Changed: start,
	}
}

func exporting() pipeline.Impact {
	return pipeline.Impact{
		Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.ImpactNode}, Goal: nodeKey("PAY-O2"), Actor: "accountants", From: "mail \"PDFs\"",
		To: "export them", Measure: "exports", Threshold: "half of them", Created: start, CreatedBy: "U_ANA", Changed: start,
	}
}

// withTree gives a store with PAY-O1, PAY-O2 under it, and PAY-P1 and PAY-I1 under
// that.
func withTree(t testing.TB, db *DB) *Store {
	t.Helper()
	s := withTeam(t, db)
	plant(t, s)
	return s
}

func plant(t testing.TB, s *Store) {
	t.Helper()
	business := outcome("More customers stay")
	business.Kind = pipeline.BusinessOutcome
	must(s.AddOutcome(t.Context(), "op-o1", business, Slot{}, wasAdded))(t)
	must(s.AddOutcome(t.Context(), "op-o2", calls(), Slot{}, wasAdded))(t)
	must(s.AddOpportunity(t.Context(), "op-p1", unpaid(), Slot{}, wasAdded))(t)
	must(s.AddImpact(t.Context(), "op-i1", exporting(), Slot{}, wasAdded))(t)
}

func TestNodesAreKeptWhole(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		plant(t, s)
		plant(t, s) // delivered again
		business := outcome("More customers stay")
		business.Kind, business.Key.Number, business.Version = pipeline.BusinessOutcome, 1, 1
		product, opportunity, impact := calls(), unpaid(), exporting()
		product.Key.Number, opportunity.Key.Number, impact.Key.Number = 2, 1, 1
		product.Version, opportunity.Version, impact.Version = 1, 1, 1
		want := pipeline.Nodes{
			Outcomes: []pipeline.Outcome{business, product}, Opportunities: []pipeline.Opportunity{opportunity}, Impacts: []pipeline.Impact{impact},
		}
		if diff := cmp.Diff(want, must(s.Nodes(t.Context(), "PAY"))(t)); diff != "" {
			t.Fatalf("added (-want +got):\n%s", diff)
		}

		noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "node", Form: "V1"}, typed("x", lately)))
		edit := pipeline.Event{At: start.Add(time.Hour), By: "U_ANA", What: pipeline.WasEdited, Changes: []pipeline.Change{{Field: pipeline.FieldStatement, From: "a", To: "b"}}}
		bare := outcome("Bare")
		bare.Key, bare.Version, bare.Changed = product.Key, 1, edit.At
		bare.Closed, bare.ClosedBy, bare.Result, bare.ClosedWhy = edit.At, "U_ANA", pipeline.Dropped, "No \"money\""
		opportunity.Statement, opportunity.Reach, opportunity.Horizon, opportunity.Changed = "What was paid?", 0, "", edit.At
		impact.From, impact.Actor, impact.Changed = "", "bookkeepers", edit.At
		for range 2 { // once more by a redelivery
			gotBare := must(s.ChangeOutcome(t.Context(), "op-c", bare, Slot{Name: "node", Form: "V1"}, edit))(t)
			gotOpportunity := must(s.ChangeOpportunity(t.Context(), "op-c", opportunity, Slot{}, edit))(t)
			gotImpact := must(s.ChangeImpact(t.Context(), "op-c", impact, Slot{}, edit))(t)
			want.Outcomes[1], want.Opportunities[0], want.Impacts[0] = bare, opportunity, impact
			want.Outcomes[1].Version, want.Opportunities[0].Version, want.Impacts[0].Version = 2, 2, 2
			got := pipeline.Nodes{
				Outcomes: []pipeline.Outcome{business, gotBare}, Opportunities: []pipeline.Opportunity{gotOpportunity}, Impacts: []pipeline.Impact{gotImpact},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("changed (-want +got):\n%s", diff)
			}
		}
		if diff := cmp.Diff(want, must(s.Nodes(t.Context(), "PAY"))(t)); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
		for _, key := range []string{"PAY-O2", "PAY-P1", "PAY-I1"} {
			node := must(s.Node(t.Context(), nodeKey(key), 3, 5))(t)
			if diff := cmp.Diff([]pipeline.Event{edit, wasAdded}, node.Events); diff != "" || node.Version() != 2 || node.Key != nodeKey(key) {
				t.Errorf("%s: %+v; history (-want +got):\n%s", key, node, diff)
			}
		}
		if drafts := must(s.Drafts(t.Context(), "U_ANA"))(t); len(drafts) != 0 {
			t.Errorf("drafts: %v", drafts)
		}
		if _, err := s.Node(t.Context(), nodeKey("PAY-P9"), 1, 1); !errors.Is(err, ErrNotFound) {
			t.Errorf("a node that is not there answers %v", err)
		}
		var outcomeConflict *OutcomeConflictError
		if _, err := s.ChangeOutcome(t.Context(), "op-late", bare, Slot{}, edit); !errors.As(err, &outcomeConflict) || cmp.Diff(want.Outcomes[1], outcomeConflict.Current) != "" {
			t.Errorf("from an old version: %v", err)
		}
		var opportunityConflict *OpportunityConflictError
		if _, err := s.ChangeOpportunity(t.Context(), "op-late", opportunity, Slot{}, edit); !errors.As(err, &opportunityConflict) || cmp.Diff(want.Opportunities[0], opportunityConflict.Current) != "" {
			t.Errorf("from an old version: %v", err)
		}
		var impactConflict *ImpactConflictError
		if _, err := s.ChangeImpact(t.Context(), "op-late", impact, Slot{}, edit); !errors.As(err, &impactConflict) || cmp.Diff(want.Impacts[0], impactConflict.Current) != "" {
			t.Errorf("from an old version: %v", err)
		}
	})
}

func TestEvidenceOfAnOpportunity(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTree(t, db)
		key := nodeKey("PAY-P1")
		want := unpaid()
		want.Key, want.Version = key, 1
		var wg sync.WaitGroup
		for i := range pipeline.EvidenceOfOpportunity - 1 {
			wg.Go(func() {
				for range 2 { // once more by a redelivery
					if _, err := s.AddOpportunityEvidence(t.Context(), fmt.Sprint("op-e", i), key, note("They call."), Slot{}, moved); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		last := note("It is \"worse\".")
		last.Against, last.At = true, start.Add(time.Hour)
		got := must(s.AddOpportunityEvidence(t.Context(), "op-last", key, last, Slot{}, moved))(t)
		want.Changed = last.At
		for i := range pipeline.EvidenceOfOpportunity {
			piece := note("They call.")
			if i == pipeline.EvidenceOfOpportunity-1 {
				piece = last
			}
			piece.Number = i + 1
			want.Evidence = append(want.Evidence, piece)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		var limit *LimitError
		if _, err := s.AddOpportunityEvidence(t.Context(), "op-more", key, last, Slot{}, moved); !errors.As(err, &limit) || limit.Of != "PAY-P1" {
			t.Errorf("one more answers %v", err)
		}
		if diff := cmp.Diff(&want, must(s.Node(t.Context(), key, 0, 0))(t).Opportunity); diff != "" {
			t.Errorf("whole (-want +got):\n%s", diff)
		}
		want.Statement = "Paid?"
		changed := must(s.ChangeOpportunity(t.Context(), "op-c", want, Slot{}, moved))(t)
		want.Version = 2
		if diff := cmp.Diff(want, changed); diff != "" {
			t.Errorf("changed (-want +got):\n%s", diff)
		}
		want.Evidence = want.Evidence[len(want.Evidence)-1:]
		if diff := cmp.Diff(want, must(s.Nodes(t.Context(), "PAY"))(t).Opportunities[0]); diff != "" {
			t.Errorf("among all nodes (-want +got):\n%s", diff)
		}
		if _, err := s.AddOpportunityEvidence(t.Context(), "op-none", nodeKey("PAY-P9"), last, Slot{}, moved); !errors.Is(err, ErrNotFound) {
			t.Errorf("of one that is not there: %v", err)
		}
	})
}

// Two move at once what is to hang under each other: one of them is told.
func TestNothingComesToHangUnderItself(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		var os []pipeline.Outcome
		for i := range 3 {
			os = append(os, must(s.AddOutcome(t.Context(), fmt.Sprint("op", i), outcome("x"), Slot{}, wasAdded))(t))
		}
		for i := range os {
			os[i].Parent = os[(i+1)%3].Key
		}
		conflicts := make([]error, 3)
		var wg sync.WaitGroup
		for i := range os {
			wg.Go(func() { _, conflicts[i] = s.ChangeOutcome(t.Context(), fmt.Sprint("move", i), os[i], Slot{}, moved) })
		}
		wg.Wait()
		refused := 0
		for i, err := range conflicts {
			var conflict *OutcomeConflictError
			if errors.As(err, &conflict) && conflict.Current.Version == 1 && conflict.Current.Parent.IsZero() {
				refused++
			} else if err != nil {
				t.Errorf("%s: %v", os[i].Key, err)
			}
		}
		if refused != 1 {
			t.Errorf("%d of three in a circle were refused", refused)
		}
	})
}

func TestAMergedOutcomeHandsOverWhatHangsUnderIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTree(t, db)
		into := calls()
		into.Statement = "They find what they look for"
		heir := must(s.AddOutcome(t.Context(), "op-o3", into, Slot{}, wasAdded))(t)
		nodes := must(s.Nodes(t.Context(), "PAY"))(t)
		team := must(s.Team(t.Context(), "PAY"))(t)
		now := start.Add(time.Hour)
		closing, err := pipeline.CloseOutcome(pipeline.Policy{}, pipeline.Person{ID: "U_ANA"}, pipeline.Where{Team: &team}, nodes.Outcomes[1],
			pipeline.CloseForm{Result: pipeline.Merged, Why: "The same", Into: heir.Key.String()}, nodes, nil, now)
		noError(t, err)
		// Something more is hung there before it is stored.
		late := unpaid()
		must(s.AddOpportunity(t.Context(), "op-late", late, Slot{}, wasAdded))(t)
		for range 2 {
			closed := must(s.CloseOutcome(t.Context(), "op-close", closing, Slot{}))(t)
			want := closing.Outcome
			want.Version = 2
			if diff := cmp.Diff(want, closed); diff != "" {
				t.Fatalf("closed (-want +got):\n%s", diff)
			}
		}
		after := must(s.Nodes(t.Context(), "PAY"))(t)
		for _, o := range after.Opportunities {
			if o.Parent != heir.Key || o.Version != 2 || !o.Changed.Equal(now) {
				t.Errorf("%+v was not handed over", o)
			}
		}
		if i := after.Impacts[0]; i.Goal != heir.Key || i.Version != 2 {
			t.Errorf("%+v was not handed over", i)
		}
		history := must(s.Node(t.Context(), nodeKey("PAY-P2"), 0, 1))(t).Events
		if diff := cmp.Diff([]pipeline.Event{closing.MovedEvent}, history); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
		// What hangs under an outcome is no heir of it, whoever hung it there.
		below := outcome("Below")
		below.Parent = heir.Key
		below = must(s.AddOutcome(t.Context(), "op-below", below, Slot{}, wasAdded))(t)
		closing.Outcome = heir
		closing.Outcome.MergedInto = below.Key
		var conflict *OutcomeConflictError
		if _, err := s.CloseOutcome(t.Context(), "op-round", closing, Slot{}); !errors.As(err, &conflict) {
			t.Errorf("merging into what hangs under it answers %v", err)
		}
		// Nor is what was merged itself: of two merged into each other, one stays.
		back := pipeline.Closing{Outcome: heir, MovedEvent: closing.MovedEvent}
		back.Outcome.Closed, back.Outcome.MergedInto = now, nodeKey("PAY-O2")
		if _, err := s.CloseOutcome(t.Context(), "op-back", back, Slot{}); !errors.As(err, &conflict) || !conflict.Current.IsOpen() {
			t.Errorf("merging into what is closed answers %v", err)
		}
	})
}

func TestATeamHasRoomForSoManyNodes(t *testing.T) {
	s := withTree(t, open(t, "memory:"))
	for i := range ImpactLimit - 1 {
		must(s.AddImpact(t.Context(), fmt.Sprint("op", i), exporting(), Slot{}, wasAdded))(t)
	}
	_, err := s.AddImpact(t.Context(), "op-more", exporting(), Slot{}, wasAdded)
	var limit *LimitError
	if !errors.As(err, &limit) || *limit != (LimitError{Of: "PAY", What: "impacts", Most: ImpactLimit}) {
		t.Errorf("one more answers %v", err)
	}
	must(s.AddOpportunity(t.Context(), "op-other", unpaid(), Slot{}, wasAdded))(t)
}

func TestBeginReadsNodes(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTree(t, db)
		linked := capture(t, s, "op1", "Export")
		linked.Outcomes = []pipeline.NodeKey{nodeKey("PAY-P1")}
		linked = change(t, s, "op2", linked)
		all := must(s.Nodes(t.Context(), "PAY"))(t)
		chain := pipeline.Nodes{Outcomes: []pipeline.Outcome{all.Outcomes[1], all.Outcomes[0]}, Opportunities: all.Opportunities}
		if diff := cmp.Diff(chain, must(s.Chain(t.Context(), nodeKey("PAY-P1"), nodeKey("PAY-O2"), nodeKey("PAY-O9")))(t)); diff != "" {
			t.Errorf("chain (-want +got):\n%s", diff)
		}
		loaded := must(s.Begin(t.Context(), Want{Idea: linked.Key, Chain: true}))(t)
		if diff := cmp.Diff(chain, loaded.Nodes); diff != "" {
			t.Errorf("above an idea (-want +got):\n%s", diff)
		}
		loaded = must(s.Begin(t.Context(), Want{Channel: "C_PAY", Nodes: true}))(t)
		if diff := cmp.Diff(all, loaded.Nodes); diff != "" || loaded.Node != nil {
			t.Errorf("all (-want +got):\n%s", diff)
		}
		whole := must(s.Node(t.Context(), nodeKey("PAY-P1"), 2, 2))(t)
		for _, want := range []Want{
			{Node: nodeKey("PAY-P1"), CheckIns: 2, NodeHistory: 2},
			{Node: pipeline.NodeKey{Kind: pipeline.OpportunityNode, Number: 1}, Channel: "C_PAY", CheckIns: 2, NodeHistory: 2},
		} {
			loaded = must(s.Begin(t.Context(), want))(t)
			if diff := cmp.Diff(&whole, loaded.Node); diff != "" || loaded.Team == nil || loaded.Team.Key != "PAY" {
				t.Errorf("one node, of team %v (-want +got):\n%s", loaded.Team, diff)
			}
		}
		if lines := []pipeline.IdeaLine{{Key: linked.Key, Title: "Export", Stage: pipeline.Captured}}; cmp.Diff(lines, whole.Ideas.Newest) != "" {
			t.Errorf("ideas on it are %+v", whole.Ideas)
		}
		loaded = must(s.Begin(t.Context(), Want{Node: nodeKey("PAY-P9"), Channel: "C_PAY"}))(t)
		if loaded.Node != nil || loaded.Team == nil {
			t.Errorf("without the node: %+v", loaded)
		}
	})
}
