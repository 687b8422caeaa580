package storage

import (
	"context"
	"strings"
	"sync"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// linkedTextsKept bounds the ideas of a workspace whose texts a process keeps:
// some 10 MB.
const linkedTextsKept = 20_000

// linkedTexts keeps what linked ideas say, so that suggestions need not read it
// again from Redis each time. The number of the latest change tells whether it
// holds; the zero value keeps nothing yet.
type linkedTexts struct {
	mu    sync.Mutex
	ideas map[string]LinkedIdea // by key
	seq   int64                 // of the latest change that they show
}

// since is the change up to which the texts that are kept hold.
func (l *linkedTexts) since() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seq
}

// look gives what is kept of the ideas, in the order of the keys, once those that
// changed up to seq are dropped; and the places of those of which nothing is kept.
// changed is keys, or "*" for all. Another call may have come further meanwhile:
// then more is dropped than needs to be.
func (l *linkedTexts) look(keys []string, seq int64, changed string) (ideas []LinkedIdea, missing []int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if changed == "*" {
		clear(l.ideas)
		l.seq = seq // lower than before where Redis lost the latest changes
	}
	for key := range strings.FieldsSeq(changed) {
		delete(l.ideas, key)
	}
	l.seq = max(l.seq, seq)
	ideas = make([]LinkedIdea, len(keys))
	for i, key := range keys {
		idea, kept := l.ideas[key]
		if !kept {
			missing = append(missing, i)
		}
		ideas[i] = idea
	}
	return ideas, missing
}

// keep keeps what was read after seq was the latest change, unless another call has
// dropped what changed since: this may be older.
func (l *linkedTexts) keep(ideas []LinkedIdea, seq int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seq != seq {
		return
	}
	if l.ideas == nil {
		l.ideas = map[string]LinkedIdea{}
	}
	if len(l.ideas)+len(ideas) > linkedTextsKept {
		clear(l.ideas)
	}
	for _, idea := range ideas {
		l.ideas[idea.Key.String()] = idea
	}
}

// linkedIdeas gives what the ideas say, in the order of the keys, as it was at
// change number seq or later; one that is not stored any more has no key. changed are
// those that changed since what is kept, see candidates.lua.
func (s *Store) linkedIdeas(ctx context.Context, keys []string, seq int64, changed string) ([]LinkedIdea, error) {
	ideas, missing := s.linked.look(keys, seq, changed)
	if len(missing) == 0 {
		return ideas, nil
	}
	replies := make([]*redis.SliceCmd, len(missing))
	err := s.db.pipelined(ctx, "linked ideas", func(pipe redis.Pipeliner) {
		for i, at := range missing {
			replies[i] = pipe.HMGet(ctx, s.tag+"idea:"+keys[at], "title", "problem")
		}
	})
	if err != nil {
		return nil, err
	}
	read := make([]LinkedIdea, 0, len(missing))
	for i, at := range missing {
		title, stored := replies[i].Val()[0].(string)
		if !stored {
			continue
		}
		key, err := pipeline.ParseKey(keys[at])
		if err != nil {
			return nil, err
		}
		problem, _ := replies[i].Val()[1].(string)
		if len(problem) > candidateProblemMax {
			// Without what is left of a rune, and without the rest in memory.
			problem = strings.Clone(strings.ToValidUTF8(problem[:candidateProblemMax], ""))
		}
		ideas[at] = LinkedIdea{Key: key, Title: title, Problem: problem}
		read = append(read, ideas[at])
	}
	s.linked.keep(read, seq)
	return ideas, nil
}
