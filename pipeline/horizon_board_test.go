package pipeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// boardFacts: under the product outcome PAY-O2 stand PAY-P1 in Now, which moves its own
// metric, PAY-P2 in Next and PAY-P3 in Later; PAY-P4 in Now is for PAY-O3, which is
// closed. PAY-P5 was put off.
func boardFacts() pipeline.HorizonFacts {
	opportunity := func(number int, statement string, parent pipeline.NodeKey, horizon pipeline.Horizon, days int) pipeline.Opportunity {
		at := noon.AddDate(0, 0, -days)
		return pipeline.Opportunity{Key: p(number), Version: int64(number), Statement: statement, Kind: pipeline.Pain, Parent: parent, Horizon: horizon, Created: at, Changed: at, CreatedBy: "U1"}
	}
	nodes := servingNodes()
	nodes.Outcomes[1].Metric, nodes.Outcomes[1].Unit = "invoices paid in time", "%"
	nodes.Outcomes[1].Baseline = &pipeline.Reading{Value: 60, Day: "2026-10-01"}
	nodes.Outcomes[1].Target = &pipeline.Reading{Value: 80, Day: "2027-03-31"}
	nodes.Opportunities = []pipeline.Opportunity{
		opportunity(1, "I forget when to pay", o(2), pipeline.HorizonNow, 2),
		opportunity(2, "I cannot find the number", o(2), pipeline.HorizonNext, 90),
		opportunity(3, "I want a dashboard", o(2), pipeline.HorizonLater, 89),
		opportunity(4, "I pay twice", o(3), pipeline.HorizonNow, 0),
		opportunity(5, "I do not trust it", o(2), pipeline.HorizonNotNow, 300),
	}
	return pipeline.HorizonFacts{
		Team: *sprintTeam(), Nodes: nodes, NotNow: 1, Undecided: 4,
		Ideas: map[pipeline.NodeKey]pipeline.IdeasOn{
			p(1): {Stages: map[pipeline.Stage]int{pipeline.Discovery: 3, pipeline.Backlog: 1, pipeline.Parked: 2}, Newest: []pipeline.IdeaLine{{Key: payKey(7), Title: "Remind me", Stage: pipeline.Backlog}}},
			p(3): {Stages: map[pipeline.Stage]int{pipeline.Captured: 2}},
		},
		Testing: map[pipeline.NodeKey]int{p(1): 1},
		Sized:   map[pipeline.NodeKey]int{p(3): 1},
		Notes: pipeline.HorizonNotes{Team: "PAY", Version: 4, Order: []pipeline.NodeKey{p(4), p(99), p(1)}, Cards: map[pipeline.NodeKey]pipeline.HorizonNote{
			p(1): {Metric: "reminders opened", Confirmed: noon.AddDate(0, 0, -1), ConfirmedBy: "U2"},
		}},
	}
}

