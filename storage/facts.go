package storage

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// Facts about the Redis in use, for whoever keeps it running.
type Facts struct {
	// Version of the server, "" when it does not tell.
	Version string
	// EvictionPolicy is its maxmemory-policy; EvictionKnown tells whether it
	// could be read.
	EvictionPolicy string
	EvictionKnown  bool
	// AppendOnly tells whether changes are kept in an append-only file.
	AppendOnly bool
	// Clock of the server.
	Clock time.Time
	// RoundTrip of one command.
	RoundTrip time.Duration
	// Memory used, in bytes.
	Memory int64
}

// Facts asks the server (of a Cluster, each master; the worst answer counts).
func (db *DB) Facts(ctx context.Context) (Facts, error) {
	var facts Facts
	start := time.Now()
	err := db.do(ctx, "clock", func(ctx context.Context) (err error) {
		start = time.Now()
		facts.Clock, err = db.client.Time(ctx).Result()
		return err
	})
	if err != nil {
		return Facts{}, err
	}
	facts.RoundTrip = time.Since(start)
	if db.kind == memory { // nothing to configure
		facts.EvictionPolicy, facts.EvictionKnown = noEviction, true
		return facts, nil
	}
	answered := facts
	err = db.do(ctx, "facts", func(ctx context.Context) error {
		first := true
		facts = answered
		return db.eachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
			one, err := factsOf(ctx, node)
			if err != nil {
				return err
			}
			if first {
				facts.Version, facts.AppendOnly = one.Version, one.AppendOnly
				facts.EvictionPolicy, facts.EvictionKnown = one.EvictionPolicy, one.EvictionKnown
				first = false
			}
			facts.Memory += one.Memory
			facts.AppendOnly = facts.AppendOnly && one.AppendOnly
			if one.EvictionPolicy != noEviction {
				facts.EvictionPolicy, facts.EvictionKnown = one.EvictionPolicy, one.EvictionKnown
			}
			return nil
		})
	})
	return facts, err
}

const noEviction = "noeviction"

// The oldest Redis with all commands used here: GETDEL came with 6.2.
const oldestMajor, oldestMinor = 6, 2

// tooOld leaves a version that cannot be read to the commands themselves.
func tooOld(version string) bool {
	var major, minor int
	if n, _ := fmt.Sscanf(version, "%d.%d", &major, &minor); n < 2 {
		return false
	}
	return major < oldestMajor || major == oldestMajor && minor < oldestMinor
}

// factsOf reads INFO, and CONFIG for what a service hides from INFO.
func factsOf(ctx context.Context, node *redis.Client) (Facts, error) {
	var facts Facts
	info, err := node.Info(ctx).Result()
	if err != nil && isConnection(err) {
		return facts, err
	}
	values := map[string]string{}
	for lines := bufio.NewScanner(strings.NewReader(info)); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		values[name] = value
	}
	facts.Version = values["redis_version"]
	facts.AppendOnly = values["aof_enabled"] == "1"
	facts.Memory, _ = strconv.ParseInt(values["used_memory"], 10, 64) // 0 when hidden
	facts.EvictionPolicy, facts.EvictionKnown = values["maxmemory_policy"], values["maxmemory_policy"] != ""
	if !facts.EvictionKnown {
		policy, err := node.ConfigGet(ctx, "maxmemory-policy").Result()
		if err != nil && isConnection(err) {
			return facts, err
		}
		facts.EvictionPolicy, facts.EvictionKnown = policy["maxmemory-policy"], policy["maxmemory-policy"] != ""
	}
	return facts, nil
}

// eachMaster calls f for every server that holds keys, one after the other.
func (db *DB) eachMaster(ctx context.Context, f func(context.Context, *redis.Client) error) error {
	switch client := db.client.(type) {
	case *redis.ClusterClient:
		var nodes []*redis.Client
		lock := make(chan struct{}, 1)
		err := client.ForEachMaster(ctx, func(_ context.Context, node *redis.Client) error {
			lock <- struct{}{}
			nodes = append(nodes, node)
			<-lock
			return nil
		})
		if err != nil {
			return err
		}
		for _, node := range nodes {
			if err := f(ctx, node); err != nil {
				return err
			}
		}
		return nil
	case *redis.Client:
		return f(ctx, client)
	}
	return fmt.Errorf("unknown kind of client %T", db.client)
}

var readyScript = loadScript("ready")

// Ready tells whether the storage can be relied on right now: it answers, it
// keeps what is written on as many replicas as were asked for, its schema is
// known, it is new enough, and it does not drop keys when it is full.
// ErrUnavailable when it does not answer or keep; a *pipeline.Problem for the
// person who runs it otherwise.
func (db *DB) Ready(ctx context.Context) error {
	if err := db.checkSchema(ctx); err != nil {
		return err
	}
	written := rand.Text()
	read, err := db.run(ctx, readyScript, keyReady+"{"+written+"}", db.waitReplicas, []any{written})
	if err != nil {
		return err
	}
	if len(read) != 1 || read[0] != written {
		return &unavailable{cause: errors.New("what was written could not be read back")}
	}
	facts, err := db.Facts(ctx)
	if err != nil {
		return err
	}
	if tooOld(facts.Version) {
		return &pipeline.Problem{
			Code: "redis-too-old",
			What: fmt.Sprintf("Redis is of version %s; alignbot needs %d.%d or later.", facts.Version, oldestMajor, oldestMinor),
			Safe: "Nothing was changed.",
			Next: "Update Redis.",
		}
	}
	switch {
	case !facts.EvictionKnown:
		db.evictionUnknown.Do(func() {
			db.log.Warn("cannot read the eviction policy of Redis; make sure that maxmemory-policy is noeviction")
		})
	case facts.EvictionPolicy != noEviction && !db.evictionOK:
		return &pipeline.Problem{
			Code: "redis-evicts",
			What: fmt.Sprintf("Redis may drop keys when it is full (maxmemory-policy is %s), and with them ideas and decisions.", facts.EvictionPolicy),
			Safe: "Nothing was changed.",
			Next: "Set maxmemory-policy to noeviction, or allow eviction in the settings of the storage.",
		}
	}
	return nil
}
