package storage

import (
	"fmt"
	"testing"
	"time"
)

func TestAbsences(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := db.Workspace("T1")
		absent := func(want time.Duration) {
			t.Helper()
			got, err := s.Absence(t.Context())
			if length := got.To.Sub(got.From).Round(time.Second); err != nil || length != want || got.IsZero() != (want == 0) {
				t.Errorf("absent for %s, %v; want %s", length, err, want)
			}
		}
		attend := func() {
			t.Helper()
			if lacks, err := s.Attend(t.Context(), time.Minute); err != nil || lacks {
				t.Fatal(lacks, err)
			}
		}
		absent(0)
		attend()
		attend()
		absent(0)
		for _, c := range []struct{ away, want time.Duration }{{4 * time.Minute, 0}, {10 * time.Minute, 10 * time.Minute}, {time.Minute, 10 * time.Minute}} {
			last := time.Now().Add(-c.away).UnixMilli()
			if err := db.client.Set(t.Context(), s.tag+"attended", fmt.Sprint(last), 0).Err(); err != nil {
				t.Fatal(err)
			}
			attend()
			absent(c.want)
		}
	})
}
