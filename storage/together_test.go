package storage

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"alignbot/pipeline"
)

// tripsOf gives a function that gives the names of the round trips since it was called
// last.
func tripsOf(db *DB) func() []string {
	var mu sync.Mutex
	var trips []string
	db.Observe(func(op string, _ time.Duration, _ error) {
		mu.Lock()
		defer mu.Unlock()
		trips = append(trips, op)
	})
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		took := trips
		trips = nil
		return took
	}
}

func TestTogether(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		stored := must(s.Capture(t.Context(), "op-1", idea("Export invoices"), Slot{}))(t)
		read := func(ctx context.Context) error {
			teams, err := s.Teams(ctx)
			if err == nil && len(teams) != 1 {
				t.Errorf("%d teams", len(teams))
			}
			return err
		}
		if err := read(t.Context()); err != nil { // Redis learns the script
			t.Fatal(err)
		}
		trips := tripsOf(db)
		for _, c := range []struct {
			name  string
			reads func(ctx context.Context, group *Reads)
			want  []string
		}{
			{"nothing", func(context.Context, *Reads) {}, nil},
			{"one", func(ctx context.Context, group *Reads) {
				group.Go(func() error { return read(ctx) })
			}, []string{"together"}},
			{"many, of different kinds", func(ctx context.Context, group *Reads) {
				for range 20 {
					group.Go(func() error { return read(ctx) })
				}
				group.Go(func() error {
					ideas, err := s.Ideas(ctx, []pipeline.Key{stored.Key})
					if err == nil && (len(ideas) != 1 || ideas[0].Title != "Export invoices") {
						t.Errorf("ideas are %+v", ideas)
					}
					return err
				})
			}, []string{"together"}},
			{"one after the other, beside another", func(ctx context.Context, group *Reads) {
				group.Go(func() error { return errors.Join(read(ctx), read(ctx)) })
				group.Go(func() error { return read(ctx) })
			}, []string{"together", "together"}},
			{"a group within", func(ctx context.Context, group *Reads) {
				group.Go(func() error {
					within, ctx := Together(ctx)
					for range 3 {
						within.Go(func() error { return read(ctx) })
					}
					return within.Wait()
				})
				group.Go(func() error { return read(ctx) })
			}, []string{"together"}},
		} {
			group, ctx := Together(t.Context())
			c.reads(ctx, group)
			if err := group.Wait(); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			if diff := cmp.Diff(c.want, trips()); diff != "" {
				t.Errorf("%s takes other round trips (-want +got):\n%s", c.name, diff)
			}
		}
	})
}

// One that reads what cannot be read does not harm the others, and one whose time is
// over does not wait for them.
func TestTogetherEachHasItsOwnError(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		must(s.Teams(t.Context()))(t)
		group, ctx := Together(t.Context())
		var wrong, late, fine error
		group.Go(func() error {
			wrong = db.pipelined(ctx, "wrong", func(pipe redis.Pipeliner) { pipe.LLen(ctx, s.tag+"teams") })
			return nil
		})
		group.Go(func() error {
			over, cancel := context.WithCancel(ctx)
			cancel()
			_, late = s.Teams(over)
			return nil
		})
		group.Go(func() error {
			_, fine = s.Teams(ctx)
			return nil
		})
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		if !redis.HasErrorPrefix(wrong, "WRONGTYPE") {
			t.Errorf("the wrong one: %v", wrong)
		}
		if late != nil && !errors.Is(late, ErrUnavailable) {
			t.Errorf("the late one: %v", late)
		}
		if fine != nil {
			t.Errorf("the fine one: %v", fine)
		}
	})
}

// A Redis that was started anew does not know the scripts.
func TestTogetherTeachesRedisTheScripts(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		if err := db.client.ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		group, ctx := Together(t.Context())
		for range 3 {
			group.Go(func() error {
				_, err := s.Teams(ctx)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Error(err)
		}
	})
}
