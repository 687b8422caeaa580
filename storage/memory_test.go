package storage

import (
	"sync/atomic"
	"testing"
	"time"
)

func TestAMovedClockMovesAllThatIsDue(t *testing.T) {
	var ahead atomic.Int64
	db := openWith(t, Settings{URL: "memory:", Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	s := withTeam(t, db)
	ctx := t.Context()
	noError(t, s.Enqueue(ctx, Outgoing{ID: "later", Kind: "text", Channel: "C_PAY", Due: time.Now().Add(20 * time.Hour)}))
	noError(t, s.SaveDraft(ctx, "U_ANA", Slot{Name: "idea"}, typed("half", time.Time{})))
	claim := func() int {
		t.Helper()
		claimed, _, err := s.Claim(ctx, 4, lease, 0)
		noError(t, err)
		return len(claimed)
	}
	equal(t, claim(), 0)
	ahead.Store(int64(21 * time.Hour))
	equal(t, claim(), 1)
	equal(t, len(must(s.Drafts(ctx, "U_ANA"))(t)), 1)
	ahead.Store(int64(25 * time.Hour))
	claim() // the clock is looked at by scripts
	equal(t, must(db.client.Exists(ctx, s.tag+"drafts:U_ANA").Result())(t), int64(0))
}
