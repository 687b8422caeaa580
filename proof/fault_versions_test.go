package proof

import "fmt"

// newerBeside has a version beside the bots that writes what they do not know: a field
// into each record that is stored, while people act.
func newerBeside(c *campaign) {
	w := c.open(place{bots: 2})
	w.startsBallot()
	marked := map[string]bool{}
	end := w.busy(8, 100)
	for c.injections < c.n {
		w.act(4, 4, "v")
		for _, kind := range []string{"idea", "team", "ballot"} {
			for _, key := range w.keys("ab:{T0ACME}:" + kind + ":*") {
				if !marked[key] && c.injections < c.n {
					w.server.Do("HSET", key, "newer", "kept")
					marked[key] = true
					c.injections++
				}
			}
		}
	}
	end()
	w.act(8, 8, "v")
	w.settle()
	for key := range marked {
		if kept := fmt.Sprint(w.server.Do("HGET", key, "newer")); kept != "kept" {
			c.lost++
			c.Errorf("%s has lost what a newer version wrote", key)
		}
	}
}

// keys that are stored, by a pattern.
func (w *faultWorld) keys(pattern string) (keys []string) {
	w.c.Helper()
	stored, _ := w.server.Do("KEYS", pattern).([]any)
	for _, key := range stored {
		keys = append(keys, fmt.Sprint(key))
	}
	return keys
}
