package storage

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/storage/redistest"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestWorkspacesAreApart(t *testing.T) {
	db := open(t, "memory:")
	for _, id := range []string{"T2", "T1"} {
		must(db.Workspace(id).SetUpTeam(t.Context(), "op1", payments()))(t)
	}
	if diff := cmp.Diff([]string{"T1", "T2"}, must(db.Workspaces(t.Context()))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	must(db.Workspace("T1").Capture(t.Context(), "op2", idea("x"), Slot{}))(t)
	if got := must(db.Workspace("T2").Page(t.Context(), List{Team: "PAY"}, 1, 10))(t); got.Total != 0 {
		t.Errorf("T2 has %d ideas of T1", got.Total)
	}
	for _, id := range []string{"", "T1}:x", "a b", strings.Repeat("T", 65)} {
		if _, err := db.Workspace(id).Teams(t.Context()); err == nil {
			t.Errorf("the workspace %q is accepted", id)
		}
	}
}

func TestOperationsAreObserved(t *testing.T) {
	db := open(t, "memory:")
	s := withTeam(t, db)
	var mu sync.Mutex
	seen := map[string]int{}
	db.Observe(func(op string, took time.Duration, err error) {
		mu.Lock()
		defer mu.Unlock()
		seen[op]++
		if took <= 0 || err != nil {
			t.Errorf("%s took %v: %v", op, took, err)
		}
	})
	must(s.Begin(t.Context(), Want{Op: "op1"}))(t)
	capture(t, s, "op1", "x")
	must(s.Page(t.Context(), List{Team: "PAY"}, 1, 10))(t)
	if diff := cmp.Diff(map[string]int{"begin": 1, "capture": 1, "page": 1}, seen); diff != "" {
		t.Errorf("round trips (-want +got):\n%s", diff)
	}
}

func TestNothingGoesOnAfterClose(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) string{
		"memory":   func(*testing.T) string { return "memory:" },
		"redis":    func(t *testing.T) string { return redistest.Start(t) },
		"embedded": func(t *testing.T) string { redistest.Require(t); return "embedded:" + t.TempDir() },
	} {
		t.Run(name, func(t *testing.T) {
			url := url(t)
			before := goleak.IgnoreCurrent()
			db, err := Open(t.Context(), Settings{URL: url}, discard)
			noError(t, err)
			s := withTeam(t, db)
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- s.Follow(ctx) }()
			capture(t, s, "op1", "Export")
			must(s.Find(ctx, "export", nil, 1))(t)
			stop()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("Follow ended with %v", err)
			}
			noError(t, db.Close())
			goleak.VerifyNone(t, before)
			if _, err := s.Teams(t.Context()); !errors.Is(err, ErrUnavailable) {
				t.Errorf("after Close: %v", err)
			}
		})
	}
}

func TestFollowSurvivesAnOutage(t *testing.T) {
	server := redistest.StartServer(t)
	proxy := redistest.NewProxy(t, server.Addr)
	s := withTeam(t, open(t, server.URL()))
	replica := open(t, proxy.URL()).Workspace(s.id)
	follow(t, replica)
	must(replica.Find(t.Context(), "anything", nil, 1))(t) // the index is built
	proxy.Inject(func([]string) redistest.Fault { return redistest.CutBeforeSend })
	capture(t, s, "op1", "Meanwhile")
	if _, err := replica.Teams(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("the outage is none: %v", err)
	}
	proxy.Inject(nil)
	waitFor(t, "the replica to catch up", func() bool {
		replica.search.mu.RLock()
		defer replica.search.mu.RUnlock()
		return replica.search.index.live == 1
	})
}

func TestSentinel(t *testing.T) {
	master := redistest.StartServer(t)
	s := withTeam(t, open(t, redistest.StartSentinel(t, master, "mymaster")))
	capture(t, s, "op1", "kept by a Sentinel's master")
	noError(t, s.db.Ready(t.Context()))
}
