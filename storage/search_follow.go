package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// follower keeps the index of a store in step with its stream of changes. It
// alone changes the index, so it reads it without a lock.
type follower struct {
	*Store
	seq     int64       // of the last change that the index has
	rereads []rereading // teams whose ideas must be put again, the first one at work
}

// rereading is how far the ideas of a team are put again.
type rereading struct {
	team  pipeline.TeamKey
	after string
}

// follow applies what changed. It waits a moment for changes when there is
// nothing else to do.
func (f *follower) follow(ctx context.Context) error {
	block := min(followBlock, f.db.timeout/2)
	bounded, cancel := context.WithTimeout(ctx, block+f.db.timeout)
	defer cancel()
	if len(f.rereads) > 0 {
		block = -1 // not at all
	}
	streams, err := f.db.client.XRead(bounded, &redis.XReadArgs{
		Streams: []string{f.tag + "changes", fmt.Sprintf("%d-1", f.seq)},
		Count:   followBatch,
		Block:   block,
	}).Result()
	if errors.Is(err, redis.Nil) { // nothing happened, or everything is gone
		now, err := f.Store.seq(ctx)
		if err == nil && now < f.seq {
			err = errMissed
		}
		return err
	}
	if err != nil {
		return classify(err)
	}
	seq, keys, teamsChanged, err := f.read(streams[0].Messages)
	if err != nil {
		return err
	}
	docs, err := f.documents(ctx, keys)
	if err != nil {
		return err
	}
	if teamsChanged || slices.ContainsFunc(docs, func(d document) bool { return !f.search.index.knows(d.Key.Team) }) {
		teams, err := f.Teams(ctx)
		if err != nil {
			return err
		}
		f.hear(teams)
	}
	f.change(docs, f.search.index.put)
	f.seq = seq
	return nil
}

// read takes the messages of the stream apart: up to which number they go, the
// ideas that changed, and whether a team is read differently now.
func (f *follower) read(messages []redis.XMessage) (seq int64, keys []pipeline.Key, teams bool, err error) {
	seq = f.seq
	for _, message := range messages {
		number, _, _ := strings.Cut(message.ID, "-")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n != seq+1 {
			return 0, nil, false, errMissed
		}
		seq = n
		if message.Values["team"] != nil {
			teams = true
			continue
		}
		key, err := pipeline.ParseKey(fmt.Sprint(message.Values["idea"]))
		if err != nil {
			return 0, nil, false, fmt.Errorf("storage: follow: %w", err)
		}
		keys = append(keys, key)
	}
	return seq, keys, teams, nil
}

// hear tells the index how the teams are read now.
func (f *follower) hear(teams []pipeline.Team) {
	f.search.mu.Lock()
	defer f.search.mu.Unlock()
	for _, team := range teams {
		if f.search.index.speak(team) {
			f.rereads = slices.DeleteFunc(f.rereads, func(r rereading) bool { return r.team == team.Key })
			f.rereads = append(f.rereads, rereading{team.Key, "-inf"})
		}
	}
}

// reread puts some more ideas of a team that is read differently now. When all
// are there, they take the place of what the index had of the team: until then
// it is found as it was.
func (f *follower) reread(ctx context.Context) error {
	if len(f.rereads) == 0 {
		return nil
	}
	r := &f.rereads[0]
	docs, after, err := f.standing(ctx, r.team, r.after)
	if err != nil {
		return err
	}
	f.change(docs, f.search.index.putNext)
	if r.after = after; after == "" {
		f.search.mu.Lock()
		f.search.index.switchTo(r.team)
		f.search.mu.Unlock()
		f.rereads = f.rereads[1:]
	}
	return nil
}

// change puts the ideas, a few at a time, so that queries never wait long.
func (f *follower) change(docs []document, put func(document)) {
	for some := range slices.Chunk(docs, lockBatch) {
		f.search.mu.Lock()
		for _, d := range some {
			put(d)
		}
		f.search.mu.Unlock()
	}
	f.search.mu.Lock()
	f.search.index.order()
	f.search.mu.Unlock()
}
