package proof

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"alignbot/slacksim"
)

// withdrawToken has Slack refuse the bot's token, while people act, and accept it again.
func withdrawToken(c *campaign) {
	address := freeAddress(c)
	const look = 20 * time.Millisecond // between two tries of a refused token
	w := c.open(place{change: func(o *orders) {
		o.Health, o.Timing.TokenLook, o.Pace = address, look, 20*time.Millisecond
	}})
	sockets := w.sim.Sockets()
	w.act(1, 1, "c") // the bot knows who that is
	for c.injections < c.n {
		code := []string{"token_revoked", "invalid_auth", "account_inactive"}[c.rng.IntN(3)]
		var rules []*slacksim.Rule
		for _, on := range []string{"auth.test", "chat.*", "views.*", "users.*", "conversations.*"} {
			rules = append(rules, w.sim.Faults().Add(slacksim.Fault{On: on, Do: slacksim.APIError(code)}))
		}
		at := time.Now()
		w.act(2, 1, "c")
		w.until("readiness says so", func() bool { return strings.Contains(w.unready(address), code) })
		w.act(2, 1, "c") // each wakes the outbox
		w.until("the token was tried again", func() bool { return rules[0].Strikes() > 1 })
		tries, took := rules[0].Strikes(), time.Since(at)
		for _, r := range rules {
			r.Remove()
		}
		if tries > 1+int(took/look) {
			c.Errorf("a token that Slack refuses was tried %d times in %s", tries, took)
		}
		at = time.Now()
		w.until("the bot is ready", func() bool { return w.unready(address) == "" })
		w.quiet()
		c.recover(time.Since(at))
		c.injections++
	}
	for i, s := range w.sim.Sockets() {
		if s.ID != sockets[i].ID {
			c.Errorf("the bot opened other sockets because of its token")
		}
	}
	w.settle()
	w.judgeOrder()
	c.nobodyNoticed()
}

// unready is why a bot says that it is not ready; "" when it is.
func (w *faultWorld) unready(address string) string {
	w.c.Helper()
	answer, err := http.Get("http://" + address + "/readyz")
	if err != nil {
		w.c.Fatal(err)
	}
	defer answer.Body.Close()
	var said struct{ Reasons []string }
	if err := json.NewDecoder(answer.Body).Decode(&said); err != nil {
		w.c.Fatal(err)
	}
	return strings.Join(said.Reasons, "; ")
}
