package commands

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
	"alignbot/storage"
)

// node of PAY by kind and number.
func nodeOf(kind pipeline.NodeKind, number int) pipeline.NodeKey {
	return pipeline.NodeKey{Team: "PAY", Kind: kind, Number: number}
}

// What people wait for is one round trip to read and one to write. What is
// suggested is one more, and nobody waits for it when it is slow.
func TestALinkReadsOnceAndWritesOnce(t *testing.T) {
	w := newWorkbench(t, "memory:", 0)
	knowing(t, w.App) // PAY-O2
	value := newParams("idea", w.idea.Key.String(), "outcome", "PAY-O2")
	inForm := func(draft, node, field, words string) *Form {
		return &Form{ID: "V", Hash: "h", Values: map[string]Value{field + "#f": {Text: words}},
			Metadata: metadata{Idea: w.idea.Key.String(), Node: node, Channel: "C1", Draft: draft, Fresh: "f"}.encode()}
	}
	slot := draftOutcome + w.idea.Key.String()
	for _, c := range []struct {
		name string
		on   Surface
		act  string
		form *Form
		want []string
	}{
		{"open the form", Button, actionOutcome, nil, []string{"begin", "candidates", "linked ideas"}},
		{"link", Submit, formOutcome, inForm(slot, "", "outcome", "PAY-O2"), []string{"begin", "change_idea"}},
		{"make it primary", Button, actionPrimary, nil, []string{"begin", "change_idea"}},
		{"ask why", Button, actionWhy, nil, []string{"begin"}},
		{"open the form to unlink", Button, actionUnlink, nil, []string{"begin"}},
		{"unlink", Submit, formUnlink, inForm(unlinkSlot(w.idea.Key, "PAY-O2"), "PAY-O2", "why", "Not so"), []string{"begin", "change_idea"}},
		{"accept what is suggested", Button, actionAccept, nil, []string{"begin", "change_idea"}},
		{"write a new one", Submit, formOutcome, inForm(slot, "", "statement", "Something else"), []string{"begin", "add_node"}},
		{"say that it is not this one", Button, actionDismiss, nil, []string{"begin", "dismiss"}},
	} {
		if diff := cmp.Diff(c.want, w.act(t, c.on, c.act, value, c.form)); diff != "" {
			t.Errorf("to %s takes other round trips (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestASuggestionIsAnsweredOnce: however often Slack delivers a click, and however
// many click at the same moment.
func TestASuggestionIsAnsweredOnce(t *testing.T) {
	app := shop(t)
	knowing(t, app)
	key := pipeline.Key{Team: "PAY", Number: 1}
	accept, _ := NewRouter(List(), "").Find(Button, actionAccept)
	click := func(op, user string) error {
		req := plausible(accept, op, pipeline.Person{ID: user, Workspace: "T1"}, subject{key, "C1"})
		_, err := app.Handle(t.Context(), accept, req)
		return err
	}
	var all sync.WaitGroup
	refused := make(chan error, 20)
	for i := range 10 {
		for range 2 { // delivered twice
			all.Go(func() {
				if err := click(fmt.Sprint("click ", i), fmt.Sprint("U", i)); err != nil {
					refused <- err
				}
			})
		}
	}
	all.Wait()
	close(refused)
	for err := range refused {
		var problem *pipeline.Problem
		if !errors.As(err, &problem) || problem.Code != "outcome-linked" && problem.Code != "idea-busy" {
			t.Error(err)
		}
	}
	idea, err := app.Store.Idea(t.Context(), key)
	if err != nil || len(idea.Outcomes) != 1 {
		t.Fatalf("linked is %v (%v)", idea.Outcomes, err)
	}
	known, err := app.Store.Candidates(t.Context(), key)
	if got := known.Feedback[nodeOf("", 1)]; err != nil || got != (storage.Feedback{Accepted: 1}) {
		t.Errorf("feedback is %+v (%v)", got, err)
	}
	events, err := app.Store.History(t.Context(), key, 0)
	linked := 0
	for _, e := range events {
		if e.What == pipeline.WasLinked {
			linked++
		}
	}
	if err != nil || linked != 1 {
		t.Errorf("the history tells of %d links (%v)", linked, err)
	}
	for _, op := range []string{"click again", "click again"} {
		dismiss, _ := NewRouter(List(), "").Find(Button, actionDismiss)
		if _, err := app.Handle(t.Context(), dismiss, plausible(dismiss, op, people["U_ANN"], subject{key, "C1"})); err != nil {
			t.Error(err)
		}
	}
	if known, err = app.Store.Candidates(t.Context(), key); err != nil || known.Feedback[nodeOf("", 1)].Dismissed != 1 {
		t.Errorf("feedback is %+v (%v)", known.Feedback, err)
	}
}

// TestWhatHangsUnderAnOutcomeIsALinkToo: an opportunity or an impact that is the
// primary link of an idea goes through everything that an outcome does.
func TestWhatHangsUnderAnOutcomeIsALinkToo(t *testing.T) {
	for _, kind := range []pipeline.NodeKind{pipeline.OpportunityNode, pipeline.ImpactNode} {
		app := shop(t)
		furnishTree(t, app, "PAY", "words")
		ctx, key, node := t.Context(), pipeline.Key{Team: "PAY", Number: 1}, nodeOf(kind, 1)
		nodes, err := app.Store.Nodes(ctx, "PAY")
		if err != nil {
			t.Fatal(err)
		}
		meant, known := nodes.Node(node)
		if !known {
			t.Fatalf("there is no %s", node)
		}
		idea, err := app.Store.Idea(ctx, key)
		if err != nil {
			t.Fatal(err)
		}
		linked, event, err := pipeline.Link(idea, meant, "U_ANN", time.Now())
		if err == nil {
			_, err = app.Store.ChangeIdea(ctx, "link", linked, storage.Slot{}, event)
		}
		if err != nil {
			t.Fatal(err)
		}
		line, err := app.chainLine(ctx, linked)
		if err != nil || !strings.Contains(line, node.String()) {
			t.Errorf("its card says %q (%v)", line, err)
		}
		furnishBallot(t, app, Entry{}, key, "words")
		for _, name := range []string{actionBallot, actionWhy, actionShow, actionValidate} {
			e, found := NewRouter(List(), "").Find(Button, name)
			req := plausible(e, name, people["U_ANN"], subject{key, "C1"})
			if _, err := app.Handle(ctx, e, req); !found || err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		app = shop(t)
		furnishTree(t, app, "PAY", "words")
		linked.Version = 1
		if _, err = app.Store.ChangeIdea(ctx, "link", linked, storage.Slot{}, event); err != nil {
			t.Fatal(err)
		}
		parked := park(t, app, linked, "Not now")
		parked.Parking.Outcome = node
		if parked, err = app.Store.ChangeIdea(ctx, "served", parked, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U_ANN", What: pipeline.WasEdited}); err != nil {
			t.Fatal(err)
		}
		if again, err := app.Store.Idea(ctx, key); err != nil || again.Parking.Outcome != node {
			t.Errorf("parked for %+v (%v)", again.Parking, err)
		}
	}
}

// Who links an idea has read what it is linked to before. Where that is closed until
// the link is stored, the idea would stay behind: those of the outcome were seen to.
func TestAnOutcomeThatIsClosedWhileSomebodyLinks(t *testing.T) {
	app := shop(t)
	ctx := t.Context()
	o := furnishOutcome(t, app, Entry{}, "PAY", "calls")
	heir := furnishOutcome(t, app, Entry{}, "PAY", "letters")
	read := pipeline.Node{Key: o.Key, Statement: o.Statement, Outcome: o.Key}
	idea := app.now(t, pipeline.Key{Team: "PAY", Number: 1})
	before := len(idea.Outcomes)
	team, err := app.Store.Team(ctx, "PAY")
	if err != nil {
		t.Fatal(err)
	}
	submit, req := outcomeForm1(formOutcomeClose, "close", map[pipeline.Field]string{
		pipeline.FieldResult: string(pipeline.Merged), pipeline.FieldInto: heir.Key.String(), pipeline.FieldIdeas: string(pipeline.KeepLinks),
	}, func(m *metadata) { m.Node, m.Draft = o.Key.String(), draftOutcomeClose+o.Key.String() })
	if _, err := app.Handle(ctx, submit, req); err != nil {
		t.Fatal(err)
	}

	late := &Request{Op: "late", Now: time.Now(), Person: pipeline.Person{ID: "U_ANN", Workspace: "T1"}, Loaded: storage.Loaded{Team: &team, First: true}}
	var problem *pipeline.Problem
	if _, err := app.link(ctx, late, "link", storage.Slot{}, idea, read); !errors.As(err, &problem) || problem.Code != "outcome-closed" {
		t.Errorf("linking answers %v", err)
	}
	if now := app.now(t, idea.Key); len(now.Outcomes) != before || now.Version != idea.Version {
		t.Errorf("it is linked to %v", now.Outcomes)
	}
	_, err = capture(ctx, app, late, pipeline.Draft{Title: "Late"}, read, pipeline.Source{}, storage.Slot{})
	if !errors.As(err, &problem) || !strings.Contains(problem.Fields[fieldOutcome], "is closed, so no more ideas are linked to it") {
		t.Errorf("capturing answers %v", err)
	}
	// It goes on without it, by the same act.
	if stored, err := capture(ctx, app, late, pipeline.Draft{Title: "Late"}, pipeline.Node{}, pipeline.Source{}, storage.Slot{}); err != nil || len(stored.Outcomes) > 0 {
		t.Errorf("captured %+v (%v)", stored, err)
	}
}
