package page

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	// gather is how long changes are gathered before they are drawn: an act
	// often changes several things within a few milliseconds.
	gather = 20 * time.Millisecond
	// heartbeat is how often a quiet connection is drawn again: the time shown
	// goes on, intermediaries do not close it, and a reader that is gone is
	// noticed.
	heartbeat = 20 * time.Second
)

// live sends the regions of a place as server-sent events: all of them at the
// start, then each that changed. It ends with the request.
func (p *page) live(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	at, err := p.place(query)
	if err != nil {
		http.Error(w, sentence(err), http.StatusNotFound)
		return
	}
	changed, stop := p.sim.Subscribe(at.As.ID)
	defer stop()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	sent := map[string]string{}
	for {
		// The person may have changed meanwhile, a role for one.
		if now, err := p.place(query); err == nil {
			at = now
		}
		if err := sendChanged(w, p.regions(at), sent); err != nil {
			return
		}
		if out.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-beat.C: // the clock in the sidebar goes on
			if _, err := fmt.Fprint(w, ": still here\n\n"); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
		select {
		case <-time.After(gather):
		case <-r.Context().Done():
			return
		}
	}
}

// sendChanged writes the regions that differ from what was sent before.
func sendChanged(w http.ResponseWriter, now regions, sent map[string]string) error {
	type fragment struct {
		Region string `json:"region"`
		HTML   string `json:"html"`
		Title  string `json:"title"`
	}
	for _, name := range regionNames {
		html := string(now.HTML[name])
		if old, ok := sent[name]; ok && old == html {
			continue
		}
		sent[name] = html
		data, err := json.Marshal(fragment{name, html, now.Title})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "event: region\ndata: %s\n\n", data); err != nil {
			return err
		}
	}
	return nil
}
