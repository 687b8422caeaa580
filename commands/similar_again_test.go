package commands

import (
	"context"
	"errors"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// A click that is delivered twice counts once; an idea of somebody else's, or one
// that is not there, is never withdrawn by it.
func TestTheSameIsAddedOnce(t *testing.T) {
	app := shop(t)
	ctx := t.Context()
	parked := park(t, app, app.now(t, pipeline.Key{Team: "PAY", Number: 1}), "why")
	mine := app.at(t, "Export invoices again", pipeline.Captured) // by U_ANN
	click, _ := NewRouter(List(), "").Find(Button, actionSame)
	add := func(op, user string, same, mine pipeline.Key) error {
		req := plausible(click, op, pipeline.Person{ID: user, Workspace: "T1"}, subject{same, "C1"})
		req.Value = newParams("idea", same.String(), "mine", mine.String()).encode()
		_, err := app.Handle(ctx, click, req)
		return err
	}
	var problem *pipeline.Problem
	for name, try := range map[string][2]string{"somebody else's": {"U_MEM", mine.Key.String()}, "unknown": {"U_ANN", "PAY-99"}, "itself": {"U_ANN", "PAY-1"}} {
		key, _ := pipeline.ParseKey(try[1])
		if err := add(name, try[0], parked.Key, key); !errors.As(err, &problem) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if page, err := app.Store.Asked(ctx, parked.Key, 1, 10); err != nil || page.Total != 0 || !app.now(t, mine.Key).Withdrawn.IsZero() {
		t.Errorf("something was added: %+v (%v)", page, err)
	}
	for range 3 {
		if err := add("one click", "U_ANN", parked.Key, mine.Key); err != nil {
			t.Fatal(err)
		}
	}
	if err := add("another click", "U_ANN", parked.Key, mine.Key); !errors.As(err, &problem) || problem.Code != "idea-withdrawn" {
		t.Errorf("adding what is withdrawn: %v", err)
	}
	page, err := app.Store.Asked(ctx, parked.Key, 1, 10)
	if err != nil || page.Total != 1 || page.Asked[0].Note != "Export invoices again" {
		t.Errorf("%+v (%v)", page, err)
	}
	events, err := app.Store.History(ctx, mine.Key, 1)
	if err != nil || events[0].What != pipeline.WasWithdrawn || events[0].Why != "the same as PAY-1" {
		t.Errorf("%+v (%v)", events, err)
	}

	// One that was reopened since the list was drawn gets it as evidence.
	again := app.at(t, "Invoices", pipeline.Captured)
	reopened := app.now(t, parked.Key)
	reopened.Stage, reopened.Parking = pipeline.Discovery, nil
	if _, err := app.Store.ChangeIdea(ctx, "reopen", reopened, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U_ANN", What: pipeline.WasReopened}); err != nil {
		t.Fatal(err)
	}
	if err := add("after", "U_ANN", parked.Key, again.Key); err != nil {
		t.Fatal(err)
	}
	if evidence, err := app.Store.Evidence(ctx, parked.Key, 1, 10); err != nil || evidence.Total != 2 { // the first came with asking
		t.Errorf("%+v (%v)", evidence, err)
	}
}

// Ideas like a new one are an extra: without the search an idea is captured as
// well, and nothing is said about it.
func TestWithoutTheSearchNothingIsSaid(t *testing.T) {
	app := shop(t)
	idea := app.now(t, pipeline.Key{Team: "PAY", Number: 1})
	over, stop := context.WithCancel(t.Context())
	stop()
	if like := app.likeIt(over, &Request{Person: people[pipeline.RoleMember]}, idea); like != nil {
		t.Errorf("%+v", like)
	}
}
