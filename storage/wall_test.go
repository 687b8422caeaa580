package storage

import (
	"errors"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
)

func TestAWallIsKeptWithItsMessage(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, ctx := withTeam(t, db), t.Context()
		equal(t, must(s.Wall(ctx, "PAY"))(t), WallState{Wall: pipeline.Wall{Team: "PAY"}})
		w := pipeline.Wall{
			Team: "PAY", On: true, Turned: start, By: "U1", ShownAt: start, Read: start, Ballots: []pipeline.Key{{Team: "PAY", Number: 3}},
			Shown: pipeline.WallFace{Runway: "Long.", Outcomes: []pipeline.WallLine{{Key: pipeline.NodeKey{Team: "PAY", Number: 1}, Words: "Fewer calls", Light: pipeline.Red}}},
		}
		draw := Outgoing{ID: WallEntry("PAY"), Kind: KindWall, Subject: "PAY", Channel: "C1"}
		on := must(s.ChangeWall(ctx, "on", w, draw))(t)
		w.Version = 1
		equal(t, on, w)
		equal(t, must(s.ChangeWall(ctx, "on", w, draw))(t), w) // again by the same act

		// Of those who look at it at the same moment one changes it.
		var all sync.WaitGroup
		var mu sync.Mutex
		stored, conflicts := 0, 0
		for _, op := range []string{"a", "b", "c", "d"} {
			all.Go(func() {
				changed := on
				changed.ShownAt = start.Add(time.Minute)
				_, err := s.ChangeWall(ctx, op, changed, draw)
				mu.Lock()
				defer mu.Unlock()
				var conflict *WallConflictError
				switch {
				case err == nil:
					stored++
				case errors.As(err, &conflict) && conflict.Current.Wall.Version == 2 && conflict.Current.Wall.Team == "PAY":
					conflicts++
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if stored != 1 || conflicts != 3 {
			t.Errorf("%d changed it and %d were told", stored, conflicts)
		}

		claimed, _, err := s.Claim(ctx, 5, time.Minute, 0)
		noError(t, err)
		if len(claimed) != 1 || !claimed[0].Message.IsZero() {
			t.Fatalf("to be sent: %+v", claimed)
		}
		shown := pipeline.Message{Channel: "C1", TS: "1.2"}
		noError(t, s.Sent(ctx, claimed[0], shown))
		equal(t, must(s.Wall(ctx, "PAY"))(t).Message, shown)
		noError(t, s.Enqueue(ctx, draw))
		claimed, _, err = s.Claim(ctx, 5, time.Minute, 0)
		noError(t, err)
		if len(claimed) != 1 || claimed[0].Message != shown {
			t.Fatalf("to be redrawn: %+v", claimed)
		}
		noError(t, s.Forget(ctx, claimed[0], "message_not_found"))
		equal(t, must(s.Wall(ctx, "PAY"))(t).Message, pipeline.Message{})

		if _, err := s.ChangeWall(ctx, "none", pipeline.Wall{Team: "NONE", On: true}); !errors.Is(err, ErrNotFound) {
			t.Errorf("of no team: %v", err)
		}
	})
}
