package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// Cluster runs three masters, each with a third of the slots, until the test
// ends. It returns a URL that names all of them.
func Cluster(t testing.TB) string {
	t.Helper()
	return ClusterURL(StartCluster(t))
}

// ClusterURL names all these servers.
func ClusterURL(nodes []*Server) string {
	addrs := make([]string, len(nodes))
	for i, node := range nodes {
		addrs[i] = node.Addr
	}
	return "redis://" + strings.Join(addrs, ",") + "/"
}

// StartCluster is Cluster for tests that do something to its servers, which have
// these arguments too.
func StartCluster(t testing.TB, args ...string) []*Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	nodes := make([]*Server, 3)
	for i := range nodes {
		nodes[i] = StartServer(t, append([]string{"--cluster-enabled", "yes", "--cluster-node-timeout", "2000"}, args...)...)
	}
	const slots = 16384
	for i, node := range nodes {
		client := redis.NewClient(&redis.Options{Addr: node.Addr, DisableIdentity: true})
		defer client.Close()
		first, last := i*slots/len(nodes), (i+1)*slots/len(nodes)-1
		if err := client.ClusterAddSlotsRange(ctx, first, last).Err(); err != nil {
			t.Fatalf("redistest: assign slots: %v", err)
		}
		if err := client.Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err(); err != nil {
			t.Fatalf("redistest: set epoch: %v", err)
		}
		host, port, _ := net.SplitHostPort(nodes[0].Addr)
		if i > 0 {
			if err := client.ClusterMeet(ctx, host, port).Err(); err != nil {
				t.Fatalf("redistest: meet: %v", err)
			}
		}
	}
	for _, node := range nodes {
		client := redis.NewClient(&redis.Options{Addr: node.Addr, DisableIdentity: true})
		defer client.Close()
		Until(ctx, t, "the cluster to agree", func() error {
			info, err := client.ClusterInfo(ctx).Result()
			if err != nil {
				return err
			}
			if !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, fmt.Sprintf("cluster_known_nodes:%d", len(nodes))) {
				return errors.New(info)
			}
			return nil
		})
	}
	return nodes
}
