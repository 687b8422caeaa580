package storage

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"

	"alignbot/storage/redistest"
)

// TestNoSecondNudgeAfterARestore: a backup of the middle of the day has what was
// planned on it.
func TestNoSecondNudgeAfterARestore(t *testing.T) {
	for name, url := range map[string]func(testing.TB) string{"memory": func(testing.TB) string { return "memory:" }, "redis": redistest.Start} {
		t.Run(name, func(t *testing.T) {
			from, to := open(t, url(t)), open(t, url(t))
			s := from.Workspace("T1")
			must(s.SetUpTeam(t.Context(), "op-team", payments()))(t)
			startedRound(t, s, "op-round", false, "U_ANA", "U_EVE", "U_KIM")
			looks, now := looksAt(t, s)
			planned(t, s, goes(looks["@U_ANA"], now, "2026-11-20"), goes(looks["@U_EVE"], now, "2026-11-20"))
			claimed, _, err := s.Claim(t.Context(), 10, lease, 0)
			noError(t, err)
			for _, c := range claimed {
				if c.User == "U_ANA" {
					noError(t, s.Sent(t.Context(), c, posted))
				}
			}
			var file bytes.Buffer
			noError(t, from.Backup(t.Context(), &file, nil))
			must(to.Restore(t.Context(), bytes.NewReader(file.Bytes()), RestoreOptions{}, nil))(t)

			s = to.Workspace("T1")
			same(t, "states", map[string]string{"@U_ANA": "sent", "@U_EVE": "planned"}, states(t, s, "2026-11-20"))
			looks, now = looksAt(t, s)
			same(t, "looked at", []string{"@U_ANA", "@U_BEN", "@U_EVE", "@U_KIM", "PAY"}, who(looks))
			for _, look := range looks {
				planned(t, s, goes(look, now, "2026-11-20"))
			}
			claimed, _, err = s.Claim(t.Context(), 20, lease, 0)
			noError(t, err)
			for _, c := range claimed {
				if c.User == "U_ANA" && c.Kind == KindNudge {
					t.Error("the one that was sent goes out again")
				}
			}
		})
	}
}

// TestADayIsAuditedOnce, whoever comes first.
func TestADayIsAuditedOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		var firsts atomic.Int32
		var auditors sync.WaitGroup
		for range 8 {
			auditors.Go(func() {
				if first, err := s.FirstToAudit(t.Context(), "2026-11-20"); err != nil {
					t.Error(err)
				} else if first {
					firsts.Add(1)
				}
			})
		}
		auditors.Wait()
		if n := firsts.Load(); n != 1 {
			t.Errorf("%d audit it", n)
		}
		if first, err := s.FirstToAudit(t.Context(), "2026-11-21"); err != nil || !first {
			t.Errorf("the next day: %t, %v", first, err)
		}
	})
}
