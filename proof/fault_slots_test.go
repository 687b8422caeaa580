package proof

import (
	"net"
	"time"

	"alignbot/storage/redistest"
)

// moveSlot moves the workspace from node to node of a Cluster while people act, and
// every second time stops half way until some have met it.
func moveSlot(c *campaign) {
	nodes := redistest.StartCluster(c)
	w := c.open(place{redis: redistest.ClusterURL(nodes), change: func(o *orders) { o.Timing.Quiet = 0 }})
	end := w.busy(8, 50)
	for c.injections < c.n {
		from := ownerOf(nodes, keyOfWorkspace)
		to := nodes[c.rng.IntN(len(nodes))]
		if from == nil || to == from {
			continue
		}
		m := w.beginMove(nodes, from, to)
		m.some(m.stored() / 2)
		if c.injections%2 > 0 {
			met := w.count()
			w.until("people meet it", func() bool { return w.count() > met+8 })
		}
		for m.stored() > 0 {
			m.some(100)
		}
		m.end()
		c.injections++
		w.works(time.Now())
	}
	end()
	w.settle()
}

// move of the workspace's slot from one node to another, as redis-cli does it.
// https://redis.io/docs/latest/commands/cluster-setslot/
type move struct {
	nodes    []*redistest.Server
	from, to *redistest.Server
	slot     int64
}

func (w *faultWorld) beginMove(nodes []*redistest.Server, from, to *redistest.Server) move {
	m := move{nodes: nodes, from: from, to: to, slot: from.Do("CLUSTER", "KEYSLOT", keyOfWorkspace).(int64)}
	to.Do("CLUSTER", "SETSLOT", m.slot, "IMPORTING", from.Do("CLUSTER", "MYID"))
	from.Do("CLUSTER", "SETSLOT", m.slot, "MIGRATING", to.Do("CLUSTER", "MYID"))
	return m
}

// stored is how many keys have not been moved.
func (m move) stored() int { return int(m.from.Do("CLUSTER", "COUNTKEYSINSLOT", m.slot).(int64)) }

// some moves so many keys.
func (m move) some(n int) {
	keys, _ := m.from.Do("CLUSTER", "GETKEYSINSLOT", m.slot, n).([]any)
	if len(keys) == 0 {
		return
	}
	host, port, _ := net.SplitHostPort(m.to.Addr)
	m.from.Do(append([]any{"MIGRATE", host, port, "", 0, 5000, "KEYS"}, keys...)...)
}

func (m move) end() {
	id := m.to.Do("CLUSTER", "MYID")
	m.to.Do("CLUSTER", "SETSLOT", m.slot, "NODE", id) // first, so that the other knows who has it
	for _, node := range m.nodes {
		if node != m.to {
			node.Do("CLUSTER", "SETSLOT", m.slot, "NODE", id)
		}
	}
}
