package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// DB is the state of all workspaces. Its methods and those of its Stores may
// be called at the same time.
type DB struct {
	client       redis.UniversalClient
	kind         placeKind
	timeout      time.Duration
	waitReplicas int
	replicas     sync.Map // keepingUp by master's address
	evictionOK   bool
	log          *slog.Logger
	stop         func() error // ends what Open started besides the client
	observer     atomic.Pointer[func(string, time.Duration, error)]

	evictionUnknown sync.Once // the warning about it

	mu     sync.Mutex
	stores map[string]*Store
}

// Store is the state of one workspace.
type Store struct {
	db      *DB
	id      string
	tag     string
	entered atomic.Bool
	search  *search
	polls   *recent[*remembered]   // ballots by name
	teams   *recent[pipeline.Team] // by channel
	linked  linkedTexts
}

// Observe has every operation told to f from now on: its name, how long it
// took with a repetition if there was one, and its error. f is called by many
// goroutines and must be fast.
func (db *DB) Observe(f func(op string, took time.Duration, err error)) { db.observer.Store(&f) }

// Workspace gives the store of the workspace with Slack's id T… (or E…).
func (db *DB) Workspace(id string) *Store {
	db.mu.Lock()
	defer db.mu.Unlock()
	if s, known := db.stores[id]; known {
		return s
	}
	s := newStore(db, id)
	db.stores[id] = s
	return s
}

func newStore(db *DB, id string) *Store {
	return &Store{
		db: db, id: id, tag: tag(id), search: newSearch(),
		polls: newRecent[*remembered](pollsKept, pollsKeptFor), teams: newRecent[pipeline.Team](teamsKept, teamsKeptFor),
	}
}

// Workspaces lists the ids of all workspaces that have anything stored.
func (db *DB) Workspaces(ctx context.Context) ([]string, error) {
	var ids []string
	err := db.do(ctx, "workspaces", func(ctx context.Context) (err error) {
		ids, err = db.client.SMembers(ctx, keyWorkspaces).Result()
		return err
	})
	slices.Sort(ids)
	return ids, err
}

// Close ends all connections, and the redis-server that Open started.
func (db *DB) Close() error {
	return errors.Join(db.client.Close(), db.stop())
}

var workspacePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// enter makes sure, once per store, that what is stored may be used by this
// version and has all that is derived, and notes the workspace.
func (s *Store) enter(ctx context.Context) error {
	if s.entered.Load() {
		return nil
	}
	if !workspacePattern.MatchString(s.id) {
		return fmt.Errorf("storage: %q is not the id of a workspace", s.id)
	}
	if err := s.db.checkSchema(ctx); err != nil {
		return err
	}
	err := s.db.do(ctx, "note workspace", func(ctx context.Context) error {
		return s.db.client.SAdd(ctx, keyWorkspaces, s.id).Err()
	})
	if err == nil {
		err = s.derive(ctx)
	}
	if err == nil {
		s.entered.Store(true)
	}
	return err
}

// checkSchema refuses what a newer alignbot stored and what a restore left
// incomplete. It marks an empty store as of this schema.
func (db *DB) checkSchema(ctx context.Context) error {
	var schema string
	var restoring int64
	err := db.do(ctx, "schema", func(ctx context.Context) error {
		pipe := db.client.Pipeline()
		pipe.SetNX(ctx, keySchema, Schema, 0)
		stored := pipe.Get(ctx, keySchema)
		underWay := pipe.Exists(ctx, keyRestoring)
		_, err := pipe.Exec(ctx)
		if errors.Is(err, redis.Nil) {
			// A Cluster that is being formed took the two to different nodes.
			return &unavailable{cause: errors.New("the schema was written and cannot be read back")}
		}
		schema, restoring = stored.Val(), underWay.Val()
		return err
	})
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(schema); err != nil || n > Schema {
		return &pipeline.Problem{
			Code: "schema-newer",
			What: fmt.Sprintf("What is stored was written by a newer alignbot (schema %s, this one knows %d).", schema, Schema),
			Safe: "Nothing was changed.",
			Next: "Run that version, or a later one.",
		}
	}
	if restoring > 0 {
		return &pipeline.Problem{
			Code: "restore-incomplete",
			What: "A restore into this Redis is under way or was interrupted.",
			Safe: "The backup file is unchanged.",
			Next: "Wait for it to end; if it was interrupted, empty the database and restore again.",
		}
	}
	return nil
}
