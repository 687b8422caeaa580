package storage

import (
	"time"

	"alignbot/pipeline"
)

// remembered is what a process keeps of a ballot that runs.
type remembered struct {
	ballot pipeline.Ballot
	secret []byte // of an anonymous ballot that runs
	team   pipeline.Team
	now    time.Time // the store's clock when it was read
	read   time.Time // this process's
}

// clock estimates what the store's clock says by now.
func (r *remembered) clock() time.Time { return r.now.Add(time.Since(r.read)) }

const (
	// pollsKept bounds the memory: a ballot that asks 2,000 people takes some
	// 60 KB.
	pollsKept = 64
	// pollsKeptFor bounds for how long a secret outlives its ballot in a process
	// that did not close it.
	pollsKeptFor = 10 * time.Minute
)

// rememberPoll keeps a ballot that runs, and forgets one that is closed.
func (s *Store) rememberPoll(name string, r *remembered) {
	if r.ballot.Running() {
		s.polls.keep(name, r)
	} else {
		s.polls.forget(name)
	}
}
