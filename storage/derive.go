package storage

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// derived is the version of what keys.go lists as derived. A workspace of
// another one gets what it lacks before it is used.
const derived = "5"

// deriveBatch is how many ideas one script files; it bounds for how long it
// keeps Redis busy.
const deriveBatch = 500

var deriveScript = loadScript("derive")

// derive makes what an older alignbot did not keep. What a newer one has derived is
// enough, as that files all that this one looks for.
func (s *Store) derive(ctx context.Context) error {
	var version string
	err := s.db.do(ctx, "derived", func(ctx context.Context) (err error) {
		version, err = s.db.client.Get(ctx, s.tag+"derived").Result()
		return err
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	own, err := strconv.Atoi(derived)
	if err != nil {
		return fmt.Errorf("storage: derive: %w", err)
	}
	if n, err := strconv.Atoi(version); err == nil && n >= own {
		return nil
	}
	return s.Derive(ctx)
}

// Derive looks through all ideas for what is not derived of them. It may take long, and
// others may work meanwhile; interrupted, it begins again.
func (s *Store) Derive(ctx context.Context) error {
	var teams []string
	var began time.Time
	err := s.db.do(ctx, "derived", func(ctx context.Context) (err error) {
		if began, err = s.db.client.Time(ctx).Result(); err == nil {
			teams, err = s.db.client.SMembers(ctx, s.tag+"teams").Result()
		}
		return err
	})
	if err != nil || len(teams) == 0 {
		return err // what holds nothing stays as it is, so that a backup can be restored into it
	}
	for _, team := range teams {
		for after := "0"; after != ""; {
			reply, err := s.db.run(ctx, deriveScript, s.tag, 0, []any{team, after, deriveBatch})
			if err != nil {
				return err
			}
			after = ""
			if len(reply) > 0 {
				if after, err = asText(reply[0]); err != nil {
					return fmt.Errorf("storage: derive: %w", err)
				}
			}
		}
	}
	return s.db.pipelined(ctx, "derived", func(pipe redis.Pipeliner) {
		pipe.Set(ctx, s.tag+"derived", derived, 0)
		pipe.HSet(ctx, s.tag+"releases", "derived", began.UnixMilli())
	})
}
