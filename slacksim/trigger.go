package slacksim

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"
)

// remembered is how many triggers, response URLs and opened menus are known at a time; far more than can be alive under any load that
// Slack would take.
const remembered = 100_000

// recent remembers the newest entries and forgets the oldest.
type recent[V any] struct {
	byID  map[string]V
	order []string // ring
	given int      // entries ever put
}

func newRecent[V any]() *recent[V] { return &recent[V]{byID: map[string]V{}} }

func (r *recent[V]) get(id string) V { return r.byID[id] }

func (r *recent[V]) put(id string, v V) {
	if _, known := r.byID[id]; known {
		r.byID[id] = v
		return
	}
	if len(r.order) < remembered {
		r.order = append(r.order, id)
	} else {
		at := r.given % remembered
		delete(r.byID, r.order[at])
		r.order[at] = id
	}
	r.given++
	r.byID[id] = v
}

// triggerLife is how long after a person's act the app may answer with a modal.
const triggerLife = 3 * time.Second

// trigger lets the app open one modal for the person who acted.
type trigger struct {
	person  string
	channel string // where the person was
	view    string // id of the modal acted in, "" elsewhere
	expires time.Time
	used    bool
}

// newTrigger gives out a trigger_id; s.mu is held.
func (s *Sim) newTrigger(person, channel, view string) string {
	id := fmt.Sprintf("%d.%d.%s", s.clock.now().UnixMilli(), s.triggers.given, strings.ToLower(rand.Text()))
	s.triggers.put(id, &trigger{person: person, channel: channel, view: view, expires: s.clock.now().Add(triggerLife)})
	return id
}

// checkTrigger finds a trigger that may be used now; s.mu is held. The caller marks it used once the view is taken.
func (s *Sim) checkTrigger(id string) (*trigger, error) {
	t := s.triggers.get(id)
	switch {
	case id == "":
		return nil, invalidArguments("missing required field: trigger_id [json-pointer:/trigger_id]")
	case t == nil:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case s.clock.now().After(t.expires):
		return nil, refuse("expired_trigger_id")
	}
	return t, nil
}