func TestTheBoardShowsOpportunitiesByHorizon(t *testing.T) {
	b := pipeline.NewHorizonBoard(boardFacts(), noon)
	var drawn []string
	for _, column := range b.Columns {
		drawn = append(drawn, fmt.Sprintf("== %s, %s", column.Horizon.Title(), column.Certain))
		for _, hint := range column.Hints {
			drawn = append(drawn, "! "+hint)
		}
		for _, c := range column.Cards {
			drawn = append(drawn, fmt.Sprintf("%s %s", c.Key, c.Problem))
			for _, words := range append(c.Lines(), c.Hints...) {
				drawn = append(drawn, "  "+words)
			}
		}
	}
	const want = `== Now, certain: scoped and staffed
PAY-P4 I pay twice
  Outcome: no open outcome
  Metric: none yet
  Ideas: no ideas yet
  Last word: changed today
  It serves no open outcome. What for is it worth solving?
  It is worked on now and has no metric. How will you see that it is solved?
PAY-P1 I forget when to pay
  Outcome: PAY-O2 More people pay in time: 60 %, target 80
  Metric: reminders opened
  Ideas: 1 in the Product Backlog, 3 in discovery, 2 parked; one test runs
  Last word: confirmed one day ago
== Next, likely: in discovery
PAY-P2 I cannot find the number
  Outcome: PAY-O2 More people pay in time: 60 %, target 80
  Metric: invoices paid in time, as for the outcome
  Ideas: no ideas yet
  Last word: not confirmed for 90 days
  Nobody has confirmed it for 90 days or more. Is it still true?
== Later, open: a problem worth solving
PAY-P3 I want a dashboard
  Outcome: PAY-O2 More people pay in time: 60 %, target 80
  Metric: invoices paid in time, as for the outcome
  Ideas: 2 captured
  Last word: changed 89 days ago
  “dashboard” sounds like a solution. Which problem of customers is behind it?
  One idea is worked out as far as a story. Later holds problems; does it belong to Next, or can that wait?`
	if diff := cmp.Diff(strings.Split(want, "\n"), drawn); diff != "" {
		t.Error(diff)
	}
	if card, column, at, found := b.Card(p(1)); !found || column.Horizon != pipeline.HorizonNow || at != 1 || card.MoreIdeas != 5 || card.ConfirmedBy != "U2" {
		t.Errorf("%+v %d", card, at)
	}
	if _, _, _, found := b.Card(p(5)); found || b.NotNow != 1 || b.Undecided != 4 {
		t.Errorf("%+v", b)
	}
}

func TestHintsAboutTheColumns(t *testing.T) {
	crowded, idle := boardFacts(), boardFacts()
	for i := range crowded.Nodes.Opportunities {
		crowded.Nodes.Opportunities[i].Horizon = pipeline.HorizonNow
		idle.Nodes.Opportunities[i].Horizon = pipeline.HorizonNext
	}
	if hints := pipeline.NewHorizonBoard(crowded, noon).Columns[0].Hints; len(hints) != 1 || !strings.HasPrefix(hints[0], "Now holds 5 problems.") {
		t.Errorf("%q", hints)
	}
	if hints := pipeline.NewHorizonBoard(idle, noon).Columns[0].Hints; len(hints) != 1 || !strings.HasPrefix(hints[0], "Nothing is worked on now.") {
		t.Errorf("%q", hints)
	}
	if b := pipeline.NewHorizonBoard(pipeline.HorizonFacts{}, noon); len(b.Columns) != 3 || b.Columns[0].Hints != nil {
		t.Errorf("an empty board: %+v", b)
	}
}

