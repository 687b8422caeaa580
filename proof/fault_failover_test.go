package proof

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"alignbot/storage/redistest"
)

// sentinels are three Sentinels that keep a master with two replicas, so that one is
// left after the master died. They notice that after a second.
type sentinels struct {
	// url finds the master through them.
	url string

	t         testing.TB
	servers   [1 + replicas]*redistest.Server
	sentinels []string
}

const (
	sentinelMaster = "mymaster"
	replicas       = 2
)

// startSentinels runs a master, its replicas and three Sentinels until the test ends.
func startSentinels(t testing.TB) *sentinels {
	t.Helper()
	quick := []string{"--repl-diskless-sync-delay", "0"}
	s := &sentinels{t: t}
	s.servers[0] = redistest.StartServer(t, quick...)
	host, port, _ := net.SplitHostPort(s.servers[0].Addr)
	for i := range replicas {
		s.servers[1+i] = redistest.StartServer(t, quick...)
		s.servers[1+i].Do("REPLICAOF", host, port)
	}
	for range 3 {
		url := redistest.StartSentinel(t, s.servers[0], sentinelMaster)
		addr, _, _ := strings.Cut(strings.TrimPrefix(url, "redis+sentinel://"), "/")
		s.sentinels = append(s.sentinels, addr)
		s.do(addr, "SENTINEL", "SET", sentinelMaster, "quorum", 2, "down-after-milliseconds", 1000, "failover-timeout", 3000)
	}
	s.url = "redis+sentinel://" + strings.Join(s.sentinels, ",") + "/" + sentinelMaster
	s.master()
	return s
}

func (s *sentinels) do(addr string, command ...any) any {
	s.t.Helper()
	client := redis.NewClient(&redis.Options{Addr: addr, Protocol: 2, DisableIdentity: true})
	defer client.Close()
	reply, err := client.Do(context.Background(), command...).Result()
	if err != nil {
		s.t.Fatalf("%v: %v", command, err)
	}
	return reply
}

// master is the server that is it now. Its replicas are in step, and all Sentinels
// know of them and of each other, so that it can be killed.
func (s *sentinels) master() (master *redistest.Server) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	redistest.Until(ctx, s.t, "the Sentinels to agree", func() error {
		var addr string
		for _, sentinel := range s.sentinels {
			facts := fmt.Sprint(s.do(sentinel, "SENTINEL", "MASTER", sentinelMaster))
			if !strings.Contains(facts, "flags master ") || !strings.Contains(facts, fmt.Sprint("num-slaves ", replicas, " ")) || !strings.Contains(facts, "num-other-sentinels 2 ") {
				return errors.New(facts)
			}
			now := s.named(sentinel)
			if addr != "" && now != addr {
				return fmt.Errorf("one names %s, another %s", addr, now)
			}
			addr = now
		}
		for _, server := range s.servers {
			if server.Addr == addr {
				master = server
			}
		}
		if master == nil {
			return fmt.Errorf("%s is none of them", addr)
		}
		return inStep(master)
	})
	return master
}

// named is the address of the master, as one of the Sentinels says.
func (s *sentinels) named(sentinel string) string {
	s.t.Helper()
	host, _ := s.do(sentinel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", sentinelMaster).([]any)
	return fmt.Sprint(host[0], ":", host[1])
}

// replaced waits until all Sentinels have another master.
func (s *sentinels) replaced(dead *redistest.Server) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	redistest.Until(ctx, s.t, "another master", func() error {
		for _, sentinel := range s.sentinels {
			if s.named(sentinel) == dead.Addr {
				return errors.New("it is still " + dead.Addr)
			}
		}
		return nil
	})
}

func (s *sentinels) address() string         { return s.url }
func (c *replicatedCluster) address() string { return c.url }

// inStep tells whether a master has its replicas.
func inStep(master *redistest.Server) error {
	facts, ok := master.Do("INFO", "replication").(string)
	if !ok || !strings.Contains(facts, "role:master") || strings.Count(facts, "state=online") != replicas {
		return errors.New(facts)
	}
	return nil
}

// replicatedCluster is a Cluster of three masters, of which the one with the
// workspace has replicas.
type replicatedCluster struct {
	// url names all its servers.
	url string

	t     testing.TB
	nodes []*redistest.Server
}

// startReplicatedCluster runs one until the test ends.
func startReplicatedCluster(t testing.TB) *replicatedCluster {
	t.Helper()
	// One that was a master before stays with the workspace's.
	stays := []string{"--cluster-allow-replica-migration", "no"}
	c := &replicatedCluster{t: t, nodes: redistest.StartCluster(t, stays...)}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	master := ownerOf(c.nodes, keyOfWorkspace)
	id := fmt.Sprint(master.Do("CLUSTER", "MYID"))
	for range replicas {
		replica := redistest.StartServer(t, append(stays, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--repl-diskless-sync-delay", "0", "--cluster-replica-validity-factor", "0")...)
		host, port, _ := net.SplitHostPort(master.Addr)
		replica.Do("CLUSTER", "MEET", host, port)
		redistest.Until(ctx, t, "the replica to know its master", func() error {
			if known := fmt.Sprint(replica.Do("CLUSTER", "NODES")); !strings.Contains(known, id) {
				return errors.New(known)
			}
			return nil
		})
		replica.Do("CLUSTER", "REPLICATE", id)
		c.nodes = append(c.nodes, replica)
	}
	c.url = redistest.ClusterURL(c.nodes)
	return c
}

// master of the workspace now. Its replicas are in step and all servers know of all
// others, so that it can be killed.
func (c *replicatedCluster) master() (now *redistest.Server) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	redistest.Until(ctx, c.t, "the Cluster to be whole", func() error {
		for _, node := range c.nodes {
			info := fmt.Sprint(node.Do("CLUSTER", "INFO"))
			nodes := fmt.Sprint(node.Do("CLUSTER", "NODES"))
			if !strings.Contains(info, "cluster_state:ok") || strings.Count(nodes, "master") != 3 || strings.Count(nodes, "slave") != replicas || strings.Contains(nodes, "fail") {
				return errors.New(nodes)
			}
		}
		owner := ownerOf(c.nodes, keyOfWorkspace)
		if owner == nil {
			return errors.New("nobody has the slot")
		}
		now = owner
		return inStep(now)
	})
	return now
}

// replaced waits until another server has the workspace's slot.
func (c *replicatedCluster) replaced(dead *redistest.Server) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	alive := slices.DeleteFunc(slices.Clone(c.nodes), func(s *redistest.Server) bool { return s == dead })
	redistest.Until(ctx, c.t, "another master", func() error {
		if ownerOf(alive, keyOfWorkspace) == nil {
			return errors.New("the dead one has the slot")
		}
		return nil
	})
}

// ownerOf is the master that has the slot of a key; nil while none says so.
func ownerOf(nodes []*redistest.Server, key string) *redistest.Server {
	slot := nodes[0].Do("CLUSTER", "KEYSLOT", key).(int64)
	for _, node := range nodes {
		ranges, _ := node.Do("CLUSTER", "SLOTS").([]any)
		for _, r := range ranges {
			part := r.([]any)
			host := part[2].([]any)
			if part[0].(int64) <= slot && slot <= part[1].(int64) {
				for _, candidate := range nodes {
					if candidate.Addr == fmt.Sprint(host[0], ":", host[1]) {
						return candidate
					}
				}
			}
		}
	}
	return nil
}
