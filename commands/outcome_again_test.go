package commands

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim/blockkit"
	"alignbot/storage"
)

// outcomeForm1 is what Slack sends when ann submits a form about PAY-O1.
func outcomeForm1(name, op string, values map[pipeline.Field]string, change func(*metadata)) (Entry, *Request) {
	submit, _ := NewRouter(List(), "").Find(Submit, name)
	req := plausible(submit, op, people[pipeline.RoleProductOwner], subject{pipeline.Key{Team: "PAY", Number: 1}, "C1"})
	for field, words := range values {
		req.Form.Values[string(field)] = Value{Text: words}
	}
	m, _ := decodeMetadata(req.Form.Metadata)
	change(&m)
	req.Form.Metadata = m.encode()
	return submit, req
}

func asItIs(*metadata) {}

// whole is an outcome as it is stored.
func (app *App) whole(t *testing.T, number int) storage.WholeNode {
	t.Helper()
	node, err := app.Store.Node(t.Context(), pipeline.OutcomeKey{Team: "PAY", Number: number}, 50, 50)
	if err != nil {
		t.Fatal(err)
	}
	return node
}

// A form that is submitted again because its answer was lost adds one outcome;
// words that were mended since take the place of the first.
func TestAnOutcomeThatIsSubmittedTwiceIsOne(t *testing.T) {
	app := shop(t)
	for i, target := range []string{"60 %", "60 %", "70 %"} {
		submit, req := outcomeForm1(formOutcomeEdit, "one form", map[pipeline.Field]string{pipeline.FieldTarget: target}, func(m *metadata) {
			m.Node, m.Draft = "", newOutcomeSlot("PAY")
		})
		if reply, err := app.Handle(t.Context(), submit, req); err != nil || reply.Tell == nil {
			t.Fatalf("try %d: %v %+v", i, err, reply)
		}
	}
	nodes, err := app.Store.Nodes(t.Context(), "PAY")
	if err != nil || len(nodes.Outcomes) != 1 || nodes.Outcomes[0].Target.Value != 70 {
		t.Errorf("%+v (%v)", nodes.Outcomes, err)
	}
}

// An edit that is submitted again because its answer was lost is one edit, and
// words that were mended since are one more.
func TestAnEditOfAnOutcomeThatIsSubmittedTwiceIsOne(t *testing.T) {
	app := shop(t)
	before := furnishOutcome(t, app, Entry{}, "PAY", "calls")
	for i, statement := range []string{"Fewer letters", "Fewer letters", "Fewer faxes"} {
		values := outcomeTyped(before)
		values[pipeline.FieldStatement] = statement
		submit, req := outcomeForm1(formOutcomeEdit, "one form", values, func(m *metadata) { m.Seen, m.Asked = seen(outcomeDigest(before)), true })
		reply, err := app.Handle(t.Context(), submit, req)
		if err != nil || reply.Tell == nil || !strings.Contains(string(reply.Tell.Text), statement) {
			t.Fatalf("try %d: %v %+v", i, err, reply)
		}
	}
	now := app.whole(t, 1)
	edits := 0
	for _, e := range now.Events {
		if e.What == pipeline.WasEdited {
			edits++
		}
	}
	if now.Outcome.Statement != "Fewer faxes" || edits != 2 {
		t.Errorf("it says %q after %d edits", now.Outcome.Statement, edits)
	}
}

// A check-in that is submitted again because its answer was lost is one check-in;
// other words correct it, and the old ones are kept.
func TestACheckInThatIsSubmittedTwiceIsOne(t *testing.T) {
	app := shop(t)
	furnishOutcome(t, app, Entry{}, "PAY", "calls")
	for i, value := range []string{"14", "14", "15"} {
		submit, req := outcomeForm1(formCheckIn, "one form", map[pipeline.Field]string{pipeline.FieldValue: value}, asItIs)
		reply, err := app.Handle(t.Context(), submit, req)
		if err != nil || reply.Tell == nil || !strings.Contains(string(reply.Tell.Text), value) {
			t.Fatalf("try %d: %v %+v", i, err, reply)
		}
	}
	now := app.whole(t, 1)
	if len(now.CheckIns) != 3 || *now.CheckIns[0].Value != 15 || now.CheckIns[0].Corrects != 2 || *now.CheckIns[1].Value != 14 || *now.Outcome.Latest.Value != 15 {
		t.Errorf("%+v, the latest %+v", now.CheckIns, now.Outcome.Latest)
	}
}

