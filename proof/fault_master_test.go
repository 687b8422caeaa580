package proof

import (
	"time"

	"alignbot/storage/redistest"
)

// keyOfWorkspace has the slot that all keys of the workspace have.
const keyOfWorkspace = "ab:{T0ACME}:team"

// masters is a Redis in which another server takes the place of a master that died.
type masters interface {
	// address is the URL by which it is used.
	address() string
	// master is the server that it is now. All replicas are in step, and everybody knows
	// it, so that it can be killed.
	master() *redistest.Server
	// replaced waits until another server has the place of one that died.
	replaced(dead *redistest.Server)
}

// failover kills the master under load, waits until people are served again, and lets it
// come back.
func (c *campaign) failover(of masters) {
	of.master() // all of it is there
	w := c.open(place{redis: of.address(), change: func(o *orders) { o.Replicas = 1 }})
	for c.injections < c.n {
		end := w.busy(8, 50)
		master := of.master()
		w.act(8, 8, "c")
		master.Kill()
		at := time.Now()
		of.replaced(master)
		w.until("the sockets are open", func() bool { return len(w.sim.Sockets()) >= 2 })
		w.works(at)
		end()
		master.Restart()
		c.injections++
	}
	w.settle()
}

// sentinelFailover waits for all replicas that keep up: what was confirmed is on whichever
// takes over.
func sentinelFailover(c *campaign) { c.failover(startSentinels(c)) }

// clusterFailover is the same in a Cluster.
func clusterFailover(c *campaign) { c.failover(startReplicatedCluster(c)) }
