package storage

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// member is where somebody is looked for among those who voted or answered: the key
// of the votes or answers, and the name by which they know the person.
type member struct{ key, name string }

// among tells which of them are there, by the same numbers, in one round trip, and
// in none where nobody is looked for. op names it for whoever observes.
func (s *Store) among(ctx context.Context, op string, asked map[int]member) (map[int]bool, error) {
	if len(asked) == 0 {
		return nil, nil
	}
	found := map[int]bool{}
	err := s.db.do(ctx, op, func(ctx context.Context) error {
		pipe := s.db.client.Pipeline()
		replies := map[int]*redis.BoolCmd{}
		for n, m := range asked {
			replies[n] = pipe.HExists(ctx, s.tag+m.key, m.name)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return err
		}
		for n, reply := range replies {
			found[n] = reply.Val()
		}
		return nil
	})
	return found, err
}
