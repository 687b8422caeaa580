package storage

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"time"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"
)

const (
	// followBlock is how long one look for changes waits for them; also how
	// long Follow may take to end.
	followBlock = 500 * time.Millisecond
	// followRest is how long changes may gather after some were applied: in busy
	// moments many are read at once.
	followRest = 25 * time.Millisecond
	// followBatch bounds what one look brings.
	followBatch = 500
	// lockBatch is how many ideas are put at once, while queries wait.
	lockBatch = 32
	// followPause is the longest pause after an error.
	followPause = time.Second
)

// search is the index of a store in this process and how far it has followed.
type search struct {
	mu    sync.RWMutex
	index *index // nil until built
	built chan struct{}
}

func newSearch() *search { return &search{built: make(chan struct{})} }

// Follow builds the search index of this process and keeps it at most a moment
// behind what any process changes, until ctx ends; it returns the reason. Run
// it once per store. While Redis is away it waits; should it have missed
// changes, it builds the index again.
func (s *Store) Follow(ctx context.Context) error {
	pause, troubled := 10*time.Millisecond, false
	for {
		err := s.buildAndFollow(ctx, func() {
			pause = 10 * time.Millisecond
			if troubled {
				s.db.log.Info("the search index follows the storage again", "workspace", s.id)
				troubled = false
			}
		})
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !errors.Is(err, errMissed) && !troubled {
			s.db.log.Warn("the search index cannot follow the storage; trying until it can", "workspace", s.id, "err", err)
			troubled = true
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
		pause = min(2*pause, followPause)
	}
}

// errMissed says that the index must be built again: the stream of changes no
// longer holds all that happened since.
var errMissed = errors.New("changes were missed")

func (s *Store) buildAndFollow(ctx context.Context, healthy func()) error {
	seq, err := s.seq(ctx)
	if err != nil {
		return err
	}
	x, err := s.buildIndex(ctx)
	if err != nil {
		return err
	}
	s.search.publish(x)
	debug.FreeOSMemory() // what building it took is not needed again for long
	f := &follower{Store: s, seq: seq}
	for {
		healthy()
		before := f.seq
		if err := f.follow(ctx); err != nil {
			return err
		}
		if err := f.reread(ctx); err != nil {
			return err
		}
		if x := s.search.index; x.wasteful() {
			s.search.publish(x.compacted())
		}
		if applied := f.seq - before; applied > 0 && applied < followBatch && len(f.rereads) == 0 {
			select {
			case <-ctx.Done():
			case <-time.After(followRest):
			}
		}
	}
}

// buildIndex reads all ideas that stand. What changes meanwhile comes with the
// stream.
func (s *Store) buildIndex(ctx context.Context) (*index, error) {
	x := newIndex()
	teams, err := s.Teams(ctx)
	if err != nil {
		return nil, err
	}
	for _, team := range teams {
		x.speak(team)
	}
	batches := make(chan []document)
	reading, ctx := errgroup.WithContext(ctx)
	reading.Go(func() error { // the next ideas, while others are put
		defer close(batches)
		for _, team := range teams {
			for after := "-inf"; after != ""; {
				docs, next, err := s.standing(ctx, team.Key, after)
				if err != nil {
					return err
				}
				batches <- docs
				after = next
			}
		}
		return nil
	})
	for docs := range batches {
		for _, d := range docs {
			x.put(d)
		}
	}
	if err := reading.Wait(); err != nil {
		return nil, err
	}
	return x, nil
}

// standing gives the next few ideas of a team that stand, and after which the
// ones that follow come; "" when there are none.
func (s *Store) standing(ctx context.Context, team pipeline.TeamKey, after string) ([]document, string, error) {
	var members []redis.Z
	err := s.db.do(ctx, "index", func(ctx context.Context) (err error) {
		members, err = s.db.client.ZRangeByScoreWithScores(ctx, s.tag+List{Team: team}.name(),
			&redis.ZRangeBy{Min: after, Max: "+inf", Count: followBatch}).Result()
		return err
	})
	if err != nil || len(members) == 0 {
		return nil, "", err
	}
	keys := make([]pipeline.Key, len(members))
	for i, member := range members {
		if keys[i], err = pipeline.ParseKey(fmt.Sprint(member.Member)); err != nil {
			return nil, "", fmt.Errorf("storage: index: %w", err)
		}
	}
	docs, err := s.documents(ctx, keys)
	return docs, "(" + strconv.FormatFloat(members[len(members)-1].Score, 'f', -1, 64), err
}

// seq gives the number of the latest change.
func (s *Store) seq(ctx context.Context) (n int64, err error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	err = s.db.do(ctx, "seq", func(ctx context.Context) error {
		n, err = s.db.client.Get(ctx, s.tag+"seq").Int64()
		if errors.Is(err, redis.Nil) {
			err = nil
		}
		return err
	})
	return n, err
}

// publish makes the index the one that is asked from now on.
func (x *search) publish(built *index) {
	built.finish()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.index == nil {
		close(x.built)
	}
	x.index = built
}

// Searchable tells whether the index is built.
func (s *Store) Searchable() bool {
	select {
	case <-s.search.built:
		return true
	default:
		return false
	}
}

// searchable waits until the index is built.
func (s *Store) searchable(ctx context.Context) error {
	select {
	case <-s.search.built:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("storage: find: %w", &unavailable{cause: errors.New("the search index is not built yet")})
	}
}

// Find gives up to limit ideas that stand and have one of the words in what they
// say themselves, in their evidence or in the answers of their runs, the best
// first; of the teams given and no others. It needs Follow to be running, and waits until the
// index is built or ctx ends.
func (s *Store) Find(ctx context.Context, words string, teams []pipeline.TeamKey, limit int) ([]pipeline.Idea, error) {
	if err := s.searchable(ctx); err != nil {
		return nil, err
	}
	s.search.mu.RLock()
	found := s.search.index.find(words, teams, limit)
	s.search.mu.RUnlock()
	keys := make([]pipeline.Key, len(found))
	for i, r := range found {
		keys[i] = r.key
	}
	ideas, err := s.Ideas(ctx, keys)
	if err != nil {
		return nil, err
	}
	// One that was withdrawn a moment ago may still be in the index.
	return slices.DeleteFunc(ideas, func(i pipeline.Idea) bool { return !i.Withdrawn.IsZero() }), nil
}
