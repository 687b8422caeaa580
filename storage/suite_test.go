package storage

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage/redistest"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
)

// everywhere runs the test on each kind of Redis.
func everywhere(t *testing.T, test func(t *testing.T, db *DB)) {
	t.Run("memory", func(t *testing.T) { test(t, open(t, "memory:")) })
	t.Run("redis", func(t *testing.T) { test(t, open(t, redistest.Start(t))) })
	t.Run("cluster", func(t *testing.T) {
		redistest.Require(t)
		test(t, open(t, sharedCluster()))
	})
}

// sharedCluster is one Redis Cluster for all tests that keep to a workspace of
// their own; starting one takes a second.
var sharedCluster = sync.OnceValue(func() string { return redistest.Cluster(&redistest.Package) })

func TestMain(m *testing.M) { goleak.VerifyTestMain(redistest.Main{M: m}) }

func open(t testing.TB, url string) *DB {
	t.Helper()
	return openWith(t, Settings{URL: url, Timeout: 5 * time.Second})
}

func openWith(t testing.TB, s Settings) *DB {
	t.Helper()
	db, err := Open(t.Context(), s, discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

var discard = slog.New(slog.DiscardHandler)

// workspaces counts those given away; the cluster outlives its tests.
var workspaces atomic.Int64

// workspace gives every test a workspace of its own.
func workspace(t testing.TB, db *DB) *Store {
	t.Helper()
	return db.Workspace(fmt.Sprint("T", workspaces.Add(1)))
}

var start = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)

// lately is a moment ago, for what is kept for a while only, as drafts are.
var lately = time.Now().UTC().Truncate(time.Millisecond)

func payments() pipeline.Team {
	return pipeline.Team{
		Key: "PAY", Name: "Payments", Channel: "C_PAY", Owners: []string{"U_ANA", "U_BEN"}, Zone: "Europe/Berlin",
		Workdays: []time.Weekday{time.Monday, time.Friday}, SprintWeeks: 2, Created: start, CreatedBy: "U_ANA",
	}
}

// withTeam gives a store with the team PAY in it.
func withTeam(t testing.TB, db *DB) *Store {
	t.Helper()
	s := workspace(t, db)
	if _, err := s.SetUpTeam(t.Context(), "op-team", payments()); err != nil {
		t.Fatal(err)
	}
	return s
}

func idea(title string) pipeline.Idea {
	return pipeline.Idea{
		Key: pipeline.Key{Team: "PAY"}, Title: title, Problem: "Accountants retype invoices.", Stage: pipeline.Captured,
		Author: "U_ANA", Created: start, Changed: start,
		Source: pipeline.Source{
			Message: pipeline.Message{Channel: "C_PAY", TS: "1700000000.000100"}, Thread: "1700000000.000100",
			Permalink: "https://example.slack.com/archives/C_PAY/p1700000000000100",
		},
	}
}

func capture(t testing.TB, s *Store, op, title string, after ...Outgoing) pipeline.Idea {
	t.Helper()
	stored, err := s.Capture(t.Context(), op, idea(title), Slot{}, after...)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func contextWithTimeout(t testing.TB, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}

// waitFor repeats a question to another process until its answer is yes.
func waitFor(t testing.TB, what string, ask func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ask() {
		select {
		case <-deadline:
			t.Fatalf("waited too long for %s", what)
		case <-tick.C:
		}
	}
}

// empty removes all keys of the store.
func empty(t testing.TB, s *Store) {
	t.Helper()
	ctx := t.Context()
	noError(t, s.db.eachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		return scan(ctx, node, func(keys []string) error {
			for _, key := range keys {
				if strings.HasPrefix(key, s.tag) {
					if err := node.Del(ctx, key).Err(); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}))
}
