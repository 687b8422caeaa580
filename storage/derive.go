package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// derived is the version of what keys.go lists as derived. A workspace of
// another one gets what it lacks before it is used.
const derived = "5"

// deriveBatch is how many ideas one script files; it bounds for how long it
// keeps Redis busy.
const deriveBatch = 500

var deriveScript = loadScript("derive")

// derive makes what an older alignbot did not keep. Interrupted, it begins
// again.
func (s *Store) derive(ctx context.Context) error {
	var teams []string
	current := false
	err := s.db.do(ctx, "derived", func(ctx context.Context) error {
		version, err := s.db.client.Get(ctx, s.tag+"derived").Result()
		if current = version == derived; current || err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		teams, err = s.db.client.SMembers(ctx, s.tag+"teams").Result()
		return err
	})
	if err != nil || current || len(teams) == 0 {
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
	return s.db.do(ctx, "derived", func(ctx context.Context) error {
		return s.db.client.Set(ctx, s.tag+"derived", derived, 0).Err()
	})
}