func TestWhatIsDoneToTheBoard(t *testing.T) {
	facts := boardFacts()
	where, later := pipeline.Where{Team: sprintTeam()}, noon.Add(time.Hour)
	find := func(number int) pipeline.Opportunity { return facts.Nodes.Opportunities[number-1] }

	confirmed, event, err := pipeline.ConfirmCard(pipeline.Policy{}, member, where, facts.Notes, find(2), later)
	if err != nil || event.What != pipeline.HorizonWasConfirmed || confirmed.Cards[p(2)] != (pipeline.HorizonNote{Confirmed: later, ConfirmedBy: member.ID}) {
		t.Errorf("%+v %+v %v", confirmed.Cards, event, err)
	}
	if diff := cmp.Diff(boardFacts().Notes, facts.Notes); diff != "" {
		t.Errorf("the notes it was given have changed:\n%s", diff)
	}

	measured, event, err := pipeline.SetCardMetric(pipeline.Policy{}, member, where, facts.Notes, find(1), " clicks ", later)
	if err != nil || measured.Cards[p(1)].Metric != "clicks" || measured.Cards[p(1)].Confirmed != later || cmp.Diff([]pipeline.Change{{Field: pipeline.FieldCardMetric, From: "reminders opened", To: "clicks"}}, event.Changes) != "" {
		t.Errorf("%+v %+v %v", measured.Cards, event, err)
	}
	if same, event, err := pipeline.SetCardMetric(pipeline.Policy{}, member, where, facts.Notes, find(1), "reminders opened", later); err != nil || event.What != "" || cmp.Diff(facts.Notes, same) != "" {
		t.Errorf("the same metric: %+v %v", event, err)
	}

	b := pipeline.NewHorizonBoard(facts, noon)
	shifted, changed, err := pipeline.ShiftCard(pipeline.Policy{}, member, where, facts.Notes, b, p(1), -1)
	if diff := cmp.Diff([]pipeline.NodeKey{p(1), p(4), p(2), p(3)}, shifted.Order); err != nil || !changed || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	for _, key := range []pipeline.NodeKey{p(4), p(5), p(2)} {
		if _, changed, err := pipeline.ShiftCard(pipeline.Policy{}, member, where, facts.Notes, b, key, -1); err != nil || changed {
			t.Errorf("%s was moved up: %v", key, err)
		}
	}

	moved, event, err := pipeline.MoveOnBoard(pipeline.Policy{}, member, where, find(2), pipeline.HorizonNow, facts.Nodes, later)
	if err != nil || moved.Horizon != pipeline.HorizonNow || moved.Changed != later || event.What != pipeline.WasEdited {
		t.Errorf("%+v %+v %v", moved, event, err)
	}

	guest := pipeline.Person{ID: "UG", Guest: true}
	if _, _, err := pipeline.ConfirmCard(pipeline.Policy{}, guest, where, facts.Notes, find(2), later); problem(t, err).Code != "not-permitted" {
		t.Errorf("a guest confirms: %v", err)
	}
	if _, _, err := pipeline.ShiftCard(pipeline.Policy{}, guest, where, facts.Notes, b, p(1), -1); problem(t, err).Code != "not-permitted" {
		t.Errorf("a guest shifts: %v", err)
	}
	if _, _, err := pipeline.ConfirmCard(pipeline.Policy{}, member, where, facts.Notes, find(5), later); problem(t, err).Code != "horizon-not-on-board" {
		t.Errorf("one that is not on the board: %v", err)
	}
	if _, _, err := pipeline.SetCardMetric(pipeline.Policy{}, member, where, facts.Notes, find(1), strings.Repeat("x", pipeline.MetricLimit+1), later); problem(t, err).Fields[pipeline.FieldCardMetric] == "" {
		t.Errorf("a long metric: %v", err)
	}
}

func TestTheBoardIsAsOldAsItsOldestCard(t *testing.T) {
	facts := boardFacts()
	oldest, used := pipeline.OldestCard(facts.Nodes, facts.Notes)
	want := pipeline.Confirmed{Key: "PAY-P2", Name: "Now-Next-Later board: I cannot find the number", At: noon.AddDate(0, 0, -90)}
	if diff := cmp.Diff(want, oldest); !used || diff != "" {
		t.Error(diff)
	}
	if _, used := pipeline.OldestCard(servingNodes(), pipeline.HorizonNotes{}); used {
		t.Error("a team without a board has one that ages")
	}
}

func TestTheBoardAsText(t *testing.T) {
	b := pipeline.NewHorizonBoard(boardFacts(), noon)
	md := pipeline.HorizonMarkdown(b)
	for _, want := range []string{"# Now-Next-Later of Payments\n", "\n## Now\n\nCertain: scoped and staffed.\n\n- **PAY-P4** I pay twice\n  - Outcome: no open outcome\n", "\n## Later\n"} {
		if !strings.Contains(md, want) {
			t.Errorf("no %q in\n%s", want, md)
		}
	}
	text, err := pipeline.HorizonJSON(b)
	if err != nil || !strings.Contains(string(text), `"horizon": "now"`) || !strings.Contains(string(text), `"metric": "reminders opened"`) || !strings.Contains(string(text), `"undecided": 4`) {
		t.Errorf("%s %v", text, err)
	}
}
