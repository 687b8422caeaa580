package storage

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
)

// Of a kind that stands alone a team has one canvas in use, however many people open
// closed ones, or begin one, at the same moment.
func TestACanvasThatStandsAloneIsOpenOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		var closed []pipeline.Canvas
		for i := range 4 {
			c := pipeline.Canvas{Team: "PAY", Number: i + 1, Kind: pipeline.ProductGoal, Name: "Goal", Owner: "U_ANA", Began: start, BeganBy: "U_ANA"}
			c = must(s.KeepCanvas(t.Context(), fmt.Sprint("begin", i), c, "U_ANA", Slot{}, pipeline.Event{}))(t)
			c.Closed = start
			closed = append(closed, must(s.KeepCanvas(t.Context(), fmt.Sprint("close", i), c, "U_ANA", Slot{}, pipeline.Event{}))(t))
		}
		fresh := closed[0]
		fresh.Number, fresh.Version = 5, 0
		errs := make([]error, 5)
		var wg sync.WaitGroup
		for i, c := range append(closed, fresh) {
			wg.Go(func() {
				c.Closed = time.Time{}
				_, errs[i] = s.KeepCanvas(t.Context(), fmt.Sprint("open", i), c, "U_ANA", Slot{}, pipeline.Event{})
			})
		}
		wg.Wait()
		open := must(s.OpenCanvases(t.Context(), "PAY"))(t)
		if len(open) != 1 {
			t.Fatalf("%d are open", len(open))
		}
		refused := 0
		for i, err := range errs {
			var conflict *CanvasConflictError
			switch {
			case errors.As(err, &conflict) && conflict.Current.Number == i+1 && (conflict.Current.Version == 0) == (i == 4):
				refused++
			case err != nil || open[0].Number != i+1:
				t.Errorf("%d: %v", i+1, err)
			}
		}
		if refused != 4 {
			t.Errorf("%d were refused", refused)
		}
		// The one that is open changes as any other, and makes room when it is closed.
		c := open[0]
		c.Name = "Another name"
		c = must(s.KeepCanvas(t.Context(), "rename", c, "U_ANA", Slot{}, pipeline.Event{}))(t)
		c.Closed = start
		must(s.KeepCanvas(t.Context(), "close again", c, "U_ANA", Slot{}, pipeline.Event{}))(t)
		other := must(s.Canvas(t.Context(), "PAY", c.Number%4+1))(t)
		other.Closed = time.Time{}
		must(s.KeepCanvas(t.Context(), "open another", other, "U_ANA", Slot{}, pipeline.Event{}))(t)
	})
}
