package commands

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"alignbot/pipeline"
	"alignbot/storage"
)

// sprintRequest is what Slack sends when somebody submits a form about the team's first
// sprint, or about its first refinement.
func sprintRequest(name, op string, values map[pipeline.Field]Value, change func(*metadata)) (Entry, *Request) {
	submit, _ := NewRouter(List(), "").Find(Submit, name)
	req := plausible(submit, op, people[pipeline.RoleMember], subject{pipeline.Key{Team: "PAY", Number: 1}, "C1"})
	for field, value := range values {
		req.Form.Values[string(field)] = value
	}
	m, _ := decodeMetadata(req.Form.Metadata)
	change(&m)
	req.Form.Metadata = m.encode()
	return submit, req
}

func (app *App) sprintStored(t *testing.T, number int) pipeline.Sprint {
	t.Helper()
	s, err := app.Store.Sprint(t.Context(), "PAY", number)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A sprint that is submitted again because the answer was lost is started once; words
// that were mended since take the place of the first.
func TestASprintThatIsSubmittedTwiceIsOne(t *testing.T) {
	app := shop(t)
	idea := app.at(t, "item", pipeline.Backlog)
	for i, goal := range []string{"People pay", "People pay", "People pay in time"} {
		submit, req := sprintRequest(formSprint, "one form", map[pipeline.Field]Value{
			pipeline.FieldGoal: {Text: goal}, pipeline.FieldItems: {Chosen: []string{idea.Key.String()}},
		}, asItIs)
		reply, err := app.Handle(t.Context(), submit, req)
		if err != nil || reply.Tell == nil {
			t.Fatalf("try %d: %v %+v", i, err, reply)
		}
	}
	s := app.sprintStored(t, 1)
	events, err := app.Store.History(t.Context(), idea.Key, 0)
	taken := 0
	for _, e := range events {
		if e.What == pipeline.WasTakenUp {
			taken++
		}
	}
	if _, total, _ := app.Store.Sprints(t.Context(), "PAY", 1, 1); err != nil || total != 1 || s.Goal != "People pay in time" || s.Version != 2 || taken != 1 {
		t.Errorf("%d sprints, %+v, taken up %d times (%v)", total, s, taken, err)
	}
	// Another form is another sprint, and there is one at a time.
	submit, req := sprintRequest(formSprint, "another form", nil, asItIs)
	var problem *pipeline.Problem
	if _, err := app.Handle(t.Context(), submit, req); !errors.As(err, &problem) || problem.Code != "sprint-open" {
		t.Errorf("another one: %v", err)
	}
}

// Of several who start the next sprint at the same moment one does.
func TestSeveralStartTheNextSprint(t *testing.T) {
	app := shop(t)
	var all sync.WaitGroup
	started := make([]bool, 6)
	for i := range started {
		all.Go(func() {
			submit, req := sprintRequest(formSprint, fmt.Sprint("form ", i), map[pipeline.Field]Value{pipeline.FieldGoal: {Text: fmt.Sprint("Goal ", i)}}, asItIs)
			_, err := app.Handle(t.Context(), submit, req)
			var problem *pipeline.Problem
			if started[i] = err == nil; err != nil && (!errors.As(err, &problem) || problem.Code != "sprint-open") {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s, won := app.sprintStored(t, 1), 0
	for i, is := range started {
		if is {
			won++
			if s.Goal != fmt.Sprint("Goal ", i) {
				t.Errorf("%d was told that it is theirs, and it is %q", i, s.Goal)
			}
		}
	}
	if _, total, err := app.Store.Sprints(t.Context(), "PAY", 1, 1); won != 1 || total != 1 || err != nil {
		t.Errorf("%d started it, %d are stored (%v)", won, total, err)
	}
}

// A change that is submitted again is one change.
func TestAChangeOfASprintThatIsSubmittedTwiceIsOne(t *testing.T) {
	app := shop(t)
	before := furnishSprint(t, app, "PAY", "words")
	before.Items = nil
	if _, err := app.Store.KeepSprint(t.Context(), "emptied", before, "U_ANN", storage.Slot{}, nil); err != nil {
		t.Fatal(err)
	}
	before = app.sprintStored(t, 1)
	for i, goal := range []string{"People pay", "People pay", "People pay in time"} {
		submit, req := sprintRequest(formSprint, "one form", map[pipeline.Field]Value{pipeline.FieldGoal: {Text: goal}}, func(m *metadata) {
			m.Sprint, m.Seen = 1, seen(sprintDigest(before))
		})
		if reply, err := app.Handle(t.Context(), submit, req); err != nil || reply.Tell == nil {
			t.Fatalf("try %d: %v %+v", i, err, reply)
		}
	}
	if s := app.sprintStored(t, 1); s.Goal != "People pay in time" || s.Version != before.Version+2 {
		t.Errorf("%+v", s)
	}
}

// A sprint that is closed twice by the same form is closed once; what differs then is a
// correction. By another form it is told to be closed.
func TestASprintIsClosedOnce(t *testing.T) {
	app := shop(t)
	furnishSprint(t, app, "PAY", "words")
	for i, done := range [][]string{nil, nil, {"PAY-1"}} {
		submit, req := sprintRequest(formSprintClose, "one form", map[pipeline.Field]Value{pipeline.FieldDone: {Chosen: done}}, asItIs)
		reply, err := app.Handle(t.Context(), submit, req)
		if err != nil || reply.Tell == nil || !strings.Contains(string(reply.Tell.Text), fmt.Sprintf("%d of 1 idea", len(done))) {
			t.Fatalf("try %d: %v %+v", i, err, reply)
		}
	}
	if s := app.sprintStored(t, 1); s.IsOpen() || s.Finished.Ideas != 1 || s.Version != 3 {
		t.Errorf("%+v", s)
	}
	submit, req := sprintRequest(formSprintClose, "another form", map[pipeline.Field]Value{pipeline.FieldDone: {}}, asItIs)
	var problem *pipeline.Problem
	if _, err := app.Handle(t.Context(), submit, req); !errors.As(err, &problem) || problem.Code != "sprint-closed" {
		t.Errorf("by another form: %v", err)
	}
}

// A refinement that is submitted again is logged once; words that were mended since are
// a correction.
func TestARefinementThatIsSubmittedTwiceIsOne(t *testing.T) {
	app := shop(t)
	for i, minutes := range []string{"45", "45", "50"} {
		submit, req := sprintRequest(formRefine, "one form", map[pipeline.Field]Value{pipeline.FieldMinutes: {Text: minutes}}, asItIs)
		reply, err := app.Handle(t.Context(), submit, req)
		if err != nil || reply.Tell == nil || !strings.Contains(string(reply.Tell.Text), minutes+" minutes") {
			t.Fatalf("try %d: %v %+v", i, err, reply)
		}
	}
	found, total, err := app.Store.Refinements(t.Context(), "PAY", 1, 5)
	if err != nil || total != 1 || found[0].Minutes != 50 || found[0].CorrectedBy == "" {
		t.Errorf("%d, %+v (%v)", total, found, err)
	}
}

// A move in the order that arrives twice is made once.
func TestAMoveInTheOrderThatArrivesTwiceIsOne(t *testing.T) {
	app := shop(t)
	for i := range 3 {
		app.at(t, fmt.Sprint("item ", i), pipeline.Backlog)
	}
	click, _ := NewRouter(List(), "").Find(Button, actionOrder)
	for range 2 {
		req := plausible(click, "one click", people[pipeline.RoleMember], subject{pipeline.Key{Team: "PAY", Number: 4}, "C1"})
		req.Value = newParams("idea", "PAY-4", "to", string(pipeline.MoveUp)).encode()
		if _, err := app.Handle(t.Context(), click, req); err != nil {
			t.Fatal(err)
		}
	}
	page, err := app.Store.Page(t.Context(), storage.List{Team: "PAY", Stage: pipeline.Backlog}, 1, 3)
	if err != nil || page.Ideas[1].Key.Number != 4 {
		t.Errorf("%v %v", page.Ideas, err)
	}
}
