package storage

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestAPictureIsDrawnByOneAtATime(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := db.Workspace("T1")
		ctx := t.Context()
		// Of all who ask at once, one draws it.
		var asking sync.WaitGroup
		taken := make([]bool, 8)
		for i := range taken {
			asking.Go(func() {
				_, known, yours, err := s.TakePicture(ctx, "d1", fmt.Sprint("token", i), time.Minute)
				if err != nil || known {
					t.Errorf("known %v, %v", known, err)
				}
				taken[i] = yours
			})
		}
		asking.Wait()
		drawer := -1
		for i, yours := range taken {
			if yours && drawer >= 0 {
				t.Error("two draw the same picture")
			}
			if yours {
				drawer = i
			}
		}
		if _, _, yours, err := s.TakePicture(ctx, "d1", fmt.Sprint("token", drawer), time.Minute); err != nil || !yours {
			t.Errorf("who draws it is told otherwise when the answer was lost: %v", err)
		}
		if known, err := s.Pictures(ctx, "d1", "d2"); err != nil || len(known) != 0 {
			t.Errorf("a lease is taken for a picture: %v %v", known, err)
		}

		// The first file stays; trouble takes the place of none.
		file := Picture{File: "F1", Alt: "A tree", Missing: []string{"界"}}
		for _, kept := range []Picture{file, {File: "F2"}, {Trouble: "slow"}} {
			got, err := s.KeepPicture(ctx, "d1", kept, time.Minute)
			noError(t, err)
			if got.File != "F1" || got.Alt != "A tree" {
				t.Errorf("kept %+v", got)
			}
		}
		if p, known, yours, err := s.TakePicture(ctx, "d1", "another", time.Minute); err != nil || !known || yours || p.File != "F1" {
			t.Errorf("%+v %v %v %v", p, known, yours, err)
		}

		// What came to nothing is known, and tried again by whoever asks for it.
		_, err := s.KeepPicture(ctx, "d2", Picture{Trouble: "slow"}, time.Minute)
		noError(t, err)
		if known, err := s.Pictures(ctx, "d1", "d2"); err != nil || known["d1"].File != "F1" || known["d2"].Trouble != "slow" {
			t.Errorf("%v %v", known, err)
		}
		if _, known, yours, err := s.TakePicture(ctx, "d2", "token", time.Minute); err != nil || known || !yours {
			t.Errorf("%v %v %v", known, yours, err)
		}
		noError(t, s.ForgetPictures(ctx, "d1", "d3"))
		if _, _, yours, err := s.TakePicture(ctx, "d1", "token", time.Minute); err != nil || !yours {
			t.Errorf("a forgotten picture is not drawn again: %v", err)
		}

		if refused, err := s.BlockRefused(ctx, "chart"); err != nil || refused {
			t.Errorf("%v %v", refused, err)
		}
		noError(t, s.RefuseBlock(ctx, "chart", time.Minute))
		if refused, err := s.BlockRefused(ctx, "chart"); err != nil || !refused {
			t.Errorf("%v %v", refused, err)
		}
	})
}

// A message that holds a picture is redrawn where it stands, and never posted twice.
func TestAMessageWithAPictureIsRedrawn(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := db.Workspace("T1")
		ctx := t.Context()
		entry := Outgoing{ID: "picture:op", Kind: "picture", Subject: "PAY", Channel: "C1"}
		noError(t, s.Enqueue(ctx, entry))
		claimed, _, err := s.Claim(ctx, 1, time.Minute, time.Millisecond)
		noError(t, err)
		if len(claimed) != 1 || !claimed[0].Message.IsZero() {
			t.Fatalf("%+v", claimed)
		}
		// Drawn while it is being sent: again afterwards.
		noError(t, s.Enqueue(ctx, entry))
		posted := claimed[0]
		posted.Message.Channel, posted.Message.TS = "C1", "1700000000.000100"
		noError(t, s.Sent(ctx, claimed[0], posted.Message))
		for deadline := time.Now().Add(5 * time.Second); ; {
			claimed, _, err = s.Claim(ctx, 1, time.Minute, time.Millisecond)
			noError(t, err)
			if len(claimed) == 1 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("it is not drawn again")
			}
		}
		if claimed[0].Message != posted.Message {
			t.Errorf("it would be posted again: %+v", claimed[0])
		}
		// Nobody knows whether another was posted: only a person sends it again.
		lost := Outgoing{ID: "picture:lost", Kind: "picture", Subject: "PAY", Channel: "C2"}
		noError(t, s.Enqueue(ctx, lost))
		claimed, _, err = s.Claim(ctx, 1, time.Minute, time.Millisecond)
		noError(t, err)
		noError(t, s.Unknown(ctx, claimed[0], "no-answer"))
		noError(t, s.Enqueue(ctx, lost))
		if again, _, err := s.Claim(ctx, 1, time.Minute, time.Millisecond); err != nil || len(again) != 0 {
			t.Errorf("posted twice: %+v %v", again, err)
		}
	})
}
