package commands

import (
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// parkForm1 is what Slack sends when ann parks PAY-1.
func parkForm1(op, why string) (Entry, *Request) {
	submit, _ := NewRouter(List(), "").Find(Submit, formPark)
	req := plausible(submit, op, people[pipeline.RoleProductOwner], subject{pipeline.Key{Team: "PAY", Number: 1}, "C1"})
	req.Form.Values[string(pipeline.FieldWhy)] = Value{Text: why}
	return submit, req
}

// A form that is submitted again because its answer was lost parks once; other
// words do not replace those that the thread has heard.
func TestAParkingThatIsSubmittedTwiceIsOne(t *testing.T) {
	app := shop(t)
	key := pipeline.Key{Team: "PAY", Number: 1}
	for i, why := range []string{"Too dear", "Too dear", "Much too dear"} {
		submit, req := parkForm1("one form", why)
		reply, err := app.Handle(t.Context(), submit, req)
		if err != nil || reply.Tell == nil {
			t.Fatalf("try %d: %v %+v", i, err, reply)
		}
		if said := fmt.Sprint(reply.Tell.Text); i == 2 != (said != fmt.Sprint(parkedNote(app.now(t, key)).Tell.Text)) {
			t.Errorf("try %d says %s", i, said)
		}
	}
	events, err := app.Store.History(t.Context(), key, 0)
	if err != nil || len(events) != 2 || app.now(t, key).Parking.Why != "Too dear" {
		t.Errorf("%d events, parked as %+v (%v)", len(events), app.now(t, key).Parking, err)
	}
	submit, req := parkForm1("another form", "Again")
	_, err = app.Handle(t.Context(), submit, req)
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || problem.Code != "stage-reached" {
		t.Errorf("parking what is parked: %v", err)
	}
}

// now is the idea as it is stored.
func (app *App) now(t *testing.T, key pipeline.Key) pipeline.Idea {
	t.Helper()
	idea, err := app.Store.Idea(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return idea
}

// Who asks is counted once, whatever is delivered twice; words submitted again
// take the place of those before.
func TestAskingAgainCountsPeople(t *testing.T) {
	app := shop(t)
	key := pipeline.Key{Team: "PAY", Number: 1}
	submit, _ := NewRouter(List(), "").Find(Submit, formAsk)
	ask := func(op, user, note string) error {
		req := plausible(submit, op, pipeline.Person{ID: user, Workspace: "T1"}, subject{key, "C1"})
		req.Form.Values = map[string]Value{"note": {Text: note}}
		_, err := app.Handle(t.Context(), submit, req)
		return err
	}
	var problem *pipeline.Problem
	if err := ask("early", "U_MEM", "x"); !errors.As(err, &problem) || problem.Code != "not-parked" {
		t.Errorf("asking for what is not parked: %v", err)
	}
	park(t, app, app.now(t, key), "why")
	for _, try := range [][3]string{{"a", "U_MEM", "x"}, {"a", "U_MEM", "x"}, {"a", "U_MEM", "y"}, {"b", "U_MEM", "z"}, {"c", "U_ANN", "mine"}} {
		if err := ask(try[0], try[1], try[2]); err != nil {
			t.Fatalf("%v: %v", try, err)
		}
	}
	page, err := app.Store.Asked(t.Context(), key, 1, 10)
	notes := map[string]string{} // two may ask in the same millisecond, in either order
	for _, asked := range page.Asked {
		notes[asked.By] = asked.Note
	}
	if want := map[string]string{"U_MEM": "z", "U_ANN": "mine"}; err != nil || page.Total != 2 || !maps.Equal(notes, want) {
		t.Errorf("%v asked (%v), want %v", notes, err, want)
	}
}

// An idea that only some may know is named by nobody's parking.
func TestAParkingNamesNothingPrivate(t *testing.T) {
	app := shop(t)
	ctx := t.Context()
	for _, team := range []pipeline.Team{{Key: "SEC", Name: "Layoffs", Channel: "CSEC", Private: true}, {Key: "GRO", Name: "Growth", Channel: "CGRO"}} {
		team.Owners, team.Zone, team.Workdays, team.SprintWeeks = []string{"U_ANN"}, "UTC", pipeline.Week()[:5], 2
		if _, err := app.Store.SetUpTeam(ctx, string(team.Key), team); err != nil {
			t.Fatal(err)
		}
		idea, err := pipeline.Capture(pipeline.Draft{Title: "An idea"}, team.Key, "U_ANN", pipeline.Source{}, time.Now())
		if err == nil {
			_, err = app.Store.Capture(ctx, "capture "+string(team.Key), idea, storage.Slot{})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, field := range []pipeline.Field{pipeline.FieldSuperseding, pipeline.FieldRevisitDelivered} {
		for key, refused := range map[string]bool{"SEC-1": true, "GRO-9": true, "PAY-99": true, "PAY-1": true, "GRO-1": false} {
			submit, req := parkForm1(string(field)+key, "why")
			idea := app.at(t, string(field)+key, pipeline.Discovery)
			if key == "PAY-1" {
				key = idea.Key.String() // itself
			}
			m, _ := decodeMetadata(req.Form.Metadata)
			m.Idea, m.More = idea.Key.String(), true
			req.Form.Metadata = m.encode()
			req.Form.Values[string(field)] = Value{Text: key}
			if field == pipeline.FieldSuperseding {
				req.Form.Values["decision"] = Value{Text: string(pipeline.Superseded)}
			}
			_, err := app.Handle(ctx, submit, req)
			var problem *pipeline.Problem
			if said := errors.As(err, &problem) && problem.Fields[field] != ""; said != refused {
				t.Errorf("%s %s: %v", field, key, err)
			}
		}
	}
}