// Two who check in at the same moment are both kept.
func TestTwoCheckInAtTheSameMoment(t *testing.T) {
	app := shop(t)
	furnishOutcome(t, app, Entry{}, "PAY", "calls")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			submit, req := outcomeForm1(formCheckIn, fmt.Sprint("form ", i), map[pipeline.Field]string{pipeline.FieldValue: fmt.Sprint(20 + i)}, asItIs)
			req.Person = []pipeline.Person{people[pipeline.RoleMember], people[pipeline.RoleProductOwner]}[i%2]
			if _, err := app.Handle(t.Context(), submit, req); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	now := app.whole(t, 1)
	if len(now.CheckIns) != 9 || now.Outcome.Latest.Number != 9 || *now.Outcome.Latest.Value != *now.CheckIns[0].Value {
		t.Errorf("%d check-ins, the latest %+v", len(now.CheckIns), now.Outcome.Latest)
	}
}

// A check-in does not come in the way of an edit that was opened before it; an
// edit does, and is shown.
func TestACheckInIsNoConflictOfAnEdit(t *testing.T) {
	app := shop(t)
	before := furnishOutcome(t, app, Entry{}, "PAY", "calls")
	submit, req := outcomeForm1(formCheckIn, "check-in", nil, asItIs)
	if _, err := app.Handle(t.Context(), submit, req); err != nil {
		t.Fatal(err)
	}
	edit := func(op, statement string) Reply {
		values := outcomeTyped(before)
		values[pipeline.FieldStatement] = statement
		submit, req := outcomeForm1(formOutcomeEdit, op, values, func(m *metadata) { m.Seen, m.Asked = seen(outcomeDigest(before)), true })
		reply, err := app.Handle(t.Context(), submit, req)
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	if reply := edit("first", "Fewer letters"); reply.Tell == nil {
		t.Errorf("after a check-in: %+v", reply)
	}
	if now := app.whole(t, 1).Outcome; now.Light != pipeline.Red || now.Statement != "Fewer letters" {
		t.Errorf("it is %s: %s", now.Light, now.Statement)
	}
	if reply := edit("second", "Fewer faxes"); reply.Update == nil {
		t.Errorf("after an edit: %+v", reply)
	}
	if now := app.whole(t, 1).Outcome; now.Statement != "Fewer letters" {
		t.Errorf("it says %s", now.Statement)
	}
}

// The ideas of an outcome that is closed follow it page by page, each once,
// however often the job is begun anew, and go to where their outcome was merged.
func TestTheIdeasOfAClosedOutcomeFollowOnce(t *testing.T) {
	app := shop(t)
	ctx := t.Context()
	old := furnishOutcome(t, app, Entry{}, "PAY", "calls")
	heir := furnishOutcome(t, app, Entry{}, "PAY", "letters")
	last := furnishOutcome(t, app, Entry{}, "PAY", "faxes")
	const ideas = relinkPage*relinkPages + 5
	var keys []pipeline.Key
	for i := range ideas {
		var event pipeline.Event
		idea, err := pipeline.Capture(pipeline.Draft{Title: fmt.Sprint("Idea ", i)}, "PAY", "U_ANN", pipeline.Source{}, time.Now())
		if err == nil {
			idea, err = app.Store.Capture(ctx, fmt.Sprint("capture ", i), idea, storage.Slot{})
		}
		if err == nil {
			idea, event, err = pipeline.Link(idea, pipeline.Node{Key: old.Key}, "U_ANN", time.Now())
		}
		if err == nil {
			idea, err = app.Store.ChangeIdea(ctx, fmt.Sprint("link ", i), idea, storage.Slot{}, event)
		}
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, idea.Key)
	}
	closes := func(op string, from, into pipeline.Outcome) {
		submit, req := outcomeForm1(formOutcomeClose, op, map[pipeline.Field]string{
			pipeline.FieldResult: string(pipeline.Merged), pipeline.FieldInto: into.Key.String(), pipeline.FieldIdeas: string(pipeline.KeepLinks),
		}, func(m *metadata) { m.Node, m.Draft = from.Key.String(), draftOutcomeClose+from.Key.String() })
		for i := range 2 { // submitted again because its answer was lost
			if reply, err := app.Handle(ctx, submit, req); err != nil || reply.Tell == nil {
				t.Fatalf("try %d: %v %+v", i, err, reply)
			}
		}
	}
	closes("close old", old, heir)
	closes("close heir", heir, last)
	runs := 0
	for {
		claimed, _, err := app.Store.Claim(ctx, 1000, time.Minute, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(claimed) == 0 {
			break
		}
		for _, c := range claimed {
			if c.Kind == drawRelink {
				for range 2 { // the process that did it first ended before it could say so
					runs++
					if drawn, err := app.Draw(ctx, c); err != nil || !drawn.Skip {
						t.Fatalf("%+v %v", drawn, err)
					}
				}
			}
			if err := app.Store.Sent(ctx, c, pipeline.Message{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if runs < 6 {
		t.Errorf("the job ran %d times", runs)
	}
	for _, key := range keys {
		events, err := app.Store.History(ctx, key, 0)
		if now := app.now(t, key); err != nil || len(now.Outcomes) != 1 || now.Outcomes[0] != last.Key || len(events) != 3 {
			t.Fatalf("%s is linked to %v after %d events (%v)", key, now.Outcomes, len(events), err)
		}
	}
}

// Of two who close an outcome at the same moment one does, and the other is told
// what it is.
func TestClosingAnOutcomeAtTheSameMoment(t *testing.T) {
	app := shop(t)
	furnishOutcome(t, app, Entry{}, "PAY", "calls")
	var all sync.WaitGroup
	refused := make(chan string, 8)
	for i := range cap(refused) {
		all.Go(func() {
			submit, req := outcomeForm1(formOutcomeClose, fmt.Sprint("form ", i), nil, asItIs)
			_, err := app.Handle(t.Context(), submit, req)
			var problem *pipeline.Problem
			if errors.As(err, &problem) {
				refused <- problem.Code
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	close(refused)
	n := 0
	for code := range refused {
		if n++; code != "outcome-closed" {
			t.Errorf("refused as %s", code)
		}
	}
	if now := app.whole(t, 1); n != 7 || now.Outcome.Result != pipeline.Reached {
		t.Errorf("%d were refused, and it is %q", n, now.Outcome.Result)
	}
}

// A tree that is full takes no more, and says so beside what was typed.
func TestNoMoreOutcomesThanATreeHolds(t *testing.T) {
	app := shop(t)
	for i := range storage.OutcomeLimit {
		o, err := pipeline.NewOutcome("PAY", fmt.Sprint("Outcome ", i), "U_ANN", time.Now())
		if err == nil {
			_, err = app.Store.AddOutcome(t.Context(), fmt.Sprint("outcome ", i), o, storage.Slot{}, pipeline.Event{At: o.Created, By: "U_ANN", What: pipeline.WasAdded})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	submit, req := outcomeForm1(formOutcomeEdit, "one more", nil, func(m *metadata) { m.Node, m.Draft = "", newOutcomeSlot("PAY") })
	_, err := app.Handle(t.Context(), submit, req)
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || !strings.Contains(problem.What, "PAY has 500 outcomes") {
		t.Errorf("one more: %v", err)
	}
	list, _ := NewRouter(List(), "").Slash("/outcome", "")
	reply, err := app.Handle(t.Context(), list, plausible(list, "list", people[pipeline.RoleMember], subject{pipeline.Key{Team: "PAY", Number: 1}, "C1"}))
	if err != nil || !strings.Contains(string(reply.Tell.Text), "500 outcomes") {
		t.Errorf("%+v %v", reply, err)
	}
}

// What is typed where no team is meant travels with the choice of one, whatever
// its letters, or is shown.
func TestAnOutcomeIsTypedWhereNoTeamIs(t *testing.T) {
	app := shop(t)
	add, _ := NewRouter(List(), "").Slash("/outcome", "add")
	for _, statement := range []string{"Fewer calls", strings.Repeat("界", pipeline.StatementLimit)} {
		req := plausible(add, "add "+statement, people[pipeline.RoleProductOwner], subject{pipeline.Key{Team: "PAY", Number: 1}, "C2"})
		req.Words = statement
		reply, err := app.Handle(t.Context(), add, req)
		if err != nil || reply.Tell == nil {
			t.Fatalf("%+v %v", reply, err)
		}
		if problems := blockkit.Message(encode(t, reply.Tell.Blocks)); len(problems) > 0 || !strings.Contains(strings.ReplaceAll(string(encode(t, reply.Tell.Blocks)), "+", " "), statement) {
			t.Errorf("%v: %s", problems, encode(t, reply.Tell.Blocks))
		}
	}
}
