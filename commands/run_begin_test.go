package commands

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
)

// Two people, or one who clicks twice, begin a checklist at the same moment: both
// come to the same one.
func TestAChecklistBegunTwiceAtOnceIsOne(t *testing.T) {
	t.Parallel()
	entries := List()
	begin := entries[slices.IndexFunc(entries, func(e Entry) bool { return e.On == Button && e.Name == actionRunBegin })]
	for try := range 20 {
		app := shop(t)
		var together sync.WaitGroup
		for click := range 2 {
			together.Go(func() {
				reply, err := app.Handle(t.Context(), begin, &Request{
					Op: fmt.Sprint("click ", try, click), Now: time.Now(), Person: pipeline.Person{ID: "U_MEM", Workspace: "T1"},
					Channel: "C1", Value: "idea=PAY-1&template=invest",
				})
				if err != nil || reply.Open == nil {
					t.Errorf("%+v %v", reply, err)
				}
			})
		}
		together.Wait()
		runs, err := app.Store.Runs(t.Context(), pipeline.Key{Team: "PAY", Number: 1})
		if err != nil || len(runs) != 1 {
			t.Errorf("%d runs, %v", len(runs), err)
		}
	}
}
