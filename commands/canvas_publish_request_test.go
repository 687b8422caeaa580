package commands

import (
	"fmt"
	"testing"
	"time"
)

// However often a canvas is published or opened again, it is looked at once a
// day.
func TestAPublishedCanvasIsLookedAtOnceADay(t *testing.T) {
	app := shop(t)
	c := furnishCanvas(t, app, "PAY", "published")
	router := NewRouter(List(), "")
	for i, action := range []string{
		actionCanvasPublish, actionCanvasStop, actionCanvasPublish, actionCanvasStop, actionCanvasPublish, actionCanvasClose, actionCanvasReopen,
	} {
		e, _ := router.Find(Button, action)
		req := inMessage(fmt.Sprint("publish", i), "C1", canvasAt(c.Key(), 0).encode())
		req.Now = req.Now.Add(time.Duration(i) * time.Second)
		if _, err := app.Handle(t.Context(), e, req); err != nil {
			t.Fatal(err)
		}
	}
	if published, err := app.Store.Canvas(t.Context(), "PAY", c.Number); err != nil || published.Published.Times != 3 {
		t.Fatalf("%+v %v", published.Published, err)
	}
	if _, _, err := app.Store.Claim(t.Context(), 100, time.Minute, 0); err != nil { // what is due now
		t.Fatal(err)
	}
	if later, err := app.Store.OutboxStats(t.Context()); err != nil || later.Due != 2 { // and the question of a month
		t.Errorf("%d jobs are to come: %v", later.Due, err)
	}
}
