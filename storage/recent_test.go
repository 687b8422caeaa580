package storage

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// TestWhatIsRememberedIsBounded in number and in time.
func TestWhatIsRememberedIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecent[int](64, 10*time.Minute)
		name := func(i int) string { return fmt.Sprint("PAY-", i) }
		for i := range 67 {
			r.keep(name(i), i)
			time.Sleep(time.Millisecond)
		}
		if len(r.values) != 64 || r.recall(name(2)) != 0 || r.recall(name(3)) != 3 {
			t.Errorf("%d are kept", len(r.values))
		}
		r.forget(name(3))
		if r.recall(name(3)) != 0 {
			t.Error("what was forgotten is kept")
		}
		time.Sleep(10*time.Minute - 30*time.Millisecond)
		if r.recall(name(4)) != 0 || r.recall(name(66)) != 66 {
			t.Error("time is not looked at")
		}
		time.Sleep(time.Minute)
		if r.recall("another"); len(r.values) != 0 {
			t.Errorf("%d are kept for ever", len(r.values))
		}
	})
}
