package commands

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"alignbot/pipeline"
)

func (app *App) storyMapStored(t *testing.T) pipeline.StoryMap {
	t.Helper()
	m, err := app.Store.StoryMap(t.Context(), "PAY", 1)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// storyMapForm is what Slack sends when somebody submits that form of the team's first
// map.
func storyMapForm(op string, of *mapFormOf, values map[pipeline.Field]Value) (Entry, *Request) {
	submit, _ := NewRouter(List(), "").Find(Submit, formStoryMap)
	req := plausible(submit, op, people[pipeline.RoleMember], subject{pipeline.Key{Team: "PAY", Number: 1}, "C1"})
	for field, value := range values {
		req.Form.Values[string(field)] = value
	}
	m, _ := decodeMetadata(req.Form.Metadata)
	m.Map, m.Draft = of, mapSlot(mapPlace{team: "PAY", number: of.Number, card: of.Card}, of.Form)
	req.Form.Metadata = m.encode()
	return submit, req
}

// Whatever is delivered or submitted twice is done once; other words of a form that was
// stored although its answer got lost are done as well.
func TestAStoryMapIsChangedOnceHoweverOftenItIsSent(t *testing.T) {
	app := shop(t)
	for _, name := range []string{"Paying", "Paying", "Paying in time"} {
		submit, req := storyMapForm("new", &mapFormOf{Form: mapNew}, map[pipeline.Field]Value{pipeline.FieldName: {Text: name}, pipeline.FieldFor: {}})
		if _, err := app.Handle(t.Context(), submit, req); err != nil {
			t.Fatal(err)
		}
	}
	if m := app.storyMapStored(t); m.Name != "Paying in time" || m.Version != 2 || m.Number != 1 {
		t.Errorf("begun three times: %+v", m)
	}
	for range 2 {
		submit, req := storyMapForm("add", &mapFormOf{Number: 1, Form: mapAddActivities}, map[pipeline.Field]Value{pipeline.FieldTitle: {Text: "Receive\nPay\nBook"}})
		if _, err := app.Handle(t.Context(), submit, req); err != nil {
			t.Fatal(err)
		}
	}
	click, _ := NewRouter(List(), "").Find(Button, actionStoryMapDo)
	do := func(op, deed string, card pipeline.CardID) error {
		req := plausible(click, op, people[pipeline.RoleMember], subject{pipeline.Key{Team: "PAY", Number: 1}, "C1"})
		at := mapPlace{team: "PAY", number: 1, card: card}
		req.Value = at.value("do", deed).encode()
		req.Form, req.Message = &Form{ID: "V", Metadata: metadata{Team: "PAY", Channel: "C1"}.encode()}, nil
		_, err := app.Handle(t.Context(), click, req)
		return err
	}
	for range 3 {
		if err := do("down", mapDown, 2); err != nil {
			t.Fatal(err)
		}
		if err := do("remove", mapRemove, 3); err != nil {
			t.Fatal(err)
		}
	}
	m := app.storyMapStored(t)
	if len(m.Activities) != 2 || m.Activities[0].ID != 2 && m.Activities[0].Title != "Book" {
		t.Errorf("after three deliveries: %+v", m.Activities)
	}
	if m.Version != 5 {
		t.Errorf("it was changed %d times", m.Version-1)
	}
}

// Of several people who add at the same moment everybody is heard, and nobody goes over
// the limit.
func TestSeveralAddToAStoryMap(t *testing.T) {
	app := shop(t)
	furnishStoryMap(t, app, "PAY", "words")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 20 { // "several people are changing it": they try again
				submit, req := storyMapForm(fmt.Sprint("add ", i), &mapFormOf{Number: 1, Form: mapAddActivities}, map[pipeline.Field]Value{pipeline.FieldTitle: {Text: fmt.Sprintf("A %d\nB %d", i, i)}})
				_, err := app.Handle(t.Context(), submit, req)
				var problem *pipeline.Problem
				if err == nil || errors.As(err, &problem) && problem.Code == "story-map-full" {
					return
				}
				if !errors.As(err, &problem) || problem.Code != "story-map-busy" {
					t.Error(err)
					return
				}
			}
			t.Error("nobody came through")
		})
	}
	all.Wait()
	m := app.storyMapStored(t)
	if len(m.Activities) != 11 || len(m.Stories()) != 2 || len(m.Removed) != 1 { // one there was, and five pairs
		t.Errorf("%d activities, %d stories, %d removed", len(m.Activities), len(m.Stories()), len(m.Removed))
	}
	_, total, err := app.Store.StoryMapHistory(t.Context(), "PAY", 1, 1, 1)
	if err != nil || total != 5 {
		t.Errorf("%d lines of history (%v)", total, err)
	}
}
