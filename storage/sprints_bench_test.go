package storage

import (
	"fmt"
	"testing"

	"alignbot/pipeline"
	"alignbot/storage/redistest"
)

// BenchmarkSprints measures one operation at a time over loopback TCP in a team with
// many closed sprints, a quarter of whose ideas stand in the Product Backlog.
func BenchmarkSprints(b *testing.B) {
	for _, n := range benchSizes(b) {
		for _, past := range []int{10, 1000} {
			b.Run(fmt.Sprint(n, " ideas, ", past, " sprints"), func(b *testing.B) {
				db := open(b, redistest.Start(b))
				s := db.Workspace("T0123ABCD")
				populate(b, s, n, func(i int) pipeline.Idea {
					new := benchIdea(i)
					new.Key.Team = "TEAM3"
					if i%4 == 0 {
						new.Stage, new.Size = pipeline.Backlog, 1+i%8
					}
					return new
				})
				var items []pipeline.Key
				for _, idea := range must(s.Page(b.Context(), List{Team: "TEAM3", Stage: pipeline.Backlog}, 1, 20))(b).Ideas {
					items = append(items, idea.Key)
				}
				number := 0
				next := func() pipeline.Sprint {
					number++
					sprint := sprintOn(number, items...)
					sprint.Team = "TEAM3"
					return sprint
				}
				for range past {
					must(s.KeepSprint(b.Context(), fmt.Sprint("past", number), finishing(next(), 21), "U0123ABC7", Slot{}, nil))(b)
				}
				var events []pipeline.Happening
				for _, key := range items {
					events = append(events, pipeline.Happening{Key: key.String(), Event: pipeline.Event{At: start, By: "U0123ABC7", What: pipeline.WasTakenUp}})
				}
				b.Run("Start", func(b *testing.B) {
					timed(b, func() {
						must(s.KeepSprint(b.Context(), fmt.Sprint("s", number), next(), "U0123ABC7", Slot{Name: "sprint", Form: "V1"}, events))(b)
					})
				})
				op := 0
				b.Run("Begin with the newest", func(b *testing.B) {
					timed(b, func() {
						op++
						loaded := must(s.Begin(b.Context(), Want{Op: fmt.Sprint("b", op), Channel: "C3", Sheets: []SheetWant{WantSprints(2)}}))(b)
						if sprints := must(loaded.Sprints(0))(b); len(sprints) != 2 {
							b.Fatal("no sprints")
						}
					})
				})
				b.Run("Board with what they finished", func(b *testing.B) {
					timed(b, func() {
						if board := must(s.Board(b.Context(), "TEAM3"))(b); len(board.Load.Finished) != 3 {
							b.Fatal("no velocity")
						}
					})
				})
				b.Run("Move in the order", func(b *testing.B) {
					timed(b, func() {
						op++
						_, _, err := s.OrderBacklog(b.Context(), fmt.Sprint("m", op), items[op%len(items)], pipeline.OrderMoves()[op%3], reordered)
						noError(b, err)
					})
				})
			})
		}
	}
}
