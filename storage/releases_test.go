package storage

import (
	"testing"
	"time"
)

// Processes of an older release file what they store as they know it. What a newer one
// derives besides is made once they have gone, and not before.
func TestWhatAnOlderReleaseStoresBesideThisOneIsDerived(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		lacks := func(want bool) {
			t.Helper()
			if got, err := s.Attend(t.Context(), time.Minute); err != nil || got != want {
				t.Errorf("lacks %v, %v; want %v", got, err, want)
			}
		}
		older := func(ago time.Duration) {
			t.Helper()
			noError(t, db.client.HSet(t.Context(), s.tag+"releases", "4", time.Now().Add(-ago).UnixMilli()).Err())
		}
		lacks(false)
		older(time.Second)
		lacks(false)
		older(2 * time.Minute)
		lacks(true)
		noError(t, s.Derive(t.Context()))
		lacks(false)
		older(70 * time.Second)
		noError(t, db.client.HSet(t.Context(), s.tag+"releases", "derived", time.Now().Add(-40*time.Second).UnixMilli()).Err()) // while it might have stored more
		lacks(true)
		noError(t, db.client.HDel(t.Context(), s.tag+"releases", "4").Err())
		lacks(false)
		noError(t, db.client.Set(t.Context(), s.tag+"derived", "4", 0).Err()) // as an older one restored it
		lacks(true)
	})
}

// Going back to an older release derives nothing anew.
func TestWhatANewerReleaseDerivedIsEnough(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		for version, want := range map[string]string{"99": "99", derived: derived, "4": derived, "": derived} {
			noError(t, db.client.Set(t.Context(), s.tag+"derived", version, 0).Err())
			if _, err := replica(s).Team(t.Context(), "PAY"); err != nil {
				t.Fatal(err)
			}
			if got := db.client.Get(t.Context(), s.tag+"derived").Val(); got != want {
				t.Errorf("%q becomes %q, want %q", version, got, want)
			}
		}
	})
}
