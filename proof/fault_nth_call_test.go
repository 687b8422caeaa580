package proof

import (
	"time"

	"alignbot/slacksim"
)

// callsOfADeed are more than any deed makes.
const callsOfADeed = 8

// nthCall lets the N-th call after people began to act fail, for all N, in each way that
// a call can fail.
func nthCall(c *campaign) {
	w := c.open(place{})
	w.startsBallot()
	ways := []slacksim.Effect{slacksim.Drop(), slacksim.LoseReply(), slacksim.HTTPStatus(503), slacksim.APIError("internal_error"), slacksim.Throttle("0")}
	for i := 0; c.injections < c.n; i++ {
		rule := w.sim.Faults().Add(slacksim.Fault{On: "*", Nth: 1 + i/len(ways)%callsOfADeed, Times: 1, Do: ways[i%len(ways)]})
		for rule.Strikes() == 0 {
			w.act(4, 4, "cvrc")
		}
		rule.Remove()
		c.injections++
	}
	w.works(time.Now())
	w.settle()
}
