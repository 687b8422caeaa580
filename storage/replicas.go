package storage

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// replicasLook is how often a master is asked for its replicas.
	replicasLook = time.Second
	// replicaLag is how long ago a replica that keeps up has spoken, at most. They speak
	// every second. https://redis.io/docs/latest/commands/info/
	replicaLag = 2 * time.Second
)

// keepingUp is how many replicas keep up with a master, and when it said so.
type keepingUp struct {
	count int
	asked time.Time
}

// runAndWait runs the script, and waits until at least so many replicas have what it
// wrote, and all that keep up with the master: when it dies any of these may take its place,
// a Cluster does not always choose the one that has most. One that has been silent for
// some seconds is not waited for any more.
//
// The script and WAIT are sent over one connection to one master, because WAIT speaks
// for the connection it came on, and a cluster client would ask any node. The script
// goes in full: where Redis did not know it by its hash, WAIT would wait for nothing.
// https://redis.io/docs/latest/commands/wait/
func (db *DB) runAndWait(ctx context.Context, sc script, key string, least int, args []any) ([]any, error) {
	var master redis.UniversalClient = db.client
	address := ""
	cluster, isCluster := db.client.(*redis.ClusterClient)
	if isCluster {
		owner, err := cluster.MasterForKey(ctx, key)
		if err != nil {
			return nil, err
		}
		master, address = owner, owner.Options().Addr
	}
	var known keepingUp
	if before, is := db.replicas.Load(address); is {
		known = before.(keepingUp)
	}
	deadline, _ := ctx.Deadline()
	patience := max(time.Until(deadline)/2, time.Millisecond)
	want := max(least, known.count)
	pipe := master.Pipeline()
	result := pipe.Eval(ctx, sc.source, scriptKeys(key), args...)
	confirmed := pipe.Do(ctx, "WAIT", want, patience.Milliseconds())
	look := time.Since(known.asked) > replicasLook
	var said *redis.StringCmd
	if look {
		said = pipe.Info(ctx, "replication")
	}
	if _, err := pipe.Exec(ctx); err != nil {
		if isCluster && redis.HasErrorPrefix(err, "MOVED") {
			cluster.ReloadState(ctx)
		}
		return nil, err
	}
	got, err := confirmed.Int()
	if err != nil {
		return nil, err
	}
	if !look && got < want { // one may have gone since
		said = master.Info(ctx, "replication")
		if err := said.Err(); err != nil {
			return nil, err
		}
	}
	if said != nil {
		known = keepingUp{replicasIn(said.Val()), time.Now()}
		db.replicas.Store(address, known)
		// Those that came meanwhile are waited for from now on.
		want = max(least, min(want, known.count))
	}
	if got < want {
		return nil, &unavailable{cause: fmt.Errorf("stored, but only %d of %d replicas confirmed it within %v", got, want, patience.Round(time.Millisecond))}
	}
	return result.Slice()
}

// replicasIn counts those that keep up in what a master says of its replication:
// lines like slave0:ip=10.0.0.2,port=6379,state=online,offset=14,lag=1.
func replicasIn(said string) int {
	count := 0
	for line := range strings.Lines(said) {
		name, facts, _ := strings.Cut(strings.TrimSpace(line), ":")
		if !strings.HasPrefix(name, "slave") || !strings.Contains(facts, "state=online") {
			continue
		}
		_, lag, _ := strings.Cut(facts, "lag=")
		if seconds, err := strconv.Atoi(lag); err == nil && time.Duration(seconds)*time.Second <= replicaLag {
			count++
		}
	}
	return count
}
